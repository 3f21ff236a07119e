//! Mail meets records (decisions 0064, 0065): conversations joined to boxes and shared one by one, rules,
//! suggestions, last touches, how new records are shared.

use std::time::Duration;

use futures::StreamExt as _;
use serde_json::json;
use tenon_app::conversations::{self, FoundThread, JoinedBy, RuleView, ThreadScope, ThreadSharing};
use tenon_app::mail::{self, ThreadsQuery};
use tenon_app::records::{self, MomentOf, SharingView};
use tenon_app::{Actor, Ctx, Error, connections};
use tenon_model::audit::AuditAction;
use tenon_model::records::{
    Access, Kind, MailSource, Outcome, PipelineKind, ShareScope, StageRules,
};
use tenon_model::{ConnectionId, MessageId, RecordId, ThreadId};
use tenon_sandbox::NewMail;
use tenon_testkit::app::{Options, TestApp};
use tenon_testkit::{TestStore, store_test};

use crate::boxes::pipeline;
use crate::records::{make, try_make};

pub(crate) const ALICE: &str = "alice@example.com";
const FIRST: &str = "first@acme.example";

pub(crate) async fn empty(t: TestStore) -> TestApp {
    let options = Options {
        messages: 0,
        ..Options::default()
    };
    TestApp::start_with(t, options).await
}

/// A letter of Alice to Ann with a blind copy, Ann's answer with a file, an answer of Alice's that is not sent yet, and
/// one that is in the bin; beside them something of Bob's.
pub(crate) async fn letters(app: &TestApp) -> (ConnectionId, ThreadId) {
    let control = app.sandbox.control();
    let at = |minutes: u64| app.ctx.world.now() - Duration::from_mins(60 - minutes);
    let mut file = b"%PDF ".to_vec();
    file.resize(6 << 20, b'x');
    let letter = NewMail::new(
        "Alice <alice@example.com>",
        "Ann Lee <ann@acme.example>",
        "Walrus now",
    )
    .header("Bcc", "The boss <boss@secret.example>")
    .message_id(FIRST)
    .date(at(1))
    .text("Do you like oysters?");
    let answer = NewMail::new(
        "Ann Lee <ann@acme.example>",
        "alice@example.com",
        "Re: Walrus now",
    )
    .in_reply_to(FIRST)
    .date(at(2))
    .text("Very much.")
    .attach("oysters.pdf", "application/pdf", &file);
    let draft = NewMail::new("alice@example.com", "ann@acme.example", "Re: Walrus now")
        .in_reply_to(FIRST)
        .date(at(3))
        .text("I think they are too dear.");
    let binned = NewMail::new(
        "Eve <eve@acme.example>",
        "alice@example.com",
        "Re: Walrus now",
    )
    .in_reply_to(FIRST)
    .date(at(4))
    .text("Nonsense.");
    let other = NewMail::new(
        "Bob <bob@other.example>",
        "alice@example.com",
        "Something else",
    )
    .text("x");
    control.insert_message(ALICE, letter, &["SENT"]);
    control.insert_message(ALICE, answer, &["INBOX", "UNREAD"]);
    control.insert_message(ALICE, draft, &["DRAFT"]);
    control.insert_message(ALICE, binned, &["TRASH"]);
    control.insert_message(ALICE, other, &["INBOX"]);
    let connection = app.connect(ALICE).await;
    (connection, thread(app, "Walrus now").await)
}

pub(crate) async fn thread(app: &TestApp, subject: &str) -> ThreadId {
    let all = ThreadsQuery {
        limit: 200,
        ..ThreadsQuery::default()
    };
    let page = mail::threads(&app.ctx, &app.owner, all).await.unwrap();
    let found = page.items.iter().find(|t| t.subject == subject);
    found.expect(subject).id
}

pub(crate) fn sharing(scope: ThreadScope) -> ThreadSharing {
    ThreadSharing {
        scope,
        members: Vec::new(),
        teams: Vec::new(),
        records: false,
    }
}

pub(crate) async fn share(app: &TestApp, id: ThreadId, sharing: ThreadSharing) {
    conversations::set_sharing(&app.ctx, &app.owner, id, sharing)
        .await
        .unwrap();
}

pub(crate) async fn of(app: &TestApp, actor: &Actor, id: RecordId) -> Vec<FoundThread> {
    let page = conversations::threads_of(&app.ctx, actor, id, 50, None).await;
    page.unwrap().items
}

