//! Attachments and originals as streams: the one long base64 string of Gmail's JSON is decoded
//! while it comes, so that memory stays flat however large it is.

use bytes::Bytes;
use futures::stream::{self, StreamExt};
use memchr::memchr2;

use tenon_model::sabotage::{self, Saboteur};

use super::lenient_base64::Decoder;
use super::operation::Operation;
use crate::ports::{ByteStream, Result};
use crate::quota::Permit;
use crate::transport::Streamed;
use crate::{ProviderError, Reaction};

/// Where the reader is in the JSON text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum At {
    Outside,
    Key { escaped: bool },
    OtherText { escaped: bool },
    Data,
    DataEscape,
    DataUnicode { digits: u8, value: u32 },
    End,
}

/// Finds one text of the outermost object and decodes it.
#[derive(Debug)]
struct Reader {
    wanted: &'static str,
    at: At,
    depth: u32,
    expects_key: bool,
    key: Vec<u8>,
    decoder: Decoder,
    found: bool,
}

impl Reader {
    const fn new(wanted: &'static str, decoder: Decoder) -> Self {
        Self {
            wanted,
            at: At::Outside,
            depth: 0,
            expects_key: false,
            key: Vec::new(),
            decoder,
            found: false,
        }
    }

    fn read(&mut self, mut text: &[u8], out: &mut Vec<u8>) {
        while let Some((&byte, rest)) = text.split_first() {
            if self.at == At::Data {
                let end = memchr2(b'"', b'\\', text).unwrap_or(text.len());
                self.decoder.decode(&text[..end], out);
                text = &text[end..];
                if let Some((mark, rest)) = text.split_first() {
                    text = rest;
                    if *mark == b'"' {
                        self.decoder.finish(out);
                        self.at = At::Outside;
                    } else {
                        self.at = At::DataEscape;
                    }
                }
                continue;
            }
            text = rest;
            self.step(byte, out);
        }
        if sabotage::on(Saboteur::AttachmentHeld) {
            Box::leak(out.clone().into_boxed_slice());
        }
    }

    fn step(&mut self, byte: u8, out: &mut Vec<u8>) {
        self.at = match self.at {
            At::Outside => return self.outside(byte),
            At::Key { escaped: false } | At::OtherText { escaped: false } if byte == b'"' => {
                At::Outside
            }
            At::Key { escaped } => {
                if self.key.len() < 64 {
                    self.key.push(byte);
                }
                At::Key {
                    escaped: !escaped && byte == b'\\',
                }
            }
            At::OtherText { escaped } => At::OtherText {
                escaped: !escaped && byte == b'\\',
            },
            At::DataEscape if byte == b'u' => At::DataUnicode {
                digits: 0,
                value: 0,
            },
            At::DataEscape => {
                // `\/` is a character of base64; `\n` and the like are not, and are passed over.
                if byte == b'/' {
                    self.decoder.decode(b"/", out);
                }
                At::Data
            }
            At::DataUnicode { digits, value } => {
                let value = value << 4 | char::from(byte).to_digit(16).unwrap_or(0);
                if digits == 3 {
                    if let Ok(byte) = u8::try_from(value) {
                        self.decoder.decode(&[byte], out);
                    }
                    At::Data
                } else {
                    At::DataUnicode {
                        digits: digits + 1,
                        value,
                    }
                }
            }
            At::Data | At::End => self.at,
        };
    }

    fn outside(&mut self, byte: u8) {
        let top = self.depth == 1;
        match byte {
            b'"' if top && self.expects_key => {
                self.key.clear();
                self.at = At::Key { escaped: false };
            }
            b'"' if top && !self.found && self.key == self.wanted.as_bytes() => {
                self.found = true;
                self.at = At::Data;
            }
            b'"' => self.at = At::OtherText { escaped: false },
            b'{' | b'[' => {
                self.depth = self.depth.saturating_add(1);
                self.expects_key = self.depth == 1;
            }
            b'}' | b']' => {
                self.depth = self.depth.saturating_sub(1);
                if self.depth == 0 {
                    self.at = At::End;
                }
            }
            b':' if top => self.expects_key = false,
            b',' if top => self.expects_key = true,
            _ => {}
        }
    }
}

