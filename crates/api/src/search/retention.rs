//! `/retention`: how long the metadata of mail is kept.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::retention::{self, RetentionView};
use utoipa::ToSchema;

use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::Timestamp;

problems!(Problems: "unauthenticated");
problems!(SetProblems: "unauthenticated", "forbidden", "validation", "malformed");

/// How long the metadata of mail is kept, and what that means for one's own mailboxes.
#[derive(Serialize, ToSchema)]
pub(super) struct MailRetention {
    /// Days; `null` for as long as the mailbox is connected.
    #[schema(required)]
    mail_days: Option<u32>,
    /// What the server does unless the workspace chooses.
    #[schema(required)]
    default_days: Option<u32>,
    /// Mail from before is not kept.
    #[schema(required)]
    since: Option<Timestamp>,
    /// Messages in one's own mailboxes.
    messages: u64,
    /// Those of them that go with the next purge.
    due: u64,
    /// Messages that were purged so far.
    purged: u64,
    #[schema(required)]
    purged_at: Option<Timestamp>,
    #[schema(required)]
    next_purge_at: Option<Timestamp>,
    may_change: bool,
}

impl From<RetentionView> for MailRetention {
    fn from(v: RetentionView) -> Self {
        Self {
            mail_days: v.mail_days,
            default_days: v.default_days,
            since: v.since.map(Into::into),
            messages: v.messages,
            due: v.due,
            purged: v.purged,
            purged_at: v.purged_at.map(Into::into),
            next_purge_at: v.next_purge_at.map(Into::into),
            may_change: v.may_change,
        }
    }
}

/// A choice for the workspace.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct SetMailRetention {
    #[schema(minimum = 1, maximum = 3650)]
    mail_days: u32,
}

/// How long mail is kept
#[utoipa::path(get, path = "/retention", tag = "mail", responses((status = 200, body = MailRetention), Problems))]
pub(super) async fn get_retention(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<MailRetention>> {
    Ok(Json(retention::retention(&api.ctx, &actor).await?.into()))
}

/// Chooses how long mail is kept
///
/// Owners and admins. Less takes effect at once; with more the mailboxes are listed again.
#[utoipa::path(put, path = "/retention", tag = "mail", request_body = SetMailRetention, responses((status = 200, body = MailRetention), SetProblems))]
pub(super) async fn set_retention(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<SetMailRetention>,
) -> Answer<Json<MailRetention>> {
    let view = retention::set_retention(&api.ctx, &actor, input.mail_days).await?;
    Ok(Json(view.into()))
}
