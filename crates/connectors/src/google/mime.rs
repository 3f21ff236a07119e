//! The tree of an opened message (RFC 2045-2047, 2183, 2387): which parts are the body, which are
//! attachments, and where they are. No calls here; [`super::content`] fetches what is missing.

pub(crate) mod original;

use std::borrow::Cow;

use super::header::{clean, cut, decode_charset};
use super::params::param;
use super::wire;
use crate::ports::Part;

/// Deeper trees are not followed.
const MAX_DEPTH: usize = 40;

/// Parts beyond are not listed.
const MAX_PARTS: usize = 1_000;

/// A body beyond is cut.
pub(crate) const MAX_TEXT: usize = 8 * 1024 * 1024;

/// What kind of text a body is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Html,
    Plain,
}

/// A part that is (some of) the body.
#[derive(Debug)]
pub(crate) struct BodyPart<'a> {
    pub(crate) kind: Kind,
    /// Parts of one group say the same in different ways (`multipart/alternative`).
    group: usize,
    pub(crate) charset: Option<String>,
    /// Base64, if it came along.
    pub(crate) data: &'a str,
    /// Where it is, if it did not.
    pub(crate) attachment_id: &'a str,
    size: i64,
}

/// A message taken apart.
#[derive(Default)]
pub(crate) struct Tree<'a> {
    pub(crate) bodies: Vec<BodyPart<'a>>,
    pub(crate) parts: Vec<Part>,
    pub(crate) problems: Vec<&'static str>,
    groups: usize,
}

/// Takes a message apart.
pub(crate) fn walk<'a>(root: &'a wire::Part<'a>) -> Tree<'a> {
    let mut tree = Tree::default();
    if is_multipart(root) {
        tree.children(root, &mut Vec::new(), None);
    } else {
        tree.leaf(root, &[1], None, false);
    }
    tree
}

/// The part at a path, as [`walk`] numbers them: `1` is the root of a message of one part.
pub(crate) fn find<'a>(root: &'a wire::Part<'a>, path: &[usize]) -> Option<&'a wire::Part<'a>> {
    if !is_multipart(root) {
        return (path == [1]).then_some(root);
    }
    path.iter()
        .try_fold(root, |part, n| part.parts.get(n.checked_sub(1)?))
}

/// Reads a path such as `1.2`.
pub(crate) fn parse_path(text: &str) -> Option<Vec<usize>> {
    let path: Option<Vec<usize>> = text
        .split('.')
        .take(MAX_DEPTH + 1)
        .map(|n| n.parse().ok().filter(|n| (1..=MAX_PARTS).contains(n)))
        .collect();
    path.filter(|p| p.len() <= MAX_DEPTH)
}

/// Whether what matters are the parts inside. One that is called multipart and has none, but text of
/// its own, lost its boundaries: the text is all there is.
fn is_multipart(part: &wire::Part<'_>) -> bool {
    if part.parts.is_empty() {
        return is_called_multipart(part) && !has_bytes(part);
    }
    is_called_multipart(part) || !is_mail(part)
}

fn is_called_multipart(part: &wire::Part<'_>) -> bool {
    part.mime_type
        .get(..10)
        .is_some_and(|m| m.eq_ignore_ascii_case("multipart/"))
}

fn has_bytes(part: &wire::Part<'_>) -> bool {
    !part.body.data.is_empty() || !part.body.attachment_id.is_empty()
}

/// The kind of body that a part without name and disposition is.
fn kind(part: &wire::Part<'_>) -> Option<Kind> {
    let media = part.mime_type.to_ascii_lowercase();
    match media.as_str() {
        "text/html" => Some(Kind::Html),
        "text/plain" | "" | "text" => Some(Kind::Plain),
        _ if is_called_multipart(part) => Some(Kind::Plain),
        _ => None,
    }
}

/// Whether a part of a `multipart/alternative` only says the body once more, for programs that can
/// show it (AMP, watches): neither shown nor offered. An invitation is more than that.
fn is_spare(part: &wire::Part<'_>) -> bool {
    let media = part.mime_type.to_ascii_lowercase();
    let disposition = header(part, "Content-Disposition").unwrap_or_default();
    media.starts_with("text/")
        && media != "text/calendar"
        && kind(part).is_none()
        && part.filename.is_empty()
        && disposition.trim().is_empty()
}

pub(crate) fn is_mail(part: &wire::Part<'_>) -> bool {
    part.mime_type.eq_ignore_ascii_case("message/rfc822")
}

fn header<'a>(part: &'a wire::Part<'_>, name: &str) -> Option<&'a str> {
    part.headers
        .iter()
        .find(|h| h.name.eq_ignore_ascii_case(name))
        .map(|h| &*h.value)
}

impl<'a> Tree<'a> {
    fn children(&mut self, part: &'a wire::Part<'a>, path: &mut Vec<usize>, group: Option<usize>) {
        if path.len() >= MAX_DEPTH {
            return self.problem("too_deep");
        }
        let alternative = part.mime_type.eq_ignore_ascii_case("multipart/alternative");
        let group = if alternative {
            Some(group.unwrap_or_else(|| self.new_group()))
        } else {
            group
        };
        let shown = |p: &wire::Part<'_>| kind(p).is_some() || is_multipart(p);
        let spare = alternative && part.parts.iter().any(shown);
        for (n, child) in part.parts.iter().enumerate() {
            if spare && is_spare(child) {
                continue;
            }
            path.push(n + 1);
            if is_multipart(child) {
                self.children(child, path, group);
            } else {
                self.leaf(child, path, group, alternative);
            }
            path.pop();
        }
    }

