//! Features, the provider scopes they need, and why: the one table behind every consent.
//!
//! No scope is ever asked for that is not in here, and each is asked for only with a feature that
//! needs it (requirement C2). Scope names are Google's own:
//! <https://developers.google.com/identity/protocols/oauth2/scopes>.

use serde::{Deserialize, Serialize};

use crate::sabotage::{self, Saboteur};

/// A part of Tenon that a person switches on for a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Feature {
    /// Who the account belongs to; comes with every connection.
    Identity,
    /// The mailbox: list, read on demand, labels, aliases.
    Mail,
    /// Acting on received mail: read, star, archive, label, move, spam, bin.
    Organizing,
    /// Sending and drafts.
    Sending,
    /// Deleting mail for good. Never preset: it takes a permission over everything in Gmail.
    Deleting,
    /// Opens, clicks and replies of own mail; needs nothing from the provider.
    Tracking,
    /// Contacts both ways.
    Contacts,
    /// The calendar both ways.
    Calendar,
    /// Calendar events for tasks and cards only.
    CalendarEvents,
    /// Tasks both ways.
    Tasks,
    /// Links to chosen Drive files.
    Files,
    /// Finding files in all of Drive by name. Never preset: chosen files need no more than [`Feature::Files`].
    FilesSearch,
}

/// One provider scope, and what a person should know about it. Texts are keys of the catalogues
/// `policy::text` (`scope.<key>.name|why|allows|stored`).
#[derive(Debug, Clone, Copy)]
pub struct ScopeUse {
    /// The scope as the provider spells it.
    pub scope: &'static str,
    /// Key of its texts.
    pub key: &'static str,
}

/// What a feature is.
#[derive(Debug, Clone, Copy)]
pub struct FeatureInfo {
    /// Which.
    pub feature: Feature,
    /// Whether this release already does something with it. Others can be granted in advance but
    /// are never preset.
    pub available: bool,
    /// What it asks of Google.
    pub google: &'static [ScopeUse],
}

/// The table.
pub const FEATURES: &[FeatureInfo] = &[
    FeatureInfo {
        feature: Feature::Identity,
        available: true,
        google: &[
            ScopeUse {
                scope: "openid",
                key: "openid",
            },
            ScopeUse {
                scope: "https://www.googleapis.com/auth/userinfo.email",
                key: "email",
            },
            ScopeUse {
                scope: "https://www.googleapis.com/auth/userinfo.profile",
                key: "profile",
            },
        ],
    },
    FeatureInfo {
        feature: Feature::Mail,
        available: true,
        google: &[ScopeUse {
            scope: "https://www.googleapis.com/auth/gmail.readonly",
            key: "gmail_readonly",
        }],
    },
    FeatureInfo {
        feature: Feature::Organizing,
        available: true,
        google: &[ScopeUse {
            scope: "https://www.googleapis.com/auth/gmail.modify",
            key: "gmail_modify",
        }],
    },
    FeatureInfo {
        feature: Feature::Sending,
        available: true,
        google: &[ScopeUse {
            scope: "https://www.googleapis.com/auth/gmail.compose",
            key: "gmail_compose",
        }],
    },
    FeatureInfo {
        feature: Feature::Deleting,
        available: true,
        google: &[ScopeUse {
            scope: "https://mail.google.com/",
            key: "gmail_full",
        }],
    },
    FeatureInfo {
        feature: Feature::Tracking,
        available: false,
        google: &[],
    },
    FeatureInfo {
        feature: Feature::Contacts,
        available: false,
        google: &[ScopeUse {
            scope: "https://www.googleapis.com/auth/contacts",
            key: "contacts",
        }],
    },
    FeatureInfo {
        feature: Feature::Calendar,
        available: false,
        google: &[ScopeUse {
            scope: "https://www.googleapis.com/auth/calendar",
            key: "calendar",
        }],
    },
    FeatureInfo {
        feature: Feature::CalendarEvents,
        available: false,
        google: &[ScopeUse {
            scope: "https://www.googleapis.com/auth/calendar.events.owned",
            key: "calendar_events_owned",
        }],
    },
    FeatureInfo {
        feature: Feature::Tasks,
        available: false,
        google: &[ScopeUse {
            scope: "https://www.googleapis.com/auth/tasks",
            key: "tasks",
        }],
    },
    FeatureInfo {
        feature: Feature::Files,
        available: true,
        google: &[ScopeUse {
            scope: "https://www.googleapis.com/auth/drive.file",
            key: "drive_file",
        }],
    },
    FeatureInfo {
        feature: Feature::FilesSearch,
        available: true,
        google: &[ScopeUse {
            scope: "https://www.googleapis.com/auth/drive.metadata.readonly",
            key: "drive_metadata_readonly",
        }],
    },
];

impl Feature {
    /// The word in the database and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Identity => "identity",
            Self::Mail => "mail",
            Self::Organizing => "organizing",
            Self::Sending => "sending",
            Self::Deleting => "deleting",
            Self::Tracking => "tracking",
            Self::Contacts => "contacts",
            Self::Calendar => "calendar",
            Self::CalendarEvents => "calendar_events",
            Self::Tasks => "tasks",
            Self::Files => "files",
            Self::FilesSearch => "files_search",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        FEATURES
            .iter()
            .map(|f| f.feature)
            .find(|f| f.as_str() == text)
    }

    /// The row of the table.
    pub fn info(self) -> &'static FeatureInfo {
        // Every variant has a row (tested below); the first is the one that all connections have.
        FEATURES
            .iter()
            .find(|f| f.feature == self)
            .unwrap_or(&FEATURES[0])
    }
}

