//! One generated message: its envelope without writing the body, and the whole of it when somebody asks.

use std::cell::OnceCell;

use super::people::{self, LABELS, Person};
use super::rng::{Rng, mix};
use super::scripts::{Attach, Kind, Who};
use super::thread::{Corpus, Plan};
use super::write::{self, Parts};
use crate::wire::text::{civil, encode_header, html_escape, mail_date};

/// How a message is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Structure {
    /// text/plain alone.
    Plain,
    /// multipart/alternative.
    Alternative,
    /// multipart/related with an inline logo.
    Related,
    /// multipart/mixed with an attachment.
    Mixed,
}

/// Which labels a generated message starts with.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "labels are there or not")]
pub(crate) struct Tags {
    pub(crate) sent: bool,
    pub(crate) inbox: bool,
    pub(crate) spam: bool,
    pub(crate) trash: bool,
    pub(crate) unread: bool,
    pub(crate) starred: bool,
    pub(crate) important: bool,
    pub(crate) personal: bool,
    pub(crate) promotions: bool,
    pub(crate) updates: bool,
    /// Index into the generated user labels.
    pub(crate) user: Option<usize>,
}

/// A generated message.
pub(crate) struct Mail<'c> {
    pub(crate) corpus: &'c Corpus,
    pub(crate) plan: Plan,
    pub(crate) pos: u16,
    /// Seconds since the epoch.
    pub(crate) date: i64,
    target: usize,
    pub(crate) structure: Structure,
    attach: Attach,
    cast: OnceCell<(Person, Person)>,
}

const WEEKDAYS_FR: [&str; 7] = [
    "dimanche", "lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi",
];
const WEEKDAYS_EN: [&str; 5] = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday"];
const MONTHS_FR: [&str; 12] = [
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
];
const MONTHS_EN: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

impl<'c> Mail<'c> {
    pub(crate) fn new(corpus: &'c Corpus, rank: u32, pos: u16, date: i64) -> Self {
        let plan = corpus.plan(rank);
        let mut rng = corpus.rng(5, rank, pos);
        let wanted = rng.lognormal(20_000.0, 1.42).clamp(1_600.0, 12_000_000.0) as usize;
        let attach = plan.turn(pos).map_or(Attach::None, |t| t.attach);
        let (structure, target, attach) = match (plan.script.kind, attach) {
            (Kind::Newsletter, _) => (
                Structure::Alternative,
                wanted.clamp(7_000, 90_000),
                Attach::None,
            ),
            (Kind::Notice, _) => (
                Structure::Alternative,
                wanted.clamp(5_000, 40_000),
                Attach::None,
            ),
            (_, Attach::None) if wanted < 6_000 => (Structure::Plain, wanted, Attach::None),
            (_, Attach::None) if wanted < 26_000 => (Structure::Alternative, wanted, Attach::None),
            (_, Attach::None) if wanted < 320_000 => (Structure::Related, wanted, Attach::None),
            (_, Attach::None) => (
                Structure::Mixed,
                wanted,
                Attach::Pdf("Documents-{number}.pdf"),
            ),
            (_, attach) => (Structure::Mixed, wanted.max(16_000), attach),
        };
        Self {
            corpus,
            plan,
            pos,
            date,
            target,
            structure,
            attach,
            cast: OnceCell::new(),
        }
    }

    /// The contact and a colleague.
    fn cast(&self) -> &(Person, Person) {
        self.cast.get_or_init(|| Corpus::cast(&self.plan))
    }

    /// What the mailbox shows as `sizeEstimate`.
    pub(crate) fn size_estimate(&self) -> usize {
        self.target
    }

    pub(crate) fn has_attachment(&self) -> bool {
        self.structure == Structure::Mixed
    }

    pub(crate) fn who(&self) -> Who {
        self.plan.who(self.pos)
    }

