//! A value as a cell of a table, and back. What is written here is read back to the same value: where a plain form
//! would not do that, the cell is the value's JSON.

use std::borrow::Cow;

use serde_json::{Value, json};

use super::parse::{self, Style};
use crate::records::{Field, FieldType, check, fold};

/// Who finds names for ids of members, pipelines and stages, and ids for names.
pub trait Names {
    /// What people call it.
    fn name(&self, ty: FieldType, id: &str) -> Option<String>;
    /// The only one that people call so.
    fn id(&self, ty: FieldType, name: &str) -> Option<String>;
}

const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

fn begins_formula(text: &str) -> bool {
    text.trim_start_matches('\'').starts_with(FORMULA)
}

/// A cell that no program of tables takes for a formula (CWE-1236): `'` before `=`, `+`, `-`, `@`, tab.
pub fn guard(text: &str) -> Cow<'_, str> {
    if begins_formula(text) {
        Cow::Owned(format!("'{text}"))
    } else {
        Cow::Borrowed(text)
    }
}

/// The cell without that.
pub fn unguard(text: &str) -> &str {
    text.strip_prefix('\'')
        .filter(|rest| begins_formula(rest))
        .unwrap_or(text)
}

const PARTS: [&str; 5] = ["street", "city", "region", "postal_code", "country"];

/// A value as a cell.
pub fn write_cell(field: &Field, value: &Value, names: &dyn Names) -> String {
    let plain = plain(field, value, names);
    let back = read_cell(field, &plain, Style::OURS, None, names);
    let same = back.is_ok_and(|v| check(field, &v).is_ok_and(|v| v.as_ref() == Some(value)));
    if same {
        plain
    } else {
        value
            .as_str()
            .map_or_else(|| value.to_string(), str::to_owned)
    }
}

fn strings(value: &Value) -> Vec<&str> {
    let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
    list.iter().filter_map(Value::as_str).collect()
}

fn plain(field: &Field, value: &Value, names: &dyn Names) -> String {
    let text = || value.as_str().unwrap_or_default().to_owned();
    let part = |v: &Value, key: &str| {
        v.get(key)
            .and_then(Value::as_str)
            .unwrap_or_default()
            .to_owned()
    };
    let entries = |each: &dyn Fn(&Value) -> String| {
        let list = value.as_array().map(Vec::as_slice).unwrap_or_default();
        list.iter().map(each).collect::<Vec<_>>().join("\n")
    };
    let labelled = |text: String, v: &Value| match part(v, "label") {
        label if label.is_empty() => text,
        label => format!("{text} ({label})"),
    };
    let called = |id: &str| names.name(field.ty, id).unwrap_or_else(|| id.to_owned());
    let option = |v: &str| {
        let found = field.options.iter().find(|o| o.value == v);
        found
            .and_then(|o| o.label.clone())
            .unwrap_or_else(|| v.to_owned())
    };
    match field.ty {
        FieldType::Number => value.to_string(),
        FieldType::Money => format!("{} {}", part(value, "amount"), part(value, "currency")),
        FieldType::Boolean => "true".to_owned(),
        FieldType::Choice => option(value.as_str().unwrap_or_default()),
        FieldType::Choices => strings(value)
            .into_iter()
            .map(option)
            .collect::<Vec<_>>()
            .join("\n"),
        FieldType::Person | FieldType::Pipeline | FieldType::Stage => {
            called(value.as_str().unwrap_or_default())
        }
        FieldType::People => strings(value)
            .into_iter()
            .map(called)
            .collect::<Vec<_>>()
            .join("\n"),
        FieldType::Links => strings(value).join("\n"),
        FieldType::Emails => entries(&|v| labelled(part(v, "address"), v)),
        FieldType::Phones => entries(&|v| labelled(part(v, "number"), v)),
        FieldType::Addresses => entries(&|v| labelled(PARTS.map(|k| part(v, k)).join("; "), v)),
        FieldType::Text
        | FieldType::LongText
        | FieldType::Url
        | FieldType::Date
        | FieldType::Datetime
        | FieldType::Link => text(),
    }
}

/// The entries of a cell with several: by lines, semicolons, and ` ::: `.
pub fn read_list(text: &str) -> Vec<&str> {
    text.split(['\n', '\r', ';'])
        .flat_map(|t| t.split(" ::: "))
        .map(str::trim)
        .filter(|t| !t.is_empty())
        .collect()
}

fn with_label(text: &str) -> (&str, &str) {
    text.strip_suffix(')')
        .and_then(|t| t.rsplit_once(" ("))
        .map_or((text, ""), |(content, label)| (content.trim(), label))
}

