//! `tenon doctor`: each thing that can be wrong is found, with what to do, and nothing is changed.

use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use crate::person::{Person, connected, owner, sandbox, server};
use crate::support::{Place, finish, read, sentence, stdout};

/// The report of a command, with its exit code.
pub(crate) fn report(command: Command) -> (Option<i32>, Value) {
    let output = finish(command);
    let report = serde_json::from_slice(&output.stdout)
        .unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&output.stderr)));
    (output.status.code(), report)
}

fn doctor(place: &Place) -> (Option<i32>, Value) {
    report(place.tenon(&["doctor", "--json"]))
}

/// The check of this name.
#[track_caller]
fn check<'r>(report: &'r Value, name: &str) -> &'r Value {
    let found = report["checks"]
        .as_array()
        .unwrap()
        .iter()
        .find(|c| c["name"] == name);
    found.unwrap_or_else(|| panic!("no {name}: {report:#}"))
}

/// The check stands so, and its text and remedy hold these words.
#[track_caller]
pub(crate) fn stands(report: &Value, name: &str, state: &str, text: &str, next: &str) {
    let found = check(report, name);
    assert_eq!(found["state"], state, "{found:#}");
    assert!(found["text"].as_str().unwrap().contains(text), "{found:#}");
    assert!(found["next"].as_str().unwrap().contains(next), "{found:#}");
}

