#![doc = include_str!("../README.md")]

mod args;
mod config;
mod control;
mod control_http;
mod drive;
mod faults;
mod generate;
mod gmail;
mod log;
mod mailbox;
mod new_mail;
mod oauth;
mod odd;
mod push;
mod quota;
mod sandbox;
mod server;
mod state;
mod transit;
mod upload;
mod wire;

pub use args::SandboxArgs;
pub use config::{Account, QuotaProfile, SandboxConfig, SandboxError};
pub use control::{Control, Counts, FaultScript, Tokens};
pub use faults::{Fault, KNOWN, Known, Played, Weather};
pub use generate::correspondents::{Correspondent, Correspondents, correspondents};
pub use log::{Logged, Totals};
pub use new_mail::NewMail;
pub use oauth::LiveGrant;
pub use push::{PushTotals, Subscription};
pub use sandbox::Sandbox;
pub use state::Gate;
pub use transit::{TransitFake, VaultState};
