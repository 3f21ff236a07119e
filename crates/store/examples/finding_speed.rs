//! What finding records costs: `cargo run --release -p tenon-store --example finding_speed [CONTACTS]`, on SQLite, or
//! on PostgreSQL when `DATABASE_URL` names an empty database. Prints rows and times of searches, of slips and of the list of
//! duplicates (decisions 0062 and 0063).

#![expect(
    clippy::unwrap_used,
    reason = "a tool for developers fails by panicking"
)]

use std::time::Instant;

use serde_json::json;
use tenon_model::records::{Access, Kind, Shape, ShareScope, title};
use tenon_model::{MemberId, Scope, World};
use tenon_store::{RecordRow, RecordWrite, SoughtWord, Store, StoreConfig, StoreUrl};
use tenon_testkit::rows;

/// Contacts of one transaction.
const PAGE: usize = 500;

/// A name of syllables: as many different ones as a country has, some of them very common.
fn name(world: &World, syllables: u64) -> String {
    const PARTS: [&str; 24] = [
        "an", "ber", "chri", "da", "el", "fri", "ger", "hau", "il", "jo", "kel", "lin", "mar",
        "ner", "os", "pe", "ro", "schmi", "stein", "tho", "ul", "vo", "wal", "zim",
    ];
    let mut out = String::new();
    for _ in 0..syllables {
        // The square makes the first parts common.
        let skewed = world.below(24) * world.below(24) / 24;
        out.push_str(PARTS[skewed as usize]);
    }
    out
}

fn contact(world: &World, shape: &Shape, member: MemberId, n: usize) -> RecordWrite {
    let (first, last) = (name(world, 2), name(world, 4));
    // One of a hundred has the address of the one before.
    let number = if n % 100 == 1 { n - 1 } else { n };
    let values = json!({
        "first_name": first, "last_name": last,
        "emails": [{ "address": format!("p{number}@company{}.example", number % 5_000), "label": "" }],
        "phones": [{ "number": format!("+49 30 {:09}", n * 7), "label": "" }],
        "owner": member.to_string(),
    });
    let values = serde_json::from_value(values).unwrap();
    let row = RecordRow {
        id: world.id(),
        kind: Kind::Contact,
        title: title(Kind::Contact, &values),
        values,
        version: 1,
        owner: Some(member),
        pipeline: None,
        stage: None,
        position: None,
        sharing: ShareScope::Workspace,
        parent: None,
        created_at: world.now(),
        created_by: Some(member),
        updated_at: world.now(),
        deleted_at: None,
        access: Access::Owner,
    };
    RecordWrite::new(shape, row)
}

#[tokio::main]
async fn main() {
    let contacts: usize = std::env::args()
        .nth(1)
        .map_or(100_000, |t| t.parse().unwrap());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("finding.db");
    let url = match std::env::var("DATABASE_URL") {
        Ok(url) => StoreUrl::parse(&url).unwrap(),
        Err(_) => StoreUrl::Sqlite(path.clone()),
    };
    let store = Store::open(&StoreConfig { url, migrate: true })
        .await
        .unwrap();
    let (world, _) = World::simulated(7);
    let workspace = tenon_store::Workspace {
        id: world.id(),
        name: "Acme".into(),
        created_at: world.now(),
    };
    let member = rows::member(&world, workspace.id);
    let mut tx = store.begin(&Scope::system()).await.unwrap();
    tx.workspaces().insert(&workspace).await.unwrap();
    tx.members().insert(&member).await.unwrap();
    tx.commit().await.unwrap();
    let scope = Scope::member(workspace.id, member.id);
    let shape = Shape::new(Kind::Contact, &[]);
    let began = Instant::now();
    for from in (0..contacts).step_by(PAGE) {
        let page: Vec<RecordWrite> = (from..contacts.min(from + PAGE))
            .map(|n| contact(&world, &shape, member.id, n))
            .collect();
        let mut tx = store.begin(&scope).await.unwrap();
        tx.records().insert(&page).await.unwrap();
        tx.commit().await.unwrap();
    }
    println!(
        "{contacts} contacts written in {:.1} s",
        began.elapsed().as_secs_f64()
    );
    if let Ok(file) = std::fs::metadata(&path) {
        println!(
            "{} bytes of database a contact",
            file.len() / contacts.max(1) as u64
        );
    }
    let mut tx = store.read(&scope).await.unwrap();
    let sought = |word: &str, near: Vec<String>| SoughtWord {
        word: word.into(),
        near,
    };
    for word in [
        "a",
        "anber",
        "marzimwalros",
        "marzimwalrso",
        "zimvulothodelte",
    ] {
        let began = Instant::now();
        let near = tx.records().near(word).await.unwrap();
        let forgiving = began.elapsed();
        let began = Instant::now();
        let one = sought(word, near);
        let rows = tx
            .records()
            .with_words(Kind::Contact, (&one, false), &[], 150)
            .await
            .unwrap();
        println!(
            "{word}: {} near in {:.1} ms, {} records in {:.1} ms",
            one.near.len(),
            forgiving.as_secs_f64() * 1e3,
            rows.len(),
            began.elapsed().as_secs_f64() * 1e3,
        );
    }
    let began = Instant::now();
    let (first, second) = (sought("anan", Vec::new()), sought("ananber", Vec::new()));
    let rows = tx
        .records()
        .with_words(Kind::Contact, (&second, false), &[&first], 150)
        .await
        .unwrap();
    println!(
        "two words: {} records in {:.1} ms",
        rows.len(),
        began.elapsed().as_secs_f64() * 1e3
    );
    let began = Instant::now();
    let (mut after, mut signs) = (None, 0);
    loop {
        let page = tx
            .records()
            .shared_signs(Kind::Contact, after, 50)
            .await
            .unwrap();
        signs += page.len();
        if signs == page.len() {
            println!(
                "first page of duplicates in {:.1} ms",
                began.elapsed().as_secs_f64() * 1e3
            );
        }
        let Some(last) = page.last() else { break };
        after = Some(*last);
    }
    println!(
        "{signs} shared signs in {:.1} ms",
        began.elapsed().as_secs_f64() * 1e3
    );
}
