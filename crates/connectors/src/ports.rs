//! The ports: what Tenon asks of any provider, in the model's words.
//!
//! A port knows nothing of workspaces, databases or jobs. Reads may be repeated by the caller; a
//! port never retries by itself (`provider-faults` section 1, rule 2).

mod files;
mod write;

use async_trait::async_trait;
use bytes::Bytes;
use futures::stream::BoxStream;
use secrecy::SecretString;
use tenon_model::Time;
use tenon_model::connection::{AccountProfile, Alias};
use tenon_model::mail::{Address, Change, Cursor, RemoteLabel, RemoteMessage};

use crate::ProviderError;

pub use files::{FileChange, FileChanges, FilesPage, FilesPort};
pub use write::{DraftRef, MODIFY_MOST, MailWritePort, RawDraft, SentRef, WriteError, WriteResult};

/// The outcome of a call.
pub type Result<T> = std::result::Result<T, ProviderError>;

/// Who waits for the answer: people go first (requirement M2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Priority {
    /// A person has just clicked.
    Interactive,
    /// A job works in the background.
    Background,
}

/// What the provider says of the mailbox as a whole.
#[derive(Debug, Clone)]
pub struct MailboxState {
    /// Its address.
    pub address: String,
    /// How many messages it holds, spam and bin included.
    pub messages_total: u64,
    /// A fresh cursor: changes after this moment are found from it.
    pub cursor: Cursor,
}

/// A message by reference.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageRef {
    /// The provider's message id.
    pub provider_id: String,
    /// The provider's thread id.
    pub thread_id: String,
}

/// One page of a listing, newest first.
#[derive(Debug, Clone)]
pub struct ListPage {
    /// The messages.
    pub refs: Vec<MessageRef>,
    /// Token of the next page, `None` at the end.
    pub next: Option<String>,
}

/// When messages were received; open where a bound is missing.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Received {
    /// Not before this second.
    pub after: Option<Time>,
    /// Not after this second.
    pub before: Option<Time>,
}

/// One page of changes.
#[derive(Debug, Clone)]
pub struct ChangesPage {
    /// The changes, oldest first.
    pub changes: Vec<Change>,
    /// Token of the next page, `None` at the end.
    pub next: Option<String>,
    /// Where the mailbox stands after the last page.
    pub cursor: Cursor,
}

/// What to fetch: a whole thread when that costs less than its messages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Wanted {
    /// One message.
    Message(String),
    /// All messages of a thread.
    Thread(String),
}

/// What came of one [`Wanted`]. The order of a batch is not kept.
#[derive(Debug)]
pub struct Fetched {
    /// Which.
    pub wanted: Wanted,
    /// Its messages, or why not. [`crate::Reaction::Skip`] errors concern this item only.
    pub result: Result<Vec<std::result::Result<RemoteMessage, BadMessage>>>,
}

/// A message that came but cannot be understood; the sync records it and goes on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BadMessage {
    /// The provider's message id.
    pub provider_id: String,
    /// A stable code, no content.
    pub reason: &'static str,
}

/// A message opened on demand. Nothing of it is written anywhere.
#[derive(Clone)]
pub struct Content {
    /// Labels as of now.
    pub labels: Vec<String>,
    /// The headers in order, decoded.
    pub headers: Vec<(String, String)>,
    /// The HTML body, decoded to text.
    pub html: Option<String>,
    /// The plain text body, decoded to text.
    pub text: Option<String>,
    /// Attachments and inline parts.
    pub parts: Vec<Part>,
    /// What could not be read, as stable codes (`charset_unknown`, `body_missing`, …).
    pub problems: Vec<&'static str>,
}

/// An attachment or inline part of an opened message.
#[derive(Clone)]
pub struct Part {
    /// Id for [`MailPort::attachment`]: the part's path in the message, such as `1.2`.
    pub id: String,
    /// File name, may be empty.
    pub name: String,
    /// Media type, lower case.
    pub content_type: String,
    /// Size in bytes of the decoded data, as the provider says.
    pub size: u64,
    /// `Content-ID` without angle brackets.
    pub content_id: Option<String>,
    /// Whether it is shown inside the body.
    pub inline: bool,
}

/// Bytes as they come from the provider.
pub type ByteStream = BoxStream<'static, Result<Bytes>>;

