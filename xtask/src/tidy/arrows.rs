//! Who may know whom: `docs/architecture.md`, "The rooms".

use anyhow::{Context, Result};
use serde::Deserialize;
use serde_json::Value;

use super::{Findings, Source};
use crate::command::Run;

/// A crate and the crates of this workspace it may depend on.
const CRATES: [(&str, &[&str]); 12] = [
    ("model", &[]),
    ("vault", &["model"]),
    // The store keeps `vault::Sealed` values; it can neither open nor make them.
    ("store", &["model", "vault"]),
    ("jobs", &["model", "store"]),
    ("connectors", &["model"]),
    ("app", &["model", "vault", "store", "jobs", "connectors"]),
    ("api", &["app", "model"]),
    (
        "server",
        &[
            "api",
            "app",
            "connectors",
            "jobs",
            "model",
            "sandbox",
            "store",
            "vault",
        ],
    ),
    ("sandbox", &["model"]),
    (
        "testkit",
        &[
            "api",
            "app",
            "connectors",
            "jobs",
            "model",
            "sandbox",
            "store",
            "vault",
        ],
    ),
    (
        "simulate",
        &[
            "app",
            "connectors",
            "jobs",
            "model",
            "sandbox",
            "store",
            "testkit",
            "vault",
        ],
    ),
    ("xtask", &[]),
];

/// What tests may use besides.
const FOR_TESTS: [&str; 2] = ["sandbox", "testkit"];

/// A web package and the packages it may depend on.
const PACKAGES: [(&str, &[&str]); 6] = [
    ("@tenon/api-client", &[]),
    ("@tenon/ui", &[]),
    ("@tenon/features", &["@tenon/ui", "@tenon/api-client"]),
    ("@tenon/msw", &["@tenon/api-client"]),
    (
        "@tenon/web",
        &["@tenon/ui", "@tenon/features", "@tenon/api-client"],
    ),
    ("@tenon/api-generator", &[]),
];

/// The fakes, which only tests and the mock server may load.
const WEB_FOR_TESTS: &str = "@tenon/msw";

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
}

#[derive(Deserialize)]
struct Package {
    name: String,
    dependencies: Vec<Dependency>,
}

#[derive(Deserialize)]
struct Dependency {
    name: String,
    kind: Option<String>,
}

/// Dependencies of every crate, from cargo itself.
pub(super) fn crates(_: &[Source]) -> Findings {
    metadata().map_or_else(broken, |metadata| judge(&metadata))
}

/// A rule that cannot be checked is broken.
fn broken(error: impl std::fmt::Display) -> Findings {
    let mut findings = Findings::default();
    findings.error(format!("{error:#}"));
    findings
}

fn metadata() -> Result<Metadata> {
    let text = Run::cargo()
        .args(["metadata", "--format-version=1", "--no-deps", "--offline"])
        .read()?;
    serde_json::from_str(&text).context("cargo metadata changed its shape")
}

fn judge(metadata: &Metadata) -> Findings {
    let mut findings = Findings::default();
    for package in &metadata.packages {
        let name = short(&package.name);
        let Some((_, allowed)) = CRATES.iter().find(|(known, _)| *known == name) else {
            findings.error(format!("{} is not in the list of rooms", package.name));
            continue;
        };
        for dependency in &package.dependencies {
            // testkit makes and drops the databases that store tests run on.
            let speaks_sql = ["store", "testkit"].contains(&name);
            if dependency.name == "sqlx" && !speaks_sql && dependency.kind.is_none() {
                findings.error(format!("{} -> sqlx: only store speaks SQL", package.name));
            }
            let Some(to) = dependency.name.strip_prefix("tenon-") else {
                continue;
            };
            let for_tests = dependency.kind.as_deref() == Some("dev");
            let known = allowed.contains(&to)
                || for_tests && (FOR_TESTS.contains(&to) || to == name)
                // A test of a high room may build what lies below it.
                || for_tests && below(name).contains(&to);
            if !known {
                findings.error(format!("{} -> {}", package.name, dependency.name));
            }
        }
    }
    findings
}

/// Everything a crate reaches along allowed arrows.
fn below(name: &str) -> Vec<&'static str> {
    let mut reached: Vec<&'static str> = Vec::new();
    let mut open = vec![name];
    while let Some(name) = open.pop() {
        let arrows = CRATES.iter().find(|(known, _)| *known == name);
        for to in arrows.map_or(&[][..], |(_, to)| to) {
            if !reached.contains(to) {
                reached.push(to);
                open.push(to);
            }
        }
    }
    reached
}

fn short(name: &str) -> &str {
    name.strip_prefix("tenon-")
        .unwrap_or(if name == "tenon" { "server" } else { name })
}

/// Dependencies and imports of every web package.
pub(super) fn web(sources: &[Source]) -> Findings {
    packages(sources).unwrap_or_else(broken)
}

