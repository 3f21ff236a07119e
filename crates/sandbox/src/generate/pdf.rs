//! One-page PDF documents (ISO 32000-1) of a chosen size.

use std::fmt::Write as _;

use super::rng::Rng;

/// A page with these lines; a stream that no page uses fills it up to `size` bytes.
pub(super) fn pdf(lines: &[String], seed: u64, size: usize) -> Vec<u8> {
    let mut content = String::from("BT /F1 18 Tf 56 780 Td ");
    for (i, line) in lines.iter().enumerate() {
        if i == 1 {
            content.push_str("/F1 11 Tf ");
        }
        let _ = write!(
            content,
            "({}) Tj 0 -{} Td ",
            escape(line),
            if i == 0 { 34 } else { 18 }
        ); // a String takes every write
    }
    content.push_str("ET");
    let mut out = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n".to_vec();
    let mut offsets = Vec::new();
    let mut object = |out: &mut Vec<u8>, body: &[u8]| {
        offsets.push(out.len());
        out.extend_from_slice(format!("{} 0 obj\n", offsets.len()).as_bytes());
        out.extend_from_slice(body);
        out.extend_from_slice(b"\nendobj\n");
    };
    object(&mut out, b"<< /Type /Catalog /Pages 2 0 R >>");
    object(&mut out, b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>");
    object(
        &mut out,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>",
    );
    object(
        &mut out,
        format!(
            "<< /Length {} >>\nstream\n{content}\nendstream",
            content.len()
        )
        .as_bytes(),
    );
    object(
        &mut out,
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    );
    let spare = size.saturating_sub(out.len() + 420);
    if spare > 0 {
        let mut rng = Rng::new(seed, 88);
        let mut body = format!("<< /Length {spare} >>\nstream\n").into_bytes();
        let end = body.len() + spare;
        while body.len() < end {
            let take = (end - body.len()).min(8);
            body.extend_from_slice(&rng.next().to_le_bytes()[..take]);
        }
        body.extend_from_slice(b"\nendstream");
        object(&mut out, &body);
    }
    let start = out.len();
    let mut table = format!("xref\n0 {}\n0000000000 65535 f \n", offsets.len() + 1);
    for offset in &offsets {
        let _ = writeln!(table, "{offset:010} 00000 n ");
    }
    let _ = write!(
        table,
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n",
        offsets.len() + 1
    );
    out.extend_from_slice(table.as_bytes());
    out
}

/// A PDF string in WinAnsi: Latin-1 as octal escapes, what it does not have as a question mark.
fn escape(text: &str) -> String {
    text.chars()
        .fold(String::with_capacity(text.len()), |mut out, c| {
            match c {
                '(' | ')' | '\\' => {
                    out.push('\\');
                    out.push(c);
                }
                ' '..='~' => out.push(c),
                '€' => out.push_str("\\200"),
                '\u{a0}'..='\u{ff}' => {
                    let _ = write!(out, "\\{:03o}", c as u32); // a String takes every write
                }
                _ => out.push('?'),
            }
            out
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn offsets_in_the_table_are_true_and_the_size_is_near() {
        for size in [1_500, 9_000, 200_000] {
            let bytes = pdf(&["Facture (é) €".to_owned(), "b".to_owned()], 3, size);
            assert!(
                bytes.len().abs_diff(size) < 400,
                "{} for {size}",
                bytes.len()
            );
            let find = |needle: &[u8]| {
                bytes
                    .windows(needle.len())
                    .position(|w| w == needle)
                    .unwrap()
            };
            for n in 1..=5 {
                let at = find(format!("\n{n} 0 obj").as_bytes()) + 1;
                find(format!("{at:010} 00000 n").as_bytes());
            }
        }
    }
}
