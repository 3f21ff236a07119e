//! The audit log: what was done to access, members, mailboxes and keys, in chains of sealed entries that
//! are checked without the server (requirement P2, `docs/decisions/0053`).
//!
//! An entry commits with what it tells. Chains are sealed under keys that come from the deployment's data key,
//! which is always open: no transaction waits for one.

mod checkpoint;
mod list;
mod request;
mod unopened;
mod verify;

use std::fmt::Display;

use tenon_model::WorkspaceId;
use tenon_model::audit::{
    AuditAction, AuditActor, AuditDetail, AuditDetails, AuditTarget, NewAuditEntry,
};
use tenon_store::{StoreError, Tx};
use uuid::Uuid;

use crate::Keys;

pub use checkpoint::{CheckpointView, LogView, checkpoint, write_checkpoints};
pub(crate) use checkpoint::{WriteCheckpoints, enqueue_unsigned};
pub use list::{AuditEntryView, DetailView, EntriesQuery, PartyView, entries};
pub use request::{carried, in_request};
pub(crate) use unopened::{Unopened, follow};
pub use verify::{
    BadCheckpoint, BadEntry, ChainReport, CheckpointFault, EntryFault, Report, VerifyError, verify,
};

/// An entry in the making.
#[must_use = "an entry counts once it is added to a transaction"]
pub(crate) struct Note {
    action: AuditAction,
    actor: AuditActor,
    target: Option<AuditTarget>,
    details: AuditDetails,
}

/// An entry about `action`; by the server unless it is said otherwise.
pub(crate) fn note(action: AuditAction) -> Note {
    Note {
        action,
        actor: AuditActor::Server,
        target: None,
        details: AuditDetails::default(),
    }
}

impl Note {
    /// Who did it.
    pub(crate) fn by(mut self, actor: impl Into<AuditActor>) -> Self {
        self.actor = actor.into();
        self
    }

    /// To whom or what.
    pub(crate) const fn about(mut self, target: AuditTarget) -> Self {
        self.target = Some(target);
        self
    }

    /// More of it.
    pub(crate) fn with(mut self, what: AuditDetail, value: impl Display) -> Self {
        self.details.push(what, value);
        self
    }

    /// Adds it to the caller's transaction, in the chain of a workspace.
    pub(crate) fn add(
        self,
        keys: &Keys,
        tx: &mut Tx,
        workspace: impl Into<Option<WorkspaceId>>,
    ) -> Result<(), StoreError> {
        let workspace = workspace.into();
        let entry = NewAuditEntry {
            workspace,
            action: self.action,
            actor: self.actor,
            target: self.target,
            details: self.details,
            request: request::current(),
        };
        tx.audit().append(entry, keys.chain(workspace))
    }
}

/// What stands in the log in place of a domain's name: the same for the same name, and nothing by itself.
pub(crate) fn domain(keys: &Keys, workspace: WorkspaceId, name: &str) -> AuditTarget {
    let text = format!("{workspace} {name}");
    let index = keys.deployment().blind_index("audit domain", &text);
    AuditTarget::Domain(Uuid::from_bytes(index))
}