    /// The labels the message starts with.
    pub(crate) fn tags(&self) -> Tags {
        let plan = &self.plan;
        let thread = mix(plan.facts, 21) % 1000;
        let recent = plan.rank < 50;
        let mut rng = self.corpus.rng(6, plan.rank, self.pos);
        let machine = plan.script.sender.is_some();
        let spam = !recent && plan.script.kind == Kind::Newsletter && thread < 120;
        let trash = !recent && !spam && thread < 15;
        let sent = self.who() == Who::Me && !machine && *self.corpus.lead(plan) == self.corpus.me;
        let last = self.pos + 1 == plan.len;
        let unread_in_hundred = match (plan.rank < 60, machine) {
            (true, _) => 38,
            (false, true) => 25,
            (false, false) => 3,
        };
        Tags {
            sent,
            inbox: !sent && !spam && !trash && (plan.rank < 200 || thread > 620),
            spam,
            trash,
            unread: !sent && last && rng.chance(unread_in_hundred),
            starred: rng.chance(if recent { 6 } else { 3 }),
            important: !machine && !sent && thread % 100 < 45,
            personal: !machine && !sent,
            promotions: plan.script.kind == Kind::Newsletter,
            updates: plan.script.kind == Kind::Notice,
            user: plan
                .script
                .label
                .or(plan.company.label.filter(|_| !machine && thread % 10 < 7)),
        }
    }

    /// Number used as the document number all through the thread.
    fn number(&self) -> u64 {
        20_000 + mix(self.plan.facts, 1) % 79_999
    }

    fn amount(&self, salt: u64, low: u64, high: u64) -> String {
        let value = low + mix(self.plan.facts, salt) % (high - low);
        let rounded = if value > 2_000 {
            value / 20 * 20
        } else {
            value
        };
        let thousands = rounded / 1000;
        if self.plan.script.french {
            if thousands > 0 {
                format!("{thousands} {:03} €", rounded % 1000)
            } else {
                format!("{rounded} €")
            }
        } else if thousands > 0 {
            format!("€{thousands},{:03}", rounded % 1000)
        } else {
            format!("€{rounded}")
        }
    }

    fn slot(&self, name: &str, writer: &Person) -> Option<String> {
        let plan = &self.plan;
        let facts = plan.facts;
        let french = plan.script.french;
        Some(match name {
            "them" => self.cast().0.first().to_owned(),
            "other" => self.cast().1.first().to_owned(),
            "me" => self.corpus.lead(plan).first().to_owned(),
            "name" => writer.first().to_owned(),
            "company" => plan.company.name.to_owned(),
            "city" => plan.company.city.to_owned(),
            "amount" => self.amount(2, 1_200, 48_000),
            "small" => self.amount(3, 60, 900),
            "number" => self.number().to_string(),
            "count" => (5 + mix(facts, 5) % 44).to_string(),
            "day" => {
                let day = (mix(facts, 6) % 5) as usize;
                if french {
                    WEEKDAYS_FR[day + 1].to_owned()
                } else {
                    WEEKDAYS_EN[day].to_owned()
                }
            }
            "date" => {
                let c = civil(plan.last + (5 + (mix(facts, 7) % 24) as i64) * 86_400, 60);
                let month = usize::from(c.month - 1);
                match (french, c.day) {
                    (true, 1) => format!("1er {}", MONTHS_FR[month]),
                    (true, day) => format!("{day} {}", MONTHS_FR[month]),
                    (false, day) => format!("{day} {}", MONTHS_EN[month]),
                }
            }
            "time" => {
                let (hour, half) = (9 + mix(facts, 8) % 8, mix(facts, 9) % 2 == 1);
                match (french, half) {
                    (true, true) => format!("{hour} h 30"),
                    (true, false) => format!("{hour} h"),
                    (false, half) => format!("{hour}:{}", if half { "30" } else { "00" }),
                }
            }
            _ => return None,
        })
    }

    /// Fills the slots of a text.
    pub(super) fn fill(&self, text: &str, writer: &Person) -> String {
        let mut out = String::with_capacity(text.len() + 32);
        let mut rest = text;
        while let Some(open) = rest.find('{') {
            out.push_str(&rest[..open]);
            let after = &rest[open + 1..];
            let Some(close) = after.find('}') else { break };
            match self.slot(&after[..close], writer) {
                Some(value) => out.push_str(&value),
                None => out.push_str(&rest[open..=open + 1 + close]),
            }
            rest = &after[close + 1..];
        }
        out.push_str(rest);
        out
    }

    /// Who wrote the message.
    pub(crate) fn from(&self) -> Person {
        if let Some((name, local)) = self.plan.script.sender {
            let nobody = Person::new("", "");
            return Person::new(
                &self.fill(name, &nobody),
                &format!("{local}@{}", self.plan.company.domain),
            );
        }
        let (them, other) = self.cast().clone();
        match self.who() {
            Who::Me => self.corpus.lead(&self.plan).clone(),
            Who::Them => them,
            Who::Other => other,
        }
    }

