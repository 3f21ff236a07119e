//! Takes `multipart/…` bodies apart (RFC 2046, 5.1): batches and multipart uploads.

use bytes::Bytes;

/// One part.
#[derive(Debug)]
pub(crate) struct Part {
    headers: Bytes,
    pub(crate) body: Bytes,
}

impl Part {
    /// The value of a header field, trimmed.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        header(std::str::from_utf8(&self.headers).ok()?, name)
    }
}

/// The value of a field in a block of header lines.
pub(crate) fn header<'h>(block: &'h str, name: &str) -> Option<&'h str> {
    block.lines().find_map(|line| {
        let (field, value) = line.split_once(':')?;
        field
            .trim()
            .eq_ignore_ascii_case(name)
            .then(|| value.trim())
    })
}

/// The `boundary` of a content type.
pub(crate) fn boundary(content_type: &str) -> Option<&str> {
    content_type.split(';').skip(1).find_map(|p| {
        let (name, value) = p.split_once('=')?;
        name.trim()
            .eq_ignore_ascii_case("boundary")
            .then(|| value.trim().trim_matches('"'))
            .filter(|b| !b.is_empty())
    })
}

/// Splits a head from what follows its empty line; both line ends are understood.
pub(crate) fn split_head(bytes: &Bytes) -> (Bytes, Bytes) {
    let mut at = 0;
    while at < bytes.len() {
        let end = bytes[at..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(bytes.len(), |n| at + n + 1);
        let line = &bytes[at..end];
        if line == b"\r\n" || line == b"\n" {
            return (bytes.slice(..at), bytes.slice(end..));
        }
        at = end;
    }
    (bytes.clone(), Bytes::new())
}

/// The parts between the delimiters; `None` when there is no closing or no part at all.
pub(crate) fn parts(body: &Bytes, boundary: &str) -> Option<Vec<Part>> {
    let delimiter = format!("--{boundary}");
    let mut found = Vec::new();
    let mut start = None;
    let mut at = 0;
    while at < body.len() {
        let end = body[at..]
            .iter()
            .position(|b| *b == b'\n')
            .map_or(body.len(), |n| at + n + 1);
        if let Some(rest) = body[at..end].strip_prefix(delimiter.as_bytes()) {
            let closing = rest.starts_with(b"--");
            if closing || rest.iter().all(u8::is_ascii_whitespace) {
                if let Some(from) = start {
                    let mut to = at;
                    if to > from && body[to - 1] == b'\n' {
                        to -= 1;
                        if to > from && body[to - 1] == b'\r' {
                            to -= 1;
                        }
                    }
                    let (headers, inner) = split_head(&body.slice(from..to.max(from)));
                    found.push(Part {
                        headers,
                        body: inner,
                    });
                }
                if closing {
                    return (!found.is_empty()).then_some(found);
                }
                start = Some(end);
            }
        }
        at = end;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_parts_with_both_line_ends() {
        for eol in ["\r\n", "\n"] {
            let text = "preamble~--b~Content-ID: <1>~~one~two~--b~~--b--no~three~--b--~epilogue"
                .replace('~', eol);
            let parts = parts(&Bytes::from(text), "b").unwrap();
            assert_eq!(parts.len(), 2);
            assert_eq!(parts[0].header("content-id"), Some("<1>"));
            assert_eq!(parts[0].body, format!("one{eol}two"));
        }
    }

    #[test]
    fn refuses_what_never_closes() {
        assert!(parts(&Bytes::from_static(b"--b\r\n\r\none"), "b").is_none());
        assert!(parts(&Bytes::from_static(b""), "b").is_none());
        assert_eq!(boundary("multipart/mixed; boundary=\"a b\""), Some("a b"));
        assert_eq!(boundary("multipart/mixed"), None);
    }
}
