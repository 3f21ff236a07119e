//! Sample data of the demo: a company of twelve whose customers are those who write to the sandbox's mailboxes, so that
//! timelines show their mail. Made by the use cases that people's clicks go through, on a clock that is set back:
//! records and their histories are as old as they say.

mod files;
mod work;

use std::sync::Arc;
use std::time::Duration;

use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use tenon_app::access::{self, Browser, SignIn};
use tenon_app::fields::{self, NewField, NewOption};
use tenon_app::pipelines::{self, NewPipeline, NewStage, PipelineView};
use tenon_app::records::{self, Move, NewRecord, RecordView};
use tenon_app::teams::{self, NewTeam};
use tenon_app::{Actor, Ctx, Repeat, Result};
use tenon_model::records::{
    FieldType, Kind, Outcome, PipelineKind, ShareScope, StageRules, Values,
};
use tenon_model::{ManualClock, RecordId, Scope, StageId, SystemRandom, Time, World};
use tenon_sandbox::{Control, Correspondents, correspondents};
use tenon_store::Member;

use super::words::{CARDS, CASES, COLLEAGUES, INDUSTRIES, LOST, OFFERS, SEGMENTS};

const DAY: Duration = Duration::from_hours(24);
/// Companies that are customers; the rest of those who write are leads.
const COMPANIES: usize = 25;
const CONTACTS: usize = 80;
/// Among the settings: that all of it is there.
const DONE: &str = "demo_sample";

/// Makes the sample data unless it is there, as the owner with this address and password. One that was cut off is
/// gone on with.
pub(super) async fn fill(
    ctx: &Ctx,
    (email, password): (&str, &str),
    seed: u64,
    google: &Control,
) -> Result<()> {
    let mut tx = ctx.store.read(&Scope::system()).await?;
    if tx.settings().get(DONE).await?.is_some() {
        return Ok(());
    }
    drop(tx);
    let sign_in = SignIn {
        email: email.to_owned(),
        password: password.into(),
        code: None,
        browser: Browser::default(),
    };
    let signed_in = access::sign_in(ctx, sign_in).await?;
    let owner = access::authenticate(ctx, signed_in.token.expose_secret()).await?;
    let mut sample = Sample {
        ctx: ctx.clone(),
        now: ctx.world.now(),
        dice: World::simulated(seed).0,
        people: people(ctx, owner).await?,
        made: 0,
    };
    sample.all(email, google).await?;
    access::sign_out(ctx, &owner).await?;
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    tx.settings().put(DONE, "1").await?;
    Ok(tx.commit().await?)
}

/// Alice and her colleagues, who have no password and no other way to sign in.
async fn people(ctx: &Ctx, owner: Actor) -> Result<Vec<Actor>> {
    let mut tx = ctx.store.begin(&Scope::system()).await?;
    let alice = tx.members().get(owner.member).await?;
    let alice = alice.ok_or(tenon_app::Error::NotFound("member"))?;
    let mut all = Vec::new();
    for (name, role) in COLLEAGUES {
        let first = name.split(' ').next().unwrap_or(name).to_lowercase();
        let email = format!("{first}@example.com");
        let found = tx.members().by_email(&email).await?;
        let member = if let Some(member) = found {
            member
        } else {
            let member = Member {
                id: ctx.world.id(),
                email,
                name: name.to_owned(),
                role,
                password_hash: None,
                totp: None,
                totp_confirmed_at: None,
                totp_last_step: 0,
                disabled_at: None,
                ..alice.clone()
            };
            tx.members().insert(&member).await?;
            member
        };
        all.push(member);
    }
    tx.commit().await?;
    let actor = |m: Member| Actor {
        workspace: m.workspace_id,
        member: m.id,
        session: ctx.world.id(),
        role: m.role,
        locale: tenon_model::policy::Locale::parse(&m.locale),
    };
    Ok(std::iter::once(owner)
        .chain(all.into_iter().map(actor))
        .collect())
}

/// A company with its record and those of its people.
struct Customer {
    id: RecordId,
    name: String,
    contacts: Vec<RecordId>,
}

/// The stages of a pipeline: open ones in their order, then how it ends.
struct Stages {
    open: Vec<StageId>,
    won: Option<StageId>,
    lost: Option<StageId>,
}

impl Stages {
    fn of(pipeline: &PipelineView) -> Self {
        let of = |outcome: Outcome| {
            let stages = pipeline.stages.iter().filter(move |s| s.outcome == outcome);
            stages.map(|s| s.id)
        };
        Self {
            open: of(Outcome::Open).collect(),
            won: of(Outcome::Won).next(),
            lost: of(Outcome::Lost).next(),
        }
    }
}

