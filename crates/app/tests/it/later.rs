//! Sending later (requirement S2): at its hour and once, whatever happens until then.

use std::time::Duration;

use tenon_app::Error;
use tenon_app::access::{self, UpdateMe};
use tenon_app::compose::{self, DraftView, SendView, SendsWanted, StartSend};
use tenon_app::connections;
use tenon_model::hours::{WallTime, WorkingHours};
use tenon_model::{Scope, SendId, Time};
use tenon_sandbox::Fault;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

use crate::composing::{ALICE, WRITING, key, letter, save};
use crate::sending::{copies, now, settled};

const PARIS: &str = "Europe/Paris";
const HOUR: Duration = Duration::from_hours(1);

/// So long after now, on the wall in Paris.
fn wall(app: &TestApp, after: Duration) -> WallTime {
    WallTime::of(app.ctx.world.now() + after, PARIS)
}

async fn try_later(
    app: &TestApp,
    draft: &DraftView,
    at: WallTime,
    name: &str,
) -> Result<SendView, Error> {
    let start = StartSend {
        undo_seconds: None,
        at: Some(at),
        if_match: None,
    };
    compose::send(
        &app.ctx,
        &app.owner,
        draft.id,
        start,
        key(&app.owner, "send", name),
    )
    .await
}

/// A letter that was scheduled to go so long after now.
async fn scheduled(app: &TestApp, subject: &str, after: Duration) -> (SendView, DraftView) {
    let id = match connections::list(&app.ctx, &app.owner)
        .await
        .unwrap()
        .first()
    {
        Some(connection) => connection.id,
        None => app.connect_with(ALICE, WRITING).await,
    };
    let draft = save(app, letter(id, subject), subject).await.unwrap();
    let send = try_later(app, &draft, wall(app, after), subject)
        .await
        .unwrap();
    (send, draft)
}

fn provider_id(app: &TestApp) -> String {
    let drafts = app.sandbox.control().drafts(ALICE);
    drafts.last().expect("a draft").0.clone()
}

fn field(result: &Result<SendView, Error>) -> &str {
    match result {
        Err(Error::Validation(fields)) => &fields[0].0,
        _ => "",
    }
}

store_test! {
    async fn s2_a_scheduled_message_goes_at_its_hour_and_once(t: TestStore) {
        let app = TestApp::start(t).await;
        let (send, draft) = scheduled(&app, "Later", HOUR * 30).await;
        assert_eq!(send.state, "scheduled");
        assert_eq!(send.scheduled, Some(WallTime::of(send.send_at, PARIS)));
        assert!(matches!(try_later(&app, &draft, wall(&app, HOUR), "again").await, Err(Error::DraftSending)));
        // Its hour is nobody's to forget: not a lost job's, not a restart's.
        app.pass(HOUR * 29).await;
        assert_eq!((now(&app, send.id).await.state, copies(&app, draft.id)), ("scheduled", 0));
        app.pass(HOUR).await;
        let sent = settled(&app, send.id).await;
        assert_eq!((sent.state, copies(&app, draft.id)), ("sent", 1));
        assert_eq!(sent.scheduled, send.scheduled, "it is told for which hour it was");
    }
}

store_test! {
    async fn s2_its_hour_can_be_another_one_until_it_goes(t: TestStore) {
        let app = TestApp::start(t).await;
        let (send, draft) = scheduled(&app, "Moved", HOUR * 50).await;
        let later = compose::reschedule(&app.ctx, &app.owner, send.id, &wall(&app, HOUR * 80)).await.unwrap();
        assert_eq!(later.send_at.since(send.send_at), HOUR * 30);
        app.pass(HOUR * 51).await;
        assert_eq!(now(&app, send.id).await.state, "scheduled", "the old hour is none");
        let sooner = compose::reschedule(&app.ctx, &app.owner, send.id, &wall(&app, HOUR * 2)).await.unwrap();
        assert!(sooner.send_at < later.send_at);
        app.pass(HOUR * 2).await;
        assert_eq!((settled(&app, send.id).await.state, copies(&app, draft.id)), ("sent", 1));
        let late = compose::reschedule(&app.ctx, &app.owner, send.id, &wall(&app, HOUR)).await;
        assert!(matches!(late, Err(Error::TooLate)));
        assert!(matches!(compose::send_now(&app.ctx, &app.owner, send.id).await, Err(Error::TooLate)));

        let (send, draft) = scheduled(&app, "Now", HOUR * 50).await;
        compose::send_now(&app.ctx, &app.owner, send.id).await.unwrap();
        app.settle().await;
        assert_eq!((settled(&app, send.id).await.state, copies(&app, draft.id)), ("sent", 1));

        let (send, draft) = scheduled(&app, "Never", HOUR * 50).await;
        let back = compose::cancel_send(&app.ctx, &app.owner, send.id).await.unwrap();
        assert_eq!(back.state, "cancelled");
        app.pass(HOUR * 60).await;
        assert_eq!(copies(&app, draft.id), 0);
        compose::update_draft(&app.ctx, &app.owner, draft.id, letter(draft.connection, "Anew"), None).await.unwrap();
    }
}

