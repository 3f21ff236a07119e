//! Files of Drive on records (R4, decision 0066; faults D1 to D6; checks T3, C6).

use std::collections::HashMap;
use std::time::Duration;

use serde_json::json;
use tenon_app::connections::{self, Callback, CallbackError, Came};
use tenon_app::records::{self, FileView, Linking, Merging, Picked, RecordView};
use tenon_app::{Actor, Error, Repeat};
use tenon_model::feature::Feature;
use tenon_model::files::FileState::{self, Available, NoAccess, Unavailable};
use tenon_model::records::{Kind, ShareScope};
use tenon_model::{ConnectionId, RecordId, Scope};
use tenon_sandbox::Fault;
use tenon_testkit::app::{Options, TestApp};
use tenon_testkit::{TestStore, store_test};

use crate::records::{make, try_make};

const ALICE: &str = "alice@example.com";
const MINUTES: Duration = Duration::from_mins(16);
const DAY: Duration = Duration::from_hours(25);

async fn start(t: TestStore) -> TestApp {
    let options = Options {
        messages: 3,
        ..Options::default()
    };
    TestApp::start_with(t, options).await
}

async fn deal(app: &TestApp, name: &str) -> RecordId {
    make(app, &app.owner, Kind::Deal, json!({"name": name}))
        .await
        .id
}

/// A connection that may see files, and the ids of files that are open to Tenon.
async fn connected(app: &TestApp, open: usize) -> (ConnectionId, Vec<String>) {
    let id = app.connect_with(ALICE, &[Feature::Files]).await;
    let control = app.sandbox.control();
    let all = control.drive_files(ALICE).into_iter().map(|(id, _)| id);
    let own = all.filter(|id| control.drive_of(id).is_none());
    let ids: Vec<String> = own.take(open).collect();
    for id in &ids {
        assert!(control.open_file(ALICE, id));
    }
    (id, ids)
}

/// Files of the shared drive.
fn in_drive(app: &TestApp) -> Vec<String> {
    let control = app.sandbox.control();
    let known = control.drive_files(ALICE).into_iter().map(|(id, _)| id);
    known
        .filter(|id| control.drive_of(id).is_some())
        .take(1)
        .collect()
}

async fn link(app: &TestApp, record: RecordId, ids: &[String]) -> Vec<FileView> {
    let what = Linking {
        ids: ids.to_vec(),
        ..Linking::default()
    };
    records::link_files(&app.ctx, &app.owner, record, what)
        .await
        .unwrap()
}

async fn listed(app: &TestApp, actor: &Actor, record: RecordId) -> Vec<FileView> {
    records::files(&app.ctx, actor, record).await.unwrap()
}

async fn states(app: &TestApp, record: RecordId) -> Vec<(String, FileState)> {
    let files = listed(app, &app.owner, record).await;
    files.into_iter().map(|f| (f.name, f.state)).collect()
}

fn pasted(id: &str) -> Linking {
    Linking {
        links: vec![format!(
            "https://docs.google.com/document/d/{id}/edit?usp=sharing"
        )],
        ..Linking::default()
    }
}

