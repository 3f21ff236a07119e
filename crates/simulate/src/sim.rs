//! One simulation: a provider, a process, a person, a clock, and days of all that.

use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, ensure};
use secrecy::ExposeSecret as _;
use tenon_app::access::{self, NewMemberInput, SignIn};
use tenon_app::{Actor, Error};
use tenon_model::member::Role;
use tenon_model::{Clock as _, ManualClock, SeededRandom, Time, World};
use tenon_sandbox::{Control, Logged, QuotaProfile, Sandbox, SandboxConfig, Weather};
use tenon_store::StoreUrl;
use tenon_testkit::peek::{Look, Peek};
use tokio::runtime::Runtime;

use crate::figures::Figures;
use crate::gate::Gate;
use crate::machine::{Machine, Setup};
use crate::person::Memory;
use crate::provider::ALICE;
use crate::random::Random;
use crate::trace::Trace;
use crate::weather;

pub(crate) const DAY: Duration = Duration::from_hours(24);
/// 2026-11-22T09:00:00Z.
const BEGIN: Time = Time::from_secs(1_795_338_000);
const MESSAGES: u64 = 80;
/// Jobs that run one after another without anything else happening: more of them is a loop.
const MOST_JOBS: usize = 600;
const PASSWORD: &str = "a long enough password";
/// Jobs that come again for ever; the nets among them are no reason to wake a sleeping node for.
const NETS: [&str; 1] = ["housekeeping"];

/// What is simulated.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) seed: u64,
    pub(crate) days: u64,
    pub(crate) faults_per_mille: u64,
    pub(crate) kills_per_mille: u64,
}

/// A running simulation.
pub(crate) struct Sim {
    pub(crate) plan: Plan,
    pub(crate) random: Random,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) control: Control,
    pub(crate) trace: Trace,
    pub(crate) figures: Figures,
    pub(crate) memory: Memory,
    pub(crate) actor: Actor,
    /// Messages that were there from the beginning.
    pub(crate) first: BTreeSet<String>,
    /// Whether anything took the grant since it was given.
    pub(crate) grant_taken: bool,
    pub(crate) stormy: bool,
    setup: Setup,
    machine: Option<Machine>,
    peek: Peek,
    cursor: u64,
    // Last, so that everything that speaks to it is gone before it is.
    _sandbox: Sandbox,
    own: Runtime,
}

impl Sim {
    /// Everything set up, the person signed in, nothing connected.
    pub(crate) fn new(plan: Plan, url: StoreUrl, folder: tempfile::TempDir) -> Result<Self> {
        let own = tokio::runtime::Builder::new_multi_thread()
            .worker_threads(1)
            .enable_all()
            .build()?;
        let clock = Arc::new(ManualClock::new(BEGIN).hasty());
        let world = World::new(clock.clone(), Arc::new(SeededRandom::new(plan.seed)));
        let mut config = SandboxConfig::new(clock.clone());
        config.messages = MESSAGES;
        config.seed = plan.seed;
        config.auto_consent = true;
        config.quota = QuotaProfile::Y2026;
        let sandbox = own.block_on(Sandbox::start(config))?;
        let gate = Gate::default();
        let control = sandbox.control().clone();
        control.set_gate(Some(Arc::new(gate.clone())));
        let setup = Setup {
            url,
            folder: Arc::new(folder),
            world,
            google: sandbox.base_url(),
            gate,
        };
        let machine = Machine::start(&setup)?;
        let actor = machine
            .run(&setup.gate, async |ctx| sign_up(&ctx).await)
            .context("nobody is killed yet")??;
        let peek = own.block_on(Peek::open(&setup.url));
        let first = control.message_ids(ALICE).into_iter().collect();
        Ok(Self {
            random: Random::new(plan.seed ^ 0x7369_6d75_6c61_7465),
            plan,
            clock,
            control,
            trace: Trace::default(),
            figures: Figures::default(),
            memory: Memory::default(),
            actor,
            first,
            grant_taken: false,
            stormy: false,
            setup,
            machine: Some(machine),
            peek,
            cursor: 0,
            _sandbox: sandbox,
            own,
        })
    }

    pub(crate) fn now(&self) -> Time {
        self.clock.now()
    }

    pub(crate) fn say(&mut self, text: &str) {
        self.trace.say(self.clock.now(), text);
    }

    pub(crate) fn look(&mut self, look: Look) -> Vec<Vec<String>> {
        self.own.block_on(self.peek.rows(look))
    }

    /// Faults at random from now on, or none.
    pub(crate) fn storm(&mut self, on: bool) -> Result<()> {
        let weather = Weather {
            seed: self.random.below(u64::MAX),
            per_mille: self.plan.faults_per_mille,
            rows: weather::rows(),
        };
        self.control
            .faults()
            .weather(Some(&weather).filter(|_| on))?;
        self.control.faults().clear();
        self.stormy = on;
        Ok(())
    }

    /// Does something in the process, which may be killed in it; `None` when it was.
    pub(crate) fn within<T>(
        &mut self,
        work: impl AsyncFnOnce(tenon_app::Ctx) -> T,
    ) -> Result<Option<T>> {
        let machine = self.machine.take().context("a process")?;
        self.may_die();
        let done = machine.run(&self.setup.gate, work);
        self.after(machine, done)
    }

