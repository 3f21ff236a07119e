//! Opening a message: fetched from the provider then and there, sanitized, forgotten.

use std::collections::HashMap;
use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures::StreamExt as _;
use tenon_connectors::ports::{Content, MailPort, Part, Priority};
use tenon_model::connection::{ConnectionStatus, FeatureState, feature_state};
use tenon_model::feature::Feature;
use tenon_model::policy::reason_text;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{MemberId, MessageId};
use tenon_store::ConnectionRow;

use super::bodies::Opened;
use super::guard;
use super::html;
use super::images;
use super::reading::{MessageReading, reading_message, still_lent};
use super::threads::{MessageView, Reader};
use crate::{Actor, Ctx, Error, Result};

/// Inline images shown inside a message, in bytes together; beyond it they stay attachments.
const INLINE_LIMIT: u64 = 6 << 20;

/// An opened message.
#[derive(Clone)]
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
    /// Whether the member wants to see the images of this sender without being asked.
    pub images_shown: bool,
    /// Whether earlier mail is quoted in it.
    pub quoted: bool,
    /// What could not be read, code and plain words.
    pub problem: Option<(&'static str, &'static str)>,
}

/// An attachment.
#[derive(Clone)]
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

pub(crate) struct Target {
    pub(crate) row: ConnectionRow,
    pub(crate) provider_id: String,
    pub(crate) view: MessageView,
    /// Whose mailbox it is in, when it is somebody else's.
    pub(super) lender: Option<MemberId>,
}

/// The message, if it is in a mailbox of the member's own and its connection can be asked.
pub(crate) async fn target(ctx: &Ctx, actor: &Actor, id: MessageId) -> Result<Target> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let message = tx
        .messages()
        .get(id)
        .await?
        .ok_or(Error::NotFound("message"))?;
    let lender = None;
    targeted(
        ctx,
        MessageReading {
            tx,
            message,
            lender,
        },
    )
    .await
}

/// The message, if the member may read it, be it because it is shared, and its connection can be asked.
pub(super) async fn readable(ctx: &Ctx, actor: &Actor, id: MessageId) -> Result<Target> {
    targeted(ctx, reading_message(ctx, actor, id).await?).await
}

/// The opened message, and asked once more after the provider has taken its time: sharing may have ended.
pub(super) async fn opened(
    ctx: &Ctx,
    actor: &Actor,
    id: MessageId,
) -> Result<(Target, Arc<Opened>)> {
    let target = readable(ctx, actor, id).await?;
    let opened = fetch(ctx, &target).await?;
    target.still_readable(ctx, actor).await?;
    Ok((target, opened))
}

impl Target {
    /// Refuses what is no longer the member's to read.
    pub(super) async fn still_readable(&self, ctx: &Ctx, actor: &Actor) -> Result<()> {
        if self.lender.is_some() && !still_lent(ctx, actor, self.view.id).await? {
            return Err(Error::NotFound("message"));
        }
        Ok(())
    }
}

async fn targeted(ctx: &Ctx, reading: MessageReading) -> Result<Target> {
    let MessageReading {
        mut tx,
        message,
        lender,
    } = reading;
    let mut reader = Reader::open(ctx, &mut tx, message.connection_id).await?;
    if lender.is_some() {
        reader = reader.for_others();
    }
    let view = reader.message(&message)?;
    let row = reader.connection().clone();
    if row.status == ConnectionStatus::Paused {
        return Err(Error::Paused); // a pause asks nothing of the provider, on nobody's behalf
    }
    if row.status == ConnectionStatus::Revoked
        || feature_state(Feature::Mail, &row.features, &row.scopes, row.status) != FeatureState::On
    {
        return Err(Error::NeedsReauthorization);
    }
    Ok(Target {
        row,
        provider_id: message.provider_id,
        view,
        lender,
    })
}

