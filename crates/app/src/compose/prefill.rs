//! What a new message, an answer or a forwarded mail begins with.

use tenon_connectors::ports::{Content, Part, Priority};
use tenon_model::connection::{AccountProfile, Alias};
use tenon_model::feature::Feature;
use tenon_model::mail::normalize_address;
use tenon_model::policy::Locale;
use tenon_model::{ConnectionId, MessageId, ThreadId, Time};

use super::input::{Kind, Mailbox};
use crate::acting::usable;
use crate::connections::view::{account, own_addresses, visible};
use crate::mail::html::outgoing::{self, escaped, from_text};
use crate::mail::{AddressView, MessageView, target};
use crate::{Actor, Ctx, Error, Result};

/// One of the mailbox's own addresses.
#[derive(Clone)]
pub struct FromView {
    /// Address.
    pub address: String,
    /// Name.
    pub name: String,
    /// Whether it is used unless another is chosen.
    pub is_default: bool,
    /// Its signature, cleaned; may be empty.
    pub signature_html: String,
}

/// A part of another message that belongs into the draft.
#[derive(Debug, Clone)]
pub struct PartRef {
    /// The message.
    pub message: MessageId,
    /// The part's path.
    pub part: String,
    /// File name.
    pub name: String,
    /// Media type.
    pub content_type: String,
    /// Bytes.
    pub size: u64,
    /// Whether the quoted mail shows it.
    pub inline: bool,
}

/// What an answer begins with.
#[derive(Clone)]
pub struct ComposeView {
    /// In which mailbox.
    pub connection: ConnectionId,
    /// What it is.
    pub kind: Kind,
    /// The message it answers or forwards.
    pub message: MessageId,
    /// Its thread.
    pub thread: ThreadId,
    /// The address the message was written to.
    pub from: String,
    /// `To`.
    pub to: Vec<Mailbox>,
    /// `Cc`.
    pub cc: Vec<Mailbox>,
    /// Subject.
    pub subject: String,
    /// The signature of `from`.
    pub signature_html: String,
    /// The mail it quotes.
    pub quoted_html: String,
    /// Its files.
    pub attachments: Vec<PartRef>,
}

/// The addresses that a mailbox can write from.
pub async fn from_addresses(ctx: &Ctx, actor: &Actor, id: ConnectionId) -> Result<Vec<FromView>> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let row = visible(&mut tx, id).await?;
    usable(&row, Feature::Sending)?;
    let account = account(ctx, &mut tx, &row).await?;
    if account.aliases.is_empty() {
        return Ok(vec![FromView {
            address: account.address,
            name: account.name,
            is_default: true,
            signature_html: String::new(),
        }]);
    }
    let name = account.name;
    Ok(account
        .aliases
        .into_iter()
        .map(|a| FromView {
            signature_html: signature(Some(&a)),
            name: if a.name.is_empty() {
                name.clone()
            } else {
                a.name
            },
            address: a.address,
            is_default: a.is_default,
        })
        .collect())
}

fn signature(alias: Option<&Alias>) -> String {
    alias
        .map(|a| a.signature.as_str())
        .filter(|s| !s.trim().is_empty())
        .and_then(outgoing::clean)
        .unwrap_or_default()
}

/// What an answer to a message, or its forwarding, begins with. Opens the message at the provider.
pub async fn compose(
    ctx: &Ctx,
    actor: &Actor,
    message: MessageId,
    kind: Kind,
) -> Result<ComposeView> {
    if kind == Kind::New {
        return Err(Error::field("kind", "must be reply, reply_all or forward"));
    }
    let target = target(ctx, actor, message).await?;
    usable(&target.row, Feature::Sending)?;
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let account = account(ctx, &mut tx, &target.row).await?;
    let zone = tx
        .members()
        .get(actor.member)
        .await?
        .map_or_else(|| "UTC".to_owned(), |m| m.time_zone);
    drop(tx);
    let port = ctx.mail_port(&target.row, Priority::Interactive).await?;
    let content = port.content(&target.provider_id).await?;
    let view = &target.view;
    let alias = alias(&account, view);
    let (to, cc) = recipients(kind, view, &own_addresses(&account));
    let body = match (&content.html, &content.text) {
        // What is too large or too deep to be cleaned goes along as its plain text.
        (Some(html), text) => outgoing::clean(html)
            .or_else(|| text.as_deref().map(from_text))
            .unwrap_or_default(),
        (None, Some(text)) => from_text(text),
        (None, None) => String::new(),
    };
    Ok(ComposeView {
        connection: target.row.id,
        kind,
        message,
        thread: view.thread,
        from: alias.map_or_else(|| account.address.clone(), |a| a.address.clone()),
        to,
        cc,
        subject: subject(kind, &view.subject),
        signature_html: signature(alias),
        attachments: files(kind, message, &content, &body),
        quoted_html: quote(kind, view, &body, actor.locale, &zone),
    })
}

