//! Boxes of pipelines, leads, and mail that meets records (requirements R1, R7, R9).

use serde_json::{Value, json};
use tenon_app::Error;
use tenon_app::records::{self, Conversion, Into as Becomes, MomentOf, Move, RecordsQuery, Which};
use tenon_model::records::{
    Kind, Outcome, PipelineKind, ShareScope, Stage, StageRules, StageTask, Values,
};
use tenon_model::{PipelineId, RecordId};
use tenon_sandbox::NewMail;
use tenon_store::Pipeline;
use tenon_testkit::app::{Options, TestApp};
use tenon_testkit::{TestStore, store_test};

use crate::records::{edit, make, names, titles, values, which};

/// A pipeline with these stages.
pub(crate) async fn pipeline(
    app: &TestApp,
    kind: PipelineKind,
    stages: &[(&str, Outcome, StageRules)],
) -> (PipelineId, Vec<Stage>) {
    let mut tx = app.ctx.store.begin(&app.owner.scope()).await.unwrap();
    let row = Pipeline {
        id: app.ctx.world.id(),
        workspace_id: app.owner.workspace,
        kind,
        name: "Sales".into(),
        version: 1,
        archived_at: None,
        created_at: app.ctx.world.now(),
    };
    let stages: Vec<Stage> = stages
        .iter()
        .map(|(name, outcome, rules)| Stage {
            id: app.ctx.world.id(),
            pipeline_id: row.id,
            pipeline_kind: kind,
            name: (*name).to_owned(),
            color: 1,
            outcome: *outcome,
            probability: None,
            rules: rules.clone(),
        })
        .collect();
    tx.pipelines().insert(&row).await.unwrap();
    tx.pipelines().put_stages(&row, &stages).await.unwrap();
    tx.commit().await.unwrap();
    (row.id, stages)
}

store_test! {
    async fn amounts_beyond_all_sums_are_the_highest_one(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let (sales, stages) = pipeline(&app, PipelineKind::Deals, &[("New", Outcome::Open, StageRules::default())]).await;
        let deal = |amount: &str| json!({
            "name": "Much", "pipeline": sales.to_string(), "amount": {"amount": amount, "currency": "EUR"}
        });
        for _ in 0..12 {
            make(&app, me, Kind::Deal, deal("99999999999999.9999")).await;
        }
        let all = Which { pipeline: Some(sales), ..which(Kind::Deal) };
        let (count, sums) = records::count(&app.ctx, me, all).await.unwrap();
        let sums = sums.unwrap();
        assert_eq!((count, sums[0].stage), (12, stages[0].id));
        assert_eq!(sums[0].amounts, [("EUR".to_owned(), i64::MAX)]);
    }
}

