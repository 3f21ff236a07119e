//! Checking the log: every entry against its seal, every chain against its head, and every checkpoint that
//! was kept elsewhere against the chain. It needs the database and the deployment's data key, no server.

use std::collections::BTreeMap;
use std::fmt;

use tenon_model::audit::chain_id;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{Scope, Time, WorkspaceId};
use tenon_store::{AuditHead, SealedEntry, Store, StoreError, Tx};
use tenon_vault::{
    ChainKey, Checkpoint, CheckpointLine, DataKey, GENESIS, Mac, PublicKey, VaultError, mac_text,
};

/// Entries that are in memory at the same time.
const PAGE: u32 = 4_096;

/// What was found.
#[derive(Debug, Clone)]
pub struct Report {
    /// What signatures were checked with.
    pub public_key: PublicKey,
    /// Every chain.
    pub chains: Vec<ChainReport>,
    /// The first bad entry of each chain that has one.
    pub bad_entries: Vec<BadEntry>,
    /// Checkpoints that were looked at.
    pub checkpoints: usize,
    /// Those that do not fit; of each chain the first.
    pub bad_checkpoints: Vec<BadCheckpoint>,
}

impl Report {
    /// Whether everything fits.
    pub const fn holds(&self) -> bool {
        self.bad_entries.is_empty() && self.bad_checkpoints.is_empty()
    }
}

/// A chain.
#[derive(Debug, Clone)]
pub struct ChainReport {
    /// Whose; `None` for the deployment's.
    pub workspace: Option<WorkspaceId>,
    /// How many entries hold, from the first on.
    pub entries: u64,
    /// Seal of the last of them, in hexadecimal digits.
    pub head: String,
    /// Its time.
    pub last_at: Option<Time>,
    /// Until which entry checkpoints fit.
    pub covered: u64,
}

/// The first entry of a chain that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadEntry {
    /// Whose chain.
    pub workspace: Option<WorkspaceId>,
    /// Its number.
    pub seq: u64,
    /// What is wrong.
    pub fault: EntryFault,
}

/// What is wrong with an entry.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EntryFault {
    /// Those after it are there.
    Missing,
    /// Its seal does not fit.
    Seal,
    /// The database says that the chain has so many entries, but they end here.
    Cut(u64),
    /// It is there, but the database says that the chain ends before it.
    Beyond(u64),
    /// The database names another end of the chain.
    Head,
}

impl EntryFault {
    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Seal => "seal",
            Self::Cut(_) => "cut",
            Self::Beyond(_) => "beyond",
            Self::Head => "head",
        }
    }
}

impl fmt::Display for BadEntry {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: entry {} ", chain_name(self.workspace), self.seq)?;
        match self.fault {
            EntryFault::Missing => f.write_str("is missing: it was removed, those after it are there"),
            EntryFault::Seal => f.write_str(
                "does not fit its seal: it was changed, inserted, or put in the place of another",
            ),
            EntryFault::Cut(count) => write!(
                f,
                "is missing: the chain had {count} entries, the last ones were removed"
            ),
            EntryFault::Beyond(count) => write!(
                f,
                "is there, but the database says that the chain has {count} entries: its count was changed"
            ),
            EntryFault::Head => f.write_str(
                "is the newest, but the database names another seal for it: the end of the chain was changed",
            ),
        }
    }
}

/// A checkpoint that does not fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadCheckpoint {
    /// In which file.
    pub file: String,
    /// In which line.
    pub line: usize,
    /// The checkpoint, if it is one.
    pub checkpoint: Option<Checkpoint>,
    /// What is wrong.
    pub fault: CheckpointFault,
}

/// What is wrong with a checkpoint.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum CheckpointFault {
    /// The line is no checkpoint.
    Unreadable,
    /// This deployment's key has not signed it.
    NotSigned,
    /// It knows more entries than there are: so many.
    Ahead(u64),
    /// The entry that it ends with is another one now.
    Differs,
}

impl CheckpointFault {
    /// The word in JSON.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Unreadable => "unreadable",
            Self::NotSigned => "not_signed",
            Self::Ahead(_) => "ahead",
            Self::Differs => "differs",
        }
    }
}

