//! From a message's body to a document for the sandboxed frame.
//!
//! Two walls: the frame's CSP lets nothing load and nothing run, and this sanitizer takes out what
//! would try. What is kept is an allow-list of elements, attributes and style properties.

mod bound;
pub(crate) mod outgoing;
mod style;
mod text;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use ammonia::Builder;
use tenon_connectors::ports::Content;

use self::bound::too_much;
use self::style::style;
use self::text::text_to_html;
use super::places::Places;
use tenon_model::sabotage::{self, Saboteur};

/// Larger bodies are not shown but offered for download.
const MAX_BODY: usize = 3 << 20;
/// Pictures of the message that are put in, all together: a mail can name one a hundred thousand times.
const INLINED_MOST: usize = 16 << 20;

/// Inline parts by `Content-ID`, as data addresses.
pub(super) type Inline = Arc<HashMap<String, String>>;

/// A body ready for the frame.
pub(super) struct Rendered {
    pub(super) document: String,
    pub(super) remote_images: u64,
    /// The same with places for remote images, when it has any.
    pub(super) with_images: Option<String>,
    /// What a place begins with; the number of the image follows.
    pub(super) place: String,
    /// Addresses of the remote images, by number.
    pub(super) remote: Vec<String>,
    pub(super) quoted: bool,
    pub(super) problem: Option<&'static str>,
}

/// Renders the best body there is. `inline` maps `Content-ID` to data addresses; `place` is a word that
/// no mail can know, for the places of remote images.
pub(super) fn render(content: &Content, inline: &Inline, dark: bool, place: &str) -> Rendered {
    match (&content.html, &content.text) {
        (Some(html), _) if html.len() <= MAX_BODY && !too_much(html) => {
            let (body, remote_images) = sanitize(html, inline);
            let (with_images, place, remote) = if remote_images == 0 {
                (None, String::new(), Vec::new())
            } else {
                let places = Places::new(place);
                let (body, _) = clean(html, inline, Some(&places));
                let remote = places.take();
                (
                    Some(document(&body, Look::Paper)),
                    places.prefix.clone(),
                    remote,
                )
            };
            let quoted = body.contains("<blockquote") || html.contains("gmail_quote");
            Rendered {
                document: document(&body, Look::Paper),
                remote_images,
                with_images,
                place,
                remote,
                quoted,
                problem: is_blank(&body).then_some("body_empty"),
            }
        }
        (_, Some(text)) if text.len() <= MAX_BODY => {
            let quoted = text.lines().any(|l| l.starts_with('>'));
            let look = if dark { Look::Dark } else { Look::Light };
            Rendered {
                document: document(&text_to_html(text), look),
                remote_images: 0,
                with_images: None,
                place: String::new(),
                remote: Vec::new(),
                quoted,
                problem: text.trim().is_empty().then_some("body_empty"),
            }
        }
        (None, None) => Rendered {
            document: document("", Look::Light),
            remote_images: 0,
            with_images: None,
            place: String::new(),
            remote: Vec::new(),
            quoted: false,
            problem: Some(if content.parts.is_empty() {
                "body_missing"
            } else {
                "attachments_only"
            }),
        },
        _ => Rendered {
            document: document("", Look::Light),
            remote_images: 0,
            with_images: None,
            place: String::new(),
            remote: Vec::new(),
            quoted: false,
            problem: Some("too_large"),
        },
    }
}

/// Whether clean HTML shows nothing: no letter and no picture.
fn is_blank(html: &str) -> bool {
    let mut in_tag = false;
    let shows = |c: char| {
        match c {
            '<' => in_tag = true,
            '>' => in_tag = false,
            c if !in_tag => return !c.is_whitespace(),
            _ => {}
        }
        false
    };
    !html.contains("<img src") && !html.replace("&nbsp;", " ").chars().any(shows)
}

#[derive(Clone, Copy)]
enum Look {
    /// HTML mail is drawn for white paper, whatever the app's theme is.
    Paper,
    /// Plain text in the light theme.
    Light,
    /// Plain text in the dark theme.
    Dark,
}

fn document(body: &str, look: Look) -> String {
    let (scheme, colors) = match look {
        Look::Paper => ("light", "background:#fff;color:#1f2328"),
        Look::Light => ("light", "background:transparent;color:#1f2328"),
        Look::Dark => ("dark", "background:transparent;color:#e6e6e6"),
    };
    let link = if matches!(look, Look::Dark) {
        "#8ab4f8"
    } else {
        "#0b57d0"
    };
    format!(
        "<!doctype html><html><head><meta charset=\"utf-8\"><meta name=\"color-scheme\" content=\"{scheme}\"><base target=\"_blank\"><style>\
         html{{{colors}}}body{{margin:0;padding:4px 2px;font:14px/1.55 'Segoe UI',Roboto,'Helvetica Neue','Liberation Sans',Arial,sans-serif;overflow-wrap:anywhere}}body>:first-child{{margin-top:0}}\
         img{{max-width:100%;height:auto}}table{{max-width:100%}}a{{color:{link}}}pre,.text{{white-space:pre-wrap;margin:0;font:inherit}}\
         blockquote,.quote{{margin:.5em 0;padding-left:.8em;border-left:2px solid #8884;opacity:.85}}\
         </style></head><body>{body}</body></html>"
    )
}

