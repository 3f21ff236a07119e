//! What comes back of a mail merge, and whom nobody writes to any more (requirement S4, checks K6 and K9).

use std::time::Duration;

use tenon_app::mail_merge::{self, PersonView, Wanted};
use tenon_app::{Error, suppressions};
use tenon_jobs::Runner;
use tenon_model::MailMergeId;
use tenon_model::delivery::{Failure, SuppressionCause};
use tenon_model::mail_merge::{RecipientState, State};
use tenon_sandbox::Fault;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

use crate::composing::ALICE;
use crate::mail_merge::{
    LIST, add_list, count, ended, list_of, mailbox, mails, merge, now, pace, people, start,
};

/// A mail merge that has gone to the people of a list.
async fn sent(app: &TestApp, subject: &str, list: &str) -> MailMergeId {
    let (merge, _) = merge(app, subject, "<p>Dear {{ row.first_name }}</p>").await;
    add_list(app, merge.id, list).await;
    way_out(app, merge.id, true).await;
    pace(app, merge.id, 400, (0, 0), false).await;
    start(app, merge.id).await.unwrap();
    let done = ended(app, merge.id).await;
    assert_eq!(done.state, State::Done, "{:?}", done.counts);
    merge.id
}

async fn way_out(app: &TestApp, id: MailMergeId, unsubscribe: bool) {
    let change = mail_merge::Change {
        unsubscribe: Some(unsubscribe),
        ..mail_merge::Change::default()
    };
    let view = mail_merge::change(&app.ctx, &app.owner, id, change)
        .await
        .unwrap();
    assert_eq!(view.unsubscribe, unsubscribe);
}

/// A header of the one message that went to somebody.
fn of_mail(app: &TestApp, to: &str, name: &str) -> String {
    let mails = mails(app);
    let raw = &mails[to][0];
    let line = raw.lines().find(|l| {
        l.to_lowercase()
            .starts_with(&format!("{}:", name.to_lowercase()))
    });
    line.unwrap_or_default()
        .split_once(':')
        .unwrap_or_default()
        .1
        .trim()
        .to_owned()
}

/// A report of a mail system (RFC 3464) about the message to somebody.
fn report(app: &TestApp, to: &str, action: &str, status: &str, words: &str) -> String {
    let mark = of_mail(app, to, "X-Tenon-Send");
    format!(
        "Return-Path: <>\r\nFrom: Mail Delivery Subsystem <mailer-daemon@googlemail.com>\r\nTo: {ALICE}\r\n\
         Subject: Delivery Status Notification ({action})\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/report; report-type=delivery-status; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/plain\r\n\r\n\
         Address not found\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; googlemail.com\r\n\r\n\
         Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\nDiagnostic-Code: smtp; {words}\r\n\r\n\
         --b\r\nContent-Type: message/rfc822\r\n\r\nFrom: {ALICE}\r\nTo: {to}\r\nX-Tenon-Send: {mark}\r\nSubject: news\r\n\r\nhello\r\n--b--\r\n"
    )
}

fn mail(from: &str, more: &str) -> String {
    format!(
        "From: Somebody <{from}>\r\nTo: {ALICE}\r\nSubject: Re: news\r\n{more}\r\nThank you.\r\n"
    )
}

/// Mail comes in and is looked at.
async fn comes(app: &TestApp, raw: &str) {
    app.sandbox
        .control()
        .insert_raw(ALICE, raw.as_bytes().to_vec());
    let connection = mailbox(app).await;
    app.sync(connection).await;
    app.settle().await;
}

async fn person(app: &TestApp, id: MailMergeId, address: &str) -> PersonView {
    let all = people(app, id).await;
    all.into_iter().find(|p| p.address == address).unwrap()
}

const ZOE: &str = "zoe@partner.example";
const BOB: &str = "bob@partner.example";
const CARL: &str = "carl@partner.example";

