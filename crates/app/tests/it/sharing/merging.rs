//! Merging records, and emptying the bin: refused exactly where the model says.

use tenon_app::records::{self, Merging};
use tenon_app::{Error, Repeat};
use tenon_model::member::Role;
use tenon_model::records::{Access, Kind, Values};

use super::Field;
use super::acts::Came;

impl Field {
    /// Two contacts become one, and apart again: who may, and that everything is seen as it was before.
    pub(super) async fn merge(&mut self) {
        let (Some(i), Some(j)) = (self.one_of(Kind::Contact), self.one_of(Kind::Contact)) else {
            return;
        };
        if i == j {
            return;
        }
        let by = self.often_owner(j);
        let actor = self.graph.people[by];
        let (keep, other) = (self.graph.id(i), self.graph.id(j));
        let versions = [
            (keep, self.version(keep).await),
            (other, self.version(other).await),
        ];
        let deleted = self.graph.records[i].deleted || self.graph.records[j].deleted;
        let access = self.graph.access(j, by);
        // Both must be seen before anything else is said.
        let wanted = match (self.may_change(i, by), self.may_change(j, by)) {
            (Came::Forbidden, _) if actor.role == Role::Viewer => Came::Forbidden,
            (Came::NotFound, _) | (_, Came::NotFound) => Came::NotFound,
            _ if deleted => Came::Deleted,
            (Came::Done, _) if access >= Some(Access::Owner) => Came::Done,
            _ => Came::Forbidden,
        };
        self.texts += 1;
        let key = self.texts.to_string();
        let repeat = Repeat::new(actor.member, "merge", &key, &key).unwrap();
        let what = Merging {
            keep,
            records: vec![other],
            versions: versions.into(),
            values: Values::new(),
        };
        let mark = self.mark().await;
        let merged = records::merge(&self.app.ctx, &actor, what, repeat).await;
        self.same("merge", by, &Came::of(&merged), &wanted);
        let Ok(merged) = merged else {
            self.unheard(i, mark).await;
            return self.unheard(j, mark).await;
        };
        let seers = self.graph.seers(j);
        self.heard(j, mark, seers).await;
        for (m, actor) in self.graph.people.clone().iter().enumerate() {
            let got = records::get(&self.app.ctx, actor, other).await;
            let into = matches!(got, Err(Error::RecordMerged(into)) if into == keep);
            let both = self.graph.sees(i, m) && self.graph.sees(j, m);
            self.same("where it went", m, &into, &both);
            let found = records::search(&self.app.ctx, actor, "alpha", None, 50).await;
            let found = found.unwrap().iter().any(|h| h.record.id == other);
            self.same("found after merging", m, &found, &false);
        }
        let undone = records::undo_merge(&self.app.ctx, &actor, merged.id).await;
        self.same("undo a merging", by, &Came::of(&undone), &Came::Done);
        for k in 0..self.graph.records.len() {
            let r = &self.graph.records[k];
            if k == i || k == j || r.links.contains(&j) {
                self.graph.written(k);
            }
        }
    }

    /// Empties the bin of what a member may remove.
    pub(super) async fn empty_bin(&mut self) {
        let by = self.member();
        let actor = self.graph.people[by];
        let done = records::empty_bin(&self.app.ctx, &actor, None).await;
        if actor.role == Role::Viewer {
            return self.same("empty the bin", by, &Came::of(&done), &Came::Forbidden);
        }
        let manages = matches!(actor.role, Role::Owner | Role::Admin);
        let needed = if manages { Access::Edit } else { Access::Owner };
        let all = 0..self.graph.records.len();
        let gone: Vec<usize> = all
            .filter(|i| self.graph.records[*i].deleted && self.graph.access(*i, by) >= Some(needed))
            .collect();
        self.same("empty the bin", by, &done.unwrap(), &(gone.len() as u64));
        for i in gone {
            self.graph.records[i].gone = true;
        }
    }
}