    fn everybody(&self) -> bool {
        self.plan.script.turns.iter().any(|t| t.who == Who::Other)
            || self.plan.facts.is_multiple_of(9)
    }

    /// Who it went to, and who got a copy.
    pub(crate) fn recipients(&self) -> (Vec<Person>, Vec<Person>) {
        if self.plan.script.sender.is_some() {
            return (vec![self.corpus.me.clone()], Vec::new());
        }
        let (them, other) = self.cast().clone();
        let lead = self.corpus.lead(&self.plan);
        let (to, mut cc) = match self.who() {
            Who::Me => (them, vec![other]),
            Who::Them => (lead.clone(), vec![other]),
            Who::Other => (lead.clone(), vec![them]),
        };
        if !self.everybody() {
            cc.clear();
        }
        if *lead != self.corpus.me {
            cc.push(self.corpus.me.clone());
        }
        (vec![to], cc)
    }

    pub(crate) fn subject(&self) -> String {
        let nobody = Person::new("", "");
        let subject = self.fill(self.plan.script.subject, &nobody);
        if self.pos == 0 {
            subject
        } else {
            format!("Re: {subject}")
        }
    }

    pub(crate) fn message_id(&self) -> String {
        self.corpus.message_id(&self.plan, self.pos)
    }

    /// The text its writer typed, without signature and quote.
    pub(crate) fn words(&self) -> String {
        self.fill(self.plan.text(self.pos), &self.from())
    }

    /// The beginning, as Gmail shows it in lists: one line, HTML-escaped.
    pub(crate) fn snippet(&self) -> String {
        snippet(&self.words())
    }

    /// The attachment's file name.
    pub(crate) fn filename(&self) -> Option<String> {
        let name = match self.attach {
            Attach::None => return None,
            Attach::Pdf(name) | Attach::Png(name) | Attach::Csv(name) => name,
        };
        Some(self.fill(name, &Person::new("", "")))
    }

