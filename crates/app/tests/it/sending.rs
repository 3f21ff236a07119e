//! Sending (requirement S1; faults G19 to G22, G31; `provider-faults` sections 13 and 14).

use std::collections::BTreeSet;
use std::sync::Mutex;
use std::time::Duration;

use tenon_app::Error;
use tenon_app::access::{self, UpdateMe};
use tenon_app::compose::{self, SendView, SendsWanted, StartSend};
use tenon_model::outbox::Decision;
use tenon_model::{DraftId, Scope, SendId};
use tenon_sandbox::Fault;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

use crate::composing::{ALICE, WRITING, key, letter, save};

const SEND: &str = "/drafts/send";

fn start(undo_seconds: u32) -> StartSend {
    StartSend {
        undo_seconds: Some(undo_seconds),
        at: None,
        if_match: None,
    }
}

async fn send(app: &TestApp, draft: DraftId, undo: u32, name: &str) -> Result<SendView, Error> {
    compose::send(
        &app.ctx,
        &app.owner,
        draft,
        start(undo),
        key(&app.owner, "send", name),
    )
    .await
}

pub(crate) async fn now(app: &TestApp, id: SendId) -> SendView {
    compose::send_by_id(&app.ctx, &app.owner, id).await.unwrap()
}

/// Sent messages that bear the draft's header.
pub(crate) fn copies(app: &TestApp, draft: DraftId) -> usize {
    let control = app.sandbox.control();
    let mark = format!("X-Tenon-Send: {draft}\r\n");
    let sent = control
        .messages(ALICE)
        .into_iter()
        .filter(|(_, _, l)| l.iter().any(|l| l == "SENT"));
    sent.filter(|(id, _, _)| {
        let raw = control.raw(ALICE, id).unwrap_or_default();
        String::from_utf8_lossy(&raw).contains(&mark)
    })
    .count()
}

/// Lets time pass until the message stands still, or a day is over.
pub(crate) async fn settled(app: &TestApp, id: SendId) -> SendView {
    for _ in 0..60 {
        let view = now(app, id).await;
        if !["scheduled", "sending"].contains(&view.state) {
            return view;
        }
        app.pass(Duration::from_mins(1)).await;
    }
    now(app, id).await
}

store_test! {
    async fn s1_a_message_waits_can_be_taken_back_and_goes_once(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        let draft = save(&app, letter(id, "Hello"), "d").await.unwrap();
        let first = send(&app, draft.id, 10, "s1").await.unwrap();
        assert_eq!((first.state, first.subject.as_str(), first.to[0].address.as_str()), ("scheduled", "Hello", "bob@partner.example"));
        assert_eq!(send(&app, draft.id, 10, "s1").await.unwrap().id, first.id, "the same click");
        assert!(matches!(send(&app, draft.id, 10, "s2").await, Err(Error::DraftSending)), "another click");
        assert!(matches!(compose::update_draft(&app.ctx, &app.owner, draft.id, letter(id, "x"), None).await, Err(Error::DraftSending)));
        assert!(matches!(compose::discard(&app.ctx, &app.owner, draft.id).await, Err(Error::DraftSending)));
        let back = compose::cancel_send(&app.ctx, &app.owner, first.id).await.unwrap();
        assert_eq!(back.state, "cancelled");
        app.pass(Duration::from_mins(1)).await;
        assert_eq!(copies(&app, draft.id), 0);
        compose::update_draft(&app.ctx, &app.owner, draft.id, letter(id, "Hello again"), None).await.unwrap();

        let second = send(&app, draft.id, 5, "s3").await.unwrap();
        app.pass(Duration::from_secs(4)).await;
        assert_eq!((now(&app, second.id).await.state, copies(&app, draft.id)), ("scheduled", 0));
        app.pass(Duration::from_secs(2)).await;
        let sent = settled(&app, second.id).await;
        assert_eq!((sent.state, copies(&app, draft.id)), ("sent", 1));
        assert!(matches!(compose::cancel_send(&app.ctx, &app.owner, second.id).await, Err(Error::TooLate)));
        app.sync(id).await;
        assert!(now(&app, second.id).await.message.is_some(), "it is listed");
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
        assert!(matches!(compose::draft(&app.ctx, &app.owner, draft.id).await, Err(Error::DraftGone)));
        let listed = compose::sends(&app.ctx, &app.owner, SendsWanted { state: Some("sent"), limit: 10, ..SendsWanted::default() }).await.unwrap();
        assert_eq!(listed.items.len(), 1);
    }
}

