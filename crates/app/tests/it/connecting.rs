//! Both consent steps, and what can go wrong between them (faults A7-A9, requirement C1, C2).

use tenon_app::connections::{self, Authorize, Callback, CallbackError};
use tenon_app::{Error, access};
use tenon_model::connection::{FeatureState, Provider};
use tenon_model::feature::Feature;
use tenon_model::policy::{self, Locale};
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

fn authorize(features: &[Feature]) -> Authorize {
    Authorize {
        provider: Provider::Google,
        profile: None,
        features: features.to_vec(),
        policy_version: policy::version(features, Locale::En),
        locale: Locale::En,
        connection: None,
    }
}

store_test! {
    async fn a_mailbox_comes_in_completely(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        assert_eq!(app.stored(id).await, app.at_provider("alice@example.com"));
        let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!((view.status, view.address.as_str()), ("active", "alice@example.com"));
        let health = connections::health(&app.ctx, &app.owner, id).await.unwrap();
        assert!(health.complete, "{health:?}");
        assert_eq!((health.stored, health.skipped, health.state), (health.provider_total, 0, "live"));
        assert_eq!(health.runs[0].kind, "first_sync");
        assert!(!view.aliases.is_empty());
    }
}

store_test! {
    async fn the_consent_is_kept_with_the_sentences_that_were_shown(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        let consents = connections::consents(&app.ctx, &app.owner).await.unwrap();
        assert_eq!(consents.len(), 1);
        assert_eq!(consents[0].connection, Some(id));
        assert_eq!(consents[0].policy_version, policy::version(&[Feature::Mail], Locale::En));
        let shown: Vec<&str> = policy::sentences(&[Feature::Mail]).iter().map(|s| s.text(Locale::En)).collect();
        assert_eq!(consents[0].sentences.iter().map(|s| s.text.as_str()).filter(|t| shown.contains(t)).count(), shown.len());
    }
}

store_test! {
    async fn a_text_that_has_changed_has_to_be_read_again(t: TestStore) {
        let app = TestApp::start(t).await;
        let stale = Authorize { policy_version: "sha256:old".into(), ..authorize(&[Feature::Mail]) };
        assert!(matches!(connections::authorize(&app.ctx, &app.owner, stale).await, Err(Error::PolicyChanged)));
        assert!(connections::consents(&app.ctx, &app.owner).await.unwrap().is_empty());
    }
}

store_test! {
    async fn u5_a_state_is_good_once_and_for_its_session_only(t: TestStore) {
        let app = TestApp::start(t).await;
        let begun = connections::authorize(&app.ctx, &app.owner, authorize(&[Feature::Mail])).await.unwrap();
        let state = begun.authorize_url.query_pairs().find(|(k, _)| k == "state").unwrap().1.into_owned();
        let callback = |state: Option<String>| Callback { state, code: Some("code".into()), ..Callback::default() };
        let other = app.member("otto@tenon.example").await;
        for (actor, state) in [(&app.owner, None), (&app.owner, Some("guess".to_owned())), (&other, Some(state.clone())), (&app.owner, Some(state))] {
            let outcome = connections::callback(&app.ctx, actor, callback(state)).await;
            assert_eq!(outcome, Err(CallbackError("state_invalid")));
        }
        let tokens = app.sandbox.control().requests().iter().filter(|r| r.path.starts_with("/token")).count();
        assert_eq!(tokens, 0, "no token call is made for a state that is not good");
    }
}

store_test! {
    async fn a7_a_refusal_is_told_for_what_it_is(t: TestStore) {
        let app = TestApp::start(t).await;
        for (error, code) in [
            ("access_denied", "access_denied"),
            ("admin_policy_enforced", "admin_policy"),
            ("org_internal", "admin_policy"),
            ("server_error", "exchange_failed"),
        ] {
            let begun = connections::authorize(&app.ctx, &app.owner, authorize(&[Feature::Mail])).await.unwrap();
            let state = begun.authorize_url.query_pairs().find(|(k, _)| k == "state").map(|(_, v)| v.into_owned());
            let callback = Callback { state, error: Some(error.into()), ..Callback::default() };
            assert_eq!(connections::callback(&app.ctx, &app.owner, callback).await, Err(CallbackError(code)));
        }
        assert!(connections::list(&app.ctx, &app.owner).await.unwrap().is_empty());
    }
}

