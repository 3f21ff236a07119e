//! Which threads there are, how long each is, who takes part, and when each message was written.

use super::people::{self, Company, ENGLISH, FRENCH, Person};
use super::rng::{Rng, hash_text, mix};
use super::scripts::{self, FOLLOW_UPS, Kind, SUITES, Script, Turn, Who};
use super::timeline;
use crate::config::Account;

const YEAR: f64 = 365.25 * 86_400.0;
/// Messages from which on the mail spreads over the full three years.
const FULL_SPAN: f64 = 2_000.0;
const LONGEST: u64 = 60;
/// Threads on the first pages of a list.
const SHOWN: u32 = 100;

/// One thread: the raw time of its last message, and its length.
#[derive(Debug, Clone, Copy)]
struct Spec {
    last: i64,
    len: u16,
}

/// The generated mail of one account.
pub(crate) struct Corpus {
    seed: u64,
    pub(crate) me: Person,
    pub(crate) others: Vec<Person>,
    threads: Vec<Spec>,
    offset_step: u64,
    offset_start: u64,
}

/// What a thread is about and who takes part; cheap, without text.
#[derive(Clone, Copy)]
pub(crate) struct Plan {
    pub(crate) rank: u32,
    pub(crate) len: u16,
    pub(crate) script: &'static Script,
    pub(crate) company: &'static Company,
    pub(crate) contact: u64,
    /// Seed of amounts, numbers and days, the same all through the thread.
    pub(crate) facts: u64,
    /// About when the last message was written (seconds).
    pub(crate) last: i64,
}

impl Plan {
    /// The written turn at a position, `None` when the script is over and people just go on.
    pub(crate) fn turn(&self, pos: u16) -> Option<&'static Turn> {
        self.script.turns.get(usize::from(pos))
    }

    /// Who writes the message at a position.
    pub(crate) fn who(&self, pos: u16) -> Who {
        match self.turn(pos) {
            Some(turn) => turn.who,
            None => match (usize::from(pos) - self.script.turns.len() + self.facts as usize) % 5 {
                0 | 2 => Who::Them,
                1 | 3 => Who::Me,
                _ => Who::Other,
            },
        }
    }

    /// The text at a position, slots unfilled.
    pub(crate) fn text(&self, pos: u16) -> &'static str {
        if let Some(turn) = self.turn(pos) {
            turn.text
        } else {
            let pick = mix(self.facts, u64::from(pos)) as usize;
            if self.script.french {
                SUITES[pick % SUITES.len()]
            } else {
                FOLLOW_UPS[pick % FOLLOW_UPS.len()]
            }
        }
    }
}

impl Corpus {
    /// Plans `messages` messages that end at `now` (seconds).
    pub(crate) fn new(
        seed: u64,
        account: &Account,
        others: &[Account],
        messages: u64,
        now: i64,
    ) -> Self {
        let seed = hash_text(seed, &account.email.to_ascii_lowercase());
        let mut corpus = Self {
            seed,
            me: Person::new(&account.name, &account.email),
            others: others
                .iter()
                .map(|a| Person::new(&a.name, &a.email))
                .collect(),
            threads: Vec::with_capacity((messages / 2) as usize),
            offset_step: 1 + mix(seed, 101) % (scripts::COUNT - 1),
            offset_start: mix(seed, 102),
        };
        let mut left = messages;
        while left > 0 {
            let rank = corpus.threads.len() as u32;
            let len = corpus.length(rank).min(left);
            corpus.threads.push(Spec {
                last: 0,
                len: len as u16,
            });
            left -= len;
        }
        let count = corpus.threads.len() as f64;
        let span = 3.0 * YEAR * (messages as f64 / FULL_SPAN).clamp(0.01, 1.0);
        let end = timeline::raw_before(now - 120);
        let mut rng = Rng::new(seed, 1);
        for (rank, spec) in corpus.threads.iter_mut().enumerate() {
            let place = (rank as f64 + rng.unit()) / count;
            spec.last = end - (span * place.powf(1.25)) as i64;
        }
        corpus
    }

