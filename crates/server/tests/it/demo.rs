//! `tenon demo` and `tenon sandbox`.

use serde_json::{Value, json};

use crate::person::Person;
use crate::support::{Place, finish, sentence};

#[test]
fn a_demo_leaves_nothing_behind_unless_told_to() {
    let place = Place::new();
    std::fs::create_dir(place.path("tmp")).unwrap();
    let start = |words: &[&str]| {
        let mut command = place.tenon(&["demo", "--listen", "127.0.0.1:0", "--messages", "50"]);
        command.args(words).env("TMPDIR", place.path("tmp"));
        let mut server = Place::start(command);
        assert_eq!(server.line(), "E-mail: alice@example.com");
        let password = server.line().strip_prefix("Password: ").unwrap().to_owned();
        let body = format!(r#"{{"email":"alice@example.com","password":"{password}"}}"#);
        let answer = server.send("POST /api/v1/session", &body);
        assert!(
            answer.starts_with("HTTP/1.1 200 ") && answer.contains("\"demo\":true"),
            "{answer}"
        );
        (server, password)
    };
    let (server, _) = start(&[]);
    assert_eq!(std::fs::read_dir(place.path("tmp")).unwrap().count(), 1);
    let (code, _, log) = server.stop();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(
        std::fs::read_dir(place.path("tmp")).unwrap().count(),
        0,
        "the data is gone"
    );
    assert!(
        !place.path("tenon-data").exists(),
        "a real server's folder is not touched"
    );

    let (server, first) = start(&["--data-dir", "kept"]);
    server.stop();
    let (_server, second) = start(&["--data-dir", "kept"]);
    assert_ne!(
        first, second,
        "the password on the screen is the one that counts"
    );
    let open = place.run(&["demo", "--listen", "0.0.0.0:0"]);
    assert!(sentence(&open, 2).starts_with("the demo listens on loopback only"));
}

#[test]
fn a_demo_has_customers_whose_mail_is_in_the_sandbox_once_for_a_folder() {
    let place = Place::new();
    for start in ["first", "second"] {
        let demo = ["demo", "--listen", "127.0.0.1:0", "--messages", "200"];
        let mut command = place.tenon(&demo);
        command.args(["--data-dir", "kept"]);
        let mut server = Place::start(command);
        server.line();
        let password = server.line().strip_prefix("Password: ").unwrap().to_owned();
        let alice = Person::sign_in_as(&server, "alice@example.com", &password);
        let ask = |path: &str, body: &Value| alice.json(&format!("POST /api/v1/{path}"), body);
        let count = |kind: &str, filter: Value| {
            let which = json!({"kind": kind, "filter": filter});
            ask("records/count", &which)["count"].as_u64().unwrap()
        };
        let all = Value::Null;
        assert_eq!(count("company", all.clone()), 25, "{start}");
        assert_eq!(count("contact", all.clone()), 80, "{start}");
        // Colleagues have private ones.
        assert!((56..=60).contains(&count("deal", all.clone())), "{start}");
        assert_eq!(count("lead", all.clone()), 20, "{start}");
        assert_eq!(count("case", all.clone()), 15, "{start}");
        assert_eq!(count("task", all.clone()), 40, "{start}");
        assert_eq!(count("activity", all), 30, "{start}");
        let lost = json!({"field": "lost_reason", "op": "not_empty"});
        assert!(count("deal", lost) > 5, "{start}");
        let old =
            json!({"field": "created_at", "op": "within", "value": {"last": 18, "unit": "months"}});
        assert!(count("deal", old) < 50, "records are as old as they say");
        let contacts = ask("records/query", &json!({"kind": "contact", "limit": 1}));
        let address = &contacts["items"][0]["values"]["emails"][0]["address"];
        let found = ask("lookup", &json!({"addresses": [address]}));
        assert!(found["items"][0]["company"]["title"].is_string(), "{found}");
        let (code, _, log) = server.stop();
        assert_eq!(code, Some(0), "{log}");
    }
}

#[test]
fn a_sandbox_tells_how_to_point_a_server_to_it() {
    let place = Place::new();
    let mut sandbox = Place::start(place.tenon(&["sandbox", "--port", "0", "--messages", "50"]));
    assert_eq!(sandbox.line(), "Point a server to it with:");
    let mut doctor = place.tenon(&["doctor", "--json"]);
    let mut count = 0;
    loop {
        let line = sandbox.line();
        let Some((name, value)) = line.strip_prefix("export ").and_then(|l| l.split_once('='))
        else {
            break;
        };
        doctor.env(name, value);
        count += 1;
        if count == 8 {
            break;
        }
    }
    make_database(&place);
    let output = finish(doctor);
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let check = |name: &str| {
        report["checks"]
            .as_array()
            .unwrap()
            .iter()
            .find(|c| c["name"] == name)
            .cloned()
            .unwrap_or_default()
    };
    assert_eq!(
        check("google")["text"],
        "answers and accepts the client",
        "{report:#}"
    );
    assert_eq!(check("clock")["ok"], true, "{report:#}");
    assert_eq!(report["ok"], true, "{report:#}");

    place.write("faults.json", "[{\"row\": \"no such row\"}]");
    let refused = place.run(&["sandbox", "--port", "0", "--faults", "faults.json"]);
    assert!(sentence(&refused, 2).contains("no such row"));
}

/// A database and keys, so that the doctor opens the connectors too.
fn make_database(place: &Place) {
    let create = [
        "member",
        "create",
        "--email",
        "a@example.com",
        "--name",
        "A",
        "--password-stdin",
    ];
    crate::support::stdout(&place.run_with_input(&create, crate::support::PASSWORD));
}
