//! A rolling restart: each node is asked to stop and started again in turn while people work through a load
//! balancer and a mailbox comes in.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use serde_json::json;

use super::{Deployment, Options, PATIENCE, Size};
use crate::http::Client;
use crate::launch::{ACCOUNT, Balancer};
use crate::measure::{percentile, sorted};
use crate::report::{Report, say};

pub(super) fn run(options: &Options, report: &mut Report, size: Size) -> Result<()> {
    let mut deployment = Deployment::new(options, size.messages, 100, 2)?;
    let urls: Vec<String> = deployment
        .nodes
        .iter()
        .map(crate::launch::Setup::url)
        .collect();
    let mut servers: Vec<Option<_>> = deployment.start()?.into_iter().map(Some).collect();
    let balancer = Balancer::start(&urls)?;
    let mut person = crate::launch::Person::sign_in(
        &balancer.url(),
        crate::launch::OWNER.0,
        crate::launch::OWNER.1,
    )?;
    let connection = person.connect()?;
    let cookie = person.client().cookie().context("no session")?.to_owned();
    let people = People::start(&balancer.url(), &cookie)?;
    for _ in 0..size.turns {
        for (setup, server) in deployment.nodes.iter().zip(&mut servers) {
            std::thread::sleep(Duration::from_millis(500));
            if let Some(running) = server.take() {
                running.stop()?;
            }
            *server = Some(setup.start()?);
        }
    }
    person.wait_until_live(&connection, PATIENCE)?;
    let (answered, mut failed, took) = people.stop();
    failed.truncate(5);
    for failure in &failed {
        say(format!("rolling: {failure}"));
    }
    let times = size.turns * deployment.nodes.len() as u64;
    report.tell(
        "rolling restart: nodes restarted",
        times,
        "SIGTERM, start, one after the other",
    );
    report.at_least(
        "rolling restart: requests answered",
        answered as f64,
        100.0,
        "reads and changes through a balancer in turn",
    );
    report.exactly(
        "rolling restart: requests that failed",
        failed.len() as u64,
        0,
        "no answer, or 5xx",
    );
    let took = sorted(&took);
    report.tell(
        "rolling restart: ms of a request, p99",
        percentile(&took, 0.99).round(),
        "through the balancer",
    );
    report.exactly(
        "rolling restart: mailboxes that differ from the provider's",
        deployment.differences(&[ACCOUNT])?,
        0,
        "a first sync that ran meanwhile",
    );
    for server in servers.into_iter().flatten() {
        server.stop()?;
    }
    Ok(())
}

/// Clients that go on asking.
pub(super) struct People {
    over: Arc<AtomicBool>,
    threads: Vec<std::thread::JoinHandle<Asked>>,
}

#[derive(Default)]
struct Asked {
    answered: u64,
    failed: Vec<String>,
    took: Vec<f64>,
}

impl People {
    /// Three that read and one that changes something.
    pub(super) fn start(url: &str, cookie: &str) -> Result<Self> {
        let over = Arc::new(AtomicBool::new(false));
        let count = Arc::new(AtomicU64::new(0));
        let mut threads = Vec::new();
        for number in 0..4 {
            let mut client = Client::new(url)?.timeout(Duration::from_mins(1));
            let (over, cookie) = (Arc::clone(&over), cookie.to_owned());
            let count = Arc::clone(&count);
            threads.push(std::thread::spawn(move || {
                let mut asked = Asked::default();
                while !over.load(Ordering::SeqCst) {
                    let start = Instant::now();
                    let answer = if number == 0 {
                        let zone = if count.fetch_add(1, Ordering::SeqCst).is_multiple_of(2) {
                            "Europe/Paris"
                        } else {
                            "Europe/Berlin"
                        };
                        let body =
                            serde_json::to_vec(&json!({"time_zone": zone})).unwrap_or_default();
                        client.send(
                            "PATCH",
                            "/api/v1/me",
                            &[
                                ("cookie", &cookie),
                                ("content-type", "application/json"),
                                ("x-tenon-request", "1"),
                            ],
                            &body,
                        )
                    } else {
                        let path = [
                            "/api/v1/session",
                            "/api/v1/connections",
                            "/api/v1/threads?limit=24",
                        ][number - 1];
                        client.send("GET", path, &[("cookie", &cookie)], &[])
                    };
                    asked.took.push(start.elapsed().as_secs_f64() * 1000.0);
                    match answer {
                        Ok(answer) if answer.status < 400 => asked.answered += 1,
                        Ok(answer) => {
                            let told = format!("HTTP {} {}", answer.status, answer.text());
                            asked.failed.push(told);
                        }
                        Err(error) => asked.failed.push(format!("{error:#}")),
                    }
                    std::thread::sleep(Duration::from_millis(30));
                }
                asked
            }));
        }
        Ok(Self { over, threads })
    }

    /// How many answers were good, which were not, and how long each took in milliseconds.
    pub(super) fn stop(self) -> (u64, Vec<String>, Vec<f64>) {
        self.over.store(true, Ordering::SeqCst);
        let mut all = Asked::default();
        for thread in self.threads {
            match thread.join() {
                Ok(asked) => {
                    all.answered += asked.answered;
                    all.failed.extend(asked.failed);
                    all.took.extend(asked.took);
                }
                Err(_) => all.failed.push("a client broke".to_owned()),
            }
        }
        (all.answered, all.failed, all.took)
    }
}
