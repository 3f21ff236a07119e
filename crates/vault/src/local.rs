//! Key-encryption keys from a file or an environment secret.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tenon_model::{KeyId, World};
use zeroize::Zeroizing;

use crate::key_file::KeyFile;
use crate::{Change, DataKey, Kek, KekVersion, VaultError, Wrapped};

/// Where a key-encryption key comes from that is held in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KekSource {
    /// `file:PATH`; created with mode 0600 at the first start.
    File(PathBuf),
    /// `env:NAME`; base64 of 32 bytes, or several versions as `1:BASE64,2:BASE64`.
    Env(String),
}

impl std::str::FromStr for KekSource {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text.split_once(':') {
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("env", name)) if !name.is_empty() => Ok(Self::Env(name.to_owned())),
            _ => Err("must be file:PATH or env:NAME".to_owned()),
        }
    }
}

type Versions = BTreeMap<u32, LessSafeKey>;

/// Versions of a key-encryption key, held in memory. A version that is not held is looked for in the
/// file once more: it may have been added since.
struct LocalKek {
    name: String,
    /// `None`: a variable, which cannot change while the process runs.
    file: Option<KeyFile>,
    versions: Mutex<Arc<Versions>>,
}

/// Opens the key-encryption key. `secret` is the value of the environment variable for
/// [`KekSource::Env`]. A missing file is created only when `may_create` is set, which is when the
/// database holds no data key yet: making a new key beside an old database would hide the loss.
pub fn open_kek(
    source: &KekSource,
    secret: Option<&str>,
    world: &World,
    may_create: bool,
) -> Result<Box<dyn Kek>, VaultError> {
    let (name, file, text) = match source {
        KekSource::File(path) => {
            let file = KeyFile::new(path.clone());
            if !path.exists() {
                if !may_create {
                    return Err(file.wrong("the file is missing, but the database holds data sealed under it; put the file back from its backup"));
                }
                file.create(world)?;
            }
            let text = file.read()?;
            (file.name(), Some(file), text)
        }
        KekSource::Env(variable) => {
            let name = format!("environment variable {variable}");
            let Some(secret) = secret else {
                return Err(VaultError::Kek {
                    source_name: name,
                    reason:
                        "is not set; give it 32 random bytes in base64 (openssl rand -base64 32)"
                            .into(),
                });
            };
            (name, None, from_variable(secret))
        }
    };
    let versions = parse(&text).map_err(|reason| VaultError::Kek {
        source_name: name.clone(),
        reason,
    })?;
    Ok(Box::new(LocalKek {
        name,
        file,
        versions: Mutex::new(Arc::new(versions)),
    }))
}

/// A variable holds one key, which is version 1, or several with their versions, parted by commas.
fn from_variable(secret: &str) -> Zeroizing<String> {
    let secret = secret.trim();
    Zeroizing::new(if secret.contains([' ', ':', ',']) {
        secret.replace(',', "\n")
    } else {
        format!("1 {secret}")
    })
}

/// Lines of `VERSION BASE64`; `#` starts a comment.
fn parse(text: &str) -> Result<Versions, String> {
    let mut versions = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let at = number + 1;
        let (version, key) = line
            .split_once([' ', ':'])
            .ok_or(format!("line {at} is not of the form VERSION BASE64"))?;
        let version: u32 = version
            .parse()
            .map_err(|_| format!("line {at} does not start with a version number"))?;
        let key = STANDARD
            .decode(key.trim())
            .map(Zeroizing::new)
            .map_err(|_| format!("line {at} is not base64"))?;
        let key = UnboundKey::new(&AES_256_GCM, &key)
            .map_err(|_| format!("line {at} must hold 32 bytes"))?;
        if versions.insert(version, LessSafeKey::new(key)).is_some() {
            return Err(format!("version {version} appears twice"));
        }
    }
    if versions.is_empty() {
        Err("holds no key".into())
    } else {
        Ok(versions)
    }
}

