//! `/records/{id}/mail-rules`: by what one's own conversations join a box by themselves.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::conversations::{self, RuleView};
use tenon_model::RecordId;
use tenon_model::records::MailSource;
use utoipa::ToSchema;

use crate::Api;
use crate::extract::{self, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::{Id, List, words};

problems!(ListProblems: "unauthenticated", "not_found", "validation");
problems!(SetProblems: "unauthenticated", "forbidden", "not_found", "validation", "malformed");

words! {
    /// By what conversations join: the addresses of the box's contacts, its company's domain, a label.
    MailRuleSource = MailSource::ALL.iter().map(|s| s.as_str());
}

/// A rule.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MailRule {
    #[schema(value_type = MailRuleSource)]
    from: String,
    /// The label (`lbl_…`), when it is by one.
    #[serde(default)]
    #[schema(required)]
    label: Option<String>,
    /// Of one mailbox (`con_…`); of all one's own otherwise.
    #[serde(default)]
    #[schema(required)]
    connection: Option<String>,
}

impl From<RuleView> for MailRule {
    fn from(v: RuleView) -> Self {
        Self {
            from: v.from.as_str().to_owned(),
            label: v.label.map(|id| id.to_string()),
            connection: v.connection.map(|id| id.to_string()),
        }
    }
}

/// All of one's rules for a record.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct MailRulesInput {
    /// At most 10.
    items: Vec<MailRule>,
}

/// One's own rules for a record
#[utoipa::path(get, path = "/records/{id}/mail-rules", tag = "records", params(("id" = Id, Path, description = "Record")), responses((status = 200, body = List<MailRule>), ListProblems))]
pub(super) async fn list_mail_rules(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
) -> Answer<Json<List<MailRule>>> {
    Ok(List::of(conversations::rules(&api.ctx, &actor, id).await?))
}

/// Gives oneself exactly these rules for a record
///
/// Conversations of one's own mailboxes join it by themselves: those of the last 90 days, and new ones. What was taken
/// out by hand stays out.
#[utoipa::path(put, path = "/records/{id}/mail-rules", tag = "records", request_body = MailRulesInput, params(("id" = Id, Path, description = "Record")), responses((status = 200, body = List<MailRule>), SetProblems))]
pub(super) async fn set_mail_rules(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<RecordId>,
    extract::Json(input): extract::Json<MailRulesInput>,
) -> Answer<Json<List<MailRule>>> {
    let mut wanted = Vec::with_capacity(input.items.len());
    for (i, rule) in input.items.into_iter().enumerate() {
        let from = MailSource::parse(&rule.from).ok_or_else(|| {
            Problem::invalid(
                format!("items[{i}].from"),
                "must be contacts, domain or label",
            )
        })?;
        wanted.push(RuleView {
            from,
            label: rule.label.map(|t| named_id(&t, "label")).transpose()?,
            connection: rule
                .connection
                .map(|t| named_id(&t, "connection"))
                .transpose()?,
        });
    }
    Ok(List::of(
        conversations::set_rules(&api.ctx, &actor, id, &wanted).await?,
    ))
}
