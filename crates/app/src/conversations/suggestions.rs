//! People whom a member may want as contacts (decision 0065): those with whom mail was exchanged lately and
//! who are in no contact and no lead. Found by blind index; names and addresses are opened for the page that is shown.

use std::collections::{HashMap, HashSet};
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use tenon_model::mail::normalize_address;
use tenon_model::{ConnectionId, ThreadId, Time};
use tenon_store::{Somebody, Tx};
use tenon_vault::BlindIndex;

use crate::mail::reading::shown_to_others;
use crate::mail::{Page, Reader};
use crate::records::{Known, RecordRef, known};
use crate::{Actor, Ctx, Error, Result, page};

/// How far back it is looked.
const BACK: Duration = Duration::from_hours(24 * 90);
/// Conversations of a mailbox that are looked at.
const THREADS: u32 = 2_000;
/// People that are opened for one page at most.
const OPENED: usize = 400;
/// Conversations with one person that are counted, and their messages.
const COUNTED: (u32, u32) = (20, 200);
/// Addresses of one request.
const MOST: usize = 200;

/// Somebody who is in no contact.
#[derive(Clone)]
pub struct Suggestion {
    /// Address, as written.
    pub address: String,
    /// Name, may be empty.
    pub name: String,
    /// Messages that came from them.
    pub received: u64,
    /// Messages that went to them.
    pub sent: u64,
    /// The newest conversation's newest message.
    pub last_at: Time,
    /// The company with their domain.
    pub company: Option<RecordRef>,
    /// The newest conversation.
    pub thread: ThreadId,
}

/// What is opened of somebody.
struct Person {
    address: String,
    name: String,
    received: u64,
    sent: u64,
}

/// Mailboxes of the member.
struct Mailboxes {
    readers: HashMap<ConnectionId, Reader>,
    /// All addresses of the member.
    own: HashSet<String>,
    /// When somebody was last heard of in each mailbox.
    last: HashMap<(ConnectionId, BlindIndex), Time>,
}

impl Mailboxes {
    /// Whether this is the newest that was heard of an address, in all mailboxes: it is offered once.
    fn is_newest(&self, at: &Somebody, address: &str) -> bool {
        let place = (at.last_at, at.connection);
        self.readers.iter().all(|(id, reader)| {
            let index = reader.key().blind_index("address", address);
            let there = self.last.get(&(*id, index));
            there.is_none_or(|last| (*last, *id) <= place)
        })
    }
}

fn mark(index: &BlindIndex) -> String {
    index.iter().fold(String::new(), |mut out, byte| {
        let _ = write!(out, "{byte:02x}"); // a String takes everything
        out
    })
}

/// A page of people, those heard of last first.
pub async fn suggestions(
    ctx: &Ctx,
    actor: &Actor,
    limit: u32,
    after: Option<&str>,
) -> Result<Page<Suggestion>> {
    let limit = limit.clamp(1, 100) as usize;
    let after = after.map(page::decode::<String>).transpose()?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let (mailboxes, everybody) = everybody(ctx, &mut tx).await?;
    let members: HashSet<String> = tx
        .members()
        .list()
        .await?
        .iter()
        .map(|m| normalize_address(&m.email))
        .collect();
    let mut rest = everybody
        .into_iter()
        .filter(|(place, _)| after.as_ref().is_none_or(|after| place < after))
        .peekable();
    let (mut items, mut opened, mut next) = (Vec::new(), 0, None);
    while items.len() < limit && opened < OPENED {
        let Some(((at, mark), somebody)) = rest.next() else {
            break;
        };
        opened += 1;
        items.extend(offered(&mut tx, &mailboxes, &members, &somebody).await?);
        // From the last that was looked at, whether it is offered or not.
        next = rest.peek().map(|_| page::encode(at, mark));
    }
    Ok(Page { items, next })
}

type Place = (Time, String);

/// Everybody in the member's mailboxes, those heard of last first.
async fn everybody(ctx: &Ctx, tx: &mut Tx) -> Result<(Mailboxes, Vec<(Place, Somebody)>)> {
    let since = ctx.world.now() - BACK;
    let mut out = Mailboxes {
        readers: HashMap::new(),
        own: HashSet::new(),
        last: HashMap::new(),
    };
    let mut all = Vec::new();
    for row in tx.connections().list().await? {
        let reader = Reader::open(ctx, tx, row.id).await?;
        out.own.extend(reader.own().iter().cloned());
        out.readers.insert(row.id, reader);
        for found in tx.mail_people().since(row.id, since, THREADS).await? {
            out.last
                .insert((found.connection, found.index), found.last_at);
            all.push(((found.last_at, mark(&found.index)), found));
        }
    }
    all.sort_unstable_by(|a, b| b.0.cmp(&a.0));
    Ok((out, all))
}

