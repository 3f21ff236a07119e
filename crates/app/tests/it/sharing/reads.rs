//! Every way to read a record, compared with what the model says.

use std::collections::BTreeSet;

use futures::StreamExt as _;
use serde_json::{Value, json};
use tenon_app::Error;
use tenon_app::records::{self, MomentOf, RecordsQuery, Which, exchange};
use tenon_app::reports::{self, Boxes, Days, Did, Of, Pick};
use tenon_model::RecordId;
use tenon_model::member::Role;
use tenon_model::records::{Access, Kind, Sort, SortKey};
use tenon_store::RecordQuery;

use super::Field;
use super::model::{Graph, Known};

type Ids = BTreeSet<RecordId>;

fn all(kind: Kind) -> Which {
    Which {
        kind,
        filter: None,
        search: None,
        pipeline: None,
        stage: None,
        linked_to: None,
        deleted: false,
    }
}

fn hidden<T>(result: &Result<T, Error>) -> bool {
    matches!(result, Err(Error::NotFound(_)))
}

/// How many ways there are.
pub(super) const WAYS: u64 = 18;

impl Field {
    /// Compares one way of reading, as one member.
    pub(super) async fn read(&mut self, way: u64, member: usize) {
        match way {
            0 => self.one_by_one(member).await,
            1 => self.rows(member).await,
            2 | 3 => self.list(member).await,
            4 => self.orders(member).await,
            5 => self.counts(member).await,
            6 => self.stages(member).await,
            7 => self.editable(member).await,
            8 => self.links(member).await,
            9 => self.addresses(member).await,
            10 => self.histories(member).await,
            11 => self.timeline(member).await,
            12 => self.lookup(member).await,
            13 => self.search(member).await,
            14 => self.alike(member).await,
            15 => self.exported(member).await,
            16 => self.pictures(member).await,
            _ => self.sharing(member).await,
        }
    }

    /// A page after the other, with some filter, search or place in the bin.
    async fn list(&mut self, member: usize) {
        let kind = self.kind();
        let (which, holds) = self.which(kind);
        let deleted = which.deleted;
        let wanted = self.graph.seen_ids(member, deleted, holds);
        let sort = match self.below(4) {
            0 => Some(("title".to_owned(), true)),
            1 => Some(("updated_at".to_owned(), false)),
            2 => Some((own_field(kind).to_owned(), self.below(2) == 0)),
            _ => None,
        };
        let mut query = RecordsQuery {
            which,
            sort,
            limit: 1 + self.below(4) as u32,
            after: None,
        };
        let mut found = Vec::new();
        loop {
            let actor = self.graph.people[member];
            let page = records::list(&self.app.ctx, &actor, query.clone()).await;
            let page = page.unwrap();
            found.extend(page.items.iter().map(|r| r.id));
            for view in &page.items {
                self.shown(member, view);
            }
            match page.next {
                Some(next) => query.after = Some(next),
                None => break,
            }
        }
        let once = found.len();
        let found: Ids = found.into_iter().collect();
        self.same("list", member, &found, &wanted);
        self.same("each once in a list", member, &found.len(), &once);
    }

    /// Some condition, and the same of the model.
    fn which(&self, kind: Kind) -> (Which, impl Fn(&Known) -> bool + use<>) {
        let word = self.word();
        let (mut which, mut only) = (all(kind), None);
        let mut target = None;
        match self.below(6) {
            0 => {
                which.search = Some(word[..3].to_owned());
                only = Some(word);
            }
            1 => {
                which.filter = Some(json!({"field": "title", "op": "contains", "value": word}));
                only = Some(word);
            }
            2 => {
                let not = json!({"not": {"field": "title", "op": "empty"}});
                let any = json!({"any": [{"field": "created_by", "op": "not_empty"}, not]});
                which.filter = Some(any);
            }
            3 => which.deleted = true,
            4 if kind == Kind::Deal => {
                if let Some(i) = self.pick(|r| r.kind == Kind::Company && !r.gone) {
                    let id = self.graph.id(i).to_string();
                    which.filter = Some(json!({"field": "company", "op": "is", "value": id}));
                    target = Some(i);
                }
            }
            _ => {}
        }
        (which, move |r: &Known| {
            r.kind == kind
                && only.is_none_or(|w| r.title.contains(w))
                && target.is_none_or(|t| r.company == Some(t))
        })
    }

