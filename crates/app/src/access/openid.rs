//! Sign-in at an OpenID Connect issuer: begin, and what the issuer's answer leads to.
//!
//! An account is known by issuer and subject, never by its address. The first time it gets in by an
//! invitation to its verified address, or because the workspace allows the address's domain and the
//! issuer vouches for that. Somebody who has an account here already adds the issuer's in the
//! settings: an address alone takes nobody's account over.

use std::sync::Arc;
use std::time::Duration;

use secrecy::SecretString;
use tenon_connectors::openid::{Identity as Who, OpenId, SignInRequest};
use tenon_connectors::{ProviderError, Reaction};
use tenon_model::member::Role;
use tenon_model::policy::Locale;
use tenon_model::{IdentityId, Scope, Time, WorkspaceId};
use tenon_store::{Identity, Member, SignInFlow, StoreError, Tx};
use tenon_vault::Context;
use url::Url;

use super::device::Browser;
use super::invitations::{self, email_index};
use super::members::{self, own};
use super::sessions::{self, SignedIn, proven, random_token, token_hash};
use crate::{Actor, Ctx, Error, Result};

/// How long a person may take at the issuer.
const FLOW_LIFE: Duration = Duration::from_mins(15);
/// Longest own address that is remembered.
const LONGEST_NEXT: usize = 1_000;

/// An issuer on the sign-in page.
#[derive(Debug, Clone)]
pub struct IssuerView {
    /// Its name in addresses.
    pub name: String,
    /// Its name for people.
    pub label: String,
}

/// An account at an issuer, as its owner sees it.
#[derive(Debug, Clone)]
pub struct IdentityView {
    /// Id.
    pub id: IdentityId,
    /// The issuer's name for people; its identifier when it is set up no longer.
    pub label: String,
    /// The account's address there; may be empty.
    pub account: String,
    /// When it was added.
    pub created_at: Time,
    /// Last sign-in by it.
    pub last_used_at: Time,
}

/// What the sign-in page sends.
#[derive(Default)]
pub struct Begin {
    /// The issuer's name in addresses.
    pub issuer: String,
    /// The token of an invitation that is to be accepted.
    pub invitation: Option<String>,
    /// The page to go to afterwards.
    pub next: Option<String>,
    /// Language of a new member's pages.
    pub locale: String,
    /// Time zone of a new member.
    pub time_zone: String,
    /// The cookie that marks the browser for the time of its sign-ins, if it has one.
    pub mark: Option<SecretString>,
}

/// Where a sign-in goes on.
pub struct Begun {
    /// The issuer's page.
    pub authorize_url: Url,
    /// The cookie that marks the browser: no other browser can end what this one began.
    pub mark: SecretString,
    /// For how long.
    pub life: Duration,
}

/// What the issuer sends back with the browser.
#[derive(Default)]
pub struct IssuerAnswer {
    /// The issuer whose address was called.
    pub issuer: String,
    /// `state`.
    pub state: Option<String>,
    /// `code`.
    pub code: Option<String>,
    /// `iss` (RFC 9207).
    pub iss: Option<String>,
    /// `error`.
    pub error: Option<String>,
    /// The cookie that marks the browser.
    pub mark: Option<SecretString>,
}

/// What came of it.
pub enum Outcome {
    /// A session, and the page to go to.
    SignedIn(Box<SignedIn>, String),
    /// The account was added to the one who is signed in.
    Added,
}

/// Why nothing came of it; a word for the web app's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The word.
    pub word: &'static str,
    /// Whether it is the settings page that asked.
    pub adding: bool,
}

impl From<&'static str> for Refusal {
    fn from(word: &'static str) -> Self {
        Self {
            word,
            adding: false,
        }
    }
}

impl From<Error> for Refusal {
    fn from(e: Error) -> Self {
        tracing::warn!(code = e.code(), "sign-in at an issuer");
        "sign_in_failed".into()
    }
}

impl From<StoreError> for Refusal {
    fn from(e: StoreError) -> Self {
        Error::from(e).into()
    }
}

