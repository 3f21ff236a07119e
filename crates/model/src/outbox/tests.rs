//! Every schedule with up to five faults, not a sample of them (`provider-faults` section 13).

use super::*;

/// The provider: a draft that sending consumes, and a request that may still be on its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Provider {
    draft: bool,
    copies: u32,
    /// A request that will be executed so many ticks later.
    late: Option<u32>,
    /// Ticks until a sent copy can be seen.
    hidden: u32,
}

impl Provider {
    fn execute(&mut self) {
        if self.draft {
            self.draft = false;
            self.copies += 1;
            self.hidden = 1;
        }
    }

    fn tick(&mut self) {
        self.hidden = self.hidden.saturating_sub(1);
        match self.late {
            Some(0) => {
                self.late = None;
                self.execute();
            }
            Some(n) => self.late = Some(n - 1),
            None => {}
        }
    }

    fn look(self) -> Finding {
        if self.draft {
            Finding::DraftThere
        } else if self.copies > 0 && self.hidden == 0 {
            Finding::SentCopy
        } else {
            Finding::Neither
        }
    }
}

#[derive(Debug, Default, Clone, Copy)]
struct Totals {
    schedules: u64,
    doubled: u64,
    lost: u64,
    most_calls: u32,
}

/// Walks every schedule. `quiet` is the number of ticks between a lost answer and the first look.
fn walk(outbox: Outbox, provider: Provider, faults: u32, calls: u32, quiet: u32, all: &mut Totals) {
    let end = |provider: Provider, outbox: Outbox, calls: u32, all: &mut Totals| {
        let mut provider = provider;
        for _ in 0..4 {
            provider.tick();
        }
        all.schedules += 1;
        all.doubled += u64::from(provider.copies > 1);
        // Gone is allowed to be unseen only where a person is told.
        all.lost += u64::from(provider.copies == 0 && outbox.state == State::Sent);
        all.lost += u64::from(
            provider.copies > 0 && matches!(outbox.state, State::Refused | State::Cancelled),
        );
        all.most_calls = all.most_calls.max(calls);
    };
    match outbox.state {
        State::Scheduled => {
            let next = outbox.step(Event::Due).unwrap();
            walk(next, provider, faults, calls, quiet, all);
        }
        State::Committing => {
            // The answer says yes.
            let mut done = provider;
            done.execute();
            let said = if provider.draft {
                outbox.step(Event::Accepted)
            } else {
                outbox.step(Event::Lost) // 404: it went before, or the person removed it
            };
            walk(said.unwrap(), done, faults, calls + 1, quiet, all);
            if faults == 0 {
                return;
            }
            let lost = outbox.step(Event::Lost).unwrap();
            // Killed before the request left, or the request was lost.
            walk(lost, provider, faults - 1, calls + 1, quiet, all);
            // Executed, and the answer lost, or killed before it was stored.
            walk(lost, done, faults - 1, calls + 1, quiet, all);
            // Executed two ticks later.
            let late = Provider {
                late: Some(1),
                ..provider
            };
            walk(lost, late, faults - 1, calls + 1, quiet, all);
            // Refused, now or for good.
            for event in [Event::RefusedForNow, Event::RefusedForGood] {
                let refused = outbox.step(event).unwrap();
                walk(refused, provider, faults - 1, calls + 1, quiet, all);
            }
        }
        State::Unknown => {
            let mut later = provider;
            for _ in 0..quiet {
                later.tick();
            }
            let found = outbox.step(Event::Found(later.look())).unwrap();
            walk(found, later, faults, calls + 1, quiet, all);
            if faults > 0 {
                let failed = outbox.step(Event::Found(Finding::Failed)).unwrap();
                walk(failed, later, faults - 1, calls + 1, quiet, all);
            }
        }
        State::Doubtful | State::Sent | State::Refused | State::Cancelled => {
            end(provider, outbox, calls, all);
        }
    }
}

fn enumerate(quiet: u32) -> Totals {
    let provider = Provider {
        draft: true,
        copies: 0,
        late: None,
        hidden: 0,
    };
    let mut all = Totals::default();
    walk(Outbox::new(), provider, 5, 0, quiet, &mut all);
    all
}

#[test]
fn no_schedule_doubles_or_loses_a_message() {
    let all = enumerate(4);
    assert!(all.schedules > 40, "{all:?}");
    assert_eq!((all.doubled, all.lost), (0, 0), "{all:?}");
    assert!(all.most_calls <= 6, "{all:?}");
}

#[test]
fn the_enumeration_sees_what_it_looks_for() {
    // Without the quiet window a late request is taken for one that never came; the draft is
    // consumed once all the same, so even then nothing doubles.
    assert_eq!(enumerate(0).doubled, 0);
    // A provider that kept the draft after sending would be caught.
    let mut all = Totals::default();
    let keeps = Provider {
        draft: true,
        copies: 1,
        late: None,
        hidden: 0,
    };
    walk(Outbox::new(), keeps, 1, 0, 4, &mut all);
    assert!(all.doubled > 0);
}

#[test]
fn what_is_final_stays_and_doubt_offers_only_what_is_safe() {
    for state in State::ALL {
        assert_eq!(State::parse(state.as_str()), state);
        let outbox = Outbox {
            state,
            ..Outbox::new()
        };
        for event in [Event::Due, Event::Cancel, Event::Accepted, Event::Lost] {
            assert!(!state.is_final() || outbox.step(event).is_none());
        }
    }
    let doubtful = |last| Outbox {
        state: State::Doubtful,
        attempts: MAX_ATTEMPTS,
        lookups: 2,
        last,
    };
    let again = Event::Decided(Decision::SendAgain);
    assert!(doubtful(Some(Finding::Neither)).step(again).is_none());
    assert!(doubtful(Some(Finding::Failed)).step(again).is_none());
    let there = doubtful(Some(Finding::DraftThere));
    assert_eq!(there.step(again).unwrap().state, State::Scheduled);
    assert_eq!(State::parse("from a newer program"), State::Doubtful);
}

#[test]
fn a_message_that_may_have_gone_cannot_be_taken_back() {
    for state in [State::Committing, State::Unknown, State::Sent] {
        let outbox = Outbox {
            state,
            ..Outbox::new()
        };
        assert!(outbox.step(Event::Cancel).is_none(), "{state:?}");
    }
}
