//! `tenon key`: rotating, moving, retiring and checking, beside a running server.

use std::process::{Command, Output};

use serde_json::Value;

use crate::support::{PASSWORD, Place, finish, read, sentence, stdout};

fn member(place: &Place) {
    let words = "member create --email a@example.com --name A --role owner --password-stdin";
    let words: Vec<&str> = words.split(' ').collect();
    stdout(&place.run_with_input(&words, PASSWORD));
}

fn json(place: &Place, words: &[&str]) -> Value {
    serde_json::from_str(&stdout(&place.run(words))).unwrap()
}

fn counts(place: &Place) -> Value {
    json(place, &["key", "status", "--json"])["data_keys_by_key_encryption_key"].clone()
}

fn with(mut command: Command, settings: &[(&str, &str)]) -> Output {
    command.envs(settings.iter().copied());
    finish(command)
}

#[test]
fn v3_a_key_file_is_rotated_beside_a_running_server() {
    let place = Place::new();
    member(&place);
    let server = place.serve();
    let key = place.path("tenon-data/kek");
    let first = read(&key);
    assert!(sentence(&place.run(&["key", "retire", "1"]), 1).contains("cannot be retired"));
    assert!(stdout(&place.run(&["key", "rotate"])).contains("version 2 is there"));
    assert!(read(&key).starts_with(&first));
    assert!(sentence(&place.run(&["key", "rotate"]), 1).contains("tenon key rewrap"));
    assert_eq!(counts(&place), serde_json::json!({"file:1": 2}));
    let doctor = stdout(&place.run(&["doctor"]));
    assert!(
        doctor.contains("2 data keys are not wrapped with file:2 yet; tenon key rewrap"),
        "{doctor}"
    );
    let told = stdout(&place.run(&["key", "rewrap"]));
    assert_eq!(told, "2 data keys were wrapped anew with file:2\n");
    assert_eq!(counts(&place), serde_json::json!({"file:2": 2}));
    assert!(stdout(&place.run(&["key", "rewrap"])).starts_with("0 data keys"));
    assert!(stdout(&place.run(&["key", "retire", "1"])).contains("backups from before"));
    assert!(!read(&key).contains(first.lines().last().unwrap()));
    let status = stdout(&place.run(&["key", "status"]));
    assert!(
        status.contains("file has the versions 2\nnew data keys are wrapped with file:2"),
        "{status}"
    );
    let body = format!(r#"{{"email":"a@example.com","password":"{PASSWORD}"}}"#);
    assert!(
        server
            .send("POST /api/v1/session", &body)
            .starts_with("HTTP/1.1 200 ")
    );
    server.stop();
    place.serve().stop();
    assert_eq!(
        stdout(&place.run(&["key", "check"])),
        "0 sealed values open\n"
    );
    assert_eq!(json(&place, &["key", "check", "--json"])["unreadable"], 0);
    assert_eq!(
        json(&place, &["key", "graveyard", "--json"])["items"],
        serde_json::json!([])
    );
    // The old file does not open it any more, and that is told in one sentence.
    std::fs::write(&key, first).unwrap();
    assert!(
        sentence(&place.run(&["key", "status"]), 1)
            .contains("version 2 of the key-encryption key is needed")
    );
}

#[test]
fn keys_move_from_a_file_to_a_variable() {
    let place = Place::new();
    member(&place);
    let secret = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
    let file = format!("file:{}", place.path("tenon-data/kek").display());
    let alone = [("TENON_KEK", "env:SECRET"), ("SECRET", secret)];
    let told = sentence(&with(place.tenon(&["key", "status"]), &alone), 1);
    assert!(
        told.contains("file:1 is needed") && told.contains("TENON_KEK_ALSO"),
        "{told}"
    );
    let both = [alone[0], alone[1], ("TENON_KEK_ALSO", file.as_str())];
    let doctor = stdout(&with(place.tenon(&["doctor"]), &both));
    assert!(
        doctor.contains("2 data keys are not wrapped with env:1 yet"),
        "{doctor}"
    );
    stdout(&with(place.tenon(&["key", "rewrap"]), &both));
    let doctor = stdout(&with(place.tenon(&["doctor"]), &both));
    assert!(
        doctor.contains("TENON_KEK_ALSO names a key that no data key needs"),
        "{doctor}"
    );
    std::fs::remove_file(place.path("tenon-data/kek")).unwrap();
    stdout(&with(place.tenon(&["key", "status"]), &alone));
    let told = stdout(&with(place.tenon(&["key", "rotate"]), &alone));
    assert!(told.contains("environment variable SECRET, after a comma") && !told.contains(secret));
    // And back, into a file that is made for it.
    let back = [("TENON_KEK_ALSO", "env:SECRET"), alone[1]];
    stdout(&with(place.tenon(&["key", "rewrap"]), &back));
    assert_eq!(counts(&place), serde_json::json!({"file:1": 2}));
    let twice = [alone[0], alone[1], ("TENON_KEK_ALSO", "env:SECRET")];
    assert!(sentence(&with(place.tenon(&["key", "status"]), &twice), 1).contains("named twice"));
}

#[test]
fn settings_of_vault_are_whole_or_named() {
    let place = Place::new();
    let address = ("TENON_VAULT_ADDR", "http://127.0.0.1:1");
    let token = ("TENON_VAULT_TOKEN", "hvs.canary");
    let key = ("TENON_KEK", "vault:transit/tenon");
    for (settings, told) in [
        (
            &[("TENON_KEK", "vault:tenon"), address, token][..],
            "must be vault:MOUNT/KEY",
        ),
        (
            &[("TENON_KEK", "vault:/tenon"), address, token],
            "must be vault:MOUNT/KEY",
        ),
        (
            &[key, token],
            "TENON_VAULT_ADDR is missing beside TENON_KEK",
        ),
        (
            &[key, ("TENON_VAULT_ADDR", "http://vault.example"), token],
            "must be https://",
        ),
        (
            &[key, address],
            "TENON_VAULT_TOKEN is missing, and TENON_VAULT_TOKEN_FILE too",
        ),
        (
            &[key, address, token, ("TENON_VAULT_TOKEN_FILE", "x")],
            "give one",
        ),
    ] {
        let told_as = sentence(&with(place.tenon(&["key", "status"]), settings), 2);
        assert!(
            told_as.contains(told) && !told_as.contains("canary"),
            "{told_as}"
        );
    }
    // A Vault that does not answer is told when the first key is to be made.
    let told = sentence(
        &with(
            place.tenon(&["serve", "--listen", "127.0.0.1:0"]),
            &[key, address, token],
        ),
        1,
    );
    assert!(
        told.contains("Vault does not answer") && !told.contains("canary"),
        "{told}"
    );
}
