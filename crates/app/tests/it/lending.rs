//! What does not widen by itself, and what can always be taken back, of conversations that are shared (decision 0064);
//! and what rules join (decision 0065).

use std::time::Duration;

use futures::StreamExt as _;
use serde_json::json;
use tenon_app::conversations::{self, JoinedBy, RuleView, ThreadScope, ThreadSharing};
use tenon_app::records::{self, SharingView};
use tenon_app::teams::{self, NewTeam};
use tenon_app::{Actor, Error, mail};
use tenon_model::member::Role;
use tenon_model::records::{Access, Kind, MailSource, ShareScope};
use tenon_model::{RecordId, Scope, ThreadId};
use tenon_sandbox::NewMail;
use tenon_store::StoreError;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

use crate::conversations::{ALICE, empty, hidden, letters, of, share, sharing, thread};
use crate::records::make;

fn with_records() -> ThreadSharing {
    ThreadSharing {
        records: true,
        ..sharing(ThreadScope::Shared)
    }
}

async fn by_rule(app: &TestApp, record: RecordId, from: MailSource) {
    let rule = RuleView {
        from,
        label: None,
        connection: None,
    };
    let set = conversations::set_rules(&app.ctx, &app.owner, record, &[rule]).await;
    set.unwrap();
    app.settle().await;
}

async fn reads(app: &TestApp, actor: &Actor, id: ThreadId) -> bool {
    let found = mail::thread(&app.ctx, actor, id).await;
    assert!(found.is_ok() || hidden(&found));
    found.is_ok()
}

store_test! {
    async fn what_a_rule_joins_later_lends_nothing(t: TestStore) {
        let app = empty(t).await;
        let (me, otto) = (app.owner, app.member("otto@tenon.example").await);
        let (_, walrus) = letters(&app).await;
        let other = thread(&app, "Something else").await;
        let acme = make(&app, &me, Kind::Company, json!({"name": "Acme", "domain": "acme.example"})).await;
        let bob = make(&app, &me, Kind::Contact, json!({"last_name": "Bob", "emails": [{"address": "bob@other.example"}]})).await;
        by_rule(&app, acme.id, MailSource::Domain).await;
        app.clock.advance(Duration::from_secs(1));
        for id in [walrus, other] {
            share(&app, id, with_records()).await;
        }
        app.clock.advance(Duration::from_secs(1));
        assert!(reads(&app, &otto, walrus).await, "it was joined when it was shared");
        by_rule(&app, bob.id, MailSource::Contacts).await;
        assert_eq!(of(&app, &me, bob.id).await[0].by, JoinedBy::Rule);
        assert!(!reads(&app, &otto, other).await, "nobody has said so");
        conversations::join(&app.ctx, &me, other, bob.id).await.unwrap();
        assert!(reads(&app, &otto, other).await, "now the owner has");
        assert_eq!(of(&app, &me, bob.id).await[0].by, JoinedBy::Hand);
    }
}

store_test! {
    async fn nobody_lends_through_a_record_that_they_do_not_see(t: TestStore) {
        let app = empty(t).await;
        let (me, otto) = (app.owner, app.member("otto@tenon.example").await);
        let carla = app.member("carla@tenon.example").await;
        let (_, id) = letters(&app).await;
        let deal = make(&app, &carla, Kind::Deal, json!({"name": "Oysters"})).await.id;
        conversations::join(&app.ctx, &me, id, deal).await.unwrap();
        share(&app, id, with_records()).await;
        assert!(reads(&app, &otto, id).await);
        let to_otto = SharingView { scope: ShareScope::Shared, members: vec![(otto.member, Access::View)], teams: vec![] };
        let open = SharingView { scope: ShareScope::Workspace, members: vec![], teams: vec![] };
        records::set_sharing(&app.ctx, &carla, deal, to_otto).await.unwrap();
        assert!(hidden(&records::get(&app.ctx, &me, deal).await) && records::get(&app.ctx, &otto, deal).await.is_ok());
        assert!(!reads(&app, &otto, id).await && !reads(&app, &carla, id).await);
        // Taken out, though it is not seen; it stays out when it is seen again.
        conversations::part(&app.ctx, &me, id, deal).await.unwrap();
        assert!(hidden(&conversations::part(&app.ctx, &me, id, deal).await), "nothing to take out, nothing to see");
        records::set_sharing(&app.ctx, &carla, deal, open).await.unwrap();
        assert!(!reads(&app, &otto, id).await);
    }
}

