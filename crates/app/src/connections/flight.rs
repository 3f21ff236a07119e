//! One refresh of a connection at a time within this process; the lease in the database does the same
//! between processes.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tenon_connectors::ProviderError;
use tenon_model::ConnectionId;
use tokio::sync::MutexGuard;

/// The refreshes that are under way.
#[derive(Default)]
pub(crate) struct Refreshing {
    flights: Mutex<HashMap<ConnectionId, Arc<Flight>>>,
}

impl Refreshing {
    /// Where callers of this connection queue.
    pub(super) fn of(&self, id: ConnectionId) -> Arc<Flight> {
        let mut flights = self.flights.lock().unwrap_or_else(PoisonError::into_inner);
        flights.retain(|_, flight| Arc::strong_count(flight) > 1);
        flights.entry(id).or_default().clone()
    }
}

/// Those who want a new token of one connection.
#[derive(Default)]
pub(super) struct Flight {
    last: tokio::sync::Mutex<Option<ProviderError>>,
    /// How many tries have failed.
    failures: AtomicU64,
}

impl Flight {
    /// Waits for one's turn.
    pub(super) async fn turn(&self) -> Turn<'_> {
        let before = self.failures.load(Ordering::SeqCst);
        Turn {
            last: self.last.lock().await,
            failures: &self.failures,
            before,
        }
    }
}

/// One caller's turn.
pub(super) struct Turn<'a> {
    last: MutexGuard<'a, Option<ProviderError>>,
    failures: &'a AtomicU64,
    before: u64,
}

impl Turn<'_> {
    /// How a try ended that failed while this caller waited. It counts for all who waited: else a
    /// token endpoint that hangs is asked by one after the other.
    pub(super) fn failed_meanwhile(&self) -> Option<ProviderError> {
        let failed = self.failures.load(Ordering::SeqCst) != self.before;
        self.last.clone().filter(|_| failed)
    }

    /// This try has failed.
    pub(super) fn fail(&mut self, failure: ProviderError) {
        *self.last = Some(failure);
        self.failures.fetch_add(1, Ordering::SeqCst);
    }
}