store_test! {
    async fn a_file_is_linked_once_removed_and_brought_back(t: TestStore) {
        let app = start(t).await;
        let (_, ids) = connected(&app, 2).await;
        let deal = deal(&app, "Wine").await;
        let first = records::link_files(&app.ctx, &app.owner, deal, pasted(&ids[0])).await.unwrap();
        assert_eq!((first.len(), first[0].state), (1, Available));
        assert!(first[0].link.starts_with("https://") && first[0].checked_at.is_some());
        assert_eq!(first[0].added_by, (app.owner.member, "Olivia Martin".to_owned()));
        // Again, by its id and by its link at once: still one.
        let what = Linking { ids: vec![ids[0].clone()], ..pasted(&ids[0]) };
        let again = records::link_files(&app.ctx, &app.owner, deal, what).await.unwrap();
        assert_eq!((again.len(), again[0].id), (1, first[0].id));
        assert_eq!(listed(&app, &app.owner, deal).await.len(), 1);
        // Two at the same moment: one as well.
        let both = futures::join!(link(&app, deal, &ids[1..]), link(&app, deal, &ids[1..]));
        assert_eq!(both.0[0].id, both.1[0].id);
        assert_eq!(listed(&app, &app.owner, deal).await.len(), 2);
        let id = first[0].id;
        for _ in 0..2 {
            records::unlink_file(&app.ctx, &app.owner, deal, id).await.unwrap();
        }
        assert_eq!(listed(&app, &app.owner, deal).await.len(), 1);
        for _ in 0..2 {
            assert_eq!(records::restore_file(&app.ctx, &app.owner, deal, id).await.unwrap().id, id);
        }
        assert_eq!(listed(&app, &app.owner, deal).await.len(), 2);
        records::unlink_file(&app.ctx, &app.owner, deal, id).await.unwrap();
        assert_eq!(link(&app, deal, &ids[..1]).await[0].id, id, "linking again brings it back");
        // What is no link, and too many.
        for (what, code) in [
            (Linking { links: vec!["https://example.com/x".into()], ..Linking::default() }, "not_a_drive_link"),
            (Linking { ids: vec!["../about".into()], ..Linking::default() }, "validation"),
            (Linking::default(), "validation"),
            (Linking { ids: (0..51).map(|n| format!("1AbC-dEf_{n:06}")).collect(), ..Linking::default() }, "validation"),
        ] {
            let refused = records::link_files(&app.ctx, &app.owner, deal, what).await;
            assert_eq!(refused.err().map(|e| e.code()), Some(code));
        }
    }
}

store_test! {
    async fn d1_d2_a_file_that_is_not_open_is_kept_without_access(t: TestStore) {
        let app = start(t).await;
        let deal = deal(&app, "Wine").await;
        let control = app.sandbox.control();
        let (id, name) = control.drive_files(ALICE).remove(0);
        // Nobody can be asked yet.
        let linked = records::link_files(&app.ctx, &app.owner, deal, pasted(&id)).await.unwrap();
        assert_eq!((linked[0].name.as_str(), linked[0].state, linked[0].checked_at), ("Google Docs file", NoAccess, None));
        connected(&app, 0).await;
        // D1: it is there, and is answered as not there.
        link(&app, deal, std::slice::from_ref(&id)).await;
        assert_eq!(states(&app, deal).await, [("Google Docs file".to_owned(), NoAccess)]);
        let other = control.drive_files(ALICE).remove(1).0;
        control.open_file(ALICE, &other);
        control.faults().push(Fault::new("D2"));
        link(&app, deal, std::slice::from_ref(&other)).await;
        assert_eq!(states(&app, deal).await[1], ("Google Drive file".to_owned(), NoAccess));
        // Once it is chosen, it is seen; and whoever has no access to it later takes nothing away.
        control.open_file(ALICE, &id);
        link(&app, deal, &[id.clone(), other]).await;
        assert!(states(&app, deal).await.iter().all(|(_, s)| *s == Available));
        assert_eq!(states(&app, deal).await[0].0, name);
        control.faults().push(Fault::new("D1"));
        link(&app, deal, &[id]).await;
        assert_eq!(states(&app, deal).await[0], (name, Available));
    }
}

