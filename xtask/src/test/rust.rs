//! The Rust side: format, lints, build, tests on both databases, dependency rules.

use std::path::PathBuf;

use anyhow::{Result, bail};

use crate::command::{Outcome, Run, which};
use crate::counts::{self, Counts};
use crate::needs::python_tool;
use crate::postgres::{Durability, Postgres};
use crate::workspace;

pub(super) fn fmt() -> Result<Counts> {
    let outcome = Run::cargo().args(["fmt", "--all", "--check"]).run()?;
    Ok(Counts::one(outcome.ok))
}

pub(super) fn clippy() -> Result<Counts> {
    let outcome = Run::cargo()
        .args(["clippy", "--workspace", "--all-targets", "--quiet"])
        .args(["--", "-D", "warnings"])
        .run()?;
    Ok(Counts::one(outcome.ok))
}

pub(super) fn build() -> Result<Counts> {
    let outcome = crate::build::debug(&["build", "--quiet", "--bin", "tenon"]).run()?;
    Ok(Counts::one(outcome.ok))
}

/// The folder names of `crates/`, and this tool.
pub(super) fn is_crate(name: &str) -> bool {
    name == "xtask"
        || !name.contains(['/', '.'])
            && workspace::root()
                .join("crates")
                .join(name)
                .join("Cargo.toml")
                .exists()
}

pub(super) fn all() -> Result<Counts> {
    tests(&["--workspace".to_owned()])
}

pub(super) fn crates(names: &[String]) -> Result<Counts> {
    let mut packages = Vec::new();
    for name in names {
        let package = match name.as_str() {
            "xtask" => "xtask".to_owned(),
            "server" => "tenon".to_owned(),
            name => format!("tenon-{name}"),
        };
        packages.extend(["--package".to_owned(), package]);
    }
    tests(&packages)
}

fn tests(packages: &[String]) -> Result<Counts> {
    let nextest = nextest()?;
    let postgres = Postgres::start(Durability::Off)?;
    let url = postgres.url("postgres");
    let mut run = Run::new(nextest);
    if let Some(cargo) = std::env::var_os("CARGO") {
        run = run.env("CARGO", cargo);
    }
    let outcome = run
        .args(["nextest", "run", "--no-fail-fast", "--cargo-quiet"])
        .args(["--show-progress=none", "--status-level=fail"])
        .args(["--final-status-level=fail", "--no-tests=pass"])
        .args(packages)
        .env("TENON_TEST_POSTGRES", &url)
        .run()?;
    let unit = counts::nextest(&outcome.text);
    // A package of this workspace without a library has no documentation tests; cargo then says so and fails.
    let docs = Run::cargo()
        .args(["test", "--doc", "--quiet", "--no-fail-fast"])
        .args(packages)
        .env("TENON_TEST_POSTGRES", &url)
        .run()?;
    let no_library = docs.text.contains("no library targets found");
    let doc = counts::libtest(&docs.text).with_exit(docs.ok || no_library);
    Ok(unit.with_exit(outcome.ok) + doc)
}

/// Tests of these packages that a filter of nextest's names, one after the other, with what they print. Whoever means
/// them to fail runs them silently: what is meant to fail is not to be named among failures.
pub fn some(packages: &[&str], filter: &str, environment: &[(&str, String)]) -> Result<Run> {
    let mut run = Run::new(nextest()?);
    if let Some(cargo) = std::env::var_os("CARGO") {
        run = run.env("CARGO", cargo);
    }
    for (name, value) in environment {
        run = run.env(name, value);
    }
    Ok(run
        .args(["nextest", "run", "--no-fail-fast", "--cargo-quiet"])
        .args(["--no-capture", "--status-level=pass", "--workspace"])
        .args(["-E", &of_packages(packages, filter)]))
}

/// A filter of nextest's for tests of these packages. The whole workspace is built for it: built for some packages only,
/// the dependencies that these share with others have other features, and all of them are compiled once more.
pub fn of_packages(packages: &[&str], filter: &str) -> String {
    let packages: Vec<String> = packages.iter().map(|p| format!("package({p})")).collect();
    format!("({}) & ({filter})", packages.join(" | "))
}

