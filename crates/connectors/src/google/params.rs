//! Parameters of header values (RFC 2045, 5.1; RFC 2231 in its simple forms).

/// The parameter `name` of a value such as `text/html; charset="utf-8"`.
pub(crate) fn param(value: &str, name: &str) -> Option<String> {
    let mut rest = value.split_once(';')?.1;
    loop {
        let (key, after) = rest.split_once('=')?;
        let key = key.rsplit(';').next().unwrap_or(key).trim();
        let (found, next) = read_value(after.trim_start());
        if key.eq_ignore_ascii_case(name) {
            return Some(found);
        }
        rest = next;
    }
}

/// A token or a quoted string, and what follows.
fn read_value(text: &str) -> (String, &str) {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.find(';').unwrap_or(text.len());
        return (text[..end].trim().to_owned(), &text[end..]);
    };
    let mut out = String::new();
    let mut chars = quoted.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => out.extend(chars.next().map(|(_, c)| c)),
            '"' => return (out, &quoted[at + 1..]),
            c => out.push(c),
        }
    }
    (out, "")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_are_found_in_any_spelling() {
        for (value, name, wanted) in [
            ("text/html; charset=utf-8", "charset", Some("utf-8")),
            (
                "text/html;CHARSET=\"utf-8\" ; x=y",
                "charset",
                Some("utf-8"),
            ),
            (
                "text/html; a=\"; charset=no\"; charset=yes",
                "charset",
                Some("yes"),
            ),
            (
                "attachment; filename=\"a \\\"b\\\".pdf\"",
                "filename",
                Some("a \"b\".pdf"),
            ),
            ("multipart/mixed; boundary=a=b", "boundary", Some("a=b")),
            ("text/html", "charset", None),
            ("text/html; charset", "charset", None),
            ("text/html; charset=\"utf-8", "charset", Some("utf-8")),
        ] {
            assert_eq!(param(value, name).as_deref(), wanted, "{value}");
        }
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(value in "[a-z;=\"\\\\ é]{0,40}") {
            param(&value, "a");
        }
    }
}
