//! Pushes: Gmail publishes to a Pub/Sub topic, Pub/Sub posts to us with a token it has signed
//! (<https://developers.google.com/workspace/gmail/api/guides/push>,
//! <https://cloud.google.com/pubsub/docs/authenticate-push-subscriptions>).

use std::fmt;
use std::time::Duration;

use jsonwebtoken::Algorithm;
use serde::Deserialize;
use serde_json::Value;
use tenon_model::Time;
use tenon_model::mail::Cursor;
use tenon_model::sabotage::{self, Saboteur};

use super::Google;
use super::header::clean;
use super::identity::{is_google, is_issuer};
use super::lenient_base64::Decoder;
use super::oauth::expired;
use crate::ProviderError;

/// Keys younger than this are taken for all there are: anybody can send us tokens with invented key
/// ids, and none of them may make us ask Google.
const SETTLE: Duration = Duration::from_secs(30);

/// How far ahead a token may be issued by a clock that differs from ours.
const AHEAD: i64 = 300;

/// Longer tokens are not looked at; Google's have about a thousand characters.
const LONGEST: usize = 8 * 1024;

/// Who may push, and to which address: what the operator gave Pub/Sub for the subscription.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PushIdentity {
    /// `aud`: by default the address that is posted to.
    pub audience: String,
    /// The service account of the subscription; its address is not personal data.
    pub account: String,
}

/// Why a push is not believed (policy check W1).
#[derive(Debug)]
pub enum PushRefused {
    /// No token, or one that Google has not signed or that is over: a stable code.
    Unproven(&'static str),
    /// Google has signed it, but for somebody else: a stable code.
    Foreign(&'static str),
    /// Google's keys cannot be had now, so nobody can tell.
    Unknown(ProviderError),
}

impl PushRefused {
    /// The code, for the log.
    pub fn code(&self) -> &str {
        match self {
            Self::Unproven(code) | Self::Foreign(code) => code,
            Self::Unknown(error) => &error.code,
        }
    }
}

/// What a push says. Its address is personal data, so `Debug` shows none.
#[derive(Clone, PartialEq, Eq)]
pub struct PushNotice {
    /// Whose mailbox changed.
    pub address: String,
    /// Up to where, if it says so.
    pub cursor: Option<Cursor>,
}

impl fmt::Debug for PushNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PushNotice").finish_non_exhaustive()
    }
}

#[derive(Deserialize)]
struct Claims {
    #[serde(default)]
    iss: Value,
    #[serde(default)]
    aud: Value,
    #[serde(default)]
    email: Value,
    #[serde(default)]
    email_verified: Value,
    #[serde(default)]
    exp: Value,
    #[serde(default)]
    iat: Value,
}

impl Google {
    /// Whether a push's token is Google's, alive, for this very subscription.
    pub async fn verify_push(&self, token: &str, who: &PushIdentity) -> Result<(), PushRefused> {
        if token.is_empty() || token.len() > LONGEST {
            return Err(PushRefused::Unproven("token_missing"));
        }
        let header = jsonwebtoken::decode_header(token)
            .map_err(|_| PushRefused::Unproven("token_malformed"))?;
        if header.alg != Algorithm::RS256 {
            return Err(PushRefused::Unproven("token_algorithm"));
        }
        let kid = header
            .kid
            .as_deref()
            .ok_or(PushRefused::Unproven("token_key"))?;
        let claims: Claims = self
            .identity
            .keys()
            .claims(self, token, Some(kid), SETTLE)
            .await
            .map_err(PushRefused::Unknown)?
            .ok_or(PushRefused::Unproven("token_signature"))?;
        // By Google's clock, as far as its answers have told: ours may be wrong (fault A22).
        let skew = self.clock_skew().unwrap_or(0);
        let now = Time::from_secs(self.world.now().as_secs().saturating_add(skew));
        claims.check(&self.config.endpoints.issuer, who, now)
    }
}

impl Claims {
    fn check(&self, issuer: &str, who: &PushIdentity, now: Time) -> Result<(), PushRefused> {
        let number = |value: &Value| value.as_i64().or_else(|| value.as_f64().map(|f| f as i64));
        let said = self.iss.as_str().unwrap_or_default();
        if !(is_issuer(said, issuer) || is_google(issuer) && is_google(said)) {
            return Err(PushRefused::Unproven("token_issuer"));
        }
        if number(&self.exp).is_none_or(|e| expired(e, now)) {
            return Err(PushRefused::Unproven("token_expired"));
        }
        if number(&self.iat).is_none_or(|i| i > now.as_secs().saturating_add(AHEAD)) {
            return Err(PushRefused::Unproven("token_not_yet"));
        }
        // Anybody can have Google sign a token; only these two say that it was meant for us.
        if self.aud.as_str() != Some(&who.audience)
            && !sabotage::on(Saboteur::PushAudienceUnchecked)
        {
            return Err(PushRefused::Foreign("token_audience"));
        }
        if (self.email.as_str() != Some(&who.account) || self.email_verified != true)
            && !sabotage::on(Saboteur::PushAccountUnchecked)
        {
            return Err(PushRefused::Foreign("token_account"));
        }
        Ok(())
    }
}

