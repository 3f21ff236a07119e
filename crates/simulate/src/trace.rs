//! What happened, line by line.

use std::hash::{DefaultHasher, Hasher as _};

use tenon_model::Time;

/// The lines, and a hash of all of them.
#[derive(Default)]
pub(crate) struct Trace {
    lines: Vec<String>,
    hasher: DefaultHasher,
}

impl Trace {
    /// Adds a line.
    pub(crate) fn say(&mut self, at: Time, text: &str) {
        let line = format!("{at} {text}");
        self.hasher.write(line.as_bytes());
        self.hasher.write_u8(b'\n');
        self.lines.push(line);
    }

    /// The hash so far. Two runs that did the same have the same.
    pub(crate) fn hash(&self) -> u64 {
        self.hasher.finish()
    }

    /// All lines.
    pub(crate) fn lines(&self) -> &[String] {
        &self.lines
    }
}