    /// MIME type of the message.
    pub(crate) fn mime_type(&self) -> &'static str {
        match self.structure {
            Structure::Plain => "text/plain",
            Structure::Alternative => "multipart/alternative",
            Structure::Related => "multipart/related",
            Structure::Mixed => "multipart/mixed",
        }
    }

    pub(super) fn boundary(&self, level: u64) -> String {
        format!(
            "=_{level}_{:016x}",
            mix(self.plan.facts, 40 + level * 100 + u64::from(self.pos))
        )
    }

    /// Some French senders still write in Latin-1.
    fn maybe_latin(&self) -> bool {
        self.plan.script.french && self.plan.facts.is_multiple_of(3)
    }

    pub(super) fn charset(&self, text: &str) -> &'static str {
        let latin = self.maybe_latin() && text.chars().all(|c| u32::from(c) < 256);
        if latin { "iso-8859-1" } else { "utf-8" }
    }

    /// The header fields in order, those that are `wanted`; `wire` gives them encoded, else as the API shows them.
    pub(crate) fn headers(
        &self,
        wire: bool,
        wanted: &dyn Fn(&str) -> bool,
    ) -> Vec<(&'static str, String)> {
        let people = |list: &[Person]| {
            let one = |p: &Person| {
                if wire && !p.name.is_ascii() {
                    format!("{} <{}>", encode_header(&p.name), p.email)
                } else {
                    p.shown()
                }
            };
            list.iter().map(one).collect::<Vec<_>>().join(", ")
        };
        let text = |value: String| {
            if wire {
                encode_header(&value).into_owned()
            } else {
                value
            }
        };
        let plan = &self.plan;
        let from = self.from();
        let (to, cc) = self.recipients();
        let me = &self.corpus.me;
        let mine = from == *me;
        let domain = plan.company.domain;
        let machine = plan.script.sender.is_some();
        let mut out = Vec::with_capacity(18);
        let mut put = |name: &'static str, value: &dyn Fn() -> String| {
            if wanted(name) {
                out.push((name, value()));
            }
        };
        if !mine {
            put("Delivered-To", &|| me.email.clone());
            put("Received", &|| self.received());
            put("Return-Path", &|| format!("<{}>", from.email));
        }
        put("MIME-Version", &|| "1.0".to_owned());
        let offset = if mine { 60 } else { plan.company.offset };
        put("Date", &|| mail_date(self.date, offset));
        put("From", &|| people(std::slice::from_ref(&from)));
        put("To", &|| people(&to));
        if !cc.is_empty() {
            put("Cc", &|| people(&cc));
        }
        put("Subject", &|| text(self.subject()));
        put("Message-ID", &|| self.message_id());
        if self.pos > 0 {
            put("In-Reply-To", &|| {
                self.corpus.message_id(plan, self.pos - 1)
            });
            put("References", &|| {
                let first = self.pos.saturating_sub(6);
                let list = (first..self.pos).map(|p| self.corpus.message_id(plan, p));
                list.collect::<Vec<_>>().join(" ")
            });
        }
        if plan.script.kind == Kind::Newsletter {
            let list = mix(super::rng::hash_text(3, plan.script.subject), 0) >> 40;
            put("List-Id", &|| {
                text(format!("{} <{list:06x}.lists.{domain}>", plan.company.name))
            });
            put("List-Unsubscribe", &|| {
                format!(
                    "<mailto:leave-{list:06x}@{domain}>, <https://lists.{domain}/leave/{list:06x}>"
                )
            });
            put("List-Unsubscribe-Post", &|| {
                "List-Unsubscribe=One-Click".to_owned()
            });
            put("Precedence", &|| "bulk".to_owned());
        } else if machine {
            put("Auto-Submitted", &|| "auto-generated".to_owned());
        } else if !mine && plan.facts.is_multiple_of(2) {
            put("X-Mailer", &|| "Microsoft Outlook 16.0".to_owned());
        }
        put("Content-Type", &|| match self.structure {
            Structure::Plain if !self.maybe_latin() => "text/plain; charset=\"utf-8\"".to_owned(),
            Structure::Plain => {
                let charset = self.charset(&write::plain_text(self));
                format!("text/plain; charset=\"{charset}\"")
            }
            _ => format!("{}; boundary=\"{}\"", self.mime_type(), self.boundary(0)),
        });
        if self.structure == Structure::Plain {
            put("Content-Transfer-Encoding", &|| {
                "quoted-printable".to_owned()
            });
        }
        out
    }

    fn received(&self) -> String {
        let (facts, domain) = (self.plan.facts, self.plan.company.domain);
        format!(
            "from mail.{domain} (mail.{domain} [192.0.2.{}]) by mx.google.com with ESMTPS id {:012x} for <{}>; {}",
            mix(facts, 60) % 250 + 2,
            mix(facts, 61 + u64::from(self.pos)) >> 16,
            self.corpus.me.email,
            mail_date(self.date + 2, -480)
        )
    }

    /// The whole message, byte for byte the same each time.
    pub(crate) fn raw(&self) -> Vec<u8> {
        write::message(
            self,
            &Parts {
                target: self.target,
                structure: self.structure,
                attach: self.attach,
            },
        )
    }

    pub(super) fn number_text(&self) -> String {
        self.number().to_string()
    }

    pub(super) fn amount_text(&self) -> String {
        self.amount(2, 1_200, 48_000)
    }

    pub(super) fn rng(&self, stream: u64) -> Rng {
        self.corpus.rng(stream, self.plan.rank, self.pos)
    }

    /// The lines under the text: name, title, company, telephone.
    pub(super) fn signature(&self) -> Vec<String> {
        let plan = &self.plan;
        if plan.script.sender.is_some() {
            return Vec::new();
        }
        let from = self.from();
        let nth = match self.who() {
            Who::Me => return vec![from.name.clone(), from.email],
            Who::Them => plan.contact,
            Who::Other => plan.contact + 1,
        };
        let phone = mix(super::rng::hash_text(13, &from.email), 1) % 9_000_000 + 1_000_000;
        let prefix = if plan.company.french {
            "+33 1 99"
        } else {
            "+44 1632"
        };
        vec![
            from.name,
            people::title(plan.company, nth).to_owned(),
            format!("{}, {}", plan.company.name, plan.company.city),
            format!("{prefix} {:03} {:03}", phone / 1000 % 1000, phone % 1000),
        ]
    }
}

/// One line of at most about two hundred characters, HTML-escaped as Gmail's snippets are.
pub(crate) fn snippet(text: &str) -> String {
    let mut line = String::with_capacity(220);
    for word in text.split_whitespace() {
        if line.len() + word.len() > 195 {
            break;
        }
        if !line.is_empty() {
            line.push(' ');
        }
        line.push_str(word);
    }
    html_escape(&line)
}

/// Names of the user labels of a generated mailbox, by [`Tags::user`].
pub(crate) const USER_LABELS: &[&str] = &LABELS;
