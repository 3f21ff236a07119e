//! The companies and people who write to the accounts. All domains end in `.example` (RFC 2606).

use super::rng::mix;

/// A company of the generated world.
pub(crate) struct Company {
    pub(crate) name: &'static str,
    pub(crate) domain: &'static str,
    pub(crate) city: &'static str,
    pub(crate) french: bool,
    /// Minutes east of UTC, for the Date header.
    pub(crate) offset: i32,
    /// Index into [`LABELS`].
    pub(crate) label: Option<usize>,
}

/// User labels every generated mailbox has; a slash nests.
pub(crate) const LABELS: [&str; 14] = [
    "Clients",
    "Clients/Acme",
    "Clients/Lumière Conseil",
    "Clients/Northwind",
    "Clients/Atelier Rivoli",
    "Clients/Bluefin Logistics",
    "Prospects",
    "Suppliers",
    "Invoices",
    "Projects/Website",
    "Projects/Trade fair",
    "Contracts",
    "Follow up",
    "Newsletters",
];

pub(crate) const LABEL_PROSPECTS: usize = 6;
pub(crate) const LABEL_SUPPLIERS: usize = 7;
pub(crate) const LABEL_INVOICES: usize = 8;
pub(crate) const LABEL_WEBSITE: usize = 9;
pub(crate) const LABEL_FAIR: usize = 10;
pub(crate) const LABEL_CONTRACTS: usize = 11;
pub(crate) const LABEL_FOLLOW_UP: usize = 12;
pub(crate) const LABEL_NEWSLETTERS: usize = 13;

const fn en(
    name: &'static str,
    domain: &'static str,
    city: &'static str,
    offset: i32,
    label: Option<usize>,
) -> Company {
    Company {
        name,
        domain,
        city,
        french: false,
        offset,
        label,
    }
}

const fn fr(
    name: &'static str,
    domain: &'static str,
    city: &'static str,
    label: Option<usize>,
) -> Company {
    Company {
        name,
        domain,
        city,
        french: true,
        offset: 60,
        label,
    }
}

/// English-speaking companies; the first ones write most.
pub(crate) static ENGLISH: [Company; 26] = [
    en("Acme Tools", "acme.example", "Sheffield", 0, Some(1)),
    en(
        "Northwind Trading",
        "northwind.example",
        "Porto",
        0,
        Some(3),
    ),
    en(
        "Bluefin Logistics",
        "bluefin-logistics.example",
        "Rotterdam",
        60,
        Some(5),
    ),
    en(
        "Harbour & Stone",
        "harbourstone.example",
        "Bristol",
        0,
        Some(LABEL_PROSPECTS),
    ),
    en(
        "Kestrel Analytics",
        "kestrel.example",
        "Dublin",
        0,
        Some(LABEL_PROSPECTS),
    ),
    en(
        "Meridian Health",
        "meridian-health.example",
        "Lisbon",
        0,
        None,
    ),
    en("Oakfield Furniture", "oakfield.example", "Leeds", 0, None),
    en(
        "Pinecrest Hotels",
        "pinecrest.example",
        "Edinburgh",
        0,
        None,
    ),
    en(
        "Silverline Packaging",
        "silverline.example",
        "Antwerp",
        60,
        Some(LABEL_SUPPLIERS),
    ),
    en("Tallis Instruments", "tallis.example", "Cambridge", 0, None),
    en(
        "Umbra Design Studio",
        "umbra-design.example",
        "Berlin",
        60,
        None,
    ),
    en(
        "Vanguard Print",
        "vanguardprint.example",
        "Manchester",
        0,
        Some(LABEL_SUPPLIERS),
    ),
    en(
        "Westbrook Foods",
        "westbrook-foods.example",
        "Valletta",
        60,
        None,
    ),
    en("Yarrow Organics", "yarrow.example", "Cork", 0, None),
    en("Zephyr Bikes", "zephyrbikes.example", "Utrecht", 60, None),
    en(
        "Copperfield Legal",
        "copperfield-legal.example",
        "London",
        0,
        None,
    ),
    en(
        "Delta Freight",
        "deltafreight.example",
        "Hamburg",
        60,
        Some(LABEL_SUPPLIERS),
    ),
    en(
        "Evergreen Energy",
        "evergreen-energy.example",
        "Oslo",
        60,
        None,
    ),
    en("Foxglove Media", "foxglove.example", "Brighton", 0, None),
    en("Granite Works", "graniteworks.example", "Aberdeen", 0, None),
    en(
        "Highland Wool",
        "highlandwool.example",
        "Inverness",
        0,
        None,
    ),
    en("Iris Optics", "iris-optics.example", "Zurich", 60, None),
    en(
        "Juniper Schools",
        "juniper-schools.example",
        "Belfast",
        0,
        None,
    ),
    en("Lakeside Clinics", "lakeside.example", "Geneva", 60, None),
    en(
        "Mosaic Events",
        "mosaic-events.example",
        "Barcelona",
        60,
        None,
    ),
    en("Quarry Lane Brewery", "quarrylane.example", "Bath", 0, None),
];

