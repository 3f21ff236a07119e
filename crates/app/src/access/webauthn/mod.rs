//! Web Authentication, the side of the server (W3C Web Authentication Level 3, sections 7.1 and 7.2):
//! is this what a passkey of ours has just signed?
//!
//! Attestation is not asked for and not looked at: which make of authenticator somebody has is none of
//! our business. User verification is required, so a passkey is two factors.

mod authenticator;
mod cose;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ciborium::Value;
use serde::Deserialize;
use url::{Host, Url};

use authenticator::AuthenticatorData;
pub(super) use cose::ALGORITHMS;
use cose::PublicKey;

/// Whom passkeys are made for, and from which pages they are taken.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct RelyingParty {
    /// The host's name: passkeys are bound to it.
    pub(super) id: String,
    public: Url,
}

/// Why an answer of a passkey is refused: for the log, not for people.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Refused(pub(super) &'static str);

/// What a browser says it asked the authenticator for (section 5.8.1).
#[derive(Deserialize)]
struct ClientData {
    r#type: String,
    challenge: String,
    origin: String,
    #[serde(default, rename = "crossOrigin")]
    cross_origin: bool,
}

/// A new passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Created {
    pub(super) credential_id: Vec<u8>,
    /// In COSE form.
    pub(super) public_key: Vec<u8>,
    pub(super) sign_count: u32,
    pub(super) synced: bool,
}

/// A signature of a passkey.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Signed {
    pub(super) sign_count: u32,
    pub(super) synced: bool,
}

/// What an authenticator signs to sign in.
pub(super) struct Assertion<'a> {
    pub(super) client_data: &'a [u8],
    pub(super) authenticator_data: &'a [u8],
    pub(super) signature: &'a [u8],
}

impl RelyingParty {
    /// From the public address. `None` for a bare address that is not this machine: passkeys need a
    /// name. On loopback the name is `localhost`, the only one that browsers take there.
    pub(super) fn new(public: &Url) -> Option<Self> {
        let id = match public.host()? {
            Host::Domain(name) => name.to_owned(),
            Host::Ipv4(ip) if ip.is_loopback() => "localhost".to_owned(),
            Host::Ipv6(ip) if ip.is_loopback() => "localhost".to_owned(),
            _ => return None,
        };
        Some(Self {
            id,
            public: public.clone(),
        })
    }

    /// Whether a page may use our passkeys: exactly our own origin; on loopback any port, because
    /// people forward ports there.
    fn is_own(&self, origin: &str) -> bool {
        let Ok(url) = Url::parse(origin) else {
            return false;
        };
        let same = url.origin() == self.public.origin();
        let local = self.id == "localhost"
            && url.scheme() == "http"
            && url.host() == Some(Host::Domain("localhost"));
        (same || local) && url.origin().ascii_serialization() == origin
    }

    /// The challenge in what the browser signed off, if all else of it is right.
    pub(super) fn challenge(&self, client_data: &[u8], wanted: &str) -> Result<String, Refused> {
        let data: ClientData =
            serde_json::from_slice(client_data).map_err(|_| Refused("client_data"))?;
        if data.r#type != wanted {
            return Err(Refused("client_data_type"));
        }
        if !self.is_own(&data.origin) || data.cross_origin {
            return Err(Refused("origin"));
        }
        Ok(data.challenge)
    }

    /// Checks the making of a passkey (7.1). The caller has looked at the challenge.
    pub(super) fn created(&self, attestation: &[u8]) -> Result<Created, Refused> {
        let mut rest = attestation;
        let object: Value = ciborium::from_reader(&mut rest).map_err(|_| Refused("attestation"))?;
        let Value::Map(entries) = object else {
            return Err(Refused("attestation"));
        };
        let bytes = entries.iter().find_map(|(k, v)| {
            (k.as_text() == Some("authData"))
                .then(|| v.as_bytes())
                .flatten()
        });
        let data = AuthenticatorData::read(bytes.ok_or(Refused("attestation"))?)?;
        data.check(&self.id)?;
        let new = data.new_credential.ok_or(Refused("no_credential"))?;
        PublicKey::read(&new.public_key)?;
        Ok(Created {
            credential_id: new.id,
            public_key: new.public_key,
            sign_count: data.sign_count,
            synced: data.backed_up,
        })
    }

    /// Checks a signature by a passkey (7.2). The caller has looked at the challenge.
    pub(super) fn signed(&self, key: &[u8], answer: &Assertion<'_>) -> Result<Signed, Refused> {
        let data = AuthenticatorData::read(answer.authenticator_data)?;
        data.check(&self.id)?;
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, answer.client_data);
        let mut message = answer.authenticator_data.to_vec();
        message.extend_from_slice(hash.as_ref());
        PublicKey::read(key)?.verify(&message, answer.signature)?;
        Ok(Signed {
            sign_count: data.sign_count,
            synced: data.backed_up,
        })
    }
}

/// Base64 as WebAuthn writes it in JSON (section 5.1: base64url without padding).
pub(super) fn bytes(text: &str) -> Result<Vec<u8>, Refused> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| Refused("base64"))
}

#[cfg(test)]
mod tests;
