//! Who may come in: set-up, sign-in, sessions, second factor, members.

mod attempts;
mod members;
mod password;
mod sessions;
mod setup;
mod sign_in;
mod totp;

pub use attempts::Attempts;
pub(crate) use members::MAX_UNDO_SEND;
pub use members::{
    MeView, NewMemberInput, UpdateMe, create_member, list_members, me, reset_password, update_me,
};
pub use sessions::{SessionView, SignedIn, authenticate, end_session, sessions, sign_out};
pub(crate) use sessions::{random_token, token_hash};
pub use setup::{Setup, setup, setup_needed, setup_token};
pub use sign_in::{SignIn, sign_in};
pub use totp::{TotpSetup, totp_begin, totp_confirm, totp_remove};