store_test! {
    async fn boxes_move_by_the_rules_of_their_stages(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let rules = StageRules {
            required: vec!["amount".into()],
            task: Some(StageTask { name: "Send the contract".into(), due_days: 3 }),
        };
        let lost = StageRules { required: vec!["lost_reason".into()], task: None };
        let (sales, stages) = pipeline(&app, PipelineKind::Deals, &[
            ("New", Outcome::Open, StageRules::default()), ("Offer", Outcome::Open, rules), ("Lost", Outcome::Lost, lost),
        ]).await;
        let mut deals = Vec::new();
        for name in ["a", "b", "c"] {
            let deal = make(&app, me, Kind::Deal, json!({ "name": name, "pipeline": sales.to_string() })).await;
            assert_eq!(deal.values["stage"], stages[0].id.to_string());
            deals.push(deal);
        }
        let to = |stage: usize, before: Option<RecordId>, sent: Value| Move { stage: stages[stage].id, before, values: values(sent) };
        let (a, c) = (deals[0].id, deals[2].id);
        let moved = records::move_box(&app.ctx, me, c, to(0, Some(a), json!({}))).await.unwrap();
        assert_eq!(moved.version, 1);
        let here = |stage: usize| Which { pipeline: Some(sales), stage: Some(stages[stage].id), ..which(Kind::Deal) };
        assert_eq!(titles(&app, me, here(0), "position").await, ["c", "a", "b"]);

        let refused = records::move_box(&app.ctx, me, a, to(1, None, json!({}))).await;
        assert_eq!(names(&refused.map(|_| ()).unwrap_err()), ["amount"]);
        let money = json!({"amount": {"amount": "1500.50", "currency": "EUR"}});
        let moved = records::move_box(&app.ctx, me, a, to(1, None, money)).await.unwrap();
        assert_eq!((moved.version, &moved.values["stage"]), (2, &json!(stages[1].id.to_string())));
        let tasks = records::list(&app.ctx, me, RecordsQuery { which: which(Kind::Task), sort: None, limit: 9, after: None }).await.unwrap();
        assert_eq!(tasks.items[0].title, "Send the contract");
        assert_eq!((tasks.items[0].values["about"][0].clone(), tasks.items[0].sharing), (json!(a.to_string()), ShareScope::Parent));
        // An edit of the stage goes by the same rules.
        let refused = edit(&app, me, &moved, json!({"stage": stages[2].id.to_string()})).await;
        assert_eq!(names(&refused.map(|_| ()).unwrap_err()), ["lost_reason"]);
        let (count, sums) = records::count(&app.ctx, me, Which { stage: None, ..here(0) }).await.unwrap();
        let sums = sums.unwrap();
        assert_eq!((count, sums.len()), (3, 2));
        let offer = sums.iter().find(|s| s.stage == stages[1].id).unwrap();
        assert_eq!(offer.amounts, [("EUR".to_owned(), 15_005_000)]);
        // Places between neighbours never run out.
        for _ in 0..60 {
            let order = titles(&app, me, here(0), "position").await;
            assert_eq!(order.len(), 2);
            let (first, last) = if order[0] == "c" { (c, deals[1].id) } else { (deals[1].id, c) };
            records::move_box(&app.ctx, me, last, to(0, Some(first), json!({}))).await.unwrap();
        }
    }
}

store_test! {
    async fn a_lead_becomes_contact_company_and_deal(t: TestStore) {
        let app = TestApp::start(t).await;
        let me = &app.owner;
        let none = StageRules::default;
        let (of_leads, leads) = pipeline(&app, PipelineKind::Leads, &[("New", Outcome::Open, none()), ("Qualified", Outcome::Won, none())]).await;
        let (_, deals) = pipeline(&app, PipelineKind::Deals, &[("New", Outcome::Open, none()), ("Offer", Outcome::Open, none())]).await;
        let lead = make(&app, me, Kind::Lead, json!({
            "name": "Wine for Acme", "pipeline": of_leads.to_string(), "contact_name": "Ann van Lee", "company_name": "Acme",
            "emails": [{"address": "ann@acme.example"}], "amount": {"amount": "99", "currency": "USD"},
        })).await;
        let how = Conversion {
            contact: Becomes::New,
            company: Becomes::New,
            contact_values: values(json!({"title": "Buyer"})),
            company_values: values(json!({"domain": "acme.example"})),
            deal: Some((None, Some(deals[1].id), values(json!({"probability": 40})))),
        };
        let done = records::convert(&app.ctx, me, lead.id, Some(lead.version), how.clone()).await.unwrap();
        let (contact, company, deal) = (done.contact.unwrap(), done.company.unwrap(), done.deal.unwrap());
        assert_eq!((contact.title.as_str(), &contact.values["last_name"]), ("Ann van Lee", &json!("Lee")));
        assert_eq!(contact.values["company"], company.id.to_string());
        assert_eq!((&contact.values["title"], &company.values["domain"]), (&json!("Buyer"), &json!("acme.example")));
        assert_eq!((deal.title.as_str(), &deal.values["stage"]), ("Wine for Acme", &json!(deals[1].id.to_string())));
        assert_eq!(deal.values["amount"]["amount"], "99");
        assert_eq!(done.lead.values["stage"], leads[1].id.to_string());
        assert_eq!(done.lead.values["contacts"][0], contact.id.to_string());
        // A second click, which saw the lead as it was, makes nothing.
        let twice = records::convert(&app.ctx, me, lead.id, Some(lead.version), how).await;
        assert!(matches!(twice.map(|_| ()), Err(Error::RecordChanged)));
        // Each conversion counts, also one that changes nothing of the lead.
        let nothing = Conversion { contact: Becomes::Nothing, company: Becomes::Nothing, contact_values: Values::new(), company_values: Values::new(), deal: None };
        let again = records::convert(&app.ctx, me, lead.id, None, nothing).await.unwrap();
        assert_eq!(again.lead.version, done.lead.version + 1);
        // All or nothing: a company that is not there leaves nothing behind.
        let how = Conversion { contact: Becomes::New, company: Becomes::Existing(contact.id), contact_values: Values::new(), company_values: Values::new(), deal: None };
        let other = make(&app, me, Kind::Lead, json!({"name": "Other"})).await;
        assert!(records::convert(&app.ctx, me, other.id, Some(1), how).await.is_err());
        assert_eq!(records::count(&app.ctx, me, which(Kind::Contact)).await.unwrap().0, 1);
    }
}

