//! Reading files of any program: their letters, their columns, their rows.

use encoding_rs::{Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use tenon_model::records::Kind;

use super::cards;
use crate::{Error, Result};

/// Bytes of a file.
pub const MOST_BYTES: usize = 64 << 20;
/// Rows of a file.
const MOST_ROWS: usize = 500_001;
/// Columns of a file.
const MOST_COLUMNS: usize = 300;
/// Characters of a cell.
const MOST_CELL: usize = 50_000;

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Format {
    /// Rows and columns.
    Csv,
    /// Cards of people (RFC 6350, and versions 2.1 and 3.0).
    Vcard,
    /// Calendars (RFC 5545).
    Icalendar,
}

impl Format {
    /// The word on the wire.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Vcard => "vcard",
            Self::Icalendar => "icalendar",
        }
    }

    /// What a file is, by what it begins with and else by its name.
    fn of(text: &str, name: &str) -> Self {
        let begins = |word: &str| {
            let start = text.trim_start();
            start
                .get(..word.len())
                .is_some_and(|t| t.eq_ignore_ascii_case(word))
        };
        let name = name.to_lowercase();
        let ends = |end: &str| name.ends_with(end);
        if begins("BEGIN:VCARD") || ends(".vcf") {
            Self::Vcard
        } else if begins("BEGIN:VCALENDAR") || ends(".ics") {
            Self::Icalendar
        } else {
            Self::Csv
        }
    }
}

/// A file as a table.
#[derive(Debug)]
pub(super) struct Table {
    pub(super) format: Format,
    pub(super) encoding: &'static str,
    pub(super) delimiter: Option<char>,
    /// Each row's cells, the first row the names of the columns where there are some.
    pub(super) rows: Vec<Vec<String>>,
}

fn file(sentence: impl Into<String>) -> Error {
    Error::Validation(vec![("file".to_owned(), sentence.into())])
}

/// The text of a file. Without a mark of its encoding it is UTF-8 if it can be, else Windows-1252.
fn decode(bytes: &[u8]) -> (String, &'static str) {
    if let Some((encoding, mark)) = Encoding::for_bom(bytes) {
        let (text, _) = encoding.decode_without_bom_handling(&bytes[mark..]);
        let name = if encoding == UTF_16LE || encoding == UTF_16BE {
            "utf-16"
        } else {
            "utf-8"
        };
        return (text.into_owned(), name);
    }
    if let Some(text) = UTF_8.decode_without_bom_handling_and_without_replacement(bytes) {
        return (text.into_owned(), "utf-8");
    }
    let (text, _) = WINDOWS_1252.decode_without_bom_handling(bytes);
    (text.into_owned(), "windows-1252")
}

/// What parts the columns: what comes equally often in the first lines, outside quotes, and most often.
fn delimiter(text: &str) -> char {
    let mut counts: Vec<[usize; 4]> = vec![[0; 4]];
    let all = [',', ';', '\t', '|'];
    let mut quoted = false;
    for c in text.chars().take(100_000) {
        match c {
            '"' => quoted = !quoted,
            '\n' if !quoted => {
                if counts.len() == 20 {
                    break;
                }
                counts.push([0; 4]);
            }
            _ if !quoted => {
                if let (Some(i), Some(line)) = (all.iter().position(|d| *d == c), counts.last_mut())
                {
                    line[i] += 1;
                }
            }
            _ => {}
        }
    }
    // The last line is cut off, or empty.
    if counts.len() > 1 {
        counts.pop();
    }
    let first = counts[0];
    let score = |i: usize| {
        let same = counts.iter().filter(|l| l[i] == first[i]).count();
        if first[i] == 0 {
            (0, 0)
        } else {
            (same, first[i])
        }
    };
    let best = (0..4).max_by_key(|i| (score(*i), 4 - i)).unwrap_or(0);
    all[best]
}

