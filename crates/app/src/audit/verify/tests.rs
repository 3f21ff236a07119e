//! A log of 10,000 entries, and six attacks on each of them (policy checks A1 and A2). The way to the entry
//! is not gone again for each attack: where a walk stands is a small value.

use tenon_model::audit::AuditAction;
use tenon_model::{RequestId, World};

use super::*;

const ENTRIES: usize = 10_000;

struct Sample {
    key: DataKey,
    stranger: ChainKey,
    entries: Vec<SealedEntry>,
    workspace: WorkspaceId,
    at: Time,
}

fn sample() -> Sample {
    let (world, _) = World::simulated(1);
    let workspace: WorkspaceId = world.id();
    let key = DataKey::generate(&world);
    let mut entries = Vec::with_capacity(ENTRIES);
    let mut before = GENESIS;
    for n in 0..ENTRIES {
        let action = AuditAction::ALL[n % AuditAction::ALL.len()];
        let entry = tenon_model::audit::AuditEntry {
            seq: n as u64 + 1,
            at: world.now(),
            action: action.as_str().into(),
            actor_kind: "member".into(),
            actor: Some(world.uuid()),
            target_kind: None,
            target: None,
            details: "role=member".into(),
            request: Some(RequestId(world.uuid())),
        };
        before = seal(&key.chain_key(workspace.0), &before, &entry);
        entries.push(SealedEntry { entry, mac: before });
    }
    let stranger = DataKey::generate(&world).chain_key(workspace.0);
    Sample {
        key,
        stranger,
        entries,
        workspace,
        at: world.now(),
    }
}

fn seal(key: &ChainKey, before: &Mac, entry: &tenon_model::audit::AuditEntry) -> Mac {
    let mut bytes = Vec::new();
    entry.write_bytes(&mut bytes);
    key.link(before, &bytes)
}

impl Sample {
    /// A walk that has come to the end of the first `count` entries.
    fn walk(&self, count: usize, marks: Vec<Mark<'static>>) -> Walk<'static> {
        Walk {
            workspace: Some(self.workspace),
            key: self.key.chain_key(self.workspace.0),
            before: self.mac(count),
            count: count as u64,
            last_at: None,
            covered: 0,
            marks,
        }
    }

    fn mac(&self, count: usize) -> Mac {
        count
            .checked_sub(1)
            .map_or(GENESIS, |n| self.entries[n].mac)
    }

    /// What a walk over these entries, in place of all from `from` on, first finds.
    fn first_bad(&self, from: usize, entries: &[SealedEntry]) -> Option<(u64, EntryFault)> {
        let mut walk = self.walk(from, Vec::new());
        let mut bytes = Vec::new();
        entries.iter().find_map(|e| walk.step(e, &mut bytes))
    }

    fn signed(&self, count: usize) -> Mark<'static> {
        let key = self.key.checkpoint_key().unwrap();
        let checkpoint = key.sign(Some(self.workspace), count as u64, self.mac(count), self.at);
        Mark {
            file: "kept",
            line: 1,
            checkpoint,
        }
    }

    fn head(&self, count: usize) -> AuditHead {
        AuditHead {
            workspace: Some(self.workspace),
            count: count as u64,
            head: self.mac(count),
            signed_count: 0,
            checkpoint: None,
        }
    }
}