store_test! {
    async fn mail_meets_records(t: TestStore) {
        let options = Options { messages: 3, ..Options::default() };
        let app = TestApp::start_with(t, options).await;
        let (me, otto) = (&app.owner, app.member("otto@tenon.example").await);
        let mail = NewMail::new("Ann Lee <ann@acme.example>", "alice@example.com", "Walrus now").text("oysters");
        app.sandbox.control().insert_message("alice@example.com", mail, &["INBOX"]);
        let connection = app.connect("alice@example.com").await;
        app.sync(connection).await;
        app.settle().await;
        let acme = make(&app, me, Kind::Company, json!({"name": "Acme", "domain": "acme.example"})).await;
        let ann = make(&app, me, Kind::Contact, json!({
            "last_name": "Lee", "company": acme.id.to_string(), "emails": [{"address": "Ann@acme.example"}],
        })).await;
        let task = make(&app, me, Kind::Task, json!({"name": "Call Ann", "about": [ann.id.to_string()]})).await;
        make(&app, me, Kind::Note, json!({"body": "Likes oysters", "about": [ann.id.to_string()]})).await;
        for id in [ann.id, acme.id] {
            let timeline = records::timeline(&app.ctx, me, id, 50, None).await.unwrap();
            let kinds: Vec<&str> = timeline.items.iter().map(|m| match &m.of {
                MomentOf::Record(r) => r.kind.as_str(),
                MomentOf::Change(_) => "change",
                MomentOf::Mail(found) => { assert_eq!(found.thread.subject, "Walrus now"); "mail" }
            }).collect();
            for kind in ["note", "task", "change", "mail"] {
                assert_eq!(kinds.iter().filter(|k| **k == kind).count(), 1, "{kind} in {kinds:?}");
            }
            // By pages the same.
            let (mut count, mut after) = (0, None);
            loop {
                let page = records::timeline(&app.ctx, me, id, 1, after.as_deref()).await.unwrap();
                count += page.items.len();
                after = page.next;
                if after.is_none() { break; }
            }
            assert_eq!(count, kinds.len());
        }
        // Mail is its owner's alone.
        let theirs = records::timeline(&app.ctx, &otto, ann.id, 50, None).await.unwrap();
        assert!(!theirs.items.iter().any(|m| matches!(m.of, MomentOf::Mail(_))));

        let asked = ["ANN@acme.example", "bob@acme.example", "otto@tenon.example", "nobody@x.example"].map(str::to_owned);
        let found = records::lookup(&app.ctx, me, &asked).await.unwrap();
        assert_eq!(found[0].contact.as_ref().unwrap().id, ann.id);
        assert_eq!(found[0].company.as_ref().unwrap().id, acme.id);
        assert_eq!(found[0].open_tasks[0].id, task.id);
        assert!(found[0].last_touch.is_some());
        assert!(found[1].contact.is_none() && found[1].company.as_ref().unwrap().id == acme.id);
        assert_eq!(found[2].member.as_ref().unwrap().0, otto.member);
        assert!(found[3].contact.is_none() && found[3].company.is_none() && found[3].last_touch.is_none());
        assert!(records::lookup(&app.ctx, &otto, &asked).await.unwrap()[0].last_touch.is_none());
        assert!(records::lookup(&app.ctx, me, &[]).await.is_err());
        assert!(records::lookup(&app.ctx, me, &vec!["a@b.example".to_owned(); 51]).await.is_err());
    }
}