    /// A file of a list, and what it is part of.
    async fn exported(&mut self, member: usize) {
        let kind = self.kind();
        let wanted = self.graph.seen_ids(member, false, |r| r.kind == kind);
        let actor = self.graph.people[member];
        let export = exchange::Export {
            which: all(kind),
            sort: None,
            ids: None,
            fields: None,
            format: exchange::ExportFormat::Json,
        };
        let file = exchange::export(&self.app.ctx, &actor, export)
            .await
            .unwrap();
        let chunks: Vec<_> = file.stream.collect().await;
        let bytes: Vec<u8> = chunks.into_iter().flat_map(|c| c.unwrap()).collect();
        let mut found = Ids::new();
        for line in String::from_utf8(bytes).unwrap().lines() {
            let record: Value = serde_json::from_str(line).unwrap();
            found.insert(record["id"].as_str().unwrap().parse().unwrap());
        }
        self.same("export", member, &found, &wanted);
    }

    async fn counts(&mut self, member: usize) {
        let kind = self.kind();
        let (which, holds) = self.which(kind);
        let wanted = self.graph.seen_ids(member, which.deleted, holds).len() as u64;
        let actor = self.graph.people[member];
        let (count, _) = records::count(&self.app.ctx, &actor, which).await.unwrap();
        self.same("count", member, &count, &wanted);
    }

    async fn stages(&mut self, member: usize) {
        let which = Which {
            pipeline: Some(self.graph.pipeline),
            ..all(Kind::Deal)
        };
        let actor = self.graph.people[member];
        let (_, sums) = records::count(&self.app.ctx, &actor, which).await.unwrap();
        let sums = sums.unwrap();
        for stage in self.graph.stages.clone() {
            let holds = |r: &Known| r.stage == Some(stage);
            let wanted = self.graph.seen(member, false, holds).count() as i64;
            let sum = sums.iter().find(|s| s.stage == stage);
            let count = sum.map_or(0, |s| s.count as i64);
            // Every deal is worth ten.
            let worth: i64 = sum.map_or(0, |s| s.amounts.iter().map(|(_, a)| a).sum());
            let found = (count, worth);
            self.same("stage", member, &found, &(wanted, wanted * 100_000));
        }
    }

    /// What pictures count, and the rows behind their figures.
    async fn pictures(&mut self, member: usize) {
        let actor = self.graph.people[member];
        let asked = Boxes {
            pipeline: self.graph.pipeline,
            days: Days::read("2020-01-01", "2029-01-01").unwrap(),
            owner: None,
        };
        let wanted = self
            .graph
            .seen_ids(member, false, |r| r.kind == Kind::Deal && r.stage.is_some());
        let ctx = self.app.ctx.clone();
        let funnel = reports::funnel(&ctx, &actor, &asked).await.unwrap();
        let found: Ids = funnel.created.into_iter().collect();
        self.same("funnel", member, &found, &wanted);
        let pick = Pick {
            outcome: Some("created".into()),
            ..Pick::default()
        };
        let of = Of::Funnel(asked);
        let rows = reports::rows(&ctx, &actor, &of, &pick, 200, None).await;
        let found: Ids = rows.unwrap().items.iter().map(|r| r.id).collect();
        self.same("rows of a picture", member, &found, &wanted);
        let notes = self.graph.seen_ids(member, false, |r| r.kind == Kind::Note);
        let days = Days::read("2020-01-01", "2029-01-01").unwrap();
        let told = reports::activity(&ctx, &actor, &days).await.unwrap();
        let counted: u64 = told.iter().map(|a| a.count(Did::Notes)).sum();
        self.same("notes counted", member, &counted, &(notes.len() as u64));
    }

    /// Rows as the store gives them, in every order.
    async fn orders(&mut self, member: usize) {
        let kind = self.kind();
        let wanted = self.graph.seen_ids(member, false, |r| r.kind == kind);
        let actor = self.graph.people[member];
        let mut tx = self.app.ctx.store.read(&actor.scope()).await.unwrap();
        let orders = [
            SortKey::Title,
            SortKey::CreatedAt,
            SortKey::UpdatedAt,
            SortKey::Text("owner".into()),
            SortKey::Number("due_date".into()),
            SortKey::Number("amount".into()),
        ];
        let mut found = Vec::new();
        for by in orders {
            let descending = self.below(2) == 0;
            let sort = Sort { by, descending };
            let rows = tx.records().list(&query(kind), &sort, None, 100).await;
            found.push(rows.unwrap().iter().map(|(r, _)| r.id).collect::<Ids>());
        }
        drop(tx);
        for found in found {
            self.same("order", member, &found, &wanted);
        }
    }

