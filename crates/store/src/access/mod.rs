//! Ways in: invitations, reset links, allowed domains, accounts at issuers, passkeys.

mod challenges;
mod domains;
mod identities;
mod invitations;
mod passkeys;
mod resets;
mod sign_in_flows;

pub use challenges::{Challenge, Challenges};
pub use domains::Domains;
pub use identities::{Identities, Identity};
pub use invitations::{Invitation, Invitations};
pub use passkeys::{Passkey, Passkeys};
pub use resets::{Reset, Resets};
pub use sign_in_flows::{SignInFlow, SignInFlows};
