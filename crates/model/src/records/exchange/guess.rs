//! What a column means, by its name.

use super::Target;
use crate::records::{FieldType, Kind, Shape, fold};

/// Words of other programs (Google, Outlook, HubSpot, Pipedrive, Salesforce) in English, German and French, folded and
/// without anything between their letters.
const KNOWN: &[(&str, &[&str])] = &[
    (
        "full_name",
        &[
            "fullname",
            "displayname",
            "contactname",
            "kontaktname",
            "nomcomplet",
            "kontakt",
            "contact",
            "vollername",
        ],
    ),
    (
        "first_name",
        &["firstname", "givenname", "vorname", "prenom", "forename"],
    ),
    (
        "last_name",
        &[
            "lastname",
            "familyname",
            "surname",
            "nachname",
            "familienname",
            "nomdefamille",
        ],
    ),
    (
        "salutation",
        &["salutation", "anrede", "civilite", "nameprefix", "prefix"],
    ),
    (
        "title",
        &[
            "jobtitle",
            "position",
            "fonction",
            "funktion",
            "role",
            "organizationtitle",
            "titre",
            "poste",
        ],
    ),
    (
        "emails",
        &[
            "email",
            "emailaddress",
            "mail",
            "emailadresse",
            "courriel",
            "adressemail",
            "email1value",
            "email2value",
            "email2address",
            "email3address",
            "emailpersonal",
            "emailwork",
            "emailhome",
            "emailother",
        ],
    ),
    (
        "phones",
        &[
            "phone",
            "phonenumber",
            "telephone",
            "tel",
            "telefon",
            "mobile",
            "mobilephone",
            "handy",
            "businessphone",
            "homephone",
            "phonework",
            "phonehome",
            "phonemobile",
            "phone1value",
            "phone2value",
            "portable",
            "mobil",
            "telefonnummer",
        ],
    ),
    (
        "company",
        &[
            "company",
            "companyname",
            "organization",
            "organisation",
            "organizationname",
            "organization1name",
            "firma",
            "unternehmen",
            "entreprise",
            "societe",
            "account",
            "accountname",
        ],
    ),
    (
        "website",
        &[
            "website", "url", "webseite", "homepage", "siteweb", "web", "webpage",
        ],
    ),
    (
        "domain",
        &[
            "domain",
            "companydomain",
            "domainname",
            "domaine",
            "companydomainname",
        ],
    ),
    ("industry", &["industry", "branche", "secteur"]),
    (
        "employees",
        &[
            "employees",
            "numberofemployees",
            "mitarbeiter",
            "employes",
            "effectif",
        ],
    ),
    (
        "description",
        &[
            "notes",
            "note",
            "description",
            "beschreibung",
            "notizen",
            "bemerkung",
            "comment",
            "comments",
            "remarques",
        ],
    ),
    (
        "owner",
        &[
            "owner",
            "dealowner",
            "contactowner",
            "besitzer",
            "zustandig",
            "responsable",
            "proprietaire",
            "assignee",
        ],
    ),
    (
        "name",
        &[
            "name",
            "dealname",
            "title",
            "subject",
            "betreff",
            "nom",
            "leadname",
            "titel",
            "bezeichnung",
            "summary",
            "objet",
            "task",
            "aufgabe",
        ],
    ),
    (
        "amount",
        &[
            "amount",
            "value",
            "dealvalue",
            "betrag",
            "wert",
            "montant",
            "valeur",
            "price",
        ],
    ),
    (
        "close_date",
        &[
            "closedate",
            "expectedclosedate",
            "abschlussdatum",
            "datedecloture",
        ],
    ),
    (
        "probability",
        &["probability", "wahrscheinlichkeit", "probabilite"],
    ),
    (
        "stage",
        &["stage", "dealstage", "phase", "status", "etape", "stufe"],
    ),
    ("pipeline", &["pipeline"]),
    ("source", &["source", "leadsource", "quelle"]),
    ("priority", &["priority", "prioritat", "priorite"]),
    (
        "due_date",
        &[
            "duedate",
            "due",
            "fallig",
            "falligkeitsdatum",
            "echeance",
            "deadline",
        ],
    ),
    (
        "done",
        &["done", "completed", "erledigt", "fait", "termine"],
    ),
    (
        "start",
        &[
            "start",
            "startdate",
            "starttime",
            "begin",
            "beginn",
            "debut",
        ],
    ),
    ("end", &["end", "enddate", "endtime", "ende", "fin"]),
    ("location", &["location", "ort", "lieu"]),
    (
        "body",
        &["body", "note", "notes", "text", "content", "notiz"],
    ),
    ("lost_reason", &["lostreason", "verlustgrund"]),
    (
        "contact_name",
        &["contactname", "contact", "person", "kontakt"],
    ),
    (
        "company_name",
        &["companyname", "company", "organization", "firma"],
    ),
    (
        "contacts",
        &[
            "contacts",
            "contact",
            "contactname",
            "person",
            "kontakt",
            "ansprechpartner",
        ],
    ),
    ("type", &["type", "typ", "art"]),
];

