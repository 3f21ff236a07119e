//! [`MailPort`] on Gmail.

use std::fmt::Write as _;
use std::sync::atomic::Ordering;

use async_trait::async_trait;
use bytes::Bytes;
use tenon_model::Time;
use tenon_model::connection::Alias;
use tenon_model::mail::{Change, Cursor, RemoteLabel};

use super::client::{Json, Mailbox};
use super::header::clean;
use super::operation::Operation;
use super::wire::{self, HistoryItem};
use crate::ports::{
    ByteStream, ChangesPage, Content, Costs, Fetched, ListPage, MailPort, MailboxState, MessageRef,
    Received, Result, Wanted, Watch,
};
use crate::{ProviderError, Reaction};

/// Gmail's largest page.
const PAGE: u32 = 500;

const HISTORY_FIELDS: &str = "nextPageToken,historyId,history(messagesAdded(message(id,threadId)),\
    messagesDeleted(message(id,threadId)),labelsAdded(labelIds,message(id,threadId)),\
    labelsRemoved(labelIds,message(id,threadId)))";

#[async_trait]
impl MailPort for Mailbox {
    async fn state(&self) -> Result<MailboxState> {
        if !self.google.profile_missing.load(Ordering::Relaxed) {
            match self
                .get(Operation::Profile, self.url(&["profile"], &[]))
                .await
            {
                Ok(answer) => return state_of(&answer),
                Err(error) if matches!(error.status, Some(404 | 501)) => {
                    tracing::warn!(
                        "no users.getProfile here; taking the state from the newest message"
                    );
                    self.google.profile_missing.store(true, Ordering::Relaxed);
                }
                Err(error) => return Err(error),
            }
        }
        self.state_without_profile().await
    }

    async fn labels(&self) -> Result<Vec<RemoteLabel>> {
        let url = self.url(&["labels"], &[("fields", "labels(id,name,type,color)")]);
        let answer = self.get(Operation::Labels, url).await?;
        let list: wire::Labels<'_> = answer.read()?;
        let labels = list
            .labels
            .into_iter()
            .filter(|l| !l.id.is_empty())
            .map(|label| RemoteLabel {
                name: clean(if label.name.is_empty() {
                    &label.id
                } else {
                    &label.name
                }),
                system: label.kind.eq_ignore_ascii_case("system"),
                color: (is_color(&label.color.background) && is_color(&label.color.text)).then(
                    || {
                        (
                            label.color.background.into_owned(),
                            label.color.text.into_owned(),
                        )
                    },
                ),
                provider_id: label.id.into_owned(),
            });
        Ok(labels.collect())
    }

    async fn aliases(&self) -> Result<Vec<Alias>> {
        let fields = "sendAs(sendAsEmail,displayName,isDefault,isPrimary,signature)";
        let url = self.url(&["settings", "sendAs"], &[("fields", fields)]);
        let answer = self.get(Operation::SendAs, url).await?;
        let list: wire::SendAsList<'_> = answer.read()?;
        let some_default = list.send_as.iter().any(|a| a.is_default.0);
        let aliases = list
            .send_as
            .into_iter()
            .filter(|a| !a.email.is_empty())
            .map(|a| Alias {
                address: clean(&a.email),
                name: clean(&a.name),
                is_default: a.is_default.0 || !some_default && a.is_primary.0,
                signature: a.signature.into_owned(),
            });
        Ok(aliases.collect())
    }

    async fn list(&self, label: Option<&str>, page: Option<&str>, limit: u32) -> Result<ListPage> {
        let mut query = vec![("includeSpamTrash", "true")];
        query.extend(label.map(|l| ("labelIds", l)));
        self.list_messages(query, page, limit).await
    }

    async fn list_since(&self, since: Time, page: Option<&str>, limit: u32) -> Result<ListPage> {
        // `after:` takes seconds of the epoch, and is exclusive.
        let after = format!("after:{}", since.as_secs().saturating_sub(1));
        let query = vec![("includeSpamTrash", "true"), ("q", after.as_str())];
        self.list_messages(query, page, limit).await
    }

    async fn search(&self, query: &str, page: Option<&str>, limit: u32) -> Result<ListPage> {
        self.list_messages(vec![("q", query)], page, limit).await
    }

    async fn with_attachments(
        &self,
        received: Received,
        page: Option<&str>,
        limit: u32,
    ) -> Result<ListPage> {
        let search = attachments_received(received);
        let query = vec![("includeSpamTrash", "true"), ("q", search.as_str())];
        self.list_messages(query, page, limit).await
    }

