//! What two records are taken for one by: the same address, number, name or domain. The text of each
//! sign is compared by the program; the database finds those that may be alike by a number made of it.

use serde_json::Value;

use super::value::{entries, named};
use super::{Kind, Values, fold};
use crate::mail::normalize_address;

/// Digits that two telephone numbers must share at their ends. What is before them (country, the zero
/// of a trunk call) is written in many ways.
const DIGITS: usize = 9;
/// Digits that make a telephone number.
const FEWEST: usize = 7;
/// What a company's name may end with, folded and without points.
const FORMS: &[&str] = &[
    "gmbh",
    "mbh",
    "ug",
    "ag",
    "kg",
    "ohg",
    "gbr",
    "ev",
    "eg",
    "se",
    "sa",
    "sas",
    "sarl",
    "eurl",
    "snc",
    "srl",
    "spa",
    "sl",
    "slu",
    "bv",
    "nv",
    "vof",
    "oy",
    "oyj",
    "ab",
    "as",
    "asa",
    "aps",
    "ltd",
    "limited",
    "plc",
    "llp",
    "llc",
    "lp",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "co",
    "company",
    "kk",
    "pty",
    "pte",
    "doo",
    "sro",
    "kft",
    "zrt",
    "spzoo",
    "haftungsbeschrankt",
];

super::word_enum! {
    /// Why two records are taken for one.
    Reason {
        /// The same e-mail address.
        Email = "email",
        /// The same telephone number.
        Phone = "phone",
        /// The same name.
        Name = "name",
        /// The same domain.
        Domain = "domain",
        /// The same name in the same company.
        NameAndCompany = "name_and_company",
    }
}

impl Reason {
    /// How much it alone says that the two are one, in hundredths.
    const fn weight(self) -> u32 {
        match self {
            Self::Email => 90,
            Self::NameAndCompany => 85,
            Self::Domain => 75,
            Self::Phone => 70,
            Self::Name => 55,
        }
    }
}

/// How likely two records are one, in hundredths: each reason leaves that much less doubt.
pub fn score(reasons: &[Reason]) -> u8 {
    let doubt = reasons
        .iter()
        .fold(10_000, |doubt, r| doubt * (100 - r.weight()) / 100);
    u8::try_from((10_000 - doubt) / 100).unwrap_or(100)
}

/// A sign by which a record is compared.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Sign {
    reason: Reason,
    text: String,
}

impl Sign {
    /// The number by which it is found: FNV-1a of its reason and text. Two signs may share one, so what
    /// is found by it is compared once more.
    pub fn number(&self) -> i64 {
        let bytes = self.reason.as_str().bytes().chain([0]);
        let hash = bytes
            .chain(self.text.bytes())
            .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3)
            });
        hash.cast_signed()
    }
}

/// Whether records of this kind are looked through for duplicates.
pub const fn comparable(kind: Kind) -> bool {
    matches!(kind, Kind::Contact | Kind::Company | Kind::Lead)
}

/// The signs of a record, each once and in order.
pub fn signs(kind: Kind, values: &Values) -> Vec<Sign> {
    let mut out = Vec::new();
    if !comparable(kind) {
        return out;
    }
    let mut add = |reason, text: String| {
        if !text.is_empty() {
            out.push(Sign { reason, text });
        }
    };
    let of = |key: &str| values.get(key).unwrap_or(&Value::Null);
    for address in named(of("emails"), "address") {
        add(Reason::Email, normalize_address(address));
    }
    for number in named(of("phones"), "number") {
        add(Reason::Phone, phone(number));
    }
    add(Reason::Name, name(kind, values));
    if kind == Kind::Company {
        let domain = fold(of("domain").as_str().unwrap_or_default());
        add(
            Reason::Domain,
            domain.trim_start_matches("www.").trim().to_owned(),
        );
    }
    out.sort_unstable();
    out.dedup();
    out
}

/// Why two records of one kind are taken for one; empty if they are not. The same name in two companies is
/// two people.
pub fn reasons(kind: Kind, one: &Values, other: &Values) -> Vec<Reason> {
    let theirs = signs(kind, other);
    let mut out: Vec<Reason> = Vec::new();
    for sign in signs(kind, one) {
        if theirs.binary_search(&sign).is_err() {
            continue;
        }
        let reason = match sign.reason {
            Reason::Name if kind != Kind::Company => match company(one, other) {
                Company::Same => Reason::NameAndCompany,
                Company::Unknown => Reason::Name,
                Company::Different => continue,
            },
            reason => reason,
        };
        if !out.contains(&reason) {
            out.push(reason);
        }
    }
    out
}

enum Company {
    Same,
    Different,
    Unknown,
}

fn company(one: &Values, other: &Values) -> Company {
    for key in ["company", "company_name"] {
        let text = |values: &Values| Some(legal(values.get(key)?.as_str()?));
        match (text(one), text(other)) {
            (Some(a), Some(b)) if a == b => return Company::Same,
            (Some(_), Some(_)) => return Company::Different,
            _ => {}
        }
    }
    Company::Unknown
}

/// The digits at the end of a telephone number.
fn phone(number: &str) -> String {
    let digits: Vec<char> = number.chars().filter(char::is_ascii_digit).collect();
    if digits.len() < FEWEST {
        return String::new();
    }
    digits[digits.len().saturating_sub(DIGITS)..]
        .iter()
        .collect()
}

/// A name by which two are compared: of people the words in any order, of companies without the legal form.
fn name(kind: Kind, values: &Values) -> String {
    let text = |key: &str| values.get(key).and_then(Value::as_str).unwrap_or_default();
    match kind {
        Kind::Company => legal(text("name")),
        Kind::Lead if !text("contact_name").is_empty() => person(text("contact_name")),
        Kind::Lead => person(text("name")),
        _ => person(&[text("first_name"), text("last_name")].join(" ")),
    }
}

fn parts(text: &str) -> Vec<String> {
    let folded = fold(text).replace(['.', '\'', '’'], "");
    let words = folded.split(|c: char| !c.is_alphanumeric());
    words.filter(|w| !w.is_empty()).map(str::to_owned).collect()
}

fn person(text: &str) -> String {
    let mut words = parts(text);
    words.sort_unstable();
    words.join(" ")
}

fn legal(text: &str) -> String {
    let mut words = parts(text);
    while words.len() > 1 && words.last().is_some_and(|w| FORMS.contains(&w.as_str())) {
        words.pop();
    }
    words.join(" ")
}

/// Whether two telephone numbers have the same digits.
pub(super) fn same_number(one: &str, other: &str) -> bool {
    let digits = |t: &str| t.chars().filter(char::is_ascii_digit).collect::<String>();
    one == other || (!digits(one).is_empty() && digits(one) == digits(other))
}

/// Whether a value is an empty list.
pub(super) fn is_empty(value: &Value) -> bool {
    value.is_null() || (value.is_array() && entries(value).next().is_none())
}

#[cfg(test)]
mod tests;
