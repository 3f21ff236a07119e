//! What stands between braces in HTML, as it was meant: an editor writes it as text.

use super::{HTML, TemplateError};

/// Characters that an editor writes as references, in texts between braces.
const REFERENCES: [(&str, &str); 7] = [
    ("&quot;", "\""),
    ("&#34;", "\""),
    ("&#39;", "'"),
    ("&nbsp;", " "),
    ("&lt;", "<"),
    ("&gt;", ">"),
    ("&amp;", "&"),
];

/// The source with plain text between its braces. Formatting that begins or ends between them is an error: nobody can
/// tell which of it should stay.
pub(super) fn plain(part: &'static str, source: &str) -> Result<String, TemplateError> {
    if part != HTML {
        return Ok(source.to_owned());
    }
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some((at, close)) = opening(rest) {
        let (before, tag) = rest.split_at(at);
        out.push_str(before);
        let Some(end) = tag.find(close) else {
            break;
        };
        let (tag, after) = tag.split_at(end + close.len());
        if tag.contains('<') {
            return Err(TemplateError::Syntax {
                part,
                detail: "there is formatting between the braces".to_owned(),
            });
        }
        let text = REFERENCES.iter().fold(
            tag.replace('\u{a0}', " "),
            |text, (reference, character)| text.replace(reference, character),
        );
        out.push_str(&text);
        rest = after;
    }
    out.push_str(rest);
    Ok(out)
}

/// Where the next braces open, and how they close.
fn opening(text: &str) -> Option<(usize, &'static str)> {
    [("{{", "}}"), ("{%", "%}"), ("{#", "#}")]
        .into_iter()
        .filter_map(|(open, close)| text.find(open).map(|at| (at, close)))
        .min_by_key(|(at, _)| *at)
}
