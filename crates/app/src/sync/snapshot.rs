//! The complete snapshot: first sync and resync (`provider-faults` section 2).

use std::time::Duration;

use tenon_connectors::Reaction;
use tenon_model::Time;
use tenon_model::event::EventKind;
use tenon_model::mail::SyncState;

use super::engine::{Session, Step, Stop, Turn};
use super::stage::Stage;
use crate::retention::PurgeMail;

/// How long a turn works on a snapshot.
const TURN: Duration = Duration::from_secs(20);
/// By so much the clocks of two nodes may differ.
const CLOCKS: Duration = Duration::from_mins(10);
/// A box moves on while a large mailbox is listed; that alone is no reason to begin again.
const DRIFT: Duration = Duration::from_hours(48);
/// At most one resync an hour and three a day.
const RESYNC_HOUR: Duration = Duration::from_hours(1);
const RESYNC_DAY: Duration = Duration::from_hours(24);

impl Session<'_> {
    /// Takes or goes on with a snapshot until it is complete or the turn is over.
    pub(super) async fn snapshot(&mut self) -> Turn<Step> {
        if self.mailbox.shadow.is_none() {
            self.pin().await?;
        }
        let began = self.ctx.world.monotonic();
        loop {
            match Stage::decode(self.mailbox.page_token.as_deref()) {
                Stage::List(None) => self.list_page(None).await?,
                Stage::List(page) => match self.list_page(page).await {
                    Err(Stop::Provider(e)) if e.reaction == Reaction::Resync => {
                        self.list_again().await?;
                    }
                    other => other?,
                },
                Stage::Labels => self.compare_labels().await?,
                Stage::Compare => {
                    self.follow().await?;
                    self.compare().await?;
                    return Ok(Step::Done);
                }
                Stage::Decided(decision) => {
                    self.follow().await?;
                    self.switch(decision).await?;
                    return Ok(Step::Done);
                }
            }
            if self.ctx.world.monotonic().saturating_sub(began) >= TURN {
                // New mail is not kept waiting by old mail, and other mailboxes come in between.
                self.follow().await?;
                return Ok(Step::More);
            }
        }
    }

    /// A page token that has died: the listing starts again under the same pinned cursor; what is
    /// stored is not fetched again.
    async fn list_again(&mut self) -> Turn<()> {
        self.mailbox.page_token = None;
        self.mailbox.listed = 0;
        self.mailbox.gone = 0;
        let tx = self.begin().await?;
        self.commit(tx).await
    }

    /// New mail and changes while the snapshot runs, from the pinned cursor on. When that cursor has
    /// died meanwhile, the snapshot starts again from a new one.
    async fn follow(&mut self) -> Turn<()> {
        match self.poll().await {
            Err(Stop::Provider(e)) if e.reaction == Reaction::Resync => {
                // The number of the abandoned attempt is not used again: its rows must not count
                // as seen by the next one, and their labels have to be compared.
                self.mailbox.generation = self.generation();
                self.mailbox.shadow = None;
                let tx = self.begin().await?;
                self.commit(tx).await?;
                Err(Stop::Provider(tenon_connectors::ProviderError {
                    reaction: Reaction::Retry(Duration::from_secs(1)),
                    ..e
                }))
            }
            other => other,
        }
    }

    /// Pins the cursor *before* anything is listed (fault G2) and opens a new generation.
    async fn pin(&mut self) -> Turn<()> {
        let state = self.port.state().await?;
        self.refresh_labels().await?;
        let now = self.ctx.world.now();
        let mailbox = &mut self.mailbox;
        if mailbox.state == SyncState::Waiting {
            mailbox.state = SyncState::FirstSync;
        }
        mailbox.cursor = Some(state.cursor);
        mailbox.cursor_at = Some(now);
        mailbox.shadow = Some(mailbox.generation + 1);
        mailbox.page_token = None;
        mailbox.pages_done = 0;
        mailbox.listed = 0;
        mailbox.gone = 0;
        mailbox.provider_total = state.messages_total as i64;
        mailbox.snapshot_started_at = Some(now);
        let mut tx = self.begin().await?;
        // Everything of this snapshot is listed from the same moment on.
        tx.boxes()
            .open(self.row.id, self.since.unwrap_or(Time(0)))
            .await?;
        self.announce(&mut tx, EventKind::MailboxChanged).await?;
        self.ctx.progress.forget(self.row.id);
        self.commit(tx).await
    }

    /// Lists anew when the time box is another than the one that the mailbox was listed for: mail that there
    /// is room for again is listed, and a listing under way does not go on fetching what there is none for.
    pub(super) async fn fit_the_box(&mut self) -> Turn<()> {
        let (Some(began), begins) = (self.box_began, self.since.unwrap_or(Time(0))) else {
            return Ok(());
        };
        let wider = begins + CLOCKS < began;
        let narrower = self.mailbox.shadow.is_some() && began + DRIFT < begins;
        if !wider && !narrower {
            return Ok(());
        }
        if self.mailbox.state == SyncState::Live {
            self.mailbox.state = SyncState::Resync;
        }
        // The number of a listing that is given up is not used again; what it stored is not fetched again.
        self.mailbox.generation = self.generation();
        self.mailbox.shadow = None;
        let mut tx = self.begin().await?;
        let purge = PurgeMail {
            workspace: self.row.workspace_id,
            connection: self.row.id,
        };
        tenon_jobs::enqueue(&mut tx, &purge, self.ctx.world.now()).await?;
        self.commit(tx).await
    }

    /// Since when the snapshot under way lists; `None` for everything.
    pub(super) async fn listed_since(&self) -> Turn<Option<Time>> {
        let mut tx = self.ctx.store.read(&self.scope()).await?;
        let open = tx.boxes().get(self.row.id).await?;
        Ok(open.map(|b| b.since).filter(|since| since.0 > 0))
    }

    /// The cursor has expired: the old rows stay, a new snapshot is taken beside them. Too many of
    /// these in a row are a defect, and wait for a person.
    pub(super) async fn begin_resync(&mut self) -> Turn<()> {
        let now = self.ctx.world.now();
        self.mailbox.resyncs.retain(|t| now.since(*t) < RESYNC_DAY);
        let last_hour = self
            .mailbox
            .resyncs
            .iter()
            .filter(|t| now.since(**t) < RESYNC_HOUR)
            .count();
        if last_hour >= 1 || self.mailbox.resyncs.len() >= 3 {
            return self.park("resync_limit").await;
        }
        self.mailbox.resyncs.push(now);
        self.mailbox.state = SyncState::Resync;
        self.mailbox.shadow = None;
        let tx = self.begin().await?;
        self.commit(tx).await
    }

    pub(super) async fn park(&mut self, reason: &str) -> Turn<()> {
        self.mailbox.state = SyncState::Parked;
        self.mailbox.reason = Some(reason.to_owned());
        let mut tx = self.begin().await?;
        self.announce(&mut tx, EventKind::MailboxChanged).await?;
        self.commit(tx).await?;
        Err(Stop::Parked)
    }

    pub(super) fn generation(&self) -> i64 {
        self.mailbox.shadow.unwrap_or(self.mailbox.generation)
    }
}