#[test]
fn every_change_of_every_entry_is_named() {
    let s = sample();
    assert_eq!(s.first_bad(0, &s.entries), None);
    for n in 0..ENTRIES {
        let seq = n as u64 + 1;
        let seal_fails = Some((seq, EntryFault::Seal));
        let entry = &s.entries[n];
        let mut changed = entry.clone();
        match n % 8 {
            0 => changed.entry.at.0 += 1,
            1 => changed.entry.action = "signed_out".into(),
            2 => changed.entry.actor_kind = "server".into(),
            3 => changed.entry.actor = None,
            4 => changed.entry.target_kind = Some(String::new()),
            5 => changed.entry.details.push('x'),
            6 => changed.entry.request = None,
            _ => changed.mac[n % 32] ^= 1 << (n % 7),
        }
        assert_eq!(
            s.first_bad(n, std::slice::from_ref(&changed)),
            seal_fails,
            "changed"
        );

        // Sealed anew, with all that follow, by somebody who has not the key.
        let mut restamped = changed.clone();
        restamped.mac = seal(&s.stranger, &s.mac(n), &restamped.entry);
        assert_eq!(s.first_bad(n, &[restamped]), seal_fails, "re-stamped");

        let Some(next) = s.entries.get(n + 1) else {
            continue;
        };
        let gap = Some((seq, EntryFault::Missing));
        assert_eq!(s.first_bad(n, std::slice::from_ref(next)), gap, "deleted");
        let mut closed = next.clone();
        closed.entry.seq = seq;
        assert_eq!(
            s.first_bad(n, &[closed]),
            seal_fails,
            "deleted, and the gap closed"
        );

        let mut inserted = s.entries[n / 2].clone();
        inserted.entry.seq = seq;
        if n > 0 {
            assert_eq!(s.first_bad(n, &[inserted]), seal_fails, "inserted");
        }
        let (mut a, mut b) = (next.clone(), entry.clone());
        (a.entry.seq, b.entry.seq) = (seq, seq + 1);
        assert_eq!(s.first_bad(n, &[a, b]), seal_fails, "swapped");
    }
}

#[test]
fn a_cut_at_every_length_is_named_with_or_without_new_entries() {
    let s = sample();
    let whole = s.head(ENTRIES);
    for count in 0..ENTRIES - 2 {
        let walk = s.walk(count, Vec::new());
        let (seq, all) = (count as u64 + 1, ENTRIES as u64);
        assert_eq!(walk.end(Some(&whole)), Some((seq, EntryFault::Cut(all))));
        // With the head put back too, the chain by itself holds; the checkpoint knows more.
        assert_eq!(walk.end(Some(&s.head(count))), None);
        let mut walk = s.walk(count, vec![s.signed(count + 2)]);
        assert!(
            walk.compare().is_none() && walk.marks.len() == 1,
            "it is ahead"
        );

        // The server itself has gone on from there, with good seals.
        let key = s.key.chain_key(s.workspace.0);
        let mut bytes = Vec::new();
        for n in 0..2 {
            let mut other = s.entries[count + n].entry.clone();
            other.details = "role=owner".into();
            let mac = seal(&key, &walk.before, &other);
            assert_eq!(
                walk.step(&SealedEntry { entry: other, mac }, &mut bytes),
                None
            );
        }
        let bad = walk.compare().expect("another entry than was signed");
        assert_eq!(bad.fault, CheckpointFault::Differs, "{bad}");
        assert_eq!(bad.checkpoint.unwrap().count, seq + 1);
    }
}

#[test]
fn a_head_that_was_changed_is_named() {
    let s = sample();
    let walk = s.walk(ENTRIES, Vec::new());
    let all = ENTRIES as u64;
    assert_eq!(walk.end(Some(&s.head(ENTRIES))), None);
    assert_eq!(walk.end(None), Some((1, EntryFault::Beyond(0))));
    assert_eq!(
        walk.end(Some(&s.head(9))),
        Some((10, EntryFault::Beyond(9)))
    );
    let mut other = s.head(ENTRIES);
    other.head[0] ^= 1;
    assert_eq!(walk.end(Some(&other)), Some((all, EntryFault::Head)));
}

#[test]
fn sentences_say_what_is_known_and_no_more() {
    let s = sample();
    let bad = s.signed(9).bad(CheckpointFault::Ahead(7)).to_string();
    assert!(
        bad.contains("kept, line 1")
            && bad.contains("has 7: it is older than the checkpoint (a restored backup), or"),
        "{bad}"
    );
    assert!(!bad.contains("tampered"), "{bad}");
    let entry = BadEntry {
        workspace: None,
        seq: 3,
        fault: EntryFault::Missing,
    };
    assert_eq!(
        entry.to_string(),
        "installation's chain: entry 3 is missing: it was removed, those after it are there"
    );
}