store_test! {
    async fn d3_d4_d5_what_happens_at_google_arrives(t: TestStore) {
        let app = start(t).await;
        let (_, mut ids) = connected(&app, 3).await;
        let drive = in_drive(&app);
        let control = app.sandbox.control();
        assert!(control.open_file(ALICE, &drive[0]));
        ids.extend(drive);
        let deal = deal(&app, "Wine").await;
        link(&app, deal, &ids).await;
        tenon_app::start_schedules(&app.ctx).await.unwrap();
        app.settle().await;
        for (n, id) in ids.iter().enumerate() {
            assert!(control.rename_file(id, &format!("New {n}")));
        }
        app.pass(MINUTES).await;
        let names = |states: Vec<(String, FileState)>| states.into_iter().map(|(n, _)| n).collect::<Vec<_>>();
        // D3: the shared drive has a token of its own.
        assert_eq!(names(states(&app, deal).await), ["New 0", "New 1", "New 2", "New 3"]);
        let paths: Vec<String> = control.requests().into_iter().map(|r| r.path).collect();
        assert!(paths.iter().any(|p| p.contains("/changes/startPageToken") && p.contains("driveId=")));
        // D4: never a single change.
        assert!(!paths.iter().any(|p| p.contains("/drive/v3/changes/") && !p.contains("startPageToken")));
        // D5: in the bin, deleted, no longer shared.
        control.trash_file(&ids[0], true);
        control.delete_file(&ids[1]);
        control.unshare_file(ALICE, &ids[2]);
        app.pass(MINUTES).await;
        let now: Vec<FileState> = states(&app, deal).await.into_iter().map(|(_, s)| s).collect();
        assert_eq!(now, [Unavailable, Unavailable, Unavailable, Available]);
        control.trash_file(&ids[0], false);
        control.share_file(ALICE, &ids[2]);
        app.pass(DAY).await;
        let now = states(&app, deal).await;
        let of: Vec<FileState> = now.iter().map(|(_, s)| *s).collect();
        assert_eq!(of, [Available, NoAccess, Available, Available], "looked at again after a day");
        assert_eq!(now[1].0, "New 1", "what it was called stays");
        // D4: a token that is refused. What happened meanwhile is found by one look at each file.
        control.rename_file(&ids[0], "Newest");
        control.forget_file_tokens();
        app.pass(MINUTES).await;
        assert_eq!(states(&app, deal).await[0].0, "Newest");
        control.rename_file(&ids[0], "Newest of all");
        control.faults().push(Fault::new("D4:token"));
        app.pass(MINUTES).await;
        app.pass(MINUTES).await;
        assert_eq!(states(&app, deal).await[0].0, "Newest of all");
        // Nobody follows what is linked nowhere.
        for file in listed(&app, &app.owner, deal).await {
            records::unlink_file(&app.ctx, &app.owner, deal, file.id).await.unwrap();
        }
        app.pass(MINUTES).await;
        control.reset_log();
        app.pass(MINUTES).await;
        assert!(!control.requests().iter().any(|r| r.path.starts_with("/drive/")));
    }
}

store_test! {
    async fn d6_the_limits_of_drive_slow_down_and_lose_nothing(t: TestStore) {
        let app = start(t).await;
        let (_, ids) = connected(&app, 1).await;
        let deal = deal(&app, "Wine").await;
        let control = app.sandbox.control();
        for row in ["D6", "D6:project", "D6:429"] {
            control.faults().push(Fault::new(row));
            let what = Linking { ids: ids.clone(), ..Linking::default() };
            let refused = records::link_files(&app.ctx, &app.owner, deal, what).await;
            assert!(matches!(refused, Err(Error::Quota(_))), "{row}");
            app.pass(Duration::from_mins(2)).await;
        }
        link(&app, deal, &ids).await;
        tenon_app::start_schedules(&app.ctx).await.unwrap();
        app.settle().await;
        for row in ["D6", "D6:429"] {
            control.rename_file(&ids[0], row);
            control.faults().push(Fault::new(row).on("/changes"));
            app.pass(MINUTES).await;
            app.pass(Duration::from_mins(3)).await;
            assert_eq!(states(&app, deal).await, [(row.to_owned(), Available)]);
        }
        // The limit of sharing: told for what it is; we never share.
        control.faults().push(Fault::new("D6:sharing"));
        let what = Linking { ids, ..Linking::default() };
        let refused = records::link_files(&app.ctx, &app.owner, deal, what).await;
        assert!(matches!(refused, Err(Error::NeedsReauthorization)));
    }
}

