//! Id tokens: the signature by the issuer's keys, and every claim (OpenID Connect Core 1.0, 3.1.3.7).

use std::time::Duration;

use jsonwebtoken::jwk::{Jwk, JwkSet};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::Value;
use tenon_model::Time;
use tenon_model::sabotage::{self, Saboteur};
use tokio::sync::Mutex;

use super::{Identity, Metadata, OpenId, Result};
use crate::{ProviderError, Reaction};

const OPERATION: &str = "openid.id_token";
const KEYS: &str = "openid.keys";
/// Keys are fetched anew after this long; a key that is not known is looked for at once.
const KEYS_LIVE: Duration = Duration::from_hours(6);
/// What clocks may differ by, in seconds.
const SKEW: i64 = 60;

/// Signatures by a public key. `none` is not among them, nor HMAC, whose key would be a secret that
/// both sides know.
const ALGORITHMS: &[Algorithm] = &[
    Algorithm::RS256,
    Algorithm::RS384,
    Algorithm::RS512,
    Algorithm::PS256,
    Algorithm::PS384,
    Algorithm::PS512,
    Algorithm::ES256,
    Algorithm::ES384,
    Algorithm::EdDSA,
];

/// What a token has to say.
pub(super) struct Expected<'a> {
    pub(super) issuer: &'a str,
    pub(super) client_id: &'a str,
    pub(super) nonce: &'a str,
    pub(super) now: Time,
}

/// Claims that have been verified.
#[derive(Debug)]
pub(super) struct Claims(Value);

/// Remembers the issuer's keys.
#[derive(Default)]
pub(super) struct SigningKeys {
    keys: Mutex<Option<(JwkSet, Duration)>>,
}

impl SigningKeys {
    pub(super) async fn verify(
        &self,
        openid: &OpenId,
        metadata: &Metadata,
        token: &str,
        expected: &Expected<'_>,
    ) -> Result<Claims> {
        let header = jsonwebtoken::decode_header(token).map_err(|_| bad("id_token_malformed"))?;
        if !ALGORITHMS.contains(&header.alg) {
            return Err(bad("id_token_algorithm"));
        }
        let mut keys = self.keys.lock().await;
        let now = openid.world.monotonic();
        let mut fresh = false;
        loop {
            if let Some((set, at)) = &*keys
                && (fresh || now <= *at + KEYS_LIVE)
                && let Some(claims) = signed(token, header.kid.as_deref(), header.alg, set)
            {
                return check(claims, expected);
            }
            if fresh {
                return Err(bad("id_token_signature"));
            }
            // An unknown key: they rotate. Once.
            let body = openid.get(KEYS, metadata.jwks_uri.clone()).await?;
            *keys = Some((read_keys(&body)?, now));
            fresh = true;
        }
    }
}

/// Keys of kinds that we do not know are passed over.
fn read_keys(body: &[u8]) -> Result<JwkSet> {
    let set: Value =
        serde_json::from_slice(body).map_err(|_| ProviderError::passing(KEYS, "not_json"))?;
    let keys = set["keys"].as_array().cloned().unwrap_or_default();
    Ok(JwkSet {
        keys: keys
            .into_iter()
            .filter_map(|k| serde_json::from_value(k).ok())
            .collect(),
    })
}

/// The claims, if one of the keys signed them.
fn signed(token: &str, kid: Option<&str>, algorithm: Algorithm, set: &JwkSet) -> Option<Value> {
    let named = |key: &&Jwk| kid.is_none() || key.common.key_id.as_deref() == kid;
    // The library would ask the machine's clock; ours are checked below, all of them.
    let mut rules = Validation::new(algorithm);
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    set.keys.iter().filter(named).find_map(|key| {
        let key = DecodingKey::from_jwk(key).ok()?;
        let token = jsonwebtoken::decode::<Value>(token, &key, &rules).ok()?;
        Some(token.claims)
    })
}

