//! What is in the generated drives: the papers of people who sell, about the companies that write to them.

use super::{File, text_id};
use crate::generate::correspondents::correspondents;
use crate::generate::rng::Rng;

/// Files in all.
const COUNT: usize = 66;

const DOCUMENT: &str = "application/vnd.google-apps.document";
const SHEET: &str = "application/vnd.google-apps.spreadsheet";
const SLIDES: &str = "application/vnd.google-apps.presentation";
const PDF: &str = "application/pdf";
const WORD: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
const EXCEL: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
const JPEG: &str = "image/jpeg";

/// Name with the company in it, type.
const ENGLISH: &[(&str, &str)] = &[
    ("Proposal {}", DOCUMENT),
    ("{} – frame contract.pdf", PDF),
    ("{} – prices and volumes", SHEET),
    ("Kick-off with {}", SLIDES),
    ("Minutes {} – site visit", DOCUMENT),
    ("Statement of work {}.docx", WORD),
    ("{} – delivery plan.xlsx", EXCEL),
    ("{} – photos of the warehouse.jpg", JPEG),
];
const FRENCH: &[(&str, &str)] = &[
    ("Proposition {}", DOCUMENT),
    ("{} – contrat cadre.pdf", PDF),
    ("{} – prix et volumes", SHEET),
    ("Lancement {}", SLIDES),
    ("Compte rendu {} – visite du site", DOCUMENT),
    ("Cahier des charges {}.docx", WORD),
    ("{} – plan de livraison.xlsx", EXCEL),
    ("{} – photos de l’entrepôt.jpg", JPEG),
];

pub(super) fn generate(rng: &mut Rng, accounts: usize, shared: &str, now: i64) -> Vec<File> {
    const DAY: u64 = 86_400;
    let companies = correspondents();
    let file = |n: usize| {
        let company = &companies[n % companies.len()];
        let kinds = if company.french { FRENCH } else { ENGLISH };
        let (name, mime_type) = kinds[(n / companies.len() + n) % kinds.len()];
        let age = rng.below(300 * DAY) as i64;
        let in_drive = n % 6 == 5;
        let owner = n % accounts;
        File {
            id: format!("1{}", text_id(rng, 32)),
            name: name.replace("{}", company.company),
            mime_type: mime_type.to_owned(),
            owner: (!in_drive).then_some(owner),
            drive: in_drive.then(|| shared.to_owned()),
            shared_with: if n.is_multiple_of(3) && !in_drive {
                (0..accounts).filter(|a| *a != owner).collect()
            } else {
                Vec::new()
            },
            created: now - age - 30 * DAY as i64,
            modified: now - age,
            trashed: false,
            deleted: false,
        }
    };
    (0..COUNT).map(file).collect()
}
