//! Filters and orders of lists: read from what the API is sent, checked against the fields of a kind, and
//! turned into the keys that the database compares.

use jiff::Timestamp;
use jiff::civil::Date;
use serde_json::{Value, json};
use uuid::Uuid;

use super::value::{days, scaled};
use super::{Field, FieldType, Key, Shape, check, fold, keys};
use crate::{MemberId, PipelineId, RecordId, StageId, Time};

/// Which records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Filter {
    /// Every one holds.
    All(Vec<Self>),
    /// One holds.
    Any(Vec<Self>),
    /// It does not hold.
    Not(Box<Self>),
    /// A field's text.
    Text(String, TextTest),
    /// The record's title.
    Title(TextTest),
    /// A field's number, day, moment or amount lies between these, both included.
    Number(String, Option<i64>, Option<i64>),
    /// A field has some value. Fields that link have their values elsewhere.
    Some {
        /// The field.
        field: String,
        /// Whether it links.
        link: bool,
    },
    /// A field links to one of these.
    Links(String, Vec<RecordId>),
    /// Owner, author, stage or pipeline is one of these.
    Column(Column, Vec<Uuid>),
    /// Owner, author … is there.
    ColumnSome(Column),
    /// When it was made (`false`) or last changed (`true`), both included.
    Moment {
        /// Last changed rather than made.
        updated: bool,
        /// From.
        from: Option<Time>,
        /// To.
        to: Option<Time>,
    },
}

/// Columns that hold ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Column {
    /// Who is responsible.
    Owner,
    /// Who made it.
    CreatedBy,
    /// Stage.
    Stage,
    /// Pipeline.
    Pipeline,
}

/// How folded text is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TextTest {
    /// It is one of these.
    Is(Vec<String>),
    /// It holds this.
    Contains(String),
    /// It begins so.
    StartsWith(String),
}

/// By what a list is ordered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SortKey {
    /// Title.
    Title,
    /// When it was made.
    CreatedAt,
    /// When it last changed.
    UpdatedAt,
    /// The place in its stage.
    Position,
    /// A field with text keys.
    Text(String),
    /// A field with number keys.
    Number(String),
}

/// The order of a list; records without a value come last.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sort {
    /// By what.
    pub by: SortKey,
    /// Largest first.
    pub descending: bool,
}

/// Why a filter or an order does not hold: where, and a sentence.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path} {sentence}")]
pub struct FilterError {
    /// Where in the filter.
    pub path: String,
    /// What is wrong.
    pub sentence: &'static str,
}

/// Nested more deeply, nobody reads it.
const DEEPEST: usize = 8;
/// Conditions of one filter.
const MOST: usize = 100;
/// Values of one condition.
const MOST_VALUES: usize = 200;
const DAY: i64 = 86_400_000_000;

struct Reader<'s> {
    shape: &'s Shape,
    me: MemberId,
    now: Time,
    left: usize,
}

impl Filter {
    /// Reads a filter of the API. `me` stands for the asking member, days are those of UTC.
    pub fn read(shape: &Shape, json: &Value, me: MemberId, now: Time) -> Result<Self, FilterError> {
        let mut reader = Reader {
            shape,
            me,
            now,
            left: MOST,
        };
        reader.any(json, "filter", 0)
    }
}

fn wrong(path: &str, sentence: &'static str) -> FilterError {
    FilterError {
        path: path.to_owned(),
        sentence,
    }
}

