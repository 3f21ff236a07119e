//! The transit secrets engine of HashiCorp Vault: a key that encrypts and decrypts but never leaves
//! Vault. Typed by hand from the documented API (<https://developer.hashicorp.com/vault/api-docs/secret/transit>):
//! reading a key, rotating it, encrypting and decrypting. `rewrap` is not used, for it takes no
//! associated data.

mod error;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use reqwest::Method;
use secrecy::{ExposeSecret as _, SecretSlice, SecretString};
use serde::Deserialize;
use serde_json::{Value, json};
use tenon_model::World;
use url::Url;

pub use error::TransitError;

use crate::ProviderError;
use crate::transport::{Call, Reach, Transport};

/// Deadline of each call: a person may wait for the key.
const DEADLINE: Duration = Duration::from_secs(5);
/// No answer is larger.
const MOST: usize = 256 * 1024;

/// Where the token comes from.
#[derive(Debug, Clone)]
pub enum VaultToken {
    /// Given once.
    Text(SecretString),
    /// In this file, read for each call: Vault Agent keeps it fresh there.
    File(PathBuf),
}

/// A key of a transit engine.
#[derive(Debug, Clone)]
pub struct TransitConfig {
    /// Address of Vault, as in `VAULT_ADDR`.
    pub address: Url,
    /// Namespace of Vault Enterprise; empty for none.
    pub namespace: String,
    /// Where the engine is mounted, such as `transit`.
    pub mount: String,
    /// Name of the key.
    pub key: String,
    /// Who we are there.
    pub token: VaultToken,
}

/// What Vault tells of a key.
#[derive(Debug, Clone, Deserialize)]
pub struct TransitKey {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    derived: bool,
    #[serde(default)]
    supports_encryption: bool,
    #[serde(default)]
    supports_decryption: bool,
    #[serde(default)]
    min_decryption_version: u32,
    #[serde(default)]
    min_encryption_version: u32,
    /// When each version was made, in seconds since 1970, or its public key.
    keys: BTreeMap<String, Value>,
}

impl TransitKey {
    /// Versions that both encrypt and decrypt, in order.
    pub fn usable_versions(&self) -> Vec<u32> {
        let least = self.min_decryption_version.max(self.min_encryption_version);
        let all = self.keys.keys().filter_map(|v| v.parse().ok());
        let mut versions: Vec<u32> = all.filter(|v| *v >= least).collect();
        versions.sort_unstable();
        versions
    }

    /// Its type, such as `aes256-gcm96`.
    pub fn kind(&self) -> &str {
        &self.kind
    }

    /// Encrypts with associated data, without a context for each call.
    fn fits(&self) -> bool {
        let authenticated = ["aes128-gcm96", "aes256-gcm96", "chacha20-poly1305"];
        self.supports_encryption
            && self.supports_decryption
            && !self.derived
            && authenticated.contains(&self.kind.as_str())
    }
}

/// A key of a transit engine, over the transport.
pub struct Transit {
    config: TransitConfig,
    transport: Arc<Transport>,
}

type Result<T> = std::result::Result<T, TransitError>;

const READ: &str = "vault.transit.read_key";
const ROTATE: &str = "vault.transit.rotate";
const ENCRYPT: &str = "vault.transit.encrypt";
const DECRYPT: &str = "vault.transit.decrypt";

#[derive(Deserialize)]
struct Data<T> {
    data: T,
}

#[derive(Deserialize)]
struct Encrypted {
    ciphertext: String,
}

#[derive(Deserialize)]
struct Decrypted {
    plaintext: String,
}

#[derive(Deserialize)]
struct Errors {
    #[serde(default)]
    errors: Vec<String>,
}

impl Transit {
    /// Builds it; refuses an address in clear off loopback. Nothing is asked yet.
    pub fn new(
        config: TransitConfig,
        world: World,
    ) -> std::result::Result<Arc<Self>, ProviderError> {
        let reach = Reach {
            configured: vec![config.address.clone()],
            public: false,
        };
        let transport = Transport::new(&reach, world)?;
        Ok(Arc::new(Self { config, transport }))
    }

    /// `MOUNT/KEY`.
    pub fn key_path(&self) -> String {
        format!("{}/{}", self.config.mount, self.config.key)
    }

    /// `MOUNT/keys/KEY/config`, for whoever sets the least version.
    pub fn config_path(&self) -> String {
        format!("{}/keys/{}/config", self.config.mount, self.config.key)
    }

    /// What the key is and which versions it has. Needs `read` on `MOUNT/keys/KEY`.
    pub async fn read_key(&self) -> Result<TransitKey> {
        let body = self.ask(READ, Method::GET, &["keys"], &[], None).await?;
        let key: TransitKey = data(&body)?;
        if key.fits() {
            Ok(key)
        } else {
            Err(TransitError::WrongKind)
        }
    }

