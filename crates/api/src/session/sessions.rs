//! `/sessions`: where one is signed in.

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use serde::Serialize;
use tenon_app::access;
use tenon_model::SessionId;
use utoipa::ToSchema;

use super::SignedIn;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::wire::{Id, List, Timestamp};

problems!(ListProblems: "unauthenticated");
problems!(EndProblems: "unauthenticated", "not_found");

/// One sign-in.
#[derive(Serialize, ToSchema)]
pub(super) struct Session {
    id: Id,
    created_at: Timestamp,
    last_seen_at: Timestamp,
    /// Browser and system in two words; may be empty.
    #[schema(example = "Firefox · Linux")]
    device: String,
    /// How the person signed in: `password`, `passkey`, `link`, or an issuer's name.
    #[schema(example = "password")]
    method: String,
    /// Whether it is the one that asks.
    current: bool,
}

impl From<access::SessionView> for Session {
    fn from(view: access::SessionView) -> Self {
        Self {
            id: view.id.into(),
            created_at: view.created_at.into(),
            last_seen_at: view.last_seen_at.into(),
            device: view.device,
            method: view.method,
            current: view.current,
        }
    }
}

/// One's own sessions
#[utoipa::path(get, path = "/sessions", tag = "session", responses((status = 200, body = List<Session>), ListProblems))]
pub(super) async fn list_sessions(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<Session>>> {
    Ok(List::of(access::sessions(&api.ctx, &actor).await?))
}

/// How many sessions have ended.
#[derive(Serialize, ToSchema)]
pub(super) struct EndedSessions {
    ended: u64,
}

/// Ends all of one's other sessions
#[utoipa::path(delete, path = "/sessions", tag = "session", responses((status = 200, body = EndedSessions), ListProblems))]
pub(super) async fn end_other_sessions(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<EndedSessions>> {
    let ended = access::end_other_sessions(&api.ctx, &actor).await?;
    Ok(Json(EndedSessions { ended }))
}

/// Ends a session
#[utoipa::path(delete, path = "/sessions/{id}", tag = "session", params(("id" = Id, Path, description = "Session")), responses((status = 204), EndProblems))]
pub(super) async fn end_session(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<SessionId>,
) -> Answer<StatusCode> {
    access::end_session(&api.ctx, &actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