    fn script(&self, rank: u32) -> &'static Script {
        let at = self
            .offset_start
            .wrapping_add(u64::from(rank).wrapping_mul(self.offset_step))
            % scripts::COUNT;
        scripts::script(at)
    }

    /// Lognormal, so that the mean is three messages a thread with the machines' single mails. The newest threads
    /// end with their script, for they are what people look at.
    fn length(&self, rank: u32) -> u64 {
        let script = self.script(rank);
        let mut rng = Rng::new(self.seed, mix(2, u64::from(rank)));
        let longest = if rank < SHOWN {
            script.turns.len() as u64
        } else {
            LONGEST
        };
        let len = match script.kind {
            Kind::Newsletter | Kind::Notice => 1,
            Kind::Invoice => 1 + rng.below(2),
            Kind::Talk => rng.lognormal(3.2, 0.75).round() as u64,
        };
        len.clamp(1, longest)
    }

    /// How many threads there are; rank 0 is the newest.
    pub(crate) fn threads(&self) -> u32 {
        self.threads.len() as u32
    }

    /// What the thread of a rank is about.
    pub(crate) fn plan(&self, rank: u32) -> Plan {
        let script = self.script(rank);
        let mut rng = Rng::new(self.seed, mix(3, u64::from(rank)));
        let list: &'static [Company] = if script.french { &FRENCH } else { &ENGLISH };
        // the first companies of the list write most
        let at = (rng.unit() * rng.unit().max(0.15) * list.len() as f64) as usize;
        let Spec { last, len } = self
            .threads
            .get(rank as usize)
            .copied()
            .unwrap_or(Spec { last: 0, len: 0 });
        Plan {
            rank,
            len,
            last,
            script,
            company: &list[at.min(list.len() - 1)],
            contact: rng.below(5),
            facts: rng.next(),
        }
    }

    /// When the messages of a thread were written (seconds), oldest first.
    pub(crate) fn dates(&self, rank: u32) -> Vec<i64> {
        let Some(spec) = self.threads.get(rank as usize) else {
            return Vec::new();
        };
        let mut rng = Rng::new(self.seed, mix(4, u64::from(rank)));
        let mut raw = spec.last;
        let mut dates: Vec<i64> = (0..spec.len)
            .map(|_| {
                let date = timeline::humane(raw);
                raw -= (rng.lognormal(4.0 * 3600.0, 1.3) as i64).clamp(240, 12 * 86_400);
                date
            })
            .collect();
        dates.reverse();
        // two messages of a thread never in the same second: the order in the thread is the order in time
        for i in (1..dates.len()).rev() {
            if dates[i - 1] >= dates[i] {
                dates[i - 1] = dates[i] - 60;
            }
        }
        dates
    }

    /// Who speaks for the account's side. A third of the threads are led by a colleague, and the account gets a copy.
    pub(crate) fn lead(&self, plan: &Plan) -> &Person {
        match self.others.first() {
            Some(colleague) if plan.facts % 3 == 1 && plan.script.sender.is_none() => colleague,
            _ => &self.me,
        }
    }

    /// The people of a thread: the contact and a colleague.
    pub(crate) fn cast(plan: &Plan) -> (Person, Person) {
        (
            people::contact(plan.company, plan.contact),
            people::contact(plan.company, plan.contact + 1),
        )
    }

    /// The `Message-ID` local part tells thread and position, so that references can be found without an index.
    pub(crate) fn message_id(&self, plan: &Plan, pos: u16) -> String {
        let hidden =
            (u64::from(plan.rank) << 16 | u64::from(pos)) ^ (self.seed | 1) & 0xFFFF_FFFF_FFFF;
        let domain = match (plan.script.sender, plan.who(pos)) {
            (None, Who::Me) => self
                .me
                .email
                .split('@')
                .next_back()
                .unwrap_or("example.com"),
            _ => plan.company.domain,
        };
        format!(
            "<{hidden:012x}.{:08x}@mail.{domain}>",
            mix(self.seed, hidden) as u32
        )
    }

    /// Thread and position of a `Message-ID` that this corpus made.
    pub(crate) fn locate(&self, message_id: &str) -> Option<(u32, u16)> {
        let text = message_id.trim().trim_start_matches('<');
        let hidden = u64::from_str_radix(text.get(..12)?, 16).ok()?;
        let place = hidden ^ (self.seed | 1) & 0xFFFF_FFFF_FFFF;
        let (rank, pos) = (u32::try_from(place >> 16).ok()?, place as u16);
        let spec = self.threads.get(rank as usize)?;
        if pos >= spec.len {
            return None;
        }
        let whole = self.message_id(&self.plan(rank), pos);
        (whole.trim_matches(['<', '>']) == text.trim_end_matches('>')).then_some((rank, pos))
    }

    pub(crate) fn rng(&self, stream: u64, rank: u32, pos: u16) -> Rng {
        Rng::new(
            self.seed,
            mix(stream, u64::from(rank) << 16 | u64::from(pos)),
        )
    }
}
