//! Plain text as HTML.

/// Plain text with its links made links and its quotes set apart.
pub(super) fn text_to_html(text: &str) -> String {
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
    while let Some(at) = link_in(rest) {
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

/// Where the first link begins. Each byte is looked at once however many links there are (check H6).
fn link_in(text: &str) -> Option<usize> {
    let mut from = 0;
    while let Some(found) = text[from..].find("http") {
        let at = from + found;
        let after = &text[at + 4..];
        if after.starts_with("://") || after.starts_with("s://") {
            return Some(at);
        }
        from = at + 4;
    }
    None
}

pub(super) fn escape(text: &str, out: &mut String) {
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
    fn links_are_found_where_they_begin() {
        for (text, at) in [
            ("see https://a.example", Some(4)),
            ("http httphttp://a", Some(9)),
            ("http:/ https:", None),
            ("", None),
        ] {
            assert_eq!(link_in(text), at, "{text}");
        }
    }
}
