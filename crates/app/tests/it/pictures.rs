//! Remote images on request (requirement M3, checks H2, H3).

use std::time::Duration;

use tenon_app::{Error, mail};
use tenon_model::MessageId;
use tenon_sandbox::NewMail;
use tenon_testkit::app::{Options, TestApp};
use tenon_testkit::pictures::{PICTURE, pictures};
use tenon_testkit::{TestStore, store_test};

const ALICE: &str = "alice@example.com";

async fn start(
    t: TestStore,
) -> (
    TestApp,
    MessageId,
    std::sync::Arc<std::sync::atomic::AtomicUsize>,
) {
    let options = Options {
        messages: 0,
        config: |c| c.images_from_loopback = true,
        ..Options::default()
    };
    let app = TestApp::start_with(t, options).await;
    let (base, asked) = pictures().await;
    let html = format!(
        "<p>Hi</p><img src=\"{base}/a.gif?reader=7\"><img src=\"http://10.0.0.1/b.gif\"><p>tenon-image:0</p>"
    );
    let mail = NewMail::new("Shop <shop@partner.example>", ALICE, "Sale").html(&html);
    app.sandbox
        .control()
        .insert_message(ALICE, mail, &["INBOX"]);
    let id = app.connect(ALICE).await;
    let query = mail::ThreadsQuery {
        connection: Some(id),
        limit: 10,
        ..Default::default()
    };
    let page = mail::threads(&app.ctx, &app.owner, query).await.unwrap();
    let detail = mail::thread(&app.ctx, &app.owner, page.items[0].id)
        .await
        .unwrap();
    (app, detail.messages[0].id, asked)
}

/// Number, end and signature of the images in a document.
fn signed(document: &str) -> Vec<(usize, i64, String)> {
    document
        .split("/images/")
        .skip(1)
        .map(|rest| {
            let address = rest.split('"').next().unwrap();
            let (number, query) = address.split_once("?e=").unwrap();
            let (until, sign) = query.split_once("&amp;s=").unwrap();
            (
                number.parse().unwrap(),
                until.parse().unwrap(),
                sign.to_owned(),
            )
        })
        .collect()
}

store_test! {
    async fn h2_nothing_is_asked_before_the_click_and_then_only_what_stands_in_the_message(t: TestStore) {
        let (app, id, asked) = start(t).await;
        let count = || asked.load(std::sync::atomic::Ordering::SeqCst);
        let opened = mail::open(&app.ctx, &app.owner, id).await.unwrap();
        assert_eq!((opened.body.remote_images_blocked, opened.body.images_shown), (2, false));
        let blocked = mail::body_html(&app.ctx, &app.owner, id, false, false).await.unwrap();
        assert!(!blocked.contains("http://127") && !blocked.contains("/images/"));
        let shown = mail::body_html(&app.ctx, &app.owner, id, false, true).await.unwrap();
        assert!(!shown.contains("http://127") && !shown.contains("10.0.0.1"), "{shown}");
        assert_eq!(count(), 0);
        let images = signed(&shown);
        assert_eq!(images.len(), 2);
        let (number, until, sign) = images[0].clone();
        let image = mail::image(&app.ctx, &app.owner, id, number, until, &sign).await.unwrap();
        assert_eq!((image.content_type, &image.bytes[..]), ("image/gif", PICTURE));
        mail::image(&app.ctx, &app.owner, id, number, until, &sign).await.unwrap();
        assert_eq!(count(), 1, "from memory");
        // W6: an address inside somebody's network is a picture that does not come.
        let (number, until, sign) = images[1].clone();
        let refused = mail::image(&app.ctx, &app.owner, id, number, until, &sign).await;
        assert!(matches!(refused, Err(Error::NotFound(_))));
        // H3: nothing else is fetched for anybody, by any change of the address.
        let (number, until, sign) = images[0].clone();
        let other = app.member("otto@tenon.example").await;
        for (actor, number, until, sign) in [
            (&app.owner, number + 1, until, sign.clone()),
            (&app.owner, number, until + 1, sign.clone()),
            (&app.owner, number, until, "0".repeat(32)),
            (&app.owner, number, until, String::new()),
            (&other, number, until, sign.clone()),
        ] {
            let refused = mail::image(&app.ctx, actor, id, number, until, &sign).await;
            assert!(matches!(refused, Err(Error::NotFound(_))));
        }
        app.clock.advance(Duration::from_mins(31));
        let late = mail::image(&app.ctx, &app.owner, id, number, until, &sign).await;
        assert!(matches!(late, Err(Error::NotFound(_))));
        assert_eq!(count(), 1);
    }
}

store_test! {
    async fn a_sender_is_remembered_by_the_member_who_said_so(t: TestStore) {
        let (app, id, _) = start(t).await;
        mail::show_sender(&app.ctx, &app.owner, id, true).await.unwrap();
        assert!(mail::open(&app.ctx, &app.owner, id).await.unwrap().body.images_shown);
        mail::show_sender(&app.ctx, &app.owner, id, false).await.unwrap();
        assert!(!mail::open(&app.ctx, &app.owner, id).await.unwrap().body.images_shown);
        let other = app.member("otto@tenon.example").await;
        assert!(matches!(mail::show_sender(&app.ctx, &other, id, true).await, Err(Error::NotFound(_))));
    }
}
