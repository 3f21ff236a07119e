//! The mail area of a connection, as part of [`super::Connection`].

use serde::Serialize;
use tenon_app::connections::{MailboxView, ProgressView};
use utoipa::ToSchema;

use crate::wire::Timestamp;

/// The mail area of a connection.
#[derive(Serialize, ToSchema)]
pub(super) struct Mailbox {
    state: MailboxState,
    /// Why it does not move, as a code.
    #[schema(required)]
    reason: Option<String>,
    /// The same in plain words.
    #[schema(required)]
    reason_text: Option<&'static str>,
    /// How far a snapshot is, while one is taken.
    #[schema(required)]
    progress: Option<Progress>,
    messages: u64,
    threads: u64,
    /// Threads with unread messages.
    unread: u64,
    #[schema(required)]
    last_sync_at: Option<Timestamp>,
    #[schema(required)]
    next_sync_at: Option<Timestamp>,
}

/// What the sync is doing.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(super) enum MailboxState {
    /// Nothing has been read yet.
    Waiting,
    /// The first complete snapshot is being taken.
    FirstSync,
    /// In step.
    Live,
    /// A complete snapshot is being taken again.
    Resync,
    /// Something keeps it from moving; it goes on by itself.
    Stalled,
    /// Waits for a person.
    Parked,
}

impl From<&str> for MailboxState {
    fn from(word: &str) -> Self {
        match word {
            "waiting" => Self::Waiting,
            "first_sync" => Self::FirstSync,
            "live" => Self::Live,
            "resync" => Self::Resync,
            "parked" => Self::Parked,
            _ => Self::Stalled,
        }
    }
}

/// How far a snapshot is.
#[derive(Serialize, ToSchema)]
pub(super) struct Progress {
    done: u64,
    /// Within a time box an estimate from what is here; 0 before there is one.
    total: u64,
    percent: f64,
    /// Null when there is no ground for an estimate.
    #[schema(required)]
    eta_seconds: Option<u64>,
    /// Estimated quota units left to use.
    units_left: u64,
}

impl From<MailboxView> for Mailbox {
    fn from(v: MailboxView) -> Self {
        Self {
            state: v.state.into(),
            reason: v.reason,
            reason_text: v.reason_text,
            progress: v.progress.map(Into::into),
            messages: v.messages,
            threads: v.threads,
            unread: v.unread,
            last_sync_at: v.last_sync_at.map(Into::into),
            next_sync_at: v.next_sync_at.map(Into::into),
        }
    }
}

impl From<ProgressView> for Progress {
    fn from(v: ProgressView) -> Self {
        Self {
            done: v.done,
            total: v.total,
            percent: v.percent,
            eta_seconds: v.eta_seconds,
            units_left: v.units_left,
        }
    }
}
