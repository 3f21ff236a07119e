//! `/threads/{id}`: a thread with its messages.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenon_app::mail;
use tenon_model::ThreadId;
use utoipa::ToSchema;

use super::Message;
use super::threads::Thread;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{Colleague, Id};

problems!(Problems: "unauthenticated", "not_found");

/// A thread with its messages.
#[derive(Serialize, ToSchema)]
pub(super) struct ThreadDetail {
    #[serde(flatten)]
    thread: Thread,
    /// Oldest first.
    messages: Vec<Message>,
    /// Whose conversation it is, when a colleague shares it: it is then for reading only.
    #[schema(required)]
    shared_by: Option<Colleague>,
}

/// One thread with its messages
///
/// Of one's own mailboxes, or one that a colleague shares: that is for reading only, without the colleague's drafts,
/// labels and marks, and without what is in the bin.
#[utoipa::path(get, path = "/threads/{id}", tag = "mail", params(("id" = Id, Path, description = "Thread")), responses((status = 200, body = ThreadDetail), Problems))]
pub(super) async fn get_thread(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<ThreadId>,
) -> Answer<Json<ThreadDetail>> {
    let detail = mail::thread(&api.ctx, &actor, id).await?;
    Ok(Json(ThreadDetail {
        thread: detail.thread.into(),
        messages: detail.messages.into_iter().map(Into::into).collect(),
        shared_by: detail.shared_by.map(Into::into),
    }))
}
