//! Writing mail (requirement M4): drafts in the person's own mailbox, files, answers.

use tenon_app::compose::{
    self, AttachmentRef, DraftInput, DraftView, Kind, Mailbox, UploadInput, UploadWriter,
};
use tenon_app::mail::{self, MessageView, ThreadsQuery};
use tenon_app::{Actor, Error, Repeat};
use tenon_model::feature::Feature;
use tenon_model::{ConnectionId, UploadId};
use tenon_sandbox::Fault;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const WRITING: &[Feature] = &[Feature::Mail, Feature::Organizing, Feature::Sending];

const MAIL: &[u8] = b"From: \"Zo\xc3\xa9 <b>\" <zoe@partner.example>\r\nTo: alice@example.com, bob@partner.example\r\nCc: carl@partner.example\r\n\
Subject: =?utf-8?q?Devis_n=C2=B0_12?=\r\nMessage-ID: <m1@partner.example>\r\nReferences: <m0@partner.example>\r\n\
Date: Sun, 22 Nov 2026 08:00:00 +0000\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n\
--b\r\nContent-Type: multipart/related; boundary=r\r\n\r\n--r\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
<p onclick=\"x()\">Bonjour <img src=\"cid:logo@x\"></p><script>alert(1)</script>\r\n\
--r\r\nContent-Type: image/png; name=logo.png\r\nContent-ID: <logo@x>\r\nContent-Disposition: inline; filename=logo.png\r\n\
Content-Transfer-Encoding: base64\r\n\r\niVBORw0KGgo=\r\n--r--\r\n\
--b\r\nContent-Type: application/pdf; name=\"devis.pdf\"\r\nContent-Disposition: attachment; filename=\"devis.pdf\"\r\n\
Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--b--\r\n";

pub(crate) fn to(address: &str) -> Mailbox {
    Mailbox {
        name: String::new(),
        address: address.into(),
    }
}

pub(crate) fn letter(connection: ConnectionId, subject: &str) -> DraftInput {
    DraftInput {
        connection,
        kind: Kind::New,
        message: None,
        from: None,
        to: vec![to("bob@partner.example")],
        cc: vec![],
        bcc: vec![],
        subject: subject.into(),
        html: "<p>Bonjour</p>".into(),
        quoted_html: None,
        attachments: vec![],
    }
}

pub(crate) fn key(actor: &Actor, what: &str, key: &str) -> Repeat {
    Repeat::new(actor.member, what, key, &key).unwrap()
}

pub(crate) async fn save(app: &TestApp, input: DraftInput, name: &str) -> Result<DraftView, Error> {
    compose::create_draft(&app.ctx, &app.owner, input, key(&app.owner, "draft", name)).await
}

/// The text of a draft at the provider.
fn raw(app: &TestApp) -> Vec<String> {
    let control = app.sandbox.control();
    let drafts = control.drafts(ALICE);
    let text = |(_, message): (String, String)| {
        String::from_utf8_lossy(&control.raw(ALICE, &message).unwrap()).into_owned()
    };
    drafts.into_iter().map(text).collect()
}

async fn found(app: &TestApp, id: ConnectionId, subject: &str) -> MessageView {
    let query = ThreadsQuery {
        connection: Some(id),
        limit: 200,
        ..Default::default()
    };
    let page = mail::threads(&app.ctx, &app.owner, query).await.unwrap();
    let thread = page
        .items
        .into_iter()
        .find(|t| t.subject == subject)
        .expect("listed");
    let detail = mail::thread(&app.ctx, &app.owner, thread.id).await.unwrap();
    detail.messages.into_iter().next().unwrap()
}

fn uploaded(app: &TestApp, name: &str, kind: &str, inline: bool, bytes: &[u8]) -> UploadId {
    let input = UploadInput {
        name: name.into(),
        content_type: kind.into(),
        inline,
        size: None,
    };
    let mut writer = UploadWriter::begin(&app.ctx, &app.owner, input).unwrap();
    writer.push(bytes).unwrap();
    writer.finish(&app.ctx).id
}

