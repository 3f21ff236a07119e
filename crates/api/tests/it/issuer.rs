//! An OpenID Connect issuer that can lie. The honest one, which we did not write, is npm
//! `oidc-provider` in `cargo xtask test signin`.

use std::sync::{Arc, Mutex};

use aws_lc_rs::digest::{SHA256, digest};
use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _};
use axum::Router;
use axum::extract::State;
use axum::routing::{get, post};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::HeaderMap;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde_json::{Value, json};
use tenon_connectors::openid::{OpenId, OpenIdConfig};
use tenon_model::World;
use url::Url;

use crate::support::{Answer, Browser};

/// What it says of whoever signs in, and how it lies.
#[derive(Clone)]
pub(crate) struct Say {
    pub(crate) subject: String,
    pub(crate) email: String,
    pub(crate) verified: Value,
    /// Claims to put in place of the honest ones.
    pub(crate) claims: Value,
    /// `RS256`-like header to put in place of the honest one, with no signature worth the name.
    pub(crate) unsigned: Option<&'static str>,
    /// Whether another key signs than the one that is published.
    pub(crate) foreign_key: bool,
    /// Whether its metadata promises `iss` in answers.
    pub(crate) names_itself: bool,
    /// Address only at the userinfo endpoint, for this subject.
    pub(crate) userinfo: Option<String>,
}

struct Inner {
    base: String,
    say: Mutex<Say>,
    /// PKCE challenge and nonce of the sign-in that runs.
    asked: Mutex<(String, String)>,
    /// Codes that came to the token endpoint.
    codes: Mutex<Vec<String>>,
    key: EncodingKey,
    other_key: EncodingKey,
    public: Vec<u8>,
}

/// A running issuer.
#[derive(Clone)]
pub(crate) struct Issuer {
    inner: Arc<Inner>,
    pub(crate) name: &'static str,
}

fn key() -> (EncodingKey, Vec<u8>) {
    let pair = EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).unwrap();
    let document = pair.to_pkcs8v1().unwrap();
    let public = pair.public_key().as_ref().to_vec();
    (EncodingKey::from_ec_der(document.as_ref()), public)
}

impl Issuer {
    pub(crate) async fn start(name: &'static str) -> Self {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let (key, public) = key();
        let inner = Arc::new(Inner {
            base,
            say: Mutex::new(Say {
                subject: "sub-1".into(),
                email: "bob@acme.example".into(),
                verified: json!(true),
                claims: json!({}),
                unsigned: None,
                foreign_key: false,
                names_itself: true,
                userinfo: None,
            }),
            asked: Mutex::default(),
            codes: Mutex::default(),
            key,
            other_key: self::key().0,
            public,
        });
        let router = Router::new()
            .route("/.well-known/openid-configuration", get(metadata))
            .route("/keys", get(keys))
            .route("/token", post(token))
            .route("/userinfo", get(userinfo))
            .with_state(inner.clone());
        tokio::spawn(async move { axum::serve(listener, router).await });
        Self { inner, name }
    }

    pub(crate) fn base(&self) -> &str {
        &self.inner.base
    }

    /// The client of it.
    pub(crate) fn client(&self) -> Arc<OpenId> {
        let config = OpenIdConfig {
            name: self.name.to_owned(),
            label: self.name.to_uppercase(),
            issuer: self.inner.base.clone(),
            client_id: "tenon".to_owned(),
            client_secret: "a secret & more".into(),
            metadata: None,
            hosted_domains: false,
            prompt: "login",
        };
        OpenId::new(config, World::system()).unwrap()
    }

    pub(crate) fn say(&self, change: impl FnOnce(&mut Say)) {
        change(&mut self.inner.say.lock().unwrap());
    }

    /// How many codes came to its token endpoint.
    pub(crate) fn codes(&self) -> usize {
        self.inner.codes.lock().unwrap().len()
    }

    /// Begins a sign-in in `browser`; the state that was asked with.
    pub(crate) async fn begin(&self, browser: &mut Browser, body: Value) -> String {
        let path = format!("/api/v1/sign-in/issuers/{}", self.name);
        let answer = browser.post(&path, body).await;
        self.asked(&answer)
    }

    /// Reads what a sign-in asks.
    pub(crate) fn asked(&self, answer: &Answer) -> String {
        assert_eq!(answer.status.as_u16(), 201, "{}", answer.text());
        let json = answer.json();
        let url = Url::parse(json["authorize_url"].as_str().unwrap()).unwrap();
        assert!(url.as_str().starts_with(&format!("{}/auth?", self.base())));
        let asked = |name: &str| {
            let mut pairs = url.query_pairs().filter(|(k, _)| k == name);
            let value = pairs.next().unwrap_or_else(|| panic!("no {name}")).1;
            assert!(pairs.next().is_none());
            value.into_owned()
        };
        assert_eq!(asked("code_challenge_method"), "S256");
        assert_eq!(asked("response_type"), "code");
        let redirect = format!("http://127.0.0.1:8080/oauth/callback/{}", self.name);
        assert_eq!(asked("redirect_uri"), redirect);
        *self.inner.asked.lock().unwrap() = (asked("code_challenge"), asked("nonce"));
        asked("state")
    }

