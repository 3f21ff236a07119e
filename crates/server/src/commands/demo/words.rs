//! What the sample data of the demo says. Nobody and nothing in it is real.

use tenon_model::member::Role;

/// Alice's colleagues: name, role.
pub(super) const COLLEAGUES: [(&str, Role); 11] = [
    ("Bruno Keller", Role::Admin),
    ("Chiara Rossi", Role::Member),
    ("Dmitri Sorel", Role::Member),
    ("Esther Vogel", Role::Member),
    ("Farid Benali", Role::Member),
    ("Greta Lindholm", Role::Member),
    ("Hugo Delmas", Role::Member),
    ("Ines Cardoso", Role::Member),
    ("Jakub Nowicki", Role::Member),
    ("Klara Winter", Role::Member),
    ("Luc Tremblay", Role::Viewer),
];

pub(super) const INDUSTRIES: [&str; 10] = [
    "Manufacturing",
    "Wholesale",
    "Logistics",
    "Hospitality",
    "Software",
    "Health",
    "Furniture",
    "Hotels",
    "Packaging",
    "Instruments",
];

pub(super) const SEGMENTS: [&str; 3] = ["Small", "Medium", "Large"];

/// What is sold.
pub(super) const OFFERS: [&str; 8] = [
    "Online shop",
    "Maintenance contract",
    "Stock system",
    "Staff training",
    "New website",
    "Customer portal",
    "Data migration",
    "Support package",
];

pub(super) const LOST: [&str; 5] = [
    "Price was too high",
    "Chose another supplier",
    "No budget this year",
    "Project was stopped",
    "No answer any more",
];

pub(super) const CASES: [&str; 15] = [
    "Invoice shows the wrong address",
    "Cannot sign in since Monday",
    "Export stops at row 500",
    "Delivery note is missing",
    "Prices are shown without tax",
    "Order was sent twice",
    "Photos do not load",
    "Question about the contract",
    "Report comes out empty",
    "Please change our bank details",
    "Search finds nothing in French",
    "Two users share one account",
    "Slow on Friday afternoons",
    "Wrong currency on a quote",
    "Training material is out of date",
];

pub(super) const CARDS: [&str; 12] = [
    "Book the stand",
    "Print leaflets",
    "Invite customers",
    "Choose the hotel",
    "Prepare the demo laptop",
    "Order badges",
    "Write the press note",
    "Plan the evening",
    "Ship the banners",
    "Train the team",
    "Collect the leads",
    "Say thank you",
];

pub(super) const TASKS: [&str; 10] = [
    "Send the offer to",
    "Call back",
    "Ask for the signed contract of",
    "Prepare the meeting with",
    "Check the invoice of",
    "Send references to",
    "Update the address of",
    "Plan the training for",
    "Ask how it went at",
    "Thank",
];

pub(super) const OUTCOMES: [&str; 6] = [
    "They want an offer by the end of the month.",
    "They will talk to their management first.",
    "Agreed on the next steps; offer follows.",
    "Nobody answered; trying again next week.",
    "They are happy and want to extend.",
    "Two questions are open, see the note.",
];

pub(super) const NOTES: [&str; 8] = [
    "Prefers to be called in the morning.",
    "Decides together with the finance manager.",
    "Met at the trade fair; asked for a price list.",
    "Their contract with the present supplier ends in spring.",
    "Budget is about twenty percent lower than last year.",
    "Wants everything in writing before the meeting.",
    "Has moved offices; the new address is in the last mail.",
    "Recommended us to a neighbour in the same street.",
];
