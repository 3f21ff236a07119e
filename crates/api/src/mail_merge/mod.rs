//! `/mail-merges`: one letter to many.

mod people;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::mail_merge::{self, Change, Column, Count, MailMergeView, Start};
use tenon_model::mail_merge::{RecipientState, State as MergeState};
use tenon_model::{DraftId, MailMergeId};
use utoipa::{IntoParams, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::compose::{Send, SendAt};
use crate::extract::{self, IdempotencyKey, Query, named_id};
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{Id, Page, Timestamp, words};

problems!(CreateProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed", "draft_gone", "draft_not_editable", "feature_off", "needs_reauthorization", "paused", "provider_unavailable", "quota");
problems!(ListProblems: "unauthenticated", "validation");
problems!(GetProblems: "unauthenticated", "not_found");
problems!(ChangeProblems: "unauthenticated", "not_found", "validation", "malformed", "too_late");
problems!(StepProblems: "unauthenticated", "not_found", "too_late");
problems!(LetterProblems: "unauthenticated", "not_found", "validation", "malformed", "too_late", "draft_gone", "draft_not_editable", "feature_off", "needs_reauthorization", "paused", "provider_unavailable", "quota");
problems!(TestProblems: "unauthenticated", "not_found", "validation", "malformed", "idempotency_key_reused", "draft_gone", "draft_not_editable", "feature_off", "needs_reauthorization", "paused", "provider_refused", "provider_unavailable", "outcome_unknown", "quota");

/// A list, and a little more.
const FILE_BYTES: usize = 33 << 20;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    let files = OpenApiRouter::new()
        .routes(routes!(people::add_recipients_of_file))
        .layer(axum::extract::DefaultBodyLimit::max(FILE_BYTES));
    OpenApiRouter::new()
        .routes(routes!(list_mail_merges, create_mail_merge))
        .routes(routes!(
            get_mail_merge,
            change_mail_merge,
            delete_mail_merge
        ))
        .routes(routes!(start_mail_merge))
        .routes(routes!(pause_mail_merge))
        .routes(routes!(resume_mail_merge))
        .routes(routes!(cancel_mail_merge))
        .routes(routes!(retry_mail_merge))
        .routes(routes!(test_mail_merge))
        .routes(routes!(
            people::list_recipients,
            people::add_recipients,
            people::remove_recipients
        ))
        .routes(routes!(people::remove_recipient))
        .routes(routes!(people::preview_recipient))
        .routes(routes!(people::check_recipients))
        .routes(routes!(people::get_results))
        .merge(files)
}

words! {
    /// Where a mail merge stands.
    MailMergeState = MergeState::ALL.map(MergeState::as_str);
    /// What became of the message to somebody: `waiting` (nothing was sent), `sending`, `sent`, `doubtful` (nobody can
    /// tell without a person), `refused` (by the provider), `skipped` (nothing could be written), `cancelled`.
    MailMergeRecipientState = RecipientState::ALL.map(RecipientState::as_str);
}

/// A column of a list.
#[derive(Serialize, ToSchema)]
struct MailMergeColumn {
    /// What its variable is called: `city` is `{{ row.city }}`.
    key: String,
    /// As in the file.
    title: String,
}

impl From<Column> for MailMergeColumn {
    fn from(c: Column) -> Self {
        Self {
            key: c.key,
            title: c.title,
        }
    }
}

/// How many people stand where, and why.
#[derive(Serialize, ToSchema)]
struct MailMergeCount {
    #[schema(value_type = MailMergeRecipientState)]
    state: &'static str,
    /// Why, as a code.
    #[schema(required)]
    reason: Option<String>,
    /// The same in plain words.
    #[schema(required)]
    reason_text: Option<&'static str>,
    count: u64,
}

impl From<Count> for MailMergeCount {
    fn from(c: Count) -> Self {
        Self {
            state: c.state.as_str(),
            reason: c.reason,
            reason_text: c.reason_text,
            count: c.count,
        }
    }
}

/// A mail merge: one letter, filled in for each person of a list, and sent to them one after the other.
#[derive(Serialize, ToSchema)]
struct MailMerge {
    id: Id,
    /// From which mailbox.
    connection_id: Id,
    /// The draft that holds the letter.
    draft_id: Id,
    #[schema(value_type = MailMergeState)]
    state: &'static str,
    /// Why it was stopped, or waits, as a code.
    #[schema(required)]
    reason: Option<String>,
    /// The same in plain words.
    #[schema(required)]
    reason_text: Option<&'static str>,
    name: String,
    /// Of the files in its list.
    columns: Vec<MailMergeColumn>,
    /// At most so many messages of the mailbox in 24 hours, whatever they belong to.
    daily_cap: u32,
    /// Between two messages, at least.
    gap_min_seconds: u32,
    /// Between two messages, at most.
    gap_max_seconds: u32,
    /// Whether messages go in the member's working hours only.
    working_hours_only: bool,
    /// Whether messages carry a way out: a line at their end, and the button of mail programs (RFC 8058).
    unsubscribe: bool,
    counts: Vec<MailMergeCount>,
    /// A person answered so many.
    replied: u64,
    /// A machine answered so many, and no person.
    auto_replied: u64,
    /// So many were not delivered.
    bounced: u64,
    /// So many want no more.
    unsubscribed: u64,
    /// When the next message goes.
    #[schema(required)]
    next_at: Option<Timestamp>,
    /// When about the last one goes, if nothing changes.
    #[schema(required)]
    ends_at: Option<Timestamp>,
    created_at: Timestamp,
    #[schema(required)]
    started_at: Option<Timestamp>,
    #[schema(required)]
    finished_at: Option<Timestamp>,
}

impl From<MailMergeView> for MailMerge {
    fn from(v: MailMergeView) -> Self {
        Self {
            id: v.id.into(),
            connection_id: v.connection.into(),
            draft_id: v.draft.into(),
            state: v.state.as_str(),
            reason: v.reason,
            reason_text: v.reason_text,
            name: v.name,
            columns: v.columns.into_iter().map(Into::into).collect(),
            daily_cap: v.pace.daily_cap,
            gap_min_seconds: v.pace.gap.0,
            gap_max_seconds: v.pace.gap.1,
            working_hours_only: v.pace.in_hours,
            unsubscribe: v.unsubscribe,
            counts: v.counts.into_iter().map(Into::into).collect(),
            replied: v.came_back.replied,
            auto_replied: v.came_back.auto_replied,
            bounced: v.came_back.bounced,
            unsubscribed: v.came_back.unsubscribed,
            next_at: v.next_at.map(Into::into),
            ends_at: v.ends_at.map(Into::into),
            created_at: v.created_at.into(),
            started_at: v.started_at.map(Into::into),
            finished_at: v.finished_at.map(Into::into),
        }
    }
}

/// Which page.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
struct MailMergesPage {
    /// `next` of the page before.
    #[serde(default)]
    after: Option<String>,
    /// How many, 1 to 200.
    #[serde(default = "default_limit")]
    limit: u32,
}

const fn default_limit() -> u32 {
    50
}

/// The member's mail merges, newest first
#[utoipa::path(get, path = "/mail-merges", tag = "compose", params(MailMergesPage), responses((status = 200, body = Page<MailMerge>), ListProblems))]
async fn list_mail_merges(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Query(page): Query<MailMergesPage>,
) -> Answer<Json<Page<MailMerge>>> {
    let after = page.after.as_deref();
    let page = mail_merge::mail_merges(&api.ctx, &actor, after, page.limit).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
    }))
}

