//! Gmail's batches: many requests in one `multipart/mixed` body, and their answers in another
//! (<https://developers.google.com/workspace/gmail/api/guides/batch>).
//!
//! The outer status says nothing about the parts, and their order is not promised (fault G27):
//! each part is found by its `Content-ID`.

use std::fmt::Write;
use std::time::Duration;

use memchr::memmem;

use super::params::param;

/// Our requests hold nothing that could look like it.
const BOUNDARY: &str = "tenon-batch";

/// The `Content-Type` of what [`write`] makes.
pub(crate) const CONTENT_TYPE: &str = "multipart/mixed; boundary=tenon-batch";

/// A batch of `GET` requests for `paths`, numbered from 0.
pub(crate) fn write<'a>(paths: impl Iterator<Item = &'a str>) -> String {
    let mut out = String::with_capacity(64 * 1024);
    for (n, path) in paths.enumerate() {
        // Writing to a string cannot fail.
        let _ = write!(
            out,
            "--{BOUNDARY}\r\nContent-Type: application/http\r\nContent-ID: <item-{n}>\r\n\r\nGET {path} HTTP/1.1\r\n\r\n\r\n"
        );
    }
    let _ = write!(out, "--{BOUNDARY}--\r\n");
    out
}

/// The answer to one request of a batch.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Part<'a> {
    /// Its number, if it says so.
    pub(crate) item: Option<usize>,
    pub(crate) status: u16,
    pub(crate) content_type: &'a str,
    pub(crate) retry_after: Option<Duration>,
    pub(crate) body: &'a [u8],
}

/// The parts of an answer, without those that are cut or unreadable. `None` when it is no batch.
pub(crate) fn read<'a>(content_type: &str, body: &'a [u8]) -> Option<Vec<Part<'a>>> {
    if !content_type
        .trim_start()
        .to_ascii_lowercase()
        .starts_with("multipart/")
    {
        return None;
    }
    let boundary = param(content_type, "boundary").filter(|b| !b.is_empty())?;
    let delimiter = [b"--", boundary.as_bytes()].concat();
    let mut parts = Vec::new();
    let mut begin = None;
    for at in memmem::find_iter(body, &delimiter) {
        if at > 0 && body[at - 1] != b'\n' {
            continue;
        }
        let after = &body[at + delimiter.len()..];
        let last = after.starts_with(b"--");
        if !last && !matches!(after.first(), Some(b'\r' | b'\n' | b' ' | b'\t')) {
            continue; // a longer boundary that begins alike
        }
        if let Some(begin) = begin {
            parts.extend(part(&body[begin..at]));
        }
        if last {
            return Some(parts);
        }
        begin = Some(at + delimiter.len());
    }
    // The end never came: what was complete before is good (fault N4).
    Some(parts)
}

fn part(raw: &[u8]) -> Option<Part<'_>> {
    // The rest of the delimiter's line, then the part's own head, then the inner answer.
    let raw = &raw[memchr::memchr(b'\n', raw)? + 1..];
    let (outer, inner) = split_head(raw)?;
    let (head, body) = split_head(inner)?;
    let (line, head) = head.split_once('\n').unwrap_or((head, ""));
    let status = line
        .strip_prefix("HTTP/")?
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()?;
    let body = body
        .strip_suffix(b"\r\n")
        .or_else(|| body.strip_suffix(b"\n"))
        .unwrap_or(body);
    let body = match field(head, "content-length").and_then(|v| v.parse::<usize>().ok()) {
        Some(length) if length > body.len() + 2 => return None,
        Some(length) => body.get(..length).unwrap_or(body),
        None => body,
    };
    Some(Part {
        item: field(outer, "content-id").and_then(number_at_end),
        status,
        content_type: field(head, "content-type").unwrap_or_default(),
        retry_after: field(head, "retry-after")
            .and_then(|v| v.parse().ok())
            .map(Duration::from_secs),
        body,
    })
}