store_test! {
    async fn the_members_own_time_for_taking_back_counts(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        let me = access::me(&app.ctx, &app.owner).await.unwrap();
        assert_eq!(me.undo_send_seconds, 10);
        let change = |s| UpdateMe { undo_send_seconds: Some(s), ..UpdateMe::default() };
        assert!(matches!(access::update_me(&app.ctx, &app.owner, change(31)).await, Err(Error::Validation(_))));
        access::update_me(&app.ctx, &app.owner, change(25)).await.unwrap();
        let draft = save(&app, letter(id, "Hello"), "d").await.unwrap();
        let start = StartSend { undo_seconds: None, at: None, if_match: Some(draft.etag.clone()) };
        let sent = compose::send(&app.ctx, &app.owner, draft.id, start, key(&app.owner, "send", "s")).await.unwrap();
        assert_eq!(sent.send_at.since(sent.created_at), Duration::from_secs(25));
        assert!(matches!(send(&app, draft.id, 31, "t").await, Err(Error::Validation(_))));
    }
}

store_test! {
    async fn nobody_to_send_to_and_a_draft_changed_elsewhere_are_refused(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        let mut nobody = letter(id, "Hello");
        nobody.to.clear();
        let draft = save(&app, nobody, "d").await.unwrap();
        assert!(matches!(send(&app, draft.id, 0, "s").await, Err(Error::Validation(_))));
        compose::update_draft(&app.ctx, &app.owner, draft.id, letter(id, "Hello"), None).await.unwrap();
        let stale = StartSend { undo_seconds: Some(0), at: None, if_match: Some(draft.etag) };
        let refused = compose::send(&app.ctx, &app.owner, draft.id, stale, key(&app.owner, "send", "t")).await;
        assert!(matches!(refused, Err(Error::DraftChanged)));
        assert_eq!(copies(&app, draft.id), 0);
    }
}

/// One fault while sending: how it ends, and how many copies there are.
async fn meets(app: TestApp, faults: Vec<Fault>, state: &str, reason: Option<&str>, count: usize) {
    let id = app.connect_with(ALICE, WRITING).await;
    let draft = save(&app, letter(id, "Hello"), "d").await.unwrap();
    let begun = send(&app, draft.id, 5, "s").await.unwrap();
    for fault in faults {
        app.sandbox.control().faults().push(fault);
    }
    app.pass(Duration::from_secs(6)).await;
    let end = settled(&app, begun.id).await;
    assert_eq!(
        (end.state, end.reason.as_deref(), copies(&app, draft.id)),
        (state, reason, count),
        "{:?}",
        end.known
    );
    if state == "refused" {
        assert!(end.reason_text.is_some());
        app.sandbox.control().faults().clear();
        assert!(
            compose::draft(&app.ctx, &app.owner, draft.id).await.is_ok(),
            "the draft is kept"
        );
    }
    let asked = app
        .sandbox
        .control()
        .requests()
        .iter()
        .filter(|r| r.path.contains(SEND))
        .count();
    assert!(asked <= 2, "asked {asked} times");
}

macro_rules! send_faults {
    ($($name:ident: [$($fault:expr),*] => $state:literal, $reason:expr, $count:literal;)*) => {$(
        store_test! {
            async fn $name(t: TestStore) {
                meets(TestApp::start(t).await, vec![$($fault),*], $state, $reason, $count).await;
            }
        }
    )*};
}