store_test! {
    async fn who_may_only_look_takes_back_what_they_have_shared(t: TestStore) {
        let app = empty(t).await;
        let (me, otto) = (app.owner, app.member("otto@tenon.example").await);
        let (connection, id) = letters(&app).await;
        let other = thread(&app, "Something else").await;
        let acme = make(&app, &me, Kind::Company, json!({"name": "Acme", "domain": "acme.example"})).await.id;
        by_rule(&app, acme, MailSource::Domain).await;
        for id in [id, other] {
            share(&app, id, sharing(ThreadScope::Workspace)).await;
        }
        let role = async |role| {
            let mut tx = app.ctx.store.begin(&Scope::job(me.workspace)).await.unwrap();
            tx.members().set_role(me.member, role).await.unwrap();
            tx.commit().await.unwrap();
        };
        role(Role::Viewer).await;
        let viewer = Actor { role: Role::Viewer, ..me };
        // No rule of theirs joins anything.
        let fresh = NewMail::new("Carl <carl@acme.example>", ALICE, "Lobsters").text("?");
        app.sandbox.control().insert_message(ALICE, fresh, &["INBOX"]);
        app.sync(connection).await;
        app.settle().await;
        let joined: Vec<ThreadId> = of(&app, &me, acme).await.iter().map(|f| f.thread.id).collect();
        assert_eq!(joined, [id]);
        let again = conversations::set_sharing(&app.ctx, &viewer, id, with_records()).await;
        assert!(matches!(again, Err(Error::Forbidden)));
        assert!(reads(&app, &otto, id).await);
        conversations::set_sharing(&app.ctx, &viewer, id, sharing(ThreadScope::Private)).await.unwrap();
        assert!(!reads(&app, &otto, id).await);
        conversations::part(&app.ctx, &viewer, id, acme).await.unwrap();
        assert!(of(&app, &me, acme).await.is_empty());
        // An account that is off lends nothing.
        assert!(reads(&app, &otto, other).await);
        let mut tx = app.ctx.store.begin(&Scope::job(me.workspace)).await.unwrap();
        tx.members().set_disabled(me.member, Some(app.ctx.world.now())).await.unwrap();
        tx.commit().await.unwrap();
        assert!(!reads(&app, &otto, other).await);
    }
}

store_test! {
    async fn rules_see_mail_that_comes_late(t: TestStore) {
        let app = empty(t).await;
        let (connection, _) = letters(&app).await;
        let carl = make(&app, &app.owner, Kind::Contact, json!({"last_name": "C", "emails": [{"address": "carl@late.example"}]})).await.id;
        by_rule(&app, carl, MailSource::Contacts).await;
        for days in [10, 40] {
            let subject = format!("{days} days");
            let sent = app.ctx.world.now() - Duration::from_hours(24 * days);
            let late = NewMail::new("Carl <carl@late.example>", ALICE, &subject).date(sent).text("?");
            app.sandbox.control().insert_message(ALICE, late, &["INBOX"]);
            app.sync(connection).await;
            app.settle().await;
            let id = thread(&app, &subject).await;
            let found = of(&app, &app.owner, carl).await;
            let found = found.iter().find(|f| f.thread.id == id).unwrap();
            assert_eq!(found.by, JoinedBy::Rule, "{subject}");
        }
    }
}

store_test! {
    async fn a_conversation_with_many_people_counts_once_in_a_list(t: TestStore) {
        let app = empty(t).await;
        let (me, otto) = (app.owner, app.member("otto@tenon.example").await);
        let acme = make(&app, &me, Kind::Company, json!({"name": "Acme"})).await.id;
        let people = ["a@many.example", "b@many.example", "c@many.example"];
        for address in people {
            make(&app, &me, Kind::Contact, json!({"last_name": address, "company": acme.to_string(), "emails": [{"address": address}]})).await;
        }
        let at = |hours| app.ctx.world.now() - Duration::from_hours(hours);
        let older = NewMail::new(people[0], ALICE, "Older").date(at(2)).text("x");
        let newer = NewMail::new(people[0], &format!("{ALICE}, {}, {}", people[1], people[2]), "Newer").date(at(1)).text("x");
        for mail in [older, newer] {
            app.sandbox.control().insert_message(ALICE, mail, &["INBOX"]);
        }
        app.connect(ALICE).await;
        let wanted = [thread(&app, "Newer").await, thread(&app, "Older").await];
        for id in wanted {
            share(&app, id, sharing(ThreadScope::Workspace)).await;
        }
        let (mut found, mut after) = (Vec::new(), None);
        loop {
            let page = conversations::threads_of(&app.ctx, &otto, acme, 1, after.as_deref()).await.unwrap();
            found.extend(page.items.iter().map(|f| f.thread.id));
            after = page.next;
            if after.is_none() { break; }
        }
        assert_eq!(found, wanted);
        let last = conversations::threads_of(&app.ctx, &otto, acme, 1, None).await.unwrap().items[0].thread.last_at;
        assert_eq!(records::get(&app.ctx, &otto, acme).await.unwrap().last_touch, Some(last));
    }
}

