//! Templates of mail: text with variables, filled in from records (requirements S3 and S5).
//!
//! The language is that of [`minijinja`]: `{{ contact.first_name }}`, `{{ contact.first_name | default("there") }}`,
//! `{% if deal.amount %}…{% endif %}`. Three things are ours. A variable that does not exist is an error wherever it
//! stands. One that exists and has no value is an error too, unless a fallback is given: a mail never has a hole. And all
//! of them are told at once, not one after the other.
//!
//! Values are escaped in HTML and not in subjects. A template can neither read anything but its variables nor run for
//! long: loops burn fuel, and what is written is bounded.

mod fill;
mod tags;

use std::collections::{BTreeMap, BTreeSet};

use minijinja::{AutoEscape, Environment, UndefinedBehavior};

pub use fill::Variables;

/// Characters of a subject.
pub const LONGEST_SUBJECT: usize = 1_000;
/// Bytes of the HTML of a template.
pub const LONGEST_HTML: usize = 200_000;
/// Bytes of what a template comes to.
const LONGEST_OUTPUT: usize = 2_000_000;
/// Instructions; a long letter takes a few hundred.
const FUEL: u64 = 20_000;
/// Names of the two parts, which decide on escaping.
const SUBJECT: &str = "subject";
const HTML: &str = "html";

/// What is wrong with a template, or with what it is filled with.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TemplateError {
    /// The braces and what stands between them are not understood.
    #[error("{part}: {detail}")]
    Syntax {
        /// `subject` or `html`.
        part: &'static str,
        /// What was not understood, in English.
        detail: String,
    },
    /// These variables do not exist, in alphabetical order.
    #[error("unknown variables: {}", .0.join(", "))]
    Unknown(Vec<String>),
    /// These variables have no value, and no fallback, in alphabetical order.
    #[error("variables without a value: {}", .0.join(", "))]
    Missing(Vec<String>),
    /// It runs too long, or writes too much.
    #[error("too much work for a template")]
    TooMuch,
}

/// A subject and an HTML body with variables.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Template {
    /// One line.
    pub subject: String,
    /// The body.
    pub html: String,
}

/// A template whose variables are filled in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filled {
    /// One line of plain text.
    pub subject: String,
    /// HTML; values are escaped in it.
    pub html: String,
    /// Variables that had no value and no fallback; each stands in the text as it was written, for a person to fill in.
    pub missing: Vec<String>,
}

impl Template {
    /// The variables it names, such as `contact.first_name`.
    pub fn variables(&self) -> Result<BTreeSet<String>, TemplateError> {
        let mut named = BTreeSet::new();
        for (part, source) in self.parts() {
            let source = tags::plain(part, source)?;
            let env = environment();
            let template = env
                .template_from_named_str(part, &source)
                .map_err(|e| syntax(part, &e))?;
            named.extend(template.undeclared_variables(true));
        }
        Ok(named)
    }

    /// Whether everything it names exists.
    pub fn check(&self, variables: &Variables) -> Result<(), TemplateError> {
        let unknown: Vec<String> = self
            .variables()?
            .into_iter()
            .filter(|name| !variables.exist(name))
            .collect();
        if unknown.is_empty() {
            Ok(())
        } else {
            Err(TemplateError::Unknown(unknown))
        }
    }

    /// Fills it in for sending: nothing may be missing.
    pub fn render(&self, variables: &Variables) -> Result<Filled, TemplateError> {
        let filled = self.preview(variables)?;
        if filled.missing.is_empty() {
            Ok(filled)
        } else {
            Err(TemplateError::Missing(filled.missing))
        }
    }

    /// Fills in what there is; what is missing stays as a variable, and is named.
    pub fn preview(&self, variables: &Variables) -> Result<Filled, TemplateError> {
        self.check(variables)?;
        let mut missing = BTreeSet::new();
        let mut texts = BTreeMap::new();
        for (part, source) in self.parts() {
            let text = fill(part, &tags::plain(part, source)?, variables)?;
            let text = fill::told(&text, &mut missing);
            texts.insert(part, text);
        }
        let mut take = |part| texts.remove(part).unwrap_or_default();
        Ok(Filled {
            // A value may have several lines; a header has one (RFC 5322, section 2.2).
            subject: take(SUBJECT)
                .split_whitespace()
                .collect::<Vec<_>>()
                .join(" "),
            html: take(HTML),
            missing: missing.into_iter().collect(),
        })
    }

    fn parts(&self) -> [(&'static str, &str); 2] {
        [(SUBJECT, &self.subject), (HTML, &self.html)]
    }
}

fn environment() -> Environment<'static> {
    let mut env = Environment::empty();
    env.set_fuel(Some(FUEL));
    env.set_undefined_behavior(UndefinedBehavior::Strict);
    env.set_auto_escape_callback(|part| match part {
        HTML => AutoEscape::Html,
        _ => AutoEscape::None,
    });
    fill::add_filters(&mut env);
    env
}

fn fill(part: &'static str, source: &str, variables: &Variables) -> Result<String, TemplateError> {
    let env = environment();
    let template = env
        .template_from_named_str(part, source)
        .map_err(|e| syntax(part, &e))?;
    let text = template
        .render(variables.value())
        .map_err(|e| match e.kind() {
            minijinja::ErrorKind::OutOfFuel => TemplateError::TooMuch,
            _ => syntax(part, &e),
        })?;
    if text.len() > LONGEST_OUTPUT {
        return Err(TemplateError::TooMuch);
    }
    Ok(text)
}

/// Of the error only what it says of the braces: it holds no value of a record.
fn syntax(part: &'static str, error: &minijinja::Error) -> TemplateError {
    let detail = error
        .detail()
        .map_or_else(|| error.kind().to_string(), ToOwned::to_owned);
    TemplateError::Syntax { part, detail }
}

#[cfg(test)]
mod tests;
