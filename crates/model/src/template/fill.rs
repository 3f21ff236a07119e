//! The values of variables, and the marks of those that have none.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use minijinja::value::{Object, ObjectRepr, Value};
use minijinja::{Environment, Error, ErrorKind};

/// Around the name of a variable without a value, wherever it is written. Noncharacters of Unicode: no text has them.
const OPEN: char = '\u{fdd0}';
const CLOSE: char = '\u{fdd1}';

/// What variables there are, and their values.
#[derive(Debug, Clone, Default)]
pub struct Variables {
    scopes: BTreeMap<String, Arc<Scope>>,
}

impl Variables {
    /// Adds a variable, such as `first_name` of `contact`; an empty value is none.
    pub fn set(&mut self, scope: &str, key: &str, value: Option<&str>) {
        let clean = |text: &str| -> String {
            text.chars()
                .filter(|c| !matches!(*c, OPEN | CLOSE))
                .collect()
        };
        let value = value.map(clean).filter(|text| !text.trim().is_empty());
        let variables = self
            .scopes
            .entry(scope.to_owned())
            .or_insert_with(|| Arc::new(Scope::new(scope)));
        Arc::make_mut(variables)
            .values
            .insert(key.to_owned(), value);
    }

    /// Whether there is a variable of this name, such as `contact.first_name`.
    pub fn exist(&self, name: &str) -> bool {
        name.split_once('.').is_some_and(|(scope, key)| {
            let scope = self.scopes.get(scope);
            scope.is_some_and(|scope| scope.values.contains_key(key))
        })
    }

    /// Their names, in alphabetical order.
    pub fn names(&self) -> impl Iterator<Item = String> {
        self.scopes.values().flat_map(|scope| {
            let keys = scope.values.keys();
            keys.map(|key| format!("{}.{key}", scope.name))
        })
    }

    pub(super) fn value(&self) -> Value {
        let scopes = self.scopes.iter();
        Value::from_pairs(scopes.map(|(name, scope)| {
            let scope = Value::from_dyn_object(Arc::clone(scope));
            (name.as_str(), scope)
        }))
    }
}

/// The variables of one thing.
#[derive(Clone)]
struct Scope {
    name: String,
    values: BTreeMap<String, Option<String>>,
}

impl Scope {
    fn new(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            values: BTreeMap::new(),
        }
    }
}

impl fmt::Debug for Scope {
    /// Names only: values are of people.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.values.keys()).finish()
    }
}

impl Object for Scope {
    fn get_value(self: &Arc<Self>, key: &Value) -> Option<Value> {
        let key = key.as_str()?;
        let value = self.values.get(key)?;
        Some(match value {
            Some(text) => Value::from(text.as_str()),
            None => Value::from_object(Missing(format!("{}.{key}", self.name))),
        })
    }

    /// It is no text by itself.
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Map
    }
}

/// A variable without a value: false, and marked wherever it is written.
#[derive(Debug)]
struct Missing(String);

impl Object for Missing {
    fn repr(self: &Arc<Self>) -> ObjectRepr {
        ObjectRepr::Plain
    }

    fn is_true(self: &Arc<Self>) -> bool {
        false
    }

    fn render(self: &Arc<Self>, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{OPEN}{}{CLOSE}", self.0)
    }
}

/// Writes each variable without a value as it was meant, and names it.
pub(super) fn told(text: &str, missing: &mut BTreeSet<String>) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let (name, after) = after.split_once(CLOSE).unwrap_or((after, ""));
        // A filter may have changed its letters.
        let name = name.to_lowercase();
        out.push_str(before);
        out.push_str("{{ ");
        out.push_str(&name);
        out.push_str(" }}");
        missing.insert(name);
        rest = after;
    }
    out.push_str(rest);
    out
}

/// The filters there are; each leaves a variable without a value what it is, but for `default`.
pub(super) fn add_filters(env: &mut Environment<'_>) {
    env.add_filter("default", |value: Value, fallback: &str| {
        if is_missing(&value) {
            Value::from(fallback)
        } else {
            value
        }
    });
    env.add_filter("upper", |value: Value| changed(value, str::to_uppercase));
    env.add_filter("lower", |value: Value| changed(value, str::to_lowercase));
    env.add_filter("trim", |value: Value| {
        changed(value, |text| text.trim().to_owned())
    });
    env.add_filter("capitalize", |value: Value| {
        changed(value, |text| {
            let mut letters = text.chars();
            letters.next().map_or_else(String::new, |first| {
                first.to_uppercase().chain(letters).collect()
            })
        })
    });
}

fn is_missing(value: &Value) -> bool {
    value.downcast_object_ref::<Missing>().is_some()
}

fn changed(value: Value, change: impl Fn(&str) -> String) -> Result<Value, Error> {
    if is_missing(&value) {
        return Ok(value);
    }
    match value.as_str() {
        Some(text) => Ok(Value::from(change(text))),
        None => Err(Error::new(
            ErrorKind::InvalidOperation,
            "only texts can be changed so",
        )),
    }
}
