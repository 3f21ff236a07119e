//! The files of records that a member may see, as a table: part of the export of everything.

use tenon_model::RecordId;
use tenon_store::Tx;

use crate::Result;

/// The line above.
pub(in crate::records) const HEADER: [&str; 9] = [
    "record",
    "record_id",
    "name",
    "type",
    "link",
    "state",
    "provider",
    "file_id",
    "added_at",
];

/// Lines of the files of these records, which the member sees, with their titles.
pub(in crate::records) async fn csv(
    tx: &mut Tx,
    records: &[(RecordId, String)],
) -> Result<Vec<Vec<String>>> {
    let ids: Vec<RecordId> = records.iter().map(|(id, _)| *id).collect();
    let titles: std::collections::HashMap<RecordId, &str> =
        records.iter().map(|(id, t)| (*id, t.as_str())).collect();
    let files = tx.record_files().of_records(&ids).await?;
    let lines = files.into_iter().map(|f| {
        vec![
            titles
                .get(&f.record)
                .copied()
                .unwrap_or_default()
                .to_owned(),
            f.record.to_string(),
            f.name,
            f.mime_type,
            f.link,
            f.state.as_str().to_owned(),
            f.provider,
            f.provider_file_id,
            f.added_at.to_rfc3339(),
        ]
    });
    Ok(lines.collect())
}
