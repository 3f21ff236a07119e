//! Opened messages in memory, bounded in bytes and minutes. Nothing here is ever written.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tenon_connectors::ports::Content;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{ConnectionId, MessageId};

use super::html::Rendered;

/// An opened message with its inline images.
pub(crate) struct Opened {
    pub(crate) content: Content,
    /// `Content-ID`s of the parts that are shown inside the body.
    pub(crate) inline: HashSet<String>,
    /// The body, ready for the frame.
    pub(crate) rendered: Rendered,
    /// `html`, `text` or `none`.
    pub(crate) kind: &'static str,
}

impl Opened {
    fn bytes(&self) -> usize {
        let content = &self.content;
        self.rendered.document.len()
            + self.rendered.with_images.as_ref().map_or(0, String::len)
            + self.rendered.remote.iter().map(String::len).sum::<usize>()
            + content.html.as_ref().map_or(0, String::len)
            + content.text.as_ref().map_or(0, String::len)
            + content
                .headers
                .iter()
                .map(|(n, v)| n.len() + v.len())
                .sum::<usize>()
            + 1024
    }
}

struct Entry {
    opened: Arc<Opened>,
    connection: ConnectionId,
    bytes: usize,
    since: Duration,
    used: u64,
}

#[derive(Default)]
struct Inner {
    entries: HashMap<MessageId, Entry>,
    bytes: usize,
    tick: u64,
    /// Connections that are gone: what is still under way for them is not kept.
    gone: HashSet<ConnectionId>,
}

/// The cache. Least recently used goes first when bytes run out; all go after their time.
pub(crate) struct BodyCache {
    limit: usize,
    ttl: Duration,
    inner: Mutex<Inner>,
}

impl BodyCache {
    pub(crate) fn new(limit: usize, ttl: Duration) -> Self {
        Self {
            limit,
            ttl,
            inner: Mutex::default(),
        }
    }

    fn with<T>(&self, f: impl FnOnce(&mut Inner) -> T) -> T {
        f(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The message, if it was opened lately.
    pub(super) fn get(&self, id: MessageId, now: Duration) -> Option<Arc<Opened>> {
        self.sweep(now);
        self.with(|inner| {
            inner.tick += 1;
            let tick = inner.tick;
            inner.entries.get_mut(&id).map(|e| {
                e.used = tick;
                e.opened.clone()
            })
        })
    }

    /// Keeps a message for a while; one that is larger than the whole cache is not kept.
    pub(super) fn put(
        &self,
        id: MessageId,
        connection: ConnectionId,
        opened: Arc<Opened>,
        now: Duration,
    ) {
        let bytes = opened.bytes();
        if bytes > self.limit {
            return;
        }
        self.with(|inner| {
            if inner.gone.contains(&connection) {
                return;
            }
            inner.remove(&id);
            while inner.bytes + bytes > self.limit && !sabotage::on(Saboteur::BodiesUnbounded) {
                let Some(oldest) = inner
                    .entries
                    .iter()
                    .min_by_key(|(_, e)| e.used)
                    .map(|(id, _)| *id)
                else {
                    break;
                };
                inner.remove(&oldest);
            }
            inner.tick += 1;
            let used = inner.tick;
            inner.bytes += bytes;
            inner.entries.insert(
                id,
                Entry {
                    opened,
                    connection,
                    bytes,
                    since: now,
                    used,
                },
            );
        });
    }

    /// Drops what is too old.
    pub(crate) fn sweep(&self, now: Duration) {
        if sabotage::on(Saboteur::BodiesKept) {
            return;
        }
        self.drop_where(|e| now.saturating_sub(e.since) >= self.ttl);
    }

    /// Whether a message of this connection is kept.
    pub(crate) fn holds(&self, connection: ConnectionId) -> bool {
        self.with(|inner| inner.entries.values().any(|e| e.connection == connection))
    }

    /// Drops everything of a connection that is gone, and keeps nothing more of it.
    pub(crate) fn forget(&self, connection: ConnectionId) {
        self.with(|inner| inner.gone.insert(connection));
        self.drop_of(connection);
    }

    /// Drops everything of a connection.
    pub(crate) fn drop_of(&self, connection: ConnectionId) {
        self.drop_where(|e| e.connection == connection);
    }

    fn drop_where(&self, condition: impl Fn(&Entry) -> bool) {
        self.with(|inner| {
            let ids: Vec<MessageId> = inner
                .entries
                .iter()
                .filter(|(_, e)| condition(e))
                .map(|(id, _)| *id)
                .collect();
            for id in ids {
                inner.remove(&id);
            }
        });
    }
}

impl Inner {
    fn remove(&mut self, id: &MessageId) {
        if let Some(entry) = self.entries.remove(id) {
            self.bytes -= entry.bytes;
        }
    }
}

#[cfg(test)]
mod tests {
    use tenon_model::World;

    use super::*;

    fn opened(size: usize) -> Arc<Opened> {
        let content = Content {
            labels: vec![],
            headers: vec![],
            html: None,
            text: Some("x".repeat(size)),
            parts: vec![],
            problems: vec![],
        };
        Arc::new(Opened {
            content,
            inline: HashSet::new(),
            rendered: Rendered {
                document: String::new(),
                remote_images: 0,
                with_images: None,
                place: String::new(),
                remote: Vec::new(),
                quoted: false,
                problem: None,
            },
            kind: "text",
        })
    }

    #[test]
    fn q4_nothing_is_left_after_its_time() {
        let (world, cache) = (
            World::system(),
            BodyCache::new(1 << 20, Duration::from_mins(5)),
        );
        let (id, connection) = (world.id(), world.id());
        cache.put(id, connection, opened(10), Duration::ZERO);
        assert!(cache.get(id, Duration::from_secs(299)).is_some());
        assert!(cache.get(id, Duration::from_mins(5)).is_none());
        assert_eq!(cache.with(|i| (i.entries.len(), i.bytes)), (0, 0));
    }

    #[test]
    fn q4_the_bound_holds_under_ten_thousand_opens() {
        let (world, cache) = (
            World::system(),
            BodyCache::new(1 << 20, Duration::from_mins(5)),
        );
        let connection = world.id();
        for i in 0..10_000 {
            cache.put(world.id(), connection, opened(i % 5_000), Duration::ZERO);
            assert!(cache.with(|i| i.bytes) <= 1 << 20);
        }
        cache.put(world.id(), connection, opened(2 << 20), Duration::ZERO);
        assert!(cache.with(|i| i.bytes) <= 1 << 20);
        cache.forget(connection);
        assert_eq!(cache.with(|i| (i.entries.len(), i.bytes)), (0, 0));
    }
}
