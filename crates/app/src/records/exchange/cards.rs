//! vCards (RFC 6350; versions 2.1 and 3.0 too) and iCalendars (RFC 5545) as tables. Both are content lines: a name, its
//! parameters, a value. One reader of two hundred lines does for both, and for the quoted-printable of old phones.

use encoding_rs::{Encoding, UTF_8};
use jiff::civil::DateTime;
use jiff::tz::TimeZone;
use tenon_model::records::Kind;

/// A content line.
#[derive(Debug, PartialEq, Eq)]
struct Line {
    name: String,
    params: Vec<(String, String)>,
    value: String,
}

impl Line {
    fn param(&self, name: &str) -> Option<&str> {
        let found = self.params.iter().find(|(n, _)| n == name);
        found.map(|(_, v)| v.as_str())
    }

    /// What a number or an address is for.
    fn label(&self) -> String {
        let types = self.params.iter().filter(|(n, _)| n == "TYPE");
        let words = types.flat_map(|(_, v)| v.split(','));
        for word in words {
            let word = word.trim_matches('"').to_lowercase();
            match word.as_str() {
                "cell" | "mobile" | "iphone" => return "mobile".to_owned(),
                "work" | "home" | "fax" | "main" | "other" => return word,
                _ => {}
            }
        }
        String::new()
    }

    fn text(&self) -> String {
        unescape(&self.value)
    }

    fn parts(&self) -> Vec<String> {
        split(&self.value, ';')
            .iter()
            .map(|t| unescape(t))
            .collect()
    }
}

/// Splits at what stands without a backslash before it.
fn split(text: &str, at: char) -> Vec<String> {
    let mut out = vec![String::new()];
    let mut escaped = false;
    for c in text.chars() {
        if c == at && !escaped {
            out.push(String::new());
        } else if let Some(last) = out.last_mut() {
            last.push(c);
        }
        escaped = c == '\\' && !escaped;
    }
    out
}

fn unescape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut chars = text.chars();
    while let Some(c) = chars.next() {
        match c {
            '\\' => match chars.next() {
                Some('n' | 'N') => out.push('\n'),
                Some(other) => out.push(other),
                None => {}
            },
            other => out.push(other),
        }
    }
    out.trim().to_owned()
}

/// The bytes of quoted-printable text (RFC 2045, 6.7).
fn quoted_printable(text: &str, charset: Option<&str>) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let raw = text.as_bytes();
    let mut at = 0;
    while at < raw.len() {
        let hex = (raw[at] == b'=')
            .then(|| text.get(at + 1..at + 3))
            .flatten()
            .and_then(|h| u8::from_str_radix(h, 16).ok());
        if let Some(byte) = hex {
            bytes.push(byte);
            at += 3;
        } else {
            bytes.push(raw[at]);
            at += 1;
        }
    }
    let encoding = charset.and_then(|c| Encoding::for_label(c.as_bytes()));
    encoding.unwrap_or(UTF_8).decode(&bytes).0.into_owned()
}

/// The lines of a file, unfolded.
fn lines(text: &str) -> Vec<Line> {
    let mut out: Vec<String> = Vec::new();
    let mut soft = false;
    for raw in text.split(['\n', '\r']).filter(|l| !l.is_empty()) {
        let folded = raw.starts_with([' ', '\t']);
        match out.last_mut() {
            // Quoted-printable goes on after a `=` at the end.
            Some(last) if soft => {
                last.pop();
                last.push_str(raw.trim_start());
            }
            Some(last) if folded => last.push_str(&raw[1..]),
            _ => out.push(raw.to_owned()),
        }
        let quoted = out.last().is_some_and(|l| {
            l.get(..l.len().min(300))
                .unwrap_or(l)
                .to_uppercase()
                .contains("QUOTED-PRINTABLE")
        });
        soft = quoted && raw.ends_with('=');
    }
    out.iter().filter_map(|l| line(l)).collect()
}

fn line(text: &str) -> Option<Line> {
    let mut quoted = false;
    let colon = text.char_indices().find(|(_, c)| {
        if *c == '"' {
            quoted = !quoted;
        }
        *c == ':' && !quoted
    });
    let (head, value) = (&text[..colon?.0], &text[colon?.0 + 1..]);
    let mut parts = head.split(';');
    let name = parts.next()?.trim();
    // item1.EMAIL is how Apple groups lines.
    let name = name
        .rsplit_once('.')
        .map_or(name, |(_, n)| n)
        .to_uppercase();
    let params: Vec<(String, String)> = parts
        .map(|p| match p.split_once('=') {
            Some((n, v)) => (n.trim().to_uppercase(), v.trim_matches('"').to_owned()),
            None => ("TYPE".to_owned(), p.to_owned()),
        })
        .collect();
    let mut line = Line {
        name,
        params,
        value: value.to_owned(),
    };
    let encoded = |l: &Line, word: &str| {
        l.params
            .iter()
            .any(|(n, v)| (n == "ENCODING" || n == "TYPE") && v.eq_ignore_ascii_case(word))
    };
    if encoded(&line, "quoted-printable") {
        line.value = quoted_printable(&line.value, line.param("CHARSET"));
    }
    Some(line)
}

