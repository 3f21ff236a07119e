//! Pushes (requirement M2, faults G23 to G26, checks W1 and W5).

use std::time::Duration;

use serde_json::{Value, json};
use tenon_app::connections::{self, HealthView};
use tenon_app::push::{GooglePush, PushState, Received, receive_google};
use tenon_app::{AppConfig, Ctx};
use tenon_connectors::google::PushIdentity;
use tenon_model::{ConnectionId, Time};
use tenon_sandbox::{Fault, Subscription};
use tenon_testkit::app::{Options, TestApp};
use tenon_testkit::{TestStore, store_test};

const ALICE: &str = "alice@example.com";
const AUDIENCE: &str = "http://127.0.0.1:8080/hooks/google/pubsub";
const ACCOUNT: &str = "push@tenon.iam.gserviceaccount.com";

fn with_push(config: &mut AppConfig) {
    config.google_push = Some(GooglePush {
        topic: "projects/tenon/topics/gmail".into(),
        identity: PushIdentity {
            audience: AUDIENCE.into(),
            account: ACCOUNT.into(),
        },
    });
}

fn subscription() -> Subscription {
    Subscription {
        endpoint: AUDIENCE.parse().unwrap(),
        audience: AUDIENCE.into(),
        account: ACCOUNT.into(),
    }
}

async fn start(t: TestStore) -> TestApp {
    let options = Options {
        messages: 20,
        config: with_push,
        ..Options::default()
    };
    TestApp::start_with(t, options).await
}

async fn post(ctx: &Ctx, token: &str, body: &str) -> Received {
    let body = body.to_owned();
    receive_google(ctx, token, async move { Some(body.into_bytes()) })
        .await
        .unwrap()
}

/// A push as the sandbox's Pub/Sub would bring it now.
async fn push(app: &TestApp, address: &str, history_id: u64) -> Received {
    let control = app.sandbox.control();
    let token = control.push_token(&subscription(), &[]).unwrap();
    post(&app.ctx, &token, &control.push_body(address, history_id)).await
}

async fn push_now(app: &TestApp) -> Received {
    push(app, ALICE, app.sandbox.control().history_id(ALICE)).await
}

fn history_calls(app: &TestApp) -> usize {
    let calls = app.sandbox.control().requests();
    calls.iter().filter(|c| c.path.contains("/history")).count()
}

async fn health(app: &TestApp, id: ConnectionId) -> HealthView {
    connections::health(&app.ctx, &app.owner, id).await.unwrap()
}

/// Seconds from now to the next poll.
async fn next_poll(app: &TestApp, id: ConnectionId) -> i64 {
    let next = app.mailbox(id).await.next_sync_at.unwrap();
    next.as_secs() - app.ctx.world.now().as_secs()
}

store_test! {
    async fn mail_is_there_with_its_push_and_the_same_push_again_does_nothing(t: TestStore) {
        let app = start(t).await;
        let id = app.connect(ALICE).await;
        assert!(app.sandbox.control().watched_until(ALICE).is_some());
        app.sandbox.control().deliver_random(ALICE, 3);
        let now = app.sandbox.control().history_id(ALICE);
        let before = history_calls(&app);
        assert_eq!(push(&app, ALICE, now).await, Received::Accepted);
        app.settle().await;
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
        assert_eq!(history_calls(&app), before + 1);
        // W5: replays.
        for _ in 0..2_000 {
            assert_eq!(push(&app, ALICE, now).await, Received::Ignored);
        }
        // G24: late and out of order, on a server that has just been started again.
        let again = app.reopen().await;
        let token = app.sandbox.control().push_token(&subscription(), &[]).unwrap();
        for late in [now, now - 1, 7] {
            let body = app.sandbox.control().push_body(ALICE, late);
            assert_eq!(post(&again, &token, &body).await, Received::Ignored);
        }
        app.settle().await;
        assert_eq!(history_calls(&app), before + 1, "one pull");
    }
}

