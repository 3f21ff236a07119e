//! Messages and threads. Fault rows G5, G28, G29.

use reqwest::Method;
use serde_json::{Value, json};
use tenon_sandbox::NewMail;

use crate::client::{ALICE, BOB, Rig, raw, unraw};

fn names(message: &Value) -> Vec<&str> {
    message["payload"]["headers"]
        .as_array()
        .unwrap()
        .iter()
        .map(|h| h["name"].as_str().unwrap())
        .collect()
}

#[tokio::test]
async fn a_message_is_shown_in_four_formats() {
    let rig = Rig::new(0).await;
    let text = "From: b@x.example\nTo: alice@example.com\nSubject: =?utf-8?q?Caf=C3=A9?=\nX-Own: 1\nContent-Type: text/plain; charset=iso-8859-1\n\
                Content-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe & more\n";
    let id = rig.control().insert_message(ALICE, text, &["INBOX"]);
    let get = async |query: &str| rig.get(&format!("messages/{id}{query}")).await;
    let full = get("").await;
    assert_eq!(
        unraw(&full["payload"]["body"]["data"]),
        "Grüße & more\n".as_bytes(),
        "bodies come as UTF-8"
    );
    assert_eq!(full["snippet"], "Grüße &amp; more");
    assert_eq!(full["payload"]["mimeType"], "text/plain");
    let metadata = get("?format=metadata&metadataHeaders=subject&metadataHeaders=X-OWN").await;
    assert_eq!(names(&metadata), ["Subject", "X-Own"]);
    assert_eq!(metadata["payload"]["headers"][0]["value"], "Café");
    assert!(get("?format=minimal").await.get("payload").is_none());
    assert_eq!(unraw(&get("?format=raw").await["raw"]), text.as_bytes());
    let fields = get("?fields=id,payload/headers(name)").await;
    assert_eq!(fields.as_object().unwrap().len(), 2);
    assert_eq!(
        rig.refused(Method::GET, &format!("messages/{id}?fields=nonesuch"), None)
            .await
            .0,
        400
    );
    assert_eq!(
        rig.refused(Method::GET, "messages/00", None).await,
        (404, "notFound".to_owned())
    ); // G5
    assert_eq!(rig.refused(Method::GET, "messages/xyz", None).await.0, 400);
}

#[tokio::test]
async fn parts_have_paths_and_attachments_new_ids_each_time() {
    let rig = Rig::new(0).await;
    let mail = NewMail::new("b@x.example", ALICE, "Parts")
        .text("plain")
        .html("<p>html</p>")
        .attach("a é.bin", "application/x-own", &[1, 2, 3]);
    let id = rig.control().insert_message(ALICE, mail, &["INBOX"]);
    let get = async || rig.get(&format!("messages/{id}")).await;
    let (one, two) = (get().await, get().await);
    let part = &one["payload"]["parts"][1];
    assert_eq!(
        (part["partId"].as_str(), part["filename"].as_str()),
        (Some("1"), Some("a é.bin"))
    );
    assert_eq!(one["payload"]["parts"][0]["parts"][1]["partId"], "0.1");
    assert_ne!(
        part["body"]["attachmentId"], two["payload"]["parts"][1]["body"]["attachmentId"],
        "G28"
    );
    for message in [&one, &two] {
        let attachment = message["payload"]["parts"][1]["body"]["attachmentId"]
            .as_str()
            .unwrap();
        let body = rig
            .get(&format!("messages/{id}/attachments/{attachment}"))
            .await;
        assert_eq!(
            (unraw(&body["data"]), body["size"].as_u64()),
            (vec![1, 2, 3], Some(3))
        );
    }
    assert_eq!(
        rig.refused(
            Method::GET,
            &format!("messages/{id}/attachments/nonsense"),
            None
        )
        .await
        .0,
        400
    );
}

