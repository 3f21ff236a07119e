//! Rows of imports go a week after their end, imports when they can no longer be undone.

use std::time::Duration;

use tenon_model::Scope;

use crate::{Ctx, Result};

const DAY: Duration = Duration::from_hours(24);
/// Imports and rows of one turn.
const TURN: u32 = 5_000;

/// How long an import can be taken back after its end.
pub(super) const UNDOABLE: Duration = Duration::from_hours(30 * 24);

/// Removes what is too old; one turn, whether there is more.
pub async fn purge_imports(ctx: &Ctx) -> Result<bool> {
    let now = ctx.world.now();
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let ages = (now - DAY, now - DAY * 7, now - UNDOABLE);
    let due = tx.imports().overdue(ages, 10).await?;
    drop(tx);
    for (workspace, import, whole) in &due {
        let mut tx = ctx.store.begin(&Scope::job(*workspace)).await?;
        let gone = tx.imports().remove_rows(*import, TURN).await?;
        if *whole && gone < u64::from(TURN) {
            tx.imports().remove(*import).await?;
        }
        tx.commit().await?;
    }
    Ok(!due.is_empty())
}
