//! Imports and exports (requirement R8) on both databases.

use std::collections::BTreeSet;
use std::time::Duration;

use futures::StreamExt as _;
use serde_json::{Value, json};
use tenon_app::records::exchange::{
    self, Export, ExportFile, ExportFormat, ImportView, RowOutcome, Upload,
};
use tenon_app::records::{self, RecordView, RecordsQuery};
use tenon_app::{Actor, Error};
use tenon_jobs::Runner;
use tenon_model::ImportId;
use tenon_model::member::Role;
use tenon_model::records::{Access, Kind, ShareScope};
use tenon_testkit::app::TestApp;
use tenon_testkit::lost_commits::LostCommits;
use tenon_testkit::store::on_postgres;
use tenon_testkit::{TestStore, store_test};

use crate::records::{edit, make, try_make, which};

async fn upload(
    app: &TestApp,
    actor: &Actor,
    kind: Kind,
    name: &str,
    file: impl Into<Vec<u8>>,
) -> tenon_app::Result<ImportView> {
    let input = Upload {
        kind,
        name: name.to_owned(),
        delimiter: None,
        bytes: file.into().into(),
    };
    exchange::upload(&app.ctx, actor, input).await
}

async fn patch(
    app: &TestApp,
    actor: &Actor,
    id: ImportId,
    options: Value,
) -> tenon_app::Result<ImportView> {
    exchange::patch(&app.ctx, actor, id, None, options.as_object()).await
}

/// Starts it and waits for its end.
async fn run(app: &TestApp, actor: &Actor, id: ImportId) -> ImportView {
    exchange::start(&app.ctx, actor, id).await.unwrap();
    app.settle().await;
    exchange::import(&app.ctx, actor, id).await.unwrap()
}

fn counts(view: &ImportView) -> (i64, i64, i64, i64) {
    let c = view.counts.unwrap();
    (c.created, c.updated, c.skipped, c.failed)
}

async fn all(app: &TestApp, actor: &Actor, kind: Kind) -> Vec<RecordView> {
    let mut query = RecordsQuery {
        which: which(kind),
        sort: Some(("title".to_owned(), false)),
        limit: 200,
        after: None,
    };
    let mut out = Vec::new();
    loop {
        let page = records::list(&app.ctx, actor, query.clone()).await.unwrap();
        out.extend(page.items);
        match page.next {
            Some(next) => query.after = Some(next),
            None => return out,
        }
    }
}

async fn bytes(file: ExportFile) -> Vec<u8> {
    let mut out = Vec::new();
    let mut stream = file.stream;
    while let Some(chunk) = stream.next().await {
        out.extend_from_slice(&chunk.unwrap());
    }
    out
}

/// A file out of the export of everything.
pub(crate) async fn member_of_zip(app: &TestApp, actor: &Actor, name: &str) -> String {
    let zip = bytes(exchange::everything(&app.ctx, actor).await.unwrap()).await;
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(zip)).unwrap();
    let mut text = String::new();
    let mut member = archive.by_name(name).unwrap();
    std::io::Read::read_to_string(&mut member, &mut text).unwrap();
    text
}

async fn export(app: &TestApp, actor: &Actor, kind: Kind, format: ExportFormat) -> String {
    let export = Export {
        which: which(kind),
        sort: None,
        ids: None,
        fields: None,
        format,
    };
    let file = exchange::export(&app.ctx, actor, export).await.unwrap();
    String::from_utf8(bytes(file).await).unwrap()
}

