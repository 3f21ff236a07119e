//! The pages a person sees: choose an account, allow, or an error. Plain HTML forms, no scripts.

#![expect(
    clippy::format_push_string,
    clippy::format_collect,
    reason = "reads best, and speed does not matter here"
)]

use crate::config::Account;
use crate::wire::text::html_escape as esc;

const STYLE: &str = "
:root{color-scheme:light dark;--bg:#f0f4f9;--card:#fff;--ink:#1f1f1f;--soft:#5f6368;--line:#dadce0;--blue:#0b57d0;--on:#fff;--note:#e8f0fe}
@media(prefers-color-scheme:dark){:root{--bg:#1e1f20;--card:#0e0e0e;--ink:#e3e3e3;--soft:#a8abb0;--line:#3c4043;--blue:#a8c7fa;--on:#062e6f;--note:#1f2a3d}}
*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;align-items:center;justify-content:center;padding:24px;background:var(--bg);color:var(--ink);
font:16px/1.5 'Google Sans',Roboto,system-ui,-apple-system,'Segoe UI',sans-serif}
main{width:100%;max-width:560px;background:var(--card);border-radius:28px;padding:36px;border:1px solid var(--line)}
h1{font-size:28px;line-height:1.25;font-weight:400;margin:16px 0 8px}
p{margin:8px 0;color:var(--soft)}
b{font-weight:600;color:var(--ink)}
.note{background:var(--note);color:var(--ink);border-radius:12px;padding:8px 14px;font-size:13px;margin:0 0 8px}
ul{list-style:none;margin:20px 0;padding:0;border-top:1px solid var(--line)}
li{border-bottom:1px solid var(--line)}
.row{display:flex;gap:14px;align-items:center;padding:14px 6px;color:inherit;text-decoration:none;width:100%}
label.row{cursor:pointer}
a.row:hover,label.row:hover{background:var(--note)}
.row small{display:block;color:var(--soft);font-size:13px;overflow-wrap:anywhere}
.face{flex:none;width:36px;height:36px;border-radius:50%;background:var(--blue);color:var(--on);display:grid;place-items:center;font-weight:600}
input[type=checkbox]{flex:none;width:20px;height:20px;accent-color:var(--blue)}
.chip{display:inline-flex;gap:8px;align-items:center;border:1px solid var(--line);border-radius:999px;padding:4px 14px 4px 4px;font-size:14px}
.chip .face{width:24px;height:24px;font-size:12px}
.act{display:flex;justify-content:flex-end;gap:12px;margin-top:24px}
button{font:inherit;font-weight:500;border-radius:999px;padding:10px 24px;border:1px solid var(--line);background:none;color:var(--blue);cursor:pointer}
button.main{background:var(--blue);color:var(--on);border-color:var(--blue)}
button:focus-visible,a:focus-visible,input:focus-visible{outline:3px solid var(--blue);outline-offset:2px}
";

fn page(title: &str, inside: &str) -> String {
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width,initial-scale=1\"><meta name=\"referrer\" content=\"no-referrer\">\
         <title>{}</title><style>{STYLE}</style></head><body><main>\
         <p class=\"note\">Sandbox: this is not Google. Nothing you allow here leaves this machine.</p>{inside}</main></body></html>",
        esc(title)
    )
}

fn face(account: &Account) -> String {
    let letter = account
        .name
        .chars()
        .next()
        .unwrap_or('?')
        .to_uppercase()
        .to_string();
    format!(
        "<span class=\"face\" aria-hidden=\"true\">{}</span>",
        esc(&letter)
    )
}

/// `tenon-demo` as a person reads it: `Tenon Demo`.
fn app_name(client_id: &str) -> String {
    let words: Vec<String> = client_id
        .split(['-', '_', '.'])
        .filter(|w| !w.is_empty())
        .map(|w| {
            let mut letters = w.chars();
            letters
                .next()
                .map(|c| c.to_uppercase().chain(letters).collect())
                .unwrap_or_default()
        })
        .collect();
    words.join(" ")
}

/// The account chooser; each entry is this request again with the account chosen.
pub(super) fn choose(client_id: &str, query: &str, accounts: &[Account]) -> String {
    let kept: Vec<(String, String)> = crate::wire::text::pairs(query)
        .filter(|(k, _)| k != "login_hint" && k != "chosen")
        .map(|(k, v)| (k.into(), v.into()))
        .collect();
    let mut rows = String::new();
    for account in accounts {
        let link = url::form_urlencoded::Serializer::new(String::new())
            .extend_pairs(&kept)
            .append_pair("login_hint", &account.email)
            .append_pair("chosen", "1")
            .finish();
        rows.push_str(&format!(
            "<li><a class=\"row\" href=\"/o/oauth2/v2/auth?{}\">{}<span>{}<small>{}</small></span></a></li>",
            esc(&link),
            face(account),
            esc(&account.name),
            esc(&account.email)
        ));
    }
    let app = esc(&app_name(client_id));
    page(
        "Choose an account",
        &format!("<h1>Choose an account</h1><p>to continue to <b>{app}</b></p><ul>{rows}</ul>"),
    )
}

/// One scope on the consent page.
pub(super) struct Wish<'s> {
    pub(super) scope: &'s str,
    pub(super) text: &'static str,
    /// False for sign-in scopes, which have no box.
    pub(super) optional: bool,
}