/// Reads the envelope that Pub/Sub posts, and Gmail's message in it; `None` when it is neither.
pub fn read_push(body: &[u8]) -> Option<PushNotice> {
    #[derive(Deserialize)]
    struct Envelope {
        message: Message,
    }
    #[derive(Deserialize)]
    struct Message {
        data: String,
    }
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Data {
        email_address: String,
        #[serde(default)]
        history_id: Value,
    }
    let envelope: Envelope = serde_json::from_slice(body).ok()?;
    let (mut decoder, mut data) = (Decoder::default(), Vec::new());
    decoder.decode(envelope.message.data.as_bytes(), &mut data);
    decoder.finish(&mut data);
    let data: Data = serde_json::from_slice(&data).ok()?;
    let address = clean(&data.email_address);
    let cursor = match data.history_id {
        Value::String(text) => Some(text),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    };
    let is_id =
        |id: &String| !id.is_empty() && id.len() <= 24 && id.bytes().all(|b| b.is_ascii_digit());
    (!address.is_empty() && address.len() <= 320).then(|| PushNotice {
        address,
        cursor: cursor.filter(is_id).map(Cursor),
    })
}

/// Whether one place in a mailbox's history comes after another; no when they cannot be compared.
pub fn is_later(one: &Cursor, other: &Cursor) -> bool {
    let number = |cursor: &Cursor| cursor.0.parse::<u128>().ok();
    number(one)
        .zip(number(other))
        .is_some_and(|(one, other)| one > other)
}

#[cfg(test)]
mod tests {
    use base64::Engine as _;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
    use serde_json::json;

    use super::*;

    fn envelope(data: &str) -> Vec<u8> {
        json!({"message": {"data": data, "messageId": "1"}, "subscription": "projects/p/subscriptions/s"})
            .to_string()
            .into_bytes()
    }

    #[test]
    fn the_envelope_is_read_in_both_alphabets_and_both_kinds_of_number() {
        for (data, cursor) in [
            (
                r#"{"emailAddress":"a?b>@x.example","historyId":9876543210}"#,
                Some("9876543210"),
            ),
            (
                r#"{"emailAddress":"a?b>@x.example","historyId":"18446744073709551616"}"#,
                Some("18446744073709551616"),
            ),
            (r#"{"emailAddress":"a?b>@x.example"}"#, None),
            (r#"{"emailAddress":"a?b>@x.example","historyId":"x"}"#, None),
        ] {
            for encoded in [STANDARD.encode(data), URL_SAFE_NO_PAD.encode(data)] {
                let notice = read_push(&envelope(&encoded)).unwrap();
                assert_eq!(notice.address, "a?b>@x.example");
                assert_eq!(notice.cursor.map(|c| c.0).as_deref(), cursor);
            }
        }
    }

    #[test]
    fn garbage_is_nothing() {
        let of = |text: &str| read_push(text.as_bytes());
        assert!(of("").is_none() && of("{").is_none() && of("[]").is_none());
        assert!(of(r#"{"message":{}}"#).is_none() && of(r#"{"message":{"data":7}}"#).is_none());
        assert!(read_push(&envelope("not base64!")).is_none());
        assert!(read_push(&envelope(&STANDARD.encode(r#"{"emailAddress":""}"#))).is_none());
        let long = format!(r#"{{"emailAddress":"{}"}}"#, "a".repeat(400));
        assert!(read_push(&envelope(&STANDARD.encode(long))).is_none());
    }

    #[test]
    fn w1_every_claim_counts() {
        let who = PushIdentity {
            audience: "https://crm.example/hooks/google/pubsub".into(),
            account: "push@p.iam.gserviceaccount.com".into(),
        };
        let good = json!({
            "iss": "https://accounts.google.com", "aud": who.audience, "email": who.account,
            "email_verified": true, "exp": 1_000, "iat": 100, "sub": "1", "azp": "1",
        });
        let check = |claims: &Value| {
            let claims: Claims = serde_json::from_value(claims.clone()).unwrap();
            claims
                .check("https://accounts.google.com", &who, Time::from_secs(900))
                .map_err(|e| e.code().to_owned())
        };
        assert_eq!(check(&good), Ok(()));
        for (key, value, wanted) in [
            ("iss", json!("https://evil.example"), "token_issuer"),
            (
                "iss",
                json!(["https://accounts.google.com"]),
                "token_issuer",
            ),
            ("iss", json!(null), "token_issuer"),
            ("aud", json!("https://crm.example/"), "token_audience"),
            (
                "aud",
                json!("https://crm.example/hooks/google/pubsub/"),
                "token_audience",
            ),
            (
                "aud",
                json!("http://crm.example/hooks/google/pubsub"),
                "token_audience",
            ),
            ("aud", json!([who.audience, "x"]), "token_audience"),
            ("aud", json!(null), "token_audience"),
            (
                "email",
                json!("push@other.iam.gserviceaccount.com"),
                "token_account",
            ),
            (
                "email",
                json!("PUSH@p.iam.gserviceaccount.com"),
                "token_account",
            ),
            ("email", json!(""), "token_account"),
            ("email", json!(null), "token_account"),
            ("email_verified", json!(false), "token_account"),
            ("email_verified", json!("true"), "token_account"),
            ("email_verified", json!(null), "token_account"),
            ("exp", json!(839), "token_expired"),
            ("exp", json!("1000"), "token_expired"),
            ("exp", json!(null), "token_expired"),
            ("exp", json!(-1), "token_expired"),
            ("iat", json!(1_201), "token_not_yet"),
            ("iat", json!(null), "token_not_yet"),
        ] {
            let mut claims = good.clone();
            claims[key] = value.clone();
            assert_eq!(check(&claims), Err(wanted.to_owned()), "{key} {value}");
            claims.as_object_mut().unwrap().remove(key);
            assert!(check(&claims).is_err(), "without {key}");
        }
    }

    #[test]
    fn places_are_compared_as_numbers() {
        let c = |text: &str| Cursor(text.into());
        assert!(is_later(&c("10"), &c("9")));
        assert!(!is_later(&c("9"), &c("10")) && !is_later(&c("9"), &c("9")));
        assert!(!is_later(&c("opaque"), &c("9")));
    }
}
