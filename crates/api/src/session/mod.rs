//! Set-up, sign-in, one's own account and sessions.

mod me;
mod sessions;
mod setup;
mod sign_in;
mod totp;

use std::convert::Infallible;

use axum::extract::{FromRef, FromRequestParts};
use axum::response::{IntoResponse, Response};
use http::header::{SET_COOKIE, USER_AGENT};
use http::request::Parts;
use http::{HeaderMap, StatusCode};
use secrecy::ExposeSecret;
use serde::Serialize;
use tenon_app::access::{self, MeView};
use tenon_app::{Actor, Ctx};
use tenon_model::member::Role;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::edge::{MemberTag, cookie};
use crate::problem::Problem;
use crate::wire::Id;

pub(crate) fn routes() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(setup::get_setup, setup::post_setup))
        .routes(routes!(
            sign_in::sign_in,
            sign_in::get_session,
            sign_in::sign_out
        ))
        .routes(routes!(me::patch_me))
        .routes(routes!(totp::start_totp, totp::remove_totp))
        .routes(routes!(totp::confirm_totp))
        .routes(routes!(sessions::list_sessions))
        .routes(routes!(sessions::end_session))
}

/// The member who asks; without a valid session the answer is 401.
pub(crate) struct SignedIn(pub(crate) Actor);

impl<S: Send + Sync> FromRequestParts<S> for SignedIn
where
    Api: FromRef<S>,
{
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let api = Api::from_ref(state);
        let token =
            cookie::read(&parts.headers, &api.site).ok_or(tenon_app::Error::Unauthenticated)?;
        let actor = access::authenticate(&api.ctx, token.expose_secret()).await?;
        if let Some(tag) = parts.extensions.get::<MemberTag>() {
            let _ = tag.0.set(actor.member);
        }
        Ok(Self(actor))
    }
}

/// The browser's own words, for the list of sessions.
pub(crate) struct UserAgent(String);

impl<S: Send + Sync> FromRequestParts<S> for UserAgent {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let text = parts.headers.get(USER_AGENT).and_then(|v| v.to_str().ok());
        Ok(Self(text.unwrap_or_default().to_owned()))
    }
}

/// Who is signed in, where.
#[derive(Serialize, ToSchema)]
pub(crate) struct Me {
    member: Member,
    workspace: Workspace,
    server: Server,
}

/// A member.
#[derive(Serialize, ToSchema)]
struct Member {
    id: Id,
    name: String,
    email: String,
    role: RoleWord,
    /// `en` or `fr`.
    locale: String,
    /// IANA name.
    #[schema(example = "Europe/Paris")]
    time_zone: String,
    totp_enabled: bool,
    /// How long a message waits before it goes, 0 to 30.
    undo_send_seconds: u32,
}

/// What a member may do.
#[derive(Serialize, ToSchema)]
#[schema(as = Role)]
#[serde(rename_all = "snake_case")]
enum RoleWord {
    Owner,
    Admin,
    Member,
    Viewer,
}

impl From<Role> for RoleWord {
    fn from(role: Role) -> Self {
        match role {
            Role::Owner => Self::Owner,
            Role::Admin => Self::Admin,
            Role::Member => Self::Member,
            Role::Viewer => Self::Viewer,
        }
    }
}

/// A workspace.
#[derive(Serialize, ToSchema)]
struct Workspace {
    id: Id,
    name: String,
}

/// The program.
#[derive(Serialize, ToSchema)]
struct Server {
    version: &'static str,
    /// Whether it is `tenon demo`.
    demo: bool,
}

impl Me {
    fn new(ctx: &Ctx, view: MeView) -> Self {
        Self {
            member: Member {
                id: view.id.into(),
                name: view.name,
                email: view.email,
                role: view.role.into(),
                locale: view.locale,
                time_zone: view.time_zone,
                totp_enabled: view.totp_enabled,
                undo_send_seconds: view.undo_send_seconds,
            },
            workspace: Workspace {
                id: view.workspace.into(),
                name: view.workspace_name,
            },
            server: Server {
                version: ctx.config.version,
                demo: ctx.config.demo,
            },
        }
    }
}

/// The answer to whoever has just come in: [`Me`] with the cookie.
fn welcome(
    api: &Api,
    status: StatusCode,
    signed_in: access::SignedIn,
) -> Result<Response, Problem> {
    let age = signed_in.expires_at.since(api.ctx.world.now());
    let value = cookie::give(&api.site, &signed_in.token, age).map_err(|_| Problem::internal())?;
    let headers = HeaderMap::from_iter([(SET_COOKIE, value)]);
    Ok((status, headers, axum::Json(Me::new(&api.ctx, signed_in.me))).into_response())
}
