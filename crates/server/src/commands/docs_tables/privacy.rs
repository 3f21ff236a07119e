//! The privacy page of the book, and the checks as `cargo xtask prove saboteurs` reads them.

use std::fmt::Write as _;

use serde_json::{Value, json};
use tenon_model::policy::{
    CHECKS, Check, Ground, Locale, Run, SENTENCES, Section, UNWRITTEN, checks_of,
};

use super::{GENERATED, head, row};

pub(super) fn page() -> String {
    let mut out = format!(
        "{GENERATED}# Privacy, sentence by sentence\n\nEverything that Tenon promises about privacy is on this page, on the page \
         *Privacy* of the web app and, as far as it concerns an account, in the consent. Each sentence names the checks that fail when \
         it stops being true; each check has been seen to fail, by a *saboteur*: a switch in debug builds that breaks exactly what it \
         looks for (`cargo xtask prove saboteurs`). On a running server `tenon doctor --privacy` runs those marked *live*.\n"
    );
    for section in Section::SHOWN.into_iter().chain([Section::Terms]) {
        let _ = writeln!(out, "\n## {}\n", section.title(Locale::En));
        for sentence in SENTENCES.iter().filter(|s| s.section == section) {
            let proof = match sentence.ground {
                Ground::Term => "an agreement, which no program can check".to_owned(),
                Ground::Checked => checks_of(sentence)
                    .map(|c| format!("[{}](#{})", c.id, c.id.to_lowercase()))
                    .collect::<Vec<_>>()
                    .join(", "),
            };
            let _ = writeln!(out, "- {} ({proof})", sentence.text(Locale::En));
        }
    }
    out.push_str("\n## The checks\n");
    for check in CHECKS {
        let live = if check.live { ", live" } else { "" };
        let _ = writeln!(
            out,
            "\n### {}\n\n{}{live}\n",
            check.id,
            check.text(Locale::En)
        );
        for run in check.all_runs() {
            let _ = writeln!(out, "- {}", told(run));
        }
        for (saboteur, run) in check.saboteurs {
            let _ = writeln!(
                out,
                "- turned red by `{}`: {} Caught by {}.",
                saboteur.word(),
                saboteur.does(),
                told(*run)
            );
        }
    }
    out.push_str(
        "\n## Not checked, and not promised\n\nRows of the catalogue of checks that are about something that is not built yet, or whose check is not.\n\n",
    );
    head(&mut out, &["Row", "Why"]);
    for (id, why) in UNWRITTEN {
        row(&mut out, &[id, why]);
    }
    out
}

fn told(run: Run) -> String {
    match run {
        Run::Test(package, name) => format!("test `{name}` of `{package}`"),
        Run::Proof(name) => format!("`cargo xtask prove {name}`"),
        Run::Browser(script) => format!("`web/e2e/{script}`"),
    }
}

/// One object per check, for programs.
pub(super) fn checks() -> String {
    let checks: Vec<Value> = CHECKS.iter().map(check).collect();
    let text = serde_json::to_string_pretty(&checks).unwrap_or_default();
    text + "\n"
}

fn check(check: &Check) -> Value {
    let saboteurs: Vec<Value> = check
        .saboteurs
        .iter()
        .map(|(saboteur, by)| json!({ "word": saboteur.word(), "does": saboteur.does(), "run": run(*by) }))
        .collect();
    json!({
        "id": check.id,
        "proves": check.proves.iter().map(|(id, _)| id).collect::<Vec<_>>(),
        "runs": check.all_runs().into_iter().map(run).collect::<Vec<_>>(),
        "saboteurs": saboteurs,
        "live": check.live,
    })
}

fn run(run: Run) -> Value {
    match run {
        Run::Test(package, name) => json!({ "kind": "test", "package": package, "name": name }),
        Run::Proof(name) => json!({ "kind": "proof", "name": name }),
        Run::Browser(name) => json!({ "kind": "browser", "name": name }),
    }
}
