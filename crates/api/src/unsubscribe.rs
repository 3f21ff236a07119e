//! `/u/{token}`: the page behind *unsubscribe*, for people without an account (RFC 8058). `GET` shows and changes nothing,
//! for scanners of mail open every link; `POST`, from the page's button or from a mail program's own, does it. No cookie,
//! no redirect, no script.

use axum::Router;
use axum::extract::{Path, State};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use http::{HeaderMap, StatusCode, header};
use tenon_app::Error;
use tenon_app::suppressions::{Unsubscribing, unsubscribe, unsubscribing};
use tenon_model::policy::Locale;
use tenon_model::sabotage::{self, Saboteur};

use crate::Api;
use crate::problem::Problem;

pub(crate) fn routes() -> Router<Api> {
    Router::new().route("/u/{token}", get(show).post(take))
}

async fn show(State(api): State<Api>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    let found = if sabotage::on(Saboteur::UnsubscribedByGet) {
        unsubscribe(&api.ctx, &token).await
    } else {
        unsubscribing(&api.ctx, &token).await
    };
    answer(found, &headers, false)
}

/// Whatever is in the body: the address says who it is.
async fn take(State(api): State<Api>, Path(token): Path<String>, headers: HeaderMap) -> Response {
    // A task of its own: it goes on to the end when the other side goes away.
    let ctx = api.ctx.clone();
    let done = tokio::spawn(async move { unsubscribe(&ctx, &token).await }).await;
    match done {
        Ok(found) => answer(found, &headers, true),
        Err(_) => Problem::internal().into_response(),
    }
}

fn answer(found: Result<Unsubscribing, Error>, headers: &HeaderMap, asked: bool) -> Response {
    let locale = locale(headers);
    let (status, words) = match &found {
        Ok(of) if of.test => (StatusCode::OK, test(locale)),
        Ok(of) if of.done || asked => (StatusCode::OK, done(locale, of)),
        Ok(of) => (StatusCode::OK, question(locale, of)),
        Err(Error::NotFound(_)) => (StatusCode::NOT_FOUND, unknown(locale)),
        Err(_) => match found {
            Err(e) => return Problem::from(e).into_response(),
            Ok(_) => return Problem::internal().into_response(),
        },
    };
    let html = page(locale, &words);
    let kind = (header::CONTENT_TYPE, "text/html; charset=utf-8");
    (status, [kind], html).into_response()
}

/// What a page says.
struct Words {
    title: &'static str,
    text: String,
    /// The button, if there is one.
    button: Option<&'static str>,
}

fn locale(headers: &HeaderMap) -> Locale {
    let wanted = headers.get(header::ACCEPT_LANGUAGE);
    wanted
        .and_then(|v| v.to_str().ok())
        .map_or(Locale::En, Locale::parse)
}

fn question(l: Locale, of: &Unsubscribing) -> Words {
    let (address, name) = (escape(&of.address), escape(&of.workspace));
    Words {
        title: l.of("Unsubscribe", "Se désinscrire"),
        text: match l {
            Locale::En => format!(
                "{name} will send no more messages that go to many people to <b>{address}</b>. \
                 What somebody there writes to you alone still arrives."
            ),
            Locale::Fr => format!(
                "{name} n’enverra plus à <b>{address}</b> de messages adressés à plusieurs personnes. \
                 Ce qu’une personne vous écrit à vous seul arrivera toujours."
            ),
        },
        button: Some(l.of("Unsubscribe", "Se désinscrire")),
    }
}

fn done(l: Locale, of: &Unsubscribing) -> Words {
    let address = escape(&of.address);
    Words {
        title: l.of("You are unsubscribed", "Vous êtes désinscrit"),
        text: match l {
            Locale::En => format!(
                "From now on <b>{address}</b> gets no more such messages. If this was a mistake, answer one of them: \
                 a person reads it."
            ),
            Locale::Fr => format!(
                "<b>{address}</b> ne recevra plus de tels messages. Si c’était une erreur, répondez à l’un d’eux : \
                 une personne lira votre réponse."
            ),
        },
        button: None,
    }
}

fn test(l: Locale) -> Words {
    Words {
        title: l.of("The link of a test", "Le lien d’un essai"),
        text: l
            .of(
                "In the messages themselves this page takes people off. Here it does nothing.",
                "Dans les vrais messages, cette page désinscrit les personnes. Ici, elle ne fait rien.",
            )
            .to_owned(),
        button: None,
    }
}

fn unknown(l: Locale) -> Words {
    Words {
        title: l.of("This link does not work", "Ce lien ne fonctionne pas"),
        text: l
            .of(
                "It may have been cut in two: open it from the message itself, or answer the message and say that you \
                 want no more.",
                "Il a peut-être été coupé : ouvrez-le depuis le message, ou répondez au message en disant que vous n’en \
                 voulez plus.",
            )
            .to_owned(),
        button: None,
    }
}

fn escape(text: &str) -> String {
    text.chars().fold(String::new(), |mut out, c| {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
        out
    })
}

const STYLE: &str = ":root{color-scheme:light dark;--line:light-dark(#e8e6e1,#2f3135);--back:light-dark(#f7f5f0,#111213);\
    --card:light-dark(#fff,#17181a);--ink:light-dark(#1c1b19,#ececec);--accent:#146a5a}\
    body{margin:0;min-height:100vh;display:grid;place-items:center;background:var(--back);color:var(--ink);\
    font:16px/1.5 system-ui,sans-serif}main{box-sizing:border-box;width:min(30rem,100vw - 2rem);margin:1rem;padding:2rem;\
    background:var(--card);border:1px solid var(--line);border-radius:12px;overflow-wrap:anywhere}\
    h1{margin:0 0 .75rem;font-size:1.35rem;line-height:1.25}p{margin:0}form{margin-top:1.5rem}\
    button{width:100%;padding:.75rem;border:0;border-radius:8px;background:var(--accent);color:#fff;font:inherit;\
    font-weight:600;cursor:pointer}button:focus-visible{outline:3px solid var(--ink);outline-offset:2px}";

fn page(l: Locale, words: &Words) -> String {
    let form = words.button.map_or(String::new(), |button| {
        format!("<form method=\"post\"><button>{button}</button></form>")
    });
    format!(
        "<!doctype html><html lang=\"{}\"><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><meta name=\"robots\" content=\"noindex\">\
         <title>{}</title><style>{STYLE}</style><main><h1>{}</h1><p>{}</p>{form}</main></html>",
        l.as_str(),
        words.title,
        words.title,
        words.text,
    )
}
