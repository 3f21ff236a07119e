//! Files that were uploaded for a draft: in memory only, bounded in bytes and time, one's own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tenon_model::{MemberId, UploadId};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::MESSAGE_BYTES;
use super::mime::{File, media_type};
use crate::mail::file_name;
use crate::{Actor, Ctx, Error, Result};

/// How long a file waits for its draft, counted from its last use.
const KEPT: Duration = Duration::from_hours(1);
const SOON: Duration = Duration::from_mins(1);
const BUILDING: usize = 3;

struct Entry {
    member: MemberId,
    file: File,
    used: Duration,
    /// It is in a draft at the provider, so it can be fetched again.
    saved: bool,
}

#[derive(Default)]
struct Inner {
    entries: HashMap<UploadId, Entry>,
    /// Bytes held and on their way in.
    bytes: usize,
    /// Bytes on their way in, by member.
    coming: HashMap<MemberId, usize>,
}

/// The files of all members.
pub(crate) struct Uploads {
    limit: usize,
    inner: Mutex<Inner>,
    /// Messages with files that are put together at the same time: each takes several times the size of
    /// its files.
    building: Semaphore,
}

impl Uploads {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            inner: Mutex::default(),
            building: Semaphore::new(BUILDING),
        }
    }

    fn with<T>(&self, f: impl FnOnce(&mut Inner) -> T) -> T {
        f(&mut self.inner.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// Drops what has waited too long.
    pub(crate) fn sweep(&self, now: Duration) {
        self.with(|inner| {
            inner.drop_where(|e| now.saturating_sub(e.used) >= KEPT);
        });
    }

    /// Waits for room to put a message with files together.
    pub(super) async fn room(&self, files: usize) -> Option<SemaphorePermit<'_>> {
        match files {
            0 => None,
            _ => self.building.acquire().await.ok(), // never closed
        }
    }

    /// Makes room for bytes on their way in: files that are saved go first. One member's files that are
    /// not saved yet take at most half of it.
    fn reserve(&self, member: MemberId, bytes: usize) -> Result<()> {
        self.with(|inner| {
            if inner.unsaved(member) + bytes > self.limit / 2 {
                return Err(Error::UploadsFull(SOON));
            }
            while inner.bytes + bytes > self.limit {
                let oldest = inner
                    .entries
                    .iter()
                    .filter(|(_, e)| e.saved)
                    .min_by_key(|(_, e)| e.used)
                    .map(|(id, _)| *id);
                let Some(id) = oldest else {
                    return Err(Error::UploadsFull(SOON));
                };
                inner.remove(id);
            }
            inner.bytes += bytes;
            *inner.coming.entry(member).or_default() += bytes;
            Ok(())
        })
    }

    fn release(&self, member: MemberId, bytes: usize) {
        self.with(|inner| {
            inner.arrived(member, bytes);
            inner.bytes = inner.bytes.saturating_sub(bytes);
        });
    }

    /// Keeps a file whose bytes are reserved already.
    fn keep(&self, member: MemberId, file: File, saved: bool, now: Duration) {
        self.with(|inner| {
            inner.arrived(member, file.bytes.len());
            let entry = Entry {
                member,
                saved,
                used: now,
                file,
            };
            if let Some(old) = inner.entries.insert(entry.file.id, entry) {
                inner.bytes = inner.bytes.saturating_sub(old.file.bytes.len());
            }
        });
    }

    /// Keeps a file that came from a draft or a message, if there is room; it can be fetched again.
    pub(super) fn remember(&self, member: MemberId, file: &File, now: Duration) {
        if self.reserve(member, file.bytes.len()).is_ok() {
            self.keep(member, file.clone(), true, now);
        }
    }

    pub(super) fn get(&self, member: MemberId, id: UploadId, now: Duration) -> Option<File> {
        self.sweep(now);
        self.with(|inner| {
            let entry = inner.entries.get_mut(&id).filter(|e| e.member == member)?;
            entry.used = now;
            Some(entry.file.clone())
        })
    }

    pub(super) fn saved(&self, ids: impl Iterator<Item = UploadId>) {
        self.with(|inner| {
            for id in ids {
                if let Some(entry) = inner.entries.get_mut(&id) {
                    entry.saved = true;
                }
            }
        });
    }
}

impl Inner {
    /// Bytes of a member that nobody could fetch again.
    fn unsaved(&self, member: MemberId) -> usize {
        let held = self.entries.values();
        let held = held.filter(|e| e.member == member && !e.saved);
        let coming = self.coming.get(&member).copied().unwrap_or_default();
        coming + held.map(|e| e.file.bytes.len()).sum::<usize>()
    }

    /// Bytes are no longer on their way.
    fn arrived(&mut self, member: MemberId, bytes: usize) {
        if let Some(coming) = self.coming.get_mut(&member) {
            *coming = coming.saturating_sub(bytes);
            if *coming == 0 {
                self.coming.remove(&member);
            }
        }
    }

    fn remove(&mut self, id: UploadId) -> Option<Entry> {
        let entry = self.entries.remove(&id)?;
        self.bytes = self.bytes.saturating_sub(entry.file.bytes.len());
        Some(entry)
    }

    fn drop_where(&mut self, old: impl Fn(&Entry) -> bool) {
        let ids: Vec<UploadId> = self
            .entries
            .iter()
            .filter(|(_, e)| old(e))
            .map(|(id, _)| *id)
            .collect();
        for id in ids {
            self.remove(id);
        }
    }
}

