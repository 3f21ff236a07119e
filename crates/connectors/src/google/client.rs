//! One mailbox's calls: leave from the planner, a token, one refresh on 401, and the judgement of
//! what came back.

use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use reqwest::Method;
use secrecy::SecretString;
use serde::Deserialize;
use url::Url;

use super::operation::Operation;
use super::{Google, errors, wire};
use crate::ports::{AccessTokens, Priority, Result};
use crate::quota::{Account, Permit};
use crate::transport::{Answer, Call, Head, Streamed};
use crate::{ProviderError, Reaction};

/// A refused token is given some time before anyone tries again (fault G18).
const AFTER_SECOND_401: Duration = Duration::from_secs(30);

/// A mailbox at Gmail.
pub(crate) struct Mailbox {
    pub(super) google: Arc<Google>,
    pub(super) account: Arc<Account>,
    pub(super) tokens: Arc<dyn AccessTokens>,
    pub(super) priority: Priority,
}

/// What is asked, as often as it has to be asked.
pub(super) struct Request {
    pub(super) operation: Operation,
    pub(super) method: Method,
    pub(super) url: Url,
    pub(super) body: Option<(String, Bytes)>,
}

impl Request {
    pub(super) const fn get(operation: Operation, url: Url) -> Self {
        Self {
            operation,
            method: Method::GET,
            url,
            body: None,
        }
    }
}

/// A body that may be read into `T`, which borrows from it.
pub(super) struct Json {
    operation: Operation,
    head: Head,
    body: Bytes,
}

impl Json {
    /// Whether the answer came whole, whatever it says.
    pub(super) fn is_complete(&self) -> bool {
        wire::is_complete(&self.body)
    }

    /// The whole of it, for passing parts on.
    pub(super) fn read_value(&self) -> Result<serde_json::Value> {
        serde_json::from_slice(&self.body)
            .map_err(|_| unusable(self.operation, &self.head, "answer_cut"))
    }

    pub(super) fn read<'a, T: Deserialize<'a>>(&'a self) -> Result<T> {
        // N4: cut JSON is not an answer.
        wire::read(&self.body).ok_or_else(|| unusable(self.operation, &self.head, "answer_cut"))
    }
}

impl Mailbox {
    /// An address below `/gmail/v1/users/me`.
    pub(super) fn url(&self, path: &[&str], query: &[(&str, &str)]) -> Url {
        let mut url = self.google.config.endpoints.gmail_url.clone();
        if let Ok(mut segments) = url.path_segments_mut() {
            segments
                .pop_if_empty()
                .extend(["gmail", "v1", "users", "me"])
                .extend(path);
        }
        if !query.is_empty() {
            url.query_pairs_mut().extend_pairs(query);
        }
        url
    }

    /// Asks for JSON.
    pub(super) async fn get(&self, operation: Operation, url: Url) -> Result<Json> {
        self.ask(&Request::get(operation, url)).await
    }

    /// Posts JSON, and is answered with JSON.
    pub(super) async fn post(
        &self,
        operation: Operation,
        url: Url,
        body: &serde_json::Value,
    ) -> Result<Json> {
        self.ask(&Request {
            operation,
            method: Method::POST,
            url,
            body: Some(("application/json".to_owned(), body.to_string().into())),
        })
        .await
    }

    /// Posts, and is answered with nothing that matters.
    pub(super) async fn post_nothing(&self, operation: Operation, url: Url) -> Result<()> {
        let permit = self.leave(operation).await?;
        let request = Request {
            operation,
            method: Method::POST,
            url,
            body: Some(("application/json".to_owned(), Bytes::from_static(b"{}"))),
        };
        let (answer, _) = self.call(&request, permit.units).await?;
        if !answer.head.is_success() {
            return Err(self.refused(operation, &answer.head, &answer.body));
        }
        self.google.quota.answered(&self.account, None);
        Ok(())
    }

    async fn ask(&self, request: &Request) -> Result<Json> {
        let operation = request.operation;
        let permit = self.leave(operation).await?;
        let (answer, _) = self.call(request, permit.units).await?;
        if !answer.head.is_success() {
            return Err(self.refused(operation, &answer.head, &answer.body));
        }
        self.google.quota.answered(&self.account, None);
        if !answer.head.is_json() {
            return Err(unusable(operation, &answer.head, "not_json"));
        }
        Ok(Json {
            operation,
            head: answer.head,
            body: answer.body,
        })
    }

