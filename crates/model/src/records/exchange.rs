//! Records as tables: cells of files to values and back, and which column means which field.

mod cell;
mod guess;
mod parse;

use serde::{Deserialize, Serialize};

use super::{FieldType, ShareScope};

pub use cell::{Names, guard, read_cell, read_list, split_name, unguard, write_cell};
pub use guess::guess;
pub use parse::{Style, parse_number};

/// What a column of a file becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Target {
    /// A field of the kind, `full_name` (a contact's, split), or `id` (for finding what is there).
    pub field: String,
    /// The label of an address or number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub label: Option<String>,
    /// The line of a postal address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// How a link finds its record: `title` (usual), `email` or `id`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
    /// The currency of amounts without one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub currency: Option<String>,
}

impl Target {
    /// A field without more.
    pub fn field(field: &str) -> Self {
        Self {
            field: field.to_owned(),
            label: None,
            part: None,
            by: None,
            currency: None,
        }
    }
}

/// A column and what it becomes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Mapped {
    /// Its index.
    pub column: usize,
    /// `None`: it is left out.
    pub target: Option<Target>,
}

super::word_enum! {
    /// How days are written.
    DateOrder {
        /// 2026-11-22.
        Ymd = "ymd",
        /// 22.11.2026.
        Dmy = "dmy",
        /// 11/22/2026.
        Mdy = "mdy",
    }
}

super::word_enum! {
    /// What happens to a row whose record is there already.
    Duplicates {
        /// It is left out.
        Skip = "skip",
        /// The record is changed.
        Update = "update",
        /// A second one is made.
        Create = "create",
    }
}

/// With whom imported records are shared.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportSharing {
    /// Who sees them beside their owner.
    pub scope: ShareScope,
    /// With whom, when it is `shared`.
    #[serde(default)]
    pub shares: Vec<ImportShare>,
}

/// A member or a team, and what they may do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ImportShare {
    /// A member.
    #[serde(default)]
    pub member: Option<crate::MemberId>,
    /// A team.
    #[serde(default)]
    pub team: Option<crate::TeamId>,
    /// `view` or `edit`.
    pub access: super::Access,
}

/// What is to become of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct ImportOptions {
    /// Whether the first row names the columns.
    pub header: bool,
    /// What parts the columns; told, not chosen.
    pub delimiter: Option<String>,
    /// What each column becomes.
    pub mapping: Vec<Mapped>,
    /// How days are written.
    pub date_order: DateOrder,
    /// `.` or `,` before decimals.
    pub decimal: String,
    /// Rows whose record is there already.
    pub duplicates: Duplicates,
    /// Fields by which that is found.
    pub match_on: Vec<String>,
    /// Whether records that links name are made when they are not there.
    pub create_missing: bool,
    /// The owner of records without one.
    pub owner: Option<crate::MemberId>,
    /// Who sees them; `None` is as usual.
    pub sharing: Option<ImportSharing>,
    /// Where boxes stand that name no pipeline.
    pub pipeline: Option<crate::PipelineId>,
    /// Where boxes stand that name no stage.
    pub stage: Option<crate::StageId>,
}

impl Default for ImportOptions {
    fn default() -> Self {
        Self {
            header: true,
            delimiter: None,
            mapping: Vec::new(),
            date_order: DateOrder::Ymd,
            decimal: ".".to_owned(),
            duplicates: Duplicates::Skip,
            match_on: Vec::new(),
            create_missing: false,
            owner: None,
            sharing: None,
            pipeline: None,
            stage: None,
        }
    }
}

impl ImportOptions {
    /// How cells are written.
    pub fn style(&self) -> Style {
        Style {
            order: self.date_order,
            comma: self.decimal == ",",
        }
    }
}

/// Whether a field's entries of several columns come together.
pub const fn is_list(ty: FieldType) -> bool {
    matches!(
        ty,
        FieldType::Emails
            | FieldType::Phones
            | FieldType::Addresses
            | FieldType::Choices
            | FieldType::People
            | FieldType::Links
    )
}

#[cfg(test)]
mod tests;
