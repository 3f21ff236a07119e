//! When something last happened with records: the newest of the member's mail with their people, of mail that
//! is joined to them or shared with the member, of notes, and of activities that have begun.

use std::collections::HashMap;

use tenon_model::records::{Kind, Values};
use tenon_model::{RecordId, Scope, Time};
use tenon_store::Tx;
use tenon_vault::BlindIndex;

use crate::records::{RecordView, addresses, contact_ids};
use crate::{Actor, Ctx, Result};

/// Contacts and boxes of the companies of a page that are looked at with them.
const RELATED: u32 = 1_000;
/// Addresses of a page whose mail is looked for.
const ADDRESSES: usize = 2_000;

/// The records of a page with all that counts for them.
#[derive(Default)]
struct Page {
    /// What notes and activities may be about -> whose last touch that is.
    about: HashMap<RecordId, Vec<RecordId>>,
    /// Address -> whose.
    people: HashMap<String, Vec<RecordId>>,
    last: HashMap<RecordId, Time>,
}

impl Page {
    fn about(&mut self, of: RecordId, id: RecordId) {
        self.about.entry(id).or_default().push(of);
    }

    fn people(&mut self, of: RecordId, values: &Values) {
        for address in addresses(values) {
            if self.people.len() < ADDRESSES || self.people.contains_key(&address) {
                self.people.entry(address).or_default().push(of);
            }
        }
    }

    fn touched(last: &mut HashMap<RecordId, Time>, of: &[RecordId], at: Time) {
        for id in of {
            let known = last.entry(*id).or_insert(at);
            *known = at.max(*known);
        }
    }
}

/// Fills in when something last happened with contacts, companies and boxes. The member's transaction ends with it,
/// before others are asked: whoever waits for a second one while holding the first keeps somebody else waiting for theirs.
pub(crate) async fn fill(
    ctx: &Ctx,
    mut tx: Tx,
    actor: &Actor,
    views: &mut [RecordView],
) -> Result<()> {
    let counts = |v: &RecordView| {
        matches!(v.kind, Kind::Contact | Kind::Company) || v.kind.pipeline().is_some()
    };
    let own: Vec<RecordId> = views.iter().filter(|v| counts(v)).map(|v| v.id).collect();
    if own.is_empty() {
        return Ok(());
    }
    let mut page = Page::default();
    related(&mut tx, views, &mut page).await?;
    for id in &own {
        page.about(*id, *id);
    }
    let now = ctx.world.now();
    let about: Vec<RecordId> = page.about.keys().copied().collect();
    for (id, at) in tx.records().last_about(&about, now).await? {
        let of = page.about.get(&id).map(Vec::as_slice).unwrap_or_default();
        Page::touched(&mut page.last, of, at);
    }
    for (id, at) in tx.joins().newest(&own).await? {
        Page::touched(&mut page.last, &[id], at);
    }
    by_address(ctx, &mut tx, &mut page).await?;
    drop(tx);
    lent(ctx, actor, &own, &mut page).await?;
    for view in views {
        view.last_touch = page.last.get(&view.id).copied();
    }
    Ok(())
}

/// Contacts of boxes and companies, and boxes of companies.
async fn related(tx: &mut Tx, views: &[RecordView], page: &mut Page) -> Result<()> {
    let mut of_boxes: HashMap<RecordId, Vec<RecordId>> = HashMap::new();
    let mut companies = Vec::new();
    for view in views {
        match view.kind {
            Kind::Contact => page.people(view.id, &view.values),
            Kind::Company => companies.push(view.id),
            kind if kind.pipeline().is_some() => {
                page.people(view.id, &view.values);
                for contact in contact_ids(&view.values) {
                    of_boxes.entry(contact).or_default().push(view.id);
                }
            }
            _ => {}
        }
    }
    let ids: Vec<RecordId> = of_boxes.keys().copied().collect();
    for contact in tx.records().get_many(&ids).await? {
        for of in of_boxes.get(&contact.id).into_iter().flatten() {
            page.people(*of, &contact.values);
        }
    }
    for kind in [Kind::Contact, Kind::Deal, Kind::Lead, Kind::Case] {
        for (company, row) in tx.records().linking_to(kind, &companies, RELATED).await? {
            page.about(company, row.id);
            if kind == Kind::Contact {
                page.people(company, &row.values);
            }
        }
    }
    Ok(())
}

async fn by_address(ctx: &Ctx, tx: &mut Tx, page: &mut Page) -> Result<()> {
    if page.people.is_empty() {
        return Ok(());
    }
    for row in tx.connections().list().await? {
        let key = ctx.keys.get(tx, row.key_id).await?;
        let of = indexed(&key, page);
        let indexes: Vec<BlindIndex> = of.keys().copied().collect();
        for (index, at) in tx.mail_people().last_heard(row.id, &indexes).await? {
            let ids = of.get(&index).map(Vec::as_slice).unwrap_or_default();
            Page::touched(&mut page.last, ids, at);
        }
    }
    Ok(())
}

fn indexed(key: &tenon_vault::DataKey, page: &Page) -> HashMap<BlindIndex, Vec<RecordId>> {
    let all = page.people.iter();
    all.map(|(a, of)| (key.blind_index("address", a), of.clone()))
        .collect()
}

/// The same of what colleagues share with the member.
async fn lent(ctx: &Ctx, actor: &Actor, own: &[RecordId], page: &mut Page) -> Result<()> {
    let reader = actor.member;
    let mut tx = ctx.store.read(&Scope::job(actor.workspace)).await?;
    let mailboxes = tx.lending().mailboxes(reader).await?;
    if mailboxes.is_empty() {
        return Ok(());
    }
    for (id, at) in tx.lending().newest(reader, own).await? {
        Page::touched(&mut page.last, &[id], at);
    }
    for connection in mailboxes {
        let Some(row) = tx.connections().get(connection).await? else {
            continue;
        };
        let key = ctx.keys.get(&mut tx, row.key_id).await?;
        let of = indexed(&key, page);
        let indexes: Vec<BlindIndex> = of.keys().copied().collect();
        let found = tx
            .lending()
            .last_heard(reader, connection, &indexes)
            .await?;
        for (index, at) in found {
            let ids = of.get(&index).map(Vec::as_slice).unwrap_or_default();
            Page::touched(&mut page.last, ids, at);
        }
    }
    Ok(())
}
