//! How jobs end, and what becomes of them.

use std::time::{Duration, Instant};

use tenon_model::Scope;
use tenon_store::JobState;
use tenon_testkit::{TestStore, store_test};

use crate::world::{Do, Log, add, job, runner, start, task};

store_test! {
    async fn a_job_runs_at_once_when_it_is_committed(t: TestStore) {
        let log = Log::new();
        let runner = start(&t, &log);
        tokio::time::sleep(Duration::from_millis(100)).await; // it has looked, and sleeps
        let before = Instant::now();
        let id = add(&t, &task("a", None, Do::Succeed)).await;
        log.wait_begun("a", 1).await;
        assert!(before.elapsed() < Duration::from_millis(900), "woken, not polled: {:?}", before.elapsed());
        runner.drain().await;
        let row = job(&t, id).await;
        assert_eq!((row.state, row.attempts, row.finished_at), (JobState::Done, 1, Some(t.world.now())));
        runner.stop(Duration::ZERO).await;
    }
}

store_test! {
    async fn a_failing_job_is_tried_again_later_and_parked_in_the_end(t: TestStore) {
        let log = Log::new();
        let runner = start(&t, &log);
        let id = add(&t, &task("a", Some("k"), Do::Retry)).await;
        for attempt in 1..=3_u32 {
            runner.drain().await;
            assert_eq!(log.begun("a"), attempt, "not before its time");
            let row = job(&t, id).await;
            assert_eq!(row.last_error.as_deref(), Some("busy"));
            if attempt < 3 {
                assert_eq!(row.state, JobState::Queued);
                let delay = row.held_until.since(t.world.now());
                assert!(delay >= Duration::from_secs(1) && delay <= Duration::from_secs(4), "{delay:?}");
                t.clock.advance(delay);
            } else {
                assert_eq!(row.state, JobState::Parked);
            }
        }
        // A person tries again: it begins from scratch.
        t.clock.advance(Duration::from_hours(1));
        runner.drain().await;
        assert_eq!(log.begun("a"), 3);
    }
}

store_test! {
    async fn a_panic_is_a_failure_like_others(t: TestStore) {
        let log = Log::new();
        let runner = start(&t, &log);
        let id = add(&t, &task("a", None, Do::Panic)).await;
        let other = add(&t, &task("b", None, Do::Succeed)).await;
        log.wait_begun("a", 1).await;
        runner.drain().await;
        let row = job(&t, id).await;
        assert_eq!((row.state, row.last_error.as_deref()), (JobState::Queued, Some("panicked")));
        assert_eq!(job(&t, other).await.state, JobState::Done);
    }
}

// Fault G9: a rate limit is no failure, however often it comes.
store_test! {
    async fn waiting_for_a_rate_limit_uses_up_no_attempt(t: TestStore) {
        let log = Log::new();
        let runner = start(&t, &log);
        let id = add(&t, &task("a", None, Do::RetryAfter(900))).await;
        for round in 1..=6 {
            runner.drain().await;
            assert_eq!(log.begun("a"), round);
            let row = job(&t, id).await;
            assert_eq!((row.state, row.attempts), (JobState::Queued, 0));
            assert_eq!(row.held_until, t.world.now() + Duration::from_mins(15));
            t.clock.advance(Duration::from_mins(15));
        }
    }
}

store_test! {
    async fn parking_and_failing_are_final(t: TestStore) {
        let log = Log::new();
        let runner = start(&t, &log);
        let parked = add(&t, &task("p", None, Do::Park)).await;
        let failed = add(&t, &task("f", None, Do::Fail)).await;
        log.wait_begun("p", 1).await;
        log.wait_begun("f", 1).await;
        runner.drain().await;
        t.clock.advance(Duration::from_hours(24));
        runner.drain().await;
        let (p, f) = (job(&t, parked).await, job(&t, failed).await);
        assert_eq!((p.state, p.last_error.as_deref()), (JobState::Parked, Some("brake")));
        assert_eq!((f.state, f.last_error.as_deref()), (JobState::Failed, Some("gone")));
        assert_eq!((log.begun("p"), log.begun("f")), (1, 1));
    }
}

