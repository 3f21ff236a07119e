//! Debian packages: PostgreSQL's server programs, Chromium, Python's venv.

use std::path::{Path, PathBuf};

use anyhow::{Result, bail};

use crate::command::{Run, executable, which};
use crate::measure::user_id;

/// The folder of `initdb` and `postgres`: the newest version installed.
pub fn postgres_bin() -> Option<PathBuf> {
    let mut versions: Vec<(u32, PathBuf)> = std::fs::read_dir("/usr/lib/postgresql")
        .ok()
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| {
            let version = entry.file_name().to_str()?.parse().ok()?;
            Some((version, entry.path().join("bin")))
        })
        .filter(|(_, bin)| executable(&bin.join("initdb")) && executable(&bin.join("postgres")))
        .collect();
    versions.sort();
    versions.pop().map(|(_, bin)| bin).or_else(|| {
        // Other distributions put them into PATH.
        which("initdb")?.parent().map(Path::to_path_buf)
    })
}

/// The browser of the browser tests.
pub fn chromium() -> Option<PathBuf> {
    ["chromium", "chromium-browser", "google-chrome"]
        .into_iter()
        .find_map(which)
}

/// Installs what is missing of PostgreSQL, Chromium and Python's venv; asks nothing.
pub fn debian_packages() -> Result<()> {
    let mut missing = Vec::new();
    if postgres_bin().is_none() {
        missing.push("postgresql");
    }
    if chromium().is_none() {
        // Without any font a browser shows boxes, and screenshots show nothing.
        missing.extend(["chromium", "fonts-liberation", "fonts-noto-color-emoji"]);
    }
    let venv = Run::new("python3").args(["-c", "import ensurepip, venv"]);
    if venv.read().is_err() {
        missing.extend(["python3", "python3-venv"]);
    }
    if missing.is_empty() {
        return Ok(());
    }
    if which("apt-get").is_none() {
        bail!(
            "please install {} with your system's package manager",
            missing.join(", ")
        );
    }
    eprintln!("   installing Debian packages: {}", missing.join(" "));
    apt(&["update", "-qq"])?;
    let mut install = vec!["install", "-y", "-qq", "--no-install-recommends"];
    install.extend(&missing);
    apt(&install)
}

fn apt(args: &[&str]) -> Result<()> {
    let run = if user_id() == Some(0) {
        Run::new("apt-get")
    } else if which("sudo").is_some() {
        Run::new("sudo").args(["-n", "DEBIAN_FRONTEND=noninteractive", "apt-get"])
    } else {
        bail!(
            "`apt-get {}` needs root; run it yourself, or install sudo",
            args.join(" ")
        );
    };
    run.args(args)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .quiet()
        .must()
        .map(drop)
}
