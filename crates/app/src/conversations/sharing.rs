//! Sharing one conversation (T4, decision 0064): its owner lets members, teams, everybody, or whoever sees a
//! box that it is joined to, read it. Only read; and what is taken back is gone with the next request and the next byte.

use tenon_model::audit::{AuditAction, AuditDetail, AuditTarget};
use tenon_model::event::EventKind;
use tenon_model::{MemberId, RecordId, TeamId, ThreadId};
use tenon_store::{Grantee, Tx};

use crate::audit::note;
use crate::record_setup::no_viewers;
use crate::{Actor, Ctx, Error, Result};

/// Members and teams that one conversation may be shared with.
const MOST: usize = 100;

/// Who reads a conversation beside its owner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ThreadScope {
    /// Nobody.
    Private,
    /// Those who are named, and with `records` whoever sees a record that it is joined to.
    Shared,
    /// Everybody of the workspace.
    Workspace,
}

impl ThreadScope {
    /// The word on the wire.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Shared => "shared",
            Self::Workspace => "workspace",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Private, Self::Shared, Self::Workspace]
            .into_iter()
            .find(|s| s.as_str() == text)
    }
}

/// With whom a conversation is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ThreadSharing {
    /// How far.
    pub scope: ThreadScope,
    /// Members, when it is [`ThreadScope::Shared`].
    pub members: Vec<MemberId>,
    /// Teams, when it is.
    pub teams: Vec<TeamId>,
    /// Whether those read it who see a record that it is joined to.
    pub records: bool,
}

pub(super) fn view(grantees: &[Grantee]) -> ThreadSharing {
    let mut out = ThreadSharing {
        scope: ThreadScope::Private,
        members: Vec::new(),
        teams: Vec::new(),
        records: false,
    };
    for grantee in grantees {
        match grantee {
            Grantee::Member(id) => out.members.push(*id),
            Grantee::Team(id) => out.teams.push(*id),
            Grantee::Workspace => out.scope = ThreadScope::Workspace,
            Grantee::Records => out.records = true,
        }
    }
    if out.scope == ThreadScope::Private && !grantees.is_empty() {
        out.scope = ThreadScope::Shared;
    }
    out
}

/// Who reads a conversation by what its owner has said, for telling them; the owner's frame. `None` is
/// everybody.
pub(super) async fn audience(tx: &mut Tx, thread: ThreadId) -> Result<Option<Vec<MemberId>>> {
    let grantees = tx.lending().grantees(thread).await?;
    let mut out = Vec::new();
    for grantee in &grantees {
        match grantee {
            Grantee::Workspace => return Ok(None),
            Grantee::Member(id) => out.push(*id),
            Grantee::Team(id) => {
                let team = tx.teams().get(*id).await?;
                out.extend(team.into_iter().flat_map(|t| t.members));
            }
            Grantee::Records => {
                let joined = tx.joins().of_thread(thread).await?;
                let ids: Vec<RecordId> = joined.iter().map(|j| j.record).collect();
                for row in tx.records().get_many(&ids).await? {
                    match tx.records().audience(&row).await? {
                        None => return Ok(None),
                        Some(members) => out.extend(members),
                    }
                }
            }
        }
    }
    Ok(Some(out))
}

/// Tells the owner of a conversation, those who read it, and those who did, that it changed.
pub(super) async fn tell(
    tx: &mut Tx,
    owner: MemberId,
    thread: ThreadId,
    before: &[Option<Vec<MemberId>>],
) -> Result<()> {
    let mut members = vec![owner];
    let mut all = false;
    let now = audience(tx, thread).await?;
    for audience in before.iter().chain([&now]) {
        match audience {
            None => all = true,
            Some(some) => members.extend(some),
        }
    }
    members.sort_unstable();
    members.dedup();
    let kind = EventKind::ThreadChanged;
    let subject = thread.to_string();
    if all {
        return Ok(tx.events().append(kind, None, subject).await?);
    }
    for member in members {
        tx.events()
            .append(kind, Some(member), subject.clone())
            .await?;
    }
    Ok(())
}

/// Shares a conversation of the member's own mailbox anew; [`ThreadScope::Private`] takes it back at once.
pub async fn set_sharing(
    ctx: &Ctx,
    actor: &Actor,
    id: ThreadId,
    wanted: ThreadSharing,
) -> Result<ThreadSharing> {
    // Taking back is nobody's to refuse.
    if wanted.scope != ThreadScope::Private {
        no_viewers(actor.role)?;
    }
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let thread = tx.threads().get(id).await?;
    let thread = thread.ok_or(Error::NotFound("thread"))?;
    let with = checked(&mut tx, &wanted).await?;
    let mut before = tx.lending().grantees(id).await?;
    before.sort_unstable();
    if before != with {
        let told = audience(&mut tx, id).await?;
        tx.lending()
            .share(thread.connection_id, id, &with, ctx.world.now())
            .await?;
        let action = if with.is_empty() {
            AuditAction::ThreadUnshared
        } else {
            AuditAction::ThreadShared
        };
        note(action)
            .by(actor.member)
            .about(AuditTarget::Thread(id))
            .with(AuditDetail::Count, with.len())
            .add(&ctx.keys, &mut tx, actor.workspace)?;
        tell(&mut tx, actor.member, id, &[told]).await?;
    }
    let after = view(&tx.lending().grantees(id).await?);
    tx.commit().await?;
    Ok(after)
}

/// The grantees of what is wanted, sorted, each once.
async fn checked(tx: &mut Tx, wanted: &ThreadSharing) -> Result<Vec<Grantee>> {
    let mut out = Vec::new();
    match wanted.scope {
        ThreadScope::Private => return Ok(out),
        ThreadScope::Workspace => out.push(Grantee::Workspace),
        ThreadScope::Shared => {
            if wanted.members.len() + wanted.teams.len() > MOST {
                return Err(Error::field("shares", "has too many entries"));
            }
            let members = tx.members().list().await?;
            let teams = tx.teams().list().await?;
            let there = |id: &MemberId| members.iter().any(|m| m.id == *id);
            let team_there = |id: &TeamId| teams.iter().any(|t| t.id == *id);
            if !(wanted.members.iter().all(there) && wanted.teams.iter().all(team_there)) {
                return Err(Error::field(
                    "shares",
                    "names a member or team that is not there",
                ));
            }
            out.extend(wanted.members.iter().map(|id| Grantee::Member(*id)));
            out.extend(wanted.teams.iter().map(|id| Grantee::Team(*id)));
        }
    }
    if wanted.records {
        out.push(Grantee::Records);
    }
    out.sort_unstable();
    out.dedup();
    Ok(out)
}
