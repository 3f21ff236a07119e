//! Begins a sign-in, the adding of an account, or a proof.

use std::time::Duration;

use tenon_connectors::openid::SignInRequest;
use tenon_model::Scope;
use tenon_model::policy::Locale;
use tenon_model::sabotage::{self, Saboteur};
use tenon_store::SignInFlow;

use super::super::device::Browser;
use super::super::invitations;
use super::super::sessions::{random_token, token_hash};
use super::super::standing::proven;
use super::{Begin, Begun, find, flow_context, mark_hash, redirect_uri};
use crate::{Actor, Ctx, Error, Result};

/// How long a person may take at the issuer.
const FLOW_LIFE: Duration = Duration::from_mins(15);
/// Longest own address that is remembered.
const LONGEST_NEXT: usize = 1_000;

/// An address of this server's own pages, or the start (policy check U6).
fn own_path(next: Option<&str>) -> Option<String> {
    let next = next?;
    let sound = next.len() <= LONGEST_NEXT
        && next.starts_with('/')
        && !next.starts_with("//")
        && next
            .bytes()
            .all(|b| (0x21..0x7f).contains(&b) && b != b'\\')
        && !next.starts_with("/sign-in")
        && !next.starts_with("/api/")
        && !next.starts_with("/oauth/");
    (sound || sabotage::on(Saboteur::ReturnAnywhere)).then(|| next.to_owned())
}

/// What a flow is for.
#[derive(Clone, Copy)]
enum Purpose<'a> {
    /// Coming in.
    Enter,
    /// Adding an account to the one who is signed in.
    Add(&'a Actor),
    /// Proving who is signed in.
    Prove(&'a Actor),
}

/// Begins a sign-in, or the acceptance of an invitation.
pub async fn begin_at_issuer(ctx: &Ctx, input: Begin, browser: &Browser) -> Result<Begun> {
    ctx.beginnings
        .one_more(browser.source, ctx.world.monotonic())?;
    if let Some(token) = &input.invitation {
        invitations::open_invitation(ctx, token).await?;
    }
    begin(ctx, input, Purpose::Enter).await
}

/// Begins adding an account at an issuer to the one who is signed in.
pub async fn begin_adding(ctx: &Ctx, actor: &Actor, input: Begin) -> Result<Begun> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    proven(ctx, &mut tx, actor).await?;
    drop(tx);
    begin(ctx, input, Purpose::Add(actor)).await
}

/// Begins a proof at an issuer at which the one who is signed in has an account.
pub async fn begin_proof_at_issuer(ctx: &Ctx, actor: &Actor, input: Begin) -> Result<Begun> {
    let issuer = find(ctx, &input.issuer).ok_or(Error::NotFound("issuer"))?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let accounts = tx.identities().list(actor.member).await?;
    drop(tx);
    if !accounts.iter().any(|i| i.issuer == issuer.issuer()) {
        return Err(Error::NotFound("issuer"));
    }
    begin(ctx, input, Purpose::Prove(actor)).await
}

async fn begin(ctx: &Ctx, input: Begin, purpose: Purpose<'_>) -> Result<Begun> {
    let issuer = find(ctx, &input.issuer).ok_or(Error::NotFound("issuer"))?;
    let now = ctx.world.now();
    let next = own_path(input.next.as_deref());
    let (actor, next) = match purpose {
        Purpose::Enter => (None, next),
        Purpose::Add(actor) => (Some(actor), None),
        Purpose::Prove(actor) => (Some(actor), next.or_else(|| Some("/settings".to_owned()))),
    };
    let mark = input
        .mark
        .unwrap_or_else(|| random_token(&ctx.world).into());
    let request = SignInRequest {
        state: random_token(&ctx.world),
        nonce: random_token(&ctx.world),
        verifier: random_token(&ctx.world),
        redirect_uri: redirect_uri(ctx, issuer.name()),
        anew: matches!(purpose, Purpose::Prove(_)),
    };
    let authorize_url = issuer.authorize_url(&request).await?;
    let state_hash = token_hash(&request.state);
    let flow = SignInFlow {
        state_hash,
        issuer: issuer.name().to_owned(),
        browser_hash: mark_hash(&mark),
        nonce: request.nonce,
        verifier: ctx.keys.deployment().seal(
            &ctx.world,
            &flow_context(&state_hash),
            request.verifier.as_bytes(),
        )?,
        invitation_hash: input.invitation.as_deref().map(token_hash),
        member_id: actor.map(|a| a.member),
        session_id: actor.map(|a| a.session),
        next,
        locale: Locale::parse(&input.locale).as_str().to_owned(),
        time_zone: Some(input.time_zone)
            .filter(|zone| tenon_model::world::is_time_zone(zone))
            .unwrap_or_else(|| "UTC".to_owned()),
        created_at: now,
        expires_at: now + FLOW_LIFE,
    };
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    tx.sign_in_flows().insert(&flow).await?;
    tx.commit().await?;
    Ok(Begun {
        authorize_url,
        mark,
        life: FLOW_LIFE,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u6_afterwards_it_goes_to_own_pages_only() {
        for own in [
            "/",
            "/settings",
            "/mail/con_1?thread=thr_1",
            "/%2f%2fevil.example",
        ] {
            assert_eq!(own_path(Some(own)).as_deref(), Some(own));
        }
        let hosts = [
            "evil.example",
            "evil.example/",
            "user@evil.example",
            "evil。example",
        ];
        let starts = [
            "//",
            "/\\",
            "\\\\",
            "\\/",
            "///",
            "/\t/",
            "/\n/",
            "/\r/",
            "/ /",
            " //",
            "\u{0}//",
            "http://",
            "https:",
            "https://",
            "HTTPS://",
            "javascript:",
            "data:",
            "ftp://",
            "//;@",
            "/\u{a0}/",
            "\u{2028}//",
            "https:/\\",
            "////",
            "/\\/",
            "/\t\\",
            "..//",
            "?//",
            "#//",
        ];
        let mut tried = 0;
        for start in starts {
            for host in hosts {
                for end in ["", "?x", "#x", "%2f", "\\"] {
                    let text = format!("{start}{host}{end}");
                    assert_eq!(own_path(Some(&text)), None, "{text:?}");
                    tried += 1;
                }
            }
        }
        assert!(tried > 500, "{tried}");
        for other in [
            "",
            "settings",
            "/sign-in?next=/",
            "/api/v1/session",
            "/oauth/callback/x",
        ] {
            assert_eq!(own_path(Some(other)), None, "{other}");
        }
        assert_eq!(own_path(Some(&format!("/{}", "a".repeat(2_000)))), None);
    }
}
