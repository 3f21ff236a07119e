//! Values: checked on the way in, and the keys by which a record is found, sorted and filtered.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::is_combining_mark;

use super::{Field, FieldType, Kind, Shape, Values};
use crate::mail::normalize_address;
use crate::{MemberId, PipelineId, RecordId, StageId};

/// Why a value does not hold: a sentence about the field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct ValueError(pub &'static str);

/// What a value is found by. Both databases compare these in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Key {
    /// Folded text, compared by bytes.
    Text(String),
    /// A number, a day or a moment.
    Number(i64),
    /// An amount in ten-thousandths, and its currency.
    Money(i64, String),
}

/// Characters of one line.
const LINE: usize = 2_000;
/// Characters of a long text.
const LONG: usize = 50_000;
/// Entries of a list.
const ENTRIES: usize = 50;
/// Records that one field may link to.
const LINKS: usize = 500;
/// Characters of a key: more tell no two values apart that people would.
const KEY: usize = 200;
/// Words by which one record is found.
const WORDS: usize = 60;
/// What a number is multiplied by in its key.
const NUMBER_SCALE: f64 = 1e6;
const NUMBER_LIMIT: f64 = 1e12;
/// Digits after the point of an amount.
const MONEY_DIGITS: usize = 4;

/// Checks a value; `None` is an empty one. Texts are trimmed, moments are written in one form.
pub fn check(field: &Field, value: &Value) -> Result<Option<Value>, ValueError> {
    if value.is_null() {
        return Ok(None);
    }
    match field.ty {
        FieldType::Text => line(value, LINE, "must be a text of at most 2,000 characters"),
        FieldType::LongText => line(value, LONG, "must be a text of at most 50,000 characters"),
        FieldType::Url => url(value),
        FieldType::Number => number(value).map(|_| Some(value.clone())),
        FieldType::Money => money(value),
        FieldType::Date => {
            let date = day(value)?;
            Ok(Some(json!(date.to_string())))
        }
        FieldType::Datetime => Ok(Some(json!(moment(value)?.to_string()))),
        FieldType::Boolean => match value {
            Value::Bool(true) => Ok(Some(json!(true))),
            Value::Bool(false) => Ok(None),
            _ => Err(ValueError("must be true or false")),
        },
        FieldType::Choice => option(field, value).map(|v| Some(json!(v))),
        FieldType::Choices => list(value, ENTRIES, |v| option(field, v).map(|v| json!(v))),
        FieldType::Person => id::<MemberId>(value).map(Some),
        FieldType::People => list(value, ENTRIES, id::<MemberId>),
        FieldType::Link => id::<RecordId>(value).map(Some),
        FieldType::Links => list(value, LINKS, id::<RecordId>),
        FieldType::Emails => list(value, ENTRIES, email),
        FieldType::Phones => list(value, ENTRIES, phone),
        FieldType::Addresses => list(value, ENTRIES, address),
        FieldType::Pipeline => id::<PipelineId>(value).map(Some),
        FieldType::Stage => id::<StageId>(value).map(Some),
    }
}

fn text<'v>(value: &'v Value, most: usize, sentence: &'static str) -> Result<&'v str, ValueError> {
    let text = value.as_str().ok_or(ValueError(sentence))?.trim();
    let fits = text.chars().count() <= most && !text.contains('\0');
    if fits {
        Ok(text)
    } else {
        Err(ValueError(sentence))
    }
}

fn line(value: &Value, most: usize, sentence: &'static str) -> Result<Option<Value>, ValueError> {
    let text = text(value, most, sentence)?;
    Ok((!text.is_empty()).then(|| json!(text)))
}

fn url(value: &Value) -> Result<Option<Value>, ValueError> {
    const SENTENCE: &str = "must be a web address that begins with http:// or https://";
    let text = text(value, LINE, SENTENCE)?;
    if text.is_empty() {
        return Ok(None);
    }
    let rest = text
        .strip_prefix("https://")
        .or_else(|| text.strip_prefix("http://"))
        .ok_or(ValueError(SENTENCE))?;
    let fits = !rest.is_empty() && !rest.starts_with('/') && !text.chars().any(char::is_whitespace);
    if fits {
        Ok(Some(json!(text)))
    } else {
        Err(ValueError(SENTENCE))
    }
}

