//! Who sees and who may change what, told once more and without a database.

use std::collections::BTreeSet;

use tenon_app::Actor;
use tenon_model::records::{Access, Kind, ShareScope};
use tenon_model::{PipelineId, RecordId, StageId, TeamId};

/// Whom a record is shared with, by their places in the [`Graph`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum To {
    Member(usize),
    Team(usize),
}

/// A record as it should be.
#[derive(Debug, Clone)]
pub(super) struct Known {
    pub(super) id: RecordId,
    pub(super) kind: Kind,
    pub(super) title: String,
    pub(super) owner: Option<usize>,
    pub(super) creator: usize,
    pub(super) scope: ShareScope,
    pub(super) parent: Option<usize>,
    pub(super) shares: Vec<(To, Access)>,
    /// What it links to: `company`, else `contacts` or `about`.
    pub(super) company: Option<usize>,
    pub(super) links: Vec<usize>,
    pub(super) address: Option<String>,
    pub(super) stage: Option<StageId>,
    pub(super) deleted: bool,
    pub(super) gone: bool,
}

/// A workspace.
pub(super) struct Graph {
    pub(super) people: Vec<Actor>,
    pub(super) teams: Vec<(TeamId, BTreeSet<usize>)>,
    pub(super) records: Vec<Known>,
    pub(super) pipeline: PipelineId,
    pub(super) stages: Vec<StageId>,
}

/// The model (R5).
impl Graph {
    /// What a record gives a member by itself.
    fn itself(&self, record: usize, member: usize) -> Option<Access> {
        let r = &self.records[record];
        if r.gone {
            return None;
        }
        if r.owner.unwrap_or(r.creator) == member {
            return Some(Access::Owner);
        }
        match r.scope {
            ShareScope::Private | ShareScope::Parent => None,
            ShareScope::Workspace => Some(Access::Edit),
            ShareScope::Shared => {
                let mine = r.shares.iter().filter(|(to, _)| match to {
                    To::Member(m) => *m == member,
                    To::Team(t) => self.teams[*t].1.contains(&member),
                });
                mine.map(|(_, access)| *access).max()
            }
        }
    }

    /// What a member may do with a record; `None` is that they do not see it. What belongs to a record is
    /// seen by whoever sees that, and owned by its own owner only.
    pub(super) fn access(&self, record: usize, member: usize) -> Option<Access> {
        let r = &self.records[record];
        let own = self.itself(record, member);
        match r.parent {
            Some(parent) if own.is_none() && !r.gone && r.scope == ShareScope::Parent => {
                self.itself(parent, member).map(|a| a.min(Access::Edit))
            }
            _ => own,
        }
    }
}

/// What follows from it.
impl Graph {
    pub(super) fn sees(&self, record: usize, member: usize) -> bool {
        self.access(record, member).is_some()
    }

    /// The places of all who see a record.
    pub(super) fn seers(&self, record: usize) -> BTreeSet<usize> {
        (0..self.people.len())
            .filter(|m| self.sees(record, *m))
            .collect()
    }

    /// Places of records in the bin, or not, that a member sees and for which `holds`.
    pub(super) fn seen<'g>(
        &'g self,
        member: usize,
        deleted: bool,
        holds: impl Fn(&Known) -> bool + 'g,
    ) -> impl Iterator<Item = usize> + 'g {
        let all = self.records.iter().enumerate();
        all.filter(move |(i, r)| r.deleted == deleted && holds(r) && self.sees(*i, member))
            .map(|(i, _)| i)
    }

    /// The same as ids.
    pub(super) fn seen_ids(
        &self,
        member: usize,
        deleted: bool,
        holds: impl Fn(&Known) -> bool,
    ) -> BTreeSet<RecordId> {
        self.seen(member, deleted, holds)
            .map(|i| self.records[i].id)
            .collect()
    }

    /// What belongs to something that belongs to another goes with the outermost.
    pub(super) fn outermost(&self, record: usize) -> usize {
        match &self.records[record] {
            r if r.scope == ShareScope::Parent => r.parent.unwrap_or(record),
            _ => record,
        }
    }

    /// With what a record goes that is made its parent's by a member: the first that it is about.
    pub(super) fn parent(&self, record: usize, by: usize) -> Option<usize> {
        let r = &self.records[record];
        let about = matches!(r.kind, Kind::Note | Kind::Task | Kind::Activity);
        let first = r.links.first().filter(|l| about && self.sees(**l, by))?;
        Some(self.outermost(*first))
    }

    /// Links to what was removed for good go with the next version.
    pub(super) fn written(&mut self, record: usize) {
        let gone: Vec<bool> = self.records.iter().map(|r| r.gone).collect();
        let r = &mut self.records[record];
        r.links.retain(|l| !gone[*l]);
        r.company = r.company.filter(|c| !gone[*c]);
    }

    pub(super) fn id(&self, record: usize) -> RecordId {
        self.records[record].id
    }

    pub(super) fn all_ids(&self) -> Vec<RecordId> {
        self.records.iter().map(|r| r.id).collect()
    }

    /// Every link of a record.
    pub(super) fn linked(record: &Known) -> Vec<usize> {
        let mut out: Vec<usize> = record.company.into_iter().collect();
        out.extend(&record.links);
        out
    }

    /// What a link to these needs: that the member sees them, and that they are not in the bin.
    pub(super) fn may_link(&self, member: usize, to: &[usize]) -> bool {
        to.iter()
            .all(|i| self.sees(*i, member) && !self.records[*i].deleted)
    }
}