store_test! {
    async fn g8_a_draft_lives_in_the_mailbox_and_is_saved_over_and_discarded(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        let before = app.sandbox.control().drafts(ALICE).len();
        let made = save(&app, letter(id, "Premier 😀"), "k").await.unwrap();
        assert_eq!(app.sandbox.control().drafts(ALICE).len(), before + 1);
        let text = raw(&app).into_iter().find(|t| t.contains(&made.id.to_string())).unwrap();
        assert!(text.contains(&format!("X-Tenon-Send: {}\r\n", made.id)) && text.contains("From: \"Alice"), "{text}");
        let (_, message) = app.sandbox.control().drafts(ALICE).into_iter().last().unwrap();
        assert_eq!(made.etag, format!("\"{message}\""));

        let mut next = letter(id, "Second");
        next.cc = vec![to("x@bücher.example")];
        next.bcc = vec![to("hidden@partner.example")];
        let saved = compose::update_draft(&app.ctx, &app.owner, made.id, next, Some(&made.etag)).await.unwrap();
        assert_ne!(saved.etag, made.etag, "G8: another message");
        assert_eq!(app.sandbox.control().drafts(ALICE).len(), before + 1);
        let stale = compose::update_draft(&app.ctx, &app.owner, made.id, letter(id, "x"), Some(&made.etag)).await;
        assert!(matches!(stale, Err(Error::DraftChanged)));
        let read = compose::draft(&app.ctx, &app.owner, made.id).await.unwrap();
        assert_eq!((read.subject.as_str(), read.cc[0].address.as_str(), read.bcc[0].address.as_str()), ("Second", "x@xn--bcher-kva.example", "hidden@partner.example"));
        assert_eq!(read.etag, saved.etag);
        app.settle().await;
        assert_eq!(app.stored(id).await, app.at_provider(ALICE), "the list shows it");

        compose::discard(&app.ctx, &app.owner, made.id).await.unwrap();
        compose::discard(&app.ctx, &app.owner, made.id).await.unwrap();
        assert_eq!(app.sandbox.control().drafts(ALICE).len(), before);
        assert!(matches!(compose::draft(&app.ctx, &app.owner, made.id).await, Err(Error::DraftGone)));
        app.settle().await;
        assert_eq!(app.stored(id).await, app.at_provider(ALICE));
    }
}

