//! Which rows of `provider-faults` hit calls, and how often beside each other.

/// What passes by itself, and is met every day.
const COMMON: &[&str] = &[
    "A17:lost",
    "A18",
    "A20",
    "A20:429",
    "A20:html",
    "A11",
    "A11:503",
    "G3",
    "G4",
    "G5",
    "G7",
    "G11",
    "G12",
    "G13",
    "G18",
    "G19",
    "G19:503",
    "G20",
    "G21",
    "G21:429",
    "G27",
    "G30",
    "G30:409",
    "HTTP:500",
    "HTTP:503",
    "N1",
    "N3",
    "N3:body",
    "N4",
    "N4:cut",
    "N4:gzip",
    "N6",
    "N6:metadata",
    "G3:token",
];

/// What lasts, or takes something away.
const RARE: &[&str] = &[
    "A1",
    "A5",
    "A6",
    "A7",
    "A8",
    "A18:rotated",
    "A21",
    "A22",
    "A9:403",
    "G1",
    "G6",
    "G9",
    "G10",
    "G15",
    "G16",
    "G17",
    "G22",
    "G31",
    "G32",
];

/// How much more often the common ones come.
const MORE: usize = 8;

/// The rows, each as often as its share.
pub(crate) fn rows() -> Vec<String> {
    let common = COMMON
        .iter()
        .flat_map(|row| std::iter::repeat_n(*row, MORE));
    common
        .chain(RARE.iter().copied())
        .map(str::to_owned)
        .collect()
}

/// Whether after this the refresh token is good for nothing any more.
pub(crate) fn takes_the_grant(row: &str) -> bool {
    matches!(row, "A1" | "A5" | "A6" | "A18:rotated")
}
