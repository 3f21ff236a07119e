//! The ways by which a member gets in, as far as they work on this server as it is set up now.

use tenon_store::{Member, Tx};

use super::passkeys::passkey_host;
use crate::{Ctx, Result};

/// How many of each way work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Ways {
    password: bool,
    passkeys: usize,
    identities: usize,
}

/// The ways that work: passkeys only where the server's address has a name, accounts only at issuers
/// that are still set up.
pub(super) async fn ways(ctx: &Ctx, tx: &mut Tx, member: &Member) -> Result<Ways> {
    let passkeys = tx.passkeys().list(member.id).await?.len();
    let identities = tx.identities().list(member.id).await?;
    let set_up = |issuer: &str| ctx.issuers.iter().any(|i| i.issuer() == issuer);
    Ok(Ways {
        password: member.password_hash.is_some(),
        passkeys: if passkey_host(ctx).is_some() {
            passkeys
        } else {
            0
        },
        identities: identities.iter().filter(|i| set_up(&i.issuer)).count(),
    })
}

impl Ways {
    /// Whether the member can get in at all.
    pub(super) const fn any(self) -> bool {
        self.here() || self.identities > 0
    }

    /// Whether the member can prove here who they are, without an issuer.
    pub(super) const fn here(self) -> bool {
        self.password || self.passkeys > 0
    }
}
