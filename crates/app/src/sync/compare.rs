//! After the listing: what was stored before is compared with what the provider has now.

use std::collections::HashSet;

use tenon_connectors::Reaction;
use tenon_model::event::EventKind;
use tenon_model::mail::{SyncState, above_brake};

use super::engine::{Session, Turn};
use super::listed::Listed;
use super::listing::PAGE;
use super::stage::{Decision, Stage};

impl Session<'_> {
    /// Labels of messages that were known before may have changed during the gap. Listing each
    /// label costs a page for 500 messages, where fetching each message again would cost 20 units.
    /// So many labels are compared together as memory allows.
    pub(super) async fn compare_labels(&mut self) -> Turn<()> {
        let labels = self.port.labels().await?;
        let known: HashSet<String> = labels.iter().map(|l| l.provider_id.clone()).collect();
        let mut listed = Listed::default();
        for label in &labels {
            if listed.is_full() {
                self.relabel(std::mem::take(&mut listed), &known).await?;
            }
            self.list_label(&label.provider_id, &mut listed).await?;
        }
        self.relabel(listed, &known).await?;
        self.mailbox.page_token = Stage::Compare.encode();
        let tx = self.begin().await?;
        self.commit(tx).await
    }

    /// Lists the messages of a label.
    async fn list_label(&self, label: &str, out: &mut Listed) -> Turn<()> {
        out.add(label, std::iter::empty());
        let mut page = None::<String>;
        loop {
            let listed = self.port.list(Some(label), page.as_deref(), PAGE).await;
            let listed = match listed {
                // The label was removed meanwhile: no message bears it.
                Err(e) if e.reaction == Reaction::Skip => return Ok(()),
                other => other?,
            };
            out.add(label, listed.refs.iter().map(|r| r.provider_id.as_str()));
            match listed.next {
                Some(next) => page = Some(next),
                None => return Ok(()),
            }
        }
    }

    /// Gives all stored messages the labels that were listed, page by page.
    async fn relabel(&mut self, mut listed: Listed, known: &HashSet<String>) -> Turn<()> {
        listed.sort();
        let mut after = None::<String>;
        loop {
            let mut tx = self.ctx.store.read(&self.scope()).await?;
            let ids = tx
                .messages()
                .provider_ids(self.row.id, after.as_deref(), 500)
                .await?;
            let stored = tx.messages().labels_of(self.row.id, &ids).await?;
            drop(tx);
            let Some(last) = ids.last().cloned() else {
                return Ok(());
            };
            let differing: Vec<(String, Vec<String>)> = stored
                .into_iter()
                .filter_map(|(id, has)| {
                    let want = listed.wanted(&id, &has, |l| known.contains(l))?;
                    Some((id, want))
                })
                .collect();
            if !differing.is_empty() {
                let mut tx = self.begin().await?;
                let changed = tx.messages().set_labels(self.row.id, differing).await?;
                self.announce(&mut tx, EventKind::ThreadsChanged).await?;
                self.commit(tx).await?;
                self.tally.changed += changed;
            }
            after = Some(last);
        }
    }

    /// Present before, absent now: the only source of deletions made during the gap, and never
    /// above the brake without a person's word.
    pub(super) async fn compare(&mut self) -> Turn<()> {
        let mut tx = self.ctx.store.read(&self.scope()).await?;
        let unseen = tx.messages().unseen(self.row.id, self.generation()).await?;
        let known = tx.messages().count(self.row.id).await?;
        drop(tx);
        if above_brake(unseen, known) {
            return self.park("deletion_brake").await;
        }
        self.switch(Decision { keep: false }).await
    }

    /// Switches to the new generation; from here on the mailbox is followed by cursor.
    pub(super) async fn switch(&mut self, decision: Decision) -> Turn<()> {
        let generation = self.generation();
        let total = self.port.state().await?.messages_total;
        let mut tx = self.begin().await?;
        let removed = if decision.keep {
            tx.messages().adopt_unseen(self.row.id, generation).await?;
            0
        } else {
            tx.messages().remove_unseen(self.row.id, generation).await?
        };
        self.mailbox.provider_total = total as i64;
        self.mailbox.generation = generation;
        self.mailbox.shadow = None;
        self.mailbox.page_token = None;
        self.mailbox.state = SyncState::Live;
        self.announce(&mut tx, EventKind::MailboxChanged).await?;
        if removed > 0 {
            self.announce(&mut tx, EventKind::ThreadsChanged).await?;
        }
        self.commit(tx).await?;
        self.tally.removed += removed;
        self.ctx.progress.forget(self.row.id);
        Ok(())
    }
}
