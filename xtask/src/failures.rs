//! What failed, by name, told once more at the end of a long run.

use std::sync::{Mutex, PoisonError};

/// Lines of one program at most.
const MOST: usize = 30;

static KEPT: Mutex<Vec<String>> = Mutex::new(Vec::new());

/// Keeps the lines by which a program that failed names what failed.
pub fn keep(program: &str, text: &str) {
    let lines = named(text);
    let mut kept = KEPT.lock().unwrap_or_else(PoisonError::into_inner);
    if lines.is_empty() {
        kept.push(program.to_owned());
    }
    kept.extend(lines);
}

/// Everything kept so far.
pub fn all() -> Vec<String> {
    KEPT.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

/// nextest and vitest say `FAIL`, our scripts too; nextest says each twice, and `TIMEOUT` for what it ended.
fn named(text: &str) -> Vec<String> {
    let mut lines: Vec<String> = Vec::new();
    for line in text.lines().map(str::trim) {
        if ["FAIL ", "TIMEOUT ", "error:"]
            .iter()
            .any(|mark| line.starts_with(mark))
        {
            let line = without_time(line);
            if !lines.contains(&line) && lines.len() < MOST {
                lines.push(line);
            }
        }
    }
    lines
}

/// `FAIL [  0.6s] (2/9) crate::test` and `FAIL [  0.7s] crate::test` are the same failure.
fn without_time(line: &str) -> String {
    line.split_whitespace()
        .collect::<Vec<_>>()
        .join(" ")
        .split_once("] ")
        .filter(|(before, _)| before.contains('['))
        .map_or_else(
            || line.to_owned(),
            |(before, after)| {
                let mark = before.split(' ').next().unwrap_or(before);
                let name = match after.split_once(") ") {
                    Some((count, name)) if count.starts_with('(') => name,
                    _ => after,
                };
                format!("{mark} {name}")
            },
        )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_are_named_once() {
        let text = "  PASS [ 0.1s] a b\n  FAIL [   0.661s] (1/2) tenon-app::it x::y\n  Summary [ 1s] 1 failed\n\
                    \x20 FAIL [   0.661s] tenon-app::it x::y\nFAIL shows a list: no row\n FAIL  src/a.test.tsx > b\n\
                    TIMEOUT [ 60s] c d\n";
        assert_eq!(
            named(text),
            [
                "FAIL tenon-app::it x::y",
                "FAIL shows a list: no row",
                "FAIL  src/a.test.tsx > b",
                "TIMEOUT c d"
            ]
        );
        assert!(named("ok   a list\n3 passed, 0 failed").is_empty());
    }
}