    fn leaf(
        &mut self,
        part: &'a wire::Part<'a>,
        path: &[usize],
        group: Option<usize>,
        alternative: bool,
    ) {
        if self.bodies.len() + self.parts.len() >= MAX_PARTS {
            return self.problem("too_many_parts");
        }
        let content_type = header(part, "Content-Type").unwrap_or_default();
        let media = part.mime_type.to_ascii_lowercase();
        let disposition = header(part, "Content-Disposition").unwrap_or_default();
        let disposition_word = disposition.split(';').next().unwrap_or_default().trim();
        let attached = disposition_word.eq_ignore_ascii_case("attachment");
        let named = !part.filename.is_empty();
        if let (Some(kind), false) = (kind(part), attached || named && path != [1]) {
            let group = group.unwrap_or_else(|| self.new_group());
            if alternative {
                // Of two that say the same in the same way, the later one is the better one.
                self.bodies.retain(|b| b.group != group || b.kind != kind);
            }
            self.bodies.push(BodyPart {
                kind,
                group,
                charset: param(content_type, "charset").filter(|c| !c.is_empty()),
                data: &part.body.data,
                attachment_id: &part.body.attachment_id,
                size: part.body.size.0.unwrap_or(0),
            });
            return;
        }
        let content_id = header(part, "Content-ID")
            .or_else(|| header(part, "X-Attachment-Id"))
            .map(|v| clean(v).trim_matches(['<', '>', ' ']).to_owned())
            .filter(|v| !v.is_empty());
        let name = if named {
            part.filename.to_string()
        } else {
            param(disposition, "filename")
                .or_else(|| param(content_type, "name"))
                .unwrap_or_default()
        };
        self.parts.push(Part {
            id: path
                .iter()
                .map(usize::to_string)
                .collect::<Vec<_>>()
                .join("."),
            name: cut(&clean(&name), 500).to_owned(),
            content_type: if media.is_empty() {
                "application/octet-stream".to_owned()
            } else {
                media
            },
            size: u64::try_from(part.body.size.0.unwrap_or(0)).unwrap_or(0),
            inline: content_id.is_some() && !attached,
            content_id,
        });
    }

    fn new_group(&mut self) -> usize {
        self.groups += 1;
        self.groups
    }

    fn problem(&mut self, code: &'static str) {
        if !self.problems.contains(&code) {
            self.problems.push(code);
        }
    }
}

impl BodyPart<'_> {
    /// Whether its bytes have to be fetched.
    pub(crate) fn is_elsewhere(&self) -> bool {
        self.data.is_empty() && !self.attachment_id.is_empty()
    }

    /// Whether there should be bytes, but nobody knows where.
    pub(crate) fn is_missing(&self) -> bool {
        self.data.is_empty() && self.attachment_id.is_empty() && self.size > 0
    }
}

/// Text of bytes; what was wrong with them, if anything.
pub(crate) fn text(bytes: &[u8], charset: Option<&str>) -> (String, Option<&'static str>) {
    let cut_short = bytes.len() > MAX_TEXT;
    let bytes = if cut_short { &bytes[..MAX_TEXT] } else { bytes };
    let named = charset.and_then(|c| decode_charset(c, bytes));
    // Some charsets are plain ASCII to the eye: UTF-8 proves nothing about them.
    let seven_bit = bytes.contains(&0x1b) || bytes.contains(&0);
    let (text, problem) = match (std::str::from_utf8(bytes), named) {
        (Ok(text), Some(_)) if !seven_bit => (Cow::Borrowed(text), None),
        (_, Some(text)) => (text, None),
        (Ok(text), None) => (Cow::Borrowed(text), None),
        (Err(e), None) if cut_short && e.error_len().is_none() => {
            (String::from_utf8_lossy(bytes), None)
        }
        (Err(_), None) => {
            let problem = if charset.is_some() {
                "charset_unknown"
            } else {
                "charset_guessed"
            };
            (
                encoding_rs::WINDOWS_1252
                    .decode_without_bom_handling(bytes)
                    .0,
                Some(problem),
            )
        }
    };
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
    (text, if cut_short { Some("body_cut") } else { problem })
}

/// Puts the decoded bodies together: HTML and plain text.
pub(crate) fn assemble(bodies: &[(Kind, usize, String)]) -> (Option<String>, Option<String>) {
    let has = |wanted: Kind| bodies.iter().any(|(kind, ..)| *kind == wanted);
    let in_group =
        |group: usize, wanted: Kind| bodies.iter().any(|(k, g, _)| *g == group && *k == wanted);
    let join = |wanted: Kind, between: &str| {
        let pieces: Vec<Cow<'_, str>> = bodies
            .iter()
            .filter_map(|(kind, group, text)| {
                if *kind == wanted {
                    Some(Cow::Borrowed(text.as_str()))
                } else if wanted == Kind::Html
                    && !in_group(*group, Kind::Html)
                    && !text.trim().is_empty()
                {
                    // A footer that a mailing list added as plain text beside the HTML.
                    Some(Cow::Owned(format!(
                        "<div style=\"white-space:pre-wrap\">{}</div>",
                        escape(text)
                    )))
                } else {
                    None
                }
            })
            .collect();
        pieces.join(between)
    };
    (
        has(Kind::Html).then(|| join(Kind::Html, "\n")),
        has(Kind::Plain).then(|| join(Kind::Plain, "\n")),
    )
}

impl BodyPart<'_> {
    /// Its decoded form for [`assemble`].
    pub(crate) const fn with_text(&self, text: String) -> (Kind, usize, String) {
        (self.kind, self.group, text)
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
}

#[cfg(test)]
mod tests;
