//! What happens in a day, and what must be true in the evening.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use tenon_app::acting::Action;
use tenon_app::connections::{self, Authorize, Callback};
use tenon_app::{Ctx, Error, compose};
use tenon_model::ConnectionId;
use tenon_model::connection::Provider;
use tenon_model::feature::Feature;
use tenon_model::policy::{self, Locale};
use tenon_testkit::peek::Look;

use crate::judge;
use crate::person::{Came, Deed, perform};
use crate::provider::{self, ALICE};
use crate::sim::{DAY, Sim};

const FEATURES: &[Feature] = &[
    Feature::Mail,
    Feature::Organizing,
    Feature::Sending,
    Feature::Deleting,
];
/// Jobs that wait for their next turn for ever, or for an hour that has been put off.
const PERIODIC: &[&str] = &[
    "housekeeping",
    "purge_daily",
    "purge_mail",
    "sync_mailbox",
    "refresh_profile",
    "keep_grant",
    "watch_mailbox",
    "compact",
    "mend_keys",
    "purge_connection",
];
/// After so long without faults everything must have come to rest.
const REST: Duration = Duration::from_hours(49);
/// Codes of errors that say that we are wrong.
const OURS: &[&str] = &[
    "internal",
    "key_unavailable",
    "unauthenticated",
    "forbidden",
];

/// The whole simulation.
pub(crate) fn run(sim: &mut Sim) -> Result<()> {
    let began = sim.now();
    connect(sim)?;
    rest(sim)?;
    while sim.now().since(began) < DAY * u32::try_from(sim.plan.days)? {
        day(sim)?;
        sim.figures.seconds = sim.now().since(began).as_secs();
    }
    disconnect(sim)?;
    sim.figures.seconds = sim.now().since(began).as_secs();
    Ok(())
}

fn day(sim: &mut Sim) -> Result<()> {
    let dawn = sim.now();
    sim.storm(true)?;
    let acts = 3 + sim.random.below(8);
    let mut hours: Vec<u64> = (0..acts).map(|_| sim.random.below(86_400)).collect();
    hours.sort_unstable();
    for at in hours {
        sim.pass_until(dawn + Duration::from_secs(at))?;
        something(sim)?;
    }
    sim.pass_until(dawn + DAY)?;
    match sim.random.below(40) {
        0..=1 => sim.stand_still(DAY * 8),
        2..=4 => sim.control.expire_history(ALICE),
        5 => {
            sim.say("the person takes the consent back");
            sim.control.revoke(ALICE);
            sim.grant_taken = true;
        }
        6..=8 => {
            let hours = 1 + sim.random.below(20);
            sim.stand_still(Duration::from_hours(hours));
        }
        _ => {}
    }
    rest(sim)?;
    judge_all(sim)?;
    if sim.random.chance(25) {
        disconnect(sim)?;
        connect(sim)?;
        rest(sim)?;
        judge_all(sim)?;
    }
    Ok(())
}

/// One thing that somebody does.
fn something(sim: &mut Sim) -> Result<()> {
    sim.figures.acts += 1;
    if sim.random.below(5) < 2 {
        let text = provider::act(&sim.control, &mut sim.random);
        sim.say(&text);
        return Ok(());
    }
    let deed = draw(sim);
    deed_of(sim, &deed)
}