store_test! {
    async fn an_answer_is_prefilled_belongs_to_its_thread_and_takes_pictures_along(t: TestStore) {
        let app = TestApp::start(t).await;
        app.sandbox.control().insert_raw(ALICE, MAIL);
        let id = app.connect_with(ALICE, WRITING).await;
        let message = found(&app, id, "Devis n° 12").await;
        let begun = compose::compose(&app.ctx, &app.owner, message.id, Kind::ReplyAll).await.unwrap();
        let plain = |l: &[Mailbox]| l.iter().map(|m| m.address.clone()).collect::<Vec<_>>();
        assert_eq!(plain(&begun.to), ["zoe@partner.example"]);
        assert_eq!(plain(&begun.cc), ["bob@partner.example", "carl@partner.example"]);
        assert_eq!((begun.subject.as_str(), begun.from.as_str()), ("Re: Devis n° 12", ALICE));
        assert!(begun.quoted_html.contains("cid:logo@x") && begun.quoted_html.contains("Zoé &lt;b&gt;"), "{}", begun.quoted_html);
        assert!(!begun.quoted_html.contains("script") && !begun.quoted_html.contains("onclick"));
        assert_eq!(begun.attachments.len(), 1, "an answer takes only the pictures that it shows");
        let input = DraftInput {
            kind: Kind::ReplyAll,
            message: Some(message.id),
            to: begun.to,
            cc: begun.cc,
            subject: begun.subject,
            quoted_html: Some(begun.quoted_html),
            attachments: begun.attachments.into_iter().map(|a| AttachmentRef::Part { message: a.message, part: a.part }).collect(),
            ..letter(id, "")
        };
        let made = save(&app, input, "k").await.unwrap();
        assert!(made.files[0].inline);
        assert!(made.quoted_html.as_deref().unwrap().contains(&format!("cid:{}", made.files[0].id)));
        assert_eq!(made.thread, Some(message.thread));
        let text = raw(&app).into_iter().find(|t| t.contains(&made.id.to_string())).unwrap();
        assert!(text.contains("In-Reply-To: <m1@partner.example>\r\n"), "{text}");
        assert!(text.contains("References: <m0@partner.example> <m1@partner.example>\r\n"), "{text}");
        assert!(text.contains("multipart/related") && text.contains("text/plain"));
        // Saved again from what a browser holds; the picture comes from memory or from the draft.
        let again = DraftInput {
            subject: "Re: Devis n° 12".into(),
            quoted_html: made.quoted_html.clone(),
            attachments: vec![AttachmentRef::Upload(made.files[0].id)],
            ..letter(id, "")
        };
        compose::drop_upload(&app.ctx, &app.owner, made.files[0].id);
        let saved = compose::update_draft(&app.ctx, &app.owner, made.id, again, None).await.unwrap();
        assert_eq!((saved.files.len(), saved.thread), (1, Some(message.thread)));
        let text = raw(&app).into_iter().find(|t| t.contains(&made.id.to_string())).unwrap();
        assert!(text.contains("In-Reply-To: <m1@partner.example>\r\n"), "still an answer");

        let forward = compose::compose(&app.ctx, &app.owner, message.id, Kind::Forward).await.unwrap();
        assert_eq!((forward.subject.as_str(), forward.to.len(), forward.attachments.len()), ("Fwd: Devis n° 12", 0, 2));
    }
}

store_test! {
    async fn files_are_attached_kept_through_a_restart_and_bounded(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        let csv = uploaded(&app, "../a;b.csv", "text/csv", false, b"1;\xe9\r\n2\n");
        let png = uploaded(&app, "p.png", "image/png", true, &[1, 2, 3]);
        let input = DraftInput {
            html: format!("<p>x<img src=\"cid:{png}\"></p>"),
            attachments: vec![AttachmentRef::Upload(csv), AttachmentRef::Upload(png)],
            ..letter(id, "Files")
        };
        let made = save(&app, input.clone(), "k").await.unwrap();
        assert_eq!(made.files.iter().map(|f| (f.name.as_str(), f.inline)).collect::<Vec<_>>(), [("a;b.csv", false), ("p.png", true)]);
        let other = app.member("bob@tenon.example").await;
        assert!(matches!(compose::upload(&app.ctx, &other, csv), Err(Error::AttachmentGone)), "another's file is not there");
        // After a restart nothing is in memory: the draft itself is asked.
        let fresh = app.reopen().await;
        let (_, bytes) = compose::draft_attachment(&fresh, &app.owner, made.id, csv).await.unwrap();
        assert_eq!(&bytes[..], b"1;\xe9\r\n2\n", "byte by byte");
        let fresh = app.reopen().await;
        let saved = compose::update_draft(&fresh, &app.owner, made.id, input, None).await.unwrap();
        assert_eq!(saved.files.len(), 2);
        let read = compose::draft(&app.ctx, &app.owner, made.id).await.unwrap();
        assert!(read.html.contains(&format!("cid:{png}")), "{}", read.html);
        let gone = DraftInput { attachments: vec![AttachmentRef::Upload(app.ctx.world.id())], ..letter(id, "x") };
        assert!(matches!(compose::update_draft(&app.ctx, &app.owner, made.id, gone, None).await, Err(Error::AttachmentGone)));

        let big = UploadInput { name: "b".into(), content_type: String::new(), inline: false, size: Some(26 << 20) };
        assert!(matches!(UploadWriter::begin(&app.ctx, &app.owner, big.clone()), Err(Error::TooLarge)));
        let mut writer = UploadWriter::begin(&app.ctx, &app.owner, UploadInput { size: None, ..big }).unwrap();
        let chunk = vec![0; 5 << 20];
        for _ in 0..5 {
            writer.push(&chunk).unwrap();
        }
        assert!(matches!(writer.push(&[0]), Err(Error::TooLarge)));
    }
}

