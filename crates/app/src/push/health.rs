//! What the health page says of a mailbox's pushes.

use tenon_model::Time;
use tenon_store::{Tx, Watch};

use super::OVERDUE;
use super::pace::Pace;
use crate::{Ctx, Result};
use tenon_model::policy::{Locale, reason_text};

/// How a mailbox's pushes stand.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PushState {
    /// Not set up for this server: polling does it alone.
    Off,
    /// Asked for, no push has come yet.
    Waiting,
    /// Pushes come; polling is slow.
    Live,
    /// Promised, but they stay away or have missed something; polling is fast.
    Quiet,
    /// Not renewed for too long (fault G23).
    Overdue,
    /// The provider refuses (fault G26).
    Refused,
}

/// A mailbox's pushes.
#[derive(Debug, Clone)]
pub struct PushView {
    /// How they stand.
    pub state: PushState,
    /// Whether the operator has to do something.
    pub alarm: bool,
    /// Why the provider refused, as a code.
    pub reason: Option<String>,
    /// The same in plain words.
    pub reason_text: Option<&'static str>,
    /// When the subscription was last renewed.
    pub renewed_at: Option<Time>,
    /// When it is renewed next.
    pub next_renewal_at: Option<Time>,
    /// When it ends by itself.
    pub expires_at: Option<Time>,
    /// When the last push came.
    pub last_push_at: Option<Time>,
}

/// The pushes of a visible mailbox.
pub(crate) async fn push_view(
    ctx: &Ctx,
    tx: &mut Tx,
    mailbox: &tenon_store::Mailbox,
    locale: Locale,
) -> Result<PushView> {
    let watch = tx.watches().get(mailbox.connection_id).await?;
    let now = ctx.world.now();
    let state = match &watch {
        _ if ctx.config.google_push.is_none() => PushState::Off,
        None => PushState::Waiting,
        Some(watch) => state(watch, mailbox, now),
    };
    let watch = watch.filter(|_| state != PushState::Off);
    let reason = watch.as_ref().and_then(|w| w.reason.clone());
    Ok(PushView {
        state,
        alarm: matches!(state, PushState::Overdue | PushState::Refused),
        reason_text: reason.as_deref().map(|code| reason_text(code, locale)),
        reason,
        renewed_at: watch.as_ref().and_then(|w| w.renewed_at),
        next_renewal_at: watch.as_ref().map(|w| w.next_at),
        expires_at: watch.as_ref().and_then(|w| w.expires_at),
        last_push_at: watch.as_ref().and_then(|w| w.pushed_at),
    })
}

fn state(watch: &Watch, mailbox: &tenon_store::Mailbox, now: Time) -> PushState {
    if watch.reason.is_some() {
        return PushState::Refused;
    }
    if now.since(watch.renewed_at.unwrap_or(watch.created_at)) >= OVERDUE {
        return PushState::Overdue;
    }
    match Pace::of(Some(watch), mailbox.cursor.as_ref(), now, now) {
        Pace::Slow | Pace::Again => PushState::Live,
        Pace::Fast if watch.pushed_at.is_none() => PushState::Waiting,
        Pace::Fast => PushState::Quiet,
    }
}
