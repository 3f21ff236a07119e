//! Changing what wraps the data keys: another version, or another key-encryption key. Everything
//! goes on meanwhile, for both are readable until no row names the old one.

use futures::{StreamExt as _, TryStreamExt as _};
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{KeyId, Scope};
use tenon_store::{KeyRow, StoreError};
use tenon_vault::{Change, KekVersion, VaultError, Wrapped, newest};

use super::{Keys, unwrap};

/// Keys that are read, wrapped anew and stored at a time.
const PAGE: u32 = 100;
/// Calls to another service at the same time.
const AT_ONCE: usize = 8;

/// How the data keys are wrapped.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Standing {
    /// What wraps new data keys.
    pub current: KekVersion,
    /// The newest version of the key-encryption key that is set up.
    pub newest: KekVersion,
    /// All its versions.
    pub held: Vec<u32>,
    /// How many data keys each version of each key-encryption key wraps.
    pub wrapped: Vec<(String, u64)>,
    /// How many data keys have been destroyed.
    pub destroyed: usize,
}

impl Standing {
    /// How many data keys are not wrapped with the newest version.
    pub fn behind(&self) -> u64 {
        let newest = self.newest.to_string();
        let others = self.wrapped.iter().filter(|(kek, _)| *kek != newest);
        others.map(|(_, count)| count).sum()
    }
}

/// What wrapping anew has done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rewrapped {
    /// What all data keys are wrapped with now.
    pub with: KekVersion,
    /// How many were moved by this run.
    pub moved: u64,
    /// Keys that do not open, and stay as they are.
    pub broken: Vec<KeyId>,
}

/// Why the key-encryption key is not changed.
#[derive(Debug, thiserror::Error)]
pub enum RotationError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key.
    #[error(transparent)]
    Vault(#[from] VaultError),
    /// A version that is there already waits to be used.
    #[error("{0} is there already and not in use yet: wrap the data keys with it first")]
    Waiting(KekVersion),
    /// This machine has not got what the others use.
    #[error(
        "{current} is in use, but the newest version here is {newest}: bring the newest key here first"
    )]
    Behind {
        /// What wraps new data keys.
        current: KekVersion,
        /// The newest version at hand.
        newest: KekVersion,
    },
    /// Somebody wraps the keys with something else.
    #[error("{0} wraps new data keys since a moment ago; this run stops")]
    Overtaken(String),
    /// The version is in use, or newer.
    #[error("{0} cannot be retired: {1} wraps new data keys, and only older versions of it can go")]
    InUse(KekVersion, KekVersion),
    /// Rows name it.
    #[error(
        "{0} cannot be retired: it, or one before it, wraps {1} data keys; wrap them anew first"
    )]
    Needed(KekVersion, u64),
    /// There is no such version.
    #[error("there is no {0}")]
    Unknown(KekVersion),
}

impl Keys {
    /// Counts what wraps what.
    pub async fn standing(&self) -> Result<Standing, RotationError> {
        let held = self.kek.versions().await?;
        let newest = newest(self.kek.as_ref()).await?;
        let mut tx = self.store.read(&Scope::system()).await?;
        let current = tx
            .keys()
            .current_kek()
            .await?
            .ok_or(VaultError::Malformed)?;
        Ok(Standing {
            current: current.parse()?,
            newest,
            held,
            wrapped: tx.keys().by_kek().await?,
            destroyed: self.graveyard.buried()?.len(),
        })
    }

    /// Adds a version, which nothing uses before [`Keys::rewrap`]: other servers may get it meanwhile.
    pub async fn rotate(&self) -> Result<Change, RotationError> {
        let Standing {
            current, newest, ..
        } = self.standing().await?;
        if newest.source == current.source && newest.version > current.version {
            return Err(RotationError::Waiting(newest));
        }
        if newest.source == current.source && newest.version < current.version {
            return Err(RotationError::Behind { current, newest });
        }
        Ok(self.kek.rotate(&self.world).await?)
    }

    /// Wraps every data key with the newest version, and all new ones from now on. Cut off anywhere it
    /// leaves each key wrapped with the one or the other, and goes on where it was when it is called
    /// again. `told` hears how many keys have been moved.
    pub async fn rewrap(&self, mut told: impl FnMut(u64)) -> Result<Rewrapped, RotationError> {
        let with = newest(self.kek.as_ref()).await?;
        self.begin_with(&with).await?;
        let mut done = Rewrapped {
            with,
            moved: 0,
            broken: Vec::new(),
        };
        let mut after = None;
        loop {
            let mut tx = self.store.read(&Scope::system()).await?;
            let with = done.with.to_string();
            let rows = tx.keys().not_wrapped_with(&with, after, PAGE).await?;
            drop(tx);
            let Some(last) = rows.last() else { break };
            if sabotage::on(Saboteur::RewrapSkips) {
                break;
            }
            after = Some(last.id);
            self.move_page(rows, &mut done).await?;
            told(done.moved);
        }
        // The old forms live on in SQLite's log until it is emptied, which readers may put off.
        if let Err(error) = self.store.checkpoint().await {
            tracing::info!(%error, "the database's log is emptied later");
        }
        Ok(done)
    }

