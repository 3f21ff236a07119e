//! Newsletters and what machines write.

use super::{Script, news, notice, them};

pub(super) const ALL: [Script; 17] = [
    news(
        false,
        "The {company} letter: what changes in 2027",
        ("{company}", "news"),
        &[them(
            "Five changes worth knowing before the new year\n\nFrom e-invoicing to the new rules on packaging: our team has put together what small and medium companies need to prepare, with dates and links to the official texts.\n\nAlso in this issue: how a family business in {city} cut its delivery times by a third, and three questions to ask before you change your phone system.",
        )],
    ),
    notice(
        false,
        "Your parcel {number} arrives on {day}",
        ("Parcel Desk", "noreply"),
        &[them(
            "Your parcel is on its way\n\nTracking number {number}. Expected on {day} between 09:00 and {time}. You don't need to be at home: leave a note for the driver and we will put it in a safe place.",
        )],
    ),
    notice(
        false,
        "Your booking in {city} is confirmed",
        ("Pinecrest Reservations", "reservations"),
        &[them(
            "Thank you for your booking\n\nReservation {number}. Arrival {date}, two nights, breakfast included. Free cancellation until two days before arrival. Total {small}.",
        )],
    ),
    news(
        true,
        "La lettre de {company} – novembre",
        ("{company}", "lettre"),
        &[them(
            "Au sommaire de ce mois-ci\n\nFacturation électronique : le calendrier expliqué en cinq minutes. Trois entreprises de {city} racontent leur passage au télétravail partiel. Et nos formations du printemps, avec encore quelques places.",
        )],
    ),
    notice(
        false,
        "Security alert: new sign-in from {city}",
        ("Account Security", "no-reply"),
        &[them(
            "A new sign-in was noticed\n\nDevice: Firefox on Linux. Place: {city}. If this was you, there is nothing to do. If not, please check your devices and change your password.",
        )],
    ),
    news(
        false,
        "{count} ideas for your spring campaign",
        ("Foxglove Weekly", "weekly"),
        &[them(
            "This week: small lists, big answers\n\nWhy the mail with the fewest pictures got the most replies, a checklist for subject lines, and a template for thank-you notes that people keep.\n\nPlus: our workshop in {city} has five places left.",
        )],
    ),
    notice(
        false,
        "Payment of {amount} received",
        ("Ledger Bank", "notifications"),
        &[them(
            "A payment has arrived\n\nAmount: {amount}. Reference: {number}. The money is available on your business account now.",
        )],
    ),
    notice(
        false,
        "Reminder: {company} review, {day} {time}",
        ("Calendar", "calendar-notification"),
        &[them(
            "Reminder\n\n{company} quarterly review\nWhen: {day} {time} to one hour later\nWhere: Meeting room 2 and online\nGoing: you and {count} others",
        )],
    ),
    news(
        false,
        "Release notes {number}: faster search, new filters",
        ("Kestrel Product Team", "product"),
        &[them(
            "New this month\n\nSearch answers in half the time, filters can be saved and shared, and the export now keeps your column order. As always, the full list is on the changelog page.",
        )],
    ),
    notice(
        true,
        "Votre colis {number} sera livré {day}",
        ("Relais Colis Express", "ne-pas-repondre"),
        &[them(
            "Votre colis est en route\n\nNuméro de suivi {number}. Livraison prévue {day} avant {time}. Vous pouvez choisir un autre créneau ou un point relais.",
        )],
    ),
    news(
        false,
        "Invitation: open house in {city} on {date}",
        ("{company} Events", "events"),
        &[them(
            "Come and see how it is made\n\nOn {date} we open our doors in {city}: guided tours every half hour, our engineers answer questions, and there is soup for everybody.\n\nPlease tell us until {day} if you would like to come.",
        )],
    ),
    notice(
        false,
        "Your monthly statement is ready",
        ("Ledger Bank", "statements"),
        &[them(
            "Your statement for last month is ready\n\nYou can read and download it in your online banking. For your safety we never send links to sign in.",
        )],
    ),
    news(
        true,
        "Invitation : portes ouvertes à {city}",
        ("{company}", "evenements"),
        &[them(
            "Venez nous rendre visite\n\nLe {date}, nous ouvrons nos ateliers de {city} : visites guidées toutes les demi-heures, démonstrations et dégustation de produits régionaux. Merci de vous inscrire avant {day}.",
        )],
    ),
    notice(
        true,
        "Virement de {amount} reçu",
        ("Banque du Littoral", "notifications"),
        &[them(
            "Un virement vient d'arriver\n\nMontant : {amount}. Référence : {number}. Les fonds sont disponibles sur votre compte professionnel.",
        )],
    ),
    news(
        false,
        "Your weekly digest: {count} new discussions",
        ("Makers Forum", "digest"),
        &[them(
            "Popular this week\n\nHow do you price small orders? (24 answers)\nShow us your packing table (17 answers)\nCarrier for bulky goods to Norway? (9 answers)\n\nYou get this mail because you follow the group in {city}.",
        )],
    ),
    notice(
        false,
        "[{company}] Ticket #{number} was updated",
        ("{company} Support", "support"),
        &[them(
            "Your request has been updated\n\nTicket #{number}. Status: waiting for your answer. Our technician asks whether the fault also shows up after a restart, and since when. Just reply to this mail.",
        )],
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
