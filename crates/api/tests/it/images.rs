//! Remote images over HTTP (requirement M3, checks H2 and H3).

use std::sync::atomic::Ordering;

use http::{Method, StatusCode};
use serde_json::json;
use tenon_model::member::Role;
use tenon_sandbox::NewMail;
use tenon_testkit::pictures::{PICTURE, pictures};

use crate::support::{OWNER, TestApp};

const ALICE: &str = "alice@example.com";

#[tokio::test]
async fn an_image_comes_by_its_number_to_whom_its_address_was_given() {
    let app = TestApp::configured(
        |sandbox| sandbox.messages = 0,
        |config| config.images_from_loopback = true,
    )
    .await;
    let (base, asked) = pictures().await;
    let html = format!("<p>Hi</p><img src=\"{base}/a.gif?reader=7\">");
    let mail = NewMail::new("Shop <shop@partner.example>", ALICE, "Sale").html(&html);
    app.sandbox
        .control()
        .insert_message(ALICE, mail, &["INBOX"]);
    let mut owner = app.member(OWNER, Role::Owner).await;
    app.connect_and_sync(&mut owner).await;
    let threads = owner.get("/api/v1/threads?limit=5").await.json();
    let thread = threads["items"][0]["id"].as_str().unwrap();
    let thread = owner.get(&format!("/api/v1/threads/{thread}")).await.json();
    let message = format!(
        "/api/v1/messages/{}",
        thread["messages"][0]["id"].as_str().unwrap()
    );

    let body = owner.get(&message).await.json()["body"].clone();
    assert_eq!(
        (&body["remote_images_blocked"], &body["images_shown"]),
        (&json!(1), &json!(false))
    );
    let blocked = owner.get(&format!("{message}/body")).await;
    assert!(!blocked.text().contains("/images/") && !blocked.text().contains(&base));
    let shown = owner.get(&format!("{message}/body?images=true")).await;
    assert!(
        shown
            .header("content-security-policy")
            .contains("img-src 'self'")
    );
    let document = shown.text();
    assert!(!document.contains(&base), "{document}");
    let at = document.find(&format!("{message}/images/")).unwrap();
    let address = document[at..]
        .split('"')
        .next()
        .unwrap()
        .replace("&amp;", "&");
    assert_eq!(asked.load(Ordering::SeqCst), 0, "H2");

    let image = owner.get(&address).await;
    assert_eq!(image.status, StatusCode::OK, "{}", image.text());
    assert_eq!(image.header("content-type"), "image/gif");
    assert_eq!(image.header("cache-control"), "private, no-store");
    assert_eq!(image.header("x-content-type-options"), "nosniff");
    assert!(
        image
            .header("content-security-policy")
            .contains("default-src 'none'")
    );
    assert_eq!(&image.body[..], PICTURE);
    assert_eq!(asked.load(Ordering::SeqCst), 1);

    // H3: nothing else is fetched, whatever is changed, and for nobody else.
    let mut other = app.member("otto@example.com", Role::Member).await;
    other.get(&address).await.is_problem(404, "not_found");
    app.browser()
        .get(&address)
        .await
        .is_problem(401, "unauthenticated");
    let (before, query) = address.split_once("/images/0?").unwrap();
    let (end, signature) = query.split_once("&s=").unwrap();
    for changed in [
        format!("{before}/images/1?{query}"),
        format!("{before}/images/x?{query}"),
        format!("{before}/images/-1?{query}"),
        format!("{before}/images/99999999999999999999?{query}"),
        format!("{before}/images/0?{end}0&s={signature}"),
        format!("{before}/images/0?{end}&s=0{signature}"),
        format!("{before}/images/0?{end}&s="),
    ] {
        owner.get(&changed).await.is_problem(404, "not_found");
    }
    for odd in [
        format!("{before}/images/0"),
        format!("{before}/images/0?e=soon&s={signature}"),
    ] {
        owner.get(&odd).await.is_problem(422, "validation");
    }
    // An end that no clock has, signed or not.
    for end in [i64::MAX, i64::MIN] {
        let odd = format!("{before}/images/0?e={end}&s={signature}");
        owner.get(&odd).await.is_problem(404, "not_found");
    }
    assert_eq!(asked.load(Ordering::SeqCst), 1);

    // A sender whose images come without asking.
    let sender = format!("{message}/sender-images");
    let shown = Some(json!({ "shown": true }));
    other
        .write(Method::PUT, &sender, shown.clone())
        .await
        .is_problem(404, "not_found");
    app.browser()
        .write(Method::PUT, &sender, shown.clone())
        .await
        .is_problem(401, "unauthenticated");
    owner
        .write(Method::PUT, &sender, Some(json!({ "shown": "yes" })))
        .await
        .is_problem(422, "validation");
    let answer = owner.write(Method::PUT, &sender, shown).await;
    assert_eq!(answer.status, StatusCode::NO_CONTENT, "{}", answer.text());
    assert_eq!(
        owner.get(&message).await.json()["body"]["images_shown"],
        true
    );
}
