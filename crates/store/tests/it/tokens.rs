use std::time::Duration;

use tenon_model::{ConnectionId, NodeId, Scope};
use tenon_store::{StoreError, TokenRow};
use tenon_testkit::{TestStore, rows, store_test};
use tenon_vault::Sealed;

fn tokens(connection: ConnectionId, refresh: &str) -> TokenRow {
    TokenRow {
        connection_id: connection,
        version: 0,
        refresh: Some(Sealed(refresh.as_bytes().to_vec())),
        access: None,
        access_expires_at: None,
        refresh_after: None,
    }
}

// Faults A17, A19: who lost the race must not overwrite the winner's token.
store_test! {
    async fn a19_a_token_is_replaced_only_by_who_read_it(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        assert_eq!(tx.tokens().get(id).await.unwrap(), None);
        assert!(!tx.tokens().put(&tokens(id, "x"), 3).await.unwrap());
        assert!(tx.tokens().put(&tokens(id, "first"), 0).await.unwrap());
        assert!(!tx.tokens().put(&tokens(id, "other first"), 0).await.unwrap());
        assert!(tx.tokens().put(&tokens(id, "winner"), 1).await.unwrap());
        assert!(!tx.tokens().put(&tokens(id, "loser"), 1).await.unwrap());
        let now = tx.tokens().get(id).await.unwrap().unwrap();
        assert_eq!((now.version, now.refresh), (2, Some(Sealed(b"winner".to_vec()))));
        assert!(tx.tokens().destroy(id).await.unwrap());
        assert!(!tx.tokens().destroy(id).await.unwrap());
        assert!(!tx.tokens().put(&tokens(id, "late"), 2).await.unwrap());
    }
}

store_test! {
    async fn many_writers_one_wins_each_version(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        assert!(tx.tokens().put(&tokens(id, "0"), 0).await.unwrap());
        tx.commit().await.unwrap();
        let tasks: Vec<_> = (0..8)
            .map(|n| {
                let store = t.store.clone();
                tokio::spawn(async move {
                    let mut tx = store.begin(&Scope::job(workspace)).await.unwrap();
                    let won = tx.tokens().put(&tokens(id, &n.to_string()), 1).await.unwrap();
                    tx.commit().await.unwrap();
                    won
                })
            })
            .collect();
        let mut winners = 0;
        for task in tasks {
            winners += u32::from(task.await.unwrap());
        }
        assert_eq!(winners, 1);
    }
}

// Fault A25: a lease ends by itself, by the clock that all nodes share and not by their own.
store_test! {
    async fn one_refreshes_at_a_time_until_the_lease_ends(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let (a, b): (NodeId, NodeId) = (t.world.id(), t.world.id());
        let long = Duration::from_secs(30);
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        assert!(!tx.tokens().lease(id, a, long).await.unwrap()); // nothing to refresh yet
        assert!(tx.tokens().put(&tokens(id, "r"), 0).await.unwrap());
        assert!(tx.tokens().lease(id, a, long).await.unwrap());
        assert!(tx.tokens().lease(id, a, long).await.unwrap());
        assert!(!tx.tokens().lease(id, b, long).await.unwrap());
        t.clock.advance(Duration::from_mins(10)); // a node whose clock is ahead
        assert!(!tx.tokens().lease(id, b, long).await.unwrap());
        tx.tokens().release(id, b).await.unwrap(); // not b's to give back
        assert!(!tx.tokens().lease(id, b, long).await.unwrap());
        assert!(tx.tokens().lease(id, a, Duration::ZERO).await.unwrap()); // over at once
        assert!(tx.tokens().lease(id, b, long).await.unwrap());
        tx.tokens().release(id, b).await.unwrap();
        assert!(tx.tokens().lease(id, a, long).await.unwrap());
        assert!(tx.tokens().put(&tokens(id, "r2"), 1).await.unwrap());
        assert!(!tx.tokens().lease(id, b, long).await.unwrap()); // a change keeps the lease
    }
}

store_test! {
    async fn tokens_are_private_to_their_owner(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        assert!(tx.tokens().put(&tokens(id, "r"), 0).await.unwrap());
        let colleague = rows::member(&t.world, workspace);
        tx.members().insert(&colleague).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&Scope::member(workspace, colleague.id)).await.unwrap();
        assert_eq!(tx.tokens().get(id).await.unwrap(), None);
        assert!(matches!(tx.tokens().put(&tokens(id, "x"), 1).await, Err(StoreError::NotFound(_))));
        assert!(matches!(tx.tokens().destroy(id).await, Err(StoreError::NotFound(_))));
    }
}