send_faults! {
    g19_sent_and_the_connection_reset: [Fault::new("G19")] => "sent", None, 1;
    g19_503_sent_and_503: [Fault::new("G19:503")] => "sent", None, 1;
    g19_hang_sent_and_no_answer: [Fault::new("G19:hang").seconds(1)] => "sent", None, 1;
    g20_the_message_id_is_replaced_and_the_answer_lost: [Fault::new("G20"), Fault::new("G19")] => "sent", None, 1;
    g21_the_look_fails_once: [Fault::new("G19"), Fault::new("G21").times(1)] => "sent", None, 1;
    g21_every_look_fails: [Fault::new("G19"), Fault::new("G21").always()] => "doubtful", Some("in_doubt"), 1;
    g22_the_days_messages_are_used_up: [Fault::new("G22")] => "refused", Some("daily_limit"), 0;
    g22_bounce_what_comes_back_was_sent: [Fault::new("G22:bounce")] => "sent", None, 1;
    g31_too_large: [Fault::new("G31")] => "refused", Some("message_too_large"), 0;
    g11_not_now: [Fault::new("G11").on(SEND).times(1)] => "sent", None, 1;
    g18_a_stale_token: [Fault::new("G18").on(SEND).times(1)] => "sent", None, 1;
    g15_not_allowed: [Fault::new("G15").on(SEND).always()] => "refused", Some("domainPolicy"), 0;
    n3_the_request_is_lost: [Fault::new("N3").on(SEND)] => "sent", None, 1;
    n4_a_captive_proxy_says_yes: [Fault::new("N4").on(SEND)] => "sent", None, 1;
    n4_cut_half_an_answer: [Fault::new("N4:cut").on(SEND)] => "sent", None, 1;
    n6_a_redirect: [Fault::new("N6").on(SEND)] => "sent", None, 1;
}

store_test! {
    async fn a_draft_that_was_removed_meanwhile_is_doubtful_and_a_person_decides(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        let draft = save(&app, letter(id, "Hello"), "d").await.unwrap();
        let begun = send(&app, draft.id, 10, "s").await.unwrap();
        let (_, message) = app.sandbox.control().drafts(ALICE).into_iter().last().unwrap();
        app.sandbox.control().delete_message(ALICE, &message);
        app.pass(Duration::from_secs(11)).await;
        let end = settled(&app, begun.id).await;
        assert_eq!((end.state, copies(&app, draft.id)), ("doubtful", 0));
        let codes: BTreeSet<&str> = end.known.iter().map(|k| k.code.as_str()).collect();
        assert!(codes.contains("draft_absent") && codes.contains("sent_copy_absent"), "{codes:?}");
        assert!(!end.decisions.contains(&Decision::SendAgain), "nothing is there that could be sent");
        let again = compose::resolve(&app.ctx, &app.owner, begun.id, Decision::SendAgain).await;
        assert!(matches!(again, Err(Error::TooLate)));
        let looked = compose::resolve(&app.ctx, &app.owner, begun.id, Decision::Check).await.unwrap();
        assert_eq!(looked.state, "doubtful", "looked once more");
        let decided = compose::resolve(&app.ctx, &app.owner, begun.id, Decision::KeepDraft).await.unwrap();
        assert_eq!(decided.state, "cancelled");
    }
}

store_test! {
    async fn a_look_that_comes_to_work_again_ends_the_doubt(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        let draft = save(&app, letter(id, "Hello"), "d").await.unwrap();
        let begun = send(&app, draft.id, 5, "s").await.unwrap();
        app.sandbox.control().faults().push(Fault::new("G19"));
        app.sandbox.control().faults().push(Fault::new("G21").always());
        app.pass(Duration::from_secs(6)).await;
        assert_eq!(settled(&app, begun.id).await.state, "doubtful");
        app.sandbox.control().faults().clear();
        let looked = compose::resolve(&app.ctx, &app.owner, begun.id, Decision::Check).await.unwrap();
        assert_eq!((looked.state, copies(&app, draft.id)), ("sent", 1));
    }
}

static PLACE: Mutex<&str> = Mutex::new("");

fn here(place: &'static str) -> bool {
    *PLACE.lock().unwrap() == place
}

