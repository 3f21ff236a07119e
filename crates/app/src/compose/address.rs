//! Addresses that people write, made fit for a header (RFC 5321, 4.1.2; RFC 5322, 3.4.1).

/// A name and an address, ready for a header: no line break, no letter that must not be there.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct Checked {
    pub(super) name: String,
    pub(super) address: String,
}

const LOCAL: usize = 64;
const WHOLE: usize = 254;
const NAME: usize = 200;

/// Checks a name; what is left is one line.
pub(super) fn check_name(name: &str) -> Result<String, &'static str> {
    let name = name.trim();
    if name.chars().any(char::is_control) {
        Err("must be one line of text")
    } else if name.chars().count() > NAME {
        Err("must have at most 200 characters")
    } else {
        Ok(name.to_owned())
    }
}

/// Checks an address; its domain comes back in ASCII (RFC 5890).
pub(super) fn check_address(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.chars().any(char::is_control) {
        return Err("must be one address");
    }
    let Some((local, domain)) = text.rsplit_once('@') else {
        return Err("must be an address such as ann@example.com");
    };
    if !local.is_ascii() {
        return Err("has letters before the @ that mail servers do not take");
    }
    if local.is_empty() || local.len() > LOCAL || !(is_dot_atom(local) || is_quoted(local)) {
        return Err("must be an address such as ann@example.com");
    }
    let domain = match url::Host::parse(domain) {
        Ok(url::Host::Domain(domain)) if is_domain(&domain) => domain,
        _ => return Err("has no domain that mail can go to"),
    };
    let address = format!("{local}@{domain}");
    if address.len() > WHOLE {
        return Err("is longer than an address can be");
    }
    Ok(address)
}

fn is_dot_atom(local: &str) -> bool {
    local.split('.').all(|atom| {
        !atom.is_empty()
            && atom
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+-/=?^_`{|}~".contains(&b))
    })
}

fn is_quoted(local: &str) -> bool {
    let Some(inner) = local.strip_prefix('"').and_then(|l| l.strip_suffix('"')) else {
        return false;
    };
    let mut bytes = inner.bytes();
    while let Some(b) = bytes.next() {
        match b {
            b'\\' if bytes.next().is_none() => return false,
            b'"' | 0..=31 | 127 => return false,
            _ => {}
        }
    }
    !inner.is_empty()
}

fn is_domain(domain: &str) -> bool {
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    domain.contains('.')
        && domain.split('.').all(|label| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label
                    .bytes()
                    .all(|b| b.is_ascii_alphanumeric() || b == b'-')
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_taken_or_refused() {
        for (text, wanted) in [
            ("ann@example.com", Some("ann@example.com")),
            (" Ann.B+c@Example.COM ", Some("Ann.B+c@example.com")),
            ("o'hara@example.com", Some("o'hara@example.com")),
            ("\"a b\"@example.com", Some("\"a b\"@example.com")),
            ("x@bücher.example", Some("x@xn--bcher-kva.example")),
            ("x@例え.テスト", Some("x@xn--r8jz45g.xn--zckzah")),
            ("é@example.com", None),
            ("", None),
            ("ann", None),
            ("@example.com", None),
            ("ann@", None),
            ("ann@localhost", None),
            ("ann@[127.0.0.1]", None),
            ("ann@127.0.0.1", None),
            ("a..b@example.com", None),
            (".a@example.com", None),
            ("a b@example.com", None),
            ("a@b@example.com", None),
            ("a@exa mple.com", None),
            ("a@-x.com", None),
            ("a@example.com\r\nBcc: b@example.com", None),
            ("a@example.com, b@example.com", None),
            ("<a@example.com>", None),
            ("\"a\"b\"@example.com", None),
            ("\"a\\\"@example.com", None),
        ] {
            assert_eq!(check_address(text).ok().as_deref(), wanted, "{text:?}");
        }
        assert!(check_address(&format!("{}@example.com", "a".repeat(65))).is_err());
        assert!(check_address(&format!("a@{}.com", "b".repeat(260))).is_err());
    }

    #[test]
    fn names_are_one_line() {
        assert_eq!(check_name(" Zoé, \"Z\" ").unwrap(), "Zoé, \"Z\"");
        assert!(check_name("a\r\nBcc: x").is_err());
        assert!(check_name("a\0").is_err());
        assert!(check_name(&"é".repeat(201)).is_err());
    }
}