store_test! {
    async fn a_file_is_checked_run_and_taken_back(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = app.owner;
        let old = make(&app, &me, Kind::Contact, json!({
            "first_name": "Bob", "last_name": "Old", "emails": [{"address": "bob@acme.example", "label": "work"}]})).await;
        let file = "Given Name,Family Name,E-mail,Mobile Phone,Company,Mailing City\n\
            Ann,Lee,ann@acme.example,'+49 30 1,Acme,Köln\n\
            Bob,New,BOB@acme.example,2,Acme,\n\
            Ann,Again,ann@ACME.example,,,\n\
            Cy,Bad,not an address,,,\n\
            Dee,Ragged\n";
        let view = upload(&app, &me, Kind::Contact, "people.csv", file).await.unwrap();
        assert_eq!((view.rows, view.state.as_str(), view.encoding.as_str()), (5, "draft", "utf-8"));
        assert_eq!(view.options.match_on, ["emails"]);
        assert_eq!(view.columns[2].samples[0], "ann@acme.example");
        patch(&app, &me, view.id, json!({"duplicates": "update", "create_missing": true})).await.unwrap();
        exchange::check(&app.ctx, &me, view.id).await.unwrap();
        app.settle().await;
        let checked = exchange::import(&app.ctx, &me, view.id).await.unwrap();
        assert_eq!((checked.state.as_str(), counts(&checked)), ("checked", (1, 2, 0, 2)));
        assert_eq!(all(&app, &me, Kind::Contact).await.len(), 1, "nothing is made");
        assert!(all(&app, &me, Kind::Company).await.is_empty());
        let done = run(&app, &me, view.id).await;
        assert_eq!((done.state.as_str(), counts(&done)), ("done", (1, 2, 0, 2)), "the same as the dry run");
        let contacts = all(&app, &me, Kind::Contact).await;
        let titles: Vec<_> = contacts.iter().map(|r| r.title.as_str()).collect();
        assert_eq!(titles, ["Ann Again", "Bob New"]);
        assert_eq!(contacts[0].values["phones"], json!([{"number": "+49 30 1", "label": "mobile"}]));
        assert_eq!(contacts[0].values["addresses"][0]["city"], "Köln");
        assert_eq!(contacts[0].linked[0].title, "Acme");
        assert_eq!(all(&app, &me, Kind::Company).await.len(), 1, "made once for both");
        let history = records::history(&app.ctx, &me, old.id, 10, None).await.unwrap();
        assert_eq!(history.items[0].cause.as_str(), "imported");
        // What failed is told, row by row, and as a file.
        let failed = exchange::rows(&app.ctx, &me, view.id, Some(RowOutcome::Fail), 50, None).await.unwrap();
        let numbers: Vec<_> = failed.items.iter().map(|r| r.number).collect();
        assert_eq!(numbers, [5, 6]);
        assert_eq!(failed.items[0].problems[0].column, Some(2));
        let (name, stream) = exchange::failures(&app.ctx, &me, view.id).await.unwrap();
        let text = String::from_utf8(bytes(ExportFile { name, content_type: "", stream }).await).unwrap();
        assert!(text.contains("Cy,Bad,not an address,,,,emails must hold"), "{text}");
        // Taken back: what somebody went on with stays.
        let bob = records::get(&app.ctx, &me, old.id).await.unwrap();
        edit(&app, &me, &bob, json!({"title": "CEO"})).await.unwrap();
        exchange::undo(&app.ctx, &me, view.id).await.unwrap();
        app.settle().await;
        let undone = exchange::import(&app.ctx, &me, view.id).await.unwrap();
        assert_eq!((undone.state.as_str(), undone.left), ("undone", 0));
        let contacts = all(&app, &me, Kind::Contact).await;
        assert_eq!(contacts.len(), 1);
        assert_eq!((contacts[0].title.as_str(), &contacts[0].values["title"]), ("Bob Old", &json!("CEO")));
        assert!(contacts[0].values.get("company").is_none());
        assert!(all(&app, &me, Kind::Company).await.is_empty());
    }
}

store_test! {
    async fn what_somebody_went_on_with_is_left_by_an_undo(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = app.owner;
        let view = upload(&app, &me, Kind::Company, "a.csv", "name\nOne\nTwo\nThree\n").await.unwrap();
        run(&app, &me, view.id).await;
        let companies = all(&app, &me, Kind::Company).await;
        edit(&app, &me, &companies[0], json!({"industry": "Wine"})).await.unwrap();
        make(&app, &me, Kind::Note, json!({"body": "x", "about": [companies[1].id]})).await;
        exchange::undo(&app.ctx, &me, view.id).await.unwrap();
        app.settle().await;
        let left: BTreeSet<_> = all(&app, &me, Kind::Company).await.into_iter().map(|r| r.id).collect();
        assert_eq!(left, BTreeSet::from([companies[0].id, companies[1].id]));
        assert_eq!(exchange::import(&app.ctx, &me, view.id).await.unwrap().left, 2);
        assert!(matches!(exchange::undo(&app.ctx, &me, view.id).await, Err(Error::NotUndoable)));
        exchange::delete(&app.ctx, &me, view.id).await.unwrap();
        assert!(matches!(exchange::import(&app.ctx, &me, view.id).await, Err(Error::NotFound(_))));
    }
}

