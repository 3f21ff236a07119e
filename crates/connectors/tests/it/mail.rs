//! Listings, state, changes, labels and aliases on the wire.

use std::sync::atomic::Ordering;
use std::time::Duration;

use tenon_connectors::Reaction;
use tenon_connectors::ports::{Priority, Received};
use tenon_connectors::quota::QuotaSettings;
use tenon_model::Time;
use tenon_model::mail::{Change, Cursor};

use crate::stub::{Reply, Stub, Tokens, error, google, json};

#[tokio::test]
async fn a_listing_asks_for_everything_and_gives_pages() {
    let stub = Stub::start(|_| {
        json(
            200,
            r#"{"messages":[{"id":"2","threadId":"1"},{"id":"3"}],"nextPageToken":"n"}"#,
        )
    })
    .await;
    let (mail, _) = stub.mail();
    let page = mail.list(Some("INBOX"), Some("p/+&"), 5_000).await.unwrap();
    assert_eq!(page.next.as_deref(), Some("n"));
    assert_eq!(
        (
            page.refs[0].provider_id.as_str(),
            page.refs[0].thread_id.as_str()
        ),
        ("2", "1")
    );
    assert_eq!(page.refs[1].thread_id, "3");
    let seen = &stub.seen()[0];
    assert_eq!(
        (seen.method.as_str(), seen.path.as_str(), seen.token()),
        ("GET", "/gmail/v1/users/me/messages", "token-0")
    );
    assert_eq!(seen.one("includeSpamTrash"), Some("true"));
    assert_eq!(seen.one("maxResults"), Some("500"));
    assert_eq!(seen.one("labelIds"), Some("INBOX"));
    assert_eq!(seen.one("pageToken"), Some("p/+&"));
    assert_eq!(
        seen.one("fields"),
        Some("messages(id,threadId),nextPageToken")
    );
    assert_eq!(seen.one("q"), None, "G29: the metadata scope refuses q");
}