store_test! {
    async fn what_cannot_be_a_message_is_refused_before_anything_is_asked(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        app.sandbox.control().reset_log();
        let bad = |change: fn(&mut DraftInput)| {
            let mut input = letter(id, "x");
            change(&mut input);
            input
        };
        for (n, input) in [
            bad(|i| i.subject = "a\r\nBcc: evil@x.example".into()),
            bad(|i| i.to[0].address = "a@x.example\r\nBcc: evil@x.example".into()),
            bad(|i| i.to[0].name = "a\r\nBcc: evil@x.example".into()),
            bad(|i| i.to[0].address = "nobody".into()),
            bad(|i| i.from = Some("boss@example.com".into())),
            bad(|i| i.bcc = (0..501).map(|n| to(&format!("a{n}@x.example"))).collect()),
            bad(|i| i.html = "<div>".repeat(600)),
        ].into_iter().enumerate() {
            let refused = save(&app, input, &format!("k{n}")).await;
            assert!(matches!(refused, Err(Error::Validation(_))), "{n}");
        }
        assert!(app.sandbox.control().requests().is_empty());
        let reading = app.member("bob@tenon.example").await;
        let foreign = compose::create_draft(&app.ctx, &reading, letter(id, "x"), key(&reading, "draft", "k")).await;
        assert!(matches!(foreign, Err(Error::NotFound("connection"))));
    }
}

store_test! {
    async fn without_the_feature_nothing_is_written(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect(ALICE).await;
        assert!(matches!(save(&app, letter(id, "x"), "k").await, Err(Error::FeatureOff(Feature::Sending))));
        assert!(matches!(compose::from_addresses(&app.ctx, &app.owner, id).await, Err(Error::FeatureOff(_))));
    }
}

store_test! {
    async fn a_draft_begun_elsewhere_is_opened_and_gone_ones_say_so(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        let made = save(&app, letter(id, "Begun in Gmail"), "k").await.unwrap();
        app.settle().await;
        let message = found(&app, id, "Begun in Gmail").await;
        let opened = compose::open_draft(&app.ctx, &app.owner, message.id).await.unwrap();
        assert_eq!(opened.id, made.id, "ours is known");
        let (draft, provider_message) = app.sandbox.control().drafts(ALICE).into_iter().last().unwrap();
        assert!(!draft.is_empty());
        app.sandbox.control().delete_message(ALICE, &provider_message);
        let gone = compose::update_draft(&app.ctx, &app.owner, made.id, letter(id, "x"), None).await;
        assert!(matches!(gone, Err(Error::DraftGone)), "{:?}", gone.err());
    }
}

store_test! {
    async fn a_draft_begun_elsewhere_that_is_opened_twice_at_once_is_one(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        app.sandbox.control().add_draft(ALICE, b"Subject: Begun elsewhere\r\n\r\nx".to_vec());
        app.sync(id).await;
        let message = found(&app, id, "Begun elsewhere").await.id;
        let open = || compose::open_draft(&app.ctx, &app.owner, message);
        let (a, b, c) = tokio::join!(open(), open(), open());
        let ids = [a.unwrap().id, b.unwrap().id, c.unwrap().id];
        assert!(ids.iter().all(|id| *id == ids[0]), "{ids:?}");
    }
}

store_test! {
    async fn a_draft_that_cannot_be_edited_here_is_not_taken_for_an_empty_one(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        let deep = "<div>".repeat(600) + "the text";
        let mail = format!("From: alice@example.com\r\nTo: bob@partner.example\r\nSubject: Deep\r\nContent-Type: text/html\r\n\r\n{deep}");
        app.sandbox.control().add_draft(ALICE, mail.into_bytes());
        app.sync(id).await;
        let message = found(&app, id, "Deep").await;
        for _ in 0..2 {
            let opened = compose::open_draft(&app.ctx, &app.owner, message.id).await;
            assert!(matches!(opened, Err(Error::DraftNotEditable)), "{:?}", opened.err());
        }
        assert!(raw(&app).iter().any(|t| t.contains("the text")), "it is as it was");
    }
}

