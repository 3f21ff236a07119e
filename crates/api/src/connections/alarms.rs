//! `/alarms`: faults of the deployment, which no member can mend.

use axum::Json;
use axum::extract::State;
use serde::Serialize;
use tenon_app::connections::{self, AlarmView};
use tenon_model::policy::{Locale, reason_text};
use utoipa::ToSchema;

use crate::Api;
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{List, Timestamp};

problems!(Problems: "unauthenticated", "forbidden");

/// A fault of the deployment that was noticed in the last week.
#[derive(Serialize, ToSchema)]
pub(super) struct Alarm {
    /// `app_in_testing`, `many_grants_lost`, `client_refused`, `daily_quota`, `deployment_alarm`.
    code: String,
    /// In plain words.
    text: &'static str,
    provider: String,
    since: Timestamp,
    last_at: Timestamp,
    /// How many connections were concerned at most.
    connections: usize,
}

impl Alarm {
    fn of(view: AlarmView, locale: Locale) -> Self {
        Self {
            text: reason_text(&view.code, locale),
            code: view.code,
            provider: view.provider,
            since: view.since.into(),
            last_at: view.last_at.into(),
            connections: view.connections,
        }
    }
}

/// Faults of the deployment
///
/// For owners and administrators: what the provider refuses this server for, in the last week.
#[utoipa::path(get, path = "/alarms", tag = "connections", responses((status = 200, body = List<Alarm>), Problems))]
pub(super) async fn list_alarms(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
) -> Answer<Json<List<Alarm>>> {
    let alarms = connections::alarms_of(&api.ctx, &actor).await?;
    let items = alarms.into_iter().map(|a| Alarm::of(a, actor.locale));
    Ok(List::of(items))
}
