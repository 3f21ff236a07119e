//! Key-encryption keys: what wraps the data keys. Each has versions, and a row names the one that
//! wrapped it.

use std::fmt;
use std::str::FromStr;

use async_trait::async_trait;
use tenon_model::{KeyId, World};

use crate::{DataKey, VaultError};

/// A key-encryption key and one version of it, as rows name it: `file:1`, `vault:transit/tenon:3`.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KekVersion {
    /// Which key: `file`, `env`, or `vault:MOUNT/KEY`.
    pub source: String,
    /// Which version of it, from 1.
    pub version: u32,
}

impl KekVersion {
    /// A version of a key.
    pub fn new(source: impl Into<String>, version: u32) -> Self {
        Self {
            source: source.into(),
            version,
        }
    }
}

impl fmt::Display for KekVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.source, self.version)
    }
}

impl FromStr for KekVersion {
    type Err = VaultError;

    fn from_str(text: &str) -> Result<Self, VaultError> {
        let (source, version) = text.rsplit_once(':').ok_or(VaultError::Malformed)?;
        let version = version.parse().map_err(|_| VaultError::Malformed)?;
        Ok(Self::new(source, version))
    }
}

/// A wrapped data key as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// Nonce, ciphertext and tag, or what another service made of the key.
    pub bytes: Vec<u8>,
    /// Which key-encryption key and version wrapped it.
    pub kek: KekVersion,
}

impl Wrapped {
    /// From the columns of a row.
    pub fn stored(bytes: Vec<u8>, kek: &str) -> Result<Self, VaultError> {
        let kek = kek.parse()?;
        Ok(Self { bytes, kek })
    }
}

/// What became of a wish to change a key-encryption key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// It was done; this version was added or taken away.
    Done(u32),
    /// Only a person can do it, in this way.
    ByHand(String),
}

/// Wraps and unwraps data keys. Asynchronous because a key may live in another service.
#[async_trait]
pub trait Kek: Send + Sync {
    /// Whether wrapping and unwrapping ask another service, so that no transaction may wait for it.
    fn is_remote(&self) -> bool {
        false
    }
    /// What its versions have in common: `file`, `env`, or `vault:MOUNT/KEY`.
    fn source(&self) -> &str;
    /// The versions there are, in order. Looks or asks anew.
    async fn versions(&self) -> Result<Vec<u32>, VaultError>;
    /// Wraps with this version.
    async fn wrap(
        &self,
        world: &World,
        key: &DataKey,
        with: &KekVersion,
    ) -> Result<Wrapped, VaultError>;
    /// Unwraps with the version that `wrapped` names.
    async fn unwrap(&self, id: KeyId, wrapped: &Wrapped) -> Result<DataKey, VaultError>;
    /// Adds a version, which is used for nothing yet.
    async fn rotate(&self, world: &World) -> Result<Change, VaultError>;
    /// Takes a version away for good. Whoever calls has made sure that nothing needs it.
    async fn retire(&self, version: u32) -> Result<Change, VaultError>;
}

/// The newest version that there is.
pub async fn newest(kek: &dyn Kek) -> Result<KekVersion, VaultError> {
    let versions = kek.versions().await?;
    let version = versions.last().ok_or_else(|| VaultError::Kek {
        source_name: kek.source().to_owned(),
        reason: "holds no version".into(),
    })?;
    Ok(KekVersion::new(kek.source(), *version))
}

/// A key-encryption key, and perhaps another one that is there while data keys move from the one to
/// the other. Which of them wraps is for the caller to say; both unwrap.
pub struct Ring {
    own: Box<dyn Kek>,
    also: Option<Box<dyn Kek>>,
}

impl Ring {
    /// Puts two together, whose versions have to have different names.
    pub fn new(own: Box<dyn Kek>, also: Option<Box<dyn Kek>>) -> Result<Self, VaultError> {
        if let Some(also) = also.as_ref().filter(|a| a.source() == own.source()) {
            return Err(VaultError::Kek {
                source_name: also.source().to_owned(),
                reason: "is named twice: its versions belong together in one place".into(),
            });
        }
        Ok(Self { own, also })
    }

    fn of(&self, wanted: &KekVersion) -> Result<&dyn Kek, VaultError> {
        let also = self.also.as_deref();
        [Some(&*self.own), also]
            .into_iter()
            .flatten()
            .find(|kek| kek.source() == wanted.source)
            .ok_or_else(|| VaultError::KekElsewhere(wanted.clone()))
    }
}

#[async_trait]
impl Kek for Ring {
    fn is_remote(&self) -> bool {
        self.own.is_remote() || self.also.as_ref().is_some_and(|a| a.is_remote())
    }

    fn source(&self) -> &str {
        self.own.source()
    }

    async fn versions(&self) -> Result<Vec<u32>, VaultError> {
        self.own.versions().await
    }

    async fn wrap(
        &self,
        world: &World,
        key: &DataKey,
        with: &KekVersion,
    ) -> Result<Wrapped, VaultError> {
        self.of(with)?.wrap(world, key, with).await
    }

    async fn unwrap(&self, id: KeyId, wrapped: &Wrapped) -> Result<DataKey, VaultError> {
        self.of(&wrapped.kek)?.unwrap(id, wrapped).await
    }

    async fn rotate(&self, world: &World) -> Result<Change, VaultError> {
        self.own.rotate(world).await
    }

    async fn retire(&self, version: u32) -> Result<Change, VaultError> {
        self.own.retire(version).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{KekSource, open_kek};

    #[test]
    fn names_of_versions_are_read_back() {
        for text in ["file:1", "env:12", "vault:team/transit/tenon:3"] {
            assert_eq!(text.parse::<KekVersion>().unwrap().to_string(), text);
        }
        let transit: KekVersion = "vault:transit/tenon:3".parse().unwrap();
        assert_eq!(transit, KekVersion::new("vault:transit/tenon", 3));
        for wrong in ["", "file", "file:", "file:x", "file:-1"] {
            assert!(wrong.parse::<KekVersion>().is_err(), "{wrong}");
        }
    }

    #[tokio::test]
    async fn both_keys_of_a_ring_unwrap_and_a_third_is_told_by_name() {
        let world = World::system();
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str| KekSource::File(folder.path().join(name));
        let env = KekSource::Env("K".into());
        let secret = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=";
        let open = |source: &KekSource| open_kek(source, Some(secret), &world, true).unwrap();
        let ring = Ring::new(open(&file("a")), Some(open(&env))).unwrap();
        let key = DataKey::generate(&world);
        for source in ["file", "env"] {
            let with = KekVersion::new(source, 1);
            let wrapped = ring.wrap(&world, &key, &with).await.unwrap();
            assert_eq!(wrapped.kek, with);
            let again = ring.unwrap(key.id(), &wrapped).await.unwrap();
            assert_eq!(again.secret(), key.secret());
        }
        let foreign = KekVersion::new("vault:transit/tenon", 1);
        let error = ring.wrap(&world, &key, &foreign).await.err().unwrap();
        assert!(error.to_string().contains("vault:transit/tenon:1"));
        assert!(Ring::new(open(&file("a")), Some(open(&file("b")))).is_err());
    }
}
