//! Views of records that members keep: their own, and shared ones of colleagues.

use serde_json::Value as Json;
use tenon_model::records::{Kind, Layout};
use tenon_model::{MemberId, PipelineId, Time, ViewId, WorkspaceId};

use crate::StoreError;
use crate::sql::{Row, sql};

/// A kept view.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct View {
    /// Id.
    pub id: ViewId,
    /// Tenant.
    pub workspace_id: WorkspaceId,
    /// Whose.
    pub member_id: MemberId,
    /// Of which records.
    pub kind: Kind,
    /// What people read.
    pub name: String,
    /// How it shows them.
    pub layout: Layout,
    /// The pipeline that it shows.
    pub pipeline_id: Option<PipelineId>,
    /// Whether colleagues see it.
    pub shared: bool,
    /// Filter, order and columns, in the form of the API.
    pub definition: Json,
    /// When it was made.
    pub created_at: Time,
}

const COLUMNS: &str =
    "id, workspace_id, member_id, kind, name, layout, pipeline_id, shared, definition, created_at";
/// The asking member is `$2`, NULL in a job.
const SEEN: &str = "workspace_id = $1 AND ($2 IS NULL OR member_id = $2 OR shared)";

fn read(row: &Row) -> Result<View, StoreError> {
    let mut r = row.reader();
    Ok(View {
        id: r.take()?,
        workspace_id: r.take()?,
        member_id: r.take()?,
        kind: r.take()?,
        name: r.take()?,
        layout: r.take()?,
        pipeline_id: r.opt()?,
        shared: r.take()?,
        definition: r.take()?,
        created_at: r.take()?,
    })
}

aggregate!(
    /// Views: in a request the member's own, and those that colleagues share.
    Views,
    views
);

impl Views<'_> {
    /// The views of a kind, or of all, oldest first.
    pub async fn list(&mut self, kind: Option<Kind>) -> Result<Vec<View>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM record_views WHERE {SEEN} AND ($3 IS NULL OR kind = $3) \
             ORDER BY created_at, id"
        ));
        let query = self.tx.bind_visible(query)?.bind(kind);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// A view by id.
    pub async fn get(&mut self, id: ViewId) -> Result<Option<View>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM record_views WHERE {SEEN} AND id = $3"
        ));
        let query = self.tx.bind_visible(query)?.bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// How many a member has.
    pub async fn count_of(&mut self, member: MemberId) -> Result<u64, StoreError> {
        let query =
            sql("SELECT count(*) FROM record_views WHERE workspace_id = $1 AND member_id = $2")
                .bind(self.tx.workspace()?)
                .bind(member);
        self.tx.count(query).await
    }

    /// Keeps a new view.
    pub async fn insert(&mut self, row: &View) -> Result<(), StoreError> {
        if self.tx.workspace()? != row.workspace_id {
            return Err(StoreError::Scope("the view's workspace"));
        }
        let insert = sql(format!(
            "INSERT INTO record_views ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.member_id)
        .bind(row.kind)
        .bind(row.name.as_str())
        .bind(row.layout)
        .bind(row.pipeline_id)
        .bind(row.shared)
        .bind(&row.definition)
        .bind(row.created_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// Keeps what of a view can change: all but whose it is and of which records.
    pub async fn save(&mut self, row: &View) -> Result<(), StoreError> {
        let update = sql(format!(
            "UPDATE record_views SET name = $4, layout = $5, pipeline_id = $6, shared = $7, definition = $8 \
             WHERE {SEEN} AND id = $3"
        ));
        let update = self
            .tx
            .bind_visible(update)?
            .bind(row.id)
            .bind(row.name.as_str())
            .bind(row.layout)
            .bind(row.pipeline_id)
            .bind(row.shared)
            .bind(&row.definition);
        match self.tx.exec(update).await? {
            0 => Err(StoreError::NotFound("view")),
            _ => Ok(()),
        }
    }

    /// Forgets a view; whether it was there to see.
    pub async fn delete(&mut self, id: ViewId) -> Result<bool, StoreError> {
        let delete = sql(format!("DELETE FROM record_views WHERE {SEEN} AND id = $3"));
        let delete = self.tx.bind_visible(delete)?.bind(id);
        Ok(self.tx.exec(delete).await? == 1)
    }
}
