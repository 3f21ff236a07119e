//! Everything that changes what somebody sees, done by anybody: refused exactly where the model says.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tenon_app::records::{self, BulkChange, BulkWhich, Move, NewRecord, SharingView};
use tenon_app::{Actor, Error, Repeat};
use tenon_model::event::EventKind;
use tenon_model::member::Role;
use tenon_model::records::{Access, Kind, ShareScope, Values};
use tenon_model::{RecordId, Scope};
use tenon_store::Team;

use super::Field;
use super::model::{Known, To};

/// What comes of a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Came {
    Done,
    NotFound,
    Forbidden,
    /// It is in the bin.
    Deleted,
    /// It does not make sense.
    Refused,
    /// Anything else: never right.
    Broken,
}

impl Came {
    pub(super) fn of<T>(result: &Result<T, Error>) -> Self {
        match result {
            Ok(_) => Self::Done,
            Err(Error::NotFound(_)) => Self::NotFound,
            Err(Error::Forbidden) => Self::Forbidden,
            Err(Error::RecordDeleted) => Self::Deleted,
            Err(Error::Validation(_)) => Self::Refused,
            Err(_) => Self::Broken,
        }
    }
}

fn values(value: &Value) -> Values {
    value.as_object().cloned().unwrap()
}

impl Field {
    /// Does something at random.
    pub(super) async fn act(&mut self) {
        match self.below(17) {
            0..=3 => self.share().await,
            14 => self.be_about().await,
            15 => self.merge().await,
            16 => self.empty_bin().await,
            4 | 5 => self.edit().await,
            6 => self.give_away().await,
            7 => self.relink().await,
            8 => self.move_box().await,
            9 => self.bin().await,
            10 => self.bring_back_or_remove().await,
            11 => self.bulk().await,
            _ => self.change_team().await,
        }
    }

    /// What a member is answered who wants to change a record.
    pub(super) fn may_change(&self, record: usize, member: usize) -> Came {
        if self.graph.people[member].role == Role::Viewer {
            return Came::Forbidden;
        }
        match self.graph.access(record, member) {
            None => Came::NotFound,
            Some(Access::View) => Came::Forbidden,
            Some(_) => Came::Done,
        }
    }

    fn may_edit(&self, record: usize, member: usize) -> Came {
        match self.may_change(record, member) {
            Came::Done if self.graph.records[record].deleted => Came::Deleted,
            came => came,
        }
    }

    /// Makes a record of some kind, by somebody.
    pub(super) async fn make(&mut self) {
        let (kind, by) = (self.kind(), self.member());
        let actor = self.graph.people[by];
        let n = self.graph.records.len();
        let title = format!("{} {n}", self.word());
        let company = match kind {
            Kind::Contact | Kind::Deal => self.one_of(Kind::Company),
            _ => None,
        };
        let mut links = Vec::new();
        for _ in 0..self.below(3) {
            let found = match kind {
                Kind::Deal => self.one_of(Kind::Contact),
                Kind::Note | Kind::Task | Kind::Activity => self.record(),
                _ => None,
            };
            links.extend(found.filter(|i| !links.contains(i)));
        }
        let scope = match self.below(5) {
            0 => Some(ShareScope::Private),
            1 => Some(ShareScope::Shared),
            2 => Some(ShareScope::Workspace),
            3 => Some(ShareScope::Parent),
            _ => None,
        };
        let owner = (self.below(4) == 0).then(|| self.member());
        let address = (kind == Kind::Contact).then(|| {
            let all = super::addresses();
            all[self.below(all.len() as u64) as usize].clone()
        });
        let stage = self.graph.stages[self.below(2) as usize];
        let ids: Vec<String> = links
            .iter()
            .map(|i| self.graph.id(*i).to_string())
            .collect();
        let mut sent = match kind {
            Kind::Contact => {
                json!({"last_name": title, "emails": [{"address": address}]})
            }
            Kind::Deal => {
                let amount = json!({"amount": "10", "currency": "EUR"});
                json!({"name": title, "amount": amount, "stage": stage.to_string(), "contacts": ids})
            }
            Kind::Note => json!({"body": title, "about": ids}),
            Kind::Activity => json!({"name": title, "type": "call", "about": ids}),
            Kind::Task => json!({"name": title, "about": ids, "due_date": "2026-12-01"}),
            _ => json!({"name": title}),
        };
        if let Some(company) = company {
            sent["company"] = self.graph.id(company).to_string().into();
        }
        if let Some(owner) = owner {
            sent["owner"] = self.graph.people[owner].member.to_string().into();
        }
        let first = links.first().filter(|_| kind != Kind::Deal).copied();
        let wanted = if actor.role == Role::Viewer {
            Came::Forbidden
        } else if !self.may_link_all(by, company, &links)
            || (scope == Some(ShareScope::Parent) && first.is_none())
        {
            Came::Refused
        } else {
            Came::Done
        };
        let new = NewRecord {
            kind,
            values: values(&sent),
            sharing: scope,
        };
        let mark = self.mark().await;
        let made = records::create(&self.app.ctx, &actor, new, None).await;
        self.same("make", by, &Came::of(&made), &wanted);
        let Ok(view) = made else { return };
        let usual = first.map_or(ShareScope::Workspace, |_| ShareScope::Parent);
        let scope = scope.unwrap_or(usual);
        let outermost = first.map(|i| self.graph.outermost(i));
        self.graph.records.push(Known {
            id: view.id,
            kind,
            title,
            owner: Some(owner.unwrap_or(by)),
            creator: by,
            scope,
            parent: outermost.filter(|_| scope == ShareScope::Parent),
            shares: Vec::new(),
            company,
            links,
            address,
            stage: (kind == Kind::Deal).then_some(stage),
            deleted: false,
            gone: false,
        });
        self.heard(n, mark, BTreeSet::new()).await;
    }