    /// Runs everything that is due.
    pub(crate) fn work(&mut self) -> Result<()> {
        for _ in 0..MOST_JOBS {
            let machine = self.machine.take().context("a process")?;
            self.may_die();
            let ran = machine.run_job(&self.setup.gate);
            match self.after(machine, ran)? {
                None => {} // killed, and started again
                Some(Err(error)) => return Err(error.context("looking for a job")),
                Some(Ok(None)) => return Ok(()),
                Some(Ok(Some(ran))) => {
                    let end = match &ran.result {
                        None => "lost".to_owned(),
                        Some(Ok(())) => "done".to_owned(),
                        Some(Err(error)) => error.to_string(),
                    };
                    self.figures.jobs += 1;
                    self.say(&format!("job {} {end}", ran.kind));
                    self.watch()?;
                }
            }
        }
        anyhow::bail!("{MOST_JOBS} jobs one after another, and no end")
    }

    /// Draws whether and where the process dies in what comes now.
    fn may_die(&mut self) {
        if self.stormy && self.random.chance(self.plan.kills_per_mille) {
            let place = 1 + self.random.below(24);
            self.setup.gate.arm(place);
        }
    }

    /// Notes what was called, and starts the process again if it died.
    fn after<T>(&mut self, machine: Machine, done: Option<T>) -> Result<Option<T>> {
        if done.is_none() {
            drop(machine);
        } else {
            self.machine = Some(machine);
        }
        let path = self.setup.gate.disarm();
        for call in self.control.take_requests() {
            self.note(&call)?;
        }
        self.figures.commits += path.matches('C').count() as u64;
        self.say(&path);
        if done.is_none() {
            self.figures.kills += 1;
            let last = path.chars().last().unwrap_or(' ');
            self.restart(&format!("killed at {last}"))?;
        }
        Ok(done)
    }

    /// The process starts on what the last one left, when its leases are over.
    fn restart(&mut self, why: &str) -> Result<()> {
        self.machine = None;
        self.say(why);
        let away = 31 + self.random.below(1_200);
        self.clock.advance(Duration::from_secs(away));
        self.own.block_on(self.peek.end_leases());
        self.machine = Some(Machine::start(&self.setup).context("starting again")?);
        let path = self.setup.gate.disarm();
        self.say(&format!("starts again {path}"));
        Ok(())
    }

    /// A call: into the trace, and what it means for the grant and the quota.
    fn note(&mut self, call: &Logged) -> Result<()> {
        let fault = call.fault.as_deref();
        self.figures.calls += 1;
        if let Some(row) = fault {
            self.figures.fault(row);
            self.grant_taken |= weather::takes_the_grant(row);
        }
        let ours = matches!(call.status, 403 | 429) && fault.is_none();
        let row = fault.map_or(String::new(), |row| format!(" [{row}]"));
        let path = call
            .path
            .split("&metadataHeaders")
            .next()
            .unwrap_or_default();
        self.say(&format!("  {} {path} {}{row}", call.method, call.status));
        ensure!(
            !ours || call.batched,
            "the quota was exceeded: {} {} {}",
            call.method,
            call.path,
            call.status
        );
        Ok(())
    }

    /// What must hold at every moment: the cursor does not go back.
    fn watch(&mut self) -> Result<()> {
        let cursor = self
            .look(Look::Mailbox)
            .first()
            .and_then(|row| row[4].parse::<u64>().ok());
        if let Some(cursor) = cursor {
            ensure!(
                cursor >= self.cursor,
                "the cursor went back from {} to {cursor}",
                self.cursor
            );
            self.cursor = cursor;
        }
        self.watch_sent()
    }

    /// Another mailbox begins with another cursor.
    pub(crate) fn forget_cursor(&mut self) {
        self.cursor = 0;
    }

    /// When something is due next, after now; the nets do not count.
    pub(crate) fn next_due(&mut self) -> Option<Time> {
        let now = self.now();
        let jobs = self.look(Look::Jobs);
        let due = jobs
            .iter()
            .filter(|row| row[1] == "queued" && !NETS.contains(&row[0].as_str()))
            .filter_map(|row| row[2].parse().ok().map(Time))
            .filter(|at| *at > now);
        due.min()
    }

    /// Moves the clock to a moment, unless it is past it already.
    pub(crate) fn until(&mut self, at: Time) {
        self.clock.advance(at.since(self.now()));
    }

    /// Lets time pass until then, from one thing that is due to the next.
    pub(crate) fn pass_until(&mut self, end: Time) -> Result<()> {
        loop {
            self.work()?;
            match self.next_due().filter(|at| *at < end) {
                Some(at) => self.until(at),
                None => break,
            }
        }
        self.until(end);
        self.work()
    }

    /// The process stands still for so long, as in a suspended machine.
    pub(crate) fn stand_still(&mut self, by: Duration) {
        self.say(&format!("stands still for {} h", by.as_secs() / 3_600));
        self.clock.advance(by);
    }
}

async fn sign_up(ctx: &tenon_app::Ctx) -> Result<Actor, Error> {
    let member = NewMemberInput {
        workspace: None,
        email: "olivia@tenon.example".into(),
        name: "Olivia Martin".into(),
        role: Role::Owner,
        password: PASSWORD.into(),
        locale: "en".into(),
        time_zone: "Europe/Paris".into(),
    };
    access::create_member(ctx, member).await?;
    tenon_app::start_schedules(ctx).await?;
    let sign_in = SignIn {
        email: "olivia@tenon.example".into(),
        password: PASSWORD.into(),
        code: None,
        browser: access::Browser::default(),
    };
    let session = access::sign_in(ctx, sign_in).await?;
    access::authenticate(ctx, session.token.expose_secret()).await
}
