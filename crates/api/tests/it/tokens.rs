//! V7: tokens of the provider never leave the server.

use http::Method;

use crate::isolation::{first_of_each, furnish, ids_of, operations};
use crate::support::TestApp;

#[tokio::test]
async fn v7_no_answer_holds_a_token() {
    let (app, mut browser) = TestApp::with_owner().await;
    furnish(&app, &mut browser, "Mine").await;
    let ids = first_of_each(&ids_of(&mut browser).await);
    let mut answers = Vec::new();
    for (method, path, _) in operations() {
        if method != Method::GET || path == "/api/v1/events" {
            continue;
        }
        for id in ids.values() {
            let answer = browser.get(&path.replace("{id}", id)).await;
            answers.push((path.clone(), answer));
            if !path.contains("{id}") {
                break;
            }
        }
    }
    let read = answers
        .iter()
        .filter(|(_, a)| a.status.is_success())
        .count();
    assert!(read >= 30, "{read} answers were read");
    let tokens = app.sandbox.control().tokens_issued();
    assert!(tokens.len() >= 2, "an access and a refresh token");
    for (path, answer) in &answers {
        let text = format!("{:?} {}", answer.headers, answer.text());
        assert!(!tokens.iter().any(|t| text.contains(t)), "{path}");
    }
}
