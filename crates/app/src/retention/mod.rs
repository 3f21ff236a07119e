//! How long the metadata of mail is kept (requirement M7, check Q8): each workspace has a time box. A
//! sync stores nothing older, and a daily job deletes what has become older. Older mail is found by
//! the provider's search.
//!
//! Nothing that a person has made refers to mail yet, so nothing is exempt but a conversation opened
//! from a search, for a day.

mod purge;
mod settings;

use std::time::Duration;

use tenon_model::Time;
use tenon_store::Tx;

use crate::{Ctx, Result};

pub(crate) use purge::{PurgeDaily, PurgeMail};
pub use settings::{RetentionView, retention, set_retention};

const DAY: Duration = Duration::from_hours(24);

/// Days that the workspace of `tx` keeps mail; `None` for as long as the mailbox is connected.
pub(crate) async fn days(ctx: &Ctx, tx: &mut Tx) -> Result<Option<u32>> {
    let chosen = tx.retention().mail_days().await?;
    let days = chosen
        .and_then(|days| u32::try_from(days).ok())
        .unwrap_or(ctx.config.mail_days);
    Ok((days > 0).then_some(days))
}

/// The moment before which the workspace of `tx` keeps no mail.
pub(crate) async fn horizon(ctx: &Ctx, tx: &mut Tx) -> Result<Option<Time>> {
    let days = days(ctx, tx).await?;
    let ahead = ctx.google.as_ref().and_then(|google| google.clock_skew());
    let now = earlier(ctx.world.now(), ahead);
    Ok(days.map(|days| now - DAY * days))
}

/// This machine's clock, or the provider's when that is behind it, by seconds: a clock that jumps ahead would
/// purge what is to be kept, and nothing brings that back.
fn earlier(now: Time, skew: Option<i64>) -> Time {
    let behind = skew.map_or(0, |s| s.min(0)).unsigned_abs();
    now - Duration::from_secs(behind)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n7_a_clock_that_jumps_ahead_purges_nothing_early() {
        let now = Time::from_secs(1_800_000_000);
        for (skew, seconds) in [
            (None, 0),
            (Some(0), 0),
            (Some(90), 0),
            (Some(-86_400), 86_400),
        ] {
            assert_eq!(
                earlier(now, skew),
                now - Duration::from_secs(seconds),
                "{skew:?}"
            );
        }
    }
}
