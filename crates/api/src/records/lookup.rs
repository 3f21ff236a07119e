//! `/lookup`: who is behind e-mail addresses.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::records::{self, Found};
use utoipa::ToSchema;

use super::LinkedRecord;
use crate::Api;
use crate::extract;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{Colleague, List, Timestamp};

problems!(Problems: "unauthenticated", "validation", "malformed");

/// Addresses to look up. They are not kept.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct LookupInput {
    /// 1 to 50.
    addresses: Vec<String>,
}

/// What is known of an address.
#[derive(Serialize, ToSchema)]
pub(super) struct LookupResult {
    /// As it was asked for.
    address: String,
    #[schema(required)]
    contact: Option<LinkedRecord>,
    /// The contact's, or the one whose domain it is.
    #[schema(required)]
    company: Option<LinkedRecord>,
    leads: Vec<LinkedRecord>,
    deals: Vec<LinkedRecord>,
    /// About the contact, and not done.
    open_tasks: Vec<LinkedRecord>,
    /// Whose sign-in address it is.
    #[schema(required)]
    member: Option<Colleague>,
    /// The newest conversation with it in the member's own mailboxes.
    #[schema(required)]
    last_touch: Option<Timestamp>,
}

impl From<Found> for LookupResult {
    fn from(f: Found) -> Self {
        let all = |list: Vec<_>| list.into_iter().map(Into::into).collect();
        Self {
            address: f.address,
            contact: f.contact.map(Into::into),
            company: f.company.map(Into::into),
            leads: all(f.leads),
            deals: all(f.deals),
            open_tasks: all(f.open_tasks),
            member: f.member.map(Into::into),
            last_touch: f.last_touch.map(Into::into),
        }
    }
}

/// Who is behind e-mail addresses
///
/// Only what the member sees is found.
#[utoipa::path(post, path = "/lookup", tag = "records", request_body = LookupInput, responses((status = 200, body = List<LookupResult>), Problems))]
pub(super) async fn look_up(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Json(input): extract::Json<LookupInput>,
) -> Answer<Json<List<LookupResult>>> {
    Ok(List::of(
        records::lookup(&api.ctx, &actor, &input.addresses).await?,
    ))
}
