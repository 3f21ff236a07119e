//! Who is behind an e-mail address: what the panel beside the mail asks for. Addresses are looked up and
//! not kept.

use std::collections::HashMap;

use tenon_model::mail::normalize_address;
use tenon_model::records::Kind;
use tenon_model::{MemberId, RecordId, Time};
use tenon_store::{RecordRow, Tx};

use super::view::RecordRef;
use crate::{Actor, Ctx, Error, Result};

/// Addresses of one request.
const MOST: usize = 50;
/// Boxes and tasks of one request.
const LINKED: u32 = 500;

/// What is known of an address.
#[derive(Clone)]
pub struct Found {
    /// As it was asked for.
    pub address: String,
    /// The person.
    pub contact: Option<RecordRef>,
    /// Their organisation, or the one whose domain it is.
    pub company: Option<RecordRef>,
    /// Leads with the address or of the person.
    pub leads: Vec<RecordRef>,
    /// Deals of the person or of the organisation.
    pub deals: Vec<RecordRef>,
    /// Tasks about the person that are not done.
    pub open_tasks: Vec<RecordRef>,
    /// The colleague whose sign-in address it is, with their name.
    pub member: Option<(MemberId, String)>,
    /// The newest conversation with it in the member's own mailboxes.
    pub last_touch: Option<Time>,
}

/// Looks up addresses. Only what the member sees is found.
pub async fn lookup(ctx: &Ctx, actor: &Actor, addresses: &[String]) -> Result<Vec<Found>> {
    if addresses.is_empty() || addresses.len() > MOST {
        return Err(Error::field("addresses", "must have 1 to 50 entries"));
    }
    if addresses.iter().any(|a| a.len() > 320 || a.contains('\0')) {
        return Err(Error::field("addresses", "must be e-mail addresses"));
    }
    let keys: Vec<String> = addresses.iter().map(|a| normalize_address(a)).collect();
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let People {
        contacts,
        mut leads,
        companies,
    } = people(&mut tx, &keys).await?;
    let mut linked: Vec<RecordId> = contacts.values().flatten().map(|r| r.id).collect();
    linked.extend(companies.values().map(|r| r.id));
    let kinds = [Kind::Deal, Kind::Lead, Kind::Task];
    let linking = tx.records().linking(&kinds, &linked, LINKED).await?;
    let mut of_kind = kinds.map(|kind| {
        let of = linking.iter().filter(|(_, row)| row.kind == kind);
        by_link(of.cloned().collect())
    });
    let [deals, linked_leads, tasks] = &mut of_kind;
    let members = tx.members().by_emails(&keys).await?;
    let touched = newest_mail(ctx, &mut tx, &keys).await?;
    let mut out = Vec::with_capacity(keys.len());
    for (key, address) in keys.iter().zip(addresses) {
        let contact = contacts.get(key).and_then(|rows| rows.first());
        let company = companies.get(key);
        let member = members.iter().find(|m| m.email == *key);
        let mut leads = leads.remove(key).unwrap_or_default();
        let of = |map: &HashMap<RecordId, Vec<RecordRow>>, id: Option<RecordId>| {
            id.and_then(|id| map.get(&id)).cloned().unwrap_or_default()
        };
        let person = contact.map(|r| r.id);
        leads.extend(of(linked_leads, person));
        let mut all_deals = of(deals, person);
        all_deals.extend(of(deals, company.map(|r| r.id)));
        let mut open_tasks = of(tasks, person);
        open_tasks.retain(|t| !t.values.contains_key("done"));
        out.push(Found {
            address: address.clone(),
            contact: contact.map(Into::into),
            company: company.map(Into::into),
            leads: refs(&leads),
            deals: refs(&all_deals),
            open_tasks: refs(&open_tasks),
            member: member.map(|m| (m.id, m.name.clone())),
            last_touch: touched.get(key).copied(),
        });
    }
    Ok(out)
}

pub(super) fn by_key(rows: Vec<(String, RecordRow)>) -> HashMap<String, Vec<RecordRow>> {
    let mut out: HashMap<String, Vec<RecordRow>> = HashMap::new();
    for (key, row) in rows {
        out.entry(key).or_default().push(row);
    }
    out
}

fn by_link(rows: Vec<(RecordId, RecordRow)>) -> HashMap<RecordId, Vec<RecordRow>> {
    let mut out: HashMap<RecordId, Vec<RecordRow>> = HashMap::new();
    for (id, row) in rows {
        out.entry(id).or_default().push(row);
    }
    out
}

/// Each record once.
fn refs(rows: &[RecordRow]) -> Vec<RecordRef> {
    let mut out: Vec<RecordRef> = Vec::new();
    for row in rows {
        if !out.iter().any(|r| r.id == row.id) {
            out.push(row.into());
        }
    }
    out
}

/// Whose addresses they are.
pub(super) struct People {
    /// By address, oldest first.
    pub(super) contacts: HashMap<String, Vec<RecordRow>>,
    /// By address.
    pub(super) leads: HashMap<String, Vec<RecordRow>>,
    /// Of each address: that of the contact, else the one of its domain.
    pub(super) companies: HashMap<String, RecordRow>,
}

/// Whose addresses these are, normalized as they are.
pub(super) async fn people(tx: &mut Tx, keys: &[String]) -> Result<People> {
    let domain = |key: &String| key.rsplit_once('@').map(|(_, domain)| domain.to_owned());
    let domains: Vec<String> = keys.iter().filter_map(domain).collect();
    let found = tx
        .records()
        .by_keys(&[
            (Kind::Contact, "emails", keys),
            (Kind::Lead, "emails", keys),
            (Kind::Company, "domain", &domains),
        ])
        .await?;
    let of = |kind| {
        let of = found.iter().filter(move |(_, row)| row.kind == kind);
        by_key(of.cloned().collect())
    };
    let (contacts, leads, by_domain) = (of(Kind::Contact), of(Kind::Lead), of(Kind::Company));
    let company_of = |key: &String| -> Option<RecordId> {
        let contact = contacts.get(key)?.first()?;
        contact.values.get("company")?.as_str()?.parse().ok()
    };
    let ids: Vec<RecordId> = keys.iter().filter_map(company_of).collect();
    let named = match &ids[..] {
        [] => Vec::new(),
        ids => tx.records().get_many(ids).await?,
    };
    let mut companies = HashMap::new();
    for key in keys {
        let own = company_of(key).and_then(|id| named.iter().find(|r| r.id == id));
        let own = own.filter(|r| r.deleted_at.is_none());
        let theirs = || by_domain.get(&domain(key)?)?.first();
        if let Some(row) = own.or_else(theirs) {
            companies.insert(key.clone(), row.clone());
        }
    }
    Ok(People {
        contacts,
        leads,
        companies,
    })
}

/// When the member's own mailboxes last heard of each address.
async fn newest_mail(ctx: &Ctx, tx: &mut Tx, keys: &[String]) -> Result<HashMap<String, Time>> {
    let mut out: HashMap<String, Time> = HashMap::new();
    for row in tx.connections().list().await? {
        let key = ctx.keys.get(tx, row.key_id).await?;
        let of: HashMap<_, _> = keys
            .iter()
            .map(|a| (key.blind_index("address", a), a))
            .collect();
        let indexes: Vec<_> = of.keys().copied().collect();
        for (index, at) in tx.mail_people().last_heard(row.id, &indexes).await? {
            if let Some(address) = of.get(&index) {
                let newest = out.entry((*address).clone()).or_insert(at);
                *newest = at.max(*newest);
            }
        }
    }
    Ok(out)
}
