//! Who is behind addresses, for what shows people of mail. Only what the member sees is found.

use std::collections::HashMap;

use tenon_model::MemberId;
use tenon_store::Tx;

use super::RecordRef;
use super::lookup::{People, people};
use crate::Result;

/// What is known of an address.
#[derive(Clone, Default)]
pub struct Known {
    /// The person.
    pub contact: Option<RecordRef>,
    /// A lead with it.
    pub lead: Option<RecordRef>,
    /// The person's organisation, or the one whose domain it is.
    pub company: Option<RecordRef>,
    /// The colleague whose sign-in address it is, with their name.
    pub member: Option<(MemberId, String)>,
}

/// Who is behind normalized addresses.
pub(crate) async fn known(tx: &mut Tx, keys: &[String]) -> Result<HashMap<String, Known>> {
    let People {
        contacts,
        leads,
        companies,
    } = people(tx, keys).await?;
    let members = tx.members().by_emails(keys).await?;
    let out = keys.iter().map(|key| {
        let first = |map: &HashMap<String, Vec<_>>| map.get(key)?.first().map(RecordRef::from);
        let member = members.iter().find(|m| m.email == *key);
        let known = Known {
            contact: first(&contacts),
            lead: first(&leads),
            company: companies.get(key).map(Into::into),
            member: member.map(|m| (m.id, m.name.clone())),
        };
        (key.clone(), known)
    });
    Ok(out.collect())
}
