//! The seals of the audit log: each covers an entry and the seal before it, and checkpoints are signed, so
//! that they hold where the database does not.

use std::fmt;
use std::str::FromStr;

use aws_lc_rs::hmac;
use aws_lc_rs::signature::{ED25519, Ed25519KeyPair, KeyPair as _, UnparsedPublicKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tenon_model::{KeyId, Time, WorkspaceId};

use crate::VaultError;

/// The seal of an entry.
pub type Mac = [u8; 32];

/// What stands before the first entry.
pub const GENESIS: Mac = [0; 32];

/// Seals the entries of one chain (HMAC-SHA-256). Whoever can write the table but has no key can seal
/// nothing.
#[derive(Clone)]
pub struct ChainKey(hmac::Key);

impl ChainKey {
    pub(crate) fn new(secret: &[u8; 32]) -> Self {
        Self(hmac::Key::new(hmac::HMAC_SHA256, secret))
    }

    /// The seal of `entry` that follows the one sealed with `before`.
    pub fn link(&self, before: &Mac, entry: &[u8]) -> Mac {
        let mut context = hmac::Context::with_key(&self.0);
        context.update(before);
        context.update(entry);
        let mut out = GENESIS;
        out.copy_from_slice(context.sign().as_ref());
        out
    }
}

impl fmt::Debug for ChainKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("ChainKey(…)")
    }
}

/// Signs checkpoints (Ed25519, RFC 8032).
pub struct CheckpointKey {
    id: KeyId,
    pair: Ed25519KeyPair,
}

impl CheckpointKey {
    pub(crate) fn new(id: KeyId, seed: &[u8; 32]) -> Result<Self, VaultError> {
        let pair = Ed25519KeyPair::from_seed_unchecked(seed).map_err(|_| VaultError::Malformed)?;
        Ok(Self { id, pair })
    }

    /// What outsiders check signatures with.
    pub fn public_key(&self) -> PublicKey {
        let mut out = [0; 32];
        out.copy_from_slice(self.pair.public_key().as_ref());
        PublicKey(out)
    }

    /// States that a chain had `count` entries at `at`, the newest sealed with `head`.
    pub fn sign(
        &self,
        workspace: Option<WorkspaceId>,
        count: u64,
        head: Mac,
        at: Time,
    ) -> Checkpoint {
        let mut checkpoint = Checkpoint {
            workspace,
            count,
            head,
            at,
            key: self.id,
            signature: [0; 64],
        };
        let signature = self.pair.sign(checkpoint.statement().as_bytes());
        checkpoint.signature.copy_from_slice(signature.as_ref());
        checkpoint
    }
}

/// A public key; as text, base64 of its 32 bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PublicKey([u8; 32]);

impl fmt::Display for PublicKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&STANDARD.encode(self.0))
    }
}

impl FromStr for PublicKey {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bytes = STANDARD.decode(text.trim()).ok();
        bytes
            .and_then(|b| b.try_into().ok())
            .map(Self)
            .ok_or_else(|| "must be base64 of 32 bytes".to_owned())
    }
}

/// The first word of a checkpoint: what it is, and the version of its form.
const FORM: &str = "tenon-audit-1";
/// The chain of the deployment itself.
const DEPLOYMENT: &str = "deployment";

/// What a chain was at a moment, signed. As text it is one line: the form, the chain, the count, the
/// head, the time, the key, and the signature over all that stands before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Checkpoint {
    /// Whose chain; `None` for the deployment's.
    pub workspace: Option<WorkspaceId>,
    /// How many entries it had.
    pub count: u64,
    /// The seal of the newest.
    pub head: Mac,
    /// When.
    pub at: Time,
    /// The data key that the signing key comes from.
    pub key: KeyId,
    signature: [u8; 64],
}

/// Why a line is no checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is not a checkpoint")]
pub struct CheckpointError;

impl Checkpoint {
    fn statement(&self) -> String {
        let chain = self
            .workspace
            .map_or_else(|| DEPLOYMENT.to_owned(), |w| w.to_string());
        let (count, head, at, key) = (self.count, self.head_text(), self.at, self.key);
        format!("{FORM} {chain} {count} {head} {at} {key}")
    }

    /// Its head as text.
    pub fn head_text(&self) -> String {
        mac_text(&self.head)
    }

    /// Whether `key` has signed it.
    pub fn is_signed_by(&self, key: &PublicKey) -> bool {
        UnparsedPublicKey::new(&ED25519, &key.0)
            .verify(self.statement().as_bytes(), &self.signature)
            .is_ok()
    }
}

