//! Claims jobs that are due and runs them.

use std::collections::HashMap;
use std::future::Future;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use tenon_model::{NodeId, Scope, World};
use tenon_store::{Claim, JobRow, Store, StoreError};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::lanes::{Lane, Places};
use crate::lease::keep_alive;
use crate::pulse::{Beat, Pulse};
use crate::settle::settle;
use crate::{Job, JobError, Lease};

/// A job of a killed process is back after this long.
const LEASE: Duration = Duration::from_secs(30);
const CONCURRENCY: usize = 8;
/// Looking without being woken: the longest and the shortest pause.
const POLL: Duration = Duration::from_secs(5);
const SHORTEST_PAUSE: Duration = Duration::from_millis(5);
/// After trouble with the database.
const PAUSE_AFTER_ERROR: Duration = Duration::from_secs(1);

type Run<C> = Arc<
    dyn Fn(String, C, Lease) -> Pin<Box<dyn Future<Output = Result<(), JobError>> + Send>>
        + Send
        + Sync,
>;

struct Kind<C> {
    run: Run<C>,
    max_attempts: u32,
    lane: Lane,
}

impl<C> Clone for Kind<C> {
    fn clone(&self) -> Self {
        Self {
            run: self.run.clone(),
            max_attempts: self.max_attempts,
            lane: self.lane,
        }
    }
}

/// Runs jobs. Several may share a database, in one process or many.
pub struct Runner<C> {
    store: Store,
    world: World,
    ctx: C,
    kinds: HashMap<&'static str, Kind<C>>,
    concurrency: usize,
    lease: Duration,
}

impl<C> std::fmt::Debug for Runner<C> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Runner")
            .field("kinds", &self.kinds.keys())
            .field("concurrency", &self.concurrency)
            .finish_non_exhaustive()
    }
}