pub(crate) fn hidden<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::NotFound(_)))
}

/// Whether every way to read this conversation and its message refuses.
async fn all_hidden(ctx: &Ctx, actor: &Actor, thread: ThreadId, message: MessageId) -> bool {
    hidden(&mail::thread(ctx, actor, thread).await)
        && hidden(&conversations::of_thread(ctx, actor, thread).await)
        && hidden(&mail::open(ctx, actor, message).await)
        && hidden(&mail::body_html(ctx, actor, message, false, false).await)
        && hidden(&mail::original(ctx, actor, message).await)
        && hidden(&mail::attachment(ctx, actor, message, "1").await)
}

async fn bytes(mut download: mail::Download) -> Vec<u8> {
    let mut out = Vec::new();
    while let Some(chunk) = download.stream.next().await {
        out.extend_from_slice(&chunk.unwrap());
    }
    out
}

store_test! {
    async fn t4_a_shared_conversation_is_read_and_ends_at_once(t: TestStore) {
        let app = empty(t).await;
        let (me, otto) = (app.owner, app.member("otto@tenon.example").await);
        let (_, id) = letters(&app).await;
        let mine = mail::thread(&app.ctx, &me, id).await.unwrap();
        let (sent, came) = (mine.messages[0].id, mine.messages[1].id);
        let hidden_ones: Vec<MessageId> = mine.messages[2..].iter().map(|m| m.id).collect();
        assert!(hidden_ones.len() == 2 && mine.shared_by.is_none());
        assert!(all_hidden(&app.ctx, &otto, id, came).await);

        share(&app, id, ThreadSharing { members: vec![otto.member], ..sharing(ThreadScope::Shared) }).await;
        let theirs = mail::thread(&app.ctx, &otto, id).await.unwrap();
        assert_eq!(theirs.shared_by.as_ref().map(|(id, _)| *id), Some(me.member));
        assert_eq!(theirs.messages.iter().map(|m| m.id).collect::<Vec<_>>(), [sent, came], "no draft, nothing of the bin");
        assert!(theirs.messages.iter().all(|m| m.labels.is_empty() && !m.unread && !m.starred));
        let line = &theirs.thread;
        assert!(line.labels.is_empty() && line.unread_count == 0 && line.message_count == 2 && line.participants.iter().all(|p| !p.me));
        for message in hidden_ones {
            assert!(hidden(&mail::open(&app.ctx, &otto, message).await));
        }
        // Blind copies are the owner's alone.
        let is_bcc = |(name, _): &(String, String)| name.eq_ignore_ascii_case("bcc");
        assert!(mail::open(&app.ctx, &me, sent).await.unwrap().headers.iter().any(is_bcc));
        assert!(!mail::open(&app.ctx, &otto, sent).await.unwrap().headers.iter().any(is_bcc));
        let mine_raw = bytes(mail::original(&app.ctx, &me, sent).await.unwrap()).await;
        let mine_raw = String::from_utf8_lossy(&mine_raw).into_owned();
        assert!(mine_raw.contains("boss@secret.example"), "{mine_raw}");
        let raw = bytes(mail::original(&app.ctx, &otto, sent).await.unwrap()).await;
        let raw = String::from_utf8_lossy(&raw).into_owned();
        assert!(!raw.contains("secret.example") && raw.contains("ann@acme.example"), "{raw}");
        let body = |text: &str| text.split_once("\r\n\r\n").map(|(_, body)| body.to_owned());
        assert!(body(&raw).is_some() && body(&raw) == body(&mine_raw), "the rest is as it came");
        // Reading only, and no list of it.
        let opened = mail::open(&app.ctx, &otto, came).await.unwrap();
        assert!(mail::body_html(&app.ctx, &otto, came, false, false).await.unwrap().contains("Very much"));
        assert!(mail::threads(&app.ctx, &otto, ThreadsQuery { limit: 9, ..ThreadsQuery::default() }).await.unwrap().items.is_empty());
        assert!(hidden(&mail::show_sender(&app.ctx, &otto, came, true).await));
        let again = conversations::set_sharing(&app.ctx, &otto, id, sharing(ThreadScope::Workspace)).await;
        assert!(hidden(&again), "who reads it does not share it on");
        assert!(conversations::of_thread(&app.ctx, &otto, id).await.unwrap().sharing.is_none());
        // What comes later is shared too.
        let later = NewMail::new("Ann Lee <ann@acme.example>", ALICE, "Re: Walrus now").in_reply_to(FIRST).text("And you?");
        app.sandbox.control().insert_message(ALICE, later, &["INBOX"]);
        app.sync(mine.thread.connection).await;
        assert_eq!(mail::thread(&app.ctx, &otto, id).await.unwrap().messages.len(), 3);

        // Taken back while files are on their way, here and on another node.
        let node = app.node().await;
        let part = &opened.attachments[0].id;
        let mut streams = Vec::new();
        for ctx in [&app.ctx, &node] {
            let mut stream = mail::attachment(ctx, &otto, came, part).await.unwrap().stream;
            assert!(stream.next().await.unwrap().is_ok());
            streams.push(stream);
        }
        let mut own = mail::attachment(&app.ctx, &me, came, part).await.unwrap().stream;
        assert!(own.next().await.unwrap().is_ok());
        share(&app, id, sharing(ThreadScope::Private)).await;
        app.clock.advance(Duration::from_secs(1));
        for mut stream in streams {
            assert!(stream.next().await.unwrap().is_err(), "not a byte more");
            assert!(stream.next().await.is_none());
        }
        while let Some(chunk) = own.next().await {
            assert!(chunk.is_ok(), "the owner's goes on");
        }
        for ctx in [&app.ctx, &node] {
            assert!(all_hidden(ctx, &otto, id, came).await, "also what is in memory");
        }
        let told = tenon_app::audit::entries(&app.ctx, &me, tenon_app::audit::EntriesQuery { limit: 50, ..Default::default() }).await.unwrap();
        let told: Vec<&str> = told.items.iter().map(|e| e.action.as_str()).filter(|a| a.starts_with("thread_")).collect();
        assert_eq!(told, [AuditAction::ThreadUnshared, AuditAction::ThreadShared].map(AuditAction::as_str));
    }
}

