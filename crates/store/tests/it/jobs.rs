use std::time::Duration;

use tenon_model::{JobId, NodeId, Scope, Time};
use tenon_store::{Claim, JobCounts, JobRow, JobState, NewJob, Store, StoreError};
use tenon_testkit::{TestStore, rows, store_test};

const LEASE: Duration = Duration::from_secs(30);

pub(crate) fn job(t: &TestStore, kind: &str, key: Option<&str>) -> NewJob {
    NewJob {
        id: t.world.id(),
        kind: kind.into(),
        args: "{}".into(),
        coalesce_key: key.map(str::to_owned),
        workspace_id: None,
        connection_id: None,
        run_at: t.world.now(),
        created_at: t.world.now(),
    }
}

pub(crate) async fn enqueue(t: &TestStore, job: NewJob) -> JobId {
    let mut tx = t.store.begin(&Scope::system()).await.unwrap();
    let id = tx.jobs().enqueue(job).await.unwrap();
    tx.commit().await.unwrap();
    id
}

pub(crate) async fn claim(
    store: &Store,
    now: Time,
    owner: NodeId,
    lease: Duration,
    limit: u32,
) -> Vec<JobRow> {
    let mut tx = store.begin(&Scope::system()).await.unwrap();
    let jobs = tx
        .jobs()
        .claim(&Claim {
            kinds: &["sync", "purge"],
            owner,
            now,
            lease,
            limit,
        })
        .await
        .unwrap();
    tx.commit().await.unwrap();
    jobs
}

async fn get(t: &TestStore, id: JobId) -> JobRow {
    let mut tx = t.store.read(&Scope::system()).await.unwrap();
    tx.jobs().get(id).await.unwrap().unwrap()
}

store_test! {
    async fn a_job_exists_when_its_transaction_commits(t: TestStore) {
        let mut woken = t.store.subscribe_jobs();
        woken.mark_unchanged();
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        tx.jobs().enqueue(job(&t, "sync", None)).await.unwrap();
        drop(tx);
        assert!(claim(&t.store, t.world.now(), t.world.id(), LEASE, 10).await.is_empty());
        assert!(!woken.has_changed().unwrap());
        enqueue(&t, job(&t, "sync", None)).await;
        tokio::time::timeout(Duration::from_secs(5), woken.changed()).await.unwrap().unwrap();
        assert_eq!(claim(&t.store, t.world.now(), t.world.id(), LEASE, 10).await.len(), 1);
    }
}

store_test! {
    async fn jobs_come_when_due_oldest_first_and_only_known_kinds(t: TestStore) {
        let now = t.world.now();
        let later = NewJob { run_at: now + Duration::from_mins(1), ..job(&t, "sync", None) };
        let later = enqueue(&t, later).await;
        let second = enqueue(&t, job(&t, "purge", None)).await;
        let first = NewJob { run_at: now - Duration::from_mins(1), ..job(&t, "sync", None) };
        let first = enqueue(&t, first).await;
        enqueue(&t, job(&t, "unknown", None)).await;
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.jobs().next_due(&["sync", "purge"], now).await.unwrap(), Some(now - Duration::from_mins(1)));
        assert_eq!(tx.jobs().next_due(&["other"], now).await.unwrap(), None);
        drop(tx);
        let a = claim(&t.store, now, t.world.id(), LEASE, 1).await;
        assert_eq!((a[0].id, a[0].state, a[0].attempts, a[0].fence), (first, JobState::Running, 1, 1));
        assert_eq!(claim(&t.store, now, t.world.id(), LEASE, 9).await.iter().map(|j| j.id).collect::<Vec<_>>(), [second]);
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.jobs().next_due(&["sync"], now).await.unwrap(), Some(now + Duration::from_mins(1)));
        assert_eq!(tx.jobs().counts_everywhere().await.unwrap(), JobCounts { queued: 2, running: 2, parked: 0 });
        drop(tx);
        assert_eq!(claim(&t.store, now + Duration::from_mins(1), t.world.id(), LEASE, 9).await[0].id, later);
    }
}