/// What is said of a file before its bytes come.
#[derive(Debug, Clone)]
pub struct UploadInput {
    /// File name.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// Whether it is meant to be shown inside the text.
    pub inline: bool,
    /// Bytes, if the browser says.
    pub size: Option<u64>,
}

/// A file.
#[derive(Debug, Clone)]
pub struct UploadView {
    /// Id.
    pub id: UploadId,
    /// File name.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// Whether it is meant to be shown inside the text.
    pub inline: bool,
}

/// A file that is coming in. Dropped before its end, it leaves nothing.
pub struct UploadWriter {
    uploads: Arc<Uploads>,
    member: MemberId,
    input: UploadInput,
    bytes: BytesMut,
}

impl Drop for UploadWriter {
    fn drop(&mut self) {
        self.uploads.release(self.member, self.bytes.len());
    }
}

impl UploadWriter {
    /// Begins; refuses at once what says that it is too large.
    pub fn begin(ctx: &Ctx, actor: &Actor, input: UploadInput) -> Result<Self> {
        if input.size.is_some_and(|s| s > MESSAGE_BYTES) {
            return Err(Error::TooLarge);
        }
        ctx.uploads.sweep(ctx.world.monotonic());
        Ok(Self {
            uploads: ctx.uploads.clone(),
            member: actor.member,
            input,
            bytes: BytesMut::new(),
        })
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Result<()> {
        if (self.bytes.len() + bytes.len()) as u64 > MESSAGE_BYTES {
            return Err(Error::TooLarge);
        }
        self.uploads.reserve(self.member, bytes.len())?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// The file is whole.
    pub fn finish(mut self, ctx: &Ctx) -> UploadView {
        let file = File {
            id: ctx.world.id(),
            name: file_name(&self.input.name, "attachment"),
            content_type: media_type(&self.input.content_type).to_owned(),
            inline: self.input.inline,
            bytes: std::mem::take(&mut self.bytes).freeze(),
        };
        let view = view(&file);
        self.uploads
            .keep(self.member, file, false, ctx.world.monotonic());
        view
    }
}

pub(super) fn view(file: &File) -> UploadView {
    UploadView {
        id: file.id,
        name: file.name.clone(),
        content_type: file.content_type.clone(),
        size: file.bytes.len() as u64,
        inline: file.inline,
    }
}

/// A file that was uploaded, for showing it beside the text.
pub fn upload(ctx: &Ctx, actor: &Actor, id: UploadId) -> Result<(UploadView, Bytes)> {
    let file = ctx
        .uploads
        .get(actor.member, id, ctx.world.monotonic())
        .ok_or(Error::AttachmentGone)?;
    Ok((view(&file), file.bytes))
}

/// Forgets a file.
pub fn drop_upload(ctx: &Ctx, actor: &Actor, id: UploadId) {
    ctx.uploads.with(|inner| {
        if inner
            .entries
            .get(&id)
            .is_some_and(|e| e.member == actor.member)
        {
            inner.remove(id);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_model::World;

    fn file(world: &World, size: usize) -> File {
        File {
            id: world.id(),
            name: "a".into(),
            content_type: "text/plain".into(),
            inline: false,
            bytes: vec![0; size].into(),
        }
    }

    #[test]
    fn what_is_saved_makes_room_and_what_is_not_stays() {
        let (world, _) = World::simulated(1);
        let member: MemberId = world.id();
        let other: MemberId = world.id();
        let uploads = Uploads::new(100);
        let (a, b, c) = (file(&world, 30), file(&world, 20), file(&world, 50));
        for (member, f) in [(member, &a), (member, &b), (other, &c)] {
            uploads.reserve(member, f.bytes.len()).unwrap();
            uploads.keep(member, f.clone(), false, Duration::ZERO);
        }
        let third: MemberId = world.id();
        assert!(matches!(
            uploads.reserve(third, 1),
            Err(Error::UploadsFull(_))
        ));
        uploads.saved([a.id].into_iter());
        uploads.reserve(third, 30).unwrap();
        assert!(uploads.get(member, a.id, Duration::ZERO).is_none());
        assert!(uploads.get(member, b.id, Duration::ZERO).is_some());
        assert!(
            uploads.get(world.id(), b.id, Duration::ZERO).is_none(),
            "another's"
        );
        uploads.release(third, 30);
        assert!(uploads.get(member, b.id, KEPT).is_none(), "an hour later");
        assert_eq!(uploads.with(|i| (i.bytes, i.coming.len())), (0, 0));
    }

    #[test]
    fn one_member_leaves_room_for_the_others() {
        let (world, _) = World::simulated(1);
        let (greedy, other): (MemberId, MemberId) = (world.id(), world.id());
        let uploads = Uploads::new(100);
        uploads.reserve(greedy, 40).unwrap();
        uploads.keep(greedy, file(&world, 40), false, Duration::ZERO);
        uploads.reserve(greedy, 10).unwrap();
        assert!(matches!(
            uploads.reserve(greedy, 1),
            Err(Error::UploadsFull(_))
        ));
        uploads.reserve(other, 50).unwrap();
        uploads.release(greedy, 10);
        uploads.release(other, 50);
        uploads.reserve(greedy, 10).unwrap();
    }
}
