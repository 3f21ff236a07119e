//! `/drafts`: drafts in the person's own mailbox.

use axum::Json;
use axum::extract::State;
use axum::response::{IntoResponse, Response};
use http::{HeaderMap, HeaderValue, StatusCode, header};
use serde::{Deserialize, Serialize};
use tenon_app::compose::{self, AttachmentRef, DraftInput as Input, DraftView};
use tenon_model::{ConnectionId, DraftId, MessageId, ThreadId, UploadId, World};
use utoipa::ToSchema;

use super::{DraftFile, DraftKind, Recipient, file, recipients};
use crate::Api;
use crate::extract::{self, IdempotencyKey, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::{Id, Timestamp};

problems!(CreateProblems: "unauthenticated", "not_found", "validation", "too_large", "attachment_gone", "message_gone", "draft_gone", "draft_sending", "feature_off", "needs_reauthorization", "paused", "provider_refused", "provider_unavailable", "outcome_unknown", "quota");
problems!(UpdateProblems: "unauthenticated", "not_found", "validation", "too_large", "attachment_gone", "message_gone", "draft_gone", "draft_changed", "draft_sending", "feature_off", "needs_reauthorization", "paused", "provider_refused", "provider_unavailable", "outcome_unknown", "quota");
problems!(GetProblems: "unauthenticated", "not_found", "draft_gone", "draft_not_editable", "feature_off", "needs_reauthorization", "paused", "provider_unavailable", "outcome_unknown", "quota");
problems!(DiscardProblems: "unauthenticated", "not_found", "draft_sending", "feature_off", "needs_reauthorization", "paused", "provider_unavailable", "outcome_unknown", "quota");
problems!(DiscardAllProblems: "unauthenticated", "not_found", "validation", "feature_off", "needs_reauthorization", "paused", "provider_unavailable", "outcome_unknown", "quota");
problems!(FileProblems: "unauthenticated", "not_found", "attachment_gone", "draft_gone", "needs_reauthorization", "paused", "provider_unavailable", "quota");

/// A draft as a person has it before them.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DraftInput {
    /// Given for a new draft only.
    #[serde(default)]
    connection_id: Option<String>,
    /// Given for a new draft only.
    #[serde(default)]
    kind: Option<DraftKind>,
    /// The message it answers or forwards; given for a new draft only.
    #[serde(default)]
    message_id: Option<String>,
    /// One of the mailbox's own addresses; the default one when null.
    #[serde(default)]
    from: Option<String>,
    #[serde(default)]
    to: Vec<Recipient>,
    #[serde(default)]
    cc: Vec<Recipient>,
    #[serde(default)]
    bcc: Vec<Recipient>,
    #[serde(default)]
    subject: String,
    /// Pictures of the text are `cid:` and the id of their file.
    #[serde(default)]
    html: String,
    #[serde(default)]
    quoted_html: Option<String>,
    /// All files, in order.
    #[serde(default)]
    attachments: Vec<DraftFileInput>,
}

/// A file of a draft: one that was uploaded or is in the draft already (`id`), or a part of another
/// message (`message_id` and `part`).
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct DraftFileInput {
    #[serde(default)]
    id: Option<String>,
    #[serde(default)]
    message_id: Option<String>,
    #[serde(default)]
    part: Option<String>,
}

impl DraftInput {
    fn read(self, connection: ConnectionId) -> Answer<Input> {
        let mut attachments = Vec::with_capacity(self.attachments.len());
        for (i, a) in self.attachments.into_iter().enumerate() {
            attachments.push(match (a.id, a.message_id, a.part) {
                (Some(id), None, None) => AttachmentRef::Upload(named_id(&id, "attachment")?),
                (None, Some(message), Some(part)) => AttachmentRef::Part {
                    message: named_id(&message, "message")?,
                    part,
                },
                _ => {
                    return Err(Problem::invalid(
                        format!("attachments[{i}]"),
                        "give either id, or message_id and part",
                    ));
                }
            });
        }
        let list = |l: Vec<Recipient>| l.into_iter().map(Into::into).collect();
        Ok(Input {
            connection,
            kind: self.kind.unwrap_or(DraftKind::New).into(),
            message: self
                .message_id
                .map(|id| named_id(&id, "message"))
                .transpose()?,
            from: self.from,
            to: list(self.to),
            cc: list(self.cc),
            bcc: list(self.bcc),
            subject: self.subject,
            html: self.html,
            quoted_html: self.quoted_html,
            attachments,
        })
    }
}

