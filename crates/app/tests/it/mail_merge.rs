//! Mail merge (requirement S3): one letter to many, a message each, to nobody twice.

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use tenon_app::access::{self, UpdateMe};
use tenon_app::compose::{
    self, AttachmentRef, DraftInput, DraftView, SendsWanted, UploadInput, UploadWriter,
};
use tenon_app::mail_merge::{self, Change, Contacts, MailMergeView, PersonView, Source, Start};
use tenon_app::{Actor, Error, connections};
use tenon_model::hours::{WallTime, WorkingHours};
use tenon_model::mail_merge::{RecipientState, State};
use tenon_model::records::{Kind, ShareScope};
use tenon_model::{ConnectionId, MailMergeId, Time};
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

use crate::composing::{ALICE, WRITING, key, letter, save};
use crate::records::{make, try_make, which};

pub(crate) const LIST: &str = "First name,E-mail,City\nZoé,zoe@partner.example,Lyon\nBob,bob@partner.example,Köln\nCarl,carl@partner.example,\n";

fn text(connection: ConnectionId, subject: &str, html: &str) -> DraftInput {
    DraftInput {
        to: vec![],
        html: html.to_owned(),
        ..letter(connection, subject)
    }
}

pub(crate) async fn mailbox(app: &TestApp) -> ConnectionId {
    match connections::list(&app.ctx, &app.owner)
        .await
        .unwrap()
        .first()
    {
        Some(connection) => connection.id,
        None => app.connect_with(ALICE, WRITING).await,
    }
}

/// A mail merge with this letter.
pub(crate) async fn merge(app: &TestApp, subject: &str, html: &str) -> (MailMergeView, DraftView) {
    let connection = mailbox(app).await;
    let draft = save(app, text(connection, subject, html), subject)
        .await
        .unwrap();
    let merge = mail_merge::create(&app.ctx, &app.owner, draft.id)
        .await
        .unwrap();
    (merge, draft)
}

pub(crate) async fn add_list(app: &TestApp, id: MailMergeId, list: &str) -> mail_merge::Added {
    let bytes = bytes::Bytes::from(list.to_owned());
    mail_merge::add_file(&app.ctx, &app.owner, id, "list.csv".into(), bytes, None)
        .await
        .unwrap()
}

pub(crate) async fn pace(
    app: &TestApp,
    id: MailMergeId,
    daily_cap: u32,
    gap: (u32, u32),
    in_hours: bool,
) {
    let change = Change {
        daily_cap: Some(daily_cap),
        gap_min: Some(gap.0),
        gap_max: Some(gap.1),
        in_hours: Some(in_hours),
        ..Change::default()
    };
    mail_merge::change(&app.ctx, &app.owner, id, change)
        .await
        .unwrap();
}

pub(crate) async fn start(app: &TestApp, id: MailMergeId) -> Result<MailMergeView, Error> {
    mail_merge::start(&app.ctx, &app.owner, id, Start::default()).await
}

pub(crate) async fn now(app: &TestApp, id: MailMergeId) -> MailMergeView {
    mail_merge::mail_merge(&app.ctx, &app.owner, id)
        .await
        .unwrap()
}

pub(crate) async fn people(app: &TestApp, id: MailMergeId) -> Vec<PersonView> {
    mail_merge::people(
        &app.ctx,
        &app.owner,
        id,
        mail_merge::Wanted::default(),
        None,
        500,
    )
    .await
    .unwrap()
    .items
}

pub(crate) fn count(view: &MailMergeView, state: RecipientState) -> u64 {
    view.counts
        .iter()
        .filter(|c| c.state == state)
        .map(|c| c.count)
        .sum()
}

/// Lets time pass until it stands still.
pub(crate) async fn ended(app: &TestApp, id: MailMergeId) -> MailMergeView {
    for _ in 0..120 {
        let view = now(app, id).await;
        if view.state != State::Running {
            app.pass(Duration::from_mins(10)).await; // drafts that are cleared away
            return now(app, id).await;
        }
        app.pass(Duration::from_mins(1)).await;
    }
    now(app, id).await
}

