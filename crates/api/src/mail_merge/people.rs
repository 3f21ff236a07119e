//! The list of a mail merge.

use axum::Json;
use axum::extract::{FromRequest as _, Request, State};
use axum::response::Response;
use bytes::Bytes;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::mail_merge::{self, Added, Checked, Contacts, PersonView, Preview, Source, Wanted};
use tenon_model::MailMergeId;
use tenon_model::delivery::Failure;
use utoipa::{IntoParams, ToSchema};

use super::{GetProblems, LetterProblems, MailMerge, MailMergeRecipientState, StepProblems};
use crate::Api;
use crate::extract::{self, Query, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::record_words::RecordKind;
use crate::records::{RecordsFilter, attachment, kind};
use crate::session::SignedIn;
use crate::wire::{Id, Page, Timestamp};

problems!(AddProblems: "unauthenticated", "not_found", "validation", "malformed", "too_late");
problems!(FileProblems: "unauthenticated", "not_found", "validation", "malformed", "too_late", "too_large");
problems!(ListProblems: "unauthenticated", "not_found", "validation");

/// Somebody to whom a mail merge goes.
#[derive(Serialize, ToSchema)]
pub(super) struct MailMergeRecipient {
    /// Place in the list.
    number: i64,
    /// May be empty.
    name: String,
    address: String,
    /// The record that the message is filled in with.
    #[schema(required)]
    record_id: Option<Id>,
    #[schema(value_type = MailMergeRecipientState)]
    state: &'static str,
    /// Why nothing was sent, as a code.
    #[schema(required)]
    reason: Option<String>,
    /// The same in plain words.
    #[schema(required)]
    reason_text: Option<&'static str>,
    /// Variables that had no value, such as `contact.first_name`.
    missing: Vec<String>,
    /// The message on its way, for deciding about a doubtful one.
    #[schema(required)]
    send_id: Option<Id>,
    /// When the message went, or was given up.
    #[schema(required)]
    settled_at: Option<Timestamp>,
    /// When a person answered it.
    #[schema(required)]
    replied_at: Option<Timestamp>,
    /// When a machine answered it for them: they are away, or their case has a number.
    #[schema(required)]
    auto_replied_at: Option<Timestamp>,
    /// When it turned out not to be delivered.
    #[schema(required)]
    bounced_at: Option<Timestamp>,
    /// Why it was not: `no_such_address`, `mailbox_full`, `blocked`, `daily_limit`, `too_large`, `not_delivered`.
    #[schema(required)]
    failure: Option<&'static str>,
    /// When they said that they want no more.
    #[schema(required)]
    unsubscribed_at: Option<Timestamp>,
}

impl From<PersonView> for MailMergeRecipient {
    fn from(p: PersonView) -> Self {
        Self {
            number: p.number,
            name: p.name,
            address: p.address,
            record_id: p.record.map(Into::into),
            state: p.state.as_str(),
            reason: p.reason,
            reason_text: p.reason_text,
            missing: p.missing,
            send_id: p.send.map(Into::into),
            settled_at: p.settled_at.map(Into::into),
            replied_at: p.came_back.replied_at.map(Into::into),
            auto_replied_at: p.came_back.auto_replied_at.map(Into::into),
            bounced_at: p.came_back.bounced_at.map(Into::into),
            failure: p.came_back.failure.map(Failure::as_str),
            unsubscribed_at: p.came_back.unsubscribed_at.map(Into::into),
        }
    }
}

/// Which of them.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RecipientsPage {
    /// Those in this state only.
    #[serde(default)]
    #[param(value_type = Option<MailMergeRecipientState>)]
    state: Option<String>,
    /// Those of whom this came back only: `reply`, `auto_reply`, `bounce`, `unsubscribed`.
    #[serde(default)]
    response: Option<String>,
    /// `next` of the page before.
    #[serde(default)]
    after: Option<String>,
    /// How many, 1 to 500.
    #[serde(default = "default_limit")]
    limit: u32,
}

const fn default_limit() -> u32 {
    100
}

/// The people of a mail merge, in the order of the list
#[utoipa::path(get, path = "/mail-merges/{id}/recipients", tag = "compose", params(("id" = Id, Path, description = "Mail merge"), RecipientsPage), responses((status = 200, body = Page<MailMergeRecipient>), ListProblems))]
pub(super) async fn list_recipients(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
    Query(page): Query<RecipientsPage>,
) -> Answer<Json<Page<MailMergeRecipient>>> {
    let after = page.after.as_deref();
    let wanted = Wanted {
        state: page.state.as_deref(),
        response: page.response.as_deref(),
    };
    let page = mail_merge::people(&api.ctx, &actor, id, wanted, after, page.limit).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
    }))
}

/// Which contacts of a deal, a case or a card get a message.
#[derive(Deserialize, ToSchema, Clone, Copy, Default)]
#[serde(rename_all = "snake_case")]
pub(super) enum MailMergeContacts {
    /// The first one.
    #[default]
    First,
    /// All.
    All,
}

