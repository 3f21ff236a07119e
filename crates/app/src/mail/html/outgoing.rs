//! HTML on its way out: what a person wrote, and the mail they quote. Nothing that runs goes along,
//! whoever wrote it; remote pictures of quoted mail stay, for they are part of it.

use std::borrow::Cow;

use super::bound::too_much;
use super::style::style;
use super::text::escape;
use super::{MAX_BODY, base};

/// The class by which mail programs know quoted mail.
pub(crate) const QUOTE: &str = "gmail_quote";

/// Cleans HTML that is to be sent; `None` when it is too large or too deep to be read.
pub(crate) fn clean(html: &str) -> Option<String> {
    if html.len() > MAX_BODY || too_much(html) {
        return None;
    }
    let mut builder = base();
    for tag in ["div", "blockquote"] {
        builder.add_allowed_classes(
            tag,
            [QUOTE, "gmail_attr", "gmail_signature", "tenon-signature"],
        );
    }
    builder.link_rel(None).attribute_filter(filter);
    Some(builder.clean(html).to_string())
}

fn filter<'v>(element: &str, attribute: &str, value: &'v str) -> Option<Cow<'v, str>> {
    let starts = |schemes: &[&str]| {
        let lower = value.trim_start().to_ascii_lowercase();
        schemes.iter().any(|s| lower.starts_with(s))
    };
    match (element, attribute) {
        ("img", "src") => starts(&["cid:", "https:", "http:"]).then_some(Cow::Borrowed(value)),
        (_, "src" | "srcset" | "cite" | "background" | "poster" | "data") => None,
        (_, "href") => {
            starts(&["http:", "https:", "mailto:", "tel:"]).then_some(Cow::Borrowed(value))
        }
        (_, "style") => {
            let kept = style(value);
            (!kept.is_empty()).then_some(Cow::Owned(kept))
        }
        _ => Some(Cow::Borrowed(value)),
    }
}

/// Plain text as HTML, for quoting it.
pub(crate) fn from_text(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 64);
    for line in text.lines() {
        escape(line, &mut out);
        out.push_str("<br>");
    }
    out
}

/// A piece of text inside HTML.
pub(crate) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    escape(text, &mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn h1_nothing_that_runs_goes_out() {
        let html = "<p onclick=x()>Hi</p><script>alert(1)</script><img src=javascript:x><a href=\"javascript:x\">y</a>\
                    <iframe src=https://x.example></iframe><form action=/x><input></form><style>p{}</style>";
        let clean = clean(html).unwrap();
        for bad in [
            "onclick",
            "script",
            "javascript",
            "iframe",
            "form",
            "input",
            "style",
        ] {
            assert!(!clean.contains(bad), "{bad}: {clean}");
        }
        assert!(clean.contains("Hi") && clean.contains('y'));
    }

    #[test]
    fn what_mail_needs_stays() {
        let html = "<div class=\"gmail_quote evil\"><blockquote class=\"gmail_quote\" style=\"margin:0 0 0 .8ex;position:fixed\">\
                    <img src=\"cid:att_x\" alt=A><img src=\"https://x.example/p.png\"></blockquote></div><b>b</b><ul><li>1</li></ul>";
        let clean = clean(html).unwrap();
        for kept in [
            "class=\"gmail_quote\"",
            "cid:att_x",
            "https://x.example/p.png",
            "<b>b</b>",
            "<li>1</li>",
        ] {
            assert!(clean.contains(kept), "{kept}: {clean}");
        }
        assert!(!clean.contains("evil") && !clean.contains("position"));
    }

    #[test]
    fn h6_what_cannot_be_read_is_refused() {
        assert!(clean(&"<div>".repeat(600)).is_none());
        assert!(clean(&"x".repeat(4 << 20)).is_none());
    }
}
