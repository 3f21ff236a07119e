//! `/messages/{id}`: opens a message at the provider, then and there.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenon_app::mail::{self, AttachmentView, OpenedView};
use tenon_model::MessageId;
use utoipa::ToSchema;

use super::Message;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::Id;

problems!(Problems: "unauthenticated", "not_found", "message_gone", "needs_reauthorization", "paused", "provider_unavailable", "quota");

/// An opened message. The body is a document of its own, for a sandboxed frame.
#[derive(Serialize, ToSchema)]
pub(super) struct MessageContent {
    #[serde(flatten)]
    message: Message,
    body: MessageBody,
    attachments: Vec<Attachment>,
    headers: Vec<Header>,
    /// The message as it was received.
    original_url: String,
}

/// What is said of a body.
#[derive(Serialize, ToSchema)]
struct MessageBody {
    kind: BodyKind,
    url: String,
    /// Remote images that were taken out.
    remote_images_blocked: u64,
    /// Whether the member wants the images of this sender without being asked.
    images_shown: bool,
    /// The body with its remote images, fetched by the server.
    images_url: String,
    /// Whether earlier mail is quoted in it.
    quoted: bool,
    /// What could not be read.
    #[schema(required)]
    problem: Option<BodyProblem>,
}

/// What a body is.
#[derive(Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
enum BodyKind {
    Html,
    Text,
    None,
}

/// Why a body cannot be shown as it should.
#[derive(Serialize, ToSchema)]
struct BodyProblem {
    code: &'static str,
    text: &'static str,
}

/// An attachment.
#[derive(Serialize, ToSchema)]
struct Attachment {
    id: String,
    /// May be empty.
    name: String,
    content_type: String,
    /// Bytes.
    size: u64,
    /// Whether it is shown inside the body.
    inline: bool,
    url: String,
}

/// A header field.
#[derive(Serialize, ToSchema)]
struct Header {
    name: String,
    value: String,
}

impl From<OpenedView> for MessageContent {
    fn from(v: OpenedView) -> Self {
        let base = format!("/api/v1/messages/{}", v.message.id);
        Self {
            body: MessageBody {
                kind: match v.body.kind {
                    "html" => BodyKind::Html,
                    "text" => BodyKind::Text,
                    _ => BodyKind::None,
                },
                url: format!("{base}/body"),
                remote_images_blocked: v.body.remote_images_blocked,
                images_shown: v.body.images_shown,
                images_url: format!("{base}/body?images=true"),
                quoted: v.body.quoted,
                problem: v
                    .body
                    .problem
                    .map(|(code, text)| BodyProblem { code, text }),
            },
            attachments: v
                .attachments
                .into_iter()
                .map(|a| attachment(a, &base))
                .collect(),
            headers: v
                .headers
                .into_iter()
                .map(|(name, value)| Header { name, value })
                .collect(),
            original_url: format!("{base}/original"),
            message: v.message.into(),
        }
    }
}

fn attachment(v: AttachmentView, base: &str) -> Attachment {
    Attachment {
        url: format!("{base}/attachments/{}", v.id),
        id: v.id,
        name: v.name,
        content_type: v.content_type,
        size: v.size,
        inline: v.inline,
    }
}

/// Opens a message
///
/// It is fetched from the provider for this answer and kept nowhere.
#[utoipa::path(get, path = "/messages/{id}", tag = "mail", params(("id" = Id, Path, description = "Message")), responses((status = 200, body = MessageContent), Problems))]
pub(super) async fn open_message(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<MessageId>,
) -> Answer<Json<MessageContent>> {
    Ok(Json(mail::open(&api.ctx, &actor, id).await?.into()))
}
