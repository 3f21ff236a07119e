//! Fields that a workspace adds to its records.

use tenon_model::records::{CustomField, Kind};
use tenon_model::{FieldId, Time};

use crate::StoreError;
use crate::sql::{Row, sql};

const COLUMNS: &str =
    "id, kind, field, label, type, options, links_to, required, position, archived_at";

fn read(row: &Row) -> Result<CustomField, StoreError> {
    let mut r = row.reader();
    Ok(CustomField {
        id: r.take()?,
        kind: r.take()?,
        key: r.take()?,
        label: r.take()?,
        ty: r.take()?,
        options: r.take()?,
        links_to: r.opt()?,
        required: r.take()?,
        position: r.take()?,
        archived: r.opt::<Time>()?.is_some(),
    })
}

aggregate!(
    /// The workspace's own fields.
    Fields,
    fields
);

impl Fields<'_> {
    /// The fields of a kind, or of all, in their order; those that were put away are among them.
    pub async fn list(&mut self, kind: Option<Kind>) -> Result<Vec<CustomField>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM record_fields WHERE workspace_id = $1 AND ($2 IS NULL OR kind = $2) \
             ORDER BY kind, position, created_at, id"
        ))
        .bind(self.tx.workspace()?)
        .bind(kind);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// A field by id.
    pub async fn get(&mut self, id: FieldId) -> Result<Option<CustomField>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM record_fields WHERE workspace_id = $1 AND id = $2"
        ))
        .bind(self.tx.workspace()?)
        .bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// Adds a field; [`StoreError::Duplicate`] when its kind has or had one of this key.
    pub async fn insert(&mut self, field: &CustomField, at: Time) -> Result<(), StoreError> {
        let insert = sql(format!(
            "INSERT INTO record_fields ({COLUMNS}, workspace_id, created_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)"
        ))
        .bind(field.id)
        .bind(field.kind)
        .bind(field.key.as_str())
        .bind(field.label.as_str())
        .bind(field.ty)
        .bind(field.options.as_slice())
        .bind(field.links_to)
        .bind(field.required)
        .bind(field.position)
        .bind(field.archived.then_some(at))
        .bind(self.tx.workspace()?)
        .bind(at);
        self.tx.exec(insert).await.map(drop)
    }

    /// Keeps what of a field can change: label, options, whether it is required, its place, and
    /// whether it is put away (since `at`, unless it was before).
    pub async fn save(&mut self, field: &CustomField, at: Time) -> Result<(), StoreError> {
        let update = sql(
            "UPDATE record_fields SET label = $3, options = $4, required = $5, position = $6, \
             archived_at = CASE WHEN $7 THEN COALESCE(archived_at, $8) END \
             WHERE workspace_id = $1 AND id = $2",
        )
        .bind(self.tx.workspace()?)
        .bind(field.id)
        .bind(field.label.as_str())
        .bind(field.options.as_slice())
        .bind(field.required)
        .bind(field.position)
        .bind(field.archived)
        .bind(at);
        match self.tx.exec(update).await? {
            0 => Err(StoreError::NotFound("field")),
            _ => Ok(()),
        }
    }
}
