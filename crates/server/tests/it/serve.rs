//! A server from its first line to its end.

use std::io::Read as _;
use std::net::TcpStream;
use std::time::{Duration, Instant};

use crate::support::{PASSWORD, Place, stdout};

#[test]
fn it_says_where_it_is_and_how_to_set_it_up() {
    let place = Place::new();
    let mut server = place.serve();
    let link = server.line();
    let (before, token) = link.split_once("/setup#token=").unwrap();
    assert_eq!(before, format!("Set it up here: http://{}", server.address));
    let body = format!(
        r#"{{"token":"{token}","workspace_name":"W","name":"Ann","email":"a@example.com","password":"{PASSWORD}","locale":"en","time_zone":"UTC"}}"#
    );
    let answer = server.send("POST /api/v1/setup", &body);
    assert!(answer.starts_with("HTTP/1.1 201 "), "{answer}");
    let (code, _, log) = server.stop();
    assert_eq!(code, Some(0), "{log}");
    assert!(
        !log.contains(token) && !log.contains("a@example.com"),
        "{log}"
    );
    assert!(log.contains("route=\"/api/v1/setup\" status=201"), "{log}");

    let mut again = place.serve();
    again.signal("TERM");
    assert_eq!(
        again.line(),
        "",
        "a server with an owner has no link to print"
    );
}

#[test]
fn it_stops_when_asked_and_at_once_when_told_twice() {
    let place = Place::new();
    let (code, took, log) = place.serve().stop();
    assert_eq!(code, Some(0), "{log}");
    assert!(took < Duration::from_secs(3), "{took:?}");
    assert!(
        !place.path("tenon-data/tenon.db-wal").exists()
            || std::fs::metadata(place.path("tenon-data/tenon.db-wal"))
                .unwrap()
                .len()
                == 0
    );

    let mut server = place.serve();
    // A request that never ends keeps the graceful stop waiting.
    let mut stream = TcpStream::connect(&server.address).unwrap();
    std::io::Write::write_all(&mut stream, format!("POST /api/v1/session HTTP/1.1\r\nHost: {}\r\nX-Tenon-Request: 1\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n", server.address).as_bytes()).unwrap();
    std::thread::sleep(Duration::from_millis(200));
    let begun = Instant::now();
    server.signal("TERM");
    std::thread::sleep(Duration::from_millis(300));
    server.signal("INT");
    let (code, took, _) = server.wait(begun);
    assert_eq!(code, Some(130));
    assert!(took < Duration::from_secs(3), "{took:?}");
    let mut rest = String::new();
    let _ = stream.read_to_string(&mut rest);
}

#[test]
fn what_was_written_is_there_after_kill_9() {
    let place = Place::new();
    stdout(&place.run_with_input(
        &[
            "member",
            "create",
            "--email",
            "a@example.com",
            "--name",
            "A",
            "--role",
            "owner",
            "--password-stdin",
        ],
        PASSWORD,
    ));
    let server = place.serve();
    let answer = server.send(
        "POST /api/v1/session",
        &format!(r#"{{"email":"a@example.com","password":"{PASSWORD}"}}"#),
    );
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    let cookie = answer
        .lines()
        .find_map(|l| l.strip_prefix("set-cookie: "))
        .unwrap()
        .split(';')
        .next()
        .unwrap()
        .to_owned();
    drop(server); // SIGKILL
    let server = place.serve();
    let answer = server.request(&format!(
        "GET /api/v1/session HTTP/1.1\r\nCookie: {cookie}\r\nX-Rest:"
    ));
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
}

#[test]
fn it_is_ready_soon() {
    let place = Place::new();
    drop(place.serve());
    let begun = Instant::now();
    let server = place.serve();
    assert!(server.request("GET /readyz").contains("\"ready\":true"));
    // Optimized it takes a fraction; this is the unoptimized program on a busy machine.
    assert!(
        begun.elapsed() < Duration::from_secs(5),
        "{:?}",
        begun.elapsed()
    );
}
