//! Attachments: which messages carry some, and what can be had of them (requirement M5, record 0013).

use std::collections::BTreeMap;
use std::time::Duration;

use futures::StreamExt as _;
use tenon_app::mail::{self, ThreadsQuery};
use tenon_model::ConnectionId;
use tenon_sandbox::Fault;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

const ALICE: &str = "alice@example.com";

/// A message whose type says nothing about what it carries.
fn message(subject: &str, parts: &[&str]) -> Vec<u8> {
    let mut raw = format!(
        "From: MAILER DAEMON <>\r\nTo: {ALICE}\r\nSubject: {subject}\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nHello\r\n"
    );
    for part in parts {
        raw.push_str("--b\r\n");
        raw.push_str(part);
        raw.push_str("\r\n");
    }
    raw.push_str("--b--\r\n");
    raw.into_bytes()
}

const FILE: &str = "Content-Type: application/pdf; name=a.pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n%PDF";
const MAIL: &str =
    "Content-Type: message/rfc822\r\n\r\nSubject: Returned\r\n\r\nThe mail that came back.";
const PLAIN: &[u8] = b"From: a@b.example\r\nSubject: Lone file\r\nContent-Type: application/gzip; name=r.gz\r\n\r\n123";
const RELATED: &[u8] = b"From: a@b.example\r\nSubject: File in related\r\nContent-Type: multipart/related; boundary=b\r\n\r\n\
--b\r\nContent-Type: text/html\r\n\r\n<p>Hi\r\n--b\r\nContent-Type: application/pdf\r\nContent-Disposition: attachment; filename=a.pdf\r\n\r\n%PDF\r\n--b--\r\n";

fn cases() -> Vec<(&'static str, Vec<u8>, bool)> {
    vec![
        ("Two texts", message("Two texts", &["\r\nmore"]), false),
        ("A file", message("A file", &[FILE]), true),
        ("A bounce", message("A bounce", &[MAIL]), true),
        ("Lone file", PLAIN.to_vec(), true),
        ("File in related", RELATED.to_vec(), true),
    ]
}

/// Subjects of all threads and whether their list rows show attachments.
async fn shown(app: &TestApp, id: ConnectionId) -> BTreeMap<String, bool> {
    let query = ThreadsQuery {
        connection: Some(id),
        limit: 200,
        ..Default::default()
    };
    let page = mail::threads(&app.ctx, &app.owner, query).await.unwrap();
    page.items
        .into_iter()
        .map(|t| (t.subject, t.has_attachments))
        .collect()
}

async fn assert_exact(app: &TestApp, id: ConnectionId, when: &str) {
    let shown = shown(app, id).await;
    for (subject, _, carries) in cases() {
        assert_eq!(shown.get(subject), Some(&carries), "{subject}, {when}");
    }
}

fn arrive(app: &TestApp) {
    for (_, raw, _) in cases() {
        app.sandbox.control().insert_raw(ALICE, raw);
    }
}

store_test! {
    async fn a_first_sync_knows_exactly_what_carries_attachments(t: TestStore) {
        let app = TestApp::start(t).await;
        arrive(&app);
        app.clock.advance(Duration::from_mins(10));
        let id = app.connect(ALICE).await;
        assert_exact(&app, id, "after the first sync").await;
        let asks = |r: &tenon_sandbox::Logged| r.path.contains("has%3Aattachment") || r.path.contains("has:attachment");
        let asked = app.sandbox.control().requests().iter().filter(|r| asks(r)).count();
        assert!((1..=3).contains(&asked), "once a page: {asked}");
    }
}

store_test! {
    async fn arrivals_are_looked_at_again_when_the_search_must_know_them(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        arrive(&app);
        app.sync(id).await;
        let early = shown(&app, id).await;
        assert!(early["Lone file"] && early["File in related"], "what is found is believed at once: {early:?}");
        assert!(early["Two texts"], "what is not found just after it came may only be missing from the search");
        app.pass(Duration::from_mins(3)).await;
        app.sync(id).await;
        assert_exact(&app, id, "three minutes later").await;
        let asked = |app: &TestApp| app.sandbox.control().requests().iter().filter(|r| r.path.contains("attachment")).count();
        let before = asked(&app);
        app.sync(id).await;
        assert_eq!(asked(&app), before, "nothing new, nothing asked");
    }
}

