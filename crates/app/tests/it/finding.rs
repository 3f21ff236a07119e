//! Searches over records of every kind, and records that may be one (decisions 0062 and 0063).

use std::collections::BTreeSet;
use std::time::Duration;

use serde_json::{Value, json};
use tenon_app::Actor;
use tenon_app::records::{self, Match, RecordsQuery, Which};
use tenon_model::records::{Kind, Reason, ShareScope};
use tenon_model::{RecordId, Scope};
use tenon_testkit::app::TestApp;
use tenon_testkit::peek::Peek;
use tenon_testkit::{TestStore, store_test};

use crate::records::{edit, make, try_make, values, which};

async fn found(app: &TestApp, actor: &Actor, text: &str) -> Vec<(String, Match)> {
    let hits = records::search(&app.ctx, actor, text, None, 20)
        .await
        .unwrap();
    hits.into_iter().map(|h| (h.record.title, h.by)).collect()
}

fn named(pairs: &[(&str, Match)]) -> Vec<(String, Match)> {
    pairs.iter().map(|(t, m)| ((*t).to_owned(), *m)).collect()
}

async fn company(app: &TestApp, json: Value) -> RecordId {
    make(app, &app.owner, Kind::Company, json).await.id
}

store_test! {
    async fn a_search_finds_whole_words_then_beginnings_then_slips(t: TestStore) {
        use Match::{Exact, Prefix, Similar};
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let acme = company(&app, json!({"name": "Müller Weine", "domain": "mueller.example"})).await;
        make(&app, me, Kind::Contact, json!({"first_name": "Anna", "last_name": "Müller", "company": acme.to_string(), "phones": [{"number": "+49 171 1234567"}]})).await;
        make(&app, me, Kind::Contact, json!({"first_name": "Anna", "last_name": "Müllerstein", "title": "Einkauf"})).await;
        make(&app, me, Kind::Note, json!({"body": "Anna Zwiebelmann fragt nach Müller"})).await;
        make(&app, me, Kind::Task, json!({"name": "Anruf", "due_date": "2026-12-01"})).await;

        let all = found(&app, me, "anna muller").await;
        assert_eq!(all.iter().map(|(_, m)| *m).collect::<Vec<_>>(), [Exact, Exact, Prefix]);
        assert_eq!(all[2].0, "Anna Müllerstein");
        // Words in any order; a title before other fields, whatever changed last.
        assert_eq!(found(&app, me, "MÜLLER anna").await, all);
        assert_eq!(found(&app, me, "einkauf").await, named(&[("Anna Müllerstein", Exact)]));
        // One letter wrong, one too few, two the wrong way round; two slips in a long word.
        for typed in ["anna mullre", "anna müler", "ana müller"] {
            assert!(found(&app, me, typed).await.contains(&("Anna Müller".into(), Similar)), "{typed}");
        }
        assert_eq!(found(&app, me, "zweibelman").await[0].1, Similar);
        assert!(found(&app, me, "zweibelmtn").await.is_empty());
        assert_eq!(found(&app, me, "0171 / 12 34 567").await, []);
        assert_eq!(found(&app, me, "+49 171 12 345").await, named(&[("Anna Müller", Prefix)]));
        for nothing in ["", " , ", "xyzxyz"] {
            assert!(found(&app, me, nothing).await.is_empty());
        }
        let only = records::search(&app.ctx, me, "muller", Some(vec![Kind::Company]), 20).await.unwrap();
        assert_eq!(only.len(), 1);
        assert_eq!(only[0].hint.as_deref(), Some("mueller.example"));
        let hits = records::search(&app.ctx, me, "anna muller", None, 1).await.unwrap();
        assert_eq!((hits.len(), hits[0].hint.as_deref()), (1, Some("Müller Weine")));
        assert!(records::search(&app.ctx, me, &"a".repeat(201), None, 1).await.is_err());
    }
}

store_test! {
    async fn a_list_takes_slips_when_nothing_is_found_as_typed(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        for name in ["Zwiebelmann", "Zwiebelman", "Maier"] {
            make(&app, me, Kind::Contact, json!({"last_name": name})).await;
        }
        let ask = |text: &str, after| RecordsQuery {
            which: Which { search: Some(text.into()), ..which(Kind::Contact) },
            sort: None,
            limit: 1,
            after,
        };
        let as_typed = records::listed(&app.ctx, me, ask("zwiebelmann", None)).await.unwrap();
        assert!(!as_typed.similar && as_typed.page.next.is_none());
        // The second page knows of the slip too, and the count is that of the list.
        let first = records::listed(&app.ctx, me, ask("zweibelmann", None)).await.unwrap();
        assert!(first.similar);
        let second = records::listed(&app.ctx, me, ask("zweibelmann", first.page.next)).await.unwrap();
        assert!(second.similar && second.page.next.is_none());
        assert_ne!(first.page.items[0].id, second.page.items[0].id);
        let (count, _) = records::count(&app.ctx, me, ask("zweibelmann", None).which).await.unwrap();
        assert_eq!(count, 2);
    }
}