fn number(value: &Value) -> Result<f64, ValueError> {
    const SENTENCE: &str = "must be a number between -1,000,000,000,000 and 1,000,000,000,000";
    let number = value.as_f64().ok_or(ValueError(SENTENCE))?;
    if number.abs() <= NUMBER_LIMIT {
        Ok(number)
    } else {
        Err(ValueError(SENTENCE))
    }
}

const MONEY: ValueError = ValueError(
    "must be an amount such as 1234.50 with at most four decimals, and a currency such as EUR",
);

/// Ten-thousandths of the currency's unit.
fn amount(value: &Value) -> Result<i64, ValueError> {
    let text = value.get("amount").and_then(Value::as_str).ok_or(MONEY)?;
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
    let numeric = |t: &str| t.bytes().all(|b| b.is_ascii_digit());
    let fits = !whole.is_empty()
        && whole.len() <= 14
        && part.len() <= MONEY_DIGITS
        && numeric(whole)
        && numeric(part);
    if !fits {
        return Err(MONEY);
    }
    let scaled: i64 = format!("{whole}{part:0<MONEY_DIGITS$}")
        .parse()
        .map_err(|_| MONEY)?;
    Ok(if text.starts_with('-') {
        -scaled
    } else {
        scaled
    })
}

/// The currency of an amount.
fn currency(value: &Value) -> Result<&str, ValueError> {
    let code = value.get("currency").and_then(Value::as_str).ok_or(MONEY)?;
    let fits = code.len() == 3 && code.bytes().all(|b| b.is_ascii_uppercase());
    if fits { Ok(code) } else { Err(MONEY) }
}

fn money(value: &Value) -> Result<Option<Value>, ValueError> {
    let scaled = amount(value)?;
    let code = currency(value)?;
    Ok(Some(json!({ "amount": decimal(scaled), "currency": code })))
}

/// Writes ten-thousandths as a decimal without needless zeros.
pub fn decimal(scaled: i64) -> String {
    let unit = 10_i64.pow(MONEY_DIGITS as u32);
    let sign = if scaled < 0 { "-" } else { "" };
    let (whole, part) = ((scaled / unit).abs(), (scaled % unit).abs());
    let part = format!("{part:04}");
    let part = part.trim_end_matches('0');
    if part.is_empty() {
        format!("{sign}{whole}")
    } else {
        format!("{sign}{whole}.{part}")
    }
}

fn day(value: &Value) -> Result<Date, ValueError> {
    const SENTENCE: ValueError = ValueError("must be a day such as 2026-11-22");
    let text = value.as_str().ok_or(SENTENCE)?;
    if text.len() != 10 {
        return Err(SENTENCE);
    }
    text.parse().map_err(|_| SENTENCE)
}

fn moment(value: &Value) -> Result<Timestamp, ValueError> {
    const SENTENCE: ValueError = ValueError("must be a moment such as 2026-11-22T09:00:00Z");
    let text = value.as_str().ok_or(SENTENCE)?;
    text.parse().map_err(|_| SENTENCE)
}

fn option<'v>(field: &Field, value: &'v Value) -> Result<&'v str, ValueError> {
    let text = value.as_str().unwrap_or_default();
    if field.options.iter().any(|o| o.value == text) {
        Ok(text)
    } else {
        Err(ValueError("must be one of the field's options"))
    }
}

fn id<T: std::str::FromStr>(value: &Value) -> Result<Value, ValueError> {
    let text = value.as_str().unwrap_or_default();
    if text.parse::<T>().is_ok() {
        Ok(json!(text))
    } else {
        Err(ValueError("must be an id of the right kind"))
    }
}

