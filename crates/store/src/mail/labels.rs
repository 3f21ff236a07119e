//! Labels of a mailbox, and how many threads have them.

use std::collections::HashMap;

use tenon_model::{ConnectionId, LabelId};
use tenon_vault::Sealed;

use super::{ALL_LISTED, ALL_MESSAGES};
use crate::StoreError;
use crate::sql::{Row, sql};
use crate::tx::VISIBLE;

/// A label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelRow {
    /// Id.
    pub id: LabelId,
    /// Whose mailbox it is in.
    pub connection_id: ConnectionId,
    /// The provider's id.
    pub provider_id: String,
    /// Its name, sealed; bound to the id.
    pub name: Sealed,
    /// Whether the provider made it.
    pub system: bool,
    /// Colours as JSON.
    pub color: Option<String>,
}

/// How many threads have a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LabelCounts {
    /// The label, by provider id.
    pub provider_id: String,
    /// Threads with it.
    pub threads: u64,
    /// Those with unread messages.
    pub unread: u64,
}

const COLUMNS: &str = "l.id, l.connection_id, l.provider_id, l.name, l.system, l.color";

fn read(row: &Row) -> Result<LabelRow, StoreError> {
    let mut r = row.reader();
    Ok(LabelRow {
        id: r.take()?,
        connection_id: r.take()?,
        provider_id: r.take()?,
        name: r.take()?,
        system: r.take()?,
        color: r.opt()?,
    })
}

aggregate!(
    /// The labels of visible mailboxes.
    Labels,
    labels
);

impl Labels<'_> {
    /// Makes the labels of a mailbox equal to `rows`. Ids must stay: the
    /// caller gives each label the id that [`Labels::list`] has for its provider id, because its
    /// name is sealed for that id.
    pub async fn replace(
        &mut self,
        connection: ConnectionId,
        rows: &[LabelRow],
    ) -> Result<(), StoreError> {
        self.tx.hold(connection).await?;
        let query = sql(format!(
            "SELECT {COLUMNS} FROM labels l WHERE l.connection_id = $1"
        ))
        .bind(connection);
        let mut old: HashMap<String, LabelRow> = HashMap::new();
        for row in self.tx.all(query).await? {
            let label = read(&row)?;
            old.insert(label.provider_id.clone(), label);
        }
        for row in rows {
            match old.remove(&row.provider_id) {
                Some(known) if known == *row => {}
                Some(known) if known.id == row.id => {
                    let update =
                        sql("UPDATE labels SET name = $2, system = $3, color = $4 WHERE id = $1")
                            .bind(row.id)
                            .bind(&row.name)
                            .bind(row.system)
                            .bind(row.color.clone());
                    self.tx.exec(update).await?;
                }
                other => {
                    if let Some(known) = other {
                        self.tx
                            .exec(sql("DELETE FROM labels WHERE id = $1").bind(known.id))
                            .await?;
                    }
                    let insert = sql(
                        "INSERT INTO labels (id, connection_id, provider_id, name, system, color) \
                         VALUES ($1, $2, $3, $4, $5, $6)",
                    )
                    .bind(row.id)
                    .bind(connection)
                    .bind(row.provider_id.as_str())
                    .bind(&row.name)
                    .bind(row.system)
                    .bind(row.color.clone());
                    self.tx.exec(insert).await?;
                }
            }
        }
        for gone in old.into_values() {
            self.tx
                .exec(sql("DELETE FROM labels WHERE id = $1").bind(gone.id))
                .await?;
        }
        Ok(())
    }

    /// The labels of a mailbox, by provider id.
    pub async fn list(&mut self, connection: ConnectionId) -> Result<Vec<LabelRow>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(Vec::new());
        }
        let query = sql(format!(
            "SELECT {COLUMNS} FROM labels l WHERE l.connection_id = $1 ORDER BY l.provider_id"
        ))
        .bind(connection);
        self.tx.all(query).await?.iter().map(read).collect()
    }

    /// A label by id.
    pub async fn get(&mut self, id: LabelId) -> Result<Option<LabelRow>, StoreError> {
        let query = sql(format!(
            "SELECT {COLUMNS} FROM labels l WHERE l.id = $3 \
             AND l.connection_id IN (SELECT c.id FROM connections c WHERE {VISIBLE})"
        ));
        let query = self.tx.bind_visible(query)?.bind(id);
        self.tx.opt(query).await?.map(|r| read(&r)).transpose()
    }

    /// How many threads of a mailbox have each label, by provider id.
    pub async fn counts(
        &mut self,
        connection: ConnectionId,
    ) -> Result<Vec<LabelCounts>, StoreError> {
        if !self.tx.sees(connection).await? {
            return Ok(Vec::new());
        }
        let query = sql("SELECT label, threads, unread FROM label_counts \
             WHERE connection_id = $1 AND label NOT IN ($2, $3) ORDER BY label")
        .bind(connection)
        .bind(ALL_LISTED)
        .bind(ALL_MESSAGES);
        self.tx
            .all(query)
            .await?
            .iter()
            .map(|row| {
                let mut r = row.reader();
                Ok(LabelCounts {
                    provider_id: r.take()?,
                    threads: r.take()?,
                    unread: r.take()?,
                })
            })
            .collect()
    }
}