#[tokio::test]
async fn what_carries_attachments_is_searched_for() {
    let stub = Stub::start(|_| json(200, r#"{"messages": [{"id": "2", "threadId": "1"}]}"#)).await;
    let received = Received {
        after: Some(Time::from_secs(1_000)),
        before: None,
    };
    let (mail, _) = stub.mail();
    let page = mail.with_attachments(received, Some("p"), 500);
    assert_eq!(page.await.unwrap().refs[0].provider_id, "2");
    let seen = &stub.seen()[0];
    assert_eq!(seen.path, "/gmail/v1/users/me/messages");
    assert_eq!(seen.one("q"), Some("has:attachment after:999"));
    assert_eq!(seen.one("includeSpamTrash"), Some("true"));
    assert_eq!(seen.one("pageToken"), Some("p"));
    assert_eq!(seen.one("labelIds"), None);
}

#[tokio::test]
async fn g18_one_refresh_and_the_same_call_with_every_argument() {
    let stub = Stub::start(|seen| match seen.token() {
        "token-0" => error(401, "authError", "Invalid Credentials"),
        _ => json(200, r#"{"messages":[]}"#),
    })
    .await;
    let (mail, tokens) = stub.mail();
    mail.list(Some("X"), Some("p"), 7).await.unwrap();
    let seen = stub.seen();
    assert_eq!(seen.len(), 2);
    assert_eq!(seen[0].query, seen[1].query);
    assert_eq!(tokens.refreshed.load(Ordering::SeqCst), 1);
}

#[tokio::test]
async fn g18_a_second_401_is_no_lost_grant() {
    let stub = Stub::start(|_| error(401, "authError", "Invalid Credentials")).await;
    let (mail, tokens) = stub.mail();
    let error = mail.labels().await.unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.status),
        ("authError", Some(401))
    );
    assert!(matches!(error.reaction, Reaction::Retry(_)));
    assert_eq!(
        (stub.seen().len(), tokens.refreshed.load(Ordering::SeqCst)),
        (2, 1)
    );
}

#[tokio::test]
async fn the_state_comes_from_the_profile() {
    let stub = Stub::start(|_| {
        json(
            200,
            r#"{"emailAddress":"a@b.c","messagesTotal":12,"historyId":987654321987654321}"#,
        )
    })
    .await;
    let state = stub.mail().0.state().await.unwrap();
    assert_eq!(
        (state.address.as_str(), state.messages_total),
        ("a@b.c", 12)
    );
    assert_eq!(
        state.cursor,
        Cursor("987654321987654321".into()),
        "N8: a number is read like a string"
    );
    assert_eq!(stub.paths(), ["/gmail/v1/users/me/profile"]);
}

#[tokio::test]
async fn an_emulator_without_profile_is_asked_for_its_newest_message_and_remembered() {
    let stub = Stub::start(|seen| match seen.path.as_str() {
        "/gmail/v1/users/me/messages" => {
            json(200, r#"{"messages":[{"id":"m1"}],"resultSizeEstimate":40}"#)
        }
        "/gmail/v1/users/me/messages/m1" => json(200, r#"{"id":"m1","historyId":"77"}"#),
        "/gmail/v1/users/me/settings/sendAs" => json(
            200,
            r#"{"sendAs":[{"sendAsEmail":"a@b.c","isPrimary":true}]}"#,
        ),
        _ => Reply {
            status: 404,
            content_type: "text/html".into(),
            body: b"<html>".to_vec(),
        },
    })
    .await;
    let (mail, _) = stub.mail();
    for _ in 0..2 {
        let state = mail.state().await.unwrap();
        assert_eq!(
            (
                state.address.as_str(),
                state.messages_total,
                &*state.cursor.0
            ),
            ("a@b.c", 40, "77")
        );
    }
    assert_eq!(
        stub.paths()
            .iter()
            .filter(|p| p.ends_with("/profile"))
            .count(),
        1
    );
}

#[tokio::test]
async fn g17_an_account_without_gmail_stops() {
    let stub =
        Stub::start(|_| error(400, "failedPrecondition", "Precondition check failed.")).await;
    assert_eq!(
        stub.mail().0.state().await.unwrap_err().reaction,
        Reaction::Stop
    );
}

#[tokio::test]
async fn changes_of_every_kind_and_g4_pages_without_history() {
    let stub = Stub::start(|seen| match seen.one("pageToken") {
        None => json(
            200,
            r#"{"history":[{"id":"11","messagesAdded":[{"message":{"id":"1","threadId":"t1"}}]},
            {"id":"12","messagesDeleted":[{"message":{"id":"2","threadId":"t2"}}]},
            {"id":"13","labelsAdded":[{"message":{"id":"3","threadId":"t3","labelIds":["X"]},"labelIds":["STARRED"]}]},
            {"id":"14","labelsRemoved":[{"message":{"id":"3","threadId":"t3"},"labelIds":["UNREAD","INBOX"]}]}],
            "nextPageToken":"two","historyId":"15"}"#,
        ),
        Some(_) => json(200, r#"{"historyId":"16","nextPageToken":"three"}"#),
    })
    .await;
    let (mail, _) = stub.mail();
    let page = mail.changes(&Cursor("10".into()), None).await.unwrap();
    let labels = |l: &[&str]| l.iter().map(|s| (*s).to_owned()).collect();
    assert_eq!(
        page.changes,
        [
            Change::Added {
                provider_id: "1".into(),
                thread_id: "t1".into()
            },
            Change::Deleted {
                provider_id: "2".into()
            },
            Change::LabelsAdded {
                provider_id: "3".into(),
                thread_id: "t3".into(),
                labels: labels(&["STARRED"])
            },
            Change::LabelsRemoved {
                provider_id: "3".into(),
                thread_id: "t3".into(),
                labels: labels(&["UNREAD", "INBOX"])
            },
        ]
    );
    assert_eq!((page.next.as_deref(), &*page.cursor.0), (Some("two"), "15"));
    let page = mail
        .changes(&Cursor("10".into()), Some("two"))
        .await
        .unwrap();
    assert!(page.changes.is_empty());
    assert_eq!(
        (page.next.as_deref(), &*page.cursor.0),
        (Some("three"), "16")
    );
    let seen = &stub.seen()[1];
    assert_eq!(seen.one("startHistoryId"), Some("10"));
    assert_eq!(seen.one("maxResults"), Some("500"));
    assert_eq!(
        seen.all("historyTypes"),
        [
            "messageAdded",
            "messageDeleted",
            "labelAdded",
            "labelRemoved"
        ]
    );
}

#[tokio::test]
async fn g1_an_expired_cursor_resyncs() {
    let stub = Stub::start(|_| error(404, "notFound", "Requested entity was not found.")).await;
    let error = stub
        .mail()
        .0
        .changes(&Cursor("1".into()), None)
        .await
        .unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.reaction),
        ("history_expired", Reaction::Resync)
    );
}

