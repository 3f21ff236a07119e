//! How many tests a part ran, read from what its program printed.

/// Tests that passed and tests that did not.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Ran and passed.
    pub passed: u64,
    /// Ran and failed, or could not run.
    pub failed: u64,
}

impl Counts {
    /// A check that is one test by itself.
    pub fn one(ok: bool) -> Self {
        Self {
            passed: u64::from(ok),
            failed: u64::from(!ok),
        }
    }

    /// Nothing ran at all.
    pub fn none(self) -> bool {
        self.passed + self.failed == 0
    }

    /// What a failing exit status adds when the counts show no failure: the program itself failed.
    #[must_use]
    pub fn with_exit(mut self, ok: bool) -> Self {
        if !ok && self.failed == 0 {
            self.failed = 1;
        }
        self
    }
}

impl std::ops::Add for Counts {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self {
            passed: self.passed + other.passed,
            failed: self.failed + other.failed,
        }
    }
}

impl std::iter::Sum for Counts {
    fn sum<I: Iterator<Item = Self>>(parts: I) -> Self {
        parts.fold(Self::default(), std::ops::Add::add)
    }
}

/// cargo-nextest: `Summary [   1.2s] 4/5 tests run: 3 passed (1 slow), 1 failed, 2 timed out, 7 skipped`.
pub fn nextest(text: &str) -> Counts {
    let line = text
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with("Summary [") && line.contains("run:"));
    let Some((_, rest)) = line.and_then(|line| line.split_once("run:")) else {
        return Counts::default();
    };
    let mut counts = Counts::default();
    for piece in without_brackets(rest).split(',') {
        let Some((number, what)) = number_and_word(piece) else {
            continue;
        };
        match what.as_str() {
            "passed" => counts.passed += number,
            "skipped" => {}
            // failed, timed out, exec failed, "failed due to ..." and whatever may come: not passed.
            _ => counts.failed += number,
        }
    }
    counts
}

/// rustdoc and libtest: every `test result: ok. 3 passed; 1 failed; 0 ignored; …` line, summed.
pub fn libtest(text: &str) -> Counts {
    text.lines()
        .filter_map(|line| line.trim_start().strip_prefix("test result:"))
        .map(|rest| words(rest, ';'))
        .sum()
}

/// Vitest: `Tests  2 failed | 58 passed | 1 skipped (61)`. A file that could not be loaded fails too.
pub fn vitest(text: &str) -> Counts {
    let find = |key: &str| {
        text.lines()
            .rev()
            .find_map(|line| line.trim_start().strip_prefix(key))
            .map(|rest| words(&without_brackets(rest), '|'))
    };
    let tests = find("Tests ").unwrap_or_default();
    let files = find("Test Files ").unwrap_or_default();
    // A failing file without a failing test did not get as far as its tests.
    Counts {
        passed: tests.passed,
        failed: tests.failed.max(files.failed),
    }
}

/// A script's own last line of the form `12 passed, 0 failed`.
pub fn script(text: &str) -> Counts {
    text.lines()
        .rev()
        .map(str::trim)
        .find(|line| {
            let words: Vec<&str> = line.split(' ').collect();
            matches!(words[..], [_, "passed,", _, "failed"])
        })
        .map(|line| words(line, ','))
        .unwrap_or_default()
}

fn words(text: &str, separator: char) -> Counts {
    let mut counts = Counts::default();
    for piece in text.split(separator) {
        // `ok. 3 passed` has a word before the number.
        let piece = piece.rsplit(". ").next().unwrap_or(piece);
        match number_and_word(piece) {
            Some((number, what)) if what == "passed" => counts.passed += number,
            Some((number, what)) if what == "failed" => counts.failed += number,
            _ => {}
        }
    }
    counts
}

fn number_and_word(piece: &str) -> Option<(u64, String)> {
    let (number, what) = piece.trim().split_once(' ')?;
    Some((number.parse().ok()?, what.trim().to_owned()))
}

fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    text.chars()
        .filter(|c| match c {
            '(' => {
                depth += 1;
                false
            }
            ')' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64) -> Counts {
        Counts { passed, failed }
    }

    #[test]
    fn nextest_summaries() {
        let all = "    Starting 7 tests\n     Summary [   0.123s] 7 tests run: 7 passed (1 slow, 1 flaky), 2 skipped\n";
        assert_eq!(nextest(all), counts(7, 0));
        let bad = "     Summary [  61.9s] 9/12 tests run: 4 passed (2 leaky), 2 failed, 2 timed out, 1 exec failed, 3 skipped\n        FAIL [ 0.1s] x y\n";
        assert_eq!(nextest(bad), counts(4, 5));
        assert_eq!(
            nextest("Summary [0.0s] 1 test run: 1 passed, 0 skipped"),
            counts(1, 0)
        );
        assert!(nextest("error: could not compile `tenon`").none());
        // a test that prints the same words on its own
        assert!(nextest("Summary of 3 passed").none());
    }

    #[test]
    fn libtest_results_are_summed() {
        let text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.01s\n\ntest result: FAILED. 1 passed; 2 failed; 0 ignored\n";
        assert_eq!(libtest(text), counts(4, 2));
        assert!(libtest("running 3 tests").none());
    }

    #[test]
    fn vitest_summaries() {
        let text = " Test Files  12 passed (12)\n      Tests  58 passed | 1 skipped (59)\n   Start at  10:00:00\n";
        assert_eq!(vitest(text), counts(58, 0));
        let text =
            " Test Files  1 failed | 11 passed (12)\n      Tests  2 failed | 56 passed (58)\n";
        assert_eq!(vitest(text), counts(56, 2));
        let text = " Test Files  1 failed | 11 passed (12)\n      Tests  58 passed (58)\n";
        assert_eq!(vitest(text), counts(58, 1));
        let text = " Test Files  1 failed (1)\n      Tests  no tests\n";
        assert_eq!(vitest(text), counts(0, 1));
    }

    #[test]
    fn script_lines() {
        assert_eq!(script("ok a\nok b\n2 passed, 0 failed\n"), counts(2, 0));
        assert_eq!(
            script("1 passed, 9 failed\n3 passed, 1 failed\nbye"),
            counts(3, 1)
        );
        assert!(script("all 3 passed, none failed").none());
    }

    #[test]
    fn a_bad_exit_without_failures_is_one_failure() {
        assert_eq!(counts(3, 0).with_exit(false), counts(3, 1));
        assert_eq!(counts(3, 2).with_exit(false), counts(3, 2));
        assert_eq!(counts(3, 0).with_exit(true), counts(3, 0));
    }
}
