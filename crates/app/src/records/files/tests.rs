//! What a file's row becomes of what the provider tells.

use tenon_model::Time;

use super::*;

fn row() -> FileRow {
    let uuid = uuid::Uuid::from_u128(1);
    FileRow {
        id: uuid.into(),
        record: uuid.into(),
        connection: Some(uuid.into()),
        provider: GOOGLE.into(),
        provider_file_id: "f".into(),
        drive_id: None,
        name: "Offer".into(),
        mime_type: "t".into(),
        link: "l".into(),
        state: FileState::Available,
        added_by: uuid.into(),
        added_at: Time(1),
        checked_at: None,
        removed_at: None,
    }
}

fn told(name: &str, trashed: bool) -> RemoteFile {
    RemoteFile {
        provider_id: "f".into(),
        name: name.into(),
        mime_type: "t".into(),
        link: "l".into(),
        drive_id: Some("d".into()),
        trashed,
        modified_at: None,
    }
}

#[test]
fn a_file_takes_what_is_told_and_keeps_its_name_without() {
    let mut file = row();
    assert!(!observe(&mut file, Some(told("Offer", false)), Time(2)));
    assert_eq!(
        (file.checked_at, file.drive_id.as_deref()),
        (Some(Time(2)), Some("d"))
    );
    assert!(observe(&mut file, Some(told("Contract", false)), Time(3)));
    assert!(observe(&mut file, Some(told("Contract", true)), Time(4)));
    assert_eq!(file.state, FileState::Unavailable);
    assert!(observe(&mut file, None, Time(5)));
    assert_eq!(
        (file.state, file.name.as_str()),
        (FileState::NoAccess, "Contract")
    );
    assert!(!observe(&mut file, None, Time(6)));
}