fn draw(sim: &mut Sim) -> Deed {
    sim.memory.count += 1;
    let count = sim.memory.count;
    let random = &mut sim.random;
    let draft = random.pick(&sim.memory.drafts).copied();
    let send = random.pick(&sim.memory.sends).map(|(id, _)| *id);
    let pick = random.below(1_000);
    match random.below(30) {
        0..=9 => {
            let (action, role) = [
                (Action::MarkRead, ""),
                (Action::MarkUnread, ""),
                (Action::Star, ""),
                (Action::Unstar, ""),
                (Action::Archive, "inbox"),
                (Action::Trash, ""),
                (Action::Restore, "trash"),
                (Action::Spam, "inbox"),
                (Action::NotSpam, "spam"),
                (Action::AddLabel, ""),
                (Action::RemoveLabel, ""),
                (Action::DeleteForever, "trash"),
                (Action::Important, ""),
            ][random.below(13) as usize];
            let picks = (0..=random.below(4)).map(|_| random.below(1_000)).collect();
            Deed::Act {
                action,
                role,
                picks,
            }
        }
        10..=11 => sim.memory.last_action.map_or(Deed::Look, Deed::Undo),
        12 => Deed::NewLabel(format!("Mine {}", random.below(8))),
        13 => Deed::Rename(pick, format!("Mine {}", random.below(8))),
        14 => Deed::DropLabel(pick),
        15..=17 => Deed::Write {
            key: format!("w{count}"),
            subject: format!("Letter {count}"),
        },
        18 => draft.map_or(Deed::Look, |id| Deed::Rewrite(id, format!("Again {count}"))),
        19 => draft.map_or(Deed::Look, Deed::Discard),
        20..=22 => draft.map_or(Deed::Look, |draft| Deed::Send {
            draft,
            key: format!("s{count}"),
            undo: random.below(30) as u32,
        }),
        23 => send.map_or(Deed::Look, Deed::TakeBack),
        24 => Deed::Open(pick),
        25 => Deed::Search,
        26 => Deed::Sync,
        27 => Deed::Pause,
        28 => Deed::Resume,
        _ => Deed::Look,
    }
}

/// Does it, and once more after a kill or an error that says to: as a browser and a person would.
fn deed_of(sim: &mut Sim, deed: &Deed) -> Result<()> {
    let Some(connection) = sim.memory.connection else {
        return Ok(());
    };
    let actor = sim.actor;
    for _ in 0..3 {
        sim.say(&format!("does {}", told(deed)));
        let again = deed.clone();
        let came = sim.within(async move |ctx| perform(&ctx, &actor, connection, again).await)?;
        sim.watch_sent()?;
        match came {
            None => {} // killed: the page says that it does not know, and the person does it again
            Some(Ok(came)) => {
                remember(sim, deed, came);
                return Ok(());
            }
            Some(Err(error)) => {
                let code = error.code();
                sim.say(&format!("  answered {code}"));
                ensure!(!OURS.contains(&code), "{}: {error:?}", told(deed));
                if !matches!(error, Error::OutcomeUnknown(_)) {
                    return Ok(());
                }
            }
        }
    }
    Ok(())
}

/// In words that are the same in every run: ids are of a run.
fn told(deed: &Deed) -> String {
    match deed {
        Deed::Act {
            action,
            role,
            picks,
        } => format!("{action:?} {role} {picks:?}"),
        Deed::NewLabel(name) => format!("new label {name}"),
        Deed::Write { subject, .. } => format!("write {subject}"),
        other => {
            let text = format!("{other:?}");
            text.split(['(', '{'])
                .next()
                .unwrap_or_default()
                .trim()
                .to_owned()
        }
    }
}

fn remember(sim: &mut Sim, deed: &Deed, came: Came) {
    let text = match came {
        Came::Done(text) => text,
        Came::Action(id, text) => {
            sim.memory.last_action = Some(id);
            text
        }
        Came::Draft(id) => {
            sim.memory.drafts.push(id);
            "a draft".to_owned()
        }
        Came::Sending(id) => {
            if let Deed::Send { draft, .. } = deed {
                sim.memory.drafts.retain(|d| d != draft);
                sim.memory.sends.push((id, *draft));
                sim.memory.sends.dedup();
            }
            "on its way".to_owned()
        }
    };
    if let Deed::Discard(draft) = deed {
        sim.memory.drafts.retain(|d| d != draft);
    }
    sim.say(&format!("  {text}"));
}

/// Gives the grant, as often as it takes.
fn connect(sim: &mut Sim) -> Result<()> {
    let (actor, widen) = (sim.actor, sim.memory.connection);
    for _ in 0..12 {
        let came = sim.within(async move |ctx| consent(&ctx, &actor, widen).await)?;
        let text = match &came {
            None => "killed".to_owned(),
            Some(Ok(_)) => "connected".to_owned(),
            Some(Err(error)) => format!("not connected: {error}"),
        };
        sim.say(&text);
        // What the person knows after a kill is what the page of connections shows.
        let listed = sim.within(async move |ctx| connections::list(&ctx, &actor).await)?;
        let active = listed.and_then(Result::ok).unwrap_or_default();
        if let Some(view) = active.iter().find(|c| c.status != "revoked") {
            if widen != Some(view.id) {
                sim.forget_cursor();
            }
            sim.memory.connection = Some(view.id);
            sim.grant_taken = false;
            return Ok(());
        }
        sim.clock.advance(Duration::from_mins(2));
    }
    bail!("twelve tries, and no connection")
}

