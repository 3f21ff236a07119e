//! Sessions: a random token in a cookie, its hash in the database, listed and revocable.
//!
//! Every request asks the database, so a session that has ended is refused at once on every node; an
//! event ends the streams that are open.

use std::time::Duration;

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::{ExposeSecret as _, SecretString};
use tenon_model::event::EventKind;
use tenon_model::policy::Locale;
use tenon_model::{MemberId, Scope, SessionId, Time, WorkspaceId, World};
use tenon_store::{Member, Session, Tx};

use super::device::{self, Browser};
use super::members::{MeView, me_view};
use crate::{Actor, Ctx, Error, Result};

/// How long after a proof security settings may be changed (ASVS 5.0, 7.5.1).
const PROOF_HOLDS: Duration = Duration::from_mins(15);

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

/// Starts a session in the caller's transaction, which must be of the whole deployment. The one that
/// the browser had until now ends (ASVS 5.0, 7.2.4).
pub(super) async fn start(
    ctx: &Ctx,
    tx: &mut Tx,
    member: &Member,
    browser: &Browser,
    method: &str,
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
        proven_at: now,
    };
    tx.sessions().insert(&session).await?;
    let me = me_view(tx, member).await?;
    tracing::info!(target: "audit", member = %member.id, session = %session.id, method, "signed in");
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
    if now >= session.expires_at || now.since(session.last_seen_at) > ctx.config.session_idle {
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

/// Refuses when the session behind `actor` does not go on as it was: for streams, which outlive their
/// request. A proof gives the session another token, so it is looked for by its id. No sign of life.
pub(crate) async fn still_holds(ctx: &Ctx, tx: &mut Tx, actor: &Actor) -> Result<()> {
    let now = ctx.world.now();
    let session = tx.sessions().get(actor.session).await?;
    let lives = session.is_some_and(|s| {
        now < s.expires_at && now.since(s.last_seen_at) <= ctx.config.session_idle
    });
    let member = tx.members().get(actor.member).await?;
    if lives && member.is_some_and(|m| m.disabled_at.is_none() && m.role == actor.role) {
        return Ok(());
    }
    Err(Error::Unauthenticated)
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
        .filter(|s| now.since(s.last_seen_at) <= ctx.config.session_idle)
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
    if !tx.sessions().delete(id).await? {
        return Err(Error::NotFound("session"));
    }
    tell(&mut tx, actor.member).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", member = %actor.member, session = %id, "session ended");
    Ok(())
}

/// Ends all of the member's sessions but the one that asks; how many.
pub async fn end_other_sessions(ctx: &Ctx, actor: &Actor) -> Result<u64> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let ended = end_all(&mut tx, actor.workspace, actor.member, Some(actor.session)).await?;
    tx.commit().await?;
    Ok(ended)
}

/// Ends a member's sessions in the caller's transaction, whose scope must be of their workspace.
pub(super) async fn end_all(
    tx: &mut Tx,
    workspace: WorkspaceId,
    member: MemberId,
    except: Option<SessionId>,
) -> Result<u64> {
    debug_assert_eq!(tx.scope().workspace, Some(workspace));
    let ended = tx.sessions().delete_for_member(member, except).await?;
    tell(tx, member).await?;
    tracing::info!(target: "audit", %member, ended, "sessions ended");
    Ok(ended)
}

/// Wakes the member's open pages and streams, on every node.
pub(super) async fn tell(tx: &mut Tx, member: MemberId) -> Result<()> {
    Ok(tx
        .events()
        .append(EventKind::SessionsChanged, Some(member), member.to_string())
        .await?)
}

/// Refuses unless the person has lately proved who they are.
pub(super) async fn proven(ctx: &Ctx, tx: &mut Tx, actor: &Actor) -> Result<()> {
    let session = tx
        .sessions()
        .get(actor.session)
        .await?
        .ok_or(Error::Unauthenticated)?;
    if ctx.world.now().since(session.proven_at) > PROOF_HOLDS {
        return Err(Error::ProofNeeded);
    }
    Ok(())
}

/// Notes a proof: from now on the session has another token, which is returned.
pub(super) async fn renew(ctx: &Ctx, tx: &mut Tx, actor: &Actor) -> Result<Renewed> {
    let session = tx
        .sessions()
        .get(actor.session)
        .await?
        .ok_or(Error::Unauthenticated)?;
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
