//! State of the sync, skipped items, runs.

use std::time::Duration;

use tenon_model::Scope;
use tenon_model::connection::ConnectionStatus;
use tenon_model::mail::{Cursor, SyncState};
use tenon_store::{NewJob, Run};
use tenon_testkit::{TestStore, rows, store_test};

store_test! {
    async fn the_state_is_saved_while_the_fence_stands(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        let mut mailbox = tx.mailboxes().get(id).await.unwrap().unwrap();
        mailbox.state = SyncState::Resync;
        mailbox.reason = Some("history_expired".into());
        mailbox.cursor = Some(Cursor("18446744073709551615".into()));
        mailbox.generation = 3;
        mailbox.shadow = Some(4);
        mailbox.page_token = Some("p2".into());
        mailbox.pages_done = 7;
        mailbox.listed = 700;
        mailbox.gone = 2;
        mailbox.provider_total = 9_000;
        mailbox.resyncs = vec![t.world.now(), t.world.now() - Duration::from_secs(9)];
        for time in [&mut mailbox.snapshot_started_at, &mut mailbox.last_sync_at, &mut mailbox.next_sync_at, &mut mailbox.cursor_at] {
            *time = Some(t.world.now());
        }
        assert!(tx.mailboxes().save(&mailbox, 0).await.unwrap());
        assert_eq!(tx.mailboxes().get(id).await.unwrap(), Some(mailbox.clone()));
        tx.connections().bump_fence(id).await.unwrap();
        assert!(!tx.mailboxes().save(&mailbox, 0).await.unwrap());
        assert!(tx.mailboxes().save(&mailbox, 1).await.unwrap());
        mailbox.connection_id = t.world.id();
        assert!(!tx.mailboxes().save(&mailbox, 0).await.unwrap());
    }
}

store_test! {
    async fn due_mailboxes_of_active_connections_come_longest_waiting_first(t: TestStore) {
        let now = t.world.now();
        let mut ids = Vec::new();
        let rows = [
            (5, ConnectionStatus::Active, None),
            (9, ConnectionStatus::Active, None),
            (7, ConnectionStatus::Paused, None),
            (8, ConnectionStatus::Active, Some(now)),
        ];
        for (seconds, status, disabled) in rows {
            let (workspace, owner) = rows::workspace(&t).await;
            let id = rows::insert_mailbox(&t, workspace, owner).await;
            let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
            let mut mailbox = tx.mailboxes().get(id).await.unwrap().unwrap();
            mailbox.next_sync_at = Some(now - Duration::from_secs(seconds));
            tx.mailboxes().save(&mailbox, 0).await.unwrap();
            tx.connections().set_status(id, status, None, None, None).await.unwrap();
            tx.members().set_disabled(owner, disabled).await.unwrap();
            tx.commit().await.unwrap();
            ids.push(id);
        }
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        let due: Vec<_> = tx.mailboxes().list_due(now, 10).await.unwrap().iter().map(|m| m.connection_id).collect();
        assert_eq!(due, [ids[1], ids[0]]);
        assert_eq!(tx.mailboxes().list_due(now, 1).await.unwrap().len(), 1);
        assert!(tx.mailboxes().list_due(now - Duration::from_mins(1), 10).await.unwrap().is_empty());
    }
}

// Fault G5: what cannot be read is recorded, and forgotten when it can.
store_test! {
    async fn skipped_items_are_recorded_once_and_resolved(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        let at = t.world.now();
        tx.skipped().record(id, "a", "not_found", at).await.unwrap();
        tx.skipped().record(id, "b", "broken", at + Duration::from_secs(1)).await.unwrap();
        tx.skipped().record(id, "a", "broken", at + Duration::from_secs(2)).await.unwrap();
        assert_eq!(tx.skipped().count(id).await.unwrap(), 2);
        let list = tx.skipped().list(id, 1).await.unwrap();
        assert_eq!((list[0].provider_id.as_str(), list[0].reason.as_str()), ("a", "broken"));
        assert!(tx.skipped().resolve(id, "a").await.unwrap());
        assert!(!tx.skipped().resolve(id, "a").await.unwrap());
        assert_eq!(tx.skipped().count(id).await.unwrap(), 1);
        tx.skipped().record(id, "c", "broken", at + Duration::from_secs(5)).await.unwrap();
        let due = tx.skipped().list_due(id, at + Duration::from_secs(5), 10).await.unwrap();
        assert_eq!(due.iter().map(|s| s.provider_id.as_str()).collect::<Vec<_>>(), ["b"], "the one that waits longest, not the newest");
        let ids = ["b".to_owned(), "c".to_owned(), "unknown".to_owned()];
        assert_eq!(tx.skipped().resolve_all(id, &ids).await.unwrap(), 2);
        assert_eq!(tx.skipped().count(id).await.unwrap(), 0);
    }
}

