//! `/audit/checkpoint`: how far the log is, and what was signed of it.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenon_app::audit;
use utoipa::ToSchema;

use crate::Api;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::Timestamp;

problems!(Problems: "unauthenticated", "forbidden");

/// Where the log ends.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditLog {
    /// How many entries there are.
    count: u64,
    /// The seal of the newest: 64 hexadecimal digits.
    #[schema(required)]
    head: Option<String>,
    /// The time of the newest.
    #[schema(required)]
    at: Option<Timestamp>,
    #[schema(required)]
    checkpoint: Option<AuditCheckpoint>,
    /// What signatures of checkpoints are checked with: Ed25519, base64 of 32 bytes.
    public_key: String,
    /// The command that checks everything.
    command: &'static str,
}

/// A signed statement of how long the log was, and how it ended.
#[derive(Serialize, ToSchema)]
pub(super) struct AuditCheckpoint {
    /// How many entries there were.
    count: u64,
    /// The seal of the last of them.
    head: String,
    at: Timestamp,
    /// The whole of it, signed: kept anywhere else, it shows later that nothing was removed.
    line: String,
}

/// How far the audit log is
#[utoipa::path(get, path = "/audit/checkpoint", tag = "audit", responses((status = 200, body = AuditLog), Problems))]
pub(super) async fn get_audit_checkpoint(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<AuditLog>> {
    let log = audit::checkpoint(&api.ctx, &actor).await?;
    Ok(Json(AuditLog {
        count: log.count,
        head: log.head,
        at: log.at.map(Into::into),
        checkpoint: log.checkpoint.map(|c| AuditCheckpoint {
            count: c.count,
            head: c.head,
            at: c.at.into(),
            line: c.line,
        }),
        public_key: log.public_key.to_string(),
        command: "tenon audit verify",
    }))
}
