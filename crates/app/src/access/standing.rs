//! The one rule for whatever begins, adds or ends access: hold the member first, then look.
//!
//! Passwords are verified, passkeys asked and issuers visited with no transaction open, because all of
//! that takes long. Meanwhile somebody may have ended the access that is about to begin: a reset link was
//! used, the account was switched off, all sessions were ended. So every transaction that starts a session
//! or adds a way in, and every one that ends them, begins with one of these functions. They hold the
//! member's row, so that whoever comes second, on whatever node, finds what the first has done, and look
//! at it then. What was verified before is compared with what holds now by the caller.

use std::ops::Deref;
use std::time::Duration;

use tenon_model::member::Role;
use tenon_model::policy::Locale;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{MemberId, Scope, SessionId, Time, WorkspaceId};
use tenon_store::{Member, Session, Tx};

use crate::{Actor, Ctx, Error, Result};

/// How long after a proof security settings may be changed (ASVS 5.0, 7.5.1).
const PROOF_HOLDS: Duration = Duration::from_mins(15);

/// A member whose account is on, held until the end of the transaction.
#[derive(Debug, Clone)]
pub(super) struct Held(Member);

impl Deref for Held {
    type Target = Member;

    fn deref(&self) -> &Member {
        &self.0
    }
}

/// The member, held; `None` when the account is off or gone.
pub(super) async fn held(tx: &mut Tx, id: MemberId) -> Result<Option<Held>> {
    let member = tx.members().hold(id).await?;
    Ok(member.filter(|m| m.disabled_at.is_none()).map(Held))
}

/// The one who asks: the account is on, and the session goes on.
pub(crate) struct Acting {
    member: Held,
    session: Session,
}

/// The one who asks, held, as of now. In a transaction that only reads nothing is held.
pub(crate) async fn acting(ctx: &Ctx, tx: &mut Tx, actor: &Actor) -> Result<Acting> {
    let member = held(tx, actor.member).await?;
    let session = tx.sessions().get(actor.session).await?;
    Ok(Acting {
        member: member.ok_or(Error::Unauthenticated)?,
        session: session
            .filter(|s| goes_on(ctx, s))
            .ok_or(Error::Unauthenticated)?,
    })
}

/// Whether a session has neither expired nor been left alone for too long.
pub(super) fn goes_on(ctx: &Ctx, session: &Session) -> bool {
    let now = ctx.world.now();
    sabotage::on(Saboteur::IdleForever)
        || now < session.expires_at && now.since(session.last_seen_at) <= ctx.config.session_idle
}

impl Acting {
    /// What they may do, as of now.
    pub(crate) const fn role(&self) -> Role {
        self.member.0.role
    }

    /// Who it is.
    pub(super) const fn member(&self) -> &Held {
        &self.member
    }

    /// Their session.
    pub(super) const fn session(&self) -> &Session {
        &self.session
    }

    /// Refuses unless they have lately proved who they are.
    pub(super) fn proven(self, ctx: &Ctx) -> Result<Held> {
        if ctx.world.now().since(self.session.proven_at) > PROOF_HOLDS {
            return Err(Error::ProofNeeded);
        }
        Ok(self.member)
    }
}

/// The one who asks, who must have proved lately who they are.
pub(super) async fn proven(ctx: &Ctx, tx: &mut Tx, actor: &Actor) -> Result<Held> {
    acting(ctx, tx, actor).await?.proven(ctx)
}

/// Refuses when the session behind `actor` does not go on as it was: for streams, which outlive their
/// request. A proof gives the session another token, so it is looked for by its id. No sign of life.
pub(crate) async fn still_holds(ctx: &Ctx, tx: &mut Tx, actor: &Actor) -> Result<()> {
    let acting = acting(ctx, tx, actor).await?;
    if acting.member.role == actor.role {
        return Ok(());
    }
    Err(Error::Unauthenticated)
}

/// When somebody who has not proved who they are did so.
pub(super) const NEVER: Time = Time(0);

/// Who a job acts for, as they are now: what they may see and change holds for it. Nobody who is gone, switched off, or
/// only reads.
pub(crate) async fn acting_for(
    ctx: &Ctx,
    workspace: WorkspaceId,
    member: MemberId,
) -> Result<Option<Actor>> {
    let mut tx = ctx.store.read(&Scope::job(workspace)).await?;
    let member = tx.members().get(member).await?;
    let member = member.filter(|m| m.disabled_at.is_none() && m.role != Role::Viewer);
    Ok(member.map(|m| Actor {
        workspace,
        member: m.id,
        session: SessionId(uuid::Uuid::nil()),
        role: m.role,
        locale: Locale::parse(&m.locale),
    }))
}
