//! `tenon doctor --privacy`: the sentences of the privacy page, with those of their checks that can be run on
//! this very server. Changes nothing.

use std::collections::{BTreeSet, HashSet};
use std::time::Duration;

use serde_json::{Value, json};
use tenon_model::inventory::COLUMNS;
use tenon_model::policy::{CHECKS, Ground, Locale, SENTENCES, checks_of};
use tenon_model::{KeyId, Scope, World};
use tenon_store::{SEALED_COLUMNS, SealedValue, Store, StoreError};
use tenon_vault::Graveyard;

use super::check::{Check, State};
use crate::settings::Settings;
use crate::wiring;

/// Values that are looked at in each sealed column.
const SAMPLE: u32 = 1_000;
/// The daily purge may be so late.
const LATE: Duration = Duration::from_hours(26);

const REPORT: &str = "this breaks a promise of the privacy page: keep a copy of the database and tell those who build Tenon";

/// Every live check, in the order of the catalogue.
pub(super) async fn check(settings: &Settings, store: Option<&Store>) -> Vec<Check> {
    let mut out = Vec::new();
    for info in CHECKS.iter().filter(|c| c.live) {
        let Some(store) = store else {
            out.push(Check::fail(
                info.id,
                "there is no database to look at",
                "mend what the other lines say first",
            ));
            continue;
        };
        let found = match info.id {
            "Q8" => old_mail(settings, store).await,
            "Q9" => columns(store).await,
            "V1" => sealed(settings, store).await,
            "V5" => graveyard(settings, store).await,
            "X1" => orphans(store).await,
            "X3" => withdrawn(store).await,
            "U8" => consents(store).await,
            _ => Ok(Err("nobody has said how to look".to_owned())),
        };
        out.push(match found {
            Ok(Ok(text)) => Check::ok(info.id, text),
            Ok(Err(text)) => Check::fail(info.id, text, REPORT),
            Err(error) => Check::fail(
                info.id,
                format!("cannot be read: {error}"),
                "mend the database first",
            ),
        });
    }
    out
}

/// What was found: in order, or not.
type Found = Result<Result<String, String>, StoreError>;

fn verdict(wrong: &[String], right: String) -> Result<String, String> {
    if wrong.is_empty() {
        Ok(right)
    } else {
        Err(wrong.join(", "))
    }
}

async fn columns(store: &Store) -> Found {
    let mut tx = super::read(store).await?;
    let found = tx.privacy().columns().await?;
    let declared: BTreeSet<_> = COLUMNS
        .iter()
        .map(|c| (c.table.to_owned(), c.column.to_owned()))
        .collect();
    let mut wrong: Vec<String> = found
        .difference(&declared)
        .map(|(table, column)| format!("{table}.{column} is stored and not declared"))
        .collect();
    let gone = declared.difference(&found);
    wrong.extend(gone.map(|(table, column)| format!("{table}.{column} is declared and missing")));
    Ok(verdict(
        &wrong,
        format!("all {} stored columns are declared", found.len()),
    ))
}

/// Some values of each sealed column, looked at from outside; `tenon key check` opens all of them.
async fn sealed(settings: &Settings, store: &Store) -> Found {
    let mut tx = super::read(store).await?;
    let mut keys: HashSet<KeyId> = tx.keys().list_all().await?.iter().map(|k| k.id).collect();
    // Rows of a connection that has just ended are still there, under a key that is not.
    match buried(settings) {
        Ok(buried) => keys.extend(buried),
        Err(error) => return Ok(Err(error)),
    }
    let (mut looked, mut wrong) = (0, Vec::new());
    for column in SEALED_COLUMNS {
        let values = tx.sealed_values().page(*column, None, SAMPLE).await?;
        looked += values.len();
        let sealed = |v: &SealedValue| v.sealed.key_id().is_ok_and(|key| keys.contains(&key));
        if !values.iter().all(sealed) {
            let (table, column) = (column.table, column.column);
            wrong.push(format!(
                "a value of {table}.{column} is not sealed by a key of this server"
            ));
        }
    }
    Ok(verdict(
        &wrong,
        format!("{looked} values of sealed columns are sealed"),
    ))
}

fn buried(settings: &Settings) -> Result<HashSet<KeyId>, String> {
    let graveyard = Graveyard::new(settings.data_dir.join(wiring::GRAVEYARD));
    graveyard.buried().map_err(|error| error.to_string())
}

async fn graveyard(settings: &Settings, store: &Store) -> Found {
    let mut tx = super::read(store).await?;
    let keys = tx.keys().list_all().await?;
    let buried = match buried(settings) {
        Ok(buried) => buried,
        Err(error) => return Ok(Err(error)),
    };
    let back = keys.iter().filter(|k| buried.contains(&k.id)).count();
    Ok(if back == 0 {
        Ok(format!("none of {} destroyed keys is there", buried.len()))
    } else {
        Err(format!(
            "{back} keys that were destroyed are in the database again; the next start of the server destroys them"
        ))
    })
}