impl fmt::Display for BadCheckpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}, line {}: ", self.file, self.line)?;
        let Some(checkpoint) = &self.checkpoint else {
            return f.write_str("is no checkpoint: the line was damaged, or written only in part");
        };
        let (chain, count) = (chain_name(checkpoint.workspace), checkpoint.count);
        let at = checkpoint.at;
        match self.fault {
            CheckpointFault::Unreadable | CheckpointFault::NotSigned => f.write_str(
                "is not signed by this installation: it was changed, or comes from another",
            ),
            CheckpointFault::Ahead(0) => write!(
                f,
                "at {at} there were {count} entries of the {chain}, the database has none: it is older than the checkpoint (a restored backup), or they were removed"
            ),
            CheckpointFault::Ahead(entries) => write!(
                f,
                "at {at} there were {count} entries of the {chain}, the database has {entries}: it is older than the checkpoint (a restored backup), or its newest entries were removed"
            ),
            CheckpointFault::Differs => write!(
                f,
                "at {at} entry {count} of the {chain} was another one: the log went on from an earlier state (a restored backup), or entries were removed and others written in their place"
            ),
        }
    }
}

/// A chain's name for people.
pub(super) fn chain_name(workspace: Option<WorkspaceId>) -> String {
    workspace.map_or_else(
        || "installation's chain".to_owned(),
        |w| format!("chain of {w}"),
    )
}

/// Why the log could not be checked.
#[derive(Debug, thiserror::Error)]
pub enum VerifyError {
    /// The database.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The key.
    #[error(transparent)]
    Vault(#[from] VaultError),
}

/// Checks everything. `files` are checkpoints by the name of their file; `key` is the deployment's data key.
/// Changes nothing.
pub async fn verify(
    store: &Store,
    key: &DataKey,
    files: &[(String, Vec<CheckpointLine>)],
) -> Result<Report, VerifyError> {
    let public_key = key.checkpoint_key()?.public_key();
    let mut report = Report {
        public_key,
        chains: Vec::new(),
        bad_entries: Vec::new(),
        checkpoints: 0,
        bad_checkpoints: Vec::new(),
    };
    let mut kept = sorted(files, &mut report);
    let mut tx = store.read(&Scope::system()).await?;
    let mut heads: BTreeMap<_, _> = BTreeMap::new();
    for head in tx.audit().heads().await? {
        heads.insert(head.workspace, head);
    }
    let mut chains = tx.audit().chains().await?;
    chains.extend(heads.keys());
    chains.extend(kept.keys());
    chains.sort_unstable();
    chains.dedup();
    for workspace in chains {
        let walk = Walk {
            workspace,
            key: key.chain_key(chain_id(workspace)),
            before: GENESIS,
            count: 0,
            last_at: None,
            covered: 0,
            marks: kept.remove(&workspace).unwrap_or_default(),
        };
        walk.run(&mut tx, heads.get(&workspace), &mut report)
            .await?;
    }
    Ok(report)
}

/// A checkpoint and where it stands.
struct Mark<'a> {
    file: &'a str,
    line: usize,
    checkpoint: Checkpoint,
}

impl Mark<'_> {
    fn bad(self, fault: CheckpointFault) -> BadCheckpoint {
        BadCheckpoint {
            file: self.file.to_owned(),
            line: self.line,
            checkpoint: Some(self.checkpoint),
            fault,
        }
    }
}

/// The signed checkpoints of each chain, the last first. Others are bad.
fn sorted<'a>(
    files: &'a [(String, Vec<CheckpointLine>)],
    report: &mut Report,
) -> BTreeMap<Option<WorkspaceId>, Vec<Mark<'a>>> {
    let mut kept: BTreeMap<_, Vec<Mark<'a>>> = BTreeMap::new();
    for (file, lines) in files {
        for line in lines {
            report.checkpoints += 1;
            let fault = match &line.checkpoint {
                None => CheckpointFault::Unreadable,
                Some(c) if !c.is_signed_by(&report.public_key) => CheckpointFault::NotSigned,
                Some(c) => {
                    kept.entry(c.workspace).or_default().push(Mark {
                        file,
                        line: line.number,
                        checkpoint: c.clone(),
                    });
                    continue;
                }
            };
            report.bad_checkpoints.push(BadCheckpoint {
                file: file.clone(),
                line: line.number,
                checkpoint: line.checkpoint.clone(),
                fault,
            });
        }
    }
    for marks in kept.values_mut() {
        marks.sort_by_key(|m| std::cmp::Reverse(m.checkpoint.count));
    }
    kept
}

