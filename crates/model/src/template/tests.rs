use super::*;

fn variables() -> Variables {
    let mut v = Variables::default();
    v.set("contact", "first_name", Some("Ana"));
    v.set("contact", "last_name", Some("O'Neill <b>\"&"));
    v.set("contact", "title", None);
    v.set("company", "name", Some("   "));
    v.set("me", "name", Some("Camille\nNord"));
    v
}

fn template(subject: &str, html: &str) -> Template {
    Template {
        subject: subject.to_owned(),
        html: html.to_owned(),
    }
}

fn html(source: &str) -> Result<String, TemplateError> {
    template("", source).render(&variables()).map(|f| f.html)
}

#[test]
fn values_are_filled_in_and_escaped_where_they_stand() {
    let filled = template(
        "For {{ contact.first_name }} {{ contact.last_name }} from {{ me.name }}",
        "<p>Dear {{ contact.first_name | upper }} {{ contact.last_name }}</p>",
    )
    .render(&variables())
    .unwrap();
    assert_eq!(filled.subject, "For Ana O'Neill <b>\"& from Camille Nord");
    assert_eq!(
        filled.html,
        "<p>Dear ANA O&#x27;Neill &lt;b&gt;&quot;&amp;</p>"
    );
    assert!(filled.missing.is_empty());
}

#[test]
fn what_an_editor_wrote_between_braces_is_read_as_it_was_meant() {
    let source = "<p>{{&nbsp;contact.title | default(&quot;R&amp;D &lt;you&gt;&quot;) }}</p>";
    assert_eq!(html(source).unwrap(), "<p>R&amp;D &lt;you&gt;</p>");
    let formatted = html("<p>{{ contact.<b>title</b> }}</p>").unwrap_err();
    assert_eq!(
        formatted.to_string(),
        "html: there is formatting between the braces"
    );
}

#[test]
fn every_unknown_variable_is_told_at_once_with_a_fallback_too() {
    let wrong = template(
        "{{ contact.frist_name }} {{ contact.first_name }}",
        r#"{{ contact.nick | default("you") }} {{ name }} {{ contact }} {% if deal.amount %}x{% endif %}"#,
    );
    let names = [
        "contact",
        "contact.frist_name",
        "contact.nick",
        "deal.amount",
        "name",
    ];
    let unknown = TemplateError::Unknown(names.map(str::to_owned).to_vec());
    assert_eq!(wrong.check(&variables()).unwrap_err(), unknown);
    assert_eq!(wrong.render(&variables()).unwrap_err(), unknown);
    assert_eq!(wrong.preview(&variables()).unwrap_err(), unknown);
}

#[test]
fn no_hole_is_ever_left() {
    for source in [
        "{{ contact.title }}",
        "{{ contact.title | upper }}",
        r#"{{ "Dear " ~ contact.title }}"#,
        "{% set x = contact.title %}{{ x | trim }}",
        "{% if not contact.title %}{{ contact.title | capitalize }}{% endif %}",
        "{{ [contact.title][0] }}",
    ] {
        let missing = TemplateError::Missing(vec!["contact.title".to_owned()]);
        assert_eq!(html(source).unwrap_err(), missing, "{source}");
    }
    let both = template("{{ company.name }}", "{{ contact.title }}");
    let missing = ["company.name", "contact.title"]
        .map(str::to_owned)
        .to_vec();
    assert_eq!(
        both.render(&variables()).unwrap_err(),
        TemplateError::Missing(missing.clone())
    );
    let shown = both.preview(&variables()).unwrap();
    assert_eq!(
        (shown.subject.as_str(), shown.html.as_str(), &shown.missing),
        ("{{ company.name }}", "{{ contact.title }}", &missing)
    );
}

#[test]
fn fallbacks_and_conditions_fill_what_is_missing() {
    assert_eq!(
        html(r#"{{ contact.title | default("Sir") }}"#).unwrap(),
        "Sir"
    );
    assert_eq!(
        html(r#"{{ company.name | default("you") }}"#).unwrap(),
        "you"
    );
    assert_eq!(
        html(r#"{{ contact.first_name | default("you") }}"#).unwrap(),
        "Ana"
    );
    assert_eq!(
        html("{% if contact.title %}{{ contact.title }} {% endif %}{{ contact.first_name }}")
            .unwrap(),
        "Ana"
    );
}

#[test]
fn marks_in_values_are_taken_out() {
    let mut v = variables();
    v.set("contact", "title", Some("\u{fdd0}contact.secret\u{fdd1}"));
    let filled = template("", "{{ contact.title }}").render(&v).unwrap();
    assert_eq!(filled.html, "contact.secret");
}

#[test]
fn what_is_not_understood_says_where_and_what() {
    for (source, said) in [
        ("{{ contact.first_name", "html: "),
        ("{% if contact.title %}", "html: "),
        ("{{ contact.first_name | shout }}", "html: "),
        ("{% include 'x' %}", "html: "),
    ] {
        let error = html(source).unwrap_err().to_string();
        assert!(error.starts_with(said), "{source}: {error}");
        assert!(!error.contains("Ana"), "{source}: {error}");
    }
}

#[test]
fn bombs_are_stopped() {
    for source in [
        "{% for a in [1,2,3,4,5,6,7,8] %}{% for b in [1,2,3,4,5,6,7,8] %}{% for c in [1,2,3,4,5,6,7,8] %}{% for d in [1,2,3,4,5,6,7,8] %}{% for e in [1,2,3,4,5,6,7,8] %}x{% endfor %}{% endfor %}{% endfor %}{% endfor %}{% endfor %}",
        r#"{% set x = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" * 1000000000 %}{{ x }}"#,
        r#"{{ "a" * 100000000 }}"#,
    ] {
        assert!(html(source).is_err(), "{source}");
    }
    let mut doubled = String::from(r#"{% set x = "aaaaaaaaaaaaaaaa" %}"#);
    for _ in 0..40 {
        doubled.push_str("{% set x = x ~ x %}");
    }
    doubled.push_str("{{ x }}");
    assert_eq!(html(&doubled).unwrap_err(), TemplateError::TooMuch);
    let deep = "{{ ".to_owned() + &"(".repeat(5_000) + "1" + &")".repeat(5_000) + " }}";
    assert!(html(&deep).is_err());
}
