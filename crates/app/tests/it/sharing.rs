//! T3: private stays private inside the workspace (R5). Random workspaces of members, teams and records are
//! shared, moved and taken back through the use cases, and every read and every refusal is compared with a model that
//! knows no database. `TENON_TEST_SHARING_RUNS` and `_SEED` ask for more of it.
//! T4: what is taken back is gone from the next request and the next event.

mod acts;
mod conversations;
mod merging;
mod model;
mod reads;
mod withdrawn;

use std::collections::BTreeSet;
use std::fmt::Debug;
use std::time::Instant;

use tenon_app::Actor;
use tenon_model::member::Role;
use tenon_model::policy::Locale;
use tenon_model::records::{Kind, Outcome, PipelineKind, Stage, StageRules};
use tenon_model::{RecordId, Scope, World};
use tenon_store::{Pipeline, Team, Workspace};
use tenon_testkit::app::{Options, TestApp};
use tenon_testkit::{TestStore, rows, store_test};

use model::Graph;

/// Workspaces without being asked for more.
const RUNS: u64 = 60;
const RECORDS: u64 = 12;
const ACTS: u64 = 8;
/// Ways to read that are compared after some acts, each as another member.
const READS: u64 = 12;
const KINDS: [Kind; 6] = [
    Kind::Contact,
    Kind::Company,
    Kind::Deal,
    Kind::Task,
    Kind::Activity,
    Kind::Note,
];
const WORDS: [&str; 3] = ["alpha", "beta", "gamma"];

/// Addresses of contacts.
fn addresses() -> Vec<String> {
    (0..3).map(|i| format!("p{i}@people.example")).collect()
}

struct Field {
    app: TestApp,
    graph: Graph,
    random: World,
    texts: u64,
    compared: u64,
    different: Vec<String>,
    seed: u64,
}

impl Field {
    /// One comparison of what was found with what the model says.
    fn same<T: PartialEq + Debug>(&mut self, what: &str, member: usize, found: &T, model: &T) {
        self.compared += 1;
        if found != model {
            let seed = self.seed;
            let text = format!("graph {seed}: {what} as {member}: {found:?}, model {model:?}");
            self.different.push(text);
        }
    }

    fn below(&self, bound: u64) -> u64 {
        self.random.below(bound)
    }

    fn member(&self) -> usize {
        self.below(self.graph.people.len() as u64) as usize
    }

    fn kind(&self) -> Kind {
        KINDS[self.below(KINDS.len() as u64) as usize]
    }

    fn word(&self) -> &'static str {
        WORDS[self.below(WORDS.len() as u64) as usize]
    }

    fn pick(&self, holds: impl Fn(&model::Known) -> bool) -> Option<usize> {
        let all = self.graph.records.iter().enumerate();
        let all: Vec<usize> = all.filter(|(_, r)| holds(r)).map(|(i, _)| i).collect();
        let count = all.len() as u64;
        all.get(self.below(count.max(1)) as usize).copied()
    }

    /// Some record.
    fn record(&self) -> Option<usize> {
        self.pick(|_| true)
    }

    fn one_of(&self, kind: Kind) -> Option<usize> {
        self.pick(|r| r.kind == kind)
    }

    /// Mostly the owner, sometimes anybody.
    fn often_owner(&self, record: usize) -> usize {
        let r = &self.graph.records[record];
        if self.below(3) > 0 {
            r.owner.unwrap_or(r.creator)
        } else {
            self.member()
        }
    }
}