/// Somebody, if they are to be offered.
async fn offered(
    tx: &mut Tx,
    mailboxes: &Mailboxes,
    members: &HashSet<String>,
    at: &Somebody,
) -> Result<Option<Suggestion>> {
    let Some(reader) = mailboxes.readers.get(&at.connection) else {
        return Ok(None);
    };
    let Some((key, person)) = person(tx, reader, at).await? else {
        return Ok(None);
    };
    let machine = is_machine(&key) || person.received + person.sent == 0;
    let ours = mailboxes.own.contains(&key) || members.contains(&key);
    if machine || ours || !mailboxes.is_newest(at, &key) {
        return Ok(None);
    }
    let mut found = known(tx, std::slice::from_ref(&key)).await?;
    let Known {
        contact,
        company,
        lead,
        ..
    } = found.remove(&key).unwrap_or_default();
    if contact.is_some() || lead.is_some() {
        return Ok(None);
    }
    Ok(Some(Suggestion {
        address: person.address,
        name: person.name,
        received: person.received,
        sent: person.sent,
        last_at: at.last_at,
        company,
        thread: at.thread,
    }))
}

/// Opens what was exchanged with somebody lately. What machines wrote does not count.
async fn person(tx: &mut Tx, reader: &Reader, at: &Somebody) -> Result<Option<(String, Person)>> {
    let (threads, limit) = COUNTED;
    let messages = tx
        .mail_people()
        .messages_with(at.connection, at.index, threads, limit)
        .await?;
    let mut found: Option<(String, Person)> = None;
    for message in messages.iter().filter(|m| shown_to_others(m)) {
        let e = reader.envelope(message)?;
        let from_me = e
            .from
            .iter()
            .any(|a| reader.own().contains(&normalize_address(&a.address)));
        let places = [(&e.from, true), (&e.to, false), (&e.cc, false)];
        for (list, is_sender) in places {
            for a in list {
                let key = normalize_address(&a.address);
                if reader.key().blind_index("address", &key) != at.index {
                    continue;
                }
                let (_, person) = found.get_or_insert_with(|| {
                    let person = Person {
                        address: a.address.clone(),
                        name: String::new(),
                        received: 0,
                        sent: 0,
                    };
                    (key, person)
                });
                if person.name.is_empty() {
                    person.name.clone_from(&a.name);
                }
                if is_sender && !message.automatic {
                    person.received += 1;
                } else if !is_sender && from_me {
                    person.sent += 1;
                }
            }
        }
    }
    Ok(found)
}

/// Whether an address says by itself that nobody reads what comes to it.
fn is_machine(address: &str) -> bool {
    let Some((local, _)) = address.split_once('@') else {
        return true;
    };
    let plain: String = local.chars().filter(|c| c.is_alphanumeric()).collect();
    [
        "noreply",
        "donotreply",
        "nepasrepondre",
        "mailerdaemon",
        "unsubscribe",
    ]
    .iter()
    .any(|word| plain.contains(word))
        || ["bounce", "postmaster", "notification", "newsletter"]
            .iter()
            .any(|word| plain.starts_with(word))
}

/// Does not offer these addresses again, in none of the member's mailboxes. Kept by blind index only.
pub async fn dismiss(ctx: &Ctx, actor: &Actor, addresses: &[String]) -> Result<()> {
    if addresses.is_empty() || addresses.len() > MOST {
        return Err(Error::field("addresses", "must have 1 to 200 entries"));
    }
    if addresses.iter().any(|a| a.len() > 320 || a.contains('\0')) {
        return Err(Error::field("addresses", "must be e-mail addresses"));
    }
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let mut keys: Vec<(ConnectionId, Arc<tenon_vault::DataKey>)> = Vec::new();
    for row in tx.connections().list().await? {
        keys.push((row.id, ctx.keys.get(&mut tx, row.key_id).await?));
    }
    drop(tx);
    let now = ctx.world.now();
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    for (connection, key) in keys {
        let indexes: Vec<BlindIndex> = addresses
            .iter()
            .map(|a| key.blind_index("address", &normalize_address(a)))
            .collect();
        tx.mail_people().dismiss(connection, &indexes, now).await?;
    }
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::is_machine;

    #[test]
    fn machines_are_told_by_their_addresses() {
        for address in [
            "no-reply@a.example",
            "noreply@a.example",
            "do_not.reply@a.example",
            "mailer-daemon@a.example",
            "bounce+x=y@a.example",
            "notifications@a.example",
            "nobody",
        ] {
            assert!(is_machine(address), "{address}");
        }
        for address in ["ann@a.example", "replying@a.example", "notary@a.example"] {
            assert!(!is_machine(address), "{address}");
        }
    }
}