store_test! {
    async fn s4_answers_automatic_ones_and_failures_are_told_apart(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = sent(&app, "News", LIST).await;
        // A colleague answers in the conversation, by our own Message-ID; a machine answers for Bob.
        let mark = of_mail(&app, ZOE, "Message-ID");
        comes(&app, &mail("assistant@partner.example", &format!("In-Reply-To: {mark}\r\nReferences: {mark}\r\n"))).await;
        comes(&app, &mail(BOB, "Auto-Submitted: auto-replied\r\n")).await;
        comes(&app, &report(&app, CARL, "delayed", "4.4.1", "421 try later")).await;
        assert!(person(&app, id, CARL).await.came_back.bounced_at.is_none(), "it is tried on");
        comes(&app, &report(&app, CARL, "failed", "5.1.1", "550-5.1.1 The email account that you tried to reach does not exist.")).await;
        let view = now(&app, id).await;
        let back = view.came_back;
        assert_eq!((back.replied, back.auto_replied, back.bounced, back.unsubscribed), (1, 1, 1, 0));
        assert!(person(&app, id, ZOE).await.came_back.replied_at.is_some());
        let bob = person(&app, id, BOB).await.came_back;
        assert!(bob.auto_replied_at.is_some() && bob.replied_at.is_none());
        assert_eq!(person(&app, id, CARL).await.came_back.failure, Some(Failure::NoSuchAddress));
        // A person after the machine counts too; what somebody else writes does not, nor what one writes oneself.
        comes(&app, &mail(BOB, "")).await;
        comes(&app, &mail("stranger@other.example", "")).await;
        comes(&app, &mail(ALICE, "")).await;
        let back = now(&app, id).await.came_back;
        assert_eq!((back.replied, back.auto_replied, back.bounced), (2, 0, 1));
        let replied = Wanted { response: Some("reply"), ..Wanted::default() };
        let replied = mail_merge::people(&app.ctx, &app.owner, id, replied, None, 10).await.unwrap();
        assert_eq!(replied.items.len(), 2);
        let odd = Wanted { response: Some("odd"), ..Wanted::default() };
        assert!(mail_merge::people(&app.ctx, &app.owner, id, odd, None, 10).await.is_err());
        let file = mail_merge::results(&app.ctx, &app.owner, id).await.unwrap();
        let file = String::from_utf8(file.to_vec()).unwrap();
        assert!(file.contains("no_such_address"), "{file}");
        // Of answers only headers were asked for; of the two reports the text.
        let texts = app.sandbox.control().requests();
        let texts = texts.iter().filter(|r| r.path.contains("format=raw") && r.path.contains("/messages/")).count();
        assert_eq!(texts, 2);
        // Who was not reached is not written to again, by anybody of the workspace.
        let again = sent(&app, "More news", LIST).await;
        let carl = person(&app, again, CARL).await;
        assert_eq!((carl.state, carl.reason.as_deref()), (RecipientState::Skipped, Some("bounced_before")));
        assert_eq!(mails(&app)[CARL].len(), 1);
        // What is forgotten is forgotten.
        mail_merge::forget(&app.ctx, &app.owner, id).await.unwrap();
        let mut tx = app.ctx.store.read(&app.owner.scope()).await.unwrap();
        assert_eq!(tx.deliveries().counts(id).await.unwrap().replied, 0);
    }
}

store_test! {
    async fn s4_a_report_that_anybody_could_have_written_has_nobody_written_to_again_or_no_more(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = sent(&app, "News", LIST).await;
        let mark = of_mail(&app, BOB, "X-Tenon-Send");
        for (to, status) in [(BOB, "5.4.5"), (CARL, "5.1.1")] {
            let real = report(&app, to, "failed", status, "550 no");
            let own = of_mail(&app, to, "X-Tenon-Send");
            comes(&app, &real.replace(&own, &own.to_uppercase())).await;
        }
        for _ in 0..26 {
            app.pass(Duration::from_hours(1)).await;
        }
        let mails = mails(&app);
        assert!(mails.values().all(|copies| copies.len() == 1), "{mark}: nobody gets it twice");
        let bob = person(&app, id, BOB).await;
        assert_eq!((bob.state, bob.came_back.failure), (RecipientState::Sent, Some(Failure::DailyLimit)));
        let listed = suppressions::suppressions(&app.ctx, &app.owner, None, None, 10).await.unwrap();
        assert_eq!(listed.1, 0, "nobody is kept from mail by a stranger");
    }
}