/// The messages that were sent, by whom they are to.
pub(crate) fn mails(app: &TestApp) -> BTreeMap<String, Vec<String>> {
    let control = app.sandbox.control();
    let mut out: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, _, labels) in control.messages(ALICE) {
        let raw =
            String::from_utf8_lossy(&control.raw(ALICE, &id).unwrap_or_default()).into_owned();
        if labels.iter().any(|l| l == "SENT") && raw.contains("X-Tenon-Send:") {
            let to = control.header(ALICE, &id, "To").unwrap_or_default();
            let address = to
                .rsplit('<')
                .next()
                .unwrap_or_default()
                .trim_matches(['>', ' ']);
            out.entry(address.to_owned()).or_default().push(raw);
        }
    }
    out
}

store_test! {
    async fn s3_everybody_of_a_list_gets_a_message_of_their_own_once(t: TestStore) {
        let app = TestApp::start(t).await;
        let connection = mailbox(&app).await;
        let input = UploadInput { name: "prix.pdf".into(), content_type: "application/pdf".into(), inline: false, size: None };
        let mut writer = UploadWriter::begin(&app.ctx, &app.owner, input).unwrap();
        writer.push(b"%PDF-1.4 prices").unwrap();
        let file = writer.finish(&app.ctx).id;
        let html = "<p>Dear {{ row.first_name }} of {{ row.city | default(\"somewhere\") }}</p>";
        let mut draft = text(connection, "For {{ row.first_name }}", html);
        draft.attachments = vec![AttachmentRef::Upload(file)];
        let draft = save(&app, draft, "d").await.unwrap();
        let merge = mail_merge::create(&app.ctx, &app.owner, draft.id).await.unwrap();
        let again = mail_merge::create(&app.ctx, &app.owner, draft.id).await.unwrap();
        assert_eq!((again.id, again.state, again.name.as_str()), (merge.id, State::Draft, "For {{ row.first_name }}"));
        let added = add_list(&app, merge.id, LIST).await;
        assert_eq!((added.added, added.left_out.len()), (3, 0));
        let twice = add_list(&app, merge.id, "mail\nZOE@partner.example\nnew@partner.example\n").await;
        assert_eq!((twice.added, twice.left_out["twice"]), (1, 1));
        mail_merge::remove(&app.ctx, &app.owner, merge.id, people(&app, merge.id).await.last().unwrap().number).await.unwrap();

        let preview = mail_merge::preview(&app.ctx, &app.owner, merge.id, 2).await.unwrap();
        assert_eq!((preview.address.as_str(), preview.filled.subject.as_str()), ("bob@partner.example", "For Bob"));
        assert_eq!(preview.files, ["prix.pdf"]);
        assert_eq!(compose::draft(&app.ctx, &app.owner, draft.id).await.unwrap().mail_merge, Some(merge.id));

        let begun = start(&app, merge.id).await.unwrap();
        assert!(begun.ends_at.is_some() && begun.next_at.is_some());
        assert!(matches!(start(&app, merge.id).await, Err(Error::TooLate)), "a second click");
        let done = ended(&app, merge.id).await;
        assert_eq!((done.state, count(&done, RecipientState::Sent)), (State::Done, 3), "{:?}", done.counts);
        let mails = mails(&app);
        assert_eq!(mails.keys().collect::<Vec<_>>(), ["bob@partner.example", "carl@partner.example", "zoe@partner.example"]);
        for (address, copies) in &mails {
            assert_eq!(copies.len(), 1, "{address}");
            assert!(copies[0].contains("prix.pdf") && !copies[0].to_lowercase().contains("\r\nbcc:"));
        }
        assert!(mails["carl@partner.example"][0].contains("of somewhere"));
        assert!(mails["bob@partner.example"][0].contains("For Bob"));
        // What the list said of them is forgotten after an hour; who they are is not.
        app.pass(Duration::from_mins(70)).await;
        let mut tx = app.ctx.store.read(&app.owner.scope()).await.unwrap();
        for person in tx.mail_merges().people(merge.id, None, 0, 10).await.unwrap() {
            assert!(person.draft_id.is_none() && person.details.0.len() < 140, "{}", person.details.0.len());
        }
        drop(tx);
        assert_eq!(people(&app, merge.id).await[0].name, "Zoé");
        let outbox = compose::sends(&app.ctx, &app.owner, SendsWanted { limit: 50, ..SendsWanted::default() }).await.unwrap();
        assert!(outbox.items.is_empty(), "they are in their own list");
        let file = mail_merge::results(&app.ctx, &app.owner, merge.id).await.unwrap();
        let file = String::from_utf8(file.to_vec()).unwrap();
        assert!(file.contains("1,zoe@partner.example,Zoé,sent,,,2026-"), "{file}");
        // The letter is kept, and can be another one's.
        assert_eq!(app.sandbox.control().drafts(ALICE).last().unwrap().0, provider_id(&app, &draft).await);
        let next = mail_merge::create(&app.ctx, &app.owner, draft.id).await.unwrap();
        assert_ne!(next.id, merge.id);
        mail_merge::forget(&app.ctx, &app.owner, merge.id).await.unwrap();
        assert!(matches!(mail_merge::mail_merge(&app.ctx, &app.owner, merge.id).await, Err(Error::NotFound(_))));
    }
}

