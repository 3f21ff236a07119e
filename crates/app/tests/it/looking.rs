//! Drafts of which it is not known whether they exist, or exist twice.

use std::time::Duration;

use tenon_app::compose;
use tenon_app::{Error, mail};
use tenon_model::DraftId;
use tenon_sandbox::Fault;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

use crate::composing::{ALICE, WRITING, letter, save};

/// Ids of the drafts that bear this header.
fn bearing(app: &TestApp, id: DraftId) -> Vec<String> {
    let control = app.sandbox.control();
    let header = format!("X-Tenon-Send: {id}\r\n");
    let bears = |message: &String| {
        let raw = control.raw(ALICE, message).unwrap();
        String::from_utf8_lossy(&raw).contains(&header)
    };
    let drafts = control.drafts(ALICE).into_iter();
    drafts.filter(|(_, m)| bears(m)).map(|(id, _)| id).collect()
}

/// The row of the only draft.
async fn only(app: &TestApp) -> Option<tenon_store::DraftRow> {
    let mut tx = app
        .ctx
        .store
        .read(&tenon_model::Scope::system())
        .await
        .unwrap();
    let far = app.ctx.world.now() + Duration::from_hours(1_000);
    let mut rows = tx.drafts().in_doubt(far, 10).await.unwrap();
    assert!(rows.len() <= 1);
    rows.pop()
}

async fn lose(app: &TestApp, row: &str, name: &str) {
    tenon_app::start_schedules(&app.ctx).await.unwrap();
    let id = app.connect_with(ALICE, WRITING).await;
    let fault = Fault::new(row)
        .on("/upload/gmail/v1/users/me/drafts")
        .times(1);
    app.sandbox.control().faults().push(fault);
    let lost = save(app, letter(id, name), name).await;
    assert!(
        matches!(lost, Err(Error::OutcomeUnknown(_))),
        "{:?}",
        lost.err()
    );
}

store_test! {
    async fn n3_a_draft_whose_answer_nobody_waited_for_is_found(t: TestStore) {
        let app = TestApp::start(t).await;
        lose(&app, "N3", "Lost").await;
        let row = only(&app).await.unwrap();
        assert_eq!((row.state.as_str(), bearing(&app, row.id).len()), ("creating", 1));
        app.pass(Duration::from_mins(14)).await;
        assert_eq!(only(&app).await.unwrap().state, "creating", "somebody may be at it");
        app.pass(Duration::from_mins(3)).await;
        let found = compose::draft(&app.ctx, &app.owner, row.id).await.unwrap();
        assert_eq!(found.subject, "Lost");
        app.pass(Duration::from_hours(25)).await;
        assert!(only(&app).await.is_none(), "nothing is left to look for");
        assert_eq!(bearing(&app, row.id).len(), 1, "it is the person's");
    }
}

store_test! {
    async fn n3_a_draft_whose_answer_was_lost_is_opened_from_the_list_as_itself(t: TestStore) {
        let app = TestApp::start(t).await;
        lose(&app, "N3", "Lost").await;
        let row = only(&app).await.unwrap();
        app.sync(row.connection_id).await;
        let query = mail::ThreadsQuery { connection: Some(row.connection_id), limit: 200, ..Default::default() };
        let page = mail::threads(&app.ctx, &app.owner, query).await.unwrap();
        let thread = page.items.into_iter().find(|t| t.subject == "Lost").expect("listed");
        let message = mail::thread(&app.ctx, &app.owner, thread.id).await.unwrap().messages[0].id;
        let opened = compose::open_draft(&app.ctx, &app.owner, message).await.unwrap();
        assert_eq!(opened.id, row.id, "not another draft beside it");
    }
}

store_test! {
    async fn n1_a_draft_that_was_never_made_is_forgotten(t: TestStore) {
        let app = TestApp::start(t).await;
        lose(&app, "N1", "Never").await;
        let row = only(&app).await.unwrap();
        assert!(bearing(&app, row.id).is_empty());
        app.pass(Duration::from_mins(20)).await;
        assert_eq!(only(&app).await.unwrap().state, "creating", "a late request may still make it");
        app.pass(Duration::from_hours(25)).await;
        assert!(only(&app).await.is_none());
        let asked = compose::draft(&app.ctx, &app.owner, row.id).await;
        assert!(matches!(asked, Err(Error::NotFound(_))), "{:?}", asked.err());
    }
}

