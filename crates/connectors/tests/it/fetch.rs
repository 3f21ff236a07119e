//! Metadata of many messages: batches and what can go wrong inside them.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use tenon_connectors::Reaction;
use tenon_connectors::ports::{Fetched, Priority, Wanted};
use tenon_connectors::quota::QuotaSettings;

use crate::stub::{Reply, Stub, Tokens, batch, error, google, json, last};

fn message(id: &str) -> Reply {
    json(
        200,
        format!(
            r#"{{"id":"{id}","threadId":"t{id}","labelIds":["INBOX"],"internalDate":"1700000000000","sizeEstimate":9,
            "payload":{{"mimeType":"text/plain","headers":[{{"name":"Subject","value":"s{id}"}}]}}}}"#
        ),
    )
}

fn wanted(ids: impl IntoIterator<Item = u32>) -> Vec<Wanted> {
    ids.into_iter()
        .map(|n| Wanted::Message(n.to_string()))
        .collect()
}

/// What became of each: subjects, or the code and reaction.
fn by_id(fetched: Vec<Fetched>) -> BTreeMap<String, Result<Vec<String>, (String, Reaction)>> {
    let mut found = BTreeMap::new();
    for f in fetched {
        let (Wanted::Message(id) | Wanted::Thread(id)) = f.wanted;
        let result = f.result.map_err(|e| (e.code, e.reaction)).map(|messages| {
            messages
                .into_iter()
                .map(|m| m.map_or_else(|bad| bad.reason.to_owned(), |m| m.envelope.subject))
                .collect()
        });
        assert!(
            found.insert(id, result).is_none(),
            "each item comes back once"
        );
    }
    found
}

#[tokio::test]
async fn a_thousand_messages_in_growing_batches() {
    let stub = Stub::start(|seen| {
        // G27: the order is not promised.
        batch(
            seen.parts()
                .into_iter()
                .rev()
                .map(|(n, path)| (n, message(last(&path)))),
        )
    })
    .await;
    let (mail, _) = stub.mail();
    let found = by_id(mail.fetch(wanted(0..1_000)).await.unwrap());
    assert_eq!(found.len(), 1_000);
    for (id, result) in &found {
        assert_eq!(result, &Ok(vec![format!("s{id}")]));
    }
    let sizes: Vec<usize> = stub.seen().iter().map(|s| s.parts().len()).collect();
    assert_eq!(sizes.iter().sum::<usize>(), 1_000);
    assert_eq!(sizes[0], 25);
    assert!(
        sizes.iter().any(|s| *s > 25) && sizes.iter().all(|s| *s <= 100),
        "{sizes:?}"
    );
    let seen = &stub.seen()[0];
    assert_eq!(
        (seen.path.as_str(), seen.method.as_str()),
        ("/batch/gmail/v1", "POST")
    );
    let (_, path) = &seen.parts()[0];
    assert!(
        path.contains("format=metadata")
            && path.contains("&metadataHeaders=Auto-Submitted&fields=id,threadId,")
    );
    assert!(!path.contains("snippet") && !path.contains("body"));
}

#[tokio::test]
async fn a_thread_comes_as_one() {
    let stub = Stub::start(|seen| {
        assert_eq!(seen.path, "/gmail/v1/users/me/threads/t1");
        assert!(seen.one("fields").unwrap().starts_with("id,messages(id,threadId,labelIds,"));
        json(200, r#"{"id":"t1","messages":[{"id":"1","payload":{"headers":[{"name":"Subject","value":"a"}]}},
            {"id":"2","payload":"broken"},{"id":"3","payload":{"headers":[{"name":"Subject","value":"c"}]}}]}"#)
    })
    .await;
    let found = by_id(
        stub.mail()
            .0
            .fetch(vec![Wanted::Thread("t1".into())])
            .await
            .unwrap(),
    );
    assert_eq!(
        found["t1"],
        Ok(vec!["a".into(), "unreadable".into(), "c".into()])
    );
}

#[tokio::test]
async fn g5_a_message_that_is_gone_is_skipped_and_the_others_come() {
    let stub = Stub::start(|seen| {
        batch(seen.parts().into_iter().map(|(n, path)| match last(&path) {
            "7" => (n, error(404, "notFound", "Requested entity was not found.")),
            id => (n, message(id)),
        }))
    })
    .await;
    let found = by_id(stub.mail().0.fetch(wanted(0..20)).await.unwrap());
    assert_eq!(found["7"], Err(("not_found".into(), Reaction::Skip)));
    assert_eq!(found.values().filter(|r| r.is_ok()).count(), 19);
    assert_eq!(stub.seen().len(), 1);
}

