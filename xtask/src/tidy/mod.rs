//! The rules of the house that no compiler checks.

mod arrows;
mod promises;
mod text;

use std::fs;
use std::path::Path;

use anyhow::{Context, Result};

use crate::command::Run;
use crate::counts::Counts;
use crate::workspace;

/// A text file of the repository.
pub struct Source {
    /// Path below the root, with `/`.
    pub path: String,
    /// Its contents.
    pub text: String,
}

impl Source {
    /// Whether its name ends in one of these.
    fn is(&self, endings: &[&str]) -> bool {
        Path::new(&self.path)
            .extension()
            .and_then(|e| e.to_str())
            .is_some_and(|e| endings.contains(&e))
    }

    /// Lines with their numbers from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(i, line)| (i + 1, line))
    }
}

/// What one rule found.
#[derive(Default)]
struct Findings {
    /// Each fails the rule.
    errors: Vec<String>,
    /// Worth a look.
    notes: Vec<String>,
}

impl Findings {
    fn error(&mut self, text: impl Into<String>) {
        self.errors.push(text.into());
    }

    fn note(&mut self, text: impl Into<String>) {
        self.notes.push(text.into());
    }
}

type Rule = fn(&[Source]) -> Findings;

const RULES: [(&str, Rule); 12] = [
    ("crates point only along the allowed arrows", arrows::crates),
    (
        "web packages point only along the allowed arrows",
        arrows::web,
    ),
    ("SQL is only in the store", text::sql),
    ("files have one purpose and a readable length", text::length),
    ("nothing is left unfinished", text::unfinished),
    ("no machine's own paths, no registry hosts", text::places),
    (
        "lints are expected with a reason, not allowed",
        text::allowed,
    ),
    ("dialect forks are marked and counted", text::dialects),
    ("each crate has a README in its rustdoc", text::readmes),
    ("the changelog has an Unreleased section", text::changelog),
    ("documents link to files that exist", text::links),
    ("checks of the privacy page exist", promises::checks),
];

/// Checks every rule and prints what breaks it.
pub fn run() -> Result<Counts> {
    let sources = sources()?;
    let mut total = Counts::default();
    for (name, rule) in RULES {
        let findings = rule(&sources);
        for note in &findings.notes {
            println!("   note: {note}");
        }
        for error in &findings.errors {
            println!("   {name}: {error}");
        }
        let ok = findings.errors.is_empty();
        println!("{} {name}", if ok { "ok  " } else { "FAIL" });
        total = total + Counts::one(ok);
    }
    Ok(total)
}

/// All text files that are, or would be, in version control.
fn sources() -> Result<Vec<Source>> {
    let root = workspace::root();
    let listing = Run::new("git")
        .args([
            "ls-files",
            "--cached",
            "--others",
            "--exclude-standard",
            "-z",
        ])
        .read()
        .context("tidy needs a git checkout")?;
    let mut sources = Vec::new();
    for path in listing.split('\0').filter(|p| !p.is_empty()) {
        let full = root.join(path);
        // Deleted but not yet committed, or a link.
        if !full.is_file() {
            continue;
        }
        // Images and test data are not text.
        if let Ok(text) = String::from_utf8(fs::read(&full)?) {
            sources.push(Source {
                path: path.to_owned(),
                text,
            });
        }
    }
    Ok(sources)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_repository_is_listed() {
        let sources = sources().unwrap();
        assert!(sources.iter().any(|s| s.path == "xtask/src/tidy/mod.rs"));
        assert!(!sources.iter().any(|s| s.path.starts_with("target/")));
    }

    #[test]
    fn endings() {
        let source = Source {
            path: "a/b.rs".into(),
            text: "x\ny".into(),
        };
        assert!(source.is(&["rs"]) && !source.is(&["r"]));
        assert_eq!(source.lines().collect::<Vec<_>>(), vec![(1, "x"), (2, "y")]);
    }
}
