//! Sign-in at any OpenID Connect issuer (OpenID Connect Core 1.0, Discovery 1.0): authorization code
//! with PKCE, state and nonce, and the answer's issuer (RFC 9207).
//!
//! Unlike a connection, a sign-in keeps no token: what comes of it is an [`Identity`], once.

mod discovery;
mod id_token;

use std::sync::Arc;
use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretString};
use serde::Deserialize;
use serde_json::Value;
use tenon_model::World;
use url::Url;
use url::form_urlencoded::Serializer;

use discovery::Discovery;
pub use discovery::Metadata;
use id_token::{Expected, SigningKeys};

use crate::transport::{Answer, Call, Reach, Transport};
use crate::{ProviderError, Reaction};

/// Deadline of each call: a person waits.
const DEADLINE: Duration = Duration::from_secs(10);
/// No metadata, key set or token answer is larger.
const MOST: usize = 256 * 1024;

/// An issuer as the operator has set it up.
#[derive(Debug, Clone)]
pub struct OpenIdConfig {
    /// Its name in addresses and settings, in lower case.
    pub name: String,
    /// Its name for people.
    pub label: String,
    /// Issuer identifier, exactly as the issuer writes it.
    pub issuer: String,
    /// Client id.
    pub client_id: String,
    /// Client secret.
    pub client_secret: SecretString,
    /// Its endpoints, for an issuer that is not asked for them.
    pub metadata: Option<Metadata>,
    /// Whether `email_verified` says nothing about who runs the address's domain, and `hd` has to
    /// (Google: <https://developers.google.com/identity/openid-connect/openid-connect#obtainuserinfo>).
    pub hosted_domains: bool,
    /// `prompt` that makes it ask its person again: `login` (Core 1.0, 3.1.2.1). Google knows only
    /// `none`, `consent` and `select_account`.
    pub prompt: &'static str,
}

/// Where a sign-in begins.
#[derive(Debug, Clone)]
pub struct SignInRequest {
    /// `state`.
    pub state: String,
    /// `nonce`.
    pub nonce: String,
    /// PKCE verifier.
    pub verifier: String,
    /// Where the issuer sends the browser back to.
    pub redirect_uri: String,
    /// Whether the person is to sign in there once more, though they have signed in there already.
    pub anew: bool,
}

/// Who the issuer says it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// `sub`: never given to anybody else.
    pub subject: String,
    /// Address, lower-cased; empty when the issuer tells none.
    pub email: String,
    /// Whether the issuer knows that the address is the person's.
    pub email_verified: bool,
    /// Whether the issuer vouches for the address's domain too.
    pub domain_verified: bool,
    /// Name; may be empty.
    pub name: String,
    /// How long ago the person signed in there, by the issuer's clock (`auth_time`); `None` when it
    /// does not tell.
    pub signed_in_ago: Option<Duration>,
}

/// One issuer.
pub struct OpenId {
    config: OpenIdConfig,
    world: World,
    transport: Arc<Transport>,
    discovery: Discovery,
    keys: SigningKeys,
}

type Result<T> = std::result::Result<T, ProviderError>;

impl OpenId {
    /// Builds it; refuses addresses in clear off loopback. Nothing is asked yet: an issuer that does
    /// not answer at a start does not keep the server from starting.
    pub fn new(config: OpenIdConfig, world: World) -> Result<Arc<Self>> {
        let issuer = Url::parse(&config.issuer).map_err(|_| {
            ProviderError::new("openid.issuer", "issuer_malformed", Reaction::Alarm)
        })?;
        let mut configured = vec![issuer];
        if let Some(known) = &config.metadata {
            configured.extend([
                known.authorization_endpoint.clone(),
                known.token_endpoint.clone(),
                known.jwks_uri.clone(),
            ]);
            configured.extend(known.userinfo_endpoint.clone());
        }
        let reach = Reach {
            // The issuer's metadata may name other hosts, which then have to be public ones.
            public: config.metadata.is_none(),
            configured,
        };
        Ok(Arc::new(Self {
            transport: Transport::new(&reach, world.clone())?,
            discovery: Discovery::default(),
            keys: SigningKeys::default(),
            config,
            world,
        }))
    }

    /// Its name in addresses.
    pub fn name(&self) -> &str {
        &self.config.name
    }

    /// Its name for people.
    pub fn label(&self) -> &str {
        &self.config.label
    }

    /// Its identifier.
    pub fn issuer(&self) -> &str {
        &self.config.issuer
    }

