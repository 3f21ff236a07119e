//! Acting on mail (requirement M4): labels on and off, whole lists, undoing, honest failure.

use std::time::Duration;

use tenon_app::acting::{self, Action, LabelChange, MailActionView, StartAction, Target};
use tenon_app::mail::{self, ThreadView, ThreadsQuery};
use tenon_app::{Error, Repeat, connections};
use tenon_model::connection::FeatureState;
use tenon_model::feature::Feature;
use tenon_model::{ConnectionId, LabelId, ThreadId};
use tenon_sandbox::Fault;
use tenon_testkit::app::{Options, TestApp};
use tenon_testkit::{TestStore, store_test};

const ALICE: &str = "alice@example.com";
const ALL: &[Feature] = &[
    Feature::Mail,
    Feature::Organizing,
    Feature::Sending,
    Feature::Deleting,
];

async fn listed(app: &TestApp, id: ConnectionId, label: Option<LabelId>) -> Vec<ThreadView> {
    let query = ThreadsQuery {
        connection: Some(id),
        label,
        limit: 200,
        ..Default::default()
    };
    mail::threads(&app.ctx, &app.owner, query)
        .await
        .unwrap()
        .items
}

async fn label(app: &TestApp, id: ConnectionId, role: &str) -> LabelId {
    let labels = mail::labels(&app.ctx, &app.owner, id).await.unwrap();
    let found = labels
        .iter()
        .find(|l| l.role == Some(role) || l.name == role);
    found.expect("a label").id
}

fn ask(action: Action, threads: &[ThreadId]) -> StartAction {
    StartAction {
        action,
        target: Target::Threads(threads.to_vec()),
        label: None,
        from: None,
    }
}

async fn act(app: &TestApp, action: Action, threads: &[ThreadId]) -> MailActionView {
    acting::start(&app.ctx, &app.owner, ask(action, threads), None)
        .await
        .unwrap()
}

/// What is stored equals what is at the provider, now and after the history has confirmed it.
async fn in_step(app: &TestApp, id: ConnectionId) {
    assert_eq!(differing(app, id).await, NONE);
    app.sync(id).await;
    assert_eq!(differing(app, id).await, NONE);
}

const NONE: [String; 0] = [];

/// Messages whose labels here and at the provider are not the same.
async fn differing(app: &TestApp, id: ConnectionId) -> Vec<String> {
    let (here, there) = (app.stored(id).await, app.at_provider(ALICE));
    let mut out = Vec::new();
    for id in here.keys().chain(there.keys()) {
        if here.get(id) != there.get(id) {
            out.push(format!(
                "{id}: {:?} here, {:?} there",
                here.get(id),
                there.get(id)
            ));
        }
    }
    out.dedup();
    out
}

fn calls(app: &TestApp, part: &str) -> usize {
    let requests = app.sandbox.control().requests();
    requests.iter().filter(|r| r.path.contains(part)).count()
}

store_test! {
    async fn each_action_happens_at_the_provider_and_here_and_is_undone_exactly(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, ALL).await;
        let inbox = label(&app, id, "inbox").await;
        let threads: Vec<ThreadId> = listed(&app, id, Some(inbox)).await.iter().take(6).map(|t| t.id).collect();
        for action in [
            Action::MarkRead, Action::MarkUnread, Action::Star, Action::Unstar, Action::Important, Action::NotImportant,
            Action::Archive, Action::MoveToInbox, Action::Spam, Action::Trash,
        ] {
            let before = app.at_provider(ALICE);
            let done = act(&app, action, &threads).await;
            assert_eq!((done.state.as_str(), done.failed, done.gone), ("done", 0, 0), "{action:?}");
            assert_eq!(done.total, done.done, "{action:?}");
            in_step(&app, id).await;
            if done.total > 0 {
                assert_ne!(app.at_provider(ALICE), before, "{action:?} changes something");
                let undone = acting::undo(&app.ctx, &app.owner, done.id).await.unwrap();
                assert_eq!((undone.state.as_str(), undone.done, undone.undo_of), ("done", done.done, Some(done.id)));
                let first = acting::action(&app.ctx, &app.owner, done.id).await.unwrap();
                assert_eq!((first.undoable, first.undone_by), (false, Some(undone.id)));
                assert!(matches!(acting::undo(&app.ctx, &app.owner, done.id).await, Err(Error::NotUndoable)));
            }
            assert_eq!(app.at_provider(ALICE), before, "{action:?} is taken back exactly");
            in_step(&app, id).await;
        }
    }
}

