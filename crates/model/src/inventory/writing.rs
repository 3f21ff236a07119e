//! The tables of writing and sending.

use super::{Column, DataClass, Retention, Visibility};
use crate::feature::Feature;

pub(super) const COLUMNS: &[Column] = inventory! {
    drafts (Some(Feature::Sending), Retention::UntilDisconnect) {
        id: Identifier, Owner, "names the draft, and marks it in its own header";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "whose draft it is";
        connection_id: Identifier, Owner, "whose mailbox it is in";
        provider_id: Identifier, Program, "changing and sending it at the provider";
        provider_message_id: Identifier, Owner, "noticing changes made elsewhere";
        kind: Operational, Owner, "new, reply, reply to all or forward";
        source: Identifier, Owner, "the message it answers or forwards";
        state: Operational, Owner, "whether it is being made, open or gone";
        repeat_key: Operational, Program, "doing a repeated request once";
        request_hash: Operational, Program, "telling a repeated request from another one";
        created_at: Operational, Owner, "order of lists";
        saved_at: Operational, Owner, "shown while writing";
        look_at: Operational, Program, "looking for copies after a lost answer";
        turn: Operational, Program, "changing it one request at a time";
        held_until: Operational, Program, "changing it one request at a time, also on several nodes";
        held_by: Operational, Program, "the server that is at it: it may begin again after a lost answer";
    }
    sends (Some(Feature::Sending), Retention::Days(30)) {
        id: Identifier, Owner, "names the message on its way";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "who sends it";
        connection_id: Identifier, Owner, "whose mailbox it goes from";
        draft_id: Identifier, Owner, "the draft that is sent";
        provider_draft_id: Identifier, Program, "sending it at the provider";
        state: Operational, Owner, "where it stands on its way";
        version: Operational, Program, "making each step only once";
        attempts: Operational, Program, "giving up in the end";
        lookups: Operational, Program, "giving up in the end";
        send_at: Operational, Owner, "when it goes";
        committed_at: Operational, Owner, "since when the provider may have sent it";
        reason: Operational, Owner, "why it did not go: a code";
        known: Operational, Owner, "what is known of a doubtful one: codes and times";
        envelope: MailMetadataSealed, Owner, "its recipients and subject, shown while it is on its way";
        provider_message_id: Identifier, Program, "showing the sent message";
        repeat_key: Operational, Program, "doing a repeated request once";
        request_hash: Operational, Program, "telling a repeated request from another one";
        created_at: Operational, Owner, "order of lists";
        finished_at: Operational, Owner, "shown in lists, deleting old ones";
        scheduled_for: Operational, Owner, "the hour it was scheduled for";
        scheduled_zone: Operational, Owner, "in whose time zone that hour was chosen";
        recipient_id: Identifier, Program, "for whom of a mail merge it is";
    }
    mail_merges (Some(Feature::Sending), Retention::UntilDisconnect) {
        id: Identifier, Owner, "names the mail merge";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "whose mail merge it is";
        connection_id: Identifier, Owner, "whose mailbox it goes from";
        draft_id: Identifier, Owner, "the draft that holds its letter";
        letter: Identifier, Program, "noticing that the letter was changed after the start";
        state: Operational, Owner, "where it stands";
        reason: Operational, Owner, "why it was stopped: a code";
        version: Operational, Program, "making each step only once";
        content: MailMetadataSealed, Owner, "its name and the names of its list's columns";
        daily_cap: Operational, Owner, "how many messages of the mailbox go in a day";
        gap_min: Operational, Owner, "how fast messages go";
        gap_max: Operational, Owner, "how fast messages go";
        in_hours: Operational, Owner, "whether they go in working hours only";
        next_at: Operational, Owner, "when the next one goes";
        created_at: Operational, Owner, "order of the list";
        started_at: Operational, Owner, "shown with it";
        resumed_at: Operational, Program, "since when refused messages count for stopping it";
        finished_at: Operational, Owner, "shown with it";
        unsubscribe: Operational, Owner, "whether its messages carry a way out";
    }
    mail_merge_recipients (Some(Feature::Sending), Retention::UntilDisconnect) {
        id: Identifier, Program, "names somebody it goes to";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "whose mail merge it is";
        connection_id: Identifier, Program, "whose mailbox it goes from";
        merge_id: Identifier, Program, "the mail merge";
        number: Operational, Owner, "order of the list";
        address_index: BlindIndex, Program, "writing to nobody twice";
        state: Operational, Owner, "what became of the message";
        reason: Operational, Owner, "why it did not go: a code";
        record_id: Identifier, Owner, "the record the message is filled in with";
        details: MailMetadataSealed, Owner, "name and address, and until the message has gone what the list says of them";
        draft_id: Identifier, Program, "finding the message's draft again after a crash";
        send_id: Identifier, Program, "the message on its way";
        settled_at: Operational, Owner, "when the message went, or was given up";
    }
    deliveries (Some(Feature::Sending), Retention::UntilDisconnect) {
        id: Identifier, Program, "names somebody it went to";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "who sent it";
        connection_id: Identifier, Program, "from which mailbox it went";
        merge_id: Identifier, Program, "the mail merge it is of";
        draft_id: Identifier, Program, "the mark in the message, by which a failure to deliver it is recognised";
        send_id: Identifier, Program, "the message as it went";
        address_index: BlindIndex, Program, "recognising an answer";
        provider_thread_id: Identifier, Program, "recognising an answer";
        sent_at: Operational, Owner, "only what came after it can be an answer";
        replied_at: Operational, Owner, "when they answered";
        auto_replied_at: Operational, Owner, "when a machine answered for them";
        bounced_at: Operational, Owner, "when it turned out not to be delivered";
        failure: Operational, Owner, "why it was not: a code";
        unsubscribed_at: Operational, Owner, "when they said that they want no more";
    }
    responses (Some(Feature::Sending), Retention::UntilDisconnect) {
        message_id: Identifier, Program, "looking at a message that came in once";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "whose mailbox it came to";
        connection_id: Identifier, Program, "which mailbox it came to";
        delivery_id: Identifier, Program, "what it is an answer to";
        kind: Operational, Owner, "an answer, an automatic one, or a failure";
        at: Operational, Owner, "when it came";
    }
    suppressions (None, Retention::Workspace) {
        id: Identifier, Workspace, "names the entry";
        workspace_id: Identifier, Program, "the tenant";
        address_index: BlindIndex, Program, "writing to nobody who does not want it";
        cause: Operational, Workspace, "why: they said so, it is no address, or somebody wrote it down";
        content: AccountSealed, Workspace, "the address or domain, and a note; sealed under the workspace's key";
        member_id: Identifier, Workspace, "who wrote it down";
        created_at: Operational, Workspace, "order of the list";
    }
    templates (None, Retention::Member) {
        id: Identifier, Owner, "names the template";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "whose template it is";
        shared: Operational, Owner, "whether colleagues use it too";
        content: AccountSealed, Owner, "its name, folder, subject and text, sealed under the workspace's key";
        version: Operational, Owner, "noticing that somebody else changed it meanwhile";
        created_at: Operational, Owner, "order of the list";
        updated_at: Operational, Owner, "shown with it";
    }
};
