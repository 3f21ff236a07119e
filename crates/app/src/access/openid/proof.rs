//! A proof at an issuer: whoever is signed in signs in there once more.

use std::time::Duration;

use tenon_connectors::openid::{Identity as Who, OpenId};
use tenon_store::SignInFlow;

use super::super::sessions::{self, Renewed};
use super::super::standing::acting;
use super::super::ways::ways;
use super::Refusal;
use super::accounts::subject_index;
use crate::{Actor, Ctx};

/// What clocks may differ by, and what an answer may take on its way.
const SKEW: Duration = Duration::from_mins(1);

/// Ends a proof. The account has to be one of the member's, and the issuer has to say that its person has
/// signed in there since the proof began. One that does not tell when proves nothing to a member who has
/// another way; for whoever has none, having been asked there is the best there is.
pub(super) async fn prove(
    ctx: &Ctx,
    actor: &Actor,
    flow: &SignInFlow,
    issuer: &OpenId,
    who: &Who,
) -> Result<Renewed, Refusal> {
    let since_begin = ctx.world.now().since(flow.created_at) + SKEW;
    if who.signed_in_ago.is_some_and(|ago| ago > since_begin) {
        return Err("not_asked_again".into());
    }
    let index = subject_index(ctx, issuer, who);
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let acting = acting(ctx, &mut tx, actor).await?;
    let accounts = tx.identities().list(actor.member).await?;
    if !accounts
        .iter()
        .any(|i| i.subject_index == index && i.issuer == issuer.issuer())
    {
        return Err("other_account".into());
    }
    if who.signed_in_ago.is_none() && ways(ctx, &mut tx, acting.member()).await?.here() {
        return Err("no_auth_time".into());
    }
    let renewed = sessions::renew(ctx, &mut tx, &acting).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", member = %actor.member, issuer = issuer.name(), "proved");
    Ok(renewed)
}