store_test! {
    async fn an_undo_leaves_whole_what_somebody_went_on_with(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = app.owner;
        let view = upload(&app, &me, Kind::Contact, "a.csv", "last_name,company\nLee,Newco\nMay,Otherco\n").await.unwrap();
        patch(&app, &me, view.id, json!({"create_missing": true})).await.unwrap();
        run(&app, &me, view.id).await;
        let lee = all(&app, &me, Kind::Contact).await.into_iter().find(|r| r.title == "Lee").unwrap();
        edit(&app, &me, &lee, json!({"title": "Buyer"})).await.unwrap();
        exchange::undo(&app.ctx, &me, view.id).await.unwrap();
        app.settle().await;
        let contacts = all(&app, &me, Kind::Contact).await;
        let companies = all(&app, &me, Kind::Company).await;
        assert_eq!((contacts.len(), companies.len()), (1, 1));
        assert_eq!(contacts[0].values["company"], json!(companies[0].id.to_string()));
    }
}

store_test! {
    async fn a_link_named_twice_is_one(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = app.owner;
        make(&app, &me, Kind::Contact, json!({"last_name": "Lee"})).await;
        let file = "type,name,attendees\nmeeting,Twice,\"Lee; LEE\"\n";
        let view = upload(&app, &me, Kind::Activity, "a.csv", file).await.unwrap();
        let done = run(&app, &me, view.id).await;
        assert_eq!(counts(&done), (1, 0, 0, 0));
        let meeting = &all(&app, &me, Kind::Activity).await[0];
        assert_eq!(meeting.values["attendees"].as_array().unwrap().len(), 1);
    }
}

store_test! {
    async fn what_is_exported_is_imported_as_it_was(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = app.owner;
        let acme = make(&app, &me, Kind::Company, json!({"name": "=1+1", "website": "https://a.example", "employees": 12.5})).await;
        for n in 0..3 {
            make(&app, &me, Kind::Contact, json!({
                "salutation": "'-x", "first_name": "Änn, \"A\"", "last_name": format!("Lee {n}"), "title": "@home",
                "emails": [{"address": "a@b.example", "label": "wörk (x)"}, {"address": "c@d.example"}],
                "phones": [{"number": "+49 (30) 1"}, {"number": "2; 3", "label": "home"}],
                "addresses": [{"street": "Main; 1", "city": "Köln", "label": "x"}],
                "company": acme.id, "description": "one\r\ntwo\n\"three\""})).await;
        }
        for kind in [Kind::Company, Kind::Contact] {
            let before = all(&app, &me, kind).await;
            let file = export(&app, &me, kind, ExportFormat::Csv).await;
            let cell = |c: &str| c.starts_with(['=', '+', '-', '@']);
            assert!(!file.split([',', '\n']).any(|c| cell(c.trim_matches('"'))), "{file}");
            let view = upload(&app, &me, kind, "again.csv", file).await.unwrap();
            patch(&app, &me, view.id, json!({"duplicates": "create"})).await.unwrap();
            let done = run(&app, &me, view.id).await;
            assert_eq!(counts(&done), (before.len() as i64, 0, 0, 0));
            let after = all(&app, &me, kind).await;
            assert_eq!(after.len(), 2 * before.len());
            for old in &before {
                let same = after.iter().filter(|r| r.values == old.values).count();
                assert_eq!(same, 2, "{:?}", old.values);
            }
        }
        // With its ids a file changes nothing.
        let file = export(&app, &me, Kind::Contact, ExportFormat::Csv).await;
        let view = upload(&app, &me, Kind::Contact, "same.csv", file).await.unwrap();
        assert_eq!(view.options.match_on, ["id"]);
        patch(&app, &me, view.id, json!({"duplicates": "update"})).await.unwrap();
        assert_eq!(counts(&run(&app, &me, view.id).await), (0, 0, 6, 0));
        let cards = export(&app, &me, Kind::Contact, ExportFormat::Vcard).await;
        assert!(cards.lines().all(|l| l.len() <= 75), "folded");
        let view = upload(&app, &me, Kind::Contact, "a.vcf", cards).await.unwrap();
        assert_eq!((view.format.as_str(), view.rows), ("vcard", 6));
        let by_name = json!({"duplicates": "create", "mapping": view.options.mapping});
        patch(&app, &me, view.id, by_name.clone()).await.unwrap();
        exchange::check(&app.ctx, &me, view.id).await.unwrap();
        app.settle().await;
        let checked = exchange::import(&app.ctx, &me, view.id).await.unwrap();
        assert_eq!(counts(&checked), (0, 0, 0, 6), "there are two companies of that name by now");
        let mut without = serde_json::to_value(&view.options.mapping).unwrap();
        without[5]["target"] = Value::Null;
        patch(&app, &me, view.id, json!({"mapping": without})).await.unwrap();
        assert_eq!(counts(&run(&app, &me, view.id).await), (6, 0, 0, 0));
        let zip = bytes(exchange::everything(&app.ctx, &me).await.unwrap()).await;
        assert!(zip.starts_with(b"PK") && zip.windows(11).any(|w| w == b"contact.csv"));
    }
}