async fn consent(
    ctx: &Ctx,
    actor: &tenon_app::Actor,
    widen: Option<ConnectionId>,
) -> Result<ConnectionId> {
    let authorize = Authorize {
        provider: Provider::Google,
        profile: None,
        features: FEATURES.to_vec(),
        policy_version: policy::version(FEATURES, Locale::En),
        locale: Locale::En,
        connection: widen,
    };
    let mut url = connections::authorize(ctx, actor, authorize)
        .await?
        .authorize_url;
    let asked = url
        .query_pairs()
        .into_owned()
        .filter(|(k, _)| k != "login_hint");
    let asked: Vec<(String, String)> = asked.collect();
    let mut pairs = url.query_pairs_mut();
    pairs
        .clear()
        .extend_pairs(asked)
        .append_pair("login_hint", ALICE);
    drop(pairs);
    let browser = reqwest::Client::builder()
        .redirect(reqwest::redirect::Policy::none())
        .build()?;
    let answer = browser.get(url).send().await?;
    let location = answer.headers().get("location").context("no redirect")?;
    let location = url::Url::parse(location.to_str()?)?;
    let value = |name: &str| {
        let mut pairs = location.query_pairs();
        pairs.find(|(k, _)| k == name).map(|(_, v)| v.into_owned())
    };
    let callback = Callback {
        state: value("state"),
        code: value("code"),
        error: value("error"),
        picked_file_ids: None,
    };
    match connections::callback(ctx, actor, callback).await {
        Ok(connections::Came::Connected(id)) => Ok(id),
        Ok(connections::Came::Picked(_)) => bail!("nobody has chosen files"),
        Err(e) => bail!("{}", e.0),
    }
}

/// Without faults, everything comes to rest: what began has ended, and the mailbox is in step.
fn rest(sim: &mut Sim) -> Result<()> {
    sim.storm(false)?;
    sim.control.page_limit(usize::MAX);
    sim.say("rests");
    let until = sim.now() + REST;
    // The person looks at the page of connections: what waits for a recheck is let go.
    deed_of(sim, &Deed::Pause)?;
    deed_of(sim, &Deed::Resume)?;
    let asked = sim.now();
    while sim.now() < until {
        sim.work()?;
        let Some(mailbox) = sim.look(Look::Mailbox).pop() else {
            bail!("the connection is gone");
        };
        let (status, state, reason) = (&mailbox[0][..], &mailbox[2][..], &mailbox[3][..]);
        if status == "revoked" {
            reauthorize(sim, &mailbox[1])?;
            continue;
        }
        if state == "parked" {
            sim.say(&format!("parked: {reason}"));
            let (actor, id) = (sim.actor, sim.memory.connection.context("connected")?);
            let done =
                sim.within(async move |ctx| connections::unpark(&ctx, &actor, id, false).await)?;
            done.context("nobody is killed now")??;
            continue;
        }
        decide(sim)?;
        let jobs = sim.look(Look::Jobs);
        let busy = jobs
            .iter()
            .any(|row| row[1] != "parked" && !PERIODIC.contains(&row[0].as_str()));
        let synced = mailbox[5].parse::<i64>().is_ok_and(|at| at >= asked.0);
        if !busy && state == "live" && reason.is_empty() && synced {
            // Once more: what was announced and not found is looked for at the next turn.
            deed_of(sim, &Deed::Sync)?;
            return sim.work();
        }
        match sim.next_due() {
            Some(at) => sim.until(at),
            None => sim.clock.advance(Duration::from_mins(1)),
        }
    }
    let jobs = sim.look(Look::Jobs);
    bail!(
        "no rest after {} h: {:?} {jobs:?}",
        REST.as_secs() / 3_600,
        sim.look(Look::Mailbox)
    )
}