    /// Asks for JSON that is read while it comes. The permit is to be kept until the end.
    pub(super) async fn stream(
        &self,
        operation: Operation,
        url: Url,
    ) -> Result<(Streamed, Permit)> {
        const WHOLE: Duration = Duration::from_mins(15);
        // Gmail takes messages of up to 50 MB; base64 and JSON make them larger.
        const MOST: usize = 128 * 1024 * 1024;
        let permit = self.leave(operation).await?;
        let mut stale = None;
        loop {
            let token = self.tokens.access_token(stale.as_ref()).await?;
            let call = Call {
                operation: operation.name(),
                method: Method::GET,
                url: url.clone(),
                bearer: Some(&token),
                body: None,
                deadline: operation.deadline(),
                max_body: MOST,
                units: permit.units,
            };
            let streamed = self.google.transport.open(call, WHOLE).await?;
            if streamed.head.status == 401 && stale.is_none() {
                stale = Some(token);
                continue;
            }
            if !streamed.head.is_success() {
                let answer = streamed.collect(64 * 1024).await?;
                return Err(self.refused(operation, &answer.head, &answer.body));
            }
            if !streamed.head.is_json() {
                return Err(unusable(operation, &streamed.head, "not_json"));
            }
            tracing::debug!(
                operation = operation.name(),
                status = streamed.head.status,
                units = permit.units,
                "streaming from the provider"
            );
            return Ok((streamed, permit));
        }
    }

    pub(super) async fn leave(&self, operation: Operation) -> Result<Permit> {
        let quota = &self.google.quota;
        let cost = operation.cost(&quota.settings.costs);
        let (permit, _) = quota
            .start(&self.account, operation.name(), self.priority, &[cost])
            .await?;
        Ok(permit)
    }

    /// The call, and once more with a fresh token if the first one is refused with 401. Answers
    /// with the token that was used last.
    pub(super) async fn call(
        &self,
        request: &Request,
        units: u32,
    ) -> Result<(Answer, SecretString)> {
        let operation = request.operation;
        let mut stale = None;
        loop {
            let token = self.tokens.access_token(stale.as_ref()).await?;
            let call = Call {
                operation: operation.name(),
                method: request.method.clone(),
                url: request.url.clone(),
                bearer: Some(&token),
                body: request.body.clone(),
                deadline: operation.deadline(),
                max_body: operation.max_body(),
                units,
            };
            let answer = self
                .google
                .transport
                .call(call)
                .await
                .map_err(|e| whole(operation, e))?;
            if answer.head.status == 401 && stale.is_none() {
                stale = Some(token);
                continue;
            }
            return Ok((answer, token));
        }
    }

    /// Judges a refusal and tells the planner.
    pub(super) fn refused(&self, operation: Operation, head: &Head, body: &[u8]) -> ProviderError {
        let google = &self.google;
        let mut verdict = errors::judge(operation, head, body, google.world.now());
        if let Some(throttle) = verdict.throttle {
            verdict.error.reaction =
                google
                    .quota
                    .refused(&self.account, throttle, head.provider_time);
            if verdict.row == "G9" && matches!(verdict.error.reaction, Reaction::Slow(_)) {
                verdict.error.code = String::from("rate_window_moves"); // G10
            }
        }
        if verdict.error.reaction == Reaction::Refresh {
            // G18: it has been refreshed already; that is still no proof of a lost grant.
            verdict.error.reaction = Reaction::Retry(AFTER_SECOND_401);
        }
        tracing::info!(
            operation = operation.name(),
            row = verdict.row,
            status = head.status,
            code = verdict.error.code,
            "the provider refused"
        );
        verdict.error
    }
}

/// An answer of success that is none (fault N4).
pub(super) fn unusable(operation: Operation, head: &Head, code: &'static str) -> ProviderError {
    ProviderError {
        status: Some(head.status),
        provider_time: head.provider_time,
        ..ProviderError::passing(operation.name(), code)
    }
}

/// Too large an answer costs one item, but not a listing.
fn whole(operation: Operation, mut error: ProviderError) -> ProviderError {
    if error.reaction == Reaction::Skip && !operation.is_item() {
        error.reaction = Reaction::Retry(Duration::from_mins(1));
    }
    error
}
