//! Data keys of the deployment, of workspaces and of connections, and what wraps them.

mod checking;
mod rotation;
mod transit;

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tenon_model::{ConnectionId, KeyId, Scope, WorkspaceId, World};
use tenon_store::{KeyRow, Store, Tx};
use tenon_vault::{DataKey, Graveyard, Kek, KekVersion, VaultError, Wrapped, newest};

use crate::{Error, Result};

pub use checking::{Checked, Unreadable};
pub use rotation::{Rewrapped, RotationError, Standing};
pub use transit::TransitKek;

/// The name under which the deployment's key is claimed: of several programs that start on an
/// empty database one makes it.
const DEPLOYMENT: &str = "deployment_key";

/// How often what wraps new keys may change while one is made.
const CHANGES: usize = 5;

/// Opens, makes and destroys data keys; keeps opened ones in memory. No transaction is kept waiting
/// for a key-encryption key that lives in another service: readers give theirs back meanwhile,
/// writers have the key opened before they begin.
#[derive(Clone)]
pub struct Keys {
    store: Store,
    kek: Arc<dyn Kek>,
    graveyard: Graveyard,
    world: World,
    deployment: Arc<DataKey>,
    opened: Arc<Mutex<Opened>>,
}

#[derive(Default)]
struct Opened {
    keys: HashMap<KeyId, Held>,
    /// Destroyed while this process runs: whoever still has one under way must not bring it back.
    destroyed: HashSet<KeyId>,
}

struct Held {
    key: Arc<DataKey>,
    connection: Option<ConnectionId>,
}

/// A key that is made and wrapped but not stored yet.
pub struct NewKey {
    key: DataKey,
    wrapped: Wrapped,
}

impl Keys {
    /// Loads the deployment's key, or makes it in an empty database. Fails with one clear sentence
    /// when the key-encryption key is not the one the database was written with.
    pub async fn open(
        store: &Store,
        kek: Arc<dyn Kek>,
        graveyard: Graveyard,
        world: World,
    ) -> Result<Self, KeysError> {
        let stored = async || -> Result<Option<KeyRow>, KeysError> {
            let mut tx = store.read(&Scope::system()).await?;
            Ok(tx.keys().deployment().await?)
        };
        let row = if let Some(row) = stored().await? {
            row
        } else {
            let with = newest(kek.as_ref()).await?;
            let new = make(kek.as_ref(), &world, &with).await?;
            let row = key_row(&new, None, None, &world);
            let mut tx = store.begin(&Scope::system()).await?;
            if tx.settings().claim(DEPLOYMENT, &row.id.to_string()).await? {
                tx.keys().claim_current_kek(&row.kek).await?;
                tx.keys().insert(&row).await?;
                tx.commit().await?;
                row
            } else {
                drop(tx);
                // Another program was faster; its commit is what ours has waited for.
                stored().await?.ok_or(VaultError::Malformed)?
            }
        };
        let current = row.kek.clone();
        let deployment = unwrap(kek.as_ref(), row).await?;
        say_what_wraps(store, &current).await?;
        Ok(Self {
            store: store.clone(),
            kek,
            graveyard,
            world,
            deployment: Arc::new(deployment),
            opened: Arc::default(),
        })
    }

    /// The deployment's own key: sign-in flows, and finding equal accounts across workspaces.
    pub fn deployment(&self) -> &DataKey {
        &self.deployment
    }

    /// Makes a key, to be stored by [`Keys::insert`]. Before a transaction begins.
    pub async fn make(&self) -> Result<NewKey> {
        let with = self.current().await?;
        Ok(make(self.kek.as_ref(), &self.world, &with).await?)
    }

    /// Begins a transaction in which a new key will be stored. What wraps new keys may have changed since
    /// it was made; then it is wrapped anew first, with no transaction open.
    pub async fn begin(&self, scope: &Scope, mut new: NewKey) -> Result<(Tx, NewKey)> {
        for _ in 0..CHANGES {
            let mut tx = self.store.begin(scope).await?;
            let current = tx.keys().hold_current_kek().await?.unwrap_or_default();
            let current: KekVersion = current.parse()?;
            if current == new.wrapped.kek {
                return Ok((tx, new));
            }
            drop(tx);
            new.wrapped = self.kek.wrap(&self.world, &new.key, &current).await?;
        }
        Err(Error::KeysUnavailable)
    }

