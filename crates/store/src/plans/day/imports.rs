//! The statements of imports.

use tenon_model::records::Kind;
use tenon_model::{Time, World};

use super::Seed;
use crate::{ImportCounts, ImportRow, ImportState, ImportedRow, RowOutcome, Tx};

/// Runs them as a member.
pub(super) async fn statements(tx: &mut Tx, seed: &Seed, world: &World) {
    let mut row = ImportRow {
        id: world.id(),
        workspace_id: seed.workspace,
        member: seed.member,
        kind: Kind::Contact,
        format: "csv".into(),
        name: "a.csv".into(),
        state: ImportState::Draft,
        encoding: "utf-8".into(),
        delimiter: None,
        rows: 2,
        columns: "[]".into(),
        options: "{}".into(),
        place: 0,
        undo_place: None,
        counts: ImportCounts::default(),
        left: 0,
        error: None,
        created_at: world.now(),
        started_at: None,
        finished_at: None,
    };
    tx.imports().insert(&row).await.unwrap();
    let line = ImportedRow {
        number: 1,
        cells: "[]".into(),
        outcome: Some(RowOutcome::Fail),
        record: None,
        problems: None,
    };
    tx.imports().put_rows(row.id, &[line]).await.unwrap();
    let seen = (row.state, row.place);
    row.state = ImportState::Running;
    assert!(tx.imports().save(seen, &row).await.unwrap());
    assert!(!tx.imports().save(seen, &row).await.unwrap());
    assert_eq!(tx.imports().get(row.id).await.unwrap(), Some(row.clone()));
    tx.imports().anybodys(row.id).await.unwrap();
    for of in [None, Some(seed.member)] {
        let before = Some((Time(1), row.id));
        tx.imports().list(of, before, 10).await.unwrap();
    }
    for outcome in [None, Some(RowOutcome::Fail)] {
        let found = tx.imports().rows(row.id, outcome, (0, 10), 10).await;
        assert_eq!(found.unwrap().len(), 1);
    }
    tx.imports().touched(row.id, None, 10).await.unwrap();
    let record = world.id();
    tx.imports()
        .linked_from_outside(row.id, &[record])
        .await
        .unwrap();
    let titles = ["ann".to_owned()];
    tx.records()
        .by_titles(Kind::Contact, &titles)
        .await
        .unwrap();
    tx.imports().remove_rows(row.id, 10).await.unwrap();
    tx.imports().remove(row.id).await.unwrap();
}