    fn may_link_all(&self, by: usize, company: Option<usize>, links: &[usize]) -> bool {
        let company: Vec<usize> = company.into_iter().collect();
        self.graph.may_link(by, &company) && self.graph.may_link(by, links)
    }

    async fn share(&mut self) {
        let Some(i) = self.record() else { return };
        let by = self.often_owner(i);
        let actor = self.graph.people[by];
        let scope = ShareScope::ALL[self.below(4) as usize];
        let mut shares: Vec<(To, Access)> = Vec::new();
        for _ in 0..=self.below(3) {
            let to = if self.below(2) == 0 {
                To::Member(self.member())
            } else {
                To::Team(self.below(self.graph.teams.len() as u64) as usize)
            };
            let access = [Access::View, Access::Edit][self.below(2) as usize];
            if !shares.iter().any(|(other, _)| *other == to) {
                shares.push((to, access));
            }
        }
        let mut sent = SharingView {
            scope,
            members: Vec::new(),
            teams: Vec::new(),
        };
        for (to, access) in &shares {
            match to {
                To::Member(m) => sent.members.push((self.graph.people[*m].member, *access)),
                To::Team(t) => sent.teams.push((self.graph.teams[*t].0, *access)),
            }
        }
        let parent = self.graph.parent(i, by);
        let wanted = match self.may_change(i, by) {
            Came::Done if self.graph.access(i, by) < Some(Access::Owner) => Came::Forbidden,
            Came::Done if scope == ShareScope::Parent && parent.is_none() => Came::Refused,
            came => came,
        };
        let (mark, before) = (self.mark().await, self.graph.seers(i));
        let set = records::set_sharing(&self.app.ctx, &actor, self.graph.id(i), sent).await;
        self.same("share", by, &Came::of(&set), &wanted);
        if set.is_err() {
            return self.unheard(i, mark).await;
        }
        if scope != self.graph.records[i].scope {
            self.graph.written(i);
        }
        let record = &mut self.graph.records[i];
        if scope == ShareScope::Parent {
            record.parent = parent;
        }
        record.scope = scope;
        record.shares = if scope == ShareScope::Shared {
            shares
        } else {
            Vec::new()
        };
        self.heard(i, mark, before).await;
    }

    /// Changes a text, or the links, or who is responsible.
    async fn write(&mut self, i: usize, by: usize, sent: Value, wanted: Came) -> bool {
        let actor = self.graph.people[by];
        let id = self.graph.id(i);
        let seen = self.version(id).await;
        let mark = self.mark().await;
        let edited = records::edit(&self.app.ctx, &actor, id, Some(seen), &values(&sent)).await;
        let came = Came::of(&edited);
        self.same("edit", by, &came, &wanted);
        match edited {
            Ok(view) if view.version > seen => self.graph.written(i),
            Ok(_) => {}
            Err(_) => self.unheard(i, mark).await,
        }
        came == Came::Done
    }

    async fn edit(&mut self) {
        let (Some(i), by) = (self.record(), self.member()) else {
            return;
        };
        let wanted = self.may_edit(i, by);
        let sent = self.new_text(i);
        let mark = self.mark().await;
        if self.write(i, by, sent, wanted).await {
            let seers = self.graph.seers(i);
            self.heard(i, mark, seers).await;
        }
    }

    /// A text that a record does not have.
    fn new_text(&mut self, i: usize) -> Value {
        self.texts += 1;
        let text = format!("text {}", self.texts);
        if self.graph.records[i].kind == Kind::Note {
            let title = &self.graph.records[i].title;
            return json!({"body": format!("{title}\n{text}")});
        }
        json!({ "description": text })
    }