impl Reader<'_> {
    fn any(&mut self, json: &Value, path: &str, depth: usize) -> Result<Filter, FilterError> {
        if depth > DEEPEST {
            return Err(wrong(path, "is nested too deeply"));
        }
        let object = json
            .as_object()
            .ok_or_else(|| wrong(path, "must be an object"))?;
        if let Some(inner) = object.get("not") {
            let inner = self.any(inner, &format!("{path}.not"), depth + 1)?;
            return Ok(Filter::Not(Box::new(inner)));
        }
        for (word, make) in [
            ("all", Filter::All as fn(Vec<Filter>) -> Filter),
            ("any", Filter::Any as fn(Vec<Filter>) -> Filter),
        ] {
            let Some(list) = object.get(word) else {
                continue;
            };
            let path = format!("{path}.{word}");
            let list = list
                .as_array()
                .ok_or_else(|| wrong(&path, "must be a list"))?;
            let mut out = Vec::with_capacity(list.len().min(MOST));
            for (i, inner) in list.iter().enumerate() {
                out.push(self.any(inner, &format!("{path}[{i}]"), depth + 1)?);
            }
            return Ok(make(out));
        }
        self.left = self
            .left
            .checked_sub(1)
            .ok_or_else(|| wrong(path, "has too many conditions"))?;
        let word = |name: &str| object.get(name).and_then(Value::as_str).unwrap_or_default();
        let value = object.get("value").unwrap_or(&Value::Null);
        let condition = Condition {
            op: word("op"),
            value,
            path,
        };
        self.condition(word("field"), &condition)
    }

    fn condition(&self, field: &str, c: &Condition<'_>) -> Result<Filter, FilterError> {
        match field {
            "title" => {
                return text(
                    c,
                    &fold,
                    &Filter::Title,
                    Filter::Title(TextTest::StartsWith(String::new())),
                );
            }
            "created_at" | "updated_at" => {
                let updated = field == "updated_at";
                let made = |from: Option<i64>, to: Option<i64>| Filter::Moment {
                    updated,
                    from: from.map(Time),
                    to: to.map(Time),
                };
                return self.range(c, FieldType::Datetime, made(None, None), &made);
            }
            "owner" => return self.ids::<MemberId>(c, Column::Owner, |id| id.0),
            "created_by" => return self.ids::<MemberId>(c, Column::CreatedBy, |id| id.0),
            "stage" if self.shape.field("stage").is_some() => {
                return self.ids::<StageId>(c, Column::Stage, |id| id.0);
            }
            "pipeline" if self.shape.field("pipeline").is_some() => {
                return self.ids::<PipelineId>(c, Column::Pipeline, |id| id.0);
            }
            _ => {}
        }
        let field = self
            .shape
            .field(field)
            .ok_or_else(|| wrong(&format!("{}.field", c.path), "is no field of this kind"))?;
        let name = field.key.clone();
        let some = Filter::Some {
            field: name.clone(),
            link: field.ty.is_link(),
        };
        match field.ty {
            FieldType::Text
            | FieldType::LongText
            | FieldType::Url
            | FieldType::Addresses
            | FieldType::Emails
            | FieldType::Phones => text(c, &fold, &|test| Filter::Text(name.clone(), test), some),
            FieldType::Choice | FieldType::Choices | FieldType::Person | FieldType::People => {
                let me = self.me.to_string();
                let same = |t: &str| if t == "me" { me.clone() } else { t.to_owned() };
                text(c, &same, &|test| Filter::Text(name.clone(), test), some)
            }
            FieldType::Boolean => match (c.op, c.value.as_bool()) {
                ("is", Some(true)) | ("is_not", Some(false)) => Ok(some),
                ("is", Some(false)) | ("is_not", Some(true)) => Ok(not(some)),
                _ => c.presence(some),
            },
            FieldType::Number | FieldType::Money | FieldType::Date | FieldType::Datetime => self
                .range(c, field.ty, some, &|from, to| {
                    Filter::Number(name.clone(), from, to)
                }),
            FieldType::Link | FieldType::Links => {
                let ids = || c.list(|v| v.as_str()?.parse::<RecordId>().ok());
                match c.op {
                    "is" | "in" | "contains" => Ok(Filter::Links(name, ids()?)),
                    "is_not" | "not_contains" => Ok(not(Filter::Links(name, ids()?))),
                    _ => c.presence(some),
                }
            }
            FieldType::Pipeline | FieldType::Stage => Err(c.unknown_op()),
        }
    }

    fn ids<T: std::str::FromStr>(
        &self,
        c: &Condition<'_>,
        column: Column,
        uuid: impl Fn(T) -> Uuid,
    ) -> Result<Filter, FilterError> {
        let people = matches!(column, Column::Owner | Column::CreatedBy);
        let read = |v: &Value| match v.as_str()? {
            "me" if people => Some(self.me.0),
            text => text.parse().ok().map(&uuid),
        };
        match c.op {
            "is" | "in" => Ok(Filter::Column(column, c.list(read)?)),
            "is_not" => Ok(not(Filter::Column(column, c.list(read)?))),
            _ => c.presence(Filter::ColumnSome(column)),
        }
    }

    /// Everything that has an order. A day stands for all of its moments.
    fn range(
        &self,
        c: &Condition<'_>,
        ty: FieldType,
        some: Filter,
        make: &dyn Fn(Option<i64>, Option<i64>) -> Filter,
    ) -> Result<Filter, FilterError> {
        let bounds = |value: &Value| bounds(ty, value).ok_or_else(|| c.wrong_value());
        Ok(match c.op {
            "is" => {
                let (from, to) = bounds(c.value)?;
                make(Some(from), Some(to))
            }
            "is_not" => {
                let (from, to) = bounds(c.value)?;
                not(make(Some(from), Some(to)))
            }
            "lt" => make(None, Some(bounds(c.value)?.0.saturating_sub(1))),
            "lte" => make(None, Some(bounds(c.value)?.1)),
            "gt" => make(Some(bounds(c.value)?.1.saturating_add(1)), None),
            "gte" => make(Some(bounds(c.value)?.0), None),
            "between" => match c.value.as_array().map(Vec::as_slice) {
                Some([from, to]) => make(Some(bounds(from)?.0), Some(bounds(to)?.1)),
                _ => return Err(c.wrong_value()),
            },
            "within" => {
                let (from, to) = self.within(c)?;
                match ty {
                    FieldType::Date => make(Some(from), Some(to)),
                    FieldType::Datetime => make(Some(from * DAY), Some((to + 1) * DAY - 1)),
                    _ => return Err(c.unknown_op()),
                }
            }
            _ => return c.presence(some),
        })
    }

    /// `{"last": 7, "unit": "days"}`, today included; in days since 1970.
    fn within(&self, c: &Condition<'_>) -> Result<(i64, i64), FilterError> {
        let unit = match c.value.get("unit").and_then(Value::as_str) {
            Some("days") => 1,
            Some("weeks") => 7,
            Some("months") => 30,
            _ => return Err(c.wrong_value()),
        };
        let today = self.now.0.div_euclid(DAY);
        let number = |name: &str| {
            c.value
                .get(name)
                .and_then(Value::as_i64)
                .filter(|n| (0..=1_000).contains(n))
        };
        match (number("last"), number("next")) {
            (Some(n), None) => Ok((today - n * unit, today)),
            (None, Some(n)) => Ok((today, today + n * unit)),
            _ => Err(c.wrong_value()),
        }
    }
}