store_test! {
    async fn one_waits_and_one_runs_per_kind_and_key(t: TestStore) {
        let now = t.world.now();
        let late = NewJob { run_at: now + Duration::from_mins(1), ..job(&t, "sync", Some("a")) };
        let first = enqueue(&t, late.clone()).await;
        assert_eq!(enqueue(&t, job(&t, "sync", Some("a"))).await, first); // moved forward
        assert_eq!(enqueue(&t, NewJob { id: t.world.id(), ..late }).await, first); // and not back
        let other = enqueue(&t, job(&t, "sync", Some("b"))).await;
        let kind = enqueue(&t, job(&t, "purge", Some("a"))).await;
        assert_eq!(get(&t, first).await.run_at, now);
        let mut claimed: Vec<_> = claim(&t.store, now, t.world.id(), LEASE, 9).await.iter().map(|j| j.id).collect();
        claimed.sort_unstable();
        assert_eq!(claimed, [first, other, kind]);
        // While it runs, one more may wait, and is not begun.
        let waiting = enqueue(&t, job(&t, "sync", Some("a"))).await;
        assert_ne!(waiting, first);
        assert_eq!(enqueue(&t, job(&t, "sync", Some("a"))).await, waiting);
        assert!(claim(&t.store, now, t.world.id(), LEASE, 9).await.is_empty());
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert!(tx.jobs().finish(first, 1, now).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(claim(&t.store, now, t.world.id(), LEASE, 9).await[0].id, waiting);
    }
}

// Kill -9: nobody says anything, the lease ends, another one goes on; the dead one, should it
// live, can no longer end the job.
store_test! {
    async fn a_dead_runners_job_comes_back_and_its_fence_is_void(t: TestStore) {
        let id = enqueue(&t, job(&t, "sync", Some("a"))).await;
        let (dead, alive): (NodeId, NodeId) = (t.world.id(), t.world.id());
        let lease = Duration::from_secs(1);
        let lost = claim(&t.store, t.world.now(), dead, lease, 9).await.remove(0);
        assert!(claim(&t.store, t.world.now(), alive, lease, 9).await.is_empty());
        tokio::time::sleep(Duration::from_millis(500)).await;
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert!(tx.jobs().heartbeat(id, dead, lost.fence, lease).await.unwrap());
        assert!(!tx.jobs().heartbeat(id, alive, lost.fence, lease).await.unwrap());
        tx.commit().await.unwrap();
        tokio::time::sleep(Duration::from_millis(700)).await;
        assert!(claim(&t.store, t.world.now(), alive, lease, 9).await.is_empty(), "the heartbeat prolonged it");
        tokio::time::sleep(Duration::from_millis(700)).await;
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.jobs().next_due(&["sync"], t.world.now()).await.unwrap(), Some(t.world.now()));
        drop(tx);
        let taken = claim(&t.store, t.world.now(), alive, LEASE, 9).await.remove(0);
        assert_eq!((taken.id, taken.attempts, taken.fence), (id, 2, 2));

        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        let now = t.world.now();
        assert!(!tx.jobs().heartbeat(id, dead, lost.fence, LEASE).await.unwrap());
        assert!(!tx.jobs().finish(id, lost.fence, now).await.unwrap());
        assert!(!tx.jobs().fail(id, lost.fence, "x", now).await.unwrap());
        assert!(!tx.jobs().park(id, lost.fence, "x", now).await.unwrap());
        assert!(!tx.jobs().retry(id, lost.fence, "x", now, true).await.unwrap());
        assert!(tx.jobs().finish(id, taken.fence, now).await.unwrap());
        assert!(!tx.jobs().finish(id, taken.fence, now).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(get(&t, id).await.state, JobState::Done);
    }
}

store_test! {
    async fn a_retry_waits_and_a_rate_limit_uses_up_nothing(t: TestStore) {
        let now = t.world.now();
        let until = now + Duration::from_secs(10);
        let id = enqueue(&t, job(&t, "sync", Some("a"))).await;
        for (used_up, attempts) in [(true, 1), (false, 1), (true, 2)] {
            let mut tx = t.store.begin(&Scope::system()).await.unwrap();
            let claim = Claim { kinds: &["sync"], owner: t.world.id(), now: until, lease: LEASE, limit: 1 };
            let run = tx.jobs().claim(&claim).await.unwrap().remove(0);
            assert!(tx.jobs().retry(id, run.fence, "busy", until, used_up).await.unwrap());
            tx.commit().await.unwrap();
            let row = get(&t, id).await;
            assert_eq!((row.state, row.attempts, row.last_error.as_deref()), (JobState::Queued, attempts, Some("busy")));
        }
        // Someone enqueues it again for now: the hold stays.
        assert_eq!(enqueue(&t, job(&t, "sync", Some("a"))).await, id);
        assert_eq!((get(&t, id).await.run_at, get(&t, id).await.held_until), (now, until));
        assert!(claim(&t.store, now, t.world.id(), LEASE, 9).await.is_empty());
        assert_eq!(claim(&t.store, until, t.world.id(), LEASE, 9).await.len(), 1);
    }
}

store_test! {
    async fn a_retry_joins_the_one_that_waits_already(t: TestStore) {
        let now = t.world.now();
        let until = now + Duration::from_secs(10);
        let id = enqueue(&t, job(&t, "sync", Some("a"))).await;
        let run = claim(&t.store, now, t.world.id(), LEASE, 1).await.remove(0);
        let waiting = enqueue(&t, job(&t, "sync", Some("a"))).await;
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert!(tx.jobs().retry(id, run.fence, "busy", until, true).await.unwrap());
        tx.commit().await.unwrap();
        assert_eq!(get(&t, id).await.state, JobState::Done);
        let row = get(&t, waiting).await;
        assert_eq!((row.state, row.attempts, row.held_until), (JobState::Queued, 1, until));
    }
}

store_test! {
    async fn held_jobs_of_a_mended_connection_run_at_once(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, stranger) = rows::workspace(&t).await;
        let connection = rows::insert_mailbox(&t, workspace, owner).await;
        let now = t.world.now();
        let new = NewJob { workspace_id: Some(workspace), connection_id: Some(connection), ..job(&t, "sync", Some("a")) };
        let id = enqueue(&t, new).await;
        let run = claim(&t.store, now, t.world.id(), LEASE, 1).await.remove(0);
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        tx.jobs().retry(id, run.fence, "reauth", now + Duration::from_mins(15), true).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&Scope::member(other, stranger)).await.unwrap();
        assert!(matches!(tx.jobs().release(connection, now).await, Err(StoreError::NotFound(_))));
        drop(tx);
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        assert_eq!(tx.jobs().release(connection, now).await.unwrap(), 1);
        assert_eq!(tx.jobs().release(connection, now).await.unwrap(), 0);
        tx.commit().await.unwrap();
        assert_eq!(get(&t, id).await.attempts, 0);
        assert_eq!(claim(&t.store, now, t.world.id(), LEASE, 1).await.len(), 1);
    }
}