/// The way through a chain, from its first entry on.
struct Walk<'a> {
    workspace: Option<WorkspaceId>,
    key: ChainKey,
    before: Mac,
    count: u64,
    last_at: Option<Time>,
    covered: u64,
    marks: Vec<Mark<'a>>,
}

impl Walk<'_> {
    async fn run(
        mut self,
        tx: &mut Tx,
        head: Option<&AuditHead>,
        report: &mut Report,
    ) -> Result<(), StoreError> {
        let mut bytes = Vec::new();
        let mut bad = None;
        let mut differs = None;
        loop {
            let page = tx.audit().after(self.workspace, self.count, PAGE).await?;
            let last = page.len() < PAGE as usize;
            for sealed in page {
                bad = self.step(&sealed, &mut bytes);
                if bad.is_some() {
                    break;
                }
                let other = self.compare();
                differs = differs.or(other);
            }
            if last || bad.is_some() {
                break;
            }
        }
        let whole = bad.is_none();
        let bad = bad.or_else(|| self.end(head));
        report.bad_entries.extend(bad.map(|(seq, fault)| BadEntry {
            workspace: self.workspace,
            seq,
            fault,
        }));
        // Of what stands behind a bad entry nothing is known; checkpoints of it are not judged.
        let ahead = self.marks.pop().filter(|_| whole);
        let ahead = ahead.map(|mark| mark.bad(CheckpointFault::Ahead(self.count)));
        report.bad_checkpoints.extend(differs.or(ahead));
        if self.count > 0 || head.is_some() {
            report.chains.push(ChainReport {
                workspace: self.workspace,
                entries: self.count,
                head: mac_text(&self.before),
                last_at: self.last_at,
                covered: self.covered,
            });
        }
        Ok(())
    }

    /// Goes on by one entry, if it is the next and its seal fits.
    fn step(&mut self, sealed: &SealedEntry, bytes: &mut Vec<u8>) -> Option<(u64, EntryFault)> {
        let seq = self.count + 1;
        if sealed.entry.seq != seq {
            return Some((seq, EntryFault::Missing));
        }
        bytes.clear();
        sealed.entry.write_bytes(bytes);
        if self.key.link(&self.before, bytes) != sealed.mac
            && !sabotage::on(Saboteur::SealUnchecked)
        {
            return Some((seq, EntryFault::Seal));
        }
        self.before = sealed.mac;
        self.count = seq;
        self.last_at = Some(sealed.entry.at);
        None
    }

    /// Compares the checkpoints of the entry that was reached.
    fn compare(&mut self) -> Option<BadCheckpoint> {
        let mut bad = None;
        while let Some(mark) = self.marks.pop_if(|m| m.checkpoint.count <= self.count) {
            if mark.checkpoint.count == self.count && mark.checkpoint.head == self.before {
                self.covered = self.count;
            } else {
                bad = bad.or_else(|| Some(mark.bad(CheckpointFault::Differs)));
            }
        }
        bad
    }

    /// Whether the chain ends as the database says.
    fn end(&self, head: Option<&AuditHead>) -> Option<(u64, EntryFault)> {
        let said = head.map_or(0, |h| h.count);
        if sabotage::on(Saboteur::CheckpointUnchecked) {
            return None;
        }
        match self.count.cmp(&said) {
            std::cmp::Ordering::Less => Some((self.count + 1, EntryFault::Cut(said))),
            std::cmp::Ordering::Greater => Some((said + 1, EntryFault::Beyond(said))),
            std::cmp::Ordering::Equal => head
                .filter(|h| h.head != self.before)
                .map(|_| (self.count, EntryFault::Head)),
        }
    }
}

#[cfg(test)]
mod tests;
