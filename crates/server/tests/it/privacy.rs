//! `tenon doctor --privacy`: what the privacy page says is looked at on a live database, and what breaks it
//! is found. Each break is the positive control of its check.

use serde_json::Value;

use crate::doctor::{report, sql, stands};
use crate::person::{Person, connected, owner, sandbox, server};
use crate::support::Place;

fn privacy(place: &Place, settings: &[(&str, &str)]) -> (Option<i32>, Value) {
    let mut command = place.tenon(&["doctor", "--privacy", "--json"]);
    command.envs(settings.iter().copied());
    report(command)
}

#[test]
fn promises_are_looked_at_where_they_are_kept() {
    let place = Place::new();
    let (_sandbox, settings) = sandbox(&place, &["--messages", "20"]);
    let id = connected(&place, &settings);
    let (code, found) = privacy(&place, &[]);
    assert_eq!(code, Some(0), "{found:#}");
    for (check, text) in [
        ("Q8", "no message is older"),
        ("Q9", "stored columns are declared"),
        ("V1", "values of sealed columns are sealed"),
        ("V5", "none of 0 destroyed keys"),
        ("X1", "no row belongs"),
        ("X3", "no connection outlives"),
        ("U8", "every consent has its text"),
    ] {
        stands(&found, check, "ok", text, "");
    }
    let sentences = found["sentences"].as_array().unwrap();
    let sealed = sentences.iter().find(|s| s["id"] == "kept.sealed").unwrap();
    let here: Vec<&Value> = sealed["proofs"].as_array().unwrap().iter().collect();
    assert!(here.iter().any(|p| p["check"] == "V1" && p["here"] == "ok"));
    assert!(
        here.iter()
            .any(|p| p["check"] == "V2" && p["here"].is_null())
    );

    let database = place.path("tenon-data/tenon.db");
    let whole = std::fs::read(&database).unwrap();
    for (check, statement, text) in [
        (
            "Q9",
            include_str!("../../../store/tests/sql/undeclared_column.sql"),
            "receipts.note is stored and not declared",
        ),
        (
            "V1",
            "UPDATE messages SET envelope = CAST('Offer for Alice' AS BLOB)",
            "messages.envelope is not sealed",
        ),
        (
            "X1",
            "UPDATE threads SET connection_id = zeroblob(16)",
            "rows of threads belong to a connection that is gone",
        ),
        (
            "X3",
            "UPDATE connections SET status = 'revoked'",
            "1 connections keep tokens",
        ),
        (
            "U8",
            include_str!("../../../store/tests/sql/forget_sentences.sql"),
            "is not kept",
        ),
    ] {
        sql(&place, statement);
        let (code, found) = privacy(&place, &[]);
        assert_eq!(code, Some(1), "{check}");
        stands(&found, check, "fail", text, "breaks a promise");
        std::fs::write(&database, &whole).unwrap();
    }
    let (code, found) = privacy(&place, &[("TENON_MAIL_DAYS", "1")]);
    assert_eq!(code, Some(1));
    stands(&found, "Q8", "fail", "are older than its 1 days", "");

    // A key that was destroyed is back with a database from before.
    let running = Place::start(server(&place, &settings));
    let person = Person::sign_in(&running);
    person.ask(
        &format!("POST /api/v1/connections/{id}/disconnect"),
        &Value::Null,
    );
    running.stop();
    let (code, found) = privacy(&place, &[]);
    assert_eq!(code, Some(0), "{found:#}");
    stands(&found, "V5", "ok", "none of 1 destroyed keys", "");
    std::fs::write(&database, &whole).unwrap();
    let (code, found) = privacy(&place, &[]);
    assert_eq!(code, Some(1));
    stands(&found, "V5", "fail", "1 keys that were destroyed", "");
    // Rows that wait for their removal, under a key that is destroyed, are as they should be.
    sql(
        &place,
        include_str!("../../../store/tests/sql/forget_connection_keys.sql"),
    );
    let (_, found) = privacy(&place, &[]);
    stands(
        &found,
        "V1",
        "ok",
        "values of sealed columns are sealed",
        "",
    );
    stands(&found, "V5", "ok", "none of 1 destroyed keys", "");
}

#[test]
fn people_read_sentences_with_their_proofs() {
    let place = Place::new();
    owner(&place);
    let output = place.run(&["doctor", "--privacy", "--locale", "fr"]);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(text.contains("Chaque compte a sa propre clé"), "{text}");
    assert!(text.contains("here: V1 ok"), "{text}");
    assert!(text.contains("an agreement, which no program can check"));
    assert_eq!(output.status.code(), Some(0));
}
