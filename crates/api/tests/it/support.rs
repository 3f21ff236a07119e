//! A server in the process, a sandbox beside it, and a browser that keeps its cookie.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use bytes::Bytes;
use http::{HeaderMap, Method, Request, StatusCode, header};
use http_body_util::BodyExt as _;
use serde_json::{Value, json};
use tempfile::TempDir;
use tenon_api::ApiOptions;
use tenon_app::access::{self, NewMemberInput};
use tenon_app::{AppConfig, Ctx, Parts};
use tenon_connectors::google::{Google, GoogleConfig, GoogleEndpoints};
use tenon_connectors::openid::OpenId;
use tenon_connectors::quota::QuotaSettings;
use tenon_jobs::{Runner, RunnerHandle};
use tenon_model::member::Role;
use tenon_model::{Scope, World};
use tenon_sandbox::{Sandbox, SandboxConfig};
use tenon_store::{Store, StoreConfig, StoreUrl};
use tenon_testkit::store::Database;
use tenon_vault::{Graveyard, KekSource, open_kek};
use tokio_util::sync::CancellationToken;
use tower::ServiceExt as _;

pub(crate) const PASSWORD: &str = "correct horse battery staple";
pub(crate) const OWNER: &str = "owner@example.com";
pub(crate) const HOST: &str = "127.0.0.1:8080";

/// A server with everything behind it.
pub(crate) struct TestApp {
    pub(crate) router: Router,
    pub(crate) ctx: Ctx,
    pub(crate) runner: Option<RunnerHandle>,
    pub(crate) sandbox: Sandbox,
    pub(crate) shutdown: CancellationToken,
    /// The listener of Prometheus.
    pub(crate) monitoring: Router,
    _folder: Arc<TempDir>,
    /// Where it was asked for; dropped last.
    database: Option<Database>,
}

impl TestApp {
    /// A server that nobody has set up.
    pub(crate) async fn empty() -> Self {
        Self::with(|_| {}).await
    }

    /// A server that nobody has set up, with a changed sandbox.
    pub(crate) async fn with(change: impl FnOnce(&mut SandboxConfig)) -> Self {
        Self::configured(change, |_| {}).await
    }

