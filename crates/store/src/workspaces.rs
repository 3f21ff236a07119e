//! Workspaces: the tenants of a deployment.

use tenon_model::{Time, WorkspaceId};

use crate::StoreError;
use crate::sql::sql;

/// A tenant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Workspace {
    /// Id.
    pub id: WorkspaceId,
    /// Name shown to its members.
    pub name: String,
    /// When it was made.
    pub created_at: Time,
}

aggregate!(
    /// The tenants.
    Workspaces,
    workspaces
);

impl Workspaces<'_> {
    /// Adds a workspace. System only: no tenant makes another.
    pub async fn insert(&mut self, row: &Workspace) -> Result<(), StoreError> {
        self.tx.system()?;
        let insert = sql("INSERT INTO workspaces (id, name, created_at) VALUES ($1, $2, $3)")
            .bind(row.id)
            .bind(row.name.as_str())
            .bind(row.created_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// A workspace, if it is the one of the scope. System: any workspace.
    pub async fn get(&mut self, id: WorkspaceId) -> Result<Option<Workspace>, StoreError> {
        if self.tx.workspace_or_all()?.is_some_and(|own| own != id) {
            return Ok(None);
        }
        let query = sql("SELECT id, name, created_at FROM workspaces WHERE id = $1").bind(id);
        self.tx
            .opt(query)
            .await?
            .map(|row| {
                let mut r = row.reader();
                Ok(Workspace {
                    id: r.take()?,
                    name: r.take()?,
                    created_at: r.take()?,
                })
            })
            .transpose()
    }

    /// Holds the scope's workspace until the end of the transaction, so that changes of who manages
    /// it come one after the other.
    pub async fn hold(&mut self) -> Result<(), StoreError> {
        let own = self.tx.workspace()?;
        let touch = sql("UPDATE workspaces SET name = name WHERE id = $1").bind(own);
        match self.tx.exec(touch).await? {
            0 => Err(StoreError::NotFound("workspace")),
            _ => Ok(()),
        }
    }

    /// How many there are in the deployment; 0 before set-up.
    pub async fn count(&mut self) -> Result<u64, StoreError> {
        self.tx.count(sql("SELECT count(*) FROM workspaces")).await
    }
}
