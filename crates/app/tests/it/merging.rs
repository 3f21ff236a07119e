//! Several records become one, and apart again (decision 0063).

use std::collections::HashMap;

use serde_json::{Value, json};
use tenon_app::records::{self, MergeView, Merging, RecordView, SharingView, Which};
use tenon_app::{Actor, Error, Repeat};
use tenon_model::RecordId;
use tenon_model::records::{Access, Cause, Kind, ShareScope};
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

use crate::records::{edit, make, titles, try_make, values, which};

async fn now(app: &TestApp, id: RecordId) -> RecordView {
    records::get(&app.ctx, &app.owner, id).await.unwrap()
}

fn asked(keep: &RecordView, records: &[&RecordView], chosen: Value) -> Merging {
    let all = records.iter().copied().chain([keep]);
    Merging {
        keep: keep.id,
        records: records.iter().map(|r| r.id).collect(),
        versions: all.map(|r| (r.id, r.version)).collect::<HashMap<_, _>>(),
        values: values(chosen),
    }
}

fn key(actor: &Actor, k: &str) -> Repeat {
    Repeat::new(actor.member, "merge", k, &k).unwrap()
}

async fn merge(app: &TestApp, what: Merging, k: &str) -> tenon_app::Result<MergeView> {
    records::merge(&app.ctx, &app.owner, what, key(&app.owner, k)).await
}

store_test! {
    async fn records_become_one_and_apart_again(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let acme = make(&app, me, Kind::Company, json!({"name": "Acme"})).await;
        let kept = make(&app, me, Kind::Contact, json!({"last_name": "Müller", "emails": [{"address": "a@x.example"}]})).await;
        let other = make(&app, me, Kind::Contact, json!({
            "first_name": "Anna", "last_name": "Mueller", "emails": [{"address": "A@x.example"}, {"address": "b@x.example"}],
            "company": acme.id.to_string(), "phones": [{"number": "1234567"}],
        })).await;
        let deal = make(&app, me, Kind::Deal, json!({"name": "Wine", "contacts": [other.id.to_string(), kept.id.to_string()]})).await;
        let note = make(&app, me, Kind::Note, json!({"body": "N", "about": [other.id.to_string()]})).await;
        let binned = make(&app, me, Kind::Task, json!({"name": "T", "about": [other.id.to_string()]})).await;
        records::delete(&app.ctx, me, binned.id).await.unwrap();

        let what = asked(&kept, &[&other], json!({"last_name": "Mueller"}));
        let done = merge(&app, what.clone(), "1").await.unwrap();
        assert_eq!(done.record.title, "Anna Mueller");
        assert_eq!(done.record.values["emails"].as_array().unwrap().len(), 2);
        assert_eq!(done.record.values["company"], acme.id.to_string());
        assert_eq!(done.merged.iter().map(|r| r.id).collect::<Vec<_>>(), [other.id]);
        assert_eq!(now(&app, deal.id).await.values["contacts"], json!([kept.id.to_string()]));
        let about = now(&app, note.id).await;
        assert_eq!(about.values["about"], json!([kept.id.to_string()]));
        let told = records::history(&app.ctx, me, note.id, 9, None).await.unwrap();
        assert_eq!((told.items[0].cause, told.items[0].linked.len()), (Cause::Merged, 2));
        // The merged one is told as gone, shown in the bin, and comes back by taking the merging back only.
        assert!(matches!(records::get(&app.ctx, me, other.id).await, Err(Error::RecordMerged(into)) if into == kept.id));
        assert!(matches!(records::restore(&app.ctx, me, other.id).await, Err(Error::RecordMerged(_))));
        let bin = Which { deleted: true, ..which(Kind::Contact) };
        assert_eq!(titles(&app, me, bin, "title").await, ["Anna Mueller"]);
        // The second coming is answered with the same, another request under its key is refused.
        assert_eq!(merge(&app, what, "1").await.unwrap().id, done.id);
        assert_eq!(records::merges(&app.ctx, me, kept.id).await.unwrap().len(), 1);

        // Somebody goes on with one field; the rest comes back.
        edit(&app, me, &done.record, json!({"phones": [{"number": "7654321"}]})).await.unwrap();
        let undone = records::undo_merge(&app.ctx, me, done.id).await.unwrap();
        assert_eq!(undone.left, [(kept.id, "phones".to_owned())]);
        assert!(undone.undone_at.is_some());
        let back = now(&app, kept.id).await;
        assert_eq!((back.title.as_str(), &back.values["phones"][0]["number"]), ("Müller", &json!("7654321")));
        assert_eq!(back.values["emails"], kept.values["emails"]);
        assert!(!back.values.contains_key("company"));
        assert_eq!(now(&app, other.id).await.values, other.values);
        assert_eq!(now(&app, deal.id).await.values["contacts"], deal.values["contacts"]);
        assert_eq!(now(&app, note.id).await.values["about"], note.values["about"]);
        records::restore(&app.ctx, me, binned.id).await.unwrap();
        assert_eq!(now(&app, binned.id).await.values["about"], binned.values["about"]);
        assert_eq!(records::undo_merge(&app.ctx, me, done.id).await.unwrap().left, []);
        // And once more.
        let again = asked(&back, &[&now(&app, other.id).await], json!({}));
        assert_eq!(merge(&app, again, "2").await.unwrap().merged.len(), 1);
    }
}