async fn provider_id(app: &TestApp, draft: &DraftView) -> String {
    let mut tx = app.ctx.store.read(&app.owner.scope()).await.unwrap();
    tx.drafts()
        .get(draft.id)
        .await
        .unwrap()
        .unwrap()
        .provider_id
        .unwrap()
}

pub(crate) fn list_of(n: usize) -> String {
    let rows: Vec<String> = (1..=n)
        .map(|i| format!("Person {i},p{i}@partner.example\n"))
        .collect();
    format!("Name,Mail\n{}", rows.concat())
}

store_test! {
    async fn s3_messages_go_at_their_pace_in_hours_and_the_days_number(t: TestStore) {
        let app = TestApp::start(t).await;
        let hours = WorkingHours { days: vec![1, 2, 3, 4, 5, 6, 7], from: "09:00".into(), until: "10:00".into() };
        let me = UpdateMe { working_hours: Some(hours), time_zone: Some("Europe/Paris".into()), ..UpdateMe::default() };
        access::update_me(&app.ctx, &app.owner, me).await.unwrap();
        let (merge, _) = merge(&app, "Pace", "<p>{{ row.name }}</p>").await;
        add_list(&app, merge.id, &list_of(5)).await;
        pace(&app, merge.id, 3, (600, 900), true).await;
        let at = WallTime::of(app.ctx.world.now() + Duration::from_hours(48), "Europe/Paris");
        let at = WallTime { local: format!("{}T03:00", &at.local[..10]), ..at };
        let begun = mail_merge::start(&app.ctx, &app.owner, merge.id, Start { at: Some(at.clone()) }).await.unwrap();
        let first = at.moment().unwrap().at;
        assert_eq!(begun.next_at, Some(first));
        let mut went: Vec<Time> = Vec::new();
        for _ in 0..(24 * 12 * 4) {
            let sent = people(&app, merge.id).await;
            let mut at: Vec<Time> = sent.iter().filter_map(|p| p.settled_at).collect();
            at.sort_unstable();
            went = at;
            if went.len() == 5 {
                break;
            }
            app.pass(Duration::from_mins(5)).await;
        }
        assert_eq!(went.len(), 5, "{:?}", now(&app, merge.id).await);
        let opens = first + Duration::from_hours(6);
        for (i, at) in went.iter().enumerate() {
            let wall = WallTime::of(*at, "Europe/Paris").local;
            assert!(wall.contains("T09:"), "{wall}");
            let day = at.since(opens).as_secs() / 86_400;
            assert_eq!(day, u64::from(i >= 3), "three a day: {wall}");
        }
        assert!(went[1].since(went[0]) >= Duration::from_mins(10), "{went:?}");
        assert!(went[3].since(went[0]) >= Duration::from_hours(24), "a rolling day");
    }
}