store_test! {
    async fn boxes_tasks_and_calendars_come_in(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = app.owner;
        let deals = "Deal name;Amount;Stage;Close date;Owner\nBig;1.234,50;;3.4.2026;\nSmall;12 USD;No such;;\n";
        let view = upload(&app, &me, Kind::Deal, "deals.csv", deals).await.unwrap();
        assert_eq!(view.delimiter.as_deref(), Some(";"));
        let mut options = serde_json::to_value(&view.options).unwrap();
        options["mapping"][1]["target"]["currency"] = json!("EUR");
        let changes = json!({"mapping": options["mapping"], "date_order": "dmy", "decimal": ","});
        patch(&app, &me, view.id, changes).await.unwrap();
        assert_eq!(counts(&run(&app, &me, view.id).await), (1, 0, 0, 1));
        let deal = &all(&app, &me, Kind::Deal).await[0];
        assert_eq!(deal.values["amount"], json!({"amount": "1234.5", "currency": "EUR"}));
        assert_eq!(deal.values["close_date"], "2026-04-03");
        assert!(deal.values.get("stage").is_some());
        let calendar = "BEGIN:VCALENDAR\r\nBEGIN:VTODO\r\nSUMMARY:Call\r\nDUE;VALUE=DATE:20260702\r\nEND:VTODO\r\nEND:VCALENDAR\r\n";
        let view = upload(&app, &me, Kind::Task, "x.ics", calendar).await.unwrap();
        assert_eq!(counts(&run(&app, &me, view.id).await), (1, 0, 0, 0));
        let out = export(&app, &me, Kind::Task, ExportFormat::Icalendar).await;
        assert!(out.contains("DUE;VALUE=DATE:20260702\r\n") && out.ends_with("END:VCALENDAR\r\n"), "{out}");
    }
}

