//! Sending later: the hours that are offered, choosing one, choosing another one.

use axum::Json;
use axum::extract::State;
use serde::{Deserialize, Serialize};
use tenon_app::compose;
use tenon_model::SendId;
use tenon_model::hours::{Moment, Preset, WallTime};
use utoipa::{IntoParams, ToSchema};

use super::sends::Send;
use crate::Api;
use crate::extract::{self, Query};
use crate::problem::{Answer, problems};
use crate::session::SignedIn;
use crate::wire::{Id, Timestamp, words};

problems!(Problems: "unauthenticated", "validation");
problems!(ChangeProblems: "unauthenticated", "not_found", "validation", "too_late");

/// A minute on the wall of a time zone. A minute that a change of the clock leaves out is moved forward by the change;
/// of one that comes twice the first is meant.
#[derive(Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SendAt {
    #[schema(example = "2026-11-24T09:00")]
    local: String,
    /// IANA name.
    #[schema(example = "Europe/Paris")]
    time_zone: String,
}

impl From<SendAt> for WallTime {
    fn from(at: SendAt) -> Self {
        Self {
            local: at.local,
            time_zone: at.time_zone,
        }
    }
}

impl From<WallTime> for SendAt {
    fn from(at: WallTime) -> Self {
        Self {
            local: at.local,
            time_zone: at.time_zone,
        }
    }
}

/// Another hour.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(super) struct RescheduleInput {
    at: SendAt,
}

/// Schedules a message for another hour
///
/// While nobody was asked to send it.
#[utoipa::path(patch, path = "/sends/{id}", tag = "compose", params(("id" = Id, Path, description = "Message on its way")), responses((status = 200, body = Send), ChangeProblems))]
pub(super) async fn reschedule_send(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<SendId>,
    extract::Json(input): extract::Json<RescheduleInput>,
) -> Answer<Json<Send>> {
    let view = compose::reschedule(&api.ctx, &actor, id, &input.at.into()).await?;
    Ok(Json(view.into()))
}

/// Sends a scheduled message at once
#[utoipa::path(post, path = "/sends/{id}/send-now", tag = "compose", params(("id" = Id, Path, description = "Message on its way")), responses((status = 200, body = Send), ChangeProblems))]
pub(super) async fn send_now(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    extract::Id(id): extract::Id<SendId>,
) -> Answer<Json<Send>> {
    Ok(Json(compose::send_now(&api.ctx, &actor, id).await?.into()))
}

words! {
    /// An hour that is offered.
    SendPreset = Preset::ALL.map(Preset::as_str);
}

/// An hour that is offered.
#[derive(Serialize, ToSchema)]
struct OfferedTime {
    #[schema(value_type = SendPreset)]
    preset: &'static str,
    #[schema(example = "2026-11-24T09:00")]
    local: String,
    send_at: Timestamp,
}

/// The hours that are offered now.
#[derive(Serialize, ToSchema)]
pub(super) struct SendTimes {
    /// On whose wall they are: IANA name.
    #[schema(example = "Europe/Paris")]
    time_zone: String,
    /// Those that make sense now, in the order of time.
    presets: Vec<OfferedTime>,
}

/// For which wall.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct SendTimesInput {
    /// IANA name; the member's own zone when left out.
    #[serde(default)]
    time_zone: Option<String>,
}

/// Hours for sending later
///
/// By the member's working hours.
#[utoipa::path(get, path = "/send-times", tag = "compose", params(SendTimesInput), responses((status = 200, body = SendTimes), Problems))]
pub(super) async fn get_send_times(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Query(input): Query<SendTimesInput>,
) -> Answer<Json<SendTimes>> {
    let times = compose::send_times(&api.ctx, &actor, input.time_zone.as_deref()).await?;
    let offered = |(preset, moment): (Preset, Moment)| OfferedTime {
        preset: preset.as_str(),
        local: moment.wall.local,
        send_at: moment.at.into(),
    };
    Ok(Json(SendTimes {
        time_zone: times.time_zone,
        presets: times.presets.into_iter().map(offered).collect(),
    }))
}

/// An hour chosen by hand.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub(super) struct CheckInput {
    #[param(example = "2026-11-24T09:00")]
    local: String,
    /// IANA name.
    #[param(example = "Europe/Paris")]
    time_zone: String,
}

/// What an hour comes to.
#[derive(Serialize, ToSchema)]
pub(super) struct CheckedTime {
    /// The minute as the wall shows it then.
    local: String,
    time_zone: String,
    send_at: Timestamp,
    /// Whether it is one of the member's working hours, on that wall.
    working_hours: bool,
    /// Whether a change of the clock leaves the chosen minute out; `local` is another one then.
    moved: bool,
}

/// Looks at an hour chosen by hand
#[utoipa::path(get, path = "/send-times/check", tag = "compose", params(CheckInput), responses((status = 200, body = CheckedTime), Problems))]
pub(super) async fn check_send_time(
    State(api): State<Api>,
    SignedIn(actor): SignedIn,
    Query(input): Query<CheckInput>,
) -> Answer<Json<CheckedTime>> {
    let at = WallTime {
        local: input.local,
        time_zone: input.time_zone,
    };
    let (moment, working_hours) = compose::check_time(&api.ctx, &actor, &at).await?;
    Ok(Json(CheckedTime {
        local: moment.wall.local,
        time_zone: moment.wall.time_zone,
        send_at: moment.at.into(),
        working_hours,
        moved: moment.moved,
    }))
}
