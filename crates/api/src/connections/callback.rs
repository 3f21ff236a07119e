//! The provider sends the browser back from the consent of a connection, or from the page on which files are chosen. The answer is always a page of
//! the web app; why nothing came of it is a word in its address.

use axum::response::{IntoResponse, Redirect, Response};
use tenon_app::Actor;
use tenon_app::audit::carried;
use tenon_app::connections::{self, Callback, Came};
use tenon_app::records::Picked;

use crate::Api;

/// Finishes an authorization. Needs the session that began it: `SameSite=Lax` lets the cookie
/// come along, because this is a top-level navigation.
pub(crate) async fn google(api: Api, actor: Option<Actor>, callback: Callback) -> Response {
    let Some(actor) = actor else {
        return back("/connect?error=state_invalid");
    };
    // A task of its own: the code is good once, so what it gave must not be lost when the browser
    // goes away in the middle.
    let work = async move { connections::callback(&api.ctx, &actor, callback).await };
    let done = tokio::spawn(carried(work)).await;
    match done {
        Ok(Ok(Came::Connected(id))) => back(&format!("/connections/{id}?connected=1")),
        Ok(Ok(Came::Picked(Picked { record, linked }))) => back(&match linked {
            Ok(0) => format!("/records/{record}"),
            Ok(count) => format!("/records/{record}?picked={count}"),
            Err(error) => format!("/records/{record}?pick_error={}", error.0),
        }),
        Ok(Err(error)) => back(&format!("/connect?error={}", error.0)),
        Err(_) => back("/connect?error=exchange_failed"),
    }
}

fn back(path: &str) -> Response {
    Redirect::to(path).into_response()
}