/// A cell as a value, not yet checked; a sentence when it is none. `usual` is the currency of amounts without one.
/// Links are ids here.
pub fn read_cell(
    field: &Field,
    text: &str,
    style: Style,
    usual: Option<&str>,
    names: &dyn Names,
) -> Result<Value, String> {
    let object = matches!(field.ty, FieldType::Money);
    let listed = super::is_list(field.ty);
    if (listed && text.starts_with('[') || object && text.starts_with('{'))
        && let Ok(value) = serde_json::from_str::<Value>(text)
    {
        return Ok(value);
    }
    // A text that is trimmed or changed by the plain form is JSON too.
    let said = |sentence: &str| Err(sentence.to_owned());
    let one = |name: &str| {
        let found = names.id(field.ty, name.trim());
        found.ok_or_else(|| {
            match field.ty {
                FieldType::Person | FieldType::People => "is no member of this workspace",
                FieldType::Pipeline => "is no pipeline for this kind",
                _ => "is no stage of that pipeline, or of several",
            }
            .to_owned()
        })
    };
    match field.ty {
        FieldType::Text | FieldType::LongText | FieldType::Link => Ok(json!(text)),
        FieldType::Url => Ok(json!(web_address(text))),
        FieldType::Number => match parse::number(text, style) {
            Some(value) => Ok(value),
            None => said("is no number"),
        },
        FieldType::Money => parse::money(text, style, usual).map_err(str::to_owned),
        FieldType::Date => match parse::day(text, style.order) {
            Some(day) => Ok(json!(day.to_string())),
            None => said("is no day in the order that was chosen"),
        },
        FieldType::Datetime => match parse::moment(text, style.order) {
            Some(moment) => Ok(json!(moment)),
            None => said("is no day and time in the order that was chosen"),
        },
        FieldType::Boolean => match parse::yes(text) {
            Some(yes) => Ok(json!(yes)),
            None => said("is neither yes nor no"),
        },
        FieldType::Choice => option(field, text).map(|v| json!(v)),
        FieldType::Choices => {
            let all: Result<Vec<_>, _> = read_list(text)
                .into_iter()
                .map(|t| option(field, t))
                .collect();
            all.map(|v| json!(v))
        }
        FieldType::Person | FieldType::Pipeline | FieldType::Stage => one(text).map(|v| json!(v)),
        FieldType::People => {
            let all: Result<Vec<_>, _> = read_list(text).into_iter().map(one).collect();
            all.map(|v| json!(v))
        }
        FieldType::Links => Ok(json!(read_list(text))),
        FieldType::Emails => {
            let entries = read_list(text).into_iter().flat_map(|t| {
                let (content, label) = with_label(t);
                // Several in one cell with commas are what other programs write.
                content
                    .split(',')
                    .map(str::trim)
                    .filter(|a| !a.is_empty())
                    .map(move |a| json!({ "address": bare(a), "label": label }))
            });
            Ok(Value::Array(entries.collect()))
        }
        FieldType::Phones => {
            let entries = read_list(text).into_iter().map(|t| {
                // (030) 123 is a number, 030 123 (work) one with a label.
                let (number, label) = with_label(t);
                if label.chars().any(|c| c.is_ascii_digit()) {
                    json!({ "number": t, "label": "" })
                } else {
                    json!({ "number": number, "label": label })
                }
            });
            Ok(Value::Array(entries.collect()))
        }
        FieldType::Addresses => Ok(Value::Array(text.lines().filter_map(address).collect())),
    }
}

/// `Ann <ann@acme.example>` is an address too.
fn bare(text: &str) -> &str {
    text.strip_suffix('>')
        .and_then(|t| t.rsplit_once('<'))
        .map_or(text, |(_, address)| address)
}

fn address(line: &str) -> Option<Value> {
    let (content, label) = with_label(line.trim());
    if content.is_empty() {
        return None;
    }
    let lines: Vec<&str> = content.split(';').map(str::trim).collect();
    if lines.len() != PARTS.len() {
        return Some(json!({ "street": content, "label": label }));
    }
    let mut out = json!({ "label": label });
    for (key, text) in PARTS.iter().zip(lines).filter(|(_, t)| !t.is_empty()) {
        out[*key] = json!(text);
    }
    Some(out)
}

fn web_address(text: &str) -> String {
    let text = text.trim();
    let lower = text.to_lowercase();
    if text.is_empty() || lower.contains("://") {
        text.to_owned()
    } else {
        format!("https://{text}")
    }
}

fn option(field: &Field, text: &str) -> Result<String, String> {
    let text = text.trim();
    let folded = fold(text);
    let exact = field.options.iter().find(|o| o.value == text);
    let found = exact.or_else(|| {
        let mut alike = field.options.iter().filter(|o| {
            fold(&o.value) == folded || o.label.as_deref().is_some_and(|l| fold(l) == folded)
        });
        alike.next().filter(|_| alike.next().is_none())
    });
    found
        .map(|o| o.value.clone())
        .ok_or_else(|| "is none of the field's options".to_owned())
}

/// First and last name of a whole one: `Lee, Ann` and `Ann Lee`.
pub fn split_name(text: &str) -> (String, String) {
    let text = text.trim();
    if let Some((last, first)) = text.split_once(',') {
        return (first.trim().to_owned(), last.trim().to_owned());
    }
    match text.rsplit_once(char::is_whitespace) {
        Some((first, last)) => (first.trim().to_owned(), last.to_owned()),
        None => (String::new(), text.to_owned()),
    }
}
