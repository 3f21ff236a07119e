//! Records: what a team knows of its customers. Contacts, companies, boxes of pipelines (deals, leads,
//! cases, cards), tasks, activities and notes are one mechanism: a record of a kind, with values by field.

mod alike;
mod change;
pub mod exchange;
mod field;
mod filter;
mod mail;
mod merge;
mod near;
mod pipeline;
mod value;

pub use alike::{Reason, Sign, comparable, reasons, score, signs};
pub use change::{Change, Conflict, merge};
pub use field::{Choice, CustomField, Field, FieldType, Shape};
pub use filter::{Column, Filter, FilterError, Sort, SortKey, TextTest};
pub use mail::{JoinCause, MailSource};
pub use merge::{renamed, unite};
pub use near::{distance, first_form, forms, sought, spelled};
pub use pipeline::{COLORS, Layout, Stage, StageRules, StageTask, usual_color};
pub use value::{Key, ValueError, check, decimal, fold, keys, links, title, words};

/// Values by field, in the form of the API: checked, and without empty ones.
pub type Values = serde_json::Map<String, serde_json::Value>;

macro_rules! word_enum {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum $name {
            $($(#[$vdoc])* $variant,)*
        }

        impl $name {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];

            /// The word in the database and on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            /// Reads the word.
            pub fn parse(text: &str) -> Option<Self> {
                Self::ALL.iter().copied().find(|v| v.as_str() == text)
            }
        }
    };
}
pub(crate) use word_enum;

word_enum! {
    /// What a record is.
    Kind {
        /// A person.
        Contact = "contact",
        /// An organisation.
        Company = "company",
        /// A box with money on it.
        Deal = "deal",
        /// A box that may become contact, company and deal.
        Lead = "lead",
        /// A box of support.
        Case = "case",
        /// A box of a free board.
        Card = "card",
        /// Something to do.
        Task = "task",
        /// A call or a meeting.
        Activity = "activity",
        /// Text about other records.
        Note = "note",
    }
}

impl Kind {
    /// The kind of pipeline that its boxes stand in; `None` for what is no box.
    pub const fn pipeline(self) -> Option<PipelineKind> {
        match self {
            Self::Deal => Some(PipelineKind::Deals),
            Self::Lead => Some(PipelineKind::Leads),
            Self::Case => Some(PipelineKind::Cases),
            Self::Card => Some(PipelineKind::Board),
            _ => None,
        }
    }
}

word_enum! {
    /// What moves through a pipeline.
    PipelineKind {
        /// Deals.
        Deals = "deals",
        /// Leads.
        Leads = "leads",
        /// Support cases.
        Cases = "cases",
        /// Whatever a team likes.
        Board = "board",
    }
}

impl PipelineKind {
    /// The kind of its boxes.
    pub const fn boxes(self) -> Kind {
        match self {
            Self::Deals => Kind::Deal,
            Self::Leads => Kind::Lead,
            Self::Cases => Kind::Case,
            Self::Board => Kind::Card,
        }
    }
}

word_enum! {
    /// What it means for a box to stand in a stage.
    Outcome {
        /// It goes on.
        Open = "open",
        /// It ended well.
        Won = "won",
        /// It ended otherwise.
        Lost = "lost",
    }
}

word_enum! {
    /// Who sees a record beside its owner.
    ShareScope {
        /// Nobody.
        Private = "private",
        /// Members and teams that are named.
        Shared = "shared",
        /// Everybody of the workspace, who may also edit it.
        Workspace = "workspace",
        /// Whoever sees the record that it belongs to.
        Parent = "parent",
    }
}

word_enum! {
    /// What a member may do with a record, from least to most.
    Access {
        /// Read it.
        View = "view",
        /// Change it.
        Edit = "edit",
        /// Share it, and remove it for good.
        Owner = "owner",
    }
}

word_enum! {
    /// Why a record changed.
    Cause {
        /// It was made.
        Created = "created",
        /// A person changed it.
        Edited = "edited",
        /// A person changed it together with many.
        Bulk = "bulk",
        /// A change was taken back.
        Reverted = "reverted",
        /// It went into the bin.
        Deleted = "deleted",
        /// It came back from the bin.
        Restored = "restored",
        /// A lead was converted.
        Converted = "converted",
        /// A rule of a stage did it.
        Rule = "rule",
        /// An import made it.
        Imported = "imported",
        /// Several records became one.
        Merged = "merged",
    }
}