/// Records whose people are added.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RecipientsInput {
    #[schema(value_type = RecordKind)]
    kind: String,
    /// These, at most 5,000; or
    #[serde(default)]
    ids: Option<Vec<String>>,
    /// all that such a list shows.
    #[serde(default)]
    which: Option<RecordsFilter>,
    #[serde(default)]
    contacts: MailMergeContacts,
}

/// Rows of a file, or records, that were left out.
#[derive(Serialize, ToSchema)]
struct MailMergeLeftOut {
    /// `no_address`, `address_invalid`, `twice`.
    code: &'static str,
    count: u64,
}

/// A row of a file that was left out.
#[derive(Serialize, ToSchema)]
struct MailMergeBadRow {
    /// From 1, with the row of titles.
    row: u64,
    /// `no_address`, `address_invalid`, `twice`.
    code: &'static str,
}

/// What came of adding people.
#[derive(Serialize, ToSchema)]
pub(super) struct RecipientsAdded {
    added: u64,
    left_out: Vec<MailMergeLeftOut>,
    /// The first 50.
    rows: Vec<MailMergeBadRow>,
}

impl From<Added> for RecipientsAdded {
    fn from(a: Added) -> Self {
        let left_out = |(code, count)| MailMergeLeftOut { code, count };
        let row = |(row, code)| MailMergeBadRow { row, code };
        Self {
            added: a.added,
            left_out: a.left_out.into_iter().map(left_out).collect(),
            rows: a.rows.into_iter().map(row).collect(),
        }
    }
}

/// Adds the people of records
///
/// Contacts, leads and companies by their first address, deals, cases and cards by their contacts; each address once.
/// While the mail merge is a draft, or paused.
#[utoipa::path(post, path = "/mail-merges/{id}/recipients", tag = "compose", params(("id" = Id, Path, description = "Mail merge")), request_body = RecipientsInput, responses((status = 200, body = RecipientsAdded), AddProblems))]
pub(super) async fn add_recipients(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
    extract::Json(input): extract::Json<RecipientsInput>,
) -> Answer<Json<RecipientsAdded>> {
    let of_kind = kind(&input.kind)?;
    let source = match (input.ids, input.which) {
        (Some(ids), None) => {
            let ids: Result<Vec<_>, Problem> = ids.iter().map(|t| named_id(t, "record")).collect();
            Source::Ids(of_kind, ids?)
        }
        (None, Some(which)) => {
            let which = which.read()?;
            if which.kind != of_kind {
                return Err(Problem::invalid("which.kind", "must be the same kind"));
            }
            Source::All(Box::new(which))
        }
        _ => return Err(Problem::invalid("ids", "either ids or which is needed")),
    };
    let contacts = match input.contacts {
        MailMergeContacts::First => Contacts::First,
        MailMergeContacts::All => Contacts::All,
    };
    // A task of its own: it goes on to the end when the browser goes away in the middle.
    let ctx = api.ctx.clone();
    let done =
        tokio::spawn(async move { mail_merge::add(&ctx, &actor, id, source, contacts).await });
    Ok(Json(done.await.map_err(|_| Problem::internal())??.into()))
}

/// What is said of a file.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct RecipientsFile {
    /// File name.
    #[serde(default)]
    name: String,
    /// The title of the column with addresses, when it cannot be found out.
    #[serde(default)]
    column: Option<String>,
}

/// Adds the people of a file
///
/// The body is the file itself: CSV of any program whose first row has titles, at most 32 MiB and 50,000 rows. Its
/// columns become variables: *First name* is `{{ row.first_name }}`. They are kept, sealed, until the message of a row
/// has gone.
#[utoipa::path(
    post, path = "/mail-merges/{id}/recipients/file", tag = "compose",
    params(("id" = Id, Path, description = "Mail merge"), RecipientsFile),
    request_body(content = Vec<u8>, content_type = "application/octet-stream", description = "The file"),
    responses((status = 200, body = RecipientsAdded), FileProblems)
)]
pub(super) async fn add_recipients_of_file(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
    Query(input): Query<RecipientsFile>,
    request: Request,
) -> Answer<Json<RecipientsAdded>> {
    let bytes = Bytes::from_request(request, &())
        .await
        .map_err(|rejection| Problem::of_status(rejection.status()))?;
    let ctx = api.ctx.clone();
    let done = tokio::spawn(async move {
        mail_merge::add_file(&ctx, &actor, id, input.name, bytes, input.column).await
    });
    Ok(Json(done.await.map_err(|_| Problem::internal())??.into()))
}

/// Empties the list of a mail merge that was not started
#[utoipa::path(delete, path = "/mail-merges/{id}/recipients", tag = "compose", params(("id" = Id, Path, description = "Mail merge")), responses((status = 200, body = MailMerge), StepProblems))]
pub(super) async fn remove_recipients(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
) -> Answer<Json<MailMerge>> {
    let view = mail_merge::clear(&api.ctx, &actor, id).await?;
    Ok(Json(view.into()))
}

