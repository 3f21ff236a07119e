//! A sandbox with a held clock and a client that speaks to it.

use std::sync::Arc;
use std::time::Duration;

use reqwest::{Method, RequestBuilder, StatusCode};
use serde_json::Value;
use tenon_model::{ManualClock, Time};
use tenon_sandbox::{Control, Sandbox, SandboxConfig};

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const BOB: &str = "bob@example.com";
pub(crate) const FULL: &str = "https://mail.google.com/";
/// 2026-11-22T09:00:00Z.
pub(crate) const NOW: i64 = 1_795_338_000;

pub(crate) struct Rig {
    pub(crate) sandbox: Sandbox,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) http: reqwest::Client,
    pub(crate) token: String,
}

pub(crate) fn config() -> (SandboxConfig, Arc<ManualClock>) {
    let clock = Arc::new(ManualClock::new(Time::from_secs(NOW)));
    let mut config = SandboxConfig::new(clock.clone());
    config.messages = 0;
    (config, clock)
}

impl Rig {
    /// Alice's mailbox with so many generated messages, and a token for all of it.
    pub(crate) async fn new(messages: u64) -> Self {
        Self::with(|config| config.messages = messages).await
    }

    pub(crate) async fn with(change: impl FnOnce(&mut SandboxConfig)) -> Self {
        let (mut config, clock) = config();
        change(&mut config);
        let sandbox = Sandbox::start(config).await.unwrap();
        let token = sandbox
            .control()
            .grant(ALICE, &["openid", "email", FULL])
            .access_token;
        let http = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .timeout(Duration::from_secs(20))
            .build()
            .unwrap();
        Self {
            sandbox,
            clock,
            http,
            token,
        }
    }

    pub(crate) fn control(&self) -> &Control {
        self.sandbox.control()
    }

    pub(crate) fn url(&self, path: &str) -> String {
        format!("{}{path}", self.sandbox.issuer())
    }

    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.http
            .request(method, self.url(path))
            .bearer_auth(&self.token)
    }

    /// A call of the Gmail API below `users/me/`.
    pub(crate) async fn call(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (StatusCode, Value) {
        let mut request = self.request(method, &format!("/gmail/v1/users/me/{path}"));
        if let Some(body) = body {
            request = request.json(&body);
        }
        let response = request.send().await.unwrap();
        let status = response.status();
        let bytes = response.bytes().await.unwrap();
        (
            status,
            serde_json::from_slice(&bytes).unwrap_or(Value::Null),
        )
    }

    pub(crate) async fn get(&self, path: &str) -> Value {
        let (status, body) = self.call(Method::GET, path, None).await;
        assert_eq!(status, 200, "{path}: {body}");
        body
    }

    pub(crate) async fn post(&self, path: &str, body: Value) -> Value {
        let (status, answer) = self.call(Method::POST, path, Some(body)).await;
        assert!(status.is_success(), "{path}: {status} {answer}");
        answer
    }

    /// Status and `errors[0].reason` of a call that must fail.
    pub(crate) async fn refused(
        &self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> (u16, String) {
        let (status, body) = self.call(method, path, body).await;
        assert_eq!(body["error"]["code"], status.as_u16(), "{body}");
        (
            status.as_u16(),
            body["error"]["errors"][0]["reason"]
                .as_str()
                .unwrap()
                .to_owned(),
        )
    }

    pub(crate) fn form(&self, path: &str, fields: &[(&str, &str)]) -> RequestBuilder {
        self.http.post(self.url(path)).form(fields)
    }
}

/// base64url of a message.
pub(crate) fn raw(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE.encode(text)
}

/// Reads base64url.
pub(crate) fn unraw(value: &Value) -> Vec<u8> {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE
        .decode(value.as_str().unwrap())
        .unwrap()
}