impl LocalKek {
    fn held(&self) -> Arc<Versions> {
        self.versions
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// What the file holds now. One that cannot be read takes nothing of what is held away.
    fn look_again(&self) -> Result<Arc<Versions>, VaultError> {
        let Some(file) = &self.file else {
            return Ok(self.held());
        };
        let found = parse(&file.read()?).map_err(|reason| file.wrong(&reason))?;
        let found = Arc::new(found);
        let mut held = self.versions.lock().unwrap_or_else(PoisonError::into_inner);
        *held = found.clone();
        Ok(found)
    }

    /// Versions among which `wanted` is.
    fn with(&self, wanted: &KekVersion) -> Result<Arc<Versions>, VaultError> {
        if wanted.source != self.source() {
            return Err(VaultError::KekElsewhere(wanted.clone()));
        }
        let version = wanted.version;
        let held = self.held();
        if held.contains_key(&version) {
            return Ok(held);
        }
        let found = self.look_again()?;
        if found.contains_key(&version) {
            return Ok(found);
        }
        Err(VaultError::KekVersionMissing {
            source_name: self.name.clone(),
            version,
        })
    }
}

#[async_trait]
impl Kek for LocalKek {
    fn source(&self) -> &str {
        if self.file.is_some() { "file" } else { "env" }
    }

    async fn versions(&self) -> Result<Vec<u32>, VaultError> {
        Ok(self.look_again()?.keys().copied().collect())
    }

    async fn wrap(
        &self,
        world: &World,
        key: &DataKey,
        with: &KekVersion,
    ) -> Result<Wrapped, VaultError> {
        let versions = self.with(with)?;
        let nonce: [u8; NONCE_LEN] = world.bytes();
        let mut secret = Zeroizing::new(key.secret().to_vec());
        let tag = versions[&with.version]
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(key.id().0.as_bytes()),
                &mut secret,
            )
            .map_err(|_| VaultError::Malformed)?;
        Ok(Wrapped {
            bytes: [&nonce[..], &secret, tag.as_ref()].concat(),
            kek: with.clone(),
        })
    }

    async fn unwrap(&self, id: KeyId, wrapped: &Wrapped) -> Result<DataKey, VaultError> {
        let versions = self.with(&wrapped.kek)?;
        let (nonce, body) = wrapped
            .bytes
            .split_at_checked(NONCE_LEN)
            .ok_or(VaultError::Malformed)?;
        let nonce = nonce.try_into().map_err(|_| VaultError::Malformed)?;
        let mut secret = Zeroizing::new(body.to_vec());
        let plain = versions[&wrapped.kek.version]
            .open_in_place(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(id.0.as_bytes()),
                &mut secret,
            )
            .map_err(|_| VaultError::WrongKek(self.name.clone()))?;
        DataKey::from_secret(id, plain)
    }

    async fn rotate(&self, world: &World) -> Result<Change, VaultError> {
        let newest = self.held().last_key_value().map_or(0, |(v, _)| *v);
        let Some(file) = &self.file else {
            let line = Zeroizing::new(STANDARD.encode(*Zeroizing::new(world.bytes::<32>())));
            return Ok(Change::ByHand(format!(
                "put this behind the value of {}, after a comma, and restart every server: {}:{}\n\
                 (a value without a version is version 1: write 1: before it)",
                self.name,
                newest + 1,
                *line
            )));
        };
        let added = file.add(world, |text| {
            parse(text).map(|versions| versions.last_key_value().map_or(0, |(v, _)| *v))
        })?;
        self.look_again()?;
        Ok(Change::Done(added))
    }