#[tokio::test]
async fn g11_only_the_refused_parts_are_asked_again_and_batches_shrink() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = asked.clone();
    let stub = Stub::start(move |seen| {
        let first = count.fetch_add(1, Ordering::SeqCst) == 0;
        batch(seen.parts().into_iter().map(|(n, path)| {
            if first && n % 5 == 0 {
                (
                    n,
                    error(
                        429,
                        "rateLimitExceeded",
                        "Too many concurrent requests for user.",
                    ),
                )
            } else {
                (n, message(last(&path)))
            }
        }))
    })
    .await;
    let google = stub.google();
    let mail = google.mail([1; 16], Arc::new(Tokens::default()), Priority::Background);
    let found = by_id(mail.fetch(wanted(0..25)).await.unwrap());
    assert!(found.values().all(Result::is_ok));
    let sizes: Vec<usize> = stub.seen().iter().map(|s| s.parts().len()).collect();
    assert_eq!(sizes, [25, 5]);
    let snapshot = google.quota_snapshot([1; 16]);
    assert_eq!(
        (
            snapshot.batch,
            snapshot.concurrency,
            snapshot.refused_last_hour
        ),
        (12, 2, 5)
    );
}

#[tokio::test]
async fn g11_parts_that_stay_refused_come_back_as_errors() {
    let refusal = || {
        error(
            429,
            "rateLimitExceeded",
            "Too many concurrent requests for user.",
        )
    };
    let stub = Stub::start(move |seen| {
        if !seen.path.starts_with("/batch") {
            return refusal(); // the last one is asked for alone
        }
        batch(seen.parts().into_iter().map(|(n, path)| match last(&path) {
            "3" => (n, refusal()),
            id => (n, message(id)),
        }))
    })
    .await;
    let found = by_id(stub.mail().0.fetch(wanted(0..4)).await.unwrap());
    assert!(found["3"].is_err());
    assert_eq!(found.values().filter(|r| r.is_ok()).count(), 3);
    assert!(stub.seen().len() <= 5);
}

#[tokio::test]
async fn g12_a_spent_minute_ends_the_fetch_at_once() {
    let stub = Stub::start(|seen| {
        batch(seen.parts().into_iter().map(|(n, path)| match n {
            0..5 => (n, message(last(&path))),
            _ => (
                n,
                error(
                    403,
                    "rateLimitExceeded",
                    "Quota exceeded: Queries per minute per user",
                ),
            ),
        }))
    })
    .await;
    let quota = QuotaSettings {
        concurrency: 1,
        ..QuotaSettings::unlimited()
    };
    let mail =
        google(&stub.url, quota).mail([1; 16], Arc::new(Tokens::default()), Priority::Background);
    let found = by_id(mail.fetch(wanted(0..200)).await.unwrap());
    assert_eq!(found.len(), 200);
    assert_eq!(found.values().filter(|r| r.is_ok()).count(), 5);
    for error in found.values().filter_map(|r| r.as_ref().err()) {
        assert!(matches!(error.1, Reaction::Slow(_)), "{error:?}");
    }
    assert_eq!(stub.seen().len(), 1, "no storm");
}

#[tokio::test]
async fn g17_an_item_that_stays_impossible_is_skipped() {
    let stub = Stub::start(|seen| {
        if seen.path.ends_with("/batch/gmail/v1") {
            batch(seen.parts().into_iter().map(|(n, path)| match last(&path) {
                "1" => (
                    n,
                    error(400, "failedPrecondition", "Precondition check failed."),
                ),
                id => (n, message(id)),
            }))
        } else {
            error(400, "failedPrecondition", "Precondition check failed.")
        }
    })
    .await;
    let found = by_id(stub.mail().0.fetch(wanted(0..3)).await.unwrap());
    assert_eq!(
        found["1"],
        Err(("failedPrecondition".into(), Reaction::Skip))
    );
    assert!(found["0"].is_ok() && found["2"].is_ok());
}

#[tokio::test]
async fn g18_parts_refused_with_401_are_asked_again_with_a_fresh_token() {
    let stub = Stub::start(|seen| {
        batch(
            seen.parts()
                .into_iter()
                .map(|(n, path)| match seen.token() {
                    "token-0" => (n, error(401, "authError", "Invalid Credentials")),
                    _ => (n, message(last(&path))),
                }),
        )
    })
    .await;
    let (mail, tokens) = stub.mail();
    let found = by_id(mail.fetch(wanted(0..25)).await.unwrap());
    assert!(found.values().all(Result::is_ok));
    assert_eq!(tokens.refreshed.load(Ordering::SeqCst), 1);
    assert_eq!(stub.seen().len(), 2);
}

