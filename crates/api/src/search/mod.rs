//! Search, kept searches, and how long mail is kept.

mod retention;
mod saved;

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::mail::AddressView;
use tenon_app::search::{self, FoundView, Resolved, SearchInput, Unanswered};
use tenon_model::ConnectionId;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::{Id, Timestamp};

problems!(Problems: "unauthenticated", "not_found", "validation", "malformed");
problems!(OpenProblems: "unauthenticated", "not_found", "message_gone", "needs_reauthorization", "paused", "provider_unavailable", "quota", "validation", "malformed");

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(search_mail))
        .routes(routes!(open_found))
        .routes(routes!(saved::list_saved_searches, saved::save_search))
        .routes(routes!(saved::delete_saved_search))
        .routes(routes!(retention::get_retention, retention::set_retention))
}

/// What is looked for. In a body, because queries are personal and addresses are logged by proxies.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Search {
    /// In the provider's language; names after `from:`, `to:`, `cc:` may stand for addresses.
    query: String,
    /// In one mailbox; in all of one's own when left out.
    #[serde(default)]
    connection_id: Option<String>,
    /// How many messages of each mailbox a page looks at, 1 to 50.
    #[serde(default = "default_limit")]
    #[schema(minimum = 1, maximum = 50, default = 25)]
    limit: u32,
    /// `next` of the last page.
    #[serde(default)]
    after: Option<String>,
}

const fn default_limit() -> u32 {
    25
}

/// What was found.
#[derive(Serialize, ToSchema)]
struct SearchResults {
    /// Conversations, newest first.
    items: Vec<FoundThread>,
    #[schema(required)]
    next: Option<String>,
    /// Names that were understood as addresses.
    resolved: Vec<ResolvedTerm>,
    /// Mailboxes whose provider could not be asked.
    unanswered: Vec<UnansweredMailbox>,
}

/// A conversation that was found.
#[derive(Serialize, ToSchema)]
struct FoundThread {
    connection_id: Id,
    /// Its id, when what was found of it is stored; else it is to be opened by the provider's id.
    #[schema(required)]
    thread_id: Option<Id>,
    provider_thread_id: String,
    subject: String,
    participants: Vec<FoundParticipant>,
    last_at: Timestamp,
    /// Messages that are known.
    message_count: u64,
    unread_count: u64,
    starred: bool,
    has_attachments: bool,
    label_ids: Vec<Id>,
}

/// Someone who wrote in a conversation that was found.
#[derive(Serialize, ToSchema)]
struct FoundParticipant {
    /// May be empty.
    name: String,
    address: String,
    /// Whether it is the mailbox's own address.
    me: bool,
}

/// A name that was understood as addresses.
#[derive(Serialize, ToSchema)]
struct ResolvedTerm {
    /// As it stood in the query.
    term: String,
    people: Vec<ResolvedPerson>,
}

/// Whom a name was taken to mean.
#[derive(Serialize, ToSchema)]
struct ResolvedPerson {
    name: String,
    address: String,
}

/// A mailbox whose provider could not be asked; only the index of addresses was.
#[derive(Serialize, ToSchema)]
struct UnansweredMailbox {
    connection_id: Id,
    reason: String,
    reason_text: &'static str,
}

impl From<AddressView> for FoundParticipant {
    fn from(v: AddressView) -> Self {
        Self {
            name: v.name,
            address: v.address,
            me: v.me,
        }
    }
}

impl From<FoundView> for FoundThread {
    fn from(v: FoundView) -> Self {
        Self {
            connection_id: v.connection.into(),
            thread_id: v.thread.map(Into::into),
            provider_thread_id: v.provider_thread_id,
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

impl From<Resolved> for ResolvedTerm {
    fn from(v: Resolved) -> Self {
        Self {
            term: v.term,
            people: v
                .people
                .into_iter()
                .map(|(name, address)| ResolvedPerson { name, address })
                .collect(),
        }
    }
}

impl From<Unanswered> for UnansweredMailbox {
    fn from(v: Unanswered) -> Self {
        Self {
            connection_id: v.connection.into(),
            reason: v.reason,
            reason_text: v.reason_text,
        }
    }
}

fn connection(id: &str) -> Answer<ConnectionId> {
    id.parse()
        .map_err(|_| tenon_app::Error::NotFound("connection").into())
}

/// Searches mail
///
/// By the provider's own search, because Tenon keeps no content.
#[utoipa::path(post, path = "/search", tag = "mail", request_body = Search, responses((status = 200, body = SearchResults), Problems))]
async fn search_mail(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<Search>,
) -> Answer<Json<SearchResults>> {
    if !(1..=50).contains(&input.limit) {
        return Err(Problem::invalid("limit", "must be from 1 to 50"));
    }
    let input = SearchInput {
        query: input.query,
        connection: input.connection_id.as_deref().map(connection).transpose()?,
        limit: input.limit,
        after: input.after,
    };
    let found = search::search(&api.ctx, &actor, input).await?;
    Ok(Json(SearchResults {
        items: found.items.into_iter().map(Into::into).collect(),
        next: found.next,
        resolved: found.resolved.into_iter().map(Into::into).collect(),
        unanswered: found.unanswered.into_iter().map(Into::into).collect(),
    }))
}

/// A conversation by the provider's id.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct FoundReference {
    connection_id: String,
    provider_thread_id: String,
}

/// A conversation that can be opened.
#[derive(Serialize, ToSchema)]
struct OpenedThread {
    thread_id: Id,
}

/// Opens a conversation that a search has found
///
/// What is not stored of it is fetched and kept for a day.
#[utoipa::path(post, path = "/search/open", tag = "mail", request_body = FoundReference, responses((status = 200, body = OpenedThread), OpenProblems))]
async fn open_found(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<FoundReference>,
) -> Answer<Json<OpenedThread>> {
    let id = connection(&input.connection_id)?;
    let thread = search::open_found(&api.ctx, &actor, id, &input.provider_thread_id).await?;
    Ok(Json(OpenedThread {
        thread_id: thread.into(),
    }))
}
