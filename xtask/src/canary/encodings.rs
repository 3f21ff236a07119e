//! The forms a text may take on its way to a disk: `policy-checks`, "encodings searched".

use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};

/// Every form the scan claims to see through. Each has a positive control in every run.
pub const ENCODINGS: [&str; 18] = [
    "raw",
    "lower-case",
    "upper-case",
    "base64 +0",
    "base64 +1",
    "base64 +2",
    "base64 wrapped",
    "base64url",
    "quoted-printable, every byte",
    "quoted-printable, soft break",
    "percent",
    "html entities",
    "html entities, hex",
    "json \\u",
    "utf-16le",
    "utf-16be",
    "hex",
    "hex upper-case",
];

/// A text in one of the forms; `gzip`, `zlib` and `zstd` besides, which are containers of any form.
pub fn encode(encoding: &str, text: &str) -> Vec<u8> {
    let each = |form: &dyn Fn(u8) -> String| -> Vec<u8> {
        text.bytes().map(form).collect::<String>().into_bytes()
    };
    match encoding {
        "lower-case" => text.to_ascii_lowercase().into_bytes(),
        "upper-case" => text.to_ascii_uppercase().into_bytes(),
        "base64 +0" => base64(text.as_bytes(), STANDARD).into_bytes(),
        "base64 +1" => base64(format!("x{text}").as_bytes(), STANDARD).into_bytes(),
        "base64 +2" => base64(format!("xy{text}").as_bytes(), STANDARD).into_bytes(),
        "base64 wrapped" => {
            let whole = base64(text.as_bytes(), STANDARD);
            let (first, second) = whole.split_at(whole.len() / 2);
            format!("{first}\r\n{second}").into_bytes()
        }
        "base64url" => base64(format!("?>{text}?>").as_bytes(), URL_SAFE).into_bytes(),
        "quoted-printable, every byte" => each(&|b| format!("={b:02X}")),
        "quoted-printable, soft break" => {
            let (first, second) = text.split_at(text.len() / 2);
            format!("{first}=\r\n{second}").into_bytes()
        }
        "percent" => each(&|b| format!("%{b:02x}")),
        "html entities" => each(&|b| format!("&#{b};")),
        "html entities, hex" => each(&|b| format!("&#x{b:02X};")),
        "json \\u" => each(&|b| format!("\\u{b:04x}")),
        "utf-16le" => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "utf-16be" => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        "hex" => each(&|b| format!("{b:02x}")),
        "hex upper-case" => each(&|b| format!("{b:02X}")),
        "gzip" => {
            let mut writer = GzEncoder::new(Vec::new(), Compression::default());
            // Writing to memory does not fail.
            let _ = writer.write_all(text.as_bytes());
            writer.finish().unwrap_or_default()
        }
        "zlib" => {
            let mut writer = ZlibEncoder::new(Vec::new(), Compression::best());
            let _ = writer.write_all(text.as_bytes());
            writer.finish().unwrap_or_default()
        }
        "zstd" => ruzstd::encoding::compress_to_vec(
            text.as_bytes(),
            ruzstd::encoding::CompressionLevel::Fastest,
        ),
        _ => text.as_bytes().to_vec(),
    }
}

/// What to search for: bytes that must occur, and whether letters' case matters.
pub(super) struct Pattern {
    pub(super) encoding: &'static str,
    pub(super) bytes: Vec<u8>,
    pub(super) exact_case: bool,
}

/// The patterns of one text. Line breaks and soft breaks are taken out of the searched bytes beforehand, so the
/// wrapped forms need none of their own.
pub(super) fn patterns(text: &str) -> Vec<Pattern> {
    let mut found = Vec::new();
    let mut add = |encoding, bytes, exact_case| {
        found.push(Pattern {
            encoding,
            bytes,
            exact_case,
        });
    };
    add("raw", text.as_bytes().to_vec(), false);
    for (encoding, form) in [
        (
            "quoted-printable, every byte",
            "quoted-printable, every byte",
        ),
        ("percent", "percent"),
        ("html entities", "html entities"),
        ("html entities", "html entities, hex"),
        ("json \\u", "json \\u"),
        ("utf-16", "utf-16le"),
        ("utf-16", "utf-16be"),
        ("hex", "hex"),
    ] {
        add(encoding, encode(form, text), false);
    }
    for shift in 0..3 {
        let standard = inner_base64(text.as_bytes(), shift, STANDARD);
        let url_safe = inner_base64(text.as_bytes(), shift, URL_SAFE);
        if url_safe != standard {
            add("base64url", url_safe, true);
        }
        add("base64", standard, true);
    }
    found
}

const STANDARD: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const URL_SAFE: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

fn base64(bytes: &[u8], alphabet: &[u8; 64]) -> String {
    let mut out = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut three = [0_u8; 3];
        three[..chunk.len()].copy_from_slice(chunk);
        let number = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for position in 0..4 {
            if position <= chunk.len() {
                let index = (number >> (18 - 6 * position)) & 63;
                out.push(char::from(alphabet[index as usize]));
            } else {
                out.push('=');
            }
        }
    }
    out
}

/// The base64 characters that depend on the text alone when it begins `shift` bytes into a group of three.
fn inner_base64(text: &[u8], shift: usize, alphabet: &[u8; 64]) -> Vec<u8> {
    let mut padded = vec![0; shift];
    padded.extend_from_slice(text);
    let encoded = base64(&padded, alphabet);
    let first = (shift * 8).div_ceil(6);
    let last = padded.len() * 8 / 6;
    encoded.as_bytes()[first..last].to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_rfc_4648() {
        for (plain, coded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes(), STANDARD), coded);
        }
        assert_eq!(base64(&[0xfb, 0xff], URL_SAFE), "-_8=");
    }

    #[test]
    fn the_inner_characters_occur_whatever_surrounds_the_text() {
        let text = b"CanaryCanaryCanary";
        for before in 0..6 {
            for after in 0..3 {
                let mut whole = vec![b'#'; before];
                whole.extend_from_slice(text);
                whole.extend(vec![b'!'; after]);
                let coded = base64(&whole, STANDARD);
                let inner = inner_base64(text, before % 3, STANDARD);
                let inner = String::from_utf8(inner).unwrap();
                assert!(
                    inner.len() >= 22 && coded.contains(&inner),
                    "{coded} {inner}"
                );
            }
        }
    }

    #[test]
    fn other_forms() {
        assert_eq!(encode("percent", "aZ"), b"%61%5a");
        assert_eq!(encode("html entities", "aZ"), b"&#97;&#90;");
        assert_eq!(encode("json \\u", "a"), b"\\u0061");
        assert_eq!(encode("utf-16le", "a"), [0x61, 0]);
        assert_eq!(encode("utf-16be", "a"), [0, 0x61]);
    }
}
