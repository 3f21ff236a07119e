//! Set-up, sign-in, one's own account and sessions.

pub(crate) mod callback;
mod identities;
mod issuers;
mod me;
mod passkey_json;
mod passkeys;
mod password;
mod proof;
mod sessions;
mod setup;
mod sign_in;
mod totp;

use axum::extract::{FromRef, FromRequestParts};
use axum::response::{IntoResponse, Response};
use http::header::SET_COOKIE;
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use secrecy::ExposeSecret;
use serde::{Deserialize, Serialize};
use tenon_app::access::{self, MeView};
use tenon_app::{Actor, Ctx};
use tenon_model::hours;
use tenon_model::member::Role;
use utoipa::ToSchema;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::Api;
use crate::edge::MemberTag;
use crate::edge::cookie::{Cookie, DEVICE_LIFE};
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
        .routes(routes!(issuers::sign_in_ways))
        .routes(routes!(issuers::begin_at_issuer))
        .routes(routes!(passkeys::sign_in_options))
        .routes(routes!(passkeys::sign_in_by_passkey))
        .routes(routes!(proof::prove))
        .routes(routes!(proof::proof_options))
        .routes(routes!(proof::prove_by_passkey))
        .routes(routes!(proof::begin_proof_at_issuer))
        .routes(routes!(me::patch_me))
        .routes(routes!(password::change_password))
        .routes(routes!(totp::renew_recovery_codes))
        .routes(routes!(passkeys::list_passkeys, passkeys::add_passkey))
        .routes(routes!(passkeys::passkey_options))
        .routes(routes!(passkeys::rename_passkey, passkeys::remove_passkey))
        .routes(routes!(
            identities::list_identities,
            identities::add_identity
        ))
        .routes(routes!(identities::remove_identity))
        .routes(routes!(totp::start_totp, totp::remove_totp))
        .routes(routes!(totp::confirm_totp))
        .routes(routes!(
            sessions::list_sessions,
            sessions::end_other_sessions
        ))
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
        let token = Cookie::Session
            .read(&parts.headers, &api.site)
            .ok_or(tenon_app::Error::Unauthenticated)?;
        let actor = access::authenticate(&api.ctx, token.expose_secret()).await?;
        if let Some(tag) = parts.extensions.get::<MemberTag>() {
            let _ = tag.0.set(actor.member);
        }
        Ok(Self(actor))
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
    /// For the hours that are offered for sending later.
    working_hours: WorkingHours,
    /// How many recovery codes are left.
    recovery_codes: u64,
    has_password: bool,
}

/// When a member works, on the wall of their own time zone.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct WorkingHours {
    /// ISO 8601 weekdays, 1 is Monday; each once, in their order.
    #[schema(example = json!([1, 2, 3, 4, 5]))]
    days: Vec<i8>,
    #[schema(example = "09:00")]
    from: String,
    /// Later than `from`.
    #[schema(example = "17:00")]
    until: String,
}

impl From<hours::WorkingHours> for WorkingHours {
    fn from(h: hours::WorkingHours) -> Self {
        Self {
            days: h.days,
            from: h.from,
            until: h.until,
        }
    }
}

impl From<WorkingHours> for hours::WorkingHours {
    fn from(h: WorkingHours) -> Self {
        Self {
            days: h.days,
            from: h.from,
            until: h.until,
        }
    }
}

/// What a member may do.
#[derive(Serialize, Deserialize, ToSchema)]
#[schema(as = Role)]
#[serde(rename_all = "snake_case")]
pub(crate) enum RoleWord {
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

impl From<RoleWord> for Role {
    fn from(word: RoleWord) -> Self {
        match word {
            RoleWord::Owner => Self::Owner,
            RoleWord::Admin => Self::Admin,
            RoleWord::Member => Self::Member,
            RoleWord::Viewer => Self::Viewer,
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
                working_hours: view.working_hours.into(),
                recovery_codes: view.recovery_codes,
                has_password: view.has_password,
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

/// The answer to whoever has just come in: [`Me`] with the cookies.
pub(crate) fn welcome(
    api: &Api,
    status: StatusCode,
    signed_in: access::SignedIn,
) -> Result<Response, Problem> {
    let headers = cookies_of(api, &signed_in)?;
    Ok((status, headers, axum::Json(Me::new(&api.ctx, signed_in.me))).into_response())
}

/// The cookies of whoever has just come in.
fn cookies_of(api: &Api, signed_in: &access::SignedIn) -> Result<HeaderMap, Problem> {
    let age = signed_in.expires_at.since(api.ctx.world.now());
    let session = Cookie::Session.give(&api.site, &signed_in.token, age);
    let device = Cookie::Device.give(&api.site, &signed_in.device, DEVICE_LIFE);
    let mut headers = HeaderMap::new();
    for value in [session, device] {
        headers.append(SET_COOKIE, value.map_err(|_| Problem::internal())?);
    }
    Ok(headers)
}

/// The cookie of a session that goes on with another token.
fn session_cookie(
    api: &Api,
    renewed: &access::Renewed,
) -> Result<(HeaderName, HeaderValue), Problem> {
    let age = renewed.expires_at.since(api.ctx.world.now());
    let value = Cookie::Session.give(&api.site, &renewed.token, age);
    Ok((SET_COOKIE, value.map_err(|_| Problem::internal())?))
}