store_test! {
    async fn sharing_ends_with_the_bin_the_grant_and_the_mailbox(t: TestStore) {
        let app = empty(t).await;
        let otto = app.member("otto@tenon.example").await;
        let (connection, id) = letters(&app).await;
        let came = mail::thread(&app.ctx, &app.owner, id).await.unwrap().messages[1].id;
        share(&app, id, sharing(ThreadScope::Workspace)).await;
        assert!(mail::thread(&app.ctx, &otto, id).await.is_ok());
        for (provider_id, _, _) in app.sandbox.control().messages(ALICE) {
            app.sandbox.control().modify_labels(ALICE, &provider_id, &["TRASH"], &["INBOX", "SENT"]);
        }
        app.sync(connection).await;
        assert!(all_hidden(&app.ctx, &otto, id, came).await, "what is in the bin is the owner's alone");
        assert!(mail::thread(&app.ctx, &app.owner, id).await.is_ok());
        for (provider_id, _, _) in app.sandbox.control().messages(ALICE) {
            app.sandbox.control().modify_labels(ALICE, &provider_id, &["INBOX"], &["TRASH"]);
        }
        app.sync(connection).await;
        assert!(mail::thread(&app.ctx, &otto, id).await.is_ok());
        connections::disconnect(&app.ctx, &app.owner, connection).await.unwrap();
        app.settle().await;
        assert!(all_hidden(&app.ctx, &otto, id, came).await);
    }
}