/// Reads a file.
pub(super) fn read(bytes: &[u8], name: &str, kind: Kind, wanted: Option<char>) -> Result<Table> {
    if bytes.len() > MOST_BYTES {
        return Err(file("is larger than 64 MiB; split it"));
    }
    let (text, encoding) = decode(bytes);
    let text = text.trim_start_matches('\u{feff}');
    if text.trim().is_empty() {
        return Err(file("is empty"));
    }
    if text.contains('\0') {
        return Err(file("holds zero bytes: it is no text"));
    }
    let format = Format::of(text, name);
    let (rows, delimiter) = match format {
        Format::Csv => {
            let delimiter = wanted.unwrap_or_else(|| delimiter(text));
            (table(text, delimiter)?, Some(delimiter))
        }
        Format::Vcard if kind == Kind::Contact => {
            let cards = cards::contacts(text);
            let cards =
                cards.ok_or_else(|| file("has a card without an end before the next one"))?;
            (cards, None)
        }
        Format::Vcard => return Err(Error::field("kind", "must be contact for this file")),
        Format::Icalendar if matches!(kind, Kind::Activity | Kind::Task) => {
            (cards::calendar(text, kind), None)
        }
        Format::Icalendar => {
            return Err(Error::field(
                "kind",
                "must be activity or task for this file",
            ));
        }
    };
    if rows.len() > MOST_ROWS {
        return Err(file("has more than 500,000 rows; split it"));
    }
    for (number, row) in (1..).zip(&rows) {
        if row.len() > MOST_COLUMNS {
            return Err(file(format!("row {number} has more than 300 columns")));
        }
        if row
            .iter()
            .any(|c| c.len() > MOST_CELL && c.chars().count() > MOST_CELL)
        {
            return Err(file(format!(
                "row {number} has a cell of more than 50,000 characters; is a quote not closed?"
            )));
        }
    }
    if rows.is_empty() {
        return Err(file("has no rows"));
    }
    Ok(Table {
        format,
        encoding,
        delimiter,
        rows,
    })
}

/// The rows of a file that is a table, the first of them too.
pub(crate) fn csv_rows(bytes: &[u8], name: &str) -> Result<Vec<Vec<String>>> {
    let table = read(bytes, name, Kind::Contact, None)?;
    if table.format == Format::Csv {
        Ok(table.rows)
    } else {
        Err(file("must be a table with columns (CSV)"))
    }
}

fn table(text: &str, delimiter: char) -> Result<Vec<Vec<String>>> {
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .delimiter(u8::try_from(delimiter).unwrap_or(b','))
        .from_reader(text.as_bytes());
    let mut rows = Vec::new();
    let mut record = csv::StringRecord::new();
    loop {
        match reader.read_record(&mut record) {
            Ok(false) => return Ok(rows),
            Ok(true) => {}
            Err(_) => {
                return Err(file(format!(
                    "cannot be read from row {} on",
                    rows.len() + 1
                )));
            }
        }
        if record.len() > MOST_COLUMNS {
            let number = rows.len() + 1;
            return Err(file(format!("row {number} has more than 300 columns")));
        }
        if rows.len() == MOST_ROWS {
            return Err(file("has more than 500,000 rows; split it"));
        }
        rows.push(record.iter().map(str::to_owned).collect());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rows(bytes: &[u8]) -> Table {
        read(bytes, "a.csv", Kind::Contact, None).unwrap()
    }

    #[test]
    fn letters_and_columns_of_any_program_are_read() {
        let utf16: Vec<u8> = [0xff, 0xfe]
            .into_iter()
            .chain(
                "Name;Ort\nMüller;Köln"
                    .encode_utf16()
                    .flat_map(u16::to_le_bytes),
            )
            .collect();
        for (bytes, encoding, delimiter) in [
            ("Name,Ort\nMüller,Köln\n".as_bytes().to_vec(), "utf-8", ','),
            (
                "\u{feff}Name|Ort\r\nMüller|Köln".as_bytes().to_vec(),
                "utf-8",
                '|',
            ),
            (utf16, "utf-16", ';'),
            (
                b"Name\tOrt\nM\xfcller\tK\xf6ln\n".to_vec(),
                "windows-1252",
                '\t',
            ),
            (b"Name,Ort\rM\xfcller,K\xf6ln".to_vec(), "windows-1252", ','),
        ] {
            let table = rows(&bytes);
            assert_eq!(
                (table.encoding, table.delimiter),
                (encoding, Some(delimiter))
            );
            assert_eq!(table.rows, [["Name", "Ort"], ["Müller", "Köln"]]);
        }
        let quoted = rows(b"a;b\n\"x\ny, z\";\"say \"\"hi\"\"\"\n1;2\n");
        assert_eq!(quoted.rows[1], ["x\ny, z", "say \"hi\""]);
    }

    #[test]
    fn hostile_files_are_refused_with_a_sentence() {
        let wide = ",".repeat(1_000_000);
        let open = format!("a,b\n\"{}", "x\n".repeat(60_000));
        let long = "x\n".repeat(500_002);
        for bytes in [
            &b""[..],
            b"\xef\xbb\xbf \n",
            b"a,b\nc\0d,e",
            wide.as_bytes(),
            open.as_bytes(),
            long.as_bytes(),
        ] {
            let refused = read(bytes, "", Kind::Contact, None);
            assert!(matches!(refused, Err(Error::Validation(_))));
        }
        assert!(read(b"BEGIN:VCARD", "", Kind::Deal, None).is_err());
        // Ragged rows, lone quotes and lone returns are read.
        assert_eq!(rows(b"a,b\n1\n1,2,3\n4,\"5\n").rows.len(), 4);
    }
}