/// The components of a name: the lines between its BEGIN and END, without those of what is inside.
fn components(text: &str, name: &str) -> Vec<Vec<Line>> {
    let (mut out, mut inside, mut depth) = (Vec::new(), None::<Vec<Line>>, 0_usize);
    for line in lines(text) {
        let names = line.value.trim().eq_ignore_ascii_case(name);
        match (line.name.as_str(), &mut inside) {
            ("BEGIN", None) if names => inside = Some(Vec::new()),
            ("BEGIN", Some(_)) => depth += 1,
            ("END", Some(_)) if depth > 0 => depth -= 1,
            ("END", Some(_)) => out.extend(inside.take()),
            (_, Some(lines)) if depth == 0 => lines.push(line),
            _ => {}
        }
    }
    // A file that was cut off.
    out.extend(inside);
    out
}

fn entry(text: &str, label: &str) -> String {
    let text = text.replace(['\n', '\r', ';'], " ");
    if label.is_empty() {
        text
    } else {
        format!("{text} ({label})")
    }
}

/// The columns of contacts; each is the field of its name.
const CONTACT: [&str; 11] = [
    "salutation",
    "first_name",
    "last_name",
    "full_name",
    "title",
    "company",
    "emails",
    "phones",
    "addresses",
    "description",
    "uid",
];

/// Cards as rows, under a row of names.
pub(super) fn contacts(text: &str) -> Vec<Vec<String>> {
    let mut rows = vec![CONTACT.map(str::to_owned).to_vec()];
    for card in components(text, "VCARD") {
        let mut row: [String; 11] = Default::default();
        let add = |cell: &mut String, text: &str| {
            if !cell.is_empty() && !text.is_empty() {
                cell.push('\n');
            }
            cell.push_str(text);
        };
        for line in &card {
            match line.name.as_str() {
                "N" => {
                    let parts = line.parts();
                    let part = |i: usize| parts.get(i).cloned().unwrap_or_default();
                    row[2] = part(0);
                    [part(1), part(2)].join(" ").trim().clone_into(&mut row[1]);
                    row[0] = part(3);
                }
                "FN" => row[3] = line.text(),
                "TITLE" => row[4] = line.text(),
                "ORG" => row[5] = line.parts().into_iter().next().unwrap_or_default(),
                "EMAIL" => add(&mut row[6], &entry(&line.text(), &line.label())),
                "TEL" => {
                    let number = line.text();
                    let number = number.strip_prefix("tel:").unwrap_or(&number);
                    add(&mut row[7], &entry(number, &line.label()));
                }
                "ADR" => {
                    let parts = line.parts();
                    let part = |i: usize| {
                        let text = parts.get(i).cloned().unwrap_or_default();
                        text.replace(['\n', ';'], ", ")
                    };
                    let street = [part(0), part(1), part(2)];
                    let street: Vec<_> = street.into_iter().filter(|t| !t.is_empty()).collect();
                    let cell = [street.join(", "), part(3), part(4), part(5), part(6)].join("; ");
                    let label = line.label();
                    if cell.chars().any(char::is_alphanumeric) {
                        let label = if label.is_empty() {
                            label
                        } else {
                            format!(" ({label})")
                        };
                        add(&mut row[8], &format!("{cell}{label}"));
                    }
                }
                "NOTE" => add(&mut row[9], &line.text()),
                "UID" => row[10] = line.text(),
                _ => {}
            }
        }
        if !row[1].is_empty() || !row[2].is_empty() {
            row[3].clear();
        }
        rows.push(row.to_vec());
    }
    rows
}

/// A day or moment of a calendar, in UTC; what has no zone counts as UTC.
fn moment(line: &Line) -> String {
    let text = line.value.trim();
    let padded = if text.len() == 8 {
        format!("{text}T000000")
    } else {
        text.to_owned()
    };
    let plain = padded.trim_end_matches('Z');
    let Ok(at) = DateTime::strptime("%Y%m%dT%H%M%S", plain) else {
        return text.to_owned();
    };
    let zone = match line.param("TZID") {
        Some(name) if !padded.ends_with('Z') => TimeZone::get(name).unwrap_or(TimeZone::UTC),
        _ => TimeZone::UTC,
    };
    at.to_zoned(zone)
        .map_or_else(|_| text.to_owned(), |z| z.timestamp().to_string())
}

