use serde_json::json;

use super::*;

fn values(json: Value) -> Values {
    serde_json::from_value(json).unwrap()
}

fn why(kind: Kind, one: Value, other: Value) -> Vec<Reason> {
    let (one, other) = (values(one), values(other));
    let there = reasons(kind, &one, &other);
    assert_eq!(
        there,
        reasons(kind, &other, &one),
        "alike is alike both ways"
    );
    there
}

fn mail(address: &str) -> Value {
    json!({ "emails": [{ "address": address, "label": "" }] })
}

fn phone_of(number: &str) -> Value {
    json!({ "phones": [{ "number": number, "label": "" }] })
}

#[test]
fn addresses_numbers_and_names_are_alike_however_they_are_written() {
    use Reason as R;
    let c = Kind::Contact;
    let anna = json!({ "first_name": "Anna", "last_name": "Müller" });
    let turned = json!({ "last_name": "Anna Muller" });
    assert_eq!(why(c, mail("A@B.example"), mail("a@b.example")), [R::Email]);
    for (one, other) in [
        ("+49 171 1234567", "0171/1234567"),
        ("+1 (555) 123-4567", "555 123 4567"),
        ("0049 30 1234567", "+49301234567"),
    ] {
        assert_eq!(why(c, phone_of(one), phone_of(other)), [R::Phone], "{one}");
    }
    assert!(why(c, phone_of("12345"), phone_of("12345")).is_empty());
    assert_eq!(why(c, anna.clone(), turned), [R::Name]);
    let at =
        |company: &str| json!({ "first_name": "Anna", "last_name": "Müller", "company": company });
    assert_eq!(why(c, at("rec_a"), at("rec_a")), [R::NameAndCompany]);
    assert_eq!(why(c, at("rec_a"), anna), [R::Name]);
    assert!(why(c, at("rec_a"), at("rec_b")).is_empty());
}

#[test]
fn companies_are_alike_without_their_legal_form() {
    let k = Kind::Company;
    let of = |name: &str| json!({ "name": name });
    for (one, other) in [
        ("Acme GmbH", "ACME"),
        ("Acme S.A.", "acme sa"),
        ("Müller GmbH & Co. KG", "Muller"),
        ("Acme, Inc.", "Acme Limited"),
    ] {
        assert_eq!(why(k, of(one), of(other)), [Reason::Name], "{one}");
    }
    assert!(why(k, of("Acme Bank"), of("Acme")).is_empty());
    assert!(why(k, of("GmbH"), of("AG")).is_empty());
    let at = |domain: &str| json!({ "name": domain, "domain": domain });
    assert!(why(k, at("www.Acme.example"), at("acme.example")).contains(&Reason::Domain));
}

#[test]
fn more_reasons_leave_less_doubt() {
    use Reason as R;
    assert_eq!(score(&[]), 0);
    assert_eq!(score(&[R::Name]), 55);
    assert!(score(&[R::Name, R::Phone]) > score(&[R::Phone]));
    assert!(score(Reason::ALL) < 100);
    let deal = values(json!({ "name": "A" }));
    assert!(signs(Kind::Deal, &deal).is_empty());
}
