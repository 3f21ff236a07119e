//! Remote images, when a person asks for them: through the server, by an address that is signed for
//! this session and message and ends soon. What is fetched stands in the message; nobody can have the
//! server fetch anything else.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tenon_connectors::images::Image;
use tenon_model::mail::normalize_address;
use tenon_model::{ConnectionId, MessageId, Scope, Time};
use tenon_vault::BlindIndex;

use super::open::{Target, opened, readable, target};
use crate::{Actor, Ctx, Error, Result};

/// How long an address of an image is good.
const GOOD: Duration = Duration::from_mins(30);
/// Bytes of images in memory.
const CACHE: usize = 16 << 20;
/// How long an image stays in memory.
const CACHED: Duration = Duration::from_mins(5);

type Key = (MessageId, usize);

/// Images in memory, for reloads; never written.
#[derive(Default)]
pub(crate) struct ImageCache {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    kept: HashMap<Key, (Image, Duration, ConnectionId)>,
    /// Connections that are gone: what is still under way for them is not kept.
    gone: HashSet<ConnectionId>,
}

impl ImageCache {
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn get(&self, key: Key, now: Duration) -> Option<Image> {
        self.sweep(now);
        self.lock().kept.get(&key).map(|(image, ..)| image.clone())
    }

    fn put(&self, key: Key, image: &Image, connection: ConnectionId, now: Duration) {
        let mut inner = self.lock();
        if inner.gone.contains(&connection) {
            return;
        }
        let held: usize = inner.kept.values().map(|(i, ..)| i.bytes.len()).sum();
        if held + image.bytes.len() > CACHE {
            inner.kept.clear();
        }
        inner.kept.insert(key, (image.clone(), now, connection));
    }

    /// Drops what is too old.
    pub(crate) fn sweep(&self, now: Duration) {
        let mut inner = self.lock();
        inner
            .kept
            .retain(|_, (_, at, _)| now.saturating_sub(*at) < CACHED);
    }

    /// Whether an image of this connection is kept.
    pub(crate) fn holds(&self, connection: ConnectionId) -> bool {
        self.lock().kept.values().any(|(.., of)| *of == connection)
    }

    /// Drops everything of a connection that is gone, and keeps nothing more of it.
    pub(crate) fn forget(&self, connection: ConnectionId) {
        self.lock().gone.insert(connection);
        self.drop_of(connection);
    }

    /// Drops everything of a connection.
    pub(crate) fn drop_of(&self, connection: ConnectionId) {
        self.lock().kept.retain(|_, (.., of)| *of != connection);
    }
}

fn signature(ctx: &Ctx, actor: &Actor, id: MessageId, number: usize, until: Time) -> String {
    let text = format!("{}|{id}|{number}|{}", actor.session, until.as_secs());
    let mac = ctx.keys.deployment().blind_index("image", &text);
    mac.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}"); // a String takes everything
        out
    })
}

/// The addresses of a message's images put in the places that the sanitizer has left for them.
pub(super) fn put_addresses(
    ctx: &Ctx,
    actor: &Actor,
    id: MessageId,
    document: &str,
    place: &str,
) -> String {
    let until = ctx.world.now() + GOOD;
    let mut out = String::with_capacity(document.len() + 1024);
    let mut pieces = document.split(place);
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let digits = piece
            .find(|c: char| !c.is_ascii_digit())
            .unwrap_or(piece.len());
        let (number, rest) = piece.split_at(digits);
        if let Ok(number) = number.parse() {
            let sign = signature(ctx, actor, id, number, until);
            let seconds = until.as_secs();
            let _ = write!(
                out,
                "/api/v1/messages/{id}/images/{number}?e={seconds}&amp;s={sign}"
            );
        }
        out.push_str(rest);
    }
    out
}

/// An image of a message, by its signed address.
pub async fn image(
    ctx: &Ctx,
    actor: &Actor,
    id: MessageId,
    number: usize,
    until: i64,
    sign: &str,
) -> Result<Image> {
    let now = ctx.world.now();
    let until = Time::from_secs(until);
    let wanted = signature(ctx, actor, id, number, until);
    let same =
        aws_lc_rs::constant_time::verify_slices_are_equal(wanted.as_bytes(), sign.as_bytes());
    if same.is_err() || now > until || until > now + GOOD {
        return Err(Error::NotFound("image"));
    }
    let found = readable(ctx, actor, id).await?;
    if let Some(image) = ctx.images.get((id, number), ctx.world.monotonic()) {
        return Ok(image);
    }
    let fetcher = ctx.image_fetcher.as_ref().ok_or(Error::NotFound("image"))?;
    let (_, opened) = opened(ctx, actor, id).await?;
    let address = opened
        .rendered
        .remote
        .get(number)
        .ok_or(Error::NotFound("image"))?;
    // Why it does not come is nobody's business: an answer must not tell what is where.
    let image = fetcher
        .fetch(address)
        .await
        .map_err(|_| Error::NotFound("image"))?;
    found.still_readable(ctx, actor).await?;
    ctx.images
        .put((id, number), &image, found.row.id, ctx.world.monotonic());
    Ok(image)
}

/// The blind index of whoever the message says it is from; `None` when that is nobody.
async fn sender(ctx: &Ctx, target: &Target) -> Result<Option<BlindIndex>> {
    // Bounces come from a name without an address; all of those would be one sender.
    let from = target.view.from.first();
    let Some(from) = from.filter(|from| !from.address.is_empty()) else {
        return Ok(None);
    };
    let mut tx = ctx.store.read(&Scope::job(target.row.workspace_id)).await?;
    let key = ctx.keys.get(&mut tx, target.row.key_id).await?;
    Ok(Some(key.blind_index(
        "shown-sender",
        &normalize_address(&from.address),
    )))
}

/// Whether the images of this message's sender are shown without asking.
pub(super) async fn is_shown(ctx: &Ctx, actor: &Actor, target: &Target) -> Result<bool> {
    let Some(sender) = sender(ctx, target).await? else {
        return Ok(false);
    };
    let mut tx = ctx.store.read(&actor.scope()).await?;
    Ok(tx.shown_senders().has(target.row.id, sender).await?)
}

/// Shows the images of this message's sender from now on, or asks again.
pub async fn show_sender(ctx: &Ctx, actor: &Actor, id: MessageId, shown: bool) -> Result<()> {
    let target = target(ctx, actor, id).await?;
    let sender = sender(ctx, &target)
        .await?
        .ok_or(Error::NotFound("sender"))?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    if shown {
        tx.shown_senders()
            .add(target.row.id, sender, ctx.world.now())
            .await?;
    } else {
        tx.shown_senders().remove(target.row.id, sender).await?;
    }
    tx.commit().await?;
    Ok(())
}
