//! Access tokens (faults A1, A6, A17-A22, A25).

use std::time::Duration;

use tenon_app::connections;
use tenon_sandbox::Fault;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

fn refreshes(app: &TestApp) -> usize {
    app.sandbox
        .control()
        .requests()
        .iter()
        .filter(|r| r.path.starts_with("/token"))
        .count()
        - 1
}

store_test! {
    async fn an_expired_access_token_is_refreshed_once(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        app.sandbox.control().deliver_random("alice@example.com", 2);
        app.sandbox.control().expire_access_tokens("alice@example.com");
        app.sync(id).await;
        assert_eq!(app.stored(id).await, app.at_provider("alice@example.com"));
        assert_eq!(refreshes(&app), 1);
    }
}

store_test! {
    async fn a22_a_token_is_refreshed_before_it_ends(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        app.clock.advance(Duration::from_secs(2870));
        app.sync(id).await;
        assert_eq!(refreshes(&app), 0, "before 80 % of its life");
        app.clock.advance(Duration::from_secs(30));
        app.sync(id).await;
        assert_eq!(refreshes(&app), 1);
    }
}

store_test! {
    async fn a17_many_callers_at_once_make_one_refresh(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        let page = tenon_app::mail::threads(&app.ctx, &app.owner, tenon_app::mail::ThreadsQuery { connection: Some(id), limit: 24, ..Default::default() }).await.unwrap();
        let mut messages = Vec::new();
        for thread in page.items {
            messages.push(tenon_app::mail::thread(&app.ctx, &app.owner, thread.id).await.unwrap().messages[0].id);
        }
        app.sandbox.control().expire_access_tokens("alice@example.com");
        let opened = futures::future::join_all(messages.into_iter().map(|m| tenon_app::mail::open(&app.ctx, &app.owner, m))).await;
        assert!(opened.iter().all(Result::is_ok));
        assert_eq!(refreshes(&app), 1);
        assert_eq!(connections::get(&app.ctx, &app.owner, id).await.unwrap().status, "active");
    }
}

store_test! {
    async fn a20_a_token_endpoint_that_is_down_is_no_withdrawal(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        app.sandbox.control().expire_access_tokens("alice@example.com");
        app.sandbox.control().faults().push(Fault::new("A20").times(2));
        app.sandbox.control().deliver_random("alice@example.com", 2);
        app.sync(id).await;
        assert_eq!(connections::get(&app.ctx, &app.owner, id).await.unwrap().status, "active");
        for _ in 0..6 {
            app.pass(Duration::from_mins(20)).await;
        }
        assert_eq!(app.stored(id).await, app.at_provider("alice@example.com"));
    }
}

store_test! {
    async fn a21_a_refused_client_touches_no_connection(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        app.sandbox.control().expire_access_tokens("alice@example.com");
        app.sandbox.control().faults().push(Fault::new("A21").times(1));
        app.sync(id).await;
        let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!(view.status, "active");
        assert_eq!(view.mailbox.unwrap().reason.as_deref(), Some("client_refused"));
        app.pass(Duration::from_mins(30)).await;
        assert_eq!(connections::get(&app.ctx, &app.owner, id).await.unwrap().mailbox.unwrap().reason, None);
    }
}

store_test! {
    async fn a5_a_changed_password_is_named_among_the_reasons(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        app.sandbox.control().expire_access_tokens("alice@example.com");
        app.sandbox.control().faults().push(Fault::new("A5"));
        app.sync(id).await;
        let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!(view.status, "revoked");
        let text = view.status_reason_text.unwrap_or_default();
        assert!(text.contains("password"), "{text}");
        assert!(!app.stored(id).await.is_empty(), "the grace period keeps the metadata");
    }
}

store_test! {
    async fn a6_a_session_policy_is_named(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        app.sandbox.control().expire_access_tokens("alice@example.com");
        app.sandbox.control().faults().push(Fault::new("A6"));
        app.sync(id).await;
        let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!((view.status, view.status_reason.as_deref()), ("revoked", Some("invalid_rapt")));
        assert!(!app.stored(id).await.is_empty(), "the grace period keeps the metadata");
    }
}
