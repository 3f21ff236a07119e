//! Sending later (requirement S2): the hours that are offered, choosing one, choosing another one.

use std::time::Duration;

use tenon_model::hours::{self, Moment, NoMoment, Preset, WallTime};
use tenon_model::outbox::State;
use tenon_model::{SendId, Time};
use tenon_store::SendRow;

use super::send::enqueue;
use super::view::{SendView, own_send, send_by_id};
use crate::access::working_hours;
use crate::{Actor, Ctx, Error, Result};

/// Nobody plans further ahead.
const FURTHEST: Duration = Duration::from_hours(366 * 24);

/// The hours that are offered to a member.
pub struct SendTimes {
    /// On whose wall they are.
    pub time_zone: String,
    /// In the order of time.
    pub presets: Vec<(Preset, Moment)>,
}

fn moment(at: &WallTime) -> Result<Moment> {
    at.moment().map_err(|e| match e {
        NoMoment::Local => Error::field("at.local", "must be a minute such as 2026-11-24T09:00"),
        NoMoment::Zone => Error::field("at.time_zone", "must be a time zone such as Europe/Paris"),
    })
}

/// The moment of an hour at which a message may go.
pub(crate) fn chosen(now: Time, at: &WallTime) -> Result<Moment> {
    let chosen = moment(at)?;
    if chosen.at <= now {
        return Err(Error::field("at", "must be in the future"));
    }
    if chosen.at > now + FURTHEST {
        return Err(Error::field("at", "must be within a year"));
    }
    Ok(chosen)
}

/// The hours that make sense now, on the wall of this zone or of the member's own.
pub async fn send_times(ctx: &Ctx, actor: &Actor, time_zone: Option<&str>) -> Result<SendTimes> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let member = tx.members().get(actor.member).await?;
    let member = member.ok_or(Error::Unauthenticated)?;
    let time_zone = time_zone.unwrap_or(&member.time_zone);
    if !tenon_model::world::is_time_zone(time_zone) {
        return Err(Error::field(
            "time_zone",
            "must be a time zone such as Europe/Paris",
        ));
    }
    let presets = hours::presets(ctx.world.now(), time_zone, &working_hours(&member));
    Ok(SendTimes {
        time_zone: time_zone.to_owned(),
        presets,
    })
}

/// What an hour comes to, and whether it is one at which the member works.
pub async fn check_time(ctx: &Ctx, actor: &Actor, at: &WallTime) -> Result<(Moment, bool)> {
    let chosen = chosen(ctx.world.now(), at)?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let member = tx.members().get(actor.member).await?;
    let member = member.ok_or(Error::Unauthenticated)?;
    let at_work = working_hours(&member).hold(chosen.at, &chosen.wall.time_zone);
    Ok((chosen, at_work))
}

/// Another hour for a message that waits.
pub async fn reschedule(ctx: &Ctx, actor: &Actor, id: SendId, at: &WallTime) -> Result<SendView> {
    let moment = chosen(ctx.world.now(), at)?;
    goes_at(ctx, actor, id, moment.at, Some(moment.wall.time_zone)).await
}

/// A message that waits goes at once.
pub async fn send_now(ctx: &Ctx, actor: &Actor, id: SendId) -> Result<SendView> {
    goes_at(ctx, actor, id, ctx.world.now(), None).await
}

async fn goes_at(
    ctx: &Ctx,
    actor: &Actor,
    id: SendId,
    at: Time,
    zone: Option<String>,
) -> Result<SendView> {
    let mut tx = ctx.store.begin_durable(&actor.scope()).await?;
    let mut row = own_send(&mut tx, id).await?;
    if !waits(&row) {
        return Err(Error::TooLate);
    }
    row.send_at = at;
    if zone.is_some() || row.scheduled_for.is_some() {
        row.scheduled_for = Some(at);
        row.scheduled_zone = zone.or(row.scheduled_zone);
    }
    if !tx.sends().step(&row).await? {
        return Err(Error::TooLate); // it went, or was taken back, in this very moment
    }
    enqueue(&mut tx, &row).await?;
    tx.commit().await?;
    send_by_id(ctx, actor, id).await
}

/// Whether nobody was asked to send it yet.
fn waits(row: &SendRow) -> bool {
    row.state == State::Scheduled && row.attempts == 0
}
