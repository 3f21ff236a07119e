//! Two nodes on one database: what one has ended is nowhere in the other's memory a second later.

use std::time::{Duration, Instant};

use tenon_app::{Ctx, Error, connections, mail};
use tenon_model::{ConnectionId, MessageId};
use tenon_testkit::TestStore;
use tenon_testkit::app::TestApp;

const SECOND: Duration = Duration::from_secs(1);

async fn a_message(app: &TestApp, id: ConnectionId) -> MessageId {
    let query = mail::ThreadsQuery {
        connection: Some(id),
        limit: 1,
        ..Default::default()
    };
    let page = mail::threads(&app.ctx, &app.owner, query).await.unwrap();
    let thread = mail::thread(&app.ctx, &app.owner, page.items[0].id).await;
    thread.unwrap().messages[0].id
}

async fn forgets(node: &Ctx, id: ConnectionId) -> Duration {
    let began = Instant::now();
    while node.holds(id) && began.elapsed() < 5 * SECOND {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    began.elapsed()
}

#[test]
fn a_destroyed_key_is_gone_from_every_node_within_a_second() {
    tenon_testkit::store::on_postgres(async |t: TestStore| {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        let other = app.node().await;
        tenon_app::start_schedules(&other).await.unwrap();
        tokio::time::sleep(SECOND / 2).await; // its listener connects in the background
        let message = a_message(&app, id).await;
        mail::open(&other, &app.owner, message).await.unwrap();
        assert!(other.holds(id));
        connections::disconnect(&app.ctx, &app.owner, id)
            .await
            .unwrap();
        assert!(!app.ctx.holds(id));
        let took = forgets(&other, id).await;
        assert!(took < SECOND, "{took:?}");
        let opened = mail::open(&other, &app.owner, message).await;
        assert!(
            matches!(opened, Err(Error::NotFound(_))),
            "{:?}",
            opened.err()
        );
        assert!(!other.holds(id), "asking does not bring it back");
        eprintln!("forgotten on the other node {took:?} after the answer");
    });
}

#[test]
fn a_pause_elsewhere_is_no_reason_to_forget() {
    tenon_testkit::store::on_postgres(async |t: TestStore| {
        let app = TestApp::start(t).await;
        let id = app.connect("alice@example.com").await;
        let other = app.node().await;
        tenon_app::start_schedules(&other).await.unwrap();
        let message = a_message(&app, id).await;
        mail::open(&other, &app.owner, message).await.unwrap();
        connections::pause(&app.ctx, &app.owner, id).await.unwrap();
        tokio::time::sleep(SECOND / 2).await;
        assert!(other.holds(id));
    });
}
