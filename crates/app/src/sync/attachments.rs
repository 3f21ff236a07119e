//! Which messages carry attachments. Metadata does not say, and asking for more than metadata would
//! bring content along; the provider's own search knows (decision record 0013).

use std::collections::HashSet;
use std::time::Duration;

use tenon_connectors::Reaction;
use tenon_connectors::ports::Received;
use tenon_model::Time;
use tenon_model::event::EventKind;
use tenon_store::Carries;

use super::engine::{Session, Turn};
use super::listing::PAGE;

/// A message that came in less than this ago may not be in the provider's search yet: its absence
/// there proves nothing.
const INDEXED: Duration = Duration::from_mins(2);
/// Messages further apart than this are asked for by themselves.
const APART: Duration = Duration::from_hours(7 * 24);
/// Pages of the search read at most for one question.
const PAGES: usize = 4;

/// Groups of messages that lie side by side in time, newest first.
fn groups(mut messages: Vec<Carries>) -> Vec<Vec<Carries>> {
    messages.sort_by_key(|m| std::cmp::Reverse(m.received_at));
    let mut groups: Vec<Vec<Carries>> = Vec::new();
    for message in messages {
        match groups.last_mut() {
            Some(group)
                if group
                    .last()
                    .is_some_and(|m| m.received_at.since(message.received_at) <= APART) =>
            {
                group.push(message);
            }
            _ => groups.push(vec![message]),
        }
    }
    groups
}

/// When the messages of a group were received, with a second of room; without an end where it is
/// now or later, since a clock may be wrong, and without a beginning where it is unknown.
fn span(group: &[Carries], now: Time) -> Received {
    let second = Duration::from_secs(1);
    let times = || group.iter().map(|m| m.received_at);
    Received {
        after: times().min().map(|t| t - second).filter(|t| t.0 > 0),
        before: times()
            .max()
            .map(|t| t + second)
            .filter(|t| *t + INDEXED <= now),
    }
}

impl Session<'_> {
    /// Looks at all messages of a page of a listing, which lie side by side in time.
    pub(super) async fn look_at_page(&mut self, ids: &[String]) -> Turn<()> {
        let page = self.stored_flags(ids).await?;
        self.look_at(page).await.map(drop)
    }

    /// Looks at what changes brought in this turn, and again at what was too new for the provider's
    /// search in an earlier one.
    pub(super) async fn look_at_arrivals(&mut self) -> Turn<()> {
        let (id, now) = (self.row.id, self.ctx.world.now());
        let mut ids = std::mem::take(&mut self.arrived);
        ids.extend(self.ctx.progress.take_unsettled(id, now - INDEXED));
        if ids.is_empty() {
            return Ok(());
        }
        let mut groups = groups(self.stored_flags(&ids).await?).into_iter();
        for group in groups.by_ref() {
            if !self.look_at(group).await? {
                break;
            }
        }
        let rest = groups.flatten().map(|m| (m.provider_id, m.received_at));
        self.ctx.progress.keep_unsettled(id, rest.collect());
        Ok(())
    }

    async fn stored_flags(&self, ids: &[String]) -> Turn<Vec<Carries>> {
        let mut tx = self.ctx.store.read(&self.scope()).await?;
        Ok(tx.messages().carries(self.row.id, ids).await?)
    }

    /// Asks for one group; whether there was an answer. A search that fails never holds up the mail:
    /// what was asked is kept for the next turn.
    async fn look_at(&mut self, group: Vec<Carries>) -> Turn<bool> {
        if group.is_empty() {
            return Ok(true);
        }
        let now = self.ctx.world.now();
        let span = span(&group, now);
        let (mut carrying, mut page, mut whole) = (HashSet::new(), None::<String>, false);
        for _ in 0..PAGES {
            let listed = match self
                .port
                .with_attachments(span, page.as_deref(), PAGE)
                .await
            {
                Ok(listed) => listed,
                Err(e) => {
                    tracing::warn!(code = e.code, "attachments cannot be asked for");
                    // No search at all: what the type of the message suggests has to do.
                    if !matches!(e.reaction, Reaction::Skip | Reaction::Stop) {
                        let again = group.into_iter().map(|m| (m.provider_id, m.received_at));
                        self.ctx
                            .progress
                            .keep_unsettled(self.row.id, again.collect());
                    }
                    return Ok(false);
                }
            };
            carrying.extend(listed.refs.into_iter().map(|r| r.provider_id));
            whole = listed.next.is_none();
            page = listed.next;
            if whole {
                break;
            }
        }
        let (mut differing, mut unsettled) = (Vec::new(), Vec::new());
        for message in group {
            let found = carrying.contains(&message.provider_id);
            let settled = found || whole && message.received_at + INDEXED <= now;
            if settled && found != message.carries {
                differing.push((message.provider_id, found));
            } else if !settled && whole {
                unsettled.push((message.provider_id, message.received_at));
            }
        }
        self.ctx.progress.keep_unsettled(self.row.id, unsettled);
        if differing.is_empty() {
            return Ok(true);
        }
        let mut tx = self.begin().await?;
        let changed = tx
            .messages()
            .set_attachments(self.row.id, &differing)
            .await?;
        if changed > 0 {
            self.announce(&mut tx, EventKind::ThreadsChanged).await?;
        }
        self.commit(tx).await?;
        Ok(true)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Carries {
        Carries {
            provider_id: seconds.to_string(),
            received_at: Time::from_secs(seconds),
            carries: false,
        }
    }

    #[test]
    fn messages_far_apart_are_asked_for_by_themselves() {
        let day = 86_400;
        let sizes: Vec<usize> = groups(vec![at(0), at(100 * day), at(5 * day), at(10 * day)])
            .iter()
            .map(Vec::len)
            .collect();
        assert_eq!(sizes, [1, 3]);
    }

    #[test]
    fn a_span_is_open_where_a_time_may_be_wrong() {
        let now = Time::from_secs(1_000_000);
        let old = span(&[at(500_000), at(600_000)], now);
        assert_eq!(old.after, Some(Time::from_secs(499_999)));
        assert_eq!(old.before, Some(Time::from_secs(600_001)));
        assert_eq!(span(&[at(999_950)], now).before, None, "just now");
        assert_eq!(span(&[at(0)], now).after, None, "no date");
    }
}