/// What is kept of any mail, whichever way it goes.
fn base() -> Builder<'static> {
    let mut builder = Builder::default();
    builder
        .add_tags([
            "center", "font", "u", "s", "strike", "big", "small", "tt", "main", "section",
            "address", "picture",
        ])
        .add_generic_attributes([
            "style", "align", "valign", "width", "height", "bgcolor", "color", "dir", "title",
            "border",
        ])
        .add_tag_attributes("table", ["cellpadding", "cellspacing"])
        .add_tag_attributes("font", ["face", "size", "color"])
        .add_tag_attributes("td", ["nowrap"])
        .url_schemes(HashSet::from([
            "http",
            "https",
            "mailto",
            "tel",
            "cid",
            "data",
            "tenon-image",
        ]))
        .strip_comments(true)
        .add_clean_content_tags(["title"]);
    builder
}

fn sanitize(html: &str, inline: &Inline) -> (String, u64) {
    clean(html, inline, None)
}

fn clean(html: &str, inline: &Inline, places: Option<&Arc<Places>>) -> (String, u64) {
    let places = places.cloned();
    let blocked = Arc::new(AtomicU64::new(0));
    let (inline, count) = (inline.clone(), blocked.clone());
    let room = AtomicUsize::new(INLINED_MOST);
    let mut builder = base();
    builder
        .link_rel(Some("noopener noreferrer nofollow"))
        .attribute_filter(move |element, attribute, value| {
            if let (Some(places), "img", "src") = (&places, element, attribute)
                && let Some(place) = places.of(value)
            {
                return Some(Cow::Owned(place));
            }
            let kept = filter(element, attribute, value, &inline, &count);
            // Only what is put in for a `cid:` is ours and longer than what the mail said.
            let Some(Cow::Owned(put_in)) = kept.as_ref().filter(|_| element == "img") else {
                return kept;
            };
            let less = |left: usize| left.checked_sub(put_in.len());
            room.fetch_update(Ordering::Relaxed, Ordering::Relaxed, less)
                .map_or(None, |_| kept)
        });
    let clean = if sabotage::on(Saboteur::ScriptsPass) {
        html.to_owned()
    } else {
        builder.clean(html).to_string()
    };
    (clean, blocked.load(Ordering::Relaxed))
}

fn filter<'v>(
    element: &str,
    attribute: &str,
    value: &'v str,
    inline: &HashMap<String, String>,
    blocked: &AtomicU64,
) -> Option<Cow<'v, str>> {
    match (element, attribute) {
        ("img", "src") if sabotage::on(Saboteur::ImagesLoad) => Some(Cow::Borrowed(value)),
        ("img", "src") => image(value, inline).or_else(|| {
            blocked.fetch_add(1, Ordering::Relaxed);
            None
        }),
        // Any other attribute that names something to load: only images are shown, by the arm above.
        (_, "src" | "srcset" | "cite" | "background" | "poster" | "data") => None,
        (_, "href") => {
            let lower = value.trim_start().to_ascii_lowercase();
            ["http:", "https:", "mailto:", "tel:"]
                .iter()
                .any(|s| lower.starts_with(s))
                .then_some(Cow::Borrowed(value))
        }
        (_, "style") => {
            let kept = style(value);
            (!kept.is_empty()).then_some(Cow::Owned(kept))
        }
        _ => Some(Cow::Borrowed(value)),
    }
}

/// An image that may be shown: inside the message, by `cid:` or as a small data address.
fn image<'v>(value: &'v str, inline: &HashMap<String, String>) -> Option<Cow<'v, str>> {
    let value = value.trim();
    if value
        .get(..4)
        .is_some_and(|s| s.eq_ignore_ascii_case("cid:"))
    {
        // RFC 2392: the id is percent-encoded in the address.
        let id = percent_encoding::percent_decode_str(&value[4..]).decode_utf8_lossy();
        return inline.get(id.as_ref()).map(|data| Cow::Owned(data.clone()));
    }
    let picture = [
        "data:image/png;",
        "data:image/jpeg;",
        "data:image/gif;",
        "data:image/webp;",
    ];
    picture
        .iter()
        .any(|p| {
            value
                .get(..p.len())
                .is_some_and(|v| v.eq_ignore_ascii_case(p))
        })
        .then_some(Cow::Borrowed(value))
}

#[cfg(test)]
mod tests;
