//! Wrapped data keys. Deleting a row is what makes everything sealed under it unreadable.

use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, KeyId, Time, WorkspaceId};

use crate::StoreError;
use crate::sql::{Builder, LIST, ROWS, Row, dialect, sql};

/// Under which name of the settings stands what wraps new data keys.
const CURRENT: &str = "key_encryption_key";

/// A data key as it is stored: wrapped by a key-encryption key.
#[derive(Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Id, also inside every sealed value.
    pub id: KeyId,
    /// Tenant; `None` for the deployment's own key.
    pub workspace_id: Option<WorkspaceId>,
    /// The connection whose data it seals, if it is one's.
    pub connection_id: Option<ConnectionId>,
    /// The wrapped key.
    pub wrapped: Vec<u8>,
    /// Which key-encryption key wrapped it, for example `file:1`.
    pub kek: String,
    /// When it was made.
    pub created_at: Time,
}

impl std::fmt::Debug for KeyRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("KeyRow")
            .field("id", &self.id)
            .field("kek", &self.kek)
            .finish_non_exhaustive()
    }
}

const COLUMNS: &str = "id, workspace_id, connection_id, wrapped, kek, created_at";

fn read(row: &Row) -> Result<KeyRow, StoreError> {
    let mut r = row.reader();
    Ok(KeyRow {
        id: r.take()?,
        workspace_id: r.opt()?,
        connection_id: r.opt()?,
        wrapped: r.take()?,
        kek: r.take()?,
        created_at: r.take()?,
    })
}

aggregate!(
    /// The data keys. *System: any workspace* for functions that name a key by id.
    Keys,
    keys
);

