//! Random histories of a mailbox against a model of thirty lines: after every step the threads,
//! their labels, addresses, lists and counts in the database are what the messages say.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use tenon_model::{ConnectionId, Scope};
use tenon_store::{LabelCounts, ThreadQuery};
use tenon_testkit::{TestStore, rows};

const LABELS: [&str; 6] = ["INBOX", "UNREAD", "STARRED", "SPAM", "TRASH", "Label_1"];

#[derive(Debug, Clone)]
enum Step {
    Store(Vec<(u8, u8, u8, u8)>), // message, labels, second, address
    Relabel(Vec<(u8, u8, u8)>),   // message, labels on, labels off
    SetLabels(Vec<(u8, u8)>),
    Remove(Vec<u8>),
    Snapshot(Vec<u8>, bool),
}

fn labels(bits: u8) -> Vec<String> {
    (0..6)
        .filter(|b| bits & (1 << b) != 0)
        .map(|b| LABELS[b as usize].to_owned())
        .collect()
}

/// A message always belongs to the same thread.
fn thread_of(message: u8) -> String {
    format!("t{}", message % 7)
}

fn step() -> impl Strategy<Value = Step> {
    let message = 0_u8..24;
    prop_oneof![
        4 => prop::collection::vec((message.clone(), 0_u8..64, 0_u8..5, 0_u8..4), 1..9).prop_map(Step::Store),
        3 => prop::collection::vec((message.clone(), 0_u8..64, 0_u8..64), 1..6).prop_map(Step::Relabel),
        1 => prop::collection::vec((message.clone(), 0_u8..64), 1..4).prop_map(Step::SetLabels),
        2 => prop::collection::vec(message.clone(), 1..6).prop_map(Step::Remove),
        1 => (prop::collection::vec(message, 0..20), any::<bool>()).prop_map(|(ids, keep)| Step::Snapshot(ids, keep)),
    ]
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Message {
    labels: BTreeSet<String>,
    at: i64,
    generation: i64,
}

#[derive(Debug, Default)]
struct Model {
    messages: BTreeMap<u8, Message>,
    generation: i64,
}

/// A thread as a list shows it: last, messages, unread, starred, labels.
type Shown = (i64, i64, i64, bool, Vec<String>);

impl Model {
    fn thread(&self, thread: &str) -> Vec<&Message> {
        self.messages
            .iter()
            .filter(|(id, _)| thread_of(**id) == thread)
            .map(|(_, m)| m)
            .collect()
    }

    /// All threads that pass `keep`, by name.
    fn threads(&self, keep: impl Fn(&[&Message]) -> bool) -> BTreeMap<String, Shown> {
        let names: BTreeSet<String> = self.messages.keys().map(|id| thread_of(*id)).collect();
        names
            .into_iter()
            .filter(|name| keep(&self.thread(name)))
            .map(|name| {
                let all = self.thread(&name);
                let count = |l: &str| all.iter().filter(|m| m.labels.contains(l)).count() as i64;
                let labels: BTreeSet<String> = all.iter().flat_map(|m| m.labels.clone()).collect();
                let last = all.iter().map(|m| m.at).max().unwrap_or_default();
                (
                    name,
                    (
                        last,
                        all.len() as i64,
                        count("UNREAD"),
                        count("STARRED") > 0,
                        labels.into_iter().collect(),
                    ),
                )
            })
            .collect()
    }
}

fn name(message: u8) -> String {
    format!("m{message:02}")
}

async fn apply(t: &TestStore, scope: &Scope, id: ConnectionId, model: &mut Model, step: &Step) {
    let mut tx = t.store.begin(scope).await.unwrap();
    match step {
        Step::Store(page) => {
            let generation = model.generation;
            let messages = page
                .iter()
                .map(|&(m, l, at, address)| {
                    let all = labels(l);
                    let all: Vec<&str> = all.iter().map(String::as_str).collect();
                    let mut row =
                        rows::message(&t.world, &name(m), &thread_of(m), &all, i64::from(at));
                    row.address_indexes = vec![[address; 16]];
                    row
                })
                .collect();
            tx.messages()
                .store_page(id, messages, generation)
                .await
                .unwrap();
            // Within a page the last one counts; a stored message keeps its time.
            let last: BTreeMap<u8, (u8, u8)> =
                page.iter().map(|&(m, l, at, _)| (m, (l, at))).collect();
            for (m, (l, at)) in last {
                let at = model
                    .messages
                    .get(&m)
                    .map_or(i64::from(at), |known| known.at);
                model.messages.insert(
                    m,
                    Message {
                        labels: labels(l).into_iter().collect(),
                        at,
                        generation,
                    },
                );
            }
        }
        Step::Relabel(changes) => {
            let rows = changes
                .iter()
                .map(|&(m, on, off)| (name(m), labels(on), labels(off)))
                .collect();
            tx.messages().relabel(id, rows).await.unwrap();
            for &(m, on, off) in changes {
                if let Some(message) = model.messages.get_mut(&m) {
                    message.labels.retain(|l| !labels(off).contains(l));
                    message.labels.extend(labels(on));
                }
            }
        }
        Step::SetLabels(changes) => {
            tx.messages()
                .set_labels(
                    id,
                    changes.iter().map(|&(m, l)| (name(m), labels(l))).collect(),
                )
                .await
                .unwrap();
            for &(m, l) in changes {
                if let Some(message) = model.messages.get_mut(&m) {
                    message.labels = labels(l).into_iter().collect();
                }
            }
        }
        Step::Remove(ids) => {
            let unique: BTreeSet<u8> = ids
                .iter()
                .copied()
                .filter(|m| model.messages.contains_key(m))
                .collect();
            let removed = tx
                .messages()
                .remove(id, &ids.iter().map(|m| name(*m)).collect::<Vec<_>>())
                .await
                .unwrap();
            assert_eq!(removed, unique.len() as u64);
            model.messages.retain(|m, _| !ids.contains(m));
        }
        Step::Snapshot(listed, keep) => {
            model.generation += 1;
            let generation = model.generation;
            tx.messages()
                .mark_seen(
                    id,
                    &listed.iter().map(|m| name(*m)).collect::<Vec<_>>(),
                    generation,
                )
                .await
                .unwrap();
            for m in listed {
                if let Some(message) = model.messages.get_mut(m) {
                    message.generation = generation;
                }
            }
            let unseen = model
                .messages
                .values()
                .filter(|m| m.generation < generation)
                .count() as u64;
            assert_eq!(tx.messages().unseen(id, generation).await.unwrap(), unseen);
            if *keep {
                assert_eq!(
                    tx.messages().adopt_unseen(id, generation).await.unwrap(),
                    unseen
                );
                model
                    .messages
                    .values_mut()
                    .for_each(|m| m.generation = generation);
            } else {
                assert_eq!(
                    tx.messages().remove_unseen(id, generation).await.unwrap(),
                    unseen
                );
                model.messages.retain(|_, m| m.generation >= generation);
            }
        }
    }
    tx.commit().await.unwrap();
}

async fn compare(t: &TestStore, scope: &Scope, id: ConnectionId, model: &Model) {
    let mut tx = t.store.read(scope).await.unwrap();
    let ids: Vec<String> = model.messages.keys().map(|m| name(*m)).collect();
    assert_eq!(
        tx.messages().provider_ids(id, None, 100).await.unwrap(),
        ids
    );
    let stored = tx.messages().labels_of(id, &ids).await.unwrap();
    let known = tx.messages().known(id, &ids).await.unwrap();
    for (m, message) in &model.messages {
        assert_eq!(
            stored[&name(*m)],
            message.labels.iter().cloned().collect::<Vec<_>>()
        );
        assert_eq!(known[&name(*m)], message.generation);
    }
    let hidden = |all: &[&Message]| {
        all.iter()
            .all(|m| m.labels.contains("SPAM") || m.labels.contains("TRASH"))
    };
    let has = |all: &[&Message], l: &str| all.iter().any(|m| m.labels.contains(l));
    let mut queries: Vec<(ThreadQuery, BTreeMap<String, Shown>)> = Vec::new();
    for unread in [false, true] {
        let query = |label: Option<&str>| ThreadQuery {
            connections: vec![id],
            label: label.map(str::to_owned),
            unread,
            after: None,
            limit: 100,
        };
        queries.push((
            query(None),
            model.threads(|all| !hidden(all) && (!unread || has(all, "UNREAD"))),
        ));
        for label in LABELS {
            queries.push((
                query(Some(label)),
                model.threads(|all| has(all, label) && (!unread || has(all, "UNREAD"))),
            ));
        }
    }
    let mut rows_of_labels = 0;
    for (query, expected) in queries {
        let page = tx.threads().page(&query).await.unwrap();
        assert!(page.is_sorted_by(|a, b| (a.last_at, a.id) > (b.last_at, b.id)));
        if query.label.is_some() && !query.unread {
            rows_of_labels += page.len() as u64;
        }
        let shown: BTreeMap<String, Shown> = page
            .into_iter()
            .map(|t| {
                (
                    t.provider_thread_id,
                    (
                        t.last_at.as_secs(),
                        t.message_count,
                        t.unread_count,
                        t.starred,
                        t.labels,
                    ),
                )
            })
            .collect();
        assert_eq!(shown, expected, "{query:?}");
    }
    let mut labels: Vec<LabelCounts> = LABELS
        .iter()
        .map(|label| LabelCounts {
            provider_id: (*label).to_owned(),
            threads: model.threads(|all| has(all, label)).len() as u64,
            unread: model
                .threads(|all| has(all, label) && has(all, "UNREAD"))
                .len() as u64,
        })
        .filter(|c| c.threads > 0)
        .collect();
    labels.sort_unstable_by(|a, b| a.provider_id.cmp(&b.provider_id));
    assert_eq!(tx.labels().counts(id).await.unwrap(), labels);
    assert_eq!(
        tx.messages().count(id).await.unwrap(),
        model.messages.len() as u64
    );
    let listed = model.threads(|all| !hidden(all)).len() as u64;
    let unread = model
        .threads(|all| !hidden(all) && has(all, "UNREAD"))
        .len() as u64;
    assert_eq!(tx.threads().counts(id).await.unwrap(), (listed, unread));
    let counts = tx.connections().counts(id).await.unwrap();
    assert!(
        counts.contains(&("threads", model.threads(|_| true).len() as u64)),
        "{counts:?}"
    );
    assert!(
        counts.contains(&("thread_labels", rows_of_labels)),
        "{counts:?}"
    );
}

fn histories(cases: u32) -> (TestRunner, impl Strategy<Value = Vec<Step>>) {
    let config = Config {
        cases,
        failure_persistence: None,
        ..Config::default()
    };
    (
        TestRunner::new(config),
        prop::collection::vec(step(), 1..14),
    )
}

/// One database for all cases, a mailbox for each.
async fn run(t: TestStore, cases: u32) {
    let (workspace, owner) = rows::workspace(&t).await;
    let scope = Scope::member(workspace, owner);
    let handle = tokio::runtime::Handle::current();
    let (mut runner, strategy) = histories(cases);
    let task = tokio::task::spawn_blocking(move || {
        runner.run(&strategy, |steps| {
            handle.block_on(async {
                let id = rows::insert_mailbox(&t, workspace, owner).await;
                let mut model = Model {
                    generation: 1,
                    ..Model::default()
                };
                for step in &steps {
                    apply(&t, &scope, id, &mut model, step).await;
                    compare(&t, &scope, id, &model).await;
                }
                let mut tx = t.store.begin(&scope).await.unwrap();
                tx.connections().delete(id, None).await.unwrap();
                tx.commit().await.unwrap();
                crate::purges::drain(&t, id, 7).await;
            });
            Ok(())
        })
    });
    task.await.unwrap().unwrap();
}

#[test]
fn sqlite() {
    tenon_testkit::store::on_sqlite(|t| run(t, 60));
}

#[test]
fn postgres() {
    tenon_testkit::store::on_postgres(|t| run(t, 30));
}
