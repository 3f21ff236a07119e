//! ad hoc
use crate::client::{ALICE, Rig};
use std::fmt::Write as _;
use std::time::Instant;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[ignore]
async fn speed() {
    let n: u64 = std::env::var("N").ok().and_then(|n| n.parse().ok()).unwrap_or(10_000);
    let t = Instant::now();
    let rig = Rig::with(|c| { c.messages = n; c.accounts.truncate(1); }).await;
    println!("start {:?} rss {}", t.elapsed(), rss());
    let ids = rig.control().message_ids(ALICE);
    let t = Instant::now();
    let mut bytes = 0;
    for chunk in ids[..ids.len().min(10_000)].chunks(100) {
        let mut body = String::new();
        for id in chunk {
            write!(body, "--b\r\nContent-Type: application/http\r\nContent-ID: <i-{id}>\r\n\r\nGET /gmail/v1/users/me/messages/{id}?format=metadata&metadataHeaders=From&metadataHeaders=To&metadataHeaders=Cc&metadataHeaders=Subject&metadataHeaders=Date&metadataHeaders=Message-ID&metadataHeaders=References&metadataHeaders=List-Id&fields=id,threadId,labelIds,snippet,internalDate,historyId,sizeEstimate,payload(mimeType,headers) HTTP/1.1\r\n\r\n\r\n").unwrap();
        }
        body.push_str("--b--\r\n");
        let r = rig.request(reqwest::Method::POST, "/batch/gmail/v1").header("content-type", "multipart/mixed; boundary=b").body(body).send().await.unwrap();
        bytes += r.bytes().await.unwrap().len();
    }
    println!("10k metadata {:?} {bytes} bytes rss {}", t.elapsed(), rss());
    let t = Instant::now();
    let mut bytes = 0;
    for id in ids.iter().step_by(ids.len() / 200) {
        bytes += rig.get(&format!("messages/{id}")).await.to_string().len();
    }
    println!("200 full {:?} {bytes}", t.elapsed());
    let t = Instant::now();
    rig.get("messages?q=nonesuchword").await;
    println!("full text search {:?}", t.elapsed());
    let t = Instant::now();
    rig.get("labels/INBOX").await;
    println!("label counts {:?}", t.elapsed());
    let t = Instant::now();
    let mut tok = String::new(); let mut c = 0;
    loop { let p = rig.get(&format!("messages?maxResults=500&pageToken={tok}&fields=messages/id,nextPageToken")).await; c += p["messages"].as_array().unwrap().len(); match p["nextPageToken"].as_str() { Some(x) => tok = x.to_owned(), None => break } if c > 50_000 { break } }
    println!("list {c} {:?}", t.elapsed());
}
fn rss() -> String {
    std::fs::read_to_string("/proc/self/status").unwrap().lines().find(|l| l.starts_with("VmRSS")).unwrap().to_owned()
}
