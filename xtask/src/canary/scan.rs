//! Searching files for all canaries in all forms at once.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use aho_corasick::{AhoCorasick, MatchKind};
use anyhow::{Context, Result};

use super::encodings::patterns;
use super::{Canary, views};
use crate::workspace;

/// A canary seen where it should not be (or, for a control, where it should).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hit {
    /// Name of the canary.
    pub canary: String,
    /// The form it was found in.
    pub encoding: String,
    /// The file, or what else was searched.
    pub place: String,
}

/// A search for many canaries.
pub struct Scanner {
    /// Canary and encoding of each pattern of `any_case`, then of `exact_case`.
    names: Vec<(String, &'static str)>,
    any_case: AhoCorasick,
    exact_case: AhoCorasick,
    first_exact: usize,
}

/// Streams inside streams are followed this far.
const DEEPEST: u32 = 2;

impl Scanner {
    /// Prepares the search.
    pub fn new(canaries: &[Canary]) -> Result<Self> {
        let (mut any, mut exact) = (Vec::new(), Vec::new());
        for canary in canaries {
            for pattern in patterns(&canary.text) {
                let entry = ((canary.name.clone(), pattern.encoding), pattern.bytes);
                if pattern.exact_case {
                    exact.push(entry);
                } else {
                    any.push(entry);
                }
            }
        }
        let automaton = |entries: &[((String, &'static str), Vec<u8>)], fold: bool| {
            AhoCorasick::builder()
                .match_kind(MatchKind::Standard)
                .ascii_case_insensitive(fold)
                .build(entries.iter().map(|(_, bytes)| bytes))
                .context("too many canaries")
        };
        Ok(Self {
            any_case: automaton(&any, true)?,
            exact_case: automaton(&exact, false)?,
            first_exact: any.len(),
            names: any.into_iter().chain(exact).map(|(name, _)| name).collect(),
        })
    }

    /// Searches every file below a folder, or one file. A file that vanished meanwhile is passed over.
    pub fn files(&self, path: &Path) -> Result<BTreeSet<Hit>> {
        let files = if path.is_dir() {
            workspace::files(path)?
        } else {
            vec![path.to_path_buf()]
        };
        let mut hits = BTreeSet::new();
        for file in files {
            let bytes = match fs::read(&file) {
                Ok(bytes) => bytes,
                Err(e) if e.kind() == std::io::ErrorKind::NotFound => continue,
                Err(e) => return Err(e).with_context(|| format!("cannot read {}", file.display())),
            };
            let place = file.strip_prefix(path).unwrap_or(&file);
            let place = if place.as_os_str().is_empty() {
                file.as_path()
            } else {
                place
            };
            hits.extend(self.bytes(&bytes, &place.display().to_string()));
            // Names of files tell too.
            let name = place.as_os_str().as_encoded_bytes();
            hits.extend(self.bytes(name, &format!("name of {}", place.display())));
        }
        Ok(hits)
    }

    /// Searches bytes.
    pub fn bytes(&self, bytes: &[u8], place: &str) -> BTreeSet<Hit> {
        let mut hits = BTreeSet::new();
        self.search(bytes, place, "", 0, &mut hits);
        hits
    }

    fn search(
        &self,
        bytes: &[u8],
        place: &str,
        inside: &str,
        depth: u32,
        hits: &mut BTreeSet<Hit>,
    ) {
        self.view(bytes, place, inside, hits);
        if let Some(bytes) = views::unwrapped(bytes) {
            self.view(&bytes, place, inside, hits);
        }
        if depth < DEEPEST {
            for (kind, plain) in views::inflated(bytes) {
                let inside = format!("{kind} of {inside}");
                self.search(&plain, place, &inside, depth + 1, hits);
            }
        }
    }

    fn view(&self, bytes: &[u8], place: &str, inside: &str, hits: &mut BTreeSet<Hit>) {
        let any = self.any_case.find_overlapping_iter(bytes);
        let any = any.map(|found| found.pattern().as_usize());
        let exact = self.exact_case.find_overlapping_iter(bytes);
        let exact = exact.map(|found| self.first_exact + found.pattern().as_usize());
        for index in any.chain(exact) {
            let (canary, encoding) = &self.names[index];
            hits.insert(Hit {
                canary: canary.clone(),
                encoding: format!("{inside}{encoding}"),
                place: place.to_owned(),
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::{ENCODINGS, Random, encode};
    use super::*;
    use crate::workspace::TempDir;

    fn canaries() -> Vec<Canary> {
        let mut random = Random::new(42);
        (0..40)
            .map(|i| Canary::new(&format!("c{i}"), &mut random))
            .collect()
    }

    #[test]
    fn every_encoding_is_found_alone_and_inside_every_container() {
        let canaries = canaries();
        let scanner = Scanner::new(&canaries).unwrap();
        for canary in &canaries {
            for encoding in ENCODINGS {
                let mut bytes = b"before \x00\xff".to_vec();
                bytes.extend(encode(encoding, &canary.text));
                bytes.extend(b" after");
                let hits = scanner.bytes(&bytes, "x");
                assert_eq!(hits.len().min(1), 1, "{encoding} of {}", canary.text);
                assert!(hits.iter().all(|h| h.canary == canary.name));
            }
        }
        let canary = &canaries[3];
        for container in ["gzip", "zlib", "zstd"] {
            for encoding in ["raw", "base64 +1", "hex", "percent"] {
                let inner = String::from_utf8(encode(encoding, &canary.text)).unwrap();
                let hits = scanner.bytes(&encode(container, &inner), "x");
                let kinds: Vec<_> = hits.iter().map(|h| h.encoding.as_str()).collect();
                assert!(
                    kinds.iter().any(|k| k.starts_with(container)),
                    "{container} of {encoding}: {kinds:?}"
                );
            }
        }
    }

    #[test]
    fn nothing_is_found_in_other_text() {
        let scanner = Scanner::new(&canaries()).unwrap();
        let other = Canary::new("other", &mut Random::new(9));
        for encoding in ENCODINGS {
            assert!(
                scanner
                    .bytes(&encode(encoding, &other.text), "x")
                    .is_empty()
            );
        }
        // All but one character is not a leak.
        let text = &canaries()[0].text[1..];
        assert!(scanner.bytes(text.as_bytes(), "x").is_empty());
    }

    #[test]
    fn folders_are_searched_with_file_names() {
        let canaries = canaries();
        let scanner = Scanner::new(&canaries).unwrap();
        let dir = TempDir::new("scan").unwrap();
        fs::create_dir(dir.path().join("sub")).unwrap();
        fs::write(dir.path().join("sub/a.db"), &canaries[0].text).unwrap();
        fs::write(dir.path().join(format!("{}.pdf", canaries[1].text)), "x").unwrap();
        let hits = scanner.files(dir.path()).unwrap();
        let found: Vec<_> = hits.iter().map(|h| h.canary.as_str()).collect();
        assert_eq!(found, ["c0", "c1"]);
        assert!(hits.iter().any(|h| h.place == "sub/a.db"));
    }
}
