#![doc = include_str!("../README.md")]

/// Defines an aggregate: its handle, and the accessor of [`Tx`] that gives it.
macro_rules! aggregate {
    ($(#[$doc:meta])* $name:ident, $accessor:ident) => {
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name<'t> {
            tx: &'t mut $crate::Tx,
        }

        impl $crate::Tx {
            $(#[$doc])*
            pub fn $accessor(&mut self) -> $name<'_> {
                $name { tx: self }
            }
        }
    };
}

mod access;
mod actions;
mod audit;
mod compact;
mod config;
mod connections;
mod consents;
mod deliveries;
mod drafts;
mod error;
mod events;
mod fields;
mod figures;
mod file_cursors;
mod flows;
mod imports;
mod jobs;
mod keys;
mod listen;
pub mod mail;
mod mail_merges;
mod members;
mod migrate;
mod pipelines;
#[cfg(test)]
mod plans;
mod privacy;
mod purges;
mod receipts;
mod record_defaults;
mod record_files;
mod records;
mod retention;
mod saved_searches;
mod sealed;
mod sends;
mod sessions;
mod settings;
mod sql;
mod store;
mod suppressions;
mod teams;
mod templates;
mod tokens;
mod tx;
mod views;
mod walls;
mod watches;
mod workspaces;

pub use access::{
    Challenge, Challenges, Domains, Identities, Identity, Invitation, Invitations, Passkey,
    Passkeys, Reset, Resets, SignInFlow, SignInFlows,
};
pub use actions::{ItemEnd, MailActionItem, MailActionRow, MailActions};
pub use audit::{Audit, AuditHead, AuditQuery, SealedEntry};
pub use config::{DbKind, StoreConfig, StoreUrl};
pub use connections::{ConnectionRow, Connections, LostGrant};
pub use consents::{Consent, Consents};
pub use deliveries::{Deliveries, DeliveryCounts, DeliveryRow, ResponseRow, Trace};
pub use drafts::{DraftRow, Drafts};
pub use error::StoreError;
pub use events::{EventRow, Events};
pub use fields::Fields;
pub use figures::{DatabaseFigure, Figures, JobFigure, MailboxFigure, PoolFigure};
pub use file_cursors::{FileCursor, FileCursors};
pub use flows::{Flow, Flows};
pub use imports::{
    ImportCounts, ImportRow, ImportState, ImportedRow, Imports, Outcome as RowOutcome,
};
pub use jobs::{Claim, JobCounts, JobRow, JobState, Jobs, NewJob};
pub use keys::{KeyRow, Keys};
pub use mail::{
    Boxes, Carries, Grantee, Joined, Joins, LabelCounts, LabelRow, Labels, Lending, Lent,
    MailPeople, MailRule, MailRules, Mailbox, Mailboxes, MessageFacts, MessageRow, Messages,
    NewMessage, Relabel, Run, Runs, ShownSenders, Skipped, SkippedItem, Somebody, StoredPage,
    ThreadQuery, ThreadRow, Threads, TimeBox, Visits,
};
pub use mail_merges::{MailMergeRow, MailMerges, RecipientCount, RecipientRow};
pub use members::{Member, Members};
pub use pipelines::{Pipeline, Pipelines};
pub use privacy::{Place, Privacy};
pub use purges::{LARGE_TABLES, LargeTable, Purge, Purges};
pub use receipts::{Receipt, Receipts};
pub use record_defaults::{RecordDefault, RecordDefaults};
pub use record_files::{FileRow, RecordFiles};
pub use records::{
    Bulk, ChangeRow, Merge, PlaceKey, RecordPlace, RecordQuery, RecordRow, RecordWrite, Records,
    Share, SoughtWord, StageSum, Touch,
};
pub use retention::RetentionChoices;
pub use saved_searches::{SavedSearch, SavedSearches};
pub use sealed::{SEALED_COLUMNS, SealedColumn, SealedValue, SealedValues};
pub use sends::{SendRow, Sends};
pub use sessions::{Session, Sessions};
pub use settings::Settings;
pub use store::{CommitWatch, Store};
pub use suppressions::{SuppressionRow, Suppressions};
pub use teams::{Team, Teams};
pub use templates::{TemplateRow, Templates};
pub use tokens::{TokenRow, Tokens};
pub use tx::Tx;
pub use views::{View, Views};
pub use watches::{Pushed, Watch, Watches};
pub use workspaces::{Workspace, Workspaces};