/// A draft.
#[derive(Serialize, ToSchema)]
pub(super) struct Draft {
    id: Id,
    connection_id: Id,
    kind: DraftKind,
    #[schema(required)]
    message_id: Option<Id>,
    /// Once its message is stored here.
    #[schema(required)]
    thread_id: Option<Id>,
    from: Recipient,
    to: Vec<Recipient>,
    cc: Vec<Recipient>,
    bcc: Vec<Recipient>,
    subject: String,
    html: String,
    #[schema(required)]
    quoted_html: Option<String>,
    attachments: Vec<DraftFile>,
    saved_at: Timestamp,
    /// For `If-Match`.
    etag: String,
    /// The message it is on its way as, at once or later: it cannot be changed then.
    #[schema(required)]
    send_id: Option<Id>,
    /// The mail merge, not ended, of which it is the letter.
    #[schema(required)]
    mail_merge_id: Option<Id>,
}

impl From<DraftView> for Draft {
    fn from(v: DraftView) -> Self {
        let base = format!("/api/v1/drafts/{}/attachments", v.id);
        Self {
            id: v.id.into(),
            connection_id: v.connection.into(),
            kind: v.kind.into(),
            message_id: v.message.map(Into::into),
            thread_id: v.thread.map(Into::into),
            from: v.from.into(),
            to: recipients(v.to),
            cc: recipients(v.cc),
            bcc: recipients(v.bcc),
            subject: v.subject,
            html: v.html,
            quoted_html: v.quoted_html,
            attachments: v
                .files
                .into_iter()
                .map(|f| DraftFile::new(f, &base))
                .collect(),
            saved_at: v.saved_at.into(),
            etag: v.etag,
            send_id: v.send.map(Into::into),
            mail_merge_id: v.mail_merge.map(Into::into),
        }
    }
}

fn answer(status: StatusCode, view: DraftView) -> Response {
    let tag = HeaderValue::from_str(&view.etag);
    let mut response = (status, Json(Draft::from(view))).into_response();
    if let Ok(tag) = tag {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The tag that the person's content began from.
pub(super) fn if_match(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::IF_MATCH)?;
    Some(String::from_utf8_lossy(value.as_bytes()).trim().to_owned())
}

/// Makes a draft
///
/// It is made in the person's own mailbox; its text is stored nowhere else. The same key goes on with the same draft.
#[utoipa::path(
    post, path = "/drafts", tag = "compose",
    params(("Idempotency-Key" = String, Header, description = "Names this draft; its second coming saves into the same one")),
    responses((status = 201, body = Draft), CreateProblems)
)]
pub(super) async fn create_draft(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    key: IdempotencyKey,
    extract::Json(input): extract::Json<DraftInput>,
) -> Answer<Response> {
    let connection = input
        .connection_id
        .as_deref()
        .ok_or_else(|| Problem::invalid("connection_id", "is missing"))?;
    let connection = named_id(connection, "connection")?;
    let input = input.read(connection)?;
    let repeat = key.required(&actor, "draft", &input)?;
    // A task of its own: it goes on to the end when the browser goes away in the middle.
    let done =
        tokio::spawn(async move { compose::create_draft(&api.ctx, &actor, input, repeat).await });
    let view = done.await.map_err(|_| Problem::internal())??;
    Ok(answer(StatusCode::CREATED, view))
}