    /// A server that nobody has set up, with a changed sandbox and changed settings.
    pub(crate) async fn configured(
        change: impl FnOnce(&mut SandboxConfig),
        settings: impl FnOnce(&mut AppConfig),
    ) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let database = Database::asked_for();
        let sqlite = || StoreUrl::Sqlite(folder.path().join("tenon.db"));
        let url = database.as_ref().map_or_else(sqlite, |d| d.url.clone());
        let mut app = Self::build(&url, folder, Vec::new(), change, settings).await;
        app.database = database;
        app
    }

    /// A server on this database that nobody has set up.
    pub(crate) async fn on(
        url: &StoreUrl,
        change: impl FnOnce(&mut SandboxConfig),
        settings: impl FnOnce(&mut AppConfig),
    ) -> Self {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        Self::build(url, folder, Vec::new(), change, settings).await
    }

    /// Two nodes on one database: each with its own pool, caches and runner, one key.
    pub(crate) async fn two_nodes(url: &StoreUrl) -> (Self, Self) {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let one = Self::build(url, folder.clone(), Vec::new(), |_| {}, |_| {}).await;
        let other = Self::build(url, folder, Vec::new(), |_| {}, |_| {}).await;
        (one, other)
    }

    /// A node on this database and in this folder, which holds the key.
    pub(crate) async fn node(
        url: &StoreUrl,
        folder: &Arc<TempDir>,
        issuers: Vec<Arc<OpenId>>,
    ) -> Self {
        Self::build(url, folder.clone(), issuers, |_| {}, |_| {}).await
    }

    /// A server with its owner signed in, at which people may also sign in by these issuers.
    pub(crate) async fn with_issuers(issuers: Vec<Arc<OpenId>>) -> (Self, Browser) {
        let folder = Arc::new(tempfile::tempdir().unwrap());
        let url = StoreUrl::Sqlite(folder.path().join("tenon.db"));
        let app = Self::build(&url, folder, issuers, |_| {}, |_| {}).await;
        let browser = app.member(OWNER, Role::Owner).await;
        (app, browser)
    }

    async fn build(
        url: &StoreUrl,
        folder: Arc<TempDir>,
        issuers: Vec<Arc<OpenId>>,
        change: impl FnOnce(&mut SandboxConfig),
        settings: impl FnOnce(&mut AppConfig),
    ) -> Self {
        // With RUST_LOG=info a failing test tells what the server logged.
        let filter = tracing_subscriber::EnvFilter::from_default_env();
        let _ = tracing_subscriber::fmt()
            .with_env_filter(filter)
            .with_test_writer()
            .try_init();
        let world = World::system();
        let mut config = SandboxConfig::new(world.clock());
        config.messages = 120;
        config.auto_consent = true;
        change(&mut config);
        let (client_id, secret) = (config.client_id.clone(), config.client_secret.clone());
        let sandbox = Sandbox::start(config).await.unwrap();
        let google = GoogleConfig {
            client_id,
            client_secret: secret.into(),
            endpoints: GoogleEndpoints::rooted_at(&sandbox.base_url()),
            quota: QuotaSettings::unlimited(),
        };
        let store = Store::open(&StoreConfig {
            url: url.clone(),
            migrate: true,
        })
        .await
        .unwrap();
        let kek = KekSource::File(folder.path().join("kek"));
        let mut app_config = AppConfig::new(format!("http://{HOST}").parse().unwrap());
        app_config.mail_days = 0;
        settings(&mut app_config);
        let ctx = Ctx::open(Parts {
            store: store.clone(),
            kek: open_kek(&kek, None, &world, true).unwrap(),
            graveyard: Graveyard::new(folder.path().join("graveyard")),
            google: Some(Google::new(google, world.clone()).unwrap()),
            issuers,
            config: app_config,
            world: world.clone(),
        })
        .await
        .unwrap();
        let runner = tenon_app::register_jobs(Runner::new(store, world, ctx.clone())).start();
        let shutdown = CancellationToken::new();
        let options = ApiOptions {
            shutdown: shutdown.clone(),
            security_contact: Some("mailto:security@example.com".to_owned()),
            ping: Duration::from_millis(500),
            proxies: 1,
            jobs: Some(runner.pulse()),
            ..ApiOptions::default()
        };
        let metrics = options.metrics.clone();
        Self {
            router: tenon_api::router(ctx.clone(), options),
            monitoring: tenon_api::metrics_router(ctx.clone(), metrics),
            ctx,
            runner: Some(runner),
            sandbox,
            shutdown,
            _folder: folder,
            database: None,
        }
    }

    /// A server with its owner signed in.
    pub(crate) async fn with_owner() -> (Self, Browser) {
        let app = Self::empty().await;
        let browser = app.member(OWNER, Role::Owner).await;
        (app, browser)
    }

    /// A new member, signed in.
    pub(crate) async fn member(&self, email: &str, role: Role) -> Browser {
        self.join(None, email, role).await
    }

    /// The owner of another workspace, signed in.
    pub(crate) async fn elsewhere(&self) -> Browser {
        let workspace = Some("Elsewhere".to_owned());
        self.join(workspace, "stranger@example.com", Role::Owner)
            .await
    }

    async fn join(&self, workspace: Option<String>, email: &str, role: Role) -> Browser {
        let input = NewMemberInput {
            workspace,
            email: email.to_owned(),
            name: "Test Person".to_owned(),
            role,
            password: PASSWORD.into(),
            locale: "en".to_owned(),
            time_zone: "Europe/Paris".to_owned(),
        };
        access::create_member(&self.ctx, input).await.unwrap();
        let mut browser = self.browser();
        let answer = browser
            .post(
                "/api/v1/session",
                json!({ "email": email, "password": PASSWORD }),
            )
            .await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        browser
    }

    /// A browser without a cookie.
    pub(crate) fn browser(&self) -> Browser {
        Browser {
            router: self.router.clone(),
            jar: BTreeMap::new(),
        }
    }

    /// As if the browser's session had proved long ago who is there.
    pub(crate) async fn age_proof(&self, browser: &Browser) {
        let hash = aws_lc_rs::digest::digest(
            &aws_lc_rs::digest::SHA256,
            browser.jar["tenon_session"].as_bytes(),
        );
        let hash: [u8; 32] = hash.as_ref().try_into().unwrap();
        let mut tx = self.ctx.store.begin(&Scope::system()).await.unwrap();
        let session = tx.sessions().by_token_hash(hash).await.unwrap().unwrap();
        let long_ago = self.ctx.world.now() - Duration::from_mins(16);
        tx.sessions()
            .renew(session.id, hash, long_ago)
            .await
            .unwrap();
        tx.commit().await.unwrap();
    }

    /// Goes through both steps of consent for the mail feature; the answer is the connection's id.
    pub(crate) async fn connect(&self, browser: &mut Browser) -> String {
        self.connect_for(browser, &["mail"]).await
    }

    /// The same for other features.
    pub(crate) async fn connect_for(&self, browser: &mut Browser, features: &[&str]) -> String {
        let location = self.authorize(browser, features).await;
        let answer = browser.get(&location).await;
        assert_eq!(answer.status, StatusCode::SEE_OTHER, "{}", answer.text());
        let page = answer.header("location");
        let id = page
            .strip_prefix("/connections/")
            .and_then(|p| p.strip_suffix("?connected=1"));
        id.unwrap_or_else(|| panic!("{page}")).to_owned()
    }

    /// Step 1, then the sandbox's consent page: where the provider sends the browser back to.
    pub(crate) async fn authorize(&self, browser: &mut Browser, features: &[&str]) -> String {
        let policy = browser
            .get(&format!(
                "/api/v1/policy?provider=google&features={}",
                features.join(",")
            ))
            .await
            .json();
        let body = json!({
            "provider": "google", "profile": "type", "features": features,
            "policy_version": policy["version"], "locale": "en",
        });
        let answer = browser.post("/api/v1/connections/authorize", body).await;
        assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
        self.consent(answer.json()["authorize_url"].as_str().unwrap())
            .await
    }

    /// The path and query that the provider sends the browser back to.
    pub(crate) async fn consent(&self, authorize_url: &str) -> String {
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .no_proxy()
            .build()
            .unwrap();
        let response = client.get(authorize_url).send().await.unwrap();
        let location = response.headers()[header::LOCATION]
            .to_str()
            .unwrap()
            .to_owned();
        let path = location.strip_prefix(&format!("http://{HOST}"));
        path.unwrap_or_else(|| panic!("sent elsewhere: {location}"))
            .to_owned()
    }

    /// A connection whose mailbox is in step.
    pub(crate) async fn connect_and_sync(&self, browser: &mut Browser) -> String {
        self.sync_for(browser, &["mail"]).await
    }

    /// The same for other features.
    pub(crate) async fn sync_for(&self, browser: &mut Browser, features: &[&str]) -> String {
        let id = self.connect_for(browser, features).await;
        for _ in 0..600 {
            let connection = browser
                .get(&format!("/api/v1/connections/{id}"))
                .await
                .json();
            if connection["mailbox"]["state"] == "live" {
                return id;
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let connection = browser
            .get(&format!("/api/v1/connections/{id}"))
            .await
            .json();
        panic!("the first sync does not end: {connection:#}");
    }
}

/// A browser that keeps its cookies.
#[derive(Clone)]
pub(crate) struct Browser {
    router: Router,
    /// Cookies by name.
    pub(crate) jar: BTreeMap<String, String>,
}

impl Browser {
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path).body(Body::empty()).unwrap())
            .await
    }

    pub(crate) async fn post(&mut self, path: &str, body: Value) -> Answer {
        self.write(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn post_empty(&mut self, path: &str) -> Answer {
        self.write(Method::POST, path, None).await
    }

    pub(crate) async fn write(
        &mut self,
        method: Method,
        path: &str,
        body: Option<Value>,
    ) -> Answer {
        let request = self.request(method, path).header("x-tenon-request", "1");
        let request = match body {
            Some(body) => request
                .header("content-type", "application/json")
                .body(Body::from(body.to_string())),
            None => request.body(Body::empty()),
        };
        self.send(request.unwrap()).await
    }

    /// A write that names itself.
    pub(crate) async fn keyed(
        &mut self,
        method: Method,
        path: &str,
        key: &str,
        body: Value,
    ) -> Answer {
        let request = self
            .request(method, path)
            .header("x-tenon-request", "1")
            .header("idempotency-key", key)
            .header("content-type", "application/json")
            .body(Body::from(body.to_string()));
        self.send(request.unwrap()).await
    }

    /// A request with host and cookie.
    pub(crate) fn request(&self, method: Method, path: &str) -> http::request::Builder {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", HOST);
        if !self.jar.is_empty() {
            let pairs: Vec<String> = self.jar.iter().map(|(n, v)| format!("{n}={v}")).collect();
            request = request.header("cookie", pairs.join("; "));
        }
        request
    }

    pub(crate) async fn send(&mut self, request: Request<Body>) -> Answer {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = response.into_parts();
        for cookie in parts.headers.get_all(header::SET_COOKIE) {
            let pair = cookie.to_str().unwrap().split(';').next().unwrap();
            let (name, value) = pair.split_once('=').unwrap();
            if value.is_empty() {
                self.jar.remove(name);
            } else {
                self.jar.insert(name.to_owned(), value.to_owned());
            }
        }
        let body = body.collect().await.unwrap().to_bytes();
        Answer {
            status: parts.status,
            headers: parts.headers,
            body,
        }
    }
}

/// An answer, read to its end.
pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Bytes,
}

