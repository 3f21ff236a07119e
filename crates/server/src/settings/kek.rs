//! Where key-encryption keys are: a file, a variable, or HashiCorp Vault.

use std::path::PathBuf;

use tenon_connectors::transit::{TransitConfig, VaultToken};
use tenon_vault::KekSource;

use super::load::Values;
use super::upstream;
use crate::failure::Failure;

/// A key-encryption key.
#[derive(Debug, Clone)]
pub(crate) enum KekPlace {
    /// Held in memory.
    Held(KekSource),
    /// In a transit engine.
    Transit(Box<TransitConfig>),
}

/// `file:PATH`, `env:NAME` or `vault:MOUNT/KEY`; the latter needs the settings of Vault too.
pub(super) fn place(values: &Values, name: &'static str) -> Result<Option<KekPlace>, Failure> {
    let Some(text) = values.given(name) else {
        return Ok(None);
    };
    let Some(path) = text.strip_prefix("vault:") else {
        let held = text
            .parse()
            .map_err(|_| values.wrong(name, "must be file:PATH, env:NAME or vault:MOUNT/KEY"))?;
        return Ok(Some(KekPlace::Held(held)));
    };
    let plain = |part: &str| {
        let fits = |c: char| c.is_ascii_alphanumeric() || "-_./".contains(c);
        !part.is_empty() && part.chars().all(fits) && !part.ends_with('.')
    };
    let (mount, key) = path
        .rsplit_once('/')
        .filter(|(mount, key)| plain(mount) && plain(key))
        .ok_or_else(|| {
            values.wrong(name, "must be vault:MOUNT/KEY, such as vault:transit/tenon")
        })?;
    let address = "TENON_VAULT_ADDR";
    let given = values.given(address);
    let given = given.ok_or_else(|| values.wrong(address, &format!("is missing beside {name}")))?;
    Ok(Some(KekPlace::Transit(Box::new(TransitConfig {
        address: upstream(given).map_err(|what| values.wrong(address, what))?,
        namespace: values.text("TENON_VAULT_NAMESPACE").to_owned(),
        mount: mount.to_owned(),
        key: key.to_owned(),
        token: token(values)?,
    }))))
}

fn token(values: &Values) -> Result<VaultToken, Failure> {
    const TEXT: &str = "TENON_VAULT_TOKEN";
    const FILE: &str = "TENON_VAULT_TOKEN_FILE";
    match (values.given(TEXT), values.given(FILE)) {
        (Some(text), None) => Ok(VaultToken::Text(text.into())),
        (None, Some(path)) => Ok(VaultToken::File(PathBuf::from(path))),
        (None, None) => Err(values.wrong(TEXT, &format!("is missing, and {FILE} too"))),
        (Some(_), Some(_)) => Err(values.wrong(FILE, &format!("stands beside {TEXT}; give one"))),
    }
}