store_test! {
    async fn w5_a_flood_of_different_pushes_is_one_waiting_job(t: TestStore) {
        let app = start(t).await;
        app.connect(ALICE).await;
        let now = app.sandbox.control().history_id(ALICE);
        let before = history_calls(&app);
        let pushes = (1..=300).map(|n| push(&app, ALICE, now + n));
        for outcome in futures::future::join_all(pushes).await {
            assert_ne!(outcome, Received::Later);
        }
        app.settle().await;
        let pulls = history_calls(&app) - before;
        assert!((1..=12).contains(&pulls), "{pulls} pulls for 300 pushes");
    }
}

store_test! {
    async fn every_workspace_of_an_account_hears_and_a_stranger_is_nobody(t: TestStore) {
        let app = start(t).await;
        let mine = app.connect(ALICE).await;
        let other = app.member("otto@tenon.example").await;
        let theirs = app
            .try_connect(&other, ALICE, &[tenon_model::feature::Feature::Mail], None)
            .await
            .unwrap();
        app.settle().await;
        app.sandbox.control().deliver_random(ALICE, 1);
        assert_eq!(push_now(&app).await, Received::Accepted);
        app.settle().await;
        for id in [mine, theirs] {
            assert_eq!(app.stored(id).await, app.at_provider(ALICE));
        }
        assert_eq!(push(&app, "nobody@example.com", 99_999_999).await, Received::Ignored);
        // Another spelling of the address is the same mailbox.
        app.sandbox.control().deliver_random(ALICE, 1);
        let now = app.sandbox.control().history_id(ALICE);
        assert_eq!(push(&app, "Alice@Example.COM", now).await, Received::Accepted);
        // A paused connection asks nothing of the provider, on nobody's behalf.
        connections::pause(&app.ctx, &app.owner, mine).await.unwrap();
        connections::pause(&app.ctx, &other, theirs).await.unwrap();
        app.settle().await;
        app.clock.advance(Duration::from_secs(2));
        assert_eq!(push(&app, ALICE, now + 1_000).await, Received::Ignored);
    }
}

