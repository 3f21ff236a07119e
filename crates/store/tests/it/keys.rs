use std::time::Duration;

use tenon_model::{ConnectionId, KeyId, Scope, WorkspaceId};
use tenon_store::{KeyRow, StoreError};
use tenon_testkit::{TestStore, rows, store_test};

fn key(t: &TestStore, workspace: Option<WorkspaceId>, connection: Option<ConnectionId>) -> KeyRow {
    t.clock.advance(Duration::from_millis(1));
    KeyRow {
        id: t.world.id(),
        workspace_id: workspace,
        connection_id: connection,
        wrapped: vec![1, 2, 3],
        kek: "file:1".into(),
        created_at: t.world.now(),
    }
}

store_test! {
    async fn the_newest_key_of_each_owner_is_given(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let connection: ConnectionId = t.world.id();
        let keys = [
            key(&t, None, None),
            key(&t, Some(workspace), None),
            key(&t, Some(workspace), None),
            key(&t, Some(workspace), Some(connection)),
        ];
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        for k in &keys {
            tx.keys().insert(k).await.unwrap();
        }
        tx.commit().await.unwrap();

        let mut tx = t.store.read(&Scope::member(workspace, owner)).await.unwrap();
        assert_eq!(tx.keys().deployment().await.unwrap().as_ref(), Some(&keys[0]));
        assert_eq!(tx.keys().for_workspace(workspace).await.unwrap().as_ref(), Some(&keys[2]));
        assert_eq!(tx.keys().for_connection(connection).await.unwrap().as_ref(), Some(&keys[3]));
        assert_eq!(tx.keys().get(keys[1].id).await.unwrap().as_ref(), Some(&keys[1]));
        assert_eq!(tx.keys().get(keys[0].id).await.unwrap(), None);
        assert!(matches!(tx.keys().list_all().await, Err(StoreError::Scope(_))));
        drop(tx);

        let (other, stranger) = rows::workspace(&t).await;
        let mut tx = t.store.begin(&Scope::member(other, stranger)).await.unwrap();
        assert_eq!(tx.keys().for_workspace(workspace).await.unwrap(), None);
        assert_eq!(tx.keys().for_connection(connection).await.unwrap(), None);
        assert_eq!(tx.keys().get(keys[3].id).await.unwrap(), None);
        assert!(!tx.keys().destroy(keys[3].id).await.unwrap());
        assert!(matches!(tx.keys().insert(&key(&t, Some(workspace), None)).await, Err(StoreError::Scope(_))));
        drop(tx);

        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert_eq!(tx.keys().list_all().await.unwrap(), keys);
    }
}

store_test! {
    async fn a_key_is_wrapped_anew_until_it_is_destroyed(t: TestStore) {
        let (workspace, _) = rows::workspace(&t).await;
        let row = key(&t, Some(workspace), None);
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        tx.keys().insert(&row).await.unwrap();
        assert!(tx.keys().replace_wrapped(&row, vec![9], "file:2").await.unwrap());
        // Who still has the old one before them comes too late.
        assert!(!tx.keys().replace_wrapped(&row, vec![8], "file:3").await.unwrap());
        let now = tx.keys().get(row.id).await.unwrap().unwrap();
        assert_eq!((now.wrapped.clone(), now.kek.as_str()), (vec![9], "file:2"));
        assert!(!format!("{now:?}").contains("wrapped"));
        assert!(tx.keys().destroy(row.id).await.unwrap());
        assert!(!tx.keys().destroy(row.id).await.unwrap());
        assert!(!tx.keys().replace_wrapped(&now, vec![9], "file:2").await.unwrap());
        assert_eq!(tx.keys().get(KeyId(row.id.0)).await.unwrap(), None);
    }
}

store_test! {
    async fn v3_keys_are_found_by_the_version_that_wraps_them(t: TestStore) {
        let (workspace, _) = rows::workspace(&t).await;
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        let mut keys: Vec<KeyRow> = (0..5).map(|_| key(&t, Some(workspace), None)).collect();
        keys[1].kek = "file:2".into();
        keys[2].kek = "env:1".into();
        keys.sort_by_key(|k| k.id);
        for k in &keys {
            tx.keys().insert(k).await.unwrap();
        }
        let counts = [("env:1".to_owned(), 1), ("file:1".to_owned(), 3), ("file:2".to_owned(), 1)];
        assert_eq!(tx.keys().by_kek().await.unwrap(), counts);
        let others: Vec<_> = keys.iter().filter(|k| k.kek != "file:2").cloned().collect();
        let first = tx.keys().not_wrapped_with("file:2", None, 3).await.unwrap();
        assert_eq!(first, others[..3]);
        let rest = tx.keys().not_wrapped_with("file:2", Some(first[2].id), 3).await.unwrap();
        assert_eq!(rest, others[3..]);
        tx.commit().await.unwrap();
        let mut tx = t.store.read(&Scope::job(workspace)).await.unwrap();
        assert!(matches!(tx.keys().by_kek().await, Err(StoreError::Scope(_))));
        assert!(matches!(tx.keys().not_wrapped_with("x", None, 1).await, Err(StoreError::Scope(_))));
    }
}

store_test! {
    async fn what_wraps_new_keys_changes_only_when_nobody_is_inserting_one(t: TestStore) {
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert_eq!(tx.keys().hold_current_kek().await.unwrap(), None);
        assert!(tx.keys().claim_current_kek("file:1").await.unwrap());
        assert!(!tx.keys().claim_current_kek("file:9").await.unwrap());
        assert!(!tx.keys().replace_current_kek("file:7", "file:8").await.unwrap());
        tx.commit().await.unwrap();

        let (workspace, _) = rows::workspace(&t).await;
        let mut inserting = t.store.begin(&Scope::job(workspace)).await.unwrap();
        assert_eq!(inserting.keys().hold_current_kek().await.unwrap().as_deref(), Some("file:1"));
        let row = key(&t, Some(workspace), None);
        inserting.keys().insert(&row).await.unwrap();
        let store = t.store.clone();
        let changing = tokio::spawn(async move {
            let mut tx = store.begin(&Scope::system()).await.unwrap();
            assert!(tx.keys().replace_current_kek("file:1", "file:2").await.unwrap());
            tx.commit().await.unwrap();
            let mut tx = store.read(&Scope::system()).await.unwrap();
            tx.keys().not_wrapped_with("file:2", None, 9).await.unwrap()
        });
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert!(!changing.is_finished());
        inserting.commit().await.unwrap();
        // The key that was on its way is among those that are found afterwards.
        assert_eq!(changing.await.unwrap(), [row]);
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.keys().current_kek().await.unwrap().as_deref(), Some("file:2"));
    }
}