store_test! {
    async fn a_search_shows_nothing_of_others(t: TestStore) {
        let app = TestApp::start(t).await;
        let colleague = app.member("colin@tenon.example").await;
        let hidden = try_make(&app, &app.owner, Kind::Contact, json!({"last_name": "Geheimrat"}), Some(ShareScope::Private)).await.unwrap();
        for text in ["geheimrat", "geh", "geheimrta", "g"] {
            assert!(found(&app, &colleague, text).await.is_empty(), "{text}");
            assert_eq!(found(&app, &app.owner, text).await.len(), 1, "{text}");
        }
        // Nor does a list say that something like it is there.
        let asked = RecordsQuery {
            which: Which { search: Some("geheimrta".into()), ..which(Kind::Contact) },
            sort: None,
            limit: 1,
            after: None,
        };
        let listed = records::listed(&app.ctx, &colleague, asked).await.unwrap();
        assert!(listed.page.items.is_empty() && !listed.similar);
        records::delete(&app.ctx, &app.owner, hidden.id).await.unwrap();
        assert!(found(&app, &app.owner, "geheimrat").await.is_empty());
    }
}

async fn near(app: &TestApp, word: &str) -> Vec<String> {
    let mut tx = app.ctx.store.read(&app.owner.scope()).await.unwrap();
    tx.records().near(word).await.unwrap()
}

store_test! {
    async fn words_leave_with_the_last_record_that_has_them(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let one = make(&app, me, Kind::Contact, json!({"last_name": "Zwiebelmann"})).await;
        let two = make(&app, me, Kind::Task, json!({"name": "Zwiebelmann fragen"})).await;
        assert_eq!(near(&app, "zwiebelman").await, ["zwiebelmann"]);
        let now = edit(&app, me, &one, json!({"last_name": "Maier"})).await.unwrap();
        assert_eq!(near(&app, "zwiebelman").await, ["zwiebelmann"]);
        // In the bin it can come back; for good it goes.
        records::delete(&app.ctx, me, two.id).await.unwrap();
        assert_eq!(near(&app, "zwiebelman").await, ["zwiebelmann"]);
        records::delete_forever(&app.ctx, me, two.id).await.unwrap();
        assert!(near(&app, "zwiebelman").await.is_empty());
        assert!(near(&app, "frage").await.is_empty());
        assert_eq!(near(&app, "meier").await, ["maier"]);
        records::delete(&app.ctx, me, now.id).await.unwrap();
        app.clock.advance(Duration::from_hours(31 * 24));
        records::empty_bins(&app.ctx).await.unwrap();
        assert!(near(&app, "meier").await.is_empty());
    }
}

store_test! {
    async fn what_an_older_program_wrote_is_mended(t: TestStore) {
        let url = t.url.clone();
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let one = make(&app, me, Kind::Contact, json!({"last_name": "Zwiebelmann", "emails": [{"address": "a@x.example"}]})).await;
        make(&app, me, Kind::Contact, json!({"last_name": "Other", "emails": [{"address": "A@x.example"}]})).await;
        let mut peek = Peek::open(&url).await;
        peek.forget_finding(false).await;
        assert!(records::duplicates(&app.ctx, me, one.id).await.unwrap().is_empty());
        assert!(near(&app, "zwiebelman").await.is_empty());
        records::mend_keys(&app.ctx).await.unwrap();
        assert_eq!(records::duplicates(&app.ctx, me, one.id).await.unwrap().len(), 1);
        assert_eq!(near(&app, "zwiebelman").await, ["zwiebelmann"]);
        // And words that an older program left behind go.
        peek.forget_finding(true).await;
        records::mend_keys(&app.ctx).await.unwrap();
        assert!(near(&app, "zwiebelman").await.is_empty());
        assert!(near(&app, "othr").await.is_empty());
        let mut tx = app.ctx.store.read(&Scope::system()).await.unwrap();
        assert!(tx.records().without_signs(None, 9).await.unwrap().is_empty());
    }
}