/// The answer to making a draft is lost: the same key finds it, and there is one at most.
async fn lost(app: TestApp, row: &str) {
    let id = app.connect_with(ALICE, WRITING).await;
    let before = app.sandbox.control().drafts(ALICE).len();
    let fault = Fault::new(row)
        .on("/upload/gmail/v1/users/me/drafts")
        .times(1)
        .seconds(1);
    app.sandbox.control().faults().push(fault);
    let first = save(&app, letter(id, "Once"), "k").await;
    assert!(
        matches!(first, Err(Error::OutcomeUnknown(_))),
        "{row}: {:?}",
        first.err()
    );
    let second = save(&app, letter(id, "Once, and more"), "k").await.unwrap();
    assert_eq!(second.subject, "Once, and more");
    assert_eq!(
        app.sandbox.control().drafts(ALICE).len(),
        before + 1,
        "{row}"
    );
    let third = save(&app, letter(id, "Third"), "k").await.unwrap();
    assert_eq!(
        (third.id, app.sandbox.control().drafts(ALICE).len()),
        (second.id, before + 1)
    );
}

macro_rules! lost_drafts {
    ($($name:ident: $row:literal;)*) => {$(
        store_test! {
            async fn $name(t: TestStore) {
                lost(TestApp::start(t).await, $row).await;
            }
        }
    )*};
}

lost_drafts! {
    n3_a_draft_whose_answer_is_lost: "N3";
    n3_hang_a_draft_whose_answer_does_not_come: "N3:hang";
    n4_a_draft_and_a_captive_proxy: "N4";
    n4_cut_a_draft_and_half_an_answer: "N4:cut";
}

store_test! {
    async fn many_drafts_are_discarded_at_once_whoever_began_them(t: TestStore) {
        let app = TestApp::start(t).await;
        let id = app.connect_with(ALICE, WRITING).await;
        let before = app.sandbox.control().drafts(ALICE).len();
        let sending = save(&app, letter(id, "Going"), "going").await.unwrap();
        for n in 0..3 {
            save(&app, letter(id, &format!("Mine {n}")), &format!("d{n}")).await.unwrap();
        }
        app.sandbox.control().add_draft(ALICE, b"Subject: Begun elsewhere\r\n\r\nx".to_vec());
        app.sync(id).await;
        let start = compose::StartSend { undo_seconds: Some(30), at: None, if_match: None };
        compose::send(&app.ctx, &app.owner, sending.id, start, key(&app.owner, "send", "s")).await.unwrap();
        let query = ThreadsQuery { connection: Some(id), limit: 200, ..Default::default() };
        let page = mail::threads(&app.ctx, &app.owner, query).await.unwrap();
        let wanted = |s: &str| s.starts_with("Mine ") || s == "Begun elsewhere" || s == "Going";
        let threads: Vec<_> = page.items.iter().filter(|t| wanted(&t.subject)).map(|t| t.id).collect();
        assert_eq!(threads.len(), 5);
        let done = compose::discard_all(&app.ctx, &app.owner, &threads).await.unwrap();
        assert_eq!((done.discarded, done.kept), (4, 1), "what is on its way out stays");
        assert_eq!(app.sandbox.control().drafts(ALICE).len(), before + 1);
        let again = compose::discard_all(&app.ctx, &app.owner, &threads).await.unwrap();
        assert_eq!((again.discarded, again.kept), (0, 1));
        let stranger = app.member("bob@tenon.example").await;
        let theirs = compose::discard_all(&app.ctx, &stranger, &threads).await.unwrap();
        assert_eq!(theirs, compose::Discarded::default(), "nothing of another's is seen");
    }
}
