//! Search and kept searches (requirement M6).

use std::time::Duration;

use tenon_app::mail;
use tenon_app::search::{self, NewSavedSearch, SearchInput, Searched};
use tenon_app::{Error, connections};
use tenon_sandbox::{Fault, NewMail};
use tenon_testkit::app::{Options, TestApp};
use tenon_testkit::{TestStore, store_test};

const ALICE: &str = "alice@example.com";
const DAY: u64 = 24 * 3_600;

fn mail_of(app: &TestApp, days: u64, from: &str, subject: &str) -> String {
    let date = app.ctx.world.now() - Duration::from_secs(days * DAY);
    let date = rfc2822(date.as_secs());
    let mail = NewMail::new(from, ALICE, subject)
        .text("the walrus and the carpenter")
        .header("Date", &date);
    app.sandbox
        .control()
        .insert_message(ALICE, mail, &["INBOX"])
}

/// `Date:` of a moment, in UTC.
pub(crate) fn rfc2822(seconds: i64) -> String {
    let days = seconds.div_euclid(86_400);
    // Howard Hinnant's civil-from-days, for dates after 1970.
    let z = days + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1_460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let day = doy - (153 * mp + 2) / 5 + 1;
    let month = if mp < 10 { mp + 3 } else { mp - 9 };
    let year = yoe + era * 400 + i64::from(month <= 2);
    let names = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let s = seconds.rem_euclid(86_400);
    format!(
        "{day} {} {year} {:02}:{:02}:{:02} +0000",
        names[(month - 1) as usize],
        s / 3_600,
        s / 60 % 60,
        s % 60
    )
}

async fn find(app: &TestApp, query: &str) -> Searched {
    let input = SearchInput {
        query: query.into(),
        connection: None,
        limit: 25,
        after: None,
    };
    search::search(&app.ctx, &app.owner, input).await.unwrap()
}

async fn boxed(t: TestStore) -> TestApp {
    let options = Options {
        messages: 0,
        config: |c| c.mail_days = 180,
        ..Options::default()
    };
    TestApp::start_with(t, options).await
}

store_test! {
    async fn stored_and_older_mail_is_found_as_one_list_and_opened_alike(t: TestStore) {
        let app = boxed(t).await;
        mail_of(&app, 3, "Ann Lee <ann@partner.example>", "Walrus now");
        let old = mail_of(&app, 400, "Ann Lee <ann@partner.example>", "Walrus then");
        let id = app.connect(ALICE).await;
        assert_eq!(app.stored(id).await.len(), 1, "the other is older than the time box");
        let found = find(&app, "walrus").await;
        let subjects: Vec<&str> = found.items.iter().map(|f| f.subject.as_str()).collect();
        assert_eq!(subjects, ["Walrus now", "Walrus then"]);
        assert!(found.items[0].thread.is_some() && found.unanswered.is_empty() && found.next.is_none());
        assert_eq!(app.stored(id).await.len(), 1, "finding stores nothing");
        let hit = &found.items[1];
        assert!(hit.thread.is_none());
        assert_eq!(hit.participants[0].address, "ann@partner.example");
        let thread = search::open_found(&app.ctx, &app.owner, id, &hit.provider_thread_id).await.unwrap();
        let detail = mail::thread(&app.ctx, &app.owner, thread).await.unwrap();
        let opened = mail::open(&app.ctx, &app.owner, detail.messages[0].id).await.unwrap();
        assert_eq!(opened.body.kind, "text");
        assert!(app.stored(id).await.contains_key(&old));
        // It stays for a day, and goes with the purge after that.
        app.pass(Duration::from_hours(1)).await;
        assert!(app.stored(id).await.contains_key(&old));
        // Another member finds nothing in it.
        let other = app.member("otto@tenon.example").await;
        let theirs = search::open_found(&app.ctx, &other, id, &hit.provider_thread_id).await;
        assert!(matches!(theirs, Err(Error::NotFound(_))));
        let input = SearchInput { query: "walrus".into(), connection: Some(id), limit: 25, after: None };
        assert!(matches!(search::search(&app.ctx, &other, input).await, Err(Error::NotFound(_))));
    }
}

