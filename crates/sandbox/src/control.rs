//! The handle tests hold: what people, other clients and Google itself do to a mailbox, and what was asked.

use std::sync::atomic::Ordering;
use std::sync::{Arc, MutexGuard};

use bytes::Bytes;
use serde::Serialize;
use serde_json::Value;
use tenon_model::Time;

use crate::config::SandboxError;
use crate::faults::{Fault, Weather};
use crate::generate::{Corpus, Mail, Who};
use crate::log::{Logged, Totals};
use crate::mailbox::labels::{DRAFT, LabelIndex, UNREAD};
use crate::mailbox::{Draft, Mailbox, raw};
use crate::oauth::{LiveGrant, scopes};
use crate::push::{PushTotals, Subscription};
use crate::state::{Gate, State};

/// Counts of a mailbox.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Messages, spam and bin included.
    pub messages: usize,
    /// Threads.
    pub threads: usize,
    /// Unread messages.
    pub unread: usize,
    /// Drafts.
    pub drafts: usize,
}

/// Tokens granted without a consent page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Tokens {
    /// Good for an hour of the sandbox's clock.
    pub access_token: String,
    /// Good until revoked.
    pub refresh_token: String,
}

/// The handle on a running sandbox. Methods take an account by its address; an address that the sandbox does not
/// have is a mistake in the test and panics. Labels are taken by id or by name, and made when there is none.
#[derive(Clone)]
pub struct Control {
    state: Arc<State>,
}

impl Control {
    pub(crate) fn new(state: Arc<State>) -> Self {
        Self { state }
    }

