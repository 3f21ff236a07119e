//! Places for the remote images of a body: numbers that the server puts signed addresses of its own in.

use std::sync::{Arc, Mutex, PoisonError};

/// Where remote images go when they are asked for.
pub(super) struct Places {
    /// What a place begins with; the number of the image follows.
    pub(super) prefix: String,
    remote: Mutex<Vec<String>>,
}

/// More images than this are no message.
const MOST_IMAGES: usize = 200;

impl Places {
    /// Places that begin with a word that no mail can know.
    pub(super) fn new(word: &str) -> Arc<Self> {
        Arc::new(Self {
            prefix: format!("tenon-image:{word}:"),
            remote: Mutex::default(),
        })
    }

    /// The place of a remote image; `None` for what is no address of the web.
    pub(super) fn of(&self, value: &str) -> Option<String> {
        let value = value.trim();
        let address = if value.starts_with("//") {
            format!("https:{value}")
        } else {
            value.to_owned()
        };
        let lower = address.get(..8)?.to_ascii_lowercase();
        if !(lower.starts_with("http://") || lower.starts_with("https://")) || address.len() > 4_096
        {
            return None;
        }
        let mut remote = lock(&self.remote);
        let number = match remote.iter().position(|known| *known == address) {
            Some(number) => number,
            None if remote.len() < MOST_IMAGES => {
                remote.push(address);
                remote.len() - 1
            }
            None => return None,
        };
        Some(format!("{}{number}", self.prefix))
    }
}

impl Places {
    /// The addresses that were given places, by number.
    pub(super) fn take(&self) -> Vec<String> {
        std::mem::take(&mut *lock(&self.remote))
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
