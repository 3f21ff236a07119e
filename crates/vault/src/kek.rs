//! Key-encryption keys: what wraps the data keys, from a file or an environment secret.

use std::collections::BTreeMap;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use aws_lc_rs::aead::{AES_256_GCM, Aad, LessSafeKey, NONCE_LEN, Nonce, UnboundKey};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use tenon_model::{KeyId, World};
use zeroize::Zeroizing;

use crate::{DataKey, VaultError};

/// A wrapped data key as it is stored.
#[derive(Clone, PartialEq, Eq)]
pub struct Wrapped {
    /// Nonce, ciphertext and tag.
    pub bytes: Vec<u8>,
    /// Which key-encryption key and version wrapped it, for example `file:1`.
    pub kek: String,
}

/// Wraps and unwraps data keys. Asynchronous because a key may live in another service.
#[async_trait]
pub trait Kek: Send + Sync {
    /// Whether wrapping and unwrapping ask another service, so that no transaction may wait for it.
    fn is_remote(&self) -> bool {
        false
    }
    /// Wraps with the newest version.
    async fn wrap(&self, world: &World, key: &DataKey) -> Result<Wrapped, VaultError>;
    /// Unwraps with the version that `wrapped` names.
    async fn unwrap(&self, id: KeyId, wrapped: &Wrapped) -> Result<DataKey, VaultError>;
}

/// Where the key-encryption key comes from (`TENON_KEK`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum KekSource {
    /// `file:PATH`; created with mode 0600 at the first start.
    File(PathBuf),
    /// `env:NAME`; base64 of 32 bytes.
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

/// Versions of a key-encryption key, held in memory.
struct LocalKek {
    source: &'static str,
    name: String,
    versions: BTreeMap<u32, LessSafeKey>,
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
    let (source_word, name, text) = match source {
        KekSource::File(path) => {
            let name = format!("file {}", path.display());
            if !path.exists() {
                if !may_create {
                    return Err(VaultError::Kek {
                        source_name: name,
                        reason: "the file is missing, but the database holds data sealed under it; put the file back from its backup".into(),
                    });
                }
                create_file(path, world).map_err(|e| VaultError::Kek {
                    source_name: name.clone(),
                    reason: format!("cannot be created: {e}"),
                })?;
            }
            let text = std::fs::read_to_string(path)
                .map(Zeroizing::new)
                .map_err(|e| VaultError::Kek {
                    source_name: name.clone(),
                    reason: format!("cannot be read: {e}"),
                })?;
            ("file", name, text)
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
            ("env", name, Zeroizing::new(format!("1 {}", secret.trim())))
        }
    };
    let versions = parse(&text).map_err(|reason| VaultError::Kek {
        source_name: name.clone(),
        reason,
    })?;
    Ok(Box::new(LocalKek {
        source: source_word,
        name,
        versions,
    }))
}

fn create_file(path: &Path, world: &World) -> std::io::Result<()> {
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder)?;
    }
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let mut file = options.open(path)?;
    let secret = Zeroizing::new(world.bytes::<32>());
    let line = Zeroizing::new(format!(
        "# Tenon key-encryption key. Keep a copy apart from the database: without it the data cannot be read.\n1 {}\n",
        STANDARD.encode(*secret)
    ));
    file.write_all(line.as_bytes())?;
    file.sync_all()
}

/// Lines of `VERSION BASE64`; `#` starts a comment.
fn parse(text: &str) -> Result<BTreeMap<u32, LessSafeKey>, String> {
    let mut versions = BTreeMap::new();
    for (number, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let at = number + 1;
        let (version, key) = line
            .split_once(' ')
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

#[async_trait]
impl Kek for LocalKek {
    async fn wrap(&self, world: &World, key: &DataKey) -> Result<Wrapped, VaultError> {
        let (version, cipher) = self
            .versions
            .last_key_value()
            .ok_or(VaultError::Malformed)?;
        let nonce: [u8; NONCE_LEN] = world.bytes();
        let mut secret = Zeroizing::new(key.secret().to_vec());
        let tag = cipher
            .seal_in_place_separate_tag(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(key.id().0.as_bytes()),
                &mut secret,
            )
            .map_err(|_| VaultError::Malformed)?;
        let bytes = [&nonce[..], &secret, tag.as_ref()].concat();
        Ok(Wrapped {
            bytes,
            kek: format!("{}:{version}", self.source),
        })
    }

    async fn unwrap(&self, id: KeyId, wrapped: &Wrapped) -> Result<DataKey, VaultError> {
        let version = wrapped
            .kek
            .rsplit_once(':')
            .and_then(|(_, v)| v.parse().ok())
            .ok_or(VaultError::Malformed)?;
        let cipher = self
            .versions
            .get(&version)
            .ok_or_else(|| VaultError::KekVersionMissing {
                source_name: self.name.clone(),
                version,
            })?;
        let (nonce, body) = wrapped
            .bytes
            .split_at_checked(NONCE_LEN)
            .ok_or(VaultError::Malformed)?;
        let nonce = nonce.try_into().map_err(|_| VaultError::Malformed)?;
        let mut secret = Zeroizing::new(body.to_vec());
        let plain = cipher
            .open_in_place(
                Nonce::assume_unique_for_key(nonce),
                Aad::from(id.0.as_bytes()),
                &mut secret,
            )
            .map_err(|_| VaultError::WrongKek(self.name.clone()))?;
        DataKey::from_secret(id, plain)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_key_file_is_made_once_and_opens_what_it_wrapped() {
        let world = World::system();
        let folder = tempfile::tempdir().unwrap();
        let source = KekSource::File(folder.path().join("sub/kek"));
        let kek = open_kek(&source, None, &world, true).unwrap();
        let key = DataKey::generate(&world);
        let wrapped = kek.wrap(&world, &key).await.unwrap();
        assert_eq!(wrapped.kek, "file:1");
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
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = std::fs::metadata(folder.path().join("sub/kek"))
                .unwrap()
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[tokio::test]
    async fn another_key_is_told_in_one_sentence() {
        let world = World::system();
        let a = open_kek(
            &KekSource::Env("A".into()),
            Some(&STANDARD.encode([1; 32])),
            &world,
            true,
        )
        .unwrap();
        let b = open_kek(
            &KekSource::Env("B".into()),
            Some(&STANDARD.encode([2; 32])),
            &world,
            true,
        )
        .unwrap();
        let key = DataKey::generate(&world);
        let error = b
            .unwrap(key.id(), &a.wrap(&world, &key).await.unwrap())
            .await
            .err()
            .unwrap();
        assert!(
            error.to_string().contains("environment variable B"),
            "{error}"
        );
    }

    #[test]
    fn a_missing_file_beside_a_used_database_is_not_replaced() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("kek");
        let error = open_kek(
            &KekSource::File(path.clone()),
            None,
            &World::system(),
            false,
        )
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
