//! The rows of the fault list, as the sandbox plays them.

use std::fmt::Write;

use futures::TryStreamExt;
use tenon_connectors::Reaction;
use tenon_connectors::ports::Result;
use tenon_model::World;
use tenon_model::mail::{Change, Cursor};
use tenon_sandbox::Fault;

use super::*;

/// One reading call of each kind.
async fn each_call(rig: &Rig, id: &str) -> Vec<(&'static str, Result<()>)> {
    let mail = &rig.mail;
    let cursor = Cursor(rig.control().history_id(ALICE).to_string());
    let original = match mail.original(id).await {
        Ok(stream) => stream.try_for_each(|_| async { Ok(()) }).await,
        Err(error) => Err(error),
    };
    vec![
        ("state", mail.state().await.map(drop)),
        ("labels", mail.labels().await.map(drop)),
        ("list", mail.list(None, None, 5).await.map(drop)),
        ("changes", mail.changes(&cursor, None).await.map(drop)),
        (
            "fetch",
            mail.fetch(messages([id.to_owned()]))
                .await
                .and_then(|mut f| f.pop().unwrap().result.map(drop)),
        ),
        ("content", mail.content(id).await.map(drop)),
        ("original", original),
    ]
}

#[tokio::test]
async fn standing_faults_have_their_reactions_on_every_call() {
    for (row, code, reaction) in [
        ("A9:403", "scope_missing", Some(Reaction::Stop)),
        ("G11", "rateLimitExceeded", None),
        ("G12", "rateLimitExceeded", None),
        ("G13", "userRateLimitExceeded", None),
        ("G14", "dailyLimitExceeded", Some(Reaction::Alarm)),
        ("G15", "domainPolicy", Some(Reaction::Stop)),
        ("G16", "accessNotConfigured", Some(Reaction::Alarm)),
        ("HTTP:503", "provider_unavailable", None),
        ("HTTP:500", "provider_unavailable", None),
        ("N4", "not_json", None),
        ("N6", "redirect_refused", None),
        ("N6:metadata", "redirect_refused", None),
    ] {
        let rig = Rig::new(5).await;
        let id = rig.control().message_ids(ALICE).remove(0);
        rig.control()
            .faults()
            .push(Fault::new(row).on("^/gmail/").always());
        for (call, outcome) in each_call(&rig, &id).await {
            let error = outcome.expect_err(call);
            // What follows a hit is refused by our own planner, in its own words.
            assert!(
                [code, "rateLimitExceeded"].contains(&&*error.code),
                "{row} {call} {error:?}"
            );
            match &reaction {
                Some(reaction) => assert_eq!(&error.reaction, reaction, "{row} {call}"),
                None => assert!(
                    matches!(error.reaction, Reaction::Retry(_) | Reaction::Slow(_)),
                    "{row} {call}"
                ),
            }
        }
    }
}

#[tokio::test]
async fn passing_faults_pass() {
    for row in ["A22", "N8"] {
        let rig = Rig::new(5).await;
        let id = rig.control().message_ids(ALICE).remove(0);
        rig.control().faults().push(Fault::new(row).always());
        for (call, outcome) in each_call(&rig, &id).await {
            assert!(outcome.is_ok(), "{row} {call} {outcome:?}");
        }
        if row == "A22" {
            let skew = rig.google.clock_skew().unwrap();
            assert!((899..=901).contains(&skew), "{skew}");
        }
    }
}

#[tokio::test]
async fn broken_connections_are_retries() {
    for (row, codes) in [
        ("N1", &["connection_lost"][..]),
        ("N3", &["connection_lost"]),
        ("N3:body", &["answer_cut", "connection_lost"]),
        ("N4:cut", &["answer_cut", "connection_lost"]),
        ("N4:gzip", &["answer_cut"]),
        ("N5:headers", &["connection_lost"]),
        ("N5:huge", &["answer_too_large"]),
    ] {
        let rig = Rig::new(5).await;
        let id = rig.control().message_ids(ALICE).remove(0);
        rig.control()
            .faults()
            .push(Fault::new(row).on("^/gmail/").always());
        for (call, outcome) in each_call(&rig, &id).await {
            if row == "N5:huge" && call == "original" {
                continue; // streams have a larger bound; the bytes end somewhere as no JSON
            }
            let error = outcome.expect_err(call);
            assert!(
                codes.contains(&error.code.as_str()),
                "{row} {call} {error:?}"
            );
            let item = matches!(call, "content" | "original" | "fetch")
                && error.code == "answer_too_large";
            assert!(
                item || matches!(error.reaction, Reaction::Retry(_)),
                "{row} {call} {error:?}"
            );
        }
        rig.control().faults().clear();
        for (call, outcome) in each_call(&rig, &id).await {
            assert!(outcome.is_ok(), "after {row}: {call} {outcome:?}");
        }
    }
}