store_test! {
    async fn s3_other_messages_of_the_mailbox_count_and_two_merges_share_its_pace(t: TestStore) {
        let app = TestApp::start(t).await;
        let (one, _) = merge(&app, "One", "<p>1</p>").await;
        let (two, _) = merge(&app, "Two", "<p>2</p>").await;
        for id in [one.id, two.id] {
            add_list(&app, id, &list_of(3)).await;
            pace(&app, id, 4, (60, 60), false).await;
            start(&app, id).await.unwrap();
            app.settle().await;
        }
        for _ in 0..30 {
            app.pass(Duration::from_mins(1)).await;
        }
        let all: usize = mails(&app).values().map(Vec::len).sum();
        assert_eq!(all, 4, "four a day of the mailbox, whatever they belong to");
        let both = [now(&app, one.id).await, now(&app, two.id).await];
        let waits = both.iter().find(|m| m.state == State::Running).expect("one of them waits");
        assert_eq!(waits.reason.as_deref(), Some("daily_cap"));
        assert!(waits.next_at.unwrap() > app.ctx.world.now() + Duration::from_hours(23));
        let mut went: Vec<Time> = Vec::new();
        for id in [one.id, two.id] {
            went.extend(people(&app, id).await.iter().filter_map(|p| p.settled_at));
        }
        went.sort_unstable();
        for pair in went.windows(2) {
            assert!(pair[1].since(pair[0]) >= Duration::from_secs(55), "{went:?}");
        }
        // More may go: nobody waits for the day to end.
        let (waits, before) = (waits.id, mails(&app).values().map(Vec::len).sum::<usize>());
        pace(&app, waits, 5, (60, 60), false).await;
        for _ in 0..3 {
            app.pass(Duration::from_mins(1)).await;
        }
        assert_eq!(mails(&app).values().map(Vec::len).sum::<usize>(), before + 1);
        app.pass(Duration::from_hours(25)).await;
        assert_eq!((ended(&app, one.id).await.state, ended(&app, two.id).await.state), (State::Done, State::Done));
        assert!(mails(&app).values().all(|copies| copies.len() == 2));
    }
}

store_test! {
    async fn s3_it_is_paused_goes_on_is_cancelled_and_a_changed_letter_stops_it(t: TestStore) {
        let app = TestApp::start(t).await;
        let (merge, draft) = merge(&app, "Stop", "<p>{{ row.name }}</p>").await;
        let empty = start(&app, merge.id).await;
        assert!(matches!(empty, Err(Error::Validation(_))), "nobody is in the list");
        let row = |i: usize| format!("Person {i},p{i}@partner.example,{}\n", "what one knows of them ".repeat(10));
        let list: String = (1..=6).map(row).collect();
        add_list(&app, merge.id, &format!("Name,Mail,Note\n{list}")).await;
        pace(&app, merge.id, 400, (120, 120), false).await;
        start(&app, merge.id).await.unwrap();
        app.pass(Duration::from_secs(30)).await;
        let paused = mail_merge::pause(&app.ctx, &app.owner, merge.id).await.unwrap();
        assert_eq!((paused.state, paused.next_at), (State::Paused, None));
        app.pass(Duration::from_hours(2)).await;
        assert_eq!(mails(&app).len(), 1);
        mail_merge::resume(&app.ctx, &app.owner, merge.id).await.unwrap();
        app.pass(Duration::from_mins(3)).await;
        let before = mails(&app).len();
        assert!(before > 1);

        // Changed elsewhere: nobody gets half of it.
        let connection = mailbox(&app).await;
        compose::update_draft(&app.ctx, &app.owner, draft.id, text(connection, "Other", "<p>Other {{ row.name }}</p>"), None).await.unwrap();
        for _ in 0..10 {
            app.pass(Duration::from_mins(1)).await;
        }
        let stopped = now(&app, merge.id).await;
        assert_eq!((stopped.state, stopped.reason.as_deref()), (State::Paused, Some("letter_changed")));
        assert!(stopped.reason_text.is_some_and(|t| t.contains("letter")));
        mail_merge::resume(&app.ctx, &app.owner, merge.id).await.unwrap();
        app.pass(Duration::from_mins(3)).await;
        assert!(mails(&app).values().any(|m| m[0].contains("Subject: Other")));

        let ended = mail_merge::cancel(&app.ctx, &app.owner, merge.id).await.unwrap();
        assert_eq!(ended.state, State::Cancelled);
        app.pass(Duration::from_hours(1)).await;
        let ended = now(&app, merge.id).await;
        assert_eq!(count(&ended, RecipientState::Sent) as usize, mails(&app).len());
        assert_eq!(count(&ended, RecipientState::Sent) + count(&ended, RecipientState::Cancelled), 6);
        assert!(matches!(mail_merge::resume(&app.ctx, &app.owner, merge.id).await, Err(Error::TooLate)));
        assert_eq!(drafts_of_ours(&app), 1, "only the letter is left");
        let mut tx = app.ctx.store.read(&app.owner.scope()).await.unwrap();
        for person in tx.mail_merges().people(merge.id, None, 0, 10).await.unwrap() {
            assert!(person.details.0.len() < 140, "what the list says of them: {}", person.details.0.len());
        }
    }
}

