//! Metadata of many messages: batches as large as Google bears, several in flight, paced by the
//! planner.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures::future::join_all;
use reqwest::Method;
use secrecy::SecretString;

use super::client::{Mailbox, Request, unusable};
use super::operation::Operation;
use super::{batch, map, wire};
use crate::ports::{BadMessage, Fetched, Result, Wanted};
use crate::quota::{Permit, Throttle, lock};
use crate::transport::Head;
use crate::{ProviderError, Reaction};
use tenon_model::mail::RemoteMessage;
use tenon_model::sabotage::{self, Saboteur};

/// How often one item is asked for before its refusal is handed to the caller.
const TRIES: u32 = 4;

/// What a message's metadata is, of all that Gmail could send.
macro_rules! fields {
    () => {
        "id,threadId,labelIds,internalDate,sizeEstimate,payload(mimeType,headers)"
    };
}

/// Everything after the id; the headers are those that [`map::envelope`] reads.
macro_rules! query {
    ($fields:expr) => {
        concat!(
            "?format=metadata&metadataHeaders=From&metadataHeaders=To&metadataHeaders=Cc",
            "&metadataHeaders=Reply-To&metadataHeaders=Subject&metadataHeaders=Date",
            "&metadataHeaders=Message-ID&metadataHeaders=References&metadataHeaders=In-Reply-To",
            "&metadataHeaders=List-Id&metadataHeaders=List-Unsubscribe&metadataHeaders=Precedence&metadataHeaders=Auto-Submitted",
            "&fields=",
            $fields
        )
    };
}

const MESSAGE: &str = query!(fields!());
const THREAD: &str = query!(concat!("id,messages(", fields!(), ")"));

/// An item on its way.
struct Item {
    wanted: Wanted,
    tries: u32,
}

/// What the workers of one fetch share.
struct Work {
    queue: Mutex<VecDeque<Item>>,
    again: Mutex<Vec<(Item, ProviderError)>>,
    done: Mutex<Vec<Fetched>>,
    /// What stops everything: no use in asking on.
    broken: Mutex<Option<ProviderError>>,
    refreshed: AtomicBool,
    /// One worker at a time waits for units.
    turn: tokio::sync::Mutex<()>,
}

impl Work {
    fn settle(
        &self,
        wanted: Wanted,
        result: Result<Vec<std::result::Result<RemoteMessage, BadMessage>>>,
    ) {
        lock(&self.done).push(Fetched { wanted, result });
    }

    /// Gives up on everything that is not done.
    fn give_up(&self, items: Vec<Item>, error: &ProviderError) {
        let rest = std::mem::take(&mut *lock(&self.queue));
        for item in items.into_iter().chain(rest) {
            self.settle(item.wanted, Err(error.clone()));
        }
        lock(&self.broken).get_or_insert_with(|| error.clone());
    }
}

impl Mailbox {
    pub(super) async fn fetch_all(&self, wanted: Vec<Wanted>) -> Result<Vec<Fetched>> {
        let total = wanted.len();
        let mut queue = VecDeque::with_capacity(total);
        let mut done = Vec::with_capacity(total);
        for wanted in wanted {
            let (Wanted::Message(id) | Wanted::Thread(id)) = &wanted;
            match map::id(operation(&wanted), id).map(|_| ()) {
                Ok(()) => queue.push_back(Item { wanted, tries: 0 }),
                Err(error) => done.push(Fetched {
                    wanted,
                    result: Err(error),
                }),
            }
        }
        let work = Work {
            queue: Mutex::new(queue),
            again: Mutex::default(),
            done: Mutex::new(done),
            broken: Mutex::default(),
            refreshed: AtomicBool::new(false),
            turn: tokio::sync::Mutex::default(),
        };
        let workers = self.google.quota.settings.concurrency.clamp(1, 16) as usize;
        for round in 0.. {
            join_all((0..workers.min(total)).map(|_| self.work(&work))).await;
            let again = std::mem::take(&mut *lock(&work.again));
            if again.is_empty() {
                break;
            }
            for (item, error) in again {
                if item.tries >= TRIES || lock(&work.broken).is_some() {
                    work.settle(item.wanted, Err(last_word(error)));
                } else {
                    lock(&work.queue).push_back(item);
                }
            }
            if lock(&work.queue).is_empty() {
                break;
            }
            let most = 500 << round.min(4);
            let pause = Duration::from_millis(most / 2 + self.google.world.below(most / 2));
            crate::wait(&self.google.world, pause).await;
        }
        let done = work.done.into_inner().unwrap_or_default();
        match work.broken.into_inner().unwrap_or_default() {
            Some(error) if done.iter().all(|f| f.result.is_err()) => Err(error),
            _ => Ok(done),
        }
    }

