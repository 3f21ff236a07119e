//! The statements of fields, pipelines, teams and views.

use tenon_model::World;
use tenon_model::records::{
    CustomField, FieldType, Kind, Layout, Outcome, PipelineKind, Stage, StageRules,
};

use super::Seed;
use crate::{Pipeline, Team, Tx, View};

/// Runs them as a member.
pub(super) async fn statements(tx: &mut Tx, seed: &Seed, world: &World) {
    fields(tx, world).await;
    pipelines(tx, seed, world).await;
    let team = Team {
        id: world.id(),
        name: "A".into(),
        members: vec![seed.member],
        created_at: world.now(),
    };
    tx.teams().insert(&team).await.unwrap();
    tx.teams().save(&team).await.unwrap();
    tx.teams().list().await.unwrap();
    tx.teams().get(team.id).await.unwrap();
    tx.teams().of_member(seed.member).await.unwrap();
    tx.teams().delete(team.id).await.unwrap();
    let view = View {
        id: world.id(),
        workspace_id: seed.workspace,
        member_id: seed.member,
        kind: Kind::Deal,
        name: "A".into(),
        layout: Layout::Table,
        pipeline_id: None,
        shared: false,
        definition: serde_json::Value::Null,
        created_at: world.now(),
    };
    tx.views().insert(&view).await.unwrap();
    tx.views().save(&view).await.unwrap();
    tx.views().list(None).await.unwrap();
    tx.views().list(Some(Kind::Deal)).await.unwrap();
    tx.views().get(view.id).await.unwrap();
    tx.views().count_of(seed.member).await.unwrap();
    tx.views().delete(view.id).await.unwrap();
}

async fn fields(tx: &mut Tx, world: &World) {
    let field = CustomField {
        id: world.id(),
        kind: Kind::Deal,
        key: "c_a".into(),
        label: "A".into(),
        ty: FieldType::Text,
        options: vec![],
        links_to: None,
        required: false,
        position: 0,
        archived: false,
    };
    tx.fields().insert(&field, world.now()).await.unwrap();
    tx.fields().save(&field, world.now()).await.unwrap();
    tx.fields().list(None).await.unwrap();
    tx.fields().list(Some(Kind::Deal)).await.unwrap();
    tx.fields().get(field.id).await.unwrap();
}

async fn pipelines(tx: &mut Tx, seed: &Seed, world: &World) {
    let row = Pipeline {
        id: world.id(),
        workspace_id: seed.workspace,
        kind: PipelineKind::Deals,
        name: "A".into(),
        version: 1,
        archived_at: None,
        created_at: world.now(),
    };
    let stage = Stage {
        id: world.id(),
        pipeline_id: row.id,
        pipeline_kind: row.kind,
        name: "A".into(),
        color: 0,
        outcome: Outcome::Open,
        probability: None,
        rules: StageRules::default(),
    };
    let id = stage.id;
    tx.pipelines().insert(&row).await.unwrap();
    tx.pipelines().save(&row, 1).await.unwrap();
    tx.pipelines().put_stages(&row, &[stage]).await.unwrap();
    tx.pipelines().list().await.unwrap();
    tx.pipelines().get(row.id).await.unwrap();
    tx.pipelines().stages(row.id).await.unwrap();
    tx.pipelines().all_stages().await.unwrap();
    tx.pipelines().stage(id).await.unwrap();
    tx.pipelines().remove_stages(row.id, &[id]).await.unwrap();
}
