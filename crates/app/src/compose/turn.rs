//! One at a time: whose turn it is to change a draft at the provider. Requests of this process wait
//! in a queue; between processes the draft's row is taken. A process that dies in its turn loses it
//! after a few seconds.

use std::time::Duration;

use tenon_model::{DraftId, Scope};
use tenon_store::{DraftRow, StoreError};
use tokio::sync::OwnedMutexGuard;
use tokio::task::JoinHandle;

use crate::{Ctx, Error, Result};

/// How long a turn lasts unless it is prolonged.
const LENGTH: Duration = Duration::from_secs(15);
const PROLONG: Duration = Duration::from_secs(5);
/// How often, and for how long, is asked whether another process has finished.
const ASK: Duration = Duration::from_millis(150);
const PATIENCE: Duration = Duration::from_secs(20);
const SOON: Duration = Duration::from_secs(5);

/// The turn; dropped without [`Turn::end`] it runs out.
pub(super) struct Turn {
    ctx: Ctx,
    scope: Scope,
    draft: DraftId,
    number: i64,
    prolonging: JoinHandle<()>,
    _queue: OwnedMutexGuard<()>,
}

impl Turn {
    /// Waits for the turn to change a draft.
    pub(super) async fn take(ctx: &Ctx, scope: &Scope, draft: DraftId) -> Result<Self> {
        let queue = ctx.turns.of(draft.0).lock_owned().await;
        let began = tokio::time::Instant::now();
        loop {
            let mut tx = ctx.store.begin(scope).await?;
            let taken = tx.drafts().take_turn(draft, ctx.node, LENGTH).await?;
            if taken.is_none() && tx.drafts().get(draft).await?.is_none() {
                return Err(Error::NotFound("draft"));
            }
            tx.commit().await?;
            if let Some(number) = taken {
                return Ok(Self::begun(ctx, scope, draft, number, queue));
            }
            if began.elapsed() > PATIENCE {
                return Err(Error::OutcomeUnknown(SOON));
            }
            tokio::time::sleep(ASK).await;
        }
    }

    /// The first turn of a draft, which comes with its row; `None` when the same request has made one
    /// already.
    pub(super) async fn first(ctx: &Ctx, scope: &Scope, row: &DraftRow) -> Result<Option<Self>> {
        let queue = ctx.turns.of(row.id.0).lock_owned().await;
        let mut tx = ctx.store.begin(scope).await?;
        match tx.drafts().insert(row).await {
            Err(StoreError::Duplicate) => return Ok(None),
            other => other?,
        }
        let number = tx.drafts().take_turn(row.id, ctx.node, LENGTH).await?;
        tx.commit().await?;
        let number = number.ok_or(Error::Internal("draft_turn".into()))?;
        Ok(Some(Self::begun(ctx, scope, row.id, number, queue)))
    }

    fn begun(
        ctx: &Ctx,
        scope: &Scope,
        draft: DraftId,
        number: i64,
        queue: OwnedMutexGuard<()>,
    ) -> Self {
        let (task, of) = (ctx.clone(), *scope);
        Self {
            ctx: ctx.clone(),
            scope: *scope,
            draft,
            number,
            prolonging: tokio::spawn(async move { prolong(&task, &of, draft, number).await }),
            _queue: queue,
        }
    }

    /// Which turn of the draft it is, from 1.
    pub(super) const fn number(&self) -> i64 {
        self.number
    }

    /// The next one need not wait until it has run out.
    pub(super) async fn end(self) {
        self.prolonging.abort();
        let ended = async {
            let mut tx = self.ctx.store.begin(&self.scope).await?;
            tx.drafts().end_turn(self.draft, self.number).await?;
            tx.commit().await
        };
        if let Err(error) = ended.await {
            tracing::warn!(%error, draft = %self.draft, "the turn at a draft has to run out");
        }
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.prolonging.abort();
    }
}

async fn prolong(ctx: &Ctx, scope: &Scope, draft: DraftId, turn: i64) {
    loop {
        tokio::time::sleep(PROLONG).await;
        let kept = async {
            let mut tx = ctx.store.begin(scope).await?;
            let kept = tx.drafts().keep_turn(draft, turn, LENGTH).await?;
            tx.commit().await?;
            Ok::<bool, StoreError>(kept)
        };
        if matches!(kept.await, Ok(false)) {
            return; // another has begun
        }
    }
}