fn find<'c>(ctx: &'c Ctx, name: &str) -> Option<&'c Arc<OpenId>> {
    ctx.issuers.iter().find(|i| i.name() == name)
}

/// The issuers that the operator has set up.
pub fn issuers(ctx: &Ctx) -> Vec<IssuerView> {
    ctx.issuers
        .iter()
        .map(|i| IssuerView {
            name: i.name().to_owned(),
            label: i.label().to_owned(),
        })
        .collect()
}

/// One address per issuer (RFC 9700, 4.4.2), so that an answer cannot be taken for another's.
fn redirect_uri(ctx: &Ctx, issuer: &str) -> String {
    let base = ctx.config.public_url.as_str().trim_end_matches('/');
    format!("{base}/oauth/callback/{issuer}")
}

fn flow_context(state_hash: &[u8; 32]) -> Context<'static> {
    let mut row = [0; 16];
    row.copy_from_slice(&state_hash[..16]);
    Context::new("sign_in_flows", "verifier", uuid::Uuid::from_bytes(row))
}

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
    sound.then(|| next.to_owned())
}

/// Begins a sign-in, or the acceptance of an invitation.
pub async fn begin_at_issuer(ctx: &Ctx, input: Begin) -> Result<Begun> {
    if let Some(token) = &input.invitation {
        invitations::open_invitation(ctx, token).await?;
    }
    begin(ctx, input, None).await
}

/// Begins adding an account at an issuer to the one who is signed in.
pub async fn begin_adding(ctx: &Ctx, actor: &Actor, input: Begin) -> Result<Begun> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    proven(ctx, &mut tx, actor).await?;
    drop(tx);
    begin(ctx, input, Some(actor)).await
}

