//! The tables of files on records.

use super::{Column, DataClass, Retention, Visibility};
use crate::feature::Feature;

pub(super) const COLUMNS: &[Column] = inventory! {
    record_files (Some(Feature::Files), Retention::Workspace) {
        id: Identifier, Shared, "names the link between a record and a file";
        workspace_id: Identifier, Program, "the tenant";
        record_id: Identifier, Shared, "the record that the file is on";
        connection_id: Identifier, Program, "with whose connection its name is kept up to date";
        provider: Record, Shared, "where the file is";
        provider_file_id: Identifier, Shared, "which file it is there";
        drive_id: Identifier, Program, "the shared drive that it is in, for asking what has changed";
        name: Record, Shared, "what it is called";
        mime_type: Record, Shared, "its type, for the icon";
        link: Record, Shared, "opening it at the provider, which says who may";
        state: Record, Shared, "whether it can be seen, has no access, or is gone";
        added_by: Identifier, Shared, "who linked it";
        added_at: Record, Shared, "when it was linked, order of lists";
        checked_at: Operational, Shared, "when the provider was last asked";
        removed_at: Record, Program, "since when the link is removed, which goes for good after 30 days";
    }
    file_cursors (Some(Feature::Files), Retention::UntilDisconnect) {
        connection_id: Identifier, Program, "whose drive is followed";
        drive_id: Identifier, Program, "which shared drive, or the person's own";
        workspace_id: Identifier, Program, "the tenant";
        page_token: Operational, Program, "from where on changes are asked for";
        at: Operational, Program, "when they were last asked for";
    }
};
