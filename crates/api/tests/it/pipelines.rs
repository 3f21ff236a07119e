//! `/pipelines`: stages as a whole list, by version (requirement R1).

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;
use tenon_model::records::Stage;
use tenon_model::{PipelineId, Scope};
use tenon_testkit::peek::Peek;
use tenon_testkit::{TestStore, rows, store_test};

use crate::support::{Answer, Browser, OWNER, TestApp};

const PATH: &str = "/api/v1/pipelines";

async fn list(browser: &mut Browser) -> Vec<Value> {
    let all = browser.get(PATH).await.json();
    all["items"].as_array().unwrap().clone()
}

/// Changes a pipeline as it was at `version`.
async fn change(browser: &mut Browser, pipeline: &Value, version: &str, body: Value) -> Answer {
    let path = format!("{PATH}/{}", pipeline["id"].as_str().unwrap());
    let request = browser
        .request(Method::PATCH, &path)
        .header("x-tenon-request", "1")
        .header("content-type", "application/json")
        .header("if-match", version);
    browser
        .send(request.body(body.to_string().into()).unwrap())
        .await
}

fn names(pipeline: &Value) -> Vec<&str> {
    let stages = pipeline["stages"].as_array().unwrap();
    stages.iter().map(|s| s["name"].as_str().unwrap()).collect()
}

async fn board(browser: &mut Browser, name: &str) -> Value {
    let answer = browser
        .post(PATH, json!({ "kind": "board", "name": name }))
        .await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.text());
    assert_eq!(answer.header("etag"), "\"1\"");
    answer.json()
}

#[tokio::test]
async fn a_new_workspace_begins_with_sales_leads_and_support_in_the_owners_language() {
    let app = TestApp::empty().await;
    let link = tenon_app::access::setup_token(&app.ctx);
    let mut owner = app.browser();
    let body = json!({
        "token": secrecy::ExposeSecret::expose_secret(&link), "workspace_name": "Acme", "name": "Zoé", "email": OWNER,
        "password": crate::support::PASSWORD, "locale": "fr", "time_zone": "Europe/Paris",
    });
    let answer = owner.post("/api/v1/setup", body).await;
    assert!(answer.status.is_success(), "{}", answer.text());
    let all = list(&mut owner).await;
    let kinds: Vec<_> = all
        .iter()
        .map(|p| json!([p["kind"], p["name"], p["version"], p["archived"]]))
        .collect();
    assert_eq!(
        json!(kinds),
        json!([
            ["deals", "Ventes", 1, false],
            ["leads", "Prospects", 1, false],
            ["cases", "Assistance", 1, false]
        ])
    );
    assert_eq!(
        names(&all[0]),
        [
            "Qualifié",
            "Rendez-vous",
            "Proposition",
            "Négociation",
            "Gagné",
            "Perdu"
        ]
    );
    let first = &all[0]["stages"][0];
    assert_eq!(
        (&first["outcome"], &first["probability"]),
        (&json!("open"), &json!(20))
    );
    assert_eq!(all[0]["stages"][4]["outcome"], "won");
    assert_eq!(all[1]["stages"][3]["outcome"], "lost");
    let mut english = app.elsewhere().await;
    let all = list(&mut english).await;
    assert_eq!(
        names(&all[2]),
        [
            "New",
            "Waiting",
            "In progress",
            "Solved",
            "Closed without answer"
        ]
    );
}

store_test! {
    async fn workspaces_from_before_get_their_pipelines_once(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let mut tx = t.store.begin(&Scope::member(workspace, owner)).await.unwrap();
        tx.members().set_profile(owner, "Zoé", "fr", "Europe/Paris").await.unwrap();
        tx.commit().await.unwrap();
        let app = TestApp::on(&t.url, |_| {}, |_| {}).await;
        let names = async || {
            let mut tx = app.ctx.store.read(&Scope::job(workspace)).await.unwrap();
            let all = tx.pipelines().list().await.unwrap();
            all.into_iter().map(|p| (p.name, p.archived_at.is_some())).collect::<Vec<_>>()
        };
        assert!(names().await.is_empty());
        tenon_app::start_schedules(&app.ctx).await.unwrap();
        let three = ["Ventes", "Prospects", "Assistance"].map(|n| (n.to_owned(), false));
        assert_eq!(names().await, three);
        // One that was put away is not made again.
        let mut tx = app.ctx.store.begin(&Scope::job(workspace)).await.unwrap();
        let mut row = tx.pipelines().list().await.unwrap().remove(1);
        row.archived_at = Some(app.ctx.world.now());
        row.version = 2;
        assert!(tx.pipelines().save(&row, 1).await.unwrap());
        tx.commit().await.unwrap();
        tenon_app::start_schedules(&app.ctx).await.unwrap();
        let [sales, _, support] = three;
        assert_eq!(names().await, [sales, ("Prospects".to_owned(), true), support]);
    }
}

