//! Invitations: a link with a token that works once, made by somebody who manages members, for one
//! address.

use std::time::Duration;

use secrecy::SecretString;
use tenon_model::audit::{AuditAction, AuditActor, AuditDetail, AuditTarget};
use tenon_model::member::Role;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{InvitationId, Scope, Time};
use tenon_store::{Invitation, Member, Tx};
use tenon_vault::Context;

use super::device::Browser;
use super::members::{self, NewMemberInput};
use super::people::{self, manager};
use super::sessions::{self, Entry, SignedIn, random_token, token_hash};
use super::standing::Held;
use crate::audit::note;
use crate::{Actor, Ctx, Error, Result};

/// How long a link holds.
const LIFE: Duration = Duration::from_hours(7 * 24);
/// Open invitations of one workspace.
const MOST: usize = 500;

/// An open invitation, for those who manage members.
#[derive(Debug, Clone)]
pub struct InvitationView {
    /// Id.
    pub id: InvitationId,
    /// Who is invited.
    pub email: String,
    /// What they will be allowed to do.
    pub role: Role,
    /// Who invited.
    pub invited_by: String,
    /// When.
    pub created_at: Time,
    /// Until when the link holds.
    pub expires_at: Time,
}

/// A new invitation, with its link: this is the only time that it is shown.
pub struct NewInvitation {
    /// The invitation.
    pub invitation: InvitationView,
    /// The link, for the person who is invited and nobody else.
    pub link: String,
}

/// What a link leads to.
#[derive(Debug, Clone)]
pub struct OpenedInvitation {
    /// Where one is invited to.
    pub workspace_name: String,
    /// Whom the invitation is for.
    pub email: String,
    /// What they will be allowed to do.
    pub role: Role,
    /// Until when the link holds.
    pub expires_at: Time,
}

/// What the page of an invitation sends.
pub struct Accept {
    /// From the link.
    pub token: String,
    /// Name.
    pub name: String,
    /// Password.
    pub password: SecretString,
    /// Language tag.
    pub locale: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Where they come from.
    pub browser: Browser,
}

/// An address with a token behind the `#`, which browsers send to no server and write to no log.
pub(super) fn link(ctx: &Ctx, page: &str, token: &str) -> String {
    let base = ctx.config.public_url.as_str().trim_end_matches('/');
    format!("{base}/{page}#token={token}")
}

pub(super) fn email_index(ctx: &Ctx, email: &str) -> [u8; 16] {
    ctx.keys
        .deployment()
        .blind_index("invitation", &email.to_lowercase())
}

fn context(id: InvitationId) -> Context<'static> {
    Context::new("invitations", "email", id.0)
}

async fn address(ctx: &Ctx, tx: &mut Tx, row: &Invitation) -> Result<String> {
    let key = ctx.keys.workspace(tx, row.workspace_id).await?;
    let bytes = key.open(&context(row.id), &row.email)?;
    String::from_utf8(bytes.to_vec()).map_err(|_| Error::Internal("invitation".into()))
}

async fn view(ctx: &Ctx, tx: &mut Tx, row: &Invitation) -> Result<InvitationView> {
    let by = tx.members().get(row.invited_by).await?;
    Ok(InvitationView {
        id: row.id,
        email: address(ctx, tx, row).await?,
        role: row.role,
        invited_by: by.map(|m| m.name).unwrap_or_default(),
        created_at: row.created_at,
        expires_at: row.expires_at,
    })
}

/// Invites somebody. An earlier invitation of the same address becomes void.
pub async fn invite(ctx: &Ctx, actor: &Actor, email: &str, role: Role) -> Result<NewInvitation> {
    let email =
        members::email(email).ok_or_else(|| Error::field("email", "must be an e-mail address"))?;
    ctx.keys.warm_workspace(actor.workspace).await?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let by = manager(ctx, &mut tx, actor).await?;
    let (row, link) = make(ctx, &mut tx, &by, actor.member.into(), &email, role).await?;
    let invitation = view(ctx, &mut tx, &row).await?;
    tx.commit().await?;
    Ok(NewInvitation { invitation, link })
}

/// The same for the command line, in the name of `by`; the link.
pub(super) async fn invite_for(ctx: &Ctx, by: &Member, email: &str, role: Role) -> Result<String> {
    let email =
        members::email(email).ok_or_else(|| Error::field("email", "must be an e-mail address"))?;
    ctx.keys.warm_workspace(by.workspace_id).await?;
    let mut tx = ctx.store.begin(&Scope::job(by.workspace_id)).await?;
    let (_, link) = make(ctx, &mut tx, by, AuditActor::Operator, &email, role).await?;
    tx.commit().await?;
    Ok(link)
}