fn not(filter: Filter) -> Filter {
    Filter::Not(Box::new(filter))
}

fn text(
    c: &Condition<'_>,
    fold: &dyn Fn(&str) -> String,
    make: &dyn Fn(TextTest) -> Filter,
    some: Filter,
) -> Result<Filter, FilterError> {
    let one = || match c.value.as_str() {
        Some(text) if !text.is_empty() && plain_text(text) => Ok(fold(text)),
        _ => Err(c.wrong_value()),
    };
    let several = || c.list(|v| v.as_str().filter(|t| plain_text(t)).map(fold));
    Ok(match c.op {
        "is" | "in" => make(TextTest::Is(several()?)),
        "is_not" => not(make(TextTest::Is(several()?))),
        "contains" => make(TextTest::Contains(one()?)),
        "not_contains" => not(make(TextTest::Contains(one()?))),
        "starts_with" => make(TextTest::StartsWith(one()?)),
        _ => return c.presence(some),
    })
}

/// What a stored text can be: PostgreSQL has none with NUL.
fn plain_text(text: &str) -> bool {
    text.len() <= 500 && !text.contains('\0')
}

/// The smallest and the largest key that a value stands for.
fn bounds(ty: FieldType, value: &Value) -> Option<(i64, i64)> {
    let same = |n: i64| Some((n, n));
    match ty {
        FieldType::Number => value
            .as_f64()
            .filter(|n| n.abs() <= 1e12)
            .and_then(|n| same(scaled(n))),
        FieldType::Money => {
            let text = match value {
                Value::String(text) => text.clone(),
                Value::Number(number) => number.to_string(),
                other => other.get("amount")?.as_str()?.to_owned(),
            };
            let whole = json!({ "amount": text, "currency": "EUR" });
            match keys(&plain(ty), &check(&plain(ty), &whole).ok()??).first()? {
                Key::Number(n) | Key::Money(n, _) => same(*n),
                Key::Text(_) => None,
            }
        }
        FieldType::Date => same(days(value.as_str()?.parse::<Date>().ok()?)),
        FieldType::Datetime => {
            let text = value.as_str()?;
            if text.len() == 10 {
                let day = days(text.parse::<Date>().ok()?);
                return Some((day * DAY, (day + 1) * DAY - 1));
            }
            same(text.parse::<Timestamp>().ok()?.as_microsecond())
        }
        _ => None,
    }
}

