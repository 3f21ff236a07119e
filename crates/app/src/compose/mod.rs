//! Writing mail: drafts in the person's own mailbox, files for them, and the outbox.
//!
//! A draft's text is at the provider and, while it is worked on, in memory; Tenon stores where it
//! is. A message goes out as a draft that is sent by its id, so that asking twice cannot send it
//! twice (`provider-faults` section 13).

mod address;
mod attachments;
mod discard;
mod drafts;
mod input;
mod letter;
mod mime;
mod outbox;
mod prefill;
mod read;
mod save;
mod sweep;
mod turn;
mod uploads;

pub use discard::{Discarded, discard, discard_all};
pub use drafts::{DraftView, draft, draft_attachment, open_draft};
pub use input::{AttachmentRef, DraftInput, Kind, Mailbox};
pub(crate) use letter::{Addressee, Letter, Post, Written};
pub(crate) use outbox::chosen_moment;
pub use outbox::{
    KnownView, SendDraft, SendTimes, SendView, SendsWanted, StartSend, cancel_send, check_time,
    drive_send, drive_send_until, reschedule, resolve, send, send_by_id, send_now, send_times,
    sends,
};
pub use prefill::{ComposeView, FromView, PartRef, compose, from_addresses};
pub use save::{create_draft, update_draft};
pub(crate) use sweep::{LookForDraft, look_for_drafts};
pub(crate) use uploads::Uploads;
pub use uploads::{UploadInput, UploadView, UploadWriter, drop_upload, upload};

/// Our own header, on every draft and every message: its value names the draft. It is what a sent
/// message is recognised by, because the provider may replace the Message-ID (fault G20).
pub(crate) const HEADER: &str = "X-Tenon-Send";
/// Attachments of one message, decoded, in bytes together: Gmail's own limit.
pub const MESSAGE_BYTES: u64 = 25 << 20;
/// The message as it goes over the wire: what Gmail takes as an upload.
const WIRE_BYTES: usize = 36_700_160;
/// Recipients of one message.
pub const RECIPIENTS: usize = 500;