    async fn editable(&mut self, member: usize) {
        let kind = self.kind();
        let may = |i: &usize| self.graph.access(*i, member) >= Some(Access::Edit);
        let seen = self.graph.seen(member, false, |r| r.kind == kind);
        let wanted: Ids = seen.filter(may).map(|i| self.graph.id(i)).collect();
        let actor = self.graph.people[member];
        let mut tx = self.app.ctx.store.read(&actor.scope()).await.unwrap();
        let ids = tx.records().editable(&query(kind), None, 100).await;
        let found: Ids = ids.unwrap().into_iter().collect();
        drop(tx);
        self.same("editable", member, &found, &wanted);
    }

    /// `get`, and what it shows.
    async fn one_by_one(&mut self, member: usize) {
        let actor = self.graph.people[member];
        for i in 0..self.graph.records.len() {
            let got = records::get(&self.app.ctx, &actor, self.graph.id(i)).await;
            let wanted = self.graph.access(i, member);
            let wanted = wanted.map(|a| capped(actor.role, a));
            let found = got.as_ref().ok().map(|view| view.access);
            self.same("get", member, &found, &wanted);
            self.same(
                "how it is refused",
                member,
                &hidden(&got),
                &wanted.is_none(),
            );
            if let Ok(view) = got {
                self.shown(member, &view);
            }
        }
    }

    /// A view names what its member sees and nothing else.
    fn shown(&mut self, member: usize, view: &records::RecordView) {
        let Some(record) = self.graph.records.iter().find(|r| r.id == view.id) else {
            return self.same("a record of nobody", member, &Some(view.id), &None);
        };
        let links = Graph::linked(record);
        let links = links.into_iter().filter(|i| self.graph.sees(*i, member));
        let wanted: Ids = links.map(|i| self.graph.id(i)).collect();
        let titles: Ids = view.linked.iter().map(|r| r.id).collect();
        let values = named(&Value::Object(view.values.clone()));
        self.same("linked titles", member, &titles, &wanted);
        self.same("links among values", member, &values, &wanted);
    }

    async fn rows(&mut self, member: usize) {
        let ids = self.graph.all_ids();
        let actor = self.graph.people[member];
        let mut tx = self.app.ctx.store.read(&actor.scope()).await.unwrap();
        let rows = tx.records().get_many(&ids).await.unwrap();
        drop(tx);
        let found: BTreeSet<_> = rows.iter().map(|r| (r.id, r.access)).collect();
        let all = (0..ids.len()).filter_map(|i| Some((ids[i], self.graph.access(i, member)?)));
        let wanted: BTreeSet<_> = all.collect();
        self.same("get_many", member, &found, &wanted);
    }

    async fn links(&mut self, member: usize) {
        let kind = self.kind();
        let there = self.graph.records.iter().filter(|r| !r.gone);
        let ids: Vec<RecordId> = there.map(|r| r.id).collect();
        let actor = self.graph.people[member];
        let mut tx = self.app.ctx.store.read(&actor.scope()).await.unwrap();
        let rows = tx.records().linking_to(kind, &ids, 1_000).await.unwrap();
        drop(tx);
        let found: BTreeSet<_> = rows.iter().map(|(to, r)| (*to, r.id)).collect();
        let wanted: BTreeSet<_> = self
            .graph
            .seen(member, false, |r| r.kind == kind)
            .flat_map(|i| {
                let record = &self.graph.records[i];
                let links = Graph::linked(record).into_iter();
                links.map(|to| (self.graph.id(to), record.id))
            })
            .filter(|(to, _)| ids.contains(to))
            .collect();
        self.same("linking_to", member, &found, &wanted);
    }

    async fn addresses(&mut self, member: usize) {
        let texts = super::addresses();
        let actor = self.graph.people[member];
        let mut tx = self.app.ctx.store.read(&actor.scope()).await.unwrap();
        let rows = tx
            .records()
            .by_text_keys(Kind::Contact, "emails", &texts)
            .await
            .unwrap();
        drop(tx);
        let found: Ids = rows.iter().map(|(_, r)| r.id).collect();
        let wanted = self
            .graph
            .seen_ids(member, false, |r| r.kind == Kind::Contact);
        self.same("by_text_keys", member, &found, &wanted);
    }