    async fn changes(&self, cursor: &Cursor, page: Option<&str>) -> Result<ChangesPage> {
        let limit = PAGE.to_string();
        let mut query = vec![
            ("startHistoryId", &*cursor.0),
            ("historyTypes", "messageAdded"),
            ("historyTypes", "messageDeleted"),
            ("historyTypes", "labelAdded"),
            ("historyTypes", "labelRemoved"),
            ("maxResults", &*limit),
            ("fields", HISTORY_FIELDS),
        ];
        query.extend(page.map(|p| ("pageToken", p)));
        let answer = self
            .get(Operation::History, self.url(&["history"], &query))
            .await?;
        let list: wire::HistoryList<'_> = answer.read()?;
        let mut changes = Vec::new();
        for record in list.history {
            changes.extend(record.added.into_iter().filter_map(|item| {
                ids(item).map(|(provider_id, thread_id, _)| Change::Added {
                    provider_id,
                    thread_id,
                })
            }));
            changes.extend(record.labels_added.into_iter().filter_map(|item| {
                ids(item).map(|(provider_id, thread_id, labels)| Change::LabelsAdded {
                    provider_id,
                    thread_id,
                    labels,
                })
            }));
            changes.extend(record.labels_removed.into_iter().filter_map(|item| {
                ids(item).map(|(provider_id, thread_id, labels)| Change::LabelsRemoved {
                    provider_id,
                    thread_id,
                    labels,
                })
            }));
            changes.extend(record.deleted.into_iter().filter_map(|item| {
                ids(item).map(|(provider_id, ..)| Change::Deleted { provider_id })
            }));
        }
        Ok(ChangesPage {
            changes,
            next: some(list.next),
            cursor: later(cursor, &list.history_id),
        })
    }

    async fn fetch(&self, wanted: Vec<Wanted>) -> Result<Vec<Fetched>> {
        self.fetch_all(wanted).await
    }

    fn costs(&self) -> Costs {
        self.google.quota.settings.port_costs()
    }

    async fn content(&self, provider_id: &str) -> Result<Content> {
        self.open_message(provider_id).await
    }

    async fn attachment(&self, provider_id: &str, part: &str) -> Result<ByteStream> {
        self.open_attachment(provider_id, part).await
    }

    async fn headers(&self, provider_id: &str) -> Result<Bytes> {
        self.all_headers(provider_id).await
    }

    async fn original(&self, provider_id: &str) -> Result<ByteStream> {
        self.open_original(provider_id).await
    }

    async fn watch(&self, topic: &str) -> Result<Watch> {
        // Without label filters: archiving and deleting are changes too.
        let body = serde_json::json!({ "topicName": topic });
        let url = self.url(&["watch"], &[("fields", "historyId,expiration")]);
        let answer = self.post(Operation::Watch, url, &body).await?;
        let watch: wire::Watch<'_> = answer.read()?;
        let (Some(millis), false) = (watch.expiration.0, watch.history_id.is_empty()) else {
            return Err(ProviderError::passing(
                Operation::Watch.name(),
                "answer_cut",
            ));
        };
        Ok(Watch {
            expires_at: Time(millis.saturating_mul(1_000)),
            cursor: Cursor(watch.history_id.into_owned()),
        })
    }

    async fn stop_watch(&self) -> Result<()> {
        let url = self.url(&["stop"], &[]);
        self.post_nothing(Operation::StopWatch, url).await
    }
}

/// Gmail's search for messages with attachments. Its bounds are seconds, and which of them are
/// included is not promised: one more on each side.
fn attachments_received(received: Received) -> String {
    let mut search = String::from("has:attachment");
    // Writing to a String does not fail.
    if let Some(after) = received.after {
        let _ = write!(search, " after:{}", after.as_secs() - 1);
    }
    if let Some(before) = received.before {
        let _ = write!(search, " before:{}", before.as_secs() + 2);
    }
    search
}

