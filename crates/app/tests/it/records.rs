//! Records on both databases (requirements R1, R5, R7, R9).

use std::time::Duration;

use serde_json::{Value, json};
use tenon_app::records::{
    self, BulkChange, BulkWhich, MomentOf, NewRecord, RecordView, RecordsQuery, SharingView, Which,
};
use tenon_app::{Actor, Error, Repeat};
use tenon_model::records::{Access, Kind, ShareScope, Values};
use tenon_model::{PipelineId, RecordId};
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

pub(crate) fn values(json: Value) -> Values {
    serde_json::from_value(json).unwrap()
}

pub(crate) async fn make(app: &TestApp, actor: &Actor, kind: Kind, json: Value) -> RecordView {
    try_make(app, actor, kind, json, None).await.unwrap()
}

pub(crate) async fn try_make(
    app: &TestApp,
    actor: &Actor,
    kind: Kind,
    json: Value,
    sharing: Option<ShareScope>,
) -> tenon_app::Result<RecordView> {
    let new = NewRecord {
        kind,
        values: values(json),
        sharing,
    };
    records::create(&app.ctx, actor, new, None).await
}

pub(crate) async fn edit(
    app: &TestApp,
    actor: &Actor,
    seen: &RecordView,
    json: Value,
) -> tenon_app::Result<RecordView> {
    records::edit(&app.ctx, actor, seen.id, Some(seen.version), &values(json)).await
}

pub(crate) const fn which(kind: Kind) -> Which {
    Which {
        kind,
        filter: None,
        search: None,
        pipeline: None,
        stage: None,
        linked_to: None,
        deleted: false,
    }
}

async fn page(
    app: &TestApp,
    actor: &Actor,
    which: Which,
    sort: &str,
    limit: u32,
    after: Option<String>,
) -> (Vec<String>, Option<String>) {
    let (field, descending) = sort.strip_prefix('-').map_or((sort, false), |f| (f, true));
    let query = RecordsQuery {
        which,
        sort: Some((field.to_owned(), descending)),
        limit,
        after,
    };
    let page = records::list(&app.ctx, actor, query).await.unwrap();
    (page.items.into_iter().map(|r| r.title).collect(), page.next)
}

pub(crate) async fn titles(app: &TestApp, actor: &Actor, which: Which, sort: &str) -> Vec<String> {
    page(app, actor, which, sort, 200, None).await.0
}

pub(crate) fn names(error: &Error) -> Vec<String> {
    error.fields().into_iter().map(|(name, _)| name).collect()
}

fn conflict(refused: tenon_app::Result<RecordView>) -> tenon_app::EditConflict {
    match refused {
        Err(Error::EditConflict(told)) => Some(*told),
        _ => None,
    }
    .unwrap()
}

store_test! {
    async fn a_record_is_checked_kept_and_told(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let ann = make(&app, me, Kind::Contact, json!({
            "first_name": " Ann ", "last_name": "Müller", "title": "",
            "emails": [{"address": "Ann@Acme.example", "label": "work"}, {"address": ""}],
        })).await;
        assert_eq!((ann.title.as_str(), ann.version, ann.access), ("Ann Müller", 1, Access::Owner));
        assert_eq!(ann.values["first_name"], "Ann");
        assert_eq!(ann.values["owner"], me.member.to_string());
        assert!(!ann.values.contains_key("title"));
        assert_eq!(ann.values["emails"].as_array().unwrap().len(), 1);
        let read = records::get(&app.ctx, me, ann.id).await.unwrap();
        assert_eq!(read.values, ann.values);

        for (kind, sent, field) in [
            (Kind::Contact, json!({}), "values.last_name"),
            (Kind::Company, json!({"domain": "x.example"}), "values.name"),
            (Kind::Company, json!({"name": "A", "nope": 1}), "values.nope"),
            (Kind::Company, json!({"name": "A", "employees": "many"}), "values.employees"),
            (Kind::Contact, json!({"last_name": "A", "company": ann.id.to_string()}), "values.company"),
            (Kind::Contact, json!({"last_name": "A", "company": app.ctx.world.id::<RecordId>().to_string()}), "values.company"),
            (Kind::Contact, json!({"last_name": "A", "owner": app.ctx.world.id::<tenon_model::MemberId>().to_string()}), "values.owner"),
            (Kind::Deal, json!({"name": "A", "stage": app.ctx.world.id::<tenon_model::StageId>().to_string()}), "values.stage"),
            (Kind::Deal, json!({"name": "A", "pipeline": app.ctx.world.id::<PipelineId>().to_string()}), "values.stage"),
        ] {
            let refused = try_make(&app, me, kind, sent.clone(), None).await.map(|_| ()).unwrap_err();
            assert_eq!(names(&refused), [field], "{sent}");
        }
        assert_eq!(titles(&app, me, which(Kind::Contact), "title").await, ["Ann Müller"]);
    }
}

