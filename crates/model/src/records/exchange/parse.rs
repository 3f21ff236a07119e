//! Numbers, days and moments as people write them.

use jiff::civil::{Date, DateTime, Time};
use serde_json::{Value, json};

use super::DateOrder;

/// How cells are written.
#[derive(Debug, Clone, Copy)]
pub struct Style {
    /// Of days.
    pub order: DateOrder,
    /// Whether decimals come after a comma.
    pub comma: bool,
}

impl Style {
    /// How we write ourselves.
    pub const OURS: Self = Self {
        order: DateOrder::Ymd,
        comma: false,
    };
}

/// A number in digits, with at most one point: `1.234,50` becomes `1234.50`. `None` is none. A sign between groups stands
/// before three digits: `12,50` where a comma groups is no number, rather than a hundred times as much.
pub fn parse_number(text: &str, style: Style) -> Option<String> {
    let (group, point) = if style.comma { ('.', ',') } else { (',', '.') };
    let mut out = String::new();
    let mut points = 0;
    // Digits since the last sign between groups.
    let mut grouped: Option<usize> = None;
    for c in text.trim().chars() {
        if c.is_ascii_digit() && points == 0 {
            grouped = grouped.map(|n| n + 1);
        } else if grouped.is_some_and(|n| n != 3) && (points == 0 || c == point) {
            return None;
        }
        match c {
            '-' | '\u{2212}' if out.is_empty() => out.push('-'),
            '+' if out.is_empty() => {}
            '0'..='9' => out.push(c),
            _ if c == point && points == 0 => {
                points += 1;
                out.push('.');
            }
            _ if (c == group || c.is_whitespace() || c == '\'' || c == '\u{2019}')
                && points == 0 =>
            {
                grouped = Some(0);
            }
            _ => return None,
        }
    }
    if points == 0 && grouped.is_some_and(|n| n != 3) {
        return None;
    }
    out.bytes().any(|b| b.is_ascii_digit()).then(|| {
        if out.ends_with('.') {
            out.pop();
        }
        let sign = out.starts_with('-');
        let digits = out.trim_start_matches('-');
        let whole = if digits.starts_with('.') { "0" } else { "" };
        format!("{}{whole}{digits}", if sign { "-" } else { "" })
    })
}

pub(super) fn number(text: &str, style: Style) -> Option<Value> {
    let plain = text.trim();
    // What we write ourselves, with an exponent too.
    if !style.comma && serde_json::from_str::<serde_json::Number>(plain).is_ok() {
        let whole = plain.parse::<i64>().map(|n| json!(n));
        return whole
            .ok()
            .or_else(|| plain.parse::<f64>().ok().map(|n| json!(n)));
    }
    let text = parse_number(text, style)?;
    if let Ok(whole) = text.parse::<i64>() {
        return Some(json!(whole));
    }
    text.parse::<f64>().ok().map(|n| json!(n))
}

fn symbol(text: &str) -> Option<&'static str> {
    Some(match text {
        "€" => "EUR",
        "$" => "USD",
        "£" => "GBP",
        "¥" => "JPY",
        "Fr." | "SFr." => "CHF",
        _ => return None,
    })
}

/// An amount with its currency before or after it, or with the one given.
pub(super) fn money(text: &str, style: Style, usual: Option<&str>) -> Result<Value, &'static str> {
    let text = text.trim();
    let is_word = |c: char| c.is_alphabetic() || "€$£¥".contains(c);
    let head: String = text.chars().take_while(|c| is_word(*c)).collect();
    let reversed: String = text.chars().rev().take_while(|c| is_word(*c)).collect();
    let tail: String = reversed.chars().rev().collect();
    let (word, rest) = if head.is_empty() {
        (tail.clone(), &text[..text.len() - tail.len()])
    } else {
        (head.clone(), &text[head.len()..])
    };
    let currency = if word.is_empty() {
        usual.map(str::to_owned)
    } else {
        let code = word.to_uppercase();
        match symbol(&word) {
            Some(code) => Some(code.to_owned()),
            None if code.len() == 3 && code.is_ascii() => Some(code),
            None => return Err("names no currency such as EUR"),
        }
    };
    let amount = parse_number(rest, style).ok_or("is no amount")?;
    let currency = currency.ok_or("has no currency; choose one for the column")?;
    Ok(json!({ "amount": amount, "currency": currency }))
}

