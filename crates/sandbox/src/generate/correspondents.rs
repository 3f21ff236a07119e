//! Who writes to the generated mailboxes, for those who make records of them.

use super::people::{Company, ENGLISH, FRENCH, STAFF, contact, names, title};

/// Somebody who writes to the generated mailboxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correspondent {
    /// Given name.
    pub first_name: &'static str,
    /// Family name.
    pub last_name: &'static str,
    /// Address.
    pub address: String,
    /// Job title.
    pub title: &'static str,
}

/// A company whose people write to the generated mailboxes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Correspondents {
    /// Name.
    pub company: &'static str,
    /// Domain of their addresses.
    pub domain: &'static str,
    /// City.
    pub city: &'static str,
    /// Whether they write in French.
    pub french: bool,
    /// Its people.
    pub people: Vec<Correspondent>,
}

/// The companies of the generated world and their people, whatever the seed; those that write most come
/// first in each language.
pub fn correspondents() -> Vec<Correspondents> {
    let of = |company: &'static Company| {
        let person = |nth| {
            let (first_name, last_name) = names(company, nth);
            Correspondent {
                first_name,
                last_name,
                address: contact(company, nth).email,
                title: title(company, nth),
            }
        };
        Correspondents {
            company: company.name,
            domain: company.domain,
            city: company.city,
            french: company.french,
            people: (0..STAFF).map(person).collect(),
        }
    };
    ENGLISH.iter().chain(&FRENCH).map(of).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whoever_writes_is_told_of() {
        let all = correspondents();
        let addresses: std::collections::BTreeSet<_> = all
            .iter()
            .flat_map(|c| &c.people)
            .map(|p| &p.address)
            .collect();
        assert_eq!(all.len(), ENGLISH.len() + FRENCH.len());
        for company in ENGLISH.iter().chain(&FRENCH) {
            assert!((0..STAFF).all(|n| addresses.contains(&contact(company, n).email)));
        }
    }
}