store_test! {
    async fn a_repeated_request_makes_one_record(t: TestStore) {
        let app = TestApp::start(t).await;
        let new = |name: &str| NewRecord {
            kind: Kind::Company,
            values: values(json!({ "name": name })),
            sharing: None,
        };
        let key = |name: &str| Repeat::new(app.owner.member, "record", "k1", &name).unwrap();
        let first = records::create(&app.ctx, &app.owner, new("Acme"), Some(key("Acme"))).await.unwrap();
        let second = records::create(&app.ctx, &app.owner, new("Acme"), Some(key("Acme"))).await.unwrap();
        assert_eq!(first.id, second.id);
        let other = records::create(&app.ctx, &app.owner, new("B"), Some(key("B"))).await;
        assert!(matches!(other.map(|_| ()), Err(Error::KeyReused)));
        assert_eq!(titles(&app, &app.owner, which(Kind::Company), "title").await, ["Acme"]);
    }
}

store_test! {
    async fn two_people_edit_one_record_and_lose_nothing_unseen(t: TestStore) {
        let app = TestApp::start(t).await;
        let (me, otto) = (&app.owner, app.member("otto@tenon.example").await);
        let seen = make(&app, me, Kind::Company, json!({"name": "Acme", "industry": "Food"})).await;
        // Different fields: both stay.
        edit(&app, me, &seen, json!({"industry": "Wine"})).await.unwrap();
        let both = edit(&app, &otto, &seen, json!({"domain": "acme.example"})).await.unwrap();
        assert_eq!((&both.values["industry"], &both.values["domain"]), (&json!("Wine"), &json!("acme.example")));
        assert_eq!(both.version, 3);
        // The same field to the same value is no conflict; to another one it is, and nothing changes.
        edit(&app, &otto, &seen, json!({"industry": "Wine"})).await.unwrap();
        let refused = edit(&app, &otto, &seen, json!({"industry": "Beer", "employees": 7})).await;
        let told = conflict(refused);
        assert_eq!((told.version, told.fields.len()), (3, 1));
        let field = &told.fields[0];
        assert_eq!((field.conflict.field.as_str(), field.by), ("industry", Some(me.member)));
        assert_eq!((&field.conflict.theirs, &field.conflict.yours), (&json!("Wine"), &json!("Beer")));
        let now = records::get(&app.ctx, me, seen.id).await.unwrap();
        assert!(!now.values.contains_key("employees"));
        // Taking one's own is asking again from what is there now.
        let mine = edit(&app, &otto, &now, json!({"industry": "Beer", "employees": 7})).await.unwrap();
        assert_eq!(mine.values["industry"], "Beer");
        // A version that never was.
        let ahead = records::edit(&app.ctx, me, seen.id, Some(99), &values(json!({"name": "B"}))).await;
        assert_eq!(names(&ahead.map(|_| ()).unwrap_err()), ["If-Match"]);
    }
}

