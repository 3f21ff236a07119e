//! Sign-in at an OpenID Connect issuer: begin, and what the issuer's answer leads to.
//!
//! An account is known by issuer and subject, never by its address. The first time it gets in by an
//! invitation to its verified address, or because the workspace allows the address's domain and the
//! issuer vouches for that. Somebody who has an account here already adds the issuer's in the
//! settings: an address alone takes nobody's account over. Issuers let people in without a question for
//! hours after they signed in there, so that alone proves nothing here: a proof asks for it anew.

mod accounts;
mod answer;
mod begin;
mod proof;

use std::sync::Arc;
use std::time::Duration;

use secrecy::{ExposeSecret as _, SecretString};
use tenon_connectors::openid::OpenId;
use tenon_store::StoreError;
use tenon_vault::Context;
use url::Url;

use super::sessions::{Renewed, SignedIn, token_hash};
use crate::{Ctx, Error};

pub use accounts::{IdentityView, identities, remove_identity};
pub use answer::answer_of_issuer;
pub use begin::{begin_adding, begin_at_issuer, begin_proof_at_issuer};

/// An issuer on the sign-in page.
#[derive(Debug, Clone)]
pub struct IssuerView {
    /// Its name in addresses.
    pub name: String,
    /// Its name for people.
    pub label: String,
}

/// What the sign-in page sends.
#[derive(Default)]
pub struct Begin {
    /// The issuer's name in addresses.
    pub issuer: String,
    /// The token of an invitation that is to be accepted.
    pub invitation: Option<String>,
    /// The page to go to afterwards.
    pub next: Option<String>,
    /// Language of a new member's pages.
    pub locale: String,
    /// Time zone of a new member.
    pub time_zone: String,
    /// The cookie that marks the browser for the time of its sign-ins, if it has one.
    pub mark: Option<SecretString>,
}

/// Where a sign-in goes on.
pub struct Begun {
    /// The issuer's page.
    pub authorize_url: Url,
    /// The cookie that marks the browser: no other browser can end what this one began.
    pub mark: SecretString,
    /// For how long.
    pub life: Duration,
}

/// What the issuer sends back with the browser.
#[derive(Default)]
pub struct IssuerAnswer {
    /// The issuer whose address was called.
    pub issuer: String,
    /// `state`.
    pub state: Option<String>,
    /// `code`.
    pub code: Option<String>,
    /// `iss` (RFC 9207).
    pub iss: Option<String>,
    /// `error`.
    pub error: Option<String>,
    /// The cookie that marks the browser.
    pub mark: Option<SecretString>,
}

/// What came of it.
pub enum Outcome {
    /// A session, and the page to go to.
    SignedIn(Box<SignedIn>, String),
    /// The account was added to the one who is signed in.
    Added,
    /// The one who is signed in has proved who they are; the page to go to.
    Proved(Renewed, String),
}

/// Why nothing came of it; a word for the web app's address.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refusal {
    /// The word.
    pub word: &'static str,
    /// Whether it is somebody signed in who asked: to add an account, or to prove who they are.
    pub signed_in: bool,
}

impl From<&'static str> for Refusal {
    fn from(word: &'static str) -> Self {
        Self {
            word,
            signed_in: false,
        }
    }
}

impl From<Error> for Refusal {
    fn from(e: Error) -> Self {
        tracing::warn!(code = e.code(), "sign-in at an issuer");
        match e {
            Error::Unauthenticated => "state_invalid",
            _ => "sign_in_failed",
        }
        .into()
    }
}

impl From<StoreError> for Refusal {
    fn from(e: StoreError) -> Self {
        Error::from(e).into()
    }
}

fn find<'c>(ctx: &'c Ctx, name: &str) -> Option<&'c Arc<OpenId>> {
    ctx.issuers.iter().find(|i| i.name() == name)
}

/// The issuers that the operator has set up.
pub fn issuers(ctx: &Ctx) -> Vec<IssuerView> {
    ctx.issuers
        .iter()
        .map(|i| IssuerView {
            name: i.name().to_owned(),
            label: i.label().to_owned(),
        })
        .collect()
}

/// One address per issuer (RFC 9700, 4.4.2), so that an answer cannot be taken for another's.
fn redirect_uri(ctx: &Ctx, issuer: &str) -> String {
    let base = ctx.config.public_url.as_str().trim_end_matches('/');
    format!("{base}/oauth/callback/{issuer}")
}

fn flow_context(state_hash: &[u8; 32]) -> Context<'static> {
    let mut row = [0; 16];
    row.copy_from_slice(&state_hash[..16]);
    Context::new("sign_in_flows", "verifier", uuid::Uuid::from_bytes(row))
}

fn mark_hash(mark: &SecretString) -> [u8; 32] {
    token_hash(mark.expose_secret())
}