/// The tests of refreshes over several nodes, with tokens expiring so often; what they printed.
pub fn refreshes(rounds: u64) -> Result<Outcome> {
    let postgres = Postgres::start(Durability::Off)?;
    let mut run = Run::new(nextest()?);
    if let Some(cargo) = std::env::var_os("CARGO") {
        run = run.env("CARGO", cargo);
    }
    run.args(["nextest", "run", "--no-fail-fast", "--cargo-quiet"])
        .args(["--no-capture", "--workspace", "-E"])
        .arg(of_packages(
            &["tenon-app"],
            "test(make_one_refresh_per_expiry) | test(a25_two_nodes)",
        ))
        .env("TENON_TEST_POSTGRES", postgres.url("postgres"))
        .env("TENON_TEST_REFRESH_ROUNDS", rounds.to_string())
        .run()
}

/// The tests that bear the name of a row of the table of faults, on both databases; what they printed.
pub fn of_faults() -> Result<Outcome> {
    let postgres = Postgres::start(Durability::Off)?;
    let mut run = Run::new(nextest()?);
    if let Some(cargo) = std::env::var_os("CARGO") {
        run = run.env("CARGO", cargo);
    }
    run.args(["nextest", "run", "--no-fail-fast", "--cargo-quiet"])
        .args(["--show-progress=none", "--status-level=all"])
        .args(["--workspace", "--exclude", "tenon-sandbox", "-E"])
        .arg("test(/(^|::)[agn][0-9]+_/)")
        .env("TENON_TEST_POSTGRES", postgres.url("postgres"))
        .run()
}

/// cargo-nextest: installed, or the build that PyPI has, or compiled.
/// The test runner.
pub fn nextest() -> Result<PathBuf> {
    cargo_tool("cargo-nextest")
}

/// Dependency rules: cargo-deny where it can be had, and in any case the libraries we never link.
pub(super) fn deny() -> Result<Counts> {
    let deny = Run::new(cargo_tool("cargo-deny")?);
    // Advisories need a copy of a Git repository; they are looked at where the network allows it.
    let outcome = deny
        .args([
            "--locked",
            "--all-features",
            "check",
            "--hide-inclusion-graph",
        ])
        .args(["bans", "licenses", "sources"])
        .run()?;
    let mut counts = Counts::one(outcome.ok);
    for name in NEVER_LINKED {
        let linked = is_linked(name)?;
        if linked {
            println!("   {name} is in the dependency graph");
        }
        counts = counts + Counts::one(!linked);
    }
    Ok(counts)
}

/// One TLS library only: rustls with aws-lc-rs.
const NEVER_LINKED: [&str; 4] = ["openssl-sys", "openssl", "native-tls", "ring"];

/// Whether the graph for this machine, with all features in use, has this crate.
fn is_linked(name: &str) -> Result<bool> {
    let graph = Run::cargo()
        .args(["tree", "--workspace", "--locked", "--prefix=none"])
        .args(["--edges=normal,build", "--format={p}"])
        .read()?;
    Ok(graph
        .lines()
        .any(|line| line.split(' ').next() == Some(name)))
}

fn cargo_tool(name: &str) -> Result<PathBuf> {
    if let Some(path) = which(name) {
        return Ok(path);
    }
    match python_tool("tools/cargo/requirements.txt", name) {
        Ok(path) => return Ok(path),
        Err(error) => println!("   {error:#}"),
    }
    println!("   compiling {name}: this takes a while");
    Run::cargo()
        .args(["install", "--locked", "--quiet", name])
        .must()?;
    match which(name) {
        Some(path) => Ok(path),
        None => bail!("{name} was installed, but is not in PATH"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn crates_are_known_by_folder() {
        assert!(is_crate("store") && is_crate("xtask"));
        assert!(!is_crate("../xtask") && !is_crate("nothing"));
    }
}
