//! What records are like in a workspace: fields, pipelines, teams, views.

use std::time::Duration;

use serde_json::json;
use tenon_model::records::{
    Choice, CustomField, FieldType, Kind, Layout, Outcome, PipelineKind, Stage, StageRules,
    StageTask,
};
use tenon_model::{MemberId, Scope, StageId, WorkspaceId};
use tenon_store::{Pipeline, StoreError, Team, View};
use tenon_testkit::peek::Peek;
use tenon_testkit::store::on_postgres;
use tenon_testkit::{TestStore, rows, store_test};

fn field(t: &TestStore, kind: Kind, key: &str, position: i64) -> CustomField {
    CustomField {
        id: t.world.id(),
        kind,
        key: key.into(),
        label: "Größe".into(),
        ty: FieldType::Choice,
        options: vec![Choice {
            value: "a".into(),
            label: Some("Ä".into()),
            color: Some(3),
        }],
        links_to: None,
        required: false,
        position,
        archived: false,
    }
}

fn pipeline(t: &TestStore, workspace: WorkspaceId) -> Pipeline {
    Pipeline {
        id: t.world.id(),
        workspace_id: workspace,
        kind: PipelineKind::Deals,
        name: "Sales".into(),
        version: 1,
        archived_at: None,
        created_at: t.world.now(),
    }
}

fn stage(t: &TestStore, of: &Pipeline, name: &str) -> Stage {
    Stage {
        id: t.world.id(),
        pipeline_id: of.id,
        pipeline_kind: of.kind,
        name: name.into(),
        color: 2,
        outcome: Outcome::Open,
        probability: Some(20),
        rules: StageRules {
            required: vec!["amount".into()],
            task: Some(StageTask {
                name: "Call".into(),
                due_days: 3,
            }),
        },
    }
}

fn view(t: &TestStore, workspace: WorkspaceId, member: MemberId, shared: bool) -> View {
    View {
        id: t.world.id(),
        workspace_id: workspace,
        member_id: member,
        kind: Kind::Deal,
        name: "Mine".into(),
        layout: Layout::Board,
        pipeline_id: Some(t.world.id()),
        shared,
        definition: json!({"columns": [{"field": "name", "width": 200}]}),
        created_at: t.world.now(),
    }
}

async fn colleague(t: &TestStore, workspace: WorkspaceId) -> MemberId {
    let row = rows::member(&t.world, workspace);
    let mut tx = t.store.begin(&Scope::system()).await.unwrap();
    tx.members().insert(&row).await.unwrap();
    tx.commit().await.unwrap();
    row.id
}

store_test! {
    async fn fields_come_back_in_their_order_and_each_key_once(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, _) = rows::workspace(&t).await;
        let scope = Scope::member(workspace, owner);
        let mut first = field(&t, Kind::Contact, "c_size", 2);
        let second = CustomField {
            ty: FieldType::Link,
            options: vec![],
            links_to: Some(Kind::Company),
            required: true,
            ..field(&t, Kind::Contact, "c_maker", 1)
        };
        let deal = field(&t, Kind::Deal, "c_size", 0);
        let mut tx = t.store.begin(&scope).await.unwrap();
        for f in [&first, &second, &deal] {
            tx.fields().insert(f, t.world.now()).await.unwrap();
        }
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&scope).await.unwrap();
        let twice = field(&t, Kind::Contact, "c_size", 3);
        assert!(matches!(tx.fields().insert(&twice, t.world.now()).await, Err(StoreError::Duplicate)));
        drop(tx);

        first.archived = true;
        first.label = "Width".into();
        first.options.clear();
        first.position = 0;
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.fields().save(&first, t.world.now()).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.read(&scope).await.unwrap();
        let contacts = tx.fields().list(Some(Kind::Contact)).await.unwrap();
        assert_eq!(contacts, [first.clone(), second]);
        assert_eq!(tx.fields().list(None).await.unwrap().len(), 3);
        assert_eq!(tx.fields().get(deal.id).await.unwrap(), Some(deal));
        drop(tx);
        let mut tx = t.store.begin(&Scope::job(other)).await.unwrap();
        assert_eq!(tx.fields().list(None).await.unwrap(), []);
        assert_eq!(tx.fields().get(first.id).await.unwrap(), None);
        assert!(matches!(tx.fields().save(&first, t.world.now()).await, Err(StoreError::NotFound(_))));
    }
}

