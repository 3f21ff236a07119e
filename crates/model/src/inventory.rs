//! The data inventory: every stored column with what it is, why it is there, how long it stays
//! and who sees it (requirement P5).
//!
//! It drives what a disconnect deletes, and the table of the privacy documentation is generated
//! from it. Tests compare it with the schemas of both databases, so a column that is missing here
//! cannot be added.

mod words;

use crate::feature::Feature;

pub use words::{DataClass, Retention, Visibility};

/// One stored column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// Table.
    pub table: &'static str,
    /// Column.
    pub column: &'static str,
    /// What kind of data.
    pub class: DataClass,
    /// Why it is stored.
    pub purpose: &'static str,
    /// The feature it is stored for; `None` for Tenon itself.
    pub feature: Option<Feature>,
    /// How long it stays.
    pub retention: Retention,
    /// Who sees it.
    pub visible_to: Visibility,
}

/// `table (feature, retention) { column: class, visibility, purpose; … }`
macro_rules! inventory {
    ($($table:ident ($feature:expr, $retention:expr) {
        $($column:ident: $class:ident, $visible:ident, $purpose:literal;)*
    })*) => {
        &[$($(Column {
            table: stringify!($table),
            column: stringify!($column),
            class: DataClass::$class,
            purpose: $purpose,
            feature: $feature,
            retention: $retention,
            visible_to: Visibility::$visible,
        },)*)*]
    };
}

mod files;
mod mail_records;
mod records;
mod writing;

/// Every column of every table.
pub const COLUMNS: &[Column] = &joined::<{ count(PARTS) }>(PARTS);

const PARTS: &[&[Column]] = &[
    GENERAL,
    records::COLUMNS,
    mail_records::COLUMNS,
    files::COLUMNS,
    writing::COLUMNS,
];

const fn count(parts: &[&[Column]]) -> usize {
    let (mut i, mut count) = (0, 0);
    while i < parts.len() {
        count += parts[i].len();
        i += 1;
    }
    count
}

const fn joined<const N: usize>(parts: &[&[Column]]) -> [Column; N] {
    let mut out = [parts[0][0]; N];
    let (mut part, mut from) = (0, 0);
    while part < parts.len() {
        let mut i = 0;
        while i < parts[part].len() {
            out[from + i] = parts[part][i];
            i += 1;
        }
        from += i;
        part += 1;
    }
    out
}

