//! Mail merge (requirement S3) while providers fail and processes die: nobody gets it twice, nobody is forgotten.

use std::time::Duration;

use tenon_app::compose::{self, SendsWanted};
use tenon_app::mail_merge;
use tenon_model::mail_merge::{RecipientState, State};
use tenon_sandbox::Fault;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

use crate::mail_merge::{
    LIST, add_list, count, drafts_of_ours, ended, list_of, mails, merge, now, pace, people, start,
};

/// Faults of provider-faults, and what becomes of three people: how many got a message, and where the others stand.
macro_rules! faults {
    ($($name:ident: [$($fault:expr),*] => $state:expr, $reason:expr, $mails:expr;)*) => {$(
        store_test! {
            async fn $name(t: TestStore) {
                let app = TestApp::start(t).await;
                let (merge, _) = merge(&app, "Faults", "<p>{{ row.first_name }}</p>").await;
                add_list(&app, merge.id, LIST).await;
                pace(&app, merge.id, 400, (0, 0), false).await;
                $(app.sandbox.control().faults().push($fault);)*
                start(&app, merge.id).await.unwrap();
                let view = ended(&app, merge.id).await;
                assert_eq!((view.state, view.reason.as_deref()), ($state, $reason), "{:?}", view.counts);
                let mails = mails(&app);
                assert!(mails.values().all(|copies| copies.len() == 1), "nobody gets it twice");
                assert_eq!(mails.len(), $mails, "{:?}", view.counts);
                let struck = app.sandbox.control().faults().list();
                assert!(struck.iter().all(|(_, hits)| *hits > 0), "a fault met nobody: {struck:?}");
                app.sandbox.control().faults().clear();
                if view.state == State::Paused {
                    mail_merge::resume(&app.ctx, &app.owner, merge.id).await.unwrap();
                }
                // A day, for what rests and for copies of drafts.
                for _ in 0..26 {
                    app.pass(Duration::from_hours(1)).await;
                }
                let _ = mail_merge::retry(&app.ctx, &app.owner, merge.id).await;
                let view = ended(&app, merge.id).await;
                let mails = self::mails(&app);
                assert!(mails.values().all(|copies| copies.len() == 1), "nobody gets it twice");
                let doubtful = count(&view, RecipientState::Doubtful) as usize;
                assert_eq!((view.state, mails.len()), (State::Done, 3), "{:?} {doubtful}", view.counts);
                assert_eq!(drafts_of_ours(&app), 1, "only the letter is left");
            }
        }
    )*};
}

const SEND: &str = "/drafts/send";
/// Making a draft, and writing one over.
const DRAFTS: &str = "/upload/gmail/v1/users/me/drafts";
/// Of the look-ups those that look for what became of a message, and not the one that reads the letter.
const LOOKS: &str = "format=minimal|/messages\\?";

faults! {
    s3_g19_sent_and_the_connection_reset: [Fault::new("G19")] => State::Done, None, 3;
    s3_g19_503_sent_and_503: [Fault::new("G19:503")] => State::Done, None, 3;
    s3_n3_the_draft_s_request_is_lost: [Fault::new("N3").on(DRAFTS).times(1)] => State::Done, None, 3;
    s3_n3_drafts_are_lost_thrice: [Fault::new("N3").on(DRAFTS).times(3)] => State::Done, None, 3;
    s3_n4_half_an_answer_to_a_draft: [Fault::new("N4:cut").on(DRAFTS).times(2)] => State::Done, None, 3;
    s3_g11_not_now: [Fault::new("G11").on(SEND).times(2)] => State::Done, None, 3;
    s3_g21_looks_fail: [Fault::new("G19"), Fault::new("G21").on(LOOKS).times(1)] => State::Done, None, 3;
}

store_test! {
    async fn s3_g15_a_mailbox_that_may_not_send_stops_it_and_refuses_nobody(t: TestStore) {
        let app = TestApp::start(t).await;
        let (merge, _) = merge(&app, "Policy", "<p>{{ row.first_name }}</p>").await;
        add_list(&app, merge.id, LIST).await;
        pace(&app, merge.id, 400, (0, 0), false).await;
        app.sandbox.control().faults().push(Fault::new("G15").on(SEND).always());
        start(&app, merge.id).await.unwrap();
        let stopped = ended(&app, merge.id).await;
        assert_eq!((stopped.state, stopped.reason.as_deref()), (State::Paused, Some("domainPolicy")));
        assert_eq!((count(&stopped, RecipientState::Waiting), mails(&app).len()), (3, 0), "{:?}", stopped.counts);
        assert_eq!(drafts_of_ours(&app), 1);
    }
}

