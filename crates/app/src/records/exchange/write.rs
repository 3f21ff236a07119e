//! Records as lines of files: CSV (RFC 4180), vCard 4.0 (RFC 6350), iCalendar (RFC 5545), JSON lines.

use bytes::Bytes;
use futures::SinkExt as _;
use serde_json::{Value, json};
use tenon_model::records::exchange::{guard, write_cell};
use tenon_model::records::{Field, Kind, Shape};
use tenon_model::{RecordId, Time};

use super::book::Book;
use crate::Error;
use crate::records::RecordView;

/// The bytes of a file on their way.
pub(super) type Sender = futures::channel::mpsc::Sender<std::io::Result<Bytes>>;

/// Gives bytes on; whether somebody still reads.
pub(super) async fn send(sender: &mut Sender, bytes: Vec<u8>) -> bool {
    bytes.is_empty() || sender.send(Ok(bytes.into())).await.is_ok()
}

/// Ends a file without its end, which a browser reports as failed.
pub(super) async fn broken(sender: &mut Sender, error: &Error) {
    tracing::warn!(code = error.code(), "an export broke off");
    let _ = sender.send(Err(std::io::Error::other("broken off"))).await;
}

/// Cells as a line of CSV (RFC 4180).
pub fn csv_line(cells: &[String]) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    // Writing to memory does not fail.
    let _ = writer.write_record(cells);
    writer.into_inner().unwrap_or_default()
}

/// The columns of a CSV file: the id, each field, and the ids beside the titles of links.
pub(super) fn header(fields: &[&Field]) -> Vec<String> {
    let mut out = vec!["id".to_owned()];
    for field in fields {
        out.push(field.label.clone().unwrap_or_else(|| field.key.clone()));
        if field.ty.is_link() {
            out.push(format!("{}.id", field.key));
        }
    }
    out
}

/// A record as cells.
pub(super) fn cells(record: &RecordView, fields: &[&Field], book: &Book) -> Vec<String> {
    let mut out = vec![record.id.to_string()];
    for field in fields {
        let value = record.values.get(&field.key);
        if field.ty.is_link() {
            let ids = value
                .map(|v| tenon_model::records::links(field, v))
                .unwrap_or_default();
            let title = |id: &RecordId| {
                let found = record.linked.iter().find(|l| l.id == *id);
                found.map(|l| l.title.clone()).unwrap_or_default()
            };
            let titles: Vec<String> = ids.iter().map(title).collect();
            let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
            out.push(guard(&titles.join("\n")).into_owned());
            out.push(ids.join("\n"));
        } else {
            let cell = value
                .map(|v| write_cell(field, v, book))
                .unwrap_or_default();
            out.push(guard(&cell).into_owned());
        }
    }
    out
}

/// A record as a line of JSON.
pub(super) fn json_line(record: &RecordView) -> Vec<u8> {
    let line = json!({
        "id": record.id, "kind": record.kind.as_str(), "title": record.title, "values": record.values,
        "sharing": record.sharing.as_str(), "created_at": record.created_at.to_rfc3339(),
        "created_by": record.created_by, "updated_at": record.updated_at.to_rfc3339(),
    });
    format!("{line}\n").into_bytes()
}

fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' | ',' | ';' => {
                out.push('\\');
                out.push(c);
            }
            '\n' => out.push_str("\\n"),
            c if c.is_control() => {}
            c => out.push(c),
        }
    }
    out
}

/// A content line, folded at 75 bytes (RFC 6350, 3.2).
fn line(out: &mut String, text: &str) {
    let mut length = 0;
    for c in text.chars() {
        if length + c.len_utf8() > 75 {
            out.push_str("\r\n ");
            length = 1;
        }
        out.push(c);
        length += c.len_utf8();
    }
    out.push_str("\r\n");
}

fn text<'r>(record: &'r RecordView, key: &str) -> &'r str {
    record
        .values
        .get(key)
        .and_then(Value::as_str)
        .unwrap_or_default()
}

fn entries<'r>(record: &'r RecordView, key: &str) -> &'r [Value] {
    let list = record.values.get(key).and_then(Value::as_array);
    list.map(Vec::as_slice).unwrap_or_default()
}

/// What a number or address is for, as a parameter: only words that need no quotes.
fn kind_of(entry: &Value) -> String {
    let label = entry["label"].as_str().unwrap_or_default().to_lowercase();
    match label.as_str() {
        "" => String::new(),
        "mobile" => ";TYPE=cell".to_owned(),
        word if word.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-') => {
            format!(";TYPE={word}")
        }
        _ => String::new(),
    }
}

