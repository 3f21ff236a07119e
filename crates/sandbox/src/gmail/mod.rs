//! The Gmail API, version 1.

mod drafts;
mod history;
mod labels;
mod matching;
mod messages;
pub(crate) mod methods;
mod query;
mod render;
pub(crate) mod send;
mod settings;
mod shapes;
mod threads;

use std::sync::Arc;
use std::sync::atomic::Ordering;

use crate::faults::Twist;
use crate::mailbox::{BadLabel, Mailbox, Slot};
use crate::oauth::Access;
use crate::state::State;
use crate::wire::call::{Answer, Call};
use crate::wire::errors::ApiError;
use crate::wire::fields::Mask;
use methods::{Op, Route};

/// One call of a method, checked and allowed.
pub(crate) struct Context<'c> {
    pub(crate) state: &'c State,
    pub(crate) call: &'c Call<'c>,
    pub(crate) access: &'c Access,
    pub(crate) mask: Arc<Mask>,
    pub(crate) twist: Option<&'c Twist>,
    pub(crate) op: Op,
    pub(crate) id: &'c str,
    pub(crate) part: &'c str,
    /// The message of a media upload.
    pub(crate) media: Option<bytes::Bytes>,
}

impl Context<'_> {
    /// How many entries a page of a list holds: what is asked for, or fewer.
    pub(crate) fn page_size(&self) -> Result<usize> {
        let asked = self.call.number("maxResults", 100, 500)?;
        Ok(asked.min(self.state.page_limit.load(Ordering::Relaxed)))
    }

    /// The caller's own mailbox.
    pub(crate) fn mailbox(&self) -> std::sync::MutexGuard<'_, Mailbox> {
        self.state.mailbox(self.access.account)
    }

    pub(crate) fn now(&self) -> tenon_model::Time {
        self.state.now()
    }
}

type Result<T> = std::result::Result<T, ApiError>;

/// Runs a method.
pub(crate) fn run(cx: &Context<'_>) -> Result<Answer> {
    match cx.op {
        Op::Profile => messages::profile(cx),
        Op::Watch => settings::watch(cx),
        Op::Stop => settings::stop(cx),
        Op::MessagesList => messages::list(cx),
        Op::MessagesGet => messages::get(cx),
        Op::MessagesSend => send::send(cx),
        Op::MessagesInsert | Op::MessagesImport => send::insert(cx),
        Op::MessagesModify => messages::modify(cx),
        Op::MessagesBatchModify => messages::batch_modify(cx),
        Op::MessagesBatchDelete => messages::batch_delete(cx),
        Op::MessagesTrash => messages::trash(cx, true),
        Op::MessagesUntrash => messages::trash(cx, false),
        Op::MessagesDelete => messages::delete(cx),
        Op::AttachmentsGet => messages::attachment(cx),
        Op::ThreadsList => threads::list(cx),
        Op::ThreadsGet => threads::get(cx),
        Op::ThreadsModify => threads::modify(cx),
        Op::ThreadsTrash => threads::trash(cx, true),
        Op::ThreadsUntrash => threads::trash(cx, false),
        Op::ThreadsDelete => threads::delete(cx),
        Op::HistoryList => history::list(cx),
        Op::LabelsList => labels::list(cx),
        Op::LabelsGet => labels::get(cx),
        Op::LabelsCreate => labels::create(cx),
        Op::LabelsPatch => labels::change(cx, false),
        Op::LabelsUpdate => labels::change(cx, true),
        Op::LabelsDelete => labels::delete(cx),
        Op::DraftsList => drafts::list(cx),
        Op::DraftsGet => drafts::get(cx),
        Op::DraftsCreate => drafts::create(cx),
        Op::DraftsUpdate => drafts::update(cx),
        Op::DraftsSend => drafts::send(cx),
        Op::DraftsDelete => drafts::delete(cx),
        _ => settings::run(cx),
    }
}

/// Checks that the path names the caller's own mailbox.
pub(crate) fn check_user(state: &State, access: &Access, route: &Route<'_>) -> Result<()> {
    let user = crate::wire::text::unescape_path(route.user);
    let own = &state.people()[access.account].email;
    if user == "me" || user.eq_ignore_ascii_case(own) {
        Ok(())
    } else {
        Err(ApiError::new(
            403,
            "forbidden",
            "PERMISSION_DENIED",
            &format!("Delegation denied for {own}"),
        ))
    }
}

/// A message or thread id of the path.
fn parse_id(text: &str) -> Result<u64> {
    let hex = !text.is_empty()
        && text.len() <= 16
        && text
            .bytes()
            .all(|b| b.is_ascii_hexdigit() && !b.is_ascii_uppercase());
    match u64::from_str_radix(text, 16) {
        Ok(id) if hex => Ok(id),
        _ => Err(ApiError::invalid("Invalid id value")),
    }
}

fn find(mailbox: &Mailbox, id: &str) -> Result<Slot> {
    mailbox.find(parse_id(id)?).ok_or_else(ApiError::not_found)
}

impl From<BadLabel> for ApiError {
    fn from(BadLabel(id): BadLabel) -> Self {
        Self::invalid(&format!("Invalid label: {id}"))
    }
}

/// Strings of a JSON list; anything else is Google's 400.
fn strings<'v>(
    body: &'v serde_json::Map<String, serde_json::Value>,
    name: &str,
) -> Result<Vec<&'v str>> {
    match body.get(name) {
        None | Some(serde_json::Value::Null) => Ok(Vec::new()),
        Some(serde_json::Value::Array(items)) => items
            .iter()
            .map(|v| {
                v.as_str().ok_or_else(|| {
                    ApiError::invalid(&format!("Invalid value at '{name}' (TYPE_STRING)"))
                })
            })
            .collect(),
        Some(_) => Err(ApiError::invalid(&format!(
            "Invalid value at '{name}' (repeated string)"
        ))),
    }
}

/// Where a page ends, as an opaque number.
fn page_token(place: (i64, u64)) -> String {
    (u128::from(place.0 as u64) << 64 | u128::from(place.1)).to_string()
}

fn read_page_token(call: &Call<'_>) -> Result<Option<(i64, u64)>> {
    match call.param("pageToken") {
        None | Some("") => Ok(None),
        Some(text) => match text.parse::<u128>() {
            Ok(n) => Ok(Some(((n >> 64) as u64 as i64, n as u64))),
            Err(_) => Err(ApiError::invalid("Invalid pageToken")),
        },
    }
}

pub(crate) use shapes::shape;
