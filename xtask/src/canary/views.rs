//! The same bytes seen in other ways: without line breaks, and with compressed streams inflated.

use std::io::Read;

use flate2::read::{GzDecoder, ZlibDecoder};

/// No more than this is inflated of one stream: a canary sits near the beginning, a bomb does not end.
const MOST: u64 = 16 * 1024 * 1024;

/// Without CR, LF and the `=` of quoted-printable soft breaks; `None` when that changes nothing.
pub(super) fn unwrapped(bytes: &[u8]) -> Option<Vec<u8>> {
    if !bytes.contains(&b'\n') {
        return None;
    }
    let mut out = Vec::with_capacity(bytes.len());
    for &byte in bytes {
        match byte {
            b'\r' => {}
            b'\n' => {
                if out.last() == Some(&b'=') {
                    out.pop();
                }
            }
            _ => out.push(byte),
        }
    }
    Some(out)
}

/// What every gzip, zlib and zstd stream in these bytes holds. A stream that breaks off gives what came before.
pub(super) fn inflated(bytes: &[u8]) -> Vec<(&'static str, Vec<u8>)> {
    let mut found = Vec::new();
    for at in 0..bytes.len().saturating_sub(3) {
        let rest = &bytes[at..];
        let stream = match rest {
            [0x1f, 0x8b, 0x08, ..] => ("gzip", read(GzDecoder::new(rest))),
            [0x28, 0xb5, 0x2f, 0xfd, ..] => {
                let plain = ruzstd::decoding::StreamingDecoder::new(rest).map(read);
                ("zstd", plain.unwrap_or_default())
            }
            [first, second, ..] if zlib_header(*first, *second) => {
                ("zlib", read(ZlibDecoder::new(rest)))
            }
            _ => continue,
        };
        // Chance hits of two header bytes inflate to a handful of bytes at most.
        if stream.1.len() >= 8 {
            found.push(stream);
        }
    }
    found
}

/// RFC 1950: method deflate, window up to 32 KB, header divisible by 31, no preset dictionary.
fn zlib_header(first: u8, second: u8) -> bool {
    first & 0x0f == 8
        && first >> 4 <= 7
        && (u16::from(first) << 8 | u16::from(second)) % 31 == 0
        && second & 0x20 == 0
}

fn read(from: impl Read) -> Vec<u8> {
    let mut out = Vec::new();
    // An error means the stream ends here; what was read so far stays in `out`.
    let _ = from.take(MOST).read_to_end(&mut out);
    out
}

#[cfg(test)]
mod tests {
    use super::super::encode;
    use super::*;

    #[test]
    fn streams_are_found_inside_other_bytes_and_when_cut() {
        let text = "a text that is long enough to be compressed, long enough".repeat(3);
        for kind in ["gzip", "zlib", "zstd"] {
            let mut bytes = vec![0, 1, 2, 3, 4];
            bytes.extend(encode(kind, &text));
            bytes.extend([9, 9, 9]);
            let found = inflated(&bytes);
            assert!(
                found
                    .iter()
                    .any(|(k, plain)| *k == kind && plain == text.as_bytes()),
                "{kind}"
            );
        }
        let whole = encode("gzip", &text);
        let found = inflated(&whole[..whole.len() - 6]);
        assert!(found.iter().any(|(_, plain)| plain.starts_with(b"a text")));
    }

    #[test]
    fn noise_is_not_a_stream_and_nothing_panics() {
        let noise: Vec<u8> = (0..20_000_u32).map(|i| (i * 7919 % 251) as u8).collect();
        for (_, plain) in inflated(&noise) {
            assert!(plain.len() <= MOST as usize);
        }
        assert!(inflated(&[]).is_empty() && inflated(&[0x1f, 0x8b]).is_empty());
    }

    #[test]
    fn breaks_go() {
        assert_eq!(unwrapped(b"ab=\r\ncd\nef").unwrap(), b"abcdef");
        assert!(unwrapped(b"ab=cd").is_none());
    }
}
