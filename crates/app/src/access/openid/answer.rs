//! What the issuer's answer leads to.

use tenon_connectors::openid::{Identity as Who, OpenId};
use tenon_connectors::{ProviderError, Reaction};
use tenon_model::member::Role;
use tenon_model::{Scope, WorkspaceId};
use tenon_store::{Member, SignInFlow, Tx};

use super::super::device::Browser;
use super::super::invitations::{self, email_index};
use super::super::members;
use super::super::sessions::{self, Entry, SignedIn, token_hash};
use super::super::standing::{Held, held};
use super::accounts::{add, insert, subject_index};
use super::proof::prove;
use super::{IssuerAnswer, Outcome, Refusal, find, flow_context, mark_hash, redirect_uri};
use crate::{Actor, Ctx, Error, Result};

/// Takes the issuer's answer. `None` when its state is of no sign-in: it may be a connection's.
pub async fn answer_of_issuer(
    ctx: &Ctx,
    actor: Option<&Actor>,
    answer: IssuerAnswer,
    browser: &Browser,
) -> Option<Result<Outcome, Refusal>> {
    let state_hash = token_hash(answer.state.as_deref()?);
    let flow = match take(ctx, state_hash).await {
        Ok(flow) => flow?,
        Err(e) => return Some(Err(e.into())),
    };
    let signed_in = flow.member_id.is_some();
    let outcome = finish(ctx, actor, &flow, &answer, browser).await;
    if let Err(refusal) = &outcome {
        tracing::info!(target: "audit", issuer = flow.issuer, word = refusal.word, "sign-in refused");
    }
    Some(outcome.map_err(|refusal| Refusal {
        signed_in,
        ..refusal
    }))
}

async fn take(ctx: &Ctx, state_hash: [u8; 32]) -> Result<Option<SignInFlow>> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    if !tx.sign_in_flows().is_known(state_hash).await? {
        return Ok(None); // made up, or a connection's: not worth a turn among the writers
    }
    drop(tx);
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let flow = tx.sign_in_flows().take(state_hash).await?;
    tx.commit().await?;
    Ok(flow)
}

async fn finish(
    ctx: &Ctx,
    actor: Option<&Actor>,
    flow: &SignInFlow,
    answer: &IssuerAnswer,
    browser: &Browser,
) -> Result<Outcome, Refusal> {
    // Everything about the answer is looked at before its code goes anywhere.
    let same_browser = answer
        .mark
        .as_ref()
        .is_some_and(|mark| mark_hash(mark) == flow.browser_hash);
    let same_session = actor.map(|a| (a.member, a.session)) == flow.member_id.zip(flow.session_id);
    if !same_browser || (flow.member_id.is_some() && !same_session) {
        return Err("state_invalid".into());
    }
    if flow.issuer != answer.issuer {
        return Err("wrong_issuer".into());
    }
    if ctx.world.now() > flow.expires_at {
        return Err("flow_expired".into());
    }
    let issuer = find(ctx, &flow.issuer).ok_or("sign_in_failed")?;
    let theirs = issuer.is_answer_of(answer.iss.as_deref()).await;
    if !theirs.map_err(|e| refused(&e))? {
        return Err("wrong_issuer".into());
    }
    if let Some(error) = answer.error.as_deref() {
        return Err(match error {
            "access_denied" => "access_denied",
            "temporarily_unavailable" | "server_error" => "issuer_unavailable",
            _ => "sign_in_failed",
        }
        .into());
    }
    let code = answer.code.as_deref().ok_or("sign_in_failed")?;
    let verifier = ctx
        .keys
        .deployment()
        .open(&flow_context(&flow.state_hash), &flow.verifier)
        .map_err(Error::from)?;
    let verifier = std::str::from_utf8(&verifier).map_err(|_| "state_invalid")?;
    let redirect_uri = redirect_uri(ctx, issuer.name());
    let who = issuer
        .identify(code, verifier, &flow.nonce, &redirect_uri)
        .await
        .map_err(|e| refused(&e))?;
    if let Some(actor) = actor.filter(|_| flow.member_id.is_some()) {
        let Some(next) = flow.next.clone() else {
            add(ctx, actor, issuer, &who).await?;
            return Ok(Outcome::Added);
        };
        let renewed = prove(ctx, actor, flow, issuer, &who).await?;
        return Ok(Outcome::Proved(renewed, next));
    }
    let signed_in = enter(ctx, flow, issuer, &who, browser).await?;
    let next = flow.next.clone().unwrap_or_else(|| "/".to_owned());
    Ok(Outcome::SignedIn(Box::new(signed_in), next))
}

fn refused(e: &ProviderError) -> Refusal {
    tracing::warn!(error = %e, "sign-in at an issuer");
    match e.reaction {
        Reaction::Retry(_) | Reaction::Slow(_) => "issuer_unavailable",
        _ => "sign_in_failed",
    }
    .into()
}