const ADDRESS: &[(&str, &[&str])] = &[
    (
        "street",
        &[
            "street",
            "strasse",
            "straße",
            "rue",
            "address",
            "adresse",
            "address1street",
            "mailingstreet",
            "businessstreet",
            "homestreet",
            "streetaddress",
        ],
    ),
    (
        "city",
        &[
            "city",
            "stadt",
            "ville",
            "town",
            "ort",
            "address1city",
            "mailingcity",
            "businesscity",
            "homecity",
        ],
    ),
    (
        "region",
        &[
            "region",
            "state",
            "province",
            "bundesland",
            "address1region",
            "mailingstate",
            "businessstate",
            "homestate",
            "stateregion",
        ],
    ),
    (
        "postal_code",
        &[
            "postalcode",
            "zip",
            "zipcode",
            "postcode",
            "plz",
            "codepostal",
            "address1postalcode",
            "mailingzippostalcode",
            "businesspostalcode",
            "homepostalcode",
        ],
    ),
    (
        "country",
        &[
            "country",
            "land",
            "pays",
            "address1country",
            "mailingcountry",
            "businesscountryregion",
            "homecountryregion",
            "countryregion",
        ],
    ),
];

const LABELS: &[(&str, &str)] = &[
    ("mobile", "mobile"),
    ("handy", "mobile"),
    ("mobil", "mobile"),
    ("portable", "mobile"),
    ("work", "work"),
    ("business", "work"),
    ("home", "home"),
    ("personal", "home"),
];

fn squeezed(text: &str) -> String {
    fold(text).chars().filter(|c| c.is_alphanumeric()).collect()
}

/// What each column probably means; no field twice, but for those of lists.
pub fn guess(shape: &Shape, names: &[String]) -> Vec<Option<Target>> {
    let mut taken: Vec<String> = Vec::new();
    let by_id = |field: &str| names.iter().any(|n| *n == format!("{field}.id"));
    names
        .iter()
        .map(|name| {
            let target = one(shape, name)?;
            // The ids beside the titles say more.
            if target.by.as_deref() != Some("id") && by_id(&target.field) {
                return None;
            }
            let many = shape
                .field(&target.field)
                .is_some_and(|f| super::is_list(f.ty));
            if !many && taken.contains(&target.field) {
                return None;
            }
            taken.push(target.field.clone());
            Some(target)
        })
        .collect()
}

fn one(shape: &Shape, name: &str) -> Option<Target> {
    let plain = name.trim();
    if plain == "id" {
        return Some(Target::field("id"));
    }
    if let Some(field) = plain.strip_suffix(".id").and_then(|k| shape.field(k)) {
        return field.ty.is_link().then(|| Target {
            by: Some("id".to_owned()),
            ..Target::field(&field.key)
        });
    }
    if let Some(field) = plain.strip_suffix(".email").and_then(|k| shape.field(k)) {
        return field.ty.is_link().then(|| Target {
            by: Some("email".to_owned()),
            ..Target::field(&field.key)
        });
    }
    let exact = shape
        .fields
        .iter()
        .filter(|f| !f.archived)
        .find(|f| f.key == plain || f.label.as_deref().is_some_and(|l| fold(l) == fold(plain)));
    if let Some(field) = exact {
        return Some(Target::field(&field.key));
    }
    let word = squeezed(name);
    let has = |key: &str| shape.field(key).is_some_and(|f| !f.archived);
    let contact = shape.kind == Kind::Contact;
    for (key, words) in KNOWN {
        let fits = has(key) || *key == "full_name" && contact;
        if fits && words.contains(&word.as_str()) {
            return Some(labelled(shape, key, &word));
        }
    }
    if contact && ["name", "nom"].contains(&word.as_str()) {
        return Some(Target::field("full_name"));
    }
    let part = ADDRESS
        .iter()
        .find(|(_, words)| words.contains(&word.as_str()));
    part.filter(|_| has("addresses")).map(|(part, _)| Target {
        part: Some((*part).to_owned()),
        label: label(&word),
        ..Target::field("addresses")
    })
}

fn label(word: &str) -> Option<String> {
    let found = LABELS.iter().find(|(part, _)| word.contains(part));
    found.map(|(_, label)| (*label).to_owned())
}

fn labelled(shape: &Shape, key: &str, word: &str) -> Target {
    let ty = shape.field(key).map(|f| f.ty);
    let mut target = Target::field(key);
    if matches!(ty, Some(FieldType::Emails | FieldType::Phones)) {
        target.label = label(word);
    }
    if matches!(ty, Some(FieldType::Link | FieldType::Links)) {
        target.by = Some("title".to_owned());
    }
    target
}
