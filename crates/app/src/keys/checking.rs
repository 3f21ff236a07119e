//! Opens every sealed value there is: after a rotation, a restore, or a damaged disk.

use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use tenon_model::{KeyId, Scope};
use tenon_store::{SEALED_COLUMNS, SealedColumn, SealedValue};
use tenon_vault::{Context, DataKey, VaultError};

use super::{Keys, KeysError, unwrap};

/// Values that are read at a time.
const PAGE: u32 = 2_000;

/// What was found.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Checked {
    /// Values that opened.
    pub opened: u64,
    /// Values of accounts that are disconnected, whose rows wait to be removed: their key is
    /// destroyed, and they do not open, as it should be.
    pub destroyed: u64,
    /// Values that should open and do not, by column.
    pub unreadable: Vec<Unreadable>,
}

/// Values of a column that do not open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unreadable {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// How many.
    pub count: u64,
    /// One of the rows.
    pub example: uuid::Uuid,
    /// Why that one does not open.
    pub why: String,
}

/// The data keys, each unwrapped once.
struct Opened<'a> {
    keys: &'a Keys,
    buried: HashSet<KeyId>,
    known: HashMap<KeyId, Result<Arc<DataKey>, Missing>>,
}

/// A key that is not there.
#[derive(Clone)]
enum Missing {
    Destroyed,
    Unopened(String),
}

impl Keys {
    /// Opens every sealed value. Nothing is changed, and others work meanwhile; `told` hears how many
    /// values have been looked at.
    pub async fn check(&self, mut told: impl FnMut(u64)) -> Result<Checked, KeysError> {
        let mut found = Checked::default();
        let mut opened = Opened {
            buried: self.graveyard.buried()?,
            keys: self,
            known: HashMap::new(),
        };
        let mut looked_at = 0;
        for column in SEALED_COLUMNS {
            let mut last: Option<SealedValue> = None;
            loop {
                let mut tx = self.store.read(&Scope::system()).await?;
                let page = tx
                    .sealed_values()
                    .page(*column, last.as_ref(), PAGE)
                    .await?;
                drop(tx);
                if page.is_empty() {
                    break;
                }
                for value in &page {
                    opened.look(*column, value, &mut found).await?;
                }
                looked_at += page.len() as u64;
                told(looked_at);
                last = page.into_iter().next_back();
            }
        }
        Ok(found)
    }
}

impl Opened<'_> {
    async fn look(
        &mut self,
        column: SealedColumn,
        value: &SealedValue,
        found: &mut Checked,
    ) -> Result<(), KeysError> {
        let context = Context::new(column.table, column.column, value.row);
        let why = match value.sealed.key_id() {
            Err(error) => error.to_string(),
            Ok(id) => match self.key(id).await? {
                Ok(key) => match key.open(&context, &value.sealed) {
                    Ok(_) => {
                        found.opened += 1;
                        return Ok(());
                    }
                    Err(error) => error.to_string(),
                },
                Err(Missing::Destroyed) => {
                    found.destroyed += 1;
                    return Ok(());
                }
                Err(Missing::Unopened(why)) => why,
            },
        };
        let known = found
            .unreadable
            .iter_mut()
            .find(|u| (u.table, u.column) == (column.table, column.column));
        if let Some(known) = known {
            known.count += 1;
        } else {
            found.unreadable.push(Unreadable {
                table: column.table,
                column: column.column,
                count: 1,
                example: value.row,
                why,
            });
        }
        Ok(())
    }

    async fn key(&mut self, id: KeyId) -> Result<Result<Arc<DataKey>, Missing>, KeysError> {
        if let Some(known) = self.known.get(&id) {
            return Ok(known.clone());
        }
        let mut tx = self.keys.store.read(&Scope::system()).await?;
        let row = tx.keys().get(id).await?;
        drop(tx);
        let key = match row {
            Some(row) => match unwrap(self.keys.kek.as_ref(), row).await {
                Ok(key) => Ok(Arc::new(key)),
                Err(error @ VaultError::KekAway { .. }) => return Err(error.into()),
                Err(error) => Err(Missing::Unopened(error.to_string())),
            },
            None if self.buried.contains(&id) => Err(Missing::Destroyed),
            None => Err(Missing::Unopened("its data key is not there".into())),
        };
        self.known.insert(id, key.clone());
        Ok(key)
    }
}
