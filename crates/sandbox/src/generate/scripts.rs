//! What the generated threads are about. A script is a conversation; its turns are filled with names, amounts and days.
//!
//! Slots: `{them}` first name of the other side, `{other}` of their colleague, `{me}` of the account, `{company}`,
//! `{city}`, `{amount}`, `{small}` a smaller amount, `{number}` a document number, `{day}` a weekday, `{date}` a date,
//! `{time}` an hour, `{count}` a quantity.

mod business;
mod everyday;
mod french;
mod machines;

/// Who writes a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Who {
    /// The contact of the other side.
    Them,
    /// A colleague of the contact.
    Other,
    /// The account.
    Me,
}

/// What hangs on a turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Attach {
    None,
    /// A PDF; the slot `{number}` may stand in the name.
    Pdf(&'static str),
    /// A picture.
    Png(&'static str),
    /// A table.
    Csv(&'static str),
}

/// One message of a script.
#[derive(Clone, Copy)]
pub(crate) struct Turn {
    pub(crate) who: Who,
    pub(crate) text: &'static str,
    pub(crate) attach: Attach,
}

/// Kinds of threads, which decide labels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// People writing to each other.
    Talk,
    /// An invoice or a reminder.
    Invoice,
    /// A mailing list or newsletter, with List-Id.
    Newsletter,
    /// A machine's note: parcels, bookings, security.
    Notice,
}

/// A thread's plot.
pub(crate) struct Script {
    pub(crate) kind: Kind,
    pub(crate) french: bool,
    pub(crate) subject: &'static str,
    /// For [`Kind::Newsletter`] and [`Kind::Notice`]: the sender's name and local part.
    pub(crate) sender: Option<(&'static str, &'static str)>,
    /// Index into [`super::people::LABELS`].
    pub(crate) label: Option<usize>,
    pub(crate) turns: &'static [Turn],
}

const fn them(text: &'static str) -> Turn {
    Turn {
        who: Who::Them,
        text,
        attach: Attach::None,
    }
}
const fn other(text: &'static str) -> Turn {
    Turn {
        who: Who::Other,
        text,
        attach: Attach::None,
    }
}
const fn me(text: &'static str) -> Turn {
    Turn {
        who: Who::Me,
        text,
        attach: Attach::None,
    }
}
const fn with(turn: Turn, attach: Attach) -> Turn {
    Turn {
        who: turn.who,
        text: turn.text,
        attach,
    }
}
const fn talk(subject: &'static str, label: Option<usize>, turns: &'static [Turn]) -> Script {
    Script {
        kind: Kind::Talk,
        french: false,
        subject,
        sender: None,
        label,
        turns,
    }
}
const fn parle(subject: &'static str, label: Option<usize>, turns: &'static [Turn]) -> Script {
    Script {
        kind: Kind::Talk,
        french: true,
        subject,
        sender: None,
        label,
        turns,
    }
}
const fn bill(french: bool, subject: &'static str, turns: &'static [Turn]) -> Script {
    Script {
        kind: Kind::Invoice,
        french,
        subject,
        sender: None,
        label: Some(super::people::LABEL_INVOICES),
        turns,
    }
}
const fn news(
    french: bool,
    subject: &'static str,
    sender: (&'static str, &'static str),
    turns: &'static [Turn],
) -> Script {
    let label = Some(super::people::LABEL_NEWSLETTERS);
    Script {
        kind: Kind::Newsletter,
        french,
        subject,
        sender: Some(sender),
        label,
        turns,
    }
}
const fn notice(
    french: bool,
    subject: &'static str,
    sender: (&'static str, &'static str),
    turns: &'static [Turn],
) -> Script {
    Script {
        kind: Kind::Notice,
        french,
        subject,
        sender: Some(sender),
        label: None,
        turns,
    }
}

/// How many scripts there are: a prime number, so that any step walks through all of them.
pub(crate) const COUNT: u64 = 67;
const _: () = assert!(
    COUNT as usize
        == business::ALL.len() + everyday::ALL.len() + french::ALL.len() + machines::ALL.len()
);

static SCRIPTS: [&[Script]; 4] = [&business::ALL, &everyday::ALL, &french::ALL, &machines::ALL];

/// The script of a number; numbers go round.
pub(crate) fn script(number: u64) -> &'static Script {
    let mut at = (number % COUNT) as usize;
    for part in SCRIPTS {
        match part.get(at) {
            Some(script) => return script,
            None => at -= part.len(),
        }
    }
    &SCRIPTS[0][0]
}

