//! Stopping: what is under way ends, streams end, jobs are given back, nothing is left.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::process::Command;
use std::time::{Duration, Instant};

use crate::person::{Person, owner, sandbox, server};
use crate::support::{Place, Server};

/// One value of the database of a stopped server.
fn query(place: &Place, sql: &str) -> String {
    let script = "import sqlite3,sys; print(sqlite3.connect(sys.argv[1]).execute(sys.argv[2]).fetchone()[0])";
    let output = Command::new("python3")
        .args(["-c", script])
        .arg(place.path("tenon-data/tenon.db"))
        .arg(sql)
        .output()
        .unwrap();
    let error = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{error}");
    String::from_utf8(output.stdout).unwrap().trim().to_owned()
}

/// A stream of events that has begun.
fn listen(server: &Server, person: &Person<'_>) -> TcpStream {
    let mut stream = TcpStream::connect(&server.address).unwrap();
    stream
        .set_read_timeout(Some(Duration::from_secs(20)))
        .unwrap();
    let head = format!(
        "GET /api/v1/events HTTP/1.1\r\nHost: {}\r\nCookie: {}\r\n\r\n",
        server.address, person.cookie
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut seen = String::new();
    while !seen.contains("event: ping") {
        let mut bytes = [0; 4096];
        let count = stream.read(&mut bytes).unwrap();
        assert!(count > 0, "{seen}");
        seen.push_str(&String::from_utf8_lossy(&bytes[..count]));
    }
    stream
}

#[test]
fn streams_of_events_end_and_jobs_under_way_are_given_back() {
    let place = Place::new();
    owner(&place);
    // So slow that the sync is under way for minutes.
    let (_sandbox, settings) = sandbox(&place, &["--messages", "5000", "--latency-ms", "400"]);
    let server = Place::start(server(&place, &settings));
    let person = Person::sign_in(&server);
    let connection = person.connect();
    let begun = Instant::now();
    loop {
        let path = format!("GET /api/v1/connections/{connection}");
        let state = person.json(&path, &serde_json::Value::Null);
        if state["mailbox"]["state"] == "first_sync" {
            break;
        }
        assert!(begun.elapsed() < Duration::from_secs(20), "{state:#}");
        std::thread::sleep(Duration::from_millis(50));
    }
    let mut stream = listen(&server, &person);
    let (code, took, log) = server.stop();
    assert_eq!(code, Some(0), "{log}");
    assert!(took < Duration::from_secs(8), "{took:?}");
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(
        rest.ends_with("0\r\n\r\n"),
        "the stream ends in order: {rest:?}"
    );
    assert_eq!(
        query(
            &place,
            "select count(*) from jobs where state = 'running' or lease_owner is not null"
        ),
        "0",
        "another server need not wait for a lease to end"
    );
    assert_eq!(
        query(
            &place,
            "select count(*) from jobs where state = 'parked' or (kind like 'sync%' and attempts > 1)"
        ),
        "0",
        "stopping is not held against the job"
    );
}

#[test]
fn a_demo_leaves_nothing_however_it_is_stopped() {
    for signals in [
        &["TERM", "TERM"][..],
        &["INT", "INT"],
        &["HUP"],
        &["HUP", "TERM"],
    ] {
        let place = Place::new();
        std::fs::create_dir(place.path("tmp")).unwrap();
        let mut command = place.tenon(&["demo", "--listen", "127.0.0.1:0", "--messages", "50"]);
        command.env("TMPDIR", place.path("tmp"));
        let mut server = Place::start(command);
        server.line();
        // A request that never ends keeps the graceful stop waiting, so that the second signal counts.
        let mut stream = TcpStream::connect(&server.address).unwrap();
        let head = format!(
            "POST /api/v1/session HTTP/1.1\r\nHost: {}\r\nX-Tenon-Request: 1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n",
            server.address
        );
        if signals.len() > 1 {
            stream.write_all(head.as_bytes()).unwrap();
            std::thread::sleep(Duration::from_millis(200));
        } else {
            drop(stream);
        }
        let begun = Instant::now();
        for signal in signals {
            server.signal(signal);
            std::thread::sleep(Duration::from_millis(200));
        }
        let (code, took, log) = server.wait(begun);
        let expected = if signals.len() > 1 { 130 } else { 0 };
        assert_eq!(code, Some(expected), "{signals:?} {log}");
        assert!(took < Duration::from_secs(5), "{signals:?} {took:?}");
        let left = std::fs::read_dir(place.path("tmp")).unwrap().count();
        assert_eq!(left, 0, "{signals:?}: the folder of the demo is gone");
    }
}

#[test]
fn many_files_may_be_open() {
    let place = Place::new();
    let server = place.serve();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
    let line = limits
        .lines()
        .find(|l| l.starts_with("Max open files"))
        .unwrap();
    let numbers: Vec<&str> = line.split_whitespace().collect();
    let (soft, hard) = (numbers[3], numbers[4]);
    let wanted = hard.parse().unwrap_or(u64::MAX).min(65_536);
    assert!(soft.parse::<u64>().unwrap_or(u64::MAX) >= wanted, "{line}");
}

#[test]
fn q7_a_crash_writes_no_memory() {
    let place = Place::new();
    let server = place.serve();
    let limits = std::fs::read_to_string(format!("/proc/{}/limits", server.id())).unwrap();
    let line = limits
        .lines()
        .find(|l| l.starts_with("Max core file size"))
        .unwrap();
    let numbers: Vec<&str> = line.split_whitespace().collect();
    assert_eq!((numbers[4], numbers[5]), ("0", "0"), "{line}");
}