store_test! {
    async fn s3_a2_a_grant_that_is_withdrawn_stops_it_and_says_so(t: TestStore) {
        let app = TestApp::start(t).await;
        let (merge, _) = merge(&app, "Revoked", "<p>{{ row.name }}</p>").await;
        add_list(&app, merge.id, &list_of(6)).await;
        pace(&app, merge.id, 400, (60, 60), false).await;
        start(&app, merge.id).await.unwrap();
        app.pass(Duration::from_mins(2)).await;
        app.sandbox.control().revoke(crate::composing::ALICE);
        for _ in 0..30 {
            app.pass(Duration::from_mins(5)).await;
        }
        let stopped = now(&app, merge.id).await;
        assert_eq!((stopped.state, stopped.reason.as_deref()), (State::Paused, Some("needs_reauthorization")), "{:?}", stopped.counts);
        assert_eq!(count(&stopped, RecipientState::Sent) as usize, mails(&app).len());
        assert!(mails(&app).values().all(|copies| copies.len() == 1));
        assert!(count(&stopped, RecipientState::Waiting) >= 3, "{:?}", stopped.counts);
    }
}

store_test! {
    async fn s3_g22_the_providers_limit_of_a_day_is_waited_for(t: TestStore) {
        let app = TestApp::start(t).await;
        let (merge, _) = merge(&app, "Limit", "<p>{{ row.first_name }}</p>").await;
        add_list(&app, merge.id, LIST).await;
        pace(&app, merge.id, 400, (0, 0), false).await;
        app.sandbox.control().faults().push(Fault::new("G22").always());
        start(&app, merge.id).await.unwrap();
        app.pass(Duration::from_mins(30)).await;
        let rests = now(&app, merge.id).await;
        assert_eq!((rests.state, rests.reason.as_deref()), (State::Running, Some("rests_a_day")), "{:?}", rests.counts);
        assert!(rests.next_at.unwrap() > app.ctx.world.now() + Duration::from_hours(22));
        assert_eq!(count(&rests, RecipientState::Refused), 0, "it is not their fault");
        app.sandbox.control().faults().clear();
        app.pass(Duration::from_hours(25)).await;
        let done = ended(&app, merge.id).await;
        assert_eq!((done.state, count(&done, RecipientState::Sent)), (State::Done, 3), "{:?}", done.counts);
        assert_eq!(drafts_of_ours(&app), 1);
    }
}

store_test! {
    async fn s3_ten_refusals_in_a_row_stop_it_and_whoever_has_seen_them_goes_on(t: TestStore) {
        let app = TestApp::start(t).await;
        let (merge, _) = merge(&app, "Refused", "<p>{{ row.name }}</p>").await;
        add_list(&app, merge.id, &list_of(25)).await;
        pace(&app, merge.id, 400, (0, 0), false).await;
        app.sandbox.control().faults().push(Fault::new("G31").on(SEND).always());
        start(&app, merge.id).await.unwrap();
        let stopped = ended(&app, merge.id).await;
        assert_eq!((stopped.state, stopped.reason.as_deref()), (State::Paused, Some("refused_often")), "{:?}", stopped.counts);
        let refused = count(&stopped, RecipientState::Refused);
        assert!((10..15).contains(&refused) && mails(&app).is_empty(), "{:?}", stopped.counts);
        app.sandbox.control().faults().clear();
        mail_merge::resume(&app.ctx, &app.owner, merge.id).await.unwrap();
        let done = ended(&app, merge.id).await;
        assert_eq!((done.state, count(&done, RecipientState::Sent)), (State::Done, 25 - refused), "{:?}", done.counts);
        mail_merge::retry(&app.ctx, &app.owner, merge.id).await.unwrap();
        assert_eq!(count(&ended(&app, merge.id).await, RecipientState::Sent), 25);
        assert!(mails(&app).values().all(|copies| copies.len() == 1));
        assert_eq!(drafts_of_ours(&app), 1, "only the letter is left");
    }
}