store_test! {
    async fn many_edits_at_once_are_all_there(t: TestStore) {
        let app = TestApp::start(t).await;
        let seen = make(&app, &app.owner, Kind::Company, json!({"name": "Acme"})).await;
        let fields = ["domain", "industry", "description", "website"];
        let edits = fields.map(|field| {
            let text = if field == "website" { "https://acme.example" } else { field };
            edit(&app, &app.owner, &seen, json!({ field: text }))
        });
        for done in futures::future::join_all(edits).await {
            done.unwrap();
        }
        let now = records::get(&app.ctx, &app.owner, seen.id).await.unwrap();
        assert!(fields.iter().all(|f| now.values.contains_key(*f)));
        assert_eq!(now.version, 5);
    }
}

store_test! {
    async fn the_bin_gives_back_for_thirty_days(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let acme = make(&app, me, Kind::Company, json!({"name": "Acme"})).await;
        let ann = make(&app, me, Kind::Contact, json!({"last_name": "Ann", "company": acme.id.to_string()})).await;
        records::delete(&app.ctx, me, acme.id).await.unwrap();
        records::delete(&app.ctx, me, acme.id).await.unwrap();
        assert!(titles(&app, me, which(Kind::Company), "title").await.is_empty());
        let bin = Which { deleted: true, ..which(Kind::Company) };
        assert_eq!(titles(&app, me, bin.clone(), "title").await, ["Acme"]);
        assert!(records::get(&app.ctx, me, ann.id).await.unwrap().linked[0].deleted);
        let gone = records::get(&app.ctx, me, acme.id).await.unwrap();
        assert!(matches!(edit(&app, me, &gone, json!({"name": "B"})).await, Err(Error::RecordDeleted)));
        let back = records::restore(&app.ctx, me, acme.id).await.unwrap();
        assert_eq!((back.deleted_at, back.version), (None, 3));

        assert!(records::delete_forever(&app.ctx, me, acme.id).await.is_err());
        records::delete(&app.ctx, me, acme.id).await.unwrap();
        app.clock.advance(Duration::from_hours(29 * 24));
        assert!(!records::empty_bins(&app.ctx).await.unwrap());
        assert_eq!(titles(&app, me, bin.clone(), "title").await, ["Acme"]);
        app.clock.advance(Duration::from_hours(25));
        records::empty_bins(&app.ctx).await.unwrap();
        assert!(matches!(records::get(&app.ctx, me, acme.id).await, Err(Error::NotFound(_))));
        // What linked to it goes on without.
        let ann = records::get(&app.ctx, me, ann.id).await.unwrap();
        assert!(!ann.values.contains_key("company") && ann.linked.is_empty());
        let ann = edit(&app, me, &ann, json!({"title": "CEO"})).await.unwrap();
        records::delete(&app.ctx, me, ann.id).await.unwrap();
        records::delete_forever(&app.ctx, me, ann.id).await.unwrap();
        assert!(titles(&app, me, Which { deleted: true, ..which(Kind::Contact) }, "title").await.is_empty());
    }
}

store_test! {
    async fn history_tells_each_change_and_takes_it_back(t: TestStore) {
        let app = TestApp::start(t).await;
        let (me, otto) = (&app.owner, app.member("otto@tenon.example").await);
        let first = make(&app, me, Kind::Company, json!({"name": "Acme", "industry": "Food"})).await;
        let second = edit(&app, &otto, &first, json!({"name": "Acme Ltd", "industry": null})).await.unwrap();
        let third = edit(&app, me, &second, json!({"name": "Acme SA"})).await.unwrap();
        let history = records::history(&app.ctx, me, first.id, 2, None).await.unwrap();
        let versions: Vec<i64> = history.items.iter().map(|c| c.version).collect();
        assert_eq!(versions, [3, 2]);
        let rest = records::history(&app.ctx, me, first.id, 2, history.next.as_deref()).await.unwrap();
        assert_eq!((rest.items.len(), rest.next), (1, None));
        assert_eq!(history.items[1].by, Some(otto.member));
        let industry = history.items[1].changes.iter().find(|c| c.field == "industry").unwrap();
        assert_eq!((&industry.from, &industry.to), (&json!("Food"), &Value::Null));

        let back = records::revert(&app.ctx, me, first.id, Some(third.version), 2, Some(&["industry".to_owned()])).await.unwrap();
        assert_eq!((&back.values["industry"], &back.values["name"]), (&json!("Food"), &json!("Acme SA")));
        let back = records::revert(&app.ctx, me, first.id, Some(back.version), 2, None).await.unwrap();
        assert_eq!(back.values["name"], "Acme");
        for version in [1, 99, i64::MAX, -1] {
            let refused = records::revert(&app.ctx, me, first.id, Some(back.version), version, None).await;
            assert_eq!(names(&refused.map(|_| ()).unwrap_err()), ["version"]);
        }
    }
}