/// Splits at the first empty line.
fn split_head(raw: &[u8]) -> Option<(&str, &[u8])> {
    let (head, rest) = if raw.starts_with(b"\r\n") {
        (&raw[..0], &raw[2..])
    } else if raw.starts_with(b"\n") {
        (&raw[..0], &raw[1..])
    } else {
        let crlf = memmem::find(raw, b"\r\n\r\n").map(|at| (at, at + 4));
        let within = crlf.map_or(raw, |(at, _)| &raw[..at]);
        let lf = memmem::find(within, b"\n\n").map(|at| (at, at + 2));
        let (end, next) = lf.or(crlf)?;
        (&raw[..end], &raw[next..])
    };
    Some((std::str::from_utf8(head).ok()?, rest))
}

fn field<'a>(head: &'a str, name: &str) -> Option<&'a str> {
    head.lines().find_map(|line| {
        let (key, value) = line.split_once(':')?;
        key.trim().eq_ignore_ascii_case(name).then(|| value.trim())
    })
}

/// `<response-item-12>` is 12.
fn number_at_end(id: &str) -> Option<usize> {
    let id = id.trim_end_matches('>');
    let digits = id.bytes().rev().take_while(u8::is_ascii_digit).count();
    id[id.len() - digits..].parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ANSWER: &str = "--batch_x\r\nContent-Type: application/http\r\nContent-ID: <response-item-1>\r\n\r\n\
        HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=UTF-8\r\nContent-Length: 12\r\n\r\n{\"id\": \"18\"}\r\n\
        --batch_x\r\nContent-Type: application/http\r\nContent-ID: <response-item-0>\r\n\r\n\
        HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/json\r\nRetry-After: 7\r\n\r\n{}\r\n--batch_x--\r\n";

    #[test]
    fn g27_parts_are_told_apart_by_their_ids() {
        for text in [ANSWER.to_owned(), ANSWER.replace("\r\n", "\n")] {
            let parts = read("multipart/mixed; boundary=\"batch_x\"", text.as_bytes()).unwrap();
            assert_eq!(parts.len(), 2);
            assert_eq!(
                (parts[0].item, parts[0].status, parts[0].body),
                (Some(1), 200, &b"{\"id\": \"18\"}"[..])
            );
            assert_eq!(
                (parts[1].item, parts[1].status, parts[1].body),
                (Some(0), 429, &b"{}"[..])
            );
            assert_eq!(parts[1].retry_after, Some(Duration::from_secs(7)));
        }
    }

    #[test]
    fn n4_a_cut_answer_gives_only_its_whole_parts() {
        for cut in 0..ANSWER.len() {
            let parts = read(
                "multipart/mixed; boundary=batch_x",
                &ANSWER.as_bytes()[..cut],
            )
            .unwrap();
            assert!(parts.len() <= 2);
            for part in parts {
                assert!(
                    part.body == b"{\"id\": \"18\"}" || part.body == b"{}",
                    "{cut}: {part:?}"
                );
            }
        }
        assert_eq!(read("text/html", b"<html>"), None);
        assert_eq!(read("multipart/mixed", b""), None);
    }

    #[test]
    fn the_request_is_what_googles_guide_shows() {
        let text = write(
            [
                "/gmail/v1/users/me/messages/1",
                "/gmail/v1/users/me/threads/2",
            ]
            .into_iter(),
        );
        assert_eq!(
            text,
            "--tenon-batch\r\nContent-Type: application/http\r\nContent-ID: <item-0>\r\n\r\n\
             GET /gmail/v1/users/me/messages/1 HTTP/1.1\r\n\r\n\r\n\
             --tenon-batch\r\nContent-Type: application/http\r\nContent-ID: <item-1>\r\n\r\n\
             GET /gmail/v1/users/me/threads/2 HTTP/1.1\r\n\r\n\r\n--tenon-batch--\r\n"
        );
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(--b|--|\r\n|\n|HTTP/1.1 |200|Content-ID: <|>|[a-z{}: 0-9]){0,60}") {
            read("multipart/mixed; boundary=b", text.as_bytes());
        }
    }
}
