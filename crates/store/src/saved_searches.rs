//! Searches that members keep. They are a member's own; nobody else's are seen.

use tenon_model::{MemberId, SavedSearchId, Time, WorkspaceId};
use tenon_vault::Sealed;

use crate::StoreError;
use crate::sql::{Row, sql};

/// A kept search.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SavedSearch {
    /// Id.
    pub id: SavedSearchId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Whose.
    pub member_id: MemberId,
    /// Name and query, sealed under the workspace's key.
    pub search: Sealed,
    /// When it was kept.
    pub created_at: Time,
}

fn read(row: &Row) -> Result<SavedSearch, StoreError> {
    let mut r = row.reader();
    Ok(SavedSearch {
        id: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        search: r.take()?,
        created_at: r.take()?,
    })
}

aggregate!(
    /// The member's kept searches.
    SavedSearches,
    saved_searches
);

impl SavedSearches<'_> {
    fn own(&self) -> Result<(WorkspaceId, MemberId), StoreError> {
        let member = self.tx.private_to()?.ok_or(StoreError::Scope("a member"))?;
        Ok((self.tx.workspace()?, member))
    }

    /// Keeps a search of the member's own.
    pub async fn insert(&mut self, row: &SavedSearch) -> Result<(), StoreError> {
        if self.own()? != (row.workspace_id, row.member_id) {
            return Err(StoreError::Scope("the search's workspace and member"));
        }
        let insert = sql(
            "INSERT INTO saved_searches (id, workspace_id, member_id, search, created_at) VALUES ($1, $2, $3, $4, $5)",
        )
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(&row.search)
        .bind(row.created_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// The member's searches, oldest first.
    pub async fn list(&mut self) -> Result<Vec<SavedSearch>, StoreError> {
        let (workspace, member) = self.own()?;
        let query = sql(
            "SELECT id, workspace_id, member_id, search, created_at FROM saved_searches \
             WHERE workspace_id = $1 AND member_id = $2 ORDER BY created_at, id",
        )
        .bind(workspace)
        .bind(member);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Forgets a search; whether it was the member's.
    pub async fn delete(&mut self, id: SavedSearchId) -> Result<bool, StoreError> {
        let (workspace, member) = self.own()?;
        let delete = sql(
            "DELETE FROM saved_searches WHERE workspace_id = $1 AND member_id = $2 AND id = $3",
        )
        .bind(workspace)
        .bind(member)
        .bind(id);
        Ok(self.tx.exec(delete).await? == 1)
    }
}