fn check(claims: Value, expected: &Expected<'_>) -> Result<Claims> {
    if claims["iss"] != expected.issuer {
        return Err(bad("id_token_issuer"));
    }
    let (us, azp) = (expected.client_id, &claims["azp"]);
    let for_us = match &claims["aud"] {
        Value::String(one) => one == us,
        // With several audiences the authorized party must be us.
        Value::Array(many) => many.iter().any(|a| a == us) && (many.len() == 1 || azp == us),
        _ => false,
    };
    if (!for_us || !(azp.is_null() || azp == us)) && !sabotage::on(Saboteur::TokenAudienceUnchecked)
    {
        return Err(bad("id_token_audience"));
    }
    let seconds = |name| seconds(&claims, name);
    let now = expected.now.as_secs();
    if seconds("exp").is_none_or(|e| e.saturating_add(SKEW) < now) {
        return Err(bad("id_token_expired"));
    }
    if [seconds("iat"), seconds("nbf")]
        .into_iter()
        .flatten()
        .any(|t| t.saturating_sub(SKEW) > now)
    {
        return Err(bad("id_token_not_yet"));
    }
    if claims["nonce"] != expected.nonce && !sabotage::on(Saboteur::NonceUnchecked) {
        return Err(bad("id_token_nonce"));
    }
    let subject = claims["sub"].as_str().unwrap_or_default();
    if subject.is_empty() || subject.len() > 255 {
        return Err(bad("id_token_subject"));
    }
    Ok(Claims(claims))
}

/// A claim that is a moment (RFC 7519, 2: it may have a fraction).
fn seconds(claims: &Value, name: &str) -> Option<i64> {
    let value = &claims[name];
    value.as_i64().or_else(|| value.as_f64().map(|f| f as i64))
}

impl Claims {
    pub(super) fn email(&self) -> Option<&str> {
        self.0["email"].as_str()
    }

    /// With what the userinfo endpoint says, which must speak of the same person (5.3.2): its answer is
    /// not signed, and a mixed-up one would lend somebody another's address.
    pub(super) fn completed(mut self, more: &Value) -> Result<Self> {
        if more["sub"] != self.0["sub"] {
            return Err(bad("userinfo_subject"));
        }
        for name in ["email", "email_verified", "name"] {
            self.0[name] = more[name].clone();
        }
        Ok(self)
    }

    /// When the person signed in at the issuer.
    pub(super) fn signed_in_at(&self) -> Option<Time> {
        seconds(&self.0, "auth_time").map(Time::from_secs)
    }

    pub(super) fn identity(&self, hosted_domains: bool) -> Identity {
        let text = |name: &str| self.0[name].as_str().unwrap_or_default();
        // Taken whole or not at all: what is left of a longer one may be somebody else's.
        let sound = |email: &&str| email.len() <= 254 && !email.chars().any(char::is_control);
        let email = Some(text("email").trim()).filter(sound).unwrap_or_default();
        let email = email.to_lowercase();
        let name = text("name").chars().filter(|c| !c.is_control());
        // Some issuers write it as a text.
        let said = &self.0["email_verified"];
        let email_verified = !email.is_empty() && (said == true || said == "true");
        let hosted = text("hd").to_lowercase();
        let is_hosted = email.rsplit_once('@').is_some_and(|(_, d)| d == hosted);
        Identity {
            subject: self.0["sub"].as_str().unwrap_or_default().to_owned(),
            domain_verified: email_verified && (!hosted_domains || is_hosted),
            email_verified,
            email,
            name: name.take(254).collect(),
            signed_in_ago: None,
        }
    }
}