store_test! {
    async fn what_was_changed_meanwhile_or_makes_no_sense_is_refused(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let one = make(&app, me, Kind::Contact, json!({"last_name": "One"})).await;
        let two = make(&app, me, Kind::Contact, json!({"last_name": "Two"})).await;
        let acme = make(&app, me, Kind::Company, json!({"name": "Acme"})).await;
        let task = make(&app, me, Kind::Task, json!({"name": "T"})).await;
        let before = asked(&one, &[&two], json!({}));
        let mut partly = before.clone();
        partly.versions.remove(&two.id);
        for (i, wrong) in [
            asked(&one, &[&one], json!({})),
            asked(&one, &[], json!({})),
            asked(&one, &[&two, &two], json!({})),
            asked(&one, &[&acme], json!({})),
            asked(&task, &[&task], json!({})),
            asked(&one, &[&two], json!({"emails": "x"})),
            asked(&one, &[&two], json!({"company": two.id.to_string()})),
            asked(&one, &[&two], json!({"last_name": null})),
            partly,
        ].into_iter().enumerate() {
            let came = merge(&app, wrong, &format!("w{i}")).await.map(|_| ());
            assert!(matches!(came, Err(Error::Validation(_))), "{i} {came:?}");
        }
        edit(&app, me, &two, json!({"title": "CEO"})).await.unwrap();
        assert!(matches!(merge(&app, before, "c").await.map(|_| ()), Err(Error::RecordChanged)));
        let two = now(&app, two.id).await;
        records::delete(&app.ctx, me, two.id).await.unwrap();
        assert!(matches!(merge(&app, asked(&one, &[&two], json!({})), "d").await.map(|_| ()), Err(Error::RecordDeleted)));
        assert_eq!(titles(&app, me, which(Kind::Contact), "title").await, ["One"]);
        assert_eq!(now(&app, one.id).await.version, 1);
    }
}

