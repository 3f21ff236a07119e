//! Lists of any program: their titles become variables, their addresses people.

use std::collections::{BTreeMap, HashSet};

use tenon_model::mail_merge::MOST_RECIPIENTS;
use tenon_model::records::fold;

use super::people::{Added, Person};
use super::sealed::Column;
use crate::compose::Addressee;
use crate::{Error, Result};

/// Columns of a list.
pub(super) const MOST_COLUMNS: usize = 100;
/// Characters of a cell; longer ones are no words for a letter.
const MOST_CELL: usize = 5_000;

pub(super) fn file(sentence: impl Into<String>) -> Error {
    Error::Validation(vec![("file".to_owned(), sentence.into())])
}

/// The columns and the people of a table whose first row has titles, and what was left out. `wanted` is the title of the
/// column with addresses.
pub(super) fn read_table(
    mut table: Vec<Vec<String>>,
    wanted: Option<&str>,
) -> Result<(Vec<Column>, Vec<Person>, Added)> {
    let titles = if table.is_empty() {
        Vec::new()
    } else {
        table.remove(0)
    };
    if table.is_empty() {
        return Err(file("has no rows under its titles"));
    }
    if titles.len() > MOST_COLUMNS {
        return Err(file("has more than 100 columns"));
    }
    if table.len() > MOST_RECIPIENTS {
        return Err(file("has more than 50,000 rows; split it"));
    }
    let columns = columns(&titles);
    let of_addresses = match wanted {
        Some(wanted) => titles
            .iter()
            .position(|t| fold(t.trim()) == fold(wanted.trim()))
            .ok_or_else(|| Error::field("column", "is not among the titles of the file"))?,
        None => address_column(&titles, &table).ok_or_else(|| {
            file("has no column of e-mail addresses; its first row must have the titles of the columns")
        })?,
    };
    let mut added = Added::default();
    let mut people = Vec::with_capacity(table.len());
    let mut seen = HashSet::new();
    for (line, cells) in (2..).zip(table) {
        let address = cells.get(of_addresses).map_or("", |a| a.trim());
        if cells.iter().all(|c| c.trim().is_empty()) {
            continue; // an empty line
        }
        if address.is_empty() {
            added.leave_out(Some(line), "no_address");
            continue;
        }
        let row: BTreeMap<String, String> = columns
            .iter()
            .zip(&cells)
            .map(|(c, cell)| (c.key.clone(), cell.trim().chars().take(MOST_CELL).collect()))
            .filter(|(_, cell): &(String, String)| !cell.is_empty())
            .collect();
        match Addressee::new(&name_of(&row), address) {
            Err(_) => added.leave_out(Some(line), "address_invalid"),
            Ok(to) if !seen.insert(to.normal()) => added.leave_out(Some(line), "twice"),
            Ok(to) => people.push(Person {
                to,
                record: None,
                row,
                line: Some(line),
            }),
        }
    }
    Ok((columns, people, added))
}

/// What the variables of columns are called: `First name` is `row.first_name`.
fn columns(titles: &[String]) -> Vec<Column> {
    let mut taken = HashSet::new();
    (1..)
        .zip(titles)
        .map(|(n, title)| {
            let mut key = String::new();
            for c in fold(title.trim()).chars() {
                match c {
                    c if c.is_ascii_alphanumeric() => key.push(c),
                    _ if key.ends_with('_') || key.is_empty() => {}
                    _ => key.push('_'),
                }
            }
            let key = key.trim_end_matches('_');
            let mut key = match key.chars().next() {
                None => format!("column_{n}"),
                Some(c) if c.is_ascii_digit() => format!("column_{key}"),
                Some(_) => key.chars().take(60).collect(),
            };
            if !taken.insert(key.clone()) {
                key = format!("{key}_{n}");
                taken.insert(key.clone());
            }
            Column {
                key,
                title: title.trim().chars().take(100).collect(),
            }
        })
        .collect()
}

/// The column with the most addresses, of two that are even the one that is called so.
fn address_column(titles: &[String], rows: &[Vec<String>]) -> Option<usize> {
    let said = |title: &str| {
        let title = fold(title);
        ["mail", "courriel", "address"]
            .iter()
            .any(|w| title.contains(w))
    };
    let valid = |i: usize| {
        let cells = rows.iter().take(200).filter_map(|r| r.get(i));
        cells
            .filter(|cell| cell.contains('@') && Addressee::new("", cell).is_ok())
            .count()
    };
    let best = (0..titles.len()).max_by_key(|i| {
        let first = titles.len() - i;
        (valid(*i), said(&titles[*i]), first)
    })?;
    (valid(best) > 0).then_some(best)
}