    /// Takes batches from the queue until it is empty.
    async fn work(&self, work: &Work) {
        while let Some((items, permit)) = self.take(work).await {
            if items.len() == 1 || self.google.batch_missing.load(Ordering::Relaxed) {
                for item in items {
                    self.single(work, item, &permit).await;
                }
            } else {
                self.batch(work, items, &permit).await;
            }
        }
    }

    async fn take(&self, work: &Work) -> Option<(Vec<Item>, Permit)> {
        let _turn = work.turn.lock().await;
        let quota = &self.google.quota;
        let most = if self.google.batch_missing.load(Ordering::Relaxed) {
            1
        } else {
            self.account.batch()
        };
        let table = &quota.settings.costs;
        let costs: Vec<u32> = lock(&work.queue)
            .iter()
            .take(most)
            .map(|i| operation(&i.wanted).cost(table))
            .collect();
        if costs.is_empty() {
            return None;
        }
        match quota
            .start(
                &self.account,
                Operation::Batch.name(),
                self.priority,
                &costs,
            )
            .await
        {
            Ok((permit, calls)) => {
                let items = lock(&work.queue).drain(..calls).collect();
                Some((items, permit))
            }
            Err(error) => {
                work.give_up(Vec::new(), &error);
                None
            }
        }
    }

    /// One item by itself.
    async fn single(&self, work: &Work, item: Item, permit: &Permit) {
        let operation = operation(&item.wanted);
        let mut url = self.google.config.endpoints.gmail_url.clone();
        let path = path(&item.wanted);
        let (path, query) = path.split_once('?').unwrap_or((&path, ""));
        url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        url.set_query(Some(query));
        match self.call(&Request::get(operation, url), permit.units).await {
            // N4: a captive proxy's page says nothing about the item.
            Ok((answer, _)) if answer.head.is_success() && !answer.head.is_json() => {
                work.give_up(vec![item], &unusable(operation, &answer.head, "not_json"));
            }
            Ok((answer, token)) => {
                self.sort(work, item, &answer.head, &answer.body, &token)
                    .await;
                self.google.quota.answered(&self.account, None);
            }
            Err(error) if error.reaction == Reaction::Skip => work.settle(item.wanted, Err(error)),
            Err(error) => work.give_up(vec![item], &error),
        }
    }