async fn begun(app: &TestApp, record: RecordId) -> url::Url {
    records::pick_files(&app.ctx, &app.owner, record, None)
        .await
        .unwrap()
}

async fn back(app: &TestApp, actor: &Actor, answer: Callback) -> Result<usize, CallbackError> {
    match connections::callback(&app.ctx, actor, answer).await {
        Ok(Came::Picked(Picked { linked, .. })) => linked,
        Ok(Came::Connected(_)) => Err(CallbackError("something was connected")),
        Err(error) => Err(error),
    }
}

store_test! {
    async fn files_are_chosen_on_googles_own_page(t: TestStore) {
        let app = start(t).await;
        let deal = deal(&app, "Wine").await;
        let off = records::pick_files(&app.ctx, &app.owner, deal, None).await;
        assert!(matches!(off, Err(Error::FeatureOff(Feature::Files))), "consent comes first");
        let connection = connected(&app, 0).await.0;
        let before = app.sandbox.control().live_grants(ALICE);
        let control = app.sandbox.control();
        let ids: Vec<String> = control.drive_files(ALICE).into_iter().take(2).map(|(id, _)| id).collect();
        let chosen: Vec<&str> = ids.iter().map(String::as_str).collect();

        control.pick_next(ALICE, &chosen);
        let url = begun(&app, deal).await;
        let asked: HashMap<String, String> = url.query_pairs().into_owned().collect();
        let want = [
            ("scope", "https://www.googleapis.com/auth/drive.file"), ("trigger_onepick", "true"), ("allow_multiple", "true"),
            ("prompt", "consent"), ("access_type", "online"), ("include_granted_scopes", "false"),
            ("code_challenge_method", "S256"), ("login_hint", ALICE),
        ];
        for (name, value) in want {
            assert_eq!(asked.get(name).map(String::as_str), Some(value), "{name}");
        }
        let answer = app.pick(url, ALICE).await;
        let again = Callback { state: answer.state.clone(), ..Callback::default() };
        assert_eq!(back(&app, &app.owner, answer).await, Ok(2));
        assert!(states(&app, deal).await.iter().all(|(_, s)| *s == Available));
        assert_eq!(back(&app, &app.owner, again).await, Err(CallbackError("state_invalid")), "once");
        let scopes = connections::get(&app.ctx, &app.owner, connection).await.unwrap().scopes_granted;
        assert!(scopes.iter().any(|s| s == "openid"), "the connection's grant is as it was: {scopes:?}");
        assert_eq!(app.sandbox.control().live_grants(ALICE), before, "and no second refresh token lives");

        // Closed without choosing, and refused.
        let answer = app.pick(begun(&app, deal).await, ALICE).await;
        assert_eq!(answer.picked_file_ids, None);
        assert_eq!(back(&app, &app.owner, answer).await, Ok(0));
        for (error, outcome) in [("access_denied", Ok(0)), ("org_internal", Err(CallbackError("admin_policy")))] {
            let answer = app.pick(begun(&app, deal).await, ALICE).await;
            let answer = Callback { error: Some(error.into()), code: None, ..answer };
            assert_eq!(back(&app, &app.owner, answer).await, outcome, "{error}");
        }
        assert_eq!(listed(&app, &app.owner, deal).await.len(), 2);

        // Another account's files, another person's state, too late, odd ids.
        let bob = app.sandbox.control().drive_files("bob@example.com").remove(0).0;
        control.pick_next("bob@example.com", &[&bob]);
        let answer = app.pick(begun(&app, deal).await, "bob@example.com").await;
        assert!(answer.picked_file_ids.is_some());
        assert_eq!(back(&app, &app.owner, answer).await, Err(CallbackError("wrong_account")));
        let other = app.member("otto@tenon.example").await;
        let answer = app.pick(begun(&app, deal).await, ALICE).await;
        assert_eq!(back(&app, &other, answer).await, Err(CallbackError("state_invalid")));
        for (ids, word) in [("../../about", "file_ids_invalid"), (&vec![ids[0].as_str(); 51].join(","), "too_many_files")] {
            let answer = app.pick(begun(&app, deal).await, ALICE).await;
            let answer = Callback { picked_file_ids: Some(ids.to_owned()), ..answer };
            assert_eq!(back(&app, &app.owner, answer).await, Err(CallbackError(word)));
        }
        control.pick_next(ALICE, &chosen);
        let answer = app.pick(begun(&app, deal).await, ALICE).await;
        app.clock.advance(Duration::from_mins(16));
        assert_eq!(back(&app, &app.owner, answer).await, Err(CallbackError("flow_expired")));
        // The record went meanwhile.
        control.pick_next(ALICE, &chosen);
        let answer = app.pick(begun(&app, deal).await, ALICE).await;
        records::delete(&app.ctx, &app.owner, deal).await.unwrap();
        assert_eq!(back(&app, &app.owner, answer).await, Err(CallbackError("record_gone")));
    }
}