    /// From here on new keys are wrapped with `with`. Waits for whoever is storing one.
    async fn begin_with(&self, with: &KekVersion) -> Result<(), RotationError> {
        let mut tx = self.store.begin(&Scope::system()).await?;
        let was = tx
            .keys()
            .current_kek()
            .await?
            .ok_or(VaultError::Malformed)?;
        let current: KekVersion = was.parse()?;
        if current.source == with.source && current.version > with.version {
            return Err(RotationError::Behind {
                current,
                newest: with.clone(),
            });
        }
        let with = with.to_string();
        if was != with && !tx.keys().replace_current_kek(&was, &with).await? {
            return Err(RotationError::Overtaken(was));
        }
        Ok(tx.commit().await?)
    }

    async fn move_page(
        &self,
        rows: Vec<KeyRow>,
        done: &mut Rewrapped,
    ) -> Result<(), RotationError> {
        let with = done.with.clone();
        let wrapped: Vec<(KeyRow, Option<Wrapped>)> = futures::stream::iter(rows)
            .map(|row| self.wrapped_anew(row, &with))
            .buffered(AT_ONCE)
            .try_collect()
            .await?;
        let with = with.to_string();
        let mut tx = self.store.begin(&Scope::system()).await?;
        let current = tx.keys().hold_current_kek().await?.unwrap_or_default();
        if current != with {
            return Err(RotationError::Overtaken(current));
        }
        let mut moved = 0;
        for (row, wrapped) in wrapped {
            let Some(wrapped) = wrapped else {
                done.broken.push(row.id);
                continue;
            };
            // One that was destroyed, or moved by another run, meanwhile is not ours any more.
            let mut keys = tx.keys();
            let replaced = keys.replace_wrapped(&row, wrapped.bytes, &with).await?;
            moved += u64::from(replaced);
        }
        tx.commit().await?;
        done.moved += moved;
        Ok(())
    }

    /// The key wrapped with `with`, which has been unwrapped again and compared; `None` when it does
    /// not open as it is. What is missing or away ends the run instead.
    async fn wrapped_anew(
        &self,
        row: KeyRow,
        with: &KekVersion,
    ) -> Result<(KeyRow, Option<Wrapped>), VaultError> {
        let kek = self.kek.as_ref();
        let key = match unwrap(kek, row.clone()).await {
            Ok(key) => key,
            Err(
                VaultError::WrongKek(_)
                | VaultError::Malformed
                | VaultError::OtherKey
                | VaultError::Refused,
            ) => return Ok((row, None)),
            Err(error) => return Err(error),
        };
        let wrapped = kek.wrap(&self.world, &key, with).await?;
        if !key.is_same(&kek.unwrap(row.id, &wrapped).await?) {
            return Err(VaultError::Malformed);
        }
        Ok((row, Some(wrapped)))
    }

    /// Takes a version away that no data key names. That is asked of the rows, and no row that names
    /// it can come any more: new keys are wrapped with what is in use.
    pub async fn retire(&self, version: u32) -> Result<Change, RotationError> {
        let wanted = KekVersion::new(self.kek.source(), version);
        let Standing { current, held, .. } = self.standing().await?;
        if current.source != wanted.source || current.version <= version {
            return Err(RotationError::InUse(wanted, current));
        }
        if !held.contains(&version) {
            return Err(RotationError::Unknown(wanted));
        }
        let mut tx = self.store.read(&Scope::system()).await?;
        // Some keys can only be told the least version they keep, so older ones must not be needed
        // either.
        let needs = |kek: &str| match kek.parse::<KekVersion>() {
            Ok(kek) => kek.source == wanted.source && kek.version <= version,
            Err(_) => true,
        };
        let counts = tx.keys().by_kek().await?;
        let needing = counts.iter().filter(|(kek, _)| needs(kek));
        let count: u64 = needing.map(|(_, count)| count).sum();
        if count > 0 {
            return Err(RotationError::Needed(wanted, count));
        }
        drop(tx);
        Ok(self.kek.retire(version).await?)
    }
}
