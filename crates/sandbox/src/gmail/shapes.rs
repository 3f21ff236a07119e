//! The names each method's answer may have, after the discovery document; a `fields` that asks for others is refused.

use super::methods::Op;
use crate::wire::fields::Shape;

static ANY: Shape = Shape(&[]);
static HEADER: Shape = Shape(&[("name", None), ("value", None)]);
static BODY: Shape = Shape(&[("attachmentId", None), ("data", None), ("size", None)]);
static PART: Shape = Shape(&[
    ("partId", None),
    ("mimeType", None),
    ("filename", None),
    ("headers", Some(&HEADER)),
    ("body", Some(&BODY)),
    ("parts", Some(&PART)),
]);
static MESSAGE: Shape = Shape(&[
    ("id", None),
    ("threadId", None),
    ("labelIds", None),
    ("snippet", None),
    ("historyId", None),
    ("internalDate", None),
    ("payload", Some(&PART)),
    ("sizeEstimate", None),
    ("raw", None),
    ("classificationLabelValues", None),
]);
static MESSAGES: Shape = Shape(&[
    ("messages", Some(&MESSAGE)),
    ("nextPageToken", None),
    ("resultSizeEstimate", None),
]);
static THREAD: Shape = Shape(&[
    ("id", None),
    ("snippet", None),
    ("historyId", None),
    ("messages", Some(&MESSAGE)),
]);
static THREADS: Shape = Shape(&[
    ("threads", Some(&THREAD)),
    ("nextPageToken", None),
    ("resultSizeEstimate", None),
]);
static DRAFT: Shape = Shape(&[("id", None), ("message", Some(&MESSAGE))]);
static DRAFTS: Shape = Shape(&[
    ("drafts", Some(&DRAFT)),
    ("nextPageToken", None),
    ("resultSizeEstimate", None),
]);
static CHANGED: Shape = Shape(&[("message", Some(&MESSAGE))]);
static RELABELLED: Shape = Shape(&[("message", Some(&MESSAGE)), ("labelIds", None)]);
static RECORD: Shape = Shape(&[
    ("id", None),
    ("messages", Some(&MESSAGE)),
    ("messagesAdded", Some(&CHANGED)),
    ("messagesDeleted", Some(&CHANGED)),
    ("labelsAdded", Some(&RELABELLED)),
    ("labelsRemoved", Some(&RELABELLED)),
]);
static HISTORY: Shape = Shape(&[
    ("history", Some(&RECORD)),
    ("nextPageToken", None),
    ("historyId", None),
]);
static PROFILE: Shape = Shape(&[
    ("emailAddress", None),
    ("messagesTotal", None),
    ("threadsTotal", None),
    ("historyId", None),
]);
static COLOR: Shape = Shape(&[("textColor", None), ("backgroundColor", None)]);
static LABEL: Shape = Shape(&[
    ("id", None),
    ("name", None),
    ("messageListVisibility", None),
    ("labelListVisibility", None),
    ("type", None),
    ("messagesTotal", None),
    ("messagesUnread", None),
    ("threadsTotal", None),
    ("threadsUnread", None),
    ("color", Some(&COLOR)),
]);
static LABELS: Shape = Shape(&[("labels", Some(&LABEL))]);
static WATCH: Shape = Shape(&[("historyId", None), ("expiration", None)]);

/// The shape of a method's answer; `None` where nothing is checked.
pub(crate) fn shape(op: Op) -> Option<&'static Shape> {
    Some(match op {
        Op::Profile => &PROFILE,
        Op::Watch => &WATCH,
        Op::MessagesList => &MESSAGES,
        Op::MessagesGet
        | Op::MessagesSend
        | Op::MessagesInsert
        | Op::MessagesImport
        | Op::MessagesModify
        | Op::MessagesTrash
        | Op::MessagesUntrash
        | Op::DraftsSend => &MESSAGE,
        Op::AttachmentsGet => &BODY,
        Op::ThreadsList => &THREADS,
        Op::ThreadsGet | Op::ThreadsModify | Op::ThreadsTrash | Op::ThreadsUntrash => &THREAD,
        Op::HistoryList => &HISTORY,
        Op::LabelsList => &LABELS,
        Op::LabelsGet | Op::LabelsCreate | Op::LabelsPatch | Op::LabelsUpdate => &LABEL,
        Op::DraftsList => &DRAFTS,
        Op::DraftsGet | Op::DraftsCreate | Op::DraftsUpdate => &DRAFT,
        Op::Stop
        | Op::MessagesDelete
        | Op::MessagesBatchDelete
        | Op::MessagesBatchModify
        | Op::ThreadsDelete
        | Op::LabelsDelete
        | Op::DraftsDelete => &ANY,
        _ => return None,
    })
}
