//! Faults of the deployment itself, which no member can mend: told to its operator, and told to the
//! members as what they are.
//!
//! One withdrawn grant is a person's own doing. Several that die seven days after their consent mean
//! that the operator's app is still in *Testing* at the provider (fault A2), and most of them within
//! an hour that something happened to the app as a whole.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use tenon_model::connection::{ConnectionStatus, Provider};
use tenon_model::member::Role;
use tenon_model::{Scope, Time};
use tenon_store::{LostGrant, Store, Tx};

use super::start::announce;
use crate::{Actor, Ctx, Error, Result};

/// The provider ends grants of an app in testing this long after the consent.
const TESTING_LIFE: Duration = Duration::from_hours(7 * 24);
/// It is noticed at the next refresh, which the clock of either side may shift.
const TESTING_EARLY: Duration = Duration::from_hours(1);
const TESTING_LATE: Duration = Duration::from_hours(6);
/// How many such ends are no coincidence.
const TESTING_MANY: usize = 2;
/// Losses this close together belong together.
const TOGETHER: Duration = Duration::from_hours(1);
const TOGETHER_MANY: usize = 3;
/// How long losses are looked back at, and how long an alarm stays after the last of them.
const MEMORY: Duration = Duration::from_hours(7 * 24);

const PREFIX: &str = "alarm:";
/// Reason of a grant that the provider calls gone, without saying why.
const UNEXPLAINED: &str = "invalid_grant";
/// The provider refuses client id or secret (fault A21).
pub(crate) const CLIENT_REFUSED: &str = "client_refused";

/// What is wrong with the deployment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Diagnosis {
    /// The consent screen is in *Testing*.
    Testing,
    /// Most grants went at once.
    Together,
}

impl Diagnosis {
    const fn code(self) -> &'static str {
        match self {
            Self::Testing => "app_in_testing",
            Self::Together => "many_grants_lost",
        }
    }

    /// What the operator does about it.
    const fn advice(self) -> &'static str {
        match self {
            Self::Testing => {
                "grants end seven days after their consent: the app's consent screen is in testing; publish it at the provider"
            }
            Self::Together => {
                "most connections lost their grant within an hour: look at the app's registration at the provider"
            }
        }
    }
}

/// Whether a grant died of old age in testing.
pub fn died_in_testing(lost: &LostGrant) -> bool {
    let Some(at) = lost.row.revoked_at else {
        return false;
    };
    let age = at.since(lost.granted_at);
    age + TESTING_EARLY >= TESTING_LIFE && age <= TESTING_LIFE + TESTING_LATE
}

/// What lost grants say together, and which of them it explains. `live` connections still hold
/// theirs.
fn diagnose(lost: &[LostGrant], live: u64, now: Time) -> Option<(Diagnosis, Vec<&LostGrant>)> {
    let unexplained = |l: &&LostGrant| {
        let reason = l.row.status_reason.as_deref();
        reason == Some(UNEXPLAINED)
            || [Diagnosis::Testing, Diagnosis::Together]
                .iter()
                .any(|d| reason == Some(d.code()))
    };
    let all: Vec<&LostGrant> = lost.iter().filter(unexplained).collect();
    let of_age: Vec<_> = all.iter().copied().filter(|l| died_in_testing(l)).collect();
    if of_age.len() >= TESTING_MANY {
        return Some((Diagnosis::Testing, of_age));
    }
    let lately = |l: &LostGrant| l.row.revoked_at.is_some_and(|at| now.since(at) < TOGETHER);
    let together: Vec<_> = all.into_iter().filter(|l| lately(l)).collect();
    let most = together.len() as u64 > live;
    (together.len() >= TOGETHER_MANY && most).then_some((Diagnosis::Together, together))
}

/// Looks at all losses after one more: tells the operator, and the members concerned.
pub(super) async fn review(ctx: &Ctx, provider: Provider) -> Result<()> {
    let now = ctx.world.now();
    let mut tx = ctx.store.read(&Scope::system()).await?;
    let (lost, live) = tx.connections().lost_grants(provider, now - MEMORY).await?;
    drop(tx);
    let Some((diagnosis, of_it)) = diagnose(&lost, live, now) else {
        return Ok(());
    };
    raise(ctx, provider, diagnosis.code(), of_it.len()).await?;
    tracing::error!(
        code = diagnosis.code(),
        connections = of_it.len(),
        "{}",
        diagnosis.advice()
    );
    for lost in of_it {
        explain(ctx, lost, diagnosis.code()).await?;
    }
    Ok(())
}

/// The member is told what it is, unless they have reconnected or were told already.
async fn explain(ctx: &Ctx, lost: &LostGrant, code: &str) -> Result<()> {
    let row = &lost.row;
    if row.status_reason.as_deref() == Some(code) {
        return Ok(());
    }
    let mut tx = ctx.store.begin(&Scope::job(row.workspace_id)).await?;
    let now = tx.connections().get(row.id).await?;
    if now.is_some_and(|r| r.status == ConnectionStatus::Revoked && r.revoked_at == row.revoked_at)
    {
        tx.connections()
            .set_status(row.id, row.status, Some(code), row.revoked_at, row.purge_at)
            .await?;
        announce(&mut tx, row.member_id, row.id).await?;
        tx.commit().await?;
    }
    Ok(())
}

/// An alarm as it is kept among the facts of the deployment.
#[derive(Serialize, Deserialize)]
struct Stored {
    since: Time,
    last: Time,
    connections: usize,
}

