//! `/sends`: the outbox.

use axum::Json;
use axum::extract::State;
use http::{HeaderMap, StatusCode};
use serde::{Deserialize, Serialize};
use tenon_app::compose::{self, KnownView, SendView, SendsWanted, StartSend};
use tenon_model::hours::WallTime;
use tenon_model::outbox::Decision;
use tenon_model::{DraftId, SendId, Time};
use utoipa::{IntoParams, ToSchema};

use super::drafts::if_match;
use super::later::SendAt;
use super::{Recipient, recipients};
use crate::Api;
use crate::extract::{self, IdempotencyKey, Query};
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::{Id, Page, Timestamp};

problems!(SendProblems: "unauthenticated", "not_found", "validation", "idempotency_key_reused", "draft_gone", "draft_changed", "draft_sending", "feature_off", "needs_reauthorization", "paused", "provider_refused", "provider_unavailable", "outcome_unknown", "quota");
problems!(ListProblems: "unauthenticated", "validation");
problems!(GetProblems: "unauthenticated", "not_found");
problems!(ChangeProblems: "unauthenticated", "not_found", "validation", "too_late");

/// What *Send* says.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SendInput {
    /// Seconds in which it can be taken back, 0 to 30; the member's own setting when left out.
    #[serde(default)]
    undo_seconds: Option<u32>,
    /// The hour at which it goes, within a year; at once when left out.
    #[serde(default)]
    at: Option<SendAt>,
}

/// A message on its way out.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the HTTP contract")]
pub(crate) struct Send {
    id: Id,
    draft_id: Id,
    connection_id: Id,
    state: SendState,
    /// When it goes.
    send_at: Timestamp,
    /// The hour it was scheduled for; null for what goes at once.
    #[schema(required)]
    scheduled: Option<SendAt>,
    to: Vec<Recipient>,
    cc: Vec<Recipient>,
    bcc: Vec<Recipient>,
    subject: String,
    /// Why it did not go, as a code.
    #[schema(required)]
    reason: Option<String>,
    /// The same in plain words.
    #[schema(required)]
    reason_text: Option<&'static str>,
    /// What is known of one whose fate is not.
    known: Vec<SendKnown>,
    /// What the person may decide now.
    decisions: Vec<SendDecision>,
    /// The sent message, once it is stored here.
    #[schema(required)]
    message_id: Option<Id>,
    #[schema(required)]
    thread_id: Option<Id>,
    created_at: Timestamp,
    #[schema(required)]
    finished_at: Option<Timestamp>,
}

/// Where a message stands.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum SendState {
    /// It can still be taken back.
    Scheduled,
    /// The provider is being asked, or what became of it is being found out.
    Sending,
    Sent,
    /// It has not gone; its draft is kept.
    Refused,
    /// Nobody can tell without a person whether it has gone.
    Doubtful,
    /// It was taken back; its draft is kept.
    Cancelled,
}

/// One thing that is known.
#[derive(Serialize, ToSchema)]
struct SendKnown {
    code: String,
    text: &'static str,
    at: Timestamp,
}

impl From<KnownView> for SendKnown {
    fn from(v: KnownView) -> Self {
        Self {
            code: v.code,
            text: v.text,
            at: v.at.into(),
        }
    }
}

/// What can be decided about a doubtful message.
#[derive(Serialize, Deserialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum SendDecision {
    /// Look once more.
    Check,
    /// It went.
    Sent,
    /// Send it: its draft is still there, so it cannot go twice.
    SendAgain,
    /// Leave it among the drafts.
    KeepDraft,
}

impl From<Decision> for SendDecision {
    fn from(d: Decision) -> Self {
        match d {
            Decision::Check => Self::Check,
            Decision::Sent => Self::Sent,
            Decision::SendAgain => Self::SendAgain,
            Decision::KeepDraft => Self::KeepDraft,
        }
    }
}

impl From<SendDecision> for Decision {
    fn from(d: SendDecision) -> Self {
        match d {
            SendDecision::Check => Self::Check,
            SendDecision::Sent => Self::Sent,
            SendDecision::SendAgain => Self::SendAgain,
            SendDecision::KeepDraft => Self::KeepDraft,
        }
    }
}

impl From<SendView> for Send {
    fn from(v: SendView) -> Self {
        Self {
            id: v.id.into(),
            draft_id: v.draft.into(),
            connection_id: v.connection.into(),
            state: match v.state {
                "scheduled" => SendState::Scheduled,
                "sending" => SendState::Sending,
                "sent" => SendState::Sent,
                "refused" => SendState::Refused,
                "cancelled" => SendState::Cancelled,
                _ => SendState::Doubtful,
            },
            send_at: v.send_at.into(),
            scheduled: v.scheduled.map(Into::into),
            to: recipients(v.to),
            cc: recipients(v.cc),
            bcc: recipients(v.bcc),
            subject: v.subject,
            reason: v.reason,
            reason_text: v.reason_text,
            known: v.known.into_iter().map(Into::into).collect(),
            decisions: v.decisions.into_iter().map(Into::into).collect(),
            message_id: v.message.map(Into::into),
            thread_id: v.thread.map(Into::into),
            created_at: v.created_at.into(),
            finished_at: v.finished_at.map(Into::into),
        }
    }
}