store_test! {
    async fn w1_only_google_can_push_and_only_for_us(t: TestStore) {
        let app = start(t).await;
        app.connect(ALICE).await;
        let control = app.sandbox.control();
        let body = control.push_body(ALICE, 99_999_999);
        let good = control.push_token(&subscription(), &[]).unwrap();
        let now = app.ctx.world.now().as_secs();
        let signed = |changes: &[(&str, Value)]| control.push_token(&subscription(), changes).unwrap();
        let parts: Vec<&str> = good.split('.').collect();
        let encode = |json: Value| base64_url(json.to_string().as_bytes());
        let (kid, claims) = (json!("sandbox-1"), parts[1]);
        let forged = |header: Value, signature: &str| format!("{}.{claims}.{signature}", encode(header));
        let hs256 = {
            let input = format!("{}.{claims}", encode(json!({"alg": "HS256", "kid": kid, "typ": "JWT"})));
            format!("{input}.{}", base64_url(input.as_bytes()))
        };
        let mut flipped = good.clone().into_bytes();
        let at = good.rfind('.').unwrap() + 40;
        flipped[at] = if flipped[at] == b'A' { b'B' } else { b'A' };
        let table: Vec<(&str, String, Received)> = vec![
            ("nothing", String::new(), Received::Unproven),
            ("a word", "x".into(), Received::Unproven),
            ("dots", "..".into(), Received::Unproven),
            ("too long", "a".repeat(9_000), Received::Unproven),
            ("alg none", forged(json!({"alg": "none", "kid": kid}), ""), Received::Unproven),
            ("alg None with a signature", forged(json!({"alg": "None", "kid": kid}), parts[2]), Received::Unproven),
            ("HS256", hs256, Received::Unproven),
            ("RS512", forged(json!({"alg": "RS512", "kid": kid}), parts[2]), Received::Unproven),
            ("PS256", forged(json!({"alg": "PS256", "kid": kid}), parts[2]), Received::Unproven),
            ("ES256", forged(json!({"alg": "ES256", "kid": kid}), parts[2]), Received::Unproven),
            ("no kid", forged(json!({"alg": "RS256"}), parts[2]), Received::Unproven),
            ("another kid", forged(json!({"alg": "RS256", "kid": "x"}), parts[2]), Received::Unproven),
            ("own key in the header", forged(json!({"alg": "RS256", "kid": kid, "jwk": {"kty": "RSA"}}), parts[2]), Received::Unproven),
            ("no signature", format!("{}.{}.", parts[0], parts[1]), Received::Unproven),
            ("a changed signature", String::from_utf8(flipped).unwrap(), Received::Unproven),
            ("changed claims", format!("{}.{}.{}", parts[0], encode(json!({"aud": AUDIENCE})), parts[2]), Received::Unproven),
            ("issuer", signed(&[("iss", json!("https://accounts.evil.example"))]), Received::Unproven),
            ("no issuer", signed(&[("iss", Value::Null)]), Received::Unproven),
            ("expired", signed(&[("exp", json!(now - 61))]), Received::Unproven),
            ("no end", signed(&[("exp", Value::Null)]), Received::Unproven),
            ("end as text", signed(&[("exp", json!("9999999999"))]), Received::Unproven),
            ("not yet", signed(&[("iat", json!(now + 3_600))]), Received::Unproven),
            ("no beginning", signed(&[("iat", Value::Null)]), Received::Unproven),
            ("another's address", signed(&[("aud", json!("https://other.example/hooks/google/pubsub"))]), Received::Foreign),
            ("another path", signed(&[("aud", json!("http://127.0.0.1:8080/"))]), Received::Foreign),
            ("prefix", signed(&[("aud", json!("http://127.0.0.1:8080/hooks/google/pubsu"))]), Received::Foreign),
            ("suffix", signed(&[("aud", json!(format!("{AUDIENCE}?x")))]), Received::Foreign),
            ("several audiences", signed(&[("aud", json!([AUDIENCE]))]), Received::Foreign),
            ("no audience", signed(&[("aud", Value::Null)]), Received::Foreign),
            ("another's topic", signed(&[("email", json!("push@evil.iam.gserviceaccount.com"))]), Received::Foreign),
            ("a person", signed(&[("email", json!(ALICE))]), Received::Foreign),
            ("no account", signed(&[("email", Value::Null)]), Received::Foreign),
            ("not verified", signed(&[("email_verified", json!(false))]), Received::Foreign),
            ("verified as text", signed(&[("email_verified", json!("true"))]), Received::Foreign),
            ("not said", signed(&[("email_verified", Value::Null)]), Received::Foreign),
        ];
        for (what, token, wanted) in &table {
            assert_eq!(post(&app.ctx, token, &body).await, *wanted, "{what}");
        }
        // Invented key ids made us fetch keys at most once.
        let keys = control.requests().iter().filter(|c| c.path.contains("certs")).count();
        assert!(keys <= 2, "{keys} fetches of keys");
        assert_eq!(post(&app.ctx, &good, &body).await, Received::Accepted);
    }
}

fn base64_url(bytes: &[u8]) -> String {
    const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let n = chunk.iter().fold(0_u32, |n, b| n << 8 | u32::from(*b)) << (8 * (3 - chunk.len()));
        for i in 0..=chunk.len() {
            out.push(char::from(LETTERS[(n >> (18 - 6 * i) & 63) as usize]));
        }
    }
    out
}

store_test! {
    async fn w1_without_googles_keys_nothing_is_believed_and_nothing_is_lost(t: TestStore) {
        let app = start(t).await;
        app.connect(ALICE).await;
        app.clock.advance(Duration::from_hours(7)); // the keys we had are old
        app.sandbox.control().faults().push(Fault::new("HTTP:503").on("certs").always());
        let now = app.sandbox.control().history_id(ALICE) + 1;
        app.sandbox.control().reset_log();
        for _ in 0..50 {
            assert_eq!(push(&app, ALICE, now).await, Received::Later);
        }
        // Background work of seven hours may ask for other things meanwhile.
        let requests = app.sandbox.control().requests();
        let asked = requests.iter().filter(|c| c.path.contains("certs")).count();
        assert_eq!(asked, 1, "one question, not fifty");
        app.sandbox.control().faults().clear();
        app.clock.advance(Duration::from_secs(6));
        assert_eq!(push(&app, ALICE, now).await, Received::Accepted);
    }
}