/// French-speaking companies.
pub(crate) static FRENCH: [Company; 18] = [
    fr(
        "Lumière Conseil",
        "lumiere-conseil.example",
        "Lyon",
        Some(2),
    ),
    fr("Atelier Rivoli", "atelier-rivoli.example", "Paris", Some(4)),
    fr(
        "Boulangeries Paturel",
        "paturel.example",
        "Nantes",
        Some(LABEL_PROSPECTS),
    ),
    fr("Cévennes Bois", "cevennes-bois.example", "Alès", None),
    fr(
        "Domaine des Tilleuls",
        "domaine-tilleuls.example",
        "Beaune",
        None,
    ),
    fr("Éditions du Phare", "editions-phare.example", "Brest", None),
    fr(
        "Fonderie Garnier",
        "fonderie-garnier.example",
        "Saint-Étienne",
        Some(LABEL_SUPPLIERS),
    ),
    fr(
        "Groupe Hélios",
        "groupe-helios.example",
        "Toulouse",
        Some(LABEL_PROSPECTS),
    ),
    fr(
        "Imprimerie Vauban",
        "imprimerie-vauban.example",
        "Lille",
        Some(LABEL_SUPPLIERS),
    ),
    fr("Jardins de Loire", "jardins-loire.example", "Tours", None),
    fr(
        "Les Ateliers Réunis",
        "ateliers-reunis.example",
        "Grenoble",
        None,
    ),
    fr(
        "Maison Perrault",
        "maison-perrault.example",
        "Bordeaux",
        None,
    ),
    fr(
        "Nautique Océane",
        "nautique-oceane.example",
        "La Rochelle",
        None,
    ),
    fr(
        "Orfèvrerie Delacroix",
        "orfevrerie-delacroix.example",
        "Genève",
        None,
    ),
    fr(
        "Cabinet Roussel & Fils",
        "cabinet-roussel.example",
        "Strasbourg",
        None,
    ),
    fr(
        "Transports Beaumont",
        "transports-beaumont.example",
        "Marseille",
        None,
    ),
    fr("Verrerie du Nord", "verrerie-nord.example", "Amiens", None),
    fr(
        "Clinique Saint-Roch",
        "clinique-saint-roch.example",
        "Montpellier",
        None,
    ),
];

const ENGLISH_FIRST: [&str; 40] = [
    "James",
    "Olivia",
    "Thomas",
    "Emma",
    "Daniel",
    "Sophie",
    "Oliver",
    "Grace",
    "Henry",
    "Charlotte",
    "Samuel",
    "Hannah",
    "Liam",
    "Isla",
    "Noah",
    "Freya",
    "Ethan",
    "Maya",
    "Priya",
    "Arjun",
    "Mei",
    "Kenji",
    "Fatima",
    "Omar",
    "Ingrid",
    "Lars",
    "Anna",
    "Jonas",
    "Sanne",
    "Pieter",
    "Nora",
    "Ruth",
    "George",
    "Alasdair",
    "Morag",
    "Declan",
    "Aoife",
    "Rachel",
    "Victor",
    "Elena",
];
const ENGLISH_LAST: [&str; 44] = [
    "Carter",
    "Hughes",
    "Bennett",
    "Foster",
    "Reid",
    "Walsh",
    "Murray",
    "Palmer",
    "Sutton",
    "Fletcher",
    "O'Brien",
    "Kowalski",
    "Lindqvist",
    "van Dijk",
    "Schneider",
    "Nakamura",
    "Patel",
    "Chen",
    "Okafor",
    "Haddad",
    "Nielsen",
    "Brooks",
    "Marsh",
    "Doyle",
    "Sinclair",
    "Whitfield",
    "Ashworth",
    "Barlow",
    "Cole",
    "Drummond",
    "Ellison",
    "Farrow",
    "Gibbs",
    "Hartley",
    "Ivanova",
    "Jensen",
    "Kaur",
    "Lowe",
    "Mercer",
    "Novak",
    "Osborne",
    "Pryce",
    "Quinn",
    "Rivera",
];
const FRENCH_FIRST: [&str; 32] = [
    "Camille",
    "Élodie",
    "Julien",
    "Chloé",
    "Hélène",
    "Mathieu",
    "Amélie",
    "Rémi",
    "Sébastien",
    "Aurélie",
    "François",
    "Zoé",
    "Benoît",
    "Maëlle",
    "Gaël",
    "Inès",
    "Jérôme",
    "Léa",
    "Thierry",
    "Margaux",
    "Nicolas",
    "Océane",
    "Pascal",
    "Solène",
    "Raphaël",
    "Clémence",
    "Étienne",
    "Manon",
    "Yann",
    "Delphine",
    "Loïc",
    "Noémie",
];
const FRENCH_LAST: [&str; 36] = [
    "Lefèvre",
    "Moreau",
    "Girard",
    "Rousseau",
    "Fournier",
    "Mercier",
    "Dupré",
    "Lambert",
    "Fontaine",
    "Chevalier",
    "Gauthier",
    "Perrin",
    "Morel",
    "Dufour",
    "Blanchard",
    "Guérin",
    "Boyer",
    "Garnier",
    "François",
    "Legrand",
    "Noël",
    "Carpentier",
    "Brunet",
    "Picard",
    "Renard",
    "Vidal",
    "Colin",
    "Hervé",
    "Lemaître",
    "Barbier",
    "Arnaud",
    "Marchand",
    "Besnard",
    "Charpentier",
    "Delorme",
    "Tessier",
];
const ENGLISH_TITLES: [&str; 12] = [
    "Purchasing Manager",
    "Head of Operations",
    "Managing Director",
    "Account Manager",
    "Finance Manager",
    "Project Lead",
    "Marketing Manager",
    "Office Manager",
    "IT Manager",
    "Sales Director",
    "Customer Success Manager",
    "Legal Counsel",
];
const FRENCH_TITLES: [&str; 12] = [
    "Responsable achats",
    "Directrice des opérations",
    "Gérant",
    "Chargée de clientèle",
    "Responsable financier",
    "Chef de projet",
    "Responsable marketing",
    "Assistante de direction",
    "Responsable informatique",
    "Directeur commercial",
    "Responsable logistique",
    "Juriste",
];

