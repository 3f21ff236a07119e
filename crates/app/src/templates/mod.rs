//! Templates and snippets of mail (requirement S5): a member's own, and those that the workspace shares. Their texts are
//! sealed under the workspace's key.

mod variables;

use serde::{Deserialize, Serialize};
use tenon_model::member::Role;
use tenon_model::template::{Filled, LONGEST_HTML, LONGEST_SUBJECT, Template, TemplateError};
use tenon_model::{MemberId, RecordId, TemplateId, Time};
use tenon_store::{TemplateRow, Tx};
use tenon_vault::{Context, DataKey};

use crate::record_setup::{begin, name, no_viewers, tell};
use crate::{Actor, Ctx, Error, Result};

pub(crate) use variables::Filler;
pub use variables::{About, Variable};

/// Templates of one member.
const MOST: u64 = 500;
/// Characters of the path of a folder.
const LONGEST_FOLDER: usize = 200;

/// What a template is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TemplateKind {
    /// A whole message.
    Message,
    /// Words that are put where the cursor stands.
    Snippet,
}

/// What people write of a template.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Content {
    /// What it is for.
    pub kind: TemplateKind,
    /// What people read in lists.
    pub name: String,
    /// Where it lies: names with `/` between them; empty at the top.
    pub folder: String,
    /// With variables; empty for snippets.
    pub subject: String,
    /// With variables.
    pub html: String,
}

/// A template as the one who asks sees it.
#[derive(Clone)]
pub struct TemplateView {
    /// Id.
    pub id: TemplateId,
    /// Whose it is.
    pub owner: MemberId,
    /// Whether colleagues see it.
    pub shared: bool,
    /// Whether the asking member may change it.
    pub editable: bool,
    /// What it says.
    pub content: Content,
    /// Counts its changes.
    pub version: i64,
    /// When it was changed last.
    pub updated_at: Time,
}

/// One's own templates and those that colleagues share, by folder and name.
pub async fn templates(ctx: &Ctx, actor: &Actor) -> Result<Vec<TemplateView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let rows = tx.templates().list().await?;
    if rows.is_empty() {
        return Ok(Vec::new());
    }
    let key = ctx.keys.workspace(&mut tx, actor.workspace).await?;
    drop(tx);
    let seen: Result<Vec<_>> = rows
        .iter()
        .map(|r| seen(actor, actor.role, &key, r))
        .collect();
    let mut views = seen?;
    views.sort_by_cached_key(|v| {
        (
            v.content.folder.to_lowercase(),
            v.content.name.to_lowercase(),
        )
    });
    Ok(views)
}

/// Keeps a new template of the member's own.
pub async fn keep(
    ctx: &Ctx,
    actor: &Actor,
    content: Content,
    shared: bool,
) -> Result<TemplateView> {
    ctx.keys.warm_workspace(actor.workspace).await?;
    let (mut tx, role) = begin(ctx, actor).await?;
    no_viewers(role)?;
    if tx.templates().count_of(actor.member).await? >= MOST {
        return Err(Error::field(
            "name",
            "must wait: 500 templates are kept; remove one first",
        ));
    }
    let content = checked(&mut tx, actor, content).await?;
    let key = ctx.keys.workspace(&mut tx, actor.workspace).await?;
    let now = ctx.world.now();
    let id = ctx.world.id();
    let row = TemplateRow {
        id,
        workspace_id: actor.workspace,
        member_id: actor.member,
        shared,
        content: sealed(ctx, &key, id, &content)?,
        version: 1,
        created_at: now,
        updated_at: now,
    };
    tx.templates().insert(&row).await?;
    tell(&mut tx, actor, (!shared).then_some(actor.member)).await?;
    tx.commit().await?;
    seen(actor, role, &key, &row)
}

/// Changes a template of which this version was read: one's own, or as an owner or administrator one that is shared.
pub async fn change(
    ctx: &Ctx,
    actor: &Actor,
    id: TemplateId,
    content: Content,
    shared: bool,
    version: i64,
) -> Result<TemplateView> {
    ctx.keys.warm_workspace(actor.workspace).await?;
    let (mut tx, role) = begin(ctx, actor).await?;
    let before = changeable(&mut tx, actor, role, id).await?;
    let content = checked(&mut tx, actor, content).await?;
    let key = ctx.keys.workspace(&mut tx, actor.workspace).await?;
    let row = TemplateRow {
        shared,
        content: sealed(ctx, &key, id, &content)?,
        version: version.saturating_add(1),
        updated_at: ctx.world.now(),
        ..before.clone()
    };
    if !tx.templates().save(&row).await? {
        return Err(Error::TemplateChanged);
    }
    let everybody = before.shared || shared;
    tell(&mut tx, actor, (!everybody).then_some(row.member_id)).await?;
    tx.commit().await?;
    seen(actor, role, &key, &row)
}

