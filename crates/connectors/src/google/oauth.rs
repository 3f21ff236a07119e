//! Google's OAuth 2.0 for web servers (<https://developers.google.com/identity/protocols/oauth2/web-server>):
//! authorization code with PKCE, refresh, revocation. One grant per account, shared by all
//! features (`include_granted_scopes`), and always with a refresh token (fault A8).

use std::time::Duration;

use async_trait::async_trait;
use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use bytes::Bytes;
use reqwest::Method;
use secrecy::{ExposeSecret, SecretString};
use tenon_model::Time;
use url::Url;
use url::form_urlencoded::Serializer;

use super::operation::Operation;
use super::{Google, errors, wire};
use crate::ports::{AuthorizeRequest, GrantPort, PickRequest, Result, Revoked, Subject, Tokens};
use crate::transport::{Answer, Call};
use crate::{ProviderError, Reaction};

/// Life of an access token when the answer does not say; Google's own live for an hour.
const DEFAULT_LIFE: i64 = 1_800;

/// Longer lives are not believed.
const MAX_LIFE: i64 = 24 * 3600;

#[async_trait]
impl GrantPort for Google {
    fn authorize_url(&self, request: &AuthorizeRequest) -> Result<Url> {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, request.verifier.as_bytes()));
        let mut url = self.config.endpoints.auth_url.clone();
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", &self.config.client_id)
                .append_pair("redirect_uri", &request.redirect_uri)
                .append_pair("scope", &request.scopes.join(" "))
                .append_pair("state", &request.state)
                .append_pair("nonce", &request.nonce)
                .append_pair("code_challenge", &challenge)
                .append_pair("code_challenge_method", "S256")
                .append_pair("access_type", "offline")
                .append_pair("prompt", "consent")
                .append_pair("include_granted_scopes", "true");
            if let Some(hint) = &request.login_hint {
                query.append_pair("login_hint", hint);
            }
        }
        Ok(url)
    }

    /// <https://developers.google.com/workspace/drive/picker/guides/desktop-mobile-picker>. The page opens for this one
    /// scope only. `online`: a refresh token is not wanted, and each new one would push out an older one of the same
    /// account (fault A3), in the end that of the connection.
    fn pick_url(&self, request: &PickRequest) -> Result<Url> {
        let challenge = URL_SAFE_NO_PAD.encode(digest(&SHA256, request.verifier.as_bytes()));
        let mut url = self.config.endpoints.auth_url.clone();
        {
            let mut query = url.query_pairs_mut();
            query
                .append_pair("response_type", "code")
                .append_pair("client_id", &self.config.client_id)
                .append_pair("redirect_uri", &request.redirect_uri)
                .append_pair("scope", "https://www.googleapis.com/auth/drive.file")
                .append_pair("state", &request.state)
                .append_pair("code_challenge", &challenge)
                .append_pair("code_challenge_method", "S256")
                .append_pair("access_type", "online")
                .append_pair("prompt", "consent")
                .append_pair("include_granted_scopes", "false")
                .append_pair("trigger_onepick", "true")
                .append_pair("allow_multiple", "true");
            if let Some(hint) = &request.login_hint {
                query.append_pair("login_hint", hint);
            }
        }
        Ok(url)
    }

    async fn exchange_pick(
        &self,
        code: &str,
        verifier: &str,
        redirect_uri: &str,
    ) -> Result<Tokens> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", redirect_uri),
        ];
        let answer = self.ask_token(Operation::Exchange, &form).await?;
        Ok(self.tokens(&read_token(Operation::Exchange, &answer)?))
    }

    async fn exchange(
        &self,
        code: &str,
        verifier: &str,
        nonce: &str,
        redirect_uri: &str,
    ) -> Result<(Tokens, Subject)> {
        let form = [
            ("grant_type", "authorization_code"),
            ("code", code),
            ("code_verifier", verifier),
            ("redirect_uri", redirect_uri),
        ];
        let answer = self.ask_token(Operation::Exchange, &form).await?;
        let token = read_token(Operation::Exchange, &answer)?;
        // The moment by Google's clock: ours may be wrong (fault A22).
        let now = answer
            .head
            .provider_time
            .unwrap_or_else(|| self.world.now());
        let subject = self
            .identity
            .verify(self, &token.identity, nonce, now)
            .await?;
        Ok((self.tokens(&token), subject))
    }

    async fn refresh(&self, refresh: &SecretString) -> Result<Tokens> {
        let form = [
            ("grant_type", "refresh_token"),
            ("refresh_token", refresh.expose_secret()),
        ];
        let answer = self.ask_token(Operation::Refresh, &form).await?;
        Ok(self.tokens(&read_token(Operation::Refresh, &answer)?))
    }

    async fn revoke(&self, token: &SecretString) -> Result<Revoked> {
        let body = form(&[("token", token.expose_secret())]);
        let url = self.config.endpoints.revoke_url.clone();
        match self
            .ask(Operation::Revoke, Method::POST, url, Some(body))
            .await
        {
            Ok(_) => Ok(Revoked::Now),
            Err(error) if error.reaction == Reaction::Done => Ok(Revoked::Already), // A11
            Err(error) => Err(error),
        }
    }

    fn grants_page(&self) -> &'static str {
        "https://myaccount.google.com/connections"
    }
}