/// The person answers for messages whose fate is not known.
fn decide(sim: &mut Sim) -> Result<()> {
    let actor = sim.actor;
    for (id, _) in sim.memory.sends.clone() {
        let view = sim.within(async move |ctx| compose::send_by_id(&ctx, &actor, id).await)?;
        if matches!(view, Some(Ok(view)) if view.state == "doubtful") {
            deed_of(sim, &Deed::Decide(id))?;
        }
    }
    Ok(())
}

fn reauthorize(sim: &mut Sim, reason: &str) -> Result<()> {
    sim.say(&format!("asked to reauthorize: {reason}"));
    ensure!(sim.grant_taken, "reauthorization without cause: {reason}");
    sim.figures.reauthorizations += 1;
    connect(sim)
}

fn judge_all(sim: &mut Sim) -> Result<()> {
    let (messages, threads) = (sim.look(Look::Messages), sim.look(Look::Threads));
    let counts = sim.look(Look::Counts);
    let found = judge::differences(&sim.control, &messages, &threads, &counts);
    ensure!(
        found.is_empty(),
        "{} differ:\n  {}",
        found.len(),
        found[..found.len().min(8)].join("\n  ")
    );
    judge_sends(sim)?;
    sim.figures.comparisons += 1;
    sim.say(&format!("all {} messages are the same", messages.len()));
    Ok(())
}

/// Every confirmed message is sent once, or not and its person knows.
fn judge_sends(sim: &mut Sim) -> Result<()> {
    let actor = sim.actor;
    for (id, draft) in sim.memory.sends.clone() {
        let view = sim.within(async move |ctx| compose::send_by_id(&ctx, &actor, id).await)?;
        let view = view.context("nobody is killed now")??;
        let copies = sim
            .memory
            .seen_sent
            .get(&draft.to_string())
            .map_or(0, BTreeSet::len);
        sim.say(&format!("message {} with {copies} copies", view.state));
        match (view.state, copies) {
            ("sent", 1) => sim.figures.sent += 1,
            // Of one that is in doubt the person was asked, and said what they believed.
            ("refused", 0) | ("cancelled" | "doubtful", 0 | 1) => {}
            (state, copies) => bail!(
                "a message is {state} and has {copies} copies: {:?}",
                view.known
            ),
        }
    }
    // What has ended is judged once.
    sim.memory.sends.clear();
    Ok(())
}

/// The connection ends, and nothing of it is left in any table.
fn disconnect(sim: &mut Sim) -> Result<()> {
    let Some(id) = sim.memory.connection.take() else {
        return Ok(());
    };
    sim.say("disconnects");
    let actor = sim.actor;
    let ended = sim.within(async move |ctx| connections::disconnect(&ctx, &actor, id).await)?;
    ended.context("nobody is killed now")??;
    let soon = sim.now() + Duration::from_mins(30);
    sim.pass_until(soon)?;
    let left = sim.look(Look::Left);
    let left: Vec<_> = left.iter().filter(|row| row[1] != "0").collect();
    ensure!(left.is_empty(), "left after a disconnect: {left:?}");
    ensure!(
        sim.control.live_grants(ALICE).is_empty(),
        "the grant is still good"
    );
    let memory = &mut sim.memory;
    memory.drafts.clear();
    memory.sends.clear();
    memory.last_action = None;
    Ok(())
}

impl Sim {
    /// No message of ours is ever sent twice, and no draft is ever there twice.
    pub(crate) fn watch_sent(&mut self) -> Result<()> {
        let history = self.control.history_id(ALICE);
        if std::mem::replace(&mut self.memory.history, history) == history {
            return Ok(());
        }
        for (mark, (sent, drafts)) in judge::marked(&self.control, &self.first) {
            let seen = self.memory.seen_sent.entry(mark.clone()).or_default();
            seen.extend(sent);
            ensure!(seen.len() <= 1, "sent {} times: {mark}", seen.len());
            ensure!(drafts <= 1, "{drafts} drafts of {mark}");
        }
        Ok(())
    }
}