    async fn batch(&self, work: &Work, items: Vec<Item>, permit: &Permit) {
        let paths: Vec<String> = items.iter().map(|i| path(&i.wanted)).collect();
        let request = Request {
            operation: Operation::Batch,
            method: Method::POST,
            url: self.google.config.endpoints.batch_url.clone(),
            body: Some((
                batch::CONTENT_TYPE.to_owned(),
                batch::write(paths.iter().map(String::as_str)).into(),
            )),
        };
        let (answer, token) = match self.call(&request, permit.units).await {
            Ok(found) => found,
            Err(error) => return work.give_up(items, &error),
        };
        if matches!(answer.head.status, 404 | 405 | 501) {
            // Independent emulators have no batch: from now on call by call.
            tracing::warn!(
                status = answer.head.status,
                "no batch endpoint; calling one by one"
            );
            self.google.batch_missing.store(true, Ordering::Relaxed);
            lock(&work.queue).extend(items);
            return;
        }
        if !answer.head.is_success() {
            let error = self.refused(Operation::Batch, &answer.head, &answer.body);
            return work.give_up(items, &error);
        }
        let Some(parts) = batch::read(&answer.head.content_type, &answer.body) else {
            let error = unusable(Operation::Batch, &answer.head, "not_a_batch");
            return work.give_up(items, &error);
        };
        let size = items.len();
        let in_order = parts.len() == size && parts.iter().all(|p| p.item.is_none());
        let mut left: Vec<Option<Item>> = items.into_iter().map(Some).collect();
        let mut refused = false;
        for (n, part) in parts.into_iter().enumerate() {
            let number = if in_order { Some(n) } else { part.item };
            let Some(item) = number.and_then(|n| left.get_mut(n)).and_then(Option::take) else {
                continue;
            };
            refused |= part.status == 429 || part.status == 403;
            let head = Head {
                status: part.status,
                content_type: part.content_type.to_owned(),
                retry_after: part.retry_after,
                provider_time: answer.head.provider_time,
            };
            self.sort(work, item, &head, part.body, &token).await;
        }
        self.google
            .quota
            .answered(&self.account, (!refused).then_some(size));
        let missing = unusable(Operation::Batch, &answer.head, "answer_cut");
        let missing = left
            .into_iter()
            .flatten()
            .map(|item| again(item, missing.clone()));
        lock(&work.again).extend(missing);
    }

    /// What became of one item: done, once more, or given up.
    async fn sort(&self, work: &Work, item: Item, head: &Head, body: &[u8], token: &SecretString) {
        let operation = operation(&item.wanted);
        if head.is_success() {
            match read(&item.wanted, body, self.google.world.now()) {
                Some(messages) => work.settle(item.wanted, Ok(messages)),
                None if head.is_json() && wire::is_complete(body) => {
                    let (Wanted::Message(id) | Wanted::Thread(id)) = &item.wanted;
                    let bad = BadMessage {
                        provider_id: id.clone(),
                        reason: "unreadable",
                    };
                    work.settle(item.wanted, Ok(vec![Err(bad)]));
                }
                // N4: what was cut on the way says nothing about the item.
                None => {
                    let error = unusable(operation, head, "answer_cut");
                    lock(&work.again).push(again(item, error));
                }
            }
            return;
        }
        if head.status == 401 && !work.refreshed.swap(true, Ordering::Relaxed) {
            // Parts may be refused although the batch was not; a fresh token is stored by this.
            if let Err(error) = self.tokens.access_token(Some(token)).await {
                return work.give_up(vec![item], &error);
            }
        }
        let error = self.refused(operation, head, body);
        match error.code.as_str() {
            _ if head.status == 401 => lock(&work.again).push(again(item, error)),
            "rateLimitExceeded" if error.reaction == Reaction::Slow(Throttle::BREATHE) => {
                lock(&work.again).push(again(item, error));
            }
            "failedPrecondition" => lock(&work.again).push(again(item, error)),
            _ => work.settle(item.wanted, Err(error)),
        }
    }
}

fn again(mut item: Item, error: ProviderError) -> (Item, ProviderError) {
    item.tries += 1;
    (item, error)
}

/// G17: what stays refused without reason is left out.
fn last_word(mut error: ProviderError) -> ProviderError {
    if error.code == "failedPrecondition" {
        error.reaction = Reaction::Skip;
    }
    error
}

const fn operation(wanted: &Wanted) -> Operation {
    match wanted {
        Wanted::Message(_) => Operation::Message,
        Wanted::Thread(_) => Operation::Thread,
    }
}

