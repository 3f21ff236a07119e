//! Is what Tenon stored the same set of messages as the provider's?

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Result, ensure};

use crate::launch::{Databases, Person, Sandbox, Setup};

/// A message as both sides know it: its thread and its labels.
pub type Known = (String, BTreeSet<String>);

/// Differences between the provider's mailbox and ours.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Differences {
    /// At the provider, not here.
    pub missing: Vec<String>,
    /// Here, not at the provider.
    pub surplus: Vec<String>,
    /// Stored more than once.
    pub doubled: Vec<String>,
    /// In another thread, or with other labels.
    pub different: Vec<String>,
    /// Shown by the API otherwise than stored.
    pub shown_wrong: u64,
    /// How many the provider has.
    pub provider: u64,
}

impl Differences {
    /// Both sides are the same.
    pub fn none(&self) -> bool {
        self.missing.is_empty()
            && self.surplus.is_empty()
            && self.doubled.is_empty()
            && self.different.is_empty()
            && self.shown_wrong == 0
    }

    /// In one line, with an example of each kind.
    pub fn shown(&self) -> String {
        let part = |name: &str, ids: &[String]| match ids.first() {
            Some(first) => format!("{} {name} (e.g. {first}), ", ids.len()),
            None => String::new(),
        };
        let mut text = part("missing", &self.missing)
            + &part("surplus", &self.surplus)
            + &part("doubled", &self.doubled)
            + &part("different", &self.different);
        if self.shown_wrong > 0 {
            text = format!("{text}{} shown wrongly by the API, ", self.shown_wrong);
        }
        text + &format!("of {}", self.provider)
    }
}

/// The rows themselves against the sandbox's own listing.
pub fn stored(setup: &Setup, databases: &Databases, sandbox: &mut Sandbox) -> Result<Differences> {
    let provider = sandbox
        .messages()?
        .into_iter()
        .map(|(id, thread, labels)| (id, (thread, labels.into_iter().collect())))
        .collect();
    Ok(differences(&provider, rows(setup, databases)?))
}

/// The stored rows, with the API's own view compared besides: every message in exactly one thread.
pub fn stored_and_shown(
    setup: &Setup,
    databases: &Databases,
    sandbox: &mut Sandbox,
    person: &mut Person,
    connection: &str,
) -> Result<Differences> {
    let mut found = stored(setup, databases, sandbox)?;
    let mut ids = BTreeSet::new();
    let mut listed = 0_u64;
    let mut threads = BTreeSet::new();
    // The default view hides spam and trash, so each label is asked for too.
    let labels = person.get(&format!("/connections/{connection}/labels"))?;
    let mut views = vec![format!("/threads?connection={connection}")];
    for label in labels["items"].as_array().into_iter().flatten() {
        let id = label["id"].as_str().unwrap_or_default();
        views.push(format!("/threads?connection={connection}&label={id}"));
    }
    for view in views {
        let mut of_view = BTreeSet::new();
        for thread in person.all(&view, 100)? {
            let id = thread["id"].as_str().unwrap_or_default().to_owned();
            if !of_view.insert(id.clone()) {
                found.shown_wrong += 1;
            }
            if threads.insert(id.clone()) {
                // A thread may go between its listing and its opening while a sync still runs.
                let Ok(detail) = person.get(&format!("/threads/{id}")) else {
                    found.shown_wrong += 1;
                    continue;
                };
                for message in detail["messages"].as_array().into_iter().flatten() {
                    listed += 1;
                    ids.insert(message["id"].as_str().unwrap_or_default().to_owned());
                }
            }
        }
    }
    found.shown_wrong += listed.abs_diff(ids.len() as u64) + found.provider.abs_diff(listed);
    Ok(found)
}

/// The rows of several accounts together; message ids of different mailboxes differ.
pub fn stored_of(
    setup: &Setup,
    databases: &Databases,
    sandbox: &mut Sandbox,
    accounts: &[&str],
) -> Result<Differences> {
    let mut provider = BTreeMap::new();
    for account in accounts {
        for (id, thread, labels) in sandbox.messages_of(account)? {
            let known = (thread, labels.into_iter().collect());
            ensure!(
                provider.insert(id, known).is_none(),
                "two mailboxes share an id"
            );
        }
    }
    Ok(differences(&provider, rows(setup, databases)?))
}

fn rows(setup: &Setup, databases: &Databases) -> Result<Vec<(String, Known)>> {
    let rows = setup.query(
        databases,
        &["m.provider_id", "t.provider_thread_id", "m.labels"],
        "FROM messages m LEFT JOIN threads t ON t.id = m.thread_id",
    )?;
    Ok(rows
        .into_iter()
        .filter_map(|row| {
            let [id, thread, labels] = <[String; 3]>::try_from(row).ok()?;
            // Labels are ids without white space or control characters, joined by one of those.
            let labels = labels
                .split(|c: char| c.is_whitespace() || c.is_control() || c == ',')
                .filter(|l| !l.is_empty())
                .map(str::to_owned)
                .collect();
            Some((id, (thread, labels)))
        })
        .collect())
}

fn differences(provider: &BTreeMap<String, Known>, ours: Vec<(String, Known)>) -> Differences {
    let mut found = Differences {
        provider: provider.len() as u64,
        ..Differences::default()
    };
    let mut seen = BTreeSet::new();
    for (id, known) in ours {
        match provider.get(&id) {
            None => found.surplus.push(id.clone()),
            Some(theirs) if *theirs != known => found.different.push(id.clone()),
            Some(_) => {}
        }
        if !seen.insert(id.clone()) {
            found.doubled.push(id);
        }
    }
    found.missing = provider
        .keys()
        .filter(|id| !seen.contains(*id))
        .cloned()
        .collect();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn known(thread: &str, labels: &[&str]) -> Known {
        (
            thread.to_owned(),
            labels.iter().map(|l| (*l).to_owned()).collect(),
        )
    }

    #[test]
    fn each_kind_of_difference_is_told() {
        let provider = BTreeMap::from([
            ("a".to_owned(), known("t", &["INBOX"])),
            ("b".to_owned(), known("t", &[])),
            ("c".to_owned(), known("u", &["INBOX", "UNREAD"])),
        ]);
        let same: Vec<_> = provider.clone().into_iter().collect();
        assert!(differences(&provider, same.clone()).none());
        let ours = vec![
            same[0].clone(),
            same[0].clone(),
            ("c".to_owned(), known("u", &["INBOX"])),
            ("d".to_owned(), known("v", &[])),
        ];
        let found = differences(&provider, ours);
        assert_eq!(found.missing, ["b"]);
        assert_eq!(found.surplus, ["d"]);
        assert_eq!(found.doubled, ["a"]);
        assert_eq!(found.different, ["c"]);
        assert!(!found.none());
        assert!(found.shown().contains("1 missing (e.g. b)"));
    }
}
