//! Labels, threads, messages.

mod attachment;
mod body;
pub(crate) mod download;
mod images;
mod labels;
mod message;
mod original;
mod thread;
mod threads;

use serde::Serialize;
use tenon_app::mail::{AddressView, MessageView};
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::wire::{Id, Timestamp};

pub(crate) use download::whole as whole_file;
pub(crate) use labels::Label;
pub(crate) use threads::{Participant, Thread};

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(labels::list_labels))
        .routes(routes!(threads::list_threads))
        .routes(routes!(thread::get_thread))
        .routes(routes!(message::open_message))
        .routes(routes!(body::get_message_body))
        .routes(routes!(attachment::get_attachment))
        .routes(routes!(images::get_image))
        .routes(routes!(images::show_images_of_sender))
        .routes(routes!(original::get_original))
}

/// A name and an address, as a message has them.
#[derive(Serialize, ToSchema)]
struct Address {
    /// May be empty.
    name: String,
    /// May lack an `@` in broken mail.
    address: String,
}

impl From<AddressView> for Address {
    fn from(v: AddressView) -> Self {
        Self {
            name: v.name,
            address: v.address,
        }
    }
}

fn addresses(views: Vec<AddressView>) -> Vec<Address> {
    views.into_iter().map(Into::into).collect()
}

/// A message's metadata.
#[derive(Serialize, ToSchema)]
#[expect(clippy::struct_field_names, reason = "the names of the HTTP contract")]
struct Message {
    id: Id,
    thread_id: Id,
    from: Vec<Address>,
    to: Vec<Address>,
    cc: Vec<Address>,
    reply_to: Vec<Address>,
    subject: String,
    /// As the sender says.
    #[schema(required)]
    date: Option<Timestamp>,
    /// As the provider says.
    received_at: Timestamp,
    /// Bytes.
    size: u64,
    unread: bool,
    starred: bool,
    has_attachments: bool,
    label_ids: Vec<Id>,
    /// `Message-ID` without angle brackets.
    #[schema(required)]
    message_id_header: Option<String>,
}

impl From<MessageView> for Message {
    fn from(v: MessageView) -> Self {
        Self {
            id: v.id.into(),
            thread_id: v.thread.into(),
            from: addresses(v.from),
            to: addresses(v.to),
            cc: addresses(v.cc),
            reply_to: addresses(v.reply_to),
            subject: v.subject,
            date: v.date.map(Into::into),
            received_at: v.received_at.into(),
            size: v.size,
            unread: v.unread,
            starred: v.starred,
            has_attachments: v.has_attachments,
            label_ids: v.labels.into_iter().map(Into::into).collect(),
            message_id_header: (!v.message_id.is_empty()).then_some(v.message_id),
        }
    }
}
