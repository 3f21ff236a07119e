//! What one look found.

use serde_json::{Value, json};

/// How it stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum State {
    /// In order.
    Ok,
    /// Works, but somebody should look.
    Warn,
    /// Does not work.
    Fail,
}

impl State {
    pub(super) const fn word(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Warn => "warn",
            Self::Fail => "fail",
        }
    }
}

/// One line of the report.
#[derive(Debug)]
pub(super) struct Check {
    pub(super) name: &'static str,
    pub(super) state: State,
    /// What was found.
    pub(super) text: String,
    /// What to do about it; empty where nothing is to be done.
    pub(super) next: String,
}

impl Check {
    pub(super) fn ok(name: &'static str, text: impl Into<String>) -> Self {
        Self {
            name,
            state: State::Ok,
            text: text.into(),
            next: String::new(),
        }
    }

    pub(super) fn warn(
        name: &'static str,
        text: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            name,
            state: State::Warn,
            text: text.into(),
            next: next.into(),
        }
    }

    pub(super) fn fail(
        name: &'static str,
        text: impl Into<String>,
        next: impl Into<String>,
    ) -> Self {
        Self {
            state: State::Fail,
            ..Self::warn(name, text, next)
        }
    }

    /// The line for people.
    pub(super) fn line(&self) -> String {
        let state = match self.state {
            State::Ok => "ok  ",
            State::Warn => "WARN",
            State::Fail => "FAIL",
        };
        let next = if self.next.is_empty() {
            String::new()
        } else {
            format!("; {}", self.next)
        };
        format!("{state}  {:<13} {}{next}", self.name, self.text)
    }

    pub(super) fn json(&self) -> Value {
        json!({
            "name": self.name, "ok": self.state != State::Fail, "state": self.state.word(),
            "text": self.text, "next": self.next,
        })
    }
}

/// Bytes in words.
pub(super) fn size(bytes: u64) -> String {
    match bytes {
        0..=1_048_575 => format!("{} KiB", bytes / 1024),
        1_048_576..=10_737_418_239 => format!("{} MiB", bytes >> 20),
        _ => format!("{} GiB", bytes >> 30),
    }
}
