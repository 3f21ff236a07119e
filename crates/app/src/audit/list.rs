//! The log as owners and administrators read it. Names are looked up when it is shown: who was erased has
//! none any more.

use std::collections::HashMap;

use tenon_model::audit::{AuditAction, AuditDetails, AuditTarget, MEMBER};
use tenon_model::member::Role;
use tenon_model::{MemberId, RequestId, Time};
use tenon_store::{AuditQuery, SealedEntry, Tx};
use uuid::Uuid;

use crate::mail::Page;
use crate::{Actor, Ctx, Error, Result};

/// Which entries.
#[derive(Debug, Clone, Default)]
pub struct EntriesQuery {
    /// Of one of these actions; of any when empty.
    pub actions: Vec<AuditAction>,
    /// By or about this member.
    pub member: Option<MemberId>,
    /// Not earlier.
    pub from: Option<Time>,
    /// Earlier.
    pub to: Option<Time>,
    /// `next` of the last page.
    pub after: Option<String>,
    /// How many, 1 to 200.
    pub limit: u32,
}

/// An entry.
#[derive(Debug, Clone)]
pub struct AuditEntryView {
    /// Number in the chain.
    pub seq: u64,
    /// When.
    pub at: Time,
    /// What: the stored word.
    pub action: String,
    /// What, for people, in the language of who asks.
    pub title: String,
    /// Who.
    pub actor: PartyView,
    /// To whom or what.
    pub target: Option<PartyView>,
    /// More of it.
    pub details: Vec<DetailView>,
    /// The request that did it.
    pub request: Option<RequestId>,
}

/// Somebody or something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PartyView {
    /// What kind: the stored word.
    pub kind: String,
    /// Its id, if it has one; of a member while they exist.
    pub id: Option<String>,
    /// Its name, if that is known.
    pub name: Option<String>,
    /// Whether it is the one who asks.
    pub own: bool,
}

/// A detail.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DetailView {
    /// Of what.
    pub what: String,
    /// The word.
    pub value: String,
}

pub(super) fn administrator(actor: &Actor) -> Result<()> {
    match actor.role {
        Role::Owner | Role::Admin => Ok(()),
        Role::Member | Role::Viewer => Err(Error::Forbidden),
    }
}

/// Entries of the workspace, newest first.
pub async fn entries(
    ctx: &Ctx,
    actor: &Actor,
    query: EntriesQuery,
) -> Result<Page<AuditEntryView>> {
    administrator(actor)?;
    let invalid = || Error::field("after", "must be the next of an earlier page");
    let before = query
        .after
        .map(|after| after.parse().map_err(|_| invalid()));
    let limit = query.limit.clamp(1, 200);
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let person = match query.member {
        None => None,
        // Who has no pseudonym has done nothing.
        Some(member) => match tx.audit().pseudonym(member).await? {
            Some(pseudonym) => Some(pseudonym),
            None => {
                return Ok(Page {
                    items: Vec::new(),
                    next: None,
                });
            }
        },
    };
    let query = AuditQuery {
        before: before.transpose()?,
        actions: query.actions,
        person,
        from: query.from,
        to: query.to,
        limit,
    };
    let rows = tx.audit().list(&query).await?;
    let names = Names::of(ctx, &mut tx, actor, &rows).await?;
    let next = (rows.len() == limit as usize)
        .then(|| rows.last().map(|row| row.entry.seq.to_string()))
        .flatten();
    let items = rows.into_iter().map(|row| view(row, actor, &names));
    Ok(Page {
        items: items.collect(),
        next,
    })
}

/// Names of what entries are by and about.
struct Names {
    people: HashMap<Uuid, MemberId>,
    members: HashMap<MemberId, String>,
    domains: HashMap<Uuid, String>,
}

impl Names {
    async fn of(ctx: &Ctx, tx: &mut Tx, actor: &Actor, rows: &[SealedEntry]) -> Result<Self> {
        let mut pseudonyms: Vec<Uuid> = Vec::new();
        for SealedEntry { entry, .. } in rows {
            pseudonyms.extend(entry.actor);
            pseudonyms.extend(
                entry
                    .target
                    .filter(|_| is_member(entry.target_kind.as_deref())),
            );
        }
        pseudonyms.sort_unstable();
        pseudonyms.dedup();
        let people = tx.audit().people(&pseudonyms).await?.into_iter().collect();
        let members = tx.members().list().await?;
        let about_domains = rows
            .iter()
            .any(|r| r.entry.target_kind.as_deref() == Some("domain"));
        let mut domains = HashMap::new();
        if about_domains {
            for (name, _) in tx.domains().list().await? {
                let id = super::domain(&ctx.keys, actor.workspace, &name).id();
                domains.insert(id, name);
            }
        }
        Ok(Self {
            people,
            members: members.into_iter().map(|m| (m.id, m.name)).collect(),
            domains,
        })
    }

    fn member(&self, actor: &Actor, pseudonym: Option<Uuid>) -> PartyView {
        let id = pseudonym.and_then(|p| self.people.get(&p)).copied();
        PartyView {
            kind: MEMBER.to_owned(),
            id: id.map(|id| id.to_string()),
            name: id.and_then(|id| self.members.get(&id).cloned()),
            own: id == Some(actor.member),
        }
    }

    fn party(&self, actor: &Actor, kind: String, id: Option<Uuid>) -> PartyView {
        if kind == MEMBER {
            return self.member(actor, id);
        }
        PartyView {
            name: id.and_then(|id| self.domains.get(&id).cloned()),
            id: id.and_then(|id| AuditTarget::text(&kind, id)),
            own: false,
            kind,
        }
    }
}

fn is_member(kind: Option<&str>) -> bool {
    kind == Some(MEMBER)
}

fn view(row: SealedEntry, actor: &Actor, names: &Names) -> AuditEntryView {
    let entry = row.entry;
    let title = AuditAction::parse(&entry.action).map(|a| a.title(actor.locale));
    let details = AuditDetails::read(&entry.details).map(|(what, value)| DetailView {
        what: what.to_owned(),
        value: value.to_owned(),
    });
    AuditEntryView {
        seq: entry.seq,
        at: entry.at,
        title: title.unwrap_or(&entry.action).to_owned(),
        details: details.collect(),
        request: entry.request,
        actor: names.party(actor, entry.actor_kind, entry.actor),
        target: entry
            .target_kind
            .map(|kind| names.party(actor, kind, entry.target)),
        action: entry.action,
    }
}