    async fn give_away(&mut self) {
        let Some(i) = self.record() else { return };
        let by = self.often_owner(i);
        let to = (self.below(4) > 0).then(|| self.member());
        let wanted = self.may_edit(i, by);
        let owner = to.map(|m| self.graph.people[m].member.to_string());
        let (mark, before) = (self.mark().await, self.graph.seers(i));
        if self.write(i, by, json!({ "owner": owner }), wanted).await {
            let changed = self.graph.records[i].owner != to;
            self.graph.records[i].owner = to;
            if changed {
                self.heard(i, mark, before).await;
            }
        }
    }

    /// Another company, perhaps one that the member does not see.
    async fn relink(&mut self) {
        let (Some(i), Some(to)) = (self.one_of(Kind::Deal), self.one_of(Kind::Company)) else {
            return;
        };
        let by = self.member();
        let as_before = self.graph.records[i].company == Some(to);
        let wanted = match self.may_edit(i, by) {
            Came::Done if !as_before && !self.graph.may_link(by, &[to]) => Came::Refused,
            came => came,
        };
        let sent = json!({"company": self.graph.id(to).to_string()});
        if self.write(i, by, sent, wanted).await {
            self.graph.records[i].company = Some(to);
        }
    }

    /// Makes a note, a task or an activity about something else, with which it then goes.
    async fn be_about(&mut self) {
        let kinds = [Kind::Note, Kind::Task, Kind::Activity];
        let whole = |r: &Known| r.links.iter().all(|l| !self.graph.records[*l].gone);
        let Some(i) = self.pick(|r| kinds.contains(&r.kind) && whole(r)) else {
            return;
        };
        let by = self.member();
        let current = self.graph.records[i].links.clone();
        let hidden = |l: &usize| !self.graph.sees(*l, by);
        let mut links: Vec<usize> = Vec::new();
        for _ in 0..self.below(3) {
            let found = self.record();
            let kept = |l: &usize| current.contains(l) && hidden(l);
            links.extend(found.filter(|l| *l != i && !links.contains(l) && !kept(l)));
        }
        let new: Vec<usize> = links
            .iter()
            .filter(|l| !current.contains(l))
            .copied()
            .collect();
        let wanted = match self.may_edit(i, by) {
            Came::Done if !self.graph.may_link(by, &new) => Came::Refused,
            came => came,
        };
        let ids: Vec<String> = links
            .iter()
            .map(|l| self.graph.id(*l).to_string())
            .collect();
        // What one does not see one does not take away.
        links.extend(current.iter().filter(|l| hidden(l)));
        let first = links.first().copied().filter(|l| !hidden(l));
        let (mark, before) = (self.mark().await, self.graph.seers(i));
        if !self.write(i, by, json!({ "about": ids }), wanted).await || links == current {
            return;
        }
        let parent = first.map(|l| self.graph.outermost(l));
        let record = &mut self.graph.records[i];
        record.links = links;
        if record.scope == ShareScope::Parent {
            record.parent = parent;
            if parent.is_none() {
                record.scope = ShareScope::Private;
            }
        }
        self.heard(i, mark, before).await;
    }

    async fn move_box(&mut self) {
        let (Some(i), by) = (self.one_of(Kind::Deal), self.member()) else {
            return;
        };
        let actor = self.graph.people[by];
        let stage = self.graph.stages[self.below(2) as usize];
        let wanted = self.may_edit(i, by);
        let to = Move {
            stage,
            before: None,
            values: Values::new(),
        };
        let mark = self.mark().await;
        let moved = records::move_box(&self.app.ctx, &actor, self.graph.id(i), to).await;
        self.same("move", by, &Came::of(&moved), &wanted);
        if moved.is_err() {
            return self.unheard(i, mark).await;
        }
        if self.graph.records[i].stage != Some(stage) {
            self.graph.written(i);
        }
        self.graph.records[i].stage = Some(stage);
        let seers = self.graph.seers(i);
        self.heard(i, mark, seers).await;
    }

    async fn bin(&mut self) {
        let (Some(i), by) = (self.record(), self.member()) else {
            return;
        };
        let actor = self.graph.people[by];
        let wanted = self.may_change(i, by);
        let (mark, was) = (self.mark().await, self.graph.records[i].deleted);
        let gone = records::delete(&self.app.ctx, &actor, self.graph.id(i)).await;
        self.same("delete", by, &Came::of(&gone), &wanted);
        if gone.is_err() || was {
            return self.unheard(i, mark).await;
        }
        self.graph.written(i);
        self.graph.records[i].deleted = true;
        let seers = self.graph.seers(i);
        self.heard(i, mark, seers).await;
    }

