//! `/reports`: pictures of the work (requirement R10).

use http::{Method, StatusCode};
use serde_json::{Value, json};
use tenon_model::member::Role;

use crate::support::{Browser, TestApp};

async fn pipeline(browser: &mut Browser) -> (Value, Vec<Value>) {
    let all = browser.get("/api/v1/pipelines").await.json();
    let all = all["items"].as_array().unwrap();
    let found = all.iter().find(|p| p["kind"] == "deals").unwrap();
    (
        found["id"].clone(),
        found["stages"].as_array().unwrap().clone(),
    )
}

async fn deal(browser: &mut Browser, stage: &Value, amount: &str) -> String {
    let values = json!({ "name": "Secret plan", "stage": stage["id"], "amount": { "amount": amount, "currency": "EUR" } });
    let made = browser
        .post(
            "/api/v1/records",
            json!({ "kind": "deal", "values": values }),
        )
        .await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    made.json()["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn figures_open_the_records_behind_them() {
    let (app, mut owner) = TestApp::with_owner().await;
    let (pipeline, stages) = pipeline(&mut owner).await;
    let won = stages.iter().find(|s| s["outcome"] == "won").unwrap();
    let first = deal(&mut owner, &stages[0], "100").await;
    let second = deal(&mut owner, &stages[1], "50").await;
    let moved = owner
        .post(
            &format!("/api/v1/records/{first}/move"),
            json!({ "stage": won["id"], "before": null }),
        )
        .await;
    assert_eq!(moved.status, StatusCode::OK, "{}", moved.text());
    let days = json!({ "pipeline": pipeline, "from": "2020-01-01", "to": "2029-01-01" });
    let funnel = owner
        .post("/api/v1/reports/funnel", days.clone())
        .await
        .json();
    assert_eq!((&funnel["created"], &funnel["won"]), (&json!(2), &json!(1)));
    assert_eq!(funnel["stages"][0]["reached"], 2);
    assert_eq!(funnel["stages"][2]["share"], 0.5);

    let mut rows = days.clone();
    rows["pick"] = json!({ "stage": stages[2]["id"] });
    let page = owner
        .post("/api/v1/reports/funnel/rows", rows.clone())
        .await
        .json();
    assert_eq!(page["items"][0]["id"], json!(first));
    rows["pick"] = json!({ "outcome": "created" });
    rows["limit"] = json!(1);
    let page = owner
        .post("/api/v1/reports/funnel/rows", rows.clone())
        .await
        .json();
    assert_eq!(page["items"][0]["id"], json!(second));
    rows["after"] = page["next"].clone();
    let page = owner.post("/api/v1/reports/funnel/rows", rows).await.json();
    assert_eq!(
        (&page["items"][0]["id"], &page["next"]),
        (&json!(first), &Value::Null)
    );

    let mut by = days.clone();
    by["by"] = json!("month");
    let value = owner.post("/api/v1/reports/value", by.clone()).await.json();
    let last = value["buckets"].as_array().unwrap().last().unwrap().clone();
    assert_eq!(last["open"]["amounts"][0]["amount"], "50");
    assert_eq!(last["won"]["amounts"][0]["amount"], "100");
    by["pick"] = json!({ "bucket": last["start"], "outcome": "won" });
    let page = owner.post("/api/v1/reports/value/rows", by).await.json();
    assert_eq!(page["items"][0]["id"], json!(first));

    let days = json!({ "from": "2020-01-01", "to": "2029-01-01" });
    let told = owner
        .post("/api/v1/reports/activity", days.clone())
        .await
        .json();
    let me = &told["members"][0];
    assert_eq!(
        (&me["boxes_won"], &me["amounts_won"][0]["amount"]),
        (&json!(1), &json!("100"))
    );
    let mut rows = days.clone();
    rows["pick"] = json!({ "member": me["member"]["id"], "what": "boxes_won" });
    let page = owner
        .post("/api/v1/reports/activity/rows", rows)
        .await
        .json();
    assert_eq!(page["items"][0]["id"], json!(first));
    let mut by = days;
    by["by"] = json!("month");
    let waits = owner.post("/api/v1/reports/responses", by).await.json();
    assert_eq!(
        (
            &waits["whole"]["received"],
            &waits["whole"]["median_seconds"]
        ),
        (&json!(0), &Value::Null)
    );

    // Somebody elsewhere draws nothing of it.
    let mut stranger = app.elsewhere().await;
    let asked = json!({ "pipeline": pipeline, "from": "2020-01-01", "to": "2029-01-01" });
    stranger
        .post("/api/v1/reports/funnel", asked)
        .await
        .is_problem(404, "not_found");
}

#[tokio::test]
async fn nonsense_is_refused_and_tables_are_text() {
    let (app, mut owner) = TestApp::with_owner().await;
    let mut vera = app.member("vera@example.com", Role::Viewer).await;
    let (pipeline, stages) = pipeline(&mut owner).await;
    deal(&mut owner, &stages[0], "100").await;
    let path = "/api/v1/reports/funnel";
    for (from, to, field) in [
        ("2020-01-01", "2020-01-01", "to"),
        ("2020-02-30", "2021-01-01", "from"),
        ("2000-01-01", "2020-01-01", "to"),
        ("yesterday", "2020-01-01", "from"),
    ] {
        let body = json!({ "pipeline": pipeline, "from": from, "to": to });
        let answer = owner.post(path, body).await;
        answer.is_problem(422, "validation");
        assert_eq!(answer.json()["fields"][0]["name"], field, "{from} {to}");
    }
    let days = json!({ "pipeline": pipeline, "from": "2020-01-01", "to": "2029-01-01" });
    for (pick, status, code) in [
        (json!({}), 422, "validation"),
        (json!({ "outcome": "eaten" }), 422, "validation"),
        (json!({ "stage": pipeline }), 404, "not_found"),
    ] {
        let mut body = days.clone();
        body["pick"] = pick;
        let answer = owner.post("/api/v1/reports/funnel/rows", body).await;
        answer.is_problem(status, code);
    }
    let mut weeks = days.clone();
    weeks["by"] = json!("week");
    owner
        .post("/api/v1/reports/value", weeks)
        .await
        .is_problem(422, "validation");
    // Who may only look may look at this.
    let told = vera.post(path, days.clone()).await;
    assert_eq!(told.status, StatusCode::OK, "{}", told.text());
    let request = owner
        .request(Method::POST, path)
        .header("x-tenon-request", "1")
        .header("content-type", "application/json")
        .header("accept", "text/csv")
        .body(days.to_string().into());
    let table = owner.send(request.unwrap()).await;
    assert_eq!(table.headers["content-type"], "text/csv; charset=utf-8");
    let text = table.text();
    assert!(
        text.starts_with("stage,outcome,reached,share,median_seconds\r\n"),
        "{text}"
    );
    assert_eq!(text.lines().count(), 1 + stages.len());

    // A name that a spreadsheet would take for a formula, with a comma and a quotation mark in it.
    let stages = json!([{ "name": "=1+1, \"too\"" }, { "name": "Won", "outcome": "won" }]);
    let odd = json!({ "kind": "deals", "name": "Odd", "stages": stages });
    let odd = owner.post("/api/v1/pipelines", odd).await.json();
    let days = json!({ "pipeline": odd["id"], "from": "2020-01-01", "to": "2029-01-01" });
    let request = owner
        .request(Method::POST, path)
        .header("x-tenon-request", "1")
        .header("content-type", "application/json")
        .header("accept", "text/csv")
        .body(days.to_string().into());
    let text = owner.send(request.unwrap()).await.text();
    let line = text.lines().nth(1).unwrap();
    assert!(
        line.starts_with("\"'=1+1, \"\"too\"\"\",open,0,,"),
        "{text}"
    );
}
