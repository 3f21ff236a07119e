//! The ports against the sandbox Google: what goes in comes out, and every row of the fault list that
//! a server can play has its reaction.

mod contract;
mod faults;
mod quota;

use std::sync::Arc;

use async_trait::async_trait;
use futures::TryStreamExt;
use secrecy::{ExposeSecret, SecretString};
use tenon_connectors::google::{Google, GoogleConfig, GoogleEndpoints};
use tenon_connectors::ports::{AccessTokens, ByteStream, MailPort, Priority, Result, Wanted};
use tenon_connectors::quota::QuotaSettings;
use tenon_model::World;
use tenon_model::mail::{Change, Cursor, RemoteMessage};
use tenon_sandbox::{Control, Sandbox, SandboxConfig};
use tokio::sync::Mutex;

pub(crate) const ALICE: &str = "alice@example.com";
pub(crate) const SCOPES: [&str; 4] = [
    "openid",
    "https://www.googleapis.com/auth/userinfo.email",
    "https://www.googleapis.com/auth/userinfo.profile",
    "https://www.googleapis.com/auth/gmail.readonly",
];

/// A grant in use: refreshes like the application does.
pub(crate) struct Live {
    pub(crate) google: Arc<Google>,
    pub(crate) refresh: SecretString,
    pub(crate) access: Mutex<SecretString>,
}

#[async_trait]
impl AccessTokens for Live {
    async fn access_token(&self, stale: Option<&SecretString>) -> Result<SecretString> {
        let mut access = self.access.lock().await;
        if stale.is_some_and(|s| s.expose_secret() == access.expose_secret()) {
            *access = self.google.grants().refresh(&self.refresh).await?.access;
        }
        Ok(access.clone())
    }
}

pub(crate) struct Rig {
    pub(crate) sandbox: Sandbox,
    pub(crate) google: Arc<Google>,
    pub(crate) mail: Arc<dyn MailPort>,
}

impl Rig {
    pub(crate) async fn new(messages: u64) -> Self {
        Self::with(
            SandboxConfig {
                messages,
                auto_consent: true,
                ..SandboxConfig::default()
            },
            QuotaSettings::unlimited(),
        )
        .await
    }

    pub(crate) async fn with(config: SandboxConfig, quota: QuotaSettings) -> Self {
        let sandbox = Sandbox::start(config).await.unwrap();
        let config = GoogleConfig {
            client_id: "tenon-demo".into(),
            client_secret: "tenon-demo-secret".to_owned().into(),
            endpoints: GoogleEndpoints::rooted_at(&sandbox.base_url()),
            quota,
        };
        let google = Google::new(config, World::system()).unwrap();
        let granted = sandbox.control().grant(ALICE, &SCOPES);
        let live = Live {
            google: google.clone(),
            refresh: granted.refresh_token.into(),
            access: Mutex::new(granted.access_token.into()),
        };
        let mail = google.mail([1; 16], Arc::new(live), Priority::Background);
        Self {
            sandbox,
            google,
            mail,
        }
    }

    pub(crate) fn control(&self) -> &Control {
        self.sandbox.control()
    }

    /// Everything by pages.
    pub(crate) async fn list_all(&self, page_size: u32) -> Vec<(String, String)> {
        let (mut all, mut page) = (Vec::new(), None);
        loop {
            let found = self
                .mail
                .list(None, page.as_deref(), page_size)
                .await
                .unwrap();
            all.extend(found.refs.into_iter().map(|r| (r.provider_id, r.thread_id)));
            page = found.next;
            if page.is_none() {
                return all;
            }
        }
    }

    pub(crate) async fn fetch(&self, wanted: Vec<Wanted>) -> Vec<RemoteMessage> {
        let fetched = self.mail.fetch(wanted).await.unwrap();
        fetched
            .into_iter()
            .flat_map(|f| f.result.unwrap())
            .map(|m| m.unwrap())
            .collect()
    }

    pub(crate) async fn changes_since(&self, cursor: &Cursor) -> (Vec<Change>, Cursor) {
        let (mut all, mut page) = (Vec::new(), None);
        loop {
            let found = self.mail.changes(cursor, page.as_deref()).await.unwrap();
            all.extend(found.changes);
            page = found.next;
            if page.is_none() {
                return (all, found.cursor);
            }
        }
    }
}

pub(crate) fn messages(ids: impl IntoIterator<Item = String>) -> Vec<Wanted> {
    ids.into_iter().map(Wanted::Message).collect()
}

pub(crate) async fn bytes(stream: ByteStream) -> Vec<u8> {
    let pieces: Vec<_> = stream.try_collect().await.unwrap();
    pieces.concat()
}
