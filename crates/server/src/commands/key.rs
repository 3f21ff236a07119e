//! `tenon key`: encryption keys.

use serde_json::json;
use tenon_app::Ctx;
use tenon_app::keys::{Checked, Standing};
use tenon_vault::Change;

use crate::cli::Key;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::wiring;

/// After so many keys or values a line says how far it is.
const KEYS: u64 = 1_000;
const VALUES: u64 = 100_000;

pub(super) async fn run(settings: &Settings, command: Key) -> Result<(), Failure> {
    // Opening checks that the key-encryption key is the right one.
    let ctx = wiring::open_offline(settings, false).await?;
    let outcome = match command {
        Key::Status { json } => status(&ctx, json).await,
        Key::Rotate => rotate(&ctx).await,
        Key::Rewrap => rewrap(&ctx).await,
        Key::Retire { version } => retire(&ctx, version).await,
        Key::Check { json } => check(&ctx, json).await,
        Key::Graveyard { json } => graveyard(&ctx, json),
    };
    ctx.store.close().await;
    outcome
}

async fn status(ctx: &Ctx, as_json: bool) -> Result<(), Failure> {
    let standing = ctx.keys.standing().await?;
    let behind = standing.behind();
    let Standing {
        current,
        newest,
        held,
        wrapped,
        destroyed,
    } = standing;
    if as_json {
        let wrapped: serde_json::Map<_, _> = wrapped
            .into_iter()
            .map(|(kek, count)| (kek, json!(count)))
            .collect();
        super::print_json(&json!({
            "current": current.to_string(), "newest": newest.to_string(), "versions": held,
            "data_keys_by_key_encryption_key": wrapped, "destroyed": destroyed,
        }));
        return Ok(());
    }
    let held: Vec<String> = held.iter().map(u32::to_string).collect();
    super::print(&format!(
        "{} has the versions {}",
        newest.source,
        held.join(", ")
    ));
    super::print(&format!("new data keys are wrapped with {current}"));
    for (kek, count) in &wrapped {
        super::print(&format!("{count} data keys are wrapped with {kek}"));
    }
    super::print(&format!("{destroyed} data keys have been destroyed"));
    if behind > 0 || current != newest {
        super::print("to wrap all of them with the newest version: tenon key rewrap");
    }
    Ok(())
}

async fn rotate(ctx: &Ctx) -> Result<(), Failure> {
    match ctx.keys.rotate().await? {
        Change::Done(version) => {
            super::print(&format!(
                "version {version} is there, and nothing uses it yet"
            ));
            super::print(
                "1. where the key is a file, back it up, and bring it to all servers if there are several",
            );
            super::print("2. tenon key rewrap");
        }
        Change::ByHand(told) => {
            super::print(&told);
            super::print("then: tenon key rewrap");
        }
    }
    Ok(())
}

async fn rewrap(ctx: &Ctx) -> Result<(), Failure> {
    let mut told = 0;
    let done = ctx.keys.rewrap(|moved| {
        if moved / KEYS > told {
            told = moved / KEYS;
            super::print(&format!("{moved} data keys so far"));
        }
    });
    let done = done.await?;
    super::print(&format!(
        "{} data keys were wrapped anew with {}",
        done.moved, done.with
    ));
    if let Some(first) = done.broken.first() {
        return Err(Failure::new(format!(
            "{} data keys do not open and stay as they were, {first} first; look at tenon key check",
            done.broken.len()
        )));
    }
    Ok(())
}

async fn retire(ctx: &Ctx, version: u32) -> Result<(), Failure> {
    match ctx.keys.retire(version).await? {
        Change::Done(version) => {
            super::print(&format!(
                "version {version} is gone from here; no data key in the database needs it"
            ));
            super::print(
                "backups from before the last rewrap need it: keep a copy of the old key for as long as you keep them",
            );
        }
        Change::ByHand(told) => super::print(&told),
    }
    Ok(())
}

async fn check(ctx: &Ctx, as_json: bool) -> Result<(), Failure> {
    let mut told = 0;
    let found = ctx.keys.check(|looked_at| {
        if !as_json && looked_at / VALUES > told {
            told = looked_at / VALUES;
            super::print(&format!("{looked_at} values so far"));
        }
    });
    let Checked {
        opened,
        destroyed,
        unreadable,
    } = found.await?;
    let count: u64 = unreadable.iter().map(|u| u.count).sum();
    if as_json {
        let items: Vec<_> = unreadable
            .iter()
            .map(|u| json!({ "table": u.table, "column": u.column, "count": u.count, "example": u.example.to_string(), "why": u.why }))
            .collect();
        super::print_json(
            &json!({ "opened": opened, "destroyed": destroyed, "unreadable": count, "where": items }),
        );
    } else {
        super::print(&format!("{opened} sealed values open"));
        if destroyed > 0 {
            super::print(&format!(
                "{destroyed} of disconnected accounts do not, as it should be, and wait to be removed"
            ));
        }
        for u in &unreadable {
            super::print(&format!(
                "{} in {}.{} do not open, {} first: {}",
                u.count, u.table, u.column, u.example, u.why
            ));
        }
    }
    if count > 0 {
        return Err(Failure::new(format!(
            "{count} sealed values do not open; restore the database from a backup, or connect these accounts anew"
        )));
    }
    Ok(())
}

fn graveyard(ctx: &Ctx, as_json: bool) -> Result<(), Failure> {
    let mut buried: Vec<String> = ctx
        .keys
        .graveyard()
        .buried()?
        .iter()
        .map(ToString::to_string)
        .collect();
    buried.sort_unstable();
    if as_json {
        super::print_json(&json!({ "items": buried }));
        return Ok(());
    }
    for id in &buried {
        super::print(id);
    }
    super::print(&format!("{} data keys have been destroyed", buried.len()));
    Ok(())
}