impl Mailbox {
    /// One page of the messages that a query lets through.
    async fn list_messages(
        &self,
        mut query: Vec<(&str, &str)>,
        page: Option<&str>,
        limit: u32,
    ) -> Result<ListPage> {
        let limit = limit.clamp(1, PAGE).to_string();
        query.extend([
            ("maxResults", &*limit),
            ("fields", "messages(id,threadId),nextPageToken"),
        ]);
        query.extend(page.map(|p| ("pageToken", p)));
        let answer = self
            .get(Operation::Messages, self.url(&["messages"], &query))
            .await?;
        let list: wire::MessageList<'_> = answer.read()?;
        let refs = list
            .messages
            .into_iter()
            .filter(|m| !m.id.is_empty())
            .map(|m| MessageRef {
                thread_id: if m.thread_id.is_empty() {
                    m.id.to_string()
                } else {
                    m.thread_id.into_owned()
                },
                provider_id: m.id.into_owned(),
            });
        Ok(ListPage {
            refs: refs.collect(),
            next: some(list.next),
        })
    }

    /// For independent emulators that have no `users.getProfile`: the newest message's history id.
    /// With the real Gmail that would be a trap (fault G2): a quiet mailbox's newest message may
    /// carry an id that has expired already.
    async fn state_without_profile(&self) -> Result<MailboxState> {
        let query = [("maxResults", "1"), ("includeSpamTrash", "true")];
        let answer = self
            .get(Operation::Messages, self.url(&["messages"], &query))
            .await?;
        let newest: wire::MessageList<'_> = answer.read()?;
        let mut history_id = "1".to_owned();
        if let Some(message) = newest.messages.first() {
            let url = self.url(&["messages", &message.id], &[("format", "minimal")]);
            let answer = self.get(Operation::Message, url).await?;
            let message: wire::Message<'_> = answer.read()?;
            if !message.history_id.is_empty() {
                history_id = message.history_id.into_owned();
            }
        }
        let aliases = self.aliases().await.unwrap_or_default();
        let address = aliases
            .into_iter()
            .find(|a| a.is_default)
            .map(|a| a.address);
        Ok(MailboxState {
            address: address.unwrap_or_default(),
            messages_total: u64::try_from(newest.estimate.0.unwrap_or(0)).unwrap_or(0),
            cursor: Cursor(history_id),
        })
    }
}

fn state_of(answer: &Json) -> Result<MailboxState> {
    let profile: wire::Profile<'_> = answer.read()?;
    if profile.history_id.is_empty() {
        return Err(ProviderError::new(
            Operation::Profile.name(),
            "history_id_missing",
            Reaction::Stop,
        ));
    }
    Ok(MailboxState {
        address: clean(&profile.email_address),
        messages_total: u64::try_from(profile.messages_total.0.unwrap_or(0)).unwrap_or(0),
        cursor: Cursor(profile.history_id.into_owned()),
    })
}

fn ids(item: HistoryItem<'_>) -> Option<(String, String, Vec<String>)> {
    let id = some(item.message.id)?;
    let thread = some(item.message.thread_id).unwrap_or_else(|| id.clone());
    Some((
        id,
        thread,
        item.label_ids
            .into_iter()
            .map(wire::Text::into_owned)
            .collect(),
    ))
}

/// A cursor only moves forward (`provider-faults` section 1, rule 4).
fn later(before: &Cursor, answered: &str) -> Cursor {
    let number = |text: &str| text.parse::<u128>().ok();
    match (number(&before.0), number(answered)) {
        (Some(before_id), Some(now)) if now < before_id => before.clone(),
        _ if answered.is_empty() => before.clone(),
        _ => Cursor(answered.to_owned()),
    }
}

fn some(text: wire::Text<'_>) -> Option<String> {
    Some(text.into_owned()).filter(|t| !t.is_empty())
}

fn is_color(text: &str) -> bool {
    text.strip_prefix('#')
        .is_some_and(|hex| hex.len() == 6 && hex.bytes().all(|b| b.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachments_are_searched_within_a_span() {
        use tenon_model::Time;
        assert_eq!(attachments_received(Received::default()), "has:attachment");
        let span = Received {
            after: Some(Time::from_secs(100)),
            before: Some(Time::from_secs(200)),
        };
        let search = attachments_received(span);
        assert_eq!(search, "has:attachment after:99 before:202");
    }

    #[test]
    fn a_cursor_never_goes_back() {
        let before = Cursor("18446744073709551616".into());
        assert_eq!(later(&before, "5"), before);
        assert_eq!(later(&before, ""), before);
        assert_eq!(
            later(&before, "18446744073709551617").0,
            "18446744073709551617"
        );
        assert_eq!(later(&before, "opaque").0, "opaque");
    }
}