impl Keys<'_> {
    /// Adds a key.
    pub async fn insert(&mut self, row: &KeyRow) -> Result<(), StoreError> {
        if self
            .tx
            .workspace_or_all()?
            .is_some_and(|own| row.workspace_id != Some(own))
        {
            return Err(StoreError::Scope("the key's workspace"));
        }
        let insert = sql(format!(
            "INSERT INTO keys ({COLUMNS}) VALUES ($1, $2, $3, $4, $5, $6)"
        ))
        .bind(row.id)
        .bind(row.workspace_id)
        .bind(row.connection_id)
        .bind(row.wrapped.clone())
        .bind(row.kek.as_str())
        .bind(row.created_at);
        self.tx.exec(insert).await.map(drop)
    }

    /// A key by id.
    pub async fn get(&mut self, id: KeyId) -> Result<Option<KeyRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM keys WHERE id = $1 AND ($2 IS NULL OR workspace_id = $2)"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The newest key of a connection.
    pub async fn for_connection(&mut self, id: ConnectionId) -> Result<Option<KeyRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM keys WHERE connection_id = $1 AND ($2 IS NULL OR workspace_id = $2) \
             ORDER BY created_at DESC, id DESC LIMIT 1"
        ))
        .bind(id)
        .bind(self.tx.workspace_or_all()?);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The newest key of a workspace itself (not of one of its connections).
    pub async fn for_workspace(&mut self, id: WorkspaceId) -> Result<Option<KeyRow>, StoreError> {
        if self.tx.workspace_or_all()?.is_some_and(|own| own != id) {
            return Ok(None);
        }
        let query = sql(format!(
            "SELECT {COLUMNS} FROM keys WHERE workspace_id = $1 AND connection_id IS NULL \
             ORDER BY created_at DESC, id DESC LIMIT 1"
        ))
        .bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// The newest key of the deployment itself. It seals nothing of a tenant, so every scope may
    /// have it.
    pub async fn deployment(&mut self) -> Result<Option<KeyRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM keys WHERE workspace_id IS NULL AND connection_id IS NULL \
             ORDER BY created_at DESC, id DESC LIMIT 1"
        ));
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// All keys of the deployment, oldest first. System only: rotation.
    pub async fn list_all(&mut self) -> Result<Vec<KeyRow>, StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM keys ORDER BY created_at, id"
        ));
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Which of these keys are still there. System only: other processes' destructions are to be
    /// noticed.
    pub async fn existing(&mut self, ids: &[KeyId]) -> Result<Vec<KeyId>, StoreError> {
        self.tx.system()?;
        let mut out = Vec::with_capacity(ids.len());
        for ids in ids.chunks(LIST) {
            let mut query = Builder::new(self.tx.kind(), "SELECT id FROM keys WHERE id IN ");
            query.list(ids.iter().copied());
            for row in self.tx.all(query.build(ids.len())).await? {
                out.push(row.only()?);
            }
        }
        Ok(out)
    }

    /// Writes the whole table anew: where SQLite has moved rows about, copies of deleted ones may
    /// stay in gaps of its pages, and a page that is emptied is zeroed. System only.
    pub(crate) async fn rewrite(&mut self) -> Result<(), StoreError> {
        let rows = self.list_all().await?;
        self.tx.exec(sql("DELETE FROM keys")).await?;
        for rows in rows.chunks(ROWS) {
            let mut insert = Builder::new(
                self.tx.kind(),
                "INSERT INTO keys (id, workspace_id, connection_id, wrapped, kek, created_at) VALUES ",
            );
            insert.rows(rows.iter().map(|row| {
                vec![
                    row.id.into(),
                    row.workspace_id.into(),
                    row.connection_id.into(),
                    row.wrapped.clone().into(),
                    row.kek.as_str().into(),
                    row.created_at.into(),
                ]
            }));
            self.tx.exec(insert.build(rows.len())).await?;
        }
        Ok(())
    }

    /// Stores a key wrapped anew; `false` when it was destroyed meanwhile, or no longer is as `was`
    /// says.
    pub async fn replace_wrapped(
        &mut self,
        was: &KeyRow,
        wrapped: Vec<u8>,
        kek: &str,
    ) -> Result<bool, StoreError> {
        let wrapped = if sabotage::on(Saboteur::RewrapLoses) {
            was.wrapped.clone()
        } else {
            wrapped
        };
        let update = sql("UPDATE keys SET wrapped = $3, kek = $4 \
             WHERE id = $1 AND ($2 IS NULL OR workspace_id = $2) AND kek = $5")
        .bind(was.id)
        .bind(self.tx.workspace_or_all()?)
        .bind(wrapped)
        .bind(kek)
        .bind(was.kek.as_str());
        Ok(self.tx.exec(update).await? == 1)
    }

    /// Keys that another key-encryption key than `kek` wraps, or another version of it, by id after
    /// `after`. System only.
    pub async fn not_wrapped_with(
        &mut self,
        kek: &str,
        after: Option<KeyId>,
        limit: u32,
    ) -> Result<Vec<KeyRow>, StoreError> {
        self.tx.system()?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM keys WHERE kek <> $1 AND id > $2 ORDER BY id LIMIT $3"
        ))
        .bind(kek)
        .bind(after.unwrap_or(KeyId(uuid::Uuid::nil())))
        .bind(i64::from(limit));
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// How many keys each version of each key-encryption key wraps. System only.
    pub async fn by_kek(&mut self) -> Result<Vec<(String, u64)>, StoreError> {
        self.tx.system()?;
        let query = sql("SELECT kek, COUNT(*) FROM keys GROUP BY kek ORDER BY kek");
        let rows = self.tx.all(query).await?;
        rows.iter()
            .map(|row| {
                let mut r = row.reader();
                let (kek, count): (String, i64) = (r.take()?, r.take()?);
                Ok((kek, count.unsigned_abs()))
            })
            .collect()
    }

    /// What wraps new keys: key-encryption key and version. `None` before any was made.
    pub async fn current_kek(&mut self) -> Result<Option<String>, StoreError> {
        self.tx.settings().get(CURRENT).await
    }

    /// The same, and it stays so until this transaction ends: a key that is inserted in it is seen by
    /// whoever changes it.
    pub async fn hold_current_kek(&mut self) -> Result<Option<String>, StoreError> {
        let lock = dialect!(self.tx.kind(), sqlite: "", postgres: " FOR SHARE");
        let query = sql(format!("SELECT value FROM settings WHERE name = $1{lock}")).bind(CURRENT);
        self.tx.opt(query).await?.map(|row| row.only()).transpose()
    }

    /// Says what wraps new keys, unless that has been said; others who say it wait.
    pub async fn claim_current_kek(&mut self, kek: &str) -> Result<bool, StoreError> {
        self.tx.settings().claim(CURRENT, kek).await
    }

    /// Says from now on what wraps new keys, unless it is no longer `was`. Waits for those who hold
    /// it. System only.
    pub async fn replace_current_kek(&mut self, was: &str, kek: &str) -> Result<bool, StoreError> {
        self.tx.system()?;
        let update = sql("UPDATE settings SET value = $3 WHERE name = $1 AND value = $2")
            .bind(CURRENT)
            .bind(was)
            .bind(kek);
        Ok(self.tx.exec(update).await? == 1)
    }

    /// Deletes a key for good; whether the row is gone now because of us.
    pub async fn destroy(&mut self, id: KeyId) -> Result<bool, StoreError> {
        let delete = sql("DELETE FROM keys WHERE id = $1 AND ($2 IS NULL OR workspace_id = $2)")
            .bind(id)
            .bind(self.tx.workspace_or_all()?);
        Ok(self.tx.exec(delete).await? == 1)
    }
}