/// Sends a draft
///
/// It goes after the time in which it can be taken back, or at the hour chosen; `send_changed` tells what becomes of it.
#[utoipa::path(
    post, path = "/drafts/{id}/send", tag = "compose",
    params(
        ("id" = Id, Path, description = "Draft"),
        ("Idempotency-Key" = String, Header, description = "Names this request; its second coming sends nothing new"),
        ("If-Match" = Option<String>, Header, description = "The draft's etag: refuses when it was changed elsewhere")
    ),
    responses((status = 202, body = Send), SendProblems)
)]
pub(super) async fn send_draft(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<DraftId>,
    key: IdempotencyKey,
    headers: HeaderMap,
    extract::Json(input): extract::Json<SendInput>,
) -> Answer<(StatusCode, Json<Send>)> {
    let at = input.at.map(WallTime::from);
    let repeat = key.required(&actor, "send", &(id, input.undo_seconds, &at))?;
    let start = StartSend {
        undo_seconds: input.undo_seconds,
        at,
        if_match: if_match(&headers),
    };
    let done =
        tokio::spawn(async move { compose::send(&api.ctx, &actor, id, start, repeat).await });
    let view = done.await.map_err(|_| Problem::internal())??;
    Ok((StatusCode::ACCEPTED, Json(view.into())))
}

/// Which messages.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SendsInput {
    /// `scheduled`, `sending`, `sent`, `refused`, `doubtful` or `cancelled`.
    #[serde(default)]
    state: Option<String>,
    /// With `until`: those that were scheduled for an hour from here on, in the order of their hours (RFC 3339).
    #[serde(default)]
    #[param(format = DateTime)]
    from: Option<String>,
    /// And before this hour.
    #[serde(default)]
    #[param(format = DateTime)]
    until: Option<String>,
    /// How many, 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
    /// `next` of the last page.
    #[serde(default)]
    after: Option<String>,
}

const fn default_limit() -> u32 {
    50
}

impl SendsInput {
    fn between(&self) -> Answer<Option<(Time, Time)>> {
        let read = |name, text: &str| {
            Time::parse_rfc3339(text).ok_or_else(|| {
                Problem::invalid(name, "must be a time such as 2026-11-22T09:00:00Z")
            })
        };
        match (&self.from, &self.until) {
            (None, None) => Ok(None),
            (Some(from), Some(until)) => Ok(Some((read("from", from)?, read("until", until)?))),
            _ => Err(Problem::invalid(
                "from",
                "must be given together with until",
            )),
        }
    }
}

/// The outbox, newest first
///
/// Messages on their way and those that ended in the last 30 days; with `from` and `until` the calendar of what was
/// scheduled.
#[utoipa::path(get, path = "/sends", tag = "compose", params(SendsInput), responses((status = 200, body = Page<Send>), ListProblems))]
pub(super) async fn list_sends(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Query(input): Query<SendsInput>,
) -> Answer<Json<Page<Send>>> {
    if !(1..=200).contains(&input.limit) {
        return Err(Problem::invalid("limit", "must be from 1 to 200"));
    }
    let wanted = SendsWanted {
        state: input.state.as_deref(),
        between: input.between()?,
        after: input.after.as_deref(),
        limit: input.limit,
    };
    let page = compose::sends(&api.ctx, &actor, wanted).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
    }))
}

/// One message on its way
#[utoipa::path(get, path = "/sends/{id}", tag = "compose", params(("id" = Id, Path, description = "Message on its way")), responses((status = 200, body = Send), GetProblems))]
pub(super) async fn get_send(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<SendId>,
) -> Answer<Json<Send>> {
    Ok(Json(
        compose::send_by_id(&api.ctx, &actor, id).await?.into(),
    ))
}

/// Takes a message back
///
/// While it is scheduled; its draft is as before.
#[utoipa::path(post, path = "/sends/{id}/cancel", tag = "compose", params(("id" = Id, Path, description = "Message on its way")), responses((status = 200, body = Send), ChangeProblems))]
pub(super) async fn cancel_send(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<SendId>,
) -> Answer<Json<Send>> {
    Ok(Json(
        compose::cancel_send(&api.ctx, &actor, id).await?.into(),
    ))
}

/// What the person decides.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ResolveInput {
    decision: SendDecision,
}

/// Decides about a doubtful message
#[utoipa::path(post, path = "/sends/{id}/resolve", tag = "compose", params(("id" = Id, Path, description = "Message on its way")), responses((status = 200, body = Send), ChangeProblems))]
pub(super) async fn resolve_send(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<SendId>,
    extract::Json(input): extract::Json<ResolveInput>,
) -> Answer<Json<Send>> {
    let decision = input.decision.into();
    let done = tokio::spawn(async move { compose::resolve(&api.ctx, &actor, id, decision).await });
    Ok(Json(done.await.map_err(|_| Problem::internal())??.into()))
}
