//! Writes JSON straight into bytes and leaves out what the `fields=` mask does not name.
//!
//! A first sync asks for a hundred thousand messages; going through a tree of values would cost the
//! sandbox more than the client it is there to measure.

use super::fields::Mask;

/// Writes one JSON object under `mask`.
pub(crate) fn object(mask: &Mask, write: impl FnOnce(&mut Object<'_, '_>)) -> Vec<u8> {
    let mut out = Vec::with_capacity(512);
    write_object(&mut out, mask, write);
    out
}

fn write_object(out: &mut Vec<u8>, mask: &Mask, write: impl FnOnce(&mut Object<'_, '_>)) {
    out.push(b'{');
    write(&mut Object {
        out,
        mask,
        first: true,
    });
    out.push(b'}');
}

/// An object being written.
pub(crate) struct Object<'o, 'm> {
    out: &'o mut Vec<u8>,
    mask: &'m Mask,
    first: bool,
}

impl<'m> Object<'_, 'm> {
    /// Writes the key when the mask wants it, and gives the mask below it.
    fn key(&mut self, key: &str) -> Option<&'m Mask> {
        let below = self.mask.below(key)?;
        if self.first {
            self.first = false;
        } else {
            self.out.push(b',');
        }
        self.out.push(b'"');
        self.out.extend_from_slice(key.as_bytes());
        self.out.extend_from_slice(b"\":");
        Some(below)
    }

    /// True when the mask wants `key`; lets a caller skip work for what nobody asked for.
    pub(crate) fn wants(&self, key: &str) -> bool {
        self.mask.below(key).is_some()
    }

    /// A string.
    pub(crate) fn string(&mut self, key: &str, value: &str) {
        if self.key(key).is_some() {
            write_string(self.out, value);
        }
    }

    /// A string that needs no escaping: hex, digits, base64.
    pub(crate) fn plain(&mut self, key: &str, value: &str) {
        if self.key(key).is_some() {
            self.out.push(b'"');
            self.out.extend_from_slice(value.as_bytes());
            self.out.push(b'"');
        }
    }

    /// A 64-bit number, which Google writes as a string.
    pub(crate) fn long(&mut self, key: &str, value: impl std::fmt::Display) {
        if self.key(key).is_some() {
            use std::io::Write as _;
            let _ = write!(self.out, "\"{value}\""); // a Vec takes every write
        }
    }

    /// A message or thread id: sixteen hex digits.
    pub(crate) fn id(&mut self, key: &str, value: u64) {
        if self.key(key).is_some() {
            self.out.push(b'"');
            push_hex(self.out, value);
            self.out.push(b'"');
        }
    }

    /// A number.
    pub(crate) fn number(&mut self, key: &str, value: u64) {
        if self.key(key).is_some() {
            use std::io::Write as _;
            let _ = write!(self.out, "{value}"); // a Vec takes every write
        }
    }

    /// A nested object.
    pub(crate) fn object(&mut self, key: &str, write: impl FnOnce(&mut Object<'_, '_>)) {
        if let Some(below) = self.key(key) {
            write_object(self.out, below, write);
        }
    }

    /// A list.
    pub(crate) fn list(&mut self, key: &str, write: impl FnOnce(&mut List<'_, '_>)) {
        if let Some(below) = self.key(key) {
            self.out.push(b'[');
            write(&mut List {
                out: self.out,
                mask: below,
                first: true,
            });
            self.out.push(b']');
        }
    }

    /// A list of strings.
    pub(crate) fn strings<'s>(&mut self, key: &str, values: impl IntoIterator<Item = &'s str>) {
        self.list(key, |list| values.into_iter().for_each(|v| list.string(v)));
    }

    /// A value that is already a tree (stored settings); the mask goes through it too.
    pub(crate) fn value(&mut self, key: &str, value: &serde_json::Value) {
        if let Some(below) = self.key(key) {
            write_value(self.out, below, value);
        }
    }
}

/// A list being written.
pub(crate) struct List<'o, 'm> {
    out: &'o mut Vec<u8>,
    mask: &'m Mask,
    first: bool,
}

impl List<'_, '_> {
    fn comma(&mut self) {
        if self.first {
            self.first = false;
        } else {
            self.out.push(b',');
        }
    }

    /// An object in the list.
    pub(crate) fn object(&mut self, write: impl FnOnce(&mut Object<'_, '_>)) {
        self.comma();
        write_object(self.out, self.mask, write);
    }

    /// A string in the list.
    pub(crate) fn string(&mut self, value: &str) {
        self.comma();
        write_string(self.out, value);
    }

    /// A tree in the list.
    pub(crate) fn value(&mut self, value: &serde_json::Value) {
        self.comma();
        write_value(self.out, self.mask, value);
    }
}

/// Writes a tree under a mask.
pub(crate) fn write_value(out: &mut Vec<u8>, mask: &Mask, value: &serde_json::Value) {
    match value {
        serde_json::Value::Object(map) => write_object(out, mask, |o| {
            for (key, value) in map {
                o.value(key, value);
            }
        }),
        serde_json::Value::Array(items) => {
            out.push(b'[');
            let mut list = List {
                out,
                mask,
                first: true,
            };
            for item in items {
                list.value(item);
            }
            out.push(b']');
        }
        serde_json::Value::String(text) => write_string(out, text),
        other => out.extend_from_slice(other.to_string().as_bytes()),
    }
}

/// Sixteen lower-case hex digits.
pub(crate) fn push_hex(out: &mut Vec<u8>, value: u64) {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    for shift in (0..16).rev() {
        out.push(DIGITS[(value >> (shift * 4) & 15) as usize]);
    }
}

/// A JSON string; `<`, `>` and `&` are escaped as Google's servers do, control characters by RFC 8259.
pub(crate) fn write_string(out: &mut Vec<u8>, value: &str) {
    out.push(b'"');
    let bytes = value.as_bytes();
    let mut start = 0;
    for (i, &b) in bytes.iter().enumerate() {
        if b >= 0x20 && !matches!(b, b'"' | b'\\' | b'<' | b'>' | b'&') {
            continue;
        }
        out.extend_from_slice(&bytes[start..i]);
        start = i + 1;
        match b {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            b'\n' => out.extend_from_slice(b"\\n"),
            b'\r' => out.extend_from_slice(b"\\r"),
            b'\t' => out.extend_from_slice(b"\\t"),
            _ => {
                const DIGITS: &[u8; 16] = b"0123456789abcdef";
                out.extend_from_slice(b"\\u00");
                out.push(DIGITS[usize::from(b >> 4)]);
                out.push(DIGITS[usize::from(b & 15)]);
            }
        }
    }
    out.extend_from_slice(&bytes[start..]);
    out.push(b'"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strings_come_back_as_they_were() {
        for text in [
            "",
            "plain",
            "a\"b\\c\n\r\t\u{0}\u{1f}</script>&",
            "é 😀 \u{2028}",
        ] {
            let mut out = Vec::new();
            write_string(&mut out, text);
            assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }

    #[test]
    fn a_mask_keeps_only_what_it_names() {
        let mask = Mask::parse("id,payload/headers(name)").unwrap();
        let out = object(&mask, |o| {
            o.id("id", 255);
            o.string("snippet", "no");
            o.object("payload", |p| {
                p.string("mimeType", "no");
                p.list("headers", |l| {
                    l.object(|h| {
                        h.string("name", "From");
                        h.string("value", "no");
                    });
                });
            });
        });
        assert_eq!(
            String::from_utf8(out).unwrap(),
            r#"{"id":"00000000000000ff","payload":{"headers":[{"name":"From"}]}}"#
        );
    }
}
