use std::time::Duration;

use tenon_model::Scope;
use tenon_model::member::Role;
use tenon_store::StoreError;
use tenon_testkit::{TestStore, rows, store_test};
use tenon_vault::Sealed;

store_test! {
    async fn set_up_starts_from_nothing(t: TestStore) {
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.workspaces().count().await.unwrap(), 0);
        drop(tx);
        let (workspace, owner) = rows::workspace(&t).await;
        let mut tx = t.store.read(&Scope::member(workspace, owner)).await.unwrap();
        assert_eq!(tx.workspaces().get(workspace).await.unwrap().unwrap().name, "Acme");
        assert_eq!(tx.workspaces().get(t.world.id()).await.unwrap(), None);
    }
}

store_test! {
    async fn a_member_comes_back_as_written(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let mut row = rows::member(&t.world, workspace);
        row.email = " Ann@Example.COM ".into();
        row.totp = Some(Sealed(vec![0, 1, 255]));
        row.disabled_at = Some(t.world.now());
        row.role = Role::Viewer;
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.members().insert(&row).await.unwrap();
        tx.commit().await.unwrap();
        row.email = "ann@example.com".into();

        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.members().get(row.id).await.unwrap(), Some(row.clone()));
        assert_eq!(tx.members().by_email("ANN@example.com").await.unwrap(), Some(row.clone()));
        assert_eq!(tx.members().by_email("bob@example.com").await.unwrap(), None);
        assert_eq!(tx.members().list_everywhere().await.unwrap().len(), 2);
        drop(tx);
        let mut tx = t.store.read(&Scope::job(workspace)).await.unwrap();
        assert_eq!(tx.members().list().await.unwrap().len(), 2);
    }
}

store_test! {
    async fn an_address_is_taken_once(t: TestStore) {
        let (workspace, _) = rows::workspace(&t).await;
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        let mut a = rows::member(&t.world, workspace);
        a.email = "ann@example.com".into();
        let mut b = rows::member(&t.world, workspace);
        b.email = "ANN@example.com".into();
        tx.members().insert(&a).await.unwrap();
        assert!(matches!(tx.members().insert(&b).await, Err(StoreError::Duplicate)));
        // What failed cannot be committed, on either database.
        assert!(matches!(tx.commit().await, Err(StoreError::Failed)));
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.members().get(a.id).await.unwrap(), None);
    }
}

store_test! {
    async fn profile_password_and_role_change(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.members().set_profile(owner, "Zoë", "fr", "Asia/Tokyo").await.unwrap();
        tx.members().set_password_hash(owner, "$argon2id$…").await.unwrap();
        tx.members().set_role(owner, Role::Admin).await.unwrap();
        tx.members().set_disabled(owner, Some(t.world.now())).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        let m = tx.members().get(owner).await.unwrap().unwrap();
        assert_eq!((m.name.as_str(), m.locale.as_str(), m.time_zone.as_str()), ("Zoë", "fr", "Asia/Tokyo"));
        assert_eq!(m.password_hash.as_deref(), Some("$argon2id$…"));
        assert_eq!((m.role, m.disabled_at), (Role::Admin, Some(t.world.now())));
    }
}

store_test! {
    async fn a_totp_step_is_used_once_and_only_forward(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        assert!(matches!(tx.members().confirm_totp(owner, t.world.now()).await, Err(StoreError::NotFound(_))));
        tx.members().set_totp(owner, Some(Sealed(vec![7]))).await.unwrap();
        tx.members().confirm_totp(owner, t.world.now()).await.unwrap();
        assert!(tx.members().advance_totp_step(owner, 100).await.unwrap());
        assert!(!tx.members().advance_totp_step(owner, 100).await.unwrap());
        assert!(!tx.members().advance_totp_step(owner, 99).await.unwrap());
        assert!(tx.members().advance_totp_step(owner, 101).await.unwrap());
        assert_eq!(tx.members().get(owner).await.unwrap().unwrap().totp_confirmed_at, Some(t.world.now()));
        tx.members().set_totp(owner, None).await.unwrap();
        let m = tx.members().get(owner).await.unwrap().unwrap();
        assert_eq!((m.totp, m.totp_confirmed_at, m.totp_last_step), (None, None, 0));
    }
}

store_test! {
    async fn a_recovery_code_works_once(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, stranger) = rows::workspace(&t).await;
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.members().replace_recovery_codes(owner, &[[1; 32], [2; 32]]).await.unwrap();
        assert!(matches!(tx.members().replace_recovery_codes(stranger, &[[3; 32]]).await, Err(StoreError::NotFound(_))));
        tx.commit().await.unwrap();

        let mut tx = t.store.begin(&Scope::member(other, stranger)).await.unwrap();
        assert!(!tx.members().consume_recovery_code(owner, [1; 32]).await.unwrap());
        assert_eq!(tx.members().count_recovery_codes(owner).await.unwrap(), 0);
        drop(tx);

        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert!(tx.members().consume_recovery_code(owner, [1; 32]).await.unwrap());
        assert!(!tx.members().consume_recovery_code(owner, [1; 32]).await.unwrap());
        assert_eq!(tx.members().count_recovery_codes(owner).await.unwrap(), 1);
        tx.members().replace_recovery_codes(owner, &[]).await.unwrap();
        assert!(!tx.members().consume_recovery_code(owner, [2; 32]).await.unwrap());
    }
}

store_test! {
    async fn changing_a_stranger_is_not_found(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (_, stranger) = rows::workspace(&t).await;
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        for result in [
            tx.members().set_profile(stranger, "x", "x", "x").await,
            tx.members().set_password_hash(stranger, "x").await,
            tx.members().set_role(stranger, Role::Owner).await,
            tx.members().set_totp(stranger, None).await,
            tx.members().set_disabled(stranger, Some(t.world.now())).await,
        ] {
            assert!(matches!(result, Err(StoreError::NotFound("member"))), "{result:?}");
        }
        assert!(!tx.members().advance_totp_step(stranger, 5).await.unwrap());
        assert_eq!(tx.members().get(stranger).await.unwrap(), None);
        let mut foreign = rows::member(&t.world, t.world.id());
        foreign.email = "x@example.com".into();
        assert!(matches!(tx.members().insert(&foreign).await, Err(StoreError::Scope(_))));
    }
}

store_test! {
    /// Whoever comes second finds what the first has done, on both databases.
    async fn a_member_is_held_until_the_transaction_ends(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let mut first = t.store.begin(&Scope::job(workspace)).await.unwrap();
        assert!(first.members().hold(owner).await.unwrap().is_some());
        let store = t.store.clone();
        let second = tokio::spawn(async move {
            let mut tx = store.begin(&Scope::job(workspace)).await.unwrap();
            tx.members().hold(owner).await.unwrap().unwrap()
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(!second.is_finished());
        // Readers do not wait.
        let mut tx = t.store.read(&Scope::job(workspace)).await.unwrap();
        assert!(tx.members().hold(owner).await.unwrap().is_some());
        drop(tx);
        first.members().set_disabled(owner, Some(t.world.now())).await.unwrap();
        first.commit().await.unwrap();
        assert_eq!(second.await.unwrap().disabled_at, Some(t.world.now()));
        let mut tx = t.store.begin(&Scope::job(t.world.id())).await.unwrap();
        assert!(tx.members().hold(owner).await.unwrap().is_none());
    }
}