/// The address the message was written to, so that the answer comes from there.
fn alias<'a>(account: &'a AccountProfile, m: &MessageView) -> Option<&'a Alias> {
    let written_to = m.to.iter().chain(&m.cc).chain(&m.from);
    written_to
        .filter(|a| a.me)
        .find_map(|a| {
            let address = normalize_address(&a.address);
            account
                .aliases
                .iter()
                .find(|alias| normalize_address(&alias.address) == address)
        })
        .or_else(|| account.aliases.iter().find(|a| a.is_default))
        .or_else(|| account.aliases.first())
}

fn mailbox(a: &AddressView) -> Mailbox {
    Mailbox {
        name: a.name.clone(),
        address: a.address.clone(),
    }
}

/// Who is answered: the sender, or whom they wrote to when one answers oneself; nobody twice, and
/// oneself never.
fn recipients(kind: Kind, m: &MessageView, own: &[String]) -> (Vec<Mailbox>, Vec<Mailbox>) {
    if kind == Kind::Forward {
        return (Vec::new(), Vec::new());
    }
    let mine = !m.from.is_empty() && m.from.iter().all(|a| a.me);
    let sender = if m.reply_to.is_empty() {
        &m.from
    } else {
        &m.reply_to
    };
    let mut seen: Vec<String> = Vec::new();
    let mut take = |list: &[AddressView], keep_own: bool| -> Vec<Mailbox> {
        list.iter()
            .filter(|a| {
                let address = normalize_address(&a.address);
                let fresh = !seen.contains(&address) && (keep_own || !own.contains(&address));
                if fresh {
                    seen.push(address);
                }
                fresh
            })
            .map(mailbox)
            .collect()
    };
    let mut to = if mine {
        take(&m.to, true)
    } else {
        take(sender, false)
    };
    if to.is_empty() && !mine {
        to = take(sender, true); // a mail to oneself
    }
    if kind == Kind::Reply {
        return (to, Vec::new());
    }
    let mut cc = if mine { Vec::new() } else { take(&m.to, false) };
    cc.extend(take(&m.cc, false));
    (to, cc)
}

fn subject(kind: Kind, subject: &str) -> String {
    let (prefix, known): (&str, &[&str]) = match kind {
        Kind::Forward => ("Fwd", &["fwd:", "fw:", "tr:"]),
        _ => ("Re", &["re:", "aw:", "rép:", "ref:"]),
    };
    let bare = subject.trim();
    let lower = bare.to_lowercase();
    if known.iter().any(|k| lower.starts_with(k)) {
        bare.to_owned()
    } else {
        format!("{prefix}: {bare}")
    }
}

/// A forwarded mail takes its files along; an answer only the pictures that the quote shows.
fn files(kind: Kind, message: MessageId, content: &Content, quoted: &str) -> Vec<PartRef> {
    let shown = |p: &Part| {
        p.content_id
            .as_ref()
            .is_some_and(|cid| quoted.contains(&format!("cid:{cid}")))
    };
    content
        .parts
        .iter()
        .filter(|p| kind == Kind::Forward || shown(p))
        .map(|p| PartRef {
            message,
            part: p.id.clone(),
            name: p.name.clone(),
            content_type: p.content_type.clone(),
            size: p.size,
            inline: shown(p),
        })
        .collect()
}

fn quote(kind: Kind, m: &MessageView, body: &str, l: Locale, zone: &str) -> String {
    let date = date(m.date.unwrap_or(m.received_at), l, zone);
    let people = |list: &[AddressView]| {
        let one = |a: &AddressView| {
            if a.name.is_empty() {
                escaped(&a.address)
            } else {
                format!("{} &lt;{}&gt;", escaped(&a.name), escaped(&a.address))
            }
        };
        list.iter().map(one).collect::<Vec<_>>().join(", ")
    };
    if kind == Kind::Forward {
        let line = |name: &str, value: String| {
            if value.is_empty() {
                String::new()
            } else {
                format!("<b>{name}</b> {value}<br>")
            }
        };
        let head = [
            line(l.of("From:", "De :"), people(&m.from)),
            line(l.of("Date:", "Date :"), escaped(&date)),
            line(l.of("Subject:", "Objet :"), escaped(&m.subject)),
            line(l.of("To:", "À :"), people(&m.to)),
            line(l.of("Cc:", "Cc :"), people(&m.cc)),
        ]
        .concat();
        let title = l.of("Forwarded message", "Message transféré");
        return format!(
            "<div class=\"gmail_quote\"><div class=\"gmail_attr\">---------- {title} ----------<br>{head}</div><br>{body}</div>"
        );
    }
    let who = people(&m.from);
    let said = match l {
        Locale::En => format!("On {}, {who} wrote:", escaped(&date)),
        Locale::Fr => format!("Le {}, {who} a écrit :", escaped(&date)),
    };
    format!(
        "<div class=\"gmail_quote\"><div class=\"gmail_attr\">{said}</div><blockquote class=\"gmail_quote\" \
         style=\"margin:0 0 0 0.8ex;border-left:1px solid #ccc;padding-left:1ex\">{body}</blockquote></div>"
    )
}

