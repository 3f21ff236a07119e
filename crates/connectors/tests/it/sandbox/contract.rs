//! What every mail port promises, on Gmail.

use std::collections::{BTreeMap, BTreeSet};

use mail_parser::{MessageParser, MessagePart, MimeHeaders};
use tenon_connectors::Reaction;
use tenon_connectors::ports::{AuthorizeRequest, Revoked, Wanted};
use tenon_model::mail::{Change, RemoteMessage};
use tenon_sandbox::NewMail;

use super::*;

#[tokio::test]
async fn a_grant_lives_from_consent_to_revocation() {
    let rig = Rig::new(10).await;
    let grants = rig.google.grants();
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let redirect = "http://127.0.0.1:9/cb";
    let request = AuthorizeRequest {
        scopes: SCOPES.map(str::to_owned).to_vec(),
        state: "state".into(),
        nonce: "nonce".into(),
        verifier: verifier.into(),
        redirect_uri: redirect.into(),
        login_hint: Some("bob@example.com".into()),
    };
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    let consent = async || {
        let answer = browser
            .get(grants.authorize_url(&request).unwrap())
            .send()
            .await
            .unwrap();
        let back: url::Url = answer.headers()["location"]
            .to_str()
            .unwrap()
            .parse()
            .unwrap();
        back.query_pairs()
            .find(|(k, _)| k == "code")
            .unwrap()
            .1
            .into_owned()
    };

    let another = "another-verifier-that-is-long-enough-to-be-one";
    let wrong = grants
        .exchange(&consent().await, another, "nonce", redirect)
        .await;
    assert_eq!(wrong.err().unwrap().reaction, Reaction::Reauth);
    let code = consent().await;
    let (tokens, subject) = grants
        .exchange(&code, verifier, "nonce", redirect)
        .await
        .unwrap();
    assert_eq!(
        (
            subject.profile.address.as_str(),
            subject.profile.name.as_str()
        ),
        ("bob@example.com", "Bob Keller")
    );
    let granted: BTreeSet<String> = tokens.scopes.unwrap().into_iter().collect();
    assert_eq!(granted, SCOPES.map(str::to_owned).into());
    let refresh = tokens.refresh.unwrap();
    assert!(
        grants.refresh(&refresh).await.unwrap().refresh.is_none(),
        "Google keeps the old one"
    );

    assert_eq!(grants.revoke(&refresh).await.unwrap(), Revoked::Now);
    assert_eq!(grants.revoke(&refresh).await.unwrap(), Revoked::Already);
    let error = grants.refresh(&refresh).await.err().unwrap();
    assert_eq!(
        (error.code.as_str(), error.reaction),
        ("invalid_grant", Reaction::Reauth)
    );
    assert!(rig.control().live_grants("bob@example.com").is_empty());
    assert!(rig.google.clock_skew().unwrap().abs() <= 1);
}

