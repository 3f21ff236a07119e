//! Figures of the whole deployment: counts, times, sizes.

use std::time::Duration;

use tenon_model::Scope;
use tenon_model::connection::ConnectionStatus;
use tenon_store::{JobState, NewJob, StoreError};
use tenon_testkit::{TestStore, rows, store_test};

use crate::jobs::job;

store_test! {
    async fn jobs_are_counted_by_kind_and_state_with_the_oldest(t: TestStore) {
        let now = t.world.now();
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        for (kind, minutes) in [("sync", 5), ("sync", 9), ("purge", 1)] {
            let run_at = now - Duration::from_mins(minutes);
            tx.jobs().enqueue(NewJob { run_at, ..job(&t, kind, None) }).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        let found = tx.figures().jobs().await.unwrap();
        let of = |kind: &str| found.iter().find(|f| f.kind == kind).unwrap().clone();
        assert_eq!((of("sync").state, of("sync").count), (JobState::Queued, 2));
        assert_eq!(of("sync").oldest, Some(now - Duration::from_mins(9)));
        assert_eq!(of("purge").count, 1);
        assert_eq!(found.len(), 2);
    }
}

store_test! {
    async fn mailboxes_are_counted_by_state_with_the_one_furthest_behind(t: TestStore) {
        let (workspace, member) = rows::workspace(&t).await;
        let connection = rows::connection(&t.world, workspace, member);
        let mut mailbox = rows::mailbox(&t.world, &connection);
        mailbox.last_sync_at = Some(t.world.now());
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        tx.connections().insert(&connection).await.unwrap();
        tx.mailboxes().insert(&mailbox).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        let found = tx.figures().mailboxes().await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].provider.as_str(), found[0].count), ("google", 1));
        assert_eq!(found[0].status, ConnectionStatus::Active);
        assert_eq!(found[0].state, mailbox.state);
        assert_eq!(found[0].oldest_sync, mailbox.last_sync_at);
        assert_eq!(tx.figures().receipts().await.unwrap(), 0);
    }
}

store_test! {
    async fn the_database_tells_its_version_schema_and_size(t: TestStore) {
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        let found = tx.figures().database().await.unwrap();
        assert!(found.program.starts_with("SQLite 3") || found.program.starts_with("PostgreSQL 1"));
        assert!(found.schema == found.known && found.bytes > 4_096, "{found:?}");
        drop(tx);
        let pools = t.store.pools();
        assert!(pools.iter().all(|p| p.used + p.idle <= p.max), "{pools:?}");
        assert!(t.store.notifications_arrive(Duration::from_secs(10)).await.unwrap());
    }
}

store_test! {
    async fn figures_are_for_the_system_only(t: TestStore) {
        let (workspace, _) = rows::workspace(&t).await;
        let mut tx = t.store.read(&Scope::job(workspace)).await.unwrap();
        assert!(matches!(tx.figures().jobs().await, Err(StoreError::Scope(_))));
        assert!(matches!(tx.figures().mailboxes().await, Err(StoreError::Scope(_))));
    }
}