fn date(at: Time, l: Locale, zone: &str) -> String {
    let stamp = jiff::Timestamp::from_microsecond(at.0).unwrap_or_default();
    let zoned = stamp
        .in_tz(zone)
        .unwrap_or_else(|_| stamp.to_zoned(jiff::tz::TimeZone::UTC));
    match l {
        Locale::En => zoned.strftime("%a, %-d %b %Y at %H:%M").to_string(),
        Locale::Fr => zoned.strftime("%d/%m/%Y à %H:%M").to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use tenon_model::World;

    fn person(address: &str) -> AddressView {
        AddressView {
            name: String::new(),
            address: address.into(),
            me: address.starts_with("me"),
        }
    }

    fn message(from: &[&str], reply_to: &[&str], to: &[&str], cc: &[&str]) -> MessageView {
        let (world, _) = World::simulated(1);
        let list = |l: &[&str]| l.iter().map(|a| person(a)).collect();
        MessageView {
            id: world.id(),
            thread: world.id(),
            from: list(from),
            to: list(to),
            cc: list(cc),
            reply_to: list(reply_to),
            subject: "A <b>".into(),
            date: None,
            received_at: world.now(),
            size: 0,
            unread: false,
            starred: false,
            has_attachments: false,
            labels: vec![],
            message_id: String::new(),
        }
    }

    #[test]
    fn the_right_people_are_answered() {
        let own = ["me@x.example".to_owned(), "me2@x.example".to_owned()];
        #[rustfmt::skip]
        let table: &[(Kind, MessageView, &[&str], &[&str])] = &[
            (Kind::Reply, message(&["a@x"], &[], &["me@x.example", "b@x"], &["c@x"]), &["a@x"], &[]),
            (Kind::ReplyAll, message(&["a@x"], &[], &["me@x.example", "b@x"], &["c@x", "ME2@x.example"]), &["a@x"], &["b@x", "c@x"]),
            (Kind::Reply, message(&["a@x"], &["list@x"], &["me@x.example"], &[]), &["list@x"], &[]),
            (Kind::ReplyAll, message(&["a@x"], &["list@x"], &["me@x.example", "A@x", "list@x"], &[]), &["list@x"], &["A@x"]),
            (Kind::Reply, message(&["me@x.example"], &[], &["b@x"], &["c@x"]), &["b@x"], &[]),
            (Kind::ReplyAll, message(&["me@x.example"], &[], &["b@x"], &["c@x"]), &["b@x"], &["c@x"]),
            (Kind::Reply, message(&["me@x.example"], &[], &["me@x.example"], &[]), &["me@x.example"], &[]),
            (Kind::Forward, message(&["a@x"], &[], &["me@x.example"], &[]), &[], &[]),
        ];
        for (kind, m, to, cc) in table {
            let (found_to, found_cc) = recipients(*kind, m, &own);
            let plain = |l: Vec<Mailbox>| l.into_iter().map(|m| m.address).collect::<Vec<_>>();
            assert_eq!(
                (plain(found_to), plain(found_cc)),
                (
                    to.iter().map(|s| (*s).to_owned()).collect(),
                    cc.iter().map(|s| (*s).to_owned()).collect()
                ),
                "{kind:?}"
            );
        }
    }

    #[test]
    fn subjects_get_their_prefix_once() {
        for (kind, given, wanted) in [
            (Kind::Reply, "Devis", "Re: Devis"),
            (Kind::Reply, "RE: Devis", "RE: Devis"),
            (Kind::ReplyAll, "AW: x", "AW: x"),
            (Kind::Forward, "Re: x", "Fwd: Re: x"),
            (Kind::Forward, "Tr: x", "Tr: x"),
            (Kind::Reply, "", "Re: "),
        ] {
            assert_eq!(subject(kind, given), wanted);
        }
    }

    #[test]
    fn what_strangers_wrote_is_text_in_the_quote() {
        let mut m = message(&["a@x"], &[], &[], &[]);
        m.from[0].name = "<script>x</script>".into();
        for kind in [Kind::Reply, Kind::Forward] {
            let html = quote(kind, &m, "<p>b</p>", Locale::Fr, "Europe/Paris");
            assert!(
                !html.contains("<script") && html.contains("&lt;script&gt;"),
                "{html}"
            );
            assert!(html.starts_with("<div class=\"gmail_quote\">") && html.contains("<p>b</p>"));
        }
        let en = quote(Kind::Reply, &m, "", Locale::En, "Europe/Paris");
        assert!(en.contains("On Sun, 22 Nov 2026 at 10:00"), "{en}");
        assert!(quote(Kind::Reply, &m, "", Locale::En, "Nowhere/Land").contains("09:00"));
    }
}