store_test! {
    async fn a_pipeline_changes_as_a_whole_and_by_version(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, _) = rows::workspace(&t).await;
        let scope = Scope::member(workspace, owner);
        let mut row = pipeline(&t, workspace);
        let (a, b, c) = (stage(&t, &row, "A"), stage(&t, &row, "B"), stage(&t, &row, "C"));
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.pipelines().insert(&row).await.unwrap();
        tx.pipelines().put_stages(&row, &[a.clone(), b.clone()]).await.unwrap();
        tx.commit().await.unwrap();

        row.name = "Selling".into();
        row.version = 2;
        row.archived_at = Some(t.world.now());
        let renamed = Stage { name: "B2".into(), outcome: Outcome::Won, probability: None, ..b.clone() };
        let mut tx = t.store.begin(&scope).await.unwrap();
        assert!(tx.pipelines().save(&row, 1).await.unwrap());
        assert!(!tx.pipelines().save(&row, 1).await.unwrap());
        assert_eq!(tx.pipelines().remove_stages(row.id, &[a.id]).await.unwrap(), []);
        let left = [c.clone(), renamed.clone()];
        tx.pipelines().put_stages(&row, &left).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&scope).await.unwrap();
        assert_eq!(tx.pipelines().list().await.unwrap(), [row.clone()]);
        assert_eq!(tx.pipelines().get(row.id).await.unwrap(), Some(row.clone()));
        assert_eq!(tx.pipelines().stages(row.id).await.unwrap(), left);
        assert_eq!(tx.pipelines().all_stages().await.unwrap(), left);
        assert_eq!(tx.pipelines().stage(c.id).await.unwrap(), Some(c.clone()));
        assert_eq!(tx.pipelines().stage(a.id).await.unwrap(), None);
        drop(tx);

        // Nothing of it is the others', and no stage goes over to another pipeline.
        let mut tx = t.store.begin(&Scope::job(other)).await.unwrap();
        assert_eq!(tx.pipelines().list().await.unwrap(), []);
        assert_eq!(tx.pipelines().stages(row.id).await.unwrap(), []);
        assert_eq!(tx.pipelines().stage(c.id).await.unwrap(), None);
        assert!(!tx.pipelines().save(&row, 2).await.unwrap());
        assert!(matches!(tx.pipelines().insert(&row).await, Err(StoreError::Scope(_))));
        drop(tx);
        let second = pipeline(&t, workspace);
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.pipelines().insert(&second).await.unwrap();
        let taken = tx.pipelines().put_stages(&second, &[Stage { pipeline_id: second.id, ..c }]).await;
        assert!(matches!(taken, Err(StoreError::NotFound("stage"))), "{taken:?}");
    }
}

store_test! {
    async fn a_stage_that_holds_boxes_is_told(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let scope = Scope::member(workspace, owner);
        let row = pipeline(&t, workspace);
        let (a, b) = (stage(&t, &row, "A"), stage(&t, &row, "B"));
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.pipelines().insert(&row).await.unwrap();
        tx.pipelines().put_stages(&row, &[a.clone(), b.clone()]).await.unwrap();
        tx.commit().await.unwrap();
        // In the bin, but it may come back from there.
        let mut peek = Peek::open(&t.url).await;
        peek.put_box(t.world.id(), workspace, &b, true).await;
        let mut tx = t.store.begin(&scope).await.unwrap();
        let full: Vec<StageId> = tx.pipelines().remove_stages(row.id, &[a.id, b.id]).await.unwrap();
        assert_eq!(full, [b.id]);
        drop(tx);
        let mut tx = t.store.read(&scope).await.unwrap();
        assert_eq!(tx.pipelines().stages(row.id).await.unwrap().len(), 2);
        drop(tx);
        let mut tx = t.store.read(&Scope::system()).await.unwrap();
        assert_eq!(tx.pipelines().without(PipelineKind::Deals).await.unwrap(), []);
        assert_eq!(tx.pipelines().without(PipelineKind::Leads).await.unwrap(), [workspace]);
    }
}