fn mode(path: &Path, mode: u32) {
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

pub(crate) fn sql(place: &Place, statement: &str) {
    let script =
        "import sqlite3,sys; c=sqlite3.connect(sys.argv[1]); c.execute(sys.argv[2]); c.commit()";
    let done = Command::new("python3")
        .args(["-c", script])
        .arg(place.path("tenon-data/tenon.db"))
        .arg(statement)
        .status()
        .unwrap();
    assert!(done.success());
}

#[test]
fn permissions_that_are_too_wide() {
    let place = Place::new();
    owner(&place);
    let (code, found) = doctor(&place);
    assert_eq!(code, Some(0), "{found:#}");
    mode(&place.path("tenon-data"), 0o755);
    mode(&place.path("tenon-data/tenon.db"), 0o644);
    mode(&place.path("tenon-data/kek"), 0o640);
    let (code, found) = doctor(&place);
    assert_eq!(code, Some(0), "warnings are no failure: {found:#}");
    stands(
        &found,
        "data folder",
        "warn",
        "others",
        "chmod 700 ./tenon-data",
    );
    stands(&found, "database file", "warn", "others", "chmod 600");
    stands(&found, "key file", "warn", "group", "chmod 600");
    mode(&place.path("tenon-data/kek"), 0o644);
    let (code, found) = doctor(&place);
    assert_eq!(code, Some(1));
    stands(&found, "key file", "fail", "everybody", "chmod 600");
}

#[test]
fn databases_that_do_not_fit() {
    let place = Place::new();
    stdout(&place.run(&["migrate"]));
    sql(&place, "insert into schema_versions values (999, 0)");
    let (code, found) = doctor(&place);
    assert_eq!(code, Some(1));
    stands(
        &found,
        "database",
        "fail",
        "version 999",
        "run the newer program",
    );
    sql(&place, "delete from schema_versions where version > 1");
    let before = std::fs::read(place.path("tenon-data/tenon.db")).unwrap();
    let (code, found) = doctor(&place);
    assert_eq!(code, Some(1));
    stands(
        &found,
        "database",
        "fail",
        "schema version 1",
        "run `tenon migrate`",
    );
    let after = std::fs::read(place.path("tenon-data/tenon.db")).unwrap();
    assert!(after == before, "a look migrates nothing");
    place.write("tenon-data/tenon.db", &"no database at all ".repeat(500));
    stands(
        &doctor(&place).1,
        "database",
        "fail",
        "damaged",
        "restore a backup",
    );

    let mut command = place.tenon(&["doctor", "--json"]);
    command.env("DATABASE_URL", "postgres://tenon:hunter2@127.0.0.1:1/tenon");
    let (code, found) = report(command);
    assert_eq!(code, Some(1));
    stands(
        &found,
        "database",
        "fail",
        "cannot be reached",
        "check DATABASE_URL",
    );
    assert!(!found.to_string().contains("hunter2"));
}

#[test]
fn keys_that_do_not_fit() {
    let place = Place::new();
    owner(&place);
    let key = place.path("tenon-data/kek");
    let right = read(&key);
    for (content, text) in [
        (
            Some(format!("1 {}=\n", "A".repeat(43))),
            "not the key they were wrapped with",
        ),
        (Some("1 short\n".to_owned()), "line 1"),
        (Some(right.replace("\n1 ", "\n7 ")), "version 1"),
        (None, "is missing"),
    ] {
        match content {
            Some(content) => std::fs::write(&key, content).unwrap(),
            None => std::fs::remove_file(&key).unwrap(),
        }
        let (code, found) = doctor(&place);
        assert_eq!(code, Some(1));
        stands(&found, "keys", "fail", text, "");
        assert!(!check(&found, "keys")["next"].as_str().unwrap().is_empty());
    }
    assert!(!key.exists(), "a look makes no key");
    let mut command = place.tenon(&["doctor", "--json"]);
    command.env("TENON_KEK", "env:TENON_TEST_KEK");
    stands(&report(command).1, "keys", "fail", "TENON_TEST_KEK", "");
}

#[test]
fn a_graveyard_that_does_not_fit_the_database() {
    let place = Place::new();
    let (_sandbox, settings) = sandbox(&place, &["--messages", "20"]);
    let id = connected(&place, &settings);
    let database = place.path("tenon-data/tenon.db");
    let backup = std::fs::read(&database).unwrap();
    let running = Place::start(server(&place, &settings));
    let person = Person::sign_in(&running);
    let receipt = person.ask(
        &format!("POST /api/v1/connections/{id}/disconnect"),
        &Value::Null,
    );
    assert!(receipt.starts_with("HTTP/1.1 200 "), "{receipt}");
    running.stop();
    stands(
        &doctor(&place).1,
        "graveyard",
        "ok",
        "lists 1 destroyed",
        "",
    );
    // A database of before the disconnection.
    let after = std::fs::read(&database).unwrap();
    std::fs::write(&database, backup).unwrap();
    let (code, found) = doctor(&place);
    assert_eq!(code, Some(0));
    stands(
        &found,
        "graveyard",
        "warn",
        "1 destroyed keys are back",
        "when it starts",
    );
    // A graveyard of before it, or none.
    std::fs::write(&database, after).unwrap();
    std::fs::remove_file(place.path("tenon-data/graveyard")).unwrap();
    let (_, found) = doctor(&place);
    stands(
        &found,
        "graveyard",
        "warn",
        "lists 0",
        "newest copy of the graveyard",
    );
    std::fs::create_dir(place.path("tenon-data/graveyard")).unwrap();
    let (code, found) = doctor(&place);
    assert_eq!(code, Some(1));
    stands(
        &found,
        "graveyard",
        "fail",
        "graveyard",
        "give the file to the user",
    );
}

#[test]
fn a_client_that_google_does_not_know() {
    let place = Place::new();
    let known = "http://127.0.0.1:8080/oauth/callback/google";
    let (_sandbox, settings) = sandbox(&place, &["--messages", "1", "--redirect-uri", known]);
    let ask = |more: &[(&str, &str)]| {
        let mut command = place.tenon(&["doctor", "--json"]);
        command.envs(settings.iter().map(|(n, v)| (n, v)));
        command.envs(more.iter().copied());
        report(command)
    };
    let (code, found) = ask(&[]);
    assert_eq!(code, Some(0), "{found:#}");
    stands(&found, "google", "ok", "accepts the client", "");
    stands(&found, "clock", "ok", "s", "");
    let (code, found) = ask(&[("TENON_LISTEN", "127.0.0.1:8099")]);
    assert_eq!(code, Some(1));
    let other = "does not know http://127.0.0.1:8099/oauth/callback/google";
    stands(
        &found,
        "redirect",
        "fail",
        other,
        "authorized redirect URIs",
    );
    let (code, found) = ask(&[("TENON_GOOGLE_CLIENT_SECRET", "wrong")]);
    assert_eq!(code, Some(1));
    stands(
        &found,
        "google",
        "fail",
        "refuses the client",
        "TENON_GOOGLE_CLIENT_SECRET",
    );
}

#[test]
fn push_that_cannot_come() {
    let place = Place::new();
    let known = "http://127.0.0.1:8080/oauth/callback/google";
    let (_sandbox, google) = sandbox(&place, &["--messages", "1", "--redirect-uri", known]);
    let ask = |google: &[(String, String)], push: bool| {
        let mut command = place.tenon(&["doctor", "--json"]);
        command.envs(google.iter().map(|(n, v)| (n, v)));
        if push {
            command.env("TENON_GOOGLE_PUBSUB_TOPIC", "projects/p/topics/t");
            command.env("TENON_GOOGLE_PUBSUB_ACCOUNT", "push@p.example.com");
        }
        report(command)
    };
    let (_, found) = ask(&google, false);
    stands(&found, "push", "ok", "not set up", "");
    let (_, found) = ask(&[], true);
    stands(&found, "push", "warn", "Google is not", "CLIENT_ID");
    let (code, found) = ask(&google, true);
    assert_eq!(code, Some(0), "{found:#}");
    stands(&found, "push", "warn", "cannot post", "TENON_PUBLIC_URL");
}

#[test]
fn an_address_that_leads_elsewhere() {
    let place = Place::new();
    let server = place.serve();
    let ask = |address: &str| {
        let mut command = place.tenon(&["doctor", "--json"]);
        command.env("TENON_PUBLIC_URL", format!("http://{address}"));
        report(command)
    };
    let (code, found) = ask(&server.address);
    assert_eq!(code, Some(0), "{found:#}");
    stands(&found, "address", "ok", "leads to Tenon", "");
    let free = TcpListener::bind("127.0.0.1:0").unwrap();
    let nobody = free.local_addr().unwrap().to_string();
    drop(free);
    let (code, found) = ask(&nobody);
    assert_eq!(code, Some(0));
    stands(
        &found,
        "address",
        "warn",
        "not reached",
        "start tenon serve",
    );

    let mut command = place.tenon(&["doctor", "--json"]);
    command.env("TENON_LISTEN", "0.0.0.0:8080");
    stands(
        &report(command).1,
        "address",
        "warn",
        "nobody said",
        "TENON_PUBLIC_URL",
    );

    let ready = |address: &str| {
        let mut command = place.tenon(&["doctor", "--ready"]);
        command.env("TENON_LISTEN", address);
        finish(command).status.code()
    };
    assert_eq!(ready(&server.address), Some(0));
    assert_eq!(ready(&nobody), Some(1));
}

#[test]
fn limits_and_folders_of_the_machine() {
    let place = Place::new();
    let limited = |script: &str| {
        let mut command = Command::new("sh");
        command
            .args(["-c", script])
            .arg(env!("CARGO_BIN_EXE_tenon"))
            .current_dir(place.path("."))
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default());
        report(command)
    };
    let (code, found) = limited("ulimit -Sn 256 && ulimit -Hn 256 && exec \"$0\" doctor --json");
    assert_eq!(code, Some(0));
    stands(&found, "open files", "warn", "256", "LimitNOFILE");

    place.write("file", "");
    let mut command = place.tenon(&["doctor", "--json", "--data-dir", "file"]);
    command.env("TENON_LOG", "info");
    let (code, found) = report(command);
    assert_eq!(code, Some(1));
    stands(&found, "data folder", "fail", "is a file", "TENON_DATA_DIR");

    let wrong = place.run(&["doctor", "--set", "poll_seconds=never"]);
    assert!(sentence(&wrong, 2).contains("TENON_POLL_SECONDS"));
}

