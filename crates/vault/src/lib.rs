#![doc = include_str!("../README.md")]

mod data_key;
mod graveyard;
mod kek;
mod key_file;
mod local;

pub use data_key::{BlindIndex, Context, DataKey, MOST_SEALS, Sealed};
pub use graveyard::Graveyard;
pub use kek::{Change, Kek, KekVersion, Ring, Wrapped, newest};
pub use local::{KekSource, open_kek};

/// What can go wrong. No message holds key material or plaintext.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    /// The value was changed, belongs elsewhere, or was sealed with another key.
    #[error("a sealed value does not open: it was changed, moved, or sealed with another key")]
    Refused,
    /// The value names another key.
    #[error("a sealed value names another data key")]
    OtherKey,
    /// The bytes are not a sealed value.
    #[error("not a sealed value of a known format")]
    Malformed,
    /// The key-encryption key is not the one that wrapped the data keys.
    #[error(
        "the key-encryption key ({0}) does not open this database's data keys: it is not the key they were wrapped with"
    )]
    WrongKek(String),
    /// A version of the key-encryption key is missing.
    #[error(
        "version {version} of the key-encryption key is needed but {source_name} does not hold it"
    )]
    KekVersionMissing {
        /// Where it was looked for.
        source_name: String,
        /// Which.
        version: u32,
    },
    /// The data keys name a key-encryption key that is not at hand.
    #[error("the key-encryption key {0} is needed, but it is not among those at hand")]
    KekElsewhere(KekVersion),
    /// The service that holds the key-encryption key does not do its work now.
    #[error("the key-encryption key {source_name}: {reason}")]
    KekAway {
        /// Where it is.
        source_name: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// As much was sealed with one data key as random nonces allow.
    #[error("a data key has sealed all that it may; connect the account anew")]
    Exhausted,
    /// The key-encryption key cannot be read or written.
    #[error("the key-encryption key {source_name}: {reason}")]
    Kek {
        /// Where it is.
        source_name: String,
        /// What is wrong and what to do.
        reason: String,
    },
    /// The graveyard cannot be read or written.
    #[error("the key graveyard {path}: {reason}")]
    Graveyard {
        /// Its path.
        path: String,
        /// What is wrong.
        reason: String,
    },
}
