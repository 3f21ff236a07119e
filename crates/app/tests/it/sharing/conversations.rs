//! T3 for conversations: one mailbox, whose owner joins its conversations to records and shares them at random,
//! while records and teams change. Who reads what is compared with a model that knows no database.

use std::collections::BTreeSet;

use serde_json::json;
use tenon_app::conversations::{self, ThreadScope, ThreadSharing};
use tenon_app::mail::{self, ThreadsQuery};
use tenon_app::records::{self, MomentOf, NewRecord, SharingView};
use tenon_app::{Actor, Error};
use tenon_model::records::{Access, Kind, ShareScope};
use tenon_model::{MessageId, RecordId, Scope, TeamId, ThreadId, World};
use tenon_sandbox::NewMail;
use tenon_store::Team;
use tenon_testkit::app::{Options, TestApp};
use tenon_testkit::{TestStore, store_test};

const ALICE: &str = "alice@example.com";
const THREADS: usize = 4;
const RECORDS: usize = 4;
/// Acts, each followed by a look at everything as everybody.
const ACTS: u64 = 60;

struct Thread {
    id: ThreadId,
    message: MessageId,
    everybody: bool,
    members: BTreeSet<usize>,
    teams: BTreeSet<usize>,
    records: bool,
    joined: BTreeSet<usize>,
}

struct Known {
    id: RecordId,
    owner: usize,
    everybody: bool,
    members: BTreeSet<usize>,
    deleted: bool,
}

struct Model {
    people: Vec<Actor>,
    teams: Vec<(TeamId, BTreeSet<usize>)>,
    threads: Vec<Thread>,
    records: Vec<Known>,
}

/// The model (R5, decision 0064). The mailbox is the first member's.
impl Model {
    fn sees(&self, record: usize, member: usize) -> bool {
        let r = &self.records[record];
        r.owner == member || r.everybody || r.members.contains(&member)
    }

    fn reads(&self, thread: usize, member: usize) -> bool {
        let t = &self.threads[thread];
        // Nothing is lent through a record that the mailbox's owner does not see.
        let by_record =
            |r: &usize| !self.records[*r].deleted && self.sees(*r, member) && self.sees(*r, 0);
        member == 0
            || t.everybody
            || t.members.contains(&member)
            || t.teams
                .iter()
                .any(|team| self.teams[*team].1.contains(&member))
            || (t.records && t.joined.iter().any(by_record))
    }
}

fn hidden<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::NotFound(_)))
}

struct Field {
    app: TestApp,
    model: Model,
    random: World,
    compared: u64,
}

impl Field {
    fn below(&self, bound: usize) -> usize {
        self.random.below(bound as u64) as usize
    }

    fn some(&self, bound: usize) -> BTreeSet<usize> {
        (0..bound).filter(|_| self.below(3) == 0).collect()
    }

    async fn act(&mut self) {
        let owner = self.model.people[0];
        let (t, r) = (self.below(THREADS), self.below(RECORDS));
        let (thread, record) = (self.model.threads[t].id, self.model.records[r].id);
        match self.below(8) {
            0..=2 => self.share(t).await,
            3 => {
                let done = conversations::join(&self.app.ctx, &owner, thread, record).await;
                let may = self.model.sees(r, 0) && !self.model.records[r].deleted;
                assert_eq!(done.is_ok(), may);
                if may {
                    self.model.threads[t].joined.insert(r);
                }
            }
            4 => {
                let done = conversations::part(&self.app.ctx, &owner, thread, record).await;
                let joined = self.model.threads[t].joined.contains(&r);
                assert_eq!(done.is_ok(), joined || self.model.sees(r, 0));
                if done.is_ok() {
                    self.model.threads[t].joined.remove(&r);
                }
            }
            5 => self.share_record(r).await,
            6 => {
                let by = self.model.people[self.model.records[r].owner];
                let was = self.model.records[r].deleted;
                if was {
                    records::restore(&self.app.ctx, &by, record).await.unwrap();
                } else {
                    records::delete(&self.app.ctx, &by, record).await.unwrap();
                }
                self.model.records[r].deleted = !was;
            }
            _ => self.change_team().await,
        }
    }

