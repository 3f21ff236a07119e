use std::time::Duration;

use tenon_model::{MemberId, Scope, WorkspaceId};
use tenon_store::{Session, StoreError};
use tenon_testkit::{TestStore, rows, store_test};

fn session(t: &TestStore, workspace: WorkspaceId, member: MemberId, token: u8) -> Session {
    Session {
        id: t.world.id(),
        token_hash: [token; 32],
        member_id: member,
        workspace_id: workspace,
        user_agent: "Firefox".into(),
        created_at: t.world.now(),
        last_seen_at: t.world.now(),
        expires_at: t.world.now() + Duration::from_hours(1),
        method: "password".into(),
        proven_at: t.world.now(),
    }
}

store_test! {
    async fn a_session_is_found_by_its_token_and_ends(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let row = session(&t, workspace, owner, 1);
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        tx.sessions().insert(&row).await.unwrap();
        assert_eq!(tx.sessions().by_token_hash([1; 32]).await.unwrap(), Some(row.clone()));
        assert_eq!(tx.sessions().by_token_hash([2; 32]).await.unwrap(), None);
        let later = t.world.now() + Duration::from_mins(1);
        tx.sessions().touch(row.id, later).await.unwrap();
        tx.sessions().touch(row.id, t.world.now()).await.unwrap(); // never back
        assert_eq!(tx.sessions().by_token_hash([1; 32]).await.unwrap().unwrap().last_seen_at, later);
        assert!(tx.sessions().delete(row.id).await.unwrap());
        assert!(!tx.sessions().delete(row.id).await.unwrap());
    }
}

store_test! {
    async fn a_member_ends_their_other_sessions_and_nobody_elses(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, stranger) = rows::workspace(&t).await;
        let rows = [session(&t, workspace, owner, 1), session(&t, workspace, owner, 2)];
        let foreign = session(&t, other, stranger, 3);
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        for row in rows.iter().chain([&foreign]) {
            tx.sessions().insert(row).await.unwrap();
        }
        tx.commit().await.unwrap();

        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        assert!(matches!(tx.sessions().by_token_hash([1; 32]).await, Err(StoreError::Scope(_))));
        assert!(matches!(tx.sessions().insert(&foreign).await, Err(StoreError::Scope(_))));
        assert_eq!(tx.sessions().list(owner, t.world.now()).await.unwrap().len(), 2);
        assert!(tx.sessions().list(stranger, t.world.now()).await.unwrap().is_empty());
        assert!(!tx.sessions().delete(foreign.id).await.unwrap());
        assert_eq!(tx.sessions().delete_for_member(stranger, None).await.unwrap(), 0);
        assert_eq!(tx.sessions().delete_for_member(owner, Some(rows[0].id)).await.unwrap(), 1);
        let left = tx.sessions().list(owner, t.world.now()).await.unwrap();
        assert_eq!(left, [rows[0].clone()]);
    }
}

store_test! {
    async fn expired_sessions_are_not_listed_and_get_purged(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let row = session(&t, workspace, owner, 1);
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        tx.sessions().insert(&row).await.unwrap();
        assert!(tx.sessions().list(owner, row.expires_at).await.unwrap().is_empty());
        assert_eq!(tx.sessions().purge(t.world.now()).await.unwrap(), 0);
        assert_eq!(tx.sessions().purge(row.expires_at).await.unwrap(), 1);
    }
}