fn plain(ty: FieldType) -> Field {
    Field {
        key: String::new(),
        ty,
        required: false,
        links_to: None,
        options: Vec::new(),
        custom: None,
        label: None,
        archived: false,
    }
}

struct Condition<'c> {
    op: &'c str,
    value: &'c Value,
    path: &'c str,
}

impl Condition<'_> {
    fn unknown_op(&self) -> FilterError {
        wrong(
            &format!("{}.op", self.path),
            "is no comparison of this field",
        )
    }

    fn wrong_value(&self) -> FilterError {
        wrong(
            &format!("{}.value", self.path),
            "does not fit the field and its comparison",
        )
    }

    fn presence(&self, some: Filter) -> Result<Filter, FilterError> {
        match self.op {
            "not_empty" => Ok(some),
            "empty" => Ok(not(some)),
            _ => Err(self.unknown_op()),
        }
    }

    /// One value or several.
    fn list<T>(&self, read: impl Fn(&Value) -> Option<T>) -> Result<Vec<T>, FilterError> {
        let one = std::slice::from_ref(self.value);
        let values = self.value.as_array().map_or(one, Vec::as_slice);
        if values.is_empty() || values.len() > MOST_VALUES {
            return Err(self.wrong_value());
        }
        values
            .iter()
            .map(|v| read(v).ok_or_else(|| self.wrong_value()))
            .collect()
    }
}

impl Sort {
    /// Reads an order of the API.
    pub fn read(shape: &Shape, field: &str, descending: bool) -> Result<Self, FilterError> {
        let refused = || wrong("sort", "is no field that this kind can be ordered by");
        let by = match field {
            "title" | "name" | "body" => SortKey::Title,
            "created_at" => SortKey::CreatedAt,
            "updated_at" => SortKey::UpdatedAt,
            "position" if shape.kind.pipeline().is_some() => SortKey::Position,
            _ => {
                let field = shape.field(field).ok_or_else(refused)?;
                match field.ty {
                    FieldType::Number
                    | FieldType::Money
                    | FieldType::Date
                    | FieldType::Datetime
                    | FieldType::Boolean => SortKey::Number(field.key.clone()),
                    FieldType::Text
                    | FieldType::Url
                    | FieldType::Choice
                    | FieldType::Emails
                    | FieldType::Phones => SortKey::Text(field.key.clone()),
                    _ => return Err(refused()),
                }
            }
        };
        Ok(Self { by, descending })
    }
}

#[cfg(test)]
mod tests;