const GENERAL: &[Column] = inventory! {
    schema_versions (None, Retention::Deployment) {
        version: Operational, Operator, "which migrations have run";
        applied_at: Operational, Operator, "when a migration ran";
    }
    settings (None, Retention::Deployment) {
        name: Operational, Operator, "names a fact of the deployment";
        value: Operational, Operator, "the fact, for example the hash of the set-up token";
    }
    workspaces (None, Retention::Workspace) {
        id: Identifier, Workspace, "names the workspace";
        name: Account, Workspace, "shown to its members";
        created_at: Operational, Workspace, "shown to its members";
    }
    members (None, Retention::Member) {
        id: Identifier, Workspace, "names the member";
        workspace_id: Identifier, Workspace, "the tenant";
        email: Account, Workspace, "signing in";
        name: Account, Workspace, "shown to colleagues";
        role: Account, Workspace, "what the member may do";
        password_hash: Credential, Program, "checking the password (Argon2)";
        locale: Account, Owner, "language of the pages";
        time_zone: Account, Owner, "showing times";
        totp: Secret, Program, "checking codes of the authenticator app";
        totp_confirmed_at: Account, Owner, "whether codes are asked for";
        totp_last_step: Operational, Program, "using each code only once";
        disabled_at: Account, Workspace, "whether the account is switched off";
        created_at: Operational, Workspace, "order of lists";
        undo_send_seconds: Account, Owner, "how long a message waits before it goes";
        working_hours: Account, Owner, "offering hours for sending later";
    }
    recovery_codes (None, Retention::Member) {
        member_id: Identifier, Program, "whose code it is";
        code_hash: Credential, Program, "checking a recovery code";
    }
    sessions (None, Retention::Days(90)) {
        id: Identifier, Owner, "names the session";
        token_hash: Credential, Program, "recognising the browser";
        member_id: Identifier, Owner, "whose session it is";
        workspace_id: Identifier, Program, "the tenant";
        user_agent: Account, Owner, "telling one's browsers apart, in two words such as Firefox on Linux";
        created_at: Operational, Owner, "shown in the list of sessions";
        last_seen_at: Operational, Owner, "shown in the list of sessions";
        expires_at: Operational, Program, "ending the session";
        method: Operational, Owner, "how the person signed in";
        proven_at: Operational, Program, "asking again before security settings change";
    }
    invitations (None, Retention::Days(7)) {
        id: Identifier, Workspace, "names the invitation";
        workspace_id: Identifier, Program, "the tenant";
        token_hash: Credential, Program, "recognising the link";
        email_index: Credential, Program, "finding the invitation by its address";
        email: AccountSealed, Workspace, "who is invited; administrators see it";
        role: Account, Workspace, "what the person will be allowed to do";
        invited_by: Identifier, Workspace, "who invited";
        created_at: Operational, Workspace, "order of lists";
        expires_at: Operational, Workspace, "refusing an old link";
    }
    resets (None, Retention::Days(1)) {
        token_hash: Credential, Program, "recognising the link";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "whose access is made anew";
        made_by: Identifier, Program, "who made the link";
        created_at: Operational, Program, "when the link was made";
        expires_at: Operational, Program, "refusing an old link";
    }
    domains (None, Retention::Workspace) {
        workspace_id: Identifier, Program, "the tenant";
        domain: Account, Workspace, "whose people may join by themselves";
        created_at: Operational, Workspace, "when it was allowed";
    }
    identities (None, Retention::Member) {
        id: Identifier, Owner, "names the sign-in account";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Owner, "who signs in by it";
        issuer: Operational, Owner, "who vouches for the person";
        subject_index: Credential, Program, "finding the member whom the issuer names";
        account: AccountSealed, Owner, "telling one's sign-in accounts apart";
        created_at: Operational, Owner, "shown in the list";
        last_used_at: Operational, Owner, "shown in the list";
    }
    sign_in_flows (None, Retention::Days(1)) {
        state_hash: Credential, Program, "recognising the answer of the issuer";
        issuer: Operational, Program, "who was asked";
        browser_hash: Credential, Program, "the browser it began in";
        nonce: Operational, Program, "binding the answer to the question";
        verifier: Secret, Program, "proving that the code is ours";
        invitation_hash: Credential, Program, "the invitation that is being accepted";
        member_id: Identifier, Program, "who adds a sign-in account";
        session_id: Identifier, Program, "the session that adds a sign-in account";
        next: Operational, Program, "the page to go to afterwards";
        locale: Operational, Program, "language of a new member's pages";
        time_zone: Operational, Program, "time zone of a new member";
        created_at: Operational, Program, "how long the person may take";
        expires_at: Operational, Program, "refusing a late answer";
    }
    passkeys (None, Retention::Member) {
        id: Identifier, Owner, "names the passkey";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Owner, "whose passkey it is";
        credential_id: Credential, Program, "recognising the passkey";
        public_key: Credential, Program, "checking its signatures";
        sign_count: Operational, Program, "noticing a copied passkey";
        name: Account, Owner, "telling one's passkeys apart";
        synced: Operational, Owner, "whether it is kept on several devices";
        created_at: Operational, Owner, "shown in the list";
        last_used_at: Operational, Owner, "shown in the list";
    }
    challenges (None, Retention::Days(1)) {
        challenge_hash: Credential, Program, "taking each answer of a passkey once";
        purpose: Operational, Program, "what the passkey was asked for";
        session_id: Identifier, Program, "the session that asked";
        expires_at: Operational, Program, "refusing a late answer";
    }
    keys (None, Retention::UntilDisconnect) {
        id: Identifier, Operator, "names the key";
        workspace_id: Identifier, Program, "the tenant, if it is one's";
        connection_id: Identifier, Program, "the connection whose data it seals";
        wrapped: Secret, Program, "the data key, wrapped by the key-encryption key";
        kek: Operational, Operator, "which key-encryption key wrapped it";
        created_at: Operational, Operator, "choosing the newest";
    }
    connections (Some(Feature::Identity), Retention::UntilDisconnect) {
        id: Identifier, Owner, "names the connection";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "whose connection it is";
        provider: Operational, Owner, "where the account is";
        status: Operational, Owner, "whether it works";
        status_reason: Operational, Owner, "why it does not";
        subject_index: BlindIndex, Program, "finding connections that share one grant";
        subject: MailMetadataSealed, Program, "the account's id at the provider";
        account: MailMetadataSealed, Owner, "address, name, aliases and signatures of the account";
        profile: Operational, Owner, "the preset that was chosen";
        features: Consent, Owner, "what the person switched on";
        scopes: Consent, Owner, "what the provider granted";
        key_id: Identifier, Owner, "the key that seals its data";
        fence: Operational, Program, "stopping work at once";
        created_at: Operational, Owner, "shown on the receipt";
        revoked_at: Operational, Owner, "when the grant was found gone";
        purge_at: Operational, Owner, "when what is left will be deleted";
    }
    tokens (Some(Feature::Identity), Retention::UntilDisconnect) {
        connection_id: Identifier, Program, "whose tokens they are";
        version: Operational, Program, "never overwriting a newer token";
        refresh: Secret, Program, "fetching access tokens";
        access: Secret, Program, "calling the provider";
        access_expires_at: Operational, Program, "knowing when it ends";
        refresh_after: Operational, Program, "knowing when to fetch a new one";
        lease_owner: Operational, Program, "refreshing once, not twice";
        lease_until: Operational, Program, "refreshing once, not twice";
    }
    flows (Some(Feature::Identity), Retention::Days(1)) {
        state_hash: Credential, Program, "recognising the answer of the provider";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "who connects";
        session_id: Identifier, Program, "the browser it began in";
        connection_id: Identifier, Program, "the connection to be extended";
        provider: Operational, Program, "where the account is";
        nonce: Operational, Program, "binding the answer to the question";
        verifier: Secret, Program, "proving that the code is ours";
        features: Consent, Program, "what was chosen";
        profile: Operational, Program, "the preset that was chosen";
        consent_id: Identifier, Program, "what was agreed to";
        redirect_uri: Operational, Program, "sent again with the code";
        created_at: Operational, Program, "how long the person may take";
        expires_at: Operational, Program, "refusing a late answer";
        record_id: Identifier, Program, "the record that files are chosen for";
    }
    consents (Some(Feature::Identity), Retention::Member) {
        id: Identifier, Owner, "names the consent";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Owner, "who agreed";
        connection_id: Identifier, Owner, "the connection that came of it";
        provider: Consent, Owner, "where the account is";
        features: Consent, Owner, "what was agreed to";
        policy_version: Consent, Owner, "which text was shown";
        locale: Consent, Owner, "in which language";
        given_at: Consent, Owner, "when it was given";
        withdrawn_at: Consent, Owner, "when it ended";
    }
    audit_entries (None, Retention::Deployment) {
        chain_id: Identifier, Administrators, "the tenant, or zeros for the installation itself";
        seq: Operational, Administrators, "number of the entry, so that a missing one is seen";
        at: Operational, Administrators, "when something was done";
        action: Operational, Administrators, "what was done: a word of a closed list";
        actor_kind: Operational, Administrators, "whether a member, the operator or the server did it";
        actor: Identifier, Administrators, "who did it: a pseudonym that nobody can resolve after an erasure";
        target_kind: Operational, Administrators, "to what kind of thing it was done";
        target: Identifier, Administrators, "to whom or what: a pseudonym, or an id that says nothing by itself";
        details: Operational, Administrators, "more of it in code words: a role, a count, a reason";
        request_id: Identifier, Administrators, "finding the lines of the server's log";
        mac: Credential, Program, "noticing changed, missing and inserted entries";
    }
    audit_heads (None, Retention::Deployment) {
        chain_id: Identifier, Program, "whose chain it is";
        count: Operational, Administrators, "how many entries there are";
        head: Credential, Administrators, "the seal of the newest entry";
        signed_count: Operational, Program, "how many entries the last checkpoint covers";
        checkpoint: Operational, Administrators, "the last signed checkpoint";
    }
    audit_people (None, Retention::Member) {
        member_id: Identifier, Program, "who a pseudonym of the audit log is";
        workspace_id: Identifier, Program, "the tenant";
        pseudonym: Identifier, Program, "what stands in the audit log in place of the member";
    }
    receipts (Some(Feature::Identity), Retention::Member) {
        id: Identifier, Owner, "names the receipt";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Owner, "whose connection it was";
        provider: Consent, Owner, "where the account was";
        connection_id: Identifier, Owner, "the connection that is gone";
        connected_at: Consent, Owner, "its beginning";
        disconnected_at: Consent, Owner, "when it ended";
        counts: Consent, Owner, "how much was deleted";
        key_id: Identifier, Owner, "the key that was destroyed";
        grant_outcome: Consent, Owner, "what became of the grant at the provider";
        removed_at: Consent, Owner, "when the last row was deleted";
    }
    purges (None, Retention::Days(1)) {
        id: Identifier, Operator, "the connection that is gone while rows of it are being deleted";
        workspace_id: Identifier, Program, "the tenant";
        receipt_id: Identifier, Program, "the receipt that will say when it was done";
        began_at: Operational, Operator, "the longest waiting comes first";
    }
    events (None, Retention::Days(7)) {
        seq: Operational, Workspace, "order of events";
        at: Operational, Workspace, "deleting old events";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "whom it is for";
        kind: Operational, Workspace, "telling pages what to fetch again";
        subject: Identifier, Workspace, "telling pages what to fetch again";
    }
    mailboxes (Some(Feature::Mail), Retention::UntilDisconnect) {
        connection_id: Identifier, Owner, "whose mailbox it is";
        workspace_id: Identifier, Program, "the tenant";
        state: Operational, Owner, "what the sync is doing";
        reason: Operational, Owner, "why it waits";
        cursor: Operational, Program, "asking the provider only for changes";
        generation: Operational, Program, "the last complete snapshot";
        shadow: Operational, Program, "the snapshot being taken";
        page_token: Operational, Program, "going on after an interruption";
        pages_done: Operational, Owner, "showing progress";
        listed: Operational, Owner, "showing progress";
        gone: Operational, Owner, "showing messages deleted before they could be read";
        provider_total: Operational, Owner, "showing progress";
        snapshot_started_at: Operational, Owner, "showing progress";
        last_sync_at: Operational, Owner, "showing that the mailbox is up to date";
        next_sync_at: Operational, Owner, "when to sync next";
        cursor_at: Operational, Owner, "age of the cursor";
        resyncs: Operational, Owner, "not repeating a resync for ever";
        updated_at: Operational, Program, "noticing a sync that stands still";
    }
    messages (Some(Feature::Mail), Retention::TimeBox) {
        id: Identifier, Owner, "names the message";
        connection_id: Identifier, Program, "whose mailbox it is in";
        provider_id: Identifier, Owner, "fetching the message";
        thread_id: Identifier, Owner, "its thread";
        received_at: MailMetadata, Owner, "order of lists";
        size: MailMetadata, Owner, "shown with the message";
        unread: MailMetadata, Owner, "shown in lists, counted";
        starred: MailMetadata, Owner, "shown in lists";
        has_attachments: MailMetadata, Owner, "shown in lists";
        automatic: MailMetadata, Owner, "telling people from machines";
        seen: Operational, Program, "the last snapshot that had it";
        labels: MailMetadata, Owner, "ids of its labels";
        message_id_index: BlindIndex, Program, "finding answers and copies";
        envelope: MailMetadataSealed, Owner, "sender, recipients, subject, date, references";
    }
    threads (Some(Feature::Mail), Retention::TimeBox) {
        id: Identifier, Owner, "names the thread";
        connection_id: Identifier, Program, "whose mailbox it is in";
        provider_thread_id: Identifier, Owner, "its id at the provider";
        last_at: MailMetadata, Owner, "order of lists";
        message_count: MailMetadata, Owner, "shown in lists";
        unread_count: MailMetadata, Owner, "shown in lists, counted";
        starred: MailMetadata, Owner, "shown in lists";
        has_attachments: MailMetadata, Owner, "shown in lists";
        hidden: MailMetadata, Owner, "leaving spam and bin out of lists";
        labels: MailMetadata, Owner, "ids of its labels";
    }
    thread_labels (Some(Feature::Mail), Retention::TimeBox) {
        connection_id: Identifier, Program, "whose mailbox it is in";
        label: MailMetadata, Owner, "listing a label";
        last_at: MailMetadata, Owner, "order of the list";
        thread_id: Identifier, Owner, "the thread";
        unread: MailMetadata, Owner, "counting unread threads";
    }
    label_counts (Some(Feature::Mail), Retention::UntilDisconnect) {
        connection_id: Identifier, Program, "whose mailbox it is in";
        label: MailMetadata, Owner, "which label";
        threads: MailMetadata, Owner, "shown with the label";
        unread: MailMetadata, Owner, "shown with the label";
    }
    thread_addresses (Some(Feature::Mail), Retention::TimeBox) {
        connection_id: Identifier, Program, "whose mailbox it is in";
        address_index: BlindIndex, Program, "finding threads with an address";
        thread_id: Identifier, Owner, "the thread";
    }
    labels (Some(Feature::Mail), Retention::UntilDisconnect) {
        id: Identifier, Owner, "names the label";
        connection_id: Identifier, Program, "whose mailbox it is in";
        provider_id: Identifier, Owner, "its id at the provider";
        name: MailMetadataSealed, Owner, "shown to its owner";
        system: MailMetadata, Owner, "whether the provider made it";
        color: MailMetadata, Owner, "shown to its owner";
    }
    skipped (Some(Feature::Mail), Retention::TimeBox) {
        connection_id: Identifier, Owner, "whose mailbox it is in";
        provider_id: Identifier, Owner, "the message that could not be read";
        reason: Operational, Owner, "showing why it was left out";
        at: Operational, Owner, "showing when it was left out";
    }
    runs (Some(Feature::Mail), Retention::UntilDisconnect) {
        id: Identifier, Owner, "names the run";
        connection_id: Identifier, Owner, "whose mailbox was synced";
        kind: Operational, Owner, "what kind of sync";
        started_at: Operational, Owner, "showing the last runs";
        finished_at: Operational, Owner, "showing the last runs";
        outcome: Operational, Owner, "how it ended";
        added: Operational, Owner, "how much it brought";
        changed: Operational, Owner, "how much it changed";
        removed: Operational, Owner, "how much it removed";
    }
    watches (Some(Feature::Mail), Retention::UntilDisconnect) {
        connection_id: Identifier, Owner, "whose mailbox it is";
        address_index: BlindIndex, Program, "finding the mailbox that a push is about";
        reason: Operational, Owner, "why the provider refused to push";
        created_at: Operational, Owner, "noticing a subscription that never came to be";
        renewed_at: Operational, Owner, "noticing a renewal that is overdue";
        expires_at: Operational, Owner, "renewing in time";
        next_at: Operational, Owner, "when to renew";
        pushed_at: Operational, Owner, "showing that pushes come";
        pushed: Operational, Program, "telling announced changes from missed ones";
        missed_at: Operational, Owner, "polling faster when pushes stay away";
    }
    retention (None, Retention::Workspace) {
        workspace_id: Identifier, Program, "the tenant";
        mail_days: Operational, Workspace, "how long the metadata of mail is kept";
        changed_at: Operational, Workspace, "when that was chosen";
    }
    boxes (Some(Feature::Mail), Retention::UntilDisconnect) {
        connection_id: Identifier, Owner, "whose mailbox it is";
        since: Operational, Owner, "since when mail is listed";
        purged: Operational, Owner, "showing how much was deleted for its age";
        purged_at: Operational, Owner, "showing when that was";
    }
    saved_searches (Some(Feature::Mail), Retention::Member) {
        id: Identifier, Owner, "names the search";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "whose search it is";
        search: Account, Owner, "its name and words, sealed under the workspace's key";
        created_at: Operational, Owner, "order of the list";
    }
    visits (Some(Feature::Mail), Retention::UntilDisconnect) {
        connection_id: Identifier, Program, "in whose mailbox";
        provider_thread_id: Identifier, Program, "which older conversation was opened";
        until: Operational, Program, "deleting it a day later";
    }
    shown_senders (Some(Feature::Mail), Retention::UntilDisconnect) {
        connection_id: Identifier, Program, "in whose mailbox";
        address_index: BlindIndex, Program, "showing this sender's images without asking";
        at: Operational, Program, "when that was chosen";
    }
    mail_actions (Some(Feature::Organizing), Retention::Days(7)) {
        id: Identifier, Owner, "names the action";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "who clicked";
        connection_id: Identifier, Owner, "whose mailbox it changes";
        action: Operational, Owner, "what is done: archive, star, move …";
        label: MailMetadata, Owner, "the label that is put on or taken off, by provider id";
        state: Operational, Owner, "whether it waits, runs or has ended";
        total: Operational, Owner, "showing progress";
        done: Operational, Owner, "showing progress";
        gone: Operational, Owner, "showing what was gone at the provider";
        failed: Operational, Owner, "showing what the provider refused";
        threads: Operational, Owner, "showing how much it touches";
        reason: Operational, Owner, "why it waits or ended: a code";
        undo_of: Identifier, Owner, "the action that this one takes back";
        undone_by: Identifier, Owner, "the action that took this one back";
        repeat_key: Operational, Program, "doing a repeated request once";
        request_hash: Operational, Program, "telling a repeated request from another one";
        created_at: Operational, Owner, "order of lists";
        finished_at: Operational, Owner, "shown in lists, deleting old actions";
    }
    mail_action_items (Some(Feature::Organizing), Retention::Days(7)) {
        action_id: Identifier, Program, "the action";
        seq: Operational, Program, "order of the work";
        connection_id: Identifier, Program, "whose mailbox it is in";
        message_id: Identifier, Owner, "the message that is changed";
        thread_id: Identifier, Owner, "its thread";
        provider_id: Identifier, Program, "changing it at the provider";
        added: MailMetadata, Program, "label ids put on, for doing and undoing it";
        removed: MailMetadata, Program, "label ids taken off, for doing and undoing it";
        state: Operational, Owner, "whether it is done";
        code: Operational, Owner, "why it was not done";
    }
    jobs (None, Retention::UntilDisconnect) {
        id: Identifier, Operator, "names the job";
        kind: Operational, Operator, "what is to be done";
        args: Identifier, Operator, "to what: ids only";
        coalesce_key: Identifier, Operator, "doing it once";
        workspace_id: Identifier, Program, "the tenant";
        connection_id: Identifier, Program, "the connection it works for";
        state: Operational, Operator, "whether it waits, runs, or needs a person";
        run_at: Operational, Operator, "when it is due";
        held_until: Operational, Operator, "waiting after a failure";
        attempts: Operational, Operator, "giving up in the end";
        lease_owner: Operational, Operator, "which process runs it";
        lease_until: Operational, Operator, "noticing that the process died";
        fence: Operational, Program, "ignoring a process that was thought dead";
        last_error: Operational, Operator, "why it failed: a code";
        created_at: Operational, Operator, "how long it waited";
        finished_at: Operational, Operator, "deleting finished jobs";
    }
};