store_test! {
    async fn teams_have_members_and_lose_what_was_shared_with_them(t: TestStore) {
        let (workspace, owner) = rows::workspace(&t).await;
        let (other, _) = rows::workspace(&t).await;
        let second = colleague(&t, workspace).await;
        let scope = Scope::member(workspace, owner);
        let mut team = Team {
            id: t.world.id(),
            name: "Support".into(),
            members: vec![owner, second],
            created_at: t.world.now(),
        };
        team.members.sort();
        let later = t.world.now() + Duration::from_secs(1);
        let empty = Team { id: t.world.id(), members: vec![], created_at: later, ..team.clone() };
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.teams().insert(&team).await.unwrap();
        tx.teams().insert(&empty).await.unwrap();
        tx.commit().await.unwrap();
        let mut tx = t.store.begin(&scope).await.unwrap();
        assert_eq!(tx.teams().list().await.unwrap(), [team.clone(), empty.clone()]);
        assert_eq!(tx.teams().of_member(second).await.unwrap(), [team.id]);
        team.members = vec![owner];
        team.name = "Help".into();
        tx.teams().save(&team).await.unwrap();
        assert_eq!(tx.teams().get(team.id).await.unwrap(), Some(team.clone()));
        assert_eq!(tx.teams().of_member(second).await.unwrap(), []);
        tx.commit().await.unwrap();

        let mut tx = t.store.begin(&Scope::job(other)).await.unwrap();
        assert_eq!(tx.teams().list().await.unwrap(), []);
        assert_eq!(tx.teams().of_member(owner).await.unwrap(), []);
        assert!(!tx.teams().delete(team.id).await.unwrap());
        assert!(matches!(tx.teams().save(&team).await, Err(StoreError::NotFound("team"))));
        drop(tx);
        let mut tx = t.store.begin(&scope).await.unwrap();
        assert!(tx.teams().delete(team.id).await.unwrap());
        assert!(!tx.teams().delete(team.id).await.unwrap());
        assert_eq!(tx.teams().list().await.unwrap(), [empty]);
    }
}

store_test! {
    async fn views_are_ones_own_or_shared(t: TestStore) {
        let (workspace, ann) = rows::workspace(&t).await;
        let bob = colleague(&t, workspace).await;
        let own = view(&t, workspace, ann, false);
        let mut shared = view(&t, workspace, ann, true);
        shared.created_at = shared.created_at + Duration::from_secs(1);
        let mut tx = t.store.begin(&Scope::member(workspace, ann)).await.unwrap();
        tx.views().insert(&own).await.unwrap();
        tx.views().insert(&shared).await.unwrap();
        assert_eq!(tx.views().list(Some(Kind::Deal)).await.unwrap(), [own.clone(), shared.clone()]);
        assert_eq!(tx.views().list(Some(Kind::Task)).await.unwrap(), []);
        assert_eq!(tx.views().count_of(ann).await.unwrap(), 2);
        tx.commit().await.unwrap();

        let mut tx = t.store.begin(&Scope::member(workspace, bob)).await.unwrap();
        assert_eq!(tx.views().list(None).await.unwrap(), [shared.clone()]);
        assert_eq!(tx.views().get(own.id).await.unwrap(), None);
        assert_eq!(tx.views().count_of(bob).await.unwrap(), 0);
        assert!(!tx.views().delete(own.id).await.unwrap());
        assert!(matches!(tx.views().save(&own).await, Err(StoreError::NotFound("view"))));
        drop(tx);
        shared.name = "Ours".into();
        shared.layout = Layout::Table;
        shared.pipeline_id = None;
        shared.definition = json!({});
        let mut tx = t.store.begin(&Scope::member(workspace, bob)).await.unwrap();
        tx.views().save(&shared).await.unwrap();
        assert_eq!(tx.views().get(shared.id).await.unwrap(), Some(shared.clone()));
        assert!(tx.views().delete(shared.id).await.unwrap());
        tx.commit().await.unwrap();
        let (other, stranger) = rows::workspace(&t).await;
        let mut tx = t.store.begin(&Scope::member(other, stranger)).await.unwrap();
        assert_eq!(tx.views().list(None).await.unwrap(), []);
        assert!(!tx.views().delete(own.id).await.unwrap());
    }
}

/// A box is being put into a stage while somebody removes it: who removes waits, and finds the box.
#[test]
fn a_box_on_its_way_keeps_its_stage_on_postgres() {
    on_postgres(async |t| {
        let (workspace, owner) = rows::workspace(&t).await;
        let scope = Scope::member(workspace, owner);
        let row = pipeline(&t, workspace);
        let a = stage(&t, &row, "A");
        let mut tx = t.store.begin(&scope).await.unwrap();
        tx.pipelines().insert(&row).await.unwrap();
        tx.pipelines()
            .put_stages(&row, std::slice::from_ref(&a))
            .await
            .unwrap();
        tx.commit().await.unwrap();

        let mut mover = t.store.begin(&scope).await.unwrap();
        assert!(mover.pipelines().stage(a.id).await.unwrap().is_some());
        let (store, pipeline, id) = (t.store.clone(), row.id, a.id);
        let removing = tokio::spawn(async move {
            let mut tx = store.begin(&scope).await.unwrap();
            tx.pipelines().remove_stages(pipeline, &[id]).await.unwrap()
        });
        tokio::time::sleep(Duration::from_millis(300)).await;
        assert!(!removing.is_finished(), "it waits");
        let mut peek = Peek::open(&t.url).await;
        peek.put_box(t.world.id(), workspace, &a, false).await;
        mover.commit().await.unwrap();
        assert_eq!(removing.await.unwrap(), [a.id]);
    });
}