store_test! {
    async fn lists_are_ordered_filtered_and_paged(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        for (name, employees, city) in [
            ("Élan", Some(10), Some("Paris")), ("acme", Some(-3), None), ("Zeta", None, Some("Rome")),
            ("Ébène", None, None), ("Beta", Some(10), Some("Paris")),
        ] {
            let mut sent = json!({ "name": name, "owner": null });
            if let Some(n) = employees { sent["employees"] = json!(n); }
            if let Some(c) = city { sent["addresses"] = json!([{"label": "mailing", "city": c}]); }
            make(&app, me, Kind::Company, sent).await;
            app.clock.advance(Duration::from_secs(1));
        }
        let by = |sort: &'static str| titles(&app, me, which(Kind::Company), sort);
        assert_eq!(by("title").await, ["acme", "Beta", "Ébène", "Élan", "Zeta"]);
        assert_eq!(by("-title").await, ["Zeta", "Élan", "Ébène", "Beta", "acme"]);
        assert_eq!(by("-created_at").await[0], "Beta");
        // Ties by id, empty ones last either way.
        assert_eq!(by("employees").await, ["acme", "Élan", "Beta", "Zeta", "Ébène"]);
        assert_eq!(by("-employees").await, ["Beta", "Élan", "acme", "Ébène", "Zeta"]);
        for sort in ["title", "-title", "employees", "-employees", "updated_at"] {
            let (mut paged, mut after) = (Vec::new(), None);
            loop {
                let (items, next) = page(&app, me, which(Kind::Company), sort, 2, after).await;
                paged.extend(items);
                after = next;
                if after.is_none() { break; }
            }
            assert_eq!(paged, titles(&app, me, which(Kind::Company), sort).await, "{sort}");
        }

        let all = ["acme", "Beta", "Ébène", "Élan", "Zeta"];
        for (filter, expected) in [
            (json!({"field": "employees", "op": "gte", "value": 10}), vec!["Beta", "Élan"]),
            (json!({"field": "employees", "op": "empty"}), vec!["Ébène", "Zeta"]),
            (json!({"not": {"field": "employees", "op": "lt", "value": 0}}), vec!["Beta", "Ébène", "Élan", "Zeta"]),
            (json!({"field": "addresses", "op": "contains", "value": "PARIS"}), vec!["Beta", "Élan"]),
            (json!({"field": "name", "op": "starts_with", "value": "e"}), vec!["Ébène", "Élan"]),
            (json!({"field": "title", "op": "in", "value": ["ACME", "zeta"]}), vec!["acme", "Zeta"]),
            (json!({"field": "owner", "op": "is_not", "value": "me"}), all.to_vec()),
            (json!({"field": "owner", "op": "not_empty"}), vec![]),
            (json!({"field": "created_by", "op": "is", "value": "me"}), all.to_vec()),
            (json!({"any": []}), vec![]),
            (json!({"all": []}), all.to_vec()),
            (json!({"any": [{"field": "employees", "op": "is", "value": -3}, {"all": [
                {"field": "addresses", "op": "not_empty"}, {"field": "employees", "op": "empty"}]}]}), vec!["acme", "Zeta"]),
            (json!({"field": "created_at", "op": "within", "value": {"last": 1, "unit": "days"}}), all.to_vec()),
        ] {
            let which = Which { filter: Some(filter.clone()), ..which(Kind::Company) };
            assert_eq!(titles(&app, me, which.clone(), "title").await, expected, "{filter}");
            let (count, _) = records::count(&app.ctx, me, which).await.unwrap();
            assert_eq!(count, expected.len() as u64, "{filter}");
        }
        for (search, expected) in [("eb", vec!["Ébène"]), ("É", vec!["Ébène", "Élan"]), ("zeta x", vec![]), (" ", all.to_vec()), ("%", vec![])] {
            let which = Which { search: Some(search.to_owned()), ..which(Kind::Company) };
            assert_eq!(titles(&app, me, which, "title").await, expected, "{search}");
        }
    }
}

