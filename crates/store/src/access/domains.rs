//! Mail domains whose people may join a workspace by themselves.

use tenon_model::{Time, WorkspaceId};

use crate::StoreError;
use crate::sql::{Row, sql};

aggregate!(
    /// The allowed domains.
    Domains,
    domains
);

impl Domains<'_> {
    /// Allows a domain; whether it was not allowed yet.
    pub async fn insert(&mut self, domain: &str, at: Time) -> Result<bool, StoreError> {
        let insert = sql(
            "INSERT INTO domains (workspace_id, domain, created_at) VALUES ($1, $2, $3) \
             ON CONFLICT (workspace_id, domain) DO NOTHING",
        )
        .bind(self.tx.workspace()?)
        .bind(domain)
        .bind(at);
        Ok(self.tx.exec(insert).await? == 1)
    }

    /// The workspace's domains and when each was allowed, by name.
    pub async fn list(&mut self) -> Result<Vec<(String, Time)>, StoreError> {
        let query =
            sql("SELECT domain, created_at FROM domains WHERE workspace_id = $1 ORDER BY domain")
                .bind(self.tx.workspace()?);
        let rows = self.tx.all(query).await?;
        rows.iter()
            .map(|row| {
                let mut r = row.reader();
                Ok((r.take()?, r.take()?))
            })
            .collect()
    }

    /// Allows a domain no longer; whether it was allowed.
    pub async fn delete(&mut self, domain: &str) -> Result<bool, StoreError> {
        let delete = sql("DELETE FROM domains WHERE workspace_id = $1 AND domain = $2")
            .bind(self.tx.workspace()?)
            .bind(domain);
        Ok(self.tx.exec(delete).await? == 1)
    }

    /// The workspaces that allow a domain. System only: it comes before any tenant.
    pub async fn workspaces_of(&mut self, domain: &str) -> Result<Vec<WorkspaceId>, StoreError> {
        self.tx.system()?;
        let query = sql("SELECT workspace_id FROM domains WHERE domain = $1").bind(domain);
        let rows = self.tx.all(query).await?;
        rows.iter().map(Row::only).collect()
    }
}