/// A mailbox.
#[async_trait]
pub trait MailPort: Send + Sync {
    /// The mailbox as a whole, with a fresh cursor. Taken *before* any listing (fault G2).
    async fn state(&self) -> Result<MailboxState>;
    /// Its labels.
    async fn labels(&self) -> Result<Vec<RemoteLabel>>;
    /// Its sending addresses with signatures.
    async fn aliases(&self) -> Result<Vec<Alias>>;
    /// One page of everything, spam and bin included; of one label if given. `limit` <= 500.
    async fn list(&self, label: Option<&str>, page: Option<&str>, limit: u32) -> Result<ListPage>;
    /// As [`MailPort::list`] of everything, but only what was received at `since` or later.
    async fn list_since(&self, since: Time, page: Option<&str>, limit: u32) -> Result<ListPage>;
    /// One page of what the provider's own search finds, newest first; spam and bin only where the
    /// query says so. The query is the provider's language.
    async fn search(&self, query: &str, page: Option<&str>, limit: u32) -> Result<ListPage>;
    /// One page of those that carry attachments, spam and bin included, as the provider's own search
    /// says. It may name some outside of the span, and not yet those that have just come.
    async fn with_attachments(
        &self,
        received: Received,
        page: Option<&str>,
        limit: u32,
    ) -> Result<ListPage>;
    /// Changes since `cursor`; an expired one answers [`crate::Reaction::Resync`] (fault G1).
    async fn changes(&self, cursor: &Cursor, page: Option<&str>) -> Result<ChangesPage>;
    /// Metadata of many: as many round trips as quota and the provider's mood ask for. Items that
    /// were refused for rate come back as errors with [`crate::Reaction::Retry`] after the port's own pacing
    /// has given up on them; the caller asks again.
    async fn fetch(&self, wanted: Vec<Wanted>) -> Result<Vec<Fetched>>;
    /// Units that fetching one message, one whole thread, and listing one page cost.
    fn costs(&self) -> Costs;
    /// Opens one message.
    async fn content(&self, provider_id: &str) -> Result<Content>;
    /// Streams the decoded bytes of one part.
    async fn attachment(&self, provider_id: &str, part: &str) -> Result<ByteStream>;
    /// The headers of a message, and nothing of its text: `Name: value` and CRLF for each (RFC 5322, 2.2).
    async fn headers(&self, provider_id: &str) -> Result<Bytes>;
    /// Streams the message as received (RFC 5322 bytes).
    async fn original(&self, provider_id: &str) -> Result<ByteStream>;
    /// Has changes of the mailbox announced at `topic`, or goes on with that: asking again renews.
    async fn watch(&self, topic: &str) -> Result<Watch>;
    /// Ends the announcements.
    async fn stop_watch(&self) -> Result<()>;
}

/// A push subscription at the provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Watch {
    /// When it ends by itself, silently (fault G23).
    pub expires_at: Time,
    /// Changes after this moment are announced.
    pub cursor: Cursor,
}

/// Costs in quota units.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Costs {
    /// One message.
    pub message: u32,
    /// One whole thread.
    pub thread: u32,
    /// One page of a listing.
    pub list: u32,
    /// One page of changes.
    pub changes: u32,
    /// Units a minute that background work may use; `None` when unlimited.
    pub background_per_minute: Option<u32>,
}

/// What an authorization asks for.
#[derive(Debug, Clone)]
pub struct AuthorizeRequest {
    /// Scopes.
    pub scopes: Vec<String>,
    /// `state`.
    pub state: String,
    /// `nonce` (OpenID Connect).
    pub nonce: String,
    /// PKCE verifier (RFC 7636); only its S256 challenge leaves.
    pub verifier: String,
    /// Where the provider sends the browser back.
    pub redirect_uri: String,
    /// The account's address, when it is known which one is meant.
    pub login_hint: Option<String>,
}

/// What choosing files on the provider's own page asks for: nothing but access to what is chosen.
#[derive(Debug, Clone)]
pub struct PickRequest {
    /// `state`.
    pub state: String,
    /// PKCE verifier (RFC 7636); only its S256 challenge leaves.
    pub verifier: String,
    /// Where the provider sends the browser back.
    pub redirect_uri: String,
    /// The account's address.
    pub login_hint: Option<String>,
}

/// What came of a code or a refresh.
pub struct Tokens {
    /// Access token.
    pub access: SecretString,
    /// When it stops working.
    pub expires_at: Time,
    /// Refresh token; absent when the provider keeps the old one, or gave none (fault A8).
    pub refresh: Option<SecretString>,
    /// Scopes granted, `None` when the answer did not say.
    pub scopes: Option<Vec<String>>,
}

/// Who granted.
#[derive(Clone)]
pub struct Subject {
    /// The provider's stable id of the account (`sub`).
    pub subject: String,
    /// Address and name.
    pub profile: AccountProfile,
}

/// What came of a revocation (RFC 7009, and faults A10, A11).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Revoked {
    /// Done now.
    Now,
    /// It had been done before.
    Already,
}

/// The OAuth side of a provider.
#[async_trait]
pub trait GrantPort: Send + Sync {
    /// The address of the provider's consent screen.
    fn authorize_url(&self, request: &AuthorizeRequest) -> Result<url::Url>;
    /// Code for tokens. The subject comes from the verified id token (issuer, audience, expiry, nonce).
    async fn exchange(
        &self,
        code: &str,
        verifier: &str,
        nonce: &str,
        redirect_uri: &str,
    ) -> Result<(Tokens, Subject)>;
    /// The address of the page on which a person chooses files.
    fn pick_url(&self, request: &PickRequest) -> Result<url::Url>;
    /// Code of that page for a token that lasts an hour and opens chosen files only. No id token comes with it.
    async fn exchange_pick(&self, code: &str, verifier: &str, redirect_uri: &str)
    -> Result<Tokens>;
    /// Refresh token for an access token.
    async fn refresh(&self, refresh: &SecretString) -> Result<Tokens>;
    /// Ends the grant.
    async fn revoke(&self, token: &SecretString) -> Result<Revoked>;
    /// Where the person ends the grant by hand.
    fn grants_page(&self) -> &'static str;
}

/// Gives the connector a live access token; single-flight and storage are the caller's business.
#[async_trait]
pub trait AccessTokens: Send + Sync {
    /// A token that is good now. `stale` is the one that was just refused with 401, if any: then a
    /// fresh one is wanted (fault reaction `REFRESH`, once a call).
    async fn access_token(&self, stale: Option<&SecretString>) -> Result<SecretString>;
}

/// Addresses of a header value (RFC 5322 `address-list`, read leniently).
pub fn parse_addresses(value: &str) -> Vec<Address> {
    crate::google::address::parse(value)
}