#[tokio::test]
async fn a_mailbox_comes_over_whole() {
    let rig = Rig::new(1_200).await;
    let state = rig.mail.state().await.unwrap();
    let counts = rig.control().counts(ALICE);
    assert_eq!(
        (state.address.as_str(), state.messages_total as usize),
        (ALICE, counts.messages)
    );
    assert_eq!(state.cursor.0, rig.control().history_id(ALICE).to_string());

    let truth = rig.control().messages(ALICE);
    let listed = rig.list_all(500).await;
    let ids = |all: &[(String, String, Vec<String>)]| {
        all.iter()
            .map(|m| (m.0.clone(), m.1.clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(listed, ids(&truth), "newest first, spam and bin included");
    assert_eq!(rig.list_all(77).await, listed);
    let sent = rig.mail.list(Some("SENT"), None, 500).await.unwrap();
    assert!(!sent.refs.is_empty() && sent.refs.len() < listed.len());

    // Message by message, and thread by thread: the same.
    let by_id = |all: Vec<RemoteMessage>| {
        all.into_iter()
            .map(|m| (m.provider_id.clone(), m))
            .collect::<BTreeMap<_, _>>()
    };
    let singles = by_id(
        rig.fetch(messages(listed.iter().map(|m| m.0.clone())))
            .await,
    );
    let threads: BTreeSet<String> = listed.iter().map(|m| m.1.clone()).collect();
    let threads = by_id(
        rig.fetch(threads.into_iter().map(Wanted::Thread).collect())
            .await,
    );
    assert_eq!(singles, threads);
    assert_eq!(singles.len(), truth.len());
    for (id, thread, labels) in &truth {
        let message = &singles[id];
        assert_eq!(&message.thread_id, thread);
        let sorted = |l: &[String]| l.iter().cloned().collect::<BTreeSet<_>>();
        assert_eq!(sorted(&message.labels), sorted(labels));
        assert!(message.size > 0 && message.received_at.0 > 0);
        assert!(!message.envelope.from.is_empty() && !message.envelope.message_id.is_empty());
    }
    let some = |f: fn(&RemoteMessage) -> bool| singles.values().filter(|m| f(m)).count();
    assert!(some(|m| m.has_attachments) > 0 && some(|m| m.envelope.automatic) > 0);
    assert!(some(|m| !m.envelope.references.is_empty()) > 0);

    let labels = rig.mail.labels().await.unwrap();
    let names: BTreeSet<_> = labels
        .iter()
        .map(|l| (l.provider_id.clone(), l.name.clone()))
        .collect();
    assert_eq!(names, rig.control().labels(ALICE).into_iter().collect());
    assert!(labels.iter().any(|l| !l.system && l.name.contains('/')));
    assert!(
        rig.mail
            .aliases()
            .await
            .unwrap()
            .iter()
            .any(|a| a.address == ALICE && a.is_default)
    );
}

#[tokio::test]
async fn opened_messages_say_what_was_sent() {
    let rig = Rig::new(150).await;
    let long = "Zoë says: grüße, 你好 🎉\r\n".repeat(5_000);
    rig.control().insert_message(
        ALICE,
        NewMail::new("Zoë <z@x.example>", ALICE, "Süß ☕")
            .text(&long)
            .attach(
                "größe.bin",
                "application/x-odd",
                &[0, 255, 7].repeat(200_000),
            ),
        &["INBOX"],
    );
    let (mut attachments, mut inline) = (0, 0);
    for id in rig.control().message_ids(ALICE) {
        let raw = rig.control().raw(ALICE, &id).unwrap();
        assert_eq!(
            bytes(rig.mail.original(&id).await.unwrap()).await,
            raw,
            "byte by byte"
        );
        let parsed = MessageParser::default().parse(&raw).unwrap();
        let content = rig.mail.content(&id).await.unwrap();
        assert!(content.problems.is_empty(), "{:?}", content.problems);
        let same = |ours: Option<&str>, theirs: Option<std::borrow::Cow<'_, str>>| {
            let flat = |s: &str| s.replace("\r\n", "\n").trim().to_owned();
            assert_eq!(ours.map(flat), theirs.map(|t| flat(&t)));
        };
        if parsed
            .html_bodies()
            .next()
            .is_some_and(MessagePart::is_text_html)
        {
            same(content.html.as_deref(), parsed.body_html(0));
        }
        if parsed
            .text_bodies()
            .next()
            .is_some_and(|p| p.is_text() && !p.is_text_html())
        {
            same(content.text.as_deref(), parsed.body_text(0));
        }
        let subject = content
            .headers
            .iter()
            .find(|(name, _)| name.eq_ignore_ascii_case("subject"));
        assert_eq!(subject.map(|(_, value)| value.as_str()), parsed.subject());

        assert_eq!(content.parts.len(), parsed.attachment_count());
        for (part, wanted) in content.parts.iter().zip(parsed.attachments()) {
            assert_eq!(part.name, wanted.attachment_name().unwrap_or_default());
            assert_eq!(part.content_id.as_deref(), wanted.content_id());
            let got = bytes(rig.mail.attachment(&id, &part.id).await.unwrap()).await;
            assert_eq!(got, wanted.contents());
            assert_eq!(part.size as usize, got.len());
            attachments += 1;
            inline += usize::from(part.inline);
        }
    }
    assert!(attachments > 3 && inline > 0, "{attachments} {inline}");
}

#[tokio::test]
async fn changes_say_what_happened() {
    let rig = Rig::new(300).await;
    let control = rig.control();
    let start = rig.mail.state().await.unwrap().cursor;
    let (nothing, same) = rig.changes_since(&start).await;
    assert!(nothing.is_empty());
    assert_eq!(same, start);

    let old = control.messages(ALICE);
    let new = control.deliver_random(ALICE, 3);
    assert!(control.delete_message(ALICE, &old[5].0));
    assert!(control.modify_labels(ALICE, &old[7].0, &["STARRED", "Clients/New"], &[]));
    assert!(control.modify_labels(ALICE, &old[7].0, &[], &["STARRED"]));
    let (changes, cursor) = rig.changes_since(&start).await;
    for id in &new {
        assert!(
            changes
                .iter()
                .any(|c| matches!(c, Change::Added { provider_id, .. } if provider_id == id))
        );
    }
    assert!(changes.contains(&Change::Deleted {
        provider_id: old[5].0.clone()
    }));
    assert!(changes.iter().any(
        |c| matches!(c, Change::LabelsAdded { provider_id, labels, .. }
        if *provider_id == old[7].0 && labels.contains(&"STARRED".to_owned()))
    ));
    assert!(changes.iter().any(
        |c| matches!(c, Change::LabelsRemoved { provider_id, labels, .. }
        if *provider_id == old[7].0 && labels == &["STARRED"])
    ));
    assert_eq!(rig.changes_since(&cursor).await, (vec![], cursor.clone()));

    // Many, so that there are pages.
    for message in old.iter().skip(10).take(200) {
        for _ in 0..4 {
            control.modify_labels(ALICE, &message.0, &["Later"], &[]);
            control.modify_labels(ALICE, &message.0, &[], &["Later"]);
        }
    }
    let first = rig.mail.changes(&cursor, None).await.unwrap();
    assert!(first.next.is_some());
    assert!(rig.changes_since(&cursor).await.0.len() >= 1_600);

    // G1.
    control.expire_history(ALICE);
    let error = rig.mail.changes(&cursor, None).await.unwrap_err();
    assert_eq!(error.reaction, Reaction::Resync);
    let fresh = rig.mail.state().await.unwrap().cursor;
    assert!(rig.changes_since(&fresh).await.0.is_empty());
}

#[tokio::test]
async fn g18_an_expired_access_token_is_not_noticed() {
    let rig = Rig::new(80).await;
    let ids = rig.control().message_ids(ALICE);
    rig.control().expire_access_tokens(ALICE);
    assert_eq!(rig.fetch(messages(ids.clone())).await.len(), 80);
    rig.control().expire_access_tokens(ALICE);
    rig.mail.content(&ids[0]).await.unwrap();
    rig.control().expire_access_tokens(ALICE);
    bytes(rig.mail.original(&ids[0]).await.unwrap()).await;
    rig.control().expire_access_tokens(ALICE);
    rig.mail.state().await.unwrap();

    // A1: and a revoked grant is.
    rig.control().revoke(ALICE);
    let error = rig.mail.fetch(messages(ids)).await.unwrap_err();
    assert_eq!(
        (error.code.as_str(), error.reaction),
        ("invalid_grant", Reaction::Reauth)
    );
}
