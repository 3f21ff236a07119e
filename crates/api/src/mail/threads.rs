//! `/threads`: the list, newest first.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::mail::{self, AddressView, ThreadView, ThreadsQuery};
use utoipa::{IntoParams, ToSchema};

use crate::Api;
use crate::extract::{Query, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::{Id, Page, Timestamp};

problems!(Problems: "unauthenticated", "not_found", "validation");

/// Which threads.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct ThreadsInput {
    /// Of one connection; of all one's own when left out.
    #[serde(default)]
    connection: Option<String>,
    /// With this label (`lbl_…`). Without one, threads that are only spam or bin are left out.
    #[serde(default)]
    label: Option<String>,
    /// With unread messages only.
    #[serde(default)]
    unread: bool,
    /// How many, 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
    /// `next` of the last page.
    #[serde(default)]
    after: Option<String>,
}

const fn default_limit() -> u32 {
    50
}

/// A thread in a list.
#[derive(Serialize, ToSchema)]
pub(crate) struct Thread {
    id: Id,
    connection_id: Id,
    /// Of its first message.
    subject: String,
    /// Who wrote, in order of first appearance.
    participants: Vec<Participant>,
    /// Newest message.
    last_at: Timestamp,
    message_count: u64,
    unread_count: u64,
    starred: bool,
    has_attachments: bool,
    label_ids: Vec<Id>,
}

/// Someone who wrote in a thread.
#[derive(Serialize, ToSchema)]
pub(crate) struct Participant {
    /// May be empty.
    name: String,
    address: String,
    /// Whether it is the mailbox's own address.
    me: bool,
}

impl From<AddressView> for Participant {
    fn from(v: AddressView) -> Self {
        Self {
            name: v.name,
            address: v.address,
            me: v.me,
        }
    }
}

impl From<ThreadView> for Thread {
    fn from(v: ThreadView) -> Self {
        Self {
            id: v.id.into(),
            connection_id: v.connection.into(),
            subject: v.subject,
            participants: v.participants.into_iter().map(Into::into).collect(),
            last_at: v.last_at.into(),
            message_count: v.message_count,
            unread_count: v.unread_count,
            starred: v.starred,
            has_attachments: v.has_attachments,
            label_ids: v.labels.into_iter().map(Into::into).collect(),
        }
    }
}

/// Threads, newest first
#[utoipa::path(get, path = "/threads", tag = "mail", params(ThreadsInput), responses((status = 200, body = Page<Thread>), Problems))]
pub(super) async fn list_threads(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Query(input): Query<ThreadsInput>,
) -> Answer<Json<Page<Thread>>> {
    if !(1..=200).contains(&input.limit) {
        return Err(Problem::invalid("limit", "must be from 1 to 200"));
    }
    let query = ThreadsQuery {
        connection: input
            .connection
            .map(|id| named_id(&id, "connection"))
            .transpose()?,
        label: input.label.map(|id| named_id(&id, "label")).transpose()?,
        unread: input.unread,
        limit: input.limit,
        after: input.after,
    };
    let page = mail::threads(&api.ctx, &actor, query).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
    }))
}
