//! Imports and exports over HTTP (requirement R8).

use axum::body::Body;
use http::{Method, StatusCode};
use serde_json::{Value, json};

use crate::support::{Answer, Browser, TestApp};

async fn send(browser: &mut Browser, query: &str, bytes: impl Into<Body>) -> Answer {
    let request = browser
        .request(Method::POST, &format!("/api/v1/imports?{query}"))
        .header("x-tenon-request", "1")
        .header("content-type", "text/csv");
    browser.send(request.body(bytes.into()).unwrap()).await
}

#[tokio::test]
async fn a_file_comes_in_is_looked_at_and_goes_out() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let sent = send(
        &mut owner,
        "kind=company&name=a.csv",
        "Name,Website,X\nAcme,acme.example,1\nBad,a b,2\n",
    )
    .await;
    assert_eq!(sent.status, StatusCode::CREATED, "{}", sent.text());
    let import = sent.json();
    let id = import["id"].as_str().unwrap().to_owned();
    assert_eq!(
        import["columns"][1]["suggested"],
        json!({ "field": "website" })
    );
    assert_eq!(
        (&import["rows"], &import["counts"]),
        (&json!(2), &Value::Null)
    );
    let path = |rest: &str| format!("/api/v1/imports/{id}{rest}");
    let change = json!({ "options": { "duplicates": "create" } });
    let changed = owner.write(Method::PATCH, &path(""), Some(change)).await;
    assert_eq!(changed.json()["options"]["duplicates"], "create");
    let answer = owner.post(&path("/check"), json!({})).await;
    assert_eq!(answer.status, StatusCode::ACCEPTED, "{}", answer.text());
}

#[tokio::test]
async fn hostile_files_are_refused_and_none_is_an_error_of_the_server() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let files: Vec<(&str, Vec<u8>)> = vec![
        ("kind=contact", b"".to_vec()),
        ("kind=contact", b"a\0b".to_vec()),
        ("kind=contact", ",".repeat(1_000_000).into_bytes()),
        (
            "kind=contact",
            format!("a\n\"{}", "x".repeat(100_000)).into_bytes(),
        ),
        ("kind=contact", vec![b'x'; (64 << 20) + 1]),
        ("kind=contact&delimiter=x", b"a,b".to_vec()),
        ("kind=nothing", b"a,b".to_vec()),
        ("kind=deal&name=x.vcf", b"BEGIN:VCARD".to_vec()),
        ("name=x", b"a,b".to_vec()),
    ];
    for (query, bytes) in files {
        let answer = send(&mut owner, query, bytes).await;
        assert!(
            answer.status.is_client_error(),
            "{query}: {}",
            answer.text()
        );
    }
    for odd in [
        "a\rb\rc",
        "a,a,a\n1,2,3",
        "\"",
        "a\n=cmd()\n@x\n",
        "\u{feff}a;b\n\"x",
        "name\n\u{202e}x",
    ] {
        let answer = send(&mut owner, "kind=company", odd).await;
        assert_eq!(
            answer.status,
            StatusCode::CREATED,
            "{odd:?}: {}",
            answer.text()
        );
    }
}

#[tokio::test]
async fn exports_are_attachments() {
    let (_app, mut owner) = TestApp::with_owner().await;
    let record = json!({ "kind": "company", "values": { "name": "=1+1" } });
    owner.post("/api/v1/records", record).await;
    let file = owner
        .post(
            "/api/v1/exports",
            json!({ "kind": "company", "format": "csv" }),
        )
        .await;
    assert_eq!(file.header("content-type"), "text/csv; charset=utf-8");
    assert!(
        file.header("content-disposition")
            .starts_with("attachment; filename=\"company-")
    );
    assert!(file.text().contains(",'=1+1,"), "{}", file.text());
    let wrong = owner
        .post(
            "/api/v1/exports",
            json!({ "kind": "company", "format": "vcard" }),
        )
        .await;
    assert_eq!(wrong.status, StatusCode::UNPROCESSABLE_ENTITY);
    let zip = owner.post("/api/v1/exports/everything", json!({})).await;
    assert_eq!(zip.header("content-type"), "application/zip");
    assert!(zip.body.starts_with(b"PK"));
}
