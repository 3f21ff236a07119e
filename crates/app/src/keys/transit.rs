//! A key-encryption key in HashiCorp Vault's transit engine: the vault's words for the connector.

use std::sync::Arc;

use async_trait::async_trait;
use secrecy::{ExposeSecret as _, SecretSlice};
use tenon_connectors::transit::{Transit, TransitError};
use tenon_model::{KeyId, World};
use tenon_vault::{Change, DataKey, Kek, KekVersion, VaultError, Wrapped};

/// Data keys wrapped by Vault. What Vault gets is bound to the key's id twice: as associated data,
/// which older Vaults pass over, and within what is encrypted.
pub struct TransitKek {
    source: String,
    transit: Arc<Transit>,
}

impl TransitKek {
    /// The key that `transit` reaches.
    pub fn new(transit: Arc<Transit>) -> Self {
        Self {
            source: format!("vault:{}", transit.key_path()),
            transit,
        }
    }

    fn failed(&self, error: TransitError) -> VaultError {
        let (source_name, reason) = (self.source.clone(), error.sentence().to_owned());
        if error.passes() {
            VaultError::KekAway {
                source_name,
                reason,
            }
        } else {
            VaultError::Kek {
                source_name,
                reason,
            }
        }
    }
}

#[async_trait]
impl Kek for TransitKek {
    fn is_remote(&self) -> bool {
        true
    }

    fn source(&self) -> &str {
        &self.source
    }

    async fn versions(&self) -> Result<Vec<u32>, VaultError> {
        let key = self.transit.read_key().await.map_err(|e| self.failed(e))?;
        Ok(key.usable_versions())
    }

    async fn wrap(
        &self,
        _: &World,
        key: &DataKey,
        with: &KekVersion,
    ) -> Result<Wrapped, VaultError> {
        if with.source != self.source {
            return Err(VaultError::KekElsewhere(with.clone()));
        }
        let plain: SecretSlice<u8> = key.to_wrap().to_vec().into();
        let id = key.id();
        let sealed = self
            .transit
            .encrypt(&plain, id.0.as_bytes(), with.version)
            .await
            .map_err(|e| self.failed(e))?;
        Ok(Wrapped {
            bytes: sealed.into_bytes(),
            kek: with.clone(),
        })
    }

    async fn unwrap(&self, id: KeyId, wrapped: &Wrapped) -> Result<DataKey, VaultError> {
        if wrapped.kek.source != self.source {
            return Err(VaultError::KekElsewhere(wrapped.kek.clone()));
        }
        // What the row says is what a version is retired by, so it must be what Vault used.
        let text = std::str::from_utf8(&wrapped.bytes).map_err(|_| VaultError::Malformed)?;
        if !text.starts_with(&format!("vault:v{}:", wrapped.kek.version)) {
            return Err(VaultError::Malformed);
        }
        let plain = match self.transit.decrypt(text, id.0.as_bytes()).await {
            Ok(plain) => plain,
            Err(TransitError::VersionRefused) => {
                return Err(VaultError::KekVersionMissing {
                    source_name: self.source.clone(),
                    version: wrapped.kek.version,
                });
            }
            Err(TransitError::Refused) => return Err(VaultError::WrongKek(self.source.clone())),
            Err(error) => return Err(self.failed(error)),
        };
        DataKey::from_unwrapped(id, plain.expose_secret())
    }

    async fn rotate(&self, _: &World) -> Result<Change, VaultError> {
        self.transit.rotate().await.map_err(|e| self.failed(e))?;
        let newest = self.versions().await?.last().copied();
        Ok(Change::Done(newest.unwrap_or_default()))
    }

    /// The right to take versions away is worth more than the right to use them, so Vault's
    /// administrator does it.
    async fn retire(&self, version: u32) -> Result<Change, VaultError> {
        let least = version + 1;
        Ok(Change::ByHand(format!(
            "nothing needs versions up to {version} any more; in Vault: vault write {} min_decryption_version={least}",
            self.transit.config_path()
        )))
    }
}
