//! From where on the changes of drives are asked for (fault D3: each drive has a token of its own).

use tenon_model::{ConnectionId, Time, WorkspaceId};

use crate::StoreError;
use crate::sql::{Row, sql};
use crate::tx::VISIBLE;

/// Where the changes of a drive were left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileCursor {
    /// The shared drive; none is the person's own.
    pub drive: Option<String>,
    /// The provider's token; none before it was asked for one.
    pub page_token: Option<String>,
    /// When it was last asked.
    pub at: Time,
}

fn read(row: &Row) -> Result<FileCursor, StoreError> {
    let mut r = row.reader();
    let some = |text: String| Some(text).filter(|t| !t.is_empty());
    Ok(FileCursor {
        drive: some(r.take()?),
        page_token: some(r.take()?),
        at: r.take()?,
    })
}

aggregate!(
    /// Where the changes of drives of visible connections were left.
    FileCursors,
    file_cursors
);

impl FileCursors<'_> {
    /// Those of a connection.
    pub async fn list(&mut self, connection: ConnectionId) -> Result<Vec<FileCursor>, StoreError> {
        let query = sql(format!(
            "SELECT drive_id, page_token, at FROM file_cursors WHERE connection_id = $3 \
             AND connection_id IN (SELECT c.id FROM connections c WHERE {VISIBLE}) ORDER BY drive_id"
        ));
        let query = self.tx.bind_visible(query)?.bind(connection);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// Makes the connection's files be followed from now on; whether they were not before.
    pub async fn begin(&mut self, connection: ConnectionId, at: Time) -> Result<bool, StoreError> {
        self.tx.hold(connection).await?;
        let insert = sql(
            "INSERT INTO file_cursors (connection_id, drive_id, workspace_id, page_token, at) VALUES ($1, '', $2, '', $3) \
             ON CONFLICT (connection_id, drive_id) DO NOTHING",
        )
        .bind(connection)
        .bind(self.tx.workspace()?)
        .bind(at);
        Ok(self.tx.exec(insert).await? > 0)
    }

    /// Stores where the changes of a drive were left.
    pub async fn put(
        &mut self,
        connection: ConnectionId,
        cursor: &FileCursor,
    ) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let insert = sql(
            "INSERT INTO file_cursors (connection_id, drive_id, workspace_id, page_token, at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT (connection_id, drive_id) DO UPDATE SET page_token = excluded.page_token, at = excluded.at",
        )
        .bind(connection)
        .bind(cursor.drive.clone().unwrap_or_default())
        .bind(self.tx.workspace()?)
        .bind(cursor.page_token.clone().unwrap_or_default())
        .bind(cursor.at);
        self.tx.exec(insert).await.map(drop)
    }

    /// A drive has no linked file any more.
    pub async fn end(
        &mut self,
        connection: ConnectionId,
        drive: Option<&str>,
    ) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let delete = sql("DELETE FROM file_cursors WHERE connection_id = $1 AND drive_id = $2")
            .bind(connection)
            .bind(drive.unwrap_or_default());
        self.tx.exec(delete).await.map(drop)
    }

    /// Connections of all workspaces whose files were last asked after before `before`, the longest ago first. System
    /// only: for the scheduler.
    pub async fn due(
        &mut self,
        before: Time,
        limit: u32,
    ) -> Result<Vec<(ConnectionId, WorkspaceId)>, StoreError> {
        self.tx.system()?;
        let query = sql(
            "SELECT connection_id, workspace_id FROM file_cursors WHERE at < $1 AND drive_id = '' ORDER BY at LIMIT $2",
        )
        .bind(before)
        .bind(i64::from(limit));
        let rows = self.tx.all(query).await?;
        rows.iter()
            .map(|row| {
                let mut r = row.reader();
                Ok((r.take()?, r.take()?))
            })
            .collect()
    }
}
