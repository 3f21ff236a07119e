//! Sessions: a random token in a cookie, its hash in the database, listed and revocable.

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use secrecy::SecretString;
use tenon_model::policy::Locale;
use tenon_model::{Scope, SessionId, Time, World};
use tenon_store::{Member, Session, Tx};

use super::members::{MeView, me_view};
use crate::{Actor, Ctx, Error, Result};

/// What a successful sign-in gives.
pub struct SignedIn {
    /// The cookie's value.
    pub token: SecretString,
    /// When the session ends at the latest.
    pub expires_at: Time,
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
    /// The browser's own words, cut.
    pub user_agent: String,
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

/// Starts a session in the caller's transaction.
pub(super) async fn start(
    ctx: &Ctx,
    tx: &mut Tx,
    member: &Member,
    user_agent: &str,
) -> Result<SignedIn> {
    let token = random_token(&ctx.world);
    let now = ctx.world.now();
    let session = Session {
        id: ctx.world.id(),
        token_hash: token_hash(&token),
        member_id: member.id,
        workspace_id: member.workspace_id,
        user_agent: user_agent
            .chars()
            .filter(|c| !c.is_control())
            .take(200)
            .collect(),
        created_at: now,
        last_seen_at: now,
        expires_at: now + ctx.config.session_max,
    };
    tx.sessions().insert(&session).await?;
    let me = me_view(tx, member).await?;
    Ok(SignedIn {
        token: token.into(),
        expires_at: session.expires_at,
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

/// Ends the session that asks.
pub async fn sign_out(ctx: &Ctx, actor: &Actor) -> Result<()> {
    end_session(ctx, actor, actor.session).await
}

/// The member's sessions, newest first.
pub async fn sessions(ctx: &Ctx, actor: &Actor) -> Result<Vec<SessionView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let all = tx.sessions().list(actor.member, ctx.world.now()).await?;
    Ok(all
        .into_iter()
        .map(|s| SessionView {
            id: s.id,
            created_at: s.created_at,
            last_seen_at: s.last_seen_at,
            user_agent: s.user_agent,
            current: s.id == actor.session,
        })
        .collect())
}

/// Ends one of the member's sessions; it stops at its next request.
pub async fn end_session(ctx: &Ctx, actor: &Actor, id: SessionId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    if !tx
        .sessions()
        .list(actor.member, ctx.world.now())
        .await?
        .iter()
        .any(|s| s.id == id)
    {
        return Err(Error::NotFound("session"));
    }
    tx.sessions().delete(id).await?;
    tx.commit().await?;
    Ok(())
}
