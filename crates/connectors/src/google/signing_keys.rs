//! Google's signing keys (RFC 7517): fetched through the transport, kept, and fetched anew when they
//! are old or a token names one that is not among them.

use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use reqwest::Method;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tokio::sync::Mutex;

use super::Google;
use super::operation::Operation;
use crate::ProviderError;
use crate::ports::Result;

/// Keys are fetched anew after this long; Google's own answers allow five to seven hours.
const KEYS_LIVE: Duration = Duration::from_hours(6);

/// After a failed fetch nobody asks again for this long: a flood of pushes must not become a flood of
/// fetches.
const AFTER_FAILURE: Duration = Duration::from_secs(5);

/// The keys of a moment.
struct Set {
    keys: Vec<(Option<String>, DecodingKey)>,
    /// By the monotonic clock.
    fetched: Duration,
}

/// The last fetch that failed.
type Failed = Option<(Duration, ProviderError)>;

/// Google's keys as we know them. Reading takes no turn; fetching does.
#[derive(Default)]
pub(crate) struct SigningKeys {
    current: RwLock<Option<Arc<Set>>>,
    fetching: Mutex<Failed>,
}

impl SigningKeys {
    /// The claims of a token that one of the keys has signed with RS256; `None` when none has. A token
    /// whose key is unknown makes us fetch the keys, unless they are younger than `settle`: whoever
    /// can be sent tokens by strangers sets it, so that invented key ids cost nothing.
    pub(crate) async fn claims<T: DeserializeOwned>(
        &self,
        google: &Google,
        token: &str,
        kid: Option<&str>,
        settle: Duration,
    ) -> Result<Option<T>> {
        let now = google.world.monotonic();
        let mut set = match self.known() {
            Some(set) if now <= set.fetched + KEYS_LIVE => set,
            old => self.fetch(google, old.map(|s| s.fetched)).await?,
        };
        loop {
            let named = set
                .keys
                .iter()
                .filter(|(name, _)| kid.is_none() || name.as_deref() == kid);
            for (_, key) in named {
                if let Some(claims) = decode(token, key) {
                    return Ok(Some(claims));
                }
            }
            let known = kid.is_some_and(|kid| {
                set.keys
                    .iter()
                    .any(|(name, _)| name.as_deref() == Some(kid))
            });
            // A key that we know refutes the token; a young set is as good as a new one.
            if known && !settle.is_zero() || set.fetched + settle >= now {
                return Ok(None);
            }
            set = self.fetch(google, Some(set.fetched)).await?;
        }
    }

    fn known(&self) -> Option<Arc<Set>> {
        self.current
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Fetches the keys, unless somebody else has done so since `seen`.
    async fn fetch(&self, google: &Google, seen: Option<Duration>) -> Result<Arc<Set>> {
        let mut failed = self.fetching.lock().await;
        if let Some(set) = self.known()
            && seen.is_none_or(|seen| set.fetched > seen)
        {
            return Ok(set);
        }
        let now = google.world.monotonic();
        if let Some((at, error)) = &*failed
            && now < *at + AFTER_FAILURE
        {
            return Err(error.clone());
        }
        match ask(google).await {
            Ok(keys) => {
                *failed = None;
                let set = Arc::new(Set {
                    keys,
                    fetched: google.world.monotonic(),
                });
                *self.current.write().unwrap_or_else(PoisonError::into_inner) = Some(set.clone());
                Ok(set)
            }
            Err(error) => {
                *failed = Some((google.world.monotonic(), error.clone()));
                Err(error)
            }
        }
    }
}

/// Asks Google for its keys, whatever is known already.
pub(super) async fn ask(google: &Google) -> Result<Vec<(Option<String>, DecodingKey)>> {
    let url = google.config.endpoints.jwks_url.clone();
    let answer = google.ask(Operation::Keys, Method::GET, url, None).await?;
    let set: Value = serde_json::from_slice(&answer.body)
        .map_err(|_| ProviderError::passing(Operation::Keys.name(), "not_json"))?;
    // Keys of kinds that we do not know are passed over.
    Ok(set["keys"]
        .as_array()
        .cloned()
        .unwrap_or_default()
        .into_iter()
        .filter_map(|k| serde_json::from_value::<Jwk>(k).ok())
        .filter_map(|k| {
            let key = DecodingKey::from_jwk(&k).ok()?;
            Some((k.common.key_id, key))
        })
        .collect())
}

fn decode<T: DeserializeOwned>(token: &str, key: &DecodingKey) -> Option<T> {
    let mut rules = Validation::new(Algorithm::RS256);
    // The library would ask the machine's clock; the caller checks every claim.
    rules.validate_exp = false;
    rules.validate_aud = false;
    rules.required_spec_claims.clear();
    jsonwebtoken::decode::<T>(token, key, &rules)
        .ok()
        .map(|d| d.claims)
}
