//! Sessions: a random token in a cookie, its hash in the database, listed and revocable.
//!
//! Every request asks the database, so a session that has ended is refused at once on every node; an
//! event ends the streams that are open.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use tenon_model::audit::{AuditAction, AuditDetail, AuditTarget};
use tenon_model::event::EventKind;
use tenon_model::policy::Locale;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{MemberId, Scope, SessionId, Time, WorkspaceId, World};
use tenon_store::{Session, Tx};

use super::device::{self, Browser};
use super::members::{MeView, me_view};
use super::standing::{Acting, Held, NEVER, acting, goes_on};
use crate::audit::note;
use crate::{Actor, Ctx, Error, Result};

/// What a successful sign-in gives.
pub struct SignedIn {
    /// The cookie's value.
    pub token: SecretString,
    /// When the session ends at the latest.
    pub expires_at: Time,
    /// The mark by which this browser is known again; it opens nothing.
    pub device: SecretString,
    /// Who came in.
    pub me: MeView,
}

/// A session as its owner sees it.
#[derive(Debug, Clone)]
pub struct SessionView {
    /// Id.
    pub id: SessionId,
    /// Start.
    pub created_at: Time,
    /// Last request.
    pub last_seen_at: Time,
    /// Browser and system in two words; may be empty.
    pub device: String,
    /// How the person signed in: `password`, `passkey`, `link`, or an issuer's name.
    pub method: String,
    /// Whether it is the one that asks.
    pub current: bool,
}

/// 256 random bits as URL-safe text.
pub(crate) fn random_token(world: &World) -> String {
    URL_SAFE_NO_PAD.encode(world.bytes::<32>())
}

/// What is stored of a token.
pub(crate) fn token_hash(token: &str) -> [u8; 32] {
    let mut out = [0; 32];
    out.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
    out
}

/// How somebody has come in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Entry<'a> {
    /// `password`, `passkey`, `link`, or an issuer's name.
    pub(super) method: &'a str,
    /// Whether they have proved to this server who they are. An issuer may let somebody in without a
    /// question, hours after they signed in there.
    pub(super) proven: bool,
}

impl<'a> Entry<'a> {
    /// By something that was asked for here.
    pub(super) const fn here(method: &'a str) -> Self {
        Self {
            method,
            proven: true,
        }
    }
}

/// Starts a session in the caller's transaction, which must be of the whole deployment and has to have
/// looked, after it held the member, whether what they came in with still holds. The session that the
/// browser had until now ends (ASVS 5.0, 7.2.4).
pub(super) async fn start(
    ctx: &Ctx,
    tx: &mut Tx,
    member: &Held,
    browser: &Browser,
    Entry { method, proven }: Entry<'_>,
) -> Result<SignedIn> {
    if let Some(earlier) = &browser.session {
        let hash = token_hash(earlier.expose_secret());
        if let Some(earlier) = tx.sessions().by_token_hash(hash).await? {
            tx.sessions().delete(earlier.id).await?;
        }
    }
    let token = random_token(&ctx.world);
    let now = ctx.world.now();
    let session = Session {
        id: ctx.world.id(),
        token_hash: token_hash(&token),
        member_id: member.id,
        workspace_id: member.workspace_id,
        user_agent: device::coarse(&browser.user_agent),
        created_at: now,
        last_seen_at: now,
        expires_at: now + ctx.config.session_max,
        method: method.to_owned(),
        proven_at: if proven { now } else { NEVER },
    };
    tx.sessions().insert(&session).await?;
    let me = me_view(tx, member).await?;
    note(AuditAction::SignedIn)
        .by(member.id)
        .about(AuditTarget::Session(session.id))
        .with(AuditDetail::Method, method)
        .add(&ctx.keys, tx, member.workspace_id)?;
    Ok(SignedIn {
        token: token.into(),
        expires_at: session.expires_at,
        device: device::mark(ctx, &member.email),
        me,
    })
}