    #[expect(
        clippy::panic,
        reason = "a test that names an account the sandbox lacks is wrong; the JSON door checks first"
    )]
    fn account(&self, email: &str) -> usize {
        self.state
            .find_account(email)
            .unwrap_or_else(|| panic!("the sandbox has no account {email}"))
    }

    fn mailbox(&self, email: &str) -> MutexGuard<'_, Mailbox> {
        self.state.mailbox(self.account(email))
    }

    /// Puts a message into the mailbox; its internal date is that of its Date field, now without one. Gives its id.
    pub fn insert_message(
        &self,
        account: &str,
        message: impl Into<Vec<u8>>,
        labels: &[&str],
    ) -> String {
        self.insert_received(account, message, labels, None)
    }

    /// Puts a message in as [`Control::insert_message`] does, received at this time instead of the one in
    /// its `Date`.
    pub fn insert_received(
        &self,
        account: &str,
        message: impl Into<Vec<u8>>,
        labels: &[&str],
        received: Option<Time>,
    ) -> String {
        let bytes = Bytes::from(message.into());
        let now = self.state.now();
        let millis = |t: Time| t.0.div_euclid(1000);
        let date = match received {
            Some(time) => millis(time),
            None => raw::Facts::read(&bytes)
                .date
                .map_or(millis(now), |s| s.saturating_mul(1000)),
        };
        let mut mailbox = self.mailbox(account);
        let places = places(&mut mailbox, labels);
        let slot = mailbox.insert(bytes, places, date, None, now);
        mailbox.get(slot).map(|m| hex(m.id)).unwrap_or_default()
    }

    /// Puts any bytes into the inbox, for corpora. Gives the id.
    pub fn insert_raw(&self, account: &str, bytes: impl Into<Vec<u8>>) -> String {
        self.insert_message(account, bytes, &["INBOX", "UNREAD"])
    }

    /// Deletes a message for good; false when there is none.
    pub fn delete_message(&self, account: &str, id: &str) -> bool {
        let now = self.state.now();
        let mut mailbox = self.mailbox(account);
        let Some(slot) = unhex(id).and_then(|id| mailbox.find(id)) else {
            return false;
        };
        mailbox.delete(slot, now);
        true
    }

    /// Adds and removes labels; false when there is no such message.
    pub fn modify_labels(&self, account: &str, id: &str, add: &[&str], remove: &[&str]) -> bool {
        let now = self.state.now();
        let mut mailbox = self.mailbox(account);
        let Some(slot) = unhex(id).and_then(|id| mailbox.find(id)) else {
            return false;
        };
        let (add, remove) = (places(&mut mailbox, add), places(&mut mailbox, remove));
        mailbox.relabel(slot, &add, &remove, now);
        true
    }

    /// Ids of all messages, newest first, spam and bin included.
    pub fn message_ids(&self, account: &str) -> Vec<String> {
        self.mailbox(account)
            .newest_first(None)
            .map(|(_, m)| hex(m.id))
            .collect()
    }

    /// Id, thread id and label ids of all messages, newest first.
    pub fn messages(&self, account: &str) -> Vec<(String, String, Vec<String>)> {
        let mailbox = self.mailbox(account);
        let row = |(_, m): (u32, &crate::mailbox::Stored)| {
            (
                hex(m.id),
                hex(m.thread),
                mailbox.label_ids(m.set).map(str::to_owned).collect(),
            )
        };
        mailbox.newest_first(None).map(row).collect()
    }

    /// The bytes of a message.
    pub fn raw(&self, account: &str, id: &str) -> Option<Vec<u8>> {
        let mailbox = self.mailbox(account);
        let stored = mailbox.get(mailbox.find(unhex(id)?)?)?;
        Some(mailbox.bytes(stored).to_vec())
    }

    /// A header field of a message.
    pub fn header(&self, account: &str, id: &str, name: &str) -> Option<String> {
        raw::field(&self.raw(account, id)?, name)
    }

    /// Ids and names of the labels.
    pub fn labels(&self, account: &str) -> Vec<(String, String)> {
        self.mailbox(account)
            .labels
            .iter()
            .map(|(_, l)| (l.id.clone(), l.name.clone()))
            .collect()
    }

    /// Renames a user label behind the client's back; false when there is none of this id.
    pub fn rename_label(&self, account: &str, id: &str, name: &str) -> bool {
        let mut mailbox = self.mailbox(account);
        let Some(index) = mailbox.labels.by_id(id) else {
            return false;
        };
        match mailbox.labels.get_mut(index).filter(|l| !l.system) {
            Some(label) => name.clone_into(&mut label.name),
            None => return false,
        }
        true
    }

    /// Deletes a user label and takes it off every message; false when there is none of this id.
    pub fn delete_label(&self, account: &str, id: &str) -> bool {
        let now = self.state.now();
        let mut mailbox = self.mailbox(account);
        let index = mailbox.labels.by_id(id);
        let Some(index) = index.filter(|i| mailbox.labels.get(*i).is_some_and(|l| !l.system))
        else {
            return false;
        };
        mailbox.delete_label(index, now);
        true
    }

    /// Id and name of the files in Drive that an account sees, newest first.
    pub fn drive_files(&self, account: &str) -> Vec<(String, String)> {
        let account = self.account(account);
        let drive = self.state.drive();
        let files = drive.of(account);
        files
            .iter()
            .map(|f| (f.id.clone(), f.name.clone()))
            .collect()
    }

    /// Ids and names of the shared drives.
    pub fn shared_drives(&self) -> Vec<(String, String)> {
        let drive = self.state.drive();
        let drives = drive.drives().iter();
        drives.map(|d| (d.id.clone(), d.name.clone())).collect()
    }

    /// The media type of a file.
    pub fn type_of_file(&self, id: &str) -> Option<String> {
        self.state.drive().mime_type(id).map(str::to_owned)
    }

    /// The shared drive that a file is in.
    pub fn drive_of(&self, id: &str) -> Option<String> {
        self.state.drive().place(id).map(str::to_owned)
    }

    /// Adds a file in Drive, to a shared drive if one is named; its id.
    pub fn add_file(
        &self,
        account: &str,
        name: &str,
        mime_type: &str,
        drive: Option<&str>,
    ) -> String {
        let (account, now) = (self.account(account), self.state.now());
        self.state.drive().add(account, name, mime_type, drive, now)
    }

    /// Renames a file; false when there is none of this id.
    pub fn rename_file(&self, id: &str, name: &str) -> bool {
        let now = self.state.now();
        self.state.drive().change(id, now, |f| f.rename(name))
    }

    /// Puts a file into the bin, or takes it out.
    pub fn trash_file(&self, id: &str, trashed: bool) -> bool {
        let now = self.state.now();
        self.state
            .drive()
            .change(id, now, |f| f.put_in_bin(trashed))
    }

    /// Deletes a file for good.
    pub fn delete_file(&self, id: &str) -> bool {
        let now = self.state.now();
        self.state
            .drive()
            .change(id, now, crate::drive::File::delete)
    }

    /// Takes a file away from an account.
    pub fn unshare_file(&self, account: &str, id: &str) -> bool {
        let (account, now) = (self.account(account), self.state.now());
        self.state.drive().change(id, now, |f| f.unshare(account))
    }

    /// Shows a file to an account.
    pub fn share_file(&self, account: &str, id: &str) -> bool {
        let (account, now) = (self.account(account), self.state.now());
        self.state.drive().change(id, now, |f| f.share(account))
    }

    /// Opens a file to the application, as choosing it does.
    pub fn open_file(&self, account: &str, id: &str) -> bool {
        let account = self.account(account);
        self.state.drive().open(account, id)
    }

    /// What the person chooses the next time, where nobody is asked; once.
    pub fn pick_next(&self, account: &str, ids: &[&str]) {
        let account = self.account(account);
        self.state.drive().pick_next(account, ids);
    }

    /// Tokens of changes in Drive that were given out so far are refused from now on.
    pub fn forget_file_tokens(&self) {
        self.state.drive().forget_tokens();
    }

    /// Draft ids with the ids of the messages they hold now.
    pub fn drafts(&self, account: &str) -> Vec<(String, String)> {
        let mailbox = self.mailbox(account);
        mailbox
            .drafts
            .iter()
            .filter_map(|d| Some((d.id.clone(), hex(mailbox.get(d.slot)?.id))))
            .collect()
    }

    /// A draft appears, as when a request is carried out late. Gives its id.
    pub fn add_draft(&self, account: &str, message: Vec<u8>) -> String {
        let now = self.state.now();
        let mut mailbox = self.mailbox(account);
        let received = now.0.div_euclid(1000);
        let slot = mailbox.insert(Bytes::from(message), vec![DRAFT], received, None, now);
        let id = format!("r{}", mailbox.serial() as i64);
        mailbox.drafts.push(Draft {
            id: id.clone(),
            slot,
        });
        id
    }

    /// A draft is written anew in Gmail itself: its message is replaced, and loses what headers it had.
    pub fn edit_draft(&self, account: &str, id: &str, message: Vec<u8>) {
        let now = self.state.now();
        let mut mailbox = self.mailbox(account);
        let Some(old) = mailbox.drafts.iter().find(|d| d.id == id).cloned() else {
            return;
        };
        let thread = mailbox.get(old.slot).map(|m| m.thread);
        let received = now.0.div_euclid(1000);
        let slot = mailbox.insert(Bytes::from(message), vec![DRAFT], received, thread, now);
        mailbox.delete(old.slot, now);
        mailbox.drafts.push(Draft { id: old.id, slot });
    }

    /// A draft is discarded in Gmail itself.
    pub fn delete_draft(&self, account: &str, id: &str) {
        let now = self.state.now();
        let mut mailbox = self.mailbox(account);
        let slot = mailbox.drafts.iter().find(|d| d.id == id).map(|d| d.slot);
        if let Some(slot) = slot {
            mailbox.delete(slot, now);
        }
    }

    /// How much there is.
    pub fn counts(&self, account: &str) -> Counts {
        let mailbox = self.mailbox(account);
        let (messages, threads) = mailbox.totals();
        let unread = mailbox.labels.passing(|set| set.contains(&UNREAD));
        let unread = mailbox
            .newest_first(None)
            .filter(|(_, m)| unread[m.set as usize])
            .count();
        Counts {
            messages,
            threads,
            unread,
            drafts: mailbox.drafts.len(),
        }
    }

    /// The mailbox's history id now.
    pub fn history_id(&self, account: &str) -> u64 {
        self.mailbox(account).history.current()
    }

    /// Ends every history id given so far: `history.list` answers them with 404 (fault G1).
    pub fn expire_history(&self, account: &str) {
        self.mailbox(account).history.expire();
    }

    /// Ends the account's access tokens; refresh tokens live on.
    pub fn expire_access_tokens(&self, account: &str) {
        self.state.oauth().expire_access(self.account(account));
    }

    /// The person takes the access back: every token ends, refreshing answers `invalid_grant` (fault A1).
    pub fn revoke(&self, account: &str) {
        self.state.oauth().end(self.account(account));
    }

    /// What the account has granted; empty when nothing.
    pub fn live_grants(&self, account: &str) -> Vec<LiveGrant> {
        let live = self.state.oauth().live(self.account(account));
        let client_id = self.state.config.client_id.clone();
        live.map(|(scopes, refresh_tokens)| LiveGrant {
            client_id,
            scopes,
            refresh_tokens,
        })
        .into_iter()
        .collect()
    }

    /// Grants scopes without a consent page.
    pub fn grant(&self, account: &str, scopes: &[&str]) -> Tokens {
        let scopes = scopes::parse(&scopes.join(" "));
        let (access_token, refresh_token) =
            self.state
                .oauth()
                .grant_directly(self.account(account), &scopes, self.state.now());
        Tokens {
            access_token,
            refresh_token,
        }
    }

    /// New mail of the generated kind arrives now. Gives the ids.
    pub fn deliver_random(&self, account: &str, count: usize) -> Vec<String> {
        let place = self.account(account);
        let now = self.state.now();
        let me = &self.state.people()[place];
        let seed = self.mailbox(account).serial();
        let mut ids = Vec::with_capacity(count);
        // a quarter of what a corpus writes is by the account itself, and answers are left out
        let corpus = Corpus::new(seed, me, &[], count as u64 * 12 + 24, now.as_secs());
        for rank in 0..corpus.threads() {
            let mail = Mail::new(&corpus, rank, 0, now.as_secs());
            if ids.len() == count {
                break;
            }
            if mail.who() != Who::Me {
                let bytes = mail.raw();
                let mut mailbox = self.mailbox(account);
                let places = places(&mut mailbox, &["INBOX", "UNREAD", "CATEGORY_PERSONAL"]);
                let slot = mailbox.insert(
                    Bytes::from(bytes),
                    places,
                    now.0.div_euclid(1000),
                    None,
                    now,
                );
                ids.extend(mailbox.get(slot).map(|m| hex(m.id)));
            }
        }
        ids
    }

    /// Where pushes go from now on; `None` ends them.
    pub fn subscribe(&self, subscription: Option<Subscription>) -> Result<(), SandboxError> {
        self.state.pushes.subscribe(subscription)
    }

    /// What became of pushes so far.
    pub fn pushes(&self) -> PushTotals {
        self.state.pushes.totals()
    }

    /// When the mailbox's push subscription ends, if it has one.
    pub fn watched_until(&self, account: &str) -> Option<Time> {
        let now = self.state.now();
        let mailbox = self.mailbox(account);
        let until = mailbox.watch.as_ref().map(|w| w.until);
        until.filter(|until| *until > now)
    }

    /// Signs a token as Pub/Sub would for `subscription`, with these claims changed (`null` takes one
    /// away).
    pub fn push_token(
        &self,
        subscription: &Subscription,
        changes: &[(&str, Value)],
    ) -> Result<String, SandboxError> {
        let mut claims = crate::push::claims(&self.state, subscription);
        if let Value::Object(claims) = &mut claims {
            for (name, value) in changes {
                if value.is_null() {
                    claims.remove(*name);
                } else {
                    claims.insert((*name).to_owned(), value.clone());
                }
            }
        }
        crate::oauth::idtoken::sign(&claims)
    }

    /// The body of a push about a mailbox, whether the sandbox has it or not.
    pub fn push_body(&self, address: &str, history_id: u64) -> String {
        crate::push::envelope(address, history_id, history_id, self.state.now()).to_string()
    }

    /// Pages of lists hold at most so many entries from now on, as a provider may always decide.
    pub fn page_limit(&self, most: usize) {
        self.state.page_limit.store(most, Ordering::Relaxed);
    }

    /// The scripted faults.
    pub fn faults(&self) -> FaultScript<'_> {
        FaultScript { state: &self.state }
    }

    /// The last hundred thousand calls, oldest first; parts of batches have entries of their own.
    pub fn requests(&self) -> Vec<Logged> {
        self.state.log().entries()
    }

    /// The same, and forgets them; the sums stay.
    pub fn take_requests(&self) -> Vec<Logged> {
        self.state.log().take()
    }

    /// Lets `gate` stand at both ends of every call from now on; `None` takes it away.
    pub fn set_gate(&self, gate: Option<Arc<dyn Gate>>) {
        self.state.set_gate(gate);
    }

    /// Sums since the start or [`Control::reset_log`].
    pub fn totals(&self) -> Totals {
        self.state.log().totals()
    }

    /// Forgets the calls noted so far.
    pub fn reset_log(&self) {
        self.state.log().reset();
    }

    /// Every access token, refresh token, code and id token ever given out, for canary tests.
    pub fn tokens_issued(&self) -> Vec<String> {
        self.state.oauth().issued().to_vec()
    }
}

