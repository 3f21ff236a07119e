//! Node.js and the packages of `web/` and `tools/`.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use serde_json::Value;

use super::python_tool;
use crate::command::{Run, which};
use crate::workspace;

/// The oldest Node.js that Vite and its plugins run on.
const OLDEST: (u32, u32) = (20, 19);

/// A usable Node.js.
pub struct Node {
    bin: PathBuf,
}

impl Node {
    /// Runs `node`.
    pub fn run(&self) -> Run {
        self.with_path(Run::new(self.bin.join("node")))
    }

    /// Runs `npm` in a folder below the root.
    pub fn npm(&self, folder: &str) -> Run {
        self.with_path(Run::new(self.bin.join("npm")))
            .dir(workspace::root().join(folder))
            .env("npm_config_update_notifier", "false")
    }

    fn with_path(&self, run: Run) -> Run {
        let mut path = vec![self.bin.clone()];
        path.extend(std::env::split_paths(
            &std::env::var_os("PATH").unwrap_or_default(),
        ));
        match std::env::join_paths(path) {
            Ok(path) => run.env("PATH", path),
            Err(_) => run,
        }
    }
}

/// Node.js from `PATH` when it is new enough, else the one PyPI packages, into `target/venv`.
pub fn node() -> Result<Node> {
    let reason = match installed() {
        Ok(node) => return Ok(node),
        Err(reason) => reason,
    };
    eprintln!("   {reason}; taking Node.js from PyPI");
    let help = || {
        format!(
            "{reason}: please install Node.js {}.{} or newer with npm",
            OLDEST.0, OLDEST.1
        )
    };
    let path = python_tool("tools/node/requirements.txt", "npm").with_context(help)?;
    let bin = path.parent().unwrap_or(Path::new(".")).to_path_buf();
    Ok(Node { bin })
}

fn installed() -> Result<Node, String> {
    let Some(node) = which("node") else {
        return Err("Node.js is not installed".into());
    };
    let Some(npm) = which("npm") else {
        return Err("npm is not installed".into());
    };
    let version = Run::new(&node)
        .arg("--version")
        .read()
        .map_err(|e| e.to_string())?;
    match parse_version(&version) {
        Some(found) if found >= OLDEST => {}
        _ => return Err(format!("Node.js {} is too old", version.trim())),
    }
    // npm's script starts `node` from PATH, so its folder goes first.
    let bin = npm.parent().unwrap_or(Path::new(".")).to_path_buf();
    if bin.join("node").exists() {
        Ok(Node { bin })
    } else {
        Err("node and npm are in different folders".into())
    }
}

fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim().strip_prefix('v')?.split('.');
    Some((numbers.next()?.parse().ok()?, numbers.next()?.parse().ok()?))
}

/// `npm ci` in a folder below the root, unless what its lock file names is installed.
pub fn install_packages(node: &Node, folder: &str) -> Result<()> {
    let dir = workspace::root().join(folder);
    let lock = std::fs::read_to_string(dir.join("package-lock.json"))
        .with_context(|| format!("{folder} has no package-lock.json"))?;
    // npm keeps there what it installed.
    let installed = std::fs::read_to_string(dir.join("node_modules/.package-lock.json"));
    if installed.is_ok_and(|installed| same_packages(&lock, &installed)) {
        return Ok(());
    }
    eprintln!("   npm ci in {folder}");
    let outcome = node
        .npm(folder)
        .args(["ci", "--no-fund", "--no-audit", "--loglevel=error"])
        .quiet()
        .run()?;
    if !outcome.ok {
        bail!("`npm ci` in {folder} failed; its messages are above");
    }
    Ok(())
}

/// Whether every package of a lock file is installed in its version. Optional ones are for other machines.
fn same_packages(lock: &str, installed: &str) -> bool {
    let parse = |text: &str| serde_json::from_str::<Value>(text).ok();
    let (Some(lock), Some(installed)) = (parse(lock), parse(installed)) else {
        return false;
    };
    let Some(packages) = lock["packages"].as_object() else {
        return false;
    };
    packages.iter().all(|(path, package)| {
        let found = &installed["packages"][path];
        let elsewhere = package["optional"] == true || package["devOptional"] == true;
        // The root and the workspaces themselves are not installed.
        !path.contains("node_modules/")
            || found["version"] == package["version"]
            || elsewhere && found.is_null()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lock_file_is_compared_with_what_is_installed() {
        let lock = r#"{"packages":{"":{"version":"1"},"node_modules/a":{"version":"1.0.0"},
            "node_modules/mac":{"version":"1.0.0","optional":true}}}"#;
        let same = |installed| same_packages(lock, installed);
        assert!(same(
            r#"{"packages":{"node_modules/a":{"version":"1.0.0"}}}"#
        ));
        assert!(!same(
            r#"{"packages":{"node_modules/a":{"version":"1.0.1"}}}"#
        ));
        assert!(!same(r#"{"packages":{}}"#));
        assert!(!same("cut off"));
    }

    #[test]
    fn versions() {
        assert_eq!(parse_version("v20.19.1\n"), Some((20, 19)));
        assert_eq!(parse_version("v24.0.0-rc.1"), Some((24, 0)));
        assert_eq!(parse_version("20.1"), None);
        assert!((22, 1) >= OLDEST && (20, 18) < OLDEST);
    }
}