/// Somebody with an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Person {
    pub(crate) name: String,
    pub(crate) email: String,
}

impl Person {
    pub(crate) fn new(name: &str, email: &str) -> Self {
        Self {
            name: name.to_owned(),
            email: email.to_owned(),
        }
    }

    pub(crate) fn first(&self) -> &str {
        self.name.split(' ').next().unwrap_or(&self.name)
    }

    /// `Name <address>` as a person reads it; a name with specials is quoted.
    pub(crate) fn shown(&self) -> String {
        if self.name.is_empty() {
            self.email.clone()
        } else if self.name.contains([',', '.', '@', '"', '(', ')', ':', ';']) {
            format!("\"{}\" <{}>", self.name.replace('"', "'"), self.email)
        } else {
            format!("{} <{}>", self.name, self.email)
        }
    }
}

/// How many people of a company write.
pub(super) const STAFF: u64 = 5;

pub(super) fn names(company: &Company, nth: u64) -> (&'static str, &'static str) {
    let h = mix(super::rng::hash_text(7, company.domain), nth % STAFF);
    if company.french {
        (
            FRENCH_FIRST[(h % 32) as usize],
            FRENCH_LAST[(h >> 8) as usize % FRENCH_LAST.len()],
        )
    } else {
        (
            ENGLISH_FIRST[(h % 40) as usize],
            ENGLISH_LAST[(h >> 8) as usize % ENGLISH_LAST.len()],
        )
    }
}

/// The `nth` person of a company, always the same one.
pub(crate) fn contact(company: &Company, nth: u64) -> Person {
    let (first, last) = names(company, nth);
    Person {
        name: format!("{first} {last}"),
        email: format!("{}.{}@{}", fold(first), fold(last), company.domain),
    }
}

/// The person's job title.
pub(crate) fn title(company: &Company, nth: u64) -> &'static str {
    let h = mix(super::rng::hash_text(11, company.domain), nth % STAFF) as usize;
    if company.french {
        FRENCH_TITLES[h % 12]
    } else {
        ENGLISH_TITLES[h % 12]
    }
}

/// Lower-case ASCII for the local part of an address.
pub(crate) fn fold(name: &str) -> String {
    name.chars()
        .flat_map(char::to_lowercase)
        .filter_map(|c| match c {
            'a'..='z' | '0'..='9' => Some(c),
            'à' | 'â' | 'ä' => Some('a'),
            'é' | 'è' | 'ê' | 'ë' => Some('e'),
            'î' | 'ï' => Some('i'),
            'ô' | 'ö' => Some('o'),
            'ù' | 'û' | 'ü' => Some('u'),
            'ç' => Some('c'),
            _ => None,
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn people_are_stable_and_addresses_are_plain() {
        for company in ENGLISH.iter().chain(&FRENCH) {
            for n in 0..STAFF {
                let person = contact(company, n);
                assert_eq!(person, contact(company, n + STAFF));
                assert!(
                    person.email.is_ascii() && !person.email.contains(' '),
                    "{}",
                    person.email
                );
            }
        }
        assert_eq!(fold("Élodie O'Brien-Noël"), "elodieobriennoel");
        assert_eq!(
            Person::new("Doe, J.", "j@x.example").shown(),
            "\"Doe, J.\" <j@x.example>"
        );
    }
}