/// Drafts in the mailbox that bear our header.
pub(crate) fn drafts_of_ours(app: &TestApp) -> usize {
    let control = app.sandbox.control();
    let drafts = control.drafts(ALICE);
    drafts
        .iter()
        .filter(|(_, message)| {
            let raw = control.raw(ALICE, message).unwrap_or_default();
            String::from_utf8_lossy(&raw).contains("X-Tenon-Send:")
        })
        .count()
}

store_test! {
    async fn s3_a_letter_that_is_gone_or_names_somebody_goes_to_nobody(t: TestStore) {
        let app = TestApp::start(t).await;
        let connection = mailbox(&app).await;
        let draft = save(&app, letter(connection, "To Bob"), "b").await.unwrap();
        let named = mail_merge::create(&app.ctx, &app.owner, draft.id).await.unwrap();
        add_list(&app, named.id, LIST).await;
        let refused = start(&app, named.id).await;
        assert!(matches!(refused, Err(Error::Validation(ref f)) if f[0].0 == "draft"), "{refused:?}");

        let (merge, draft) = merge(&app, "Gone", "<p>x</p>").await;
        add_list(&app, merge.id, LIST).await;
        pace(&app, merge.id, 400, (45, 45), false).await;
        start(&app, merge.id).await.unwrap();
        compose::discard(&app.ctx, &app.owner, draft.id).await.unwrap();
        for _ in 0..15 {
            app.pass(Duration::from_mins(1)).await;
        }
        let stopped = now(&app, merge.id).await;
        assert_eq!((stopped.state, stopped.reason.as_deref()), (State::Paused, Some("letter_gone")));
        assert!(mails(&app).len() <= 1);
    }
}

store_test! {
    async fn s3_a_hole_is_told_before_and_nobody_gets_one(t: TestStore) {
        let app = TestApp::start(t).await;
        let (unknown, _) = merge(&app, "x", "<p>{{ row.town }}</p>").await;
        add_list(&app, unknown.id, LIST).await;
        let refused = start(&app, unknown.id).await;
        assert!(matches!(refused, Err(Error::Validation(ref f)) if f[0].1.contains("row.town")), "{refused:?}");

        let owner = app.owner;
        make(&app, &owner, Kind::Contact, json!({"first_name": "Ann", "last_name": "A", "emails": [{"address": "ann@partner.example"}]})).await;
        let ben = make(&app, &owner, Kind::Contact, json!({"last_name": "B", "emails": [{"address": "ben@partner.example"}]})).await;
        make(&app, &owner, Kind::Contact, json!({"last_name": "No address"})).await;
        let (merge, _) = merge(&app, "Hello", "<p>{{ contact.first_name }}</p>").await;
        let added = mail_merge::add(&app.ctx, &owner, merge.id, Source::All(Box::new(which(Kind::Contact))), Contacts::First).await.unwrap();
        assert_eq!((added.added, added.left_out["no_address"]), (2, 1));
        let checked = mail_merge::check(&app.ctx, &owner, merge.id, 0, 100).await.unwrap();
        assert_eq!((checked.looked_at, checked.next), (2, None));
        let problem = &checked.problems[0];
        assert_eq!((problem.address.as_str(), problem.code, &problem.missing[..]), ("ben@partner.example", "missing_values", &["contact.first_name".to_owned()][..]));
        start(&app, merge.id).await.unwrap();
        let done = ended(&app, merge.id).await;
        assert_eq!((done.state, count(&done, RecipientState::Sent), count(&done, RecipientState::Skipped)), (State::Done, 1, 1));
        let left = people(&app, merge.id).await.into_iter().find(|p| p.state == RecipientState::Skipped).unwrap();
        assert_eq!((left.reason.as_deref(), left.missing.len(), left.record), (Some("missing_values"), 1, Some(ben.id)));

        crate::records::edit(&app, &owner, &ben, json!({"first_name": "Ben"})).await.unwrap();
        mail_merge::retry(&app.ctx, &owner, merge.id).await.unwrap();
        let done = ended(&app, merge.id).await;
        assert_eq!((done.state, count(&done, RecipientState::Sent)), (State::Done, 2), "{:?}", done.counts);
        assert!(mails(&app).values().all(|copies| copies.len() == 1));
    }
}