/// A contact as a card.
pub(super) fn card(record: &RecordView) -> Vec<u8> {
    let mut out = String::new();
    line(&mut out, "BEGIN:VCARD");
    line(&mut out, "VERSION:4.0");
    line(&mut out, &format!("UID:{}", record.id));
    line(&mut out, &format!("FN:{}", escape(&record.title)));
    let name = ["last_name", "first_name"].map(|k| escape(text(record, k)));
    let prefix = escape(text(record, "salutation"));
    line(&mut out, &format!("N:{};{};;{prefix};", name[0], name[1]));
    for entry in entries(record, "emails") {
        let address = entry["address"].as_str().unwrap_or_default();
        line(
            &mut out,
            &format!("EMAIL{}:{}", kind_of(entry), escape(address)),
        );
    }
    for entry in entries(record, "phones") {
        let number = entry["number"].as_str().unwrap_or_default();
        line(
            &mut out,
            &format!("TEL{}:{}", kind_of(entry), escape(number)),
        );
    }
    for entry in entries(record, "addresses") {
        let part = |key: &str| escape(entry[key].as_str().unwrap_or_default());
        let parts = ["street", "city", "region", "postal_code", "country"].map(part);
        line(
            &mut out,
            &format!("ADR{}:;;{}", kind_of(entry), parts.join(";")),
        );
    }
    let company = record.linked.iter().find(|l| l.kind == Kind::Company);
    let others = [
        ("ORG", company.map_or("", |c| c.title.as_str())),
        ("TITLE", text(record, "title")),
        ("NOTE", text(record, "description")),
    ];
    for (name, value) in others.iter().filter(|(_, v)| !v.is_empty()) {
        line(&mut out, &format!("{name}:{}", escape(value)));
    }
    let at = stamp(&record.updated_at.to_rfc3339());
    line(&mut out, &format!("REV:{at}"));
    line(&mut out, "END:VCARD");
    out.into_bytes()
}

/// `2026-11-22T09:00:00Z` as `20261122T090000Z`.
fn stamp(text: &str) -> String {
    let Ok(at) = text.parse::<jiff::Timestamp>() else {
        return String::new();
    };
    at.strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// What a calendar begins with.
pub(super) const CALENDAR: &str =
    "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//Tenon//Records//EN\r\nCALSCALE:GREGORIAN\r\n";
/// And ends with.
pub(super) const CALENDAR_END: &str = "END:VCALENDAR\r\n";

/// An activity as an event, or a task as something to do.
pub(super) fn event(record: &RecordView, now: Time) -> Vec<u8> {
    let mut out = String::new();
    let task = record.kind == Kind::Task;
    let name = if task { "VTODO" } else { "VEVENT" };
    line(&mut out, &format!("BEGIN:{name}"));
    line(&mut out, &format!("UID:{}", record.id));
    line(&mut out, &format!("DTSTAMP:{}", stamp(&now.to_rfc3339())));
    line(&mut out, &format!("SUMMARY:{}", escape(&record.title)));
    if task {
        let due = text(record, "due_date").replace('-', "");
        if !due.is_empty() {
            line(&mut out, &format!("DUE;VALUE=DATE:{due}"));
        }
        let done = record.values.get("done") == Some(&json!(true));
        let status = if done { "COMPLETED" } else { "NEEDS-ACTION" };
        line(&mut out, &format!("STATUS:{status}"));
        let priority = match text(record, "priority") {
            "urgent" | "high" => "1",
            "normal" => "5",
            "low" => "9",
            _ => "",
        };
        if !priority.is_empty() {
            line(&mut out, &format!("PRIORITY:{priority}"));
        }
    } else {
        // An event must begin (RFC 5545, 3.6.1): one without a time is when it was written down.
        let created = record.created_at.to_rfc3339();
        let start = Some(text(record, "start"))
            .filter(|t| !t.is_empty())
            .unwrap_or(&created);
        line(&mut out, &format!("DTSTART:{}", stamp(start)));
        let end = text(record, "end");
        if !end.is_empty() && end >= start {
            line(&mut out, &format!("DTEND:{}", stamp(end)));
        }
        if !text(record, "location").is_empty() {
            line(
                &mut out,
                &format!("LOCATION:{}", escape(text(record, "location"))),
            );
        }
    }
    if !text(record, "description").is_empty() {
        line(
            &mut out,
            &format!("DESCRIPTION:{}", escape(text(record, "description"))),
        );
    }
    line(&mut out, &format!("END:{name}"));
    out.into_bytes()
}

/// The fields that a file has: those asked for, else all in use.
pub(super) fn chosen<'s>(
    shape: &'s Shape,
    wanted: Option<&[String]>,
) -> crate::Result<Vec<&'s Field>> {
    let Some(wanted) = wanted else {
        return Ok(shape.fields.iter().filter(|f| !f.archived).collect());
    };
    let find = |key: &String| {
        let unknown = || Error::field("fields", "names what is no field of this kind");
        shape.field(key).ok_or_else(unknown)
    };
    wanted.iter().map(find).collect()
}
