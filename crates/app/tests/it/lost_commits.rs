//! Commits whose answer is lost (fault N10): what was done is found out before anything is done again.

use std::time::Duration;

use serde_json::json;
use tenon_app::Error;
use tenon_app::compose::{self, StartSend};
use tenon_app::records;
use tenon_model::records::Kind;
use tenon_testkit::TestStore;
use tenon_testkit::app::TestApp;
use tenon_testkit::lost_commits::LostCommits;
use tenon_testkit::store::on_postgres;

use crate::composing::{ALICE, WRITING, key, letter};
use crate::sending::copies;

/// Repeats a request under its key until it is answered, as a browser does.
macro_rules! until_answered {
    ($request:expr) => {{
        let mut tries = 0;
        loop {
            match $request.await {
                Ok(answer) => break answer,
                Err(Error::DatabaseUnavailable | Error::OutcomeUnknown(_)) if tries < 50 => {
                    tries += 1;
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    }};
}

async fn nothing_is_lost_or_doubled(store: TestStore) {
    let (lossy, network) = LostCommits::before(&store).await;
    let mut app = TestApp::start(lossy).await;
    let id = app.connect_with(ALICE, WRITING).await;
    // Work in the background has leases of its own, which would have to run out.
    app.stop_jobs().await;
    let mut sent = Vec::new();
    network.lose_every(3);
    for n in 0..8 {
        let name = format!("letter {n}");
        let draft = until_answered!(compose::create_draft(
            &app.ctx,
            &app.owner,
            letter(id, &name),
            key(&app.owner, "draft", &name)
        ));
        let start = StartSend {
            at: None,
            undo_seconds: Some(0),
            if_match: None,
        };
        let send = until_answered!(compose::send(
            &app.ctx,
            &app.owner,
            draft.id,
            start.clone(),
            key(&app.owner, "send", &name)
        ));
        sent.push((draft.id, send.id));
    }
    let scope = tenon_model::Scope::job(app.owner.workspace);
    for _ in 0..40 {
        for (_, send) in &sent {
            // The job is tried again after a failure.
            let _ = compose::drive_send(&app.ctx, &scope, *send).await;
        }
        app.clock.advance(Duration::from_mins(8));
    }
    assert!(network.lost() > 10, "{} were lost", network.lost());
    network.lose_every(0);
    let mut went = 0;
    for (draft, send) in sent {
        let view = compose::send_by_id(&app.ctx, &app.owner, send)
            .await
            .unwrap();
        if view.state == "sent" {
            assert_eq!(copies(&app, draft), 1);
            went += 1;
        } else {
            // So many answers were lost that a person is asked.
            assert_eq!(view.state, "doubtful");
            assert!(copies(&app, draft) <= 1 && !view.decisions.is_empty());
        }
    }
    assert!(went >= 4, "{went} of 8 went");
}

#[test]
fn n10_commits_whose_answer_is_lost_lose_and_double_nothing() {
    on_postgres(nothing_is_lost_or_doubled);
}

async fn records_are_made_and_changed_once(store: TestStore) {
    let (lossy, network) = LostCommits::before(&store).await;
    let mut app = TestApp::start(lossy).await;
    app.stop_jobs().await;
    network.lose_every(3);
    let me = app.owner;
    for n in 0..12 {
        let name = format!("Company {n}");
        let make = || records::NewRecord {
            kind: Kind::Company,
            values: serde_json::from_value(json!({ "name": name })).unwrap(),
            sharing: None,
        };
        until_answered!(records::create(
            &app.ctx,
            &me,
            make(),
            Some(key(&me, "record", &name))
        ));
    }
    network.lose_every(0);
    let all = records::Which {
        kind: Kind::Company,
        filter: None,
        search: None,
        pipeline: None,
        stage: None,
        linked_to: None,
        deleted: false,
    };
    for n in 0..168 {
        let name = format!("More {n}");
        let values = serde_json::from_value(json!({ "name": name })).unwrap();
        let new = records::NewRecord {
            kind: Kind::Company,
            values,
            sharing: None,
        };
        records::create(&app.ctx, &me, new, None).await.unwrap();
    }
    network.lose_every(2);
    let wine: tenon_model::records::Values =
        serde_json::from_value(json!({ "industry": "Wine" })).unwrap();
    let done = until_answered!(records::bulk(
        &app.ctx,
        &me,
        records::BulkWhich::All(Box::new(all.clone())),
        records::BulkChange::Set(wine.clone()),
        key(&me, "bulk", "wine")
    ));
    network.lose_every(0);
    assert!(network.lost() > 4, "{}", network.lost());
    assert_eq!((done.changed, done.skipped), (180, 0));
    let (count, _) = records::count(&app.ctx, &me, all).await.unwrap();
    assert_eq!(count, 180);
}

#[test]
fn n10_records_are_made_and_changed_once() {
    on_postgres(records_are_made_and_changed_once);
}
