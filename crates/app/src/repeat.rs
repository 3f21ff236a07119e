//! Repeated requests: a key that the caller gives names one request, and its second coming is
//! answered with what came of the first.

use serde::Serialize;
use tenon_model::MemberId;

use crate::{Error, Result};

/// A caller's key and what it stands for, both as hashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repeat {
    pub(crate) key: [u8; 32],
    pub(crate) request: [u8; 32],
}

const LONGEST: usize = 80;

impl Repeat {
    /// From the header `Idempotency-Key` and the request that came with it.
    pub fn new(member: MemberId, what: &str, key: &str, request: &impl Serialize) -> Result<Self> {
        let fits = !key.is_empty()
            && key.len() <= LONGEST
            && key.bytes().all(|b| b.is_ascii_graphic() || b == b' ');
        if !fits {
            return Err(Error::field(
                "Idempotency-Key",
                "must have 1 to 80 plain characters",
            ));
        }
        let request =
            serde_json::to_vec(request).map_err(|_| Error::Internal("request_json".into()))?;
        Ok(Self {
            key: hash(&[&member.to_string(), what, key]),
            request: hash_bytes(&request),
        })
    }

    /// Refuses another request under the same key.
    pub(crate) fn check(&self, stored: Option<[u8; 32]>) -> Result<()> {
        if stored == Some(self.request) {
            Ok(())
        } else {
            Err(Error::KeyReused)
        }
    }
}

/// A short name for a text that tells nothing of it.
pub(crate) fn short_hash(text: &str) -> String {
    use base64::Engine as _;
    base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&hash_bytes(text.as_bytes())[..12])
}

fn hash(parts: &[&str]) -> [u8; 32] {
    hash_bytes(parts.join("\0").as_bytes())
}

fn hash_bytes(bytes: &[u8]) -> [u8; 32] {
    let mut out = [0; 32];
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, bytes);
    out.copy_from_slice(digest.as_ref());
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_model::World;

    #[test]
    fn keys_are_a_members_own_and_stand_for_one_request() {
        let (world, _) = World::simulated(1);
        let (a, b): (MemberId, MemberId) = (world.id(), world.id());
        let of = |m, key, request: &str| Repeat::new(m, "x", key, &request).unwrap();
        assert_eq!(of(a, "k", "r"), of(a, "k", "r"));
        assert_ne!(of(a, "k", "r").key, of(b, "k", "r").key);
        assert_ne!(of(a, "k", "r").key, of(a, "l", "r").key);
        assert!(of(a, "k", "r").check(Some(of(a, "k", "r").request)).is_ok());
        assert!(matches!(
            of(a, "k", "r").check(Some(of(a, "k", "s").request)),
            Err(Error::KeyReused)
        ));
        for key in ["", "a\nb", "é", &"x".repeat(81)] {
            assert!(Repeat::new(a, "x", key, &1).is_err(), "{key:?}");
        }
    }
}