#[tokio::test]
async fn lists_are_newest_first_and_page_without_gaps() {
    let rig = Rig::new(230).await;
    let (mut ids, mut token) = (Vec::new(), String::new());
    loop {
        let page = rig
            .get(&format!(
                "messages?maxResults=50&includeSpamTrash=true&pageToken={token}"
            ))
            .await;
        ids.extend(
            page["messages"]
                .as_array()
                .unwrap()
                .iter()
                .map(|m| m["id"].as_str().unwrap().to_owned()),
        );
        // mail that arrives meanwhile moves nothing
        rig.control().insert_message(
            ALICE,
            NewMail::new("b@x.example", ALICE, "meanwhile"),
            &["INBOX"],
        );
        match page["nextPageToken"].as_str() {
            Some(next) => token = next.to_owned(),
            None => break,
        }
    }
    let all = rig.control().message_ids(ALICE);
    assert_eq!(ids.len(), 230);
    assert_eq!(ids, all[all.len() - 230..]);
    assert_eq!(
        rig.refused(Method::GET, "messages?pageToken=zzz", None)
            .await
            .0,
        400
    );
    assert!(
        rig.get("messages?q=subject:nonesuch")
            .await
            .get("messages")
            .is_none()
    );
    assert_eq!(
        rig.get("profile").await["messagesTotal"].as_u64().unwrap(),
        all.len() as u64
    );
}

