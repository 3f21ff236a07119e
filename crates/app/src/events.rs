//! Live updates: what changed, by id, for the member it concerns.

use std::collections::VecDeque;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures::Stream;
use tenon_model::Time;
use tenon_model::event::EventKind;
use tenon_vault::BlindIndex;
use tokio::sync::watch;

use crate::access::still_holds;
use crate::{Actor, Ctx, Result};

/// One event.
#[derive(Debug, Clone)]
pub struct EventView {
    /// Where the stream stands after it, for resuming: means nothing to anybody but this server.
    pub mark: String,
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

/// What browsers get in place of an event's number: numbers count the events of all workspaces, so their
/// gaps would tell how busy the others are (decision 0055). A keyed hash of workspace and number, and the
/// number under a pad that comes of that hash (the construction of RFC 5297): nothing is used up by it,
/// however many streams are open, as it would be by sealing, whose nonces are random.
fn mark(ctx: &Ctx, actor: &Actor, seq: i64) -> String {
    let hash = hash(ctx, actor, seq);
    let hidden = u128::from(seq.unsigned_abs()) ^ pad(ctx, &hash);
    URL_SAFE_NO_PAD.encode([hash, hidden.to_be_bytes()].concat())
}

/// The number in a mark of this workspace; of anything else nothing.
fn place(ctx: &Ctx, actor: &Actor, mark: &str) -> Option<i64> {
    let bytes = URL_SAFE_NO_PAD.decode(mark).ok()?;
    let (told, hidden) = bytes.split_first_chunk()?;
    let seq = u128::from_be_bytes(hidden.try_into().ok()?) ^ pad(ctx, told);
    let seq = i64::try_from(seq).ok()?;
    (hash(ctx, actor, seq) == *told).then_some(seq)
}

fn hash(ctx: &Ctx, actor: &Actor, seq: i64) -> BlindIndex {
    let text = format!("{} {seq}", actor.workspace);
    ctx.keys.deployment().blind_index("event", &text)
}

fn pad(ctx: &Ctx, hash: &BlindIndex) -> u128 {
    let text = URL_SAFE_NO_PAD.encode(hash);
    u128::from_be_bytes(ctx.keys.deployment().blind_index("event mark", &text))
}

/// The member's events after the mark `last`, and from then on as they are committed. Without `last` only new
/// ones. It ends with the reason when the session was ended, on whichever node, before anything more is
/// told ([`crate::Error::Unauthenticated`]), and when the database fails: the browser comes back with its last
/// number.
pub async fn stream(
    ctx: &Ctx,
    actor: &Actor,
    last: Option<&str>,
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
        seq: last
            .and_then(|mark| place(ctx, actor, mark))
            .filter(|l| *l <= newest)
            .unwrap_or(newest),
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
        for event in events {
            self.ready.push_back(EventView {
                mark: mark(&self.ctx, &self.actor, event.seq),
                kind: event.kind,
                subject: event.subject,
                at: event.at,
            });
        }
        Ok(())
    }
}