/// Takes somebody out of the list to whom nothing was sent
#[utoipa::path(
    delete, path = "/mail-merges/{id}/recipients/{number}", tag = "compose",
    params(("id" = Id, Path, description = "Mail merge"), ("number" = i64, Path, description = "Place in the list")),
    responses((status = 204), StepProblems)
)]
pub(super) async fn remove_recipient(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
    extract::Second(number): extract::Second,
) -> Answer<StatusCode> {
    let unknown = |_| tenon_app::Error::NotFound("recipient");
    let number = number.parse().map_err(unknown)?;
    mail_merge::remove(&api.ctx, &actor, id, number).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What somebody would get.
#[derive(Serialize, ToSchema)]
pub(super) struct MailMergePreview {
    /// Place in the list.
    number: i64,
    to_name: String,
    to_address: String,
    from_name: String,
    from_address: String,
    subject: String,
    /// Cleaned HTML; variables without a value stand as they were written.
    html: String,
    /// Variables without a value.
    missing: Vec<String>,
    /// Names of the files.
    attachments: Vec<String>,
}

impl From<Preview> for MailMergePreview {
    fn from(p: Preview) -> Self {
        Self {
            number: p.number,
            to_name: p.name,
            to_address: p.address,
            from_name: p.from.0,
            from_address: p.from.1,
            subject: p.filled.subject,
            html: p.filled.html,
            missing: p.filled.missing,
            attachments: p.files,
        }
    }
}

/// Whose message is looked at.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MailMergePreviewInput {
    /// The first one in the list from this place on.
    number: i64,
}

/// Fills the letter in for somebody, to look at
#[utoipa::path(post, path = "/mail-merges/{id}/preview", tag = "compose", params(("id" = Id, Path, description = "Mail merge")), request_body = MailMergePreviewInput, responses((status = 200, body = MailMergePreview), LetterProblems))]
pub(super) async fn preview_recipient(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
    extract::Json(input): extract::Json<MailMergePreviewInput>,
) -> Answer<Json<MailMergePreview>> {
    let preview = mail_merge::preview(&api.ctx, &actor, id, input.number).await?;
    Ok(Json(preview.into()))
}

/// Somebody to whom nothing can be written as the letter and the list are now.
#[derive(Serialize, ToSchema)]
struct MailMergeProblem {
    number: i64,
    name: String,
    address: String,
    /// `missing_values`, `record_gone`, `letter_too_much`, `unsubscribed`, `bounced_before`, `wants_no_mail`.
    code: &'static str,
    /// The same in plain words.
    text: &'static str,
    /// Variables without a value.
    missing: Vec<String>,
}

/// What was found out before anything goes.
#[derive(Serialize, ToSchema)]
pub(super) struct MailMergeCheck {
    /// How many were looked at.
    looked_at: u64,
    problems: Vec<MailMergeProblem>,
    /// For the next request's `after`; null at the end of the list.
    #[schema(required)]
    next: Option<i64>,
}

impl From<Checked> for MailMergeCheck {
    fn from(c: Checked) -> Self {
        let problem = |p: mail_merge::Problem| MailMergeProblem {
            number: p.number,
            name: p.name,
            address: p.address,
            code: p.code,
            text: p.text,
            missing: p.missing,
        };
        Self {
            looked_at: c.looked_at,
            problems: c.problems.into_iter().map(problem).collect(),
            next: c.next,
        }
    }
}

/// Where to go on.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MailMergeCheckInput {
    /// `next` of the answer before; 0 at the beginning.
    #[serde(default)]
    after: i64,
    /// How many, 1 to 2,000.
    #[serde(default = "check_limit")]
    limit: u32,
}

const fn check_limit() -> u32 {
    1_000
}

/// Fills the letter in for everybody who waits, without sending anything
#[utoipa::path(post, path = "/mail-merges/{id}/check", tag = "compose", params(("id" = Id, Path, description = "Mail merge")), request_body = MailMergeCheckInput, responses((status = 200, body = MailMergeCheck), LetterProblems))]
pub(super) async fn check_recipients(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
    extract::Json(input): extract::Json<MailMergeCheckInput>,
) -> Answer<Json<MailMergeCheck>> {
    let checked = mail_merge::check(&api.ctx, &actor, id, input.after, input.limit).await?;
    Ok(Json(checked.into()))
}

/// What became of everybody, as a file
///
/// CSV with number, address, name, state, reason, missing variables, time, and what came back.
#[utoipa::path(
    get, path = "/mail-merges/{id}/results", tag = "compose", params(("id" = Id, Path, description = "Mail merge")),
    responses((status = 200, description = "The file, as an attachment", content_type = "text/csv", body = Vec<u8>), GetProblems)
)]
pub(super) async fn get_results(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MailMergeId>,
) -> Answer<Response> {
    let file = mail_merge::results(&api.ctx, &actor, id).await?;
    let whole = futures::stream::once(async move { Ok(file) });
    Ok(attachment(
        "mail-merge.csv",
        "text/csv; charset=utf-8",
        whole,
    ))
}
