//! What changes of fields, pipelines, teams and views share: they come one after the other in a workspace,
//! are made by whoever may as of now, and are told to everybody.

use tenon_model::MemberId;
use tenon_model::event::EventKind;
use tenon_model::member::Role;
use tenon_model::records::{COLORS, fold};
use tenon_store::Tx;

use crate::{Actor, Ctx, Error, Result, access};

/// Characters of a name that people read.
pub(crate) const LONGEST_NAME: usize = 100;

/// Begins a change. Others of the workspace wait for its end, so that limits and names hold.
pub(crate) async fn begin(ctx: &Ctx, actor: &Actor) -> Result<(Tx, Role)> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    tx.workspaces().hold().await?;
    let acting = access::acting(ctx, &mut tx, actor).await?;
    let role = acting.role();
    Ok((tx, role))
}

/// Refuses who does not manage the workspace.
pub(crate) fn managers_only(role: Role) -> Result<()> {
    if matches!(role, Role::Owner | Role::Admin) {
        Ok(())
    } else {
        Err(Error::Forbidden)
    }
}

/// Refuses who only reads.
pub(crate) fn no_viewers(role: Role) -> Result<()> {
    if role == Role::Viewer {
        Err(Error::Forbidden)
    } else {
        Ok(())
    }
}

/// Tells the workspace that something changed, or one member, whom alone it concerns.
pub(crate) async fn tell(tx: &mut Tx, actor: &Actor, only: Option<MemberId>) -> Result<()> {
    let kind = EventKind::RecordSetupChanged;
    let subject = actor.workspace.to_string();
    Ok(tx.events().append(kind, only, subject).await?)
}

/// A name that people read; `field` is where it came from.
pub(crate) fn name(field: &str, text: &str) -> Result<String> {
    let text = text.trim();
    let fits = !text.is_empty()
        && text.chars().count() <= LONGEST_NAME
        && !text.chars().any(char::is_control);
    if fits {
        Ok(text.to_owned())
    } else {
        Err(Error::field(field, "must have 1 to 100 characters"))
    }
}

/// Refuses a name that another one has, in any letter case.
pub(crate) fn unlike<'n>(
    field: &str,
    wanted: &str,
    mut others: impl Iterator<Item = &'n str>,
) -> Result<()> {
    let wanted = fold(wanted);
    if others.any(|other| fold(other) == wanted) {
        return Err(Error::field(field, "is taken; choose another name"));
    }
    Ok(())
}

/// A colour of the palette; without one, the usual one.
pub(crate) fn color(field: &str, color: Option<u8>, usual: u8) -> Result<u8> {
    match color {
        None => Ok(usual % COLORS),
        Some(color) if color < COLORS => Ok(color),
        Some(_) => Err(Error::field(field, "must be from 0 to 15")),
    }
}