store_test! {
    async fn a_conversation_stands_in_boxes_and_is_read_by_who_sees_them(t: TestStore) {
        let app = empty(t).await;
        let (me, otto) = (app.owner, app.member("otto@tenon.example").await);
        let (_, id) = letters(&app).await;
        let (sales, _) = pipeline(&app, PipelineKind::Deals, &[("New", Outcome::Open, StageRules::default())]).await;
        let deal = make(&app, &me, Kind::Deal, json!({"name": "Oysters", "pipeline": sales.to_string()})).await;
        let ann = make(&app, &me, Kind::Contact, json!({"last_name": "Lee", "emails": [{"address": "ann@acme.example"}]})).await;
        let note = make(&app, &me, Kind::Note, json!({"body": "x"})).await;
        assert!(of(&app, &me, deal.id).await.is_empty() && deal.last_touch.is_none());
        conversations::join(&app.ctx, &me, id, deal.id).await.unwrap();
        conversations::join(&app.ctx, &me, id, deal.id).await.unwrap();
        assert!(matches!(conversations::join(&app.ctx, &me, id, note.id).await, Err(Error::Validation(_))));
        assert!(hidden(&conversations::join(&app.ctx, &otto, id, deal.id).await), "not somebody else's");

        let found = conversations::of_thread(&app.ctx, &me, id).await.unwrap();
        let joined = &found.boxes[0];
        assert_eq!((joined.record.id, joined.by, found.boxes.len()), (deal.id, me.member, 1));
        assert_eq!(joined.stage.as_ref().map(|(_, name, _)| name.as_str()), Some("New"));
        let person = found.people.iter().find(|p| p.address == "ann@acme.example").unwrap();
        assert_eq!(person.known.contact.as_ref().map(|c| c.id), Some(ann.id));
        assert_eq!(person.name, "Ann Lee");
        assert!(!found.people.iter().any(|p| p.address == ALICE));
        let listed = of(&app, &me, deal.id).await;
        assert_eq!((listed[0].thread.id, listed[0].by), (id, JoinedBy::Hand));
        assert_eq!(of(&app, &me, ann.id).await[0].by, JoinedBy::Address);
        let last = mail::thread(&app.ctx, &me, id).await.unwrap().thread.last_at;
        let touch = async |actor: &Actor, id| records::get(&app.ctx, actor, id).await.unwrap().last_touch;
        assert_eq!((touch(&me, deal.id).await, touch(&me, ann.id).await), (Some(last), Some(last)));

        // Who sees the box sees nothing of the conversation by that alone.
        assert!(of(&app, &otto, deal.id).await.is_empty() && of(&app, &otto, ann.id).await.is_empty());
        assert_eq!((touch(&otto, deal.id).await, touch(&otto, ann.id).await), (None, None));
        share(&app, id, ThreadSharing { records: true, ..sharing(ThreadScope::Shared) }).await;
        let theirs = of(&app, &otto, deal.id).await;
        assert_eq!(theirs[0].shared_by.as_ref().map(|(id, _)| *id), Some(me.member));
        assert_eq!((theirs[0].thread.subject.as_str(), theirs[0].thread.message_count), ("Walrus now", 2));
        assert_eq!(of(&app, &otto, ann.id).await.len(), 1, "by its people too");
        assert!(touch(&otto, deal.id).await.is_some() && touch(&otto, ann.id).await.is_some());
        let timeline = records::timeline(&app.ctx, &otto, deal.id, 50, None).await.unwrap();
        assert!(timeline.items.iter().any(|m| matches!(&m.of, MomentOf::Mail(f) if f.thread.id == id && f.shared_by.is_some())));
        let boxes = conversations::of_thread(&app.ctx, &otto, id).await.unwrap().boxes;
        assert_eq!(boxes.iter().map(|b| b.record.id).collect::<Vec<_>>(), [deal.id]);

        // A box that becomes private takes its readers with it; so does taking the conversation out.
        let private = SharingView { scope: ShareScope::Private, members: vec![], teams: vec![] };
        records::set_sharing(&app.ctx, &me, deal.id, private.clone()).await.unwrap();
        assert!(hidden(&mail::thread(&app.ctx, &otto, id).await));
        let open = SharingView { scope: ShareScope::Workspace, ..private };
        records::set_sharing(&app.ctx, &me, deal.id, open).await.unwrap();
        assert!(mail::thread(&app.ctx, &otto, id).await.is_ok());
        conversations::part(&app.ctx, &me, id, deal.id).await.unwrap();
        conversations::part(&app.ctx, &me, id, deal.id).await.unwrap();
        assert!(hidden(&mail::thread(&app.ctx, &otto, id).await));
        assert!(of(&app, &me, deal.id).await.is_empty());
        // A box that is removed for good takes its rows with it.
        conversations::join(&app.ctx, &me, id, deal.id).await.unwrap();
        records::delete(&app.ctx, &me, deal.id).await.unwrap();
        assert!(hidden(&mail::thread(&app.ctx, &otto, id).await), "the bin is no way to it");
        records::delete_forever(&app.ctx, &me, deal.id).await.unwrap();
        assert!(conversations::of_thread(&app.ctx, &me, id).await.unwrap().boxes.is_empty());
    }
}