    /// Makes a new version. Needs `update` on `MOUNT/keys/KEY/rotate`.
    pub async fn rotate(&self) -> Result<()> {
        let none = Some(json!({}));
        self.ask(ROTATE, Method::POST, &["keys"], &["rotate"], none)
            .await
            .map(drop)
    }

    /// Encrypts with this version, bound to `associated`: `vault:vN:…`. Needs `update` on
    /// `MOUNT/encrypt/KEY`.
    pub async fn encrypt(
        &self,
        plain: &SecretSlice<u8>,
        associated: &[u8],
        version: u32,
    ) -> Result<String> {
        let body = json!({
            "plaintext": STANDARD.encode(plain.expose_secret()),
            "associated_data": STANDARD.encode(associated),
            "key_version": version,
        });
        let body = self.ask(ENCRYPT, Method::POST, &["encrypt"], &[], Some(body));
        let Encrypted { ciphertext } = data(&body.await?)?;
        if ciphertext.starts_with(&format!("vault:v{version}:")) {
            Ok(ciphertext)
        } else {
            Err(TransitError::Unexpected)
        }
    }

    /// Decrypts what [`Transit::encrypt`] gave. Needs `update` on `MOUNT/decrypt/KEY`.
    pub async fn decrypt(&self, ciphertext: &str, associated: &[u8]) -> Result<SecretSlice<u8>> {
        let body = json!({
            "ciphertext": ciphertext,
            "associated_data": STANDARD.encode(associated),
        });
        let body = self.ask(DECRYPT, Method::POST, &["decrypt"], &[], Some(body));
        let Decrypted { plaintext } = data(&body.await?)?;
        let plaintext = SecretString::from(plaintext);
        STANDARD
            .decode(plaintext.expose_secret())
            .map(SecretSlice::from)
            .map_err(|_| TransitError::Unexpected)
    }

    /// `/v1/[NAMESPACE/]MOUNT/…before/KEY/…after`.
    fn url(&self, before: &[&str], after: &[&str]) -> Result<Url> {
        let mut url = self.config.address.clone();
        let config = &self.config;
        let folders = [config.namespace.as_str(), config.mount.as_str()];
        let folders = folders.into_iter().flat_map(|f| f.split('/'));
        url.path_segments_mut()
            .map_err(|()| TransitError::Unexpected)?
            .pop_if_empty()
            .push("v1")
            .extend(folders.filter(|f| !f.is_empty()))
            .extend(before)
            .push(&config.key)
            .extend(after);
        Ok(url)
    }

    fn token(&self) -> Result<SecretString> {
        let text = match &self.config.token {
            VaultToken::Text(text) => return Ok(text.clone()),
            VaultToken::File(path) => {
                std::fs::read_to_string(path).map_err(|_| TransitError::NoToken)?
            }
        };
        let token = text.trim();
        if token.is_empty() {
            return Err(TransitError::NoToken);
        }
        Ok(token.into())
    }

    async fn ask(
        &self,
        operation: &'static str,
        method: Method,
        before: &[&str],
        after: &[&str],
        body: Option<Value>,
    ) -> Result<Vec<u8>> {
        let (url, token) = (self.url(before, after)?, self.token()?);
        let call = || Call {
            operation,
            method: method.clone(),
            url: url.clone(),
            bearer: Some(&token),
            body: body
                .as_ref()
                .map(|b| ("application/json".to_owned(), b.to_string().into())),
            deadline: DEADLINE,
            max_body: MOST,
            units: 0,
        };
        let mut outcome = self.transport.call(call()).await;
        // A connection that was kept open may have ended meanwhile. Asking twice does the same, except
        // for a rotation.
        if operation != ROTATE
            && matches!(&outcome, Err(e) if matches!(e.code.as_str(), "connection_lost" | "connect"))
        {
            outcome = self.transport.call(call()).await;
        }
        let answer = outcome.map_err(|e| TransitError::of_call(&e))?;
        if answer.head.is_success() {
            return Ok(answer.body.to_vec());
        }
        let errors = serde_json::from_slice(&answer.body).unwrap_or(Errors { errors: vec![] });
        Err(TransitError::of_answer(answer.head.status, &errors.errors))
    }
}

fn data<T: for<'de> Deserialize<'de>>(body: &[u8]) -> Result<T> {
    serde_json::from_slice::<Data<T>>(body)
        .map(|answer| answer.data)
        .map_err(|_| TransitError::Unexpected)
}

impl std::fmt::Debug for Transit {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Transit({})", self.key_path())
    }
}
