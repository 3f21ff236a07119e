//! Who may come in: set-up, sign-in by password, passkey or issuer, sessions, second factor, members.

mod attempts;
mod beginnings;
mod device;
mod domains;
mod invitations;
mod members;
mod openid;
mod operator;
mod passkeys;
mod password;
mod people;
mod resets;
mod sessions;
mod setup;
mod sign_in;
mod standing;
mod totp;
mod ways;
mod webauthn;

pub use attempts::Attempts;
pub use beginnings::Beginnings;
pub use device::Browser;
pub use domains::{DomainView, allow_domain, domains, forbid_domain};
pub use invitations::{
    Accept, InvitationView, NewInvitation, OpenedInvitation, accept_invitation, invitations,
    invite, open_invitation, withdraw_invitation,
};
pub use members::{
    ChangePassword, MeView, NewMemberInput, UpdateMe, change_password, me, update_me,
};
pub(crate) use members::{MAX_UNDO_SEND, working_hours};
pub use openid::{
    Begin, Begun, IdentityView, IssuerAnswer, IssuerView, Outcome, Refusal, answer_of_issuer,
    begin_adding, begin_at_issuer, begin_proof_at_issuer, identities, issuers, remove_identity,
};
pub use operator::{
    create_member, invite_as_owner, list_members, reset_password, set_disabled, set_role,
};
pub use passkeys::{
    CreationOptions, NewPasskey, PasskeyAnswer, PasskeyView, RequestOptions, add_passkey,
    begin_passkey, begin_passkey_proof, begin_passkey_sign_in, passkey_host, passkeys,
    prove_by_passkey, remove_passkey, rename_passkey, sign_in_by_passkey,
};
pub use people::{ChangeMember, PersonView, change_member, people};
pub use resets::{NewReset, OpenedReset, make_reset, open_reset, redeem_reset};
pub use sessions::{
    Renewed, SessionView, SignedIn, authenticate, end_other_sessions, end_session, sessions,
    sign_out,
};
pub(crate) use sessions::{random_token, token_hash};
pub use setup::{Setup, setup, setup_needed, setup_token};
pub use sign_in::{SignIn, prove_by_password, sign_in};
pub(crate) use standing::{acting, acting_for, still_holds};
pub use totp::{TotpSetup, renew_recovery_codes, totp_begin, totp_confirm, totp_remove};
