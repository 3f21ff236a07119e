//! The tables between mail and records.

use super::{Column, DataClass, Retention, Visibility};
use crate::feature::Feature;

pub(super) const COLUMNS: &[Column] = inventory! {
    thread_records (Some(Feature::Mail), Retention::UntilDisconnect) {
        thread_id: Identifier, Shared, "which conversation";
        record_id: Identifier, Shared, "the record it is joined to";
        connection_id: Identifier, Program, "in whose mailbox it is";
        cause: MailMetadata, Shared, "whether by hand or by a rule, or taken out by hand";
        at: MailMetadata, Shared, "when it was joined";
    }
    thread_shares (Some(Feature::Mail), Retention::UntilDisconnect) {
        thread_id: Identifier, Owner, "which conversation";
        grantee_id: Identifier, Owner, "with whom it is shared";
        grantee_kind: MailMetadata, Owner, "whether that is a member, a team, everybody, or who sees a record of it";
        connection_id: Identifier, Program, "in whose mailbox it is";
        at: MailMetadata, Owner, "when it was shared";
    }
    suggestion_dismissals (Some(Feature::Mail), Retention::UntilDisconnect) {
        connection_id: Identifier, Program, "in whose mailbox";
        address_index: BlindIndex, Program, "not offering this person again";
        at: Operational, Program, "when that was chosen";
    }
    mail_rules (None, Retention::Member) {
        id: Identifier, Program, "names the rule";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Owner, "whose conversations it joins";
        record_id: Identifier, Owner, "the record they join";
        mailbox_id: Identifier, Owner, "of which mailbox; without one, of all of the member's";
        source: Record, Owner, "by what they join: the contacts, the domain, a label";
        label_id: Identifier, Owner, "by which label they join";
        created_at: Operational, Program, "order of the list";
    }
    record_defaults (None, Retention::Workspace) {
        workspace_id: Identifier, Program, "the tenant";
        kind: Record, Workspace, "for new records of which kind";
        sharing: Record, Workspace, "who sees them";
        shares: Record, Workspace, "the members and teams among these, by id";
        changed_at: Operational, Workspace, "when that was chosen";
    }
};
