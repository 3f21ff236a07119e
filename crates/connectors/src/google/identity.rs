//! Who granted: the id token (OpenID Connect Core 1.0, 3.1.3.7).

use std::time::Duration;

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::Method;
use serde::Deserialize;
use serde_json::Value;
use tenon_model::Time;
use tenon_model::connection::AccountProfile;
use tokio::sync::Mutex;

use super::Google;
use super::header::clean;
use super::oauth::expired;
use super::operation::Operation;
use crate::ports::{Result, Subject};
use crate::{ProviderError, Reaction};

/// Keys are fetched anew after this long; Google's own answers allow five to seven hours.
const KEYS_LIVE: Duration = Duration::from_hours(6);

/// Verifies id tokens, and remembers the keys.
#[derive(Default)]
pub(crate) struct Identity {
    keys: Mutex<Option<(JwkSet, Duration)>>,
}

/// The claims that are looked at. Values, because types differ between issuers.
#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    iss: Value,
    #[serde(default)]
    aud: Value,
    #[serde(default)]
    azp: Value,
    #[serde(default)]
    sub: Value,
    #[serde(default)]
    exp: Value,
    #[serde(default)]
    nonce: Value,
    #[serde(default)]
    email: Value,
    #[serde(default)]
    name: Value,
}

impl Identity {
    /// The account that an id token speaks of, if everything about it is right.
    pub(crate) async fn verify(
        &self,
        google: &Google,
        token: &str,
        nonce: &str,
        now: Time,
    ) -> Result<Subject> {
        if token.is_empty() {
            return Err(bad("id_token_missing"));
        }
        let header = jsonwebtoken::decode_header(token).ok();
        let claims = match header {
            Some(header) if header.alg == Algorithm::RS256 => {
                self.signed_claims(google, token, header.kid.as_deref())
                    .await?
            }
            // The token came straight from the token endpoint over a connection that we trust, so
            // its signature adds nothing (3.1.3.7, item 6). That is used for issuers that sign
            // otherwise; Google itself always signs with RS256.
            Some(_) if !is_google(&google.config.endpoints.issuer) => {
                jsonwebtoken::dangerous::insecure_decode::<Claims>(token)
                    .map_err(|_| bad("id_token_malformed"))?
                    .claims
            }
            Some(_) => return Err(bad("id_token_algorithm")),
            None => return Err(bad("id_token_malformed")),
        };
        claims.check(
            &google.config.endpoints.issuer,
            &google.config.client_id,
            nonce,
            now,
        )
    }

    async fn signed_claims(
        &self,
        google: &Google,
        token: &str,
        kid: Option<&str>,
    ) -> Result<Claims> {
        let mut keys = self.keys.lock().await;
        let now = google.world.monotonic();
        let mut fresh = false;
        if keys.as_ref().is_none_or(|(_, at)| now > *at + KEYS_LIVE) {
            *keys = Some((fetch(google).await?, now));
            fresh = true;
        }
        loop {
            let set = keys.as_ref().map(|(set, _)| set);
            for key in set
                .into_iter()
                .flat_map(|s| s.keys.iter())
                .filter(|k| is_named(k, kid))
            {
                if let Some(claims) = decode(token, key) {
                    return Ok(claims);
                }
            }
            if fresh {
                return Err(bad("id_token_signature"));
            }
            // An unknown key: they rotate. Once.
            *keys = Some((fetch(google).await?, now));
            fresh = true;
        }
    }
}

pub(super) async fn fetch(google: &Google) -> Result<JwkSet> {
    let url = google.config.endpoints.jwks_url.clone();
    let answer = google.ask(Operation::Keys, Method::GET, url, None).await?;
    // Keys of kinds that we do not know are passed over.
    let set: Value = serde_json::from_slice(&answer.body)
        .map_err(|_| ProviderError::passing(Operation::Keys.name(), "not_json"))?;
    let keys = set["keys"].as_array().cloned().unwrap_or_default();
    Ok(JwkSet {
        keys: keys
            .into_iter()
            .filter_map(|k| serde_json::from_value(k).ok())
            .collect(),
    })
}