/// The scripted faults of a sandbox.
#[derive(Clone, Copy)]
pub struct FaultScript<'s> {
    state: &'s State,
}

impl FaultScript<'_> {
    /// Puts a fault in place.
    ///
    /// # Panics
    /// On a row that does not exist, which is a mistake in the test.
    #[expect(
        clippy::panic,
        reason = "a test that names a row the sandbox lacks is wrong; the JSON door uses try_push"
    )]
    pub fn push(&self, fault: Fault) {
        if let Err(error) = self.try_push(fault) {
            panic!("{error}");
        }
    }

    /// Puts a fault in place, or says what is wrong with it.
    pub fn try_push(&self, fault: Fault) -> Result<(), SandboxError> {
        self.state.faults().push(fault)
    }

    /// From now on faults of these rows hit calls at random as well; `None` ends that.
    pub fn weather(&self, weather: Option<&Weather>) -> Result<(), SandboxError> {
        self.state.faults().set_weather(weather)
    }

    /// Takes all faults away.
    pub fn clear(&self) {
        self.state.faults().clear();
    }

    /// Faults with how often each has hit.
    pub fn list(&self) -> Vec<(Fault, u32)> {
        self.state.faults().list()
    }
}

fn places(mailbox: &mut Mailbox, labels: &[&str]) -> Vec<LabelIndex> {
    labels
        .iter()
        .filter_map(|label| {
            let found = mailbox
                .labels
                .by_id(label)
                .or_else(|| mailbox.labels.by_name(label));
            found.or_else(|| mailbox.labels.create(label))
        })
        .collect()
}

fn hex(id: u64) -> String {
    format!("{id:016x}")
}

fn unhex(id: &str) -> Option<u64> {
    u64::from_str_radix(id, 16).ok()
}