store_test! {
    async fn s2_hours_that_are_none_are_refused(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        let draft = save(&app, letter(id, "Hello"), "d").await.unwrap();
        let at = |local: &str, zone: &str| WallTime { local: local.into(), time_zone: zone.into() };
        let past = WallTime::of(app.ctx.world.now() - HOUR, PARIS);
        for (n, (at, wrong)) in [
            (past, "at"),
            (wall(&app, HOUR * 24 * 367), "at"),
            (at("tomorrow", PARIS), "at.local"),
            (at("2099-02-30T09:00", PARIS), "at.local"),
            (at("2026-12-24T09:00", "Europe/Atlantis"), "at.time_zone"),
        ].into_iter().enumerate() {
            let refused = try_later(&app, &draft, at, &format!("k{n}")).await;
            assert_eq!(field(&refused), wrong);
        }
        let both = StartSend { undo_seconds: Some(5), at: Some(wall(&app, HOUR)), if_match: None };
        let refused = compose::send(&app.ctx, &app.owner, draft.id, both, key(&app.owner, "send", "both")).await;
        assert_eq!(field(&refused), "undo_seconds");
        assert_eq!(copies(&app, draft.id), 0);
    }
}

store_test! {
    async fn s2_what_was_changed_in_the_mailbox_goes_as_it_is_now_and_is_known_again(t: TestStore) {
        let app = TestApp::start(t).await;
        let (send, draft) = scheduled(&app, "Before", HOUR * 5).await;
        let text = b"From: alice@example.com\r\nTo: zoe@partner.example\r\nSubject: After\r\n\r\nx".to_vec();
        app.sandbox.control().edit_draft(ALICE, &provider_id(&app), text);
        app.pass(HOUR * 5).await;
        let sent = settled(&app, send.id).await;
        assert_eq!((sent.state, sent.subject.as_str(), sent.to[0].address.as_str()), ("sent", "After", "zoe@partner.example"));
        assert_eq!(copies(&app, draft.id), 1, "it has our header, by which a lost answer would be cleared up");
    }
}

store_test! {
    async fn s2_what_cannot_go_any_more_is_refused_with_its_reason(t: TestStore) {
        let app = TestApp::start(t).await;
        let (gone, _) = scheduled(&app, "Gone", HOUR).await;
        app.sandbox.control().delete_draft(ALICE, &provider_id(&app));
        let (nobody, _) = scheduled(&app, "Nobody", HOUR).await;
        app.sandbox.control().edit_draft(ALICE, &provider_id(&app), b"Subject: To nobody\r\n\r\nx".to_vec());
        let (fine, fine_draft) = scheduled(&app, "Fine", HOUR).await;
        app.pass(HOUR).await;
        for (send, reason) in [(gone, "draft_gone"), (nobody, "recipients_invalid")] {
            let end = settled(&app, send.id).await;
            assert_eq!((end.state, end.reason.as_deref()), ("refused", Some(reason)));
            assert!(end.reason_text.is_some_and(|text| !text.starts_with("Something unexpected")), "{reason}");
        }
        assert_eq!((settled(&app, fine.id).await.state, copies(&app, fine_draft.id)), ("sent", 1));

        let (left, draft) = scheduled(&app, "Left", HOUR).await;
        let mut tx = app.ctx.store.begin(&Scope::system()).await.unwrap();
        tx.members().set_disabled(app.owner.member, Some(app.ctx.world.now())).await.unwrap();
        tx.commit().await.unwrap();
        app.pass(HOUR).await;
        let end = settled(&app, left.id).await;
        assert_eq!((end.state, end.reason.as_deref(), copies(&app, draft.id)), ("refused", Some("sender_off"), 0));
    }
}

