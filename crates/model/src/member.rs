//! Members and their roles.

use serde::{Deserialize, Serialize};

/// What a member may do in a workspace, from most to least.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything, and the only one who can remove the workspace.
    Owner,
    /// Manages members and settings; sees no member's private mail.
    Admin,
    /// Works.
    Member,
    /// Reads.
    Viewer,
}

impl Role {
    /// The word in the database and in answers.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Owner => "owner",
            Self::Admin => "admin",
            Self::Member => "member",
            Self::Viewer => "viewer",
        }
    }

    /// Reads the word; unknown words give the least right.
    pub fn parse(text: &str) -> Self {
        match text {
            "owner" => Self::Owner,
            "admin" => Self::Admin,
            "member" => Self::Member,
            _ => Self::Viewer,
        }
    }
}