store_test! {
    async fn trash_restore_and_delete_for_good(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, ALL).await;
        let inbox = label(&app, id, "inbox").await;
        let threads: Vec<ThreadId> = listed(&app, id, Some(inbox)).await.iter().take(2).map(|t| t.id).collect();
        let none = act(&app, Action::DeleteForever, &threads).await;
        assert_eq!((none.state.as_str(), none.total, none.undoable), ("done", 0, false), "nothing outside of the bin is deleted");
        act(&app, Action::Trash, &threads).await;
        assert!(!listed(&app, id, None).await.iter().any(|t| threads.contains(&t.id)));
        act(&app, Action::Restore, &threads[..1]).await;
        assert!(listed(&app, id, Some(inbox)).await.iter().any(|t| t.id == threads[0]));
        let before = app.stored(id).await.len();
        let gone = act(&app, Action::DeleteForever, &threads[1..]).await;
        assert!(gone.done > 0 && !gone.undoable);
        assert_eq!(app.stored(id).await.len() as u64, before as u64 - gone.done);
        assert!(matches!(acting::undo(&app.ctx, &app.owner, gone.id).await, Err(Error::NotUndoable)));
        in_step(&app, id).await;
    }
}

store_test! {
    async fn a_whole_list_goes_in_few_calls_with_progress(t: TestStore) {
        let app = TestApp::start_with(t, Options { messages: 3_000, ..Options::default() }).await;
        let id = app.connect_with(ALICE, ALL).await;
        let inbox = label(&app, id, "inbox").await;
        app.sandbox.control().reset_log();
        let target = Target::Matching { connection: id, label: Some(inbox), unread: false };
        let input = StartAction { action: Action::Archive, target, label: None, from: None };
        let begun = acting::start(&app.ctx, &app.owner, input, None).await.unwrap();
        app.settle().await;
        let done = acting::action(&app.ctx, &app.owner, begun.id).await.unwrap();
        assert_eq!((done.state.as_str(), done.failed), ("done", 0));
        assert!(done.total > 500 && done.done == done.total, "{done:?}");
        assert!(calls(&app, "batchModify") as u64 <= done.total.div_ceil(1_000) + 1);
        assert!(listed(&app, id, Some(inbox)).await.is_empty());
        let undone = acting::undo(&app.ctx, &app.owner, begun.id).await.unwrap();
        app.settle().await;
        let undone = acting::action(&app.ctx, &app.owner, undone.id).await.unwrap();
        assert_eq!((undone.state.as_str(), undone.done), ("done", done.done));
        in_step(&app, id).await;
    }
}

store_test! {
    async fn a_key_names_one_request(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, ALL).await;
        let threads: Vec<ThreadId> = listed(&app, id, None).await.iter().take(2).map(|t| t.id).collect();
        let key = |input: &StartAction| Some(Repeat::new(app.owner.member, "mail_action", "k1", input).unwrap());
        let input = ask(Action::Star, &threads[..1]);
        let first = acting::start(&app.ctx, &app.owner, input.clone(), key(&input)).await.unwrap();
        let again = acting::start(&app.ctx, &app.owner, input.clone(), key(&input)).await.unwrap();
        assert_eq!(first.id, again.id);
        let other = ask(Action::Star, &threads[1..]);
        let refused = acting::start(&app.ctx, &app.owner, other.clone(), key(&other)).await;
        assert!(matches!(refused, Err(Error::KeyReused)));
    }
}

store_test! {
    async fn what_is_gone_is_told_calmly(t: TestStore) {
        let app = TestApp::start(t).await;
        let raw = b"From: a@partner.example\r\nTo: alice@example.com\r\nSubject: Soon gone\r\n\r\nx\r\n";
        let provider_id = app.sandbox.control().insert_raw(ALICE, &raw[..]);
        let id = app.connect_with(ALICE, ALL).await;
        let thread = listed(&app, id, None).await.into_iter().find(|t| t.subject == "Soon gone").unwrap();
        app.sandbox.control().delete_message(ALICE, &provider_id);
        let done = act(&app, Action::Archive, &[thread.id]).await;
        assert_eq!((done.state.as_str(), done.done, done.gone, done.failed), ("done", 0, 1, 0));
        let failures = acting::failures(&app.ctx, &app.owner, done.id, None, 10).await.unwrap();
        assert_eq!(failures.items[0].code, "message_gone");
        in_step(&app, id).await;
    }
}