    async fn bring_back_or_remove(&mut self) {
        let (Some(i), by) = (self.record(), self.member()) else {
            return;
        };
        let actor = self.graph.people[by];
        let (id, was) = (self.graph.id(i), self.graph.records[i].deleted);
        let (mark, before) = (self.mark().await, self.graph.seers(i));
        if self.below(2) == 0 {
            let wanted = self.may_change(i, by);
            let back = records::restore(&self.app.ctx, &actor, id).await;
            self.same("restore", by, &Came::of(&back), &wanted);
            if back.is_err() || !was {
                return self.unheard(i, mark).await;
            }
            self.graph.written(i);
            self.graph.records[i].deleted = false;
        } else {
            let manages = matches!(actor.role, Role::Owner | Role::Admin);
            let wanted = match self.may_change(i, by) {
                Came::Done if !was => Came::Refused,
                Came::Done if self.graph.access(i, by) < Some(Access::Owner) && !manages => {
                    Came::Forbidden
                }
                came => came,
            };
            let removed = records::delete_forever(&self.app.ctx, &actor, id).await;
            self.same("remove", by, &Came::of(&removed), &wanted);
            if removed.is_err() {
                return self.unheard(i, mark).await;
            }
            self.graph.records[i].gone = true;
        }
        self.heard(i, mark, before).await;
    }

    /// Changes many records at once: those that the member may change, and no others.
    async fn bulk(&mut self) {
        let (kind, by) = (Kind::Deal, self.member());
        let actor = self.graph.people[by];
        self.texts += 1;
        let set = values(&json!({"description": format!("text {}", self.texts)}));
        let all = self.graph.records.iter().enumerate();
        let deals: Vec<usize> = all
            .filter(|(_, r)| r.kind == kind)
            .map(|(i, _)| i)
            .collect();
        let ids: Vec<RecordId> = deals.iter().map(|i| self.graph.id(*i)).collect();
        let key = self.texts.to_string();
        let repeat = Repeat::new(actor.member, "bulk", &key, &key).unwrap();
        let which = BulkWhich::Ids(kind, ids);
        let done = records::bulk(&self.app.ctx, &actor, which, BulkChange::Set(set), repeat).await;
        if actor.role == Role::Viewer {
            return self.same("bulk", by, &Came::of(&done), &Came::Forbidden);
        }
        let mut may = deals;
        may.retain(|i| self.may_edit(*i, by) == Came::Done);
        let changed = done.unwrap().changed;
        self.same("bulk", by, &changed, &(may.len() as i64));
        for i in may {
            self.graph.written(i);
        }
    }

    /// Somebody joins a team or leaves it.
    async fn change_team(&mut self) {
        let (t, m) = (
            self.below(self.graph.teams.len() as u64) as usize,
            self.member(),
        );
        let (id, members) = &mut self.graph.teams[t];
        if !members.remove(&m) {
            members.insert(m);
        }
        let members = members.iter().map(|m| self.graph.people[*m].member);
        let team = Team {
            id: *id,
            name: "Team".into(),
            members: members.collect(),
            created_at: self.app.ctx.world.now(),
        };
        let mut tx = self.begin().await;
        tx.teams().save(&team).await.unwrap();
        tx.commit().await.unwrap();
    }
}

/// What is heard of it.
impl Field {
    pub(super) async fn begin(&self) -> tenon_store::Tx {
        let workspace = self.graph.people[0].workspace;
        self.app
            .ctx
            .store
            .begin(&Scope::job(workspace))
            .await
            .unwrap()
    }

    pub(super) async fn version(&self, id: RecordId) -> i64 {
        let mut tx = self.begin().await;
        let row = tx.records().get(id).await.unwrap();
        row.map_or(1, |r| r.version)
    }

    pub(super) async fn mark(&self) -> i64 {
        let mut tx = self.begin().await;
        tx.events().max_seq().await.unwrap()
    }

    /// Places of the members to whom a change of this record was told after a mark.
    async fn told(&self, record: usize, mark: i64) -> BTreeSet<usize> {
        let mut tx = self.begin().await;
        let events = tx.events().since(mark, 1_000).await.unwrap();
        let subject = self.graph.id(record).to_string();
        let told = |actor: &Actor| {
            events.iter().any(|e| {
                let whose = e.member_id.is_none_or(|id| id == actor.member);
                e.kind == EventKind::RecordChanged && e.subject == subject && whose
            })
        };
        let people = self.graph.people.iter().enumerate();
        people.filter(|(_, a)| told(a)).map(|(i, _)| i).collect()
    }

    /// Those who see it now and those who saw it `before` hear, and nobody else.
    pub(super) async fn heard(&mut self, record: usize, mark: i64, mut before: BTreeSet<usize>) {
        let told = self.told(record, mark).await;
        before.extend(self.graph.seers(record));
        self.same("who hears", 0, &told, &before);
    }

    /// What is refused is not told.
    pub(super) async fn unheard(&mut self, record: usize, mark: i64) {
        let told = self.told(record, mark).await;
        self.same("nobody hears", 0, &told, &BTreeSet::new());
    }
}