#[tokio::test]
async fn labels_and_aliases() {
    let stub = Stub::start(|seen| {
        if seen.path.ends_with("/labels") {
            json(200, r##"{"labels":[{"id":"INBOX","name":"INBOX","type":"system"},{"id":"Label_1","name":"A/B","type":"user",
                "color":{"backgroundColor":"#16a766","textColor":"#ffffff"}},{"id":"Label_2","name":"C","type":"user",
                "color":{"backgroundColor":"red;x","textColor":"#ffffff"}}]}"##)
        } else {
            json(200, r#"{"sendAs":[{"sendAsEmail":"a@b.c","displayName":"Ann","isPrimary":true,"isDefault":false,"signature":"<b>A</b>"},
                {"sendAsEmail":"s@b.c","isDefault":true}]}"#)
        }
    })
    .await;
    let (mail, _) = stub.mail();
    let labels = mail.labels().await.unwrap();
    assert_eq!(
        labels
            .iter()
            .map(|l| (l.name.as_str(), l.system))
            .collect::<Vec<_>>(),
        [("INBOX", true), ("A/B", false), ("C", false)]
    );
    assert_eq!(labels[1].color, Some(("#16a766".into(), "#ffffff".into())));
    assert_eq!(labels[2].color, None);
    let aliases = mail.aliases().await.unwrap();
    assert_eq!(
        (
            aliases[0].name.as_str(),
            aliases[0].signature.as_str(),
            aliases[0].is_default
        ),
        ("Ann", "<b>A</b>", false)
    );
    assert!(aliases[1].is_default);
}

#[tokio::test]
async fn a9_aliases_without_the_scope_stop_with_a_code_of_their_own() {
    let stub =
        Stub::start(|_| error(403, "insufficientPermissions", "Insufficient Permission")).await;
    let error = stub.mail().0.aliases().await.unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.reaction),
        ("scope_missing", Reaction::Stop)
    );
}

#[tokio::test]
async fn n4_pages_of_a_captive_proxy_and_cut_json_are_no_answers() {
    for (content_type, body, code) in [
        ("text/html", "<html>Sign in to the Wi-Fi</html>", "not_json"),
        ("application/json", r#"{"messages":[{"id":"#, "answer_cut"),
        ("application/json", "", "answer_cut"),
    ] {
        let stub = Stub::start(move |_| Reply {
            status: 200,
            content_type: content_type.into(),
            body: body.as_bytes().to_vec(),
        })
        .await;
        let (mail, _) = stub.mail();
        for outcome in [
            mail.list(None, None, 10).await.map(drop),
            mail.changes(&Cursor("1".into()), None).await.map(drop),
            mail.labels().await.map(drop),
            mail.state().await.map(drop),
            mail.content("1").await.map(drop),
        ] {
            let error = outcome.unwrap_err();
            assert_eq!(error.code, code);
            assert!(matches!(error.reaction, Reaction::Retry(_)));
        }
    }
}

#[tokio::test]
async fn g9_nobody_calls_before_the_time_that_was_told() {
    let stub = Stub::start(|_| {
        error(
            429,
            "rateLimitExceeded",
            "User-rate limit exceeded.  Retry after 2099-01-01T00:00:00.000Z",
        )
    })
    .await;
    let google = stub.google();
    let account = google.mail(
        [1; 16],
        std::sync::Arc::new(Tokens::default()),
        Priority::Background,
    );
    let same = google.mail(
        [1; 16],
        std::sync::Arc::new(Tokens::default()),
        Priority::Interactive,
    );
    let other = google.mail(
        [2; 16],
        std::sync::Arc::new(Tokens::default()),
        Priority::Background,
    );
    let error = account.list(None, None, 10).await.unwrap_err();
    assert_eq!(error.code, "rate_window");
    assert!(matches!(error.reaction, Reaction::Retry(wait) if wait > Duration::from_hours(1)));
    for port in [&account, &same] {
        assert_eq!(port.labels().await.unwrap_err().code, "rate_window");
    }
    assert_eq!(stub.seen().len(), 1, "the account is left alone");
    other.labels().await.unwrap_err();
    assert_eq!(stub.seen().len(), 2, "others are not");
    assert!(google.quota_snapshot([1; 16]).blocked_for.is_some());
    assert_eq!(google.quota_snapshot([1; 16]).refused_last_hour, 1);
    google.forget([1; 16]);
    assert_eq!(google.quota_snapshot([1; 16]).blocked_for, None);
}

#[tokio::test]
async fn costs_follow_the_settings() {
    let stub = Stub::start(|_| json(200, "{}")).await;
    let tokens = std::sync::Arc::new(Tokens::default());
    let costs = google(&stub.url, QuotaSettings::y2026())
        .mail([0; 16], tokens, Priority::Background)
        .costs();
    assert_eq!(
        (costs.message, costs.thread, costs.list, costs.changes),
        (20, 40, 5, 2)
    );
    assert_eq!(costs.background_per_minute, Some(5_820));
}
