//! What Tenon says of itself: the sentences of consent and privacy page, and the words for features
//! and scopes, in English and French. No privacy sentence is written anywhere else.
//!
//! Each sentence is proved by checks ([`CHECKS`]), each check proves sentences and names the saboteurs that
//! turn it red. This crate does not compile with a sentence that no check proves, with a check that
//! proves none, or with one that nothing has ever turned red.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::feature::Feature;

mod checks;
mod sentences;
mod texts;
mod unwritten;

pub use checks::{CHECKS, Check, Run, check, checks_of};
pub use sentences::SENTENCES;
pub use texts::{ScopeText, feature_text, missing_texts, profile_text, reason_text, scope_text};
pub use unwritten::UNWRITTEN;

/// A language of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// English.
    En,
    /// French.
    Fr,
}

impl Locale {
    /// Reads a language tag (`fr`, `fr-CA`); anything else is English.
    pub fn parse(tag: &str) -> Self {
        if tag.get(..2).is_some_and(|l| l.eq_ignore_ascii_case("fr")) {
            Self::Fr
        } else {
            Self::En
        }
    }

    /// The tag.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// The one of two texts that is in this language.
    pub const fn of<'a>(self, en: &'a str, fr: &'a str) -> &'a str {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }
}

/// Part of the consent that a sentence belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// What is read at the provider.
    Read,
    /// What is stored here, and for how long.
    Stored,
    /// How it is kept.
    Kept,
    /// How it ends.
    Ended,
    /// The terms.
    Terms,
    /// How the server itself is kept safe; on the privacy page only.
    Server,
}

/// Where a sentence is shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// In the consent to which a person agrees, and on the privacy page.
    Consent,
    /// On the privacy page only.
    Page,
}

/// Why a sentence may be believed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Ground {
    /// Checks fail when it stops being true.
    Checked,
    /// It is an agreement, which no program can check.
    Term,
}

impl Section {
    /// Sections in the order they are shown, terms apart.
    pub const SHOWN: [Self; 5] = [
        Self::Read,
        Self::Stored,
        Self::Kept,
        Self::Ended,
        Self::Server,
    ];

    /// Its heading.
    pub const fn title(self, l: Locale) -> &'static str {
        match self {
            Self::Read => l.of("What Tenon reads", "Ce que Tenon lit"),
            Self::Stored => l.of(
                "What is stored, and for how long",
                "Ce qui est conservé, et combien de temps",
            ),
            Self::Kept => l.of("How it is protected", "Comment c’est protégé"),
            Self::Ended => l.of("How you end it", "Comment y mettre fin"),
            Self::Terms => l.of("Terms", "Conditions"),
            Self::Server => l.of(
                "How this server is kept safe",
                "Comment ce serveur est protégé",
            ),
        }
    }
}

/// One sentence.
#[derive(Debug, Clone, Copy)]
pub struct Sentence {
    /// Stable id.
    pub id: &'static str,
    /// Where it is shown.
    pub section: Section,
    /// Shown when this feature is chosen; always when `None`.
    pub feature: Option<Feature>,
    /// In the consent, or on the privacy page only.
    pub place: Place,
    /// Whether checks prove it.
    pub ground: Ground,
    /// The release that said it first.
    pub since: &'static str,
    en: &'static str,
    fr: &'static str,
}

impl Sentence {
    /// Its text.
    pub const fn text(&self, locale: Locale) -> &'static str {
        locale.of(self.en, self.fr)
    }

    /// Eight digits of the hash of its texts: another text has another mark.
    pub fn mark(&self) -> String {
        let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
        for part in [self.en, "\0", self.fr] {
            digest.update(part.as_bytes());
        }
        hex(&digest.finish().as_ref()[..4])
    }
}

/// The sentences of the consent to a set of features, in order.
pub fn sentences(features: &[Feature]) -> Vec<&'static Sentence> {
    let planned = features.iter().any(|f| !f.info().available);
    SENTENCES
        .iter()
        .filter(|s| s.place == Place::Consent)
        .filter(|s| s.feature.is_none_or(|f| features.contains(&f)))
        .filter(|s| s.id != "read.planned" || planned)
        .collect()
}

/// The version of the text that is shown for `features` in `locale`: `sha256:` and the hash of ids
/// and texts. Any change of any shown sentence changes it.
pub fn version(features: &[Feature], locale: Locale) -> String {
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for sentence in sentences(features) {
        for part in [sentence.id, "\0", sentence.text(locale), "\0"] {
            digest.update(part.as_bytes());
        }
    }
    format!("sha256:{}", hex(digest.finish().as_ref()))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_explained_in_both_languages() {
        assert_eq!(missing_texts(), Vec::<&str>::new());
    }

    #[test]
    fn sentence_ids_are_unique_and_both_languages_are_written() {
        for (i, sentence) in SENTENCES.iter().enumerate() {
            assert!(
                SENTENCES[..i].iter().all(|o| o.id != sentence.id),
                "{}",
                sentence.id
            );
            assert_ne!(sentence.en, sentence.fr);
        }
    }

    #[test]
    fn u8_the_version_follows_the_text_that_is_shown() {
        let mail = version(&[Feature::Mail], Locale::En);
        assert_eq!(mail, version(&[Feature::Mail], Locale::En));
        assert_ne!(mail, version(&[Feature::Mail], Locale::Fr));
        assert_ne!(mail, version(&[], Locale::En));
        assert_ne!(
            mail,
            version(&[Feature::Mail, Feature::Contacts], Locale::En),
            "a planned feature adds its sentence"
        );
    }

    #[test]
    fn locales_are_read_leniently() {
        assert_eq!(
            [
                Locale::parse("fr-CA"),
                Locale::parse("de"),
                Locale::parse("é"),
                Locale::parse("")
            ],
            [Locale::Fr, Locale::En, Locale::En, Locale::En]
        );
    }
}