/// The tables in order, each once.
pub fn tables() -> Vec<&'static str> {
    let mut out: Vec<&'static str> = Vec::new();
    for column in COLUMNS {
        if out.last() != Some(&column.table) {
            out.push(column.table);
        }
    }
    out
}

/// The columns of a table in order.
pub fn by_table(table: &str) -> impl Iterator<Item = &'static Column> {
    COLUMNS.iter().filter(move |c| c.table == table)
}

/// The tables whose rows are deleted for their age by the daily purge of mail.
pub fn tables_of_the_time_box() -> Vec<&'static str> {
    let mut out = tables();
    out.retain(|t| by_table(t).any(|c| c.retention == Retention::TimeBox));
    out
}

/// The tables whose rows belong to a connection and are deleted with it, without the table of
/// connections itself.
pub fn tables_of_a_connection() -> Vec<&'static str> {
    COLUMNS
        .iter()
        .filter(|c| c.column == "connection_id" && c.goes_with_the_connection())
        .map(|c| c.table)
        .collect()
}

impl Column {
    /// Whether a disconnect deletes the row, at the latest.
    pub const fn goes_with_the_connection(&self) -> bool {
        matches!(
            self.retention,
            Retention::UntilDisconnect | Retention::TimeBox | Retention::Days(_)
        )
    }
}

#[cfg(test)]
mod tests;