store_test! {
    async fn parked_jobs_are_seen_and_tried_again_by_their_owner(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, stranger) = rows::workspace(&t).await;
        let colleague = rows::member(&t.world, workspace);
        let connection = rows::insert_mailbox(&t, workspace, owner).await;
        let now = t.world.now();
        let mut parked = Vec::new();
        for _ in 0..2 {
            let new = NewJob { workspace_id: Some(workspace), connection_id: Some(connection), ..job(&t, "sync", Some("a")) };
            let id = enqueue(&t, new).await;
            let run = claim(&t.store, now, t.world.id(), LEASE, 1).await.remove(0);
            let mut tx = t.store.begin(&Scope::system()).await.unwrap();
            assert!(tx.jobs().park(id, run.fence, "brake", now).await.unwrap());
            tx.commit().await.unwrap();
            parked.push(id);
        }
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.members().insert(&colleague).await.unwrap();
        let list = tx.jobs().list_parked().await.unwrap();
        assert_eq!(list.iter().map(|j| j.id).collect::<Vec<_>>(), parked[1..], "the older one gave way");
        assert_eq!((list[0].last_error.as_deref(), list[0].finished_at), (Some("brake"), Some(now)));
        assert_eq!(tx.jobs().counts(connection).await.unwrap(), JobCounts { queued: 0, running: 0, parked: 1 });
        tx.commit().await.unwrap();
        for scope in [Scope::member(workspace, colleague.id), Scope::member(other, stranger), Scope::job(other)] {
            let mut tx = t.store.begin(&scope).await.unwrap();
            assert!(tx.jobs().list_parked().await.unwrap().is_empty());
            assert!(!tx.jobs().unpark(parked[1], now).await.unwrap());
            assert_eq!(tx.jobs().counts(connection).await.unwrap(), JobCounts::default());
        }
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        assert!(tx.jobs().unpark(parked[1], now).await.unwrap());
        assert!(!tx.jobs().unpark(parked[1], now).await.unwrap());
        tx.commit().await.unwrap();
        let row = get(&t, parked[1]).await;
        assert_eq!((row.state, row.attempts, row.finished_at), (JobState::Queued, 0, None));
    }
}

