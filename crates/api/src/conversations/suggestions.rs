//! `/suggestions`: people whom one may want as contacts.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::{Deserialize, Serialize};
use tenon_app::conversations::{self, Suggestion as View};
use utoipa::ToSchema;

use crate::Api;
use crate::extract::{self, Query};
use crate::problem::{Answer, problems};
use crate::records::{LinkedRecord, PageInput};
use crate::session::SignedIn;
use crate::wire::{Id, Page, Timestamp};

problems!(ListProblems: "unauthenticated", "validation");
problems!(DismissProblems: "unauthenticated", "validation", "malformed");

/// Somebody with whom mail was exchanged and who is in no contact and no lead.
#[derive(Serialize, ToSchema)]
pub(super) struct Suggestion {
    address: String,
    /// May be empty.
    name: String,
    /// Messages from them, of the newest conversations.
    received: u64,
    /// Messages to them, of the same.
    sent: u64,
    last_at: Timestamp,
    /// The one with their domain.
    #[schema(required)]
    company: Option<LinkedRecord>,
    /// The newest conversation.
    thread: Id,
}

impl From<View> for Suggestion {
    fn from(v: View) -> Self {
        Self {
            address: v.address,
            name: v.name,
            received: v.received,
            sent: v.sent,
            last_at: v.last_at.into(),
            company: v.company.map(Into::into),
            thread: v.thread.into(),
        }
    }
}

/// People whom one may want as contacts, those heard of last first
///
/// Of one's own mailboxes and the last 90 days; never newsletters, automatic mail, or addresses that nobody reads. A page
/// may have fewer than were asked for, or none, while there is a next one.
#[utoipa::path(get, path = "/suggestions", tag = "records", params(PageInput), responses((status = 200, body = Page<Suggestion>), ListProblems))]
pub(super) async fn list_suggestions(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Query(page): Query<PageInput>,
) -> Answer<Json<Page<Suggestion>>> {
    let after = page.after.as_deref();
    let found = conversations::suggestions(&api.ctx, &actor, page.limit, after).await?;
    Ok(Json(Page {
        items: found.items.into_iter().map(Into::into).collect(),
        next: found.next,
    }))
}

/// Addresses not to offer again.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct DismissInput {
    /// 1 to 200.
    addresses: Vec<String>,
}

/// Does not offer these people again
///
/// Kept by keyed hash only.
#[utoipa::path(post, path = "/suggestions/dismiss", tag = "records", request_body = DismissInput, responses((status = 204, description = "Done"), DismissProblems))]
pub(super) async fn dismiss_suggestions(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<DismissInput>,
) -> Answer<StatusCode> {
    conversations::dismiss(&api.ctx, &actor, &input.addresses).await?;
    Ok(StatusCode::NO_CONTENT)
}