#[tokio::test]
async fn a_pipeline_changes_as_a_whole_and_only_from_what_one_saw() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let first = board(&mut owner, "Hiring").await;
    assert_eq!(names(&first), ["To do", "Doing", "Done"]);
    let [todo, doing] = [0, 1].map(|n| first["stages"][n]["id"].clone());
    let stages = json!([
        { "id": doing, "name": "Talking", "color": 7, "required": ["due_date", "due_date"],
          "task": { "name": " Write back ", "due_days": 2 } },
        { "id": todo, "name": "Heard of", "probability": 10 },
        { "name": "Hired", "outcome": "won" },
    ]);
    let body = json!({ "name": "People", "stages": stages });
    let changed = change(&mut owner, &first, "\"1\"", body.clone()).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    assert_eq!(changed.header("etag"), "\"2\"");
    let changed = changed.json();
    assert_eq!(
        (&changed["name"], &changed["version"]),
        (&json!("People"), &json!(2))
    );
    assert_eq!(names(&changed), ["Talking", "Heard of", "Hired"]);
    let talking = &changed["stages"][0];
    assert_eq!(
        *talking,
        json!({
            "id": doing, "name": "Talking", "color": 7, "outcome": "open", "probability": null,
            "required": ["due_date"], "task": { "name": "Write back", "due_days": 2 },
        })
    );
    assert_eq!(
        changed["stages"][1]["color"], first["stages"][0]["color"],
        "a colour stays"
    );
    let listed = list(&mut owner).await;
    assert_eq!(listed[3], changed);

    // Somebody else began from the version before.
    for version in ["\"1\"", "\"3\"", "\"x\"", "W/\"0\""] {
        let late = change(&mut owner, &first, version, json!({ "name": "Late" })).await;
        late.is_problem(412, "pipeline_changed");
    }
    let path = format!("{PATH}/{}", first["id"].as_str().unwrap());
    let blind = owner
        .write(Method::PATCH, &path, Some(json!({ "name": "Blind" })))
        .await;
    blind.is_problem(422, "validation");
    assert_eq!(blind.json()["fields"][0]["name"], "If-Match");
    // The same once more is no change.
    let same = change(&mut owner, &first, "*", json!({ "name": "People" })).await;
    assert_eq!(same.json()["version"], 2);
}

store_test! {
    async fn a_stage_that_holds_boxes_stays(t: TestStore) {
        let app = TestApp::on(&t.url, |_| {}, |_| {}).await;
        let mut owner = app.member(OWNER, Role::Owner).await;
        let sales = list(&mut owner).await.remove(0);
        let id: PipelineId = sales["id"].as_str().unwrap().parse().unwrap();
        let mut tx = app.ctx.store.read(&Scope::system()).await.unwrap();
        let workspace = tx.members().by_email(OWNER).await.unwrap().unwrap().workspace_id;
        drop(tx);
        let mut tx = app.ctx.store.read(&Scope::job(workspace)).await.unwrap();
        let stages: Vec<Stage> = tx.pipelines().stages(id).await.unwrap();
        drop(tx);
        let mut peek = Peek::open(&t.url).await;
        peek.put_box(app.ctx.world.id(), workspace, &stages[1], false).await;
        peek.put_box(app.ctx.world.id(), workspace, &stages[2], true).await;

        let keep = |kept: &[usize]| -> Value {
            let stages = kept.iter().map(|n| sales["stages"][*n].clone());
            json!({ "stages": stages.collect::<Vec<_>>() })
        };
        let answer = change(&mut owner, &sales, "\"1\"", keep(&[0, 3, 4, 5])).await;
        answer.is_problem(409, "stage_not_empty");
        let mut full: Vec<String> = answer.json()["fields"]
            .as_array()
            .unwrap()
            .iter()
            .map(|f| f["name"].as_str().unwrap().to_owned())
            .collect();
        let mut wanted = [stages[1].id.to_string(), stages[2].id.to_string()];
        full.sort();
        wanted.sort();
        assert_eq!(full, wanted, "the one in the bin too");
        assert_eq!(list(&mut owner).await[0], sales, "nothing came of it");
        let answer = change(&mut owner, &sales, "\"1\"", keep(&[2, 1, 4])).await;
        assert_eq!(answer.status, StatusCode::OK, "{}", answer.text());
        assert_eq!(names(&answer.json()), ["Proposal", "Meeting", "Won"]);
        // A pipeline is put away with its boxes.
        let path = format!("{PATH}/{}", sales["id"].as_str().unwrap());
        let gone = owner.write(Method::DELETE, &path, None).await;
        assert_eq!(gone.status, StatusCode::NO_CONTENT);
        let away = list(&mut owner).await.remove(0);
        assert_eq!((&away["archived"], names(&away).len()), (&json!(true), 3));
        let back = change(&mut owner, &away, "\"3\"", json!({ "archived": false })).await;
        assert_eq!((&back.json()["archived"], &back.json()["version"]), (&json!(false), &json!(4)));
    }
}