store_test! {
    async fn what_the_connection_may_not_do_is_refused_before_anything_is_asked(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        let threads: Vec<ThreadId> = listed(&app, id, None).await.iter().take(1).map(|t| t.id).collect();
        let before = app.sandbox.control().requests().len();
        let star = acting::start(&app.ctx, &app.owner, ask(Action::Star, &threads), None).await;
        assert!(matches!(star, Err(Error::FeatureOff(Feature::Organizing))));
        let delete = acting::start(&app.ctx, &app.owner, ask(Action::DeleteForever, &threads), None).await;
        assert!(matches!(delete, Err(Error::FeatureOff(Feature::Deleting))));
        assert_eq!(app.sandbox.control().requests().len(), before);
        let other = app.member("bob@tenon.example").await;
        let foreign = acting::start(&app.ctx, &other, ask(Action::Star, &threads), None).await;
        assert!(matches!(foreign, Err(Error::NotFound("thread"))), "another's mail is not there");
        connections::pause(&app.ctx, &app.owner, id).await.unwrap();
        let paused = acting::start(&app.ctx, &app.owner, ask(Action::Star, &threads), None).await;
        assert!(matches!(paused, Err(Error::Paused)));
    }
}

store_test! {
    async fn a9_an_unticked_box_leaves_its_features_waiting_and_the_others_go_on(t: TestStore) {
        let app = TestApp::start(t).await;
        app.sandbox.control().faults().push(Fault::new("A9").times(1));
        let id = app.try_connect(&app.owner, ALICE, ALL, None).await.unwrap();
        app.settle().await;
        let view = connections::get(&app.ctx, &app.owner, id).await.unwrap();
        let state = |feature: &str| view.features.iter().find(|f| f.id == feature).map(|f| f.state);
        assert_eq!((state("mail"), state("deleting")), (Some(FeatureState::On), Some(FeatureState::NeedsReauthorization)));
        assert_eq!(app.stored(id).await, app.at_provider(ALICE), "mail is read all the same");
        let threads: Vec<ThreadId> = listed(&app, id, None).await.iter().take(1).map(|t| t.id).collect();
        let asked = app.sandbox.control().requests().len();
        let gone = acting::start(&app.ctx, &app.owner, ask(Action::DeleteForever, &threads), None).await;
        assert!(matches!(gone, Err(Error::NeedsReauthorization)), "{:?}", gone.err());
        assert_eq!(app.sandbox.control().requests().len(), asked, "nothing is tried without the permission");
    }
}

store_test! {
    async fn labels_are_made_renamed_coloured_put_on_moved_to_and_deleted(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, ALL).await;
        let (ctx, owner) = (&app.ctx, &app.owner);
        let color = Some(("#16a765".to_owned(), "#000000".to_owned()));
        let clients = acting::create_label(ctx, owner, id, "Patrons", color.clone()).await.unwrap();
        assert_eq!((clients.name.as_str(), clients.color), ("Patrons", color));
        let acme = acting::create_label(ctx, owner, id, "Patrons/Acme", None).await.unwrap();
        assert!(matches!(acting::create_label(ctx, owner, id, "Patrons", None).await, Err(Error::LabelExists)));
        let renamed = LabelChange { name: Some("Customers".into()), color: Some(None) };
        let renamed = acting::update_label(ctx, owner, clients.id, renamed).await.unwrap();
        assert_eq!((renamed.name.as_str(), renamed.color), ("Customers", None));
        let labels = mail::labels(ctx, owner, id).await.unwrap();
        let below = labels.iter().find(|l| l.id == acme.id).unwrap();
        assert_eq!(below.name, "Customers/Acme", "what is below is renamed with it");
        let inbox = label(&app, id, "inbox").await;
        assert!(matches!(acting::delete_label(ctx, owner, inbox).await, Err(Error::LabelIsSystem)));

        let threads: Vec<ThreadId> = listed(&app, id, Some(inbox)).await.iter().take(4).map(|t| t.id).collect();
        let on = StartAction { label: Some(acme.id), ..ask(Action::AddLabel, &threads) };
        acting::start(ctx, owner, on, None).await.unwrap();
        assert_eq!(listed(&app, id, Some(acme.id)).await.len(), 4);
        let to = StartAction { label: Some(clients.id), from: Some(acme.id), ..ask(Action::Move, &threads[..2]) };
        acting::start(ctx, owner, to, None).await.unwrap();
        assert_eq!((listed(&app, id, Some(acme.id)).await.len(), listed(&app, id, Some(clients.id)).await.len()), (2, 2));
        in_step(&app, id).await;
        acting::delete_label(ctx, owner, acme.id).await.unwrap();
        let labels = mail::labels(ctx, owner, id).await.unwrap();
        assert!(!labels.iter().any(|l| l.id == acme.id));
        in_step(&app, id).await;

        let sent = label(&app, id, "sent").await;
        let bad = StartAction { label: Some(sent), ..ask(Action::AddLabel, &threads) };
        assert!(matches!(acting::start(ctx, owner, bad, None).await, Err(Error::Validation(_))));
        assert!(matches!(acting::start(ctx, owner, ask(Action::Move, &threads), None).await, Err(Error::Validation(_))));
    }
}

