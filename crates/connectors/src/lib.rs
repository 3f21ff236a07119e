#![doc = include_str!("../README.md")]

pub mod calls;
pub mod error;
pub mod google;
pub mod images;
pub mod openid;
pub mod ports;
pub mod quota;
pub mod transit;
pub mod transport;

pub use error::{ProviderError, Reaction};