/// The actor behind a cookie. Also counts as a sign of life, at most once a minute.
pub async fn authenticate(ctx: &Ctx, token: &str) -> Result<Actor> {
    let now = ctx.world.now();
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let session = tx
        .sessions()
        .by_token_hash(token_hash(token))
        .await?
        .ok_or(Error::Unauthenticated)?;
    if !goes_on(ctx, &session) {
        return Err(Error::Unauthenticated);
    }
    let member = tx
        .members()
        .get(session.member_id)
        .await?
        .ok_or(Error::Unauthenticated)?;
    drop(tx);
    if member.disabled_at.is_some() {
        return Err(Error::Unauthenticated);
    }
    let actor = Actor {
        workspace: session.workspace_id,
        member: member.id,
        session: session.id,
        role: member.role,
        locale: Locale::parse(&member.locale),
    };
    if now.since(session.last_seen_at).as_secs() >= 60 {
        let mut tx = ctx.store.begin(&actor.scope()).await?;
        tx.sessions().touch(session.id, now).await?;
        tx.commit().await?;
    }
    Ok(actor)
}

/// Ends the session that asks.
pub async fn sign_out(ctx: &Ctx, actor: &Actor) -> Result<()> {
    end_session(ctx, actor, actor.session).await
}

/// The member's sessions that still hold, last used first.
pub async fn sessions(ctx: &Ctx, actor: &Actor) -> Result<Vec<SessionView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let now = ctx.world.now();
    let all = tx.sessions().list(actor.member, now).await?;
    Ok(all
        .into_iter()
        .filter(|s| goes_on(ctx, s))
        .map(|s| SessionView {
            id: s.id,
            created_at: s.created_at,
            last_seen_at: s.last_seen_at,
            device: s.user_agent,
            method: s.method,
            current: s.id == actor.session,
        })
        .collect())
}

/// Ends one of the member's sessions at once.
pub async fn end_session(ctx: &Ctx, actor: &Actor, id: SessionId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    acting(ctx, &mut tx, actor).await?;
    if !sabotage::on(Saboteur::SessionLivesOn) && !tx.sessions().delete(id).await? {
        return Err(Error::NotFound("session"));
    }
    tell(&mut tx, actor.member).await?;
    note(AuditAction::SessionEnded)
        .by(actor.member)
        .about(AuditTarget::Session(id))
        .add(&ctx.keys, &mut tx, actor.workspace)?;
    Ok(tx.commit().await?)
}

/// Ends all of the member's sessions but the one that asks; how many.
pub async fn end_other_sessions(ctx: &Ctx, actor: &Actor) -> Result<u64> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    acting(ctx, &mut tx, actor).await?;
    let ended = end_all(&mut tx, actor.workspace, actor.member, Some(actor.session)).await?;
    note(AuditAction::SessionsEnded)
        .by(actor.member)
        .with(AuditDetail::Count, ended)
        .add(&ctx.keys, &mut tx, actor.workspace)?;
    tx.commit().await?;
    Ok(ended)
}

/// Ends a member's sessions in the caller's transaction, which holds them and whose scope must be of their
/// workspace.
pub(super) async fn end_all(
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    except: Option<SessionId>,
) -> Result<u64> {
    debug_assert_eq!(tx.scope().workspace, Some(workspace));
    let ended = if sabotage::on(Saboteur::SessionLivesOn) {
        0
    } else {
        tx.sessions().delete_for_member(member, except).await?
    };
    tell(tx, member).await?;
    Ok(ended)
}

/// Wakes the member's open pages and streams, on every node.
pub(super) async fn tell(tx: &mut Tx, member: MemberId) -> Result<()> {
    Ok(tx
        .events()
        .append(EventKind::SessionsChanged, Some(member), member.to_string())
        .await?)
}

/// Notes a proof: from now on the session has another token, which is returned.
pub(super) async fn renew(ctx: &Ctx, tx: &mut Tx, acting: &Acting) -> Result<Renewed> {
    let session = acting.session();
    let token = random_token(&ctx.world);
    let renewed = tx
        .sessions()
        .renew(session.id, token_hash(&token), ctx.world.now())
        .await?;
    if !renewed {
        return Err(Error::Unauthenticated);
    }
    Ok(Renewed {
        token: token.into(),
        expires_at: session.expires_at,
    })
}

/// A session's new token.
pub struct Renewed {
    /// The cookie's value.
    pub token: SecretString,
    /// When the session ends at the latest.
    pub expires_at: Time,
}
