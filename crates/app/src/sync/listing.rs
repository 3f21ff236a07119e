//! One page of a listing: what is known is marked as seen, what is new is fetched.

use tenon_connectors::ports::{MessageRef, Wanted};
use tenon_model::event::EventKind;

use super::engine::{Session, Turn};
use super::fetch::NOT_FOUND;
use super::stage::Stage;

/// The first page is small, so that the newest messages are there at once.
const FIRST_PAGE: u32 = 50;
/// What a provider lists at once.
pub(super) const PAGE: u32 = 500;

impl Session<'_> {
    /// Lists a page, fetches what is new of it, and goes on to the next.
    pub(super) async fn list_page(&mut self, page: Option<String>) -> Turn<()> {
        let limit = if page.is_none() { FIRST_PAGE } else { PAGE };
        let listed = self.port.list(None, page.as_deref(), limit).await?;
        let ids: Vec<String> = listed.refs.iter().map(|r| r.provider_id.clone()).collect();
        let mut tx = self.ctx.store.read(&self.scope()).await?;
        let known = tx.messages().known(self.row.id, &ids).await?;
        drop(tx);
        let generation = self.generation();
        let before: Vec<String> = ids
            .iter()
            .filter(|id| known.get(*id).is_some_and(|g| *g != generation))
            .cloned()
            .collect();
        let new: Vec<MessageRef> = listed
            .refs
            .iter()
            .filter(|r| !known.contains_key(&r.provider_id))
            .cloned()
            .collect();
        self.unreadable.clear();
        let not_found = self.fetch_page(&new).await?;
        let mut missing = self.missing(&new).await?;
        // What a whole thread did not bring is asked for by itself: its absence there proves nothing.
        let unproven: Vec<Wanted> = missing
            .iter()
            .filter(|id| !not_found.contains(*id))
            .map(|id| Wanted::Message(id.clone()))
            .collect();
        if !unproven.is_empty() {
            self.fetch_and_store(unproven).await?;
            missing = self.missing(&new).await?;
        }
        self.look_at_page(&ids).await?;
        let now = self.ctx.world.now();
        let mut tx = self.begin().await?;
        if !before.is_empty() {
            tx.messages()
                .mark_seen(self.row.id, &before, generation)
                .await?;
        }
        // Fault G5: deleted between listing and fetching. They are looked at once more next time.
        for id in &missing {
            tx.skipped().record(self.row.id, id, NOT_FOUND, now).await?;
        }
        self.has_skipped |= !missing.is_empty();
        self.mailbox.gone += missing.len() as i64;
        self.mailbox.listed += listed.refs.len() as i64;
        self.mailbox.pages_done += 1;
        let next = match listed.next {
            Some(token) => Stage::List(Some(token)),
            // What was fetched in this snapshot came with its labels; only rows from before it have to be compared.
            None if self.mailbox.generation > 0 => Stage::Labels,
            None => Stage::Compare,
        };
        self.mailbox.page_token = next.encode();
        self.announce(&mut tx, EventKind::MailboxChanged).await?;
        self.commit(tx).await?;
        self.ctx.progress.record(
            self.row.id,
            self.ctx.world.monotonic(),
            self.mailbox.listed.max(0) as u64,
        );
        Ok(())
    }

    /// Which of these were listed but did not come.
    async fn missing(&self, refs: &[MessageRef]) -> Turn<Vec<String>> {
        let ids: Vec<String> = refs.iter().map(|r| r.provider_id.clone()).collect();
        let mut tx = self.ctx.store.read(&self.scope()).await?;
        let stored = tx.messages().known(self.row.id, &ids).await?;
        let came = |id: &String| stored.contains_key(id) || self.unreadable.contains(id);
        Ok(ids.into_iter().filter(|id| !came(id)).collect())
    }
}
