//! The statements between mail and records.

use tenon_model::records::{Access, Kind, MailSource, Shape, ShareScope, Values};
use tenon_model::{ThreadId, Time, World};

use super::Seed;
use crate::{Grantee, MailRule, RecordDefault, RecordRow, RecordWrite, Tx};

fn company(seed: &Seed, world: &World) -> RecordRow {
    RecordRow {
        id: world.id(),
        kind: Kind::Company,
        title: "A".into(),
        values: Values::new(),
        version: 1,
        owner: Some(seed.member),
        pipeline: None,
        stage: None,
        position: None,
        sharing: ShareScope::Workspace,
        parent: None,
        created_at: world.now(),
        created_by: Some(seed.member),
        updated_at: world.now(),
        deleted_at: None,
        access: Access::Owner,
    }
}

/// Runs them as a member whose mailbox has this conversation.
pub(super) async fn statements(tx: &mut Tx, seed: &Seed, world: &World, thread: ThreadId) {
    let (id, now) = (seed.connection, world.now());
    let row = company(seed, world);
    let record = row.id;
    let write = RecordWrite::new(&Shape::new(Kind::Company, &[]), row);
    tx.records().insert(&[write]).await.unwrap();
    tx.joins().join(id, thread, record, now).await.unwrap();
    let pairs = [(thread, record)];
    tx.joins().join_by_rule(id, &pairs, now).await.unwrap();
    tx.joins().of_thread(thread).await.unwrap();
    tx.joins().of_record(record, None, 9).await.unwrap();
    tx.joins().newest(&[record]).await.unwrap();
    tx.joins().part(id, thread, record, now).await.unwrap();
    let with = [Grantee::Member(seed.member), Grantee::Records];
    tx.lending().share(id, thread, &with, now).await.unwrap();
    tx.lending().grantees(thread).await.unwrap();
    let index = [1; 16];
    tx.mail_people().since(id, Time(0), 9).await.unwrap();
    let messages = tx.mail_people().messages_with(id, index, 9, 9).await;
    messages.unwrap();
    let newest = tx.mail_people().newest_messages(id, Time(0), 9).await;
    newest.unwrap();
    tx.mail_people().last_heard(id, &[index]).await.unwrap();
    tx.mail_people().dismiss(id, &[index], now).await.unwrap();
    let rule = MailRule {
        id: world.id(),
        member: seed.member,
        record,
        connection: Some(id),
        source: MailSource::Contacts,
        label: None,
        created_at: now,
    };
    let rules = [rule];
    tx.mail_rules()
        .replace(seed.member, record, &rules)
        .await
        .unwrap();
    tx.mail_rules()
        .of_record(seed.member, record)
        .await
        .unwrap();
    tx.mail_rules()
        .of_mailbox(seed.member, id, 9)
        .await
        .unwrap();
    tx.mail_rules().count_of(seed.member).await.unwrap();
    let default = RecordDefault {
        kind: Kind::Deal,
        scope: ShareScope::Private,
        shares: Vec::new(),
    };
    tx.record_defaults().put(&default, now).await.unwrap();
    tx.record_defaults().get(Kind::Deal).await.unwrap();
    tx.record_defaults().list().await.unwrap();
    super::files::statements(tx, seed, world, record).await;
}

/// What is asked for others, as a job of the workspace.
pub(super) async fn lending(tx: &mut Tx, seed: &Seed, world: &World, thread: ThreadId) {
    let reader = world.id();
    tx.lending().read_by(reader, &[thread]).await.unwrap();
    tx.lending().mailboxes(reader).await.unwrap();
    let indexes = [[1; 16]];
    tx.lending()
        .with_addresses(reader, seed.connection, &indexes, None, 9)
        .await
        .unwrap();
    tx.lending()
        .last_heard(reader, seed.connection, &indexes)
        .await
        .unwrap();
    let record = world.id();
    tx.lending()
        .of_record(reader, record, None, 9)
        .await
        .unwrap();
    tx.lending().newest(reader, &[record]).await.unwrap();
}
