//! How soon a mailbox is polled again, given what its pushes are worth.

use std::time::Duration;

use tenon_connectors::google::is_later;
use tenon_model::Time;
use tenon_model::mail::Cursor;
use tenon_store::{Mailbox, Tx, Watch};

use super::{OVERDUE, QUIET};
use crate::{Ctx, Result};

/// A push may come before its change can be read; then we look again so soon, for so long.
const LOOK_AGAIN: Duration = Duration::from_secs(5);
const EARLY: Duration = Duration::from_mins(2);
/// Changes within a second of a push are announced by nobody (fault G24), so each push is followed by
/// one more look.
pub(super) const BURST: Duration = Duration::from_secs(2);

/// How soon.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// As without push.
    Fast,
    /// Pushes come: polling is only the net under them.
    Slow,
    /// A push has just come, or has named a place that the mailbox has not reached.
    Again,
}

impl Pace {
    /// What a mailbox's subscription allows; changes were last asked for at `asked_at`.
    pub(crate) fn of(
        watch: Option<&Watch>,
        reached: Option<&Cursor>,
        asked_at: Time,
        now: Time,
    ) -> Self {
        let Some(watch) = watch else {
            return Self::Fast;
        };
        // Promised, but none has come yet; or it came by a clock that has been put back since.
        let Some(pushed_at) = watch.pushed_at.filter(|at| *at <= now) else {
            return Self::Fast;
        };
        let ahead = watch
            .pushed
            .as_ref()
            .zip(reached)
            .is_some_and(|(pushed, reached)| is_later(pushed, reached));
        // Gmail sends one push a second at most: what came right after this one was perhaps not told.
        if ahead && now.since(pushed_at) < EARLY || asked_at < pushed_at + BURST {
            return Self::Again;
        }
        let alive = watch.expires_at.is_some_and(|end| end > now)
            && watch.renewed_at.is_some_and(|at| now.since(at) < OVERDUE);
        let missed = watch.missed_at.is_some_and(|at| at > pushed_at);
        if alive && !missed && now.since(pushed_at) < QUIET {
            Self::Slow
        } else {
            Self::Fast
        }
    }
}

/// The wait until the next poll of a mailbox that is in step. `from` is where this turn began and
/// `asked_at` when, and `news` whether it found changes: those that no push had announced are held
/// against push until the next one comes.
pub(crate) async fn next_poll(
    ctx: &Ctx,
    tx: &mut Tx,
    mailbox: &Mailbox,
    from: Option<&Cursor>,
    asked_at: Time,
    news: bool,
) -> Result<Duration> {
    let config = &ctx.config;
    if config.google_push.is_none() {
        return Ok(config.poll_interval);
    }
    let id = mailbox.connection_id;
    let now = ctx.world.now();
    let mut watch = tx.watches().get(id).await?;
    if let Some(watch) = &mut watch
        && news
    {
        let announced = match (&watch.pushed, from) {
            (Some(pushed), Some(from)) => is_later(pushed, from),
            _ => false,
        };
        if !announced {
            tx.watches().missed(id, now).await?;
            watch.missed_at = Some(now);
        }
    }
    Ok(
        match Pace::of(watch.as_ref(), mailbox.cursor.as_ref(), asked_at, now) {
            Pace::Fast => config.poll_interval,
            Pace::Slow => config.push_poll_interval.max(config.poll_interval),
            Pace::Again => LOOK_AGAIN.min(config.poll_interval),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    const HOUR: i64 = 3_600;

    fn at(hours: i64) -> Time {
        Time::from_secs(hours * HOUR)
    }

    fn watch() -> Watch {
        Watch {
            connection_id: tenon_model::World::simulated(1).0.id(),
            address_index: None,
            reason: None,
            created_at: at(0),
            renewed_at: Some(at(100)),
            expires_at: Some(at(268)),
            next_at: at(124),
            pushed_at: Some(at(100)),
            pushed: Some(Cursor("50".into())),
            missed_at: None,
        }
    }

    #[test]
    fn polling_slows_only_while_pushes_are_worth_it() {
        let reached = Cursor("50".into());
        let pace = |change: fn(&mut Watch), hours: i64| {
            let mut watch = watch();
            change(&mut watch);
            Pace::of(Some(&watch), Some(&reached), at(hours), at(hours))
        };
        assert_eq!(Pace::of(None, None, at(1), at(1)), Pace::Fast);
        assert_eq!(pace(|_| {}, 101), Pace::Slow);
        assert_eq!(
            pace(|w| w.pushed_at = None, 101),
            Pace::Fast,
            "none came yet"
        );
        assert_eq!(pace(|_| {}, 125), Pace::Fast, "quiet for a day");
        assert_eq!(pace(|w| w.missed_at = Some(at(101)), 102), Pace::Fast);
        assert_eq!(pace(|w| w.missed_at = Some(at(99)), 102), Pace::Slow);
        assert_eq!(
            pace(|w| w.expires_at = Some(at(101)), 101),
            Pace::Fast,
            "G23"
        );
        assert_eq!(
            pace(
                |w| (w.renewed_at, w.pushed_at) = (Some(at(60)), Some(at(99))),
                101
            ),
            Pace::Fast,
            "G23: overdue"
        );
        let ahead: fn(&mut Watch) = |w| w.pushed = Some(Cursor("51".into()));
        assert_eq!(pace(ahead, 100), Pace::Again, "an early push");
        assert_eq!(pace(ahead, 101), Pace::Slow, "not for ever");
        assert_eq!(pace(|_| {}, 100), Pace::Again, "G24: a burst");
        assert_eq!(pace(|_| {}, 99), Pace::Fast, "a clock put back");
        let slow_turn = Pace::of(Some(&watch()), Some(&reached), at(100), at(101));
        assert_eq!(
            slow_turn,
            Pace::Again,
            "G24: a turn that took long asked before the burst was over"
        );
    }
}