store_test! {
    async fn of_rules_given_twice_at_once_one_giving_holds(t: TestStore) {
        let app = empty(t).await;
        let me = app.owner;
        let acme = make(&app, &me, Kind::Company, json!({"name": "Acme", "domain": "acme.example"})).await.id;
        let rule = |from| RuleView { from, label: None, connection: None };
        for _ in 0..10 {
            let (one, two) = ([rule(MailSource::Domain)], [rule(MailSource::Contacts)]);
            let (a, b) = tokio::join!(
                conversations::set_rules(&app.ctx, &me, acme, &one),
                conversations::set_rules(&app.ctx, &me, acme, &two),
            );
            assert!(a.is_ok() && b.is_ok());
            let found = conversations::rules(&app.ctx, &me, acme).await.unwrap();
            assert!(found == one || found == two, "{found:?}");
        }
    }
}

store_test! {
    async fn a_record_that_is_gone_when_it_is_joined_is_not_there(t: TestStore) {
        let app = empty(t).await;
        let (connection, id) = letters(&app).await;
        let gone: RecordId = app.ctx.world.id();
        let mut tx = app.ctx.store.begin(&app.owner.scope()).await.unwrap();
        let joined = tx.joins().join(connection, id, gone, app.ctx.world.now()).await;
        assert!(matches!(joined, Err(StoreError::Dangling)));
    }
}

store_test! {
    async fn what_was_shared_with_a_team_that_is_gone_can_be_sent_back(t: TestStore) {
        let app = empty(t).await;
        let (me, otto) = (app.owner, app.member("otto@tenon.example").await);
        let (_, id) = letters(&app).await;
        let team = teams::make_team(&app.ctx, &me, NewTeam { name: "Sales".into(), members: vec![otto.member] }).await.unwrap();
        let named = ThreadSharing { teams: vec![team.id], members: vec![otto.member], ..sharing(ThreadScope::Shared) };
        share(&app, id, named).await;
        let shares = SharingView { scope: ShareScope::Shared, members: vec![(otto.member, Access::View)], teams: vec![(team.id, Access::Edit)] };
        records::set_default(&app.ctx, &me, Kind::Company, shares).await.unwrap();
        teams::remove_team(&app.ctx, &me, team.id).await.unwrap();

        let left = conversations::of_thread(&app.ctx, &me, id).await.unwrap().sharing.unwrap();
        assert_eq!((left.teams.as_slice(), left.members.as_slice()), (&[][..], &[otto.member][..]));
        let again = conversations::set_sharing(&app.ctx, &me, id, left.clone()).await.unwrap();
        assert_eq!(again, left);
        let all = records::defaults(&app.ctx, &me).await.unwrap();
        let of_company = all.into_iter().find(|(kind, _)| *kind == Kind::Company).unwrap().1;
        assert!(of_company.teams.is_empty() && of_company.members.len() == 1);
        records::set_default(&app.ctx, &me, Kind::Company, of_company).await.unwrap();
    }
}

store_test! {
    async fn a_download_ends_when_its_message_goes_to_the_bin_or_its_reader_goes(t: TestStore) {
        let app = empty(t).await;
        let (me, otto) = (app.owner, app.member("otto@tenon.example").await);
        let (connection, id) = letters(&app).await;
        share(&app, id, sharing(ThreadScope::Workspace)).await;
        let came = mail::thread(&app.ctx, &me, id).await.unwrap().messages[1].id;
        let part = mail::open(&app.ctx, &otto, came).await.unwrap().attachments[0].id.clone();
        let begin = async || {
            let mut stream = mail::attachment(&app.ctx, &otto, came, &part).await.unwrap().stream;
            assert!(stream.next().await.unwrap().is_ok());
            stream
        };
        let control = app.sandbox.control();
        let all = control.messages(ALICE);
        let provider_id = all.iter().find(|(_, _, labels)| labels.iter().any(|l| l == "UNREAD")).unwrap().0.clone();
        let mut stream = begin().await;
        control.modify_labels(ALICE, &provider_id, &["TRASH"], &["INBOX"]);
        app.sync(connection).await;
        app.clock.advance(Duration::from_secs(1));
        assert!(stream.next().await.unwrap().is_err(), "not a byte more of what is in the bin");
        control.modify_labels(ALICE, &provider_id, &["INBOX"], &["TRASH"]);
        app.sync(connection).await;
        let mut stream = begin().await;
        let mut tx = app.ctx.store.begin(&Scope::job(me.workspace)).await.unwrap();
        tx.members().set_disabled(otto.member, Some(app.ctx.world.now())).await.unwrap();
        tx.commit().await.unwrap();
        app.clock.advance(Duration::from_secs(1));
        assert!(stream.next().await.unwrap().is_err(), "nor to an account that is off");
    }
}