/// What is on its way.
struct Flow {
    streamed: Streamed,
    reader: Reader,
    operation: Operation,
    /// Kept until the last byte has come: until then the call is in flight.
    _permit: Permit,
}

/// Streams the decoded text `wanted` of an answer.
pub(super) fn decoded(
    operation: Operation,
    streamed: Streamed,
    permit: Permit,
    wanted: &'static str,
) -> ByteStream {
    let reader = Reader::new(wanted, Decoder::default());
    let flow = Flow {
        streamed,
        reader,
        operation,
        _permit: permit,
    };
    stream::try_unfold(flow, |mut flow| async move {
        let mut out = Vec::new();
        while let Some(chunk) = flow.streamed.chunk().await? {
            flow.reader.read(&chunk, &mut out);
            if !out.is_empty() {
                return Ok(Some((Bytes::from(out), flow)));
            }
        }
        flow.end().map(|()| None)
    })
    .boxed()
}

impl Flow {
    /// Judges the end: a cut answer must not pass for a short file (fault N4).
    fn end(&self) -> Result<()> {
        let head = &self.streamed.head;
        let (code, reaction) = if self.reader.at != At::End {
            (
                "answer_cut",
                Reaction::Retry(std::time::Duration::from_secs(1)),
            )
        } else if self.reader.found {
            return Ok(());
        } else {
            ("part_missing", Reaction::Skip)
        };
        Err(ProviderError {
            status: Some(head.status),
            provider_time: head.provider_time,
            ..ProviderError::new(self.operation.name(), code, reaction)
        })
    }
}

/// Bytes that are here already.
pub(super) fn ready(bytes: Vec<u8>) -> ByteStream {
    stream::iter((!bytes.is_empty()).then(|| Ok(Bytes::from(bytes)))).boxed()
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE;
    use proptest::prelude::*;

    /// (bytes, whether the object ended, whether the text was found)
    fn read(json: &[u8], size: usize) -> (Vec<u8>, bool, bool) {
        let mut reader = Reader::new("data", Decoder::default());
        let mut out = Vec::new();
        for piece in json.chunks(size) {
            reader.read(piece, &mut out);
        }
        (out, reader.at == At::End, reader.found)
    }

    #[test]
    fn only_the_outer_text_of_that_name_counts() {
        let json = br#" { "x": {"data": "WFhY", "y": ["data", {"data": "WA=="}]}, "da\"ta": "WA==", "size": 3,
            "note": "\"data\": \"WFg\"", "data": "YWJj\u003d\n\/w", "data": "WFhY" } "#;
        let mut wanted = b"abc".to_vec();
        wanted.push(0xff);
        for size in [1, 2, 7, 1_000] {
            assert_eq!(read(json, size), (wanted.clone(), true, true));
        }
        assert_eq!(read(br#"{"size": 0}"#, 3), (vec![], true, false));
        assert_eq!(read(br#"{"data": null}"#, 3), (vec![], true, false));
        assert_eq!(read(br#"{"data": ""}"#, 3), (vec![], true, true));
    }

    proptest! {
        #[test]
        fn any_bytes_in_any_pieces(bytes: Vec<u8>, size in 1usize..40) {
            let text = URL_SAFE.encode(&bytes).replace('=', "\\u003d");
            let json = format!("{{\"attachmentId\":\"a\\\\\",\"size\":{},\"data\":\"{text}\"}}", bytes.len());
            prop_assert_eq!(read(json.as_bytes(), size), (bytes, true, true));
        }

        #[test]
        fn n4_a_cut_text_never_looks_whole(bytes: Vec<u8>, part in 0.0f64..1.0) {
            let json = format!("{{\"data\":\"{}\"}}", URL_SAFE.encode(&bytes));
            let cut = (json.len() as f64 * part) as usize;
            prop_assert!(!read(&json.as_bytes()[..cut], 16).1);
        }

        #[test]
        fn rubbish_does_not_panic(text in "([{}\\[\\]\":,\\\\u0-9a-z]|data){0,60}", size in 1usize..9) {
            read(text.as_bytes(), size);
        }
    }
}