store_test! {
    async fn s2_a_provider_or_a_server_that_was_away_delays_for_a_day_at_most(t: TestStore) {
        let mut app = TestApp::start(t).await;
        let (short, short_draft) = scheduled(&app, "Short", HOUR).await;
        let (long, long_draft) = scheduled(&app, "Long", HOUR * 60).await;
        // The provider is away at the hour, and for three hours more.
        app.sandbox.control().faults().push(Fault::new("G11").on("/drafts/").always());
        for _ in 0..16 {
            app.pass(Duration::from_mins(15)).await;
        }
        assert_eq!((now(&app, short.id).await.state, copies(&app, short_draft.id)), ("scheduled", 0));
        app.sandbox.control().faults().clear();
        app.pass(Duration::from_mins(15)).await;
        assert_eq!((settled(&app, short.id).await.state, copies(&app, short_draft.id)), ("sent", 1));
        // This server is away for a day and more.
        app.stop_jobs().await;
        app.clock.advance(HOUR * 90);
        let scope = Scope::job(app.owner.workspace);
        compose::drive_send(&app.ctx, &scope, long.id).await.unwrap();
        let end = now(&app, long.id).await;
        assert_eq!((end.state, end.reason.as_deref(), copies(&app, long_draft.id)), ("refused", Some("missed_hour"), 0));
        assert!(compose::draft(&app.ctx, &app.owner, long_draft.id).await.is_ok(), "its draft is kept");
    }
}

async fn calendar(
    app: &TestApp,
    between: (Time, Time),
    after: Option<&str>,
    limit: u32,
) -> (Vec<String>, Option<String>) {
    let wanted = SendsWanted {
        state: None,
        between: Some(between),
        after,
        limit,
    };
    let page = compose::sends(&app.ctx, &app.owner, wanted).await.unwrap();
    (
        page.items.into_iter().map(|s| s.subject).collect(),
        page.next,
    )
}

store_test! {
    async fn s2_the_calendar_has_what_was_scheduled_in_the_order_of_its_hours(t: TestStore) {
        let app = TestApp::start(t).await;
        let start = app.ctx.world.now();
        let mut ids: Vec<SendId> = Vec::new();
        for (subject, hours) in [("c", 30), ("a", 5), ("b", 5), ("d", 300)] {
            ids.push(scheduled(&app, subject, HOUR * hours).await.0.id);
        }
        let now_draft = save(&app, letter(connections::list(&app.ctx, &app.owner).await.unwrap()[0].id, "at once"), "x").await.unwrap();
        let at_once = StartSend { undo_seconds: Some(30), at: None, if_match: None };
        compose::send(&app.ctx, &app.owner, now_draft.id, at_once, key(&app.owner, "send", "x")).await.unwrap();
        let week = (start, start + HOUR * 168);
        let mut all = calendar(&app, week, None, 10).await.0;
        all[..2].sort();
        assert_eq!(all, ["a", "b", "c"]);
        let (first, next) = calendar(&app, week, None, 2).await;
        let (second, end) = calendar(&app, week, next.as_deref(), 2).await;
        assert_eq!((first.len(), second, end), (2, vec!["c".to_owned()], None));
        assert_eq!(calendar(&app, (week.1, start + HOUR * 400), None, 10).await.0, ["d"]);
        compose::cancel_send(&app.ctx, &app.owner, ids[0]).await.unwrap();
        let waiting = SendsWanted { state: Some("scheduled"), between: Some(week), after: None, limit: 10 };
        assert_eq!(compose::sends(&app.ctx, &app.owner, waiting).await.unwrap().items.len(), 2);
    }
}

store_test! {
    async fn working_hours_are_ones_own_and_lead_what_is_offered(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = access::me(&app.ctx, &app.owner).await.unwrap();
        assert_eq!(me.working_hours, WorkingHours::default());
        let hours = |days: &[i8], from: &str| WorkingHours { days: days.to_vec(), from: from.into(), until: "20:00".into() };
        let change = |h| UpdateMe { working_hours: Some(h), ..UpdateMe::default() };
        let refused = access::update_me(&app.ctx, &app.owner, change(hours(&[], "21:00"))).await;
        let fields = match refused { Err(Error::Validation(fields)) => fields, _ => Vec::new() };
        assert_eq!(fields.iter().map(|(f, _)| f.as_str()).collect::<Vec<_>>(), ["working_hours.days", "working_hours.until"]);
        let me = access::update_me(&app.ctx, &app.owner, change(hours(&[2, 4], "10:30"))).await.unwrap();
        assert_eq!(me.working_hours, hours(&[2, 4], "10:30"));
        let times = compose::send_times(&app.ctx, &app.owner, Some(PARIS)).await.unwrap();
        let week = times.presets.iter().find(|(p, _)| p.as_str() == "next_business_hour").expect("offered");
        assert!(week.1.wall.local.ends_with("T10:30"));
        assert!(compose::send_times(&app.ctx, &app.owner, Some("Europe/Atlantis")).await.is_err());
        let (moment, at_work) = compose::check_time(&app.ctx, &app.owner, &week.1.wall).await.unwrap();
        assert_eq!((moment.at, moment.moved, at_work), (week.1.at, false, true));
    }
}