store_test! {
    async fn g22_bounce_the_limit_of_the_day_is_told_after_a_yes(t: TestStore) {
        let app = TestApp::start(t).await;
        app.sandbox.control().faults().push(Fault::new("G22:bounce"));
        let (merge, _) = merge(&app, "News", "<p>Dear {{ row.first_name }}</p>").await;
        add_list(&app, merge.id, LIST).await;
        pace(&app, merge.id, 400, (0, 0), false).await;
        start(&app, merge.id).await.unwrap();
        app.settle().await;
        app.sync(mailbox(&app).await).await;
        app.settle().await;
        let view = now(&app, merge.id).await;
        assert_eq!((view.state, view.reason.as_deref()), (State::Running, Some("rests_a_day")), "{:?}", view.counts);
        // The others may have gone before it was read, or wait too.
        assert!(count(&view, RecipientState::Waiting) >= 1, "{:?}", view.counts);
        for _ in 0..26 {
            app.pass(Duration::from_hours(1)).await;
        }
        let done = ended(&app, merge.id).await;
        assert_eq!((done.state, count(&done, RecipientState::Sent)), (State::Done, 3), "{:?}", done.counts);
    }
}

store_test! {
    async fn s16_a_bounce_after_a_yes_is_told_of_its_person(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = sent(&app, "News", "First name,Mail\nBen,bounce@partner.example\nZoé,zoe@partner.example\n").await;
        app.sync(mailbox(&app).await).await;
        app.settle().await;
        let ben = person(&app, id, "bounce@partner.example").await;
        assert_eq!(ben.came_back.failure, Some(Failure::NoSuchAddress));
        assert_eq!(now(&app, id).await.came_back.bounced, 1);
    }
}

store_test! {
    async fn g22_what_the_own_provider_sends_back_for_its_limit_goes_a_day_later(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = sent(&app, "News", LIST).await;
        assert_eq!(now(&app, id).await.state, State::Done);
        let words = "550-5.4.5 Daily user sending limit exceeded.";
        comes(&app, &report(&app, BOB, "failed", "5.4.5", words)).await;
        app.settle().await;
        let view = now(&app, id).await;
        assert_eq!((view.state, view.reason.as_deref()), (State::Running, Some("rests_a_day")));
        assert_eq!(person(&app, id, BOB).await.state, RecipientState::Waiting);
        assert_eq!(view.came_back.bounced, 0, "it was not sent");
        app.pass(Duration::from_hours(23)).await;
        assert_eq!(mails(&app)[BOB].len(), 1);
        app.pass(Duration::from_hours(2)).await;
        let done = ended(&app, id).await;
        assert_eq!((done.state, count(&done, RecipientState::Sent)), (State::Done, 3), "{:?}", done.counts);
        let mails = mails(&app);
        assert_eq!((mails[BOB].len(), mails[ZOE].len()), (2, 1));
        assert!(mails[BOB][1].contains("Dear Bob"), "what the list says of them was still known");
        assert!(suppressions::suppressions(&app.ctx, &app.owner, None, None, 10).await.unwrap().0.items.is_empty());
        // An hour after that it is not.
        app.pass(Duration::from_hours(2)).await;
        let mut tx = app.ctx.store.read(&app.owner.scope()).await.unwrap();
        for person in tx.mail_merges().people(id, None, 0, 10).await.unwrap() {
            assert!(person.draft_id.is_none() && person.details.0.len() < 140, "{}", person.details.0.len());
        }
    }
}

fn token_of(app: &TestApp, to: &str) -> String {
    let header = of_mail(app, to, "List-Unsubscribe");
    let page = header.trim_matches(['<', '>']);
    page.rsplit_once("/u/").unwrap().1.to_owned()
}