    async fn share(&mut self, t: usize) {
        let scope = [
            ThreadScope::Private,
            ThreadScope::Shared,
            ThreadScope::Shared,
            ThreadScope::Workspace,
        ][self.below(4)];
        let (members, teams) = (
            self.some(self.model.people.len()),
            self.some(self.model.teams.len()),
        );
        let wanted = ThreadSharing {
            scope,
            members: members
                .iter()
                .map(|m| self.model.people[*m].member)
                .collect(),
            teams: teams.iter().map(|i| self.model.teams[*i].0).collect(),
            records: self.below(2) == 0,
        };
        let by_record = wanted.records && scope != ThreadScope::Private;
        let (owner, id) = (self.model.people[0], self.model.threads[t].id);
        // Nobody else shares it, whether they read it or not.
        let other = self.model.people[1 + self.below(self.model.people.len() - 1)];
        assert!(hidden(
            &conversations::set_sharing(&self.app.ctx, &other, id, wanted.clone()).await
        ));
        conversations::set_sharing(&self.app.ctx, &owner, id, wanted)
            .await
            .unwrap();
        let named = scope == ThreadScope::Shared;
        let thread = &mut self.model.threads[t];
        thread.everybody = scope == ThreadScope::Workspace;
        thread.members = if named { members } else { BTreeSet::new() };
        thread.teams = if named { teams } else { BTreeSet::new() };
        thread.records = by_record;
    }

    async fn share_record(&mut self, r: usize) {
        let members = self.some(self.model.people.len());
        let scope = [
            ShareScope::Private,
            ShareScope::Shared,
            ShareScope::Workspace,
        ][self.below(3)];
        let by = self.model.people[self.model.records[r].owner];
        let given = |m: &usize| (self.model.people[*m].member, Access::View);
        let wanted = SharingView {
            scope,
            members: members.iter().map(given).collect(),
            teams: Vec::new(),
        };
        let id = self.model.records[r].id;
        records::set_sharing(&self.app.ctx, &by, id, wanted)
            .await
            .unwrap();
        let record = &mut self.model.records[r];
        record.everybody = scope == ShareScope::Workspace;
        record.members = if scope == ShareScope::Shared {
            members
        } else {
            BTreeSet::new()
        };
    }

    async fn change_team(&mut self) {
        let (i, members) = (
            self.below(self.model.teams.len()),
            self.some(self.model.people.len()),
        );
        let team = Team {
            id: self.model.teams[i].0,
            name: format!("Team {i}"),
            members: members
                .iter()
                .map(|m| self.model.people[*m].member)
                .collect(),
            created_at: self.app.ctx.world.now(),
        };
        let mut tx = self
            .app
            .ctx
            .store
            .begin(&Scope::job(self.model.people[0].workspace))
            .await
            .unwrap();
        tx.teams().save(&team).await.unwrap();
        tx.commit().await.unwrap();
        self.model.teams[i].1 = members;
    }

    /// Every way to read, as everybody.
    async fn look(&mut self, after: u64) {
        for (m, actor) in self.model.people.iter().enumerate() {
            for (t, thread) in self.model.threads.iter().enumerate() {
                let wanted = self.model.reads(t, m);
                let said = format!("act {after}: thread {t} as {m}");
                let found = mail::thread(&self.app.ctx, actor, thread.id).await;
                assert_eq!(hidden(&found), !wanted, "{said}: the thread");
                assert_eq!(
                    found.ok().and_then(|d| d.shared_by).is_some(),
                    wanted && m > 0,
                    "{said}: whose"
                );
                let opened = mail::open(&self.app.ctx, actor, thread.message).await;
                assert_eq!(hidden(&opened), !wanted, "{said}: a message");
                let boxes = conversations::of_thread(&self.app.ctx, actor, thread.id).await;
                assert_eq!(hidden(&boxes), !wanted, "{said}: its records");
                if let Ok(found) = boxes {
                    let found: BTreeSet<RecordId> =
                        found.boxes.iter().map(|b| b.record.id).collect();
                    let seen =
                        |r: &&usize| self.model.sees(**r, m) && !self.model.records[**r].deleted;
                    let wanted: BTreeSet<RecordId> = thread
                        .joined
                        .iter()
                        .filter(seen)
                        .map(|r| self.model.records[*r].id)
                        .collect();
                    assert_eq!(found, wanted, "{said}: boxes");
                }
                self.compared += 5;
            }
            let listed = mail::threads(
                &self.app.ctx,
                actor,
                ThreadsQuery {
                    limit: 50,
                    ..ThreadsQuery::default()
                },
            )
            .await
            .unwrap();
            assert_eq!(listed.items.is_empty(), m > 0, "lists are of one's own");
            for (r, record) in self.model.records.iter().enumerate() {
                let said = format!("act {after}: record {r} as {m}");
                let found =
                    conversations::threads_of(&self.app.ctx, actor, record.id, 50, None).await;
                assert_eq!(hidden(&found), !self.model.sees(r, m), "{said}");
                let Ok(found) = found else { continue };
                let found: BTreeSet<ThreadId> = found.items.iter().map(|f| f.thread.id).collect();
                let threads = self.model.threads.iter().enumerate();
                // A record in the bin lends nothing, but what is read for another reason still stands there.
                let there =
                    threads.filter(|(t, th)| th.joined.contains(&r) && self.model.reads(*t, m));
                let wanted: BTreeSet<ThreadId> = there.map(|(_, th)| th.id).collect();
                assert_eq!(found, wanted, "{said}: its conversations");
                let moments = records::timeline(&self.app.ctx, actor, record.id, 200, None)
                    .await
                    .unwrap();
                let mails = moments.items.iter().filter_map(|moment| match &moment.of {
                    MomentOf::Mail(found) => Some(found.thread.id),
                    _ => None,
                });
                assert_eq!(
                    mails.collect::<BTreeSet<_>>(),
                    wanted,
                    "{said}: its timeline"
                );
                let touch = records::get(&self.app.ctx, actor, record.id)
                    .await
                    .unwrap()
                    .last_touch;
                assert_eq!(
                    touch.is_some(),
                    !wanted.is_empty(),
                    "{said}: its last touch"
                );
                self.compared += 4;
            }
        }
    }
}