impl<C: Clone + Send + Sync + 'static> Runner<C> {
    /// A runner without kinds.
    pub fn new(store: Store, world: World, ctx: C) -> Self {
        Self {
            store,
            world,
            ctx,
            kinds: HashMap::new(),
            concurrency: CONCURRENCY,
            lease: LEASE,
        }
    }

    /// Adds a kind of job.
    #[must_use]
    pub fn register<J: Job<Context = C>>(self) -> Self {
        self.add::<J>(Lane::Prompt)
    }

    /// Adds a kind of job of which there are as many as mailboxes, and which may take long. Such
    /// jobs never take all places: some are kept for the kinds of [`Runner::register`], as some are
    /// kept from those for these.
    #[must_use]
    pub fn register_bulk<J: Job<Context = C>>(self) -> Self {
        self.add::<J>(Lane::Bulk)
    }

    fn add<J: Job<Context = C>>(mut self, lane: Lane) -> Self {
        let run: Run<C> = Arc::new(|args, ctx, lease| {
            Box::pin(async move {
                let job: J = serde_json::from_str(&args)
                    .map_err(|_| JobError::Park("arguments_unreadable".to_owned()))?;
                job.run(&ctx, &lease).await
            })
        });
        let kind = Kind {
            run,
            max_attempts: J::max_attempts(),
            lane,
        };
        self.kinds.insert(J::KIND, kind);
        self
    }

    /// How many jobs run at the same time.
    #[must_use]
    pub fn concurrency(mut self, n: usize) -> Self {
        self.concurrency = n.max(1);
        self
    }

    /// How long a claim holds without a heartbeat; after that the job of a dead process is run by
    /// another.
    #[must_use]
    pub const fn lease(mut self, length: Duration) -> Self {
        self.lease = length;
        self
    }

    /// Starts in the background, until [`RunnerHandle::stop`].
    pub fn start(self) -> RunnerHandle {
        let (stop, stopping) = watch::channel(None);
        let (store, world) = (self.store.clone(), self.world.clone());
        let kinds: Vec<&'static str> = self.kinds.keys().copied().collect();
        let beat = Beat::default();
        let task = tokio::spawn(self.work(stopping, beat.clone()));
        let pulse = Pulse::new(&beat, task.abort_handle());
        RunnerHandle {
            store,
            world,
            kinds,
            stop,
            task,
            pulse,
        }
    }

    /// Claims the one job that is due first and runs it to its end in the caller's task; `None` when
    /// nothing is due. For who decides what happens when: simulations and tests. Dropping the future
    /// is the death of the process.
    pub async fn run_next(&self, owner: NodeId) -> Result<Option<Ran>, StoreError> {
        let kinds: Vec<&'static str> = self.kinds.keys().copied().collect();
        let now = self.world.now();
        let mut tx = self.store.begin(&Scope::system()).await?;
        let claim = Claim {
            kinds: &kinds,
            owner,
            now,
            lease: self.lease,
            limit: 1,
        };
        let claimed = tx.jobs().claim(&claim).await?.pop();
        let Some(job) = claimed else {
            return Ok(None);
        };
        tx.commit().await?;
        let Some((name, kind)) = self.kinds.get_key_value(job.kind.as_str()) else {
            return Ok(None); // only known kinds were asked for
        };
        let (_stop, stopping) = watch::channel(None);
        let result = run_one(
            self.store.clone(),
            self.world.clone(),
            self.ctx.clone(),
            kind.clone(),
            job,
            (owner, self.lease),
            stopping,
        )
        .await;
        Ok(Some(Ran { kind: name, result }))
    }

    async fn work(self, mut stopping: watch::Receiver<Option<Duration>>, beat: Beat) {
        let owner: NodeId = self.world.id();
        let kinds = self.kinds.iter().map(|(kind, k)| (*kind, k.lane));
        let mut places = Places::new(self.concurrency, kinds);
        let mut woken = self.store.subscribe_jobs();
        let mut running: JoinSet<()> = JoinSet::new();
        let stop_signal = stopping.clone();
        while stopping.borrow_and_update().is_none() {
            beat.now();
            woken.mark_unchanged();
            let pause = match self.claim(owner, &mut places).await {
                Ok(Claimed::Jobs(jobs)) => {
                    for job in jobs {
                        if let Some(kind) = self.kinds.get(job.kind.as_str()) {
                            let place = places.take(kind.lane);
                            let run = run_one(
                                self.store.clone(),
                                self.world.clone(),
                                self.ctx.clone(),
                                kind.clone(),
                                job,
                                (owner, self.lease),
                                stop_signal.clone(),
                            );
                            running.spawn(async move {
                                let _place = place;
                                run.await;
                            });
                        }
                    }
                    continue;
                }
                Ok(Claimed::Nothing(pause)) => pause,
                Err(error) => {
                    tracing::warn!(%error, "looking for jobs failed");
                    PAUSE_AFTER_ERROR
                }
            };
            tokio::select! {
                changed = woken.changed() => {
                    if changed.is_err() {
                        break; // the store is gone
                    }
                }
                Some(_) = running.join_next() => {}
                () = tokio::time::sleep(pause) => {}
                changed = stopping.changed() => {
                    if changed.is_err() {
                        break; // the handle was dropped
                    }
                }
            }
            while running.try_join_next().is_some() {}
        }
        // Each job watches the same signal, and gives itself up when its grace is over.
        while running.join_next().await.is_some() {}
    }

    /// Claims jobs for the places that are free. Looks first with a reader, so that an idle runner
    /// never writes.
    async fn claim(&self, owner: NodeId, places: &mut Places) -> Result<Claimed, StoreError> {
        let wanted = places.open_kinds();
        if wanted.is_empty() {
            return Ok(Claimed::Nothing(POLL));
        }
        let now = self.world.now();
        let mut tx = self.store.read(&Scope::system()).await?;
        let next = tx.jobs().next_due(&wanted, now).await?;
        drop(tx);
        match next {
            Some(at) if at <= now => {}
            Some(at) => return Ok(Claimed::Nothing(at.since(now).clamp(SHORTEST_PAUSE, POLL))),
            None => return Ok(Claimed::Nothing(POLL)),
        }
        let mut tx = self.store.begin(&Scope::system()).await?;
        let mut jobs = Vec::new();
        for lane in Lane::ALL {
            let limit = places.room(lane, jobs.len());
            if limit == 0 {
                continue;
            }
            let claim = Claim {
                kinds: places.kinds(lane),
                owner,
                now,
                lease: self.lease,
                limit: u32::try_from(limit).unwrap_or(u32::MAX),
            };
            jobs.append(&mut tx.jobs().claim(&claim).await?);
        }
        if jobs.is_empty() {
            // What is due waits for a running one of its key, which will wake us when it ends, or
            // was taken by another runner.
            return Ok(Claimed::Nothing(Duration::from_secs(1)));
        }
        tx.commit().await?;
        Ok(Claimed::Jobs(jobs))
    }
}

