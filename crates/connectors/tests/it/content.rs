//! Opening messages: bodies, parts, attachments and originals.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE;
use futures::TryStreamExt;
use serde_json::json;
use tenon_connectors::Reaction;
use tenon_connectors::ports::ByteStream;

use crate::stub::{Stub, Tokens, error, google, json as reply};

async fn bytes(stream: ByteStream) -> Result<Vec<u8>, String> {
    stream
        .try_fold(Vec::new(), |all, piece| async move {
            Ok([all, piece.to_vec()].concat())
        })
        .await
        .map_err(|e| e.code)
}

fn message() -> serde_json::Value {
    json!({"id": "m", "labelIds": ["INBOX"], "payload": {"partId": "", "mimeType": "multipart/mixed", "filename": "",
        "headers": [{"name": "Subject", "value": "Angebot =?utf-8?Q?f=C3=BCr?= Sie"}, {"name": "X", "value": "a\r\n b"}],
        "body": {"size": 0}, "parts": [
            {"partId": "0", "mimeType": "text/html", "filename": "",
             "headers": [{"name": "Content-Type", "value": "text/html; charset=iso-8859-1"}],
             "body": {"size": 900_000, "attachmentId": "body-elsewhere"}},
            {"partId": "1", "mimeType": "text/plain", "filename": "small.txt", "headers": [],
             "body": {"size": 3, "data": URL_SAFE.encode("abc")}},
            {"partId": "2", "mimeType": "application/pdf", "filename": "big.pdf", "headers": [],
             "body": {"size": 5, "attachmentId": "changes-each-time"}},
            {"partId": "3", "mimeType": "text/plain", "filename": "", "headers": [], "body": {"size": 44}}]}})
}

#[tokio::test]
async fn a_message_is_opened_with_a_body_that_is_elsewhere() {
    let stub = Stub::start(|seen| match seen.path.as_str() {
        "/gmail/v1/users/me/messages/m" => reply(200, message().to_string()),
        "/gmail/v1/users/me/messages/m/attachments/body-elsewhere" => reply(
            200,
            json!({"size": 9, "data": URL_SAFE.encode(b"<p>gr\xfc\xdfe")}).to_string(),
        ),
        other => panic!("{other}"),
    })
    .await;
    let content = stub.mail().0.content("m").await.unwrap();
    assert_eq!(content.html.as_deref(), Some("<p>grüße"));
    assert_eq!(content.text, None);
    assert_eq!(content.labels, ["INBOX"]);
    assert_eq!(
        content.headers,
        [
            ("Subject".into(), "Angebot für Sie".into()),
            ("X".into(), "a b".into())
        ]
    );
    assert_eq!(
        content.problems,
        ["body_missing"],
        "part 4 says it has 44 bytes and does not say where"
    );
    let parts: Vec<_> = content
        .parts
        .iter()
        .map(|p| (p.id.as_str(), p.name.as_str(), p.size, p.inline))
        .collect();
    assert_eq!(
        parts,
        [("2", "small.txt", 3, false), ("3", "big.pdf", 5, false)]
    );
}

#[tokio::test]
async fn g28_an_attachment_is_looked_up_anew_each_time() {
    let stub = Stub::start(|seen| match seen.path.as_str() {
        "/gmail/v1/users/me/messages/m" => reply(200, message().to_string()),
        "/gmail/v1/users/me/messages/m/attachments/changes-each-time" => reply(
            200,
            json!({"size": 5, "attachmentId": "x", "data": URL_SAFE.encode("%PDF!")}).to_string(),
        ),
        other => panic!("{other}"),
    })
    .await;
    let (mail, _) = stub.mail();
    assert_eq!(
        bytes(mail.attachment("m", "3").await.unwrap()).await,
        Ok(b"%PDF!".to_vec())
    );
    assert_eq!(
        bytes(mail.attachment("m", "2").await.unwrap()).await,
        Ok(b"abc".to_vec())
    );
    assert_eq!(
        stub.paths()
            .iter()
            .filter(|p| p.ends_with("/messages/m"))
            .count(),
        2
    );
    assert_eq!(
        stub.seen()[0].one("fields"),
        Some("payload(mimeType,body,parts(mimeType,filename,body))")
    );
    for missing in ["9", "1.1.1", "0", "", "x", "4"] {
        let error = mail.attachment("m", missing).await.err().unwrap();
        assert_eq!(
            (error.code.as_str(), error.reaction),
            ("part_missing", Reaction::Skip),
            "{missing}"
        );
    }
}

const BOUNCE: &[u8] = b"Content-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nNo.\r\n\
--b\r\nContent-Type: message/rfc822\r\n\r\nSubject: returned\r\n\r\nHello\r\n--b--\r\n";