impl Google {
    async fn ask_token(&self, operation: Operation, pairs: &[(&str, &str)]) -> Result<Answer> {
        let mut pairs = pairs.to_vec();
        pairs.push(("client_id", &self.config.client_id));
        pairs.push(("client_secret", self.config.client_secret.expose_secret()));
        let url = self.config.endpoints.token_url.clone();
        let answer = self
            .ask(operation, Method::POST, url, Some(form(&pairs)))
            .await?;
        if answer.head.is_json() {
            Ok(answer)
        } else {
            Err(odd(operation, &answer, "not_json")) // A20, N4
        }
    }

    /// A call without an account: OAuth endpoints and signing keys.
    pub(super) async fn ask(
        &self,
        operation: Operation,
        method: Method,
        url: Url,
        form: Option<Bytes>,
    ) -> Result<Answer> {
        let call = Call {
            operation: operation.name(),
            method,
            url,
            bearer: None,
            body: form.map(|bytes| ("application/x-www-form-urlencoded".to_owned(), bytes)),
            deadline: operation.deadline(),
            max_body: operation.max_body(),
            units: 0,
        };
        let answer = self.transport.call(call).await.map_err(|mut error| {
            if error.reaction == Reaction::Skip {
                error.reaction = Reaction::Retry(Duration::from_mins(1)); // too large: A20
            }
            error
        })?;
        if answer.head.is_success() {
            return Ok(answer);
        }
        let verdict = errors::judge(operation, &answer.head, &answer.body, self.world.now());
        tracing::info!(
            operation = operation.name(),
            row = verdict.row,
            status = answer.head.status,
            code = verdict.error.code,
            "Google refused"
        );
        Err(verdict.error)
    }

    fn tokens(&self, token: &wire::Token<'_>) -> Tokens {
        let life = token
            .expires_in
            .0
            .unwrap_or(DEFAULT_LIFE)
            .clamp(1, MAX_LIFE);
        let secret = |text: &str| (!text.is_empty()).then(|| SecretString::from(text.to_owned()));
        let scopes: Vec<String> = token.scope.split_whitespace().map(str::to_owned).collect();
        Tokens {
            access: SecretString::from(token.access.to_string()),
            expires_at: self.world.now() + Duration::from_secs(life as u64),
            refresh: secret(&token.refresh),
            scopes: Some(scopes).filter(|s| !s.is_empty()),
        }
    }
}

fn form(pairs: &[(&str, &str)]) -> Bytes {
    Serializer::new(String::new())
        .extend_pairs(pairs)
        .finish()
        .into()
}

fn read_token(operation: Operation, answer: &Answer) -> Result<wire::Token<'_>> {
    wire::read::<wire::Token<'_>>(&answer.body)
        .filter(|t| !t.access.is_empty())
        .ok_or_else(|| odd(operation, answer, "answer_cut"))
}

fn odd(operation: Operation, answer: &Answer, code: &'static str) -> ProviderError {
    ProviderError {
        status: Some(answer.head.status),
        provider_time: answer.head.provider_time,
        ..ProviderError::passing(operation.name(), code)
    }
}

/// Compares moments with what clocks may differ by.
pub(super) fn expired(expires: i64, now: Time) -> bool {
    const SKEW: i64 = 60;
    expires.saturating_add(SKEW) < now.as_secs()
}
