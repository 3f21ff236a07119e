//! `bench push`: a thousand pushes a second, as Pub/Sub would bring them, beside a route that only
//! says 204.

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::json;

use super::Options;
use crate::canary;
use crate::http::Client;
use crate::launch::{Databases, Sandbox, SandboxOptions};
use crate::measure::{percentile, sorted};
use crate::report::{Report, say};

/// Pushes a second.
const RATE: u64 = 1_000;
/// Connections that Pub/Sub holds open.
const LINES: u64 = 32;
/// Mailboxes that the pushes are about.
const MAILBOXES: u32 = 100;
/// Who signs.
const ACCOUNT: &str = "push@bench.iam.gserviceaccount.com";

pub(super) fn run(options: &Options, tenon: &Path, report: &mut Report) -> Result<()> {
    let seconds = options.seconds.unwrap_or(20);
    let mut databases = Databases::default();
    for kind in options.databases() {
        let mut sandbox = Sandbox::start(
            tenon,
            SandboxOptions {
                accounts: MAILBOXES,
                ..SandboxOptions::of(options.sizes(&[20])[0], 1)
            },
        )?;
        let mut environment = sandbox.environment();
        for (name, value) in [
            ("TENON_GOOGLE_PUBSUB_TOPIC", "projects/bench/topics/gmail"),
            ("TENON_GOOGLE_PUBSUB_ACCOUNT", ACCOUNT),
        ] {
            environment.push((name.to_owned(), value.to_owned()));
        }
        let setup = databases.setup(kind, tenon, environment)?;
        let server = setup.start()?;
        let url = setup.url();
        let mut person = server.sign_in()?;
        say(format!("{kind}: {MAILBOXES} mailboxes are connected"));
        for n in 0..MAILBOXES {
            let connection = person.connect_account(&SandboxOptions::account(n))?;
            person.wait_until_live(&connection, Duration::from_mins(1))?;
        }
        wait_until_watched(&mut sandbox)?;
        let token = sandbox.control(
            "push-token",
            &json!({"endpoint": format!("{url}/hooks/google/pubsub"), "service_account": ACCOUNT}),
        )?;
        let token = token["token"].as_str().context("no token")?.to_owned();

        let bare = Bare::start()?;
        let limit = flood(&bare.url, "/", &token, seconds)?;
        let before = server.usage()?;
        let ours = flood(&url, "/hooks/google/pubsub", &token, seconds)?;
        let after = server.usage()?;
        let how = format!(
            "{RATE} a second for {seconds} s over {LINES} connections, from the moment each was due; {MAILBOXES} mailboxes, 7 of 10 pushes news, 2 repeated, 1 of a stranger"
        );
        report.exactly(&format!("{kind}: not answered 2xx"), ours.failed, 0, &how);
        report.at_least(
            &format!("{kind}: acknowledged a second"),
            ours.rate,
            RATE as f64 * 0.99,
            &how,
        );
        let p99 = percentile(&ours.times, 0.99);
        report.at_most(&format!("{kind}: ms p99"), p99, 500.0, &how);
        report.tell(
            &format!("{kind}: ms p50"),
            percentile(&ours.times, 0.5),
            &how,
        );
        let bare_p99 = percentile(&limit.times, 0.99);
        report.tell(
            &format!("{kind}: ms p99 of a bare 204"),
            bare_p99,
            "the same requests to a thread that reads them and answers 204",
        );
        report.tell(
            &format!("{kind}: p99 beside the bare 204"),
            (p99 / bare_p99.max(0.001) * 10.0).round() / 10.0,
            "ratio in this run",
        );
        report.tell(
            &format!("{kind}: CPU-ms for 1,000 pushes"),
            after.cpu.saturating_sub(before.cpu).as_secs_f64() * 1_000.0
                / (ours.times.len() as f64 / 1_000.0),
            "the server's whole CPU meanwhile, the syncs that the pushes cause included",
        );
        server.stop()?;
    }
    Ok(())
}

fn wait_until_watched(sandbox: &mut Sandbox) -> Result<()> {
    let start = Instant::now();
    loop {
        let log = sandbox.ask("requests")?;
        let calls = log["requests"].as_array().into_iter().flatten();
        let watched = calls
            .filter(|c| c["path"].as_str().is_some_and(|p| p.contains("/watch")))
            .count();
        if watched >= MAILBOXES as usize {
            return Ok(());
        }
        ensure!(
            start.elapsed() < Duration::from_mins(1),
            "{watched} of {MAILBOXES} mailboxes are watched"
        );
        std::thread::sleep(Duration::from_millis(200));
    }
}

