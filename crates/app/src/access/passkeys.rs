//! Passkeys: add, list, rename, remove; sign in by one, and prove by one who is there.

use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use tenon_model::audit::{AuditAction, AuditTarget};
use tenon_model::{MemberId, PasskeyId, Scope, Time};
use tenon_store::{Challenge, Passkey, StoreError, Tx};

use super::device::Browser;
use super::sessions::{self, Entry, Renewed, SignedIn, random_token, token_hash};
use super::standing::{acting, held, proven};
use super::ways::ways;
use super::webauthn::{self, Assertion, Refused, RelyingParty};
use crate::audit;
use crate::{Actor, Ctx, Error, Result};

/// How long a person may take with their authenticator.
const CHALLENGE_LIFE: Duration = Duration::from_mins(5);
/// Passkeys of one member.
const MOST: usize = 20;

/// A passkey as its owner sees it.
#[derive(Debug, Clone)]
pub struct PasskeyView {
    /// Id.
    pub id: PasskeyId,
    /// What its owner calls it.
    pub name: String,
    /// Whether it is kept on several devices.
    pub synced: bool,
    /// When it was added.
    pub created_at: Time,
    /// Last use.
    pub last_used_at: Option<Time>,
}

/// What the browser needs to make a passkey (`PublicKeyCredentialCreationOptions`).
pub struct CreationOptions {
    /// Base64url.
    pub challenge: String,
    /// The host's name.
    pub rp_id: String,
    /// The member's id, base64url: it names nobody outside.
    pub user_id: String,
    /// Sign-in address, which the authenticator shows.
    pub user_name: String,
    /// Name, which the authenticator shows.
    pub display_name: String,
    /// COSE algorithm numbers, best first.
    pub algorithms: Vec<i64>,
    /// The member's passkeys, so that an authenticator makes no second one.
    pub known: Vec<String>,
    /// How long the person may take.
    pub timeout: Duration,
}

/// What the browser needs to use a passkey (`PublicKeyCredentialRequestOptions`).
pub struct RequestOptions {
    /// Base64url.
    pub challenge: String,
    /// The host's name.
    pub rp_id: String,
    /// Which passkeys may answer; none for any.
    pub allowed: Vec<String>,
    /// How long the person may take.
    pub timeout: Duration,
}

/// A new passkey as the browser tells it, each in base64url.
pub struct NewPasskey {
    /// What its owner calls it.
    pub name: String,
    /// `response.clientDataJSON`.
    pub client_data: String,
    /// `response.attestationObject`.
    pub attestation: String,
}

/// A passkey's answer as the browser tells it, each in base64url.
pub struct PasskeyAnswer {
    /// `rawId`.
    pub credential_id: String,
    /// `response.clientDataJSON`.
    pub client_data: String,
    /// `response.authenticatorData`.
    pub authenticator_data: String,
    /// `response.signature`.
    pub signature: String,
    /// `response.userHandle`.
    pub user_id: Option<String>,
}

impl From<Refused> for Error {
    fn from(Refused(why): Refused) -> Self {
        tracing::info!(target: "audit", why, "passkey refused");
        Self::PasskeyInvalid
    }
}

/// The name that passkeys are bound to; `None` when this server's address has none.
pub fn passkey_host(ctx: &Ctx) -> Option<String> {
    RelyingParty::new(&ctx.config.public_url).map(|party| party.id)
}

fn party(ctx: &Ctx) -> Result<RelyingParty> {
    RelyingParty::new(&ctx.config.public_url).ok_or(Error::NotFound("passkey"))
}

/// A fresh challenge for `purpose`, remembered until it is answered.
async fn challenge(ctx: &Ctx, purpose: &str, actor: Option<&Actor>) -> Result<String> {
    let challenge = random_token(&ctx.world);
    let row = Challenge {
        challenge_hash: token_hash(&challenge),
        purpose: purpose.to_owned(),
        session_id: actor.map(|a| a.session),
        expires_at: ctx.world.now() + CHALLENGE_LIFE,
    };
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    tx.challenges().insert(&row).await?;
    tx.commit().await?;
    Ok(challenge)
}

/// Takes the challenge that was answered: good once, for its purpose and session, whatever comes of it.
async fn answered(ctx: &Ctx, challenge: &str, purpose: &str, actor: Option<&Actor>) -> Result<()> {
    let hash = token_hash(challenge);
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let known = tx.challenges().is_known(hash).await?;
    drop(tx);
    let row = if known {
        let mut tx = ctx.store.begin(&Scope::system()).await?;
        let row = tx.challenges().take(hash).await?;
        tx.commit().await?;
        row
    } else {
        None // made up: not worth a turn among the writers
    };
    let fits = row.is_some_and(|c| {
        c.purpose == purpose
            && c.session_id == actor.map(|a| a.session)
            && ctx.world.now() < c.expires_at
    });
    if fits {
        Ok(())
    } else {
        Err(Refused("challenge").into())
    }
}

