//! The variables of templates: fields of the records that a message is about, and who writes it.

use serde_json::Value;
use tenon_model::RecordId;
use tenon_model::mail::normalize_address;
use tenon_model::policy::Locale;
use tenon_model::records::{Field, FieldType, Kind, Shape};
use tenon_model::template::Variables;
use tenon_store::{RecordRow, Tx};

use crate::{Actor, Error, Result};

/// What a message is about.
#[derive(Debug, Clone, Default)]
pub struct About {
    /// A contact, a company, a deal, a lead, a case or a card.
    pub(super) record: Option<RecordId>,
    /// To whom it goes.
    pub(super) address: Option<String>,
}

/// A variable.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Variable {
    /// Such as `contact.first_name`.
    pub name: String,
    /// The kind of the record it is of; `None` for who writes.
    pub kind: Option<Kind>,
    /// The field it is of.
    pub field: String,
    /// What a workspace calls a field of its own.
    pub label: Option<String>,
}

/// Of which records there are variables.
const KINDS: [Kind; 6] = [
    Kind::Contact,
    Kind::Company,
    Kind::Deal,
    Kind::Lead,
    Kind::Case,
    Kind::Card,
];
/// What there is of the one who writes.
const ME: [&str; 2] = ["name", "email"];
/// The whole name of a contact, which is no field.
const NAME: &str = "name";

/// The variables of a kind: all fields that can be said in a few words.
fn fields(shape: &Shape) -> impl Iterator<Item = &Field> {
    shape.fields.iter().filter(|f| {
        !f.archived
            && matches!(
                f.ty,
                FieldType::Text
                    | FieldType::LongText
                    | FieldType::Url
                    | FieldType::Number
                    | FieldType::Money
                    | FieldType::Date
                    | FieldType::Choice
                    | FieldType::Person
                    | FieldType::Emails
                    | FieldType::Phones
            )
    })
}

async fn shapes(tx: &mut Tx) -> Result<Vec<Shape>> {
    let custom = tx.fields().list(None).await?;
    Ok(KINDS
        .iter()
        .map(|kind| Shape::new(*kind, &custom))
        .collect())
}

pub(super) async fn list(tx: &mut Tx) -> Result<Vec<Variable>> {
    let mut out = Vec::new();
    for shape in shapes(tx).await? {
        let scope = shape.kind.as_str();
        if shape.kind == Kind::Contact {
            out.push(Variable {
                name: format!("{scope}.{NAME}"),
                kind: Some(shape.kind),
                field: NAME.to_owned(),
                label: None,
            });
        }
        out.extend(fields(&shape).map(|field| Variable {
            name: format!("{scope}.{}", field.key),
            kind: Some(shape.kind),
            field: field.key.clone(),
            label: field.label.clone(),
        }));
    }
    out.extend(ME.map(|field| Variable {
        name: format!("me.{field}"),
        kind: None,
        field: field.to_owned(),
        label: None,
    }));
    out.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(out)
}

/// What fills templates in: read once, used for many messages.
#[derive(Clone)]
pub(crate) struct Filler {
    shapes: Vec<Shape>,
    /// All variables; of those of records none has a value.
    empty: Variables,
    locale: Locale,
}

impl Filler {
    /// For what the member writes.
    pub(crate) async fn open(tx: &mut Tx, actor: &Actor) -> Result<Self> {
        let mut empty = Variables::default();
        for Variable { name, field, .. } in list(tx).await? {
            let scope = name.split('.').next().unwrap_or_default();
            empty.set(scope, &field, None);
        }
        let member = tx.members().get(actor.member).await?;
        let member = member.ok_or(Error::Unauthenticated)?;
        empty.set("me", "name", Some(&member.name));
        empty.set("me", "email", Some(&member.email));
        Ok(Self {
            shapes: shapes(tx).await?,
            empty,
            locale: actor.locale,
        })
    }