/// Events or things to do as rows, under a row of names.
pub(super) fn calendar(text: &str, kind: Kind) -> Vec<Vec<String>> {
    let (name, columns) = match kind {
        Kind::Task => (
            "VTODO",
            vec!["name", "due_date", "done", "priority", "description"],
        ),
        _ => (
            "VEVENT",
            vec![
                "type",
                "name",
                "start",
                "end",
                "location",
                "attendees",
                "description",
            ],
        ),
    };
    let mut rows = vec![columns.iter().map(|c| (*c).to_owned()).collect::<Vec<_>>()];
    for component in components(text, name) {
        let of = |name: &str| component.iter().find(|l| l.name == name);
        let text = |name: &str| of(name).map(Line::text).unwrap_or_default();
        let at = |name: &str| of(name).map(moment).unwrap_or_default();
        let row = if kind == Kind::Task {
            let done =
                text("STATUS").eq_ignore_ascii_case("COMPLETED") || of("COMPLETED").is_some();
            let priority = match text("PRIORITY").parse::<u8>() {
                Ok(1..=4) => "high",
                Ok(5) => "normal",
                Ok(6..=9) => "low",
                _ => "",
            };
            vec![
                text("SUMMARY"),
                at("DUE").chars().take(10).collect(),
                if done { "true" } else { "" }.to_owned(),
                priority.to_owned(),
                text("DESCRIPTION"),
            ]
        } else {
            let attendees = component.iter().filter(|l| l.name == "ATTENDEE");
            let addresses: Vec<String> = attendees
                .filter_map(|l| {
                    let text = l.text();
                    let mail = text.get(..7)?.eq_ignore_ascii_case("mailto:");
                    mail.then(|| text[7..].to_owned())
                })
                .collect();
            vec![
                "meeting".to_owned(),
                text("SUMMARY"),
                at("DTSTART"),
                at("DTEND"),
                text("LOCATION"),
                addresses.join("\n"),
                text("DESCRIPTION"),
            ]
        };
        rows.push(row);
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cards_of_phones_and_programs_are_read() {
        let text = "BEGIN:VCARD\r\nVERSION:2.1\r\nN;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:M=C3=BC=\r\nller;Ann;;Dr.;\r\n\
            TEL;CELL:+49 30 1\r\nEMAIL;INTERNET;WORK:ann@acme.example\r\nEND:VCARD\r\n\
            BEGIN:VCARD\nVERSION:3.0\nFN:Bob Lee\nORG:Acme\\, Inc.;Sales\nitem1.EMAIL;type=INTERNET;type=HOME:bob\n @acme.example\n\
            ADR;TYPE=WORK:;;1 Main St;Springfield;IL;62701;USA\nNOTE:one\\ntwo\nEND:VCARD\n";
        let rows = contacts(text);
        assert_eq!(rows.len(), 3);
        assert_eq!(rows[1][..3], ["Dr.", "Ann", "Müller"]);
        assert_eq!(
            (rows[1][6].as_str(), rows[1][7].as_str()),
            ("ann@acme.example (work)", "+49 30 1 (mobile)")
        );
        assert_eq!(
            (rows[2][3].as_str(), rows[2][5].as_str()),
            ("Bob Lee", "Acme, Inc.")
        );
        assert_eq!(rows[2][6], "bob@acme.example (home)");
        assert_eq!(rows[2][8], "1 Main St; Springfield; IL; 62701; USA (work)");
        assert_eq!(rows[2][9], "one\ntwo");
    }

    #[test]
    fn calendars_are_read_with_their_zones() {
        let text = "BEGIN:VCALENDAR\nBEGIN:VEVENT\nSUMMARY:Lunch\nDTSTART;TZID=Europe/Berlin:20260701T120000\nDTEND:20260701T110000Z\n\
            BEGIN:VALARM\nSUMMARY:no\nEND:VALARM\nATTENDEE;CN=Ann:mailto:ann@acme.example\nEND:VEVENT\n\
            BEGIN:VTODO\nSUMMARY:Call\nDUE;VALUE=DATE:20260702\nSTATUS:COMPLETED\nPRIORITY:1\nEND:VTODO\nEND:VCALENDAR\n";
        let events = calendar(text, Kind::Activity);
        assert_eq!(
            events[1],
            [
                "meeting",
                "Lunch",
                "2026-07-01T10:00:00Z",
                "2026-07-01T11:00:00Z",
                "",
                "ann@acme.example",
                ""
            ]
        );
        assert_eq!(
            calendar(text, Kind::Task)[1],
            ["Call", "2026-07-02", "true", "high", ""]
        );
    }

    #[test]
    fn odd_lines_break_nothing() {
        for text in [
            "BEGIN:VCARD",
            ":\n;\n=:=\n \n",
            "BEGIN:VCARD\nN;ENCODING=QUOTED-PRINTABLE:=\n=ZZ=4",
            "BEGIN:VCARD\nBEGIN:X\nÄ;Ö\"=:x\né",
        ] {
            let _ = contacts(text);
            let _ = calendar(text, Kind::Task);
        }
    }
}