struct Sample {
    ctx: Ctx,
    now: Time,
    dice: World,
    people: Vec<Actor>,
    made: u32,
}

impl Sample {
    fn below(&self, bound: usize) -> usize {
        self.dice.below(bound as u64) as usize
    }

    fn pick<'t, T>(&self, list: &'t [T]) -> Option<&'t T> {
        list.get(self.below(list.len()))
    }

    fn word(&self, list: &[&'static str]) -> &'static str {
        self.pick(list).copied().unwrap_or_default()
    }

    /// Somebody who works on customers: not the last, who only reads.
    fn seller(&self) -> Actor {
        // Alice has more than others: the demo is seen through her eyes.
        let i = self.below(self.people.len() + 4);
        let all = self.people.len() - 1;
        self.people[if i < all { i } else { 0 }]
    }

    fn ago(&self, days: usize) -> Time {
        let minutes = Duration::from_secs(60 * self.dice.below(480));
        let at = self.now - DAY * u32::try_from(days).unwrap_or(0);
        if days == 0 { at } else { at - minutes }
    }

    fn day(&self, days: i64) -> String {
        let by = DAY * u32::try_from(days.unsigned_abs()).unwrap_or(0);
        let at = if days < 0 {
            self.now - by
        } else {
            self.now + by
        };
        at.to_rfc3339().chars().take(10).collect()
    }

    /// The program as it was then.
    fn then(&self, at: Time) -> Ctx {
        let mut ctx = self.ctx.clone();
        ctx.world = World::new(Arc::new(ManualClock::new(at)), Arc::new(SystemRandom));
        ctx
    }

    async fn create(
        &mut self,
        at: Time,
        by: Actor,
        kind: Kind,
        values: Value,
        sharing: Option<ShareScope>,
    ) -> Result<RecordView> {
        self.made += 1;
        let key = format!("sample {}", self.made);
        let repeat = Repeat::new(by.member, "demo", &key, &key)?;
        let Value::Object(values) = values else {
            return Err(tenon_app::Error::Internal("sample".into()));
        };
        let new = NewRecord {
            kind,
            values,
            sharing,
        };
        records::create(&self.then(at), &by, new, Some(repeat)).await
    }

    async fn all(&mut self, email: &str, google: &Control) -> Result<()> {
        let (segment, months) = self.custom_fields().await?;
        self.team().await?;
        let world = correspondents();
        let half = world.iter().filter(|c| !c.french).take(15);
        let chosen: Vec<&Correspondents> = half
            .chain(world.iter().filter(|c| c.french).take(COMPANIES - 15))
            .collect();
        let customers = self.customers(&chosen, &segment).await?;
        let mut deals = self.sales(&customers, &months).await?;
        deals.extend(self.renewals(&customers, &months).await?);
        let others: Vec<&Correspondents> = world
            .iter()
            .filter(|c| !chosen.iter().any(|o| o.domain == c.domain))
            .collect();
        self.leads(&others).await?;
        self.cases(&customers).await?;
        self.board().await?;
        self.tasks(&customers, &deals).await?;
        self.activities(&customers).await?;
        self.notes(&customers, &deals).await?;
        self.files(&customers, &deals, email, google).await
    }

    /// Keys of *Segment* of companies and *Contract (months)* of deals.
    async fn custom_fields(&self) -> Result<(String, String)> {
        let options = SEGMENTS.into_iter().map(|label| NewOption {
            value: None,
            label: label.to_owned(),
            color: None,
        });
        let segment = NewField {
            label: "Segment".to_owned(),
            ty: FieldType::Choice,
            options: options.collect(),
            links_to: None,
            required: false,
        };
        let months = NewField {
            label: "Contract (months)".to_owned(),
            ty: FieldType::Number,
            options: Vec::new(),
            ..segment.clone()
        };
        let segment = self.field(Kind::Company, segment).await?;
        Ok((segment, self.field(Kind::Deal, months).await?))
    }

    async fn field(&self, kind: Kind, new: NewField) -> Result<String> {
        let objects = fields::objects(&self.ctx, &self.people[0]).await?;
        let of = objects.into_iter().filter(|o| o.kind == kind);
        let found = of
            .flat_map(|o| o.fields)
            .find(|f| f.label.as_deref() == Some(&new.label));
        match found {
            Some(field) => Ok(field.key),
            None => Ok(fields::add_field(&self.ctx, &self.people[0], kind, new)
                .await?
                .key),
        }
    }

    async fn team(&self) -> Result<()> {
        let owner = &self.people[0];
        if teams::teams(&self.ctx, owner).await?.is_empty() {
            let new = NewTeam {
                name: "Sales".to_owned(),
                members: self.people.iter().take(5).map(|a| a.member).collect(),
            };
            teams::make_team(&self.ctx, owner, new).await?;
        }
        Ok(())
    }

    async fn pipeline(&self, kind: PipelineKind) -> Result<Stages> {
        let all = pipelines::pipelines(&self.ctx, &self.people[0]).await?;
        match all.iter().find(|p| p.row.kind == kind) {
            Some(found) => Ok(Stages::of(found)),
            None => Err(tenon_app::Error::NotFound("pipeline")),
        }
    }

    /// A pipeline beside the usual ones.
    async fn own_pipeline(&self, new: NewPipeline) -> Result<Stages> {
        let owner = &self.people[0];
        let all = pipelines::pipelines(&self.ctx, owner).await?;
        if let Some(found) = all.iter().find(|p| p.row.name == new.name) {
            return Ok(Stages::of(found));
        }
        let made = pipelines::make_pipeline(&self.ctx, owner, new).await?;
        Ok(Stages::of(&made))
    }

    async fn customers(
        &mut self,
        companies: &[&Correspondents],
        segment: &str,
    ) -> Result<Vec<Customer>> {
        let mut out = Vec::new();
        let mut left = CONTACTS;
        for (i, company) in companies.iter().enumerate() {
            let (by, days) = (self.seller(), 730 - i * 12);
            let values = json!({
                "name": company.company,
                "domain": company.domain,
                "website": format!("https://www.{}", company.domain),
                "addresses": [{"label": "mailing", "city": company.city}],
                "industry": self.word(&INDUSTRIES),
                "employees": 8 + self.below(400),
                (segment): SEGMENTS[self.below(SEGMENTS.len())].to_lowercase(),
            });
            let at = self.ago(days);
            let made = self.create(at, by, Kind::Company, values, None).await?;
            let mut contacts = Vec::new();
            let share = left / (companies.len() - i);
            for person in company.people.iter().take(share.max(1)) {
                let values = json!({
                    "first_name": person.first_name,
                    "last_name": person.last_name,
                    "title": person.title,
                    "emails": [{"address": person.address, "label": "work"}],
                    "company": made.id.to_string(),
                });
                let contact = self.create(at, by, Kind::Contact, values, None).await?;
                contacts.push(contact.id);
                left -= 1;
            }
            out.push(Customer {
                id: made.id,
                name: company.company.to_owned(),
                contacts,
            });
        }
        Ok(out)
    }

    async fn sales(&mut self, customers: &[Customer], months: &str) -> Result<Vec<RecordId>> {
        let stages = self.pipeline(PipelineKind::Deals).await?;
        self.deals(customers, &stages, months, 44).await
    }

    async fn renewals(&mut self, customers: &[Customer], months: &str) -> Result<Vec<RecordId>> {
        let stage = |name: &str, outcome, probability| NewStage {
            id: None,
            name: name.to_owned(),
            color: None,
            outcome,
            probability: Some(probability),
            rules: StageRules::default(),
        };
        let stages = vec![
            stage("Due soon", Outcome::Open, 60),
            stage("Offer sent", Outcome::Open, 75),
            stage("Agreed", Outcome::Open, 90),
            stage("Renewed", Outcome::Won, 100),
            stage("Ended", Outcome::Lost, 0),
        ];
        let new = NewPipeline {
            kind: PipelineKind::Deals,
            name: "Renewals".to_owned(),
            stages: Some(stages),
        };
        let stages = self.own_pipeline(new).await?;
        self.deals(customers, &stages, months, 16).await
    }

    /// Deals over two years, the older ones won or lost.
    async fn deals(
        &mut self,
        customers: &[Customer],
        stages: &Stages,
        months: &str,
        count: usize,
    ) -> Result<Vec<RecordId>> {
        let mut out = Vec::new();
        for i in 0..count {
            let Some(customer) = customers.get((i * 7 + self.below(3)) % customers.len()) else {
                continue;
            };
            let days = 5 + (count - i) * 710 / count;
            let by = self.seller();
            let currency = if i % 6 == 5 { "USD" } else { "EUR" };
            let amount = (2 + self.below(60)) * 500;
            let closed = days > 120;
            // From its first day to its last, of those that ended.
            let length = 25 + (i * 37) % 80;
            let due = if closed {
                length as i64 - days as i64
            } else {
                20 + self.below(70) as i64
            };
            let contact = self.pick(&customer.contacts).map(ToString::to_string);
            let values = json!({
                "name": format!("{} for {}", self.word(&OFFERS), customer.name),
                "stage": stages.open.first().map(ToString::to_string),
                "amount": {"amount": amount.to_string(), "currency": currency},
                "close_date": self.day(due),
                "company": customer.id.to_string(),
                "contacts": contact.into_iter().collect::<Vec<_>>(),
                (months): 12 * (1 + self.below(3)),
            });
            let sharing = (i % 15 == 14).then_some(ShareScope::Private);
            let at = self.ago(days);
            let deal = self.create(at, by, Kind::Deal, values, sharing).await?;
            out.push(deal.id);
            let steps = if closed {
                stages.open.len()
            } else {
                1 + self.below(stages.open.len())
            };
            for (k, stage) in stages.open.iter().enumerate().take(steps).skip(1) {
                let gone = if closed {
                    length * k / stages.open.len()
                } else {
                    days * k / 9
                };
                self.go(by, deal.id, *stage, days - gone, Values::new())
                    .await?;
            }
            if closed {
                let lost = self.below(5) < 2;
                let (end, why) = if lost {
                    (stages.lost, "lost_reason")
                } else {
                    (stages.won, "")
                };
                let mut values = Values::new();
                if lost {
                    values.insert(why.to_owned(), self.word(&LOST).into());
                }
                if let Some(end) = end {
                    self.go(by, deal.id, end, days - length, values).await?;
                }
            }
        }
        Ok(out)
    }

    async fn go(
        &self,
        by: Actor,
        id: RecordId,
        stage: StageId,
        days: usize,
        values: Values,
    ) -> Result<()> {
        let to = Move {
            stage,
            before: None,
            values,
        };
        let then = self.then(self.ago(days));
        records::move_box(&then, &by, id, to).await.map(drop)
    }

    async fn leads(&mut self, others: &[&Correspondents]) -> Result<()> {
        let stages = self.pipeline(PipelineKind::Leads).await?;
        let all: Vec<StageId> = stages.open.iter().chain(&stages.lost).copied().collect();
        for i in 0..20 {
            let Some(company) = others.get(i % others.len()) else {
                continue;
            };
            let Some(person) = company.people.get(i / others.len()) else {
                continue;
            };
            let values = json!({
                "name": format!("{}: {}", company.company, self.word(&OFFERS).to_lowercase()),
                "source": self.word(&["web", "mail", "phone", "referral", "event"]),
                "contact_name": format!("{} {}", person.first_name, person.last_name),
                "company_name": company.company,
                "emails": [{"address": person.address, "label": "work"}],
                "stage": self.pick(&all).map(ToString::to_string),
            });
            let (at, by) = (self.ago(1 + i * 3), self.seller());
            self.create(at, by, Kind::Lead, values, None).await?;
        }
        Ok(())
    }

    async fn cases(&mut self, customers: &[Customer]) -> Result<()> {
        let stages = self.pipeline(PipelineKind::Cases).await?;
        for (i, name) in CASES.into_iter().enumerate() {
            let Some(customer) = self.pick(customers) else {
                continue;
            };
            let contact = self.pick(&customer.contacts).map(ToString::to_string);
            let values = json!({
                "name": name,
                "priority": self.word(&["low", "normal", "normal", "high", "urgent"]),
                "company": customer.id.to_string(),
                "contacts": contact.into_iter().collect::<Vec<_>>(),
                "due_date": self.day(4 - i as i64),
            });
            let (days, by) = (1 + i * 2, self.seller());
            let at = self.ago(days);
            let case = self.create(at, by, Kind::Case, values, None).await?;
            let next = if i > 8 {
                stages.won
            } else {
                stages.open.get(i % 3).copied()
            };
            if let Some(stage) = next {
                self.go(by, case.id, stage, days / 2, Values::new()).await?;
            }
        }
        Ok(())
    }

    async fn board(&mut self) -> Result<()> {
        let new = NewPipeline {
            kind: PipelineKind::Board,
            name: "Trade fair".to_owned(),
            stages: None,
        };
        let stages = self.own_pipeline(new).await?;
        let all: Vec<StageId> = stages.open.iter().chain(&stages.won).copied().collect();
        for (i, name) in CARDS.into_iter().enumerate() {
            let values = json!({
                "name": name,
                "stage": self.pick(&all).map(ToString::to_string),
                "due_date": self.day(10 + 3 * i as i64),
            });
            let (at, by) = (self.ago(30 - i), self.seller());
            self.create(at, by, Kind::Card, values, None).await?;
        }
        Ok(())
    }
}
