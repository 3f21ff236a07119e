//! Which messages bear which labels at the provider, in little memory: eight bytes for a message and
//! label, and never more than a bound at a time.

use std::collections::HashMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};

/// Entries held at a time, 32 MiB of them; one label alone may be larger.
const ENTRIES: usize = 4 << 20;

/// A message's id at the provider in eight bytes: its own value where it is one (16 hex digits, as
/// Gmail's are), else a hash of it.
fn short(id: &str) -> u64 {
    let exact = (id.len() == 16).then(|| u64::from_str_radix(id, 16).ok());
    exact
        .flatten()
        .unwrap_or_else(|| BuildHasherDefault::<DefaultHasher>::default().hash_one(id))
}

/// The messages of some labels.
#[derive(Default)]
pub(super) struct Listed {
    labels: HashMap<String, Vec<u64>>,
    entries: usize,
}

impl Listed {
    /// Adds a page of a label's messages.
    pub(super) fn add<'a>(&mut self, label: &str, ids: impl Iterator<Item = &'a str>) {
        let listed = self.labels.entry(label.to_owned()).or_default();
        let before = listed.len();
        listed.extend(ids.map(short));
        self.entries += listed.len() - before;
    }

    /// Whether it is time to compare what is here before more is listed.
    pub(super) const fn is_full(&self) -> bool {
        self.entries >= ENTRIES
    }

    /// Makes it ready for looking things up.
    pub(super) fn sort(&mut self) {
        for listed in self.labels.values_mut() {
            listed.sort_unstable();
        }
    }

    /// The labels a message should have, as far as is known here: those listed here by the listing,
    /// other ones as they are, except ones the provider does not know any more. `None` when that is
    /// what it has.
    pub(super) fn wanted(
        &self,
        id: &str,
        stored: &[String],
        known: impl Fn(&str) -> bool,
    ) -> Option<Vec<String>> {
        let id = short(id);
        let mut want: Vec<String> = stored
            .iter()
            .filter(|l| !self.labels.contains_key(*l) && known(l))
            .cloned()
            .collect();
        for (label, listed) in &self.labels {
            if listed.binary_search(&id).is_ok() {
                want.push(label.clone());
            }
        }
        want.sort_unstable();
        let mut has = stored.to_vec();
        has.sort_unstable();
        (want != has).then_some(want)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn words(words: &[&str]) -> Vec<String> {
        words.iter().map(|w| (*w).to_owned()).collect()
    }

    #[test]
    fn listed_labels_go_by_the_listing_and_others_stay() {
        let mut listed = Listed::default();
        listed.add(
            "INBOX",
            ["18c2a5b7d90e1f34", "18c2a5b7d90e1f33"].into_iter(),
        );
        listed.add("STARRED", std::iter::empty());
        listed.sort();
        let known = |l: &str| l != "Label_gone";
        for (id, stored, want) in [
            ("18c2a5b7d90e1f34", &["INBOX"][..], None),
            ("18c2a5b7d90e1f33", &["SENT"], Some(&["INBOX", "SENT"][..])),
            ("18c2a5b7d90e1f35", &["INBOX", "SENT"], Some(&["SENT"])),
            ("18c2a5b7d90e1f34", &["INBOX", "STARRED"], Some(&["INBOX"])),
            (
                "18c2a5b7d90e1f34",
                &["INBOX", "Label_gone"],
                Some(&["INBOX"]),
            ),
        ] {
            let found = listed.wanted(id, &words(stored), known);
            assert_eq!(found, want.map(words), "{id} {stored:?}");
        }
    }

    #[test]
    fn ids_of_any_form_are_told_apart() {
        let ids = ["1", "01", "18C2A5B7D90E1F34", "x", "18c2a5b7d90e1f3x", ""];
        let mut all: Vec<u64> = ids.iter().map(|id| short(id)).collect();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), ids.len());
        assert_eq!(short("000000000000000a"), 10);
    }

    #[test]
    fn a_million_messages_take_little_memory_and_a_bound_holds() {
        let mut listed = Listed::default();
        let ids: Vec<String> = (0..500_u64).map(|n| format!("{n:016x}")).collect();
        let mut pages = 0;
        while !listed.is_full() {
            listed.add("INBOX", ids.iter().map(String::as_str));
            pages += 1;
        }
        assert_eq!(pages, ENTRIES.div_ceil(500));
        assert!(listed.labels["INBOX"].capacity() * 8 <= 64 << 20);
    }
}
