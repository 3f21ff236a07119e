//! The statements of files on records.

use tenon_model::files::FileState;
use tenon_model::{RecordId, World};

use super::Seed;
use crate::{FileCursor, FileRow, Tx};

/// Runs them as a member with a connection, about a record of theirs.
pub(super) async fn statements(tx: &mut Tx, seed: &Seed, world: &World, record: RecordId) {
    let (connection, now) = (seed.connection, world.now());
    let row = FileRow {
        id: world.id(),
        record,
        connection: Some(connection),
        provider: "google".into(),
        provider_file_id: "f".into(),
        drive_id: None,
        name: "n".into(),
        mime_type: "t".into(),
        link: "l".into(),
        state: FileState::Available,
        added_by: seed.member,
        added_at: now,
        checked_at: None,
        removed_at: None,
    };
    let mut files = tx.record_files();
    files.insert(&row).await.unwrap();
    files.of_records(&[record]).await.unwrap();
    files.get(record, row.id).await.unwrap();
    let ids = ["f".to_owned()];
    files.to(record, "google", &ids).await.unwrap();
    files.update(&row).await.unwrap();
    files.observed(&row).await.unwrap();
    files
        .of_connection(connection, Some(row.id), 9)
        .await
        .unwrap();
    files.known(connection, &ids).await.unwrap();
    files.checked(connection, None, now).await.unwrap();
    files
        .adopt(seed.member, connection, "google")
        .await
        .unwrap();
    files.move_to(row.id, record, record).await.unwrap();
    let mut cursors = tx.file_cursors();
    cursors.begin(connection, now).await.unwrap();
    let cursor = FileCursor {
        drive: Some("d".into()),
        page_token: Some("1".into()),
        at: now,
    };
    cursors.put(connection, &cursor).await.unwrap();
    cursors.list(connection).await.unwrap();
    cursors.end(connection, Some("d")).await.unwrap();
}