store_test! {
    async fn k6_whoever_unsubscribes_gets_nothing_that_was_not_asked_for(t: TestStore) {
        let mut app = TestApp::start(t).await;
        let id = sent(&app, "News", LIST).await;
        let raw = mails(&app)[ZOE][0].clone();
        assert!(raw.contains("List-Unsubscribe-Post: List-Unsubscribe=One-Click"), "{raw}");
        let token = token_of(&app, ZOE);
        let parsed = mail_parser::MessageParser::new().parse(raw.as_bytes()).unwrap();
        for body in [parsed.body_html(0), parsed.body_text(0)] {
            assert!(body.unwrap().contains(&format!("/u/{token}")), "a line under the letter");
        }
        let shown = suppressions::unsubscribing(&app.ctx, &token).await.unwrap();
        assert_eq!((shown.address.as_str(), shown.done), ("z••••@partner.example", false));
        // The next one is in the outbox already when they say so.
        let (next, _) = merge(&app, "More", "<p>Dear {{ row.first_name }}</p>").await;
        way_out(&app, next.id, true).await;
        add_list(&app, next.id, LIST).await;
        pace(&app, next.id, 400, (0, 0), false).await;
        app.stop_jobs().await;
        start(&app, next.id).await.unwrap();
        let runner = tenon_app::register_jobs(Runner::new(app.ctx.store.clone(), app.ctx.world.clone(), app.ctx.clone()));
        while person(&app, next.id, ZOE).await.state == RecipientState::Waiting {
            assert!(runner.run_next(app.ctx.node).await.unwrap().is_some());
        }
        assert_eq!(person(&app, next.id, ZOE).await.state, RecipientState::Sending);
        let done = suppressions::unsubscribe(&app.ctx, &token).await.unwrap();
        assert!(done.done);
        suppressions::unsubscribe(&app.ctx, &token).await.unwrap();
        app.start_jobs();
        let view = ended(&app, next.id).await;
        assert_eq!((view.state, mails(&app)[ZOE].len()), (State::Done, 1), "{:?}", view.counts);
        let zoe = person(&app, next.id, ZOE).await;
        assert_eq!((zoe.state, zoe.reason.as_deref()), (RecipientState::Skipped, Some("unsubscribed")));
        assert_eq!(mails(&app)[BOB].len(), 2, "the others got theirs");
        assert_eq!(crate::mail_merge::drafts_of_ours(&app), 2, "two letters, and no message that did not go");
        assert_eq!(now(&app, id).await.came_back.unsubscribed, 1);
        let listed = suppressions::suppressions(&app.ctx, &app.owner, None, None, 10).await.unwrap();
        assert_eq!((listed.1, listed.0.items[0].what.as_str()), (1, ZOE));
        assert_eq!(listed.0.items[0].cause, SuppressionCause::Unsubscribed);
        // Before anything goes it is told.
        let (third, _) = merge(&app, "Third", "<p>{{ row.first_name }}</p>").await;
        way_out(&app, third.id, true).await;
        add_list(&app, third.id, LIST).await;
        let checked = mail_merge::check(&app.ctx, &app.owner, third.id, 0, 100).await.unwrap();
        assert_eq!((checked.problems.len(), checked.problems[0].code), (1, "unsubscribed"));
        let preview = mail_merge::preview(&app.ctx, &app.owner, third.id, 1).await.unwrap();
        assert!(preview.filled.html.contains("/u/test"), "{}", preview.filled.html);
        // The link holds after the mail merge is gone.
        let bob = token_of(&app, BOB);
        mail_merge::forget(&app.ctx, &app.owner, id).await.unwrap();
        assert!(suppressions::unsubscribe(&app.ctx, &bob).await.unwrap().done);
        let carl = token_of(&app, CARL);
        tenon_app::connections::disconnect(&app.ctx, &app.owner, mailbox(&app).await).await.unwrap();
        app.settle().await;
        assert!(suppressions::unsubscribe(&app.ctx, &carl).await.unwrap().done);
    }
}

store_test! {
    async fn s4_a_mail_merge_without_a_way_out_has_none(t: TestStore) {
        let app = TestApp::start(t).await;
        let (merge, _) = merge(&app, "To colleagues", "<p>{{ row.first_name }}</p>").await;
        add_list(&app, merge.id, LIST).await;
        way_out(&app, merge.id, false).await;
        pace(&app, merge.id, 400, (0, 0), false).await;
        start(&app, merge.id).await.unwrap();
        ended(&app, merge.id).await;
        let mails = mails(&app);
        assert!(mails.len() == 3 && mails.values().flatten().all(|m| !m.contains("Unsubscribe") && !m.contains("/u/")));
    }
}

