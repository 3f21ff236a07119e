//! Waiting by the world's clock.

use std::time::Duration;

use tenon_model::World;

/// Waits so long by the clock of `world`: a test that holds it decides when that has passed.
pub async fn wait(world: &World, by: Duration) {
    match world.sleep(by) {
        Some(held) => held.await,
        None => tokio::time::sleep(by).await,
    }
}
