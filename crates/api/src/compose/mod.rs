//! Writing mail: what a message begins with, files, drafts, the outbox.

mod begin;
mod drafts;
mod later;
mod sends;
mod uploads;

pub(crate) use later::SendAt;
pub(crate) use sends::Send;
use serde::{Deserialize, Serialize};
use tenon_app::compose::{Kind, Mailbox, UploadView};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::wire::Id;

/// A draft is sent as JSON, its text twice over at most.
const DRAFT_BYTES: usize = 8 << 20;
/// A file, and a little more, so that the sentence about 25 MB is ours.
const FILE_BYTES: usize = 26 << 20;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    let drafts = OpenApiRouter::new()
        .routes(routes!(drafts::create_draft))
        .routes(routes!(
            drafts::get_draft,
            drafts::update_draft,
            drafts::discard_draft
        ))
        .layer(axum::extract::DefaultBodyLimit::max(DRAFT_BYTES));
    let uploads = OpenApiRouter::new()
        .routes(routes!(uploads::create_upload))
        .layer(axum::extract::DefaultBodyLimit::max(FILE_BYTES));
    OpenApiRouter::new()
        .routes(routes!(begin::get_compose))
        .routes(routes!(begin::compose_answer))
        .routes(routes!(uploads::get_upload, uploads::delete_upload))
        .routes(routes!(drafts::discard_drafts))
        .routes(routes!(drafts::open_message_draft))
        .routes(routes!(drafts::get_draft_attachment))
        .routes(routes!(sends::send_draft))
        .routes(routes!(sends::list_sends))
        .routes(routes!(sends::get_send, later::reschedule_send))
        .routes(routes!(later::send_now))
        .routes(routes!(later::get_send_times))
        .routes(routes!(later::check_send_time))
        .routes(routes!(sends::cancel_send))
        .routes(routes!(sends::resolve_send))
        .merge(drafts)
        .merge(uploads)
}

/// A name and an address.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Recipient {
    /// May be empty.
    #[serde(default)]
    #[schema(required)]
    name: String,
    #[schema(example = "ann@example.com")]
    address: String,
}

impl From<Mailbox> for Recipient {
    fn from(m: Mailbox) -> Self {
        Self {
            name: m.name,
            address: m.address,
        }
    }
}

impl From<Recipient> for Mailbox {
    fn from(r: Recipient) -> Self {
        Self {
            name: r.name,
            address: r.address,
        }
    }
}

fn recipients(list: Vec<Mailbox>) -> Vec<Recipient> {
    list.into_iter().map(Into::into).collect()
}

/// What a draft is.
#[derive(Serialize, Deserialize, ToSchema, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum DraftKind {
    New,
    Reply,
    ReplyAll,
    Forward,
}

impl From<Kind> for DraftKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::New => Self::New,
            Kind::Reply => Self::Reply,
            Kind::ReplyAll => Self::ReplyAll,
            Kind::Forward => Self::Forward,
        }
    }
}

impl From<DraftKind> for Kind {
    fn from(kind: DraftKind) -> Self {
        match kind {
            DraftKind::New => Self::New,
            DraftKind::Reply => Self::Reply,
            DraftKind::ReplyAll => Self::ReplyAll,
            DraftKind::Forward => Self::Forward,
        }
    }
}

/// A file of a draft.
#[derive(Serialize, ToSchema)]
struct DraftFile {
    id: Id,
    name: String,
    content_type: String,
    /// Bytes.
    size: u64,
    /// Whether the text shows it, as `cid:` and its id.
    inline: bool,
    url: String,
}

impl DraftFile {
    fn new(view: UploadView, base: &str) -> Self {
        Self {
            url: format!("{base}/{}", view.id),
            id: view.id.into(),
            name: view.name,
            content_type: view.content_type,
            size: view.size,
            inline: view.inline,
        }
    }
}

/// A file as it is shown beside the text: a picture as one, anything else as a download.
fn file(view: &UploadView, bytes: bytes::Bytes) -> axum::response::Response {
    crate::mail::whole_file(&view.name, &view.content_type, bytes)
}