/// The answer to making a label is lost: the list tells, and it is not made twice.
async fn a_label_in_doubt(app: TestApp, row: &str) {
    let id = app.connect_with(ALICE, ALL).await;
    let fault = Fault::new(row).on("/labels\\?").method("POST").seconds(1);
    app.sandbox.control().faults().push(fault);
    let made = acting::create_label(&app.ctx, &app.owner, id, "Once", None).await;
    let labels = app.sandbox.control().labels(ALICE);
    let count = labels.iter().filter(|(_, n)| n == "Once").count();
    assert!(count <= 1, "{row}");
    match made {
        Ok(label) => assert_eq!((label.name.as_str(), count), ("Once", 1), "{row}"),
        Err(e) => assert_eq!((e.code(), count), ("outcome_unknown", 0), "{row}"),
    }
    let asked = app.sandbox.control().requests();
    let asked = asked
        .iter()
        .filter(|r| r.method == "POST" && r.path.contains("/labels"))
        .count();
    assert_eq!(asked, 1, "{row}: asked once");
}

macro_rules! lost_answers {
    ($($name:ident: $row:literal;)*) => {$(
        store_test! {
            async fn $name(t: TestStore) {
                a_label_in_doubt(TestApp::start(t).await, $row).await;
            }
        }
    )*};
}

lost_answers! {
    n3_a_label_whose_answer_is_lost: "N3";
    n3_body_a_label_whose_answer_breaks_off: "N3:body";
    n4_a_label_and_a_captive_proxy: "N4";
    n4_cut_a_label_and_half_an_answer: "N4:cut";
}

/// A provider that fails for a while is waited for; nothing is shown before it is done.
async fn a_passing_failure(app: TestApp, row: &str, waits: Option<&str>) {
    let id = app.connect_with(ALICE, ALL).await;
    let inbox = label(&app, id, "inbox").await;
    let thread = listed(&app, id, Some(inbox)).await[0].id;
    app.sandbox
        .control()
        .faults()
        .push(Fault::new(row).on("/modify").times(1));
    let begun = act(&app, Action::Archive, &[thread]).await;
    assert_eq!(begun.reason.as_deref(), waits, "{row}");
    assert_eq!(begun.reason_text.is_some(), waits.is_some());
    if waits.is_some() {
        assert_eq!(begun.state, "waiting");
        assert!(
            listed(&app, id, Some(inbox))
                .await
                .iter()
                .any(|t| t.id == thread),
            "{row}: shown as it is"
        );
    }
    for _ in 0..3 {
        app.pass(Duration::from_secs(1300)).await;
    }
    let done = acting::action(&app.ctx, &app.owner, begun.id)
        .await
        .unwrap();
    assert_eq!((done.state.as_str(), done.reason), ("done", None), "{row}");
    in_step(&app, id).await;
}

macro_rules! passing {
    ($($name:ident: $row:literal, $waits:expr;)*) => {$(
        store_test! {
            async fn $name(t: TestStore) {
                a_passing_failure(TestApp::start(t).await, $row, $waits).await;
            }
        }
    )*};
}

passing! {
    g9_a_rate_window: "G9", Some("quota");
    g11_too_many_at_once: "G11", Some("quota");
    g12_the_minute_is_used_up: "G12", Some("quota");
    g13_the_users_minute_is_used_up: "G13", Some("quota");
    g18_a_stale_token_is_refreshed: "G18", None;
    n3_the_connection_is_lost: "N3", Some("provider_unavailable");
    n4_a_captive_proxy_says_yes: "N4", Some("provider_unavailable");
    n6_a_redirect_is_refused: "N6", Some("provider_unavailable");
}