store_test! {
    async fn duplicates_are_found_one_by_one_in_groups_and_while_writing(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let acme = company(&app, json!({"name": "Acme GmbH", "domain": "acme.example"})).await;
        let again = company(&app, json!({"name": "ACME", "domain": "www.acme.example"})).await;
        company(&app, json!({"name": "Acme Bank"})).await;
        let contact = |json| make(&app, me, Kind::Contact, json);
        let anna = contact(json!({"first_name": "Anna", "last_name": "Müller", "emails": [{"address": "anna@acme.example"}, {"address": "am@x.example"}], "phones": [{"number": "+49 171 1234567"}]})).await;
        let same = contact(json!({"last_name": "A. M.", "emails": [{"address": "ANNA@acme.example"}, {"address": "am@x.example"}]})).await;
        let phone = contact(json!({"last_name": "Unbekannt", "phones": [{"number": "0171 1234567"}]})).await;
        let name = contact(json!({"last_name": "Muller, Anna"})).await;
        contact(json!({"last_name": "Ganz anders"})).await;

        let of_anna = records::duplicates(&app.ctx, me, anna.id).await.unwrap();
        let told: Vec<_> = of_anna.iter().map(|d| (d.record.id, d.reasons.clone(), d.score)).collect();
        assert_eq!(told, [(same.id, vec![Reason::Email], 90), (phone.id, vec![Reason::Phone], 70), (name.id, vec![Reason::Name], 55)]);

        let typed = values(json!({"last_name": "x", "emails": [{"address": "AM@x.example"}], "website": 3}));
        let there = records::check_duplicates(&app.ctx, me, Kind::Contact, &typed).await.unwrap();
        assert_eq!(there.len(), 2);
        let typed = values(json!({"name": "Acme AG"}));
        assert_eq!(records::check_duplicates(&app.ctx, me, Kind::Company, &typed).await.unwrap().len(), 2);

        // Two shared addresses are one group; page after page each group once.
        let mut after = None;
        let mut groups = Vec::new();
        loop {
            let page = records::duplicate_groups(&app.ctx, me, Kind::Contact, 1, after.as_deref()).await.unwrap();
            groups.extend(page.items);
            after = page.next;
            if after.is_none() { break }
        }
        assert_eq!(groups.len(), 3);
        let sets: BTreeSet<BTreeSet<RecordId>> = groups.iter().map(|g| g.records.iter().map(|r| r.id).collect()).collect();
        assert_eq!(sets, [same.id, phone.id, name.id].map(|other| BTreeSet::from([anna.id, other])).into());
        let companies = records::duplicate_groups(&app.ctx, me, Kind::Company, 20, None).await.unwrap();
        assert_eq!(companies.items.len(), 1);
        assert_eq!(companies.items[0].reasons, [Reason::Name, Reason::Domain]);
        assert_eq!(companies.items[0].records.iter().map(|r| r.id).collect::<BTreeSet<_>>(), [acme, again].into());
        assert!(records::duplicate_groups(&app.ctx, me, Kind::Note, 20, None).await.is_err());

        // What somebody called two is two for everybody.
        let colleague = app.member("colin@tenon.example").await;
        records::dismiss_duplicates(&app.ctx, &colleague, &[same.id, anna.id]).await.unwrap();
        records::dismiss_duplicates(&app.ctx, me, &[anna.id, same.id]).await.unwrap();
        assert_eq!(records::duplicates(&app.ctx, me, anna.id).await.unwrap().len(), 2);
        assert_eq!(records::duplicates(&app.ctx, me, same.id).await.unwrap().len(), 0);
        let page = records::duplicate_groups(&app.ctx, me, Kind::Contact, 20, None).await.unwrap();
        assert_eq!((page.items.len(), page.next), (2, None));
    }
}

store_test! {
    async fn duplicates_are_looked_for_among_what_one_sees(t: TestStore) {
        let app = TestApp::start(t).await;
        let colleague = app.member("colin@tenon.example").await;
        let same = || json!({"last_name": "Anna", "emails": [{"address": "anna@x.example"}]});
        let hidden = try_make(&app, &app.owner, Kind::Contact, same(), Some(ShareScope::Private)).await.unwrap();
        let open = make(&app, &app.owner, Kind::Contact, same()).await;
        assert_eq!(records::duplicates(&app.ctx, &app.owner, open.id).await.unwrap().len(), 1);
        assert!(records::duplicates(&app.ctx, &colleague, open.id).await.unwrap().is_empty());
        assert!(records::duplicates(&app.ctx, &colleague, hidden.id).await.is_err());
        let groups = |actor| records::duplicate_groups(&app.ctx, actor, Kind::Contact, 20, None);
        assert!(groups(&colleague).await.unwrap().items.is_empty());
        assert_eq!(groups(&app.owner).await.unwrap().items.len(), 1);
        let typed = values(same());
        assert_eq!(records::check_duplicates(&app.ctx, &colleague, Kind::Contact, &typed).await.unwrap().len(), 1);
        assert!(records::dismiss_duplicates(&app.ctx, &colleague, &[open.id, hidden.id]).await.is_err());
    }
}
