//! Options of choices. Their values are for good, for records hold them; their labels and colours are not.

use tenon_model::records::{COLORS, Choice, FieldType};

use super::{distinct, plain};
use crate::record_setup::{name, unlike};
use crate::{Error, Result};

/// Options of one field.
const MOST: usize = 200;
/// Characters of a value.
const LONGEST_VALUE: usize = 60;

/// An option of a choice.
#[derive(Debug, Clone)]
pub struct NewOption {
    /// What is stored; made from the label without one.
    pub value: Option<String>,
    /// What people read.
    pub label: String,
    /// A number of the palette.
    pub color: Option<u8>,
}

/// The options that a field has from now on, after those that it `had`. A new one never gets the value of
/// one that the field had and has no longer, unless it asks for that.
pub(super) fn check(ty: FieldType, options: &[NewOption], had: &[Choice]) -> Result<Vec<Choice>> {
    if !ty.has_options() {
        return match options {
            [] => Ok(Vec::new()),
            _ => Err(Error::field(
                "options",
                "are for fields of type choice or choices",
            )),
        };
    }
    if options.is_empty() || options.len() > MOST {
        return Err(Error::field("options", "must be 1 to 200"));
    }
    let mut out: Vec<Choice> = Vec::with_capacity(options.len());
    let given: Vec<&str> = options.iter().filter_map(|o| o.value.as_deref()).collect();
    for (i, option) in options.iter().enumerate() {
        let at = |part: &str| format!("options[{i}].{part}");
        let label = name(&at("label"), &option.label)?;
        let labels = out.iter().filter_map(|o| o.label.as_deref());
        unlike(&at("label"), &label, labels)?;
        if option.color.is_some_and(|c| c >= COLORS) {
            return Err(Error::field(&at("color"), "must be from 0 to 15"));
        }
        let taken = |value: &str| out.iter().any(|o| o.value == value);
        let value = match &option.value {
            Some(value) => {
                sound(&at("value"), value)?;
                if taken(value) {
                    return Err(Error::field(&at("value"), "stands there twice"));
                }
                value.clone()
            }
            None => distinct(&plain(&label, "option"), |v| {
                taken(v) || given.contains(&v) || had.iter().any(|o| o.value == v)
            }),
        };
        out.push(Choice {
            value,
            label: Some(label),
            color: option.color,
        });
    }
    Ok(out)
}

fn sound(field: &str, value: &str) -> Result<()> {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_';
    if !value.is_empty() && value.len() <= LONGEST_VALUE && value.bytes().all(plain) {
        return Ok(());
    }
    Err(Error::field(
        field,
        "must have 1 to 60 small letters, digits or underscores",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn option(value: Option<&str>, label: &str) -> NewOption {
        NewOption {
            value: value.map(str::to_owned),
            label: label.to_owned(),
            color: None,
        }
    }

    fn values(options: &[NewOption], had: &[Choice]) -> Vec<String> {
        let checked = check(FieldType::Choice, options, had).unwrap();
        checked.into_iter().map(|o| o.value).collect()
    }

    #[test]
    fn values_stay_and_new_ones_are_made() {
        let first = check(
            FieldType::Choice,
            &[option(None, "Red"), option(None, "Blue")],
            &[],
        );
        let first = first.unwrap();
        let next = [
            option(Some("red"), "Crimson"),
            option(None, "Red"),
            option(None, "Blue"),
        ];
        assert_eq!(values(&next, &first), ["red", "red_2", "blue_2"]);
        assert_eq!(values(&[option(Some("blue"), "Blue")], &first), ["blue"]);
    }

    #[test]
    fn what_makes_no_options_is_refused() {
        let colored = NewOption {
            color: Some(COLORS),
            ..option(None, "A")
        };
        for options in [
            vec![],
            vec![option(None, " ")],
            vec![option(None, "A"), option(None, "Á")],
            vec![option(Some("a"), "A"), option(Some("a"), "B")],
            vec![option(Some("A b"), "A")],
            vec![colored],
        ] {
            assert!(
                check(FieldType::Choices, &options, &[]).is_err(),
                "{options:?}"
            );
        }
        assert!(check(FieldType::Text, &[option(None, "A")], &[]).is_err());
    }
}
