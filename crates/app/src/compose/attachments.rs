//! The files of a draft, from wherever they are: memory, the draft itself, another message.

use futures::StreamExt as _;
use tenon_connectors::ports::Priority;
use tenon_model::MessageId;

use super::MESSAGE_BYTES;
use super::input::AttachmentRef;
use super::mime::{File, media_type};
use super::read::Read;
use crate::mail::{file_name, target};
use crate::{Actor, Ctx, Error, Result};

/// Files with their bytes, and which `Content-ID` of another message became which of ours.
pub(super) struct Gathered {
    pub(super) files: Vec<File>,
    pub(super) renamed: Vec<(String, File)>,
}

/// Whether all of them are at hand, so that the draft need not be read for them.
pub(super) fn at_hand(ctx: &Ctx, actor: &Actor, refs: &[AttachmentRef]) -> bool {
    refs.iter().all(|r| match r {
        AttachmentRef::Upload(id) => ctx
            .uploads
            .get(actor.member, *id, ctx.world.monotonic())
            .is_some(),
        AttachmentRef::Part { .. } => true,
    })
}

/// Gathers the files in the order given. `draft` is what the draft holds now, if it was read.
pub(super) async fn gather(
    ctx: &Ctx,
    actor: &Actor,
    refs: &[AttachmentRef],
    draft: Option<&Read>,
) -> Result<Gathered> {
    let mut out = Gathered {
        files: Vec::with_capacity(refs.len()),
        renamed: Vec::new(),
    };
    let mut total = 0;
    for reference in refs {
        let file = match reference {
            AttachmentRef::Upload(id) => {
                let held = ctx.uploads.get(actor.member, *id, ctx.world.monotonic());
                let there = || draft?.files.iter().find(|f| f.id == *id).cloned();
                held.or_else(there).ok_or(Error::AttachmentGone)?
            }
            AttachmentRef::Part { message, part } => {
                let (file, cid) = fetch(ctx, actor, *message, part).await?;
                if let Some(cid) = cid {
                    out.renamed.push((cid, file.clone()));
                }
                file
            }
        };
        total += file.bytes.len() as u64;
        if total > MESSAGE_BYTES {
            return Err(Error::field("attachments", "are more than 25 MB together"));
        }
        if !out.files.iter().any(|f| f.id == file.id) {
            out.files.push(file);
        }
    }
    Ok(out)
}

/// A part of another message of the member's, with its `Content-ID`.
async fn fetch(
    ctx: &Ctx,
    actor: &Actor,
    message: MessageId,
    part: &str,
) -> Result<(File, Option<String>)> {
    let target = target(ctx, actor, message).await?;
    let port = ctx.mail_port(&target.row, Priority::Interactive).await?;
    let content = port.content(&target.provider_id).await?;
    let found = content
        .parts
        .iter()
        .find(|p| p.id == part)
        .ok_or(Error::NotFound("attachment"))?;
    let mut stream = port.attachment(&target.provider_id, part).await?;
    let mut bytes = Vec::new();
    while let Some(chunk) = stream.next().await {
        bytes.extend_from_slice(&chunk?);
        if bytes.len() as u64 > MESSAGE_BYTES {
            return Err(Error::field("attachments", "are more than 25 MB together"));
        }
    }
    let file = File {
        id: ctx.world.id(),
        name: file_name(&found.name, "attachment"),
        content_type: media_type(&found.content_type).to_owned(),
        inline: found.inline && found.content_id.is_some(),
        bytes: bytes.into(),
    };
    Ok((file, found.content_id.clone()))
}
