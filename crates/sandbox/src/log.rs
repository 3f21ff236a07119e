//! What was asked, for tests that count calls.

use std::collections::VecDeque;

use serde::Serialize;

use crate::wire::call::{Answer, Call};

/// Entries kept; older ones go, the totals stay.
const KEPT: usize = 100_000;

/// One call that came in; the parts of a batch have entries of their own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Logged {
    /// HTTP method.
    pub method: String,
    /// Path with query.
    pub path: String,
    /// Status of the answer.
    pub status: u16,
    /// Quota units it cost; 0 when it was refused or costs nothing.
    pub units: u32,
    /// The account of the access token.
    pub account: Option<String>,
    /// True for a part of a batch.
    pub batched: bool,
    /// The row of the scripted fault that hit it.
    pub fault: Option<String>,
}

/// Sums since the start or the last reset.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// HTTP requests: a batch is one.
    pub requests: u64,
    /// Calls: each part of a batch is one.
    pub calls: u64,
    /// Calls answered with 403 or 429.
    pub refused: u64,
    /// Quota units.
    pub units: u64,
}

#[derive(Debug, Default)]
pub(crate) struct Log {
    entries: VecDeque<Logged>,
    totals: Totals,
}

impl Log {
    pub(crate) fn push(&mut self, call: &Call<'_>, account: Option<&str>, answer: &Answer) {
        self.totals.requests += u64::from(!call.inner);
        self.totals.calls += 1;
        self.totals.refused += u64::from(matches!(answer.status, 403 | 429));
        self.totals.units += u64::from(answer.units);
        if self.entries.len() == KEPT {
            self.entries.pop_front();
        }
        self.entries.push_back(Logged {
            method: call.verb.to_owned(),
            path: call.target(),
            status: answer.status,
            units: answer.units,
            account: account.map(str::to_owned),
            batched: call.inner,
            fault: answer.fault.as_ref().map(|row| row.0.to_string()),
        });
    }

    /// Notes the request that carried a batch.
    pub(crate) fn carried(&mut self) {
        self.totals.requests += 1;
    }

    pub(crate) fn entries(&self) -> Vec<Logged> {
        self.entries.iter().cloned().collect()
    }

    pub(crate) fn take(&mut self) -> Vec<Logged> {
        std::mem::take(&mut self.entries).into()
    }

    pub(crate) fn totals(&self) -> Totals {
        self.totals
    }

    pub(crate) fn reset(&mut self) {
        *self = Self::default();
    }
}
