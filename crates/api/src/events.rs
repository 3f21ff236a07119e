//! `/events`: what changed, by id only, as server-sent events (HTML Living Standard, 9.2).

use std::convert::Infallible;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, StreamExt};
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use tenon_app::events::{self, EventView};
use tenon_app::{Actor, access};
use tenon_model::event::EventKind;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::Timestamp;

problems!(Problems: "unauthenticated");

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(get_events))
}

/// What an event carries.
#[derive(Serialize)]
struct EventData {
    id: String,
    at: Timestamp,
}

/// Live changes
///
/// A stream of `connection_changed`, `mailbox_changed`, `threads_changed`, `labels_changed`,
/// `drafts_changed`, `mail_action_changed`, `send_changed`, `receipt_added`, `sessions_changed` and
/// `members_changed`, each with `data: {"id", "at"}`, and `ping` every 25 seconds. `Last-Event-ID`
/// continues where a stream broke off. It ends with the session, after `session_ended`.
#[utoipa::path(
    get, path = "/events", tag = "events",
    params(("Last-Event-ID" = Option<String>, Header, description = "The last id received")),
    responses((status = 200, description = "The stream", content_type = "text/event-stream", body = String), Problems)
)]
pub(crate) async fn get_events(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    headers: HeaderMap,
) -> Answer<Response> {
    let last = headers
        .get("last-event-id")
        .and_then(|v| v.to_str().ok())
        .and_then(|v| v.parse().ok());
    // Whatever may have ended the session or changed the role is told as one of these two; what was
    // committed later is then not sent any more, on whichever node the stream is.
    let own = api.clone();
    let changes = events::stream(&api.ctx, &actor, last)
        .await?
        .then(move |event| {
            let api = own.clone();
            async move {
                let asks = matches!(
                    event.kind,
                    EventKind::SessionsChanged | EventKind::MembersChanged
                );
                if asks && !goes_on(&api, &actor).await {
                    return last_words();
                }
                vec![Some(write(event))]
            }
        })
        .flat_map(stream::iter)
        // When changes end, pings alone must not keep the browser waiting: it comes back.
        .chain(stream::once(std::future::ready(None)));
    // The first ping goes out at once: it opens the stream through buffering proxies.
    let pings = stream::unfold((api.clone(), true), move |(api, is_first)| async move {
        if !is_first {
            tokio::time::sleep(api.ping).await;
        }
        let ping = if goes_on(&api, &actor).await {
            vec![Some(Event::default().event("ping").data("{}"))]
        } else {
            last_words()
        };
        Some((ping, (api, false)))
    })
    .flat_map(stream::iter);
    let stopped = api.shutdown.clone();
    let stream = stream::select(changes, pings)
        .take_while(|event| std::future::ready(event.is_some()))
        .filter_map(std::future::ready)
        .map(Ok::<Event, Infallible>)
        .take_until(async move { stopped.cancelled().await });
    let mut response = Sse::new(stream).into_response();
    response
        .headers_mut()
        .insert("x-accel-buffering", HeaderValue::from_static("no"));
    Ok(response)
}

fn write(view: EventView) -> Event {
    let data = EventData {
        id: view.subject,
        at: view.at.into(),
    };
    let event = Event::default()
        .id(view.seq.to_string())
        .event(view.kind.as_str());
    // Two short texts always become JSON.
    event.json_data(data).unwrap_or_default()
}

/// The page is told, so that it need not wait for its browser to come back; then the stream ends.
fn last_words() -> Vec<Option<Event>> {
    let ended = Event::default().event("session_ended").data("{}");
    vec![Some(ended), None]
}

async fn goes_on(api: &Api, actor: &Actor) -> bool {
    matches!(access::holds(&api.ctx, actor).await, Ok(true))
}