fn bad(code: &'static str) -> ProviderError {
    ProviderError::new(OPERATION, code, Reaction::Stop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn good() -> Value {
        json!({"iss": "https://id.example", "aud": "us", "sub": "7", "exp": 950, "iat": 900,
               "nonce": "n", "email": "Ann@Example.com", "email_verified": true})
    }

    fn checked(claims: Value) -> std::result::Result<Claims, String> {
        let expected = Expected {
            issuer: "https://id.example",
            client_id: "us",
            nonce: "n",
            now: Time::from_secs(1_000),
        };
        check(claims, &expected).map_err(|e| e.code)
    }

    #[test]
    fn u5_every_claim_counts() {
        assert!(checked(good()).is_ok());
        for (key, value, wanted) in [
            ("iss", json!("https://evil.example"), "id_token_issuer"),
            ("iss", json!("https://id.example/"), "id_token_issuer"),
            ("iss", json!(null), "id_token_issuer"),
            ("aud", json!("them"), "id_token_audience"),
            ("aud", json!(["us", "them"]), "id_token_audience"),
            ("aud", json!([]), "id_token_audience"),
            ("aud", json!(null), "id_token_audience"),
            ("azp", json!("them"), "id_token_audience"),
            ("exp", json!(939), "id_token_expired"),
            ("exp", json!("x"), "id_token_expired"),
            ("exp", json!(null), "id_token_expired"),
            ("iat", json!(1_100), "id_token_not_yet"),
            ("nbf", json!(1_100), "id_token_not_yet"),
            ("nonce", json!("m"), "id_token_nonce"),
            ("nonce", json!(null), "id_token_nonce"),
            ("sub", json!(""), "id_token_subject"),
            ("sub", json!(7), "id_token_subject"),
            ("sub", json!("x".repeat(256)), "id_token_subject"),
        ] {
            let mut claims = good();
            claims[key] = value.clone();
            let outcome = checked(claims).map(|_| ());
            assert_eq!(outcome, Err(wanted.to_owned()), "{key} {value}");
        }
        let mut several = good();
        several["aud"] = json!(["them", "us"]);
        several["azp"] = json!("us");
        assert!(checked(several).is_ok());
    }

    #[test]
    fn an_address_counts_only_when_it_is_verified() {
        let identity = checked(good()).unwrap().identity(false);
        assert_eq!(identity.email, "ann@example.com");
        assert!(identity.email_verified && identity.domain_verified);
        for said in [json!(false), json!("false"), json!(null), json!(1)] {
            let mut claims = good();
            claims["email_verified"] = said.clone();
            let identity = checked(claims).unwrap().identity(false);
            assert!(
                !identity.email_verified && !identity.domain_verified,
                "{said}"
            );
        }
        // Google verifies addresses of foreign domains too, once; only `hd` vouches for the domain.
        let mut claims = good();
        assert!(
            !checked(claims.clone())
                .unwrap()
                .identity(true)
                .domain_verified
        );
        claims["hd"] = json!("example.com");
        assert!(
            checked(claims.clone())
                .unwrap()
                .identity(true)
                .domain_verified
        );
        claims["hd"] = json!("evil.example");
        assert!(!checked(claims).unwrap().identity(true).domain_verified);
    }

    #[test]
    fn an_address_is_taken_whole_or_not_at_all() {
        let long = format!("{}@corp.com.evil.example", "a".repeat(245));
        for email in [
            long.as_str(),
            "ann@corp.com\u{0}.evil.example",
            "ann\n@corp.com",
        ] {
            let mut claims = good();
            claims["email"] = json!(email);
            let identity = checked(claims).unwrap().identity(false);
            assert_eq!(identity.email, "");
            assert!(!identity.email_verified && !identity.domain_verified);
        }
    }

    #[test]
    fn user_info_of_another_person_is_refused() {
        let more = json!({"sub": "8", "email": "boss@example.com", "email_verified": true});
        let outcome = checked(good()).unwrap().completed(&more);
        assert_eq!(
            outcome.map(|_| ()).map_err(|e| e.code),
            Err("userinfo_subject".to_owned())
        );
    }
}
