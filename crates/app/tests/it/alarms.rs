//! Losses that are the operator's matter (faults A2, A21).

use std::time::Duration;

use tenon_app::{Actor, Error, connections};
use tenon_model::ConnectionId;
use tenon_model::feature::Feature;
use tenon_model::member::Role;
use tenon_sandbox::Fault;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

const DAY: Duration = Duration::from_hours(24);
const ALICE: &str = "alice@example.com";
const BOB: &str = "bob@example.com";

/// `n` members, each with a connection to `account`.
async fn members(app: &TestApp, n: usize, account: &str) -> Vec<(Actor, ConnectionId)> {
    let mut out = Vec::new();
    for i in 0..n {
        let member = app
            .member(&format!("m{i}-{}@tenon.example", &account[..3]))
            .await;
        let id = app
            .try_connect(&member, account, &[Feature::Mail], None)
            .await
            .unwrap();
        out.push((member, id));
    }
    app.settle().await;
    out
}

async fn reason(app: &TestApp, (member, id): &(Actor, ConnectionId)) -> Option<String> {
    connections::get(&app.ctx, member, *id)
        .await
        .unwrap()
        .status_reason
}

async fn codes(app: &TestApp) -> Vec<(String, usize)> {
    let alarms = connections::alarms(&app.ctx.store).await.unwrap();
    alarms
        .into_iter()
        .map(|a| (a.code, a.connections))
        .collect()
}

store_test! {
    async fn a2_several_grants_that_die_after_seven_days_are_the_operators_matter(t: TestStore) {
        let app = TestApp::start(t).await;
        let mut all = members(&app, 1, ALICE).await;
        all.extend(members(&app, 1, BOB).await);
        app.clock.advance(7 * DAY);
        app.sandbox.control().revoke(ALICE);
        app.pass(Duration::from_mins(1)).await;
        assert_eq!(reason(&app, &all[0]).await.as_deref(), Some("invalid_grant"), "one is a person's own doing");
        assert!(codes(&app).await.is_empty());
        app.sandbox.control().revoke(BOB);
        app.pass(Duration::from_hours(1)).await;
        assert_eq!(codes(&app).await, [("app_in_testing".to_owned(), 2)]);
        for one in &all {
            assert_eq!(reason(&app, one).await.as_deref(), Some("app_in_testing"));
            let view = connections::get(&app.ctx, &one.0, one.1).await.unwrap();
            assert_eq!(view.status, "revoked", "the tokens are dead all the same");
            assert!(view.status_reason_text.unwrap().contains("operator"));
            assert!(view.purge_at.is_some());
        }
        tenon_app::start_schedules(&app.ctx).await.unwrap();
        app.pass(8 * DAY).await;
        assert!(codes(&app).await.is_empty(), "an alarm ends a week after its last cause");
    }
}

store_test! {
    async fn a2_most_grants_lost_at_once_are_the_operators_matter(t: TestStore) {
        let app = TestApp::start(t).await;
        let gone = members(&app, 3, ALICE).await;
        let kept = members(&app, 1, BOB).await;
        app.clock.advance(30 * DAY);
        app.sandbox.control().revoke(ALICE);
        app.pass(Duration::from_mins(1)).await;
        assert_eq!(codes(&app).await, [("many_grants_lost".to_owned(), 3)]);
        for one in &gone {
            assert_eq!(reason(&app, one).await.as_deref(), Some("many_grants_lost"));
        }
        assert_eq!(reason(&app, &kept[0]).await, None);
        assert_eq!(connections::get(&app.ctx, &kept[0].0, kept[0].1).await.unwrap().status, "active");
    }
}

store_test! {
    async fn a21_a_refused_client_is_the_operators_matter(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        app.sandbox.control().expire_access_tokens(ALICE);
        app.sandbox.control().faults().push(Fault::new("A21").times(1));
        app.sync(id).await;
        assert_eq!(codes(&app).await, [("client_refused".to_owned(), 1)]);
        assert_eq!(connections::get(&app.ctx, &app.owner, id).await.unwrap().status, "active", "no token is touched");
    }
}

/// A fault of the deployment that a mailbox meets: told to the operator and to the member; nothing is lost.
async fn met(app: TestApp, row: &str, code: &str) {
    tenon_app::start_schedules(&app.ctx).await.unwrap();
    let id = app.connect(ALICE).await;
    assert!(codes(&app).await.is_empty());
    let fault = Fault::new(row).on("/gmail/").always();
    app.sandbox.control().faults().push(fault);
    app.pass(Duration::from_mins(20)).await;
    assert_eq!(codes(&app).await, [(code.to_owned(), 1)], "{row}");
    let told = connections::alarms_of(&app.ctx, &app.owner).await.unwrap();
    assert_eq!(told[0].code, code);
    let plain = Actor {
        role: Role::Member,
        ..app.owner
    };
    let refused = connections::alarms_of(&app.ctx, &plain).await;
    assert!(matches!(refused, Err(Error::Forbidden)));
    let reason = app.mailbox(id).await.reason;
    assert_eq!(
        reason.as_deref(),
        Some(code),
        "{row}: its member is told too"
    );
    app.sandbox.control().faults().clear();
    app.pass(2 * DAY).await;
    assert_eq!(
        app.stored(id).await,
        app.at_provider(ALICE),
        "{row}: nothing is lost"
    );
    app.pass(8 * DAY).await;
    assert!(
        codes(&app).await.is_empty(),
        "{row}: forgotten after a week"
    );
}

store_test! {
    async fn g14_a_spent_day_is_the_operators_matter(t: TestStore) {
        met(TestApp::start(t).await, "G14", "daily_quota").await;
    }
}

store_test! {
    async fn g16_an_api_that_is_not_enabled_is_the_operators_matter(t: TestStore) {
        met(TestApp::start(t).await, "G16", "deployment_alarm").await;
    }
}
