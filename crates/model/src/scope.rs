//! Who acts, where, and why: what every transaction carries.

use crate::{MemberId, WorkspaceId};

/// Why data is touched; part of the trace of every transaction.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// A person asked for it in the web app or by the API.
    Request,
    /// A durable job does it for the workspace.
    Job,
    /// The deployment itself: sign-in before a session exists, migrations, keys.
    System,
}

/// The frame of a transaction: a row of a tenant is reached only with its workspace in here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scope {
    /// The tenant, `None` only for [`Purpose::System`].
    pub workspace: Option<WorkspaceId>,
    /// The member who acts, if one does.
    pub member: Option<MemberId>,
    /// Why.
    pub purpose: Purpose,
}

impl Scope {
    /// A member's own request.
    pub const fn member(workspace: WorkspaceId, member: MemberId) -> Self {
        Self {
            workspace: Some(workspace),
            member: Some(member),
            purpose: Purpose::Request,
        }
    }

    /// A job of a workspace.
    pub const fn job(workspace: WorkspaceId) -> Self {
        Self {
            workspace: Some(workspace),
            member: None,
            purpose: Purpose::Job,
        }
    }

    /// The deployment itself.
    pub const fn system() -> Self {
        Self {
            workspace: None,
            member: None,
            purpose: Purpose::System,
        }
    }
}
