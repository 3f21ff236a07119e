//! Jobs that do what they are told, and note it.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use serde::{Deserialize, Serialize};
use tenon_jobs::{Job, JobError, Lease, Runner, RunnerHandle, enqueue};
use tenon_model::{ConnectionId, JobId, Scope, WorkspaceId};
use tenon_store::JobRow;
use tenon_testkit::TestStore;
use tokio::sync::Semaphore;

/// What a job does.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) enum Do {
    Succeed,
    Retry,
    RetryAfter(u64),
    Park,
    Fail,
    Panic,
    /// Runs until the gate gives it a permit.
    Wait,
    /// Runs for so many milliseconds.
    Sleep(u64),
}

#[derive(Debug, Clone, Serialize, Deserialize)]
pub(crate) struct Task {
    pub(crate) name: String,
    pub(crate) key: Option<String>,
    pub(crate) what: Do,
    #[serde(default)]
    pub(crate) workspace: Option<WorkspaceId>,
    #[serde(default)]
    pub(crate) connection: Option<ConnectionId>,
}

/// What the jobs of a test have done.
#[derive(Debug, Clone)]
pub(crate) struct Log {
    /// Name -> how often it was begun and how often it came to its end.
    runs: Arc<Mutex<HashMap<String, (u32, u32)>>>,
    /// Keys running right now.
    keys: Arc<Mutex<Vec<String>>>,
    pub(crate) gate: Arc<Semaphore>,
}

impl Log {
    pub(crate) fn new() -> Self {
        Self {
            runs: Arc::default(),
            keys: Arc::default(),
            gate: Arc::new(Semaphore::new(0)),
        }
    }

    pub(crate) fn begun(&self, name: &str) -> u32 {
        self.runs.lock().unwrap().get(name).map_or(0, |r| r.0)
    }

    pub(crate) fn ended(&self, name: &str) -> u32 {
        self.runs.lock().unwrap().get(name).map_or(0, |r| r.1)
    }

    pub(crate) fn all(&self) -> HashMap<String, (u32, u32)> {
        self.runs.lock().unwrap().clone()
    }

    /// Waits until `name` was begun so often.
    pub(crate) async fn wait_begun(&self, name: &str, times: u32) {
        for _ in 0..2_000 {
            if self.begun(name) >= times {
                return;
            }
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        panic!("{name} was begun {} times, not {times}", self.begun(name));
    }
}

/// Takes the key off when the run ends, in whatever way.
struct Running(Log, Option<String>);

impl Drop for Running {
    fn drop(&mut self) {
        if let Some(key) = &self.1 {
            self.0.keys.lock().unwrap().retain(|k| k != key);
        }
    }
}

#[async_trait::async_trait]
impl Job for Task {
    const KIND: &'static str = "task";
    type Context = Log;

    fn coalesce_key(&self) -> Option<String> {
        self.key.clone()
    }

    fn connection(&self) -> Option<ConnectionId> {
        self.connection
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        self.workspace
    }

    fn max_attempts() -> u32 {
        3
    }

    async fn run(self, log: &Log, lease: &Lease) -> Result<(), JobError> {
        assert!(lease.still_ours());
        log.runs
            .lock()
            .unwrap()
            .entry(self.name.clone())
            .or_default()
            .0 += 1;
        if let Some(key) = &self.key {
            let mut keys = log.keys.lock().unwrap();
            assert!(!keys.contains(key), "two jobs of the key {key} ran at once");
            keys.push(key.clone());
        }
        let _running = Running(log.clone(), self.key.clone());
        match self.what {
            Do::Succeed => {}
            Do::Retry => return Err(JobError::Retry("busy".into())),
            Do::RetryAfter(s) => {
                return Err(JobError::RetryAfter(Duration::from_secs(s), "quota".into()));
            }
            Do::Park => return Err(JobError::Park("brake".into())),
            Do::Fail => return Err(JobError::Fail("gone".into())),
            Do::Panic => panic!("as told"),
            Do::Wait => log.gate.acquire().await.unwrap().forget(),
            Do::Sleep(ms) => tokio::time::sleep(Duration::from_millis(ms)).await,
        }
        log.runs.lock().unwrap().entry(self.name).or_default().1 += 1;
        Ok(())
    }
}

pub(crate) fn task(name: &str, key: Option<&str>, what: Do) -> Task {
    Task {
        name: name.into(),
        key: key.map(str::to_owned),
        what,
        workspace: None,
        connection: None,
    }
}

pub(crate) async fn add(t: &TestStore, task: &Task) -> JobId {
    let mut tx = t.store.begin(&Scope::system()).await.unwrap();
    let id = enqueue(&mut tx, task, t.world.now()).await.unwrap();
    tx.commit().await.unwrap();
    id
}

pub(crate) async fn job(t: &TestStore, id: JobId) -> JobRow {
    let mut tx = t.store.read(&Scope::system()).await.unwrap();
    tx.jobs().get(id).await.unwrap().unwrap()
}

pub(crate) fn runner(t: &TestStore, log: &Log) -> Runner<Log> {
    Runner::new(t.store.clone(), t.world.clone(), log.clone()).register::<Task>()
}

pub(crate) fn start(t: &TestStore, log: &Log) -> RunnerHandle {
    runner(t, log).start()
}
