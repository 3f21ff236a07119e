//! The places where a process can be killed: both ends of every call to the provider, and of every commit.

use std::fmt;
use std::future::{Future, pending, ready};
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::Notify;

type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;

/// What happened at the places since the last look, a letter each, and where the process is to die.
#[derive(Default)]
struct State {
    path: String,
    /// So many places from now on, the process dies.
    left: Option<u64>,
    dead: bool,
}

/// Stands at every place.
#[derive(Clone, Default)]
pub(crate) struct Gate(Arc<Inner>);

#[derive(Default)]
struct Inner {
    state: Mutex<State>,
    killed: Notify,
}

impl fmt::Debug for Gate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Gate")
    }
}

impl Gate {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The process dies at the `nth` place from here.
    pub(crate) fn arm(&self, nth: u64) {
        self.state().left = Some(nth);
    }

    /// Nobody dies from now on; what happened since the last call of this.
    pub(crate) fn disarm(&self) -> String {
        let mut state = self.state();
        (state.left, state.dead) = (None, false);
        std::mem::take(&mut state.path)
    }

    /// Returns when the process is to die.
    pub(crate) async fn killed(&self) {
        while !self.state().dead {
            self.0.killed.notified().await;
        }
    }

    fn place(&self, letter: char) -> Wait {
        let mut state = self.state();
        if state.dead {
            return Box::pin(pending()); // nothing more of this process happens
        }
        state.path.push(letter);
        state.left = state.left.map(|n| n.saturating_sub(1));
        if state.left != Some(0) {
            return Box::pin(ready(()));
        }
        state.dead = true;
        self.0.killed.notify_one();
        Box::pin(pending())
    }
}

impl tenon_sandbox::Gate for Gate {
    fn arrived(&self) -> Wait {
        self.place('>')
    }

    fn answering(&self) -> Wait {
        self.place('<')
    }
}

impl tenon_store::CommitWatch for Gate {
    fn before(&self) -> Wait {
        self.place('c')
    }

    fn after(&self) -> Wait {
        self.place('C')
    }
}