fn packages(sources: &[Source]) -> Result<Findings> {
    let mut findings = Findings::default();
    for source in sources {
        let Some(folder) = source.path.strip_suffix("/package.json") else {
            continue;
        };
        if !folder.starts_with("web/") {
            continue;
        }
        let package: Value =
            serde_json::from_str(&source.text).with_context(|| source.path.clone())?;
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = PACKAGES.iter().find(|(known, _)| *known == name) else {
            findings.error(format!("{name} is not in the list of packages"));
            continue;
        };
        let depends = |key: &str| {
            let object = package[key].as_object();
            object.map_or(Vec::new(), |o| o.keys().cloned().collect())
        };
        for to in depends("dependencies") {
            if to.starts_with("@tenon/") && !allowed.contains(&to.as_str()) {
                findings.error(format!("{name} -> {to}"));
            }
        }
        for to in depends("devDependencies") {
            let known = allowed.contains(&to.as_str()) || to == WEB_FOR_TESTS;
            if to.starts_with("@tenon/") && !known {
                findings.error(format!("{name} -> {to} (dev)"));
            }
        }
        let prefix = format!("{folder}/src/");
        let files = sources
            .iter()
            .filter(|s| s.path.starts_with(&prefix) && s.is(&["ts", "tsx"]));
        for file in files {
            let test = file.path.contains(".test.") || file.path.contains("/testing/");
            for (number, to) in imports(file) {
                let known = allowed.contains(&to) || to == name || test && to == WEB_FOR_TESTS;
                if !known {
                    findings.error(format!("{}:{number}: {name} -> {to}", file.path));
                }
            }
        }
    }
    Ok(findings)
}

/// The packages of this workspace that a file imports.
fn imports(file: &Source) -> impl Iterator<Item = (usize, &str)> {
    file.lines().filter_map(|(number, line)| {
        let line = line.trim_start();
        let statement =
            line.starts_with("import") || line.starts_with("export") || line.starts_with('}');
        let from = line.find("\"@tenon/").filter(|_| statement)?;
        let specifier = line[from + 1..].split('"').next()?;
        // "@tenon/ui/styles.css" belongs to "@tenon/ui".
        let end = specifier
            .char_indices()
            .filter(|(_, c)| *c == '/')
            .nth(1)
            .map_or(specifier.len(), |(at, _)| at);
        Some((number, &specifier[..end]))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn with(name: &str, dependencies: &[(&str, Option<&str>)]) -> Metadata {
        Metadata {
            packages: vec![Package {
                name: name.into(),
                dependencies: dependencies
                    .iter()
                    .map(|(name, kind)| Dependency {
                        name: (*name).into(),
                        kind: kind.map(Into::into),
                    })
                    .collect(),
            }],
        }
    }

    #[test]
    fn arrows_up_and_sideways_are_found() {
        let errors = |name, deps: &[_]| judge(&with(name, deps)).errors;
        assert!(errors("tenon-app", &[("tenon-store", None), ("serde", None)]).is_empty());
        assert_eq!(
            errors("tenon-model", &[("tenon-store", None)]),
            vec!["tenon-model -> tenon-store"]
        );
        assert_eq!(errors("tenon-api", &[("tenon-store", None)]).len(), 1);
        assert!(errors("tenon-api", &[("tenon-store", Some("dev"))]).is_empty());
        assert!(errors("tenon-store", &[("tenon-testkit", Some("dev"))]).is_empty());
        assert_eq!(errors("tenon-store", &[("tenon-testkit", None)]).len(), 1);
        assert_eq!(
            errors("tenon-store", &[("tenon-app", Some("dev"))]).len(),
            1
        );
        assert_eq!(errors("tenon-app", &[("sqlx", None)]).len(), 1);
        assert_eq!(errors("tenon-everything", &[]).len(), 1);
        assert!(errors("tenon", &[("tenon-sandbox", None)]).is_empty());
    }

    #[test]
    fn web_imports_are_found() {
        let file = |path: &str, text: &str| Source {
            path: path.into(),
            text: text.into(),
        };
        let ui = file("web/packages/ui/package.json", r#"{"name":"@tenon/ui"}"#);
        let bad = file(
            "web/packages/ui/src/a.tsx",
            "import { x } from \"@tenon/features/mail\";\n",
        );
        let remark = file(
            "web/packages/ui/src/b.tsx",
            "// about \"@tenon/features\"\n",
        );
        let found = web(&[ui, bad, remark]).errors;
        assert_eq!(
            found,
            vec!["web/packages/ui/src/a.tsx:1: @tenon/ui -> @tenon/features"]
        );
        let dependency = file(
            "web/packages/api-client/package.json",
            r#"{"name":"@tenon/api-client","dependencies":{"@tenon/ui":"*"}}"#,
        );
        assert_eq!(web(&[dependency]).errors.len(), 1);
    }
}
