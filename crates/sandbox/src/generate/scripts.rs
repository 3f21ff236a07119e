//! What the generated threads are about. A script is a conversation; its turns are filled with names, amounts and days.
//!
//! Slots: `{them}` first name of the other side, `{other}` of their colleague, `{me}` of the account, `{company}`,
//! `{city}`, `{amount}`, `{small}` a smaller amount, `{number}` a document number, `{day}` a weekday, `{date}` a date,
//! `{time}` an hour, `{count}` a quantity.

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

use super::people::{LABEL_CONTRACTS, LABEL_FAIR, LABEL_FOLLOW_UP, LABEL_WEBSITE};

/// All scripts. The number is prime, so that any step walks through all of them.
pub(crate) const SCRIPTS: [Script; 67] = [
    talk(
        "Quote for {count} handheld scanners",
        None,
        &[
            them(
                "Hi {me},\n\nWe are replacing the scanners in our {city} warehouse and I would like a quote for {count} units, including chargers and a two-year service plan.\n\nCould you also tell me the lead time? We would need them on site by {date} at the latest.\n\nThanks,\n{them}",
            ),
            with(
                me(
                    "Hi {them},\n\nThank you for thinking of us. Please find our quote {number} attached: {amount} for {count} units, chargers included. The service plan is listed separately so that you can compare both options.\n\nFrom stock we can ship within eight working days of your order.\n\nBest regards,\n{me}",
                ),
                Attach::Pdf("Quote-{number}.pdf"),
            ),
            them(
                "Hi {me},\n\nThat looks good. Two questions before I take it to finance: is delivery to {city} included, and would the price hold if we take ten more in the spring?\n\n{them}",
            ),
            me(
                "Hi {them},\n\nDelivery is included, yes. And I can hold the unit price until the end of April for a follow-up order, I have added a line to the quote so you have it in writing.\n\nShall I reserve the stock until {day}?\n\n{me}",
            ),
            them("Please do. Purchase order follows by {day}.\n\n{them}"),
        ],
    ),
    talk(
        "Meeting notes: kick-off {company}",
        Some(LABEL_FOLLOW_UP),
        &[
            with(
                them(
                    "Hi all,\n\nThanks for a good session this morning. My notes:\n\n- Scope: two sites first ({city} and the distribution centre), the rest in the second phase\n- Owner on our side is {other}, weekly call every {day} at {time}\n- {me} sends the project plan by {date}\n- Open: who signs off the data migration\n\nPlease shout if I missed something.\n\n{them}",
                ),
                Attach::Pdf("Kick-off-notes.pdf"),
            ),
            me(
                "Hi {them},\n\nPerfect notes, thank you. One addition: we agreed that the test system stays available until the end of the second phase.\n\nThe plan will be with you on time.\n\n{me}",
            ),
            other(
                "Adding {me} to the shared folder now. For the sign-off: that will be me, I just confirmed it with our director.\n\n{other}",
            ),
        ],
    ),
    talk(
        "Question about clause 7.2 of the agreement",
        Some(LABEL_CONTRACTS),
        &[
            them(
                "Dear {me},\n\nOur legal team has gone through the draft. Everything is fine except clause 7.2: a liability cap of {amount} does not match our insurance cover. Would you accept twelve months' fees instead?\n\nKind regards,\n{them}",
            ),
            me(
                "Dear {them},\n\nThank you for the quick review. Twelve months' fees is acceptable for us as long as the exclusions in 7.3 stay as they are. I will have the paragraph rewritten today.\n\nKind regards,\n{me}",
            ),
            with(
                me(
                    "Dear {them},\n\nAttached is the revised version, with 7.2 changed as discussed and nothing else touched. If it is fine for you, we can sign electronically this week.\n\n{me}",
                ),
                Attach::Pdf("Agreement-{number}-rev2.pdf"),
            ),
            them(
                "Dear {me},\n\nApproved by legal. You will get the signing link from {other} this afternoon.\n\nKind regards,\n{them}",
            ),
        ],
    ),
    talk(
        "Delivery problem: order {number} incomplete",
        None,
        &[
            with(
                them(
                    "Hello {me},\n\nWe received order {number} this morning, but one pallet is missing and two boxes are crushed, see the picture. Our customer expects the goods on {day}, so this is urgent.\n\nCan you find out where the third pallet is?\n\n{them}\n{company}",
                ),
                Attach::Png("damaged-boxes.png"),
            ),
            me(
                "Hello {them},\n\nI am sorry about this. The carrier confirms that the pallet was left in their hub by mistake; it is on a van now and will be with you tomorrow before {time}. I am sending replacements for the two crushed boxes with it, free of charge.\n\nI will call you tomorrow to make sure that everything has arrived.\n\n{me}",
            ),
            them(
                "Thank you for sorting it out so fast. The pallet is here and complete.\n\n{them}",
            ),
        ],
    ),
    bill(
        false,
        "Invoice {number} from {company}",
        &[
            with(
                them(
                    "Dear {me},\n\nPlease find attached our invoice {number} for {amount}, due on {date}.\n\nIf the purchase order number is missing on your side, just send it to me and I will add it.\n\nKind regards,\n{them}\nAccounts, {company}",
                ),
                Attach::Pdf("Invoice-{number}.pdf"),
            ),
            me(
                "Dear {them},\n\nReceived, thank you. It is approved and will go out with the payment run on {day}.\n\n{me}",
            ),
        ],
    ),
    parle(
        "Devis pour l'aménagement de l'espace d'accueil",
        None,
        &[
            them(
                "Bonjour {me},\n\nSuite à notre échange de {day}, pourriez-vous nous faire parvenir un devis pour l'aménagement de notre espace d'accueil à {city} ? La surface est d'environ {count} m² et nous souhaitons ouvrir avant le {date}.\n\nBien cordialement,\n{them}",
            ),
            with(
                me(
                    "Bonjour {them},\n\nMerci pour votre confiance. Vous trouverez ci-joint notre devis n° {number} d'un montant de {amount} hors taxes. La pose est comprise et peut commencer sous trois semaines.\n\nJe reste à votre disposition pour en parler.\n\nBien à vous,\n{me}",
                ),
                Attach::Pdf("Devis-{number}.pdf"),
            ),
            them(
                "Bonjour {me},\n\nMerci pour ce devis très clair. Serait-il possible d'étaler le règlement en trois fois ?\n\nBien cordialement,\n{them}",
            ),
            me(
                "Bonjour {them},\n\nOui, sans difficulté : 30 % à la commande, 40 % à la livraison, le solde à la réception. Je vous renvoie le devis modifié dans la journée.\n\n{me}",
            ),
        ],
    ),
    news(
        false,
        "The {company} letter: what changes in 2027",
        ("{company}", "news"),
        &[them(
            "Five changes worth knowing before the new year\n\nFrom e-invoicing to the new rules on packaging: our team has put together what small and medium companies need to prepare, with dates and links to the official texts.\n\nAlso in this issue: how a family business in {city} cut its delivery times by a third, and three questions to ask before you change your phone system.",
        )],
    ),
    talk(
        "Lunch on {day}?",
        None,
        &[
            them(
                "Hi {me},\n\nI'm in town on {day} for the fair. Lunch at the usual place around {time}? I'd love to hear how the new product is going.\n\n{them}",
            ),
            me("Great idea, I'll book a table for two. See you on {day}!\n\n{me}"),
            them("😀 Looking forward to it."),
        ],
    ),
    notice(
        false,
        "Your parcel {number} arrives on {day}",
        ("Parcel Desk", "noreply"),
        &[them(
            "Your parcel is on its way\n\nTracking number {number}. Expected on {day} between 09:00 and {time}. You don't need to be at home: leave a note for the driver and we will put it in a safe place.",
        )],
    ),
    talk(
        "Re-order: same as last quarter, plus {count} more",
        None,
        &[
            them(
                "Hi {me},\n\nTime for our quarterly order. Same list as last time please, plus {count} of the small size, they sell better than we thought.\n\nCan you confirm the price per unit?\n\nCheers,\n{them}",
            ),
            me(
                "Hi {them},\n\nWith pleasure! The unit price stays as it was; the small size comes down a little because you are over the threshold now. Total {amount}. Confirmation {number} follows from the system.\n\n{me}",
            ),
            them("Excellent, thank you. PO number is {number}.\n\n{them}"),
        ],
    ),
    parle(
        "Compte rendu de notre réunion à {city}",
        Some(LABEL_FOLLOW_UP),
        &[
            with(
                them(
                    "Bonjour à tous,\n\nVoici le compte rendu de notre réunion :\n\n- le planning est validé, première livraison le {date} ;\n- {other} prend en charge la recette ;\n- {me} nous envoie les accès d'ici {day} ;\n- prochain point {day} à {time}.\n\nMerci de me signaler tout oubli.\n\nCordialement,\n{them}",
                ),
                Attach::Pdf("Compte-rendu.pdf"),
            ),
            me(
                "Bonjour {them},\n\nMerci, c'est parfait. Les accès sont partis ce matin, dites-moi s'ils fonctionnent.\n\n{me}",
            ),
            other("Bonjour {me}, tout fonctionne de mon côté. Merci !\n\n{other}"),
        ],
    ),
    talk(
        "Website relaunch: homepage draft is ready",
        Some(LABEL_WEBSITE),
        &[
            with(
                them(
                    "Hi {me},\n\nThe first draft of the homepage is ready. I tried the shorter headline we talked about and moved the customer quotes up, I think it breathes a lot more now.\n\nWould love your thoughts by {day} so that we can start on the product pages.\n\n{them}",
                ),
                Attach::Png("homepage-draft-3.png"),
            ),
            me(
                "Hi {them},\n\nThis is a big step forward! Three small things:\n\n1. The phone number should be visible without scrolling\n2. Can we try the photo from {city} instead of the stock picture?\n3. \"Get started\" sounds like an app, \"Talk to us\" is closer to what happens\n\nOtherwise: go.\n\n{me}",
            ),
            them("All three make sense, new version tomorrow. 👍\n\n{them}"),
            me("Looks perfect. Let's move on to the product pages.\n\n{me}"),
        ],
    ),
    notice(
        false,
        "Your booking in {city} is confirmed",
        ("Pinecrest Reservations", "reservations"),
        &[them(
            "Thank you for your booking\n\nReservation {number}. Arrival {date}, two nights, breakfast included. Free cancellation until two days before arrival. Total {small}.",
        )],
    ),
    talk(
        "Price increase from January",
        None,
        &[
            with(
                them(
                    "Dear customer,\n\nAs announced, raw material costs force us to adjust our list prices by 4.8 % from 1 January. Orders placed before {date} will still be invoiced at the old prices.\n\nThe new list is attached. Please contact me with any questions.\n\n{them}\n{company}",
                ),
                Attach::Pdf("Price-list-2027.pdf"),
            ),
            me(
                "Hi {them},\n\nThank you for the early notice. We would like to bring our January order forward: could you prepare the usual quantities at the current price?\n\n{me}",
            ),
            them("Of course, consider it done. Confirmation {number} is on its way.\n\n{them}"),
        ],
    ),
    talk(
        "Demo next week: who should join?",
        None,
        &[
            me(
                "Hi {them},\n\nFor our demo on {day} at {time}: who will join from your side? I would like to prepare the right examples, and if somebody from finance is there I will show the invoicing part as well.\n\nBest,\n{me}",
            ),
            them(
                "Hi {me},\n\nThere will be four of us: {other} from operations, two colleagues from the service desk, and myself. Finance will look at the recording.\n\nBest,\n{them}",
            ),
            me(
                "Wonderful, thanks. Here is the link and a short agenda, it will take 40 minutes including questions.\n\n{me}",
            ),
            them(
                "Thank you for the demo, that was convincing. {other} was impressed by the board. We will come back to you by {date} with a decision.\n\n{them}",
            ),
        ],
    ),
    parle(
        "Facture {number} : relance",
        None,
        &[
            me(
                "Bonjour {them},\n\nSauf erreur de notre part, la facture n° {number} de {amount} est arrivée à échéance il y a quinze jours. Pourriez-vous me dire quand le règlement est prévu ?\n\nBien cordialement,\n{me}",
            ),
            them(
                "Bonjour {me},\n\nToutes nos excuses, elle était restée en validation. Le virement part {day}.\n\nBien cordialement,\n{them}",
            ),
            me("Merci beaucoup pour votre réponse rapide !\n\n{me}"),
        ],
    ),
    news(
        true,
        "La lettre de {company} – novembre",
        ("{company}", "lettre"),
        &[them(
            "Au sommaire de ce mois-ci\n\nFacturation électronique : le calendrier expliqué en cinq minutes. Trois entreprises de {city} racontent leur passage au télétravail partiel. Et nos formations du printemps, avec encore quelques places.",
        )],
    ),
    talk(
        "Your application as sales assistant",
        None,
        &[
            with(
                them(
                    "Dear {me},\n\nI saw your advertisement and would like to apply for the position as sales assistant. I have worked in the trade for six years, the last three with key accounts in {city}.\n\nMy CV is attached. I would be glad to tell you more in a conversation.\n\nYours sincerely,\n{them}",
                ),
                Attach::Pdf("CV.pdf"),
            ),
            me(
                "Dear {them},\n\nThank you for your application, we enjoyed reading it. Would you be available for a first call on {day} at {time}?\n\nKind regards,\n{me}",
            ),
            them(
                "Dear {me},\n\n{day} at {time} suits me perfectly. Thank you for the invitation!\n\n{them}",
            ),
        ],
    ),
    talk(
        "Access for our new colleague",
        None,
        &[
            them(
                "Hi {me},\n\n{other} joins our team on {date}. Could you create an account with the same rights as mine, but without invoices?\n\nThanks!\n{them}",
            ),
            me(
                "Hi {them},\n\nDone, {other} has an invitation in the inbox. It is valid for a week.\n\nWelcome to {other}!\n\n{me}",
            ),
            other("Works, thank you both!\n\n{other}"),
        ],
    ),
    notice(
        false,
        "Security alert: new sign-in from {city}",
        ("Account Security", "no-reply"),
        &[them(
            "A new sign-in was noticed\n\nDevice: Firefox on Linux. Place: {city}. If this was you, there is nothing to do. If not, please check your devices and change your password.",
        )],
    ),
    talk(
        "Trade fair {city}: stand C{count}",
        Some(LABEL_FAIR),
        &[
            with(
                them(
                    "Hi {me},\n\nGood news, we got the corner stand. Build-up starts on {date} at {time}. Please send me:\n\n- the final graphics for the back wall\n- number of exhibitor passes\n- whether you need the meeting room again\n\nThe floor plan is attached.\n\n{them}",
                ),
                Attach::Pdf("Floor-plan.pdf"),
            ),
            me(
                "Hi {them},\n\nBrilliant! Six passes, yes to the meeting room on both days, graphics by {day}.\n\nIs the coffee machine from last year available again? It was our best salesperson. ☕\n\n{me}",
            ),
            them("It is reserved under your name 😄\n\n{them}"),
            other("Passes are printed and waiting at the service desk, hall 4.\n\n{other}"),
        ],
    ),
    bill(
        true,
        "Votre facture {number}",
        &[
            with(
                them(
                    "Bonjour,\n\nVeuillez trouver ci-joint votre facture n° {number} d'un montant de {amount} TTC, à régler avant le {date}.\n\nNous vous remercions de votre confiance.\n\nLe service comptabilité\n{company}",
                ),
                Attach::Pdf("Facture-{number}.pdf"),
            ),
            me(
                "Bonjour {them},\n\nBien reçue, merci. Le règlement est programmé pour {day}.\n\n{me}",
            ),
        ],
    ),
    talk(
        "Complaint: machine stops after ten minutes",
        None,
        &[
            them(
                "Hello,\n\nthe machine we bought in spring (serial number {number}) stops after ten minutes with error E-14. We have already changed the filter as the manual says. Production is standing still.\n\nPlease call me as soon as possible.\n\n{them}\n{company}",
            ),
            me(
                "Dear {them},\n\nI am sorry for the trouble. E-14 is the temperature sensor; our technician can be in {city} tomorrow at {time} with the part. There is no charge, it is covered.\n\n{me}",
            ),
            them("That would be great. I will tell the gate.\n\n{them}"),
            me(
                "The technician reports that everything is running again. I will call you on {day} to check that it stays that way.\n\n{me}",
            ),
            them(
                "Running without a stop since. Thank you for the fast help, that's why we buy from you.\n\n{them}",
            ),
        ],
    ),
    talk(
        "Introduction: {them} <> {me}",
        Some(LABEL_FOLLOW_UP),
        &[
            other(
                "Hi {me}, hi {them},\n\nyou two should talk! {them} is looking for a partner for the Nordic countries, and {me} knows that market better than anybody.\n\nI'll leave it to you.\n\n{other}",
            ),
            them(
                "Thanks {other}!\n\nHi {me}, nice to meet you. Do you have half an hour on {day}? I'd like to understand how you work with distributors.\n\n{them}",
            ),
            me(
                "Hi {them},\n\nThe pleasure is mine. {day} at {time} works, I'll send a link.\n\n{me}",
            ),
        ],
    ),
    parle(
        "Rendez-vous du {date}",
        None,
        &[
            them(
                "Bonjour {me},\n\nJe vous confirme notre rendez-vous {day} à {time} dans nos locaux de {city}. Le parking visiteurs est au sous-sol, entrée B.\n\nÀ bientôt,\n{them}",
            ),
            me(
                "Bonjour {them},\n\nC'est noté, merci. Je viendrai avec une collègue de la technique.\n\nÀ {day} !\n{me}",
            ),
        ],
    ),
    news(
        false,
        "{count} ideas for your spring campaign",
        ("Foxglove Weekly", "weekly"),
        &[them(
            "This week: small lists, big answers\n\nWhy the mail with the fewest pictures got the most replies, a checklist for subject lines, and a template for thank-you notes that people keep.\n\nPlus: our workshop in {city} has five places left.",
        )],
    ),
    talk(
        "Signed contract {number}",
        Some(LABEL_CONTRACTS),
        &[
            with(
                them(
                    "Hi {me},\n\nAttached is the countersigned contract. We are very happy to start working with you!\n\nPlease send the first invoice to accounts@, with the number {number}.\n\n{them}",
                ),
                Attach::Pdf("Contract-{number}-signed.pdf"),
            ),
            me(
                "Dear {them},\n\nWhat good news, thank you! I will introduce you to {other}'s counterpart in our onboarding team tomorrow.\n\n{me}",
            ),
        ],
    ),
    talk(
        "Out of stock: blue, size M",
        None,
        &[
            them(
                "Hi {me},\n\nthe shop shows blue in size M as out of stock. Do you know when it is back? We have three customers waiting and could pre-order {count}.\n\n{them}",
            ),
            me(
                "Hi {them},\n\nThe container is expected on {date}. I have put {count} aside for you, no obligation until {day}.\n\n{me}",
            ),
        ],
    ),
    notice(
        false,
        "Payment of {amount} received",
        ("Ledger Bank", "notifications"),
        &[them(
            "A payment has arrived\n\nAmount: {amount}. Reference: {number}. The money is available on your business account now.",
        )],
    ),
    talk(
        "Can we move our call?",
        None,
        &[
            them(
                "Hi {me},\n\nSomething came up, could we move our call to {day} at {time}? Sorry for the short notice.\n\n{them}",
            ),
            me("No problem at all, I have moved it. Talk to you on {day}.\n\n{me}"),
        ],
    ),
    parle(
        "Problème de livraison – commande {number}",
        None,
        &[
            with(
                them(
                    "Bonjour,\n\nNous avons bien reçu la commande {number}, mais il manque deux cartons et un troisième est abîmé (photo jointe). Pouvez-vous nous dire rapidement ce qu'il en est ? Notre client attend pour {day}.\n\nCordialement,\n{them}\n{company}",
                ),
                Attach::Png("carton-abime.png"),
            ),
            me(
                "Bonjour {them},\n\nToutes mes excuses pour ce contretemps. Le transporteur a retrouvé les deux cartons, ils seront chez vous demain avant {time}. Le carton abîmé est remplacé à nos frais.\n\nBien à vous,\n{me}",
            ),
            them("Tout est arrivé, merci pour votre réactivité !\n\n{them}"),
        ],
    ),
    talk(
        "Budget 2027: your numbers by {day}",
        None,
        &[
            with(
                them(
                    "Hi {me},\n\nI'm collecting the numbers for 2027. Could you fill in the sheet by {day}? Only the yellow cells, the rest is calculated.\n\nIf in doubt, guess high on travel and low on revenue. 😉\n\n{them}",
                ),
                Attach::Csv("Budget-2027.csv"),
            ),
            with(
                me(
                    "Hi {them},\n\nHere you are. I kept travel as it was, the fair in {city} is in there.\n\n{me}",
                ),
                Attach::Csv("Budget-2027-filled.csv"),
            ),
            them("Thanks, that was fast.\n\n{them}"),
        ],
    ),
    talk(
        "Feedback after three months",
        None,
        &[
            me(
                "Hi {them},\n\nYou have been with us for three months now. What works well, and what should we do better? Two lines are enough, I read every answer myself.\n\nBest,\n{me}",
            ),
            them(
                "Hi {me},\n\nHonestly: very happy. The team in {city} saves about an hour a day. What we miss is a weekly report by mail, and {other} would like to see open offers by region.\n\nBest,\n{them}",
            ),
            me(
                "Thank you, that helps a lot. The weekly report comes with the next release, and I'd like to show {other} a filter that may already do it.\n\n{me}",
            ),
        ],
    ),
    notice(
        false,
        "Reminder: {company} review, {day} {time}",
        ("Calendar", "calendar-notification"),
        &[them(
            "Reminder\n\n{company} quarterly review\nWhen: {day} {time} to one hour later\nWhere: Meeting room 2 and online\nGoing: you and {count} others",
        )],
    ),
    talk(
        "Data processing agreement",
        Some(LABEL_CONTRACTS),
        &[
            them(
                "Dear {me},\n\nBefore we can start, our data protection officer needs a signed data processing agreement and a list of your sub-processors. Do you have a standard document?\n\nKind regards,\n{them}",
            ),
            with(
                me(
                    "Dear {them},\n\nOf course. Attached you find our agreement, already signed on our side, with the list of sub-processors as annex 2 and the technical measures as annex 3.\n\n{me}",
                ),
                Attach::Pdf("DPA-{number}.pdf"),
            ),
            them(
                "Thank you. Annex 3 is unusually clear, our officer asked me to pass that on.\n\n{them}",
            ),
        ],
    ),
    parle(
        "Candidature – assistante commerciale",
        None,
        &[
            with(
                them(
                    "Madame, Monsieur,\n\nVotre annonce a retenu toute mon attention. Forte de six ans d'expérience dans la relation client à {city}, je souhaite rejoindre votre équipe.\n\nVous trouverez mon CV ci-joint.\n\nBien respectueusement,\n{them}",
                ),
                Attach::Pdf("CV.pdf"),
            ),
            me(
                "Bonjour {them},\n\nMerci pour votre candidature. Seriez-vous disponible pour un premier échange {day} à {time} ?\n\nCordialement,\n{me}",
            ),
            them("Bonjour {me},\n\nAvec grand plaisir, je me rendrai disponible.\n\n{them}"),
        ],
    ),
    news(
        false,
        "Release notes {number}: faster search, new filters",
        ("Kestrel Product Team", "product"),
        &[them(
            "New this month\n\nSearch answers in half the time, filters can be saved and shared, and the export now keeps your column order. As always, the full list is on the changelog page.",
        )],
    ),
    talk(
        "Samples for the new packaging",
        None,
        &[
            with(
                them(
                    "Hi {me},\n\nThe samples left today, three qualities in two colours. The recycled one feels best in my opinion, and it is only {small} more per thousand.\n\nPlease have a look and tell me which one you'd like to see in your print.\n\n{them}",
                ),
                Attach::Png("samples.png"),
            ),
            me(
                "Hi {them},\n\nThe parcel is here and the whole office has an opinion. The recycled one wins, in the darker colour. Could you quote {count} thousand?\n\n{me}",
            ),
            with(
                them(
                    "Hi {me},\n\nWith pleasure: {amount} for {count} thousand, delivered. The offer is attached.\n\n{them}",
                ),
                Attach::Pdf("Offer-{number}.pdf"),
            ),
            me("Ordered! Thank you for the patience with our committee.\n\n{me}"),
        ],
    ),
    talk(
        "Invitation: summer party at {company}",
        None,
        &[
            them(
                "Dear {me},\n\nTen years of {company}! We celebrate on {date} in our courtyard in {city}, with good food, a band and no speeches longer than three minutes.\n\nWill you come? Partners and children are welcome.\n\n{them}",
            ),
            me(
                "Dear {them},\n\nCongratulations! I'd love to come, there will be two of us. Can we bring something?\n\n{me}",
            ),
            them("Just good mood 🎉\n\n{them}"),
        ],
    ),
    notice(
        true,
        "Votre colis {number} sera livré {day}",
        ("Relais Colis Express", "ne-pas-repondre"),
        &[them(
            "Votre colis est en route\n\nNuméro de suivi {number}. Livraison prévue {day} avant {time}. Vous pouvez choisir un autre créneau ou un point relais.",
        )],
    ),
    talk(
        "Payment terms for the new framework order",
        None,
        &[
            them(
                "Hi {me},\n\nfor the framework order our finance department asks for 60 days net instead of 30. The volume would be around {amount} a year. Would that work for you?\n\n{them}",
            ),
            me(
                "Hi {them},\n\n60 days is long for us, but with that volume I can offer 45 days net, or 30 days with 2 % discount. What does your finance department prefer?\n\n{me}",
            ),
            them("They take the discount, no hesitation.\n\n{them}"),
            me("A good choice. The contract draft comes by {day}.\n\n{me}"),
        ],
    ),
    talk(
        "Photos from the workshop",
        None,
        &[
            with(
                them(
                    "Hi everyone,\n\nas promised, a few photos from the workshop in {city}. Thank you for two intense days!\n\nThe notes on the wall are transcribed, I'll send them separately.\n\n{them}",
                ),
                Attach::Png("workshop-01.png"),
            ),
            me("Lovely, thank you! The one with the paper aeroplane goes on our wall.\n\n{me}"),
        ],
    ),
    parle(
        "Renouvellement de votre contrat de maintenance",
        Some(LABEL_CONTRACTS),
        &[
            with(
                them(
                    "Bonjour {me},\n\nVotre contrat de maintenance arrive à échéance le {date}. Nous vous proposons de le renouveler aux mêmes conditions, soit {amount} par an.\n\nVous trouverez la proposition en pièce jointe.\n\nCordialement,\n{them}",
                ),
                Attach::Pdf("Contrat-{number}.pdf"),
            ),
            me(
                "Bonjour {them},\n\nNous souhaitons renouveler, mais en passant à deux visites par an. Quel serait le tarif ?\n\n{me}",
            ),
            them(
                "Bonjour {me},\n\nAvec deux visites, nous serions à {small} de plus par an. Je vous envoie la version modifiée.\n\n{them}",
            ),
        ],
    ),
    talk(
        "Lost: umbrella and a blue notebook",
        None,
        &[
            them(
                "Hi {me},\n\nI think I left my umbrella and a blue notebook in your meeting room on {day}. Could you have a look?\n\n{them}",
            ),
            me("Both found! They are at the reception, or I bring them along on {day}.\n\n{me}"),
            them("You are a star. {day} is fine.\n\n{them}"),
        ],
    ),
    news(
        false,
        "Invitation: open house in {city} on {date}",
        ("{company} Events", "events"),
        &[them(
            "Come and see how it is made\n\nOn {date} we open our doors in {city}: guided tours every half hour, our engineers answer questions, and there is soup for everybody.\n\nPlease tell us until {day} if you would like to come.",
        )],
    ),
    talk(
        "Integration with our ERP",
        None,
        &[
            them(
                "Hi {me},\n\nour IT asks whether orders can be sent to our ERP automatically. It takes CSV over SFTP or a REST call, once an hour would be enough. Is that possible without a project of six months?\n\n{them}",
            ),
            me(
                "Hi {them},\n\nYes, and it takes days rather than months. Could your IT send me a sample file? Then I can tell you exactly.\n\n{me}",
            ),
            with(
                other(
                    "Hi {me},\n\nattached you find a sample with {count} orders. The third column must stay empty, nobody remembers why.\n\n{other}",
                ),
                Attach::Csv("orders-sample.csv"),
            ),
            me(
                "Hi {other},\n\nThat's perfectly clear (and every company has such a column). You can test from {date} on.\n\n{me}",
            ),
            other("Test successful. We go live on {day}.\n\n{other}"),
        ],
    ),
    bill(
        false,
        "Credit note {number}",
        &[with(
            them(
                "Hello {me},\n\nas agreed you receive credit note {number} over {small} for the two damaged boxes. It will be set off against your next invoice.\n\n{them}\n{company}",
            ),
            Attach::Pdf("Credit-note-{number}.pdf"),
        )],
    ),
    talk(
        "Thank you!",
        None,
        &[
            them(
                "Dear {me},\n\nI just wanted to say thank you. The handover in {city} went without a single problem, and our people are already asking what we did before.\n\nIf you ever need a reference, please name me.\n\n{them}",
            ),
            me(
                "Dear {them},\n\nThis made our day, I have read it out to the team. And I will gladly come back to your offer!\n\n{me}",
            ),
        ],
    ),
    parle(
        "Demande de partenariat",
        None,
        &[
            them(
                "Bonjour {me},\n\nNous accompagnons une centaine d'entreprises autour de {city} et cherchons une solution à leur recommander. Seriez-vous ouverts à un partenariat ?\n\nNous pourrions en parler {day}, par exemple à {time}.\n\nBien cordialement,\n{them}",
            ),
            me(
                "Bonjour {them},\n\nAvec plaisir ! {day} à {time} me convient très bien. Je vous envoie une invitation.\n\nBien à vous,\n{me}",
            ),
            them(
                "Merci pour cet échange très riche. Je reviens vers vous avec deux premiers clients pilotes.\n\n{them}",
            ),
        ],
    ),
    notice(
        false,
        "Your monthly statement is ready",
        ("Ledger Bank", "statements"),
        &[them(
            "Your statement for last month is ready\n\nYou can read and download it in your online banking. For your safety we never send links to sign in.",
        )],
    ),
    talk(
        "Holiday cover in August",
        None,
        &[
            them(
                "Hi {me},\n\nI'm away from {date} for three weeks. {other} takes over everything that is running, and knows the open quote {number}.\n\nHave a good summer! ☀️\n\n{them}",
            ),
            me("Enjoy it! I'll be in touch with {other}.\n\n{me}"),
        ],
    ),
    talk(
        "Wrong VAT number on order {number}",
        None,
        &[
            them(
                "Dear {me},\n\nthe confirmation for order {number} shows our old VAT number. Could you correct it before the invoice goes out? The new one has been valid since the beginning of the year.\n\nThank you\n{them}",
            ),
            me(
                "Dear {them},\n\nCorrected, and also in your customer record so that it does not come back. Sorry for the extra work.\n\n{me}",
            ),
        ],
    ),
    news(
        true,
        "Invitation : portes ouvertes à {city}",
        ("{company}", "evenements"),
        &[them(
            "Venez nous rendre visite\n\nLe {date}, nous ouvrons nos ateliers de {city} : visites guidées toutes les demi-heures, démonstrations et dégustation de produits régionaux. Merci de vous inscrire avant {day}.",
        )],
    ),
    talk(
        "Reference call for {company}",
        Some(LABEL_FOLLOW_UP),
        &[
            them(
                "Hi {me},\n\nwe are almost there. Our board would like to speak with one of your customers of similar size before we sign. Could you arrange a call of twenty minutes?\n\n{them}",
            ),
            me(
                "Hi {them},\n\nGladly. The operations manager of a logistics company with 120 people has time on {day} at {time} or on {date}. Which one suits you?\n\n{me}",
            ),
            them("{day} at {time}, please. {other} will be on the call as well.\n\n{them}"),
            other(
                "Just off the phone: very good call, they could not name one thing they'd go back for. You'll hear from us this week.\n\n{other}",
            ),
        ],
    ),
    talk(
        "Test installation: {count} open points",
        None,
        &[
            with(
                them(
                    "Hello {me},\n\nour test group has finished. There are {count} open points in the attached list; most are small, but 3, 7 and 11 must be solved before we roll out in {city}.\n\n{them}",
                ),
                Attach::Csv("open-points.csv"),
            ),
            me(
                "Hello {them},\n\nThank you for the careful list. 3 and 7 are settings, I have changed them already. For 11 I need a log file, {other} knows which one.\n\n{me}",
            ),
            with(
                other("Here it is.\n\n{other}"),
                Attach::Csv("log-extract.csv"),
            ),
            me(
                "Found: a proxy cuts long connections. Here is what your IT should allow, then 11 is gone as well.\n\n{me}",
            ),
            them("Confirmed, 11 is gone. We roll out on {date}.\n\n{them}"),
        ],
    ),
    notice(
        true,
        "Virement de {amount} reçu",
        ("Banque du Littoral", "notifications"),
        &[them(
            "Un virement vient d'arriver\n\nMontant : {amount}. Référence : {number}. Les fonds sont disponibles sur votre compte professionnel.",
        )],
    ),
    talk(
        "Proposal: two pilots instead of one",
        None,
        &[
            me(
                "Hi {them},\n\nI slept over our talk. What if we start with two small pilots instead of one large one, {city} for the service team and one of the shops? You would see both sides after six weeks, for {amount} in total.\n\nWhat do you think?\n\n{me}",
            ),
            them(
                "Hi {me},\n\nI like it, and so does {other}. Could you put it on one page, with the dates? The board meets on {day}.\n\n{them}",
            ),
            with(
                me("Hi {them},\n\nOne page, as requested.\n\n{me}"),
                Attach::Pdf("Two-pilots.pdf"),
            ),
            them("Approved! 🎉 We start on {date}.\n\n{them}"),
        ],
    ),
    talk(
        "Missing attachment",
        None,
        &[
            them(
                "Hi {me},\n\nyour mail from {day} mentions a drawing, but there was nothing attached. Could you send it again?\n\n{them}",
            ),
            with(
                me("The classic! Here it is, sorry.\n\n{me}"),
                Attach::Png("drawing-{number}.png"),
            ),
            them("Got it, thanks.\n\n{them}"),
        ],
    ),
    parle(
        "Photos du chantier",
        None,
        &[
            with(
                them(
                    "Bonjour {me},\n\nQuelques photos du chantier à {city} : la pose avance bien, l'équipe aura terminé {day}. Il reste une question sur la teinte du comptoir, pouvez-vous m'appeler ?\n\nBonne journée,\n{them}",
                ),
                Attach::Png("chantier-01.png"),
            ),
            me(
                "Bonjour {them},\n\nMagnifique ! Pour le comptoir, ce sera le chêne clair. Je vous appelle à {time} pour le reste.\n\n{me}",
            ),
        ],
    ),
    news(
        false,
        "Your weekly digest: {count} new discussions",
        ("Makers Forum", "digest"),
        &[them(
            "Popular this week\n\nHow do you price small orders? (24 answers)\nShow us your packing table (17 answers)\nCarrier for bulky goods to Norway? (9 answers)\n\nYou get this mail because you follow the group in {city}.",
        )],
    ),
    talk(
        "Newsletter text for review",
        Some(LABEL_WEBSITE),
        &[
            them(
                "Hi {me},\n\nhere is the text for the December newsletter. Could you check the part about the new service? I was not sure about the opening hours.\n\n\"From {date} on our service desk answers until eight in the evening, also on Saturdays ...\"\n\n{them}",
            ),
            me("Hi {them},\n\nReads well! Saturdays only until four, the rest is right.\n\n{me}"),
        ],
    ),
    notice(
        false,
        "[{company}] Ticket #{number} was updated",
        ("{company} Support", "support"),
        &[them(
            "Your request has been updated\n\nTicket #{number}. Status: waiting for your answer. Our technician asks whether the fault also shows up after a restart, and since when. Just reply to this mail.",
        )],
    ),
    talk(
        "Visit in {city}: who comes, when",
        None,
        &[
            them(
                "Hi {me},\n\nwe would like to see your production before we decide. Would {date} suit you? There would be three of us, {other} is interested in quality control most of all.\n\n{them}",
            ),
            me(
                "Hi {them},\n\nYou are very welcome. I suggest {time}: tour, lunch with our head of production, and an hour for questions afterwards.\n\nAnything we should know about food?\n\n{me}",
            ),
            them("One vegetarian, otherwise we eat everything. See you soon!\n\n{them}"),
            me(
                "Thank you for the visit, we enjoyed it. As promised I'll send the test reports by {day}.\n\n{me}",
            ),
        ],
    ),
    parle(
        "Mise à jour de vos coordonnées bancaires",
        None,
        &[
            them(
                "Bonjour {me},\n\nNous changeons de banque au {date}. Je préfère vous transmettre les nouvelles coordonnées par téléphone plutôt que par courriel : pouvez-vous m'appeler {day} ?\n\nCordialement,\n{them}",
            ),
            me(
                "Bonjour {them},\n\nTrès bonne idée. Je vous appelle {day} à {time} au numéro habituel.\n\n{me}",
            ),
        ],
    ),
    talk(
        "Change request: second delivery address",
        None,
        &[
            them(
                "Hi {me},\n\nfrom {date} on please send the small parcels directly to our shop in {city}, pallets still to the warehouse. Can your system do that by itself or do we have to write it on every order?\n\n{them}",
            ),
            me(
                "Hi {them},\n\nThe system does it: I have added the shop as second address, everything below 30 kg goes there. You'll see it on the next confirmation.\n\n{me}",
            ),
            them("Very good, thank you.\n\n{them}"),
        ],
    ),
    talk(
        "Offer for {count} seats",
        None,
        &[
            them(
                "Hello {me},\n\nwe grow! Could you send an offer for {count} seats, billed yearly, and tell me what happens to the eleven we already have?\n\nBest regards\n{them}",
            ),
            with(
                me(
                    "Hello {them},\n\nCongratulations! Attached is the offer: {amount} a year. Your existing seats move over and the rest of their term is deducted.\n\n{me}",
                ),
                Attach::Pdf("Offer-{number}.pdf"),
            ),
            them("Fair. I will sign it today.\n\n{them}"),
        ],
    ),
    notice(
        false,
        "Backup report: all {count} jobs finished",
        ("Backup Monitor", "backup"),
        &[them(
            "Backup report\n\nJobs: {count}. Finished: {count}. Warnings: 0. Next run tonight at 01:30. This mail is sent once a week; problems are reported at once.",
        )],
    ),
];

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
        for script in &SCRIPTS {
            assert!(!script.turns.is_empty(), "{}", script.subject);
            let machine = matches!(script.kind, Kind::Newsletter | Kind::Notice);
            assert_eq!(script.sender.is_some(), machine, "{}", script.subject);
            assert!(!machine || script.turns.len() == 1 && script.turns[0].who == Who::Them);
        }
        let subjects: std::collections::HashSet<_> = SCRIPTS.iter().map(|s| s.subject).collect();
        assert_eq!(subjects.len(), SCRIPTS.len());
    }
}