store_test! {
    async fn a_resync_mends_what_was_wrong(t: TestStore) {
        let app = TestApp::start(t).await;
        arrive(&app);
        app.clock.advance(Duration::from_mins(10));
        let id = app.connect(ALICE).await;
        let mut tx = app.ctx.store.begin(&tenon_model::Scope::job(app.owner.workspace)).await.unwrap();
        let ids: Vec<(String, bool)> = app.stored(id).await.into_keys().map(|i| (i, false)).collect();
        assert!(tx.messages().set_attachments(id, &ids).await.unwrap() > 4);
        tx.commit().await.unwrap();
        app.sandbox.control().expire_history(ALICE);
        app.sync(id).await;
        assert_exact(&app, id, "after the resync").await;
    }
}

store_test! {
    async fn a_search_that_fails_does_not_hold_up_the_mail(t: TestStore) {
        let app = TestApp::start(t).await;
        arrive(&app);
        app.clock.advance(Duration::from_mins(10));
        app.sandbox.control().faults().push(Fault::new("HTTP:503").on("has.*attachment").times(u32::MAX));
        let id = app.connect(ALICE).await;
        assert!(app.stored(id).await == app.at_provider(ALICE), "all mail is there");
        let by_type = shown(&app, id).await;
        assert!(by_type["A file"] && by_type["Lone file"] && !by_type["File in related"], "{by_type:?}");
        app.sandbox.control().faults().clear();
        app.sync(id).await;
        assert_exact(&app, id, "once it answers again").await;
    }
}

async fn read(mut download: mail::Download) -> String {
    let mut bytes = Vec::new();
    while let Some(chunk) = download.stream.next().await {
        bytes.extend_from_slice(&chunk.unwrap());
    }
    String::from_utf8(bytes).unwrap()
}

store_test! {
    async fn mail_inside_mail_can_be_had_whole(t: TestStore) {
        let app = TestApp::start(t).await;
        arrive(&app);
        let id = app.connect(ALICE).await;
        let query = ThreadsQuery { connection: Some(id), limit: 200, ..Default::default() };
        let page = mail::threads(&app.ctx, &app.owner, query).await.unwrap();
        let thread = page.items.iter().find(|t| t.subject == "A bounce").unwrap();
        assert_eq!((thread.participants[0].name.as_str(), thread.participants[0].address.as_str()), ("MAILER DAEMON", ""));
        let message = mail::thread(&app.ctx, &app.owner, thread.id).await.unwrap().messages[0].id;
        let opened = mail::open(&app.ctx, &app.owner, message).await.unwrap();
        assert_eq!(opened.attachments[0].content_type, "message/rfc822");
        let inner = mail::attachment(&app.ctx, &app.owner, message, &opened.attachments[0].id).await.unwrap();
        assert_eq!(inner.name, "message.eml");
        let text = read(inner).await;
        assert!(text.starts_with("Subject: Returned\r\n\r\nThe mail that came back."), "{text}");
    }
}

store_test! {
    async fn a_message_that_is_only_a_file_says_so_calmly(t: TestStore) {
        let app = TestApp::start(t).await;
        arrive(&app);
        let id = app.connect(ALICE).await;
        let query = ThreadsQuery { connection: Some(id), limit: 200, ..Default::default() };
        let page = mail::threads(&app.ctx, &app.owner, query).await.unwrap();
        let thread = page.items.iter().find(|t| t.subject == "Lone file").unwrap();
        let message = mail::thread(&app.ctx, &app.owner, thread.id).await.unwrap().messages[0].id;
        let opened = mail::open(&app.ctx, &app.owner, message).await.unwrap();
        assert_eq!(opened.body.problem.unwrap().0, "attachments_only");
        assert_eq!(opened.attachments[0].name, "r.gz");
    }
}