store_test! {
    async fn runs_are_listed_newest_first_and_pruned(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        let mut runs = Vec::new();
        for n in 0..3 {
            let mut run = Run {
                id: t.world.uuid(),
                connection_id: id,
                kind: "poll".into(),
                started_at: t.world.now() + Duration::from_secs(n),
                finished_at: None,
                outcome: None,
                added: 0,
                changed: 0,
                removed: 0,
            };
            tx.runs().start(&run).await.unwrap();
            run.finished_at = Some(t.world.now());
            run.outcome = Some("done".into());
            (run.added, run.changed, run.removed) = (1, 2, 3);
            if n > 0 {
                tx.runs().finish(&run).await.unwrap();
                runs.insert(0, run);
            }
        }
        assert_eq!(tx.runs().list(id, 2).await.unwrap(), runs);
        assert_eq!(tx.runs().prune(id, runs[1].started_at).await.unwrap(), 1);
        assert_eq!(tx.runs().list(id, 9).await.unwrap(), runs);
    }
}

// A process that was paused for longer than its lease wakes up in the middle of a page: what it
// holds is older than what its successor has written.
store_test! {
    async fn a_job_that_lost_its_lease_saves_nothing(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let job = crate::jobs::job(&t, "sync", Some("k"));
        crate::jobs::enqueue(&t, NewJob { workspace_id: Some(workspace), connection_id: Some(id), ..job }).await;
        let sleeper = crate::jobs::claim(&t.store, t.world.now(), t.world.id(), Duration::ZERO, 1).await.remove(0);
        let scope = Scope::job(workspace);
        let mut tx = t.store.begin(&scope).await.unwrap();
        let mut mailbox = tx.mailboxes().get(id).await.unwrap().unwrap();
        assert!(tx.mailboxes().save_by_job(&mailbox, 0, sleeper.id, sleeper.fence).await.unwrap());
        tx.commit().await.unwrap();

        tokio::time::sleep(Duration::from_millis(5)).await;
        let successor = crate::jobs::claim(&t.store, t.world.now(), t.world.id(), Duration::from_secs(30), 1).await.remove(0);
        assert_eq!(successor.id, sleeper.id);
        let mut tx = t.store.begin(&scope).await.unwrap();
        mailbox.page_token = Some("list:newer".into());
        assert!(tx.mailboxes().save_by_job(&mailbox, 0, successor.id, successor.fence).await.unwrap());
        tx.commit().await.unwrap();

        let mut tx = t.store.begin(&scope).await.unwrap();
        let page = vec![rows::message(&t.world, "m", "t", &[], 1)];
        tx.messages().store_page(id, page, 1).await.unwrap();
        let older = tenon_store::Mailbox { page_token: Some("list:older".into()), ..mailbox.clone() };
        assert!(!tx.mailboxes().save_by_job(&older, 0, sleeper.id, sleeper.fence).await.unwrap());
        drop(tx);
        let mut tx = t.store.read(&scope).await.unwrap();
        assert_eq!(tx.mailboxes().get(id).await.unwrap().unwrap().page_token.as_deref(), Some("list:newer"));
    }
}

// Nor can the lease be lost between the look and the commit.
store_test! {
    async fn a_claim_that_writes_is_not_taken_over(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let id = rows::insert_mailbox(&t, workspace, owner).await;
        let job = crate::jobs::job(&t, "sync", Some("k"));
        crate::jobs::enqueue(&t, NewJob { workspace_id: Some(workspace), connection_id: Some(id), ..job }).await;
        let first = crate::jobs::claim(&t.store, t.world.now(), t.world.id(), Duration::ZERO, 1).await.remove(0);
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        let mailbox = tx.mailboxes().get(id).await.unwrap().unwrap();
        assert!(tx.mailboxes().save_by_job(&mailbox, 0, first.id, first.fence).await.unwrap());
        tokio::time::sleep(Duration::from_millis(5)).await;
        if t.store.kind() == tenon_store::DbKind::Postgres {
            let taken = crate::jobs::claim(&t.store, t.world.now(), t.world.id(), Duration::ZERO, 1).await;
            assert!(taken.is_empty(), "its row is locked");
        }
        tx.commit().await.unwrap();
        assert_eq!(crate::jobs::claim(&t.store, t.world.now(), t.world.id(), Duration::ZERO, 1).await.len(), 1);
    }
}