// Gmail shows the parts of mail inside mail without a name, and does not offer the whole of it.
#[tokio::test]
async fn mail_inside_mail_is_taken_out_of_the_original() {
    let stub = Stub::start(|seen| match seen.one("format") {
        Some("raw") if seen.path.ends_with("/broken") => reply(
            200,
            json!({"raw": URL_SAFE.encode("no parts here")}).to_string(),
        ),
        Some("raw") => reply(200, json!({"raw": URL_SAFE.encode(BOUNCE)}).to_string()),
        _ => reply(200, json!({"id": "m", "payload": {"mimeType": "multipart/report", "body": {"size": 0}, "parts": [
            {"mimeType": "text/plain", "filename": "", "body": {"size": 3, "data": URL_SAFE.encode("No.")}},
            {"mimeType": "message/rfc822", "filename": "", "body": {"size": 0}, "parts": [
                {"mimeType": "text/plain", "filename": "", "body": {"size": 5, "data": URL_SAFE.encode("Hello")}}]}]}}).to_string()),
    })
    .await;
    let (mail, _) = stub.mail();
    let content = mail.content("m").await.unwrap();
    assert_eq!(
        content.text.as_deref(),
        Some("No."),
        "what came back is not what was said"
    );
    assert_eq!(
        (content.parts[0].id.as_str(), content.parts[0].size),
        ("2", 0)
    );
    let inner = bytes(mail.attachment("m", "2").await.unwrap())
        .await
        .unwrap();
    assert!(inner.starts_with(b"Subject: returned\r\n\r\nHello"));
    let broken = mail.attachment("broken", "2").await.err().unwrap();
    assert_eq!(
        (broken.code.as_str(), broken.reaction),
        ("part_missing", Reaction::Skip)
    );
}

#[tokio::test]
async fn an_original_comes_byte_by_byte() {
    let raw: Vec<u8> = (0..=255).cycle().take(100_001).collect();
    let sent = raw.clone();
    let stub = Stub::start(move |seen| {
        assert_eq!(
            (seen.one("format"), seen.one("fields")),
            (Some("raw"), Some("raw"))
        );
        match seen.path.as_str() {
            "/gmail/v1/users/me/messages/m" => {
                reply(200, json!({"raw": URL_SAFE.encode(&sent)}).to_string())
            }
            "/gmail/v1/users/me/messages/cut" => reply(200, r#"{"raw": "AAAA"#),
            "/gmail/v1/users/me/messages/none" => reply(200, r#"{"id": "none"}"#),
            _ => error(404, "notFound", "Requested entity was not found."),
        }
    })
    .await;
    let (mail, _) = stub.mail();
    assert_eq!(bytes(mail.original("m").await.unwrap()).await, Ok(raw));
    assert_eq!(
        bytes(mail.original("cut").await.unwrap()).await,
        Err("answer_cut".into())
    );
    assert_eq!(
        bytes(mail.original("none").await.unwrap()).await,
        Err("part_missing".into())
    );
    assert_eq!(
        mail.original("gone").await.err().unwrap().reaction,
        Reaction::Skip
    );
}

#[tokio::test]
async fn g18_a_stream_is_opened_again_after_one_refresh() {
    let stub = Stub::start(|seen| match seen.token() {
        "token-0" => error(401, "authError", "Invalid Credentials"),
        _ => reply(200, r#"{"raw": "YWJj"}"#),
    })
    .await;
    assert_eq!(
        bytes(stub.mail().0.original("m").await.unwrap()).await,
        Ok(b"abc".to_vec())
    );
    assert_eq!(stub.seen().len(), 2);
}

/// The highest memory of this process so far, in KiB.
fn peak() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|l| l.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse().unwrap()
}

#[tokio::test]
async fn sixty_megabytes_pass_through_flat_memory() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    const QUADS: usize = 20 * 1024 * 1024; // 60 MiB decoded
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap())
        .parse()
        .unwrap();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut head = [0; 4096];
        let _ = socket.read(&mut head).await.unwrap();
        let (before, after) = (r#"{"size": 1, "raw": ""#, "\"}");
        let length = before.len() + 4 * QUADS + after.len();
        let head = format!(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\n\r\n{before}"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let piece = b"YWJj".repeat(16 * 1024);
        for _ in 0..QUADS / (16 * 1024) {
            socket.write_all(&piece).await.unwrap();
        }
        socket.write_all(after.as_bytes()).await.unwrap();
    });
    let google = google(&url, tenon_connectors::quota::QuotaSettings::y2026());
    let tokens = std::sync::Arc::new(Tokens::default());
    let mail = google.mail(
        [1; 16],
        tokens,
        tenon_connectors::ports::Priority::Interactive,
    );
    let stream = mail.original("m").await.unwrap();
    let before = peak();
    let total = stream
        .try_fold(0, |sum, piece| async move { Ok(sum + piece.len()) })
        .await
        .unwrap();
    assert_eq!(total, 3 * QUADS);
    let grown = peak() - before;
    assert!(grown < 8 * 1024, "{grown} KiB more");
}