store_test! {
    async fn t3_files_are_seen_by_whoever_sees_the_record(t: TestStore) {
        let app = start(t).await;
        let (connection, ids) = connected(&app, 2).await;
        let owner = &app.owner;
        let otto = app.member("otto@tenon.example").await;
        let secret: RecordView = try_make(&app, owner, Kind::Deal, json!({"name": "S"}), Some(ShareScope::Private)).await.unwrap();
        let open = deal(&app, "Open").await;
        let file = link(&app, secret.id, &ids).await.remove(0);
        link(&app, open, &ids).await;
        assert_eq!(listed(&app, &otto, open).await.len(), 2);
        let gone = |code: &'static str| (code == "not_found").then_some(());
        let read = records::files(&app.ctx, &otto, secret.id).await;
        assert!(gone(read.err().unwrap().code()).is_some());
        let write = records::link_files(&app.ctx, &otto, secret.id, pasted(&ids[0])).await;
        assert!(gone(write.err().unwrap().code()).is_some());
        assert!(matches!(records::unlink_file(&app.ctx, &otto, secret.id, file.id).await, Err(Error::NotFound("record"))));
        assert!(matches!(records::pick_files(&app.ctx, &otto, secret.id, None).await, Err(Error::NotFound("record"))));
        // A file of another record is none of this one.
        assert!(matches!(records::unlink_file(&app.ctx, &otto, open, file.id).await, Err(Error::NotFound("file"))));
        assert!(matches!(records::restore_file(&app.ctx, &otto, open, file.id).await, Err(Error::NotFound("file"))));
        // Another's connection is nobody's.
        let what = Linking { connection: Some(connection), ids: ids.clone(), ..Linking::default() };
        assert!(matches!(records::link_files(&app.ctx, &otto, open, what).await, Err(Error::NotFound("connection"))));
        assert!(matches!(records::drive_files(&app.ctx, &otto, connection, "", None).await, Err(Error::NotFound("connection"))));
        // Who only looks does not link.
        let viewer = Actor { role: tenon_model::member::Role::Viewer, ..otto };
        assert!(matches!(records::link_files(&app.ctx, &viewer, open, pasted(&ids[0])).await, Err(Error::Forbidden)));
        assert_eq!(listed(&app, &viewer, open).await.len(), 2);
    }
}