#[tokio::test]
async fn an_emulator_without_batches_is_asked_one_by_one_and_remembered() {
    let stub = Stub::start(|seen| {
        if seen.path.starts_with("/batch") {
            Reply {
                status: 404,
                content_type: "text/plain".into(),
                body: b"Not Found".to_vec(),
            }
        } else {
            message(last(&seen.path))
        }
    })
    .await;
    let (mail, _) = stub.mail();
    for _ in 0..2 {
        let found = by_id(mail.fetch(wanted(0..30)).await.unwrap());
        assert_eq!(found.values().filter(|r| r.is_ok()).count(), 30);
    }
    let batches = stub
        .paths()
        .iter()
        .filter(|p| p.starts_with("/batch"))
        .count();
    assert!(batches <= 2, "{batches}");
    let single = stub
        .seen()
        .into_iter()
        .find(|s| s.path.ends_with("/messages/3"))
        .unwrap();
    assert_eq!(single.all("metadataHeaders").len(), 13);
}

#[tokio::test]
async fn n4_a_cut_batch_is_completed_and_rubbish_is_not_an_answer() {
    let asked = Arc::new(AtomicU32::new(0));
    let count = asked.clone();
    let stub = Stub::start(move |seen| {
        let mut reply = batch(
            seen.parts()
                .into_iter()
                .map(|(n, path)| (n, message(last(&path)))),
        );
        if count.fetch_add(1, Ordering::SeqCst) == 0 {
            reply.body.truncate(reply.body.len() / 2);
        }
        reply
    })
    .await;
    let found = by_id(stub.mail().0.fetch(wanted(0..20)).await.unwrap());
    assert!(found.len() == 20 && found.values().all(Result::is_ok));

    let html = || Reply {
        status: 200,
        content_type: "text/html".into(),
        body: b"<html>".to_vec(),
    };
    for (count, code) in [(3, "not_a_batch"), (1, "not_json")] {
        let stub = Stub::start(move |_| html()).await;
        let error = stub.mail().0.fetch(wanted(0..count)).await.unwrap_err();
        assert_eq!(error.code, code);
        assert!(matches!(error.reaction, Reaction::Retry(_)));
        assert_eq!(stub.seen().len(), 1);
    }
}

#[tokio::test]
async fn n4_a_part_that_is_cut_is_retried_and_one_that_cannot_be_understood_is_recorded() {
    let cut = || json(200, r#"{"id": "1", "pay"#);
    let odd = || json(200, r#"["not", "a", "message"]"#);
    let stub = Stub::start(move |seen| {
        if !seen.path.starts_with("/batch") {
            return cut();
        }
        batch(seen.parts().into_iter().map(|(n, path)| match last(&path) {
            "1" => (n, cut()),
            "2" => (n, odd()),
            id => (n, message(id)),
        }))
    })
    .await;
    let found = by_id(stub.mail().0.fetch(wanted(0..4)).await.unwrap());
    let (code, reaction) = found["1"].clone().unwrap_err();
    assert!(code == "answer_cut" && matches!(reaction, Reaction::Retry(_)));
    assert_eq!(found["2"], Ok(vec!["unreadable".to_owned()]));
    assert!(found["0"].is_ok() && found["3"].is_ok());
    assert_eq!(stub.seen().len(), 4);
}

#[tokio::test]
async fn n3_an_ill_provider_is_reported_once_for_all() {
    let stub = Stub::start(|_| Reply {
        status: 503,
        content_type: "text/html".into(),
        body: b"".to_vec(),
    })
    .await;
    let error = stub.mail().0.fetch(wanted(0..500)).await.unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.status),
        ("provider_unavailable", Some(503))
    );
    assert!(stub.seen().len() <= 4, "a port does not retry by itself");
}

#[tokio::test]
async fn ids_that_are_none_are_skipped_without_a_call() {
    let stub = Stub::start(|_| json(500, "")).await;
    let (mail, _) = stub.mail();
    for id in ["", ".", "..", &"x".repeat(600)] {
        let found = by_id(mail.fetch(vec![Wanted::Message(id.into())]).await.unwrap());
        assert_eq!(found[id], Err(("invalid_id".into(), Reaction::Skip)));
        assert_eq!(
            mail.content(id).await.err().unwrap().reaction,
            Reaction::Skip
        );
        assert_eq!(
            mail.attachment(id, "1").await.err().unwrap().reaction,
            Reaction::Skip
        );
        assert_eq!(
            mail.original(id).await.err().unwrap().reaction,
            Reaction::Skip
        );
    }
    assert!(mail.fetch(vec![]).await.unwrap().is_empty());
    assert!(stub.seen().is_empty());
}
