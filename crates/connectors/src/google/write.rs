//! [`MailWritePort`] on Gmail.

use std::time::Duration;

use async_trait::async_trait;
use bytes::{BufMut as _, Bytes, BytesMut};
use reqwest::Method;
use serde_json::{Value, json};
use tenon_model::Time;
use tenon_model::mail::RemoteLabel;
use url::Url;

use super::client::{Mailbox, Request, unusable};
use super::header::base64;
use super::operation::Operation;
use super::{map, wire};
use crate::ports::{
    DraftRef, MODIFY_MOST, MailWritePort, RawDraft, Result, SentRef, WriteError, WriteResult,
};
use crate::transport::Answer;
use crate::{ProviderError, Reaction};

const JSON: &str = "application/json; charset=UTF-8";
/// Sent messages that are looked at for our header.
const LOOK_AT: usize = 50;

const DRAFT: &str = "id,message(id,threadId)";
const LABEL: &str = "id,name,type,color";
const SENT: &str = "id,threadId";

#[async_trait]
impl MailWritePort for Mailbox {
    async fn modify(&self, ids: &[String], add: &[String], remove: &[String]) -> WriteResult<()> {
        let change = json!({ "addLabelIds": add, "removeLabelIds": remove });
        if let [id] = ids {
            let op = Operation::Modify;
            let id = map::id(op, id).map_err(WriteError::Refused)?;
            let url = self.url(&["messages", id, "modify"], &[("fields", "id")]);
            return self.post_once(op, url, &change).await.map(drop);
        }
        debug_assert!(ids.len() <= MODIFY_MOST);
        let mut body = change;
        body["ids"] = json!(ids);
        let url = self.url(&["messages", "batchModify"], &[]);
        self.post_once(Operation::BatchModify, url, &body)
            .await
            .map(drop)
    }

    async fn delete_forever(&self, ids: &[String]) -> WriteResult<()> {
        debug_assert!(ids.len() <= MODIFY_MOST);
        let url = self.url(&["messages", "batchDelete"], &[]);
        self.post_once(Operation::BatchDelete, url, &json!({ "ids": ids }))
            .await
            .map(drop)
    }

    async fn create_label(
        &self,
        name: &str,
        color: Option<(&str, &str)>,
    ) -> WriteResult<RemoteLabel> {
        let mut body = json!({
            "name": name,
            "labelListVisibility": "labelShow",
            "messageListVisibility": "show",
        });
        if let Some(color) = color {
            body["color"] = paint(color);
        }
        let url = self.url(&["labels"], &[("fields", LABEL)]);
        let answer = self.post_once(Operation::LabelCreate, url, &body).await?;
        let label: wire::Label<'_> = read(Operation::LabelCreate, &answer)?;
        Ok(RemoteLabel {
            provider_id: label.id.to_string(),
            name: label.name.to_string(),
            system: false,
            color: color.map(|(b, t)| (b.to_owned(), t.to_owned())),
        })
    }

    async fn update_label(
        &self,
        id: &str,
        name: Option<&str>,
        color: Option<Option<(&str, &str)>>,
    ) -> WriteResult<()> {
        let op = Operation::LabelUpdate;
        let id = map::id(op, id).map_err(WriteError::Refused)?;
        let mut body = json!({});
        if let Some(name) = name {
            body["name"] = json!(name);
        }
        match color {
            Some(Some(color)) => body["color"] = paint(color),
            // PATCH cannot take a field away; the whole label is written without one.
            Some(None) => return self.uncolor(id, name).await,
            None => {}
        }
        let url = self.url(&["labels", id], &[("fields", "id")]);
        self.send(op, Method::PATCH, url, Some(&body))
            .await
            .map(drop)
    }

    async fn delete_label(&self, id: &str) -> WriteResult<()> {
        let op = Operation::LabelDelete;
        let id = map::id(op, id).map_err(WriteError::Refused)?;
        let url = self.url(&["labels", id], &[]);
        self.send(op, Method::DELETE, url, None).await.map(drop)
    }