/// What a new mail merge begins with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MailMergeInput {
    /// The draft that holds the letter (`drf_…`): text with variables, and files. It names no recipients.
    draft_id: String,
}

/// Prepares a mail merge
///
/// Of a draft whose mail merge has not ended, it is that one.
#[utoipa::path(post, path = "/mail-merges", tag = "compose", request_body = MailMergeInput, responses((status = 201, body = MailMerge), CreateProblems))]
async fn create_mail_merge(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<MailMergeInput>,
) -> Answer<(StatusCode, Json<MailMerge>)> {
    let draft: DraftId = named_id(&input.draft_id, "draft")?;
    let view = mail_merge::create(&api.ctx, &actor, draft).await?;
    Ok((StatusCode::CREATED, Json(view.into())))
}

/// A mail merge
#[utoipa::path(get, path = "/mail-merges/{id}", tag = "compose", params(("id" = Id, Path, description = "Mail merge")), responses((status = 200, body = MailMerge), GetProblems))]
async fn get_mail_merge(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
) -> Answer<Json<MailMerge>> {
    let view = mail_merge::mail_merge(&api.ctx, &actor, id).await?;
    Ok(Json(view.into()))
}

/// What changes of a mail merge; the rest stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MailMergeChange {
    /// 1 to 100 characters.
    #[serde(default)]
    name: Option<String>,
    /// 1 to 2,000.
    #[serde(default)]
    daily_cap: Option<u32>,
    /// 0 to 3,600, not longer than `gap_max_seconds`.
    #[serde(default)]
    gap_min_seconds: Option<u32>,
    /// 0 to 3,600.
    #[serde(default)]
    gap_max_seconds: Option<u32>,
    #[serde(default)]
    working_hours_only: Option<bool>,
    /// Whether messages carry a way out.
    #[serde(default)]
    unsubscribe: Option<bool>,
}