store_test! {
    async fn s3_forgetting_one_leaves_nothing_of_it_in_the_mailbox(t: TestStore) {
        let app = TestApp::start(t).await;
        // Drafts that nobody knows of are looked for by the housekeeping.
        tenon_app::start_schedules(&app.ctx).await.unwrap();
        let (merge, _) = merge(&app, "Forgotten", "<p>{{ row.name }}</p>").await;
        add_list(&app, merge.id, &list_of(3)).await;
        pace(&app, merge.id, 400, (0, 0), false).await;
        // Made, and the answer cut off: here it is known by its header only.
        app.sandbox.control().faults().push(Fault::new("N4:cut").on(DRAFTS).always());
        start(&app, merge.id).await.unwrap();
        app.settle().await;
        assert!(drafts_of_ours(&app) > 1, "a draft lies there that nobody knows of");
        mail_merge::cancel(&app.ctx, &app.owner, merge.id).await.unwrap();
        mail_merge::forget(&app.ctx, &app.owner, merge.id).await.unwrap();
        app.sandbox.control().faults().clear();
        for _ in 0..27 {
            app.pass(Duration::from_hours(1)).await;
        }
        assert_eq!((drafts_of_ours(&app), mails(&app).len()), (1, 0), "only the letter is left");
    }
}

store_test! {
    async fn s3_a_doubtful_message_waits_for_its_person_and_holds_nobody_up(t: TestStore) {
        let app = TestApp::start(t).await;
        let (merge, _) = merge(&app, "Doubt", "<p>{{ row.first_name }}</p>").await;
        add_list(&app, merge.id, LIST).await;
        pace(&app, merge.id, 400, (0, 0), false).await;
        app.sandbox.control().faults().push(Fault::new("G19").times(1));
        app.sandbox.control().faults().push(Fault::new("G21").on(LOOKS).always());
        start(&app, merge.id).await.unwrap();
        let done = ended(&app, merge.id).await;
        assert_eq!((done.state, count(&done, RecipientState::Doubtful), count(&done, RecipientState::Sent)), (State::Done, 1, 2), "{:?}", done.counts);
        app.sandbox.control().faults().clear();
        mail_merge::retry(&app.ctx, &app.owner, merge.id).await.unwrap();
        ended(&app, merge.id).await;
        assert!(mails(&app).values().all(|copies| copies.len() == 1), "who may have got it gets nothing more");
        let doubtful = people(&app, merge.id).await.into_iter().find(|p| p.state == RecipientState::Doubtful).unwrap();
        let outbox = compose::sends(&app.ctx, &app.owner, SendsWanted { limit: 50, ..SendsWanted::default() }).await.unwrap();
        assert_eq!(outbox.items.iter().map(|s| s.id).collect::<Vec<_>>(), [doubtful.send.unwrap()]);
        compose::resolve(&app.ctx, &app.owner, doubtful.send.unwrap(), tenon_model::outbox::Decision::Check).await.unwrap();
        app.pass(Duration::from_mins(10)).await;
        assert_eq!(count(&now(&app, merge.id).await, RecipientState::Sent), 3);
    }
}

store_test! {
    async fn s3_a_process_that_dies_anywhere_writes_to_nobody_twice(t: TestStore) {
        let mut app = TestApp::start(t).await;
        let (merge, _) = merge(&app, "Killed", "<p>{{ row.name }}</p>").await;
        add_list(&app, merge.id, &list_of(8)).await;
        pace(&app, merge.id, 400, (0, 0), false).await;
        // Jobs are dropped at whatever await they stand, again and again; the next process goes on.
        start(&app, merge.id).await.unwrap();
        for turn in 0..12_u64 {
            tokio::time::sleep(Duration::from_millis(3 + turn * 7)).await;
            app.stop_jobs().await;
            app.start_jobs();
        }
        for _ in 0..40 {
            app.pass(Duration::from_mins(1)).await;
        }
        for _ in 0..25 {
            app.pass(Duration::from_hours(1)).await;
        }
        let done = now(&app, merge.id).await;
        assert_eq!((done.state, count(&done, RecipientState::Sent)), (State::Done, 8), "{:?}", done.counts);
        let mails = mails(&app);
        assert_eq!(mails.len(), 8);
        assert!(mails.values().all(|copies| copies.len() == 1), "nobody gets it twice");
        assert_eq!(drafts_of_ours(&app), 1, "only the letter is left");
    }
}
