//! Opening a message: fetched from the provider then and there, sanitized, forgotten.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use tenon_connectors::ports::{Content, MailPort, Part, Priority};
use tenon_model::MessageId;
use tenon_model::connection::{ConnectionStatus, FeatureState, feature_state};
use tenon_model::feature::Feature;
use tenon_model::policy::reason_text;
use tenon_store::ConnectionRow;

use super::bodies::Opened;
use super::html;
use super::threads::{MessageView, Reader};
use crate::{Actor, Ctx, Error, Result};

/// Inline images shown inside a message, in bytes together; beyond it they stay attachments.
const INLINE_LIMIT: u64 = 6 << 20;

/// An opened message.
#[derive(Debug, Clone)]
pub struct OpenedView {
    /// Its metadata.
    pub message: MessageView,
    /// Its body.
    pub body: BodyView,
    /// Its attachments.
    pub attachments: Vec<AttachmentView>,
    /// All headers.
    pub headers: Vec<(String, String)>,
}

/// What is said of the body; the body itself is a document of its own.
#[derive(Debug, Clone)]
pub struct BodyView {
    /// `html`, `text` or `none`.
    pub kind: &'static str,
    /// Remote images that were taken out.
    pub remote_images_blocked: u64,
    /// Whether earlier mail is quoted in it.
    pub quoted: bool,
    /// What could not be read, code and plain words.
    pub problem: Option<(&'static str, &'static str)>,
}

/// An attachment.
#[derive(Debug, Clone)]
pub struct AttachmentView {
    /// Part path, `1.2`.
    pub id: String,
    /// File name, may be empty.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// Whether it is shown inside the body.
    pub inline: bool,
}

pub(super) struct Target {
    pub(super) row: ConnectionRow,
    pub(super) provider_id: String,
    pub(super) view: MessageView,
}

/// The message, if the member may see it and its connection can be asked.
pub(super) async fn target(ctx: &Ctx, actor: &Actor, id: MessageId) -> Result<Target> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let message = tx
        .messages()
        .get(id)
        .await?
        .ok_or(Error::NotFound("message"))?;
    let reader = Reader::open(ctx, &mut tx, message.connection_id).await?;
    let view = reader.message(&message)?;
    let row = reader.connection().clone();
    if row.status == ConnectionStatus::Revoked
        || feature_state(Feature::Mail, &row.features, &row.scopes, row.status) != FeatureState::On
    {
        return Err(Error::NeedsReauthorization);
    }
    Ok(Target {
        row,
        provider_id: message.provider_id,
        view,
    })
}

async fn fetch(ctx: &Ctx, target: &Target) -> Result<Arc<Opened>> {
    let id = target.view.id;
    if let Some(opened) = ctx.bodies.get(id, ctx.world.monotonic()) {
        return Ok(opened);
    }
    let port = ctx.mail_port(&target.row, Priority::Interactive).await?;
    let content = port.content(&target.provider_id).await?;
    let inline = Arc::new(inline_images(port.as_ref(), &target.provider_id, &content).await);
    let opened = Arc::new(Opened { content, inline });
    ctx.bodies
        .put(id, target.row.id, opened.clone(), ctx.world.monotonic());
    Ok(opened)
}

/// Inline images that the body refers to, as data addresses: the frame may load nothing else. One
/// that cannot be fetched is left out; it is still among the attachments.
async fn inline_images(
    port: &dyn MailPort,
    provider_id: &str,
    content: &Content,
) -> HashMap<String, String> {
    let Some(html) = &content.html else {
        return HashMap::new();
    };
    let mut room = INLINE_LIMIT;
    let mut out = HashMap::new();
    for part in &content.parts {
        let Some(content_id) = part
            .content_id
            .as_ref()
            .filter(|c| html.contains(c.as_str()))
        else {
            continue;
        };
        if !shown_image(part) || part.size > room {
            continue;
        }
        room -= part.size;
        if let Some(bytes) = collect(port, provider_id, part).await {
            out.insert(
                content_id.clone(),
                format!(
                    "data:{};base64,{}",
                    part.content_type,
                    STANDARD.encode(bytes)
                ),
            );
        }
    }
    out
}

fn shown_image(part: &Part) -> bool {
    // Not SVG: it is a document, not only a picture.
    [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/bmp",
    ]
    .contains(&part.content_type.as_str())
}

async fn collect(port: &dyn MailPort, provider_id: &str, part: &Part) -> Option<Vec<u8>> {
    let mut stream = port.attachment(provider_id, &part.id).await.ok()?;
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk.ok()?);
        if bytes.len() as u64 > INLINE_LIMIT {
            return None;
        }
    }
    Some(bytes)
}

/// Opens a message.
pub async fn open(ctx: &Ctx, actor: &Actor, id: MessageId) -> Result<OpenedView> {
    let target = target(ctx, actor, id).await?;
    let opened = fetch(ctx, &target).await?;
    let content = &opened.content;
    let rendered = html::render(content, &opened.inline, false);
    let problem = content
        .problems
        .first()
        .map(|code| (*code, reason_text(code, actor.locale)));
    let problem = problem.or_else(|| {
        rendered
            .problem
            .map(|code| (code, reason_text(code, actor.locale)))
    });
    let kind = if content.html.is_some() {
        "html"
    } else if content.text.is_some() {
        "text"
    } else {
        "none"
    };
    Ok(OpenedView {
        message: target.view,
        body: BodyView {
            kind,
            remote_images_blocked: rendered.remote_images,
            quoted: rendered.quoted,
            problem,
        },
        attachments: content
            .parts
            .iter()
            .map(|p| AttachmentView {
                id: p.id.clone(),
                name: p.name.clone(),
                content_type: p.content_type.clone(),
                size: p.size,
                inline: p.inline
                    && p.content_id
                        .as_ref()
                        .is_some_and(|c| opened.inline.contains_key(c)),
            })
            .collect(),
        headers: content.headers.clone(),
    })
}

/// The body as a document for the sandboxed frame.
pub async fn body_html(ctx: &Ctx, actor: &Actor, id: MessageId, dark: bool) -> Result<String> {
    let target = target(ctx, actor, id).await?;
    let opened = fetch(ctx, &target).await?;
    Ok(html::render(&opened.content, &opened.inline, dark).document)
}
