//! Mail as metadata: what a sync brings in, and the state of a mailbox.

use std::fmt;

use serde::{Deserialize, Serialize};

use crate::Time;

/// A name and an address (RFC 5322, 3.4). `Debug` shows neither: both are personal data.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Address {
    /// Display name, may be empty.
    #[serde(rename = "n", default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// Address as written, may lack an `@` in broken mail.
    #[serde(rename = "a")]
    pub address: String,
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Address(…)")
    }
}

/// The headers that Tenon keeps of a message, sealed as one value. Field names are short because
/// there is one of these for every message.
#[derive(Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Envelope {
    /// `From`.
    #[serde(rename = "f", default, skip_serializing_if = "Vec::is_empty")]
    pub from: Vec<Address>,
    /// `To`.
    #[serde(rename = "t", default, skip_serializing_if = "Vec::is_empty")]
    pub to: Vec<Address>,
    /// `Cc`.
    #[serde(rename = "c", default, skip_serializing_if = "Vec::is_empty")]
    pub cc: Vec<Address>,
    /// `Reply-To`.
    #[serde(rename = "y", default, skip_serializing_if = "Vec::is_empty")]
    pub reply_to: Vec<Address>,
    /// `Subject`, decoded.
    #[serde(rename = "s", default, skip_serializing_if = "String::is_empty")]
    pub subject: String,
    /// `Date`, if readable.
    #[serde(rename = "d", default, skip_serializing_if = "Option::is_none")]
    pub date: Option<Time>,
    /// `Message-ID` without angle brackets.
    #[serde(rename = "i", default, skip_serializing_if = "String::is_empty")]
    pub message_id: String,
    /// `References` and `In-Reply-To`, oldest first, without angle brackets.
    #[serde(rename = "r", default, skip_serializing_if = "Vec::is_empty")]
    pub references: Vec<String>,
    /// Whether a machine wrote it: `List-Id`, `List-Unsubscribe`, `Precedence: bulk|list|junk`, `Auto-Submitted` not `no`.
    #[serde(rename = "b", default, skip_serializing_if = "std::ops::Not::not")]
    pub automatic: bool,
}

impl fmt::Debug for Envelope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Envelope(…)")
    }
}

/// One message as the provider lists it: no body, no snippet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RemoteMessage {
    /// The provider's id: opaque, case-sensitive bytes.
    pub provider_id: String,
    /// The provider's thread id.
    pub thread_id: String,
    /// The provider's label ids, as given.
    pub labels: Vec<String>,
    /// When the provider received it.
    pub received_at: Time,
    /// Size in bytes, as the provider estimates.
    pub size: i64,
    /// Whether it seems to carry attachments (top level `multipart/mixed`).
    pub has_attachments: bool,
    /// The headers kept.
    pub envelope: Envelope,
}

/// A label of the mailbox.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemoteLabel {
    /// The provider's id (`INBOX`, `Label_12`).
    pub provider_id: String,
    /// Name, nested by `/`.
    pub name: String,
    /// Whether the provider made it.
    pub system: bool,
    /// Background and text colour as `#rrggbb`, if set.
    pub color: Option<(String, String)>,
}

impl fmt::Debug for RemoteLabel {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RemoteLabel")
            .field("provider_id", &self.provider_id)
            .finish_non_exhaustive()
    }
}

/// Where a sync stands at the provider; opaque to everyone but its connector.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cursor(pub String);

impl Cursor {
    /// Whether it certainly lies before `other`: both are numbers, as Gmail's history ids are, and
    /// this is the smaller one. Of other providers' cursors nothing can be said.
    pub fn is_before(&self, other: &Self) -> bool {
        match (self.0.parse::<u64>(), other.0.parse::<u64>()) {
            (Ok(this), Ok(other)) => this < other,
            _ => false,
        }
    }
}

/// One change of a mailbox since a cursor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A message is new, or unknown to us: fetch it.
    Added {
        /// The message.
        provider_id: String,
        /// Its thread.
        thread_id: String,
    },
    /// A message was removed for good.
    Deleted {
        /// The message.
        provider_id: String,
    },
    /// Labels were put on.
    LabelsAdded {
        /// The message.
        provider_id: String,
        /// Its thread.
        thread_id: String,
        /// The labels put on, by provider id.
        labels: Vec<String>,
    },
    /// Labels were taken off.
    LabelsRemoved {
        /// The message.
        provider_id: String,
        /// Its thread.
        thread_id: String,
        /// The labels taken off, by provider id.
        labels: Vec<String>,
    },
}

/// What a mailbox's sync is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SyncState {
    /// Nothing has been read yet.
    Waiting,
    /// The first complete snapshot is being taken.
    FirstSync,
    /// In step by cursor.
    Live,
    /// A complete snapshot is being taken again, because the cursor had expired.
    Resync,
    /// Waiting for a person: the deletion brake or too many resyncs.
    Parked,
}

impl SyncState {
    /// The word in the database and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::FirstSync => "first_sync",
            Self::Live => "live",
            Self::Resync => "resync",
            Self::Parked => "parked",
        }
    }

    /// Reads the word; an unknown one waits for a person.
    pub fn parse(text: &str) -> Self {
        match text {
            "waiting" => Self::Waiting,
            "first_sync" => Self::FirstSync,
            "live" => Self::Live,
            "resync" => Self::Resync,
            _ => Self::Parked,
        }
    }
}

/// How many deletions one snapshot may bring without asking: more than `max(20, 5 %)` parks
/// (`provider-faults` section 2, step 5).
pub fn above_brake(tombstones: u64, known: u64) -> bool {
    tombstones > 20.max(known / 20)
}

/// An address made equal for look-ups: trimmed and lower-cased.
pub fn normalize_address(address: &str) -> String {
    address.trim().to_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_brake_lets_small_deletions_through() {
        assert!(!above_brake(20, 10));
        assert!(above_brake(21, 10));
        assert!(!above_brake(50, 1_000));
        assert!(above_brake(51, 1_000));
    }

    #[test]
    fn personal_data_does_not_show_in_debug() {
        let e = Envelope {
            subject: "secret plan".into(),
            ..Envelope::default()
        };
        let a = Address {
            name: "Ann".into(),
            address: "ann@example.com".into(),
        };
        assert_eq!(format!("{e:?} {a:?}"), "Envelope(…) Address(…)");
    }

    #[test]
    fn a_kept_envelope_is_small_and_comes_back_equal() {
        let e = Envelope {
            subject: "Hi".into(),
            message_id: "a@b".into(),
            ..Envelope::default()
        };
        let json = serde_json::to_string(&e).unwrap();
        assert_eq!(json, r#"{"s":"Hi","i":"a@b"}"#);
        assert_eq!(serde_json::from_str::<Envelope>(&json).unwrap(), e);
    }
}
