//! The statements of records.

use tenon_model::records::{
    Access, Cause, Column, Filter, Kind, Shape, ShareScope, Sort, SortKey, TextTest,
};
use tenon_model::{StageId, Time, World};

use super::Seed;
use crate::{
    Bulk, ChangeRow, Merge, RecordPlace, RecordQuery, RecordRow, RecordWrite, Share, SoughtWord, Tx,
};

fn record(seed: &Seed, world: &World, stage: StageId) -> RecordRow {
    let values = serde_json::json!({
        "name": "A", "amount": {"amount": "1", "currency": "EUR"}, "close_date": "2026-11-22",
    });
    RecordRow {
        id: world.id(),
        kind: Kind::Deal,
        title: "A".into(),
        values: serde_json::from_value(values).unwrap(),
        version: 1,
        owner: Some(seed.member),
        pipeline: None,
        stage: Some(stage),
        position: Some(1),
        sharing: ShareScope::Workspace,
        parent: None,
        created_at: world.now(),
        created_by: Some(seed.member),
        updated_at: world.now(),
        deleted_at: None,
        access: Access::Owner,
    }
}

fn query(filter: Option<Filter>) -> RecordQuery {
    RecordQuery {
        kind: Kind::Deal,
        filter,
        pipeline: None,
        stage: None,
        words: Vec::new(),
        deleted: false,
        linked_to: None,
    }
}

/// Runs them as a member.
pub(super) async fn statements(tx: &mut Tx, seed: &Seed, world: &World) {
    let stage: StageId = world.id();
    let shape = Shape::new(Kind::Deal, &[]);
    let mut row = record(seed, world, stage);
    let other = record(seed, world, stage);
    let writes = [&row, &other].map(|r| RecordWrite::new(&shape, r.clone()));
    tx.records().insert(&writes).await.unwrap();
    row.version = 2;
    let write = RecordWrite::new(&shape, row.clone());
    tx.records().update(&write).await.unwrap();
    tx.records().hold(row.id).await.unwrap();
    tx.records().get_many(&[row.id, other.id]).await.unwrap();
    tx.records().existing(&[row.id]).await.unwrap();
    tx.records().by_repeat_key([1; 32]).await.unwrap();
    tx.records().last_position(stage).await.unwrap();
    tx.records().position_before(stage, other.id).await.unwrap();
    tx.records().place(row.id, 2).await.unwrap();
    row.sharing = ShareScope::Private;
    tx.records().audience(&row).await.unwrap();
    lists(tx, &row).await;
    history(tx, seed, world, &row).await;
    finding(tx, seed, world, &row).await;
    let share = Share {
        team: false,
        grantee: seed.member.0,
        access: Access::View,
    };
    tx.records().share(row.id, &[share]).await.unwrap();
    tx.records().shares(row.id).await.unwrap();
    tx.records().last_about(&[row.id], Time(9)).await.unwrap();
    tx.records().remove(&[row.id]).await.unwrap();
}

async fn lists(tx: &mut Tx, row: &RecordRow) {
    let some = |field: &str| Filter::Some {
        field: field.into(),
        link: false,
    };
    let filters = [
        Filter::Text("name".into(), TextTest::Is(vec!["a".into()])),
        Filter::Text("name".into(), TextTest::StartsWith("a".into())),
        Filter::Text("name".into(), TextTest::Contains("a".into())),
        Filter::Number("amount".into(), Some(1), None),
        Filter::Not(Box::new(some("lost_reason"))),
        Filter::Links("company".into(), vec![row.id]),
        Filter::Column(Column::Owner, vec![row.id.0]),
    ];
    let sorts = [
        SortKey::Title,
        SortKey::CreatedAt,
        SortKey::UpdatedAt,
        SortKey::Text("name".into()),
        SortKey::Number("amount".into()),
    ];
    for by in sorts {
        for descending in [false, true] {
            let sort = Sort {
                by: by.clone(),
                descending,
            };
            let all = query(None);
            let first = tx.records().list(&all, &sort, None, 1).await.unwrap();
            let place: &RecordPlace = &first[0].1;
            tx.records()
                .list(&all, &sort, Some(place), 9)
                .await
                .unwrap();
        }
    }
    let by_title = Sort {
        by: SortKey::Title,
        descending: false,
    };
    for filter in filters {
        let some = query(Some(filter));
        tx.records().list(&some, &by_title, None, 9).await.unwrap();
        tx.records().count(&some).await.unwrap();
    }
    let in_stage = RecordQuery {
        stage: row.stage,
        words: vec![near()],
        linked_to: Some(row.id),
        ..query(None)
    };
    let by_place = Sort {
        by: SortKey::Position,
        descending: false,
    };
    tx.records()
        .list(&in_stage, &by_place, None, 9)
        .await
        .unwrap();
    tx.records().by_stage(&in_stage).await.unwrap();
    tx.records()
        .editable(&in_stage, Some(row.id), 9)
        .await
        .unwrap();
    let texts = ["a@b.example".to_owned()];
    tx.records()
        .by_text_keys(Kind::Contact, "emails", &texts)
        .await
        .unwrap();
    tx.records()
        .linking_to(Kind::Task, &[row.id], 9)
        .await
        .unwrap();
}

