//! The other commands.

use crate::support::{PASSWORD, Place, finish, read, sentence, stdout};

#[test]
fn members_are_made_listed_and_reset() {
    let place = Place::new();
    let create = [
        "member",
        "create",
        "--email",
        "Ann@Example.com",
        "--name",
        "Ann",
        "--role",
        "owner",
        "--password-stdin",
    ];
    assert!(stdout(&place.run_with_input(&create, PASSWORD)).starts_with("created mem_"));
    assert!(
        sentence(&place.run_with_input(&create, PASSWORD), 2)
            .contains("email is used by another member")
    );
    let weak = [
        "member",
        "create",
        "--email",
        "b@example.com",
        "--name",
        "B",
        "--password-stdin",
    ];
    assert!(sentence(&place.run_with_input(&weak, "abc"), 2).starts_with("password "));
    assert_eq!(
        sentence(&place.run_with_input(&weak, ""), 2),
        "standard input holds no password"
    );
    let list: serde_json::Value =
        serde_json::from_str(&stdout(&place.run(&["member", "list", "--json"]))).unwrap();
    assert_eq!(list["items"][0]["email"], "ann@example.com");
    assert_eq!(list["items"][0]["role"], "owner");

    let server = place.serve();
    let sign_in = |password: &str| {
        server.send(
            "POST /api/v1/session",
            &format!(r#"{{"email":"ann@example.com","password":"{password}"}}"#),
        )
    };
    assert!(sign_in(PASSWORD).starts_with("HTTP/1.1 200 "));
    let reset = [
        "member",
        "reset",
        "--email",
        "ann@example.com",
        "--password-stdin",
    ];
    stdout(&place.run_with_input(&reset, "another good long password\n"));
    assert!(sign_in(PASSWORD).starts_with("HTTP/1.1 401 "));
    assert!(sign_in("another good long password").starts_with("HTTP/1.1 200 "));
    let nobody = [
        "member",
        "reset",
        "--email",
        "nobody@example.com",
        "--password-stdin",
    ];
    sentence(&place.run_with_input(&nobody, PASSWORD), 1);
}

#[test]
fn keys_and_the_doctor() {
    let place = Place::new();
    let doctor: serde_json::Value =
        serde_json::from_str(&stdout(&place.run(&["doctor", "--json"]))).unwrap();
    assert_eq!(doctor["ok"], true, "an empty place is in order: {doctor:#}");
    assert!(
        !place.path("tenon-data/tenon.db").exists(),
        "a look makes no database"
    );
    stdout(&place.run(&["migrate"]));
    stdout(&place.run_with_input(
        &[
            "member",
            "create",
            "--email",
            "a@example.com",
            "--name",
            "A",
            "--password-stdin",
        ],
        PASSWORD,
    ));
    let status: serde_json::Value =
        serde_json::from_str(&stdout(&place.run(&["key", "status", "--json"]))).unwrap();
    assert_eq!(
        status["data_keys_by_key_encryption_key"]["file:1"], 2,
        "the deployment's and the workspace's: {status}"
    );
    let text = stdout(&place.run(&["doctor"]));
    assert!(text.contains("ok    keys"), "{text}");

    let mut command = place.tenon(&["doctor", "--json"]);
    command
        .env("TENON_LISTN", "x")
        .env("TENON_SERVICE_HOST", "10.0.0.1")
        .env("TENON_GOOGLE_CLIENT_ID", "x")
        .env("TENON_GOOGLE_CLIENT_SECRET", "y");
    for name in ["AUTH", "TOKEN", "REVOKE", "JWKS", "GMAIL"] {
        command.env(format!("TENON_GOOGLE_{name}_URL"), "http://127.0.0.1:1/");
    }
    let output = finish(command);
    assert_eq!(output.status.code(), Some(1));
    let doctor: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    let failed: Vec<&str> = doctor["checks"]
        .as_array()
        .unwrap()
        .iter()
        .filter(|c| c["ok"] == false)
        .map(|c| c["name"].as_str().unwrap())
        .collect();
    assert_eq!(failed, ["settings", "google"], "{doctor:#}");
    assert!(
        doctor["checks"][0]["text"]
            .as_str()
            .unwrap()
            .contains("did you mean TENON_LISTEN?"),
        "{doctor:#}"
    );
    for check in doctor["checks"].as_array().unwrap() {
        let is_fine = check["state"] == "ok";
        assert_eq!(
            check["next"].as_str().unwrap().is_empty(),
            is_fine,
            "who finds something says what to do: {check:#}"
        );
    }
}

/// Runs `tenon audit verify --json` with these flags: exit code and report.
fn verify(place: &Place, flags: &[&str]) -> (Option<i32>, serde_json::Value) {
    let words: Vec<&str> = ["audit", "verify", "--json"]
        .iter()
        .chain(flags)
        .copied()
        .collect();
    let output = place.run(&words);
    let report = serde_json::from_slice(&output.stdout).unwrap_or_default();
    (output.status.code(), report)
}

#[test]
fn the_audit_log_is_verified_without_and_beside_the_server() {
    let place = Place::new();
    assert!(sentence(&place.run(&["audit", "verify"]), 1).contains("there is no database"));
    assert!(
        !place.path("tenon-data/tenon.db").exists(),
        "a look makes no database"
    );
    let create = |email: &str| {
        let words = [
            "member",
            "create",
            "--email",
            email,
            "--name",
            "A",
            "--role",
            "owner",
            "--password-stdin",
        ];
        stdout(&place.run_with_input(&words, PASSWORD));
    };
    create("ann@example.com");
    let (code, report) = verify(&place, &[]);
    assert_eq!(
        (code, &report["holds"]),
        (Some(0), &true.into()),
        "{report:#}"
    );
    assert_eq!(report["checkpoints"], 0);
    let database = place.path("tenon-data/tenon.db");
    let backup = std::fs::read(&database).unwrap();

    let server = place.serve();
    let body = format!(r#"{{"email":"ann@example.com","password":"{PASSWORD}"}}"#);
    assert!(
        server
            .send("POST /api/v1/session", &body)
            .starts_with("HTTP/1.1 200 ")
    );
    assert_eq!(verify(&place, &[]).0, Some(0), "while the server runs");
    let (stopped, _, log) = server.stop();
    assert_eq!(stopped, Some(0));
    let kept = place.path("tenon-data/audit-checkpoints");
    let (code, report) = verify(&place, &[]);
    assert_eq!(
        (code, &report["holds"]),
        (Some(0), &true.into()),
        "{report:#}"
    );
    for chain in report["chains"].as_array().unwrap() {
        assert_eq!(
            chain["covered"], chain["entries"],
            "the last are written at the stop: {report:#}"
        );
    }
    let line = read(&kept).trim().lines().last().unwrap().to_owned();
    assert!(log.contains(&line), "the log has it too: {log}");
    let text = stdout(&place.run(&["audit", "verify"]));
    assert!(
        text.ends_with("The audit log holds.") || text.ends_with("The audit log holds.\n"),
        "{text}"
    );

    // The public key of an earlier check is this installation's, and no other's.
    let key = report["public_key"].as_str().unwrap();
    assert_eq!(verify(&place, &["--public-key", key]).0, Some(0));
    let other = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
    let words = ["audit", "verify", "--public-key", other];
    assert!(sentence(&place.run(&words), 1).contains("not with AAAA"));
    assert_eq!(verify(&place, &["--public-key", "x"]).0, Some(2));
    assert_eq!(verify(&place, &["--checkpoints", "nowhere"]).0, Some(2));

    // A restored backup: the checkpoints know more, and the sentence accuses nobody.
    std::fs::write(&database, backup).unwrap();
    let (code, report) = verify(&place, &[]);
    assert_eq!(code, Some(1), "{report:#}");
    assert_eq!(report["bad_entries"], serde_json::json!([]), "{report:#}");
    let bad = &report["bad_checkpoints"][0];
    assert_eq!(bad["fault"], "ahead");
    assert!(
        bad["text"].as_str().unwrap().contains("a restored backup"),
        "{bad}"
    );
    // And going on from there.
    create("bob@example.com");
    create("carol@example.com");
    assert_eq!(
        verify(&place, &[]).1["bad_checkpoints"][0]["fault"],
        "differs"
    );
    // Somebody who was there keeps a copy: with the file in the data folder gone, the copy still tells.
    let copy = place.path("copy");
    std::fs::rename(kept, &copy).unwrap();
    assert_eq!(verify(&place, &[]).0, Some(0));
    let (code, report) = verify(&place, &["--checkpoints", copy.to_str().unwrap()]);
    assert_eq!(code, Some(1), "{report:#}");
}

#[test]
fn documents_are_printed() {
    let place = Place::new();
    let document: serde_json::Value =
        serde_json::from_str(&stdout(&place.run(&["openapi"]))).unwrap();
    assert_eq!(document["openapi"], "3.1.0");
    stdout(&place.run(&["docs-tables", "tables"]));
    for (page, word) in [
        ("settings.md", "| `TENON_LISTEN` | `listen` |"),
        ("errors.md", "| `policy_changed` | 409 |"),
        ("inventory.md", "| messages | envelope |"),
        (
            "permissions.md",
            "`https://www.googleapis.com/auth/gmail.readonly`",
        ),
    ] {
        let text = read(&place.path("tables").join(page));
        assert!(text.contains(word), "{page}: {text}");
    }
    assert!(stdout(&place.run(&["doctor", "--settings"])).contains("TENON_PUBLIC_URL"));
}

#[test]
fn every_command_explains_itself_with_examples() {
    let place = Place::new();
    for words in [
        &["serve"][..],
        &["demo"],
        &["sandbox"],
        &["doctor"],
        &["member"],
        &["key"],
        &["audit", "verify"],
        &[],
    ] {
        let words: Vec<&str> = words.iter().copied().chain(["--help"]).collect();
        assert!(
            stdout(&place.run(&words)).contains("Examples:"),
            "{words:?}"
        );
    }
    assert_eq!(place.run(&["nonsense"]).status.code(), Some(2));
    assert_eq!(place.run(&["serve", "--nonsense"]).status.code(), Some(2));
}
