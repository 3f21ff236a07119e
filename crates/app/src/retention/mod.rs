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
    Ok(days.map(|days| ctx.world.now() - DAY * days))
}