/// The consent page. `fields` go into hidden inputs, so that a script can post the form as it stands.
pub(super) fn consent(
    client_id: &str,
    account: &Account,
    wishes: &[Wish<'_>],
    fields: &[(&str, &str)],
) -> String {
    let hidden = hidden(fields);
    let mut boxes = String::new();
    let mut signs = String::new();
    for (i, wish) in wishes.iter().enumerate() {
        if wish.optional {
            boxes.push_str(&format!(
                "<li><label class=\"row\"><input type=\"checkbox\" name=\"grant.{i}\" value=\"{}\" checked>\
                 <span>{}<small>{}</small></span></label></li>",
                esc(wish.scope),
                esc(wish.text),
                esc(wish.scope)
            ));
        } else if !wish.text.is_empty() {
            signs.push_str(&format!(
                "<li><span class=\"row\"><span>{}</span></span></li>",
                esc(wish.text)
            ));
        }
    }
    let app = esc(&app_name(client_id));
    let head = format!(
        "<h1>{app} wants access to your Google Account</h1><p><span class=\"chip\">{}<span>{}</span></span></p>",
        face(account),
        esc(&account.email)
    );
    let ask = if boxes.is_empty() {
        format!("<p>Google will allow <b>{app}</b> to sign you in.</p><ul>{signs}</ul>")
    } else {
        format!("<p>Select what <b>{app}</b> can access</p><ul>{signs}{boxes}</ul>")
    };
    page(
        "Allow access",
        &format!(
            "{head}<form id=\"allow\" method=\"post\" action=\"/o/oauth2/v2/auth\">{hidden}\
             <input type=\"hidden\" name=\"account\" value=\"{email}\">{ask}\
             <p>You can always see or remove access in your Google Account.</p>\
             <div class=\"act\"><button type=\"submit\" form=\"cancel\">Cancel</button>\
             <button class=\"main\" type=\"submit\" name=\"decision\" value=\"allow\">Allow</button></div></form>\
             <form id=\"cancel\" method=\"post\" action=\"/o/oauth2/v2/auth\">{hidden}\
             <input type=\"hidden\" name=\"decision\" value=\"deny\"></form>",
            email = esc(&account.email)
        ),
    )
}

/// The page on which files are chosen.
pub(super) fn picker(
    client_id: &str,
    account: &Account,
    files: &[(String, String)],
    many: bool,
    fields: &[(&str, &str)],
) -> String {
    let hidden = hidden(fields);
    let kind = if many { "checkbox" } else { "radio" };
    let mut rows = String::new();
    for (i, (id, name)) in files.iter().enumerate() {
        let n = if many { i } else { 0 };
        rows.push_str(&format!(
            "<li><label class=\"row\"><input type=\"{kind}\" name=\"pick.{n}\" value=\"{}\"><span>{}</span></label></li>",
            esc(id),
            esc(name)
        ));
    }
    let app = esc(&app_name(client_id));
    let email = esc(&account.email);
    page(
        "Select files",
        &format!(
            "<h1>Select files</h1><p><span class=\"chip\">{}<span>{email}</span></span></p>\
             <p><b>{app}</b> will see and change only the files that you select.</p>\
             <form id=\"pick\" method=\"post\" action=\"/o/oauth2/v2/auth\">{hidden}\
             <input type=\"hidden\" name=\"account\" value=\"{email}\"><ul>{rows}</ul>\
             <div class=\"act\"><button type=\"submit\" form=\"cancel\">Cancel</button>\
             <button class=\"main\" type=\"submit\" name=\"decision\" value=\"allow\">Select</button></div></form>\
             <form id=\"cancel\" method=\"post\" action=\"/o/oauth2/v2/auth\">{hidden}\
             <input type=\"hidden\" name=\"account\" value=\"{email}\">\
             <input type=\"hidden\" name=\"decision\" value=\"allow\"></form>",
            face(account)
        ),
    )
}

fn hidden(fields: &[(&str, &str)]) -> String {
    fields
        .iter()
        .map(|(name, value)| {
            format!(
                "<input type=\"hidden\" name=\"{}\" value=\"{}\">",
                esc(name),
                esc(value)
            )
        })
        .collect()
}

/// An error that must not go back to the application: Google shows it to the person.
pub(super) fn error(code: u16, name: &str, text: &str) -> String {
    page(
        "Error",
        &format!(
            "<h1>Access blocked: authorisation error</h1><p>{}</p><p><b>Error {code}: {}</b></p>",
            esc(text),
            esc(name)
        ),
    )
}