store_test! {
    async fn s3_boxes_of_a_pipeline_bring_their_contacts_and_only_what_one_sees(t: TestStore) {
        let app = TestApp::start(t).await;
        let owner = app.owner;
        let ben = app.member("ben@example.com").await;
        let person = async |actor: &Actor, name: &str| {
            let address = format!("{}@partner.example", name.to_lowercase());
            make(&app, actor, Kind::Contact, json!({"first_name": name, "emails": [{"address": address}]})).await
        };
        let (ann, carl) = (person(&owner, "Ann").await, person(&owner, "Carl").await);
        let hidden = json!({"first_name": "Hidden", "emails": [{"address": "hidden@partner.example"}]});
        let hidden = try_make(&app, &ben, Kind::Contact, hidden, Some(ShareScope::Private)).await.unwrap();
        make(&app, &owner, Kind::Deal, json!({"name": "Roof", "contacts": [ann.id, carl.id], "amount": {"amount": "1200", "currency": "EUR"}})).await;
        make(&app, &owner, Kind::Deal, json!({"name": "Bare"})).await;
        let theirs = mail_merge::create(&app.ctx, &owner, save(&app, text(mailbox(&app).await, "x", "x"), "x").await.unwrap().id).await.unwrap();
        let ids = Source::Ids(Kind::Contact, vec![hidden.id]);
        let none = mail_merge::add(&app.ctx, &owner, theirs.id, ids, Contacts::First).await.unwrap();
        assert_eq!(none.added, 0, "a colleague's private contact");
        let (merge, _) = merge(&app, "{{ deal.name }}", "<p>{{ contact.first_name }}: {{ deal.amount }}</p>").await;
        let deals = || Source::All(Box::new(which(Kind::Deal)));
        let first = mail_merge::add(&app.ctx, &owner, merge.id, deals(), Contacts::First).await.unwrap();
        assert_eq!((first.added, first.left_out["no_address"]), (1, 1));
        let all = mail_merge::add(&app.ctx, &owner, merge.id, deals(), Contacts::All).await.unwrap();
        assert_eq!((all.added, all.left_out["twice"]), (1, 1));
        start(&app, merge.id).await.unwrap();
        assert_eq!(ended(&app, merge.id).await.state, State::Done);
        let mails = mails(&app);
        assert!(mails["ann@partner.example"][0].contains("Subject: Roof") && mails["ann@partner.example"][0].contains("Ann: 1200 EUR"));
        assert!(mails["carl@partner.example"][0].contains("Carl: 1200 EUR"));

        // A colleague's mail merge is theirs alone.
        let seen = mail_merge::mail_merge(&app.ctx, &ben, merge.id).await;
        assert!(matches!(seen, Err(Error::NotFound(_))));
        assert!(mail_merge::mail_merges(&app.ctx, &ben, None, 10).await.unwrap().items.is_empty());
        let taken = mail_merge::add(&app.ctx, &ben, merge.id, deals(), Contacts::All).await;
        assert!(matches!(taken, Err(Error::NotFound(_))));
    }
}

