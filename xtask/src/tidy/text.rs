//! Rules about the text of files.

use std::path::{Component, Path, PathBuf};

use super::{Findings, Source};

const CODE: [&str; 8] = ["rs", "ts", "tsx", "mjs", "js", "py", "css", "sql"];

/// Above this a file deserves a look; above the other it must be divided.
const LONG: usize = 400;
const TOO_LONG: usize = 600;

fn generated(path: &str) -> bool {
    path.ends_with(".d.ts") || path.contains("/generated/")
}

fn is_code(source: &Source) -> bool {
    source.is(&CODE) && !generated(&source.path)
}

pub(super) fn sql(sources: &[Source]) -> Findings {
    const STATEMENTS: [&str; 5] = [
        "SELECT ",
        "INSERT INTO ",
        "DELETE FROM ",
        "CREATE TABLE ",
        "ALTER TABLE ",
    ];
    let mut findings = Findings::default();
    for source in sources {
        let other = source.path.starts_with("crates/") && !source.path.starts_with("crates/store/");
        if !other || !source.is(&["rs", "sql"]) {
            continue;
        }
        for (number, line) in source.lines() {
            let code = line.trim_start();
            let found = STATEMENTS
                .iter()
                .any(|s| code.starts_with(s) || code.contains(&format!("\"{s}")));
            if found && !code.starts_with("//") {
                findings.error(format!("{}:{number}", source.path));
            }
        }
    }
    findings
}

pub(super) fn length(sources: &[Source]) -> Findings {
    let mut findings = Findings::default();
    for source in sources.iter().filter(|s| is_code(s)) {
        let lines = source.text.lines().count();
        if lines > TOO_LONG {
            findings.error(format!(
                "{} has {lines} lines (limit {TOO_LONG})",
                source.path
            ));
        } else if lines > LONG {
            findings.note(format!("{} has {lines} lines", source.path));
        }
    }
    findings
}

pub(super) fn unfinished(sources: &[Source]) -> Findings {
    // Written in two halves so that this file does not name them.
    const WORDS: [&str; 3] = [
        concat!("TO", "DO"),
        concat!("FIX", "ME"),
        concat!("XX", "X"),
    ];
    const MACROS: [&str; 3] = [
        concat!("to", "do!("),
        concat!("unimple", "mented!("),
        concat!("db", "g!("),
    ];
    let mut findings = Findings::default();
    for source in sources
        .iter()
        .filter(|s| s.is(&CODE) || s.is(&["md", "toml", "yml", "sh"]))
    {
        for (number, line) in source.lines() {
            let word = WORDS.iter().find(|w| whole_word(line, w));
            let found = word.or_else(|| {
                let rust = source.is(&["rs"]);
                MACROS.iter().find(|m| rust && line.contains(**m))
            });
            if let Some(found) = found {
                findings.error(format!("{}:{number}: {found}", source.path));
            }
        }
    }
    findings
}

fn whole_word(line: &str, word: &str) -> bool {
    let letter = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
    line.match_indices(word).any(|(at, _)| {
        let before = line[..at].chars().next_back();
        let after = line[at + word.len()..].chars().next();
        !letter(before) && !letter(after)
    })
}

pub(super) fn places(sources: &[Source]) -> Findings {
    const PATHS: [&str; 3] = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
    ];
    let mut findings = Findings::default();
    for source in sources {
        let lock = source.path.ends_with("package-lock.json");
        for (number, line) in source.lines() {
            let path = PATHS.iter().any(|p| {
                line.match_indices(p).any(|(at, _)| {
                    // "/api/home/" is not a machine's path.
                    let before = line[..at].chars().next_back();
                    !before.is_some_and(|c| c.is_alphanumeric() || ".}_-*@".contains(c))
                })
            });
            if path {
                findings.error(format!("{}:{number}: a machine's path", source.path));
            }
            let registry = line.contains(concat!("artif", "actory"))
                || lock && line.trim_start().starts_with("\"resolved\": \"http");
            if registry {
                findings.error(format!("{}:{number}: a registry host", source.path));
            }
        }
    }
    findings
}