fn near() -> SoughtWord {
    SoughtWord {
        word: "muller".into(),
        near: vec!["mueller".into()],
    }
}

async fn finding(tx: &mut Tx, seed: &Seed, world: &World, row: &RecordRow) {
    let mut records = tx.records();
    records.near("muller").await.unwrap();
    records.how_common(Kind::ALL, "m", 9).await.unwrap();
    for by_near in [false, true] {
        records
            .with_words(Kind::Contact, (&near(), by_near), &[&near()], 9)
            .await
            .unwrap();
    }
    records
        .shared_signs(Kind::Contact, Some(1), 9)
        .await
        .unwrap();
    records.with_signs(Kind::Contact, &[1], 9).await.unwrap();
    records.dismissed(&[row.id]).await.unwrap();
    let other = records
        .with_words(Kind::Deal, (&near(), false), &[], 9)
        .await;
    other.unwrap();
    records
        .dismiss(&[row.id, row.id], seed.member, world.now())
        .await
        .unwrap();
    let merge = Merge {
        id: world.id(),
        kept: row.id,
        member: seed.member,
        parents: Vec::new(),
        files: vec![(world.id(), row.id)],
        created_at: world.now(),
        undone_at: None,
        repeat_key: [4; 32],
        request_hash: [5; 32],
    };
    records.insert_merge(&merge, &[row.id]).await.unwrap();
    records.merge(merge.id).await.unwrap();
    records.merge_by_key([4; 32]).await.unwrap();
    records.merges_of(row.id, 9).await.unwrap();
    records.merged_by(merge.id).await.unwrap();
    records.merged_into(&[row.id]).await.unwrap();
    records.merge_undone(merge.id, world.now()).await.unwrap();
    records.naming(&[row.id], 9).await.unwrap();
    records.hold_any(&[row.id]).await.unwrap();
    records.going_with(&[row.id], 9).await.unwrap();
    records.go_with(row.id, row.id, row.id).await.unwrap();
    records.removable(Some(Kind::Deal), false, 9).await.unwrap();
}

async fn history(tx: &mut Tx, seed: &Seed, world: &World, row: &RecordRow) {
    let bulk = Bulk {
        id: world.id(),
        member: seed.member,
        kind: Kind::Deal,
        changed: 0,
        skipped: 0,
        reasons: std::collections::BTreeMap::new(),
        finished_at: None,
        repeat_key: [2; 32],
        request_hash: [3; 32],
        created_at: world.now(),
    };
    tx.records().insert_bulk(&bulk).await.unwrap();
    let change = ChangeRow {
        record: row.id,
        version: 2,
        at: Time(1),
        member: Some(seed.member),
        cause: Cause::Bulk,
        bulk: Some(bulk.id),
        changes: Vec::new(),
    };
    tx.records().changed(&[change]).await.unwrap();
    tx.records().history(row.id, None, 9).await.unwrap();
    tx.records().touched_since(row.id, 1).await.unwrap();
    tx.records()
        .changes_of(&[row.id], &["stage"])
        .await
        .unwrap();
    tx.records()
        .of_bulk(bulk.id, Some(row.id), 9)
        .await
        .unwrap();
    tx.records().bulk(bulk.id).await.unwrap();
    tx.records().bulk_by_key([2; 32]).await.unwrap();
    tx.records()
        .bulk_went_on(bulk.id, 1, 0, &bulk.reasons)
        .await
        .unwrap();
    tx.records().bulk_done(bulk.id, world.now()).await.unwrap();
    tx.records().bulk_again(bulk.id).await.unwrap();
}
