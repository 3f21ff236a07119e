//! `/records/{id}/threads`: the conversations of a record.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenon_app::conversations::{self, FoundThread};
use tenon_model::RecordId;
use utoipa::ToSchema;

use crate::Api;
use crate::extract::{self, Query};
use crate::mail::Participant;
use crate::problem::{Answer, problems};
use crate::records::PageInput;
use crate::session::SignedIn;
use crate::wire::{Colleague, Id, Page, Timestamp};

problems!(Problems: "unauthenticated", "not_found", "validation");

/// A conversation, in short.
#[derive(Serialize, ToSchema)]
struct ThreadLine {
    id: Id,
    /// Null when it is a colleague's.
    #[schema(required)]
    connection: Option<Id>,
    /// Of its first message.
    subject: String,
    /// Who wrote, in order of first appearance.
    participants: Vec<Participant>,
    message_count: u64,
    last_at: Timestamp,
}

/// A conversation of a record.
#[derive(Serialize, ToSchema)]
pub(super) struct RecordThread {
    thread: ThreadLine,
    /// Whose it is, when a colleague shares it.
    #[schema(required)]
    shared_by: Option<Colleague>,
    /// Why it is the record's: `address` (one of its people is in it), `hand` or `rule`.
    joined: &'static str,
}

impl From<FoundThread> for RecordThread {
    fn from(v: FoundThread) -> Self {
        let own = v.shared_by.is_none();
        Self {
            thread: ThreadLine {
                id: v.thread.id.into(),
                connection: own.then(|| v.thread.connection.into()),
                subject: v.thread.subject,
                participants: v.thread.participants.into_iter().map(Into::into).collect(),
                message_count: v.thread.message_count,
                last_at: v.thread.last_at.into(),
            },
            shared_by: v.shared_by.map(Into::into),
            joined: v.by.as_str(),
        }
    }
}

/// The conversations of a record, newest first
///
/// Of one's own mailboxes, and what colleagues share.
#[utoipa::path(get, path = "/records/{id}/threads", tag = "records", params(("id" = Id, Path, description = "Record"), PageInput), responses((status = 200, body = Page<RecordThread>), Problems))]
pub(super) async fn list_record_threads(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
    Query(page): Query<PageInput>,
) -> Answer<Json<Page<RecordThread>>> {
    let after = page.after.as_deref();
    let found = conversations::threads_of(&api.ctx, &actor, id, page.limit, after).await?;
    Ok(Json(Page {
        items: found.items.into_iter().map(Into::into).collect(),
        next: found.next,
    }))
}
