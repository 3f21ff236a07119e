//! A Google that answers what a test tells it to, and remembers what it was asked.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::Response;
use secrecy::{ExposeSecret, SecretString};
use tenon_connectors::ProviderError;
use tenon_connectors::google::{Google, GoogleConfig, GoogleEndpoints};
use tenon_connectors::ports::{AccessTokens, MailPort, Priority};
use tenon_connectors::quota::QuotaSettings;
use tenon_model::World;
use url::Url;

/// A request as it came.
#[derive(Debug, Clone)]
pub(crate) struct Seen {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) query: Vec<(String, String)>,
    pub(crate) headers: HashMap<String, String>,
    pub(crate) body: String,
}

impl Seen {
    pub(crate) fn all(&self, key: &str) -> Vec<&str> {
        self.query
            .iter()
            .filter(|(k, _)| k == key)
            .map(|(_, v)| v.as_str())
            .collect()
    }

    pub(crate) fn one(&self, key: &str) -> Option<&str> {
        self.all(key).first().copied()
    }

    pub(crate) fn token(&self) -> &str {
        self.headers
            .get("authorization")
            .and_then(|v| v.strip_prefix("Bearer "))
            .unwrap_or_default()
    }

    /// The requests of a batch: number and path with query.
    pub(crate) fn parts(&self) -> Vec<(usize, String)> {
        let mut parts = Vec::new();
        let mut number = None;
        for line in self.body.lines() {
            if let Some(id) = line.strip_prefix("Content-ID: <item-") {
                number = id.trim_end_matches('>').parse().ok();
            } else if let (Some(n), Some(rest)) = (number, line.strip_prefix("GET ")) {
                parts.push((n, rest.trim_end_matches(" HTTP/1.1").to_owned()));
                number = None;
            }
        }
        parts
    }
}

/// An answer.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: String,
    pub(crate) body: Vec<u8>,
}

pub(crate) fn json(status: u16, body: impl Into<String>) -> Reply {
    Reply {
        status,
        content_type: "application/json; charset=UTF-8".into(),
        body: body.into().into_bytes(),
    }
}

/// Google's shape of errors.
pub(crate) fn error(status: u16, reason: &str, message: &str) -> Reply {
    json(
        status,
        format!(
            r#"{{"error":{{"code":{status},"message":"{message}","errors":[{{"reason":"{reason}","message":"{message}","domain":"global"}}]}}}}"#
        ),
    )
}

/// The answer to a batch, from number and answer of each part.
pub(crate) fn batch(parts: impl IntoIterator<Item = (usize, Reply)>) -> Reply {
    let mut body = String::new();
    for (n, reply) in parts {
        let text = String::from_utf8(reply.body).unwrap();
        let head = format!(
            "--batch_stub\r\nContent-Type: application/http\r\nContent-ID: <response-item-{n}>\r\n\r\n\
             HTTP/1.1 {} X\r\nContent-Type: {}\r\nContent-Length: {}\r\n\r\n",
            reply.status,
            reply.content_type,
            text.len(),
        );
        body.push_str(&[&head, text.as_str(), "\r\n"].concat());
    }
    body += "--batch_stub--\r\n";
    Reply {
        status: 200,
        content_type: "multipart/mixed; boundary=batch_stub".into(),
        body: body.into_bytes(),
    }
}

/// The id at the end of a path, before its query.
pub(crate) fn last(path: &str) -> &str {
    path.split('?').next().unwrap().rsplit('/').next().unwrap()
}

/// The running stub.
pub(crate) struct Stub {
    pub(crate) url: Url,
    seen: Arc<Mutex<Vec<Seen>>>,
}

impl Stub {
    pub(crate) async fn start(answer: impl Fn(&Seen) -> Reply + Send + Sync + 'static) -> Self {
        let seen = Arc::new(Mutex::new(Vec::new()));
        let (log, answer) = (seen.clone(), Arc::new(answer));
        let handler = move |request: Request| {
            let (log, answer) = (log.clone(), answer.clone());
            async move {
                let (head, body) = request.into_parts();
                let query =
                    url::form_urlencoded::parse(head.uri.query().unwrap_or_default().as_bytes());
                let one = Seen {
                    method: head.method.to_string(),
                    path: head.uri.path().to_owned(),
                    query: query.into_owned().collect(),
                    headers: head
                        .headers
                        .iter()
                        .map(|(k, v)| (k.to_string(), v.to_str().unwrap_or_default().to_owned()))
                        .collect(),
                    body: String::from_utf8(to_bytes(body, usize::MAX).await.unwrap().to_vec())
                        .unwrap(),
                };
                log.lock().unwrap().push(one.clone());
                let reply = answer(&one);
                Response::builder()
                    .status(reply.status)
                    .header("content-type", reply.content_type)
                    .body(Body::from(reply.body))
                    .unwrap()
            }
        };
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let url = format!("http://{}", listener.local_addr().unwrap())
            .parse()
            .unwrap();
        let app = axum::Router::new().fallback(handler);
        tokio::spawn(async move { axum::serve(listener, app).await });
        Self { url, seen }
    }

    pub(crate) fn seen(&self) -> Vec<Seen> {
        self.seen.lock().unwrap().clone()
    }

    pub(crate) fn paths(&self) -> Vec<String> {
        self.seen().into_iter().map(|s| s.path).collect()
    }

    pub(crate) fn google(&self) -> Arc<Google> {
        google(&self.url, QuotaSettings::unlimited())
    }

    pub(crate) fn mail(&self) -> (Arc<dyn MailPort>, Arc<Tokens>) {
        let tokens = Arc::new(Tokens::default());
        (
            self.google()
                .mail([1; 16], tokens.clone(), Priority::Background),
            tokens,
        )
    }
}

pub(crate) fn google(base: &Url, quota: QuotaSettings) -> Arc<Google> {
    let config = GoogleConfig {
        client_id: "tenon-client".into(),
        client_secret: "canary-client-secret".to_owned().into(),
        endpoints: GoogleEndpoints::rooted_at(base),
        quota,
    };
    Google::new(config, World::system()).unwrap()
}

/// Tokens `token-0`, `token-1`, …: a new one for each that was refused.
#[derive(Default)]
pub(crate) struct Tokens {
    pub(crate) refreshed: AtomicU32,
}

#[async_trait]
impl AccessTokens for Tokens {
    async fn access_token(
        &self,
        stale: Option<&SecretString>,
    ) -> Result<SecretString, ProviderError> {
        let now = format!("token-{}", self.refreshed.load(Ordering::SeqCst));
        if stale.is_some_and(|s| s.expose_secret() == now) {
            self.refreshed.fetch_add(1, Ordering::SeqCst);
        }
        Ok(format!("token-{}", self.refreshed.load(Ordering::SeqCst)).into())
    }
}