    /// What wraps new keys, for all programs on this database.
    async fn current(&self) -> Result<KekVersion> {
        let mut tx = self.store.read(&Scope::system()).await?;
        let current = tx.keys().current_kek().await?;
        let current = current.ok_or_else(|| Error::Internal("kek_unnamed".into()))?;
        Ok(current.parse()?)
    }

    /// Stores a new key of a workspace or a connection in the caller's transaction.
    pub async fn insert(
        &self,
        tx: &mut Tx,
        new: NewKey,
        workspace: WorkspaceId,
        connection: Option<ConnectionId>,
    ) -> Result<Arc<DataKey>> {
        let new = self.wrapped_as_now(tx, new).await?;
        let row = key_row(&new, Some(workspace), connection, &self.world);
        tx.keys().insert(&row).await?;
        let key = Arc::new(new.key);
        self.remember(&key, connection);
        Ok(key)
    }

    /// The key wrapped with what wraps new keys, which cannot change before the transaction ends. So
    /// once that has changed, no row comes that names what was before, and it may be retired when
    /// none does.
    async fn wrapped_as_now(&self, tx: &mut Tx, new: NewKey) -> Result<NewKey> {
        let current = tx.keys().hold_current_kek().await?;
        let current = current.ok_or_else(|| Error::Internal("kek_unnamed".into()))?;
        let current: KekVersion = current.parse()?;
        if current == new.wrapped.kek {
            return Ok(new);
        }
        if self.kek.is_remote() {
            return Err(Error::KeysUnavailable);
        }
        let wrapped = self.kek.wrap(&self.world, &new.key, &current).await?;
        Ok(NewKey { wrapped, ..new })
    }

    /// Stores a new key for one job; it is not the workspace's own.
    pub(crate) async fn insert_one_use(
        &self,
        tx: &mut Tx,
        new: NewKey,
        workspace: WorkspaceId,
    ) -> Result<Arc<DataKey>> {
        // Filed under a connection id that names no connection, so that it is nobody's own key.
        self.insert(tx, new, workspace, Some(self.world.id())).await
    }

    /// The key `id`. In a transaction that writes it has to be open already, see [`Keys::warm`],
    /// unless the key-encryption key is in memory.
    pub async fn get(&self, tx: &mut Tx, id: KeyId) -> Result<Arc<DataKey>> {
        if let Some(held) = self.lock().keys.get(&id) {
            return Ok(held.key.clone());
        }
        let row = tx.keys().get(id).await?;
        let row = row.ok_or_else(|| Error::Internal("data_key_missing".into()))?;
        let connection = row.connection_id;
        let key = if !self.kek.is_remote() {
            unwrap(self.kek.as_ref(), row).await?
        } else if tx.reads_only() {
            tx.resting(unwrap(self.kek.as_ref(), row)).await??
        } else {
            return Err(Error::Internal("data_key_not_open".into()));
        };
        let key = Arc::new(key);
        self.remember(&key, connection);
        Ok(key)
    }

    /// Opens a key, so that a transaction that is about to begin finds it open. One that is missing
    /// is that transaction's matter.
    pub async fn warm(&self, scope: &Scope, id: KeyId) -> Result<()> {
        if self.lock().keys.contains_key(&id) {
            return Ok(());
        }
        let mut tx = self.store.read(scope).await?;
        if tx.keys().get(id).await?.is_some() {
            self.get(&mut tx, id).await?;
        }
        Ok(())
    }

    /// The workspace's own key. Where there may be none yet, [`Keys::warm_workspace`] comes first.
    pub async fn workspace(&self, tx: &mut Tx, workspace: WorkspaceId) -> Result<Arc<DataKey>> {
        let row = tx.keys().for_workspace(workspace).await?;
        let row = row.ok_or_else(|| Error::Internal("data_key_missing".into()))?;
        self.get(tx, row.id).await
    }

