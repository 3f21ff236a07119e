//! `/audit`: entries, and the words they are made of.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::audit::{self, AuditEntryView, EntriesQuery, PartyView};
use tenon_model::Time;
use tenon_model::audit::AuditAction as Action;
use utoipa::{IntoParams, ToSchema};

use super::words::{AuditActionWord, AuditActorKind, AuditGroupWord, AuditTargetKind};
use crate::Api;
use crate::extract::{Query, named_id};
use crate::problem::{Answer, Problem, problems};
use crate::session::SignedIn;
use crate::wire::{Id, List, Page, Timestamp};

problems!(ListProblems: "unauthenticated", "forbidden", "validation");
problems!(ActionProblems: "unauthenticated");

/// Which entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct AuditInput {
    /// How many, 1 to 200.
    #[serde(default = "default_limit")]
    #[param(minimum = 1, maximum = 200, default = 50)]
    limit: u32,
    /// `next` of the last page.
    #[serde(default)]
    after: Option<String>,
    /// Of one of these actions: words with commas.
    #[serde(default)]
    action: Option<String>,
    /// By or about this member.
    #[serde(default)]
    member: Option<String>,
    /// Not earlier than this moment (RFC 3339).
    #[serde(default)]
    from: Option<String>,
    /// Earlier than this moment (RFC 3339).
    #[serde(default)]
    to: Option<String>,
}

const fn default_limit() -> u32 {
    50
}

fn moment(name: &str, text: Option<&str>) -> Answer<Option<Time>> {
    let read = |text| {
        Time::parse_rfc3339(text)
            .ok_or_else(|| Problem::invalid(name, "must be a moment such as 2026-11-22T09:00:00Z"))
    };
    text.map(read).transpose()
}

impl AuditInput {
    fn query(self) -> Answer<EntriesQuery> {
        if !(1..=200).contains(&self.limit) {
            return Err(Problem::invalid("limit", "must be from 1 to 200"));
        }
        let words = self.action.as_deref().unwrap_or_default().split(',');
        let actions = words.filter(|word| !word.is_empty()).map(|word| {
            Action::parse(word).ok_or_else(|| Problem::invalid("action", "is not known here"))
        });
        let member = self.member.map(|id| named_id(&id, "member")).transpose()?;
        Ok(EntriesQuery {
            actions: actions.collect::<Answer<_>>()?,
            member,
            from: moment("from", self.from.as_deref())?,
            to: moment("to", self.to.as_deref())?,
            after: self.after,
            limit: self.limit,
        })
    }
}

/// Something that was done.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditEntry {
    /// Its number in the workspace's chain, from 1, without gaps.
    seq: u64,
    at: Timestamp,
    /// A word of `/audit/actions`; a server that was newer once may have written others.
    #[schema(value_type = AuditActionWord, example = "role_changed")]
    action: String,
    /// What was done, in the language of who asks.
    #[schema(example = "Role changed")]
    title: String,
    actor: AuditActor,
    #[schema(required)]
    target: Option<AuditTarget>,
    details: Vec<AuditDetail>,
    /// The request that did it, for finding it in the server's log.
    #[schema(required)]
    request_id: Option<Id>,
}

/// Who did it.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditActor {
    /// `member`, `operator` (a command at the server's terminal), `server` (by itself), or `unknown`
    /// (somebody who was not signed in).
    #[schema(value_type = AuditActorKind, example = "member")]
    kind: String,
    /// Null for who is no member, and for a member who was erased.
    #[schema(required)]
    member_id: Option<Id>,
    #[schema(required)]
    name: Option<String>,
    /// Whether it is the one who asks.
    own: bool,
}

/// To whom or what.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditTarget {
    #[schema(value_type = AuditTargetKind, example = "member")]
    kind: String,
    /// Null for a domain, a record, and a member who was erased.
    #[schema(required)]
    id: Option<Id>,
    /// Of a member while they exist, and of a domain while it is allowed.
    #[schema(required)]
    name: Option<String>,
    /// Whether it is the one who asks.
    own: bool,
}

/// More of it, in code words.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditDetail {
    #[schema(example = "role")]
    what: String,
    #[schema(example = "admin")]
    value: String,
}

impl From<AuditEntryView> for AuditEntry {
    fn from(view: AuditEntryView) -> Self {
        let actor = |party: PartyView| AuditActor {
            kind: party.kind,
            member_id: party.id.map(Into::into),
            name: party.name,
            own: party.own,
        };
        let target = |party: PartyView| AuditTarget {
            kind: party.kind,
            id: party.id.map(Into::into),
            name: party.name,
            own: party.own,
        };
        let details = view.details.into_iter().map(|d| AuditDetail {
            what: d.what,
            value: d.value,
        });
        Self {
            seq: view.seq,
            at: view.at.into(),
            action: view.action,
            title: view.title,
            actor: actor(view.actor),
            target: view.target.map(target),
            details: details.collect(),
            request_id: view.request.map(Into::into),
        }
    }
}

/// What can stand in the log.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditAction {
    #[schema(value_type = AuditActionWord, example = "role_changed")]
    action: &'static str,
    /// In the language of who asks.
    #[schema(example = "Role changed")]
    title: &'static str,
    #[schema(value_type = AuditGroupWord, example = "members")]
    group: &'static str,
}

/// The audit log, newest first
///
/// For owners and administrators. Each entry is sealed; `tenon audit verify` checks all of them.
#[utoipa::path(get, path = "/audit", tag = "audit", params(AuditInput), responses((status = 200, body = Page<AuditEntry>), ListProblems))]
pub(super) async fn list_audit_entries(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Query(input): Query<AuditInput>,
) -> Answer<Json<Page<AuditEntry>>> {
    let page = audit::entries(&api.ctx, &actor, input.query()?).await?;
    Ok(Json(Page {
        items: page.items.into_iter().map(Into::into).collect(),
        next: page.next,
    }))
}

/// The words for what can stand in the log
#[utoipa::path(get, path = "/audit/actions", tag = "audit", responses((status = 200, body = List<AuditAction>), ActionProblems))]
pub(super) async fn list_audit_actions(
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<AuditAction>>> {
    Ok(List::of(Action::ALL.iter().map(|action| AuditAction {
        action: action.as_str(),
        title: action.title(actor.locale),
        group: action.group().as_str(),
    })))
}
