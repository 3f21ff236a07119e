//! T4: sharing that is taken back.

use std::time::Duration;

use futures::StreamExt as _;
use serde_json::json;
use tenon_app::records::{self, NewRecord, RecordsQuery, SharingView, Which};
use tenon_app::{Actor, Error, events};
use tenon_model::RecordId;
use tenon_model::records::{Access, Kind, ShareScope, Values};
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

fn named(name: &str) -> Values {
    json!({ "name": name }).as_object().cloned().unwrap()
}

async fn shared(app: &TestApp, with: &Actor, name: &str) -> RecordId {
    let new = NewRecord {
        kind: Kind::Company,
        values: named(name),
        sharing: Some(ShareScope::Private),
    };
    let made = records::create(&app.ctx, &app.owner, new, None).await;
    let id = made.unwrap().id;
    let sharing = SharingView {
        scope: ShareScope::Shared,
        members: vec![(with.member, Access::Edit)],
        teams: Vec::new(),
    };
    records::set_sharing(&app.ctx, &app.owner, id, sharing)
        .await
        .unwrap();
    id
}

async fn take_back(app: &TestApp, id: RecordId) {
    let sharing = SharingView {
        scope: ShareScope::Private,
        members: Vec::new(),
        teams: Vec::new(),
    };
    records::set_sharing(&app.ctx, &app.owner, id, sharing)
        .await
        .unwrap();
}

store_test! {
    async fn t4_a_share_that_is_taken_back_ends_at_once(t: TestStore) {
        let app = TestApp::start(t).await;
        let colleague = app.member("colin@tenon.example").await;
        let (first, second) = (shared(&app, &colleague, "A").await, shared(&app, &colleague, "B").await);
        let list = |after| RecordsQuery {
            which: Which {
                kind: Kind::Company,
                filter: None,
                search: None,
                pipeline: None,
                stage: None,
                linked_to: None,
                deleted: false,
            },
            sort: None,
            limit: 1,
            after,
        };
        let page = records::list(&app.ctx, &colleague, list(None)).await.unwrap();
        assert_eq!(page.items[0].id, first);
        let next = page.next;
        assert!(next.is_some(), "there is a second page");
        let node = app.node().await;
        let mut stream = Box::pin(events::stream(&app.ctx, &colleague, None).await.unwrap());
        let version = records::get(&node, &colleague, second).await.unwrap().version;

        take_back(&app, second).await;
        // They hear once more that it changed, and from then on nothing.
        let told = tokio::time::timeout(Duration::from_secs(5), stream.next()).await;
        assert_eq!(told.unwrap().unwrap().unwrap().subject, second.to_string());
        let page = records::list(&app.ctx, &colleague, list(next)).await.unwrap();
        assert!(page.items.is_empty(), "the next page has it no longer");
        for ctx in [&app.ctx, &node] {
            let hidden = records::get(ctx, &colleague, second).await;
            assert!(matches!(hidden, Err(Error::NotFound(_))), "on every node");
            let hidden = records::edit(ctx, &colleague, second, Some(version), &named("mine")).await;
            assert!(matches!(hidden, Err(Error::NotFound(_))), "on every node");
        }
        let version = records::get(&app.ctx, &app.owner, second).await.unwrap().version;
        records::edit(&app.ctx, &app.owner, second, Some(version), &named("B2")).await.unwrap();
        records::edit(&app.ctx, &app.owner, first, Some(2), &named("A2")).await.unwrap();
        let told = tokio::time::timeout(Duration::from_secs(5), stream.next()).await;
        assert_eq!(told.unwrap().unwrap().unwrap().subject, first.to_string(), "of the other one they hear");
    }
}