store_test! {
    async fn rules_join_old_and_new_mail_but_not_what_was_taken_out(t: TestStore) {
        let app = empty(t).await;
        let (me, otto) = (app.owner, app.member("otto@tenon.example").await);
        let (connection, id) = letters(&app).await;
        let acme = make(&app, &me, Kind::Company, json!({"name": "Acme", "domain": "acme.example"})).await;
        let bob = make(&app, &me, Kind::Contact, json!({"last_name": "Bob", "emails": [{"address": "Bob@other.example"}]})).await;
        let rule = |from| RuleView { from, label: None, connection: None };
        let set = async |actor: &Actor, id, rules: &[RuleView]| {
            let set = conversations::set_rules(&app.ctx, actor, id, rules).await;
            app.settle().await;
            set
        };
        set(&me, acme.id, &[rule(MailSource::Domain), rule(MailSource::Domain)]).await.unwrap();
        set(&me, bob.id, &[rule(MailSource::Contacts)]).await.unwrap();
        assert_eq!(conversations::rules(&app.ctx, &me, acme.id).await.unwrap(), [rule(MailSource::Domain)]);
        assert!(conversations::rules(&app.ctx, &otto, acme.id).await.unwrap().is_empty(), "each has their own");
        assert!(matches!(set(&me, acme.id, &[rule(MailSource::Label)]).await, Err(Error::Validation(_))));
        let joined = async |record| {
            let found = of(&app, &me, record).await;
            found.iter().map(|f| (f.thread.id, f.by)).collect::<Vec<_>>()
        };
        assert_eq!(joined(acme.id).await, [(id, JoinedBy::Rule)]);
        let other = thread(&app, "Something else").await;
        assert_eq!(joined(bob.id).await, [(other, JoinedBy::Rule)]);

        // New mail, and again in a conversation that was taken out.
        conversations::part(&app.ctx, &me, id, acme.id).await.unwrap();
        let more = NewMail::new("Ann Lee <ann@acme.example>", ALICE, "Re: Walrus now").in_reply_to(FIRST).text("?");
        let fresh = NewMail::new("Carl <carl@acme.example>", ALICE, "Lobsters").text("?");
        app.sandbox.control().insert_message(ALICE, more, &["INBOX"]);
        app.sandbox.control().insert_message(ALICE, fresh, &["INBOX"]);
        app.sync(connection).await;
        app.settle().await;
        let lobsters = thread(&app, "Lobsters").await;
        assert_eq!(joined(acme.id).await, [(lobsters, JoinedBy::Rule)]);

        // By a label of one's own.
        let labels = mail::labels(&app.ctx, &me, connection).await.unwrap();
        let inbox = labels.iter().find(|l| l.provider_id == "INBOX").unwrap().id;
        let by_label = RuleView { from: MailSource::Label, label: Some(inbox), connection: None };
        assert!(hidden(&set(&otto, bob.id, &[by_label]).await), "a label of somebody else's");
        let now = set(&me, bob.id, &[by_label]).await.unwrap();
        assert_eq!(now[0].connection, Some(connection));
        let mut all = joined(bob.id).await;
        all.sort_unstable();
        let mut wanted = [(id, JoinedBy::Rule), (other, JoinedBy::Rule), (lobsters, JoinedBy::Rule)];
        wanted.sort_unstable();
        assert_eq!(all, wanted);
    }
}

store_test! {
    async fn people_of_the_mail_are_offered_and_machines_are_not(t: TestStore) {
        let app = empty(t).await;
        let (me, otto) = (app.owner, app.member("otto@tenon.example").await);
        let news = NewMail::new("News <news@weekly.example>", ALICE, "This week").header("List-Unsubscribe", "<https://weekly.example/u>").text("x");
        let robot = NewMail::new("No reply <no-reply@shop.example>", ALICE, "Your order").text("x");
        let auto = NewMail::new("Away <away@acme.example>", ALICE, "Out").header("Auto-Submitted", "auto-replied").text("x");
        let colleague = NewMail::new("Otto <otto@tenon.example>", ALICE, "Lunch").text("x");
        for mail in [news, robot, auto, colleague] {
            app.sandbox.control().insert_message(ALICE, mail, &["INBOX"]);
        }
        letters(&app).await;
        let acme = make(&app, &me, Kind::Company, json!({"name": "Acme", "domain": "acme.example"})).await;
        let offered = async |actor: &Actor| {
            let (mut out, mut after) = (Vec::new(), None);
            loop {
                let page = conversations::suggestions(&app.ctx, actor, 1, after.as_deref()).await.unwrap();
                out.extend(page.items);
                after = page.next;
                if after.is_none() { return out; }
            }
        };
        let found = offered(&me).await;
        let mut names: Vec<&str> = found.iter().map(|s| s.address.as_str()).collect();
        names.sort_unstable();
        assert_eq!(names, ["ann@acme.example", "bob@other.example"]);
        let ann = found.iter().find(|s| s.name == "Ann Lee").unwrap();
        assert_eq!((ann.received, ann.sent, ann.company.as_ref().map(|c| c.id)), (1, 1, Some(acme.id)));
        assert!(offered(&otto).await.is_empty());
        conversations::dismiss(&app.ctx, &me, &["BOB@other.example".to_owned()]).await.unwrap();
        make(&app, &me, Kind::Contact, json!({"last_name": "Lee", "emails": [{"address": "ann@acme.example"}]})).await;
        assert!(offered(&me).await.is_empty());
        assert!(conversations::dismiss(&app.ctx, &me, &[]).await.is_err());
    }
}

