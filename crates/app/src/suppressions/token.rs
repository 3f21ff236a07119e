//! The way out of what goes to many: a link that needs no account and holds for as long as the workspace does (RFC 8058).
//!
//! The address is inside the link, sealed under the workspace's key, so that it works after the mail merge and the mailbox
//! are gone, and says nothing to whoever sees it. Opening it changes nothing: scanners of mail open every link.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use tenon_model::delivery::SuppressionCause;
use tenon_model::event::EventKind;
use tenon_model::{RecipientId, Scope, WorkspaceId};
use tenon_store::Tx;
use tenon_vault::{Context, Sealed};

use super::{suppress, suppressed};
use crate::{Ctx, Error, Result};

/// The link of a message that somebody sends to themselves, to look at it.
pub(crate) const TEST_LINK: &str = "test";
const CHECK: usize = 16;
/// Longer ones are none of ours: an address has 254 characters at most (RFC 5321, 4.5.3.1).
const LONGEST: usize = 1_000;

#[derive(Serialize, Deserialize)]
struct Inside {
    #[serde(rename = "a")]
    address: String,
    #[serde(rename = "r")]
    recipient: RecipientId,
}

/// Whom a link is for.
pub struct Unsubscribing {
    /// What the workspace is called.
    pub workspace: String,
    /// The address, most of it hidden: whoever was sent the mail on sees it too.
    pub address: String,
    /// Whether they are on the list already.
    pub done: bool,
    /// Whether it is the link of a test message, which does nothing.
    pub test: bool,
}

/// The address of the page for somebody, in the caller's transaction.
pub(crate) async fn link(
    ctx: &Ctx,
    tx: &mut Tx,
    workspace: WorkspaceId,
    recipient: RecipientId,
    address: &str,
) -> Result<String> {
    let key = ctx.keys.workspace(tx, workspace).await?;
    let inside = Inside {
        address: address.to_owned(),
        recipient,
    };
    let json = serde_json::to_vec(&inside).map_err(|_| Error::Internal("token_json".into()))?;
    let context = Context::new("unsubscribe", "token", workspace.0);
    let sealed = key.seal(&ctx.world, &context, &json)?;
    let mut bytes = workspace.0.as_bytes().to_vec();
    let check = key.blind_index("unsubscribe", &URL_SAFE_NO_PAD.encode(&sealed.0));
    bytes.extend_from_slice(&check);
    bytes.extend_from_slice(&sealed.0);
    Ok(address_of(ctx, &URL_SAFE_NO_PAD.encode(bytes)))
}

/// Where a page of this server is that needs no account.
pub(crate) fn address_of(ctx: &Ctx, token: &str) -> String {
    let root = ctx.config.public_url.as_str().trim_end_matches('/');
    format!("{root}/u/{token}")
}

/// What is inside, if this server made it. One that it did not is no damage here, so nothing is reported of it.
async fn open(ctx: &Ctx, token: &str) -> Result<(WorkspaceId, Inside)> {
    let missing = || Error::NotFound("link");
    if token.len() > LONGEST {
        return Err(missing());
    }
    let bytes = URL_SAFE_NO_PAD.decode(token).map_err(|_| missing())?;
    let (workspace, rest) = bytes.split_first_chunk::<16>().ok_or_else(missing)?;
    let (check, sealed) = rest.split_first_chunk::<CHECK>().ok_or_else(missing)?;
    let workspace = WorkspaceId(uuid::Uuid::from_bytes(*workspace));
    let mut tx = ctx.store.read(&Scope::job(workspace)).await?;
    if tx.keys().for_workspace(workspace).await?.is_none() {
        return Err(missing());
    }
    let key = ctx.keys.workspace(&mut tx, workspace).await?;
    drop(tx);
    let wanted = key.blind_index("unsubscribe", &URL_SAFE_NO_PAD.encode(sealed));
    if wanted != *check {
        return Err(missing());
    }
    let context = Context::new("unsubscribe", "token", workspace.0);
    let json = key.open(&context, &Sealed(sealed.to_vec()))?;
    Ok((
        workspace,
        serde_json::from_slice(&json).map_err(|_| missing())?,
    ))
}

/// Whom a link is for; nothing changes.
pub async fn unsubscribing(ctx: &Ctx, token: &str) -> Result<Unsubscribing> {
    if token == TEST_LINK {
        return Ok(Unsubscribing {
            workspace: String::new(),
            address: String::new(),
            done: false,
            test: true,
        });
    }
    let (workspace, inside) = open(ctx, token).await?;
    let mut tx = ctx.store.read(&Scope::job(workspace)).await?;
    let name = tx.workspaces().get(workspace).await?.map(|w| w.name);
    let done = suppressed(ctx, &mut tx, workspace, &inside.address).await?;
    Ok(Unsubscribing {
        workspace: name.unwrap_or_default(),
        address: hidden(&inside.address),
        done: done.is_some(),
        test: false,
    })
}

/// Writes the one a link is for onto the list, from this moment on. Doing it again changes nothing.
pub async fn unsubscribe(ctx: &Ctx, token: &str) -> Result<Unsubscribing> {
    if token != TEST_LINK {
        let (workspace, inside) = open(ctx, token).await?;
        let mut tx = ctx.store.begin_durable(&Scope::job(workspace)).await?;
        let cause = SuppressionCause::Unsubscribed;
        suppress(ctx, &mut tx, workspace, &inside.address, cause).await?;
        let now = ctx.world.now();
        let of = tx.deliveries().unsubscribed(inside.recipient, now).await?;
        if let Some(of) = of {
            let subject = of.merge_id.to_string();
            let kind = EventKind::MailMergeChanged;
            tx.events()
                .append(kind, Some(of.member_id), subject)
                .await?;
        }
        tx.commit().await?;
    }
    unsubscribing(ctx, token).await
}

/// `a••••@example.com`.
fn hidden(address: &str) -> String {
    let (name, domain) = address.rsplit_once('@').unwrap_or((address, ""));
    let first: String = name.chars().take(1).collect();
    format!("{first}••••@{domain}")
}
