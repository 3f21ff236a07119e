//! The same ports against a Google in another process: npm `@emulators/google`, which we did not
//! write, or the sandbox behind the proxy that judges every request by Google's own schema.
//!
//! Runs when `GOOGLE_EMULATOR_URL` names one whose client is `rig-client`/`rig-secret` with the
//! redirect address `http://127.0.0.1:9999/cb`, and `GOOGLE_EMULATOR_USER` an account with mail.
//! `GOOGLE_EMULATOR_ISSUER` is the issuer of its id tokens when that is another address.

use std::sync::Arc;

use async_trait::async_trait;
use futures::TryStreamExt;
use secrecy::{ExposeSecret, SecretString};
use tenon_connectors::google::{Google, GoogleConfig, GoogleEndpoints};
use tenon_connectors::ports::{AccessTokens, AuthorizeRequest, Priority, Result, Wanted};
use tenon_connectors::quota::QuotaSettings;
use tenon_model::World;
use tokio::sync::Mutex;

const REDIRECT: &str = "http://127.0.0.1:9999/cb";

/// Refreshes with a real refresh token.
struct Live {
    google: Arc<Google>,
    refresh: SecretString,
    access: Mutex<SecretString>,
}

#[async_trait]
impl AccessTokens for Live {
    async fn access_token(&self, stale: Option<&SecretString>) -> Result<SecretString> {
        let mut access = self.access.lock().await;
        if stale.is_some_and(|s| s.expose_secret() == access.expose_secret()) {
            *access = self.google.grants().refresh(&self.refresh).await?.access;
        }
        Ok(access.clone())
    }
}

#[tokio::test]
#[ignore = "needs a running @emulators/google: see the head of this file"]
async fn connect_sync_read_and_revoke() {
    let (base, user) = (
        std::env::var("GOOGLE_EMULATOR_URL").unwrap(),
        std::env::var("GOOGLE_EMULATOR_USER").unwrap(),
    );
    let mut endpoints = GoogleEndpoints::rooted_at(&base.parse().unwrap());
    if let Ok(issuer) = std::env::var("GOOGLE_EMULATOR_ISSUER") {
        endpoints.issuer = issuer;
    }
    let config = GoogleConfig {
        client_id: "rig-client".into(),
        client_secret: "rig-secret".to_owned().into(),
        endpoints,
        quota: QuotaSettings::unlimited(),
    };
    let google = Google::new(config, World::system()).unwrap();
    let verifier = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
    let url = google
        .grants()
        .authorize_url(&AuthorizeRequest {
            scopes: vec![
                "openid".into(),
                "email".into(),
                "https://www.googleapis.com/auth/gmail.readonly".into(),
            ],
            state: "s".into(),
            nonce: "n".into(),
            verifier: verifier.into(),
            redirect_uri: REDIRECT.into(),
            login_hint: None,
        })
        .unwrap();

    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .no_proxy()
        .build()
        .unwrap();
    let mut back = browser.get(url.clone()).send().await.unwrap();
    if back.status() == 200 {
        // A page: what its form would send.
        let mut form: Vec<(String, String)> = url.query_pairs().into_owned().collect();
        form.push(("email".into(), user.clone()));
        let address = format!("{base}/o/oauth2/v2/auth/callback");
        back = browser.post(address).form(&form).send().await.unwrap();
    }
    let location: url::Url = back.headers()["location"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    let code = location
        .query_pairs()
        .find(|(k, _)| k == "code")
        .unwrap()
        .1
        .into_owned();

    let (tokens, subject) = google
        .grants()
        .exchange(&code, verifier, "n", REDIRECT)
        .await
        .unwrap();
    assert_eq!(subject.profile.address, user);
    let refresh = tokens.refresh.unwrap();
    let live = Live {
        google: google.clone(),
        refresh: refresh.clone(),
        access: Mutex::new("stale".to_owned().into()),
    };
    let mail = google.mail([7; 16], Arc::new(live), Priority::Background);

    let state = mail.state().await.unwrap();
    assert!(!state.cursor.0.is_empty());
    assert!(
        mail.labels()
            .await
            .unwrap()
            .iter()
            .any(|l| l.provider_id == "INBOX" && l.system)
    );
    println!("aliases: {:?}", mail.aliases().await.map(|a| a.len()));
    let page = mail.list(None, None, 500).await.unwrap();
    assert!(!page.refs.is_empty());
    let wanted: Vec<Wanted> = page
        .refs
        .iter()
        .map(|r| Wanted::Message(r.provider_id.clone()))
        .collect();
    let fetched = mail.fetch(wanted).await.unwrap();
    assert_eq!(fetched.len(), page.refs.len());
    for one in fetched {
        let message = one.result.unwrap().pop().unwrap().unwrap();
        assert!(!message.envelope.from.is_empty() && !message.envelope.subject.is_empty());
        let content = mail.content(&message.provider_id).await.unwrap();
        assert!(content.html.is_some() || content.text.is_some());
        println!(
            "{:?} parts, problems {:?}",
            content.parts.len(),
            content.problems
        );
        for part in content.parts {
            let bytes: Vec<_> = mail
                .attachment(&message.provider_id, &part.id)
                .await
                .unwrap()
                .try_collect()
                .await
                .unwrap();
            println!(
                "part {} of {} bytes",
                part.id,
                bytes.iter().map(bytes::Bytes::len).sum::<usize>()
            );
        }
        let raw: Vec<_> = mail
            .original(&message.provider_id)
            .await
            .unwrap()
            .try_collect()
            .await
            .unwrap();
        assert!(!raw.is_empty());
    }
    let thread = mail
        .fetch(vec![Wanted::Thread(page.refs[0].thread_id.clone())])
        .await
        .unwrap()
        .pop()
        .unwrap();
    assert!(thread.result.unwrap()[0].is_ok());
    let changes = mail.changes(&state.cursor, None).await.unwrap();
    println!(
        "{} changes, cursor {:?}",
        changes.changes.len(),
        changes.cursor
    );

    google.grants().revoke(&refresh).await.unwrap();
    let error = google.grants().refresh(&refresh).await.err().unwrap();
    assert_eq!(error.code, "invalid_grant");
}
