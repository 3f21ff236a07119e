//! `/events`: what changed, by id only, as server-sent events (HTML Living Standard, 9.2).

use std::convert::Infallible;

use axum::extract::State;
use axum::response::sse::{Event, Sse};
use axum::response::{IntoResponse, Response};
use futures::stream::{self, StreamExt};
use http::{HeaderMap, HeaderValue};
use serde::Serialize;
use tenon_app::Error;
use tenon_app::events::{self, EventView};
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
/// `drafts_changed`, `mail_action_changed`, `send_changed`, `receipt_added`, `sessions_changed`,
/// `members_changed`, `record_changed`, `record_setup_changed`, `thread_changed`, `import_changed` and
/// `mail_merge_changed`, each with `data: {"id", "at"}`, and `ping` every 25 seconds. `Last-Event-ID`
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
    let last = headers.get("last-event-id").and_then(|v| v.to_str().ok());
    let changes = events::stream(&api.ctx, &actor, last)
        .await?
        .flat_map(|told| {
            stream::iter(told.map_or_else(|e| ending(&e), |event| vec![Some(write(event))]))
        })
        // When changes end, pings alone must not keep the browser waiting: it comes back.
        .chain(stream::once(std::future::ready(None)));
    // The first ping goes out at once: it opens the stream through buffering proxies.
    let pings = stream::unfold((api.clone(), true), move |(api, is_first)| async move {
        if !is_first {
            tokio::time::sleep(api.ping).await;
        }
        let ping = match events::goes_on(&api.ctx, &actor).await {
            Ok(()) => vec![Some(Event::default().event("ping").data("{}"))],
            Err(error) => ending(&error),
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
    let event = Event::default().id(view.mark).event(view.kind.as_str());
    // Two short texts always become JSON.
    event.json_data(data).unwrap_or_default()
}

/// The last words of a stream. That the session has ended is told, so that the page need not wait for its
/// browser to come back; a database that is away is not the end of a session.
fn ending(error: &Error) -> Vec<Option<Event>> {
    let words = Event::default().event("session_ended").data("{}");
    let told = matches!(error, Error::Unauthenticated).then_some(Some(words));
    told.into_iter().chain([None]).collect()
}