    async fn create_draft(&self, message: Bytes, thread: Option<&str>) -> WriteResult<DraftRef> {
        let op = Operation::DraftCreate;
        let answer = self
            .upload(op, Method::POST, &["drafts"], thread, &message)
            .await?;
        draft_of(op, &answer)
    }

    async fn update_draft(
        &self,
        id: &str,
        message: Bytes,
        thread: Option<&str>,
    ) -> WriteResult<DraftRef> {
        let op = Operation::DraftUpdate;
        let id = map::id(op, id).map_err(WriteError::Refused)?;
        let answer = self
            .upload(op, Method::PUT, &["drafts", id], thread, &message)
            .await?;
        draft_of(op, &answer)
    }

    async fn delete_draft(&self, id: &str) -> WriteResult<()> {
        let op = Operation::DraftDelete;
        let id = map::id(op, id).map_err(WriteError::Refused)?;
        let url = self.url(&["drafts", id], &[]);
        self.send(op, Method::DELETE, url, None).await.map(drop)
    }

    async fn send_draft(&self, id: &str) -> WriteResult<SentRef> {
        let op = Operation::DraftSend;
        let id = map::id(op, id).map_err(WriteError::Refused)?;
        let url = self.url(&["drafts", "send"], &[("fields", SENT)]);
        let answer = self.post_once(op, url, &json!({ "id": id })).await?;
        let sent: wire::MessageId<'_> = read(op, &answer)?;
        if sent.id.is_empty() {
            return Err(WriteError::Unknown(unusable(
                op,
                &answer.head,
                "answer_cut",
            )));
        }
        Ok(SentRef {
            message_id: sent.id.to_string(),
            thread_id: sent.thread_id.to_string(),
        })
    }

    async fn draft(&self, id: &str) -> Result<DraftRef> {
        let op = Operation::Draft;
        let id = map::id(op, id)?;
        let query = [("format", "minimal"), ("fields", DRAFT)];
        let answer = self.get(op, self.url(&["drafts", id], &query)).await?;
        Ok(whereabouts(&answer.read()?))
    }

    async fn raw_draft(&self, id: &str) -> Result<RawDraft> {
        let op = Operation::Draft;
        let id = map::id(op, id)?;
        let query = [("format", "raw"), ("fields", "id,message(id,threadId,raw)")];
        let answer = self.get(op, self.url(&["drafts", id], &query)).await?;
        let draft: wire::Draft<'_> = answer.read()?;
        Ok(RawDraft {
            at: whereabouts(&draft),
            bytes: base64(draft.message.raw.as_bytes()).into(),
        })
    }

    async fn drafts(&self, limit: u32) -> Result<Vec<DraftRef>> {
        let limit = limit.clamp(1, 500).to_string();
        let query = [
            ("maxResults", &*limit),
            ("fields", "drafts(id,message(id,threadId))"),
        ];
        let answer = self
            .get(Operation::Drafts, self.url(&["drafts"], &query))
            .await?;
        let list: wire::Drafts<'_> = answer.read()?;
        Ok(list.drafts.iter().map(whereabouts).collect())
    }

    async fn drafts_with_header(
        &self,
        name: &str,
        value: &str,
        most: usize,
    ) -> Result<Vec<DraftRef>> {
        let mut bearing = Vec::new();
        for draft in self.drafts(LOOK_AT as u32).await? {
            if bearing.len() == most {
                break;
            }
            match self.header_of(&draft.message_id, name).await {
                Ok((found, _)) if found.as_deref() == Some(value) => bearing.push(draft),
                Err(e) if e.reaction != Reaction::Skip => return Err(e),
                _ => {}
            }
        }
        Ok(bearing)
    }

