//! `/mail-merges`: one letter to many (requirement S3).

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Browser, TestApp};

const PATH: &str = "/api/v1/mail-merges";
const WRITING: &[&str] = &["mail", "organizing", "sending"];

async fn letter(browser: &mut Browser, connection: &str, subject: &str, html: &str) -> Value {
    let body = json!({ "connection_id": connection, "kind": "new", "subject": subject, "html": html, "to": [] });
    let answer = browser
        .keyed(Method::POST, "/api/v1/drafts", subject, body)
        .await;
    assert!(answer.status.is_success(), "{}", answer.text());
    answer.json()
}

async fn put_list(browser: &mut Browser, merge: &Value, query: &str, list: &str) -> Answer {
    let path = format!("{}/recipients/file?{query}", path(merge));
    let request = browser
        .request(Method::POST, &path)
        .header("x-tenon-request", "1")
        .header("content-type", "text/csv");
    let body = Body::from(list.to_owned());
    browser.send(request.body(body).unwrap()).await
}

fn path(merge: &Value) -> String {
    format!("{PATH}/{}", merge["id"].as_str().unwrap())
}

#[tokio::test]
async fn from_a_letter_and_a_list_to_its_results() {
    let (app, mut owner) = TestApp::with_owner().await;
    let connection = app.sync_for(&mut owner, WRITING).await;
    let html = "<p>Hello {{ row.name }}</p>";
    let draft = letter(&mut owner, &connection, "For {{ row.name }}", html).await;
    assert_eq!(draft["mail_merge_id"], Value::Null);
    let made = owner.post(PATH, json!({ "draft_id": draft["id"] })).await;
    assert_eq!(made.status, StatusCode::CREATED, "{}", made.text());
    let merge = made.json();
    assert_eq!(
        (&merge["state"], &merge["daily_cap"], &merge["counts"]),
        (&json!("draft"), &json!(400), &json!([]))
    );
    let list = "Name,Mail\nZoé,zoe@partner.example\nBob,nobody\n=1+1,carl@partner.example\n";
    let added = put_list(&mut owner, &merge, "name=list.csv", list).await;
    assert_eq!(added.status, StatusCode::OK, "{}", added.text());
    assert_eq!(
        added.json(),
        json!({ "added": 2, "left_out": [{ "code": "address_invalid", "count": 1 }], "rows": [{ "row": 3, "code": "address_invalid" }] })
    );
    let wrong = put_list(&mut owner, &merge, "column=Phone", list).await;
    wrong.is_problem(422, "validation");
    let change = json!({ "gap_min_seconds": 0, "gap_max_seconds": 0, "name": "News" });
    let changed = owner
        .write(Method::PATCH, &path(&merge), Some(change))
        .await
        .json();
    assert_eq!(
        (&changed["name"], &changed["columns"][0]["key"]),
        (&json!("News"), &json!("name"))
    );
    let slow = json!({ "gap_min_seconds": 9 });
    let slow = owner.write(Method::PATCH, &path(&merge), Some(slow)).await;
    slow.is_problem(422, "validation");
    let preview = owner
        .post(&format!("{}/preview", path(&merge)), json!({ "number": 1 }))
        .await;
    let preview = preview.json();
    assert_eq!(
        (&preview["subject"], &preview["to_address"]),
        (&json!("For Zoé"), &json!("zoe@partner.example"))
    );
    let check = owner
        .post(&format!("{}/check", path(&merge)), json!({}))
        .await
        .json();
    assert_eq!(
        check,
        json!({ "looked_at": 2, "problems": [], "next": null })
    );

    let started = owner
        .post(&format!("{}/start", path(&merge)), json!({}))
        .await;
    assert_eq!(started.status, StatusCode::OK, "{}", started.text());
    assert_eq!(started.json()["state"], "running");
    let again = owner
        .post(&format!("{}/start", path(&merge)), json!({}))
        .await;
    again.is_problem(409, "too_late");
    let done = settled(&mut owner, &merge).await;
    assert_eq!(
        (&done["state"], &done["counts"]),
        (
            &json!("done"),
            &json!([{ "state": "sent", "reason": null, "reason_text": null, "count": 2 }])
        )
    );
    let sent = owner
        .get(&format!("{}/recipients?state=sent&limit=1", path(&merge)))
        .await
        .json();
    assert_eq!(sent["items"][0]["address"], "zoe@partner.example");
    let rest = format!(
        "{}/recipients?after={}",
        path(&merge),
        sent["next"].as_str().unwrap()
    );
    let rest = owner.get(&rest).await.json();
    assert_eq!(rest["items"].as_array().unwrap().len(), 1);
    let odd = owner
        .get(&format!("{}/recipients?state=odd", path(&merge)))
        .await;
    odd.is_problem(422, "validation");
    let file = owner.get(&format!("{}/results", path(&merge))).await;
    assert!(file.header("content-disposition").starts_with("attachment"));
    assert!(
        file.text().contains("carl@partner.example,'=1+1,sent"),
        "no formula: {}",
        file.text()
    );
    for step in ["pause", "resume", "cancel"] {
        let late = owner.post_empty(&format!("{}/{step}", path(&merge))).await;
        late.is_problem(409, "too_late");
    }
    let gone = owner.write(Method::DELETE, &path(&merge), None).await;
    assert_eq!(gone.status, StatusCode::NO_CONTENT);
    owner.get(&path(&merge)).await.is_problem(404, "not_found");
}