    /// The issuer's sign-in page.
    pub async fn authorize_url(&self, request: &SignInRequest) -> Result<Url> {
        let metadata = self.metadata().await?;
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, request.verifier.as_bytes()));
        let mut url = metadata.authorization_endpoint.clone();
        url.query_pairs_mut()
            .append_pair("response_type", "code")
            .append_pair("client_id", &self.config.client_id)
            .append_pair("redirect_uri", &request.redirect_uri)
            .append_pair("scope", "openid email profile")
            .append_pair("state", &request.state)
            .append_pair("nonce", &request.nonce)
            .append_pair("code_challenge", &challenge)
            .append_pair("code_challenge_method", "S256");
        if request.anew {
            // With `max_age` the id token has to tell when the person signed in.
            url.query_pairs_mut()
                .append_pair("prompt", self.config.prompt)
                .append_pair("max_age", "0");
        }
        Ok(url)
    }

    /// Whether an answer that says it comes from `iss` may be this issuer's (RFC 9207, 2.4). Asked
    /// before the code goes anywhere.
    pub async fn is_answer_of(&self, iss: Option<&str>) -> Result<bool> {
        match iss {
            Some(iss) => Ok(iss == self.config.issuer),
            None => Ok(!self.metadata().await?.answers_name_the_issuer),
        }
    }

    /// Changes the code for who it is.
    pub async fn identify(
        &self,
        code: &str,
        verifier: &str,
        nonce: &str,
        redirect_uri: &str,
    ) -> Result<Identity> {
        let metadata = self.metadata().await?;
        let answer = self
            .exchange(&metadata, code, verifier, redirect_uri)
            .await?;
        let tokens: Tokens = serde_json::from_slice(&answer.body)
            .map_err(|_| ProviderError::passing(TOKEN, "not_json"))?;
        let expected = Expected {
            issuer: &self.config.issuer,
            client_id: &self.config.client_id,
            nonce,
            // The moment by the issuer's clock: ours may be wrong.
            now: answer
                .head
                .provider_time
                .unwrap_or_else(|| self.world.now()),
        };
        let mut claims = self
            .keys
            .verify(self, &metadata, &tokens.id_token, &expected)
            .await?;
        // Many issuers tell the address only here (Core 1.0, 5.4).
        if let (None, Some(url)) = (claims.email(), &metadata.userinfo_endpoint) {
            let more = self
                .user_info(url.clone(), &tokens.access_token.into())
                .await?;
            claims = claims.completed(&more)?;
        }
        Ok(Identity {
            signed_in_ago: claims.signed_in_at().map(|at| expected.now.since(at)),
            ..claims.identity(self.config.hosted_domains)
        })
    }

    async fn exchange(
        &self,
        metadata: &Metadata,
        code: &str,
        verifier: &str,
        redirect_uri: &str,
    ) -> Result<Answer> {
        let (id, secret) = (&self.config.client_id, &self.config.client_secret);
        let mut pairs = vec![
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", redirect_uri),
        ];
        if !metadata.takes_basic {
            pairs.push(("client_id", id));
            pairs.push(("client_secret", secret.expose_secret()));
        }
        let form = Serializer::new(String::new()).extend_pairs(pairs).finish();
        let call = Call {
            body: Some(("application/x-www-form-urlencoded".to_owned(), form.into())),
            method: Method::POST,
            ..call(TOKEN, metadata.token_endpoint.clone())
        };
        let client = metadata.takes_basic.then_some((id.as_str(), secret));
        json(self.transport.call_as(call, client).await?, TOKEN)
    }

    async fn user_info(&self, url: Url, token: &SecretString) -> Result<Value> {
        let call = Call {
            bearer: Some(token),
            ..call(USER_INFO, url)
        };
        let answer = json(self.transport.call(call).await?, USER_INFO)?;
        serde_json::from_slice(&answer.body)
            .map_err(|_| ProviderError::passing(USER_INFO, "not_json"))
    }

    /// The endpoints, asked for once an hour.
    async fn metadata(&self) -> Result<Arc<Metadata>> {
        if let Some(known) = &self.config.metadata {
            return Ok(Arc::new(known.clone()));
        }
        self.discovery.get(self).await
    }

    async fn get(&self, operation: &'static str, url: Url) -> Result<Bytes> {
        let answer = self.transport.call(call(operation, url)).await?;
        Ok(json(answer, operation)?.body)
    }
}

const TOKEN: &str = "openid.token";
const USER_INFO: &str = "openid.userinfo";

#[derive(Deserialize)]
struct Tokens {
    id_token: String,
    access_token: String,
}

const fn call(operation: &'static str, url: Url) -> Call<'static> {
    Call {
        operation,
        method: Method::GET,
        url,
        bearer: None,
        body: None,
        deadline: DEADLINE,
        max_body: MOST,
        units: 0,
    }
}

/// An answer of success in JSON (`userinfo` may come signed, which nobody asked for), or why not.
fn json(answer: Answer, operation: &'static str) -> Result<Answer> {
    let status = answer.head.status;
    let failed = |code: &'static str, reaction| ProviderError {
        status: Some(status),
        provider_time: answer.head.provider_time,
        ..ProviderError::new(operation, code, reaction)
    };
    match status {
        200..300 if answer.head.is_json() => Ok(answer),
        429 | 500.. => Err(failed(
            "unavailable",
            Reaction::Retry(Duration::from_secs(5)),
        )),
        // The code is wrong, used, or not ours; or our secret is.
        400..500 => Err(failed("refused", Reaction::Stop)),
        _ => Err(failed("not_json", Reaction::Retry(Duration::from_secs(5)))),
    }
}
