//! Drive, version 3, as far as files are found and followed: no content, no writing.

mod api;
mod files;
mod query;

use std::collections::{HashMap, HashSet};

use tenon_model::Time;

use crate::generate::rng::{Rng, hash_text};
use crate::wire::text::base64url_bare;

pub(crate) use api::is_drive;

/// A file.
#[derive(Debug, Clone)]
pub(crate) struct File {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) mime_type: String,
    /// Whose it is; of a shared drive nobody's.
    owner: Option<usize>,
    drive: Option<String>,
    shared_with: Vec<usize>,
    created: i64,
    modified: i64,
    trashed: bool,
    deleted: bool,
}

/// A drive of several people.
#[derive(Debug, Clone)]
pub(crate) struct SharedDrive {
    pub(crate) id: String,
    pub(crate) name: String,
    members: Vec<usize>,
}

/// Whose changes: each has tokens of its own (fault D3).
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Corpus {
    Account(usize),
    Drive(String),
}

/// The changes of a corpus, numbered from its own beginning.
#[derive(Debug, Default)]
struct Changes {
    first: u64,
    /// Which file, and whether it was taken away.
    entries: Vec<(String, bool)>,
    /// Tokens before this are refused.
    forgotten: u64,
}

impl Changes {
    const fn end(&self) -> u64 {
        self.first + self.entries.len() as u64
    }
}

/// Everything in Drive.
#[derive(Debug)]
pub(crate) struct Drive {
    rng: Rng,
    accounts: usize,
    files: Vec<File>,
    drives: Vec<SharedDrive>,
    changes: HashMap<Corpus, Changes>,
    /// Files that a person has chosen for the application (scope `drive.file`).
    opened: HashSet<(usize, String)>,
    /// What the person will choose when nobody is asked.
    next_picks: HashMap<usize, Vec<String>>,
}

impl Drive {
    pub(crate) fn new(seed: u64, accounts: usize, now: Time) -> Self {
        let mut rng = Rng::new(seed, hash_text(0, "drive"));
        let sales = SharedDrive {
            id: format!("0A{}", text_id(&mut rng, 12)),
            name: "Sales".to_owned(),
            members: (0..accounts).collect(),
        };
        let files = files::generate(&mut rng, accounts, &sales.id, now.as_secs());
        Self {
            rng,
            accounts,
            files,
            drives: vec![sales],
            changes: HashMap::new(),
            opened: HashSet::new(),
            next_picks: HashMap::new(),
        }
    }

    /// Whether the account can see a file at all.
    fn sees(&self, account: usize, file: &File) -> bool {
        let in_drive = |id: &String| {
            let drive = self.drives.iter().find(|d| d.id == *id);
            drive.is_some_and(|d| d.members.contains(&account))
        };
        !file.deleted
            && (file.owner == Some(account)
                || file.shared_with.contains(&account)
                || file.drive.as_ref().is_some_and(in_drive))
    }

    /// The files that an account sees, newest first.
    pub(crate) fn of(&self, account: usize) -> Vec<&File> {
        let mut files: Vec<&File> = self
            .files
            .iter()
            .filter(|f| self.sees(account, f))
            .collect();
        files.sort_by_key(|f| (std::cmp::Reverse(f.modified), f.name.clone()));
        files
    }

    fn find(&self, account: usize, id: &str) -> Option<&File> {
        self.files
            .iter()
            .find(|f| f.id == id && self.sees(account, f))
    }

    fn log(&mut self, corpus: Corpus) -> &mut Changes {
        let first = 100 + 1_000 * (hash_text(1, &format!("{corpus:?}")) % 900);
        self.changes.entry(corpus).or_insert_with(|| Changes {
            first,
            forgotten: first,
            ..Changes::default()
        })
    }

    /// Notes a change of a file for those who see it, or who saw it before.
    fn changed(&mut self, file: &File, removed: bool, for_whom: &[usize]) {
        let entry = (file.id.clone(), removed);
        if let Some(drive) = file.drive.clone() {
            self.log(Corpus::Drive(drive)).entries.push(entry);
            return;
        }
        for account in for_whom {
            let log = self.log(Corpus::Account(*account));
            log.entries.push(entry.clone());
        }
    }

    fn seen_by(&self, file: &File) -> Vec<usize> {
        (0..self.accounts).filter(|a| self.sees(*a, file)).collect()
    }

