//! Live updates: what changed, by id, for the member it concerns.

use std::collections::VecDeque;

use futures::Stream;
use tenon_model::Time;
use tenon_model::event::EventKind;
use tokio::sync::watch;

use crate::access::still_holds;
use crate::{Actor, Ctx, Result};

/// One event.
#[derive(Debug, Clone)]
pub struct EventView {
    /// Number, for resuming.
    pub seq: i64,
    /// What happened.
    pub kind: EventKind,
    /// Id of the thing.
    pub subject: String,
    /// When.
    pub at: Time,
}

const BATCH: u32 = 200;

/// What a stream tells: an event, or why it ends.
pub type Told = Result<EventView>;

/// The member's events after `last`, and from then on as they are committed. Without `last` only new
/// ones. It ends with the reason when the session was ended, on whichever node, before anything more is
/// told ([`crate::Error::Unauthenticated`]), and when the database fails: the browser comes back with its last
/// number.
pub async fn stream(
    ctx: &Ctx,
    actor: &Actor,
    last: Option<i64>,
) -> Result<impl Stream<Item = Told> + Send + 'static> {
    let wake = ctx.store.subscribe();
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let newest = tx.events().max_seq().await?;
    drop(tx);
    let follow = Follow {
        ctx: ctx.clone(),
        actor: *actor,
        wake,
        // A number from before a restore or from another server would wait for ever.
        seq: last.filter(|l| *l <= newest).unwrap_or(newest),
        ready: VecDeque::new(),
    };
    Ok(futures::stream::unfold(Some(follow), |follow| async move {
        let mut follow = follow?;
        let told = follow.next().await.transpose()?;
        let goes_on = told.is_ok().then_some(follow);
        Some((told, goes_on))
    }))
}

/// Whether the session of an open stream goes on; [`crate::Error::Unauthenticated`] when not.
pub async fn goes_on(ctx: &Ctx, actor: &Actor) -> Result<()> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    still_holds(ctx, &mut tx, actor).await
}

struct Follow {
    ctx: Ctx,
    actor: Actor,
    wake: watch::Receiver<i64>,
    seq: i64,
    ready: VecDeque<EventView>,
}

impl Follow {
    /// The next event; `None` when the server stops.
    async fn next(&mut self) -> Result<Option<EventView>> {
        loop {
            if let Some(event) = self.ready.pop_front() {
                return Ok(Some(event));
            }
            self.read().await?;
            if self.ready.is_empty() && self.wake.changed().await.is_err() {
                return Ok(None);
            }
        }
    }

    async fn read(&mut self) -> Result<()> {
        let mut tx = self.ctx.store.read(&self.actor.scope()).await?;
        let events = tx.events().since(self.seq, BATCH).await?;
        let Some(newest) = events.last() else {
            return Ok(());
        };
        still_holds(&self.ctx, &mut tx, &self.actor).await?;
        self.seq = newest.seq;
        self.ready.extend(events.into_iter().map(|e| EventView {
            seq: e.seq,
            kind: e.kind,
            subject: e.subject,
            at: e.at,
        }));
        Ok(())
    }
}
