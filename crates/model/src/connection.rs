//! Connections: one grant at a provider, with the features it serves.

use serde::{Deserialize, Serialize};

use crate::feature::{Feature, is_granted};

/// Where a grant lives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// Google.
    Google,
}

impl Provider {
    /// The word in the database and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Google => "google",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        (text == "google").then_some(Self::Google)
    }
}

/// Whether a connection works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ConnectionStatus {
    /// It works. Single features may still need reauthorization.
    Active,
    /// The person paused it; nothing runs, everything is kept.
    Paused,
    /// A standing condition stops it until someone acts (fault reaction `STOP`, A7).
    Stopped,
    /// The grant is gone; tokens are destroyed; metadata waits for its grace period (C7).
    Revoked,
}

impl ConnectionStatus {
    /// The word in the database.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Paused => "paused",
            Self::Stopped => "stopped",
            Self::Revoked => "revoked",
        }
    }

    /// Reads the word; an unknown one stops the connection rather than running it.
    pub fn parse(text: &str) -> Self {
        match text {
            "active" => Self::Active,
            "paused" => Self::Paused,
            "revoked" => Self::Revoked,
            _ => Self::Stopped,
        }
    }
}

/// What a feature of a connection can do right now.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FeatureState {
    /// Switched on and granted.
    On,
    /// Switched on, but the grant lacks a scope (fault A9) or is gone.
    NeedsReauthorization,
    /// Not switched on.
    Off,
}

/// The state of `feature`, from what was chosen and what was granted.
pub fn feature_state(
    feature: Feature,
    chosen: &[Feature],
    granted: &[String],
    status: ConnectionStatus,
) -> FeatureState {
    if feature != Feature::Identity && !chosen.contains(&feature) {
        FeatureState::Off
    } else if status == ConnectionStatus::Revoked || !is_granted(feature, granted) {
        FeatureState::NeedsReauthorization
    } else {
        FeatureState::On
    }
}

/// A person's or an account's sending address (Gmail `sendAs`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Alias {
    /// Address.
    pub address: String,
    /// Display name, may be empty.
    pub name: String,
    /// Whether mail goes out under it unless another is chosen.
    pub is_default: bool,
    /// HTML signature, may be empty.
    pub signature: String,
}

/// What the provider says of the account (sealed in the database).
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct AccountProfile {
    /// The account's address.
    pub address: String,
    /// The person's name.
    pub name: String,
    /// Aliases with signatures.
    #[serde(default)]
    pub aliases: Vec<Alias>,
}