store_test! {
    async fn what_is_not_shared_is_not_there(t: TestStore) {
        let app = TestApp::start(t).await;
        let (me, otto) = (&app.owner, app.member("otto@tenon.example").await);
        let acme = try_make(&app, me, Kind::Company, json!({"name": "Acme"}), Some(ShareScope::Private)).await.unwrap();
        let ann = make(&app, me, Kind::Contact, json!({"last_name": "Ann", "company": acme.id.to_string()})).await;
        let note = make(&app, me, Kind::Note, json!({"body": "secret plan", "about": [acme.id.to_string()]})).await;
        assert_eq!(note.sharing, ShareScope::Parent);
        for id in [acme.id, note.id] {
            assert!(matches!(records::get(&app.ctx, &otto, id).await, Err(Error::NotFound(_))));
        }
        let seen = records::get(&app.ctx, &otto, ann.id).await.unwrap();
        assert!(!seen.values.contains_key("company") && seen.linked.is_empty());
        let sneak = make(&app, &otto, Kind::Contact, json!({"last_name": "Bob"})).await;
        let sneak = edit(&app, &otto, &sneak, json!({"company": acme.id.to_string()})).await;
        assert_eq!(names(&sneak.map(|_| ()).unwrap_err()), ["values.company"]);

        let share = |access| SharingView { scope: ShareScope::Shared, members: vec![(otto.member, access)], teams: vec![] };
        assert!(matches!(records::set_sharing(&app.ctx, &otto, ann.id, share(Access::View)).await, Err(Error::Forbidden)));
        records::set_sharing(&app.ctx, me, acme.id, share(Access::View)).await.unwrap();
        let seen = records::get(&app.ctx, &otto, acme.id).await.unwrap();
        assert_eq!(seen.access, Access::View);
        assert_eq!(records::get(&app.ctx, &otto, note.id).await.unwrap().access, Access::View);
        assert!(matches!(edit(&app, &otto, &seen, json!({"name": "B"})).await, Err(Error::Forbidden)));
        assert!(matches!(records::delete(&app.ctx, &otto, acme.id).await, Err(Error::Forbidden)));
        records::set_sharing(&app.ctx, me, acme.id, share(Access::Edit)).await.unwrap();
        let seen = records::get(&app.ctx, &otto, acme.id).await.unwrap();
        edit(&app, &otto, &seen, json!({"industry": "Food"})).await.unwrap();
        let none = SharingView { scope: ShareScope::Private, members: vec![], teams: vec![] };
        records::set_sharing(&app.ctx, me, acme.id, none).await.unwrap();
        assert!(matches!(records::get(&app.ctx, &otto, acme.id).await, Err(Error::NotFound(_))));
        // A link that otto never saw survives his edit of the same field.
        let zeta = make(&app, me, Kind::Contact, json!({"last_name": "Zeta"})).await;
        let hidden = try_make(&app, me, Kind::Contact, json!({"last_name": "Hidden"}), Some(ShareScope::Private)).await.unwrap();
        let task = make(&app, me, Kind::Activity, json!({"type": "call", "name": "Call", "attendees": [hidden.id.to_string()]})).await;
        let seen = records::get(&app.ctx, &otto, task.id).await.unwrap();
        edit(&app, &otto, &seen, json!({"attendees": [zeta.id.to_string()]})).await.unwrap();
        let mine = records::get(&app.ctx, me, task.id).await.unwrap();
        assert_eq!(mine.values["attendees"].as_array().unwrap().len(), 2);
    }
}