    async fn histories(&mut self, member: usize) {
        let actor = self.graph.people[member];
        for i in 0..self.graph.records.len() {
            let id = self.graph.id(i);
            let found = records::history(&self.app.ctx, &actor, id, 50, None).await;
            let sees = self.graph.sees(i, member);
            self.same("history", member, &!hidden(&found), &sees);
            let Ok(page) = found else { continue };
            let told = page.items.iter().flat_map(|c| &c.changes);
            let told: Ids = told
                .flat_map(|c| named(&json!([c.from.clone(), c.to.clone()])))
                .collect();
            let unseen = self.unseen(member, &told);
            self.same("unseen links in a history", member, &unseen, &0);
            let mut tx = self.app.ctx.store.read(&actor.scope()).await.unwrap();
            let rows = tx.records().history(id, None, 50).await.unwrap();
            drop(tx);
            self.same("rows of a history", member, &!rows.is_empty(), &sees);
        }
    }

    /// How many of these the member does not see.
    fn unseen(&self, member: usize, ids: &Ids) -> usize {
        let place = |id: &RecordId| self.graph.records.iter().position(|r| r.id == *id);
        let unseen = |id: &&RecordId| place(id).is_none_or(|i| !self.graph.sees(i, member));
        ids.iter().filter(unseen).count()
    }

    async fn timeline(&mut self, member: usize) {
        let Some(i) = self.record() else { return };
        let id = self.graph.id(i);
        let actor = self.graph.people[member];
        let page = records::timeline(&self.app.ctx, &actor, id, 200, None).await;
        let sees = self.graph.sees(i, member);
        self.same("timeline", member, &!hidden(&page), &sees);
        let Ok(page) = page else { return };
        let mut found = Ids::new();
        for moment in page.items {
            match moment.of {
                MomentOf::Record(view) => {
                    self.shown(member, &view);
                    found.insert(view.id);
                }
                MomentOf::Change(change) => {
                    let told = change.changes.iter();
                    let told: Ids = told
                        .flat_map(|c| named(&json!([c.from.clone(), c.to.clone()])))
                        .collect();
                    let unseen = self.unseen(member, &told);
                    self.same("unseen links in a timeline", member, &unseen, &0);
                }
                MomentOf::Mail(_) => self.same("mail of nobody", member, &1, &0),
            }
        }
        let about = about(&self.graph, member, i);
        let wanted = self.graph.seen_ids(member, false, |r| {
            matches!(r.kind, Kind::Note | Kind::Task | Kind::Activity)
                && r.links.iter().any(|l| about.contains(l))
        });
        self.same("moments of a timeline", member, &found, &wanted);
    }

    async fn lookup(&mut self, member: usize) {
        let texts = super::addresses();
        let actor = self.graph.people[member];
        let found = records::lookup(&self.app.ctx, &actor, &texts).await;
        for one in found.unwrap() {
            let person =
                |r: &Known| r.kind == Kind::Contact && r.address == Some(one.address.clone());
            let people = self.graph.seen_ids(member, false, person);
            let told: Ids = one.contact.iter().map(|r| r.id).collect();
            self.same(
                "somebody is found",
                member,
                &told.is_empty(),
                &people.is_empty(),
            );
            let known = told.is_subset(&people);
            self.same("who is found", member, &known, &true);
            let place = |id: RecordId| self.graph.records.iter().position(|r| r.id == id);
            let contact = one.contact.and_then(|r| place(r.id));
            let company = one.company.and_then(|r| place(r.id));
            let named = contact.and_then(|c| self.graph.records[c].company);
            let open = |c: &usize| self.graph.sees(*c, member) && !self.graph.records[*c].deleted;
            let named = named.filter(open);
            self.same("company", member, &company, &named);
            let deals = self.graph.seen_ids(member, false, |r| {
                let people = contact.is_some_and(|c| r.links.contains(&c));
                r.kind == Kind::Deal && (people || (company.is_some() && r.company == company))
            });
            let told: Ids = one.deals.iter().map(|r| r.id).collect();
            self.same("deals", member, &told, &deals);
            let tasks = self.graph.seen_ids(member, false, |r| {
                r.kind == Kind::Task && contact.is_some_and(|c| r.links.contains(&c))
            });
            let told: Ids = one.open_tasks.iter().map(|r| r.id).collect();
            self.same("tasks", member, &told, &tasks);
        }
    }

