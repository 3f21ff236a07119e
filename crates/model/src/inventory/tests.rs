//! The inventory as a whole.

use super::*;

#[test]
fn each_column_is_declared_once_and_tables_are_in_one_piece() {
    let mut names: Vec<_> = COLUMNS.iter().map(|c| (c.table, c.column)).collect();
    let count = names.len();
    names.sort_unstable();
    names.dedup();
    assert_eq!(names.len(), count);
    let mut tables = tables();
    let count = tables.len();
    tables.sort_unstable();
    tables.dedup();
    assert_eq!(tables.len(), count);
}

#[test]
fn a_disconnect_deletes_all_of_the_mailbox_and_keeps_the_proofs() {
    let tables = tables_of_a_connection();
    for gone in [
        "keys",
        "tokens",
        "messages",
        "threads",
        "thread_labels",
        "thread_addresses",
        "jobs",
        "flows",
    ] {
        assert!(tables.contains(&gone), "{gone}");
    }
    for kept in ["consents", "receipts", "connections"] {
        assert!(!tables.contains(&kept), "{kept}");
    }
}

#[test]
fn whatever_comes_from_mail_goes_with_the_connection() {
    // Who wants no mail is to be remembered when the mailbox is gone that wrote to them.
    for c in COLUMNS.iter().filter(|c| c.table != "suppressions") {
        if matches!(
            c.class,
            DataClass::MailMetadata | DataClass::MailMetadataSealed | DataClass::BlindIndex
        ) {
            assert!(c.goes_with_the_connection(), "{c:?}");
            assert!(c.feature.is_some(), "{c:?}");
        }
    }
}

#[test]
fn people_can_read_it() {
    for c in COLUMNS {
        assert!(c.purpose.len() > 9 && !c.purpose.ends_with('.'), "{c:?}");
    }
    assert_eq!(Retention::Days(7).describe(), "at most 7 days");
}