/// What came of a flood.
struct Flood {
    /// Milliseconds from when each was due to its answer, sorted.
    times: Vec<f64>,
    failed: u64,
    /// Answered 2xx, a second.
    rate: f64,
}

/// Posts at the rate, whether answers come or not as far as the lines allow.
fn flood(url: &str, path: &str, token: &str, seconds: u64) -> Result<Flood> {
    let total = RATE * seconds;
    let next = AtomicU64::new(0);
    let failed = AtomicU64::new(0);
    let authorization = format!("Bearer {token}");
    let start = Instant::now() + Duration::from_millis(200);
    let lines = std::thread::scope(|scope| {
        let lines: Vec<_> = (0..LINES)
            .map(|_| {
                scope.spawn(|| -> Result<Vec<f64>> {
                    let mut client = Client::new(url)?;
                    let headers = [
                        ("authorization", authorization.as_str()),
                        ("content-type", "application/json"),
                    ];
                    let mut times = Vec::new();
                    loop {
                        let n = next.fetch_add(1, Ordering::Relaxed);
                        if n >= total {
                            return Ok(times);
                        }
                        let body = body(n);
                        let due = start + Duration::from_micros(n * 1_000_000 / RATE);
                        std::thread::sleep(due.saturating_duration_since(Instant::now()));
                        let answer = client.send("POST", path, &headers, body.as_bytes())?;
                        times.push(due.elapsed().as_secs_f64() * 1_000.0);
                        if !(200..300).contains(&answer.status) {
                            failed.fetch_add(1, Ordering::Relaxed);
                        }
                    }
                })
            })
            .collect();
        lines
            .into_iter()
            .map(|line| {
                line.join()
                    .unwrap_or_else(|_| anyhow::bail!("a line broke"))
            })
            .collect::<Result<Vec<_>>>()
    })?;
    let times = sorted(&lines.concat());
    let failed = failed.into_inner();
    // A second's pushes that are answered a little after its end are on time.
    let took = start.elapsed().as_secs_f64().max(seconds as f64);
    Ok(Flood {
        rate: (times.len() as u64 - failed) as f64 / took,
        failed,
        times,
    })
}

/// Push number `n`: seven of ten are news to a mailbox, two say again what the one before said, one is
/// about nobody here.
fn body(n: u64) -> String {
    let (address, number) = match n % 10 {
        9 => (format!("stranger{n}@example.com"), n),
        7 | 8 => (
            SandboxOptions::account(mailbox(n - n % 10 + 6)),
            n - n % 10 + 6,
        ),
        _ => (SandboxOptions::account(mailbox(n)), n),
    };
    let data = json!({"emailAddress": address, "historyId": 1_000_000_000 + number}).to_string();
    let data = canary::encode("base64 +0", &data);
    json!({
        "message": {"data": String::from_utf8_lossy(&data), "messageId": n.to_string()},
        "subscription": "projects/bench/subscriptions/gmail",
    })
    .to_string()
}

fn mailbox(n: u64) -> u32 {
    (n % u64::from(MAILBOXES)) as u32
}

/// The limit: a server that reads each request and says 204, a thread for each connection.
struct Bare {
    url: String,
}

impl Bare {
    fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let url = format!("http://{}", listener.local_addr()?);
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                std::thread::spawn(move || serve(stream));
            }
        });
        Ok(Self { url })
    }
}

/// Ends with the connection.
fn serve(mut stream: TcpStream) -> Option<()> {
    stream.set_nodelay(true).ok()?;
    let mut buffer = Vec::new();
    let mut piece = [0; 8192];
    loop {
        let head = loop {
            if let Some(at) = buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                break at + 4;
            }
            let n = stream.read(&mut piece).ok().filter(|n| *n > 0)?;
            buffer.extend_from_slice(&piece[..n]);
        };
        let text = String::from_utf8_lossy(&buffer[..head]).to_ascii_lowercase();
        let length: usize = text
            .lines()
            .find_map(|l| l.strip_prefix("content-length:"))
            .and_then(|v| v.trim().parse().ok())
            .unwrap_or(0);
        while buffer.len() < head + length {
            let n = stream.read(&mut piece).ok().filter(|n| *n > 0)?;
            buffer.extend_from_slice(&piece[..n]);
        }
        buffer.drain(..head + length);
        stream.write_all(b"HTTP/1.1 204 No Content\r\n\r\n").ok()?;
    }
}