store_test! {
    async fn garbage_of_google_is_taken_so_that_it_is_not_sent_for_days(t: TestStore) {
        let app = start(t).await;
        app.connect(ALICE).await;
        let token = app.sandbox.control().push_token(&subscription(), &[]).unwrap();
        for body in ["", "{", "[]", "null", "\0", r#"{"message":{"data":"!!!"}}"#, r#"{"message":{"data":"e30="}}"#] {
            assert_eq!(post(&app.ctx, &token, body).await, Received::Ignored, "{body}");
        }
        let cut = receive_google(&app.ctx, &token, async { None::<Vec<u8>> }).await.unwrap();
        assert_eq!(cut, Received::Ignored);
    }
}

store_test! {
    async fn push_that_is_off_takes_nothing_and_watches_nothing(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        assert_eq!(push_now(&app).await, Received::Off);
        assert_eq!(app.sandbox.control().watched_until(ALICE), None);
        assert_eq!(health(&app, id).await.push.state, PushState::Off);
        assert_eq!(next_poll(&app, id).await, 60);
    }
}

store_test! {
    async fn polling_slows_while_pushes_come_and_is_fast_when_they_stay_away(t: TestStore) {
        let app = start(t).await;
        let id = app.connect(ALICE).await;
        // Promised only.
        assert_eq!(health(&app, id).await.push.state, PushState::Waiting);
        assert_eq!(next_poll(&app, id).await, 60);
        app.sandbox.control().deliver_random(ALICE, 1);
        assert_eq!(push_now(&app).await, Received::Accepted);
        app.settle().await;
        // G24: what came within the same second is announced by nobody, so there is one more look.
        assert_eq!(next_poll(&app, id).await, 5);
        app.sandbox.control().deliver_random(ALICE, 1);
        app.pass(Duration::from_secs(5)).await;
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
        // That look found news which no push had told of.
        assert_eq!(health(&app, id).await.push.state, PushState::Quiet);
        app.clock.advance(Duration::from_secs(30));
        app.sandbox.control().deliver_random(ALICE, 1);
        assert_eq!(push_now(&app).await, Received::Accepted);
        app.settle().await;
        app.pass(Duration::from_secs(5)).await;
        assert_eq!(health(&app, id).await.push.state, PushState::Live);
        assert_eq!(next_poll(&app, id).await, 600);
        // The net: mail whose push was lost is there after ten minutes, and polling is fast again.
        app.sandbox.control().deliver_random(ALICE, 1);
        app.pass(Duration::from_mins(10)).await;
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
        assert_eq!(next_poll(&app, id).await, 60);
        assert_eq!(health(&app, id).await.push.state, PushState::Quiet);
    }
}

store_test! {
    async fn polling_that_was_faster_does_not_make_pushes_doubtful(t: TestStore) {
        let app = start(t).await;
        let id = app.connect(ALICE).await;
        app.sandbox.control().deliver_random(ALICE, 1);
        app.pass(Duration::from_mins(1)).await;
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
        assert_eq!(health(&app, id).await.push.state, PushState::Waiting);
        let before = history_calls(&app);
        assert_eq!(push_now(&app).await, Received::Ignored, "it has been read");
        app.settle().await;
        assert_eq!(history_calls(&app), before, "and is not read again");
        assert_eq!(health(&app, id).await.push.last_push_at, Some(app.ctx.world.now()));
        app.pass(Duration::from_mins(1)).await;
        assert_eq!(health(&app, id).await.push.state, PushState::Live);
        assert_eq!(next_poll(&app, id).await, 600);
        // Once more, with pushes that come already.
        app.sandbox.control().deliver_random(ALICE, 1);
        app.pass(Duration::from_mins(10)).await;
        assert_eq!(health(&app, id).await.push.state, PushState::Quiet);
        assert_eq!(push_now(&app).await, Received::Ignored);
        assert_eq!(health(&app, id).await.push.state, PushState::Live);
    }
}

