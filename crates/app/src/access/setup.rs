//! The first start: whoever holds the printed link becomes the owner.

use secrecy::SecretString;
use tenon_model::Scope;
use tenon_model::audit::AuditAction;
use tenon_model::member::Role;
use tenon_store::Workspace;

use super::device::Browser;
use super::members::{self, NewMemberInput};
use super::sessions::{self, Entry, SignedIn, token_hash};
use crate::audit::note;
use crate::{Ctx, Error, Result, pipelines};

/// What the set-up page sends.
pub struct Setup {
    /// From the printed link.
    pub token: String,
    /// Name of the first workspace.
    pub workspace_name: String,
    /// The owner's name.
    pub name: String,
    /// The owner's sign-in address.
    pub email: String,
    /// Password.
    pub password: SecretString,
    /// Language tag.
    pub locale: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Where they come from.
    pub browser: Browser,
}

/// Whether the server has no workspace yet.
pub async fn setup_needed(ctx: &Ctx) -> Result<bool> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    Ok(tx.workspaces().count().await? == 0)
}

/// The token of the set-up link; made anew at each start, so that an old log line is worthless.
pub fn setup_token(ctx: &Ctx) -> SecretString {
    ctx.setup_token.to_string().into()
}

/// Makes workspace and owner, and signs the owner in.
pub async fn setup(ctx: &Ctx, input: Setup) -> Result<SignedIn> {
    if !setup_needed(ctx).await? {
        return Err(Error::AlreadySetUp);
    }
    // Hashes are compared, so the time of the comparison tells nothing of the token.
    if token_hash(&input.token) != token_hash(&ctx.setup_token) {
        return Err(Error::SetupTokenInvalid);
    }
    let name = input.workspace_name.trim();
    if name.is_empty() || name.chars().count() > 200 {
        return Err(Error::field(
            "workspace_name",
            "must have 1 to 200 characters",
        ));
    }
    let now = ctx.world.now();
    let workspace = Workspace {
        id: ctx.world.id(),
        name: name.to_owned(),
        created_at: now,
    };
    let owner = NewMemberInput {
        workspace: None,
        email: input.email,
        name: input.name,
        role: Role::Owner,
        password: input.password,
        locale: input.locale,
        time_zone: input.time_zone,
    };
    let owner = members::prepare(ctx, owner).await?;
    let key = ctx.keys.make().await?;
    let (mut tx, key) = ctx.keys.begin(&Scope::system(), key).await?;
    if tx.workspaces().count().await? > 0 {
        return Err(Error::AlreadySetUp);
    }
    tx.workspaces().insert(&workspace).await?;
    let created = note(AuditAction::WorkspaceCreated).by(owner.id);
    created.add(&ctx.keys, &mut tx, workspace.id)?;
    ctx.keys.insert(&mut tx, key, workspace.id, None).await?;
    let member = members::insert(&mut tx, workspace.id, owner).await?;
    pipelines::make_defaults(ctx, &mut tx, &member).await?;
    members::joined(&member, "setup").add(&ctx.keys, &mut tx, workspace.id)?;
    let signed_in = sessions::start(
        ctx,
        &mut tx,
        &member,
        &input.browser,
        Entry::here("password"),
    )
    .await?;
    tx.commit().await?;
    Ok(signed_in)
}
