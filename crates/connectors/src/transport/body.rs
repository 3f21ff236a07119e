//! Bodies, read within bounds of time and size (fault N5).

use std::time::Duration;

use bytes::{Bytes, BytesMut};
use tokio::time::Instant;

use super::{Answer, Head, failure};
use crate::{ProviderError, Reaction};

/// The longest silence within a body.
const SILENCE: Duration = Duration::from_secs(30);

/// An answer whose body is still on its way.
pub(crate) struct Streamed {
    operation: &'static str,
    pub(crate) head: Head,
    response: reqwest::Response,
    until: Instant,
    left: usize,
}

impl Streamed {
    pub(super) fn new(
        operation: &'static str,
        head: Head,
        response: reqwest::Response,
        until: Instant,
        max_body: usize,
    ) -> Self {
        Self {
            operation,
            head,
            response,
            until,
            left: max_body,
        }
    }

    /// The next bytes, `None` after the last.
    pub(crate) async fn chunk(&mut self) -> Result<Option<Bytes>, ProviderError> {
        let until = self.until.min(Instant::now() + SILENCE);
        let chunk = tokio::time::timeout_at(until, self.response.chunk())
            .await
            .map_err(|_| self.error("timeout"))?
            .map_err(|e| failure::of(self.operation, &e))?;
        if let Some(bytes) = &chunk {
            self.left = self
                .left
                .checked_sub(bytes.len())
                .ok_or_else(|| self.error("answer_too_large"))?;
        }
        Ok(chunk)
    }

    /// Reads the rest, at most `max_body` bytes.
    pub(crate) async fn collect(mut self, max_body: usize) -> Result<Answer, ProviderError> {
        self.left = self.left.min(max_body);
        let announced = self.response.content_length().unwrap_or(0);
        if announced > self.left as u64 {
            return Err(self.error("answer_too_large"));
        }
        let Some(first) = self.chunk().await? else {
            return Ok(Answer {
                head: self.head,
                body: Bytes::new(),
            });
        };
        if first.len() as u64 == announced {
            // All in one piece: nothing to copy. The end is still awaited, so that the connection
            // can be used again.
            if self.chunk().await?.is_none() {
                return Ok(Answer {
                    head: self.head,
                    body: first,
                });
            }
            return Err(self.error("answer_cut"));
        }
        let mut body = BytesMut::with_capacity(announced.max(first.len() as u64 * 2) as usize);
        body.extend_from_slice(&first);
        while let Some(bytes) = self.chunk().await? {
            body.extend_from_slice(&bytes);
        }
        Ok(Answer {
            head: self.head,
            body: body.freeze(),
        })
    }

    fn error(&self, code: &'static str) -> ProviderError {
        let reaction = if code == "answer_too_large" {
            Reaction::Skip
        } else {
            Reaction::Retry(Duration::from_secs(1))
        };
        ProviderError {
            status: Some(self.head.status),
            provider_time: self.head.provider_time,
            ..ProviderError::new(self.operation, code, reaction)
        }
    }
}