impl fmt::Display for Checkpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {}",
            self.statement(),
            STANDARD.encode(self.signature)
        )
    }
}

impl FromStr for Checkpoint {
    type Err = CheckpointError;

    fn from_str(line: &str) -> Result<Self, CheckpointError> {
        let words: Vec<&str> = line.trim().split(' ').collect();
        let [FORM, chain, count, head, at, key, signature] = words[..] else {
            return Err(CheckpointError);
        };
        let workspace = match chain {
            DEPLOYMENT => None,
            id => Some(id.parse().map_err(|_| CheckpointError)?),
        };
        let signature = STANDARD.decode(signature).ok();
        Ok(Self {
            workspace,
            count: count.parse().map_err(|_| CheckpointError)?,
            head: unhex(head).ok_or(CheckpointError)?,
            at: Time::parse_rfc3339(at).ok_or(CheckpointError)?,
            key: key.parse().map_err(|_| CheckpointError)?,
            signature: signature
                .and_then(|s| s.try_into().ok())
                .ok_or(CheckpointError)?,
        })
    }
}

/// A seal as text: 64 hexadecimal digits.
pub fn mac_text(mac: &Mac) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    mac.iter()
        .flat_map(|b| [b >> 4, b & 15])
        .map(|n| char::from(DIGITS[usize::from(n)]))
        .collect()
}

fn unhex(text: &str) -> Option<Mac> {
    let bytes = text.as_bytes();
    if bytes.len() != 64 {
        return None;
    }
    let mut out = GENESIS;
    for (byte, pair) in out.iter_mut().zip(bytes.chunks_exact(2)) {
        let pair = std::str::from_utf8(pair).ok()?;
        *byte = u8::from_str_radix(pair, 16).ok()?;
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use tenon_model::World;

    use super::*;
    use crate::DataKey;

    #[test]
    fn a_seal_depends_on_the_key_the_chain_the_one_before_and_every_byte() {
        let world = World::system();
        let key = DataKey::generate(&world);
        let (chain, other) = (world.uuid(), world.uuid());
        let seal = key.chain_key(chain).link(&GENESIS, b"entry");
        assert_eq!(seal, key.chain_key(chain).link(&GENESIS, b"entry"));
        assert_ne!(seal, key.chain_key(other).link(&GENESIS, b"entry"));
        assert_ne!(seal, key.chain_key(chain).link(&[1; 32], b"entry"));
        assert_ne!(seal, key.chain_key(chain).link(&GENESIS, b"entrx"));
        let stranger = DataKey::generate(&world);
        assert_ne!(seal, stranger.chain_key(chain).link(&GENESIS, b"entry"));
    }

    #[test]
    fn a_checkpoint_is_one_line_that_only_its_key_has_signed() {
        let (world, _) = World::simulated(1);
        let key = DataKey::generate(&world).checkpoint_key().unwrap();
        let stranger = DataKey::generate(&world).checkpoint_key().unwrap();
        for workspace in [None, Some(world.id())] {
            let signed = key.sign(workspace, 12, [0xab; 32], world.now());
            let line = signed.to_string();
            assert_eq!(line.lines().count(), 1);
            let read: Checkpoint = line.parse().unwrap();
            assert_eq!(read, signed);
            let public: PublicKey = key.public_key().to_string().parse().unwrap();
            assert!(read.is_signed_by(&public));
            assert!(!read.is_signed_by(&stranger.public_key()));
            // Any other byte before the signature: not a checkpoint, or not signed.
            let end = line.rfind(' ').unwrap();
            for at in 0..end {
                for byte in *b"01a_" {
                    let mut bytes = line.clone().into_bytes();
                    if bytes[at] == byte {
                        continue;
                    }
                    bytes[at] = byte;
                    let changed = String::from_utf8(bytes).unwrap();
                    let read = changed.parse::<Checkpoint>();
                    assert!(!read.is_ok_and(|c| c.is_signed_by(&public)), "{changed}");
                }
            }
        }
        assert!("no key".parse::<PublicKey>().is_err());
    }

    proptest! {
        #[test]
        fn no_line_makes_it_panic(line: String) {
            prop_assert!(line.parse::<Checkpoint>().is_err());
        }

        #[test]
        fn no_head_makes_it_panic(head in "[0-9a-fé+]{0,70}") {
            let _ = unhex(&head);
        }
    }
}
