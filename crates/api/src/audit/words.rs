//! The closed lists of words of the log, as schemas: what builds a page from the document knows them all.

use tenon_model::audit::{AuditAction, AuditActor, AuditGroup, AuditTarget};

use crate::wire::words;

words! {
    /// What was done.
    AuditActionWord = AuditAction::ALL.iter().map(|a| a.as_str());
    /// With what an action belongs.
    AuditGroupWord = AuditGroup::ALL.map(AuditGroup::as_str);
    /// Who did it: a member, a command at the server's terminal, the server by itself, somebody who was not
    /// signed in.
    AuditActorKind = AuditActor::KINDS;
    /// To what it was done.
    AuditTargetKind = AuditTarget::KINDS;
}