#[tokio::test]
async fn labels_of_messages_change_and_bins_hide() {
    let rig = Rig::new(0).await;
    let id = rig.control().insert_message(
        ALICE,
        NewMail::new("b@x.example", ALICE, "one"),
        &["INBOX", "UNREAD"],
    );
    let changed = rig
        .post(
            &format!("messages/{id}/modify"),
            json!({"addLabelIds": ["STARRED"], "removeLabelIds": ["UNREAD"]}),
        )
        .await;
    assert_eq!(changed["labelIds"], json!(["INBOX", "STARRED"]));
    assert_eq!(
        rig.refused(
            Method::POST,
            &format!("messages/{id}/modify"),
            Some(json!({"addLabelIds": ["Label_9"]}))
        )
        .await
        .0,
        400,
        "G30"
    );
    assert_eq!(
        rig.refused(
            Method::POST,
            &format!("messages/{id}/modify"),
            Some(json!({"addLabelIds": ["SENT"]}))
        )
        .await
        .0,
        400
    );
    rig.post(&format!("messages/{id}/trash"), json!({})).await;
    assert!(rig.get("messages").await.get("messages").is_none());
    assert!(
        rig.get("messages?q=in:trash")
            .await
            .get("messages")
            .is_some()
    );
    assert!(
        rig.get("messages?labelIds=TRASH")
            .await
            .get("messages")
            .is_some()
    );
    rig.post(&format!("messages/{id}/untrash"), json!({})).await;
    assert!(rig.get("messages").await.get("messages").is_some());
    assert_eq!(
        rig.call(
            Method::POST,
            "messages/batchModify",
            Some(json!({"ids": [id], "addLabelIds": ["IMPORTANT"]}))
        )
        .await
        .0,
        204
    );
    assert_eq!(
        rig.call(
            Method::POST,
            "messages/batchDelete",
            Some(json!({"ids": [id]}))
        )
        .await
        .0,
        204
    );
    assert_eq!(rig.control().counts(ALICE).messages, 0);
    assert_eq!(
        rig.refused(Method::DELETE, &format!("messages/{id}"), None)
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn mail_is_delivered_and_threads_join() {
    let rig = Rig::new(0).await;
    let text = "From: alice@example.com\r\nTo: bob@example.com, stranger@y.example\r\nBcc: alice@example.com\r\nSubject: Hi\r\nMessage-ID: <1@x>\r\n\r\nHi\r\n";
    let sent = rig.post("messages/send", json!({"raw": raw(text)})).await;
    assert_eq!(
        sent["labelIds"],
        json!(["INBOX", "SENT", "UNREAD"]),
        "Bcc to oneself"
    );
    let bobs = rig.control().messages(BOB);
    assert_eq!(bobs.len(), 1);
    let received = String::from_utf8(rig.control().raw(BOB, &bobs[0].0).unwrap()).unwrap();
    assert!(received.starts_with("Delivered-To: bob@example.com\r\n") && !received.contains("Bcc"));
    let answer = "From: b@x.example\r\nTo: a@x\r\nSubject: Re: Hi\r\nIn-Reply-To: <1@x>\r\n\r\nHo";
    let joined = rig
        .post(
            "messages",
            json!({"raw": raw(answer), "labelIds": ["INBOX"]}),
        )
        .await;
    assert_eq!(joined["threadId"], sent["threadId"]);
    let other = rig
        .post(
            "messages",
            json!({"raw": raw(&answer.replace("Re: Hi", "New subject"))}),
        )
        .await;
    assert_ne!(
        other["threadId"], sent["threadId"],
        "another subject is another thread"
    );
    let thread = rig
        .get(&format!(
            "threads/{}?format=metadata",
            sent["threadId"].as_str().unwrap()
        ))
        .await;
    assert_eq!(thread["messages"].as_array().unwrap().len(), 2);
    assert_eq!(
        rig.get("threads").await["threads"]
            .as_array()
            .unwrap()
            .len(),
        2
    );
    let into = rig
        .post(
            "messages/send",
            json!({"raw": raw(&text.replace("<1@x>", "<2@x>")), "threadId": other["threadId"]}),
        )
        .await;
    assert_eq!(into["threadId"], other["threadId"]);
    for body in [
        json!({}),
        json!({"raw": "!"}),
        json!({"raw": raw("Subject: nobody\r\n\r\n")}),
        json!({"raw": raw(text), "colour": 1}),
    ] {
        assert_eq!(
            rig.refused(Method::POST, "messages/send", Some(body))
                .await
                .0,
            400
        );
    }
    let lost = json!({"raw": raw(text), "threadId": "1f"});
    assert_eq!(
        rig.refused(Method::POST, "messages/send", Some(lost))
            .await
            .0,
        404
    );
}

#[tokio::test]
async fn g29_the_metadata_scope_sees_no_bodies_and_does_not_search() {
    let mut rig = Rig::new(3).await;
    rig.token = rig
        .control()
        .grant(ALICE, &["https://www.googleapis.com/auth/gmail.metadata"])
        .access_token;
    let id = rig.control().message_ids(ALICE)[0].clone();
    assert_eq!(rig.refused(Method::GET, "messages?q=x", None).await.0, 403);
    assert_eq!(
        rig.refused(Method::GET, &format!("messages/{id}"), None)
            .await
            .0,
        403
    );
    assert_eq!(
        rig.refused(Method::GET, &format!("messages/{id}?format=raw"), None)
            .await
            .0,
        403
    );
    rig.get(&format!("messages/{id}?format=metadata")).await;
    assert_eq!(
        rig.refused(Method::POST, &format!("messages/{id}/trash"), None)
            .await,
        (403, "insufficientPermissions".to_owned())
    );
    let other = rig
        .request(Method::GET, "/gmail/v1/users/bob@example.com/profile")
        .send()
        .await
        .unwrap();
    assert_eq!(other.status(), 403, "only the caller's own mailbox");
    let own = rig
        .request(Method::GET, "/gmail/v1/users/alice%40example.com/profile")
        .send()
        .await
        .unwrap();
    assert_eq!(own.status(), 200);
}

#[tokio::test]
async fn answers_are_gzipped_when_asked_for() {
    let rig = Rig::new(200).await;
    let plain = reqwest::Client::builder()
        .no_gzip()
        .no_proxy()
        .build()
        .unwrap();
    let get = |accept: &'static str| {
        plain
            .get(rig.url("/gmail/v1/users/me/messages?maxResults=200"))
            .bearer_auth(&rig.token)
            .header("accept-encoding", accept)
            .send()
    };
    let packed = get("gzip").await.unwrap();
    assert_eq!(packed.headers()["content-encoding"], "gzip");
    assert!(packed.bytes().await.unwrap().starts_with(&[0x1f, 0x8b]));
    let open = get("identity").await.unwrap();
    assert!(open.headers().get("content-encoding").is_none());
    assert_eq!(
        open.headers()["date"],
        "Sun, 22 Nov 2026 09:00:00 GMT",
        "the Date goes by the clock"
    );
    assert!(
        rig.get("messages").await["messages"].is_array(),
        "and reqwest reads it"
    );
}