store_test! {
    async fn an_import_is_its_members_and_finds_what_they_may_change(t: TestStore) {
        let app = TestApp::start(t).await;
        let (me, other) = (app.owner, app.member("otto@tenon.example").await);
        let secret = json!({"name": "Secret"});
        try_make(&app, &me, Kind::Company, secret, Some(ShareScope::Private)).await.unwrap();
        let view = upload(&app, &other, Kind::Company, "a.csv", "name\nSecret\n").await.unwrap();
        let done = run(&app, &other, view.id).await;
        assert_eq!(counts(&done), (1, 0, 0, 0), "what one does not see is not met");
        // Whoever manages the workspace sees that it was, and nothing of what is in it.
        let seen = exchange::import(&app.ctx, &me, view.id).await.unwrap();
        assert!(seen.columns[0].samples.is_empty());
        assert!(matches!(exchange::rows(&app.ctx, &me, view.id, None, 50, None).await, Err(Error::NotFound(_))));
        assert!(matches!(exchange::undo(&app.ctx, &me, view.id).await, Err(Error::NotFound(_))));
        let mine = upload(&app, &me, Kind::Company, "a.csv", "name\nX\n").await.unwrap();
        assert!(matches!(exchange::import(&app.ctx, &other, mine.id).await, Err(Error::NotFound(_))));
        let viewer = Actor { role: Role::Viewer, ..other };
        assert!(matches!(upload(&app, &viewer, Kind::Company, "a.csv", "name\nX\n").await, Err(Error::Forbidden)));
    }
}

store_test! {
    async fn what_comes_in_is_shared_as_the_workspace_has_chosen(t: TestStore) {
        let app = TestApp::start(t).await;
        let (me, otto) = (app.owner, app.member("otto@tenon.example").await);
        let carla = app.member("carla@tenon.example").await;
        let with_otto = records::SharingView { scope: ShareScope::Shared, members: vec![(otto.member, Access::View)], teams: vec![] };
        let nobody = records::SharingView { scope: ShareScope::Private, members: vec![], teams: vec![] };
        records::set_default(&app.ctx, &me, Kind::Company, with_otto).await.unwrap();
        records::set_default(&app.ctx, &me, Kind::Contact, nobody).await.unwrap();
        let file = "First name,Last name,Company\nAnn,Lee,Acme\n";
        let view = upload(&app, &me, Kind::Contact, "a.csv", file).await.unwrap();
        patch(&app, &me, view.id, json!({"create_missing": true})).await.unwrap();
        let done = run(&app, &me, view.id).await;
        assert_eq!(counts(&done), (1, 0, 0, 0));
        let seen = async |who, kind| records::count(&app.ctx, who, which(kind)).await.unwrap().0;
        assert_eq!((seen(&me, Kind::Contact).await, seen(&me, Kind::Company).await), (1, 1));
        assert_eq!((seen(&otto, Kind::Contact).await, seen(&otto, Kind::Company).await), (0, 1));
        assert_eq!((seen(&carla, Kind::Contact).await, seen(&carla, Kind::Company).await), (0, 0));
        // What is said for one import holds for all that it makes.
        let view = upload(&app, &me, Kind::Contact, "b.csv", "First name,Last name,Company\nBob,Ray,Bolt\n").await.unwrap();
        let all = json!({"create_missing": true, "sharing": {"scope": "workspace"}});
        patch(&app, &me, view.id, all).await.unwrap();
        run(&app, &me, view.id).await;
        assert_eq!((seen(&carla, Kind::Contact).await, seen(&carla, Kind::Company).await), (1, 1));
    }
}

store_test! {
    async fn options_that_do_not_hold_are_refused_and_old_rows_go(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = app.owner;
        let view = upload(&app, &me, Kind::Company, "a.csv", "name,x\nOne,=cmd()\n").await.unwrap();
        for options in [
            json!({"mapping": [{"column": 9, "target": {"field": "name"}}]}),
            json!({"mapping": [{"column": 0, "target": {"field": "nonsense"}}]}),
            json!({"mapping": [{"column": 0, "target": {"field": "name", "by": "title"}}]}),
            json!({"decimal": "x"}), json!({"duplicates": "x"}), json!({"match_on": ["employees"]}),
            json!({"stage": "stg_01h455vb4pex5vsknk084sn02q"}), json!({"nonsense": 1}), json!({"delimiter": ";"}),
        ] {
            let refused = patch(&app, &me, view.id, options.clone()).await;
            assert!(matches!(refused, Err(Error::Validation(_))), "{options}");
        }
        patch(&app, &me, view.id, json!({"mapping": []})).await.unwrap();
        assert!(matches!(exchange::start(&app.ctx, &me, view.id).await, Err(Error::Validation(_))));
        patch(&app, &me, view.id, json!({"mapping": [{"column": 0, "target": {"field": "name"}}]})).await.unwrap();
        run(&app, &me, view.id).await;
        assert!(matches!(patch(&app, &me, view.id, json!({})).await, Err(Error::TooLate)));
        app.clock.advance(Duration::from_hours(24 * 8));
        while exchange::purge_imports(&app.ctx).await.unwrap() {}
        let rows = exchange::rows(&app.ctx, &me, view.id, None, 50, None).await.unwrap();
        assert!(rows.items.is_empty(), "a week after its end");
        app.clock.advance(Duration::from_hours(24 * 30));
        while exchange::purge_imports(&app.ctx).await.unwrap() {}
        assert!(matches!(exchange::import(&app.ctx, &me, view.id).await, Err(Error::NotFound(_))));
        assert_eq!(all(&app, &me, Kind::Company).await.len(), 1, "what it made stays");
    }
}