fn encode(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Begins to add a passkey.
pub async fn begin_passkey(ctx: &Ctx, actor: &Actor) -> Result<CreationOptions> {
    let party = party(ctx)?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let member = proven(ctx, &mut tx, actor).await?;
    let known = tx.passkeys().list(member.id).await?;
    drop(tx);
    if known.len() >= MOST {
        return Err(Error::field(
            "passkey",
            "is one too many; remove another first",
        ));
    }
    Ok(CreationOptions {
        challenge: challenge(ctx, "create", Some(actor)).await?,
        rp_id: party.id,
        user_id: encode(member.id.0.as_bytes()),
        user_name: member.email.clone(),
        display_name: member.name.clone(),
        algorithms: webauthn::ALGORITHMS.to_vec(),
        known: known.iter().map(|k| encode(&k.credential_id)).collect(),
        timeout: CHALLENGE_LIFE,
    })
}

fn sound_name(name: &str) -> Result<String> {
    let name = name.trim();
    let sound = (1..=100).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    sound
        .then(|| name.to_owned())
        .ok_or_else(|| Error::field("name", "must have 1 to 100 characters"))
}

/// Adds a passkey.
pub async fn add_passkey(ctx: &Ctx, actor: &Actor, input: NewPasskey) -> Result<PasskeyView> {
    let name = sound_name(&input.name)?;
    let party = party(ctx)?;
    let client_data = webauthn::bytes(&input.client_data)?;
    let given = party.challenge(&client_data, "webauthn.create")?;
    let created = party.created(&webauthn::bytes(&input.attestation)?)?;
    answered(ctx, &given, "create", Some(actor)).await?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    proven(ctx, &mut tx, actor).await?;
    if tx.passkeys().list(actor.member).await?.len() >= MOST {
        return Err(Error::field(
            "passkey",
            "is one too many; remove another first",
        ));
    }
    let row = Passkey {
        id: ctx.world.id(),
        workspace_id: actor.workspace,
        member_id: actor.member,
        credential_id: created.credential_id,
        public_key: created.public_key,
        sign_count: created.sign_count.into(),
        name,
        synced: created.synced,
        created_at: ctx.world.now(),
        last_used_at: None,
    };
    match tx.passkeys().insert(&row).await {
        Err(StoreError::Duplicate) => return Err(Error::PasskeyInvalid),
        other => other?,
    }
    sessions::tell(&mut tx, actor.member).await?;
    told(ctx, &mut tx, actor, AuditAction::PasskeyAdded, row.id)?;
    tx.commit().await?;
    Ok(view(row))
}

/// Tells the audit log what was done with a passkey.
fn told(ctx: &Ctx, tx: &mut Tx, actor: &Actor, action: AuditAction, id: PasskeyId) -> Result<()> {
    let entry = audit::note(action).by(actor.member);
    let entry = entry.about(AuditTarget::Passkey(id));
    Ok(entry.add(&ctx.keys, tx, actor.workspace)?)
}

fn view(row: Passkey) -> PasskeyView {
    PasskeyView {
        id: row.id,
        name: row.name,
        synced: row.synced,
        created_at: row.created_at,
        last_used_at: row.last_used_at,
    }
}

/// The member's passkeys, oldest first.
pub async fn passkeys(ctx: &Ctx, actor: &Actor) -> Result<Vec<PasskeyView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let rows = tx.passkeys().list(actor.member).await?;
    Ok(rows.into_iter().map(view).collect())
}

/// Gives a passkey another name.
pub async fn rename_passkey(ctx: &Ctx, actor: &Actor, id: PasskeyId, name: &str) -> Result<()> {
    let name = sound_name(name)?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    if !tx.passkeys().rename(id, &name).await? {
        return Err(Error::NotFound("passkey"));
    }
    sessions::tell(&mut tx, actor.member).await?;
    told(ctx, &mut tx, actor, AuditAction::PasskeyRenamed, id)?;
    Ok(tx.commit().await?)
}

/// Removes a passkey, if another way in is left that works.
pub async fn remove_passkey(ctx: &Ctx, actor: &Actor, id: PasskeyId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let member = proven(ctx, &mut tx, actor).await?;
    if !tx.passkeys().delete(id).await? {
        return Err(Error::NotFound("passkey"));
    }
    if !ways(ctx, &mut tx, &member).await?.any() {
        return Err(Error::field(
            "passkey",
            "is your only way in; add a password or another passkey first",
        ));
    }
    sessions::tell(&mut tx, actor.member).await?;
    told(ctx, &mut tx, actor, AuditAction::PasskeyRemoved, id)?;
    Ok(tx.commit().await?)
}

