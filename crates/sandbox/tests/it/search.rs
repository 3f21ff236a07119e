//! `q=` against messages.

use tenon_model::Time;
use tenon_sandbox::NewMail;

use crate::client::{ALICE, NOW, Rig};

#[tokio::test]
async fn queries_find_what_gmail_would_find() {
    let rig = Rig::new(0).await;
    let day = |n: i64| Time::from_secs(NOW - n * 86_400);
    let put = |mail: NewMail, labels: &[&str]| rig.control().insert_message(ALICE, mail, labels);
    let a = put(
        NewMail::new("Zoé Noël <zoe@acme.example>", ALICE, "Quarterly offer")
            .date(day(1))
            .message_id("<q@acme.example>")
            .text("The price is firm."),
        &["INBOX", "UNREAD", "Clients/Acme Tools"],
    );
    let b = put(
        NewMail::new("alice@example.com", "bob@example.com", "Re: meeting in May")
            .date(day(10))
            .attach("plan final.pdf", "application/pdf", &[0; 9000]),
        &["SENT", "STARRED"],
    );
    let c = put(
        NewMail::new("news@list.example", ALICE, "imp")
            .header("List-Id", "<weekly.list.example>")
            .date(day(400)),
        &["INBOX"],
    );
    let spam = put(
        NewMail::new("x@spam.example", ALICE, "offer offer").date(day(2)),
        &["SPAM"],
    );
    for (query, expected) in [
        ("offer", vec![&a]),
        ("offer in:anywhere", vec![&a, &spam]),
        ("in:spam", vec![&spam]),
        ("from:zoe", vec![&a]),
        ("from:noel", vec![&a]),
        ("from:acme.example", vec![&a]),
        ("from:zoe@acme.example", vec![&a]),
        ("to:bob", vec![&b]),
        ("subject:imp", vec![&c]),
        ("subject:(quarterly offer)", vec![&a]),
        ("subject:\"offer quarterly\"", vec![]),
        ("{subject:imp subject:meeting}", vec![&b, &c]),
        ("subject:imp OR subject:quarterly", vec![&a, &c]),
        ("-in:inbox", vec![&b]),
        ("is:unread", vec![&a]),
        ("is:starred", vec![&b]),
        ("label:clients-acme-tools", vec![&a]),
        ("has:attachment", vec![&b]),
        ("filename:pdf", vec![&b]),
        ("larger:8K", vec![&b]),
        ("newer_than:2d", vec![&a]),
        ("older_than:1y", vec![&c]),
        ("after:2026/11/01", vec![&a, &b]),
        ("before:2026/11/01", vec![&c]),
        ("rfc822msgid:<q@acme.example>", vec![&a]),
        ("rfc822msgid:q@acme.example", vec![&a]),
        ("list:weekly.list.example", vec![&c]),
        ("price -firm", vec![]),
        ("\"price is firm\"", vec![&a]),
        ("from:nobody", vec![]),
    ] {
        let page = rig
            .request(reqwest::Method::GET, "/gmail/v1/users/me/messages")
            .query(&[("q", query)])
            .send()
            .await
            .unwrap();
        let page: serde_json::Value = page.json().await.unwrap();
        let found: Vec<&str> = page["messages"]
            .as_array()
            .into_iter()
            .flatten()
            .map(|m| m["id"].as_str().unwrap())
            .collect();
        assert_eq!(found, expected, "{query}");
        assert_eq!(
            page["resultSizeEstimate"].as_u64(),
            Some(expected.len() as u64)
        );
    }
}

#[tokio::test]
async fn generated_mail_is_found_by_its_message_id() {
    let rig = Rig::new(400).await;
    for id in rig.control().message_ids(ALICE).iter().step_by(37) {
        let message = rig
            .get(&format!(
                "messages/{id}?format=metadata&metadataHeaders=Message-ID"
            ))
            .await;
        let message_id = message["payload"]["headers"][0]["value"].as_str().unwrap();
        let query = [
            ("q", format!("rfc822msgid:{message_id}")),
            ("includeSpamTrash", "true".to_owned()),
        ];
        let page = rig
            .request(reqwest::Method::GET, "/gmail/v1/users/me/messages")
            .query(&query)
            .send()
            .await
            .unwrap();
        let page: serde_json::Value = page.json().await.unwrap();
        assert_eq!(page["messages"][0]["id"], id.as_str(), "{message_id}");
    }
}