/// The path below Gmail's root, as batches need it.
fn path(wanted: &Wanted) -> String {
    let (kind, id, query) = match wanted {
        Wanted::Message(id) if sabotage::on(Saboteur::BodiesPrefetched) => {
            ("messages", id, "?format=full")
        }
        Wanted::Message(id) => ("messages", id, MESSAGE),
        Wanted::Thread(id) => ("threads", id, THREAD),
    };
    let mut path = String::with_capacity(64 + id.len() + query.len());
    path.push_str("/gmail/v1/users/me/");
    path.push_str(kind);
    path.push('/');
    // Ids are opaque: whatever is not plain is escaped, so that none reaches another path.
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_' {
            path.push(char::from(byte));
        } else {
            path.push('%');
            path.extend(
                [byte >> 4, byte & 15].map(|d| char::from_digit(d.into(), 16).unwrap_or('0')),
            );
        }
    }
    path.push_str(query);
    path
}

type Messages = Vec<std::result::Result<RemoteMessage, BadMessage>>;

/// Reads an item's answer; `None` when it is not JSON of that kind at all.
fn read(wanted: &Wanted, body: &[u8], now: tenon_model::Time) -> Option<Messages> {
    let named = |id: &str, bad: BadMessage| BadMessage {
        provider_id: id.to_owned(),
        ..bad
    };
    match wanted {
        Wanted::Message(id) => {
            let message = map::message(wire::read(body)?, now).map_err(|bad| named(id, bad));
            Some(vec![message])
        }
        Wanted::Thread(_) => {
            if let Some(thread) = wire::read::<wire::Thread<'_>>(body) {
                return Some(
                    thread
                        .messages
                        .into_iter()
                        .map(|m| map::message(m, now))
                        .collect(),
                );
            }
            let thread = wire::read::<wire::RawThread<'_>>(body)?;
            let each = thread.messages.into_iter().map(|raw| {
                let json = raw.0.get().as_bytes();
                let Some(message) = wire::read(json) else {
                    let id = wire::read::<wire::MessageId<'_>>(json).map(|m| m.id.into_owned());
                    return Err(BadMessage {
                        provider_id: id.unwrap_or_default(),
                        reason: "unreadable",
                    });
                };
                map::message(message, now)
            });
            Some(each.collect())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_header_that_is_asked_for_is_kept() {
        let asked: Vec<_> = MESSAGE
            .split('&')
            .filter_map(|p| p.strip_prefix("metadataHeaders="))
            .collect();
        assert_eq!(asked.len(), 13);
        for name in asked {
            let value = match name {
                "Date" => "Tue, 14 Nov 2023 22:13:20 +0000",
                "Precedence" => "bulk",
                _ => "<a@b.c>",
            };
            let message = serde_json::json!({"id": "1", "payload": {"headers": [{"name": name, "value": value}]}});
            let message = message.to_string();
            let found = read(
                &Wanted::Message("1".into()),
                message.as_bytes(),
                tenon_model::Time(0),
            )
            .unwrap();
            let envelope = found.into_iter().next().unwrap().unwrap().envelope;
            assert_ne!(envelope, tenon_model::mail::Envelope::default(), "{name}");
        }
    }

    #[test]
    fn an_id_never_leaves_its_place_in_the_path() {
        let path = path(&Wanted::Message("../../x?y#z\r\n".into()));
        assert!(
            path.starts_with(
                "/gmail/v1/users/me/messages/%2e%2e%2f%2e%2e%2fx%3fy%23z%0d%0a?format="
            )
        );
    }

    #[test]
    fn one_bad_message_does_not_spoil_its_thread() {
        let body = br#"{"id":"t","messages":[{"id":"1"},{"id":"2","payload":7},{"id":"3"}]}"#;
        let found = read(&Wanted::Thread("t".into()), body, tenon_model::Time(0)).unwrap();
        assert_eq!(found.iter().filter(|m| m.is_ok()).count(), 2);
        assert_eq!(
            found[1],
            Err(BadMessage {
                provider_id: "2".into(),
                reason: "unreadable"
            })
        );
    }
}