/// A ready set of features.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Profile {
    /// Everything a salesperson uses.
    Sales,
    /// The light one: never files, never contacts.
    Type,
}

impl Profile {
    /// The word in the database and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Sales => "sales",
            Self::Type => "type",
        }
    }

    /// Reads the word.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Sales, Self::Type]
            .into_iter()
            .find(|p| p.as_str() == text)
    }

    /// Its features, without [`Feature::Identity`], which every connection has.
    pub const fn features(self) -> &'static [Feature] {
        match self {
            Self::Sales => &[
                Feature::Mail,
                Feature::Organizing,
                Feature::Tracking,
                Feature::Sending,
                Feature::Files,
                Feature::Contacts,
                Feature::Calendar,
                Feature::Tasks,
            ],
            Self::Type => &[
                Feature::Mail,
                Feature::Organizing,
                Feature::Sending,
                Feature::Tracking,
                Feature::CalendarEvents,
            ],
        }
    }
}

/// The Google scopes that `features` need, identity first, each once, in the table's order.
pub fn google_scopes(features: &[Feature]) -> Vec<&'static str> {
    FEATURES
        .iter()
        .filter(|f| {
            f.feature == Feature::Identity
                || features.contains(&f.feature)
                || sabotage::on(Saboteur::ScopeWidened)
        })
        .flat_map(|f| f.google.iter().map(|s| s.scope))
        .collect()
}

/// Whether the `granted` scopes are enough for `feature` (fault A9).
///
/// Google answers `email` and `profile` in their long form; both spellings count. A scope that
/// contains another counts for it.
pub fn is_granted(feature: Feature, granted: &[String]) -> bool {
    let has = |scope: &str| granted.iter().any(|g| g == scope || covers(g, scope));
    feature.info().google.iter().all(|s| has(s.scope))
}

fn covers(granted: &str, wanted: &str) -> bool {
    if granted == "https://mail.google.com/"
        && wanted == "https://www.googleapis.com/auth/gmail.modify"
    {
        return true;
    }
    match granted {
        "email" => wanted == "https://www.googleapis.com/auth/userinfo.email",
        "profile" => wanted == "https://www.googleapis.com/auth/userinfo.profile",
        "https://mail.google.com/" | "https://www.googleapis.com/auth/gmail.modify" => {
            wanted == "https://www.googleapis.com/auth/gmail.readonly"
                || wanted == "https://www.googleapis.com/auth/gmail.compose"
        }
        "https://www.googleapis.com/auth/calendar" => {
            wanted == "https://www.googleapis.com/auth/calendar.events.owned"
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_feature_has_exactly_one_row_and_a_word() {
        for info in FEATURES {
            assert_eq!(
                FEATURES
                    .iter()
                    .filter(|f| f.feature == info.feature)
                    .count(),
                1
            );
            assert_eq!(Feature::parse(info.feature.as_str()), Some(info.feature));
            assert_eq!(info.feature.info().feature, info.feature);
        }
    }

    #[test]
    fn the_light_profile_never_asks_for_files_or_contacts() {
        let scopes = google_scopes(Profile::Type.features());
        assert!(
            !scopes
                .iter()
                .any(|s| s.contains("drive") || s.contains("contacts")),
            "{scopes:?}"
        );
    }

    #[test]
    fn no_profile_asks_for_deleting_for_good_or_for_all_of_drive() {
        for profile in [Profile::Sales, Profile::Type] {
            assert!(!profile.features().contains(&Feature::Deleting));
            assert!(!profile.features().contains(&Feature::FilesSearch));
        }
    }

    #[test]
    fn a_wider_scope_counts_for_the_narrower_ones_and_not_the_other_way() {
        let only = |scope: &str| vec![scope.to_owned()];
        let modify = only("https://www.googleapis.com/auth/gmail.modify");
        for feature in [Feature::Mail, Feature::Organizing, Feature::Sending] {
            assert!(is_granted(feature, &modify), "{feature:?}");
            assert!(is_granted(feature, &only("https://mail.google.com/")));
        }
        assert!(!is_granted(Feature::Deleting, &modify));
        let compose = only("https://www.googleapis.com/auth/gmail.compose");
        assert!(is_granted(Feature::Sending, &compose));
        assert!(!is_granted(Feature::Organizing, &compose));
    }

    #[test]
    fn mail_alone_asks_for_identity_and_reading_only() {
        assert_eq!(
            google_scopes(&[Feature::Mail]),
            [
                "openid",
                "https://www.googleapis.com/auth/userinfo.email",
                "https://www.googleapis.com/auth/userinfo.profile",
                "https://www.googleapis.com/auth/gmail.readonly"
            ]
        );
    }

    #[test]
    fn a9_an_unticked_scope_leaves_its_feature_ungranted_and_the_others_granted() {
        let granted: Vec<String> = google_scopes(&[Feature::Mail, Feature::Contacts])
            .into_iter()
            .filter(|s| !s.ends_with("/contacts"))
            .map(str::to_owned)
            .collect();
        assert!(is_granted(Feature::Mail, &granted));
        assert!(!is_granted(Feature::Contacts, &granted));
        assert!(
            is_granted(Feature::Tracking, &granted),
            "tracking needs nothing from the provider"
        );
        assert!(is_granted(
            Feature::Mail,
            &["https://mail.google.com/".to_owned()]
        ));
    }
}
