//! The checks that prove the sentences, by the ids of the catalogue (Q mail is not kept, V tokens and keys,
//! X disconnecting, T isolation, L logs, E operations, H showing mail, U sessions and consent, W
//! what comes from outside; M and S are requirements of the product).

mod access;
mod content;
mod keys;

use super::Run::Proof;
use super::sentences::SENTENCES;
use super::{Ground, Locale, Sentence};
use crate::sabotage::Saboteur;

/// Where a check runs. All of it is part of `cargo xtask test`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// A test: its package, and its function.
    Test(&'static str, &'static str),
    /// A proof on the real program: `cargo xtask prove NAME`.
    Proof(&'static str),
    /// A walk in Chromium, of `web/e2e`.
    Browser(&'static str),
}

/// What proves sentences.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Its id in the catalogue.
    pub id: &'static str,
    /// The sentences that it proves: id, and the mark of the text that was read when the check was last
    /// looked at ([`Sentence::mark`]). Whoever changes a sentence has to look at its checks again.
    pub proves: &'static [(&'static str, &'static str)],
    en: &'static str,
    fr: &'static str,
    /// What it consists of, besides what catches its saboteurs.
    pub runs: &'static [Run],
    /// Ways to break what it looks for, each with the run that has to turn red.
    pub saboteurs: &'static [(Saboteur, Run)],
    /// Whether a part of it runs on a live server, by `tenon doctor --privacy`.
    pub live: bool,
}

impl Check {
    /// What it does and when it passes.
    pub const fn text(&self, locale: Locale) -> &'static str {
        locale.of(self.en, self.fr)
    }

    /// Whether it proves a sentence.
    pub fn proves(&self, sentence: &str) -> bool {
        self.proves.iter().any(|(id, _)| *id == sentence)
    }

    /// All its runs, each once.
    pub fn all_runs(&self) -> Vec<Run> {
        let mut out = self.runs.to_vec();
        for (_, run) in self.saboteurs {
            if !out.contains(run) {
                out.push(*run);
            }
        }
        out
    }
}

/// A check by its id.
pub fn check(id: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|c| c.id == id)
}

/// The checks that prove a sentence.
pub fn checks_of(sentence: &Sentence) -> impl Iterator<Item = &'static Check> {
    let id = sentence.id;
    CHECKS.iter().filter(move |c| c.proves(id))
}

const CANARY: Run = Proof("canary");

/// Every check.
pub const CHECKS: &[Check] = &joined();

const fn joined() -> [Check; LENGTH] {
    let mut all = [content::CHECKS[0]; LENGTH];
    let (mut part, mut next) = (0, 0);
    while part < PARTS.len() {
        let mut i = 0;
        while i < PARTS[part].len() {
            all[next] = PARTS[part][i];
            i += 1;
            next += 1;
        }
        part += 1;
    }
    all
}

const PARTS: [&[Check]; 3] = [content::CHECKS, keys::CHECKS, access::CHECKS];
const LENGTH: usize = content::CHECKS.len() + keys::CHECKS.len() + access::CHECKS.len();

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn is_sentence(id: &str) -> bool {
    let mut i = 0;
    while i < SENTENCES.len() {
        if same(SENTENCES[i].id, id) {
            return true;
        }
        i += 1;
    }
    false
}

const fn is_proved(id: &str) -> bool {
    let mut i = 0;
    while i < CHECKS.len() {
        let mut j = 0;
        while j < CHECKS[i].proves.len() {
            if same(CHECKS[i].proves[j].0, id) {
                return true;
            }
            j += 1;
        }
        i += 1;
    }
    false
}

// What the build itself refuses.
const _: () = {
    let mut i = 0;
    while i < SENTENCES.len() {
        let checked = matches!(SENTENCES[i].ground, Ground::Checked);
        assert!(
            checked == is_proved(SENTENCES[i].id),
            "a sentence without a check, or a term with one: see SENTENCES and CHECKS"
        );
        i += 1;
    }
    let mut i = 0;
    while i < CHECKS.len() {
        let check = &CHECKS[i];
        assert!(!check.proves.is_empty(), "a check that proves no sentence");
        assert!(
            !check.saboteurs.is_empty(),
            "a check that nothing has turned red: give it a saboteur"
        );
        let mut j = 0;
        while j < check.proves.len() {
            assert!(
                is_sentence(check.proves[j].0),
                "a check for a sentence that is not there"
            );
            j += 1;
        }
        let mut j = 0;
        while j < i {
            assert!(!same(CHECKS[j].id, check.id), "a check is listed twice");
            j += 1;
        }
        i += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_saboteur_is_caught_by_exactly_one_check() {
        for saboteur in Saboteur::ALL {
            let caught = CHECKS.iter().flat_map(|c| c.saboteurs);
            let times = caught.filter(|(s, _)| s == saboteur).count();
            assert_eq!(times, 1, "{}", saboteur.word());
        }
    }

    #[test]
    fn a_sentence_that_changes_has_its_checks_looked_at_again() {
        for check in CHECKS {
            for (id, mark) in check.proves {
                let sentence = SENTENCES.iter().find(|s| s.id == *id).unwrap();
                assert_eq!(*mark, sentence.mark(), "{} proves {id}", check.id);
            }
        }
    }

    #[test]
    fn both_languages_tell_every_check() {
        for check in CHECKS {
            let (en, fr) = (check.text(Locale::En), check.text(Locale::Fr));
            assert!(
                en.ends_with('.') && fr.ends_with('.') && en != fr,
                "{}",
                check.id
            );
        }
    }
}