store_test! {
    async fn who_may_merge_and_who_sees_it(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let colleague = app.member("colin@tenon.example").await;
        let open = make(&app, me, Kind::Contact, json!({"last_name": "Open"})).await;
        let mine = try_make(&app, me, Kind::Contact, json!({"last_name": "Mine", "emails": [{"address": "m@x.example"}]}), Some(ShareScope::Private)).await.unwrap();
        let theirs = make(&app, &colleague, Kind::Contact, json!({"last_name": "Theirs"})).await;
        // A note that only the colleague sees names the kept one afterwards, and nobody is told of it.
        let note = try_make(&app, &colleague, Kind::Note, json!({"body": "Secret", "about": [theirs.id.to_string()]}), Some(ShareScope::Private)).await.unwrap();
        let ask = |keep: &RecordView, r: &RecordView| asked(keep, &[r], json!({}));
        let by = |actor: Actor, what, k: &'static str| { let ctx = app.ctx.clone(); async move { records::merge(&ctx, &actor, what, key(&actor, k)).await.map(|m| m.id) } };
        assert!(matches!(by(colleague, ask(&theirs, &open), "1").await, Err(Error::Forbidden)));
        assert!(matches!(by(colleague, ask(&theirs, &mine), "2").await, Err(Error::NotFound(_))));
        assert!(matches!(by(colleague, ask(&mine, &theirs), "3").await, Err(Error::NotFound(_))));
        let id = by(colleague, ask(&open, &theirs), "4").await.unwrap();
        let told = records::get(&app.ctx, &colleague, note.id).await.unwrap();
        assert_eq!(told.values["about"], json!([open.id.to_string()]));
        assert!(matches!(records::get(&app.ctx, me, note.id).await, Err(Error::NotFound(_))));
        // A private one that went into an open one: who does not see it is told nothing of it.
        let open = now(&app, open.id).await;
        merge(&app, ask(&open, &mine), "5").await.unwrap();
        assert!(matches!(records::get(&app.ctx, &colleague, mine.id).await, Err(Error::NotFound(_))));
        let listed = records::merges(&app.ctx, &colleague, open.id).await.unwrap();
        assert_eq!(listed.iter().map(|m| m.merged.len()).collect::<Vec<_>>(), [0, 1]);
        // Who does not see the kept one is not told of it either: for them it is in the bin.
        let private = SharingView { scope: ShareScope::Private, members: Vec::new(), teams: Vec::new() };
        records::set_sharing(&app.ctx, me, open.id, private).await.unwrap();
        let gone = records::get(&app.ctx, &colleague, theirs.id).await.unwrap();
        assert!(gone.deleted_at.is_some() && gone.merged_into.is_none());
        assert!(matches!(records::restore(&app.ctx, &colleague, theirs.id).await, Err(Error::NotUndoable)));
        assert!(matches!(records::undo_merge(&app.ctx, &colleague, id).await, Err(Error::NotFound(_))));
        assert_eq!(now(&app, open.id).await.access, Access::Owner);
    }
}

store_test! {
    async fn what_goes_with_a_merged_record_goes_with_the_kept_one(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let colleague = app.member("colin@tenon.example").await;
        let kept = make(&app, me, Kind::Contact, json!({"last_name": "Kept"})).await;
        let hidden = try_make(&app, me, Kind::Contact, json!({"last_name": "Hidden"}), Some(ShareScope::Private)).await.unwrap();
        let task = make(&app, me, Kind::Task, json!({"name": "T", "about": [hidden.id.to_string()]})).await;
        let of_task = make(&app, me, Kind::Note, json!({"body": "N", "about": [task.id.to_string()]})).await;
        let seen = async |id| records::get(&app.ctx, &colleague, id).await.is_ok();
        assert!(!seen(task.id).await && !seen(of_task.id).await);
        let done = merge(&app, asked(&kept, &[&hidden], json!({})), "1").await.unwrap();
        assert!(seen(task.id).await && seen(of_task.id).await);
        records::undo_merge(&app.ctx, me, done.id).await.unwrap();
        assert!(!seen(task.id).await && !seen(of_task.id).await);
    }
}

store_test! {
    async fn the_bin_is_emptied_of_what_is_ones_own(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let colleague = app.member("colin@tenon.example").await;
        for (who, kind, name) in [(me, Kind::Task, "A"), (&colleague, Kind::Task, "B"), (&colleague, Kind::Card, "C")] {
            if kind == Kind::Card { continue }
            let row = make(&app, who, kind, json!({"name": name})).await;
            records::delete(&app.ctx, who, row.id).await.unwrap();
        }
        let hidden = try_make(&app, &colleague, Kind::Task, json!({"name": "D"}), Some(ShareScope::Private)).await.unwrap();
        records::delete(&app.ctx, &colleague, hidden.id).await.unwrap();
        assert_eq!(records::empty_bin(&app.ctx, &colleague, Some(Kind::Contact)).await.unwrap(), 0);
        // The owner of the workspace empties what they see; the colleague's own private one stays.
        assert_eq!(records::empty_bin(&app.ctx, me, None).await.unwrap(), 2);
        assert_eq!(records::empty_bin(&app.ctx, &colleague, None).await.unwrap(), 1);
        assert_eq!(records::empty_bin(&app.ctx, &colleague, None).await.unwrap(), 0);
    }
}
