//! The faults that are known of providers, and where each is played: the reference page of faults is
//! made from this list, with the tests of each.

/// Where a fault is played.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Played {
    /// By the sandbox, when it is scripted.
    Scripted,
    /// By the sandbox, always: it behaves so.
    Always,
    /// By a test of its own: the machine, the network or Tenon's own database is what fails.
    Apart,
    /// Not yet: what it needs is not built.
    Later(&'static str),
}

/// One fault.
#[derive(Debug, Clone, Copy)]
pub struct Known {
    /// Its row: `A1`, `G9`, `N3`.
    pub row: &'static str,
    /// What happens.
    pub what: &'static str,
    /// What Tenon does.
    pub reaction: &'static str,
    /// Where it is played.
    pub played: Played,
    /// Whether somebody has recorded it from a live account, or documented it with its exact shape.
    pub recorded: bool,
}

const fn known(
    row: &'static str,
    what: &'static str,
    reaction: &'static str,
    played: Played,
    recorded: bool,
) -> Known {
    Known {
        row,
        what,
        reaction,
        played,
        recorded,
    }
}

use Played::{Always, Apart, Later, Scripted};

const MICROSOFT: Played = Later("Microsoft is not connected yet");

/// All of them, by row.
pub const KNOWN: &[Known] = &[
    known(
        "A1",
        "the grant was withdrawn",
        "stops at once, tells, purges after the grace period",
        Scripted,
        true,
    ),
    known(
        "A2",
        "grants die a week after consent: the app is in Testing",
        "an alarm for the operator",
        Scripted,
        true,
    ),
    known(
        "A3",
        "a hundred newer grants push one out",
        "one grant for each account; the one that lost says so",
        Scripted,
        true,
    ),
    known(
        "A4",
        "a grant was unused for six months",
        "unused grants are refreshed monthly",
        Scripted,
        true,
    ),
    known(
        "A5",
        "the password was changed",
        "stops, and says that this may be why",
        Scripted,
        true,
    ),
    known(
        "A6",
        "the organisation limits sessions",
        "stops, names the rule, keeps the data for the grace period",
        Scripted,
        true,
    ),
    known(
        "A7",
        "the organisation or the person refuses consent",
        "told for what it is; nothing is stored",
        Scripted,
        false,
    ),
    known(
        "A8",
        "no refresh token comes",
        "nothing is stored; consent is asked for anew",
        Scripted,
        true,
    ),
    known(
        "A9",
        "the person gave fewer permissions",
        "the features without theirs wait; the others go on",
        Scripted,
        true,
    ),
    known(
        "A10",
        "revoking one token ends all of the account",
        "a shared grant is not revoked",
        Always,
        true,
    ),
    known(
        "A11",
        "the revocation is not answered, or was done before",
        "a durable job goes on with it; done is done",
        Scripted,
        true,
    ),
    known(
        "A12",
        "Microsoft's words for a dead grant",
        "as A1",
        MICROSOFT,
        true,
    ),
    known(
        "A13",
        "Microsoft asks for interaction",
        "stops and passes the claims on",
        MICROSOFT,
        false,
    ),
    known(
        "A14",
        "a new refresh token each time, the old one stays good",
        "the newest is stored",
        MICROSOFT,
        true,
    ),
    known(
        "A15",
        "Microsoft cannot revoke one app",
        "never revoked; the receipt has the link",
        MICROSOFT,
        true,
    ),
    known(
        "A16",
        "continuous access evaluation",
        "one refresh with the claims",
        MICROSOFT,
        false,
    ),
    known(
        "A17",
        "two refresh at once, one loses",
        "one refresh for all nodes; a refusal is looked at twice",
        Scripted,
        true,
    ),
    known(
        "A18",
        "the answer to a refresh is lost",
        "tried once more",
        Scripted,
        true,
    ),
    known(
        "A19",
        "a token overwritten by another writer",
        "replaced only by who read it",
        Apart,
        true,
    ),
    known(
        "A20",
        "the token endpoint fails or answers nonsense",
        "tried again, never taken for a dead grant",
        Scripted,
        false,
    ),
    known(
        "A21",
        "the client is refused",
        "an alarm; no connection is touched",
        Scripted,
        true,
    ),
    known(
        "A22",
        "a clock is wrong",
        "the skew is measured; refreshed in time",
        Scripted,
        true,
    ),
    known(
        "A25",
        "the lock of a refresh is lost",
        "the second look is enough by itself",
        Apart,
        true,
    ),
    known(
        "G1",
        "the cursor is dead",
        "one resync; nothing is lost or doubled",
        Scripted,
        true,
    ),
    known(
        "G2",
        "a dead cursor after each sync",
        "the cursor is pinned before listing",
        Always,
        true,
    ),
    known(
        "G3",
        "deleted while it was listed, or the page token died",
        "reconciled by a complete listing",
        Scripted,
        true,
    ),
    known(
        "G4",
        "a page without history",
        "empty is not the end",
        Scripted,
        true,
    ),
    known(
        "G5",
        "gone between listing and fetching",
        "skipped; other errors still stop",
        Scripted,
        true,
    ),
    known(
        "G6",
        "not found yet",
        "looked for again, then at the next sync",
        Scripted,
        true,
    ),
    known(
        "G7",
        "gaps, repeats, unknown ids",
        "changes may be repeated",
        Scripted,
        true,
    ),
    known(
        "G8",
        "each change of a draft is another message",
        "bound to the draft, never to its message",
        Always,
        true,
    ),
    known(
        "G9",
        "the hour of the end in the text",
        "waits until then",
        Scripted,
        true,
    ),
    known(
        "G10",
        "that hour moves on",
        "asked once an hour, and told",
        Scripted,
        true,
    ),
    known(
        "G11",
        "too many at once",
        "fewer at once, then again",
        Scripted,
        true,
    ),
    known(
        "G12",
        "queries a minute",
        "slower for a minute",
        Scripted,
        true,
    ),
    known("G13", "the user's rate", "slower", Scripted, true),
    known(
        "G14",
        "the day's quota of the deployment",
        "rests until it begins anew; an alarm",
        Scripted,
        true,
    ),
    known(
        "G15",
        "the organisation does not allow the app",
        "stops, tells, looks again daily",
        Scripted,
        true,
    ),
    known("G16", "the API is not enabled", "an alarm", Scripted, true),
    known(
        "G17",
        "no Gmail on this account",
        "stops, or skips after three tries",
        Scripted,
        true,
    ),
    known(
        "G18",
        "the access token is refused",
        "one refresh; never taken for a dead grant",
        Scripted,
        true,
    ),
    known(
        "G19",
        "the answer to sending is lost",
        "looked for before anything else",
        Scripted,
        true,
    ),
    known(
        "G20",
        "the Message-ID is replaced",
        "recognised by a header of its own",
        Scripted,
        true,
    ),
    known(
        "G21",
        "the look itself fails",
        "proves nothing",
        Scripted,
        true,
    ),
    known(
        "G22",
        "the day's limit of sending",
        "not sent, told; the draft is kept",
        Scripted,
        false,
    ),
    known(
        "G23",
        "a subscription ends silently",
        "renewed daily; an alarm when overdue",
        Always,
        true,
    ),
    known(
        "G24",
        "pushes doubled, late, lost",
        "coalesced; polling is the net",
        Scripted,
        true,
    ),
    known(
        "G25",
        "a flood after an outage",
        "one job for each mailbox",
        Scripted,
        true,
    ),
    known(
        "G26",
        "no right to publish",
        "an alarm; goes on by polling",
        Scripted,
        true,
    ),
    known(
        "G27",
        "parts of a batch fail, in any order",
        "each by its id",
        Scripted,
        true,
    ),
    known(
        "G28",
        "attachment ids change",
        "looked up anew each time",
        Always,
        false,
    ),
    known(
        "G29",
        "a permission without search",
        "never asked for",
        Always,
        false,
    ),
    known(
        "G30",
        "a label is gone or exists already",
        "told; labels are read again",
        Scripted,
        false,
    ),
    known(
        "G31",
        "too large to send",
        "refused early, told",
        Scripted,
        true,
    ),
    known(
        "G32",
        "odd dates, no sender, huge subjects",
        "taken as they are, sorted sensibly",
        Scripted,
        false,
    ),
    known(
        "D1",
        "a file that was not chosen for the app is answered as not there",
        "the link stays, with no access; never deleted",
        Scripted,
        true,
    ),
    known(
        "D2",
        "the app is not allowed to see a file",
        "as D1; the page for choosing files is offered",
        Scripted,
        true,
    ),
    known(
        "D3",
        "each drive has its own token of changes",
        "a token for each drive",
        Always,
        true,
    ),
    known(
        "D4",
        "a single change cannot be asked for, and old tokens are refused",
        "changes are listed from a token; refused, a fresh one and one look at each file",
        Always,
        true,
    ),
    known(
        "D5",
        "removed means deleted or no longer shared",
        "unavailable, looked at again daily",
        Always,
        true,
    ),
    known(
        "D6",
        "the limits of Drive, and the one of sharing",
        "slows down; nothing is ever shared, so that limit stops",
        Scripted,
        true,
    ),
    known("N1", "refused before a byte went", "again", Scripted, false),
    known(
        "N2",
        "a certificate that nobody trusts",
        "stops; never another way",
        Apart,
        false,
    ),
    known(
        "N3",
        "reset after the request",
        "reads again; writes are looked for",
        Scripted,
        false,
    ),
    known("N4", "an answer that is none", "again", Scripted, false),
    known(
        "N5",
        "slow, endless, huge",
        "ended by time and size",
        Scripted,
        false,
    ),
    known("N6", "redirected elsewhere", "refused", Scripted, false),
    known(
        "N7",
        "clocks jump, processes pause",
        "leases by the database's clock",
        Apart,
        false,
    ),
    known(
        "N8",
        "unknown words, doubled keys",
        "read all the same",
        Scripted,
        false,
    ),
    known(
        "N9",
        "the disk is full or read-only",
        "told; nothing is lost",
        Apart,
        false,
    ),
    known(
        "N10",
        "the database is busy or lost at commit",
        "the outcome is read before anything is redone",
        Apart,
        false,
    ),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Fault;

    #[test]
    fn what_is_scripted_is_known_and_the_reverse() {
        let rows = Fault::rows();
        let base = |name: &str| name.split(':').next().unwrap_or(name).to_owned();
        for (name, _) in &rows {
            let row = base(name);
            assert!(
                KNOWN.iter().any(|k| k.row == row),
                "{name} is scripted and not known"
            );
        }
        for known in KNOWN.iter().filter(|k| k.played == Scripted) {
            assert!(
                rows.iter().any(|(name, _)| base(name) == known.row),
                "{} is said to be scripted",
                known.row
            );
        }
    }
}
