//! Live updates: what changed, by id, for the member it concerns.

use futures::Stream;
use tenon_model::Time;
use tenon_model::event::EventKind;

use crate::{Actor, Ctx, Error, Result};

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

/// The member's events after `last`, and from then on as they are committed. Without `last` only new
/// ones. The stream ends when the session was ended, by whichever node, before anything more is told,
/// and when the database fails; the browser comes back with its last number.
pub async fn stream(
    ctx: &Ctx,
    actor: &Actor,
    last: Option<i64>,
) -> Result<impl Stream<Item = EventView> + Send + 'static> {
    let wake = ctx.store.subscribe();
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let newest = tx.events().max_seq().await?;
    drop(tx);
    // A number from before a restore or from another server would wait for ever.
    let from = last.filter(|l| *l <= newest).unwrap_or(newest);
    let state = (
        ctx.clone(),
        *actor,
        wake,
        from,
        std::collections::VecDeque::new(),
    );
    Ok(futures::stream::unfold(
        state,
        |(ctx, actor, mut wake, mut seq, mut ready)| async move {
            loop {
                if let Some(event) = ready.pop_front() {
                    return Some((event, (ctx, actor, wake, seq, ready)));
                }
                let batch = next(&ctx, &actor, seq).await.ok()?;
                if batch.is_empty() {
                    wake.changed().await.ok()?;
                    continue;
                }
                seq = batch.last().map_or(seq, |e: &EventView| e.seq);
                ready.extend(batch);
            }
        },
    ))
}

async fn next(ctx: &Ctx, actor: &Actor, seq: i64) -> Result<Vec<EventView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let events = tx.events().since(seq, BATCH).await?;
    if events.is_empty() {
        return Ok(Vec::new());
    }
    if !tx
        .sessions()
        .is_live(actor.session, ctx.world.now())
        .await?
    {
        return Err(Error::Unauthenticated);
    }
    Ok(events
        .into_iter()
        .map(|e| EventView {
            seq: e.seq,
            kind: e.kind,
            subject: e.subject,
            at: e.at,
        })
        .collect())
}
