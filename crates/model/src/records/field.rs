//! Fields: the standard ones of each kind, and those that a workspace adds.

use serde::{Deserialize, Serialize};

use super::Kind;
use crate::FieldId;

super::word_enum! {
    /// What a field holds.
    FieldType {
        /// One line, at most 2,000 characters.
        Text = "text",
        /// Several lines, at most 50,000 characters.
        LongText = "long_text",
        /// A web address (`http:` or `https:`).
        Url = "url",
        /// A number between -10¹² and 10¹², six digits after the point.
        Number = "number",
        /// An amount with four digits after the point, and its currency (ISO 4217).
        Money = "money",
        /// A day.
        Date = "date",
        /// A moment.
        Datetime = "datetime",
        /// Yes or no.
        Boolean = "boolean",
        /// One of the field's options.
        Choice = "choice",
        /// Several of the field's options.
        Choices = "choices",
        /// A member of the workspace.
        Person = "person",
        /// Several members.
        People = "people",
        /// Another record.
        Link = "link",
        /// Several other records.
        Links = "links",
        /// E-mail addresses with labels.
        Emails = "emails",
        /// Telephone numbers with labels.
        Phones = "phones",
        /// Postal addresses with labels.
        Addresses = "addresses",
        /// The pipeline that a box stands in.
        Pipeline = "pipeline",
        /// The stage that a box stands in.
        Stage = "stage",
    }
}

impl FieldType {
    /// Whether a workspace can add fields of this type.
    pub const fn custom(self) -> bool {
        !matches!(self, Self::Pipeline | Self::Stage)
    }

    /// Whether its options are chosen from.
    pub const fn has_options(self) -> bool {
        matches!(self, Self::Choice | Self::Choices)
    }

    /// Whether it names other records.
    pub const fn is_link(self) -> bool {
        matches!(self, Self::Link | Self::Links)
    }
}

/// An option of a choice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Choice {
    /// What is stored.
    pub value: String,
    /// What people read; `None` for standard ones, which the web app translates.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// Its colour: a number of the palette.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<u8>,
}

/// What a workspace has added to a standard field, or a field of its own.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CustomField {
    /// Id.
    pub id: FieldId,
    /// Of which kind.
    pub kind: Kind,
    /// Its place in the values: `c_…`.
    pub key: String,
    /// What people read.
    pub label: String,
    /// Type.
    pub ty: FieldType,
    /// Options of a choice.
    pub options: Vec<Choice>,
    /// What it links to; `None` is any kind.
    pub links_to: Option<Kind>,
    /// Whether it must be filled in.
    pub required: bool,
    /// Its place in lists.
    pub position: i64,
    /// Whether it was put away: its values stay, and nobody fills it in.
    pub archived: bool,
}

/// A field of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// Its place in the values.
    pub key: String,
    /// Type.
    pub ty: FieldType,
    /// Whether it must be filled in.
    pub required: bool,
    /// What it links to; `None` is any kind.
    pub links_to: Option<Kind>,
    /// Options of a choice.
    pub options: Vec<Choice>,
    /// The workspace's own, if it is that.
    pub custom: Option<FieldId>,
    /// What people read; `None` for standard fields.
    pub label: Option<String>,
    /// Whether it was put away.
    pub archived: bool,
}

/// All fields of a kind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shape {
    /// The kind.
    pub kind: Kind,
    /// Its fields, standard ones first.
    pub fields: Vec<Field>,
}