    async fn retire(&self, version: u32) -> Result<Change, VaultError> {
        let Some(file) = &self.file else {
            return Ok(Change::ByHand(format!(
                "take version {version} out of the value of {}",
                self.name
            )));
        };
        file.remove(version)?;
        self.look_again()?;
        Ok(Change::Done(version))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn one() -> KekVersion {
        KekVersion::new("file", 1)
    }

    #[tokio::test]
    async fn a_key_file_is_made_once_and_opens_what_it_wrapped() {
        let world = World::system();
        let folder = tempfile::tempdir().unwrap();
        let source = KekSource::File(folder.path().join("sub/kek"));
        let kek = open_kek(&source, None, &world, true).unwrap();
        let key = DataKey::generate(&world);
        let wrapped = kek.wrap(&world, &key, &one()).await.unwrap();
        let again = open_kek(&source, None, &world, false).unwrap();
        assert_eq!(
            again.unwrap(key.id(), &wrapped).await.unwrap().secret(),
            key.secret()
        );
        // bound to the key's id
        assert!(matches!(
            again.unwrap(world.id(), &wrapped).await,
            Err(VaultError::WrongKek(_))
        ));
    }

    #[tokio::test]
    async fn another_key_is_told_in_one_sentence() {
        let world = World::system();
        let open = |name: &str, byte: u8| {
            let secret = STANDARD.encode([byte; 32]);
            open_kek(&KekSource::Env(name.into()), Some(&secret), &world, true).unwrap()
        };
        let (a, b) = (open("A", 1), open("B", 2));
        let key = DataKey::generate(&world);
        let with = KekVersion::new("env", 1);
        let wrapped = a.wrap(&world, &key, &with).await.unwrap();
        let error = b.unwrap(key.id(), &wrapped).await.err().unwrap();
        assert!(
            error.to_string().contains("environment variable B"),
            "{error}"
        );
    }

    #[tokio::test]
    async fn v3_a_running_program_finds_a_version_that_was_added_meanwhile() {
        let world = World::system();
        let folder = tempfile::tempdir().unwrap();
        let source = KekSource::File(folder.path().join("kek"));
        let running = open_kek(&source, None, &world, true).unwrap();
        let command = open_kek(&source, None, &world, false).unwrap();
        assert_eq!(command.rotate(&world).await.unwrap(), Change::Done(2));
        let key = DataKey::generate(&world);
        let two = KekVersion::new("file", 2);
        let wrapped = command.wrap(&world, &key, &two).await.unwrap();
        let opened = running.unwrap(key.id(), &wrapped).await.unwrap();
        assert_eq!(opened.secret(), key.secret());
        // Both versions hold until one is taken away, which the one in memory outlives.
        let old = running.wrap(&world, &key, &one()).await.unwrap();
        assert_eq!(command.retire(1).await.unwrap(), Change::Done(1));
        assert_eq!(command.versions().await.unwrap(), [2]);
        assert!(matches!(
            command.unwrap(key.id(), &old).await,
            Err(VaultError::KekVersionMissing { version: 1, .. })
        ));
        // A file that is broken for a while takes nothing away that is held.
        std::fs::write(folder.path().join("kek"), "nonsense").unwrap();
        assert!(running.unwrap(key.id(), &wrapped).await.is_ok());
        let three = KekVersion::new("file", 3);
        let error = running.wrap(&world, &key, &three).await.err().unwrap();
        assert!(error.to_string().contains("VERSION BASE64"), "{error}");
    }

    #[tokio::test]
    async fn a_variable_holds_several_versions_and_is_changed_by_hand() {
        let world = World::system();
        let (a, b) = (STANDARD.encode([1; 32]), STANDARD.encode([2; 32]));
        let source = KekSource::Env("K".into());
        let plain = open_kek(&source, Some(&a), &world, true).unwrap();
        let key = DataKey::generate(&world);
        let with = KekVersion::new("env", 1);
        let wrapped = plain.wrap(&world, &key, &with).await.unwrap();
        let Change::ByHand(told) = plain.rotate(&world).await.unwrap() else {
            panic!("a variable was changed");
        };
        assert!(told.contains(": 2:") && !told.contains(&a), "{told}");
        let both = format!("1:{a},2:{b}");
        let both = open_kek(&source, Some(&both), &world, true).unwrap();
        assert_eq!(both.versions().await.unwrap(), [1, 2]);
        assert!(both.unwrap(key.id(), &wrapped).await.is_ok());
        assert!(matches!(both.retire(1).await, Ok(Change::ByHand(_))));
    }

    #[test]
    fn a_missing_file_beside_a_used_database_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kek");
        let source = KekSource::File(path.clone());
        let error = open_kek(&source, None, &World::system(), false)
            .err()
            .unwrap();
        assert!(error.to_string().contains("missing"), "{error}");
        assert!(!path.exists());
    }

    #[test]
    fn broken_keys_are_named_without_showing_them() {
        let world = World::system();
        for (text, part) in [("short", "32 bytes"), ("!!!", "base64"), ("", "32 bytes")] {
            let encoded = if part == "32 bytes" {
                STANDARD.encode(text)
            } else {
                text.to_owned()
            };
            let error = open_kek(&KekSource::Env("K".into()), Some(&encoded), &world, true)
                .err()
                .unwrap();
            assert!(error.to_string().contains('K'), "{error}");
        }
        assert_eq!(
            "vault".parse::<KekSource>().unwrap_err(),
            "must be file:PATH or env:NAME"
        );
    }
}