/// Raises an alarm, or keeps it up.
pub(crate) async fn raise(
    ctx: &Ctx,
    provider: Provider,
    code: &str,
    connections: usize,
) -> Result<()> {
    let now = ctx.world.now();
    let name = format!("{PREFIX}{code}:{}", provider.as_str());
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let before = tx.settings().get(&name).await?;
    let before: Option<Stored> = before.and_then(|json| serde_json::from_str(&json).ok());
    let stored = Stored {
        since: before.as_ref().map_or(now, |b| b.since),
        last: now,
        connections: before.map_or(0, |b| b.connections).max(connections),
    };
    let json = serde_json::to_string(&stored).map_err(|_| Error::Internal("json".into()))?;
    tx.settings().put(&name, &json).await?;
    tx.commit().await?;
    Ok(())
}

/// A fault of the deployment, for its operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AlarmView {
    /// `app_in_testing`, `many_grants_lost`, `client_refused`, `daily_quota`, `deployment_alarm`.
    pub code: String,
    /// Where: `google`.
    pub provider: String,
    /// When it was first noticed.
    pub since: Time,
    /// When it was last noticed.
    pub last_at: Time,
    /// How many connections were concerned at most.
    pub connections: usize,
}

async fn read(tx: &mut Tx) -> Result<Vec<AlarmView>> {
    let mut out = Vec::new();
    for (name, json) in tx.settings().with_prefix(PREFIX).await? {
        let named = name.strip_prefix(PREFIX).and_then(|n| n.rsplit_once(':'));
        if let (Some((code, provider)), Ok(stored)) = (named, serde_json::from_str::<Stored>(&json))
        {
            out.push(AlarmView {
                code: code.to_owned(),
                provider: provider.to_owned(),
                since: stored.since,
                last_at: stored.last,
                connections: stored.connections,
            });
        }
    }
    Ok(out)
}

/// The alarms of the last week, for the operator's own commands.
pub async fn alarms(store: &Store) -> Result<Vec<AlarmView>> {
    let mut tx = store.read(&Scope::system()).await?;
    read(&mut tx).await
}

/// The same for an owner or administrator: they are those who can do something, or know who can.
pub async fn alarms_of(ctx: &Ctx, actor: &Actor) -> Result<Vec<AlarmView>> {
    if !matches!(actor.role, Role::Owner | Role::Admin) {
        return Err(Error::Forbidden);
    }
    alarms(&ctx.store).await
}

/// Ends alarms that were not noticed for a week. *System* transaction.
pub(crate) async fn end_old_alarms(tx: &mut Tx, now: Time) -> Result<()> {
    for alarm in read(tx).await? {
        if now.since(alarm.last_at) >= MEMORY {
            let name = format!("{PREFIX}{}:{}", alarm.code, alarm.provider);
            tx.settings().delete(&name).await?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use tenon_model::World;
    use tenon_store::ConnectionRow;
    use tenon_vault::Sealed;

    use super::*;

    const HOUR: u64 = 3_600;
    const DAY: u64 = 24 * HOUR;

    /// A grant lost `ago` seconds ago at the age of `age` seconds.
    fn lost(world: &World, ago: u64, age: u64, reason: &str) -> LostGrant {
        let lost_at = world.now() - Duration::from_secs(ago);
        let granted_at = lost_at - Duration::from_secs(age);
        LostGrant {
            row: ConnectionRow {
                id: world.id(),
                workspace_id: world.id(),
                member_id: world.id(),
                provider: Provider::Google,
                status: ConnectionStatus::Revoked,
                status_reason: Some(reason.into()),
                subject_index: [0; 16],
                subject: Sealed(vec![]),
                account: Sealed(vec![]),
                profile: None,
                features: vec![],
                scopes: vec![],
                key_id: world.id(),
                fence: 0,
                created_at: granted_at,
                revoked_at: Some(lost_at),
                purge_at: None,
            },
            granted_at,
        }
    }

    #[test]
    fn losses_are_told_apart() {
        use Diagnosis::{Testing, Together};
        let (world, _) = World::simulated(1);
        let seven = 7 * DAY;
        let plain = UNEXPLAINED;
        for (name, losses, live, found) in [
            ("one person", vec![(0, 90 * DAY, plain)], 9, None),
            ("one of age", vec![(0, seven, plain)], 0, None),
            (
                "two of age, days apart",
                vec![(3 * DAY, seven + 600, plain), (0, seven + 60, plain)],
                40,
                Some((Testing, 2)),
            ),
            (
                "the first was explained before",
                vec![(HOUR, seven, "app_in_testing"), (0, seven, plain)],
                40,
                Some((Testing, 2)),
            ),
            (
                "eight days are not seven",
                vec![(0, 8 * DAY, plain), (0, 8 * DAY, plain)],
                9,
                None,
            ),
            (
                "just too young",
                vec![(0, seven - 2 * HOUR, plain), (0, seven, plain)],
                9,
                None,
            ),
            (
                "a session policy is another matter",
                vec![(0, seven, "invalid_rapt"), (0, seven, "invalid_rapt")],
                9,
                None,
            ),
            (
                "most at once",
                vec![(50, DAY, plain), (9, 90 * DAY, plain), (0, 40 * DAY, plain)],
                2,
                Some((Together, 3)),
            ),
            (
                "three of many",
                vec![(50, DAY, plain), (9, 90 * DAY, plain), (0, 40 * DAY, plain)],
                30,
                None,
            ),
            (
                "most, but over days",
                vec![
                    (2 * DAY, DAY, plain),
                    (DAY, 90 * DAY, plain),
                    (0, 40 * DAY, plain),
                ],
                0,
                None,
            ),
        ] {
            let losses: Vec<_> = losses
                .into_iter()
                .map(|(ago, age, reason)| lost(&world, ago, age, reason))
                .collect();
            let diagnosis = diagnose(&losses, live, world.now());
            assert_eq!(diagnosis.map(|(d, of)| (d, of.len())), found, "{name}");
        }
    }
}