fn is_named(key: &Jwk, kid: Option<&str>) -> bool {
    kid.is_none() || key.common.key_id.as_deref() == kid
}

fn decode(token: &str, key: &Jwk) -> Option<Claims> {
    let key = DecodingKey::from_jwk(key).ok()?;
    let mut rules = Validation::new(Algorithm::RS256);
    // The library would ask the machine's clock; ours are checked below, all of them.
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    jsonwebtoken::decode::<Claims>(token, &key, &rules)
        .ok()
        .map(|d| d.claims)
}

impl Claims {
    fn check(&self, issuer: &str, client_id: &str, nonce: &str, now: Time) -> Result<Subject> {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let same = |a: &str, b: &str| a.trim_end_matches('/') == b.trim_end_matches('/');
        let said = text(&self.iss);
        // Google writes its issuer with and without the scheme.
        if !(same(&said, issuer) || is_google(issuer) && is_google(&said)) {
            return Err(bad("id_token_issuer"));
        }
        let for_us = match &self.aud {
            Value::String(one) => one == client_id,
            // With several audiences the authorized party must be us.
            Value::Array(many) => {
                many.iter().any(|a| a == client_id) && (many.len() == 1 || self.azp == client_id)
            }
            _ => false,
        };
        if !for_us {
            return Err(bad("id_token_audience"));
        }
        let expires = self
            .exp
            .as_i64()
            .or_else(|| self.exp.as_f64().map(|f| f as i64));
        if expires.is_none_or(|e| expired(e, now)) {
            return Err(bad("id_token_expired"));
        }
        if self.nonce != nonce {
            return Err(bad("id_token_nonce"));
        }
        let subject = text(&self.sub);
        if subject.is_empty() || subject.len() > 255 {
            return Err(bad("id_token_subject"));
        }
        let address = clean(&text(&self.email));
        if address.is_empty() {
            return Err(bad("id_token_without_email"));
        }
        Ok(Subject {
            subject,
            profile: AccountProfile {
                address,
                name: clean(&text(&self.name)),
                aliases: Vec::new(),
            },
        })
    }
}

fn is_google(issuer: &str) -> bool {
    matches!(
        issuer.trim_end_matches('/'),
        "https://accounts.google.com" | "accounts.google.com"
    )
}

fn bad(code: &'static str) -> ProviderError {
    ProviderError::new(Operation::Exchange.name(), code, Reaction::Stop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn check(claims: Value) -> std::result::Result<String, String> {
        let claims: Claims = serde_json::from_value(claims).unwrap();
        let subject = claims.check(
            "https://accounts.google.com",
            "us",
            "n",
            Time::from_secs(1_000),
        );
        subject.map(|s| s.subject).map_err(|e| e.code)
    }

    #[test]
    fn every_claim_counts() {
        let good = json!({"iss": "accounts.google.com", "aud": "us", "sub": "7", "exp": 950, "nonce": "n", "email": "a@b.c"});
        assert_eq!(check(good.clone()), Ok("7".to_owned()));
        for (key, value, wanted) in [
            ("iss", json!("https://evil.example"), "id_token_issuer"),
            ("aud", json!("them"), "id_token_audience"),
            ("aud", json!(["us", "them"]), "id_token_audience"),
            ("aud", json!(null), "id_token_audience"),
            ("exp", json!(939), "id_token_expired"),
            ("exp", json!("x"), "id_token_expired"),
            ("nonce", json!("m"), "id_token_nonce"),
            ("nonce", json!(null), "id_token_nonce"),
            ("sub", json!(""), "id_token_subject"),
            ("email", json!(null), "id_token_without_email"),
        ] {
            let mut claims = good.clone();
            claims[key] = value;
            assert_eq!(check(claims), Err(wanted.to_owned()), "{key}");
        }
        let mut several = good;
        several["aud"] = json!(["them", "us"]);
        several["azp"] = json!("us");
        assert!(check(several).is_ok());
    }
}