store_test! {
    async fn many_are_changed_at_once_and_taken_back(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let mut made = Vec::new();
        for i in 0..120 {
            made.push(make(&app, me, Kind::Company, json!({"name": format!("C{i:03}"), "industry": "Food"})).await);
        }
        let key = |k: &str| Repeat::new(me.member, "bulk", k, &k).unwrap();
        let all = || BulkWhich::All(Box::new(Which { search: Some("c".into()), ..which(Kind::Company) }));
        let set = || BulkChange::Set(values(json!({"industry": "Wine"})));
        let done = records::bulk(&app.ctx, me, all(), set(), key("1")).await.unwrap();
        assert_eq!((done.changed, done.skipped), (120, 0));
        let again = records::bulk(&app.ctx, me, all(), set(), key("1")).await.unwrap();
        assert_eq!((again.id, again.changed), (done.id, 120));
        let wine = |word: &'static str| Which { filter: Some(json!({"field": "industry", "op": "is", "value": word})), ..which(Kind::Company) };
        assert_eq!(records::count(&app.ctx, me, wine("wine")).await.unwrap().0, 120);
        // One goes on meanwhile: it keeps what somebody wrote since.
        let now = records::get(&app.ctx, me, made[7].id).await.unwrap();
        edit(&app, me, &now, json!({"industry": "Beer"})).await.unwrap();
        let back = records::undo_bulk(&app.ctx, me, done.id).await.unwrap();
        assert_eq!((back.changed, back.skipped), (119, 1));
        assert_eq!(records::count(&app.ctx, me, wine("food")).await.unwrap().0, 119);
        // Again: nothing is left to take back, and that is what it says.
        let twice = records::undo_bulk(&app.ctx, me, done.id).await.unwrap();
        assert_eq!((twice.changed, twice.skipped), (0, 120));
        assert_eq!(records::count(&app.ctx, me, wine("food")).await.unwrap().0, 119);

        let some = BulkWhich::Ids(Kind::Company, made[..10].iter().map(|r| r.id).collect());
        let gone = records::bulk(&app.ctx, me, some, BulkChange::Delete, key("2")).await.unwrap();
        assert_eq!(gone.changed, 10);
        assert_eq!(records::count(&app.ctx, me, which(Kind::Company)).await.unwrap().0, 110);
        records::undo_bulk(&app.ctx, me, gone.id).await.unwrap();
        assert_eq!(records::count(&app.ctx, me, which(Kind::Company)).await.unwrap().0, 120);
        let bad = records::bulk(&app.ctx, me, all(), BulkChange::Set(values(json!({"employees": "x"}))), key("3")).await;
        assert!(matches!(bad.map(|_| ()), Err(Error::Validation(_))));
    }
}

store_test! {
    async fn what_one_record_refuses_does_not_stop_the_others(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        for i in 0..70 {
            // Some are known by their name alone.
            let mut sent = json!({"last_name": format!("L{i:02}")});
            if i % 7 > 0 { sent["emails"] = json!([{"address": format!("l{i}@x.example")}]); }
            make(&app, me, Kind::Contact, sent).await;
        }
        let all = || BulkWhich::All(Box::new(which(Kind::Contact)));
        let key = |k: &str| Repeat::new(me.member, "bulk", k, &k).unwrap();
        let nameless = BulkChange::Set(values(json!({"last_name": null})));
        let done = records::bulk(&app.ctx, me, all(), nameless, key("1")).await.unwrap();
        assert_eq!((done.changed, done.skipped), (60, 10));
        // What is deleted with the others, brought back and deleted again is its last deleter's.
        let gone = records::bulk(&app.ctx, me, all(), BulkChange::Delete, key("2")).await.unwrap();
        let bin = Which { deleted: true, ..which(Kind::Contact) };
        let query = RecordsQuery { which: bin.clone(), sort: None, limit: 1, after: None };
        let one = records::list(&app.ctx, me, query).await.unwrap().items[0].id;
        records::restore(&app.ctx, me, one).await.unwrap();
        records::delete(&app.ctx, me, one).await.unwrap();
        let back = records::undo_bulk(&app.ctx, me, gone.id).await.unwrap();
        assert_eq!((back.changed, back.skipped), (69, 1));
        assert!(records::get(&app.ctx, me, one).await.unwrap().deleted_at.is_some());
    }
}

