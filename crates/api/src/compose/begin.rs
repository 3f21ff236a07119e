//! What a message begins with.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::compose::{self, ComposeView, FromView, PartRef};
use tenon_model::{ConnectionId, MessageId};
use utoipa::{IntoParams, ToSchema};

use super::{DraftKind, Recipient, recipients};
use crate::Api;
use crate::extract::{self, Query};
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::Id;

problems!(ComposeProblems: "unauthenticated", "not_found", "feature_off", "needs_reauthorization", "paused");
problems!(AnswerProblems: "unauthenticated", "not_found", "validation", "message_gone", "feature_off", "needs_reauthorization", "paused", "provider_unavailable", "quota");

/// What a mailbox can write.
#[derive(Serialize, ToSchema)]
pub(super) struct Compose {
    from: Vec<FromAddress>,
    limits: ComposeLimits,
}

/// One of the mailbox's own addresses.
#[derive(Serialize, ToSchema)]
struct FromAddress {
    address: String,
    name: String,
    is_default: bool,
    /// May be empty.
    signature_html: String,
}

impl From<FromView> for FromAddress {
    fn from(v: FromView) -> Self {
        Self {
            address: v.address,
            name: v.name,
            is_default: v.is_default,
            signature_html: v.signature_html,
        }
    }
}

/// What one message can hold.
#[derive(Serialize, ToSchema)]
struct ComposeLimits {
    /// Files together.
    message_bytes: u64,
    recipients: usize,
}

/// What an answer begins with.
#[derive(Serialize, ToSchema)]
pub(super) struct ComposeAnswer {
    connection_id: Id,
    kind: DraftKind,
    message_id: Id,
    thread_id: Id,
    /// The address the message was written to.
    from: String,
    to: Vec<Recipient>,
    cc: Vec<Recipient>,
    subject: String,
    /// Empty: what the person writes goes here.
    html: String,
    signature_html: String,
    /// The quoted mail, cleaned; to be sent back with the draft.
    quoted_html: String,
    attachments: Vec<PartOfMessage>,
}

/// A part of another message that belongs into the draft.
#[derive(Serialize, ToSchema)]
struct PartOfMessage {
    message_id: Id,
    part: String,
    name: String,
    content_type: String,
    /// Bytes.
    size: u64,
    /// Whether the quoted mail shows it.
    inline: bool,
}

impl From<PartRef> for PartOfMessage {
    fn from(v: PartRef) -> Self {
        Self {
            message_id: v.message.into(),
            part: v.part,
            name: v.name,
            content_type: v.content_type,
            size: v.size,
            inline: v.inline,
        }
    }
}

impl From<ComposeView> for ComposeAnswer {
    fn from(v: ComposeView) -> Self {
        Self {
            connection_id: v.connection.into(),
            kind: v.kind.into(),
            message_id: v.message.into(),
            thread_id: v.thread.into(),
            from: v.from,
            to: recipients(v.to),
            cc: recipients(v.cc),
            subject: v.subject,
            html: String::new(),
            signature_html: v.signature_html,
            quoted_html: v.quoted_html,
            attachments: v.attachments.into_iter().map(Into::into).collect(),
        }
    }
}

/// Own addresses with their signatures
#[utoipa::path(get, path = "/connections/{id}/compose", tag = "compose", params(("id" = Id, Path, description = "Connection")), responses((status = 200, body = Compose), ComposeProblems))]
pub(super) async fn get_compose(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ConnectionId>,
) -> Answer<Json<Compose>> {
    let from = compose::from_addresses(&api.ctx, &actor, id).await?;
    Ok(Json(Compose {
        from: from.into_iter().map(Into::into).collect(),
        limits: ComposeLimits {
            message_bytes: compose::MESSAGE_BYTES,
            recipients: compose::RECIPIENTS,
        },
    }))
}

/// Which answer.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AnswerInput {
    /// `reply`, `reply_all` or `forward`.
    kind: DraftKind,
}

/// What an answer to a message begins with
///
/// The message is fetched from the provider for this answer and kept nowhere.
#[utoipa::path(get, path = "/messages/{id}/compose", tag = "compose", params(("id" = Id, Path, description = "Message"), AnswerInput), responses((status = 200, body = ComposeAnswer), AnswerProblems))]
pub(super) async fn compose_answer(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MessageId>,
    Query(input): Query<AnswerInput>,
) -> Answer<Json<ComposeAnswer>> {
    let view = compose::compose(&api.ctx, &actor, id, input.kind.into()).await?;
    Ok(Json(view.into()))
}