store_test! {
    async fn k6_links_that_were_changed_open_nothing(t: TestStore) {
    let app = TestApp::start(t).await;
    sent(&app, "News", &list_of(1).replace("Name", "First name")).await;
    let token = token_of(&app, "p1@partner.example");
    let missing = |r: Result<suppressions::Unsubscribing, Error>| matches!(r, Err(Error::NotFound(_)));
    for at in (0..token.len()).step_by(5).chain([token.len() - 1]) {
        for new in ['A', 'z', '-'] {
            let mut other: Vec<char> = token.chars().collect();
            other[at] = new;
            let other: String = other.into_iter().collect();
            if other != token {
                // The last letter of base64 may hold bits that mean nothing.
                let same = at + 1 == token.len() && !missing(suppressions::unsubscribing(&app.ctx, &other).await);
                assert!(same || missing(suppressions::unsubscribe(&app.ctx, &other).await), "{at} {new}");
            }
        }
        assert!(missing(suppressions::unsubscribe(&app.ctx, &token[..at]).await), "cut at {at}");
    }
    for odd in ["", "x", "%00", "null", &"A".repeat(5_000)] {
        assert!(missing(suppressions::unsubscribe(&app.ctx, odd).await), "{odd}");
    }
    let listed = suppressions::suppressions(&app.ctx, &app.owner, None, None, 10).await.unwrap();
    assert_eq!(listed.1, 0, "nobody was taken off");
    assert!(suppressions::unsubscribe(&app.ctx, "test").await.unwrap().test);
    assert!(suppressions::unsubscribe(&app.ctx, &token).await.unwrap().done);
    }
}

store_test! {
    async fn s4_the_list_is_kept_by_hand_and_taken_from_other_programs(t: TestStore) {
        let app = TestApp::start(t).await;
        mailbox(&app).await;
        let (ctx, owner) = (&app.ctx, &app.owner);
        let one = suppressions::add_suppression(ctx, owner, " Zoe@Partner.example ", "asked by phone").await.unwrap();
        assert_eq!((one.what.as_str(), one.note.as_str(), one.cause), (ZOE, "asked by phone", SuppressionCause::ByHand));
        let same = suppressions::add_suppression(ctx, owner, ZOE, "again").await.unwrap();
        assert_eq!((same.id, same.note.as_str()), (one.id, "asked by phone"));
        for odd in ["", "a b", "@", "x@y@z", "zoe@"] {
            assert!(matches!(suppressions::add_suppression(ctx, owner, odd, "").await, Err(Error::Validation(_))), "{odd}");
        }
        let csv = "Email,When\nzoe@partner.example,2024\nBOB@other.example,2025\n,\nnobody,2025\nrival.example,\n=x@y.example,1\n";
        let got = suppressions::import_suppressions(ctx, owner, bytes::Bytes::from(csv)).await.unwrap();
        assert_eq!((got.added, got.known, got.unreadable), (3, 1, 1), "{got:?}");
        let sought = suppressions::suppressions(ctx, owner, Some("anna@rival.example"), None, 10).await.unwrap();
        assert_eq!(sought.0.items[0].what, "@rival.example", "a domain stands against its people");
        assert!(suppressions::suppressions(ctx, owner, Some("ri"), None, 10).await.is_err());
        let page = suppressions::suppressions(ctx, owner, None, None, 3).await.unwrap();
        assert_eq!((page.0.items.len(), page.1), (3, 4));
        let rest = suppressions::suppressions(ctx, owner, None, page.0.next.as_deref(), 3).await.unwrap();
        assert_eq!(rest.0.items.len(), 1);
        let file = String::from_utf8(suppressions::export_suppressions(ctx, owner).await.unwrap()).unwrap();
        assert!(file.contains("'=x@y.example") && file.contains("asked by phone"), "{file}");
        let back = suppressions::import_suppressions(ctx, owner, bytes::Bytes::from(file)).await.unwrap();
        assert_eq!(back.added, 0, "its own file is known");
        // A domain holds for a mail merge.
        let id = sent(&app, "News", "First name,Mail\nAnna,anna@rival.example\nCarl,carl@partner.example\n").await;
        let anna = person(&app, id, "anna@rival.example").await;
        assert_eq!((anna.state, anna.reason.as_deref()), (RecipientState::Skipped, Some("wants_no_mail")));
        // Members see and add; taking out and taking along is for those who run the workspace.
        let member = app.member("m@partner.example").await;
        suppressions::add_suppression(ctx, &member, "d@partner.example", "").await.unwrap();
        assert!(matches!(suppressions::remove_suppression(ctx, &member, one.id).await, Err(Error::Forbidden)));
        assert!(matches!(suppressions::export_suppressions(ctx, &member).await, Err(Error::Forbidden)));
        suppressions::remove_suppression(ctx, owner, one.id).await.unwrap();
        assert!(matches!(suppressions::remove_suppression(ctx, owner, one.id).await, Err(Error::NotFound(_))));
    }
}