/// Begins a sign-in by passkey. Nobody says who they are: the passkey does.
pub async fn begin_passkey_sign_in(ctx: &Ctx, browser: &Browser) -> Result<RequestOptions> {
    let party = party(ctx)?;
    ctx.beginnings
        .one_more(browser.source, ctx.world.monotonic())?;
    Ok(RequestOptions {
        challenge: challenge(ctx, "sign_in", None).await?,
        rp_id: party.id,
        allowed: Vec::new(),
        timeout: CHALLENGE_LIFE,
    })
}

/// Begins a proof by passkey.
pub async fn begin_passkey_proof(ctx: &Ctx, actor: &Actor) -> Result<RequestOptions> {
    let party = party(ctx)?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let known = tx.passkeys().list(actor.member).await?;
    drop(tx);
    Ok(RequestOptions {
        challenge: challenge(ctx, "proof", Some(actor)).await?,
        rp_id: party.id,
        allowed: known.iter().map(|k| encode(&k.credential_id)).collect(),
        timeout: CHALLENGE_LIFE,
    })
}

/// A passkey's answer whose signature holds; it counts for something once it is noted.
struct Signature {
    passkey: PasskeyId,
    member: MemberId,
    count: i64,
    synced: bool,
}

/// Which passkey has just answered.
async fn verified(
    ctx: &Ctx,
    input: &PasskeyAnswer,
    purpose: &str,
    actor: Option<&Actor>,
) -> Result<Signature> {
    let party = party(ctx)?;
    let client_data = webauthn::bytes(&input.client_data)?;
    let given = party.challenge(&client_data, "webauthn.get")?;
    let id = webauthn::bytes(&input.credential_id)?;
    let authenticator_data = webauthn::bytes(&input.authenticator_data)?;
    let signature = webauthn::bytes(&input.signature)?;
    answered(ctx, &given, purpose, actor).await?;
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let row = tx.passkeys().by_credential(&id).await?;
    drop(tx);
    let row = row.ok_or(Refused("unknown"))?;
    let owner = encode(row.member_id.0.as_bytes());
    // A passkey that the browser found by itself says whose it is (7.2, step 6).
    let named = input.user_id.as_deref();
    if named.is_some_and(|user| user != owner) || (actor.is_none() && named.is_none()) {
        return Err(Refused("user_handle").into());
    }
    let answer = Assertion {
        client_data: &client_data,
        authenticator_data: &authenticator_data,
        signature: &signature,
    };
    let signed = party.signed(&row.public_key, &answer)?;
    Ok(Signature {
        passkey: row.id,
        member: row.member_id,
        count: signed.sign_count.into(),
        synced: signed.synced,
    })
}

/// Notes a signature in the caller's transaction, which holds the member. A count that does not grow is
/// the mark of a copy (7.2, step 22); a passkey that was removed meanwhile counts for nothing.
async fn note(ctx: &Ctx, tx: &mut Tx, signed: &Signature) -> Result<()> {
    let Signature { count, synced, .. } = *signed;
    let now = ctx.world.now();
    if !tx
        .passkeys()
        .used(signed.passkey, count, synced, now)
        .await?
    {
        return Err(Refused("sign_count").into());
    }
    Ok(())
}

/// Signs in by a passkey. It is two factors by itself, so no code is asked for.
pub async fn sign_in_by_passkey(
    ctx: &Ctx,
    input: PasskeyAnswer,
    browser: &Browser,
) -> Result<SignedIn> {
    let signed = verified(ctx, &input, "sign_in", None).await?;
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let member = held(&mut tx, signed.member).await?;
    let member = member.ok_or(Refused("disabled"))?;
    note(ctx, &mut tx, &signed).await?;
    let entry = Entry::here("passkey");
    let signed_in = sessions::start(ctx, &mut tx, &member, browser, entry).await?;
    tx.commit().await?;
    Ok(signed_in)
}

/// The person who is signed in proves by a passkey of theirs that it is they.
pub async fn prove_by_passkey(ctx: &Ctx, actor: &Actor, input: PasskeyAnswer) -> Result<Renewed> {
    let signed = verified(ctx, &input, "proof", Some(actor)).await?;
    if signed.member != actor.member {
        return Err(Refused("other_member").into());
    }
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let acting = acting(ctx, &mut tx, actor).await?;
    note(ctx, &mut tx, &signed).await?;
    let renewed = sessions::renew(ctx, &mut tx, &acting).await?;
    tx.commit().await?;
    Ok(renewed)
}
