//! `/oauth/callback/{issuer}`: an issuer sends the browser back, from a sign-in or from the consent of
//! a connection. One address per issuer (RFC 9700, 4.4.2). The answer is always a page of the web app;
//! why nothing came of it is a word in its address.

use axum::extract::{Path, State};
use axum::response::{IntoResponse, Redirect, Response};
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderValue};
use serde::Deserialize;
use tenon_app::access::{self, IssuerAnswer, Outcome};
use tenon_app::audit::carried;
use tenon_app::connections::Callback;

use super::{SignedIn, cookies_of, session_cookie};
use crate::Api;
use crate::connections::callback::google;
use crate::edge::Visitor;
use crate::edge::cookie::Cookie;
use crate::extract::Query;
use crate::problem::Problem;

/// What the issuer adds to the address. Other words, such as `scope`, are let by.
#[derive(Deserialize)]
pub(crate) struct CallbackQuery {
    #[serde(default)]
    state: Option<String>,
    #[serde(default)]
    code: Option<String>,
    #[serde(default)]
    error: Option<String>,
    #[serde(default)]
    iss: Option<String>,
    /// Of the page on which files are chosen.
    #[serde(default)]
    picked_file_ids: Option<String>,
}

pub(crate) async fn callback(
    State(api): State<Api>,
    Path(issuer): Path<String>,
    actor: Result<SignedIn, Problem>,
    Visitor(browser): Visitor,
    headers: HeaderMap,
    query: Result<Query<CallbackQuery>, Problem>,
) -> Response {
    let of_connection = issuer == "google";
    let Ok(Query(query)) = query else {
        // A parameter that comes twice, for example: no honest issuer sends that.
        return back(if of_connection {
            "/connect?error=state_invalid"
        } else {
            "/sign-in?error=state_invalid"
        });
    };
    let actor = actor.ok().map(|SignedIn(actor)| actor);
    let answer = IssuerAnswer {
        issuer,
        state: query.state.clone(),
        code: query.code.clone(),
        iss: query.iss,
        error: query.error.clone(),
        mark: Cookie::Flow.read(&headers, &api.site),
    };
    // A task of its own: the code is good once, so what it gave must not be lost when the browser goes
    // away in the middle.
    let task_api = api.clone();
    let done = tokio::spawn(carried(async move {
        access::answer_of_issuer(&task_api.ctx, actor.as_ref(), answer, &browser).await
    }));
    match done.await {
        Ok(None) if of_connection => {
            let callback = Callback {
                state: query.state,
                code: query.code,
                error: query.error,
                picked_file_ids: query.picked_file_ids,
            };
            google(api, actor, callback).await
        }
        Ok(None) => back("/sign-in?error=state_invalid"),
        Ok(Some(Ok(Outcome::SignedIn(signed_in, next)))) => match cookies_of(&api, &signed_in) {
            Ok(cookies) => (cookies, Redirect::to(&next)).into_response(),
            Err(problem) => problem.into_response(),
        },
        Ok(Some(Ok(Outcome::Added))) => back("/settings?added=1"),
        Ok(Some(Ok(Outcome::Proved(renewed, next)))) => match session_cookie(&api, &renewed) {
            Ok(cookie) => ([cookie], Redirect::to(&next)).into_response(),
            Err(problem) => problem.into_response(),
        },
        Ok(Some(Err(refusal))) => {
            let page = if refusal.signed_in {
                "settings"
            } else {
                "sign-in"
            };
            back(&format!("/{page}?error={}", refusal.word))
        }
        Err(_) => back("/sign-in?error=sign_in_failed"),
    }
}

fn back(path: &str) -> Response {
    Redirect::to(path).into_response()
}

/// The cookie that marks a browser for the time of its sign-ins.
pub(super) fn mark(
    api: &Api,
    begun: &access::Begun,
) -> Result<(http::HeaderName, HeaderValue), Problem> {
    let value = Cookie::Flow.give(&api.site, &begun.mark, begun.life);
    Ok((SET_COOKIE, value.map_err(|_| Problem::internal())?))
}
