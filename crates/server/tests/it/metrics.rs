//! The listener of Prometheus.

use std::net::TcpListener;

use crate::support::{Place, finish, send, sentence};

#[test]
fn metrics_have_a_listener_of_their_own() {
    let place = Place::new();
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = free.local_addr().unwrap().to_string();
    drop(free);
    let mut command = place.tenon(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("TENON_METRICS_LISTEN", &address);
    let server = Place::start(command);
    server.request("GET /readyz");
    let answer = send(&address, "GET /metrics", "", "");
    assert!(answer.starts_with("HTTP/1.1 200 "), "{answer}");
    for line in [
        "tenon_http_requests_total{method=\"GET\",route=\"/readyz\",status=\"200\"}",
        "tenon_database_reachable 1",
        "process_resident_memory_bytes ",
    ] {
        assert!(answer.contains(line), "{line}: {answer}");
    }
    let elsewhere = server.request("GET /metrics");
    assert!(!elsewhere.contains("tenon_http_requests"), "{elsewhere}");
    assert!(send(&address, "GET /api/v1/session", "", "").starts_with("HTTP/1.1 404 "));
    let (code, _, log) = server.stop();
    assert_eq!(code, Some(0), "{log}");
}

#[test]
fn a_taken_port_matters_only_where_it_was_asked_for() {
    let place = Place::new();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let mut command = place.tenon(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("TENON_METRICS_LISTEN", &address);
    let said = sentence(&finish(command), 1);
    assert!(
        said.ends_with("choose another with TENON_METRICS_LISTEN"),
        "{said}"
    );
    let mut command = place.tenon(&["serve", "--listen", "127.0.0.1:0"]);
    command.env("TENON_METRICS_LISTEN", "nowhere");
    assert!(sentence(&finish(command), 2).contains("TENON_METRICS_LISTEN"));

    // Two servers without a word about it: the second one does without.
    let (one, two) = (place.serve(), Place::new());
    let other = two.serve();
    assert!(one.request("GET /readyz").contains("\"ready\":true"));
    assert!(other.request("GET /readyz").contains("\"ready\":true"));
}