async fn nothing_is_made_twice(store: TestStore) {
    let (lossy, network) = LostCommits::before(&store).await;
    let app = TestApp::start(lossy).await;
    let me = app.owner;
    let rows: Vec<String> = (0..3_000).map(|n| format!("Company {n}")).collect();
    let view = upload(
        &app,
        &me,
        Kind::Company,
        "a.csv",
        format!("name\n{}\n", rows.join("\n")),
    )
    .await
    .unwrap();
    exchange::start(&app.ctx, &me, view.id).await.unwrap();
    network.lose_every(3);
    for _ in 0..12 {
        app.pass(Duration::from_mins(2)).await;
        let now = exchange::import(&app.ctx, &me, view.id).await.unwrap();
        if now.state.as_str() == "done" {
            break;
        }
    }
    let lost = network.lost();
    network.lose_every(0);
    app.pass(Duration::from_mins(30)).await;
    assert!(lost > 0, "no answer was lost");
    let done = exchange::import(&app.ctx, &me, view.id).await.unwrap();
    assert_eq!(
        (done.state.as_str(), counts(&done)),
        ("done", (3_000, 0, 0, 0))
    );
    let (count, _) = records::count(&app.ctx, &me, which(Kind::Company))
        .await
        .unwrap();
    assert_eq!(count, 3_000);
}

#[test]
fn n10_an_import_whose_commits_are_lost_makes_nothing_twice() {
    on_postgres(nothing_is_made_twice);
}

store_test! {
    async fn an_import_that_is_killed_goes_on_where_it_was(t: TestStore) {
        let mut app = TestApp::start(t).await;
        let me = app.owner;
        let rows: Vec<String> = (0..4_000).map(|n| format!("Company {n}")).collect();
        let view = upload(&app, &me, Kind::Company, "a.csv", format!("name\n{}\n", rows.join("\n"))).await.unwrap();
        exchange::start(&app.ctx, &me, view.id).await.unwrap();
        let half_way = async {
            loop {
                let now = exchange::import(&app.ctx, &me, view.id).await.unwrap();
                if now.rows_done >= 500 {
                    return now.rows_done;
                }
                tokio::time::sleep(Duration::from_millis(5)).await;
            }
        };
        let at = half_way.await;
        // The job's future is dropped in the middle, and the process is another one.
        app.stop_jobs().await;
        let ctx = app.reopen().await;
        let now = exchange::import(&ctx, &me, view.id).await.unwrap();
        assert!(now.rows_done >= at && now.rows_done % 500 == 0);
        let runner = Runner::new(ctx.store.clone(), ctx.world.clone(), ctx.clone());
        let running = tenon_app::register_jobs(runner).start();
        for _ in 0..600 {
            if exchange::import(&ctx, &me, view.id).await.unwrap().state.as_str() == "done" {
                break;
            }
            app.clock.advance(Duration::from_secs(30));
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        running.stop(Duration::ZERO).await;
        let done = exchange::import(&ctx, &me, view.id).await.unwrap();
        assert_eq!((done.state.as_str(), counts(&done)), ("done", (4_000, 0, 0, 0)));
        let (count, _) = records::count(&ctx, &me, which(Kind::Company)).await.unwrap();
        assert_eq!(count, 4_000);
    }
}