    async fn sent_with_header(
        &self,
        name: &str,
        value: &str,
        since: Time,
    ) -> Result<Option<SentRef>> {
        let limit = LOOK_AT.to_string();
        let query = [
            ("labelIds", "SENT"),
            ("includeSpamTrash", "true"),
            ("maxResults", &*limit),
            ("fields", "messages(id,threadId)"),
        ];
        let answer = self
            .get(Operation::Messages, self.url(&["messages"], &query))
            .await?;
        let list: wire::MessageList<'_> = answer.read()?;
        let count = list.messages.len();
        for message in list.messages {
            match self.header_of(&message.id, name).await {
                Ok((found, _)) if found.as_deref() == Some(value) => {
                    return Ok(Some(SentRef {
                        message_id: message.id.to_string(),
                        thread_id: message.thread_id.to_string(),
                    }));
                }
                Ok((_, at)) if at < since => return Ok(None),
                Err(e) if e.reaction != Reaction::Skip => return Err(e),
                _ => {}
            }
        }
        if count < LOOK_AT {
            return Ok(None);
        }
        // More was sent meanwhile than is looked at: that the copy was not met proves nothing.
        Err(ProviderError::new(
            Operation::Messages.name(),
            "too_many_sent",
            Reaction::Retry(Duration::from_mins(1)),
        ))
    }
}

impl Mailbox {
    async fn header_of(&self, id: &str, name: &str) -> Result<(Option<String>, Time)> {
        let op = Operation::Message;
        let id = map::id(op, id)?;
        let query = [
            ("format", "metadata"),
            ("metadataHeaders", name),
            ("fields", "id,internalDate,payload(headers)"),
        ];
        let answer = self.get(op, self.url(&["messages", id], &query)).await?;
        let message: wire::Message<'_> = answer.read()?;
        let found = message
            .payload
            .headers
            .iter()
            .find(|h| h.name.eq_ignore_ascii_case(name))
            .map(|h| h.value.trim().to_owned());
        let at = Time::from_millis(message.internal_date.0.unwrap_or(i64::MAX / 1000));
        Ok((found, at))
    }

    /// Without `metadataHeaders` Gmail gives all of them.
    pub(super) async fn all_headers(&self, id: &str) -> Result<Bytes> {
        let op = Operation::Message;
        let id = map::id(op, id)?;
        let query = [("format", "metadata"), ("fields", "id,payload(headers)")];
        let answer = self.get(op, self.url(&["messages", id], &query)).await?;
        let message: wire::Message<'_> = answer.read()?;
        let mut out = String::new();
        for header in &message.payload.headers {
            // Gmail has decoded them: what is no longer a line stays one.
            let line = format!("{}: {}", &*header.name, &*header.value);
            out.extend(line.chars().map(|c| if c.is_control() { ' ' } else { c }));
            out.push_str("\r\n");
        }
        out.push_str("\r\n");
        Ok(out.into())
    }

    async fn uncolor(&self, id: &str, name: Option<&str>) -> WriteResult<()> {
        let query = [(
            "fields",
            "id,name,labelListVisibility,messageListVisibility",
        )];
        let url = self.url(&["labels", id], &query);
        let answer = self
            .get(Operation::Label, url)
            .await
            .map_err(WriteError::Refused)?;
        let known: Value = answer.read_value().map_err(WriteError::Refused)?;
        let mut body = json!({ "id": id, "name": name.or(known["name"].as_str()) });
        for field in ["labelListVisibility", "messageListVisibility"] {
            if let Some(value) = known[field].as_str() {
                body[field] = json!(value);
            }
        }
        let url = self.url(&["labels", id], &[("fields", "id")]);
        self.send(Operation::LabelUpdate, Method::PUT, url, Some(&body))
            .await
            .map(drop)
    }

    async fn post_once(&self, op: Operation, url: Url, body: &Value) -> WriteResult<Answer> {
        self.send(op, Method::POST, url, Some(body)).await
    }

    async fn send(
        &self,
        op: Operation,
        method: Method,
        url: Url,
        body: Option<&Value>,
    ) -> WriteResult<Answer> {
        let request = Request {
            operation: op,
            method,
            url,
            body: body.map(|b| (JSON.to_owned(), Bytes::from(b.to_string()))),
        };
        self.write(&request).await
    }

