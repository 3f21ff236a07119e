//! A lead becomes contact, company and deal.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::records::{self, Conversion, Converted, Into as Becomes};
use tenon_model::RecordId;
use utoipa::ToSchema;

use super::{FieldValues, Record};
use crate::Api;
use crate::extract::{self, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::Id;

problems!(Problems: "unauthenticated", "forbidden", "not_found", "validation", "malformed", "stage_needs_fields", "record_changed", "record_deleted");

/// What a part of a lead becomes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct Part {
    /// A record that is there; a new one when left out.
    #[serde(default)]
    existing: Option<String>,
}

/// The deal that a lead becomes.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
struct NewDeal {
    #[serde(default)]
    pipeline: Option<String>,
    #[serde(default)]
    stage: Option<String>,
    /// Beside those of the lead.
    #[serde(default)]
    values: FieldValues,
}

/// How a lead is converted. What is null or left out is not made.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct ConvertInput {
    #[serde(default)]
    contact: Option<Part>,
    #[serde(default)]
    company: Option<Part>,
    #[serde(default)]
    deal: Option<NewDeal>,
    /// Values of a new contact, beside those of the lead.
    #[serde(default)]
    contact_values: FieldValues,
    /// Values of a new company, beside those of the lead.
    #[serde(default)]
    company_values: FieldValues,
}

/// What came of a lead.
#[derive(Serialize, ToSchema)]
pub(super) struct ConvertedLead {
    lead: Record,
    #[schema(required)]
    contact: Option<Record>,
    #[schema(required)]
    company: Option<Record>,
    #[schema(required)]
    deal: Option<Record>,
}

impl From<Converted> for ConvertedLead {
    fn from(c: Converted) -> Self {
        Self {
            lead: c.lead.into(),
            contact: c.contact.map(Into::into),
            company: c.company.map(Into::into),
            deal: c.deal.map(Into::into),
        }
    }
}

fn part(part: Option<Part>) -> Result<Becomes, Problem> {
    Ok(match part {
        None => Becomes::Nothing,
        Some(Part { existing: None }) => Becomes::New,
        Some(Part {
            existing: Some(text),
        }) => Becomes::Existing(named_id(&text, "record")?),
    })
}

/// Converts a lead: all of it or nothing
#[utoipa::path(post, path = "/records/{id}/convert", tag = "records", request_body = ConvertInput, params(("id" = Id, Path, description = "Record"), ("If-Match" = String, Header, description = "The lead's version: refuses when it was converted or changed meanwhile")), responses((status = 200, body = ConvertedLead), Problems))]
pub(super) async fn convert_lead(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
    extract::Version(seen): extract::Version,
    extract::Json(input): extract::Json<ConvertInput>,
) -> Answer<Json<ConvertedLead>> {
    let deal = match input.deal {
        None => None,
        Some(deal) => Some((
            deal.pipeline
                .map(|t| named_id(&t, "pipeline"))
                .transpose()?,
            deal.stage.map(|t| named_id(&t, "stage")).transpose()?,
            deal.values.0,
        )),
    };
    let seen = seen.map(u64::cast_signed);
    let how = Conversion {
        contact: part(input.contact)?,
        company: part(input.company)?,
        contact_values: input.contact_values.0,
        company_values: input.company_values.0,
        deal,
    };
    Ok(Json(
        records::convert(&api.ctx, &actor, id, seen, how)
            .await?
            .into(),
    ))
}