store_test! {
    async fn unparking_joins_the_one_that_waits_already(t: TestStore) {
        let (workspace, _) = rows::workspace(&t).await;
        let now = t.world.now();
        let new = || NewJob { workspace_id: Some(workspace), ..job(&t, "sync", Some("a")) };
        let parked = enqueue(&t, new()).await;
        let run = claim(&t.store, now, t.world.id(), LEASE, 1).await.remove(0);
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        tx.jobs().park(parked, run.fence, "brake", now).await.unwrap();
        tx.commit().await.unwrap();
        let later = NewJob { run_at: now + Duration::from_mins(1), ..new() };
        let waiting = enqueue(&t, later).await;
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        assert!(tx.jobs().unpark(parked, now).await.unwrap());
        assert_eq!(tx.jobs().get(parked).await.unwrap(), None);
        assert_eq!(tx.jobs().get(waiting).await.unwrap().unwrap().run_at, now);
    }
}

store_test! {
    async fn finished_jobs_are_deleted_in_time(t: TestStore) {
        let now = t.world.now();
        for kind in ["sync", "purge", "sync"] {
            enqueue(&t, job(&t, kind, None)).await;
        }
        let runs = claim(&t.store, now, t.world.id(), LEASE, 9).await;
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        assert!(tx.jobs().finish(runs[0].id, 1, now).await.unwrap());
        assert!(tx.jobs().fail(runs[1].id, 1, "never", now).await.unwrap());
        assert!(tx.jobs().park(runs[2].id, 1, "person", now).await.unwrap());
        assert_eq!(tx.jobs().get(runs[1].id).await.unwrap().unwrap().state, JobState::Failed);
        assert_eq!(tx.jobs().delete_done_before(now).await.unwrap(), 0);
        assert_eq!(tx.jobs().delete_done_before(now + Duration::from_secs(1)).await.unwrap(), 2);
        assert_eq!(tx.jobs().counts_everywhere().await.unwrap().parked, 1);
    }
}

store_test! {
    async fn a_job_is_enqueued_for_ones_own_workspace(t: TestStore) {
        let (workspace, _) = rows::workspace(&t).await;
        let (other, _) = rows::workspace(&t).await;
        let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
        let new = NewJob {
            workspace_id: Some(other),
            ..job(&t, "sync", None)
        };
        assert!(matches!(tx.jobs().enqueue(new).await, Err(StoreError::Scope(_))));
        // The deployment's own work may be asked for from anywhere.
        tx.jobs().enqueue(job(&t, "compact", None)).await.unwrap();
        let new = NewJob { workspace_id: Some(workspace), ..job(&t, "sync", None) };
        let id = tx.jobs().enqueue(new).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.read(&Scope::job(other)).await.unwrap();
        assert_eq!(tx.jobs().get(id).await.unwrap(), None);
    }
}

store_test! {
    async fn many_claim_at_once_and_none_gets_the_same(t: TestStore) {
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        for n in 0..200 {
            let key = (n % 3 == 0).then(|| format!("k{n}"));
            tx.jobs().enqueue(job(&t, "sync", key.as_deref())).await.unwrap();
        }
        tx.commit().await.unwrap();
        let tasks: Vec<_> = (0..6)
            .map(|_| {
                let (store, now, owner) = (t.store.clone(), t.world.now(), t.world.id());
                tokio::spawn(async move {
                    let mut ids = Vec::new();
                    loop {
                        let jobs = claim(&store, now, owner, LEASE, 7).await;
                        if jobs.is_empty() {
                            return ids;
                        }
                        ids.extend(jobs.into_iter().map(|j| j.id));
                    }
                })
            })
            .collect();
        let mut all = Vec::new();
        for task in tasks {
            all.extend(task.await.unwrap());
        }
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!((all.len(), count), (200, 200));
    }
}