/// A job that was run.
#[derive(Debug, Clone)]
pub struct Ran {
    /// Its kind.
    pub kind: &'static str,
    /// How it ended; `None` when it was no longer ours.
    pub result: Option<Result<(), JobError>>,
}

enum Claimed {
    Jobs(Vec<JobRow>),
    Nothing(Duration),
}

async fn run_one<C: Clone + Send + Sync + 'static>(
    store: Store,
    world: World,
    ctx: C,
    kind: Kind<C>,
    job: JobRow,
    (owner, length): (NodeId, Duration),
    mut stopping: watch::Receiver<Option<Duration>>,
) -> Option<Result<(), JobError>> {
    let began = world.monotonic();
    let attempt = u32::try_from(job.attempts).unwrap_or(u32::MAX);
    let (lease, loss) = Lease::new(job.id, job.fence, attempt);
    let result = if attempt > kind.max_attempts {
        // Every run so far killed its process.
        Err(JobError::Park("runner_died".to_owned()))
    } else {
        let run = AssertUnwindSafe((kind.run)(job.args.clone(), ctx, lease.clone())).catch_unwind();
        tokio::select! {
            done = run => done.unwrap_or_else(|_| Err(JobError::Retry("panicked".to_owned()))),
            () = keep_alive(&store, &lease, owner, length) => {
                loss.tell();
                tracing::warn!(job = %job.id, kind = %job.kind, attempt, "the lease of a job was lost");
                return None;
            }
            () = end_of_grace(&mut stopping) => {
                loss.tell();
                Err(JobError::RetryAfter(Duration::ZERO, "stopped".to_owned()))
            }
        }
    };
    let took = world.monotonic().saturating_sub(began);
    match &result {
        Ok(()) => tracing::debug!(job = %job.id, kind = %job.kind, attempt, ?took, "job done"),
        Err(error) => {
            tracing::info!(job = %job.id, kind = %job.kind, attempt, ?took, %error, "job not done");
        }
    }
    match settle(&store, &world, &job, kind.max_attempts, &result).await {
        Ok(true) => Some(result),
        Ok(false) => {
            tracing::debug!(job = %job.id, kind = %job.kind, "the job was no longer ours when it ended");
            None
        }
        Err(error) => {
            tracing::warn!(job = %job.id, kind = %job.kind, %error, "the end of a job could not be written");
            None
        }
    }
}

/// Waits until the runner is told to stop, and then as long as it grants.
async fn end_of_grace(stopping: &mut watch::Receiver<Option<Duration>>) {
    let grace = match stopping.wait_for(Option::is_some).await {
        Ok(grace) => grace.unwrap_or_default(),
        Err(_) => Duration::ZERO, // the handle was dropped: the process is ending
    };
    tokio::time::sleep(grace).await;
}

/// A runner at work. Dropping it stops the runner without grace.
#[derive(Debug)]
pub struct RunnerHandle {
    store: Store,
    world: World,
    kinds: Vec<&'static str>,
    stop: watch::Sender<Option<Duration>>,
    task: tokio::task::JoinHandle<()>,
    pulse: Pulse,
}

impl RunnerHandle {
    /// Tells others whether this runner lives.
    pub fn pulse(&self) -> Pulse {
        self.pulse.clone()
    }

    /// Claims nothing more, and waits for running jobs up to `grace`; those that take longer are
    /// interrupted and go back to waiting, without using up an attempt.
    pub async fn stop(self, grace: Duration) {
        self.stop.send_replace(Some(grace));
        if let Err(error) = self.task.await {
            tracing::warn!(%error, "the runner ended badly");
        }
    }

    /// Waits until nothing of this runner's kinds is running or due, on any runner. For tests:
    /// under a clock that stands still, what waits for later stays waiting.
    pub async fn drain(&self) {
        loop {
            self.store.wake_jobs();
            match self.is_idle().await {
                Ok(true) => return,
                Ok(false) => {}
                Err(error) => tracing::warn!(%error, "looking for jobs failed"),
            }
            tokio::time::sleep(SHORTEST_PAUSE).await;
        }
    }

    async fn is_idle(&self) -> Result<bool, StoreError> {
        let mut tx = self.store.read(&Scope::system()).await?;
        let now = self.world.now();
        let due = tx.jobs().next_due(&self.kinds, now).await?;
        let running = tx.jobs().counts_everywhere().await?.running;
        Ok(running == 0 && due.is_none_or(|at| at > now))
    }
}
