//! The mailbox as a person reads it: labels, threads, opened messages, attachments.

mod bodies;
mod download;
mod guard;
pub(crate) mod html;
mod images;
mod labels;
mod open;
mod places;
pub(crate) mod reading;
mod threads;

pub(crate) use bodies::BodyCache;
pub(crate) use download::file_name;
pub use download::{Download, attachment, original};
pub(crate) use images::ImageCache;
pub use images::{image, show_sender};
pub use labels::{LabelView, labels};
pub(crate) use open::target;
pub use open::{AttachmentView, BodyView, OpenedView, body_html, open};
pub use threads::{
    AddressView, MessageView, Page, ThreadDetail, ThreadView, ThreadsQuery, thread, threads,
};
pub(crate) use threads::{Reader, lent_thread};
