//! A revocation that the provider did not answer, as a durable job (fault A11).

use std::time::Duration;

use async_trait::async_trait;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use tenon_connectors::Reaction;
use tenon_connectors::ports::Revoked;
use tenon_jobs::{Job, JobError, Lease};
use tenon_model::event::EventKind;
use tenon_model::{KeyId, ReceiptId, Scope, WorkspaceId};
use tenon_store::Tx;
use tenon_vault::{Context, Sealed};

use crate::sync::job_error;
use crate::{Ctx, Error, Result};

/// Ends a grant whose connection is gone already. The token is sealed under a key made for this
/// job alone, which is destroyed with its last try.
#[derive(Serialize, Deserialize)]
pub struct RevokeGrant {
    workspace: WorkspaceId,
    receipt: ReceiptId,
    key: KeyId,
    sealed: String,
}

impl RevokeGrant {
    pub(super) async fn seal(
        ctx: &Ctx,
        tx: &mut Tx,
        workspace: WorkspaceId,
        receipt: ReceiptId,
        token: &SecretString,
    ) -> Result<Self> {
        let key = ctx.keys.create_one_use(tx, workspace).await?;
        let sealed = key.seal(
            &ctx.world,
            &Context::new("jobs", "args", receipt.0),
            token.expose_secret().as_bytes(),
        )?;
        Ok(Self {
            workspace,
            receipt,
            key: key.id(),
            sealed: STANDARD.encode(sealed.0),
        })
    }

    async fn token(&self, ctx: &Ctx) -> Result<SecretString> {
        let mut tx = ctx.store.read(&Scope::job(self.workspace)).await?;
        let key = ctx.keys.get(&mut tx, self.key).await?;
        let bytes = STANDARD
            .decode(&self.sealed)
            .map_err(|_| Error::Internal("job_args".into()))?;
        let plain = key.open(
            &Context::new("jobs", "args", self.receipt.0),
            &Sealed(bytes),
        )?;
        String::from_utf8(plain.to_vec())
            .map(SecretString::from)
            .map_err(|_| Error::Internal("job_args".into()))
    }

    async fn finish(&self, ctx: &Ctx, grant: &str) -> Result<()> {
        let mut tx = ctx.store.begin(&Scope::job(self.workspace)).await?;
        tx.receipts().set_grant(self.receipt, grant).await?;
        ctx.keys.destroy(&mut tx, self.key).await?;
        tx.events()
            .append(EventKind::ReceiptAdded, None, self.receipt.to_string())
            .await?;
        tx.commit().await?;
        Ok(())
    }
}

#[async_trait]
impl Job for RevokeGrant {
    const KIND: &'static str = "revoke_grant";
    type Context = Ctx;

    fn coalesce_key(&self) -> Option<String> {
        None
    }

    fn workspace(&self) -> Option<WorkspaceId> {
        Some(self.workspace)
    }

    async fn run(self, ctx: &Ctx, _: &Lease) -> std::result::Result<(), JobError> {
        let Some(google) = &ctx.google else {
            return Err(JobError::Park("provider_not_configured".into()));
        };
        let token = self.token(ctx).await.map_err(job_error)?;
        let grant = match google.grants().revoke(&token).await {
            Ok(Revoked::Now) => "revoked",
            Ok(Revoked::Already) => "already_revoked",
            Err(e) => match e.reaction {
                Reaction::Retry(d) | Reaction::Slow(d) => {
                    return Err(JobError::RetryAfter(d.max(Duration::from_secs(60)), e.code));
                }
                _ => "link",
            },
        };
        self.finish(ctx, grant).await.map_err(job_error)
    }
}