/// Saves a draft
///
/// The whole content replaces what the draft held.
#[utoipa::path(
    put, path = "/drafts/{id}", tag = "compose",
    params(("id" = Id, Path, description = "Draft"), ("If-Match" = Option<String>, Header, description = "The draft's etag: refuses when it was changed elsewhere")),
    responses((status = 200, body = Draft), UpdateProblems)
)]
pub(super) async fn update_draft(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<DraftId>,
    headers: HeaderMap,
    extract::Json(input): extract::Json<DraftInput>,
) -> Answer<Response> {
    let tag = if_match(&headers);
    // The draft's own mailbox counts.
    let input = input.read(World::system().id())?;
    let done = tokio::spawn(async move {
        compose::update_draft(&api.ctx, &actor, id, input, tag.as_deref()).await
    });
    let view = done.await.map_err(|_| Problem::internal())??;
    Ok(answer(StatusCode::OK, view))
}

/// One draft
///
/// It is fetched from the provider for this answer.
#[utoipa::path(get, path = "/drafts/{id}", tag = "compose", params(("id" = Id, Path, description = "Draft")), responses((status = 200, body = Draft), GetProblems))]
pub(super) async fn get_draft(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<DraftId>,
) -> Answer<Response> {
    let view = compose::draft(&api.ctx, &actor, id).await?;
    Ok(answer(StatusCode::OK, view))
}

/// Opens the draft of a message
///
/// For messages among the drafts, one begun elsewhere included.
#[utoipa::path(post, path = "/messages/{id}/draft", tag = "compose", params(("id" = Id, Path, description = "Message")), responses((status = 200, body = Draft), GetProblems))]
pub(super) async fn open_message_draft(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MessageId>,
) -> Answer<Response> {
    let view = compose::open_draft(&api.ctx, &actor, id).await?;
    Ok(answer(StatusCode::OK, view))
}

/// Discards a draft
#[utoipa::path(delete, path = "/drafts/{id}", tag = "compose", params(("id" = Id, Path, description = "Draft")), responses((status = 204, description = "It is gone"), DiscardProblems))]
pub(super) async fn discard_draft(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<DraftId>,
) -> Answer<StatusCode> {
    let done = tokio::spawn(async move { compose::discard(&api.ctx, &actor, id).await });
    done.await.map_err(|_| Problem::internal())??;
    Ok(StatusCode::NO_CONTENT)
}

/// Conversations whose drafts are discarded.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DiscardInput {
    /// 1 to 100, of one mailbox.
    threads: Vec<String>,
}

/// What became of several drafts.
#[derive(Serialize, ToSchema)]
pub(super) struct Discarded {
    /// They are gone.
    discarded: u32,
    /// They are there still: on their way out, or the provider did not do it.
    kept: u32,
}

/// Discards the drafts of conversations
///
/// Whoever began them. It cannot be undone.
#[utoipa::path(post, path = "/drafts/discard", tag = "compose", responses((status = 200, body = Discarded), DiscardAllProblems))]
pub(super) async fn discard_drafts(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<DiscardInput>,
) -> Answer<Json<Discarded>> {
    if input.threads.is_empty() || input.threads.len() > 100 {
        return Err(Problem::invalid("threads", "must be from 1 to 100"));
    }
    let threads = input
        .threads
        .iter()
        .map(|id| named_id(id, "thread"))
        .collect::<Answer<Vec<ThreadId>>>()?;
    let done = tokio::spawn(async move { compose::discard_all(&api.ctx, &actor, &threads).await });
    let done = done.await.map_err(|_| Problem::internal())??;
    Ok(Json(Discarded {
        discarded: done.discarded,
        kept: done.kept,
    }))
}

/// A file of a draft
#[utoipa::path(get, path = "/drafts/{id}/attachments/{file}", tag = "compose", params(("id" = Id, Path, description = "Draft"), ("file" = Id, Path, description = "File")), responses((status = 200, description = "The file", content_type = "application/octet-stream", body = Vec<u8>), FileProblems))]
pub(super) async fn get_draft_attachment(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<DraftId>,
    extract::Second(second): extract::Second,
) -> Answer<Response> {
    let wanted: UploadId = named_id(&second, "attachment")?;
    let (view, bytes) = compose::draft_attachment(&api.ctx, &actor, id, wanted).await?;
    Ok(file(&view, bytes))
}