store_test! {
    async fn c6_disconnecting_forgets_the_drive_and_leaves_the_links(t: TestStore) {
        let app = start(t).await;
        let (connection, ids) = connected(&app, 2).await;
        let deal = deal(&app, "Wine").await;
        link(&app, deal, &ids).await;
        tenon_app::start_schedules(&app.ctx).await.unwrap();
        app.settle().await;
        let before = listed(&app, &app.owner, deal).await;
        let preview = connections::disconnect_preview(&app.ctx, &app.owner, connection).await.unwrap();
        assert!(preview.counts.contains(&("file_cursors".to_owned(), 1)), "{preview:?}");
        connections::disconnect(&app.ctx, &app.owner, connection).await.unwrap();
        let mut tx = app.ctx.store.read(&Scope::job(app.owner.workspace)).await.unwrap();
        let rows = tx.record_files().of_records(&[deal]).await.unwrap();
        assert!(rows.len() == 2 && rows.iter().all(|f| f.connection.is_none()));
        assert!(tx.file_cursors().list(connection).await.unwrap().is_empty());
        drop(tx);
        app.sandbox.control().reset_log();
        app.pass(MINUTES).await;
        assert!(!app.sandbox.control().requests().iter().any(|r| r.path.starts_with("/drive/")));
        let after = listed(&app, &app.owner, deal).await;
        let facts = |files: &[FileView]| files.iter().map(|f| (f.id, f.name.clone(), f.state)).collect::<Vec<_>>();
        assert_eq!(facts(&after), facts(&before), "what was known stays");
        // Whoever linked them and connects again looks after them.
        app.sandbox.control().rename_file(&ids[0], "Afterwards");
        connected(&app, 0).await;
        for id in &ids {
            assert!(app.sandbox.control().open_file(ALICE, id));
        }
        link(&app, deal, &ids).await;
        assert_eq!(states(&app, deal).await[0].0, "Afterwards");
        app.sandbox.control().rename_file(&ids[1], "Followed");
        app.pass(MINUTES).await;
        app.pass(MINUTES).await;
        assert_eq!(states(&app, deal).await[1].0, "Followed");
        // Paused: nothing is asked, states stay.
        let id = connections::list(&app.ctx, &app.owner).await.unwrap()[0].id;
        connections::pause(&app.ctx, &app.owner, id).await.unwrap();
        app.sandbox.control().rename_file(&ids[0], "Unheard");
        app.sandbox.control().reset_log();
        app.pass(MINUTES).await;
        assert!(!app.sandbox.control().requests().iter().any(|r| r.path.starts_with("/drive/")));
        assert_eq!(states(&app, deal).await[0].0, "Afterwards");
    }
}

store_test! {
    async fn files_go_with_their_record_into_another_and_into_the_bin(t: TestStore) {
        let app = start(t).await;
        let (_, ids) = connected(&app, 3).await;
        let me = &app.owner;
        let kept = make(&app, me, Kind::Company, json!({"name": "Acme"})).await;
        let lesser = make(&app, me, Kind::Company, json!({"name": "Acme Inc"})).await;
        link(&app, kept.id, &ids[..1]).await;
        link(&app, lesser.id, &ids).await;
        let what = Merging {
            keep: kept.id,
            records: vec![lesser.id],
            versions: [&kept, &lesser].map(|r| (r.id, r.version)).into(),
            values: serde_json::from_value(json!({})).unwrap(),
        };
        let key = Repeat::new(me.member, "merge", "1", &1).unwrap();
        let merged = records::merge(&app.ctx, me, what, key).await.unwrap();
        let of = async |id: RecordId| {
            let mut tx = app.ctx.store.read(&Scope::job(me.workspace)).await.unwrap();
            let files = tx.record_files().of_records(&[id]).await.unwrap();
            files.into_iter().map(|f| f.provider_file_id).collect::<std::collections::BTreeSet<_>>()
        };
        let all: std::collections::BTreeSet<String> = ids.iter().cloned().collect();
        assert_eq!(of(kept.id).await, all);
        assert_eq!(of(lesser.id).await, ids[..1].iter().cloned().collect(), "each file once");
        records::undo_merge(&app.ctx, me, merged.id).await.unwrap();
        assert_eq!(of(kept.id).await, ids[..1].iter().cloned().collect());
        assert_eq!(of(lesser.id).await, all);

        // In the bin they are hidden, out of it they are back.
        records::delete(&app.ctx, me, lesser.id).await.unwrap();
        assert!(listed(&app, me, lesser.id).await.is_empty());
        let late = records::link_files(&app.ctx, me, lesser.id, pasted(&ids[0])).await;
        assert!(matches!(late, Err(Error::RecordDeleted)));
        records::restore(&app.ctx, me, lesser.id).await.unwrap();
        let files = listed(&app, me, lesser.id).await;
        assert_eq!(files.len(), 3);
        // What was removed goes for good after 30 days, with the record's own bin.
        records::unlink_file(&app.ctx, me, lesser.id, files[0].id).await.unwrap();
        app.clock.advance(Duration::from_hours(29 * 24));
        records::empty_bins(&app.ctx).await.unwrap();
        records::restore_file(&app.ctx, me, lesser.id, files[0].id).await.unwrap();
        records::unlink_file(&app.ctx, me, lesser.id, files[0].id).await.unwrap();
        app.clock.advance(Duration::from_hours(31 * 24));
        records::empty_bins(&app.ctx).await.unwrap();
        let gone = records::restore_file(&app.ctx, me, lesser.id, files[0].id).await;
        assert!(matches!(gone, Err(Error::NotFound("file"))));
    }
}

