//! The tables of records: what a workspace knows of its customers.

use super::{Column, DataClass, Retention, Visibility};

pub(super) const COLUMNS: &[Column] = inventory! {
    records (None, Retention::Workspace) {
        id: Identifier, Shared, "names the record";
        workspace_id: Identifier, Program, "the tenant";
        kind: Record, Shared, "what it is: a contact, a deal, a task";
        title: Record, Shared, "what it is called in lists";
        title_key: Record, Program, "order of lists";
        body: Record, Shared, "what people wrote down, by field";
        version: Operational, Shared, "noticing that two people changed it";
        owner_id: Identifier, Shared, "who is responsible";
        pipeline_id: Identifier, Shared, "the pipeline it stands in";
        stage_id: Identifier, Shared, "the stage it stands in";
        position: Operational, Shared, "its place in the stage";
        sharing: Record, Shared, "who sees it";
        parent_id: Identifier, Program, "the record whose sharing holds for it";
        repeat_key: Operational, Program, "doing a repeated request once";
        request_hash: Operational, Program, "telling a repeated request from another one";
        created_at: Record, Shared, "shown with it, order of lists";
        created_by: Identifier, Shared, "who made it";
        updated_at: Record, Shared, "shown with it, order of lists";
        deleted_at: Record, Shared, "since when it is in the bin, which is emptied after 30 days";
    }
    record_values (None, Retention::Workspace) {
        record_id: Identifier, Program, "the record it is of";
        field: Record, Program, "the field it is of";
        ordinal: Operational, Program, "telling entries of a list apart";
        workspace_id: Identifier, Program, "the tenant";
        kind: Record, Program, "searching one kind";
        text_key: Record, Program, "finding and ordering by a text";
        number_key: Record, Program, "finding and ordering by a number, an amount or a day";
    }
    record_links (None, Retention::Workspace) {
        from_id: Identifier, Shared, "the record that links";
        field: Record, Shared, "by which field";
        to_id: Identifier, Shared, "the record that is linked";
        workspace_id: Identifier, Program, "the tenant";
    }
    record_shares (None, Retention::Workspace) {
        record_id: Identifier, Shared, "the record that is shared";
        grantee_id: Identifier, Shared, "with which member or team";
        grantee_kind: Record, Shared, "whether that is a member or a team";
        access: Record, Shared, "whether they may change it";
        workspace_id: Identifier, Program, "the tenant";
    }
    record_changes (None, Retention::Workspace) {
        record_id: Identifier, Shared, "the record that changed";
        version: Operational, Shared, "the order of its changes";
        workspace_id: Identifier, Program, "the tenant";
        at: Record, Shared, "when it changed";
        member_id: Identifier, Shared, "who changed it";
        cause: Record, Shared, "how it came to change";
        bulk_id: Identifier, Program, "undoing a change of many records";
        changes: Record, Shared, "what each field was and became, for taking it back";
    }
    record_bulks (None, Retention::Days(7)) {
        id: Identifier, Owner, "names a change of many records";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Owner, "who made it";
        kind: Record, Owner, "of which kind the records are";
        changed: Record, Owner, "how many were changed";
        skipped: Record, Owner, "how many were left";
        finished_at: Operational, Program, "going on with it after a crash";
        repeat_key: Operational, Program, "doing a repeated request once";
        request_hash: Operational, Program, "telling a repeated request from another one";
        created_at: Operational, Owner, "deleting old ones";
        reasons: Operational, Owner, "why some were left: codes and how often";
    }
    record_words (None, Retention::Workspace) {
        workspace_id: Identifier, Program, "the tenant";
        form: Record, Program, "finding the word in spite of a slip: some of its letters";
        word: Record, Program, "a word that some record has; it goes with the last one";
    }
    record_dismissals (None, Retention::Workspace) {
        low_id: Identifier, Shared, "one of two records that are not the same";
        high_id: Identifier, Shared, "the other one of the two";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Program, "who said so";
        created_at: Operational, Program, "when it was said";
    }
    record_merges (None, Retention::Workspace) {
        id: Identifier, Shared, "names a merging of records";
        workspace_id: Identifier, Program, "the tenant";
        kept_id: Identifier, Shared, "the record that stayed";
        member_id: Identifier, Shared, "who made it";
        parents: Identifier, Program, "which records went with a merged one: ids, for taking it back";
        created_at: Record, Shared, "shown with it";
        undone_at: Record, Shared, "since when it is taken back";
        repeat_key: Operational, Program, "doing a repeated request once";
        request_hash: Operational, Program, "telling a repeated request from another one";
        files: Identifier, Program, "which files moved and from where: ids, for taking it back";
    }
    record_merged (None, Retention::Workspace) {
        record_id: Identifier, Shared, "a record that went into another one";
        merge_id: Identifier, Program, "with which merging";
        workspace_id: Identifier, Program, "the tenant";
    }
    imports (None, Retention::Days(60)) {
        id: Identifier, Owner, "names the import of a file";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Owner, "whose it is";
        kind: Record, Owner, "what its rows become";
        format: Record, Owner, "how the file is read";
        name: Record, Owner, "the file's name, shown in the list";
        state: Operational, Owner, "how far it is";
        encoding: Record, Owner, "how its letters were read";
        delimiter: Record, Owner, "what parts its columns";
        row_count: Record, Owner, "how many rows it has";
        columns: Record, Owner, "names and first values of its columns";
        options: Record, Owner, "which column becomes which field";
        place: Operational, Owner, "going on after a crash";
        undo_place: Operational, Program, "going on with taking it back after a crash";
        created_count: Record, Owner, "how many records it made";
        updated_count: Record, Owner, "how many it changed";
        skipped_count: Record, Owner, "how many rows it left out";
        failed_count: Record, Owner, "how many rows had problems";
        left_count: Record, Owner, "how many records taking it back left as they are";
        error: Operational, Owner, "why it stopped";
        created_at: Operational, Owner, "order of the list, deleting old ones";
        started_at: Operational, Owner, "shown in the list";
        finished_at: Operational, Owner, "shown in the list, deleting old ones";
    }
    import_rows (None, Retention::Days(37)) {
        import_id: Identifier, Owner, "the import it is of";
        number: Operational, Owner, "its place in the file";
        workspace_id: Identifier, Program, "the tenant";
        cells: Record, Owner, "the row as it came, until the import has ended for 7 days";
        outcome: Record, Owner, "what became of it";
        record_id: Identifier, Owner, "the record it became";
        problems: Record, Owner, "what is wrong with it";
    }
    record_fields (None, Retention::Workspace) {
        id: Identifier, Workspace, "names a field of the workspace's own";
        workspace_id: Identifier, Program, "the tenant";
        kind: Record, Workspace, "of which kind it is";
        field: Record, Workspace, "its key in the values";
        label: Record, Workspace, "what people read";
        type: Record, Workspace, "what it holds";
        options: Record, Workspace, "what may be chosen";
        links_to: Record, Workspace, "what it links to";
        required: Record, Workspace, "whether it must be filled in";
        position: Operational, Workspace, "order of lists";
        archived_at: Operational, Workspace, "whether it was put away";
        created_at: Operational, Workspace, "order of lists";
    }
    pipelines (None, Retention::Workspace) {
        id: Identifier, Workspace, "names the pipeline";
        workspace_id: Identifier, Program, "the tenant";
        kind: Record, Workspace, "what moves through it";
        name: Record, Workspace, "what people read";
        version: Operational, Workspace, "noticing that two people changed it";
        archived_at: Operational, Workspace, "whether it was put away";
        created_at: Operational, Workspace, "order of lists";
    }
    stages (None, Retention::Workspace) {
        id: Identifier, Workspace, "names the stage";
        pipeline_id: Identifier, Workspace, "the pipeline it is of";
        workspace_id: Identifier, Program, "the tenant";
        position: Operational, Workspace, "its place in the pipeline";
        name: Record, Workspace, "what people read";
        color: Record, Workspace, "its colour";
        outcome: Record, Workspace, "whether a box in it is won or lost";
        probability: Record, Workspace, "how likely a box in it is won";
        rules: Record, Workspace, "what a box must have to stand in it, and the task it brings";
    }
    teams (None, Retention::Workspace) {
        id: Identifier, Workspace, "names the team";
        workspace_id: Identifier, Program, "the tenant";
        name: Record, Workspace, "what people read";
        created_at: Operational, Workspace, "order of lists";
    }
    team_members (None, Retention::Member) {
        team_id: Identifier, Workspace, "names the team";
        member_id: Identifier, Workspace, "who is in it";
        workspace_id: Identifier, Program, "the tenant";
    }
    record_views (None, Retention::Member) {
        id: Identifier, Workspace, "names the view";
        workspace_id: Identifier, Program, "the tenant";
        member_id: Identifier, Workspace, "whose it is";
        kind: Record, Workspace, "of which records";
        name: Record, Workspace, "what people read";
        layout: Record, Workspace, "table or board";
        pipeline_id: Identifier, Workspace, "the pipeline it shows";
        shared: Record, Workspace, "whether colleagues see it";
        definition: Record, Workspace, "filter, order and columns";
        created_at: Operational, Workspace, "order of lists";
    }
};
