//! `/connections/{id}/health`: the proof that a mailbox is complete, or why it is not.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenon_app::connections::{self, HealthView, QuotaView, RunView, SkippedView};
use tenon_app::push::{PushState, PushView};
use tenon_model::ConnectionId;
use utoipa::ToSchema;

use super::mailbox::MailboxState;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{Id, Timestamp};

problems!(Problems: "unauthenticated", "not_found");

/// Health of the mail area of a connection.
#[derive(Serialize, ToSchema)]
pub(super) struct Health {
    /// Messages the provider listed in the last complete snapshot, or so far in the running one.
    listed: u64,
    stored: u64,
    /// Messages that could not be understood.
    skipped: u64,
    /// Messages that were listed but gone when fetched.
    gone: u64,
    /// What the provider says it holds.
    provider_total: u64,
    /// Since when mail is listed; `null` for all of it.
    #[schema(required)]
    since: Option<Timestamp>,
    /// Whether everything listed is stored, skipped with a reason, or gone.
    complete: bool,
    /// Since the last contact.
    #[schema(required)]
    lag_seconds: Option<u64>,
    #[schema(required)]
    last_sync_at: Option<Timestamp>,
    #[schema(required)]
    next_sync_at: Option<Timestamp>,
    #[schema(required)]
    cursor_age_seconds: Option<u64>,
    state: MailboxState,
    /// Why it does not move, as a code.
    #[schema(required)]
    reason: Option<String>,
    /// The same in plain words.
    #[schema(required)]
    reason_text: Option<&'static str>,
    quota: Quota,
    push: Push,
    skipped_items: Vec<SkippedItem>,
    /// The last runs, newest first.
    runs: Vec<Run>,
}

/// The quota planner.
#[derive(Serialize, ToSchema, Default)]
struct Quota {
    /// Allowed; null when unlimited.
    #[schema(required)]
    units_per_minute: Option<u64>,
    used_last_minute: u64,
    /// Calls that the provider refused for rate.
    refused_last_hour: u64,
    /// Units kept for people.
    reserve: u64,
}

/// The provider's pushes.
#[derive(Serialize, ToSchema)]
struct Push {
    state: PushStateWord,
    /// Whether the operator has to do something.
    alarm: bool,
    /// Why the provider refused, as a code.
    #[schema(required)]
    reason: Option<String>,
    /// The same in plain words.
    #[schema(required)]
    reason_text: Option<&'static str>,
    #[schema(required)]
    renewed_at: Option<Timestamp>,
    #[schema(required)]
    next_renewal_at: Option<Timestamp>,
    /// When it ends unless it is renewed.
    #[schema(required)]
    expires_at: Option<Timestamp>,
    #[schema(required)]
    last_push_at: Option<Timestamp>,
}

/// How the provider's pushes stand.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
#[schema(as = PushState)]
enum PushStateWord {
    /// Not set up for this server: polling does it alone.
    Off,
    /// Asked for; none has come yet.
    Waiting,
    /// They come; polling is slow.
    Live,
    /// They stay away or have missed something; polling is fast.
    Quiet,
    /// Not renewed for too long.
    Overdue,
    /// The provider refuses.
    Refused,
}

/// A message that could not be understood.
#[derive(Serialize, ToSchema)]
struct SkippedItem {
    provider_id: String,
    reason: String,
    reason_text: &'static str,
    at: Timestamp,
}

/// One run of the sync.
#[derive(Serialize, ToSchema)]
struct Run {
    kind: RunKind,
    started_at: Timestamp,
    #[schema(required)]
    finished_at: Option<Timestamp>,
    /// `running`, `done` or a code.
    outcome: String,
    added: i64,
    changed: i64,
    removed: i64,
}

/// What a run of the sync was for.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum RunKind {
    /// The first complete snapshot.
    FirstSync,
    /// Changes since the last time.
    Poll,
    /// A complete snapshot again.
    Resync,
}

impl From<HealthView> for Health {
    fn from(v: HealthView) -> Self {
        Self {
            listed: v.listed,
            stored: v.stored,
            skipped: v.skipped,
            gone: v.gone,
            provider_total: v.provider_total,
            since: v.since.map(Into::into),
            complete: v.complete,
            lag_seconds: v.lag_seconds,
            last_sync_at: v.last_sync_at.map(Into::into),
            next_sync_at: v.next_sync_at.map(Into::into),
            cursor_age_seconds: v.cursor_age_seconds,
            state: v.state.into(),
            reason: v.reason,
            reason_text: v.reason_text,
            quota: v.quota.map(Into::into).unwrap_or_default(),
            push: v.push.into(),
            skipped_items: v.skipped_items.into_iter().map(Into::into).collect(),
            runs: v.runs.into_iter().map(Into::into).collect(),
        }
    }
}

impl From<QuotaView> for Quota {
    fn from(v: QuotaView) -> Self {
        Self {
            units_per_minute: v.units_per_minute,
            used_last_minute: v.used_last_minute,
            refused_last_hour: v.refused_last_hour,
            reserve: v.reserve,
        }
    }
}

impl From<PushView> for Push {
    fn from(v: PushView) -> Self {
        Self {
            state: match v.state {
                PushState::Off => PushStateWord::Off,
                PushState::Waiting => PushStateWord::Waiting,
                PushState::Live => PushStateWord::Live,
                PushState::Quiet => PushStateWord::Quiet,
                PushState::Overdue => PushStateWord::Overdue,
                PushState::Refused => PushStateWord::Refused,
            },
            alarm: v.alarm,
            reason: v.reason,
            reason_text: v.reason_text,
            renewed_at: v.renewed_at.map(Into::into),
            next_renewal_at: v.next_renewal_at.map(Into::into),
            expires_at: v.expires_at.map(Into::into),
            last_push_at: v.last_push_at.map(Into::into),
        }
    }
}

impl From<SkippedView> for SkippedItem {
    fn from(v: SkippedView) -> Self {
        Self {
            provider_id: v.provider_id,
            reason: v.reason,
            reason_text: v.reason_text,
            at: v.at.into(),
        }
    }
}

impl From<RunView> for Run {
    fn from(v: RunView) -> Self {
        Self {
            kind: match v.kind.as_str() {
                "first_sync" => RunKind::FirstSync,
                "resync" => RunKind::Resync,
                _ => RunKind::Poll,
            },
            started_at: v.started_at.into(),
            finished_at: v.finished_at.map(Into::into),
            outcome: v.outcome.unwrap_or_else(|| "running".to_owned()),
            added: v.added,
            changed: v.changed,
            removed: v.removed,
        }
    }
}

/// The completeness proof
#[utoipa::path(get, path = "/connections/{id}/health", tag = "connections", params(("id" = Id, Path, description = "Connection")), responses((status = 200, body = Health), Problems))]
pub(super) async fn get_health(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ConnectionId>,
) -> Answer<Json<Health>> {
    Ok(Json(
        connections::health(&api.ctx, &actor, id).await?.into(),
    ))
}