store_test! {
    async fn k10_what_a_list_says_makes_no_header_and_no_script(t: TestStore) {
        let app = TestApp::start(t).await;
        let html = "<p>Hello {{ row.name }}</p><p><a href=\"{{ row.link }}\">your page</a></p>";
        let (merge, _) = merge(&app, "For {{ row.name }}", html).await;
        let list = "Name,Mail,Link\n\
            \"Zoé\r\nBcc: evil@partner.example\",zoe@partner.example,javascript:alert(1)\n\
            \"<script>x</script>\",bob@partner.example,\"https://partner.example/?a=1&b=\"\"2\"\n\
            \"a\u{85}b=?utf-8?q?=0D=0ABcc:_c@d.example?=\",carl@partner.example,https://partner.example/\n";
        add_list(&app, merge.id, list).await;
        start(&app, merge.id).await.unwrap();
        let done = ended(&app, merge.id).await;
        assert_eq!(count(&done, RecipientState::Sent), 3, "{:?}", done.counts);
        for (address, copies) in mails(&app) {
            let raw = &copies[0];
            let head = raw.split("\r\n\r\n").next().unwrap();
            for name in ["To", "Subject", "From", "X-Tenon-Send"] {
                let lines = head.lines().filter(|l| l.to_lowercase().starts_with(&format!("{}:", name.to_lowercase())));
                assert_eq!(lines.count(), 1, "{address} {name}");
            }
            assert!(!head.to_lowercase().contains("\nbcc:"), "{head}");
            let html = raw.split("text/html").nth(1).unwrap();
            assert!(!html.contains("javascript:") && !html.contains("<script>"), "{raw}");
        }
    }
}

store_test! {
    async fn s3_a_message_to_try_it_goes_to_oneself_once(t: TestStore) {
        let app = TestApp::start(t).await;
        let (merge, _) = merge(&app, "For {{ row.first_name }}", "<p>{{ row.city }}</p>").await;
        add_list(&app, merge.id, LIST).await;
        let tried = async |number, name: &str| {
            mail_merge::test(&app.ctx, &app.owner, merge.id, number, key(&app.owner, "test", name)).await
        };
        let sent = tried(1, "k").await.unwrap();
        assert_eq!(tried(1, "k").await.unwrap().id, sent.id, "the same click");
        assert_eq!((sent.to[0].address.as_str(), sent.subject.as_str()), (ALICE, "For Zoé"));
        let hole = tried(3, "l").await;
        assert!(matches!(hole, Err(Error::Validation(ref f)) if f[0].1.contains("row.city")));
        app.pass(Duration::from_mins(2)).await;
        assert_eq!(mails(&app)[ALICE].len(), 1);
        assert_eq!(now(&app, merge.id).await.state, State::Draft, "nobody of the list was written to");
        assert_eq!(people(&app, merge.id).await.iter().filter(|p| p.state == RecipientState::Waiting).count(), 3);
    }
}

store_test! {
    async fn s3_the_list_is_sealed_and_goes_with_the_mailbox(t: TestStore) {
        let app = TestApp::start(t).await;
        let connection = mailbox(&app).await;
        let (merge, _) = merge(&app, "Canary subject", "<p>x</p>").await;
        add_list(&app, merge.id, "Name,Mail,Secret\nCanary Name,canary@partner.example,canary-cell\n").await;
        let mut tx = app.ctx.store.read(&app.owner.scope()).await.unwrap();
        let row = tx.mail_merges().get(merge.id).await.unwrap().unwrap();
        let person = tx.mail_merges().people(merge.id, None, 0, 1).await.unwrap().remove(0);
        drop(tx);
        for sealed in [row.content.0, person.details.0, person.address_index] {
            let bytes = String::from_utf8_lossy(&sealed).to_lowercase();
            assert!(!bytes.contains("canary") && !bytes.contains("secret"), "it stands there in clear");
        }
        start(&app, merge.id).await.unwrap();
        connections::disconnect(&app.ctx, &app.owner, connection).await.unwrap();
        app.pass(Duration::from_mins(10)).await;
        let gone = mail_merge::mail_merge(&app.ctx, &app.owner, merge.id).await;
        assert!(matches!(gone, Err(Error::NotFound(_))));
        let mut tx = app.ctx.store.read(&app.owner.scope()).await.unwrap();
        assert!(tx.mail_merges().people(merge.id, None, 0, 1).await.unwrap().is_empty());
    }
}
