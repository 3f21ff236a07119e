//! Every sealed value there is, whatever table it stands in: for looking whether all of them open.

use tenon_vault::Sealed;
use uuid::Uuid;

use crate::StoreError;
use crate::sql::sql;

/// Where sealed values stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SealedColumn {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// The column that names the row; of one that is longer than an id the first 16 bytes do.
    row: &'static str,
    long: bool,
}

const fn by_id(table: &'static str, column: &'static str) -> SealedColumn {
    SealedColumn {
        table,
        column,
        row: "id",
        long: false,
    }
}

const fn of_connection(column: &'static str) -> SealedColumn {
    SealedColumn {
        table: "tokens",
        column,
        row: "connection_id",
        long: false,
    }
}

const fn by_state(table: &'static str) -> SealedColumn {
    SealedColumn {
        table,
        column: "verifier",
        row: "state_hash",
        long: true,
    }
}

/// All columns of sealed values. A test compares it with the inventory.
pub const SEALED_COLUMNS: &[SealedColumn] = &[
    by_id("connections", "subject"),
    by_id("connections", "account"),
    of_connection("refresh"),
    of_connection("access"),
    by_id("messages", "envelope"),
    by_id("labels", "name"),
    by_id("sends", "envelope"),
    by_id("saved_searches", "search"),
    by_id("templates", "content"),
    by_id("mail_merges", "content"),
    by_id("mail_merge_recipients", "details"),
    by_id("suppressions", "content"),
    by_id("members", "totp"),
    by_id("invitations", "email"),
    by_id("identities", "account"),
    by_state("flows"),
    by_state("sign_in_flows"),
];

/// A value and the row it stands in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SealedValue {
    /// What names the row, for going on after it.
    pub after: Vec<u8>,
    /// The row, as it is bound into the value.
    pub row: Uuid,
    /// The value.
    pub sealed: Sealed,
}

aggregate!(
    /// Sealed values of all tables. *System: any workspace*.
    SealedValues,
    sealed_values
);

impl SealedValues<'_> {
    /// The next values of a column, by the row's name after `after`. System only.
    pub async fn page(
        &mut self,
        of: SealedColumn,
        after: Option<&SealedValue>,
        limit: u32,
    ) -> Result<Vec<SealedValue>, StoreError> {
        self.tx.system()?;
        let SealedColumn {
            table, column, row, ..
        } = of;
        // A statement of its own for going on, so that the index is entered where the page begins.
        let query = match after {
            None => sql(format!(
                "SELECT {row}, {column} FROM {table} WHERE {column} IS NOT NULL ORDER BY {row} LIMIT $1"
            )),
            Some(after) => {
                let query = sql(format!(
                    "SELECT {row}, {column} FROM {table} WHERE {column} IS NOT NULL AND {row} > $1 \
                     ORDER BY {row} LIMIT $2"
                ));
                if of.long {
                    query.bind(after.after.clone())
                } else {
                    query.bind(after.row)
                }
            }
        };
        let rows = self.tx.all(query.bind(i64::from(limit))).await?;
        rows.iter()
            .map(|found| {
                let mut r = found.reader();
                let (after, row) = if of.long {
                    let name: Vec<u8> = r.take()?;
                    let row = name.get(..16).and_then(|b| Uuid::from_slice(b).ok());
                    (name, row.unwrap_or_default())
                } else {
                    (Vec::new(), r.take()?)
                };
                Ok(SealedValue {
                    after,
                    row,
                    sealed: r.take()?,
                })
            })
            .collect()
    }
}
