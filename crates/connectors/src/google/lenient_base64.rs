//! Base64 (RFC 4648) of both alphabets, read bit by bit and leniently: line ends and padding are
//! passed over, so that bodies can be streamed without ever being whole in memory.

const SKIP: u8 = 0xff;

static VALUES: [u8; 256] = values();

const fn values() -> [u8; 256] {
    let mut table = [SKIP; 256];
    let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut i = 0;
    while i < 64 {
        table[alphabet[i] as usize] = i as u8;
        i += 1;
    }
    table[b'-' as usize] = 62;
    table[b'_' as usize] = 63;
    table
}

/// Decodes pieces of one text.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    /// Up to three values that wait for a fourth.
    bits: u32,
    count: u32,
}

impl Decoder {
    /// Decodes a piece, and appends what is complete.
    pub(crate) fn decode(&mut self, text: &[u8], out: &mut Vec<u8>) {
        let mut text = text;
        loop {
            if self.count == 0 {
                // The common case: four good characters at a time.
                let mut quads = text.chunks_exact(4);
                let mut used = 0;
                for quad in quads.by_ref() {
                    let v = [quad[0], quad[1], quad[2], quad[3]].map(|b| VALUES[usize::from(b)]);
                    if (v[0] | v[1] | v[2] | v[3]) & 0xc0 != 0 {
                        break;
                    }
                    let n = u32::from(v[0]) << 18
                        | u32::from(v[1]) << 12
                        | u32::from(v[2]) << 6
                        | u32::from(v[3]);
                    out.extend_from_slice(&n.to_be_bytes()[1..]);
                    used += 4;
                }
                text = &text[used..];
            }
            let Some((first, rest)) = text.split_first() else {
                return;
            };
            text = rest;
            let value = VALUES[usize::from(*first)];
            if value == SKIP {
                continue;
            }
            self.bits = self.bits << 6 | u32::from(value);
            self.count += 1;
            if self.count == 4 {
                out.extend_from_slice(&self.bits.to_be_bytes()[1..]);
                (self.bits, self.count) = (0, 0);
            }
        }
    }

    /// The last one or two bytes.
    pub(crate) fn finish(&mut self, out: &mut Vec<u8>) {
        match self.count {
            2 => out.push((self.bits >> 4) as u8),
            3 => out.extend_from_slice(&((self.bits >> 2) as u16).to_be_bytes()),
            _ => {}
        }
        (self.bits, self.count) = (0, 0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE, URL_SAFE_NO_PAD};
    use proptest::prelude::*;

    fn in_pieces(text: &[u8], size: usize) -> Vec<u8> {
        let (mut decoder, mut out) = (Decoder::default(), Vec::new());
        for piece in text.chunks(size.max(1)) {
            decoder.decode(piece, &mut out);
        }
        decoder.finish(&mut out);
        out
    }

    proptest! {
        #[test]
        fn every_alphabet_in_every_cut(bytes: Vec<u8>, size in 1usize..50) {
            for engine in [&STANDARD, &URL_SAFE, &URL_SAFE_NO_PAD] {
                prop_assert_eq!(&in_pieces(engine.encode(&bytes).as_bytes(), size), &bytes);
            }
            let lines: Vec<u8> =
                STANDARD.encode(&bytes).as_bytes().chunks(7).flat_map(|l| [l, b"\r\n"].concat()).collect();
            prop_assert_eq!(&in_pieces(&lines, size), &bytes);
        }

        #[test]
        fn rubbish_does_not_panic(text: Vec<u8>, size in 1usize..9) {
            in_pieces(&text, size);
        }
    }
}
