//! Header values: unfolding, control characters, and encoded words (RFC 2047, with the language
//! suffix of RFC 2231). Gmail decodes most of them itself, but not all.

use std::borrow::Cow;

use encoding_rs::{Encoding, UTF_8};

/// A header value fit to be shown and kept: decoded, on one line, without control characters.
pub(crate) fn clean(value: &str) -> String {
    if value.bytes().all(|b| (0x20..0x7f).contains(&b)) && !value.contains("=?") {
        return value.trim().to_owned(); // the common case
    }
    let decoded = decode_words(value);
    let mut out = String::with_capacity(decoded.len());
    for c in decoded.chars() {
        match c {
            '\r' | '\n' => {}
            '\t' => out.push(' '),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    let trimmed = out.trim();
    if trimmed.len() == out.len() {
        out
    } else {
        trimmed.to_owned()
    }
}

/// Cuts at a character, so that at most `max` bytes remain.
pub(crate) fn cut(text: &str, max: usize) -> &str {
    if text.len() <= max {
        return text;
    }
    let mut end = max;
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

/// Replaces encoded words by what they mean. Broken ones stay as they are.
pub(crate) fn decode_words(value: &str) -> Cow<'_, str> {
    if !value.contains("=?") {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len());
    // Bytes of neighbouring words in one charset: a character may be split between them.
    let mut pending: Option<(&str, Vec<u8>)> = None;
    let mut rest = value;
    while let Some(start) = rest.find("=?") {
        let (before, from) = rest.split_at(start);
        let Some(word) = EncodedWord::at(from) else {
            flush(&mut out, &mut pending);
            out.push_str(before);
            out.push_str("=?");
            rest = &from[2..];
            continue;
        };
        // Space between two encoded words is not shown (RFC 2047, 6.2).
        if pending.is_none() || !before.trim_matches([' ', '\t', '\r', '\n']).is_empty() {
            flush(&mut out, &mut pending);
            out.push_str(before);
        }
        match &mut pending {
            Some((charset, bytes)) if charset.eq_ignore_ascii_case(word.charset) => {
                bytes.extend_from_slice(&word.bytes);
            }
            _ => {
                flush(&mut out, &mut pending);
                pending = Some((word.charset, word.bytes));
            }
        }
        rest = &from[word.length..];
    }
    flush(&mut out, &mut pending);
    out.push_str(rest);
    Cow::Owned(out)
}

fn flush(out: &mut String, pending: &mut Option<(&str, Vec<u8>)>) {
    if let Some((charset, bytes)) = pending.take() {
        out.push_str(
            &decode_charset(charset, &bytes).unwrap_or_else(|| String::from_utf8_lossy(&bytes)),
        );
    }
}

/// One `=?charset?encoding?text?=`.
struct EncodedWord<'a> {
    charset: &'a str,
    bytes: Vec<u8>,
    /// How long it is in the value.
    length: usize,
}

impl<'a> EncodedWord<'a> {
    /// Reads the word that `text` begins with.
    fn at(text: &'a str) -> Option<Self> {
        let inner = text.strip_prefix("=?")?;
        let (charset, after) = cut(inner, 80).split_once('?')?;
        let encoding = after.bytes().next()?;
        let from = 2 + charset.len() + 1;
        let encoded = text
            .get(from..)?
            .strip_prefix([char::from(encoding)])?
            .strip_prefix('?')?;
        let end = encoded.find("?=")?;
        let (encoded, charset_only) = (&encoded[..end], charset.split('*').next()?);
        if charset_only.is_empty() || charset_only.contains(char::is_whitespace) {
            return None;
        }
        let bytes = match encoding {
            b'B' | b'b' => base64(encoded.as_bytes()),
            b'Q' | b'q' => quoted(encoded.as_bytes()),
            _ => return None,
        };
        Some(Self {
            charset: charset_only,
            bytes,
            length: from + 2 + end + 2,
        })
    }
}

/// The `Q` encoding (RFC 2047, 4.2).
fn quoted(text: &[u8]) -> Vec<u8> {
    let hex = |b: u8| char::from(b).to_digit(16).map(|d| d as u8);
    let mut out = Vec::with_capacity(text.len());
    let mut i = 0;
    while i < text.len() {
        match text[i] {
            b'_' => out.push(b' '),
            b'=' => {
                let pair = (
                    text.get(i + 1).copied().and_then(hex),
                    text.get(i + 2).copied().and_then(hex),
                );
                if let (Some(high), Some(low)) = pair {
                    out.push(high << 4 | low);
                    i += 2;
                } else {
                    out.push(b'=');
                }
            }
            b => out.push(b),
        }
        i += 1;
    }
    out
}

/// Base64 of either alphabet; what belongs to neither is passed over.
pub(crate) fn base64(text: &[u8]) -> Vec<u8> {
    let mut decoder = super::lenient_base64::Decoder::default();
    let mut out = Vec::with_capacity(text.len() / 4 * 3 + 3);
    decoder.decode(text, &mut out);
    decoder.finish(&mut out);
    out
}

/// Text in a charset; `None` when nobody knows the charset.
pub(crate) fn decode_charset<'a>(charset: &str, bytes: &'a [u8]) -> Option<Cow<'a, str>> {
    let charset = charset.trim().trim_matches(['"', '\'']);
    let encoding = match charset.to_ascii_lowercase().as_str() {
        // Names that mail uses and the web does not.
        "cp1252" | "cp-1252" | "ansi" => encoding_rs::WINDOWS_1252,
        "unicode-1-1-utf-8" | "utf8mb4" | "utf-8n" => UTF_8,
        "iso-2022-jp-ms" | "iso-2022-jp-2" => encoding_rs::ISO_2022_JP,
        "cp932" | "ms932" => encoding_rs::SHIFT_JIS,
        "cp936" | "gb18030-2005" => encoding_rs::GB18030,
        "cp949" => encoding_rs::EUC_KR,
        _ => Encoding::for_label_no_replacement(charset.as_bytes())?,
    };
    Some(encoding.decode_without_bom_handling(bytes).0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn encoded_words_in_their_usual_and_unusual_forms() {
        for (given, wanted) in [
            ("plain", "plain"),
            ("=?utf-8?Q?Caf=C3=A9_au_lait?=", "Café au lait"),
            ("=?UTF-8?B?Q2Fmw6k=?=", "Café"),
            ("=?iso-8859-1?q?Andr=E9?= Dupont", "André Dupont"),
            ("=?iso-8859-1*fr?q?Andr=E9?=", "André"),
            ("=?utf-8?q?a?= =?utf-8?q?b?=", "ab"),
            ("=?utf-8?q?a?=\r\n =?utf-8?q?b?=", "ab"),
            ("=?utf-8?q?a?= and =?utf-8?q?b?=", "a and b"),
            // One character split between two words.
            ("=?utf-8?B?w4M=?= =?utf-8?Q?=C3?= =?utf-8?Q?=A9?=", "Ãé"),
            // Raw spaces inside, missing padding, lower-case hex.
            ("=?utf-8?Q?two words=2c ok?=", "two words, ok"),
            ("=?utf-8?B?Q2Fmw6k?=", "Café"),
            // Broken ones stay.
            ("=?utf-8?X?abc?=", "=?utf-8?X?abc?="),
            ("=?utf-8?Q?unfinished", "=?utf-8?Q?unfinished"),
            ("a =? b", "a =? b"),
            ("=?nowhere?Q?ab?=", "ab"),
            ("=?iso-2022-jp?B?GyRCJUYlOSVIGyhC?=", "テスト"),
        ] {
            assert_eq!(decode_words(given), wanted, "{given}");
        }
    }

    #[test]
    fn g32_control_characters_and_folds_go() {
        assert_eq!(clean("a\u{0}b\r\n c\td\u{7f}"), "ab c d");
        assert_eq!(clean("  =?utf-8?q?=00x?= "), "x");
        assert_eq!(cut("aéb", 2), "a");
    }

    proptest::proptest! {
        #[test]
        fn nothing_panics(value in "(=\\?|\\?=|\\?|[a-zA-Z*=_ é\u{0}\r\n]|utf-8|[bBqQ]){0,60}") {
            clean(&value);
        }
    }
}
