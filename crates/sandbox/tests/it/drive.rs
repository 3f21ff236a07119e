//! Drive: what is seen with which scope, searches, changes of each drive, and the page on which files are chosen. Fault
//! rows D1, D3, D4, D5.

use reqwest::Method;
use serde_json::Value;

use crate::client::{ALICE, BOB, Rig};

const FILE: &str = "https://www.googleapis.com/auth/drive.file";
const NAMES: &str = "https://www.googleapis.com/auth/drive.metadata.readonly";
const CB: &str = "http://127.0.0.1:9/cb";

async fn with_scope(scope: &str) -> Rig {
    let mut rig = Rig::new(0).await;
    rig.token = rig.control().grant(ALICE, &[scope]).access_token;
    rig
}

async fn ask(rig: &Rig, path: &str) -> (u16, Value) {
    let answer = rig
        .request(Method::GET, &format!("/drive/v3/{path}"))
        .send()
        .await
        .unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

async fn get(rig: &Rig, path: &str) -> Value {
    let (status, body) = ask(rig, path).await;
    assert_eq!(status, 200, "{path}: {body}");
    body
}

fn names(list: &Value) -> Vec<&str> {
    let files = list["files"].as_array().unwrap();
    files.iter().map(|f| f["name"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn d1_only_what_was_chosen_is_there_with_the_scope_of_chosen_files() {
    let rig = with_scope(FILE).await;
    let (id, name) = rig.control().drive_files(ALICE).remove(0);
    let path = format!("files/{id}?supportsAllDrives=true&fields=id,name,webViewLink");
    let (status, body) = ask(&rig, &path).await;
    assert_eq!(
        (status, &body["error"]["errors"][0]["reason"]),
        (404, &"notFound".into())
    );
    assert!(names(&get(&rig, "files").await).is_empty());
    assert!(rig.control().open_file(ALICE, &id));
    let file = get(&rig, &path).await;
    assert_eq!(file["name"], name.as_str());
    assert!(file.get("mimeType").is_none(), "{file}");
    let of_bob = rig.control().grant(BOB, &[FILE]).access_token;
    let rig = Rig {
        token: of_bob,
        ..rig
    };
    assert_eq!(
        ask(&rig, &path).await.0,
        404,
        "chosen by one is not chosen by another"
    );
    let none = rig.control().grant(ALICE, &["openid"]).access_token;
    let rig = Rig { token: none, ..rig };
    let (status, body) = ask(&rig, "files").await;
    assert_eq!(
        (status, &body["error"]["errors"][0]["reason"]),
        (403, &"insufficientPermissions".into())
    );
}

#[tokio::test]
async fn files_are_found_page_by_page() {
    let rig = with_scope(NAMES).await;
    let all = "corpora=allDrives&includeItemsFromAllDrives=true&supportsAllDrives=true&pageSize=7&orderBy=name";
    let (mut seen, mut token) = (Vec::new(), String::new());
    loop {
        let page = get(&rig, &format!("files?{all}&pageToken={token}")).await;
        seen.extend(names(&page).into_iter().map(str::to_owned));
        match page["nextPageToken"].as_str() {
            Some(next) => next.clone_into(&mut token),
            None => break,
        }
    }
    assert_eq!(seen.len(), rig.control().drive_files(ALICE).len());
    assert!(seen.is_sorted_by_key(|n| n.to_lowercase()), "{seen:?}");
    let own = get(&rig, "files?pageSize=1000").await;
    assert!(
        names(&own).len() < seen.len(),
        "shared drives are asked for by name"
    );
    rig.control()
        .add_file(ALICE, "Zebulon – l'offre.pdf", "application/pdf", None);
    let q = "name contains 'zebu' and trashed = false and mimeType = 'application/pdf'";
    let found = rig
        .request(Method::GET, "/drive/v3/files")
        .query(&[("q", q)])
        .send()
        .await
        .unwrap();
    assert_eq!(
        names(&found.json().await.unwrap()),
        ["Zebulon – l'offre.pdf"]
    );
    for bad in [
        "files?q=zebulon",
        "files?fields=files(colour)",
        "files?orderBy=colour",
        "files?pageToken=x",
        "about",
        "files?corpora=allDrives",
    ] {
        assert_eq!(ask(&rig, bad).await.0, 400, "{bad}");
    }
    let about = get(&rig, "about?fields=user(permissionId,emailAddress)").await;
    assert_eq!(about["user"]["emailAddress"], ALICE);
}

async fn token(rig: &Rig, drive: &str) -> String {
    let start = get(
        rig,
        &format!("changes/startPageToken?supportsAllDrives=true{drive}"),
    )
    .await;
    start["startPageToken"].as_str().unwrap().to_owned()
}

async fn changes(rig: &Rig, drive: &str, token: &str) -> Vec<(String, bool)> {
    let path = format!(
        "changes?pageToken={token}&supportsAllDrives=true&includeItemsFromAllDrives=true{drive}"
    );
    let list = get(rig, &path).await;
    let of = |c: &Value| {
        (
            c["fileId"].as_str().unwrap().to_owned(),
            c["removed"].as_bool().unwrap(),
        )
    };
    list["changes"].as_array().unwrap().iter().map(of).collect()
}

#[tokio::test]
async fn d3_d4_d5_changes_are_told_by_drive_and_removed_says_no_more() {
    let rig = with_scope(NAMES).await;
    let control = rig.control();
    let (drive, _) = control.shared_drives().remove(0);
    let in_drive = control.add_file(ALICE, "Shared", "application/pdf", Some(&drive));
    let own = control.add_file(ALICE, "Own", "application/pdf", None);
    let of = format!("&driveId={drive}");
    let (mine, shared) = (token(&rig, "").await, token(&rig, &of).await);
    assert_ne!(mine, shared);
    control.rename_file(&own, "Own 2");
    control.rename_file(&in_drive, "Shared 2");
    assert_eq!(changes(&rig, "", &mine).await, [(own.clone(), false)]);
    assert_eq!(
        changes(&rig, &of, &shared).await,
        [(in_drive.clone(), false)]
    );
    let (mine, shared) = (token(&rig, "").await, token(&rig, &of).await);
    control.unshare_file(ALICE, &own);
    control.delete_file(&in_drive);
    assert_eq!(changes(&rig, "", &mine).await, [(own, true)]);
    assert_eq!(changes(&rig, &of, &shared).await, [(in_drive, true)]);
    assert_eq!(
        ask(&rig, &format!("changes/{mine}")).await.0,
        404,
        "no single change"
    );
    control.forget_file_tokens();
    assert_eq!(ask(&rig, &format!("changes?pageToken={mine}")).await.0, 400);
    assert!(changes(&rig, "", &token(&rig, "").await).await.is_empty());
}

#[tokio::test]
async fn files_are_chosen_on_a_page_of_their_own() {
    let rig = Rig::new(0).await;
    let query = |scope: &'static str, prompt: &'static str| {
        vec![
            ("client_id", "tenon-demo"),
            ("redirect_uri", CB),
            ("response_type", "code"),
            ("scope", scope),
            ("state", "s1"),
            ("login_hint", ALICE),
            ("prompt", prompt),
            ("trigger_onepick", "true"),
            ("allow_multiple", "true"),
        ]
    };
    let page = async |query: &[(&str, &str)]| {
        rig.http
            .get(rig.url("/o/oauth2/v2/auth"))
            .query(query)
            .send()
            .await
            .unwrap()
    };
    for bad in [
        query(
            "openid https://www.googleapis.com/auth/drive.file",
            "consent",
        ),
        query(FILE, "none"),
    ] {
        assert_eq!(page(&bad).await.status(), 400);
    }
    let html = page(&query(FILE, "consent")).await.text().await.unwrap();
    let (id, name) = rig.control().drive_files(ALICE).remove(0);
    assert!(
        html.contains(&id) && html.contains("type=\"checkbox\"") && !html.contains("<script"),
        "{name}"
    );
    let mut form = query(FILE, "consent");
    form.extend([("account", ALICE), ("decision", "allow")]);
    let none = rig.form("/o/oauth2/v2/auth", &form).send().await.unwrap();
    let location = none.headers()["location"].to_str().unwrap();
    assert!(
        location.contains("code=") && !location.contains("picked_file_ids"),
        "{location}"
    );
    form.push(("pick.0", &id));
    let chosen = rig.form("/o/oauth2/v2/auth", &form).send().await.unwrap();
    let location = chosen.headers()["location"].to_str().unwrap().to_owned();
    assert!(
        location.contains(&format!("picked_file_ids={id}")),
        "{location}"
    );
    let code = location
        .split("code=")
        .nth(1)
        .unwrap()
        .split('&')
        .next()
        .unwrap();
    let code = code.replace("%2F", "/");
    let fields = [
        ("grant_type", "authorization_code"),
        ("code", code.as_str()),
        ("redirect_uri", CB),
        ("client_id", "tenon-demo"),
        ("client_secret", "tenon-demo-secret"),
    ];
    let tokens: Value = rig
        .form("/token", &fields)
        .send()
        .await
        .unwrap()
        .json()
        .await
        .unwrap();
    assert_eq!(tokens["scope"], FILE);
    assert!(tokens.get("id_token").is_none() && tokens.get("refresh_token").is_none());
    let rig = Rig {
        token: tokens["access_token"].as_str().unwrap().to_owned(),
        ..rig
    };
    assert_eq!(
        get(&rig, &format!("files/{id}?supportsAllDrives=true")).await["name"],
        name.as_str()
    );
}
