//! `/mail/actions`: what was done, how far it is, taking it back.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::acting::{self, FailureView, MailActionView};
use tenon_model::MailActionId;
use utoipa::{IntoParams, ToSchema};

use crate::Api;
use crate::extract::{self, Query};
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::{Id, Page, Timestamp};

problems!(ListProblems: "unauthenticated", "validation");
problems!(GetProblems: "unauthenticated", "not_found");
problems!(FailureProblems: "unauthenticated", "not_found", "validation");
problems!(CancelProblems: "unauthenticated", "not_found", "too_late");
problems!(UndoProblems: "unauthenticated", "not_found", "not_undoable", "feature_off", "needs_reauthorization", "paused", "provider_unavailable");

/// Something done to mail.
#[derive(Serialize, ToSchema)]
pub(super) struct MailAction {
    id: Id,
    connection_id: Id,
    /// A word of the request, or `undo`.
    #[schema(example = "archive")]
    action: &'static str,
    #[schema(required)]
    label_id: Option<Id>,
    state: MailActionState,
    /// Messages in all.
    total: u64,
    /// Messages changed.
    done: u64,
    /// Messages that were no longer at the provider.
    gone: u64,
    /// Messages that the provider refused to change.
    failed: u64,
    /// Threads touched.
    threads: u64,
    undoable: bool,
    #[schema(required)]
    undo_of: Option<Id>,
    #[schema(required)]
    undone_by: Option<Id>,
    /// Why it waits or failed, as a code.
    #[schema(required)]
    reason: Option<String>,
    /// The same in plain words.
    #[schema(required)]
    reason_text: Option<&'static str>,
    created_at: Timestamp,
    #[schema(required)]
    finished_at: Option<Timestamp>,
}

/// How far an action is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum MailActionState {
    /// Something keeps it from moving; it goes on by itself.
    Waiting,
    Running,
    Done,
    Cancelled,
    /// It ended before its end.
    Failed,
}

impl From<MailActionView> for MailAction {
    fn from(v: MailActionView) -> Self {
        Self {
            id: v.id.into(),
            connection_id: v.connection.into(),
            action: v.action,
            label_id: v.label.map(Into::into),
            state: match v.state.as_str() {
                "waiting" => MailActionState::Waiting,
                "running" => MailActionState::Running,
                "done" => MailActionState::Done,
                "cancelled" => MailActionState::Cancelled,
                _ => MailActionState::Failed,
            },
            total: v.total,
            done: v.done,
            gone: v.gone,
            failed: v.failed,
            threads: v.threads,
            undoable: v.undoable,
            undo_of: v.undo_of.map(Into::into),
            undone_by: v.undone_by.map(Into::into),
            reason: v.reason,
            reason_text: v.reason_text,
            created_at: v.created_at.into(),
            finished_at: v.finished_at.map(Into::into),
        }
    }
}

/// A message that was not changed.
#[derive(Serialize, ToSchema)]
pub(super) struct MailActionFailure {
    message_id: Id,
    thread_id: Id,
    code: String,
    text: &'static str,
}

impl From<FailureView> for MailActionFailure {
    fn from(v: FailureView) -> Self {
        Self {
            message_id: v.message.into(),
            thread_id: v.thread.into(),
            code: v.code,
            text: v.text,
        }
    }
}

/// 200 when it has ended, 202 when it goes on.
pub(super) fn answer(view: MailActionView) -> (StatusCode, Json<MailAction>) {
    let status = if view.ended() {
        StatusCode::OK
    } else {
        StatusCode::ACCEPTED
    };
    (status, Json(view.into()))
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct PageInput {
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

impl PageInput {
    fn check(&self) -> Answer<()> {
        if (1..=200).contains(&self.limit) {
            Ok(())
        } else {
            Err(Problem::invalid("limit", "must be from 1 to 200"))
        }
    }
}

/// Actions, newest first
///
/// Those of the last seven days.
#[utoipa::path(get, path = "/mail/actions", tag = "mail", params(PageInput), responses((status = 200, body = Page<MailAction>), ListProblems))]
pub(super) async fn list_mail_actions(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Query(input): Query<PageInput>,
) -> Answer<Json<Page<MailAction>>> {
    input.check()?;
    let page = acting::actions(&api.ctx, &actor, input.after.as_deref(), input.limit).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
    }))
}

/// One action
#[utoipa::path(get, path = "/mail/actions/{id}", tag = "mail", params(("id" = Id, Path, description = "Action")), responses((status = 200, body = MailAction), GetProblems))]
pub(super) async fn get_mail_action(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailActionId>,
) -> Answer<Json<MailAction>> {
    Ok(Json(acting::action(&api.ctx, &actor, id).await?.into()))
}

/// Messages that were not changed
#[utoipa::path(get, path = "/mail/actions/{id}/failures", tag = "mail", params(("id" = Id, Path, description = "Action"), PageInput), responses((status = 200, body = Page<MailActionFailure>), FailureProblems))]
pub(super) async fn list_mail_action_failures(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailActionId>,
    Query(input): Query<PageInput>,
) -> Answer<Json<Page<MailActionFailure>>> {
    input.check()?;
    let page = acting::failures(&api.ctx, &actor, id, input.after.as_deref(), input.limit).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
    }))
}

/// Stops an action
///
/// What is done stays done; undoing it takes that back.
#[utoipa::path(post, path = "/mail/actions/{id}/cancel", tag = "mail", params(("id" = Id, Path, description = "Action")), responses((status = 200, body = MailAction), CancelProblems))]
pub(super) async fn cancel_mail_action(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailActionId>,
) -> Answer<Json<MailAction>> {
    Ok(Json(acting::cancel(&api.ctx, &actor, id).await?.into()))
}

/// Takes an action back
///
/// The answer is another action that restores each message as it was. One that still runs is stopped first.
#[utoipa::path(
    post, path = "/mail/actions/{id}/undo", tag = "mail", params(("id" = Id, Path, description = "Action")),
    responses((status = 200, body = MailAction, description = "It has ended"), (status = 202, body = MailAction, description = "It goes on"), UndoProblems)
)]
pub(super) async fn undo_mail_action(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailActionId>,
) -> Answer<(StatusCode, Json<MailAction>)> {
    // A task of its own: it goes on to the end when the browser goes away in the middle.
    let done = tokio::spawn(async move { acting::undo(&api.ctx, &actor, id).await }).await;
    Ok(answer(done.map_err(|_| Problem::internal())??))
}
