//! From a message's body to a document for the sandboxed frame.
//!
//! Two walls: the frame's CSP lets nothing load and nothing run, and this sanitizer takes out what
//! would try. What is kept is an allow-list of elements, attributes and style properties.

pub(crate) mod outgoing;

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, AtomicUsize, Ordering};

use ammonia::Builder;
use tenon_connectors::ports::Content;

use super::places::Places;

/// Larger bodies are not shown but offered for download.
const MAX_BODY: usize = 3 << 20;
/// Pictures of the message that are put in, all together: a mail can name one a hundred thousand times.
const INLINED_MOST: usize = 16 << 20;
/// Deeper nesting is not parsed: the HTML parser's work grows with the square of it (check H6).
const MAX_DEPTH: usize = 500;

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
        (Some(html), _) if html.len() <= MAX_BODY && !too_deep(html) => {
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

/// Whether elements may be nested deeper than is parsed, by counting tags: an upper bound that
/// takes no notice of elements whose end may be left out.
fn too_deep(html: &str) -> bool {
    const NO_END: &[&str] = &[
        "area", "base", "br", "col", "dd", "dt", "embed", "hr", "img", "input", "li", "link",
        "meta", "option", "p", "source", "tbody", "td", "tfoot", "th", "thead", "tr", "wbr",
    ];
    let mut depth = 0_usize;
    let mut rest = html;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        let closing = rest.starts_with('/');
        let name = &rest[usize::from(closing)..];
        let end = name
            .find(|c: char| !c.is_ascii_alphanumeric())
            .unwrap_or(name.len());
        let name = name[..end].to_ascii_lowercase();
        if name.is_empty() || NO_END.contains(&name.as_str()) {
            continue;
        }
        depth = if closing {
            depth.saturating_sub(1)
        } else {
            depth + 1
        };
        if depth > MAX_DEPTH {
            return true;
        }
    }
    false
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
    let clean = builder.clean(html).to_string();
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

/// Style declarations that cannot load, escape or cover anything: a list of properties, and values
/// without functions other than colours.
fn style(value: &str) -> String {
    const PROPERTIES: &[&str] = &[
        "background-color",
        "border",
        "border-bottom",
        "border-collapse",
        "border-color",
        "border-left",
        "border-radius",
        "border-right",
        "border-spacing",
        "border-style",
        "border-top",
        "border-width",
        "color",
        "direction",
        "display",
        "font",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "height",
        "letter-spacing",
        "line-height",
        "list-style",
        "list-style-type",
        "margin",
        "margin-bottom",
        "margin-left",
        "margin-right",
        "margin-top",
        "max-width",
        "min-width",
        "padding",
        "padding-bottom",
        "padding-left",
        "padding-right",
        "padding-top",
        "text-align",
        "text-decoration",
        "text-indent",
        "text-transform",
        "vertical-align",
        "white-space",
        "width",
        "word-break",
    ];
    let mut out = String::new();
    for declaration in value.split(';') {
        let Some((property, value)) = declaration.split_once(':') else {
            continue;
        };
        let (property, value) = (property.trim().to_ascii_lowercase(), value.trim());
        if PROPERTIES.contains(&property.as_str()) && harmless(value) {
            let _ = write!(out, "{property}:{value};");
        }
    }
    out
}

fn harmless(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    // A backslash or a comment could spell anything; a parenthesis is let through for colours only.
    let mut rest = lower.as_str();
    for color in ["rgba(", "rgb(", "hsla(", "hsl("] {
        rest = rest.strip_prefix(color).unwrap_or(rest);
    }
    value.len() <= 200
        && !rest.contains(['(', '\\', '<', '@', '{', '}'])
        && !lower.contains("/*")
        && !lower.contains("//")
}

/// Plain text with its links made links and its quotes set apart.
fn text_to_html(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + 256);
    out.push_str("<div class=\"text\">");
    let mut in_quote = false;
    for line in text.lines() {
        let quote = line.starts_with('>');
        if quote != in_quote {
            out.push_str(if quote {
                "<div class=\"quote\">"
            } else {
                "</div>"
            });
            in_quote = quote;
        }
        line_to_html(
            if quote {
                line.trim_start_matches(['>', ' '])
            } else {
                line
            },
            &mut out,
        );
        out.push('\n');
    }
    out.push_str(if in_quote { "</div></div>" } else { "</div>" });
    out
}

fn line_to_html(line: &str, out: &mut String) {
    let mut rest = line;
    while let Some(at) = ["https://", "http://"]
        .iter()
        .filter_map(|s| rest.find(s))
        .min()
    {
        escape(&rest[..at], out);
        let tail = &rest[at..];
        let end = tail
            .find(|c: char| c.is_whitespace() || matches!(c, '<' | '>' | '"'))
            .unwrap_or(tail.len());
        let link = tail[..end].trim_end_matches(['.', ',', ';', ':', '!', '?', ')', '\'']);
        out.push_str("<a rel=\"noopener noreferrer nofollow\" href=\"");
        escape(link, out);
        out.push_str("\">");
        escape(link, out);
        out.push_str("</a>");
        rest = &tail[link.len()..];
    }
    escape(rest, out);
}

fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cleaned(html: &str) -> (String, u64) {
        sanitize(
            html,
            &Arc::new(HashMap::from([(
                "logo@x".to_owned(),
                "data:image/png;base64,AA==".to_owned(),
            )])),
        )
    }

    #[test]
    fn h6_a_picture_named_again_and_again_does_not_fill_the_memory() {
        let picture = format!("data:image/png;base64,{}", "A".repeat(1 << 20));
        let inline = Arc::new(HashMap::from([("a".to_owned(), picture)]));
        let (out, _) = sanitize(&"<img src=\"cid:a\">".repeat(3_000), &inline);
        let shown = out.matches("data:image/png").count();
        assert!(
            (10..=16).contains(&shown) && out.len() < 18 << 20,
            "{shown}"
        );
    }

    #[test]
    fn h1_nothing_that_runs_is_left() {
        for html in [
            "<script>alert(1)</script>x",
            "<img src=x onerror=alert(1)>x",
            "<svg onload=alert(1)><animate attributeName=href values=javascript:alert(1)></svg>x",
            "<a href=\"javascript:alert(1)\">x</a>",
            "<a href=\" jAvascript:alert(1)\">x</a>",
            "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
            "<iframe src=https://evil.example></iframe>x",
            "<form action=https://evil.example><input name=a></form>x",
            "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>x",
            "<meta http-equiv=refresh content=\"0;url=https://evil.example\">x",
            "<base href=https://evil.example>x",
            "<object data=https://evil.example></object><embed src=https://evil.example>x",
        ] {
            let (out, _) = cleaned(html);
            let lower = out.to_lowercase();
            for bad in [
                "<script",
                "onerror",
                "onload",
                "javascript:",
                "<iframe",
                "<form",
                "<meta",
                "<base",
                "<object",
                "<embed",
                "<svg",
                "data:text",
                "evil.example",
            ] {
                assert!(!lower.contains(bad), "{html} left {bad}: {out}");
            }
            assert!(out.contains('x'), "{html} lost its text: {out}");
        }
    }

    #[test]
    fn h2_remote_content_is_taken_out_and_counted() {
        let (out, blocked) = cleaned(
            "<img src=\"https://t.example/p.gif\"><img src=\"//t.example/q\"><img srcset=\"https://t.example/r 2x\">\
             <td background=\"https://t.example/s\"></td><div style=\"background:url(https://t.example/u);color:red\">a</div>\
             <div style=\"background-color:u\\72l(https://t.example/v)\">b</div><style>@import 'https://t.example/w'</style>",
        );
        assert!(!out.contains("t.example"), "{out}");
        assert_eq!(blocked, 2);
        assert!(out.contains("color:red"));
    }

    #[test]
    fn h2_asked_for_images_become_numbered_places_and_nothing_else_loads() {
        let html = "<img src=\"https://t.example/p.gif\"><img src=\"//t.example/q\"><img src=\"HTTP://t.example/p\">\
                    <img src=\"https://t.example/p.gif\"><img src=\"javascript:x\"><img src=\"tenon-image:w:7\">\
                    <a href=\"tenon-image:w:8\">x</a><p>tenon-image:guess:9</p><div style=\"background:url(https://t.example/u)\">a</div>";
        let places = Places::new("w");
        let (out, _) = clean(html, &Inline::default(), Some(&places));
        assert_eq!(
            places.take(),
            [
                "https://t.example/p.gif",
                "https://t.example/q",
                "HTTP://t.example/p"
            ]
        );
        assert_eq!(out.matches("src=\"tenon-image:w:0\"").count(), 2, "{out}");
        assert!(out.contains("src=\"tenon-image:w:2\""), "{out}");
        for bad in ["t.example", "w:7", "w:8", "javascript"] {
            assert!(!out.contains(bad), "{bad}: {out}");
        }
    }

    #[test]
    fn inline_images_come_from_the_message() {
        let (out, blocked) = cleaned("<img src=\"cid:logo@x\" alt=Logo><img src=\"cid:other\">");
        assert!(out.contains("src=\"data:image/png;base64,AA==\""), "{out}");
        assert_eq!(blocked, 1);
    }

    #[test]
    fn text_keeps_its_shape_and_links_only_what_is_a_link() {
        let html = text_to_html("Hi <b>\nsee https://a.example/x?y=1&z=2).\n> old\n> more\nbye");
        assert!(html.contains("Hi &lt;b&gt;"));
        assert!(
            html.contains("href=\"https://a.example/x?y=1&amp;z=2\""),
            "{html}"
        );
        assert!(
            html.contains("<div class=\"quote\">old\nmore\n</div>bye"),
            "{html}"
        );
    }

    #[test]
    fn h6_deep_nesting_is_told_and_ordinary_mail_is_not() {
        assert!(too_deep(&"<div>".repeat(600)));
        assert!(too_deep(&"<b><i>".repeat(300)));
        assert!(!too_deep(&"<p>a<br><img src=x>".repeat(10_000)));
        assert!(!too_deep(&"<div><b>x</b></div>".repeat(10_000)));
        let content = Content {
            labels: vec![],
            headers: vec![],
            html: Some("<div>".repeat(600_000)),
            text: None,
            parts: vec![],
            problems: vec![],
        };
        assert_eq!(
            render(&content, &Inline::default(), false, "w").problem,
            Some("too_large")
        );
    }

    #[test]
    fn an_empty_page_says_so_and_a_title_is_no_text() {
        let (body, _) = cleaned("<title>Newsletter 42</title><p>&nbsp;</p>");
        assert!(is_blank(&body), "{body}");
        assert!(!is_blank("<p>x</p>"));
        assert!(!is_blank("<p><img src=\"data:image/png;base64,AA==\"></p>"));
    }

    #[test]
    fn styles_are_kept_by_list() {
        assert_eq!(
            style("color: RGB(1,2,3); position:fixed; width:10px; behavior:url(x); background:red"),
            "color:RGB(1,2,3);width:10px;"
        );
        assert_eq!(style("color:expression(alert(1))"), "");
        assert_eq!(style("color:rgb(0,0,0) url(x)"), "");
    }
}