#[tokio::test]
async fn what_makes_no_pipeline_is_refused_with_its_place() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let other = board(&mut owner, "Other").await;
    let others = other["stages"][0]["id"].clone();
    let many: Vec<_> = (0..101)
        .map(|n| json!({ "name": format!("S {n}") }))
        .collect();
    let stage = |stage: Value| json!([stage]);
    for (stages, field) in [
        (json!([]), "stages"),
        (json!(many), "stages"),
        (stage(json!({ "name": "" })), "stages[0].name"),
        (stage(json!({ "name": "x".repeat(101) })), "stages[0].name"),
        (json!([{ "name": "A" }, { "name": "á" }]), "stages[1].name"),
        (stage(json!({ "name": "A", "outcome": "won" })), "stages"),
        (
            stage(json!({ "name": "A", "outcome": "maybe" })),
            "stages[0].outcome",
        ),
        (
            stage(json!({ "name": "A", "color": 16 })),
            "stages[0].color",
        ),
        (
            stage(json!({ "name": "A", "probability": 101 })),
            "stages[0].probability",
        ),
        (
            stage(json!({ "name": "A", "required": ["amount"] })),
            "stages[0].required",
        ),
        (
            stage(json!({ "name": "A", "required": ["stage"] })),
            "stages[0].required",
        ),
        (
            stage(json!({ "name": "A", "task": { "name": " ", "due_days": 1 } })),
            "stages[0].task.name",
        ),
        (
            stage(json!({ "name": "A", "task": { "name": "T", "due_days": 1_001 } })),
            "stages[0].task.due_days",
        ),
        (stage(json!({ "name": "A", "id": others })), "stages[0].id"),
        (
            stage(json!({ "name": "A", "id": "nonsense" })),
            "stages[0].id",
        ),
    ] {
        let body = json!({ "kind": "board", "name": "New", "stages": stages });
        let answer = owner.post(PATH, body.clone()).await;
        answer.is_problem(422, "validation");
        assert_eq!(answer.json()["fields"][0]["name"], field, "{body}");
    }
    let twice = json!({ "stages": [{ "id": others, "name": "A" }, { "id": others, "name": "B" }] });
    let answer = change(&mut owner, &other, "\"1\"", twice).await;
    answer.is_problem(422, "validation");
    assert_eq!(answer.json()["fields"][0]["name"], "stages[1].id");
    for (body, field) in [
        (json!({ "kind": "board", "name": "OTHER" }), "name"),
        (json!({ "kind": "board", "name": " " }), "name"),
        (json!({ "kind": "tickets", "name": "X" }), "kind"),
    ] {
        let answer = owner.post(PATH, body).await;
        answer.is_problem(422, "validation");
        assert_eq!(answer.json()["fields"][0]["name"], field);
    }
    assert_eq!(list(&mut owner).await.len(), 4, "nothing came of it");
}

#[tokio::test]
async fn members_make_boards_and_viewers_only_read() {
    let (app, mut owner) = TestApp::with_owner().await;
    let sales = list(&mut owner).await.remove(0);
    let mut member = app.member("otto@example.com", Role::Member).await;
    let mut viewer = app.member("vera@example.com", Role::Viewer).await;
    let own = board(&mut member, "Ideas").await;
    let renamed = change(&mut member, &own, "\"1\"", json!({ "name": "Plans" })).await;
    assert_eq!(renamed.status, StatusCode::OK, "{}", renamed.text());
    for (who, kind, pipeline) in [(&mut member, "deals", &sales), (&mut viewer, "board", &own)] {
        let body = json!({ "kind": kind, "name": "X" });
        who.post(PATH, body).await.is_problem(403, "forbidden");
        change(who, pipeline, "*", json!({ "name": "X" }))
            .await
            .is_problem(403, "forbidden");
        let path = format!("{PATH}/{}", pipeline["id"].as_str().unwrap());
        who.write(Method::DELETE, &path, None)
            .await
            .is_problem(403, "forbidden");
        assert_eq!(list(who).await.len(), 4);
    }
    let mut stranger = app.elsewhere().await;
    change(&mut stranger, &own, "*", json!({ "name": "X" }))
        .await
        .is_problem(404, "not_found");
    app.browser()
        .get(PATH)
        .await
        .is_problem(401, "unauthenticated");
}