store_test! {
    async fn what_is_hidden_is_hidden_in_history_and_conflicts_too(t: TestStore) {
        let app = TestApp::start(t).await;
        let (me, otto) = (&app.owner, app.member("otto@tenon.example").await);
        let hidden = try_make(&app, me, Kind::Company, json!({"name": "Hidden"}), Some(ShareScope::Private)).await.unwrap();
        let open = make(&app, me, Kind::Company, json!({"name": "Open"})).await;
        let ann = make(&app, me, Kind::Contact, json!({"last_name": "Ann"})).await;
        edit(&app, me, &ann, json!({"company": hidden.id.to_string()})).await.unwrap();
        let told = records::history(&app.ctx, &otto, ann.id, 9, None).await.unwrap();
        assert_eq!(told.items[0].changes[0].to, Value::Null);
        let told = records::timeline(&app.ctx, &otto, ann.id, 9, None).await.unwrap();
        let told = told.items.iter().find_map(|m| match &m.of {
            MomentOf::Change(c) if c.version == 2 => Some(c.changes[0].to.clone()),
            _ => None,
        });
        assert_eq!(told, Some(Value::Null));
        let refused = edit(&app, &otto, &ann, json!({"company": open.id.to_string()})).await;
        let told = conflict(refused);
        assert_eq!(told.fields[0].conflict.theirs, Value::Null);
        assert_eq!(records::history(&app.ctx, me, ann.id, 9, None).await.unwrap().items[0].changes[0].to, hidden.id.to_string());
    }
}

store_test! {
    async fn a_note_goes_with_what_it_is_about(t: TestStore) {
        let app = TestApp::start(t).await;
        let (me, otto) = (&app.owner, app.member("otto@tenon.example").await);
        let open = make(&app, me, Kind::Company, json!({"name": "Open"})).await;
        let closed = try_make(&app, me, Kind::Company, json!({"name": "Closed"}), Some(ShareScope::Private)).await.unwrap();
        let note = make(&app, me, Kind::Note, json!({"body": "plan", "about": [open.id.to_string()]})).await;
        assert!(records::get(&app.ctx, &otto, note.id).await.is_ok());
        let note = edit(&app, me, &note, json!({"about": [closed.id.to_string()]})).await.unwrap();
        assert!(records::get(&app.ctx, &otto, note.id).await.is_err());
        let note = edit(&app, me, &note, json!({"about": null})).await.unwrap();
        assert_eq!(note.sharing, ShareScope::Private);

        // A private task about an open company: what is written about the task is as private.
        let task = try_make(&app, me, Kind::Task, json!({"name": "t", "about": [open.id.to_string()]}), Some(ShareScope::Private)).await.unwrap();
        let about = make(&app, me, Kind::Note, json!({"body": "x", "about": [task.id.to_string()]})).await;
        assert!(records::get(&app.ctx, &otto, about.id).await.is_err());

        // Given away, a private record is its new owner's alone.
        let seen = records::get(&app.ctx, me, closed.id).await.unwrap();
        let given = edit(&app, me, &seen, json!({"owner": otto.member.to_string()})).await.unwrap();
        assert_eq!(given.access, Access::View);
        assert!(records::get(&app.ctx, me, closed.id).await.is_err());
        assert_eq!(records::get(&app.ctx, &otto, closed.id).await.unwrap().access, Access::Owner);
    }
}