store_test! {
    async fn a_copy_that_a_late_request_made_is_discarded_after_a_day(t: TestStore) {
        let app = TestApp::start(t).await;
        lose(&app, "N1", "Late").await;
        let row = only(&app).await.unwrap();
        // The person's browser tries again, and only then the first request is carried out.
        let mine = save(&app, letter(row.connection_id, "Late, and more"), "Late").await.unwrap();
        assert_eq!(mine.id, row.id);
        let control = app.sandbox.control();
        let (kept, message) = control.drafts(ALICE).into_iter().find(|(id, _)| bearing(&app, row.id).contains(id)).unwrap();
        let late = control.add_draft(ALICE, control.raw(ALICE, &message).unwrap());
        // Another message of the person's own is nobody's copy.
        let other = control.add_draft(ALICE, b"Subject: mine\r\nX-Tenon-Send: drf_elsewhere\r\n\r\nx".to_vec());
        app.pass(Duration::from_mins(20)).await;
        assert_eq!(bearing(&app, row.id).len(), 2, "the first hours change nothing");
        app.pass(Duration::from_hours(24)).await;
        assert_eq!(bearing(&app, row.id), vec![kept]);
        assert!(only(&app).await.is_none());
        let left: Vec<String> = control.drafts(ALICE).into_iter().map(|(id, _)| id).collect();
        assert!(left.contains(&other) && !left.contains(&late));
        assert_eq!(compose::draft(&app.ctx, &app.owner, row.id).await.unwrap().subject, "Late, and more");
    }
}

store_test! {
    async fn g21_a_look_that_fails_is_tried_again(t: TestStore) {
        let app = TestApp::start(t).await;
        lose(&app, "N3", "Lost").await;
        let row = only(&app).await.unwrap();
        app.sandbox.control().faults().push(Fault::new("G21").on("/gmail/v1/users/me/drafts").times(1_000));
        app.pass(Duration::from_mins(20)).await;
        assert_eq!(only(&app).await.unwrap().state, "creating", "a look that failed proves nothing");
        app.sandbox.control().faults().clear();
        app.pass(Duration::from_mins(70)).await;
        assert_eq!(compose::draft(&app.ctx, &app.owner, row.id).await.unwrap().subject, "Lost");
    }
}

store_test! {
    async fn two_requests_at_once_make_one_draft_also_on_two_nodes(t: TestStore) {
        let app = TestApp::start(t).await;
        lose(&app, "N1", "Once").await;
        let row = only(&app).await.unwrap();
        let scope = app.owner.scope();
        // Another node is at the same draft.
        let mut tx = app.ctx.store.begin(&scope).await.unwrap();
        let (long, node) = (Duration::from_mins(5), app.ctx.world.id());
        tx.drafts().take_turn(row.id, node, long).await.unwrap().unwrap();
        assert_eq!(tx.drafts().take_turn(row.id, app.ctx.node, long).await.unwrap(), None);
        let turn = tx.drafts().take_turn(row.id, node, long).await.unwrap().expect("one's own again");
        tx.commit().await.unwrap();
        let other = async {
            tokio::time::sleep(Duration::from_millis(700)).await;
            assert!(bearing(&app, row.id).is_empty(), "whose turn it is not makes none");
            let mail = format!("Subject: Once\r\nX-Tenon-Send: {}\r\n\r\nx", row.id);
            app.sandbox.control().add_draft(ALICE, mail.into_bytes());
            let mut tx = app.ctx.store.begin(&scope).await.unwrap();
            tx.drafts().end_turn(row.id, turn).await.unwrap();
            tx.commit().await.unwrap();
        };
        let (made, ()) = tokio::join!(save(&app, letter(row.connection_id, "Once, and more"), "Once"), other);
        assert_eq!(made.unwrap().subject, "Once, and more");
        assert_eq!(bearing(&app, row.id).len(), 1);
        assert!(only(&app).await.is_some(), "a second try began: copies are looked for still");
        // Whoever waited on this node is let in too, and a turn that is over is nobody's.
        let (a, b) = tokio::join!(
            compose::update_draft(&app.ctx, &app.owner, row.id, letter(row.connection_id, "A"), None),
            compose::update_draft(&app.ctx, &app.owner, row.id, letter(row.connection_id, "B"), None),
        );
        assert_ne!(a.unwrap().etag, b.unwrap().etag);
        assert_eq!(bearing(&app, row.id).len(), 1);
    }
}
