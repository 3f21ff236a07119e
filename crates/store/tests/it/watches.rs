//! Push subscriptions, and jobs enqueued many at once.

use std::time::Duration;

use tenon_model::mail::Cursor;
use tenon_model::{Scope, Time};
use tenon_store::NewJob;
use tenon_testkit::{TestStore, rows, store_test};

store_test! {
    async fn a_push_finds_the_mailboxes_of_its_address_and_marks_those_that_are_there(t: TestStore) {
        let now = t.world.now();
        let mut made = Vec::new();
        for _ in 0..2 {
            let (workspace, member) = rows::workspace(&t).await;
            made.push((rows::insert_mailbox(&t, workspace, member).await, workspace));
        }
        let ((a, of_a), (b, of_b)) = (made[0], made[1]);
        for (id, workspace) in [(a, of_a), (b, of_b)] {
            let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
            tx.watches().renewed(id, [7; 16], now, now + Duration::from_hours(168), now).await.unwrap();
            tx.commit().await.unwrap();
        }
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        let found = tx.watches().by_address(&[[7; 16], [8; 16]]).await.unwrap();
        let mut ids: Vec<_> = found.iter().map(|m| m.connection_id).collect();
        ids.sort_unstable();
        let mut both = vec![a, b];
        both.sort_unstable();
        assert_eq!(ids, both);
        let place = Some(Cursor("9".into()));
        let there = tx
            .watches()
            .pushed(&[(a, place.clone()), (b, None), (t.world.id(), place.clone())], now)
            .await
            .unwrap();
        assert_eq!(there.len(), 2);
        assert_eq!(tx.watches().list_due(now, 10).await.unwrap().len(), 2);
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&Scope::job(of_a)).await.unwrap();
        let watch = tx.watches().get(a).await.unwrap().unwrap();
        assert_eq!((watch.pushed_at, watch.pushed), (Some(now), place));
        assert!(tx.watches().get(b).await.unwrap().is_none(), "another workspace's");
        assert!(tx.watches().by_address(&[[7; 16]]).await.is_err(), "system only");
        // Refused: what was agreed to before holds until it ends.
        tx.watches().refused(a, "push_refused", now, now + Duration::from_mins(15)).await.unwrap();
        let watch = tx.watches().get(a).await.unwrap().unwrap();
        assert_eq!(watch.reason.as_deref(), Some("push_refused"));
        assert!(watch.expires_at.is_some() && watch.renewed_at == Some(now));
    }
}

store_test! {
    async fn many_jobs_are_coalesced_like_one(t: TestStore) {
        let now = t.world.now();
        let job = |n: usize, run_at: Time| NewJob {
            id: t.world.id(),
            kind: "sync".into(),
            args: "{}".into(),
            coalesce_key: Some(n.to_string()),
            workspace_id: None,
            connection_id: None,
            run_at,
            created_at: now,
        };
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        let first = tx.jobs().enqueue(job(3, now + Duration::from_mins(1))).await.unwrap();
        let all = (0..250).map(|n| job(n, now)).collect();
        tx.jobs().enqueue_all(all).await.unwrap();
        assert_eq!(tx.jobs().counts_everywhere().await.unwrap().queued, 250);
        assert_eq!(tx.jobs().get(first).await.unwrap().unwrap().run_at, now, "moved forward");
        tx.jobs().enqueue_all(vec![]).await.unwrap();
        tx.commit().await.unwrap();
    }
}
