//! `tenon key`: encryption keys.

use std::collections::BTreeMap;

use serde_json::json;
use tenon_model::Scope;

use crate::cli::Key;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::wiring;

pub(super) async fn run(settings: &Settings, command: Key) -> Result<(), Failure> {
    let Key::Status { json: as_json } = command;
    // Opening checks that the key-encryption key is the right one.
    let ctx = wiring::open_offline(settings, false).await?;
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let mut by_kek: BTreeMap<String, u64> = BTreeMap::new();
    for row in tx.keys().list_all().await? {
        *by_kek.entry(row.kek).or_default() += 1;
    }
    drop(tx);
    let destroyed = ctx.keys.graveyard().buried()?.len();
    if as_json {
        super::print_json(
            &json!({ "data_keys_by_key_encryption_key": by_kek, "destroyed": destroyed }),
        );
    } else {
        for (kek, count) in &by_kek {
            super::print(&format!("{count} data keys are wrapped with {kek}"));
        }
        super::print(&format!("{destroyed} data keys have been destroyed"));
    }
    ctx.store.close().await;
    Ok(())
}
