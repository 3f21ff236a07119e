//! Reading: threads, opening a message, attachments (requirement M3, M5).

use futures::StreamExt as _;
use tenon_app::mail::{self, ThreadsQuery};
use tenon_app::{Error, connections};
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

const RAW: &[u8] = b"From: \"Zo\xc3\xa9\" <zoe@partner.example>\r\nTo: alice@example.com\r\nSubject: =?utf-8?q?Devis_n=C2=B0_12?=\r\n\
Message-ID: <m1@partner.example>\r\nDate: Sun, 22 Nov 2026 09:00:00 +0000\r\nMIME-Version: 1.0\r\n\
Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
<p onclick=\"x()\">Bonjour</p><img src=\"https://tracker.example/p.gif\"><script>alert(1)</script>\r\n\
--b\r\nContent-Type: application/pdf; name=\"devis.pdf\"\r\nContent-Disposition: attachment; filename=\"devis.pdf\"\r\n\
Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--b--\r\n";

async fn with_message(app: &TestApp) -> (tenon_model::ConnectionId, String) {
    let provider_id = app.sandbox.control().insert_raw("alice@example.com", RAW);
    (app.connect("alice@example.com").await, provider_id)
}

async fn newest(app: &TestApp, id: tenon_model::ConnectionId) -> mail::ThreadDetail {
    let page = mail::threads(
        &app.ctx,
        &app.owner,
        ThreadsQuery {
            connection: Some(id),
            limit: 200,
            ..Default::default()
        },
    )
    .await
    .unwrap();
    let thread = page
        .items
        .into_iter()
        .find(|t| t.subject == "Devis n° 12")
        .expect("listed");
    mail::thread(&app.ctx, &app.owner, thread.id).await.unwrap()
}

store_test! {
    async fn a_message_opens_clean_with_its_attachment(t: TestStore) {
        let app = TestApp::start(t).await;
        let (id, _) = with_message(&app).await;
        let detail = newest(&app, id).await;
        let message = &detail.messages[0];
        assert_eq!((message.from[0].name.as_str(), message.from[0].address.as_str()), ("Zoé", "zoe@partner.example"));
        assert!(message.has_attachments && message.to[0].me);
        let opened = mail::open(&app.ctx, &app.owner, message.id).await.unwrap();
        assert_eq!((opened.body.kind, opened.body.remote_images_blocked, opened.body.problem), ("html", 1, None));
        let html = mail::body_html(&app.ctx, &app.owner, message.id, false, false).await.unwrap();
        assert!(html.contains("Bonjour") && !html.contains("tracker.example") && !html.contains("alert") && !html.contains("onclick"), "{html}");
        assert_eq!(opened.attachments.len(), 1);
        assert_eq!((opened.attachments[0].name.as_str(), opened.attachments[0].content_type.as_str()), ("devis.pdf", "application/pdf"));
        let mut download = mail::attachment(&app.ctx, &app.owner, message.id, &opened.attachments[0].id).await.unwrap();
        let mut bytes = Vec::new();
        while let Some(chunk) = download.stream.next().await {
            bytes.extend_from_slice(&chunk.unwrap());
        }
        assert_eq!(bytes, b"%PDF-1.4\n");
        let mut original = mail::original(&app.ctx, &app.owner, message.id).await.unwrap();
        let mut bytes = Vec::new();
        while let Some(chunk) = original.stream.next().await {
            bytes.extend_from_slice(&chunk.unwrap());
        }
        assert_eq!(bytes, RAW);
    }
}

store_test! {
    async fn q5_no_body_is_asked_for_before_a_message_is_opened(t: TestStore) {
        let app = TestApp::start(t).await;
        let (id, _) = with_message(&app).await;
        let wants_body = |r: &tenon_sandbox::Logged| {
            (r.path.contains("/messages/") || r.path.contains("/threads/")) && !r.path.contains("format=metadata") && !r.path.contains("format=minimal")
        };
        assert!(app.sandbox.control().requests().iter().any(|r| r.path.contains("format=metadata")), "the control sees metadata requests");
        assert!(!app.sandbox.control().requests().iter().any(wants_body));
        let message = newest(&app, id).await.messages[0].id;
        mail::open(&app.ctx, &app.owner, message).await.unwrap();
        assert!(app.sandbox.control().requests().iter().any(wants_body), "the control sees a body request");
    }
}

store_test! {
    async fn opening_twice_asks_the_provider_once_until_the_time_is_over(t: TestStore) {
        let app = TestApp::start(t).await;
        let (id, _) = with_message(&app).await;
        let message = newest(&app, id).await.messages[0].id;
        let calls = || app.sandbox.control().requests().len();
        mail::open(&app.ctx, &app.owner, message).await.unwrap();
        let before = calls();
        mail::open(&app.ctx, &app.owner, message).await.unwrap();
        mail::body_html(&app.ctx, &app.owner, message, true, false).await.unwrap();
        assert_eq!(calls(), before);
        app.clock.advance(app.ctx.config.body_cache_ttl);
        mail::open(&app.ctx, &app.owner, message).await.unwrap();
        assert!(calls() > before);
    }
}

store_test! {
    async fn a_message_that_is_gone_says_so(t: TestStore) {
        let app = TestApp::start(t).await;
        let (id, provider_id) = with_message(&app).await;
        let message = newest(&app, id).await.messages[0].id;
        app.sandbox.control().delete_message("alice@example.com", &provider_id);
        assert!(matches!(mail::open(&app.ctx, &app.owner, message).await, Err(Error::MessageGone)));
    }
}

store_test! {
    async fn a_mailbox_without_grant_lists_but_does_not_open(t: TestStore) {
        let app = TestApp::start(t).await;
        let (id, _) = with_message(&app).await;
        app.sandbox.control().revoke("alice@example.com");
        app.sync(id).await;
        let message = newest(&app, id).await.messages[0].id;
        assert!(matches!(mail::open(&app.ctx, &app.owner, message).await, Err(Error::NeedsReauthorization)));
        let receipt = connections::disconnect(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!(receipt.grant, "link");
    }
}

store_test! {
    async fn pages_list_each_thread_once(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        let mut seen = std::collections::BTreeSet::new();
        let mut after = None;
        loop {
            let page = mail::threads(&app.ctx, &app.owner, ThreadsQuery { connection: Some(id), limit: 7, after: after.clone(), ..Default::default() }).await.unwrap();
            for thread in &page.items {
                assert!(seen.insert(thread.id), "a thread came twice");
            }
            match page.next {
                Some(next) => after = Some(next),
                None => break,
            }
        }
        let labels = mail::labels(&app.ctx, &app.owner, id).await.unwrap();
        let inbox = labels.iter().find(|l| l.role == Some("inbox")).unwrap();
        let page = mail::threads(&app.ctx, &app.owner, ThreadsQuery { label: Some(inbox.id), limit: 200, ..Default::default() }).await.unwrap();
        assert_eq!(page.items.len() as u64, inbox.threads.min(200));
        assert!(page.items.iter().all(|t| t.labels.contains(&inbox.id)));
        assert!(page.items.windows(2).all(|w| w[0].last_at >= w[1].last_at));
    }
}