    /// Changes a file behind the client's back; false when there is none of this id.
    pub(crate) fn change(&mut self, id: &str, now: Time, what: impl FnOnce(&mut File)) -> bool {
        let Some(at) = self.files.iter().position(|f| f.id == id && !f.deleted) else {
            return false;
        };
        let before = self.seen_by(&self.files[at]);
        let file = &mut self.files[at];
        what(file);
        file.modified = now.as_secs();
        let file = file.clone();
        let after = self.seen_by(&file);
        let (still, gone): (Vec<usize>, Vec<usize>) =
            before.into_iter().partition(|a| after.contains(a));
        if file.drive.is_some() {
            self.changed(&file, file.deleted, &[]);
        } else {
            self.changed(&file, false, &still);
            self.changed(&file, true, &gone);
        }
        true
    }

    /// Adds a file of an account, or to a shared drive; its id.
    pub(crate) fn add(
        &mut self,
        account: usize,
        name: &str,
        mime_type: &str,
        drive: Option<&str>,
        now: Time,
    ) -> String {
        let file = File {
            id: format!("1{}", text_id(&mut self.rng, 32)),
            name: name.to_owned(),
            mime_type: mime_type.to_owned(),
            owner: drive.is_none().then_some(account),
            drive: drive.map(str::to_owned),
            shared_with: Vec::new(),
            created: now.as_secs(),
            modified: now.as_secs(),
            trashed: false,
            deleted: false,
        };
        self.files.push(file.clone());
        let seen = self.seen_by(&file);
        self.changed(&file, false, &seen);
        file.id
    }

    /// Opens a file to the application, as choosing it does; false when the account does not see it.
    pub(crate) fn open(&mut self, account: usize, id: &str) -> bool {
        let seen = self.find(account, id).is_some();
        if seen {
            self.opened.insert((account, id.to_owned()));
        }
        seen
    }

    /// What will be chosen the next time that nobody is asked.
    pub(crate) fn pick_next(&mut self, account: usize, ids: &[&str]) {
        let ids = ids.iter().map(|id| (*id).to_owned()).collect();
        self.next_picks.insert(account, ids);
    }

    pub(crate) fn take_picks(&mut self, account: usize) -> Vec<String> {
        self.next_picks.remove(&account).unwrap_or_default()
    }

    /// The media type of a file.
    pub(crate) fn mime_type(&self, id: &str) -> Option<&str> {
        let file = self.files.iter().find(|f| f.id == id)?;
        Some(&file.mime_type)
    }

    /// The shared drive that a file is in.
    pub(crate) fn place(&self, id: &str) -> Option<&str> {
        let file = self.files.iter().find(|f| f.id == id)?;
        file.drive.as_deref()
    }

    /// Shared drives.
    pub(crate) fn drives(&self) -> &[SharedDrive] {
        &self.drives
    }

    /// Every token of changes given out so far is refused from now on.
    pub(crate) fn forget_tokens(&mut self) {
        for log in self.changes.values_mut() {
            // The number itself moves on, so that a fresh token is told from an old one.
            log.first += 1;
            log.forgotten = log.end();
        }
    }
}

impl File {
    pub(crate) fn rename(&mut self, name: &str) {
        name.clone_into(&mut self.name);
    }

    pub(crate) const fn put_in_bin(&mut self, trashed: bool) {
        self.trashed = trashed;
    }

    pub(crate) const fn delete(&mut self) {
        self.deleted = true;
    }

    /// Nobody but its owner sees it any more; an owner's own file becomes somebody else's.
    pub(crate) fn unshare(&mut self, account: usize) {
        self.shared_with.retain(|a| *a != account);
        if self.owner == Some(account) {
            self.owner = None;
        }
    }

    /// Shown to an account, again or for the first time.
    pub(crate) fn share(&mut self, account: usize) {
        if !self.shared_with.contains(&account) {
            self.shared_with.push(account);
        }
    }
}

/// An id of so many letters, as Drive's look.
fn text_id(rng: &mut Rng, letters: usize) -> String {
    let bytes: Vec<u8> = (0..letters.div_ceil(8))
        .flat_map(|_| rng.next().to_le_bytes())
        .collect();
    let mut id = base64url_bare(&bytes);
    id.truncate(letters);
    id
}