pub(super) fn allowed(sources: &[Source]) -> Findings {
    const FORMS: [&str; 2] = [concat!("#[al", "low("), concat!("#![al", "low(")];
    let mut findings = Findings::default();
    for source in sources.iter().filter(|s| s.is(&["rs"])) {
        let mut in_macro = false;
        for (number, line) in source.lines() {
            in_macro = match line {
                "}" => false,
                line => in_macro || line.starts_with("macro_rules!"),
            };
            // What a macro writes may or may not need it, which an expectation cannot say.
            let argued = in_macro && line.contains("reason = ");
            if !argued && FORMS.iter().any(|f| line.contains(f)) {
                findings.error(format!("{}:{number}", source.path));
            }
        }
    }
    findings
}

pub(super) fn dialects(sources: &[Source]) -> Findings {
    const MARK: &str = concat!("diale", "ct!(");
    let mut findings = Findings::default();
    for source in sources.iter().filter(|s| s.is(&["rs"])) {
        for (number, line) in source.lines() {
            let code = line.trim_start();
            if !code.contains(MARK) || code.starts_with("//") {
                continue;
            }
            if source.path.starts_with("crates/store/") {
                findings.note(format!("dialect fork: {}:{number}", source.path));
            } else {
                findings.error(format!("{}:{number}: outside the store", source.path));
            }
        }
    }
    findings
}

pub(super) fn readmes(sources: &[Source]) -> Findings {
    let mut findings = Findings::default();
    let manifests = sources
        .iter()
        .filter_map(|s| s.path.strip_suffix("/Cargo.toml"));
    for folder in manifests.filter(|f| f.starts_with("crates/")) {
        let readme = format!("{folder}/README.md");
        let Some(readme) = sources.iter().find(|s| s.path == readme) else {
            findings.error(format!("{folder} has no README.md"));
            continue;
        };
        let lines = readme.text.lines().count();
        if lines < 8 {
            findings.error(format!("{} says too little ({lines} lines)", readme.path));
        }
        let library = sources
            .iter()
            .find(|s| s.path == format!("{folder}/src/lib.rs"));
        if library.is_some_and(|l| !l.text.contains("include_str!(\"../README.md\")")) {
            findings.error(format!("{folder}/src/lib.rs does not include its README"));
        }
    }
    findings
}

pub(super) fn changelog(sources: &[Source]) -> Findings {
    let mut findings = Findings::default();
    let changelog = sources.iter().find(|s| s.path == "CHANGELOG.md");
    if !changelog.is_some_and(|c| c.text.contains("## [Unreleased]")) {
        findings.error("CHANGELOG.md needs a `## [Unreleased]` section");
    }
    findings
}

pub(super) fn links(sources: &[Source]) -> Findings {
    let root = crate::workspace::root();
    let mut findings = Findings::default();
    for source in sources.iter().filter(|s| s.is(&["md"])) {
        // In a crate's README the targets may be rustdoc items.
        let rustdoc = source.path.starts_with("crates/");
        for (number, target) in link_targets(source) {
            let file = target.split('#').next().unwrap_or_default();
            let elsewhere = file.is_empty() || file.contains("://") || file.starts_with("mailto:");
            if elsewhere || rustdoc && !file.contains('/') {
                continue;
            }
            let folder = Path::new(&source.path).parent().unwrap_or(Path::new(""));
            if !root.join(resolve(folder, file)).exists() {
                findings.error(format!("{}:{number}: {target}", source.path));
            }
        }
    }
    findings
}

fn link_targets(source: &Source) -> Vec<(usize, &str)> {
    let mut fenced = false;
    let mut found = Vec::new();
    for (number, line) in source.lines() {
        if line.trim_start().starts_with("```") {
            fenced = !fenced;
        }
        if fenced {
            continue;
        }
        for (at, _) in line.match_indices("](") {
            let rest = &line[at + 2..];
            if let Some(end) = rest.find([')', ' ']) {
                found.push((number, &rest[..end]));
            }
        }
    }
    found
}

