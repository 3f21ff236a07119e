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