store_test! {
    async fn new_records_are_shared_as_the_workspace_has_chosen(t: TestStore) {
        let app = empty(t).await;
        let (me, otto) = (app.owner, app.member("otto@tenon.example").await);
        let carla = app.member("carla@tenon.example").await;
        let with_otto = SharingView { scope: ShareScope::Shared, members: vec![(otto.member, Access::View)], teams: vec![] };
        let refused = records::set_default(&app.ctx, &otto, Kind::Company, with_otto.clone()).await;
        assert!(matches!(refused, Err(Error::Forbidden)));
        let parent = SharingView { scope: ShareScope::Parent, ..with_otto.clone() };
        assert!(matches!(records::set_default(&app.ctx, &me, Kind::Company, parent).await, Err(Error::Validation(_))));
        records::set_default(&app.ctx, &me, Kind::Company, with_otto).await.unwrap();
        let all = records::defaults(&app.ctx, &otto).await.unwrap();
        assert_eq!(all.len(), Kind::ALL.len());
        let of = |kind| all.iter().find(|(k, _)| *k == kind).unwrap().1.clone();
        assert_eq!((of(Kind::Company).scope, of(Kind::Note).scope, of(Kind::Deal).scope), (ShareScope::Shared, ShareScope::Parent, ShareScope::Workspace));
        let acme = make(&app, &me, Kind::Company, json!({"name": "Acme"})).await;
        assert_eq!(records::get(&app.ctx, &otto, acme.id).await.unwrap().access, Access::View);
        assert!(hidden(&records::get(&app.ctx, &carla, acme.id).await));
        // What is said counts.
        let open = try_make(&app, &me, Kind::Company, json!({"name": "Open"}), Some(ShareScope::Workspace)).await.unwrap();
        assert!(records::get(&app.ctx, &carla, open.id).await.is_ok());
        // The last touch of a box counts what has begun, not what is to come.
        let call = |name: &str, start: &str| json!({"name": name, "type": "call", "start": start, "about": [open.id.to_string()]});
        make(&app, &me, Kind::Activity, call("then", "2001-01-01T10:00:00Z")).await;
        make(&app, &me, Kind::Activity, call("some day", "2101-01-01T10:00:00Z")).await;
        let touch = records::get(&app.ctx, &me, open.id).await.unwrap().last_touch.unwrap();
        assert_eq!(touch.to_rfc3339().get(..4), Some("2001"));
    }
}

store_test! {
    async fn many_who_look_at_once_do_not_wait_for_each_other(t: TestStore) {
        let app = empty(t).await;
        let deal = make(&app, &app.owner, Kind::Deal, json!({ "name": "D" })).await;
        let which = records::Which { kind: Kind::Deal, filter: None, search: None, pipeline: None, stage: None, linked_to: None, deleted: false };
        let look = async || {
            let query = records::RecordsQuery { which: which.clone(), sort: None, limit: 50, after: None };
            let (list, one, line, threads) = tokio::join!(
                records::list(&app.ctx, &app.owner, query),
                records::get(&app.ctx, &app.owner, deal.id),
                records::timeline(&app.ctx, &app.owner, deal.id, 10, None),
                conversations::threads_of(&app.ctx, &app.owner, deal.id, 10, None),
            );
            assert!(list.is_ok() && one.is_ok() && line.is_ok() && threads.is_ok());
        };
        // A transaction that waits for a second one while it is held keeps the others from theirs, for ten seconds.
        let all = futures::future::join_all((0..20).map(|_| look()));
        tokio::time::timeout(Duration::from_secs(8), all).await.expect("all are answered");
    }
}
