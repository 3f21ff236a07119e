//! Many jobs, several runners, no doubles.

use std::time::{Duration, Instant};

use tenon_jobs::enqueue;
use tenon_model::Scope;
use tenon_store::JobCounts;
use tenon_testkit::{TestStore, store_test};

use crate::world::{Do, Log, add, runner, task};

const JOBS: usize = 2_000;

store_test! {
    async fn four_runners_do_two_thousand_jobs_once_each(t: TestStore) {
        let log = Log::new();
        let runners: Vec<_> = (0..4).map(|_| runner(&t, &log).concurrency(4).start()).collect();
        let before = Instant::now();
        for batch in 0..JOBS / 100 {
            let mut tx = t.store.begin(&Scope::system()).await.unwrap();
            for n in batch * 100..(batch + 1) * 100 {
                // A third of them have a key of their own, so that exclusion is in play too.
                let key = (n % 3 == 0).then(|| format!("k{n}"));
                let job = task(&n.to_string(), key.as_deref(), Do::Succeed);
                enqueue(&mut tx, &job, t.world.now()).await.unwrap();
            }
            tx.commit().await.unwrap();
        }
        runners[0].drain().await;
        let all = log.all();
        assert_eq!(all.len(), JOBS);
        assert!(all.values().all(|runs| *runs == (1, 1)));
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.jobs().counts_everywhere().await.unwrap(), JobCounts::default());
        drop(tx);
        eprintln!("{JOBS} jobs in {:?} on {:?}", before.elapsed(), t.store.kind());
        for runner in runners {
            runner.stop(Duration::from_secs(1)).await;
        }
    }
}

// Enqueueing and running race: a key's last enqueue is always followed by a run.
store_test! {
    async fn coalescing_never_loses_the_last_word(t: TestStore) {
        let log = Log::new();
        let runners: Vec<_> = (0..3).map(|_| runner(&t, &log).concurrency(3).start()).collect();
        let writers: Vec<_> = (0..3)
            .map(|w| {
                let t = t.clone();
                tokio::spawn(async move {
                    for n in 0..40 {
                        let key = format!("k{}", (w + n) % 4);
                        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
                        enqueue(&mut tx, &task(&key, Some(&key), Do::Sleep(1)), t.world.now()).await.unwrap();
                        tx.commit().await.unwrap();
                    }
                })
            })
            .collect();
        for writer in writers {
            writer.await.unwrap();
        }
        let before = log.all();
        for n in 0..4 {
            let key = format!("k{n}");
            let mut tx = t.store.begin(&Scope::system()).await.unwrap();
            enqueue(&mut tx, &task(&key, Some(&key), Do::Succeed), t.world.now()).await.unwrap();
            tx.commit().await.unwrap();
        }
        runners[0].drain().await;
        for (key, (begun, ended)) in log.all() {
            assert_eq!(begun, ended);
            assert!(begun > before.get(&key).map_or(0, |r| r.1), "{key} was forgotten");
        }
    }
}

// CPU of the process while its runner has nothing to do: no more than a look every five seconds.
store_test! {
    async fn an_idle_runner_rests(t: TestStore) {
        let log = Log::new();
        let runner = runner(&t, &log).start();
        // One job waits for later, another waits for one of its key that takes long.
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        let later = t.world.now() + Duration::from_hours(1);
        enqueue(&mut tx, &task("later", None, Do::Succeed), later).await.unwrap();
        enqueue(&mut tx, &task("long", Some("k"), Do::Wait), t.world.now()).await.unwrap();
        tx.commit().await.unwrap();
        log.wait_begun("long", 1).await;
        add(&t, &task("next", Some("k"), Do::Succeed)).await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let before = cpu_ticks();
        tokio::time::sleep(Duration::from_secs(3)).await;
        let spent = cpu_ticks() - before;
        assert!(spent <= 10, "{spent} hundredths of a second in three");
        log.gate.add_permits(1);
        runner.drain().await;
        assert_eq!((log.ended("long"), log.ended("next"), log.begun("later")), (1, 1, 0));
    }
}

/// User and system time of this process in hundredths of a second (`proc_pid_stat(5)`).
fn cpu_ticks() -> u64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap();
    let fields: Vec<&str> = stat
        .rsplit(')')
        .next()
        .unwrap()
        .split_whitespace()
        .collect();
    fields[11].parse::<u64>().unwrap() + fields[12].parse::<u64>().unwrap()
}
