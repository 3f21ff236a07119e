//! The audit log against somebody who can write the database (policy checks A1 and A2), and its checkpoints.

use std::time::Duration;

use tenon_app::audit::{self, CheckpointFault, EntryFault, Report};
use tenon_model::audit::{AuditAction, AuditActor, AuditDetails, NewAuditEntry};
use tenon_model::{MemberId, Scope, WorkspaceId};
use tenon_testkit::app::TestApp;
use tenon_testkit::tamper::{self, Attack};
use tenon_testkit::{TestStore, rows, store_test};
use tenon_vault::{Checkpoint, CheckpointFile, CheckpointLine, DataKey};

const ENTRIES: u64 = 10_000;

/// Adds entries to a workspace's chain, as the server does.
async fn append(
    t: &TestStore,
    key: &DataKey,
    workspace: WorkspaceId,
    member: MemberId,
    count: u64,
) {
    let mut tx = t.store.begin(&Scope::job(workspace)).await.unwrap();
    let chain = key.chain_key(workspace.0);
    for n in 0..count {
        let all = AuditAction::ALL;
        let entry = NewAuditEntry {
            workspace: Some(workspace),
            action: all[n as usize % all.len()],
            actor: AuditActor::Member(member),
            target: None,
            details: AuditDetails::default(),
            request: None,
        };
        tx.audit().append(entry, chain.clone()).unwrap();
    }
    tx.commit().await.unwrap();
}

/// A checkpoint of the chain as it is, kept elsewhere.
async fn signed(
    t: &TestStore,
    key: &DataKey,
    workspace: WorkspaceId,
) -> Vec<(String, Vec<CheckpointLine>)> {
    let mut tx = t.store.read(&Scope::system()).await.unwrap();
    let head = tx.audit().head(Some(workspace)).await.unwrap().unwrap();
    let signing = key.checkpoint_key().unwrap();
    let checkpoint = signing.sign(Some(workspace), head.count, head.head, t.world.now());
    let line = CheckpointLine {
        number: 1,
        checkpoint: Some(checkpoint),
    };
    vec![("kept".to_owned(), vec![line])]
}

/// What is wrong, first of all.
fn first(report: &Report) -> String {
    let entry = report
        .bad_entries
        .first()
        .map(|b| format!("{} {}", b.seq, b.fault.as_str()));
    let checkpoint = report
        .bad_checkpoints
        .first()
        .map(|b| b.fault.as_str().to_owned());
    [entry, checkpoint]
        .into_iter()
        .flatten()
        .collect::<Vec<_>>()
        .join(", ")
}

store_test! {
    async fn whoever_writes_the_tables_without_the_key_is_found_out(t: TestStore) {
        let (workspace, member) = rows::workspace(&t).await;
        let (key, stranger) = (DataKey::generate(&t.world), DataKey::generate(&t.world));
        let stranger = stranger.chain_key(workspace.0);
        append(&t, &key, workspace, member, ENTRIES).await;
        let kept = signed(&t, &key, workspace).await;
        let report = audit::verify(&t.store, &key, &kept).await.unwrap();
        assert!(report.holds(), "{report:#?}");
        assert_eq!((report.chains[0].entries, report.chains[0].covered), (ENTRIES, ENTRIES));

        tamper::begin(&t).await;
        let near_the_end = ENTRIES - 7;
        for attack in Attack::ALL {
            for seq in [2, 4_096, 4_097, 5_000 + t.world.below(1_000), near_the_end] {
                if attack == Attack::Restamp && seq < 4_000 {
                    continue; // thousands of statements that show nothing else
                }
                tamper::attack(&t, workspace, attack, seq, &stranger).await;
                let report = audit::verify(&t.store, &key, &kept).await.unwrap();
                let wanted = match attack {
                    Attack::Change | Attack::Insert | Attack::Swap | Attack::Restamp => format!("{seq} seal"),
                    Attack::Delete => format!("{seq} missing"),
                    Attack::Cut => "ahead".to_owned(),
                };
                assert_eq!(first(&report), wanted, "{attack:?} at {seq}");
                tamper::restore(&t).await;
            }
        }
        // Cut, and the server has gone on since: its own seals are good, the checkpoint knows better.
        tamper::attack(&t, workspace, Attack::Cut, near_the_end, &stranger).await;
        append(&t, &key, workspace, member, 50).await;
        let report = audit::verify(&t.store, &key, &kept).await.unwrap();
        assert_eq!(first(&report), "differs");
        assert!(audit::verify(&t.store, &key, &[]).await.unwrap().holds(), "which the chain alone cannot show");
        // All of the chain is gone, its head too.
        tamper::restore(&t).await;
        tamper::attack(&t, workspace, Attack::Cut, 1, &stranger).await;
        let report = audit::verify(&t.store, &key, &kept).await.unwrap();
        assert_eq!(report.bad_checkpoints[0].fault, CheckpointFault::Ahead(0), "{report:#?}");
    }
}

store_test! {
    async fn a_checkpoint_of_another_key_and_a_torn_line_are_named(t: TestStore) {
        let (workspace, member) = rows::workspace(&t).await;
        let (key, other) = (DataKey::generate(&t.world), DataKey::generate(&t.world));
        append(&t, &key, workspace, member, 3).await;
        let mut kept = signed(&t, &key, workspace).await;
        kept.push(signed(&t, &other, workspace).await.remove(0));
        kept[1].1.push(CheckpointLine { number: 7, checkpoint: None });
        let report = audit::verify(&t.store, &key, &kept).await.unwrap();
        let faults: Vec<_> = report.bad_checkpoints.iter().map(|b| b.fault).collect();
        assert_eq!(faults, [CheckpointFault::NotSigned, CheckpointFault::Unreadable]);
        assert!(report.bad_checkpoints[1].to_string().contains("kept, line 7"));
        // With another key nothing fits, from the first entry on.
        let report = audit::verify(&t.store, &other, &[]).await.unwrap();
        assert_eq!((report.bad_entries[0].seq, report.bad_entries[0].fault), (1, EntryFault::Seal));
    }
}

store_test! {
    async fn checkpoints_are_written_while_there_is_something_new(t: TestStore) {
        let app = TestApp::start(t).await;
        let path = app.ctx.config.audit_checkpoints.clone().unwrap();
        let file = CheckpointFile::new(path);
        tenon_app::start_schedules(&app.ctx).await.unwrap();
        app.settle().await;
        let counts = || -> Vec<u64> {
            let lines = file.read().unwrap().unwrap_or_default();
            let all: Vec<Checkpoint> = lines.into_iter().map(|l| l.checkpoint.unwrap()).collect();
            all.iter().filter(|c| c.workspace == Some(app.owner.workspace)).map(|c| c.count).collect()
        };
        let first = counts();
        assert_eq!(first.len(), 1, "{first:?}");
        app.pass(Duration::from_mins(20)).await;
        assert_eq!(counts(), first, "nothing is new");
        app.sign_in("olivia@tenon.example").await;
        app.pass(Duration::from_mins(6)).await;
        let second = counts();
        assert_eq!(second, [first[0], first[0] + 1]);
        let lines = file.read().unwrap().unwrap();
        let kept = vec![("kept".to_owned(), lines)];
        let report = audit::verify(&app.ctx.store, app.ctx.keys.deployment(), &kept).await.unwrap();
        assert!(report.holds() && report.checkpoints >= 3, "{report:#?}");
    }
}
