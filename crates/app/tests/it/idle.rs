//! Grants that nobody uses are kept alive (fault A4).

use std::time::Duration;

use tenon_app::connections;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

const DAY: Duration = Duration::from_hours(24);

fn calls(app: &TestApp) -> (usize, usize) {
    let all = app.sandbox.control().requests();
    let tokens = all.iter().filter(|r| r.path.starts_with("/token")).count();
    (tokens, all.len() - tokens)
}

store_test! {
    async fn a4_a_paused_connection_is_refreshed_once_a_month(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        connections::pause(&app.ctx, &app.owner, id).await.unwrap();
        tenon_app::start_schedules(&app.ctx).await.unwrap();
        let (tokens, others) = calls(&app);
        app.pass(29 * DAY).await;
        assert_eq!(calls(&app), (tokens, others), "not before its time");
        for month in 1..=7 {
            app.pass(2 * DAY).await;
            assert_eq!(calls(&app), (tokens + month, others), "the token and nothing else, month {month}");
            app.pass(29 * DAY).await;
        }
        assert_eq!(connections::get(&app.ctx, &app.owner, id).await.unwrap().status, "paused");
        let owner = app.sign_in("olivia@tenon.example").await; // the session of then has ended
        connections::resume(&app.ctx, &owner, id).await.unwrap();
        app.settle().await;
        assert_eq!(app.stored(id).await, app.at_provider("alice@example.com"));
    }
}

store_test! {
    async fn a4_a_grant_that_died_meanwhile_is_told(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        connections::pause(&app.ctx, &app.owner, id).await.unwrap();
        tenon_app::start_schedules(&app.ctx).await.unwrap();
        app.sandbox.control().revoke("alice@example.com");
        app.pass(31 * DAY).await;
        let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!((view.status, view.status_reason.as_deref()), ("revoked", Some("invalid_grant")));
    }
}