async fn make(
    ctx: &Ctx,
    tx: &mut Tx,
    by: &Member,
    actor: AuditActor,
    email: &str,
    role: Role,
) -> Result<(Invitation, String)> {
    if !by.role.manages(role) {
        return Err(Error::Forbidden);
    }
    if tx.members().list().await?.iter().any(|m| m.email == *email) {
        return Err(Error::field(
            "email",
            "is a member of this workspace already",
        ));
    }
    let now = ctx.world.now();
    if tx.invitations().list(now).await?.len() >= MOST {
        return Err(Error::field(
            "email",
            "must wait: too many invitations are open",
        ));
    }
    let token = random_token(&ctx.world);
    let id: InvitationId = ctx.world.id();
    let key = ctx.keys.workspace(tx, by.workspace_id).await?;
    let row = Invitation {
        id,
        workspace_id: by.workspace_id,
        token_hash: token_hash(&token),
        email_index: email_index(ctx, email),
        email: key.seal(&ctx.world, &context(id), email.as_bytes())?,
        role,
        invited_by: by.id,
        created_at: now,
        expires_at: now + LIFE,
    };
    tx.invitations().put(&row).await?;
    people::tell(tx, by.workspace_id.to_string()).await?;
    let told = if sabotage::on(Saboteur::NameInLog) {
        email
    } else {
        role.as_str()
    };
    note(AuditAction::MemberInvited)
        .by(actor)
        .about(AuditTarget::Invitation(id))
        .with(AuditDetail::Role, told)
        .add(&ctx.keys, tx, by.workspace_id)?;
    Ok((row, link(ctx, "join", &token)))
}

/// The open invitations, newest first.
pub async fn invitations(ctx: &Ctx, actor: &Actor) -> Result<Vec<InvitationView>> {
    if !matches!(actor.role, Role::Owner | Role::Admin) {
        return Err(Error::Forbidden);
    }
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let rows = tx.invitations().list(ctx.world.now()).await?;
    let mut out = Vec::with_capacity(rows.len());
    for row in &rows {
        out.push(view(ctx, &mut tx, row).await?);
    }
    Ok(out)
}

/// Takes an invitation back.
pub async fn withdraw_invitation(ctx: &Ctx, actor: &Actor, id: InvitationId) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let by = manager(ctx, &mut tx, actor).await?;
    let row = tx
        .invitations()
        .get(id)
        .await?
        .ok_or(Error::NotFound("invitation"))?;
    if !by.role.manages(row.role) {
        return Err(Error::Forbidden);
    }
    tx.invitations().delete(id).await?;
    people::tell(&mut tx, actor.workspace.to_string()).await?;
    note(AuditAction::InvitationWithdrawn)
        .by(actor.member)
        .about(AuditTarget::Invitation(id))
        .add(&ctx.keys, &mut tx, actor.workspace)?;
    Ok(tx.commit().await?)
}

/// The invitation of a link, while it holds: the one who invited must still be allowed to.
pub(super) async fn find(ctx: &Ctx, tx: &mut Tx, hash: [u8; 32]) -> Result<(Invitation, String)> {
    let row = tx
        .invitations()
        .by_token_hash(hash)
        .await?
        .filter(|i| ctx.world.now() < i.expires_at)
        .ok_or(Error::LinkInvalid)?;
    let by = tx.members().get(row.invited_by).await?;
    if !by.is_some_and(|m| m.disabled_at.is_none() && m.role.manages(row.role)) {
        return Err(Error::LinkInvalid);
    }
    let email = address(ctx, tx, &row).await?;
    Ok((row, email))
}

/// What a link leads to.
pub async fn open_invitation(ctx: &Ctx, token: &str) -> Result<OpenedInvitation> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let (row, email) = find(ctx, &mut tx, token_hash(token)).await?;
    let workspace = tx
        .workspaces()
        .get(row.workspace_id)
        .await?
        .ok_or(Error::LinkInvalid)?;
    Ok(OpenedInvitation {
        workspace_name: workspace.name,
        email,
        role: row.role,
        expires_at: row.expires_at,
    })
}

/// Accepts an invitation with a password, and signs in.
pub async fn accept_invitation(ctx: &Ctx, input: Accept) -> Result<SignedIn> {
    let hash = token_hash(&input.token);
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let (row, email) = find(ctx, &mut tx, hash).await?;
    drop(tx);
    let new = NewMemberInput {
        workspace: None,
        email,
        name: input.name,
        role: row.role,
        password: input.password,
        locale: input.locale,
        time_zone: input.time_zone,
    };
    let member = members::prepare(ctx, new).await?;
    ctx.keys.warm_workspace(row.workspace_id).await?;
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let (row, _) = find(ctx, &mut tx, hash).await?;
    let member = join(ctx, &mut tx, &row, member).await?;
    let entry = Entry::here("password");
    let signed_in = sessions::start(ctx, &mut tx, &member, &input.browser, entry).await?;
    tx.commit().await?;
    announce(ctx, &member).await?;
    Ok(signed_in)
}

/// Uses the invitation up and makes the member, in the caller's transaction of the deployment.
pub(super) async fn join(ctx: &Ctx, tx: &mut Tx, row: &Invitation, member: Member) -> Result<Held> {
    if !tx.invitations().take(row.id).await? {
        return Err(Error::LinkInvalid);
    }
    let member = Member {
        role: row.role,
        ..member
    };
    let member = members::insert(tx, row.workspace_id, member).await?;
    let entry = members::joined(&member, "invitation");
    entry.add(&ctx.keys, tx, row.workspace_id)?;
    Ok(member)
}

/// Tells the workspace's open pages of a new member.
pub(super) async fn announce(ctx: &Ctx, member: &Member) -> Result<()> {
    let mut tx = ctx.store.begin(&Scope::job(member.workspace_id)).await?;
    people::tell(&mut tx, member.id.to_string()).await?;
    Ok(tx.commit().await?)
}
