use super::super::header::base64;
use super::*;
use ::base64::Engine;
use ::base64::engine::general_purpose::URL_SAFE;
use proptest::prelude::*;
use serde_json::{Value, json};

fn text_part(mime: &str, text: &str) -> Value {
    json!({"mimeType": mime, "filename": "", "headers": [{"name": "Content-Type", "value": format!("{mime}; charset=\"UTF-8\"")}],
        "body": {"size": text.len(), "data": URL_SAFE.encode(text)}})
}

fn file(name: &str, mime: &str, headers: &Value) -> Value {
    json!({"mimeType": mime, "filename": name, "headers": headers, "body": {"size": 9, "attachmentId": "xyz"}})
}

fn multi(kind: &str, parts: &[Value]) -> Value {
    json!({"mimeType": format!("multipart/{kind}"), "filename": "", "body": {"size": 0}, "parts": parts})
}

/// (html, text, ids of parts, problems)
fn open(
    root: &Value,
) -> (
    Option<String>,
    Option<String>,
    Vec<String>,
    Vec<&'static str>,
) {
    let json = root.to_string();
    let part: wire::Part<'_> = wire::read(json.as_bytes()).unwrap();
    let tree = walk(&part);
    let bodies: Vec<_> = tree
        .bodies
        .iter()
        .map(|b| b.with_text(text(&base64(b.data.as_bytes()), b.charset.as_deref()).0))
        .collect();
    let (html, plain) = assemble(&bodies);
    for part_found in &tree.parts {
        let path = parse_path(&part_found.id).unwrap();
        assert!(find(&part, &path).is_some(), "{}", part_found.id);
    }
    let ids = tree
        .parts
        .iter()
        .map(|p| format!("{} {} {}", p.id, p.name, p.inline))
        .collect();
    (html, plain, ids, tree.problems)
}

#[test]
fn the_usual_shapes() {
    let (html, plain, parts, _) = open(&text_part("text/plain", "hi é"));
    assert_eq!(
        (html, plain.as_deref(), parts.len()),
        (None, Some("hi é"), 0)
    );

    let alternative = multi(
        "alternative",
        &[
            text_part("text/plain", "t"),
            text_part("text/html", "<b>h</b>"),
        ],
    );
    let related = multi(
        "related",
        &[
            alternative,
            file(
                "",
                "image/png",
                &json!([{"name": "Content-ID", "value": "<c1>"}]),
            ),
        ],
    );
    let mixed = multi(
        "mixed",
        &[related, file("a.pdf", "application/pdf", &json!([]))],
    );
    let (html, plain, parts, problems) = open(&mixed);
    assert_eq!(
        (html.as_deref(), plain.as_deref()),
        (Some("<b>h</b>"), Some("t"))
    );
    assert_eq!(parts, ["1.2  true", "2 a.pdf false"]);
    assert!(problems.is_empty());
}

#[test]
fn html_in_pieces_and_a_footer_of_the_list() {
    let mixed = multi(
        "mixed",
        &[
            multi(
                "alternative",
                &[
                    text_part("text/plain", "t"),
                    text_part("text/html", "<i>h</i>"),
                ],
            ),
            text_part("text/plain", "-- \nlist & <co>"),
            text_part("text/html", "<i>more</i>"),
        ],
    );
    let (html, plain, ..) = open(&mixed);
    assert_eq!(
        html.as_deref(),
        Some(
            "<i>h</i>\n<div style=\"white-space:pre-wrap\">-- \nlist &amp; &lt;co&gt;</div>\n<i>more</i>"
        )
    );
    assert_eq!(plain.as_deref(), Some("t\n-- \nlist & <co>"));
}

#[test]
fn attached_text_and_mail_are_no_bodies() {
    let mail = json!({"mimeType": "message/rfc822", "filename": "fwd.eml", "body": {"attachmentId": "m", "size": 5},
        "parts": [text_part("text/plain", "inner")]});
    let attached = json!({"mimeType": "text/plain", "filename": "notes.txt", "body": {"attachmentId": "x", "size": 1}});
    let (html, plain, parts, _) = open(&multi(
        "mixed",
        &[text_part("text/plain", "outer"), mail, attached],
    ));
    assert_eq!((html, plain.as_deref()), (None, Some("outer")));
    assert_eq!(parts, ["2 fwd.eml false", "3 notes.txt false"]);
}

#[test]
fn an_attachment_may_be_the_whole_message() {
    let (_, plain, parts, _) = open(&file("a.pdf", "application/pdf", &json!([])));
    assert_eq!((plain, parts), (None, vec!["1 a.pdf false".to_owned()]));
}

