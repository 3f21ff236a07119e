//! Opening one message: its text, its parts, its bytes. Nothing is kept.

use futures::StreamExt as _;

use super::client::Mailbox;
use super::header::{base64, clean, cut};
use super::mime::{self, Kind, Tree};
use super::operation::Operation;
use super::{map, stream, wire};
use crate::ports::{ByteStream, Content, Result};
use crate::{ProviderError, Reaction};

/// Parts of larger messages are not taken out of the original; Gmail takes 25 MB, others 50.
const MAX_ORIGINAL: usize = 80 * 1024 * 1024;

/// Headers beyond are not shown.
const MAX_HEADERS: usize = 500;

/// A whole answer that cannot be read is one whose parts are nested deeper than JSON is read
/// (policy check H6): nothing is shown, and the original can still be had.
fn too_deep() -> Content {
    Content {
        labels: Vec::new(),
        headers: Vec::new(),
        html: None,
        text: None,
        parts: Vec::new(),
        problems: vec!["too_deep"],
    }
}

impl Mailbox {
    pub(super) async fn open_message(&self, id: &str) -> Result<Content> {
        let id = map::id(Operation::Message, id)?;
        let query = [("format", "full"), ("fields", "id,labelIds,payload")];
        let answer = self
            .get(Operation::Message, self.url(&["messages", id], &query))
            .await?;
        let message: wire::Message<'_> = match answer.read() {
            Err(_) if answer.is_complete() => return Ok(too_deep()),
            other => other?,
        };
        let mut tree = mime::walk(&message.payload);
        let bodies = self.bodies(id, &mut tree).await;
        let (html, text) = mime::assemble(&bodies);
        let headers = message.payload.headers.iter().take(MAX_HEADERS);
        Ok(Content {
            labels: message.label_ids.iter().map(|l| l.to_string()).collect(),
            headers: headers
                .map(|h| (clean(&h.name), clean(cut(&h.value, 64 * 1024))))
                .collect(),
            html,
            text,
            parts: tree.parts,
            problems: tree.problems,
        })
    }

    /// The bodies decoded; large ones have to be fetched like attachments.
    async fn bodies(&self, id: &str, tree: &mut Tree<'_>) -> Vec<(Kind, usize, String)> {
        let mut bodies = Vec::new();
        for body in &tree.bodies {
            let problem = if body.is_missing() {
                Some("body_missing")
            } else {
                let bytes = if body.is_elsewhere() {
                    self.whole_attachment(id, body.attachment_id).await
                } else {
                    Ok(base64(body.data.as_bytes()))
                };
                match bytes {
                    Ok(bytes) => {
                        let (text, problem) = mime::text(&bytes, body.charset.as_deref());
                        bodies.push(body.with_text(text));
                        problem
                    }
                    Err(error) if error.code == "answer_too_large" => Some("body_too_large"),
                    Err(_) => Some("body_missing"),
                }
            };
            tree.problems
                .extend(problem.filter(|p| !tree.problems.contains(p)));
        }
        bodies
    }

    async fn whole_attachment(&self, id: &str, attachment: &str) -> Result<Vec<u8>> {
        let url = self.url(
            &["messages", id, "attachments", attachment],
            &[("fields", "size,data")],
        );
        let answer = self.get(Operation::Attachment, url).await?;
        let body: wire::Body<'_> = answer.read()?;
        Ok(base64(body.data.as_bytes()))
    }

    /// Looks the part up anew, since attachment ids do not last (fault G28), and streams it.
    pub(super) async fn open_attachment(&self, id: &str, part: &str) -> Result<ByteStream> {
        let id = map::id(Operation::Attachment, id)?;
        let missing =
            || ProviderError::new(Operation::Attachment.name(), "part_missing", Reaction::Skip);
        let path = mime::parse_path(part).ok_or_else(missing)?;
        let query = [("format", "full"), ("fields", &*fields_for(path.len()))];
        let answer = self
            .get(Operation::Message, self.url(&["messages", id], &query))
            .await?;
        let message: wire::Message<'_> = answer.read()?;
        let found = mime::find(&message.payload, &path).ok_or_else(missing)?;
        if !found.body.data.is_empty() {
            return Ok(stream::ready(base64(found.body.data.as_bytes())));
        }
        if found.body.attachment_id.is_empty() {
            // An empty file has neither. Of mail inside mail Gmail may give the parts and not the whole.
            if found.body.size.0 == Some(0) && found.parts.is_empty() && !mime::is_mail(found) {
                return Ok(stream::ready(Vec::new()));
            }
            return self.out_of_original(id, path).await;
        }
        let path = ["messages", id, "attachments", &found.body.attachment_id];
        let url = self.url(&path, &[("fields", "size,data")]);
        let (streamed, permit) = self.stream(Operation::Attachment, url).await?;
        Ok(stream::decoded(
            Operation::Attachment,
            streamed,
            permit,
            "data",
        ))
    }

    /// A part that Gmail does not offer by itself, taken out of the original.
    async fn out_of_original(&self, id: &str, path: Vec<usize>) -> Result<ByteStream> {
        let missing =
            || ProviderError::new(Operation::Attachment.name(), "part_missing", Reaction::Skip);
        let mut pieces = self.open_original(id).await?;
        let mut raw = Vec::new();
        while let Some(piece) = pieces.next().await {
            raw.extend_from_slice(&piece?);
            if raw.len() > MAX_ORIGINAL {
                return Err(missing());
            }
        }
        // Taking apart a large message keeps a processor busy.
        let part = tokio::task::spawn_blocking(move || mime::original::part(&raw, &path)).await;
        match part {
            Ok(Some(bytes)) => Ok(stream::ready(bytes)),
            _ => Err(missing()),
        }
    }

    pub(super) async fn open_original(&self, id: &str) -> Result<ByteStream> {
        let id = map::id(Operation::Message, id)?;
        let url = self.url(&["messages", id], &[("format", "raw"), ("fields", "raw")]);
        let (streamed, permit) = self.stream(Operation::Message, url).await?;
        Ok(stream::decoded(Operation::Message, streamed, permit, "raw"))
    }
}

/// The `fields` that lead to parts at a depth without bringing the rest of the message along.
fn fields_for(depth: usize) -> String {
    let mut inner = "mimeType,filename,body".to_owned();
    for _ in 1..depth {
        inner = format!("mimeType,parts({inner})");
    }
    // The root may be the part itself.
    let body = if depth == 1 { "body," } else { "" };
    format!("payload(mimeType,{body}parts({inner}))")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_reach_as_deep_as_the_part() {
        assert_eq!(
            fields_for(1),
            "payload(mimeType,body,parts(mimeType,filename,body))"
        );
        assert_eq!(
            fields_for(2),
            "payload(mimeType,parts(mimeType,parts(mimeType,filename,body)))"
        );
    }
}