/// A day: always as 2026-11-22 or 20261122, else in the order that was chosen.
pub(super) fn day(text: &str, order: DateOrder) -> Option<Date> {
    let text = text.trim();
    if text.len() == 8 && text.bytes().all(|b| b.is_ascii_digit()) {
        let part = |r: std::ops::Range<usize>| text[r].parse::<i16>().ok();
        return date(part(0..4)?, part(4..6)?, part(6..8)?);
    }
    let parts: Vec<&str> = text
        .split(['.', '/', '-', ' '])
        .filter(|p| !p.is_empty())
        .collect();
    let [first, second, third] = parts.as_slice() else {
        return None;
    };
    let number = |t: &str| {
        (t.len() <= 4 && t.bytes().all(|b| b.is_ascii_digit()))
            .then(|| t.parse::<i16>().ok())
            .flatten()
    };
    let numbers = (number(first)?, number(second)?, number(third)?);
    if first.len() == 4 {
        return date(numbers.0, numbers.1, numbers.2);
    }
    let year = |n: i16, text: &str| match text.len() {
        4 => Some(n),
        2 => Some(if n < 70 { 2000 + n } else { 1900 + n }),
        _ => None,
    };
    match order {
        DateOrder::Ymd => None,
        DateOrder::Dmy => date(year(numbers.2, third)?, numbers.1, numbers.0),
        DateOrder::Mdy => date(year(numbers.2, third)?, numbers.0, numbers.1),
    }
}

fn date(year: i16, month: i16, day: i16) -> Option<Date> {
    Date::new(year, i8::try_from(month).ok()?, i8::try_from(day).ok()?).ok()
}

fn time(text: &str) -> Option<Time> {
    let lower = text.trim().to_lowercase();
    let (digits, add) = match (lower.strip_suffix("pm"), lower.strip_suffix("am")) {
        (Some(t), _) => (t, Some(12)),
        (_, Some(t)) => (t, Some(0)),
        _ => (lower.as_str(), None),
    };
    let mut parts = digits.trim().split(':');
    let mut next = || parts.next().map(|t| t.trim().parse::<i8>().ok());
    let (hour, minute, second) = (next()??, next()??, next().unwrap_or(Some(0))?);
    let hour = match add {
        Some(add) if (1..=12).contains(&hour) => hour % 12 + add,
        Some(_) => return None,
        None => hour,
    };
    Time::new(hour, minute, second, 0).ok()
}

/// A moment: RFC 3339, else a day and a time in UTC.
pub(super) fn moment(text: &str, order: DateOrder) -> Option<String> {
    let text = text.trim();
    if let Ok(at) = text.parse::<jiff::Timestamp>() {
        return Some(at.to_string());
    }
    if let Some(day) = day(text, order) {
        return utc(day.to_datetime(Time::midnight()));
    }
    let (first, rest) = text.split_once(['T', ' '])?;
    let first = first.trim_end_matches(',');
    utc(day(first, order)?.to_datetime(time(rest)?))
}

fn utc(at: DateTime) -> Option<String> {
    let zoned = at.to_zoned(jiff::tz::TimeZone::UTC).ok()?;
    Some(zoned.timestamp().to_string())
}

pub(super) fn yes(text: &str) -> Option<bool> {
    match text.trim().to_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "x" | "on" | "ja" | "j" | "oui" | "o" | "si" | "sí"
        | "wahr" | "vrai" | "✓" => Some(true),
        "false" | "no" | "n" | "0" | "off" | "nein" | "non" | "falsch" | "faux" | "-" => {
            Some(false)
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_between_groups_stand_before_three_digits() {
        let of = |text, comma| {
            parse_number(
                text,
                Style {
                    comma,
                    ..Style::OURS
                },
            )
        };
        for (text, comma, wanted) in [
            ("12,50", false, None),
            ("0,75", false, None),
            ("12.50", true, None),
            ("1.234,50", true, Some("1234.50")),
            ("1,234,567.8", false, Some("1234567.8")),
            ("1 234", false, Some("1234")),
            ("1,2345", false, None),
            ("-1'234.5", false, Some("-1234.5")),
        ] {
            assert_eq!(of(text, comma).as_deref(), wanted, "{text}");
        }
    }
}