/// Waits until it stands still.
async fn settled(browser: &mut Browser, merge: &Value) -> Value {
    for _ in 0..200 {
        let now = browser.get(&path(merge)).await.json();
        if now["state"] != "running" {
            return now;
        }
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    }
    browser.get(&path(merge)).await.json()
}

#[tokio::test]
async fn a_letter_that_is_wrong_and_a_list_that_is_none_are_refused() {
    let (app, mut owner) = TestApp::with_owner().await;
    let connection = app.sync_for(&mut owner, WRITING).await;
    let draft = letter(&mut owner, &connection, "x", "<p>{{ row.town }}</p>").await;
    let merge = owner
        .post(PATH, json!({ "draft_id": draft["id"] }))
        .await
        .json();
    let start = format!("{}/start", path(&merge));
    let nobody = owner.post(&start, json!({})).await;
    nobody.is_problem(422, "validation");
    for list in [
        "",
        "Name,Phone\nZoé,1\n",
        "mail\n",
        "BEGIN:VCARD\nEND:VCARD\n",
    ] {
        let refused = put_list(&mut owner, &merge, "name=a", list).await;
        refused.is_problem(422, "validation");
    }
    put_list(
        &mut owner,
        &merge,
        "",
        "Name,Mail\nZoé,zoe@partner.example\n",
    )
    .await;
    let unknown = owner.post(&start, json!({})).await;
    unknown.is_problem(422, "validation");
    assert!(unknown.text().contains("row.town"), "{}", unknown.text());
    for number in [i64::MIN, i64::MAX] {
        let odd = owner
            .post(
                &format!("{}/preview", path(&merge)),
                json!({ "number": number }),
            )
            .await;
        assert!(odd.status.is_client_error(), "{}", odd.text());
    }
    let number = format!("{}/recipients/x", path(&merge));
    let odd = owner.write(Method::DELETE, &number, None).await;
    odd.is_problem(404, "not_found");
    let neither = json!({ "kind": "contact" });
    let neither = owner
        .post(&format!("{}/recipients", path(&merge)), neither)
        .await;
    neither.is_problem(422, "validation");
    let emptied = owner
        .write(
            Method::DELETE,
            &format!("{}/recipients", path(&merge)),
            None,
        )
        .await;
    assert_eq!(emptied.json()["counts"], json!([]));
    let other = owner
        .post(
            PATH,
            json!({ "draft_id": "drf_01h455vb4pex5vsknk084sn02q" }),
        )
        .await;
    other.is_problem(404, "not_found");
}

/// The way out of a mail merge that went to Zoé.
pub(crate) async fn page_of_one(app: &TestApp, owner: &mut Browser) -> String {
    let connection = app.sync_for(owner, WRITING).await;
    let draft = letter(owner, &connection, "News", "<p>News</p>").await;
    let merge = owner
        .post(PATH, json!({ "draft_id": draft["id"] }))
        .await
        .json();
    assert_eq!(
        merge["unsubscribe"], false,
        "without TLS one has to want it"
    );
    let want = json!({ "unsubscribe": true });
    let merge = owner
        .write(Method::PATCH, &path(&merge), Some(want))
        .await
        .json();
    assert_eq!(merge["unsubscribe"], true);
    put_list(owner, &merge, "", "Mail\nzoe@partner.example\n").await;
    owner
        .post(&format!("{}/start", path(&merge)), json!({}))
        .await;
    let done = settled(owner, &merge).await;
    assert_eq!(
        (&done["state"], &done["unsubscribed"]),
        (&json!("done"), &json!(0))
    );
    let control = app.sandbox.control();
    let account = "alice@example.com";
    let mails = control.messages(account);
    let mut links = mails
        .iter()
        .filter_map(|(id, _, _)| control.header(account, id, "List-Unsubscribe"))
        .filter(|link| link.contains("/u/"));
    let link = links.next_back().unwrap();
    let token = link.rsplit_once("/u/").unwrap().1;
    format!("/u/{}", token.trim_matches(['<', '>', ' ']))
}
