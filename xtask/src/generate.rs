//! `cargo xtask gen`: what is written from the code: OpenAPI document, API client, reference pages.

mod faults;

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::build;
use crate::command::Run;
use crate::counts::Counts;
use crate::workspace;

const OPENAPI: &str = "web/packages/api-client/openapi.json";
const CLIENT: &str = "web/packages/api-client/src/schema.d.ts";
const REFERENCE: &str = "docs/book/src/reference";

/// Writes everything anew; with `check`, differences fail and nothing stays written.
pub fn run(check: bool) -> Result<Counts> {
    let before = outputs()?;
    let tenon = build::tenon(false)?;
    let root = workspace::root();
    let mut openapi = Run::new(&tenon).arg("openapi").read()?;
    if !openapi.ends_with('\n') {
        openapi.push('\n');
    }
    fs::write(root.join(OPENAPI), openapi)?;
    build::web_packages()?
        .npm("web")
        .args(["run", "gen"])
        .quiet()
        .must()?;
    fs::create_dir_all(root.join(REFERENCE))?;
    Run::new(&tenon)
        .args(["docs-tables", REFERENCE])
        .quiet()
        .must()?;
    let complete = faults::put_tests_in(&root, &root.join(REFERENCE).join("faults.md"))?;
    let after = outputs()?;
    let changed = differences(&before, &after);
    for path in &changed {
        println!(
            "   {}: {}",
            if check { "not up to date" } else { "written" },
            path.display()
        );
    }
    if check && !changed.is_empty() {
        println!("   run `cargo xtask gen` and commit what it writes");
        put_back(&before, &changed)?;
    }
    Ok(Counts::one(complete && (!check || changed.is_empty())))
}

/// Looking must not change anything.
fn put_back(before: &Files, changed: &[&Path]) -> Result<()> {
    for path in changed {
        let full = workspace::root().join(path);
        match before.get(*path) {
            Some(bytes) => fs::write(full, bytes)?,
            None => fs::remove_file(full)?,
        }
    }
    Ok(())
}

type Files = BTreeMap<PathBuf, Vec<u8>>;

fn outputs() -> Result<Files> {
    let root = workspace::root();
    let mut paths = vec![PathBuf::from(OPENAPI), PathBuf::from(CLIENT)];
    if root.join(REFERENCE).is_dir() {
        for path in workspace::files(&root.join(REFERENCE))? {
            paths.push(path.strip_prefix(&root)?.to_path_buf());
        }
    }
    let mut files = Files::new();
    for path in paths {
        if root.join(&path).exists() {
            let bytes = fs::read(root.join(&path))
                .with_context(|| format!("cannot read {}", path.display()))?;
            files.insert(path, bytes);
        }
    }
    Ok(files)
}

fn differences<'a>(before: &'a Files, after: &'a Files) -> Vec<&'a Path> {
    let mut paths: Vec<&Path> = before
        .keys()
        .chain(after.keys())
        .filter(|path| before.get(*path) != after.get(*path))
        .map(PathBuf::as_path)
        .collect();
    paths.sort();
    paths.dedup();
    paths
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn new_changed_and_missing_files_differ() {
        let files = |list: &[(&str, &str)]| -> Files {
            list.iter()
                .map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec()))
                .collect()
        };
        let before = files(&[("a", "1"), ("b", "1"), ("c", "1")]);
        let after = files(&[("a", "1"), ("b", "2"), ("d", "1")]);
        let found = differences(&before, &after);
        assert_eq!(found, ["b", "c", "d"].map(Path::new));
    }
}
