//! What happens when a process dies, or only seems to.

use std::time::Duration;

use tenon_model::Scope;
use tenon_store::JobState;
use tenon_testkit::{TestStore, rows, store_test};

use crate::world::{Do, Log, Task, add, job, runner, start, task};

const LEASE: Duration = Duration::from_millis(300);

/// A runner in a process of its own, as far as the database can tell: ending the runtime drops
/// all its tasks where they are, as kill -9 would.
fn process(t: &TestStore, log: &Log) -> tokio::runtime::Runtime {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .unwrap();
    let runner = runner(t, log).lease(LEASE);
    runtime.spawn(async move {
        let _handle = runner.start();
        std::future::pending::<()>().await;
    });
    runtime
}

store_test! {
    async fn the_jobs_of_a_killed_process_come_back(t: TestStore) {
        let log = Log::new();
        let doomed = process(&t, &log);
        let id = add(&t, &task("a", Some("k"), Do::Wait)).await;
        log.wait_begun("a", 1).await;
        doomed.shutdown_background();
        log.gate.add_permits(1);
        let alive = runner(&t, &log).lease(LEASE).start();
        alive.drain().await; // waits for the lease to end, because the job counts as running
        let row = job(&t, id).await;
        assert_eq!((row.state, row.attempts, row.fence), (JobState::Done, 2, 2));
        assert_eq!(log.ended("a"), 1);
    }
}

store_test! {
    async fn a_job_that_kills_its_process_each_time_is_parked(t: TestStore) {
        let log = Log::new();
        let id = add(&t, &task("a", None, Do::Wait)).await;
        for run in 1..=3 {
            let doomed = process(&t, &log);
            tokio::time::sleep(if run == 1 { Duration::ZERO } else { LEASE * 2 }).await;
            t.store.wake_jobs(); // or it would look again after five seconds
            log.wait_begun("a", run).await;
            doomed.shutdown_background();
        }
        let alive = runner(&t, &log).lease(LEASE).start();
        alive.drain().await;
        let row = job(&t, id).await;
        assert_eq!((row.state, row.last_error.as_deref()), (JobState::Parked, Some("runner_died")));
        assert_eq!(log.begun("a"), 3);
    }
}

store_test! {
    async fn a_long_job_keeps_its_lease(t: TestStore) {
        let log = Log::new();
        let one = runner(&t, &log).lease(LEASE).start();
        let two = runner(&t, &log).lease(LEASE).start();
        let id = add(&t, &task("a", Some("k"), Do::Sleep(1_200))).await; // four leases long
        log.wait_begun("a", 1).await;
        one.drain().await;
        assert_eq!((job(&t, id).await.state, log.begun("a"), log.ended("a")), (JobState::Done, 1, 1));
        two.stop(Duration::ZERO).await;
    }
}

// A disconnect deletes the connection's jobs, running ones too; the run is dropped.
store_test! {
    async fn a_run_ends_when_its_connection_is_gone(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let connection = rows::insert_mailbox(&t, workspace, owner).await;
        let log = Log::new();
        let runner = runner(&t, &log).lease(LEASE).start();
        let wait = Task { workspace: Some(workspace), connection: Some(connection), ..task("a", Some("k"), Do::Wait) };
        add(&t, &wait).await;
        log.wait_begun("a", 1).await;
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.connections().delete(connection, None).await.unwrap();
        tx.commit().await.unwrap();
        // The next heartbeat finds the job gone and drops the run, which frees its key.
        for _ in 0..100 {
            tokio::time::sleep(Duration::from_millis(20)).await;
            if t.store.read(&Scope::system()).await.unwrap().jobs().counts_everywhere().await.unwrap().running == 0 {
                break;
            }
        }
        tokio::time::sleep(LEASE).await;
        log.gate.add_permits(1);
        add(&t, &task("b", Some("k"), Do::Succeed)).await;
        runner.drain().await;
        assert_eq!((log.ended("a"), log.ended("b")), (0, 1));
    }
}

// No commit wakes this runner: the job is there before it starts.
store_test! {
    async fn work_left_by_a_stopped_runner_is_found_without_a_wake_up(t: TestStore) {
        let log = Log::new();
        add(&t, &task("a", None, Do::Succeed)).await;
        let runner = start(&t, &log);
        log.wait_begun("a", 1).await;
        runner.drain().await;
    }
}
