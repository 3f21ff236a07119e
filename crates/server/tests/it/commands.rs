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