    /// The address that it sends the browser back to.
    pub(crate) fn answer(&self, state: &str) -> String {
        let iss: String = url::form_urlencoded::byte_serialize(self.base().as_bytes()).collect();
        format!(
            "/oauth/callback/{}?state={state}&code=c0de&iss={iss}",
            self.name
        )
    }

    /// A whole sign-in; where the browser ends up.
    pub(crate) async fn sign_in(&self, browser: &mut Browser, body: Value) -> String {
        let state = self.begin(browser, body).await;
        let answer = browser.get(&self.answer(&state)).await;
        assert_eq!(answer.status.as_u16(), 303, "{}", answer.text());
        answer.header("location")
    }
}

async fn metadata(State(inner): State<Arc<Inner>>) -> axum::Json<Value> {
    let base = &inner.base;
    axum::Json(json!({
        "issuer": base,
        "authorization_endpoint": format!("{base}/auth"),
        "token_endpoint": format!("{base}/token"),
        "jwks_uri": format!("{base}/keys"),
        "userinfo_endpoint": format!("{base}/userinfo"),
        "authorization_response_iss_parameter_supported": inner.say.lock().unwrap().names_itself,
    }))
}

async fn keys(State(inner): State<Arc<Inner>>) -> axum::Json<Value> {
    let encode = |bytes: &[u8]| URL_SAFE_NO_PAD.encode(bytes);
    axum::Json(json!({ "keys": [
        { "kty": "oct", "kid": "odd", "k": "AAAA" },
        { "kty": "unheard-of", "kid": "odd" },
        { "kty": "EC", "crv": "P-256", "alg": "ES256", "use": "sig", "kid": "1",
          "x": encode(&inner.public[1..33]), "y": encode(&inner.public[33..]) },
    ] }))
}

async fn token(
    State(inner): State<Arc<Inner>>,
    headers: HeaderMap,
    form: String,
) -> (http::StatusCode, axum::Json<Value>) {
    let refused = || {
        let body = json!({ "error": "invalid_grant" });
        (http::StatusCode::BAD_REQUEST, axum::Json(body))
    };
    let asked: Vec<(String, String)> = url::form_urlencoded::parse(form.as_bytes())
        .into_owned()
        .collect();
    let field = |name: &str| {
        let found = asked.iter().find(|(k, _)| k == name);
        found.map(|(_, v)| v.clone()).unwrap_or_default()
    };
    inner.codes.lock().unwrap().push(field("code"));
    let (challenge, nonce) = inner.asked.lock().unwrap().clone();
    let proof = URL_SAFE_NO_PAD.encode(digest(&SHA256, field("code_verifier").as_bytes()));
    // `tenon:a+secret+%26+more`: both parts are encoded before they are joined (RFC 6749, 2.3.1).
    let client = headers["authorization"].to_str().unwrap();
    if proof != challenge || client != "Basic dGVub246YStzZWNyZXQrJTI2K21vcmU=" {
        return refused();
    }
    let say = inner.say.lock().unwrap().clone();
    let now = World::system().now().as_secs();
    let mut claims = json!({
        "iss": inner.base, "aud": "tenon", "sub": say.subject, "nonce": nonce,
        "iat": now, "exp": now + 300, "name": "Bob Builder",
    });
    if say.userinfo.is_none() {
        claims["email"] = say.email.clone().into();
        claims["email_verified"] = say.verified.clone();
    }
    for (name, value) in say.claims.as_object().unwrap() {
        claims[name] = value.clone();
    }
    let id_token = if let Some(header) = say.unsigned {
        let encode = |text: &str| URL_SAFE_NO_PAD.encode(text);
        format!("{}.{}.", encode(header), encode(&claims.to_string()))
    } else {
        let header = Header {
            kid: Some("1".to_owned()),
            ..Header::new(Algorithm::ES256)
        };
        let key = if say.foreign_key {
            &inner.other_key
        } else {
            &inner.key
        };
        jsonwebtoken::encode(&header, &claims, key).unwrap()
    };
    let body = json!({ "access_token": "at", "token_type": "Bearer", "id_token": id_token });
    (http::StatusCode::OK, axum::Json(body))
}

async fn userinfo(State(inner): State<Arc<Inner>>) -> axum::Json<Value> {
    let say = inner.say.lock().unwrap().clone();
    let subject = say.userinfo.unwrap_or_default();
    axum::Json(json!({ "sub": subject, "email": say.email, "email_verified": say.verified }))
}