fn resolve(folder: &Path, target: &str) -> PathBuf {
    let mut path = PathBuf::new();
    for part in folder.join(target).components() {
        match part {
            Component::ParentDir => {
                path.pop();
            }
            Component::Normal(part) => path.push(part),
            _ => {}
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn errors(rule: super::super::Rule, path: &str, text: &str) -> Vec<String> {
        let source = Source {
            path: path.into(),
            text: text.into(),
        };
        rule(&[source]).errors
    }

    #[test]
    fn sql_outside_the_store() {
        let text = "let q = \"SELECT 1\";\n// \"SELECT 1\" in a remark\n";
        assert_eq!(
            errors(sql, "crates/app/src/a.rs", text),
            ["crates/app/src/a.rs:1"]
        );
        assert!(errors(sql, "crates/store/src/a.rs", text).is_empty());
        let text = "let q = r\"\n    INSERT INTO t VALUES (1)\";\n";
        assert_eq!(errors(sql, "crates/api/src/a.rs", text).len(), 1);
        assert!(errors(sql, "crates/api/src/a.rs", "/// Select one.\n").is_empty());
    }

    #[test]
    fn lengths() {
        let long = "x\n".repeat(601);
        assert_eq!(errors(length, "a.rs", &long).len(), 1);
        assert!(errors(length, "a.d.ts", &long).is_empty());
        assert!(errors(length, "a.json", &long).is_empty());
        let source = Source {
            path: "a.rs".into(),
            text: "x\n".repeat(401),
        };
        assert_eq!(length(&[source]).notes.len(), 1);
    }

    #[test]
    fn unfinished_work() {
        let mark = concat!("TO", "DO");
        assert_eq!(
            errors(unfinished, "a.rs", &format!("// {mark}: x")).len(),
            1
        );
        assert!(errors(unfinished, "a.rs", &format!("let {mark}S = 1;")).is_empty());
        assert_eq!(errors(unfinished, "a.rs", concat!("db", "g!(x);")).len(), 1);
        assert!(errors(unfinished, "a.rs", "a.todo_list()").is_empty());
    }

    #[test]
    fn machine_paths_and_registries() {
        assert_eq!(
            errors(places, "a.toml", concat!("x = \"/ho", "me/me/x\"")).len(),
            1
        );
        assert!(errors(places, "a.ts", concat!("\"/api/v1/ho", "me/\"")).is_empty());
        assert_eq!(errors(places, "a.md", concat!("`/wo", "rk/x`")).len(), 1);
        let lock = "  \"resolved\": \"https://registry.example/x.tgz\",";
        assert_eq!(errors(places, "web/package-lock.json", lock).len(), 1);
        assert!(errors(places, "Cargo.lock", lock).is_empty());
    }

    #[test]
    fn allowances() {
        assert_eq!(
            errors(allowed, "a.rs", concat!("#[al", "low(dead_code)]")).len(),
            1
        );
        let argued = concat!("    #[al", "low(dead_code, reason = \"x\")]\n");
        let in_macro = format!("macro_rules! x {{\n{argued}}}\n");
        assert!(errors(allowed, "a.rs", &in_macro).is_empty());
        assert_eq!(
            errors(allowed, "a.rs", &format!("{in_macro}{argued}")).len(),
            1
        );
        assert!(errors(allowed, "a.rs", "#[expect(dead_code, reason = \"x\")]").is_empty());
    }

    #[test]
    fn links_are_followed() {
        let text = "[a](xtask/Cargo.toml) [b](no/such.md#x) [c](https://example.org)\n```\n[d](nothing)\n```\n";
        assert_eq!(
            errors(links, "README.md", text),
            ["README.md:1: no/such.md#x"]
        );
        assert_eq!(
            resolve(Path::new("docs/book/src"), "../../architecture.md"),
            Path::new("docs/architecture.md")
        );
    }

    #[test]
    fn changelog_section() {
        assert!(errors(changelog, "CHANGELOG.md", "## [Unreleased]\n").is_empty());
        assert_eq!(errors(changelog, "CHANGELOG.md", "## [0.1.0]\n").len(), 1);
    }
}