/// What people write when a script has no more turns.
pub(crate) const FOLLOW_UPS: [&str; 18] = [
    "Hi,\n\nany news on this? No pressure, I just want to keep it on the radar.\n\n{name}",
    "Thanks, that answers my question.\n\n{name}",
    "Sounds good to me. Let's talk about the details on {day}.\n\n{name}",
    "I have forwarded this to {other}, who will get back to you.\n\n{name}",
    "Short update from our side: the date is confirmed, everything else stays as agreed.\n\n{name}",
    "Could you resend the document? The link has expired.\n\n{name}",
    "Noted, thank you. I will come back to you by {date}.\n\n{name}",
    "One more thing: please use the number {number} on all papers.\n\n{name}",
    "Perfect, thank you very much!\n\n{name}",
    "I just tried to call you. Could you ring me back today before {time}?\n\n{name}",
    "We discussed it this morning and would like to go ahead. What is the next step?\n\n{name}",
    "Sorry for the late reply, I was travelling. Yes, that works.\n\n{name}",
    "Can we do {day} at {time} instead?\n\n{name}",
    "Great, see you then.\n\n{name}",
    "I checked with the team in {city}: they can start a week earlier.\n\n{name}",
    "Please find my comments below, marked in blue.\n\n{name}",
    "The invoice has been paid today, value date {day}.\n\n{name}",
    "Let me summarise, so that we have it in one place: volume as offered, delivery by {date}, payment within 30 days. Please confirm.\n\n{name}",
];

/// The same in French.
pub(crate) const SUITES: [&str; 12] = [
    "Bonjour,\n\nAvez-vous pu avancer sur ce sujet ? Rien d'urgent, je fais simplement le point.\n\n{name}",
    "Merci, c'est très clair.\n\n{name}",
    "Parfait, on en reparle {day}.\n\n{name}",
    "Je transmets à {other}, qui reviendra vers vous.\n\n{name}",
    "Bien noté, je vous réponds avant le {date}.\n\n{name}",
    "Pourriez-vous me renvoyer le document ? Le lien a expiré.\n\n{name}",
    "Merci beaucoup et bonne fin de journée !\n\n{name}",
    "Je viens d'essayer de vous joindre. Pouvez-vous me rappeler avant {time} ?\n\n{name}",
    "C'est d'accord pour nous. Quelle est la prochaine étape ?\n\n{name}",
    "Pardon pour ma réponse tardive, j'étais en déplacement. Oui, cela nous convient.\n\n{name}",
    "Pour récapituler : quantités inchangées, livraison le {date}, règlement à 30 jours. Merci de me confirmer.\n\n{name}",
    "Le virement est parti ce matin.\n\n{name}",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_whole() {
        for script in SCRIPTS.into_iter().flatten() {
            assert!(!script.turns.is_empty(), "{}", script.subject);
            let machine = matches!(script.kind, Kind::Newsletter | Kind::Notice);
            assert_eq!(script.sender.is_some(), machine, "{}", script.subject);
            assert!(!machine || script.turns.len() == 1 && script.turns[0].who == Who::Them);
        }
        let subjects: std::collections::HashSet<_> =
            (0..COUNT).map(|n| script(n).subject).collect();
        assert_eq!(subjects.len() as u64, COUNT);
    }
}
