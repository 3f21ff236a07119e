//! Data keys of the deployment, of workspaces and of connections.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use tenon_model::{ConnectionId, KeyId, Scope, WorkspaceId, World};
use tenon_store::{KeyRow, Store, Tx};
use tenon_vault::{DataKey, Graveyard, Kek, Wrapped};

use crate::{Error, Result};

/// Opens, makes and destroys data keys; keeps opened ones in memory.
#[derive(Clone)]
pub struct Keys {
    kek: Arc<dyn Kek>,
    graveyard: Graveyard,
    world: World,
    deployment: Arc<DataKey>,
    open: Arc<Mutex<HashMap<KeyId, Arc<DataKey>>>>,
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
        let mut tx = store.begin(&Scope::system()).await?;
        let deployment = if let Some(row) = tx.keys().deployment().await? {
            kek.unwrap(
                row.id,
                &Wrapped {
                    bytes: row.wrapped,
                    kek: row.kek,
                },
            )
            .await?
        } else {
            let key = DataKey::generate(&world);
            let wrapped = kek.wrap(&world, &key).await?;
            tx.keys()
                .insert(&key_row(&key, &wrapped, None, None, &world))
                .await?;
            key
        };
        tx.commit().await?;
        Ok(Self {
            kek,
            graveyard,
            world,
            deployment: Arc::new(deployment),
            open: Arc::default(),
        })
    }

    /// The deployment's own key: sign-in flows, and finding equal accounts across workspaces.
    pub fn deployment(&self) -> &DataKey {
        &self.deployment
    }

    /// Makes a key for a workspace or a connection in the caller's transaction.
    pub async fn create(
        &self,
        tx: &mut Tx,
        workspace: WorkspaceId,
        connection: Option<ConnectionId>,
    ) -> Result<Arc<DataKey>> {
        let key = DataKey::generate(&self.world);
        let wrapped = self.kek.wrap(&self.world, &key).await?;
        tx.keys()
            .insert(&key_row(
                &key,
                &wrapped,
                Some(workspace),
                connection,
                &self.world,
            ))
            .await?;
        let key = Arc::new(key);
        self.remember(&key);
        Ok(key)
    }

    /// Makes a key for one job; it is not the workspace's own.
    pub(crate) async fn create_one_use(
        &self,
        tx: &mut Tx,
        workspace: WorkspaceId,
    ) -> Result<Arc<DataKey>> {
        // Filed under a connection id that names no connection, so that it is nobody's own key.
        self.create(tx, workspace, Some(self.world.id())).await
    }

    /// The key `id`.
    pub async fn get(&self, tx: &mut Tx, id: KeyId) -> Result<Arc<DataKey>> {
        if let Some(key) = self
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(&id)
        {
            return Ok(key.clone());
        }
        let row = tx
            .keys()
            .get(id)
            .await?
            .ok_or_else(|| Error::Internal("data_key_missing".into()))?;
        let key = Arc::new(
            self.kek
                .unwrap(
                    id,
                    &Wrapped {
                        bytes: row.wrapped,
                        kek: row.kek,
                    },
                )
                .await?,
        );
        self.remember(&key);
        Ok(key)
    }

    /// The workspace's own key.
    pub async fn workspace(&self, tx: &mut Tx, workspace: WorkspaceId) -> Result<Arc<DataKey>> {
        match tx.keys().for_workspace(workspace).await? {
            Some(row) => self.get(tx, row.id).await,
            None => self.create(tx, workspace, None).await,
        }
    }

    /// Destroys a key: first its id goes to the graveyard, then its row in the caller's
    /// transaction. Returns whether there was a row.
    pub async fn destroy(&self, tx: &mut Tx, id: KeyId) -> Result<bool> {
        self.graveyard.bury(id)?;
        let existed = tx.keys().destroy(id).await?;
        self.forget(id);
        Ok(existed)
    }

    /// Drops an opened key from memory.
    pub fn forget(&self, id: KeyId) {
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .remove(&id);
    }

    /// Keys that were destroyed once and must not come back with a restored backup.
    pub fn graveyard(&self) -> &Graveyard {
        &self.graveyard
    }

    fn remember(&self, key: &Arc<DataKey>) {
        self.open
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(key.id(), key.clone());
    }
}

fn key_row(
    key: &DataKey,
    wrapped: &Wrapped,
    workspace: Option<WorkspaceId>,
    connection: Option<ConnectionId>,
    world: &World,
) -> KeyRow {
    KeyRow {
        id: key.id(),
        workspace_id: workspace,
        connection_id: connection,
        wrapped: wrapped.bytes.clone(),
        kek: wrapped.kek.clone(),
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
    Vault(#[from] tenon_vault::VaultError),
}

impl std::fmt::Debug for Keys {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Keys(…)")
    }
}
