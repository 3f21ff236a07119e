//! `tenon migrate`: brings the database up to date, forward only.

use crate::failure::Failure;
use crate::settings::Settings;
use crate::wiring;

pub(super) async fn run(settings: &Settings) -> Result<(), Failure> {
    wiring::prepare_data_dir(&settings.data_dir)?;
    let store = wiring::open_store(settings, true).await?;
    store.close().await;
    super::print("the database is up to date");
    Ok(())
}
