//! Words that are nearly another: what a search finds when somebody mistypes. Each word of the vocabulary is
//! kept under what is left of it when letters are left out, so two words that differ by a slip of the fingers
//! meet in one of these forms (symmetric delete, W. Garbe, SymSpell, 2012); what meets is measured.

use std::collections::BTreeSet;

/// Letters of which forms are made. What comes behind them is measured, not indexed: this bounds how
/// many forms a long word has.
const PREFIX: usize = 7;
/// Letters that a word has to have for a slip in it to leave it recognisable.
const SHORTEST: usize = 3;
/// Letters of the longest word that is looked for nearly.
const LONGEST: usize = 30;
/// From here on two slips are forgiven.
const TWO: usize = 8;

/// Slips that are forgiven in a searched word: none in short ones and in numbers.
fn slips(word: &str) -> usize {
    match word.chars().count() {
        _ if !spelled(word) => 0,
        0..TWO => 1,
        _ => 2,
    }
}

/// Whether it is a word in which people slip: letters only, and not too few or too many.
pub fn spelled(word: &str) -> bool {
    let letters = word.chars().count();
    (SHORTEST..=LONGEST).contains(&letters) && word.chars().all(char::is_alphabetic)
}

/// The first of its forms: with nothing left out. Every word of the vocabulary stands there.
pub fn first_form(word: &str) -> String {
    word.chars().take(PREFIX).collect()
}

/// The forms of a folded word of the vocabulary: with nothing, one, and in long words two letters left out. A
/// word of seven letters may be one of nine that was written with two too many.
pub fn forms(word: &str) -> BTreeSet<String> {
    let letters = word.chars().count();
    without(word, if letters + 1 >= TWO { 2 } else { 1 })
}

/// The forms under which a searched word may meet one of the vocabulary.
pub fn sought(word: &str) -> BTreeSet<String> {
    without(word, slips(word))
}

fn without(word: &str, most: usize) -> BTreeSet<String> {
    let mut out = BTreeSet::from([first_form(word)]);
    let mut last = out.clone();
    for _ in 0..most {
        let mut next = BTreeSet::new();
        for form in &last {
            for (at, letter) in form.char_indices() {
                let rest = &form[at + letter.len_utf8()..];
                next.insert(format!("{}{rest}", &form[..at]));
            }
        }
        out.extend(next.iter().cloned());
        last = next;
    }
    out.remove("");
    out
}

/// How many slips are between two words, if no more than are forgiven: a letter too many, too few, another one,
/// or two neighbours the wrong way round.
pub fn distance(sought: &str, word: &str) -> Option<usize> {
    let far = strsim::osa_distance(sought, word);
    (far <= slips(sought)).then_some(far)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn meets(sought_word: &str, word: &str) -> bool {
        !sought(sought_word).is_disjoint(&forms(word))
    }

    /// A slip at a place.
    fn slip(word: &str, kind: u8, at: usize, letter: char) -> String {
        let mut letters: Vec<char> = word.chars().collect();
        let at = at % letters.len();
        match kind {
            0 => letters.insert(at, letter),
            1 => drop(letters.remove(at)),
            2 => letters[at] = letter,
            _ if at + 1 < letters.len() => letters.swap(at, at + 1),
            _ => {}
        }
        letters.into_iter().collect()
    }

    proptest! {
        /// Whatever is near enough is found: no slip leads past all forms.
        #[test]
        fn what_is_near_meets(
            word in "[a-eäß]{3,14}",
            slips_made in prop::collection::vec((0_u8..4, 0_usize..14, prop::sample::select(vec!['a', 'b', 'x', 'é'])), 0..3),
        ) {
            let mut typed = word.clone();
            for (kind, at, letter) in slips_made {
                if typed.chars().count() > 1 {
                    typed = slip(&typed, kind, at, letter);
                }
            }
            if spelled(&typed) && distance(&typed, &word).is_some() {
                prop_assert!(meets(&typed, &word), "{typed} {word}");
            }
        }
    }

    #[test]
    fn numbers_and_short_words_are_taken_as_they_are() {
        for word in ["a", "ab", "4912", "a1b2c3", "anna@acme"] {
            assert_eq!(slips(word), 0, "{word}");
        }
        assert_eq!(distance("mueler", "mueller"), Some(1));
        assert_eq!(distance("zwiebelman", "zwiebelmann"), Some(1));
        assert_eq!(distance("zweibelman", "zwiebelmann"), Some(2));
        assert_eq!(distance("mulre", "muller"), None);
        assert!(forms("zwiebelmann").len() <= 29);
    }
}