/// Changes name and pace, also while messages go
#[utoipa::path(patch, path = "/mail-merges/{id}", tag = "compose", params(("id" = Id, Path, description = "Mail merge")), request_body = MailMergeChange, responses((status = 200, body = MailMerge), ChangeProblems))]
async fn change_mail_merge(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
    extract::Json(input): extract::Json<MailMergeChange>,
) -> Answer<Json<MailMerge>> {
    let change = Change {
        name: input.name,
        daily_cap: input.daily_cap,
        gap_min: input.gap_min_seconds,
        gap_max: input.gap_max_seconds,
        in_hours: input.working_hours_only,
        unsubscribe: input.unsubscribe,
    };
    let view = mail_merge::change(&api.ctx, &actor, id, change).await?;
    Ok(Json(view.into()))
}

/// Forgets a mail merge that is not under way, and its list
///
/// Its letter stays among the drafts.
#[utoipa::path(delete, path = "/mail-merges/{id}", tag = "compose", params(("id" = Id, Path, description = "Mail merge")), responses((status = 204), StepProblems))]
async fn delete_mail_merge(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
) -> Answer<StatusCode> {
    mail_merge::forget(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// When a mail merge begins.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MailMergeStart {
    /// The hour of the first message, within a year; at once when left out.
    #[serde(default)]
    at: Option<SendAt>,
}

/// Starts a mail merge
///
/// Refused when the letter names recipients of its own, or a variable that does not exist. Those for whom a variable
/// has no value get nothing, and are told.
#[utoipa::path(post, path = "/mail-merges/{id}/start", tag = "compose", params(("id" = Id, Path, description = "Mail merge")), request_body = MailMergeStart, responses((status = 200, body = MailMerge), LetterProblems))]
async fn start_mail_merge(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
    extract::Json(input): extract::Json<MailMergeStart>,
) -> Answer<Json<MailMerge>> {
    let start = Start {
        at: input.at.map(Into::into),
    };
    let view = mail_merge::start(&api.ctx, &actor, id, start).await?;
    Ok(Json(view.into()))
}

/// Stops a mail merge for now
///
/// What the provider was asked for already goes.
#[utoipa::path(post, path = "/mail-merges/{id}/pause", tag = "compose", params(("id" = Id, Path, description = "Mail merge")), responses((status = 200, body = MailMerge), StepProblems))]
async fn pause_mail_merge(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
) -> Answer<Json<MailMerge>> {
    let view = mail_merge::pause(&api.ctx, &actor, id).await?;
    Ok(Json(view.into()))
}

/// Goes on with a mail merge
///
/// With the letter as it is now.
#[utoipa::path(post, path = "/mail-merges/{id}/resume", tag = "compose", params(("id" = Id, Path, description = "Mail merge")), responses((status = 200, body = MailMerge), LetterProblems))]
async fn resume_mail_merge(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
) -> Answer<Json<MailMerge>> {
    let view = mail_merge::resume(&api.ctx, &actor, id).await?;
    Ok(Json(view.into()))
}

/// Ends a mail merge: nobody else gets a message
#[utoipa::path(post, path = "/mail-merges/{id}/cancel", tag = "compose", params(("id" = Id, Path, description = "Mail merge")), responses((status = 200, body = MailMerge), StepProblems))]
async fn cancel_mail_merge(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
) -> Answer<Json<MailMerge>> {
    let view = mail_merge::cancel(&api.ctx, &actor, id).await?;
    Ok(Json(view.into()))
}

/// Writes once more to those to whom nothing could be sent
///
/// Those who were `refused` or `skipped` wait again. Never those whose message went, or may have gone.
#[utoipa::path(post, path = "/mail-merges/{id}/retry", tag = "compose", params(("id" = Id, Path, description = "Mail merge")), responses((status = 200, body = MailMerge), LetterProblems))]
async fn retry_mail_merge(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
) -> Answer<Json<MailMerge>> {
    let view = mail_merge::retry(&api.ctx, &actor, id).await?;
    Ok(Json(view.into()))
}

/// Whose message is sent to oneself.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct MailMergeTest {
    /// Place in the list.
    number: i64,
}

/// Sends what somebody of the list would get to oneself
#[utoipa::path(
    post, path = "/mail-merges/{id}/test", tag = "compose", request_body = MailMergeTest,
    params(("id" = Id, Path, description = "Mail merge"), ("Idempotency-Key" = String, Header, description = "Names this message; its second coming sends nothing")),
    responses((status = 200, body = Send), TestProblems)
)]
async fn test_mail_merge(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
    key: IdempotencyKey,
    extract::Json(input): extract::Json<MailMergeTest>,
) -> Answer<Json<Send>> {
    let repeat = key.required(&actor, "mail_merge_test", &(id.to_string(), &input))?;
    let view = mail_merge::test(&api.ctx, &actor, id, input.number, repeat).await?;
    Ok(Json(view.into()))
}