/// A list without its empty entries, and each once.
fn list(
    value: &Value,
    most: usize,
    each: impl Fn(&Value) -> Result<Value, ValueError>,
) -> Result<Option<Value>, ValueError> {
    let entries = value.as_array().ok_or(ValueError("must be a list"))?;
    if entries.len() > most {
        return Err(ValueError("has too many entries"));
    }
    let mut out: Vec<Value> = Vec::with_capacity(entries.len());
    for entry in entries {
        let entry = each(entry)?;
        if !entry.is_null() && !out.contains(&entry) {
            out.push(entry);
        }
    }
    Ok((!out.is_empty()).then_some(Value::Array(out)))
}

fn labelled(value: &Value, key: &str, content: &str) -> Result<Value, ValueError> {
    let label = match value.get("label") {
        None | Some(Value::Null) => "",
        Some(label) => text(label, 60, "must have labels of at most 60 characters")?,
    };
    Ok(json!({ key: content, "label": label }))
}

fn email(value: &Value) -> Result<Value, ValueError> {
    const SENTENCE: &str = "must hold e-mail addresses such as name@example.com";
    let address = value.get("address").ok_or(ValueError(SENTENCE))?;
    let address = text(address, 320, SENTENCE)?;
    if address.is_empty() {
        return Ok(Value::Null);
    }
    let (local, domain) = address.rsplit_once('@').ok_or(ValueError(SENTENCE))?;
    let plain = |t: &str| {
        !t.is_empty()
            && !t
                .chars()
                .any(|c| c.is_whitespace() || c.is_control() || "<>,;".contains(c))
    };
    if !plain(local) || !plain(domain) {
        return Err(ValueError(SENTENCE));
    }
    labelled(value, "address", address)
}

fn phone(value: &Value) -> Result<Value, ValueError> {
    const SENTENCE: &str = "must hold telephone numbers of at most 60 characters";
    let number = text(value.get("number").unwrap_or(&Value::Null), 60, SENTENCE)?;
    if number.is_empty() {
        return Ok(Value::Null);
    }
    labelled(value, "number", number)
}

const ADDRESS: [&str; 5] = ["street", "city", "region", "postal_code", "country"];

fn address(value: &Value) -> Result<Value, ValueError> {
    const SENTENCE: &str = "must hold addresses with lines of at most 500 characters";
    let mut out = Values::new();
    for key in ADDRESS {
        let part = match value.get(key) {
            None | Some(Value::Null) => continue,
            Some(part) => text(part, 500, SENTENCE)?,
        };
        if !part.is_empty() {
            out.insert(key.to_owned(), json!(part));
        }
    }
    if out.is_empty() {
        return Ok(Value::Null);
    }
    let label = labelled(value, "", "")?;
    out.insert("label".to_owned(), label["label"].clone());
    Ok(Value::Object(out))
}

/// Letters without case and accents, so that *Müller* is found by *muller*, and both databases sort
/// alike.
pub fn fold(text: &str) -> String {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .collect()
}

fn key_of(text: &str) -> Key {
    Key::Text(fold(text).chars().take(KEY).collect())
}

/// What a checked value is found by. Lists have a key for each entry.
pub fn keys(field: &Field, value: &Value) -> Vec<Key> {
    let one = |key: Option<Key>| key.into_iter().collect();
    let string = || value.as_str();
    match field.ty {
        FieldType::Text | FieldType::LongText | FieldType::Url => one(string().map(key_of)),
        FieldType::Choice | FieldType::Person => one(string().map(|t| Key::Text(t.to_owned()))),
        FieldType::Number => one(number(value).ok().map(|n| Key::Number(scaled(n)))),
        FieldType::Money => {
            let money = amount(value).and_then(|a| Ok(Key::Money(a, currency(value)?.to_owned())));
            one(money.ok())
        }
        FieldType::Date => one(day(value).ok().map(|d| Key::Number(days(d)))),
        FieldType::Datetime => one(moment(value).ok().map(|m| Key::Number(m.as_microsecond()))),
        FieldType::Boolean => one(value.as_bool().map(|b| Key::Number(i64::from(b)))),
        FieldType::Choices | FieldType::People => entries(value)
            .filter_map(Value::as_str)
            .map(|t| Key::Text(t.to_owned()))
            .collect(),
        FieldType::Emails => named(value, "address")
            .map(|t| Key::Text(normalize_address(t)))
            .collect(),
        FieldType::Phones => named(value, "number")
            .map(|t| Key::Text(digits(t)))
            .collect(),
        FieldType::Addresses => entries(value)
            .map(|a| {
                let parts = ADDRESS.iter().filter_map(|k| a.get(*k)?.as_str());
                key_of(&parts.collect::<Vec<_>>().join(" "))
            })
            .collect(),
        // These have tables or columns of their own.
        FieldType::Link | FieldType::Links | FieldType::Pipeline | FieldType::Stage => Vec::new(),
    }
}