async fn orphans(store: &Store) -> Found {
    let mut tx = super::read(store).await?;
    let found = tx.privacy().orphans().await?;
    let wrong: Vec<String> = found
        .into_iter()
        .map(|(table, count)| {
            format!("{count} rows of {table} belong to a connection that is gone")
        })
        .collect();
    Ok(verdict(
        &wrong,
        "no row belongs to a connection that is gone".to_owned(),
    ))
}

async fn withdrawn(store: &Store) -> Found {
    let mut tx = super::read(store).await?;
    let tokens = tx.privacy().tokens_without_grant().await?;
    let late = World::system().now() - LATE;
    let past = tx.privacy().past_their_grace(late).await?;
    let mut wrong = Vec::new();
    if tokens > 0 {
        wrong.push(format!(
            "{tokens} connections keep tokens though access was withdrawn"
        ));
    }
    if past > 0 {
        wrong.push(format!(
            "{past} connections were to be removed and are still there"
        ));
    }
    Ok(verdict(
        &wrong,
        "no connection outlives its grant longer than promised".to_owned(),
    ))
}

async fn old_mail(settings: &Settings, store: &Store) -> Found {
    let mut tx = super::read(store).await?;
    let workspaces = tx.retention().workspaces().await?;
    drop(tx);
    let (mut wrong, mut boxes) = (Vec::new(), 0);
    for workspace in workspaces {
        let mut tx = store.read(&Scope::job(workspace)).await?;
        let chosen = tx.retention().mail_days().await?;
        drop(tx);
        let days = chosen
            .and_then(|d| u32::try_from(d).ok())
            .unwrap_or(settings.mail_days);
        if days == 0 {
            continue;
        }
        boxes += 1;
        let since = World::system().now() - Duration::from_hours(24) * days - LATE;
        let mut tx = super::read(store).await?;
        let old = tx.privacy().older_than(workspace, since).await?;
        if old > 0 {
            wrong.push(format!(
                "{old} messages of {workspace} are older than its {days} days"
            ));
        }
    }
    Ok(verdict(
        &wrong,
        format!("no message is older than its workspace keeps mail ({boxes} keep it for a time)"),
    ))
}

async fn consents(store: &Store) -> Found {
    let mut tx = super::read(store).await?;
    let without = tx.privacy().consents_without_text().await?;
    let wrong: Vec<String> = without
        .into_iter()
        .map(|id| format!("the text that was agreed to with {id} is not kept"))
        .collect();
    Ok(verdict(&wrong, "every consent has its text".to_owned()))
}

/// The sentences and how each is proved here and now.
pub(super) fn sentences(locale: Locale, checks: &[Check]) -> Vec<Value> {
    SENTENCES
        .iter()
        .map(|sentence| {
            let proofs: Vec<Value> = checks_of(sentence)
                .map(|info| {
                    let here = checks.iter().find(|c| c.name == info.id);
                    json!({
                        "check": info.id,
                        "what": info.text(locale),
                        "here": here.map(|c| c.state.word()),
                    })
                })
                .collect();
            json!({ "id": sentence.id, "text": sentence.text(locale), "ground": sentence.ground, "proofs": proofs })
        })
        .collect()
}

/// The same for people, a sentence and its proofs on lines of their own.
pub(super) fn lines(locale: Locale, checks: &[Check]) -> Vec<String> {
    let mut out = Vec::new();
    for sentence in SENTENCES {
        let mut here = Vec::new();
        let mut elsewhere = Vec::new();
        for info in checks_of(sentence) {
            match checks.iter().find(|c| c.name == info.id) {
                Some(check) => here.push(format!("{} {}", info.id, check.state.word())),
                None => elsewhere.push(info.id),
            }
        }
        let bad = checks
            .iter()
            .any(|c| c.state == State::Fail && checks_of(sentence).any(|i| i.id == c.name));
        let mark = match (sentence.ground, bad, here.is_empty()) {
            (Ground::Term, ..) => "term",
            (_, true, _) => "FAIL",
            (_, _, true) => "  - ",
            _ => "ok  ",
        };
        let mut how = Vec::new();
        if !here.is_empty() {
            how.push(format!("here: {}", here.join(", ")));
        }
        if !elsewhere.is_empty() {
            how.push(format!("with every release: {}", elsewhere.join(", ")));
        }
        if sentence.ground == Ground::Term {
            how.push("an agreement, which no program can check".to_owned());
        }
        out.push(format!(
            "{mark} {}\n       {}",
            sentence.text(locale),
            how.join("; ")
        ));
    }
    out
}
