//! What the operator's monitoring looks at, in all workspaces: counts, ages and words of this
//! program only. Nothing in it names a person, a mailbox or a workspace.

use std::collections::BTreeMap;
use std::time::Duration;

use tenon_model::Scope;
use tenon_model::connection::ConnectionStatus;
use tenon_model::mail::SyncState;
use tenon_store::{JobState, PoolFigure};

use crate::connections::alarms;
use crate::{Ctx, Result};

/// The figures of a moment.
#[derive(Debug, Clone)]
pub struct Figures {
    /// Jobs that are not done.
    pub jobs: Vec<Jobs>,
    /// Mailboxes by provider and state.
    pub mailboxes: Vec<Mailboxes>,
    /// Per provider: how far behind the mailbox is that is furthest behind.
    pub lag: BTreeMap<String, Duration>,
    /// Size of the database in bytes.
    pub database_bytes: u64,
    /// Faults of the deployment that were noticed in the last week: code and provider.
    pub alarms: Vec<(String, String)>,
}

/// Jobs of one kind and state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Jobs {
    /// Kind.
    pub kind: String,
    /// `waiting`, `running`, `parked`.
    pub state: &'static str,
    /// How many.
    pub count: u64,
    /// How long the oldest has been due, or parked; zero for one whose time has not come.
    pub oldest: Option<Duration>,
}

/// Mailboxes of one provider in one state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mailboxes {
    /// Provider.
    pub provider: String,
    /// The sync's state, or that of a connection that does not run: `paused`, `stopped`, `revoked`.
    pub state: &'static str,
    /// How many.
    pub count: u64,
}

/// Reads the figures.
pub async fn figures(ctx: &Ctx) -> Result<Figures> {
    let now = ctx.world.now();
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let jobs = tx.figures().jobs().await?;
    let mailboxes = tx.figures().mailboxes().await?;
    let database_bytes = tx.figures().database().await?.bytes;
    drop(tx);
    let alarms = alarms(&ctx.store).await?.into_iter();
    let alarms = alarms.map(|a| (a.code, a.provider)).collect();

    let jobs = jobs
        .into_iter()
        .map(|job| Jobs {
            kind: job.kind,
            state: match job.state {
                JobState::Queued => "waiting",
                JobState::Running => "running",
                _ => "parked",
            },
            count: job.count,
            oldest: job.oldest.map(|since| now.since(since)),
        })
        .collect();
    let mut lag: BTreeMap<String, Duration> = BTreeMap::new();
    let mut counts: BTreeMap<(String, &'static str), u64> = BTreeMap::new();
    for row in mailboxes {
        let runs = row.status == ConnectionStatus::Active;
        if runs && matches!(row.state, SyncState::Live | SyncState::Resync) {
            let behind = row.oldest_sync.map_or(Duration::ZERO, |at| now.since(at));
            let most = lag.entry(row.provider.clone()).or_default();
            *most = behind.max(*most);
        }
        let state = if runs {
            row.state.as_str()
        } else {
            row.status.as_str()
        };
        *counts.entry((row.provider, state)).or_default() += row.count;
    }
    let mailboxes = counts
        .into_iter()
        .map(|((provider, state), count)| Mailboxes {
            provider,
            state,
            count,
        })
        .collect();
    Ok(Figures {
        jobs,
        mailboxes,
        lag,
        database_bytes,
        alarms,
    })
}

/// How the database's connections are used; asks nobody.
pub fn pools(ctx: &Ctx) -> Vec<PoolFigure> {
    ctx.store.pools()
}
