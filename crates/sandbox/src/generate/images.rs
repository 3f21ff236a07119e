//! Pictures that are pictures: PNG with stored (uncompressed) data, so that its size can be chosen.

#![expect(
    clippy::format_push_string,
    reason = "reads best, and speed does not matter here"
)]

use super::rng::{Rng, mix};

/// A PNG of about `size` bytes: soft bands of colour that follow from `seed`.
pub(super) fn png(seed: u64, size: usize) -> Vec<u8> {
    let pixels = (size.saturating_sub(200) / 3).clamp(16 * 16, 4096 * 4096);
    let height = ((pixels as f64 * 0.6).sqrt() as usize).clamp(12, 4096);
    let width = (pixels / height).clamp(16, 8192);
    let mut rng = Rng::new(seed, 77);
    let (a, b) = (colour(&mut rng), colour(&mut rng));
    let mut data = Vec::with_capacity(height * (width * 3 + 1));
    for y in 0..height {
        data.push(0); // filter: none
        for x in 0..width {
            let t = usize::midpoint(x * 255 / width, y * 255 / height);
            let band = if (x * 8 / width + y * 5 / height).is_multiple_of(2) {
                10
            } else {
                0
            };
            for c in 0..3 {
                let mixed = (usize::from(a[c]) * (255 - t) + usize::from(b[c]) * t) / 255;
                data.push((mixed + band).min(255) as u8);
            }
        }
    }
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut head = Vec::with_capacity(13);
    head.extend_from_slice(&(width as u32).to_be_bytes());
    head.extend_from_slice(&(height as u32).to_be_bytes());
    head.extend_from_slice(&[8, 2, 0, 0, 0]);
    chunk(&mut out, *b"IHDR", &head);
    chunk(&mut out, *b"IDAT", &zlib_stored(&data));
    chunk(&mut out, *b"IEND", &[]);
    out
}

fn colour(rng: &mut Rng) -> [u8; 3] {
    const SOFT: [[u8; 3]; 8] = [
        [36, 82, 158],
        [222, 120, 60],
        [64, 140, 104],
        [180, 70, 96],
        [92, 76, 160],
        [32, 128, 150],
        [200, 160, 60],
        [90, 100, 112],
    ];
    *rng.pick(&SOFT)
}

fn chunk(out: &mut Vec<u8>, kind: [u8; 4], data: &[u8]) {
    out.extend_from_slice(&(data.len() as u32).to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&kind);
    crc.update(data);
    out.extend_from_slice(&kind);
    out.extend_from_slice(data);
    out.extend_from_slice(&crc.sum().to_be_bytes());
}

/// A zlib stream of stored blocks (RFC 1950, RFC 1951 3.2.4).
fn zlib_stored(data: &[u8]) -> Vec<u8> {
    let mut out = vec![0x78, 0x01];
    let mut blocks = data.chunks(65_535).peekable();
    while let Some(block) = blocks.next() {
        out.push(u8::from(blocks.peek().is_none()));
        out.extend_from_slice(&(block.len() as u16).to_le_bytes());
        out.extend_from_slice(&(!(block.len() as u16)).to_le_bytes());
        out.extend_from_slice(block);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for part in data.chunks(5_000) {
        for byte in part {
            a += u32::from(*byte);
            b += a;
        }
        a %= 65_521;
        b %= 65_521;
    }
    out.extend_from_slice(&(b << 16 | a).to_be_bytes());
    out
}

/// A table as text, about `size` bytes.
pub(super) fn csv(seed: u64, size: usize) -> Vec<u8> {
    let mut out = String::from("Number,Item,Quantity,Price,Note\r\n");
    let mut line = 0_u64;
    while out.len() < size {
        let h = mix(seed, line);
        let item = [
            "Scanner",
            "Charger",
            "Label roll",
            "Holster",
            "Cradle",
            "Battery",
            "Cable",
        ][(h % 7) as usize];
        let note = ["", "urgent", "checked", "", "see mail"][(h >> 8) as usize % 5];
        out.push_str(&format!(
            "{},{item},{},{}.{:02},{note}\r\n",
            line + 1,
            h % 90 + 1,
            (h >> 16) % 900,
            (h >> 32) % 100
        ));
        line += 1;
    }
    out.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn the_picture_is_a_png_of_the_wanted_size() {
        for size in [2_000, 20_000, 300_000] {
            let png = png(5, size);
            assert!(
                png.len().abs_diff(size) < size / 5 + 600,
                "{} for {size}",
                png.len()
            );
            let at = png.windows(4).position(|w| w == b"IDAT").unwrap();
            let len = u32::from_be_bytes(png[at - 4..at].try_into().unwrap()) as usize;
            let mut pixels = Vec::new();
            flate2::read::ZlibDecoder::new(&png[at + 4..at + 4 + len])
                .read_to_end(&mut pixels)
                .unwrap();
            let width = u32::from_be_bytes(png[16..20].try_into().unwrap()) as usize;
            let height = u32::from_be_bytes(png[20..24].try_into().unwrap()) as usize;
            assert_eq!(pixels.len(), height * (width * 3 + 1));
        }
    }
}
