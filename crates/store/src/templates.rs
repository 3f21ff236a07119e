//! Templates of mail: a member's own, and those that the workspace shares.

use tenon_model::{MemberId, TemplateId, Time, WorkspaceId};
use tenon_vault::Sealed;

use crate::StoreError;
use crate::sql::{Row, sql};

/// A kept template.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateRow {
    /// Id.
    pub id: TemplateId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Whose.
    pub member_id: MemberId,
    /// Whether colleagues see it.
    pub shared: bool,
    /// Name, folder, subject and body, sealed under the workspace's key.
    pub content: Sealed,
    /// One more with each change.
    pub version: i64,
    /// When it was made.
    pub created_at: Time,
    /// When it was changed last.
    pub updated_at: Time,
}

const COLUMNS: &str =
    "id, workspace_id, member_id, shared, content, version, created_at, updated_at";
/// The asking member is `$2`, NULL in a job.
const SEEN: &str = "workspace_id = $1 AND ($2 IS NULL OR member_id = $2 OR shared)";

fn read(row: &Row) -> Result<TemplateRow, StoreError> {
    let mut r = row.reader();
    Ok(TemplateRow {
        id: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        shared: r.take()?,
        content: r.take()?,
        version: r.take()?,
        created_at: r.take()?,
        updated_at: r.take()?,
    })
}

aggregate!(
    /// Templates: in a request the member's own, and those that colleagues share.
    Templates,
    templates
);

impl Templates<'_> {
    /// The templates, oldest first.
    pub async fn list(&mut self) -> Result<Vec<TemplateRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM templates WHERE {SEEN} ORDER BY created_at, id"
        ));
        let query = self.tx.bind_visible(query)?;
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// A template by id.
    pub async fn get(&mut self, id: TemplateId) -> Result<Option<TemplateRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM templates WHERE {SEEN} AND id = $3"
        ));
        let query = self.tx.bind_visible(query)?.bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// How many a member has.
    pub async fn count_of(&mut self, member: MemberId) -> Result<u64, StoreError> {
        let query =
            sql("SELECT count(*) FROM templates WHERE workspace_id = $1 AND member_id = $2")
                .bind(self.tx.workspace()?)
                .bind(member);
        self.tx.count(query).await
    }

    /// Keeps a new template.
    pub async fn insert(&mut self, row: &TemplateRow) -> Result<(), StoreError> {
        if self.tx.workspace()? != row.workspace_id {
            return Err(StoreError::Scope("the template's workspace"));
        }
        let insert = sql(format!(
            "INSERT INTO templates ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(row.shared)
        .bind(&row.content)
        .bind(row.version)
        .bind(row.created_at)
        .bind(row.updated_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// Keeps what can change of a template, whose `version` is the next one; false when it is not the version before
    /// it that stands there.
    pub async fn save(&mut self, row: &TemplateRow) -> Result<bool, StoreError> {
        let update = sql(format!(
            "UPDATE templates SET shared = $4, content = $5, version = $6, updated_at = $7 \
             WHERE {SEEN} AND id = $3 AND version = $8"
        ));
        let update = self
            .tx
            .bind_visible(update)?
            .bind(row.id)
            .bind(row.shared)
            .bind(&row.content)
            .bind(row.version)
            .bind(row.updated_at)
            .bind(row.version - 1);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// Forgets a template; whether it was there to see.
    pub async fn delete(&mut self, id: TemplateId) -> Result<bool, StoreError> {
        let delete = sql(format!("DELETE FROM templates WHERE {SEEN} AND id = $3"));
        let delete = self.tx.bind_visible(delete)?.bind(id);
        Ok(self.tx.exec(delete).await? == 1)
    }
}