async fn field(t: TestStore) -> Field {
    let app = TestApp::start_with(
        t,
        Options {
            messages: 0,
            ..Options::default()
        },
    )
    .await;
    for i in 0..THREADS {
        let mail = NewMail::new("Ann <ann@acme.example>", ALICE, &format!("Letter {i}")).text("x");
        app.sandbox
            .control()
            .insert_message(ALICE, mail, &["INBOX"]);
    }
    app.connect(ALICE).await;
    let mut people = vec![app.owner];
    for name in ["a", "b", "c"] {
        people.push(app.member(&format!("{name}@tenon.example")).await);
    }
    let listed = mail::threads(
        &app.ctx,
        &app.owner,
        ThreadsQuery {
            limit: 50,
            ..ThreadsQuery::default()
        },
    )
    .await
    .unwrap();
    let mut threads = Vec::new();
    for line in &listed.items {
        let detail = mail::thread(&app.ctx, &app.owner, line.id).await.unwrap();
        threads.push(Thread {
            id: line.id,
            message: detail.messages[0].id,
            everybody: false,
            members: BTreeSet::new(),
            teams: BTreeSet::new(),
            records: false,
            joined: BTreeSet::new(),
        });
    }
    assert_eq!(threads.len(), THREADS);
    let mut known = Vec::new();
    for i in 0..RECORDS {
        let owner = i % people.len();
        let values = json!({ "name": format!("Company {i}") });
        let new = NewRecord {
            kind: Kind::Company,
            values: values.as_object().cloned().unwrap(),
            sharing: Some(ShareScope::Private),
        };
        let made = records::create(&app.ctx, &people[owner], new, None)
            .await
            .unwrap();
        known.push(Known {
            id: made.id,
            owner,
            everybody: false,
            members: BTreeSet::new(),
            deleted: false,
        });
    }
    let mut teams = Vec::new();
    let mut tx = app
        .ctx
        .store
        .begin(&Scope::job(app.owner.workspace))
        .await
        .unwrap();
    for i in 0..2 {
        let team = Team {
            id: app.ctx.world.id(),
            name: format!("Team {i}"),
            members: Vec::new(),
            created_at: app.ctx.world.now(),
        };
        tx.teams().insert(&team).await.unwrap();
        teams.push((team.id, BTreeSet::new()));
    }
    tx.commit().await.unwrap();
    let model = Model {
        people,
        teams,
        threads,
        records: known,
    };
    let random = World::simulated(super::asked("TENON_TEST_SHARING_SEED", 1)).0;
    Field {
        app,
        model,
        random,
        compared: 0,
    }
}

store_test! {
    async fn t3_who_reads_a_conversation_is_what_the_model_says(t: TestStore) {
        let mut field = field(t).await;
        field.look(0).await;
        for act in 1..=ACTS {
            field.act().await;
            field.look(act).await;
        }
        println!("conversations: {ACTS} acts, {} comparisons", field.compared);
    }
}
