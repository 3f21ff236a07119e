//! Templates on both databases: whose they are, that nothing of them stands there in clear, and edits that cross.

use tenon_app::templates::{self, About, Content, TemplateKind};
use tenon_app::{Error, Result};
use tenon_model::template::Template;
use tenon_testkit::app::TestApp;
use tenon_testkit::{TestStore, store_test};

fn content(name: &str) -> Content {
    Content {
        kind: TemplateKind::Message,
        name: name.to_owned(),
        folder: String::new(),
        subject: "A canary sings".to_owned(),
        html: "<p>Dear {{ contact.first_name | default(\"you\") }}</p>".to_owned(),
    }
}

store_test! {
    async fn templates_are_ones_own_or_shared_and_sealed(t: TestStore) {
        let app = TestApp::start(t).await;
        let ann = app.owner;
        let ben = app.member("ben@example.com").await;
        let own = templates::keep(&app.ctx, &ann, content("Own"), false).await.unwrap();
        let shared = templates::keep(&app.ctx, &ann, content("Shared"), true).await.unwrap();
        let names = async |actor| -> Vec<String> {
            let all = templates::templates(&app.ctx, actor).await.unwrap();
            all.into_iter().map(|t| t.content.name).collect()
        };
        assert_eq!(names(&ann).await, ["Own", "Shared"]);
        assert_eq!(names(&ben).await, ["Shared"]);

        let refused = |result: Result<_>, code: &str| assert_eq!(result.err().map(|e| e.code()), Some(code));
        let change = async |actor, id, version| {
            templates::change(&app.ctx, actor, id, content("Changed"), true, version).await
        };
        refused(change(&ben, own.id, 1).await, "not_found");
        refused(change(&ben, shared.id, 1).await, "forbidden");
        assert!(matches!(templates::forget(&app.ctx, &ben, own.id).await, Err(Error::NotFound(_))));
        // Of two edits that began from the same version the second one is told.
        let (first, second) = tokio::join!(change(&ann, own.id, 1), change(&ann, own.id, 1));
        let (done, late): (Vec<_>, Vec<_>) = [first, second].into_iter().partition(Result::is_ok);
        assert_eq!((done.len(), late.len()), (1, 1));
        refused(late.into_iter().next().unwrap(), "template_changed");
        assert_eq!(names(&ben).await, ["Changed", "Shared"]);

        let mut tx = app.ctx.store.read(&ann.scope()).await.unwrap();
        for row in tx.templates().list().await.unwrap() {
            let bytes = String::from_utf8_lossy(&row.content.0).into_owned();
            assert!(!bytes.contains("canary") && !bytes.contains("Shared"), "it stands there in clear");
        }
    }
}

store_test! {
    async fn a_text_about_nobody_says_what_is_missing(t: TestStore) {
        let app = TestApp::start(t).await;
        let text = Template {
            subject: "{{ me.email }}".to_owned(),
            html: "{{ contact.first_name }} {{ company.name | default(\"-\") }}".to_owned(),
        };
        let filled = templates::preview(&app.ctx, &app.owner, &text, About::default()).await.unwrap();
        assert_eq!(filled.html, "{{ contact.first_name }} -");
        assert_eq!(filled.missing, ["contact.first_name"]);
        assert!(filled.subject.contains('@'), "{}", filled.subject);
    }
}