/// Forgets a template: one's own, or as an owner or administrator one that is shared.
pub async fn forget(ctx: &Ctx, actor: &Actor, id: TemplateId) -> Result<()> {
    let (mut tx, role) = begin(ctx, actor).await?;
    let row = changeable(&mut tx, actor, role, id).await?;
    tx.templates().delete(id).await?;
    tell(&mut tx, actor, (!row.shared).then_some(row.member_id)).await?;
    Ok(tx.commit().await?)
}

/// The variables there are, in alphabetical order.
pub async fn variables(ctx: &Ctx, actor: &Actor) -> Result<Vec<Variable>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    variables::list(&mut tx).await
}

/// Fills a template in, as far as there are values: what is missing stays as a variable, and is named.
pub async fn preview(
    ctx: &Ctx,
    actor: &Actor,
    template: &Template,
    about: About,
) -> Result<Filled> {
    fits(template)?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let filler = Filler::open(&mut tx, actor).await?;
    let variables = filler.about(&mut tx, about).await?;
    drop(tx);
    template.preview(&variables).map_err(|e| refused(&e))
}

/// What a template is filled in with.
impl About {
    /// Of a record and of an address; the record comes first where both say something.
    pub fn new(record: Option<RecordId>, address: Option<String>) -> Self {
        Self { record, address }
    }
}

async fn changeable(tx: &mut Tx, actor: &Actor, role: Role, id: TemplateId) -> Result<TemplateRow> {
    let row = tx.templates().get(id).await?;
    let row = row.ok_or(Error::NotFound("template"))?;
    if editable(actor, role, &row) {
        Ok(row)
    } else {
        Err(Error::Forbidden)
    }
}

fn editable(actor: &Actor, role: Role, row: &TemplateRow) -> bool {
    match role {
        Role::Owner | Role::Admin => true,
        Role::Member => row.member_id == actor.member,
        Role::Viewer => false,
    }
}

fn context(id: TemplateId) -> Context<'static> {
    Context::new("templates", "content", id.0)
}

fn sealed(
    ctx: &Ctx,
    key: &DataKey,
    id: TemplateId,
    content: &Content,
) -> Result<tenon_vault::Sealed> {
    let json = serde_json::to_vec(content).map_err(|_| Error::Internal("template_json".into()))?;
    Ok(key.seal(&ctx.world, &context(id), &json)?)
}

fn seen(actor: &Actor, role: Role, key: &DataKey, row: &TemplateRow) -> Result<TemplateView> {
    let json = key.open(&context(row.id), &row.content)?;
    let content =
        serde_json::from_slice(&json).map_err(|_| Error::Internal("template_json".into()))?;
    Ok(TemplateView {
        id: row.id,
        owner: row.member_id,
        shared: row.shared,
        editable: editable(actor, role, row),
        content,
        version: row.version,
        updated_at: row.updated_at,
    })
}

/// What is kept of what was written, if a mail can be made of it.
async fn checked(tx: &mut Tx, actor: &Actor, content: Content) -> Result<Content> {
    let folder = content
        .folder
        .split('/')
        .map(str::trim)
        .filter(|part| !part.is_empty())
        .collect::<Vec<_>>()
        .join("/");
    if folder.chars().count() > LONGEST_FOLDER || folder.chars().any(char::is_control) {
        return Err(Error::field("folder", "must have at most 200 characters"));
    }
    let subject = match content.kind {
        TemplateKind::Message => content.subject.trim().to_owned(),
        TemplateKind::Snippet => String::new(),
    };
    let template = Template {
        subject,
        html: content.html,
    };
    fits(&template)?;
    let filler = Filler::open(tx, actor).await?;
    template.check(filler.empty()).map_err(|e| refused(&e))?;
    Ok(Content {
        kind: content.kind,
        name: name("name", &content.name)?,
        folder,
        subject: template.subject,
        html: template.html,
    })
}

pub(crate) fn fits(template: &Template) -> Result<()> {
    if template.subject.chars().count() > LONGEST_SUBJECT {
        return Err(Error::field(
            "subject",
            "must have at most 1,000 characters",
        ));
    }
    if template.subject.chars().any(char::is_control) {
        return Err(Error::field("subject", "must be one line"));
    }
    if template.html.len() > LONGEST_HTML {
        return Err(Error::field("html", "must have at most 200,000 bytes"));
    }
    Ok(())
}

/// Each variable that is wrong is named, so that all can be mended at once.
pub(crate) fn refused(error: &TemplateError) -> Error {
    match error {
        TemplateError::Syntax { part, detail } => {
            Error::field(part, &format!("cannot be read: {detail}"))
        }
        TemplateError::Unknown(names) => {
            Error::field("variables", &format!("do not exist: {}", names.join(", ")))
        }
        TemplateError::Missing(names) => {
            Error::field("variables", &format!("have no value: {}", names.join(", ")))
        }
        TemplateError::TooMuch => Error::field("html", "takes too much work; make it simpler"),
    }
}