    /// A message goes as an upload of two parts (`uploadType=multipart`): JSON of more than a few
    /// megabytes is refused, and base64 would make it a third larger.
    async fn upload(
        &self,
        op: Operation,
        method: Method,
        path: &[&str],
        thread: Option<&str>,
        message: &Bytes,
    ) -> WriteResult<Answer> {
        let mut url = self.google.config.endpoints.upload_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments
                .pop_if_empty()
                .extend(["upload", "gmail", "v1", "users", "me"])
                .extend(path);
        }
        url.query_pairs_mut()
            .append_pair("uploadType", "multipart")
            .append_pair("fields", DRAFT);
        let metadata = match thread {
            Some(thread) => json!({ "message": { "threadId": thread } }),
            None => json!({ "message": {} }),
        };
        let boundary = format!("tenon-{}", self.google.world.uuid().simple());
        let mut body = BytesMut::with_capacity(message.len() + 512);
        body.put(
            format!(
                "--{boundary}\r\nContent-Type: {JSON}\r\n\r\n{metadata}\r\n\
                 --{boundary}\r\nContent-Type: message/rfc822\r\n\r\n"
            )
            .as_bytes(),
        );
        body.put(&message[..]);
        body.put(format!("\r\n--{boundary}--\r\n").as_bytes());
        let request = Request {
            operation: op,
            method,
            url,
            body: Some((
                format!("multipart/related; boundary={boundary}"),
                body.freeze(),
            )),
        };
        self.write(&request).await
    }

    /// Asks once, and says of a failure whether it proves that nothing happened.
    async fn write(&self, request: &Request) -> WriteResult<Answer> {
        let operation = request.operation;
        let permit = self.leave(operation).await.map_err(WriteError::Refused)?;
        let (answer, _) = self.call(request, permit.units).await.map_err(|e| {
            if left(&e) {
                WriteError::Unknown(e)
            } else {
                WriteError::Refused(e)
            }
        })?;
        if answer.head.is_success() {
            self.google.quota.answered(&self.account, None);
            // N4: somebody else's page says yes to everything.
            return if answer.body.is_empty() || answer.head.is_json() {
                Ok(answer)
            } else {
                Err(WriteError::Unknown(unusable(
                    operation,
                    &answer.head,
                    "not_json",
                )))
            };
        }
        let error = self.refused(operation, &answer.head, &answer.body);
        if (400..500).contains(&answer.head.status) && answer.head.status != 408 {
            Err(WriteError::Refused(error))
        } else {
            Err(WriteError::Unknown(error))
        }
    }
}

/// Whether a call that failed without a status may have reached the provider.
fn left(error: &ProviderError) -> bool {
    error.status.is_some()
        || matches!(
            error.code.as_str(),
            "timeout" | "connection_lost" | "answer_cut" | "answer_too_large"
        )
}

fn paint((background, text): (&str, &str)) -> Value {
    json!({ "backgroundColor": background, "textColor": text })
}

fn whereabouts(draft: &wire::Draft<'_>) -> DraftRef {
    DraftRef {
        draft_id: draft.id.to_string(),
        message_id: draft.message.id.to_string(),
        thread_id: draft.message.thread_id.to_string(),
    }
}

fn draft_of(op: Operation, answer: &Answer) -> WriteResult<DraftRef> {
    let draft: wire::Draft<'_> = read(op, answer)?;
    if draft.id.is_empty() {
        return Err(WriteError::Unknown(unusable(
            op,
            &answer.head,
            "answer_cut",
        )));
    }
    Ok(whereabouts(&draft))
}

/// An answer of success whose body is none leaves it open whether anything happened (fault N4).
fn read<'a, T: serde::Deserialize<'a>>(op: Operation, answer: &'a Answer) -> WriteResult<T> {
    wire::read(&answer.body)
        .ok_or_else(|| WriteError::Unknown(unusable(op, &answer.head, "answer_cut")))
}