#[test]
fn charsets_declared_guessed_and_unknown() {
    assert_eq!(
        text("é".as_bytes(), Some("iso-8859-1")),
        ("é".to_owned(), None),
        "Gmail had decoded it"
    );
    assert_eq!(text(b"\xe9", Some("iso-8859-1")), ("é".to_owned(), None));
    assert_eq!(
        text(b"\xe9", None),
        ("é".to_owned(), Some("charset_guessed"))
    );
    assert_eq!(
        text(b"\xe9", Some("x-none")),
        ("é".to_owned(), Some("charset_unknown"))
    );
    assert_eq!(
        text(b"\x1b$B%F%9%H\x1b(B", Some("ISO-2022-JP")),
        ("テスト".to_owned(), None)
    );
    assert_eq!(text(b"h\0i\0", Some("utf-16le")), ("hi".to_owned(), None));
    assert_eq!(
        text("\u{feff}hi".as_bytes(), Some("utf-8")),
        ("hi".to_owned(), None)
    );
    assert_eq!(text(&vec![b'a'; MAX_TEXT + 1], None).1, Some("body_cut"));
}

#[test]
fn a_tree_without_end_is_cut() {
    let mut tree = text_part("text/plain", "deep");
    for _ in 0..45 {
        tree = multi("mixed", &[tree]);
    }
    assert_eq!(open(&tree).3, ["too_deep"]);
    let wide: Vec<_> = (0..1_200)
        .map(|_| file("a", "image/png", &json!([])))
        .collect();
    assert_eq!(open(&multi("mixed", &wide)).3, ["too_many_parts"]);
}

#[test]
fn paths_are_read_strictly() {
    assert_eq!(parse_path("1.12.3"), Some(vec![1, 12, 3]));
    for bad in [
        "",
        "0",
        "1.",
        ".1",
        "a",
        "1.0",
        "-1",
        "99999999999999999999",
        "1 ",
        &["1"; 60].join("."),
    ] {
        assert_eq!(parse_path(bad), None, "{bad}");
    }
}

fn any_part() -> impl Strategy<Value = Value> {
    let leaf = (0usize..6, "[a-z]{0,3}").prop_map(|(n, name)| {
        let mime = [
            "text/plain",
            "text/html",
            "image/png",
            "",
            "message/rfc822",
            "multipart/x",
        ][n];
        json!({"mimeType": mime, "filename": name, "body": {"size": 3, "data": "YWJj"}})
    });
    leaf.prop_recursive(6, 60, 5, |inner| {
        (
            prop::collection::vec(inner, 0..5),
            prop_oneof!["mixed", "alternative", "related"],
        )
            .prop_map(|(p, k)| multi(&k, &p))
    })
}

proptest! {
    #[test]
    fn every_listed_part_is_found_again(tree in any_part()) {
        open(&tree);
    }
}

#[test]
fn a_multipart_that_lost_its_boundaries_shows_its_text() {
    let lost = json!({"mimeType": "multipart/mixed", "filename": "", "headers": [],
        "body": {"size": 5, "data": URL_SAFE.encode("Hello")}});
    let (html, plain, parts, problems) = open(&lost);
    assert_eq!((html, plain.as_deref()), (None, Some("Hello")));
    assert!(parts.is_empty() && problems.is_empty());
    let inside = multi(
        "mixed",
        &[lost, file("a.pdf", "application/pdf", &json!([]))],
    );
    let (_, plain, parts, _) = open(&inside);
    assert_eq!(plain.as_deref(), Some("Hello"));
    assert_eq!(parts, ["2 a.pdf false"]);
}

#[test]
fn texts_that_are_no_body_are_offered_unless_they_repeat_it() {
    let amp = text_part("text/x-amp-html", "<amp>");
    let invite = text_part("text/calendar", "BEGIN:VCALENDAR");
    let mail = multi(
        "alternative",
        &[text_part("text/plain", "Hi"), amp.clone(), invite.clone()],
    );
    let (_, plain, parts, problems) = open(&mail);
    assert_eq!(plain.as_deref(), Some("Hi"));
    assert_eq!(parts, ["3  false"], "the invitation stays");
    assert!(problems.is_empty());
    // Alone they are all there is.
    for lone in [
        amp.clone(),
        invite,
        text_part("text/x-diff", "+a"),
        multi("alternative", &[amp]),
    ] {
        let (html, plain, parts, _) = open(&lone);
        assert_eq!(
            (html, plain, parts),
            (None, None, vec!["1  false".to_owned()]),
            "{lone}"
        );
    }
}