async fn enter(
    ctx: &Ctx,
    flow: &SignInFlow,
    issuer: &OpenId,
    who: &Who,
    browser: &Browser,
) -> Result<SignedIn, Refusal> {
    let index = subject_index(ctx, issuer, who);
    warm(ctx, flow, issuer, who, index).await?;
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let known = tx.identities().by_subject(issuer.issuer(), index).await?;
    let (member, is_new) = if let Some(identity) = known {
        let member = held(&mut tx, identity.member_id).await?;
        let member = member.ok_or("account_disabled")?;
        let now = ctx.world.now();
        if !tx.identities().touch(identity.id, now).await? {
            return Err("sign_in_failed".into()); // taken away meanwhile
        }
        (member, false)
    } else {
        let member = first_time(ctx, &mut tx, flow, who).await?;
        insert(ctx, &mut tx, &member, issuer, who, index).await?;
        (member, true)
    };
    // The issuer may not have asked anything. An account that is new here has nothing to guard yet.
    let entry = Entry {
        method: issuer.name(),
        proven: is_new,
    };
    let signed_in = sessions::start(ctx, &mut tx, &member, browser, entry).await?;
    tx.commit().await?;
    if is_new {
        invitations::announce(ctx, &member).await?;
    }
    Ok(signed_in)
}

/// Opens the key of the workspace that a new account may come to: its address is sealed under it. Nobody
/// is let in or refused by this.
async fn warm(
    ctx: &Ctx,
    flow: &SignInFlow,
    issuer: &OpenId,
    who: &Who,
    index: [u8; 16],
) -> Result<()> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let known = tx.identities().by_subject(issuer.issuer(), index).await?;
    let workspace = match flow.invitation_hash {
        _ if known.is_some() => None,
        Some(hash) => {
            let invitation = tx.invitations().by_token_hash(hash).await?;
            invitation.map(|i| i.workspace_id)
        }
        None => allowed(ctx, &mut tx, who).await.unwrap_or_default(),
    };
    drop(tx);
    match workspace {
        Some(workspace) => ctx.keys.warm_workspace(workspace).await,
        None => Ok(()),
    }
}

/// Makes the member of an account that comes for the first time, if something lets it in.
async fn first_time(ctx: &Ctx, tx: &mut Tx, flow: &SignInFlow, who: &Who) -> Result<Held, Refusal> {
    if who.email.is_empty() || !who.email_verified {
        return Err("email_not_verified".into());
    }
    let email = members::email(&who.email).ok_or("email_not_verified")?;
    if tx.members().by_email(&email).await?.is_some() {
        return Err("account_exists".into());
    }
    let member = Member {
        id: ctx.world.id(),
        workspace_id: ctx.world.id(),
        name: Some(who.name.trim())
            .filter(|n| !n.is_empty())
            .unwrap_or_else(|| email.split('@').next().unwrap_or_default())
            .chars()
            .take(200)
            .collect(),
        email,
        role: Role::Member,
        password_hash: None,
        locale: flow.locale.clone(),
        time_zone: flow.time_zone.clone(),
        totp: None,
        totp_confirmed_at: None,
        totp_last_step: 0,
        disabled_at: None,
        undo_send_seconds: members::UNDO_SEND,
        working_hours: None,
        created_at: ctx.world.now(),
    };
    if let Some(hash) = flow.invitation_hash {
        let found = invitations::find(ctx, tx, hash).await;
        let (invitation, address) = found.map_err(|e| match e {
            Error::LinkInvalid => Refusal::from("link_invalid"),
            other => other.into(),
        })?;
        if address != member.email {
            return Err("other_address".into());
        }
        return Ok(invitations::join(ctx, tx, &invitation, member).await?);
    }
    let workspace = allowed(ctx, tx, who).await?.ok_or("not_invited")?;
    let member = members::insert(tx, workspace, member).await?;
    members::joined(&member, "domain").add(&ctx.keys, tx, workspace)?;
    Ok(member)
}

/// The workspace that takes people of the address's domain. When several do, none is guessed.
async fn allowed(ctx: &Ctx, tx: &mut Tx, who: &Who) -> Result<Option<WorkspaceId>, Refusal> {
    // An open invitation says more than a domain: its role, and its workspace. Its link is asked for.
    let invited = tx
        .invitations()
        .is_invited(email_index(ctx, &who.email), ctx.world.now())
        .await?;
    if invited {
        return Err("use_invitation".into());
    }
    let domain = who.email.rsplit_once('@').map(|(_, domain)| domain);
    let Some(domain) = domain.filter(|_| who.domain_verified) else {
        return Ok(None);
    };
    let all = tx.domains().workspaces_of(domain).await?;
    Ok(match all[..] {
        [one] => Some(one),
        _ => None,
    })
}
