//! How long workspaces keep the metadata of mail.

use tenon_model::{ConnectionId, Time, WorkspaceId};

use crate::StoreError;
use crate::sql::sql;

aggregate!(
    /// The workspace's choice.
    RetentionChoices,
    retention
);

impl RetentionChoices<'_> {
    /// The days that the workspace has chosen.
    pub async fn mail_days(&mut self) -> Result<Option<i64>, StoreError> {
        let query = sql("SELECT mail_days FROM retention WHERE workspace_id = $1")
            .bind(self.tx.workspace()?);
        self.tx.opt(query).await?.map(|row| row.only()).transpose()
    }

    /// Chooses.
    pub async fn set_mail_days(&mut self, days: i64, now: Time) -> Result<(), StoreError> {
        let upsert = sql("INSERT INTO retention (workspace_id, mail_days, changed_at) VALUES ($1, $2, $3) \
             ON CONFLICT (workspace_id) DO UPDATE SET mail_days = excluded.mail_days, changed_at = excluded.changed_at")
        .bind(self.tx.workspace()?)
        .bind(days)
        .bind(now);
        self.tx.exec(upsert).await.map(drop)
    }

    /// Mailboxes of the workspace, whoever's they are and whatever their state: age does not wait for
    /// a pause to end. For jobs.
    pub async fn mailboxes(&mut self) -> Result<Vec<ConnectionId>, StoreError> {
        let workspace = self.tx.workspace()?;
        let query = sql(
            "SELECT m.connection_id FROM connections c JOIN mailboxes m ON m.connection_id = c.id \
             WHERE c.workspace_id = $1 ORDER BY m.connection_id",
        )
        .bind(workspace);
        self.tx
            .all(query)
            .await?
            .iter()
            .map(crate::sql::Row::only)
            .collect()
    }

    /// All workspaces. System only: for the daily purge.
    pub async fn workspaces(&mut self) -> Result<Vec<WorkspaceId>, StoreError> {
        self.tx.system()?;
        let query = sql("SELECT id FROM workspaces ORDER BY id");
        self.tx
            .all(query)
            .await?
            .iter()
            .map(crate::sql::Row::only)
            .collect()
    }
}