    /// Opens the workspace's own key, or makes it. Before a transaction begins.
    pub async fn warm_workspace(&self, workspace: WorkspaceId) -> Result<()> {
        let scope = Scope::job(workspace);
        let mut tx = self.store.read(&scope).await?;
        let row = tx.keys().for_workspace(workspace).await?;
        drop(tx);
        if let Some(row) = row {
            return self.warm(&scope, row.id).await;
        }
        let new = self.make().await?;
        let (mut tx, new) = self.begin(&scope, new).await?;
        if tx.keys().for_workspace(workspace).await?.is_none() {
            self.insert(&mut tx, new, workspace, None).await?;
            tx.commit().await?;
        }
        Ok(())
    }

    /// Destroys a key: first its id goes to the graveyard, then its row in the caller's
    /// transaction. Returns whether there was a row.
    pub async fn destroy(&self, tx: &mut Tx, id: KeyId) -> Result<bool> {
        self.graveyard.bury(id)?;
        let existed = tx.keys().destroy(id).await?;
        self.forget(id);
        Ok(existed)
    }

    /// Drops an opened key from memory, for good.
    pub fn forget(&self, id: KeyId) {
        let mut opened = self.lock();
        opened.keys.remove(&id);
        opened.destroyed.insert(id);
    }

    /// Drops an opened key from memory; it is opened again when it is needed and still there.
    pub fn drop_opened(&self, id: KeyId) {
        self.lock().keys.remove(&id);
    }

    /// Drops the opened keys of a connection that is gone.
    pub(crate) fn forget_connection(&self, connection: ConnectionId) {
        let of_it: Vec<KeyId> = self
            .lock()
            .keys
            .iter()
            .filter(|(_, held)| held.connection == Some(connection))
            .map(|(id, _)| *id)
            .collect();
        for id in of_it {
            self.forget(id);
        }
    }

    /// The opened keys and the connections they belong to.
    pub(crate) fn held(&self) -> Vec<(KeyId, Option<ConnectionId>)> {
        let opened = self.lock();
        opened
            .keys
            .iter()
            .map(|(id, held)| (*id, held.connection))
            .collect()
    }

    /// Whether a key is open in this process.
    pub fn is_open(&self, id: KeyId) -> bool {
        self.lock().keys.contains_key(&id)
    }

    /// Keys that were destroyed once and must not come back with a restored backup.
    pub fn graveyard(&self) -> &Graveyard {
        &self.graveyard
    }

    fn remember(&self, key: &Arc<DataKey>, connection: Option<ConnectionId>) {
        let mut opened = self.lock();
        if !opened.destroyed.contains(&key.id()) {
            let key = key.clone();
            opened.keys.insert(key.id(), Held { key, connection });
        }
    }

    fn lock(&self) -> MutexGuard<'_, Opened> {
        self.opened.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

async fn make(kek: &dyn Kek, world: &World, with: &KekVersion) -> Result<NewKey, VaultError> {
    let key = DataKey::generate(world);
    let wrapped = kek.wrap(world, &key, with).await?;
    Ok(NewKey { key, wrapped })
}

async fn unwrap(kek: &dyn Kek, row: KeyRow) -> Result<DataKey, VaultError> {
    let wrapped = Wrapped::stored(row.wrapped, &row.kek)?;
    kek.unwrap(row.id, &wrapped).await
}

/// A database of before this was written down goes on with what wraps its own key.
async fn say_what_wraps(store: &Store, kek: &str) -> Result<(), KeysError> {
    let mut tx = store.read(&Scope::system()).await?;
    let said = tx.keys().current_kek().await?.is_some();
    drop(tx);
    if !said {
        let mut tx = store.begin(&Scope::system()).await?;
        tx.keys().claim_current_kek(kek).await?;
        tx.commit().await?;
    }
    Ok(())
}

fn key_row(
    new: &NewKey,
    workspace: Option<WorkspaceId>,
    connection: Option<ConnectionId>,
    world: &World,
) -> KeyRow {
    KeyRow {
        id: new.key.id(),
        workspace_id: workspace,
        connection_id: connection,
        wrapped: new.wrapped.bytes.clone(),
        kek: new.wrapped.kek.to_string(),
        created_at: world.now(),
    }
}

/// Why the keys of a deployment cannot be opened at start.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The database.
    #[error(transparent)]
    Store(#[from] tenon_store::StoreError),
    /// The key.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}
