//! Attachments and originals, streamed through and not kept.

use tenon_connectors::ports::{ByteStream, Priority};
use tenon_model::MessageId;

use super::guard::{while_shared, without_blind_copies};
use super::open::{opened, readable};
use crate::{Actor, Ctx, Error, Result};

/// A file on its way to the browser.
pub struct Download {
    /// File name, without path or control characters.
    pub name: String,
    /// Media type as the message says; never trusted for display.
    pub content_type: String,
    /// Bytes, when known.
    pub size: Option<u64>,
    /// The bytes.
    pub stream: ByteStream,
}

pub(crate) fn file_name(name: &str, fallback: &str) -> String {
    let name: String = name
        .chars()
        .filter(|c| !c.is_control() && !['/', '\\'].contains(c))
        .take(200)
        .collect();
    let name = name.trim().trim_start_matches('.').trim();
    if name.is_empty() {
        fallback.to_owned()
    } else {
        name.to_owned()
    }
}

/// The name of a file that has none.
fn unnamed(content_type: &str) -> &'static str {
    match content_type {
        "message/rfc822" | "message/global" => "message.eml",
        "text/calendar" => "invitation.ics",
        "text/html" => "attachment.html",
        _ if content_type.starts_with("text/") || content_type.starts_with("message/") => {
            "attachment.txt"
        }
        _ => "attachment",
    }
}

/// Streams one attachment.
pub async fn attachment(ctx: &Ctx, actor: &Actor, id: MessageId, part: &str) -> Result<Download> {
    let (target, opened) = opened(ctx, actor, id).await?;
    let found = opened
        .content
        .parts
        .iter()
        .find(|p| p.id == part)
        .ok_or(Error::NotFound("attachment"))?;
    let port = ctx.mail_port(&target.row, Priority::Interactive).await?;
    let mut stream = port.attachment(&target.provider_id, part).await?;
    if target.lender.is_some() {
        target.still_readable(ctx, actor).await?;
        stream = while_shared(ctx, actor, target.view.id, stream);
    }
    Ok(Download {
        name: file_name(&found.name, unnamed(&found.content_type)),
        content_type: found.content_type.clone(),
        size: None,
        stream,
    })
}

/// Streams the message as it was received.
pub async fn original(ctx: &Ctx, actor: &Actor, id: MessageId) -> Result<Download> {
    let target = readable(ctx, actor, id).await?;
    let port = ctx.mail_port(&target.row, Priority::Interactive).await?;
    let mut stream = port.original(&target.provider_id).await?;
    if target.lender.is_some() {
        target.still_readable(ctx, actor).await?;
        stream = while_shared(ctx, actor, target.view.id, without_blind_copies(stream));
    }
    let name = file_name(
        &format!("{}.eml", target.view.subject.replace(':', " ")),
        "message.eml",
    );
    Ok(Download {
        name,
        content_type: "message/rfc822".into(),
        size: None,
        stream,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_names_lead_nowhere_else() {
        for (given, safe) in [
            ("a.pdf", "a.pdf"),
            ("../../etc/passwd", "etcpasswd"),
            ("..", "x"),
            ("", "x"),
            ("a\r\nb: c", "ab: c"),
            (".bashrc", "bashrc"),
            ("räum.bin", "räum.bin"),
        ] {
            assert_eq!(file_name(given, "x"), safe);
        }
    }
}
