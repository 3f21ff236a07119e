//! Connections: consent, authorization, tokens, pause, reconnect, disconnect, receipts.

mod alarms;
mod authorize;
mod callback;
mod consents;
mod disconnect;
mod flight;
mod grace;
mod health;
mod idle;
mod pause;
mod profile;
mod providers;
mod receipts;
mod remove;
mod revoke;
mod start;
pub(crate) mod tokens;
pub(crate) mod view;

pub use alarms::{AlarmView, alarms, alarms_of, died_in_testing};
pub(crate) use alarms::{CLIENT_REFUSED, end_old_alarms, raise};
pub use authorize::{Authorization, Authorize, authorize};
pub(crate) use authorize::{FLOW_LIFE, flow_context};
pub use callback::{Callback, CallbackError, Came, callback};
pub use consents::{ConsentView, consents};
pub(crate) use disconnect::finish_burials;
pub use disconnect::{FinishDisconnect, Preview, disconnect, disconnect_preview};
pub(crate) use flight::Refreshing;
pub use grace::PurgeConnection;
pub use health::{HealthView, QuotaView, RunView, SkippedView, health};
pub use idle::KeepGrant;
pub(crate) use idle::keep_idle_grants;
pub use pause::{pause, resume, sync_now, unpark};
pub(crate) use pause::{pause_all, resume_all};
pub use profile::RefreshProfile;
pub use providers::{
    FeatureView, PolicyView, ProfileView, ProviderView, ScopeView, SentenceView, policy, privacy,
    providers,
};
pub use receipts::{ReceiptView, receipt, receipts};
pub use remove::RemoveRows;
pub use revoke::RevokeGrant;
pub(crate) use start::may_run;
pub use tokens::access_token;
pub use view::{AliasView, ConnectionView, FeatureStateView, MailboxView, ProgressView, get, list};