async fn begin(ctx: &Ctx, input: Begin, actor: Option<&Actor>) -> Result<Begun> {
    let issuer = find(ctx, &input.issuer).ok_or(Error::NotFound("issuer"))?;
    let now = ctx.world.now();
    let mark = input
        .mark
        .unwrap_or_else(|| random_token(&ctx.world).into());
    let request = SignInRequest {
        state: random_token(&ctx.world),
        nonce: random_token(&ctx.world),
        verifier: random_token(&ctx.world),
        redirect_uri: redirect_uri(ctx, issuer.name()),
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
        next: own_path(input.next.as_deref()),
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

fn mark_hash(mark: &SecretString) -> [u8; 32] {
    token_hash(secrecy::ExposeSecret::expose_secret(mark))
}

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
    let adding = flow.member_id.is_some();
    let outcome = finish(ctx, actor, &flow, &answer, browser).await;
    if let Err(refusal) = &outcome {
        tracing::info!(target: "audit", issuer = flow.issuer, word = refusal.word, "sign-in refused");
    }
    Some(outcome.map_err(|refusal| Refusal { adding, ..refusal }))
}

async fn take(ctx: &Ctx, state_hash: [u8; 32]) -> Result<Option<SignInFlow>> {
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
        add(ctx, actor, issuer, &who).await?;
        return Ok(Outcome::Added);
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

fn subject_index(ctx: &Ctx, issuer: &OpenId, who: &Who) -> [u8; 16] {
    let pair = format!("{} {}", issuer.issuer(), who.subject);
    ctx.keys.deployment().blind_index("identity", &pair)
}

async fn enter(
    ctx: &Ctx,
    flow: &SignInFlow,
    issuer: &OpenId,
    who: &Who,
    browser: &Browser,
) -> Result<SignedIn, Refusal> {
    let index = subject_index(ctx, issuer, who);
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let known = tx.identities().by_subject(issuer.issuer(), index).await?;
    let (member, is_new) = if let Some(identity) = known {
        tx.identities().touch(identity.id, ctx.world.now()).await?;
        let member = tx.members().get(identity.member_id).await?;
        (member.ok_or("sign_in_failed")?, false)
    } else {
        let member = first_time(ctx, &mut tx, flow, who).await?;
        insert(ctx, &mut tx, &member, issuer, who, index).await?;
        (member, true)
    };
    if member.disabled_at.is_some() {
        return Err("account_disabled".into());
    }
    let signed_in = sessions::start(ctx, &mut tx, &member, browser, issuer.name()).await?;
    tx.commit().await?;
    if is_new {
        invitations::announce(ctx, &member).await?;
    }
    Ok(signed_in)
}

/// Makes the member of an account that comes for the first time, if something lets it in.
async fn first_time(
    ctx: &Ctx,
    tx: &mut Tx,
    flow: &SignInFlow,
    who: &Who,
) -> Result<Member, Refusal> {
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
    tracing::info!(target: "audit", member = %member.id, %workspace, "joined by domain");
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

async fn insert(
    ctx: &Ctx,
    tx: &mut Tx,
    member: &Member,
    issuer: &OpenId,
    who: &Who,
    index: [u8; 16],
) -> Result<()> {
    let id: IdentityId = ctx.world.id();
    let now = ctx.world.now();
    let key = ctx.keys.workspace(tx, member.workspace_id).await?;
    let row = Identity {
        id,
        workspace_id: member.workspace_id,
        member_id: member.id,
        issuer: issuer.issuer().to_owned(),
        subject_index: index,
        account: key.seal(&ctx.world, &account_context(id), who.email.as_bytes())?,
        created_at: now,
        last_used_at: now,
    };
    tx.identities().insert(&row).await?;
    Ok(())
}

fn account_context(id: IdentityId) -> Context<'static> {
    Context::new("identities", "account", id.0)
}

async fn add(ctx: &Ctx, actor: &Actor, issuer: &OpenId, who: &Who) -> Result<(), Refusal> {
    let index = subject_index(ctx, issuer, who);
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let known = tx.identities().by_subject(issuer.issuer(), index).await?;
    drop(tx);
    match known {
        Some(row) if row.member_id == actor.member => return Ok(()),
        Some(_) => return Err("account_taken".into()),
        None => {}
    }
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let member = own(&mut tx, actor).await?;
    insert(ctx, &mut tx, &member, issuer, who, index).await?;
    sessions::tell(&mut tx, actor.member).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", member = %actor.member, issuer = issuer.name(), "sign-in account added");
    Ok(())
}

/// The member's accounts at issuers.
pub async fn identities(ctx: &Ctx, actor: &Actor) -> Result<Vec<IdentityView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let rows = tx.identities().list(actor.member).await?;
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let key = ctx.keys.workspace(&mut tx, row.workspace_id).await?;
        let account = key.open(&account_context(row.id), &row.account)?;
        let issuer = ctx.issuers.iter().find(|i| i.issuer() == row.issuer);
        out.push(IdentityView {
            id: row.id,
            label: issuer.map_or(row.issuer, |i| i.label().to_owned()),
            account: String::from_utf8_lossy(&account).into_owned(),
            created_at: row.created_at,
            last_used_at: row.last_used_at,
        });
    }
    Ok(out)
}

/// Takes one of the member's accounts away, if another way in is left.
pub async fn remove_identity(ctx: &Ctx, actor: &Actor, id: IdentityId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    proven(ctx, &mut tx, actor).await?;
    let member = own(&mut tx, actor).await?;
    let others = tx.identities().list(member.id).await?;
    if !others.iter().any(|i| i.id == id) {
        return Err(Error::NotFound("sign-in account"));
    }
    let keys = tx.passkeys().list(member.id).await?.len();
    if member.password_hash.is_none() && keys == 0 && others.len() == 1 {
        return Err(Error::field(
            "identity",
            "is your only way in; add a passkey or a password first",
        ));
    }
    tx.identities().delete(id).await?;
    sessions::tell(&mut tx, actor.member).await?;
    tx.commit().await?;
    tracing::info!(target: "audit", member = %actor.member, identity = %id, "sign-in account removed");
    Ok(())
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