store_test! {
    async fn killed_anywhere_a_message_goes_once_or_waits_for_a_person(t: TestStore) {
        let mut app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        app.stop_jobs().await;
        let scope = Scope::job(app.owner.workspace);
        let places = ["before_commit", "committed", "answered", "stored", "before_look", "looked", "finding_stored"];
        let faults: [(&str, Vec<Fault>); 6] = [
            ("none", vec![]),
            ("lost", vec![Fault::new("N3").on(SEND).times(1)]),
            ("sent, reset", vec![Fault::new("G19").times(1)]),
            ("sent, 503", vec![Fault::new("G19:503").times(1)]),
            ("sent, look fails", vec![Fault::new("G19").times(1), Fault::new("G21").times(1)]),
            ("not now", vec![Fault::new("G11").on(SEND).times(1)]),
        ];
        let (mut runs, mut killed, mut sent, mut refused) = (0, 0, 0, 0);
        for (what, faults) in &faults {
            for place in places {
                let name = format!("{what} {place}");
                let draft = save(&app, letter(id, &name), &name).await.unwrap();
                let begun = send(&app, draft.id, 1, &name).await.unwrap();
                app.clock.advance(Duration::from_secs(2));
                for fault in faults {
                    app.sandbox.control().faults().push(fault.clone());
                }
                let mut alive = app.reopen().await;
                *PLACE.lock().unwrap() = place;
                for _ in 0..12 {
                    match compose::drive_send_until(&alive, &scope, begun.id, here).await {
                        Ok(None) => break,
                        Ok(Some(wait)) => app.clock.advance(wait),
                        Err(_) => {
                            // Dead. Another process finds what was stored, some time later.
                            killed += 1;
                            *PLACE.lock().unwrap() = "";
                            app.clock.advance(Duration::from_secs(30));
                            alive = app.reopen().await;
                        }
                    }
                }
                *PLACE.lock().unwrap() = "";
                app.sandbox.control().faults().clear();
                let end = now(&app, begun.id).await;
                let count = copies(&app, draft.id);
                assert!(count <= 1, "{name}: sent {count} times");
                match end.state {
                    "sent" => assert_eq!(count, 1, "{name}: said to be sent"),
                    // Said so, with the draft kept: refused twice, the kill between them counting as a try.
                    "refused" => {
                        assert_eq!((count, *what), (0, "not now"), "{name}");
                        assert!(compose::draft(&app.ctx, &app.owner, draft.id).await.is_ok(), "{name}");
                        refused += 1;
                    }
                    other => assert_eq!(other, "sent", "{name}: {count} copies, {:?}", end.known),
                }
                sent += count;
                runs += 1;
            }
        }
        assert_eq!(runs, places.len() * faults.len());
        assert!(killed >= runs / 2, "{killed} kills in {runs} runs");
        assert_eq!(sent + refused, runs, "none is lost without a word");
        assert!(refused <= 2, "{refused}");
    }
}

store_test! {
    async fn what_waited_an_hour_for_the_end_of_a_pause_goes_no_more_by_itself(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        let mut begun = Vec::new();
        for name in ["short", "long"] {
            let draft = save(&app, letter(id, name), name).await.unwrap();
            begun.push((send(&app, draft.id, 10, name).await.unwrap().id, draft.id));
            tenon_app::connections::pause(&app.ctx, &app.owner, id).await.unwrap();
            app.pass(if name == "short" { Duration::from_mins(50) } else { Duration::from_mins(70) }).await;
            assert_eq!(copies(&app, draft.id), 0);
            tenon_app::connections::resume(&app.ctx, &app.owner, id).await.unwrap();
        }
        let short = settled(&app, begun[0].0).await;
        assert_eq!((short.state, copies(&app, begun[0].1)), ("sent", 1));
        let long = settled(&app, begun[1].0).await;
        assert_eq!((long.state, long.reason.as_deref(), copies(&app, begun[1].1)), ("refused", Some("paused"), 0));
        assert!(compose::draft(&app.ctx, &app.owner, begun[1].1).await.is_ok(), "its draft is kept");
    }
}

store_test! {
    async fn disconnecting_takes_the_outbox_along(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        let draft = save(&app, letter(id, "Hello"), "d").await.unwrap();
        let begun = send(&app, draft.id, 30, "s").await.unwrap();
        let preview = tenon_app::connections::disconnect_preview(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!(preview.unsent, 1, "said before");
        let receipt = tenon_app::connections::disconnect(&app.ctx, &app.owner, id).await.unwrap();
        let count = |table: &str| receipt.counts.iter().find(|(t, _)| t == table).map(|(_, n)| *n);
        assert_eq!((count("sends"), count("drafts")), (Some(1), Some(1)));
        assert!(matches!(compose::send_by_id(&app.ctx, &app.owner, begun.id).await, Err(Error::NotFound(_))));
        app.pass(Duration::from_mins(1)).await;
        assert_eq!(copies(&app, draft.id), 0, "a disconnect is final");
    }
}
