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
        assert!(tx.keys().replace_wrapped(row.id, vec![9], "file:2").await.unwrap());
        let now = tx.keys().get(row.id).await.unwrap().unwrap();
        assert_eq!((now.wrapped.clone(), now.kek.as_str()), (vec![9], "file:2"));
        assert!(!format!("{now:?}").contains("wrapped"));
        assert!(tx.keys().destroy(row.id).await.unwrap());
        assert!(!tx.keys().destroy(row.id).await.unwrap());
        assert!(!tx.keys().replace_wrapped(row.id, vec![9], "file:2").await.unwrap());
        assert_eq!(tx.keys().get(KeyId(row.id.0)).await.unwrap(), None);
    }
}
