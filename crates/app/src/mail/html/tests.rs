use super::*;

fn cleaned(html: &str) -> (String, u64) {
    sanitize(
        html,
        &Arc::new(HashMap::from([(
            "logo@x".to_owned(),
            "data:image/png;base64,AA==".to_owned(),
        )])),
    )
}

#[test]
fn h6_a_picture_named_again_and_again_does_not_fill_the_memory() {
    let picture = format!("data:image/png;base64,{}", "A".repeat(1 << 20));
    let inline = Arc::new(HashMap::from([("a".to_owned(), picture)]));
    let (out, _) = sanitize(&"<img src=\"cid:a\">".repeat(3_000), &inline);
    let shown = out.matches("data:image/png").count();
    assert!(
        (10..=16).contains(&shown) && out.len() < 18 << 20,
        "{shown}"
    );
}

#[test]
fn h1_nothing_that_runs_is_left() {
    for html in [
        "<script>alert(1)</script>x",
        "<img src=x onerror=alert(1)>x",
        "<svg onload=alert(1)><animate attributeName=href values=javascript:alert(1)></svg>x",
        "<a href=\"javascript:alert(1)\">x</a>",
        "<a href=\" jAvascript:alert(1)\">x</a>",
        "<a href=\"data:text/html,<script>alert(1)</script>\">x</a>",
        "<iframe src=https://evil.example></iframe>x",
        "<form action=https://evil.example><input name=a></form>x",
        "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>x",
        "<meta http-equiv=refresh content=\"0;url=https://evil.example\">x",
        "<base href=https://evil.example>x",
        "<object data=https://evil.example></object><embed src=https://evil.example>x",
    ] {
        let (out, _) = cleaned(html);
        let lower = out.to_lowercase();
        for bad in [
            "<script",
            "onerror",
            "onload",
            "javascript:",
            "<iframe",
            "<form",
            "<meta",
            "<base",
            "<object",
            "<embed",
            "<svg",
            "data:text",
            "evil.example",
        ] {
            assert!(!lower.contains(bad), "{html} left {bad}: {out}");
        }
        assert!(out.contains('x'), "{html} lost its text: {out}");
    }
}

#[test]
fn h2_remote_content_is_taken_out_and_counted() {
    let (out, blocked) = cleaned(
        "<img src=\"https://t.example/p.gif\"><img src=\"//t.example/q\"><img srcset=\"https://t.example/r 2x\">\
         <td background=\"https://t.example/s\"></td><div style=\"background:url(https://t.example/u);color:red\">a</div>\
         <div style=\"background-color:u\\72l(https://t.example/v)\">b</div><style>@import 'https://t.example/w'</style>",
    );
    assert!(!out.contains("t.example"), "{out}");
    assert_eq!(blocked, 2);
    assert!(out.contains("color:red"));
}

#[test]
fn h2_asked_for_images_become_numbered_places_and_nothing_else_loads() {
    let html = "<img src=\"https://t.example/p.gif\"><img src=\"//t.example/q\"><img src=\"HTTP://t.example/p\">\
                <img src=\"https://t.example/p.gif\"><img src=\"javascript:x\"><img src=\"tenon-image:w:7\">\
                <a href=\"tenon-image:w:8\">x</a><p>tenon-image:guess:9</p><div style=\"background:url(https://t.example/u)\">a</div>";
    let places = Places::new("w");
    let (out, _) = clean(html, &Inline::default(), Some(&places));
    assert_eq!(
        places.take(),
        [
            "https://t.example/p.gif",
            "https://t.example/q",
            "HTTP://t.example/p"
        ]
    );
    assert_eq!(out.matches("src=\"tenon-image:w:0\"").count(), 2, "{out}");
    assert!(out.contains("src=\"tenon-image:w:2\""), "{out}");
    for bad in ["t.example", "w:7", "w:8", "javascript"] {
        assert!(!out.contains(bad), "{bad}: {out}");
    }
}

#[test]
fn inline_images_come_from_the_message() {
    let (out, blocked) = cleaned("<img src=\"cid:logo@x\" alt=Logo><img src=\"cid:other\">");
    assert!(out.contains("src=\"data:image/png;base64,AA==\""), "{out}");
    assert_eq!(blocked, 1);
}

#[test]
fn h6_what_is_too_much_is_told() {
    for html in ["<div>".repeat(600_000), "x".repeat(MAX_BODY + 1)] {
        let content = Content {
            labels: vec![],
            headers: vec![],
            html: Some(html),
            text: None,
            parts: vec![],
            problems: vec![],
        };
        let rendered = render(&content, &Inline::default(), false, "w");
        assert_eq!(rendered.problem, Some("too_large"));
    }
}

#[test]
fn an_empty_page_says_so_and_a_title_is_no_text() {
    let (body, _) = cleaned("<title>Newsletter 42</title><p>&nbsp;</p>");
    assert!(is_blank(&body), "{body}");
    assert!(!is_blank("<p>x</p>"));
    assert!(!is_blank("<p><img src=\"data:image/png;base64,AA==\"></p>"));
}