/// What stands in the way for good ends the action, and says why.
async fn a_standing_refusal(app: TestApp, row: &str, reason: &str) {
    let id = app.connect_with(ALICE, ALL).await;
    let thread = listed(&app, id, None).await[0].id;
    let before = app.at_provider(ALICE);
    app.sandbox
        .control()
        .faults()
        .push(Fault::new(row).on("/modify").always());
    let done = act(&app, Action::Star, &[thread]).await;
    assert_eq!(
        (done.state.as_str(), done.reason.as_deref()),
        ("failed", Some(reason)),
        "{row}"
    );
    app.sandbox.control().faults().clear();
    assert_eq!(app.at_provider(ALICE), before);
    in_step(&app, id).await;
}

store_test! {
    async fn g15_an_organisation_that_does_not_allow_it(t: TestStore) {
        a_standing_refusal(TestApp::start(t).await, "G15", "domainPolicy").await;
    }
}

store_test! {
    async fn g30_a_label_that_is_gone_at_the_provider_ends_the_action(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, ALL).await;
        let made = acting::create_label(&app.ctx, &app.owner, id, "Short-lived", None).await.unwrap();
        let threads: Vec<ThreadId> = listed(&app, id, None).await.iter().take(20).map(|t| t.id).collect();
        app.sandbox.control().faults().push(Fault::new("G30").on("odify").always());
        let input = StartAction { label: Some(made.id), ..ask(Action::AddLabel, &threads) };
        let done = acting::start(&app.ctx, &app.owner, input, None).await.unwrap();
        assert_eq!((done.state.as_str(), done.reason.as_deref(), done.done), ("failed", Some("label_gone"), 0));
        assert!(done.failed >= 1);
        app.sandbox.control().faults().clear();
        in_step(&app, id).await;
    }
}

store_test! {
    async fn a_cancelled_action_stops_and_can_be_taken_back(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, ALL).await;
        let before = app.at_provider(ALICE);
        let threads: Vec<ThreadId> = listed(&app, id, None).await.iter().take(10).map(|t| t.id).collect();
        // The provider has no time: the action waits.
        app.sandbox.control().faults().push(Fault::new("G13").on("odify").always());
        let begun = act(&app, Action::Star, &threads).await;
        assert_eq!(begun.state, "waiting");
        let stopped = acting::cancel(&app.ctx, &app.owner, begun.id).await.unwrap();
        assert_eq!((stopped.state.as_str(), stopped.done, stopped.undoable), ("cancelled", 0, false));
        assert!(matches!(acting::cancel(&app.ctx, &app.owner, begun.id).await, Err(Error::TooLate)));
        app.sandbox.control().faults().clear();
        app.pass(Duration::from_hours(1)).await;
        assert_eq!(app.at_provider(ALICE), before, "nothing goes on after the stop");
        in_step(&app, id).await;
    }
}

store_test! {
    async fn an_action_survives_its_process(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, ALL).await;
        let inbox = label(&app, id, "inbox").await;
        let threads: Vec<ThreadId> = listed(&app, id, Some(inbox)).await.iter().map(|t| t.id).collect();
        // Done at the provider, and the answer never comes: as after a kill between the two.
        app.sandbox.control().faults().push(Fault::new("N3").on("odify").times(1));
        let begun = act(&app, Action::Archive, &threads).await;
        for _ in 0..3 {
            app.pass(Duration::from_mins(1)).await;
        }
        let done = acting::action(&app.ctx, &app.owner, begun.id).await.unwrap();
        assert_eq!((done.state.as_str(), done.done), ("done", done.total));
        in_step(&app, id).await;
    }
}

store_test! {
    async fn old_actions_go_and_disconnecting_takes_them_along(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, ALL).await;
        let threads: Vec<ThreadId> = listed(&app, id, None).await.iter().take(1).map(|t| t.id).collect();
        let done = act(&app, Action::Star, &threads).await;
        let listed = acting::actions(&app.ctx, &app.owner, None, 10).await.unwrap();
        assert_eq!(listed.items.len(), 1);
        app.clock.advance(Duration::from_hours(25));
        assert!(matches!(acting::undo(&app.ctx, &app.owner, done.id).await, Err(Error::NotUndoable)), "a day later");
        let receipt = connections::disconnect(&app.ctx, &app.owner, id).await.unwrap();
        let count = |table: &str| receipt.counts.iter().find(|(t, _)| t == table).map(|(_, n)| *n);
        assert_eq!((count("mail_actions"), count("mail_action_items")), (Some(1), Some(1)));
        assert!(matches!(acting::action(&app.ctx, &app.owner, done.id).await, Err(Error::NotFound(_))));
    }
}
