//! The colours that Gmail takes for labels; any other is refused there.
//! <https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.labels#Color>

/// All of them, as `#rrggbb`.
pub const COLORS: &[&str] = &[
    "#000000", "#434343", "#666666", "#999999", "#cccccc", "#efefef", "#f3f3f3", "#ffffff",
    "#fb4c2f", "#ffad47", "#fad165", "#16a766", "#43d692", "#4a86e8", "#a479e2", "#f691b3",
    "#f6c5be", "#ffe6c7", "#fef1d1", "#b9e4d0", "#c6f3de", "#c9daf8", "#e4d7f5", "#fcdee8",
    "#efa093", "#ffd6a2", "#fce8b3", "#89d3b2", "#a0eac9", "#a4c2f4", "#d0bcf1", "#fbc8d9",
    "#e66550", "#ffbc6b", "#fcda83", "#44b984", "#68dfa9", "#6d9eeb", "#b694e8", "#f7a7c0",
    "#cc3a21", "#eaa041", "#f2c960", "#149e60", "#3dc789", "#3c78d8", "#8e63ce", "#e07798",
    "#ac2b16", "#cf8933", "#d5ae49", "#0b804b", "#2a9c68", "#285bac", "#653e9b", "#b65775",
    "#822111", "#a46a21", "#aa8831", "#076239", "#1a764d", "#1c4587", "#41236d", "#83334c",
    "#464646", "#e7e7e7", "#0d3472", "#b6cff5", "#0d3b44", "#98d7e4", "#3d188e", "#e3d7ff",
    "#711a36", "#fbd3e0", "#8a1c0a", "#f2b2a8", "#7a2e0b", "#ffc8af", "#7a4706", "#ffdeb5",
    "#594c05", "#fbe983", "#684e07", "#fdedc1", "#0b4f30", "#b3efd3", "#04502e", "#a2dcc1",
    "#c2c2c2", "#4986e7", "#2da2bb", "#b99aff", "#994a64", "#f691b2", "#ff7537", "#ffad46",
    "#662e37", "#ebdbde", "#cca6ac", "#094228", "#42d692", "#16a765",
];

/// Background and text that can be read together, as Gmail offers them.
pub const PAIRS: &[(&str, &str)] = &[
    ("#e7e7e7", "#464646"),
    ("#b6cff5", "#0d3472"),
    ("#98d7e4", "#0d3b44"),
    ("#e3d7ff", "#3d188e"),
    ("#fbd3e0", "#711a36"),
    ("#f2b2a8", "#8a1c0a"),
    ("#c2c2c2", "#000000"),
    ("#4986e7", "#000000"),
    ("#2da2bb", "#000000"),
    ("#b99aff", "#000000"),
    ("#994a64", "#ffffff"),
    ("#f691b2", "#000000"),
    ("#ff7537", "#000000"),
    ("#ffad46", "#000000"),
    ("#ebdbde", "#662e37"),
    ("#cca6ac", "#000000"),
    ("#42d692", "#094228"),
    ("#16a765", "#000000"),
    ("#b3efd3", "#0b4f30"),
    ("#a2dcc1", "#04502e"),
    ("#fdedc1", "#684e07"),
    ("#fbe983", "#594c05"),
    ("#ffdeb5", "#7a4706"),
    ("#ffc8af", "#7a2e0b"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_offered_is_taken_and_can_be_read() {
        // WCAG 2.2, 1.4.3: 4.5 to 1.
        let light = |color: &str| {
            let part = |at: usize| {
                let value = u8::from_str_radix(&color[at..at + 2], 16).unwrap();
                let c = f64::from(value) / 255.0;
                if c <= 0.039_28 {
                    c / 12.92
                } else {
                    ((c + 0.055) / 1.055).powf(2.4)
                }
            };
            0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5)
        };
        for (background, text) in PAIRS {
            assert!(COLORS.contains(background) && COLORS.contains(text));
            let (a, b) = (light(background), light(text));
            let ratio = (a.max(b) + 0.05) / (a.min(b) + 0.05);
            assert!(ratio >= 4.5, "{background} {text}: {ratio:.2}");
        }
    }
}