/// A workspace with members of all roles, two teams and a pipeline; no records yet.
async fn graph(app: &TestApp, random: &World) -> Graph {
    let world = &app.ctx.world;
    let workspace = Workspace {
        id: world.id(),
        name: "Acme".into(),
        created_at: world.now(),
    };
    let roles = [
        Role::Owner,
        Role::Admin,
        Role::Member,
        Role::Member,
        Role::Viewer,
    ];
    let mut people = Vec::new();
    let mut tx = app.ctx.store.begin(&Scope::system()).await.unwrap();
    tx.workspaces().insert(&workspace).await.unwrap();
    for role in roles {
        let mut member = rows::member(world, workspace.id);
        member.role = role;
        tx.members().insert(&member).await.unwrap();
        people.push(Actor {
            workspace: workspace.id,
            member: member.id,
            session: world.id(),
            role,
            locale: Locale::En,
        });
    }
    tx.commit().await.unwrap();
    let mut tx = app
        .ctx
        .store
        .begin(&Scope::job(workspace.id))
        .await
        .unwrap();
    let pipeline = Pipeline {
        id: world.id(),
        workspace_id: workspace.id,
        kind: PipelineKind::Deals,
        name: "Sales".into(),
        version: 1,
        archived_at: None,
        created_at: world.now(),
    };
    let stage = |name: &str| Stage {
        id: world.id(),
        pipeline_id: pipeline.id,
        pipeline_kind: pipeline.kind,
        name: name.into(),
        color: 1,
        outcome: Outcome::Open,
        probability: None,
        rules: StageRules::default(),
    };
    let stages = [stage("New"), stage("Later")];
    tx.pipelines().insert(&pipeline).await.unwrap();
    tx.pipelines().put_stages(&pipeline, &stages).await.unwrap();
    let mut teams = Vec::new();
    for _ in 0..2 {
        let members: BTreeSet<usize> = (0..people.len()).filter(|_| random.below(2) == 0).collect();
        let team = Team {
            id: world.id(),
            name: "Team".into(),
            members: members.iter().map(|m| people[*m].member).collect(),
            created_at: world.now(),
        };
        tx.teams().insert(&team).await.unwrap();
        teams.push((team.id, members));
    }
    tx.commit().await.unwrap();
    Graph {
        people,
        teams,
        records: Vec::new(),
        pipeline: pipeline.id,
        stages: stages.iter().map(|s| s.id).collect(),
    }
}

impl Field {
    /// Fills the workspace, and compares.
    async fn live(&mut self) {
        for _ in 0..RECORDS {
            self.make().await;
        }
        for act in 0..ACTS {
            self.act().await;
            if act % 4 == 3 {
                for _ in 0..READS {
                    let way = self.below(reads::WAYS);
                    let member = self.member();
                    self.read(way, member).await;
                }
            }
        }
    }

    /// A member of this workspace sees nothing of the last one.
    async fn strangers(&mut self, ids: &[RecordId]) {
        let actor = self.graph.people[0];
        let mut tx = self.app.ctx.store.read(&actor.scope()).await.unwrap();
        let rows = tx.records().get_many(ids).await.unwrap().len();
        drop(tx);
        self.same("records of another workspace", 0, &rows, &0);
    }
}

fn asked(name: &str, otherwise: u64) -> u64 {
    let text = std::env::var(name).ok();
    text.map_or(otherwise, |t| t.parse().expect(name))
}

store_test! {
    async fn t3_who_sees_what_is_what_the_model_says(t: TestStore) {
        let runs = asked("TENON_TEST_SHARING_RUNS", RUNS);
        let first = asked("TENON_TEST_SHARING_SEED", 1);
        let options = Options { messages: 0, ..Options::default() };
        let mut app = TestApp::start_with(t, options).await;
        app.stop_jobs().await;
        let began = Instant::now();
        let random = World::simulated(first).0;
        let graph = graph(&app, &random).await;
        let mut field = Field {
            app,
            graph,
            random,
            texts: 0,
            compared: 0,
            different: Vec::new(),
            seed: first,
        };
        let mut records = 0;
        for run in 0..runs {
            if run > 0 {
                let before = field.graph.all_ids();
                field.seed = first + run;
                field.random = World::simulated(field.seed).0;
                field.graph = crate::sharing::graph(&field.app, &field.random).await;
                field.strangers(&before).await;
            }
            field.live().await;
            records += field.graph.records.len();
        }
        let seconds = began.elapsed().as_secs_f64();
        println!(
            "sharing: {runs} graphs, {records} records, {} comparisons, {} differences, {:.1} graphs a second",
            field.compared,
            field.different.len(),
            runs as f64 / seconds,
        );
        let told: Vec<&String> = field.different.iter().take(20).collect();
        assert!(told.is_empty(), "{told:#?}");
    }
}