#[tokio::test]
async fn g5_g11_g27_a_first_sync_survives_faults_in_its_batches() {
    let rig = Rig::new(600).await;
    let ids = rig.control().message_ids(ALICE);
    rig.control()
        .faults()
        .push(Fault::new("G5").after(100).times(3));
    rig.control()
        .faults()
        .push(Fault::new("G11").after(200).times(7));
    rig.control()
        .faults()
        .push(Fault::new("G27").after(3).times(2));
    rig.control()
        .faults()
        .push(Fault::new("G18").after(300).times(2));
    let fetched = rig.mail.fetch(messages(ids)).await.unwrap();
    assert_eq!(fetched.len(), 600);
    let (mut good, mut skipped, mut later) = (0, 0, 0);
    for one in fetched {
        match one.result {
            Ok(messages) => good += messages.len(),
            Err(error) if error.reaction == Reaction::Skip => skipped += 1,
            Err(error) if matches!(error.reaction, Reaction::Retry(_)) => later += 1,
            Err(error) => panic!("{error:?}"),
        }
    }
    assert_eq!((good + later, skipped), (597, 3));
    assert!(
        later < 100,
        "parts that were ill come back as errors: {later}"
    );
}

#[tokio::test]
async fn g3_g4_g7_odd_histories_are_read() {
    for row in ["G3", "G4", "G7"] {
        let rig = Rig::new(50).await;
        let start = rig.mail.state().await.unwrap().cursor;
        let new = rig.control().deliver_random(ALICE, 2);
        rig.control().faults().push(Fault::new(row));
        let (changes, _) = rig.changes_since(&start).await;
        for id in new {
            assert!(
                changes
                    .iter()
                    .any(|c| matches!(c, Change::Added { provider_id, .. } if *provider_id == id)),
                "{row}"
            );
        }
    }
}

#[tokio::test]
async fn g32_odd_mails_are_accepted() {
    let rig = Rig::new(5).await;
    let start = rig.mail.state().await.unwrap().cursor;
    rig.control().faults().push(Fault::new("G32"));
    rig.mail.labels().await.unwrap();
    let (changes, _) = rig.changes_since(&start).await;
    let odd: Vec<String> = changes
        .into_iter()
        .filter_map(|c| {
            if let Change::Added { provider_id, .. } = c {
                Some(provider_id)
            } else {
                None
            }
        })
        .collect();
    assert!(odd.len() >= 4, "{odd:?}");
    let now = World::system().now();
    for message in rig.fetch(messages(odd.clone())).await {
        assert!(
            message.received_at.0 >= 0 && message.received_at.as_secs() < now.as_secs() + 90_000
        );
        let shown = serde_json::to_string(&message.envelope).unwrap();
        assert!(!shown.contains("\\u0000") && shown.len() < 10_000);
    }
    for id in odd {
        rig.mail.content(&id).await.unwrap();
    }
}

#[tokio::test]
async fn tokens_are_in_no_error_and_no_log() {
    let rig = Rig::new(5).await;
    let id = rig.control().message_ids(ALICE).remove(0);
    let mut shown = String::new();
    for row in ["G12", "G15", "N4", "N3", "HTTP:500", "HTTP:418"] {
        rig.control().faults().clear();
        rig.control()
            .faults()
            .push(Fault::new(row).on("^/gmail/").always());
        for (_, outcome) in each_call(&rig, &id).await {
            write!(shown, "{outcome:?} ").unwrap();
        }
    }
    for token in rig.control().tokens_issued() {
        assert!(!shown.contains(&token));
    }
    assert!(!shown.contains("127.0.0.1") && !shown.contains(&id));
}
