//! Stored values that do not open (policy check V8): somebody has changed, moved or damaged them. Whoever
//! wanted one gets an error; here it gets into the audit log, once for each value. The entry has a
//! transaction of its own, because what failed was a reading.

use std::collections::HashSet;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tenon_model::audit::{AuditAction, AuditDetail, AuditTarget};
use tenon_model::{KeyId, Scope};
use tenon_vault::{Context, Witness};
use tokio::sync::Notify;
use uuid::Uuid;

use super::note;
use crate::{Ctx, Result};

/// More than so many values of one process are one event: the log tells of the first.
const MOST: usize = 1_000;
/// Pause after the database did not take an entry.
const PAUSE: Duration = Duration::from_secs(5);

/// A value by its place.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Place {
    key: KeyId,
    table: String,
    column: String,
    row: Uuid,
}

/// What did not open in this process.
#[derive(Default)]
pub(crate) struct Unopened {
    places: Mutex<Places>,
    news: Notify,
}

#[derive(Default)]
struct Places {
    known: HashSet<Place>,
    waiting: Vec<Place>,
}

impl Unopened {
    fn lock(&self) -> MutexGuard<'_, Places> {
        self.places.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn next(&self) -> Option<Place> {
        self.lock().waiting.last().cloned()
    }
}

impl Witness for Unopened {
    fn refused(&self, key: KeyId, context: &Context<'_>) {
        let place = Place {
            key,
            table: context.table().to_owned(),
            column: context.column().to_owned(),
            row: context.row(),
        };
        let mut places = self.lock();
        if places.known.len() >= MOST || !places.known.insert(place.clone()) {
            return;
        }
        places.waiting.push(place);
        drop(places);
        self.news.notify_one();
    }
}

/// Writes what did not open into the log, as it happens.
pub(crate) async fn follow(ctx: Ctx) {
    let unopened = ctx.keys.unopened();
    loop {
        unopened.news.notified().await;
        while let Some(place) = unopened.next() {
            if ctx.store.is_closed() {
                return;
            }
            match write(&ctx, &place).await {
                Ok(()) => unopened.lock().waiting.retain(|p| *p != place),
                Err(error) => {
                    tracing::warn!(%error, "a value that did not open is not in the audit log yet");
                    tokio::time::sleep(PAUSE).await;
                }
            }
        }
    }
}

async fn write(ctx: &Ctx, place: &Place) -> Result<()> {
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let key = tx.keys().get(place.key).await?;
    note(AuditAction::ValueNotOpened)
        .about(AuditTarget::Record(place.row))
        .with(AuditDetail::Table, &place.table)
        .with(AuditDetail::Column, &place.column)
        .add(&ctx.keys, &mut tx, key.and_then(|k| k.workspace_id))?;
    Ok(tx.commit().await?)
}
