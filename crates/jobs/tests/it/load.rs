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

/// Of these there is one for each mailbox.
#[derive(serde::Serialize, serde::Deserialize)]
struct Sync(String);

#[async_trait::async_trait]
impl tenon_jobs::Job for Sync {
    const KIND: &'static str = "sync";
    type Context = Log;

    fn coalesce_key(&self) -> Option<String> {
        Some(self.0.clone())
    }

    fn workspace(&self) -> Option<tenon_model::WorkspaceId> {
        None
    }

    async fn run(self, log: &Log, lease: &tenon_jobs::Lease) -> Result<(), tenon_jobs::JobError> {
        tenon_jobs::Job::run(task(&self.0, None, Do::Wait), log, lease).await
    }
}

// A hundred mailboxes that sync for as long as they like do not keep a revocation waiting, nor do
// a hundred revocations that nobody answers keep mail waiting.
store_test! {
    async fn no_lane_starves_the_other(t: TestStore) {
        let log = Log::new();
        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        for n in 0..100 {
            enqueue(&mut tx, &Sync(format!("s{n}")), t.world.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mixed = || runner(&t, &log).register_bulk::<Sync>().concurrency(8).start();
        let begun = |letter: char| log.all().iter().filter(|(n, _)| n.starts_with(letter)).map(|(_, r)| r.0).sum::<u32>();
        let wait = async |bulk: u32, prompt: u32| {
            for _ in 0..1_000 {
                tokio::time::sleep(Duration::from_millis(5)).await;
                if (begun('s'), begun('p')) == (bulk, prompt) {
                    return;
                }
            }
            panic!("{} and {} were begun, not {bulk} and {prompt}", begun('s'), begun('p'));
        };
        let first = mixed();
        wait(6, 0).await;
        add(&t, &task("revoke", None, Do::Succeed)).await;
        log.wait_begun("revoke", 1).await;
        tokio::time::sleep(Duration::from_millis(100)).await;
        assert_eq!((begun('s'), log.ended("revoke")), (6, 1), "two places are kept");
        first.stop(Duration::ZERO).await;

        let mut tx = t.store.begin(&Scope::system()).await.unwrap();
        for n in 0..100 {
            enqueue(&mut tx, &task(&format!("p{n}"), None, Do::Wait), t.world.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let second = mixed();
        wait(6 + 2, 6).await;
        second.stop(Duration::ZERO).await;
    }
}

// Who asks whether this process can do its work is told.
store_test! {
    async fn a_runner_has_a_pulse_until_it_ends(t: TestStore) {
        let log = Log::new();
        let runner = runner(&t, &log).start();
        let pulse = runner.pulse();
        assert!(pulse.alive());
        runner.stop(Duration::ZERO).await;
        assert!(!pulse.alive());
    }
}
