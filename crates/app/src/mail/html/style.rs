//! What is kept of a style attribute.

use std::fmt::Write as _;
use tenon_model::sabotage::{self, Saboteur};

/// Style declarations that cannot load, escape or cover anything: a list of properties, and values
/// without functions other than colours.
pub(super) fn style(value: &str) -> String {
    const PROPERTIES: &[&str] = &[
        "background-color",
        "border",
        "border-bottom",
        "border-collapse",
        "border-color",
        "border-left",
        "border-radius",
        "border-right",
        "border-spacing",
        "border-style",
        "border-top",
        "border-width",
        "color",
        "direction",
        "display",
        "font",
        "font-family",
        "font-size",
        "font-style",
        "font-weight",
        "height",
        "letter-spacing",
        "line-height",
        "list-style",
        "list-style-type",
        "margin",
        "margin-bottom",
        "margin-left",
        "margin-right",
        "margin-top",
        "max-width",
        "min-width",
        "padding",
        "padding-bottom",
        "padding-left",
        "padding-right",
        "padding-top",
        "text-align",
        "text-decoration",
        "text-indent",
        "text-transform",
        "vertical-align",
        "white-space",
        "width",
        "word-break",
    ];
    if sabotage::on(Saboteur::StylesPass) {
        return value.to_owned();
    }
    let mut out = String::new();
    for declaration in value.split(';') {
        let Some((property, value)) = declaration.split_once(':') else {
            continue;
        };
        let (property, value) = (property.trim().to_ascii_lowercase(), value.trim());
        if PROPERTIES.contains(&property.as_str()) && harmless(value) {
            let _ = write!(out, "{property}:{value};");
        }
    }
    out
}

fn harmless(value: &str) -> bool {
    let lower = value.to_ascii_lowercase();
    // A backslash or a comment could spell anything; a parenthesis is let through for colours only.
    let mut rest = lower.as_str();
    for color in ["rgba(", "rgb(", "hsla(", "hsl("] {
        rest = rest.strip_prefix(color).unwrap_or(rest);
    }
    value.len() <= 200
        && !rest.contains(['(', '\\', '<', '@', '{', '}'])
        && !lower.contains("/*")
        && !lower.contains("//")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn styles_are_kept_by_list() {
        assert_eq!(
            style("color: RGB(1,2,3); position:fixed; width:10px; behavior:url(x); background:red"),
            "color:RGB(1,2,3);width:10px;"
        );
        assert_eq!(style("color:expression(alert(1))"), "");
        assert_eq!(style("color:rgb(0,0,0) url(x)"), "");
    }
}