impl Answer {
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("no JSON: {}", self.text()))
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn header(&self, name: &str) -> String {
        self.headers
            .get(name)
            .map(|v| v.to_str().unwrap().to_owned())
            .unwrap_or_default()
    }

    /// It is a problem with this status and code.
    #[track_caller]
    pub(crate) fn is_problem(&self, status: u16, code: &str) {
        assert_eq!(self.status.as_u16(), status, "{}", self.text());
        assert_eq!(self.header("content-type"), "application/problem+json");
        let problem = self.json();
        assert_eq!(problem["code"], code, "{problem}");
        assert_eq!(problem["status"], status);
        assert_eq!(
            problem["request_id"].as_str().unwrap(),
            self.header("x-request-id")
        );
    }
}

/// A value whose ids, times and counters do not change between runs.
pub(crate) fn steady(mut value: Value) -> Value {
    fn walk(value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(walk),
            Value::Object(fields) => fields.values_mut().for_each(walk),
            Value::String(text) => {
                let is_id = text
                    .split_once('_')
                    .is_some_and(|(prefix, rest)| prefix.len() <= 4 && rest.len() == 26);
                let is_time =
                    text.len() >= 20 && text.ends_with('Z') && text.as_bytes()[10] == b'T';
                if is_id {
                    text.truncate(4);
                    text.push('…');
                } else if is_time {
                    "<time>".clone_into(text);
                }
            }
            _ => {}
        }
    }
    walk(&mut value);
    value
}
