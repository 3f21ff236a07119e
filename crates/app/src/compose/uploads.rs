//! Files that were uploaded for a draft: in memory only, bounded in bytes and time, one's own.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tenon_model::{MemberId, UploadId};

use super::MESSAGE_BYTES;
use super::mime::{File, media_type};
use crate::mail::file_name;
use crate::{Actor, Ctx, Error, Result};

/// How long a file waits for its draft, counted from its last use.
const KEPT: Duration = Duration::from_hours(1);
const SOON: Duration = Duration::from_mins(1);

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
}

/// The files of all members.
pub(crate) struct Uploads {
    limit: usize,
    inner: Mutex<Inner>,
}

impl Uploads {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit,
            inner: Mutex::default(),
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

    /// Makes room for bytes on their way in: files that are saved go first.
    fn reserve(&self, bytes: usize) -> Result<()> {
        self.with(|inner| {
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
            Ok(())
        })
    }

    fn release(&self, bytes: usize) {
        self.with(|inner| inner.bytes = inner.bytes.saturating_sub(bytes));
    }

    /// Keeps a file whose bytes are reserved already.
    fn keep(&self, member: MemberId, file: File, saved: bool, now: Duration) {
        self.with(|inner| {
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
        if self.reserve(file.bytes.len()).is_ok() {
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
    input: UploadInput,
    bytes: BytesMut,
}

impl Drop for UploadWriter {
    fn drop(&mut self) {
        self.uploads.release(self.bytes.len());
    }
}

impl UploadWriter {
    /// Begins; refuses at once what says that it is too large.
    pub fn begin(ctx: &Ctx, input: UploadInput) -> Result<Self> {
        if input.size.is_some_and(|s| s > MESSAGE_BYTES) {
            return Err(Error::TooLarge);
        }
        ctx.uploads.sweep(ctx.world.monotonic());
        Ok(Self {
            uploads: ctx.uploads.clone(),
            input,
            bytes: BytesMut::new(),
        })
    }

    /// Adds bytes.
    pub fn push(&mut self, bytes: &[u8]) -> Result<()> {
        if (self.bytes.len() + bytes.len()) as u64 > MESSAGE_BYTES {
            return Err(Error::TooLarge);
        }
        self.uploads.reserve(bytes.len())?;
        self.bytes.extend_from_slice(bytes);
        Ok(())
    }

    /// The file is whole.
    pub fn finish(mut self, ctx: &Ctx, actor: &Actor) -> UploadView {
        let file = File {
            id: ctx.world.id(),
            name: file_name(&self.input.name, "attachment"),
            content_type: media_type(&self.input.content_type).to_owned(),
            inline: self.input.inline,
            bytes: std::mem::take(&mut self.bytes).freeze(),
        };
        let view = view(&file);
        self.uploads
            .keep(actor.member, file, false, ctx.world.monotonic());
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
        let uploads = Uploads::new(100);
        let (a, b) = (file(&world, 60), file(&world, 40));
        for f in [&a, &b] {
            uploads.reserve(f.bytes.len()).unwrap();
            uploads.keep(member, f.clone(), false, Duration::ZERO);
        }
        assert!(matches!(uploads.reserve(1), Err(Error::UploadsFull(_))));
        uploads.saved([a.id].into_iter());
        uploads.reserve(30).unwrap();
        assert!(uploads.get(member, a.id, Duration::ZERO).is_none());
        assert!(uploads.get(member, b.id, Duration::ZERO).is_some());
        assert!(
            uploads.get(world.id(), b.id, Duration::ZERO).is_none(),
            "another's"
        );
        uploads.release(30);
        assert!(uploads.get(member, b.id, KEPT).is_none(), "an hour later");
        assert_eq!(uploads.with(|i| i.bytes), 0);
    }
}