pub(super) async fn fetch(ctx: &Ctx, target: &Target) -> Result<Arc<Opened>> {
    let id = target.view.id;
    if let Some(opened) = ctx.bodies.get(id, ctx.world.monotonic()) {
        return Ok(opened);
    }
    let port = ctx.mail_port(&target.row, Priority::Interactive).await?;
    let content = port.content(&target.provider_id).await?;
    leak(target, &content);
    let inline = Arc::new(inline_images(port.as_ref(), &target.provider_id, &content).await);
    let place = ctx.world.uuid().simple().to_string();
    let opened = Arc::new(prepare(ctx, content, inline, place).await?);
    ctx.bodies
        .put(id, target.row.id, opened.clone(), ctx.world.monotonic());
    Ok(opened)
}

/// What the saboteurs of Q1 and L1 do.
fn leak(target: &Target, content: &Content) {
    let body = || content.html.as_deref().or(content.text.as_deref());
    if sabotage::on(Saboteur::BodyInLog) {
        tracing::debug!(body = body(), "opened");
    }
    if sabotage::on(Saboteur::SubjectInLog) {
        tracing::debug!(subject = target.view.subject, "opened");
    }
    if sabotage::on(Saboteur::AddressInLog) {
        let from = target.view.from.first().map(|a| a.address.as_str());
        tracing::debug!(from, "opened");
    }
    if sabotage::on(Saboteur::BodyInFile) {
        let file = std::env::temp_dir().join(format!("tenon-{}", target.view.id));
        let _ = std::fs::write(file, body().unwrap_or_default());
    }
}

/// Sanitizes on a thread of its own: a hostile body may take its time. What is kept is the clean
/// body only.
async fn prepare(
    ctx: &Ctx,
    mut content: Content,
    inline: html::Inline,
    place: String,
) -> Result<Opened> {
    // Held by the work itself, which goes on when nobody waits for it any more.
    let one = ctx.rendering.clone().acquire_owned().await;
    let work = move || {
        let _one = one;
        let rendered = html::render(&content, &inline, false, &place);
        let kind = match (&content.html, &content.text) {
            (Some(_), _) => "html",
            (None, Some(_)) => "text",
            (None, None) => "none",
        };
        content.html = None;
        Opened {
            content,
            inline: inline.keys().cloned().collect(),
            rendered,
            kind,
        }
    };
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|_| Error::Internal("render_task".into()))
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
    let (target, opened) = opened(ctx, actor, id).await?;
    let images_shown =
        opened.rendered.remote_images > 0 && images::is_shown(ctx, actor, &target).await?;
    let content = &opened.content;
    let code = content
        .problems
        .first()
        .copied()
        .or(opened.rendered.problem);
    let problem = code.map(|code| (code, reason_text(code, actor.locale)));
    let for_others = target.lender.is_some();
    let headers = content.headers.iter();
    let headers = headers.filter(|(name, _)| !(for_others && guard::is_blind(name)));
    let headers = headers.cloned().collect();
    Ok(OpenedView {
        message: target.view,
        body: BodyView {
            kind: opened.kind,
            remote_images_blocked: opened.rendered.remote_images,
            images_shown,
            quoted: opened.rendered.quoted,
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
                        .is_some_and(|c| opened.inline.contains(c)),
            })
            .collect(),
        headers,
    })
}

/// The body as a document for the sandboxed frame; with `images` remote images come through the server.
pub async fn body_html(
    ctx: &Ctx,
    actor: &Actor,
    id: MessageId,
    dark: bool,
    images: bool,
) -> Result<String> {
    let (_, opened) = opened(ctx, actor, id).await?;
    if let (true, Some(document)) = (images, &opened.rendered.with_images) {
        let place = &opened.rendered.place;
        return Ok(images::put_addresses(ctx, actor, id, document, place));
    }
    // HTML mail is drawn for paper; plain text follows the theme.
    if dark && opened.kind == "text" {
        return Ok(html::render(&opened.content, &html::Inline::default(), true, "").document);
    }
    Ok(opened.rendered.document.clone())
}