store_test! {
    async fn arguments_of_another_version_wait_for_a_person(t: TestStore) {
        let log = Log::new();
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        let new = tenon_store::NewJob {
            id: t.world.id(),
            kind: "task".into(),
            args: "{\"unexpected\":1}".into(),
            coalesce_key: None,
            workspace_id: None,
            connection_id: None,
            run_at: t.world.now(),
            created_at: t.world.now(),
        };
        let id = tx.jobs().enqueue(new).await.unwrap();
        tx.commit().await.unwrap();
        let runner = start(&t, &log);
        runner.drain().await;
        let row = job(&t, id).await;
        assert_eq!((row.state, row.last_error.as_deref()), (JobState::Parked, Some("arguments_unreadable")));
    }
}

store_test! {
    async fn what_is_enqueued_during_a_run_runs_after_it(t: TestStore) {
        let log = Log::new();
        let runner = start(&t, &log);
        add(&t, &task("first", Some("k"), Do::Wait)).await;
        log.wait_begun("first", 1).await;
        for _ in 0..3 {
            add(&t, &task("second", Some("k"), Do::Succeed)).await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
        assert_eq!(log.begun("second"), 0);
        log.gate.add_permits(1);
        log.wait_begun("second", 1).await;
        runner.drain().await;
        assert_eq!((log.ended("first"), log.begun("second")), (1, 1), "three became one");
    }
}

store_test! {
    async fn a_slow_connection_does_not_hold_up_others(t: TestStore) {
        let log = Log::new();
        let runner = runner(&t, &log).concurrency(2).start();
        for n in 0..5 {
            add(&t, &task(&format!("slow{n}"), Some("slow"), Do::Wait)).await;
        }
        log.wait_begun("slow0", 1).await;
        for n in 0..10 {
            add(&t, &task(&format!("quick{n}"), Some(&format!("q{n}")), Do::Succeed)).await;
        }
        for n in 0..10 {
            log.wait_begun(&format!("quick{n}"), 1).await;
        }
        assert_eq!(log.ended("slow0"), 0);
        log.gate.add_permits(2);
        runner.drain().await;
    }
}

store_test! {
    async fn stopping_lets_running_jobs_end(t: TestStore) {
        let log = Log::new();
        let runner = start(&t, &log);
        let running = add(&t, &task("a", None, Do::Sleep(200))).await;
        log.wait_begun("a", 1).await;
        runner.stop(Duration::from_secs(10)).await;
        assert_eq!((log.ended("a"), job(&t, running).await.state), (1, JobState::Done));
        let later = add(&t, &task("b", None, Do::Succeed)).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!(job(&t, later).await.state, JobState::Queued);
    }
}

store_test! {
    async fn a_job_that_outlasts_the_grace_goes_back_unharmed(t: TestStore) {
        let log = Log::new();
        let runner = start(&t, &log);
        let id = add(&t, &task("a", Some("k"), Do::Wait)).await;
        log.wait_begun("a", 1).await;
        runner.stop(Duration::from_millis(50)).await;
        let row = job(&t, id).await;
        assert_eq!((row.state, row.attempts, row.last_error.as_deref()), (JobState::Queued, 0, Some("stopped")));
        log.gate.add_permits(1);
        let again = start(&t, &log);
        log.wait_begun("a", 2).await;
        again.drain().await;
        assert_eq!(job(&t, id).await.state, JobState::Done);
    }
}

store_test! {
    async fn dropping_the_handle_stops_the_runner(t: TestStore) {
        let log = Log::new();
        drop(start(&t, &log));
        tokio::time::sleep(Duration::from_millis(100)).await;
        let id = add(&t, &task("a", None, Do::Succeed)).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        assert_eq!(job(&t, id).await.state, JobState::Queued);
    }
}