store_test! {
    async fn names_become_addresses_and_pages_follow_each_other(t: TestStore) {
        let app = boxed(t).await;
        for n in 0..5 {
            mail_of(&app, n, "Ann Lee <ann@partner.example>", &format!("Number {n}"));
        }
        mail_of(&app, 1, "ann@partner.example", "Without a name");
        app.connect(ALICE).await;
        let found = find(&app, "from:ann").await;
        assert_eq!(found.resolved.len(), 1);
        assert_eq!(found.resolved[0].people, [("Ann Lee".to_owned(), "ann@partner.example".to_owned())]);
        assert!(found.items.iter().any(|f| f.subject == "Without a name"));
        assert_eq!(found.items.len(), 6);
        let mut after = None;
        let mut seen = Vec::new();
        loop {
            let input = SearchInput { query: "from:ann".into(), connection: None, limit: 2, after };
            let page = search::search(&app.ctx, &app.owner, input).await.unwrap();
            seen.extend(page.items.iter().map(|f| f.provider_thread_id.clone()));
            after = page.next;
            if after.is_none() {
                break;
            }
        }
        assert_eq!(seen.len(), 6);
        for bad in ["", " ", "a\0b", &"x".repeat(3_000)] {
            let input = SearchInput { query: bad.into(), connection: None, limit: 25, after: None };
            assert!(matches!(search::search(&app.ctx, &app.owner, input).await, Err(Error::Validation(_))));
        }
    }
}

store_test! {
    async fn a_provider_that_does_not_answer_leaves_the_index_of_addresses(t: TestStore) {
        let app = boxed(t).await;
        mail_of(&app, 3, "Ann Lee <ann@partner.example>", "Walrus now");
        let id = app.connect(ALICE).await;
        app.sandbox.control().faults().push(Fault::new("HTTP:503").on("/messages\\?").always());
        let found = find(&app, "ann@partner.example").await;
        assert_eq!(found.items.len(), 1);
        assert_eq!(found.unanswered[0].reason, "provider_unavailable");
        assert!(find(&app, "walrus").await.items.is_empty());
        app.sandbox.control().faults().clear();
        connections::pause(&app.ctx, &app.owner, id).await.unwrap();
        app.sandbox.control().reset_log();
        let found = find(&app, "from:ann@partner.example").await;
        assert_eq!((found.items.len(), found.unanswered[0].reason.as_str()), (1, "paused"));
        assert!(app.sandbox.control().requests().is_empty(), "a pause asks nothing of the provider");
    }
}

store_test! {
    async fn kept_searches_are_the_members_own_and_sealed(t: TestStore) {
        let app = boxed(t).await;
        let new = NewSavedSearch { name: String::new(), query: "from:ann walrus".into() };
        let kept = search::save(&app.ctx, &app.owner, new).await.unwrap();
        let list = search::saved(&app.ctx, &app.owner).await.unwrap();
        assert_eq!((list.len(), list[0].name.as_str()), (1, "from:ann walrus"));
        let mut tx = app.ctx.store.read(&app.owner.scope()).await.unwrap();
        let row = tx.saved_searches().list().await.unwrap().remove(0);
        drop(tx);
        assert!(!row.search.0.windows(6).any(|w| w == b"walrus"));
        let other = app.member("otto@tenon.example").await;
        assert!(search::saved(&app.ctx, &other).await.unwrap().is_empty());
        assert!(matches!(search::delete_saved(&app.ctx, &other, kept.id).await, Err(Error::NotFound(_))));
        search::delete_saved(&app.ctx, &app.owner, kept.id).await.unwrap();
        assert!(search::saved(&app.ctx, &app.owner).await.unwrap().is_empty());
    }
}