/// A number in its key.
pub(super) fn scaled(number: f64) -> i64 {
    (number * NUMBER_SCALE).round() as i64
}

/// Days since 1970.
pub(super) fn days(date: Date) -> i64 {
    let epoch = Date::constant(1970, 1, 1);
    i64::from(date.since(epoch).map_or(0, |span| span.get_days()))
}

fn digits(number: &str) -> String {
    number
        .chars()
        .filter(|c| c.is_alphanumeric() || *c == '+')
        .collect()
}

pub(super) fn entries(value: &Value) -> impl Iterator<Item = &Value> {
    value.as_array().into_iter().flatten()
}

pub(super) fn named<'v>(value: &'v Value, key: &'static str) -> impl Iterator<Item = &'v str> {
    entries(value).filter_map(move |entry| entry.get(key)?.as_str())
}

/// The records that a value names, in order.
pub fn links(field: &Field, value: &Value) -> Vec<RecordId> {
    match field.ty {
        FieldType::Link => value
            .as_str()
            .and_then(|t| t.parse().ok())
            .into_iter()
            .collect(),
        FieldType::Links => entries(value)
            .filter_map(|v| v.as_str()?.parse().ok())
            .collect(),
        _ => Vec::new(),
    }
}

/// What a record is called in lists.
pub fn title(kind: Kind, values: &Values) -> String {
    let text = |key: &str| values.get(key).and_then(Value::as_str).unwrap_or_default();
    let title = match kind {
        Kind::Contact => {
            let name = [text("first_name"), text("last_name")].join(" ");
            let name = name.trim().to_owned();
            let emails = values.get("emails").unwrap_or(&Value::Null);
            let phones = values.get("phones").unwrap_or(&Value::Null);
            if name.is_empty() {
                let first = named(emails, "address")
                    .next()
                    .or_else(|| named(phones, "number").next());
                first.unwrap_or_default().to_owned()
            } else {
                name
            }
        }
        Kind::Note => text("body")
            .lines()
            .find(|l| !l.trim().is_empty())
            .unwrap_or_default()
            .to_owned(),
        _ => text("name").to_owned(),
    };
    title.chars().take(KEY).collect()
}

/// The folded words by which a record is found in searches: of its name, addresses, numbers, and of its
/// other short texts.
pub fn words(shape: &Shape, values: &Values) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    let mut add = |text: &str| {
        let folded = fold(text);
        let parts = folded
            .split(|c: char| !c.is_alphanumeric())
            .chain([folded.trim()]);
        for word in parts {
            let word: String = word.chars().take(60).collect();
            if !word.is_empty() && out.len() < WORDS && !out.contains(&word) {
                out.push(word);
            }
        }
    };
    for field in shape.fields.iter().filter(|f| !f.archived) {
        let Some(value) = values.get(&field.key) else {
            continue;
        };
        match field.ty {
            FieldType::Text => add(value.as_str().unwrap_or_default()),
            FieldType::LongText if shape.kind == Kind::Note => {
                add(value.as_str().unwrap_or_default());
            }
            FieldType::Emails => named(value, "address").for_each(&mut add),
            FieldType::Phones => named(value, "number").for_each(|n| add(&digits(n))),
            _ => {}
        }
    }
    out
}

#[cfg(test)]
mod tests;