#[test]
fn work_that_nobody_does() {
    let place = Place::new();
    owner(&place);
    place.serve().stop();
    sql(
        &place,
        "update jobs set run_at = 1, held_until = 0 where state = 'queued'",
    );
    let (code, found) = doctor(&place);
    assert_eq!(code, Some(0));
    stands(&found, "jobs", "warn", "minutes", "is tenon serve running?");
    sql(&place, "update jobs set state = 'parked', finished_at = 1");
    stands(
        &doctor(&place).1,
        "jobs",
        "warn",
        "wait for a person",
        "health pages",
    );
}

#[test]
fn a2_grants_that_end_every_week() {
    let place = Place::new();
    owner(&place);
    let (_sandbox, settings) = sandbox(&place, &["--messages", "5"]);
    let running = Place::start(server(&place, &settings));
    Person::sign_in(&running).connect();
    running.stop();
    stands(&doctor(&place).1, "grants", "ok", "1 hold, 0 ended", "");
    let week = 7 * 86_400_000_000_i64 + 60_000_000;
    sql(
        &place,
        &format!("update consents set given_at = given_at - {week}"),
    );
    sql(
        &place,
        "update connections set status = 'revoked', revoked_at = (select max(given_at) from consents) + 7 * 86400000000 + 60000000",
    );
    let (code, found) = doctor(&place);
    assert_eq!(code, Some(0));
    stands(
        &found,
        "grants",
        "warn",
        "a week after they were given",
        "publish the app",
    );
}
