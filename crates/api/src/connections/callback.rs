//! `/oauth/callback/google`: the provider sends the browser back. The answer is always a page of
//! the web app; why nothing came of it is a word in its address.

use axum::extract::State;
use axum::response::{IntoResponse, Redirect, Response};
use serde::Deserialize;
use tenon_app::connections::{self, Callback};

use crate::Api;
use crate::extract::Query;
use crate::problem::Problem;
use crate::session::SignedIn;

/// What the provider adds to the address. Other words, such as `scope` and `iss`, are let by.
#[derive(Deserialize)]
pub(crate) struct CallbackQuery {
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    error: Option<String>,
}

/// Finishes an authorization. Needs the session that began it: `SameSite=Lax` lets the cookie
/// come along, because this is a top-level navigation.
pub(crate) async fn google(
    State(api): State<Api>,
    actor: Result<SignedIn, Problem>,
    query: Result<Query<CallbackQuery>, Problem>,
) -> Response {
    let (Ok(SignedIn(actor)), Ok(Query(query))) = (actor, query) else {
        return back("/connect?error=state_invalid");
    };
    let callback = Callback {
        state: query.state,
        code: query.code,
        error: query.error,
    };
    // A task of its own: the code is good once, so what it gave must not be lost when the browser
    // goes away in the middle.
    let done =
        tokio::spawn(async move { connections::callback(&api.ctx, &actor, callback).await }).await;
    match done {
        Ok(Ok(id)) => back(&format!("/connections/{id}?connected=1")),
        Ok(Err(error)) => back(&format!("/connect?error={}", error.0)),
        Err(_) => back("/connect?error=exchange_failed"),
    }
}

fn back(path: &str) -> Response {
    Redirect::to(path).into_response()
}