store_test! {
    async fn only_missing_scopes_are_asked_for_later(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        let widen = Authorize { connection: Some(id), ..authorize(&[Feature::Mail, Feature::Tasks]) };
        let begun = connections::authorize(&app.ctx, &app.owner, widen).await.unwrap();
        let scope = begun.authorize_url.query_pairs().find(|(k, _)| k == "scope").unwrap().1.into_owned();
        assert!(scope.contains("auth/tasks") && !scope.contains("gmail"), "{scope}");
        let again = app.try_connect(&app.owner, "alice@example.com", &[Feature::Mail, Feature::Tasks], Some(id)).await.unwrap();
        assert_eq!(again, id);
        app.settle().await;
        let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
        let on: Vec<&str> = view.features.iter().filter(|f| f.state == FeatureState::On).map(|f| f.id).collect();
        assert_eq!(on, ["mail", "tasks"]);
        assert_eq!(app.stored(id).await, app.at_provider("alice@example.com"), "widening costs no mail");
    }
}

store_test! {
    async fn reconnecting_with_another_account_is_refused(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        let before = app.stored(id).await;
        // The person picks another account on the provider\'s page than the hint says.
        let outcome = app.try_connect(&app.owner, "bob@example.com", &[Feature::Mail], Some(id)).await;
        assert_eq!(outcome, Err(CallbackError("wrong_account")));
        app.settle().await;
        assert_eq!(app.stored(id).await, before);
    }
}

store_test! {
    async fn the_same_account_twice_is_one_connection(t: TestStore) {
        let app = TestApp::start(t).await;
        let first = app.connect("alice@example.com").await;
        assert_eq!(app.connect("alice@example.com").await, first);
        assert_eq!(connections::list(&app.ctx, &app.owner).await.unwrap().len(), 1);
        let second = app.connect("bob@example.com").await;
        assert_ne!(first, second);
    }
}

store_test! {
    async fn another_member_sees_nothing_of_it(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        let other = app.member("otto@tenon.example").await;
        assert!(connections::list(&app.ctx, &other).await.unwrap().is_empty());
        assert!(matches!(connections::get(&app.ctx, &other, id).await, Err(Error::NotFound("connection"))));
        assert!(matches!(connections::disconnect(&app.ctx, &other, id).await, Err(Error::NotFound("connection"))));
        assert!(matches!(connections::pause(&app.ctx, &other, id).await, Err(Error::NotFound("connection"))));
        assert!(tenon_app::mail::threads(&app.ctx, &other, tenon_app::mail::ThreadsQuery { limit: 50, ..Default::default() }).await.unwrap().items.is_empty());
        let own = tenon_app::mail::threads(&app.ctx, &app.owner, tenon_app::mail::ThreadsQuery { limit: 1, ..Default::default() }).await.unwrap();
        assert!(matches!(tenon_app::mail::thread(&app.ctx, &other, own.items[0].id).await, Err(Error::NotFound("thread"))));
    }
}

store_test! {
    async fn sign_in_needs_the_code_once_it_is_on(t: TestStore) {
        let app = TestApp::start(t).await;
        let begun = access::totp_begin(&app.ctx, &app.owner).await.unwrap();
        let totp = totp_rs::Totp::from_url(&begun.otpauth_url).unwrap();
        let now = || u64::try_from(app.ctx.world.now().as_secs()).unwrap();
        let code = totp.generate(now()).to_string();
        let recovery = access::totp_confirm(&app.ctx, &app.owner, &code, &access::Browser::default()).await.unwrap();
        assert_eq!(recovery.len(), 10);
        let sign_in = |code: Option<String>| access::sign_in(
            &app.ctx,
            access::SignIn { email: "olivia@tenon.example".into(), password: tenon_testkit::app::PASSWORD.into(), code, browser: access::Browser::default() },
        );
        assert!(matches!(sign_in(None).await, Err(Error::TotpRequired)));
        assert!(matches!(sign_in(Some(code)).await, Err(Error::TotpInvalid)), "a code counts once");
        app.clock.advance(std::time::Duration::from_mins(1));
        sign_in(Some(totp.generate(now()).to_string())).await.unwrap();
        sign_in(Some(recovery[0].clone())).await.unwrap();
        assert!(matches!(sign_in(Some(recovery[0].clone())).await, Err(Error::TotpInvalid)), "a recovery code counts once");
    }
}