store_test! {
    async fn finding_asks_google_and_keeps_nothing(t: TestStore) {
        let app = start(t).await;
        let (connection, _) = connected(&app, 1).await;
        let control = app.sandbox.control();
        let me = &app.owner;
        let chosen = records::drive_files(&app.ctx, me, connection, "", None).await.unwrap();
        assert_eq!((chosen.files.len(), chosen.all_of_drive), (1, false), "only what was chosen");
        let both = [Feature::Files, Feature::FilesSearch];
        app.try_connect(me, ALICE, &both, Some(connection)).await.unwrap();
        app.settle().await;
        let all = records::drive_files(&app.ctx, me, connection, "", None).await.unwrap();
        assert!(all.all_of_drive && all.files.len() == 30);
        let more = records::drive_files(&app.ctx, me, connection, "", all.next.as_deref()).await.unwrap();
        assert_ne!(more.files[0].provider_file_id, all.files[0].provider_file_id);
        control.add_file(ALICE, "L'offre Zebulon 2026", "application/pdf", None);
        let found = records::drive_files(&app.ctx, me, connection, "l'offre zebu", None).await.unwrap();
        assert_eq!(found.files.iter().map(|f| f.name.as_str()).collect::<Vec<_>>(), ["L'offre Zebulon 2026"]);
        for (words, page) in [("x".repeat(201), None), (String::new(), Some("a b"))] {
            let refused = records::drive_files(&app.ctx, me, connection, &words, page).await;
            assert_eq!(refused.err().map(|e| e.code()), Some("validation"));
        }
        let mut tx = app.ctx.store.read(&Scope::job(me.workspace)).await.unwrap();
        assert!(tx.record_files().of_connection(connection, None, 9).await.unwrap().is_empty());
    }
}

store_test! {
    async fn the_export_of_everything_has_the_files_of_what_is_seen(t: TestStore) {
        let app = start(t).await;
        let (_, ids) = connected(&app, 2).await;
        let me = &app.owner;
        let open = deal(&app, "Wine").await;
        let secret = try_make(&app, me, Kind::Deal, json!({"name": "S"}), Some(ShareScope::Private)).await.unwrap();
        app.sandbox.control().rename_file(&ids[0], "Seen by all.pdf");
        app.sandbox.control().rename_file(&ids[1], "Seen by one.pdf");
        link(&app, open, &ids[..1]).await;
        link(&app, secret.id, &ids[1..]).await;
        let otto = app.member("otto@tenon.example").await;
        for (actor, names) in [(me, vec!["Seen by all.pdf", "Seen by one.pdf"]), (&otto, vec!["Seen by all.pdf"])] {
            let table = crate::importing::member_of_zip(&app, actor, "files.csv").await;
            let lines: Vec<&str> = table.lines().skip(1).collect();
            assert_eq!(lines.len(), names.len(), "{table}");
            for name in names {
                assert!(table.contains(name), "{table}");
            }
        }
    }
}
