#![doc = include_str!("../README.md")]
#![expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "a test that cannot be set up should fail"
)]

#[cfg(feature = "app")]
pub mod app;
pub mod bulk;
pub mod lost_commits;
pub mod peek;
pub mod pictures;
pub mod rows;
pub mod store;
pub mod tamper;

pub use store::TestStore;