store_test! {
    async fn an_early_push_is_followed_until_its_change_can_be_read(t: TestStore) {
        let app = start(t).await;
        let id = app.connect(ALICE).await;
        app.clock.advance(Duration::from_secs(10));
        let soon = app.sandbox.control().history_id(ALICE) + 1;
        assert_eq!(push(&app, ALICE, soon).await, Received::Accepted);
        app.settle().await;
        app.pass(Duration::from_secs(5)).await;
        assert_eq!(next_poll(&app, id).await, 5, "not there yet");
        app.sandbox.control().deliver_random(ALICE, 1);
        app.pass(Duration::from_secs(5)).await;
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
    }
}

store_test! {
    async fn g23_the_subscription_is_renewed_daily_and_an_overdue_one_is_an_alarm(t: TestStore) {
        let app = start(t).await;
        let id = app.connect(ALICE).await;
        let first = app.sandbox.control().watched_until(ALICE).unwrap();
        for _ in 0..10 {
            app.pass(Duration::from_hours(24)).await;
            let until = app.sandbox.control().watched_until(ALICE).unwrap();
            assert!(until > app.ctx.world.now() + Duration::from_hours(5 * 24), "{until}");
        }
        assert!(app.sandbox.control().watched_until(ALICE).unwrap() > first);
        let push = health(&app, id).await.push;
        assert!(!push.alarm && push.next_renewal_at.unwrap() > app.ctx.world.now(), "{push:?}");
        // Nothing comes through for a day and a half.
        app.sandbox.control().faults().push(Fault::new("HTTP:503").on("/watch").always());
        app.pass(Duration::from_hours(36)).await;
        let push = health(&app, id).await.push;
        assert_eq!((push.state, push.alarm), (PushState::Overdue, true));
        assert_eq!(next_poll(&app, id).await.clamp(0, 60), next_poll(&app, id).await, "polled all the same");
        app.sandbox.control().faults().clear();
        app.pass(Duration::from_hours(1)).await;
        let push = health(&app, id).await.push;
        assert!(!push.alarm, "{push:?}");
    }
}

store_test! {
    async fn g26_a_refused_topic_is_an_alarm_and_polling_goes_on(t: TestStore) {
        let app = start(t).await;
        app.sandbox.control().faults().push(Fault::new("G26"));
        let id = app.connect(ALICE).await;
        let push = health(&app, id).await.push;
        assert_eq!((push.state, push.alarm, push.reason.as_deref()), (PushState::Refused, true, Some("push_refused")));
        assert!(push.reason_text.unwrap().contains("topic"));
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
        app.sandbox.control().deliver_random(ALICE, 1);
        app.pass(Duration::from_mins(1)).await;
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
        // The operator mends the topic.
        app.sandbox.control().faults().clear();
        app.pass(Duration::from_mins(16)).await;
        let push = health(&app, id).await.push;
        assert_eq!((push.state, push.alarm), (PushState::Waiting, false), "{push:?}");
        assert!(app.sandbox.control().watched_until(ALICE).is_some());
    }
}

store_test! {
    async fn a_disconnect_ends_the_subscription_unless_another_needs_it(t: TestStore) {
        let app = start(t).await;
        let mine = app.connect(ALICE).await;
        let other = app.member("otto@tenon.example").await;
        let theirs = app
            .try_connect(&other, ALICE, &[tenon_model::feature::Feature::Mail], None)
            .await
            .unwrap();
        app.settle().await;
        connections::disconnect(&app.ctx, &app.owner, mine).await.unwrap();
        assert!(app.sandbox.control().watched_until(ALICE).is_some(), "the other goes on");
        app.sandbox.control().deliver_random(ALICE, 1);
        assert_eq!(push_now(&app).await, Received::Accepted);
        app.settle().await;
        assert_eq!(app.stored(theirs).await, app.at_provider(ALICE));
        connections::disconnect(&app.ctx, &other, theirs).await.unwrap();
        assert_eq!(app.sandbox.control().watched_until(ALICE), None::<Time>);
        assert_eq!(push_now(&app).await, Received::Ignored);
    }
}