/// What somebody is called, by the columns that usually say it.
fn name_of(row: &BTreeMap<String, String>) -> String {
    let get = |keys: &[&str]| keys.iter().find_map(|k| row.get(*k)).cloned();
    let whole = get(&[
        "name",
        "full_name",
        "contact_name",
        "display_name",
        "nom_complet",
    ]);
    whole.unwrap_or_else(|| {
        let first = get(&["first_name", "firstname", "given_name", "prenom"]);
        let last = get(&["last_name", "lastname", "surname", "family_name", "nom"]);
        [first, last]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" ")
    })
}

#[cfg(test)]
mod tests {
    use tenon_model::mail::normalize_address;

    use super::*;
    use crate::records::exchange::csv_rows;

    fn table(text: &str) -> Vec<Vec<String>> {
        csv_rows(text.as_bytes(), "list.csv").unwrap()
    }

    #[test]
    fn columns_become_variables_each_once() {
        let titles = [
            "First name",
            "E-mail",
            "Prénom",
            "2026 total (€)",
            "",
            "first-NAME",
            "名前",
        ];
        let keys: Vec<String> = columns(&titles.map(str::to_owned))
            .into_iter()
            .map(|c| c.key)
            .collect();
        assert_eq!(
            keys,
            [
                "first_name",
                "e_mail",
                "prenom",
                "column_2026_total",
                "column_5",
                "first_name_6",
                "column_7"
            ]
        );
    }

    #[test]
    fn a_list_of_any_program_is_read_and_what_is_wrong_in_it_is_told() {
        let text = "Firma;Prénom;Nom;Kontakt\n\
                    Acme;Zoé;Martin;zoe@example.com\n\
                    ;;;\n\
                    Beta;Jo\u{0};X;not-an-address\n"
            .replace('\u{0}', " ");
        let text =
            format!("{text}Gamma;;;\nAcme;Zoé;Martin;ZOE@example.com\nDelta;;;d@example.org\n");
        let (columns, people, added) = read_table(table(&text), None).unwrap();
        assert_eq!(columns[3].key, "kontakt");
        let found: Vec<(&str, &str)> = people
            .iter()
            .map(|p| (p.to.name(), p.to.address()))
            .collect();
        assert_eq!(
            found,
            [("Zoé Martin", "zoe@example.com"), ("", "d@example.org")]
        );
        assert_eq!(people[0].row["firma"], "Acme");
        assert_eq!(
            added.rows,
            [(4, "address_invalid"), (5, "no_address"), (6, "twice")]
        );
    }

    #[test]
    fn lists_that_are_none_are_refused_with_a_sentence() {
        for (text, wanted) in [
            ("name,phone\nZoé,1\n", None),
            ("mail\n", None),
            ("mail\na@example.com\n", Some("Adresse")),
        ] {
            let refused = read_table(table(text), wanted);
            assert!(matches!(refused, Err(Error::Validation(_))), "{text}");
        }
        let asked = read_table(table("a,b\nx@example.com,y@example.com\n"), Some(" B "));
        assert_eq!(asked.unwrap().1[0].to.address(), "y@example.com");
    }

    #[test]
    fn names_bring_nothing_into_headers() {
        for name in [
            "Zoé\r\nBcc: x@example.com",
            "Zoé\nX: y",
            "Zoé\u{0}\u{7f}",
            "a\u{85}b",
        ] {
            let to = Addressee::new(name, "zoe@example.com").unwrap();
            assert!(!to.name().chars().any(char::is_control), "{name:?}");
        }
        for address in [
            "zoe@example.com\r\nBcc: x@example.com",
            "zoe@example.com\u{0}",
            "a@b\rc.com",
        ] {
            assert!(Addressee::new("", address).is_err(), "{address:?}");
        }
    }

    #[test]
    fn the_address_that_is_looked_for_is_the_one_that_is_stored() {
        let to = Addressee::new("", " Zoe@Example.COM ").unwrap();
        assert_eq!(to.normal(), normalize_address("zoe@example.com"));
    }
}
