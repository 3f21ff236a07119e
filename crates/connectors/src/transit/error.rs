//! What Vault's answers mean: each to one reaction and one sentence that says what to do.

use std::time::Duration;

use crate::{ProviderError, Reaction};

/// Why Vault did not do what was asked. No variant holds a token, a key, or Vault's own words.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TransitError {
    /// The file of the token cannot be read, or is empty.
    NoToken,
    /// 403: the token is wrong or has expired, or its policy does not allow this.
    Forbidden,
    /// 404, or a key that is not there: wrong mount, wrong name, wrong namespace.
    NotFound,
    /// The key cannot encrypt, or derives keys from contexts.
    WrongKind,
    /// 503: sealed, or down for maintenance.
    Sealed,
    /// 501: not initialized.
    NotInitialized,
    /// 472, 473, or sent on to another address: a standby that does not forward.
    Standby,
    /// 429: too many requests.
    Busy,
    /// 412, another 5xx, or no answer.
    Unavailable,
    /// The certificate does not hold.
    Certificate,
    /// 400: the version is older than the key's policy allows, or newer than there is.
    VersionRefused,
    /// 400: what was to be decrypted was not encrypted by this key for this row.
    Refused,
    /// Another 4xx, or an answer that is none of Vault's.
    Unexpected,
}

impl TransitError {
    /// The one reaction.
    pub const fn reaction(self) -> Reaction {
        match self {
            Self::Sealed => Reaction::Retry(Duration::from_secs(10)),
            Self::Standby | Self::Unavailable => Reaction::Retry(Duration::from_secs(1)),
            Self::Busy => Reaction::Slow(Duration::from_secs(1)),
            Self::Certificate | Self::NotInitialized => Reaction::Stop,
            Self::NoToken
            | Self::Forbidden
            | Self::NotFound
            | Self::WrongKind
            | Self::Unexpected => Reaction::Alarm,
            Self::VersionRefused | Self::Refused => Reaction::Skip,
        }
    }

    /// Whether the same call may succeed without anything being changed here. A refused token counts:
    /// what keeps the token fresh may be a moment late.
    pub const fn passes(self) -> bool {
        matches!(
            self,
            Self::Sealed
                | Self::Standby
                | Self::Unavailable
                | Self::Busy
                | Self::Forbidden
                | Self::NoToken
                | Self::Certificate
                | Self::NotInitialized
        )
    }

    /// What is wrong and what to do.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::NoToken => {
                "no token: set TENON_VAULT_TOKEN, or let TENON_VAULT_TOKEN_FILE name a file that holds one"
            }
            Self::Forbidden => {
                "Vault refuses the token: it is wrong or has expired, or its policy does not allow encrypt and decrypt with this key"
            }
            Self::NotFound => {
                "Vault has no such key there; make it with vault write -f MOUNT/keys/KEY, or look at mount, name and namespace"
            }
            Self::WrongKind => {
                "the key in Vault cannot be used for this; take one of type aes256-gcm96 that is not derived"
            }
            Self::Sealed => "Vault is sealed or down for maintenance; unseal it",
            Self::NotInitialized => "Vault is not initialized",
            Self::Standby => {
                "this Vault is a standby that does not forward; let TENON_VAULT_ADDR name the active one or the load balancer"
            }
            Self::Busy => "Vault answers that it has too many requests; look at its rate limits",
            Self::Unavailable => "Vault does not answer; look whether it runs at TENON_VAULT_ADDR",
            Self::Certificate => {
                "the certificate of Vault is not valid; this machine has to trust who signed it"
            }
            Self::VersionRefused => {
                "Vault does not use this version of the key: min_decryption_version or min_encryption_version is higher, or the version is not there"
            }
            Self::Refused => {
                "Vault does not decrypt this: it was encrypted by another key, or changed"
            }
            Self::Unexpected => {
                "what answers at TENON_VAULT_ADDR does not answer as Vault does; look at the address"
            }
        }
    }

    /// From a call that brought no answer.
    pub(super) fn of_call(error: &ProviderError) -> Self {
        match error.code.as_str() {
            "certificate_invalid" => Self::Certificate,
            "redirect_refused" => Self::Standby,
            "token_malformed" => Self::NoToken,
            "host_not_allowed" | "request_malformed" | "answer_too_large" => Self::Unexpected,
            _ => Self::Unavailable,
        }
    }

    /// From an answer of no success (HTTP status codes of Vault's API, and the messages its transit
    /// engine gives with 400).
    pub(super) fn of_answer(status: u16, errors: &[String]) -> Self {
        let says = |words: &str| errors.iter().any(|e| e.contains(words));
        if says("disallowed by policy (too old)")
            || says("version is too new")
            || says("requested version for encryption")
        {
            return Self::VersionRefused;
        }
        match status {
            400 if says("encryption key not found") || says("policy not found") => Self::NotFound,
            400 if says("unable to decrypt")
                || says("could not decrypt")
                || says("authentication failed") =>
            {
                Self::Refused
            }
            400 if says("not supported") || says("derivation") || says("context") => {
                Self::WrongKind
            }
            403 => Self::Forbidden,
            404 => Self::NotFound,
            429 => Self::Busy,
            472 | 473 => Self::Standby,
            501 => Self::NotInitialized,
            503 => Self::Sealed,
            412 | 500.. => Self::Unavailable,
            _ => Self::Unexpected,
        }
    }
}

impl std::fmt::Display for TransitError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.sentence())
    }
}

impl std::error::Error for TransitError {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_has_one_meaning() {
        for (status, text, wanted) in [
            (400, "encryption key not found", TransitError::NotFound),
            (
                400,
                "invalid ciphertext: unable to decrypt",
                TransitError::Refused,
            ),
            (
                400,
                "ciphertext or signature version is disallowed by policy (too old)",
                TransitError::VersionRefused,
            ),
            (
                500,
                "ciphertext or signature version is disallowed by policy (too old)",
                TransitError::VersionRefused,
            ),
            (
                400,
                "invalid ciphertext: version is too new",
                TransitError::VersionRefused,
            ),
            (
                400,
                "missing plaintext to encrypt",
                TransitError::Unexpected,
            ),
            (403, "permission denied", TransitError::Forbidden),
            (404, "no handler for route", TransitError::NotFound),
            (405, "unsupported operation", TransitError::Unexpected),
            (
                412,
                "required index state not present",
                TransitError::Unavailable,
            ),
            (429, "rate limit quota exceeded", TransitError::Busy),
            (472, "", TransitError::Standby),
            (473, "", TransitError::Standby),
            (500, "internal error", TransitError::Unavailable),
            (501, "", TransitError::NotInitialized),
            (502, "", TransitError::Unavailable),
            (503, "Vault is sealed", TransitError::Sealed),
        ] {
            let errors = [text.to_owned()];
            assert_eq!(
                TransitError::of_answer(status, &errors),
                wanted,
                "{status} {text}"
            );
        }
        assert_eq!(
            TransitError::Sealed.reaction(),
            Reaction::Retry(Duration::from_secs(10))
        );
        assert!(TransitError::Sealed.passes() && !TransitError::NotFound.passes());
    }
}