struct Standard(&'static str, FieldType, Option<Kind>, bool);

const fn of(key: &'static str, ty: FieldType) -> Standard {
    Standard(key, ty, None, false)
}

const fn must(key: &'static str, ty: FieldType) -> Standard {
    Standard(key, ty, None, true)
}

const fn to(key: &'static str, ty: FieldType, kind: Kind) -> Standard {
    Standard(key, ty, Some(kind), false)
}

use FieldType as T;

const CONTACT: &[Standard] = &[
    of("salutation", T::Text),
    of("first_name", T::Text),
    of("last_name", T::Text),
    of("title", T::Text),
    of("emails", T::Emails),
    of("phones", T::Phones),
    of("addresses", T::Addresses),
    to("company", T::Link, Kind::Company),
    of("description", T::LongText),
    of("owner", T::Person),
];
const COMPANY: &[Standard] = &[
    must("name", T::Text),
    of("domain", T::Text),
    of("website", T::Url),
    of("emails", T::Emails),
    of("phones", T::Phones),
    of("addresses", T::Addresses),
    of("industry", T::Text),
    of("employees", T::Number),
    of("description", T::LongText),
    of("owner", T::Person),
];
const DEAL: &[Standard] = &[
    must("name", T::Text),
    must("pipeline", T::Pipeline),
    must("stage", T::Stage),
    of("amount", T::Money),
    of("probability", T::Number),
    of("close_date", T::Date),
    to("company", T::Link, Kind::Company),
    to("contacts", T::Links, Kind::Contact),
    of("lost_reason", T::Text),
    of("description", T::LongText),
    of("owner", T::Person),
];
const LEAD: &[Standard] = &[
    must("name", T::Text),
    must("pipeline", T::Pipeline),
    must("stage", T::Stage),
    of("source", T::Choice),
    of("contact_name", T::Text),
    of("company_name", T::Text),
    of("emails", T::Emails),
    of("phones", T::Phones),
    of("amount", T::Money),
    to("company", T::Link, Kind::Company),
    to("contacts", T::Links, Kind::Contact),
    of("lost_reason", T::Text),
    of("description", T::LongText),
    of("owner", T::Person),
];
const CASE: &[Standard] = &[
    must("name", T::Text),
    must("pipeline", T::Pipeline),
    must("stage", T::Stage),
    of("priority", T::Choice),
    of("due_date", T::Date),
    to("company", T::Link, Kind::Company),
    to("contacts", T::Links, Kind::Contact),
    of("lost_reason", T::Text),
    of("description", T::LongText),
    of("owner", T::Person),
];
const CARD: &[Standard] = &[
    must("name", T::Text),
    must("pipeline", T::Pipeline),
    must("stage", T::Stage),
    of("due_date", T::Date),
    to("company", T::Link, Kind::Company),
    to("contacts", T::Links, Kind::Contact),
    of("lost_reason", T::Text),
    of("description", T::LongText),
    of("owner", T::Person),
];
const TASK: &[Standard] = &[
    must("name", T::Text),
    of("due_date", T::Date),
    of("done", T::Boolean),
    of("priority", T::Choice),
    of("about", T::Links),
    of("description", T::LongText),
    of("owner", T::Person),
];
const ACTIVITY: &[Standard] = &[
    must("type", T::Choice),
    must("name", T::Text),
    of("start", T::Datetime),
    of("end", T::Datetime),
    of("location", T::Text),
    to("attendees", T::Links, Kind::Contact),
    of("about", T::Links),
    of("outcome", T::Text),
    of("description", T::LongText),
    of("owner", T::Person),
];
const NOTE: &[Standard] = &[
    must("body", T::LongText),
    of("about", T::Links),
    of("mentions", T::People),
    of("owner", T::Person),
];

const PRIORITIES: &[&str] = &["low", "normal", "high", "urgent"];
const SOURCES: &[&str] = &[
    "web", "mail", "phone", "referral", "event", "import", "other",
];
const ACTIVITIES: &[&str] = &["call", "meeting"];

const fn standard(kind: Kind) -> &'static [Standard] {
    match kind {
        Kind::Contact => CONTACT,
        Kind::Company => COMPANY,
        Kind::Deal => DEAL,
        Kind::Lead => LEAD,
        Kind::Case => CASE,
        Kind::Card => CARD,
        Kind::Task => TASK,
        Kind::Activity => ACTIVITY,
        Kind::Note => NOTE,
    }
}

fn options(kind: Kind, key: &str) -> Vec<Choice> {
    let values: &[&str] = match (kind, key) {
        (_, "priority") => PRIORITIES,
        (Kind::Lead, "source") => SOURCES,
        (Kind::Activity, "type") => ACTIVITIES,
        _ => &[],
    };
    let choice = |value: &&str| Choice {
        value: (*value).to_owned(),
        label: None,
        color: None,
    };
    values.iter().map(choice).collect()
}

impl Shape {
    /// The standard fields of a kind, then the workspace's own in their order.
    pub fn new(kind: Kind, custom: &[CustomField]) -> Self {
        let mut fields: Vec<Field> = standard(kind)
            .iter()
            .map(|Standard(key, ty, links_to, required)| Field {
                key: (*key).to_owned(),
                ty: *ty,
                required: *required,
                links_to: *links_to,
                options: options(kind, key),
                custom: None,
                label: None,
                archived: false,
            })
            .collect();
        fields.extend(custom.iter().filter(|c| c.kind == kind).map(|c| Field {
            key: c.key.clone(),
            ty: c.ty,
            required: c.required,
            links_to: c.links_to,
            options: c.options.clone(),
            custom: Some(c.id),
            label: Some(c.label.clone()),
            archived: c.archived,
        }));
        Self { kind, fields }
    }

    /// A field by its key.
    pub fn field(&self, key: &str) -> Option<&Field> {
        self.fields.iter().find(|f| f.key == key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_each_field_once_and_an_owner() {
        for kind in Kind::ALL {
            let shape = Shape::new(*kind, &[]);
            let mut keys: Vec<_> = shape.fields.iter().map(|f| &f.key).collect();
            let count = keys.len();
            keys.sort();
            keys.dedup();
            assert_eq!(keys.len(), count, "{kind:?}");
            assert!(shape.field("owner").is_some(), "{kind:?}");
            assert_eq!(shape.field("stage").is_some(), kind.pipeline().is_some());
            for field in &shape.fields {
                assert_eq!(
                    field.ty.has_options(),
                    !field.options.is_empty(),
                    "{}",
                    field.key
                );
                assert!(!field.key.starts_with("c_"));
            }
        }
    }
}
