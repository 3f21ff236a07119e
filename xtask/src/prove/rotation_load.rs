//! What goes on at a server while its keys are changed: 200 requests a second, and accounts that come and go.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use anyhow::{Result, bail};

use crate::launch::{Person, Server};

/// Clients that read, and how often each asks: 200 a second together.
const READERS: u32 = 8;
const EVERY: Duration = Duration::from_millis(40);
/// The goal of the long form.
const A_SECOND: f64 = 200.0;

/// Clients under way.
pub(super) struct Load {
    over: Arc<AtomicBool>,
    answered: Arc<AtomicU64>,
    connected: Arc<AtomicU64>,
    threads: Vec<JoinHandle<Vec<String>>>,
}

/// What they saw.
pub(super) struct Done {
    pub(super) failed: Vec<String>,
    pub(super) a_second: f64,
    pub(super) connected: u64,
}

/// Requests a second to be reached. The short form runs beside other tests on small machines, so it only
/// has to be a load.
pub(super) fn goal(values: u64) -> f64 {
    if values > 100_000 {
        A_SECOND * 0.95
    } else {
        20.0
    }
}

impl Load {
    pub(super) fn start(server: &Server, account: &str) -> Result<Self> {
        let load = Self {
            over: Arc::default(),
            answered: Arc::default(),
            connected: Arc::default(),
            threads: Vec::new(),
        };
        let mut threads = Vec::new();
        for number in 0..READERS {
            let person = server.sign_in()?;
            let (over, answered) = (load.over.clone(), load.answered.clone());
            threads.push(std::thread::spawn(move || {
                read(person, number, &over, &answered)
            }));
        }
        let person = server.sign_in()?;
        let (over, connected, account) = (
            load.over.clone(),
            load.connected.clone(),
            account.to_owned(),
        );
        threads.push(std::thread::spawn(move || {
            come_and_go(person, &account, &over, &connected)
        }));
        Ok(Self { threads, ..load })
    }

    pub(super) fn stop(self, took: Duration) -> Result<Done> {
        self.over.store(true, Ordering::SeqCst);
        let answered = self.answered.load(Ordering::SeqCst);
        let mut failed = Vec::new();
        for thread in self.threads {
            match thread.join() {
                Ok(list) => failed.extend(list),
                Err(_) => bail!("a client ended"),
            }
        }
        Ok(Done {
            failed,
            a_second: answered as f64 / took.as_secs_f64(),
            connected: self.connected.load(Ordering::SeqCst),
        })
    }
}

/// Asks at fixed moments; a late answer does not make the next question later.
fn read(mut person: Person, number: u32, over: &AtomicBool, answered: &AtomicU64) -> Vec<String> {
    let paths = [
        "/session",
        "/connections",
        "/threads?limit=5",
        "/connections",
    ];
    let mut failed = Vec::new();
    let start = Instant::now() + EVERY * number / READERS;
    for turn in 0_u32.. {
        let due = start + EVERY * turn;
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        if over.load(Ordering::SeqCst) {
            break;
        }
        match person.get(paths[(turn + number) as usize % paths.len()]) {
            Ok(_) => drop(answered.fetch_add(1, Ordering::SeqCst)),
            Err(error) => failed.push(format!("{error:#}")),
        }
    }
    failed
}

/// A new key, and its end, again and again.
fn come_and_go(
    mut person: Person,
    account: &str,
    over: &AtomicBool,
    connected: &AtomicU64,
) -> Vec<String> {
    let mut failed = Vec::new();
    while !over.load(Ordering::SeqCst) {
        let mut turn = || -> Result<()> {
            let id = person.connect_account(account)?;
            person.get(&format!("/connections/{id}"))?;
            person.disconnect(&id)?;
            Ok(())
        };
        match turn() {
            Ok(()) => drop(connected.fetch_add(1, Ordering::SeqCst)),
            Err(error) => failed.push(format!("connecting and disconnecting: {error:#}")),
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    failed
}