    /// One search over all kinds: as typed, by the beginning, with a slip.
    async fn search(&mut self, member: usize) {
        let word = self.word();
        let slip = format!("{}{}", &word[..1], &word[2..]);
        let actor = self.graph.people[member];
        let wanted = self
            .graph
            .seen_ids(member, false, |r| r.title.contains(word));
        for text in [word, &word[..3], &slip] {
            let found = records::search(&self.app.ctx, &actor, text, None, 50).await;
            let found: Ids = found.unwrap().iter().map(|h| h.record.id).collect();
            self.same("search", member, &found, &wanted);
        }
    }

    /// Contacts with the same address, one by one, in groups and while writing.
    async fn alike(&mut self, member: usize) {
        let actor = self.graph.people[member];
        for address in super::addresses() {
            let holds = |r: &Known| r.kind == Kind::Contact && r.address.as_ref() == Some(&address);
            let wanted = self.graph.seen_ids(member, false, holds);
            let typed = json!({ "emails": [{ "address": address, "label": "" }] });
            let typed = typed.as_object().cloned().unwrap();
            let found =
                records::check_duplicates(&self.app.ctx, &actor, Kind::Contact, &typed).await;
            let found: Ids = found.unwrap().iter().map(|d| d.record.id).collect();
            self.same("duplicates of what is written", member, &found, &wanted);
            let groups =
                records::duplicate_groups(&self.app.ctx, &actor, Kind::Contact, 50, None).await;
            let groups = groups.unwrap().items;
            let whole = |g: &records::DuplicateGroup| {
                g.records.iter().map(|r| r.id).collect::<Ids>() == wanted
            };
            let told = groups.iter().any(whole);
            self.same("groups", member, &told, &(wanted.len() > 1));
            let all = (0..self.graph.records.len()).filter(|i| holds(&self.graph.records[*i]));
            for i in all.collect::<Vec<_>>() {
                let id = self.graph.id(i);
                let found = records::duplicates(&self.app.ctx, &actor, id).await;
                let sees = self.graph.sees(i, member);
                self.same("duplicates", member, &!hidden(&found), &sees);
                let found: Ids = found.into_iter().flatten().map(|d| d.record.id).collect();
                let mut others = wanted.clone();
                others.remove(&id);
                let others = if sees { others } else { Ids::new() };
                self.same("whose duplicates", member, &found, &others);
            }
        }
    }

    async fn sharing(&mut self, member: usize) {
        let actor = self.graph.people[member];
        let Some(i) = self.record() else { return };
        let found = records::sharing(&self.app.ctx, &actor, self.graph.id(i)).await;
        let sees = self.graph.sees(i, member);
        self.same("sharing", member, &!hidden(&found), &sees);
        let linked = Which {
            linked_to: Some(self.graph.id(i)),
            ..all(Kind::Note)
        };
        let found = records::count(&self.app.ctx, &actor, linked).await;
        self.same("links to it", member, &!hidden(&found), &sees);
    }
}

/// The records whose notes are in a timeline.
fn about(graph: &Graph, member: usize, record: usize) -> Vec<usize> {
    let mut out = vec![record];
    if graph.records[record].kind == Kind::Company {
        let theirs =
            |r: &Known| r.company == Some(record) && matches!(r.kind, Kind::Deal | Kind::Contact);
        out.extend(graph.seen(member, false, theirs));
    }
    out
}

/// Every id of a record in a value.
fn named(value: &Value) -> Ids {
    match value {
        Value::String(text) => text.parse().ok().into_iter().collect(),
        Value::Array(list) => list.iter().flat_map(named).collect(),
        Value::Object(map) => map.values().flat_map(named).collect(),
        _ => Ids::new(),
    }
}

const fn own_field(kind: Kind) -> &'static str {
    match kind {
        Kind::Contact => "last_name",
        Kind::Note => "body",
        Kind::Task => "due_date",
        Kind::Deal => "amount",
        _ => "name",
    }
}

fn query(kind: Kind) -> RecordQuery {
    RecordQuery {
        kind,
        filter: None,
        pipeline: None,
        stage: None,
        words: Vec::new(),
        deleted: false,
        linked_to: None,
    }
}

fn capped(role: Role, access: Access) -> Access {
    if role == Role::Viewer {
        Access::View
    } else {
        access
    }
}
