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

    /// Whether a member of this role manages members of role `other`: an owner everyone, an
    /// administrator those who are neither owner nor administrator, so that no administrator gets
    /// at another's mail, or up, by way of an invitation or a reset.
    pub const fn manages(self, other: Self) -> bool {
        match self {
            Self::Owner => true,
            Self::Admin => matches!(other, Self::Member | Self::Viewer),
            Self::Member | Self::Viewer => false,
        }
    }

    /// Reads a role that somebody asks for.
    pub fn named(text: &str) -> Option<Self> {
        [Self::Owner, Self::Admin, Self::Member, Self::Viewer]
            .into_iter()
            .find(|role| role.as_str() == text)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nobody_manages_whoever_could_outrank_them() {
        use Role::{Admin, Member, Owner, Viewer};
        let all = [Owner, Admin, Member, Viewer];
        let managed = |role: Role| all.map(|other| role.manages(other));
        assert_eq!(managed(Owner), [true; 4]);
        assert_eq!(managed(Admin), [false, false, true, true]);
        assert_eq!(managed(Member), [false; 4]);
        assert_eq!(managed(Viewer), [false; 4]);
        for role in all {
            assert_eq!(Role::named(role.as_str()), Some(role));
        }
        assert_eq!(Role::named("root"), None);
    }
}