    /// There are variables of another kind too, such as columns of a list.
    pub(crate) fn also<'k>(&mut self, scope: &str, keys: impl IntoIterator<Item = &'k str>) {
        for key in keys {
            self.empty.set(scope, key, None);
        }
    }

    /// All variables, without values of records.
    pub(crate) const fn empty(&self) -> &Variables {
        &self.empty
    }

    /// All variables, with the values that a message has which is about this.
    pub(crate) async fn about(&self, tx: &mut Tx, about: About) -> Result<Variables> {
        let mut variables = self.empty.clone();
        for row in records_of(tx, about).await? {
            let Some(shape) = self.shapes.iter().find(|s| s.kind == row.kind) else {
                return Err(Error::field("record_id", "has no variables"));
            };
            let scope = row.kind.as_str();
            for field in fields(shape) {
                let value = row.values.get(&field.key).unwrap_or(&Value::Null);
                let text = match field.ty {
                    FieldType::Person => person(tx, value).await?,
                    _ => text(field, value, self.locale),
                };
                variables.set(scope, &field.key, text.as_deref());
            }
            if row.kind == Kind::Contact {
                variables.set(scope, NAME, Some(&row.title));
            }
        }
        Ok(variables)
    }
}

/// The records whose fields are meant: at most one of each kind. Only what the member sees is among them.
async fn records_of(tx: &mut Tx, about: About) -> Result<Vec<RecordRow>> {
    let mut found: Vec<RecordRow> = Vec::new();
    if let Some(id) = about.record {
        let row = tx
            .records()
            .get(id)
            .await?
            .filter(|r| r.deleted_at.is_none());
        found.push(row.ok_or(Error::NotFound("record"))?);
    }
    let link = |row: &RecordRow, key: &str| -> Option<RecordId> {
        let value = row.values.get(key)?;
        let first = value.as_array().map_or(Some(value), |list| list.first())?;
        first.as_str()?.parse().ok()
    };
    // The one it goes to; else the first contact of the box.
    let contact = match &about.address {
        Some(address) => {
            let keys = [normalize_address(address)];
            let known = tx
                .records()
                .by_keys(&[(Kind::Contact, "emails", &keys[..])])
                .await?;
            known.into_iter().map(|(_, row)| row.id).next()
        }
        None => found.first().and_then(|row| link(row, "contacts")),
    };
    if !found.iter().any(|r| r.kind == Kind::Contact) {
        add(tx, &mut found, contact).await?;
    }
    let company = found.iter().find_map(|row| link(row, "company"));
    if !found.iter().any(|r| r.kind == Kind::Company) {
        add(tx, &mut found, company).await?;
    }
    Ok(found)
}

async fn add(tx: &mut Tx, found: &mut Vec<RecordRow>, id: Option<RecordId>) -> Result<()> {
    if let Some(id) = id {
        let row = tx.records().get(id).await?;
        found.extend(row.filter(|r| r.deleted_at.is_none()));
    }
    Ok(())
}

async fn person(tx: &mut Tx, value: &Value) -> Result<Option<String>> {
    let Some(id) = value.as_str().and_then(|id| id.parse().ok()) else {
        return Ok(None);
    };
    Ok(tx.members().get(id).await?.map(|m| m.name))
}

/// A value in a few words.
fn text(field: &Field, value: &Value, locale: Locale) -> Option<String> {
    let said = |value: &Value| value.as_str().map(ToOwned::to_owned);
    match field.ty {
        FieldType::Number => value
            .as_f64()
            .map(|n| n.to_string())
            .or_else(|| said(value)),
        FieldType::Money => {
            let amount = value.get("amount")?.as_str()?;
            Some(format!("{amount} {}", value.get("currency")?.as_str()?))
        }
        FieldType::Date => day(value.as_str()?, locale),
        FieldType::Choice => {
            let chosen = value.as_str()?;
            let option = field.options.iter().find(|o| o.value == chosen);
            let label = option.and_then(|o| o.label.clone());
            Some(label.unwrap_or_else(|| chosen.to_owned()))
        }
        FieldType::Emails => said(value.get(0)?.get("address")?),
        FieldType::Phones => said(value.get(0)?.get("number")?),
        _ => said(value),
    }
}

const MONTHS: [(&str, &str); 12] = [
    ("January", "janvier"),
    ("February", "février"),
    ("March", "mars"),
    ("April", "avril"),
    ("May", "mai"),
    ("June", "juin"),
    ("July", "juillet"),
    ("August", "août"),
    ("September", "septembre"),
    ("October", "octobre"),
    ("November", "novembre"),
    ("December", "décembre"),
];

/// A day as a letter has it: `24 November 2026`.
fn day(date: &str, locale: Locale) -> Option<String> {
    let mut parts = date.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    let (english, french) = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    let day: u8 = day.parse().ok()?;
    Some(match (locale, day) {
        (Locale::Fr, 1) => format!("1er {french} {year}"),
        (Locale::Fr, _) => format!("{day} {french} {year}"),
        (Locale::En, _) => format!("{day} {english} {year}"),
    })
}
