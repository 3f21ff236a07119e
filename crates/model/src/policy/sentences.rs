//! The sentences themselves. What stands here is what the product promises; nowhere else does it promise
//! anything about privacy.

use super::Ground::{Checked, Term};
use super::Place::{Consent, Page};
use super::{Ground, Place, Section, Sentence};
use crate::feature::Feature;

/// A sentence of the consent.
const fn s(
    id: &'static str,
    section: Section,
    feature: Option<Feature>,
    en: &'static str,
    fr: &'static str,
) -> Sentence {
    sentence(id, section, feature, Consent, Checked, en, fr)
}

/// A sentence of the privacy page only: about the server, not about an account.
const fn page(id: &'static str, en: &'static str, fr: &'static str) -> Sentence {
    sentence(id, Section::Server, None, Page, Checked, en, fr)
}

/// A term: an agreement between people, which no program can check.
const fn term(id: &'static str, section: Section, en: &'static str, fr: &'static str) -> Sentence {
    sentence(id, section, None, Consent, Term, en, fr)
}

const fn sentence(
    id: &'static str,
    section: Section,
    feature: Option<Feature>,
    place: Place,
    ground: Ground,
    en: &'static str,
    fr: &'static str,
) -> Sentence {
    Sentence {
        id,
        section,
        feature,
        place,
        ground,
        since: "0.1.0",
        en,
        fr,
    }
}

/// Every sentence. Changing one changes the version of each consent it is part of.
pub const SENTENCES: &[Sentence] = &[
    s(
        "read.identity",
        Section::Read,
        None,
        "Tenon reads the address and name of the account you choose, to know whose it is.",
        "Tenon lit l’adresse et le nom du compte choisi, pour savoir à qui il appartient.",
    ),
    s(
        "read.mail",
        Section::Read,
        Some(Feature::Mail),
        "Tenon reads the list of your messages: sender, recipients, subject, dates, labels and size. It reads the text of a message only when you open that message, or when it is the report of a mail system after a mail merge.",
        "Tenon lit la liste de vos messages : expéditeur, destinataires, objet, dates, libellés et taille. Il ne lit le texte d’un message que lorsque vous l’ouvrez, ou lorsque c’est le rapport d’un système de messagerie après un publipostage.",
    ),
    s(
        "read.aliases",
        Section::Read,
        Some(Feature::Mail),
        "Tenon reads your labels and the addresses you send from, with their signatures.",
        "Tenon lit vos libellés et les adresses depuis lesquelles vous écrivez, avec leurs signatures.",
    ),
    s(
        "read.organizing",
        Section::Read,
        Some(Feature::Organizing),
        "Tenon changes your mailbox only when you click: it marks, stars, archives, labels, moves and puts into the bin what you chose, at Google.",
        "Tenon ne change votre boîte que lorsque vous le demandez : il marque, suit, archive, classe, déplace et met à la corbeille, chez Google, ce que vous avez choisi.",
    ),
    s(
        "read.sending",
        Section::Read,
        Some(Feature::Sending),
        "Tenon writes drafts into your mailbox at Google and sends those that you tell it to send. After a mail merge it looks at the headers of what may be an answer to it.",
        "Tenon écrit des brouillons dans votre boîte chez Google et envoie ceux que vous lui demandez d’envoyer. Après un publipostage, il regarde les en-têtes de ce qui peut y répondre.",
    ),
    s(
        "read.deleting",
        Section::Read,
        Some(Feature::Deleting),
        "Tenon deletes for good only what is in the bin or in spam, and asks you each time.",
        "Tenon ne supprime définitivement que ce qui est à la corbeille ou parmi les indésirables, et vous le demande chaque fois.",
    ),
    s(
        "read.planned",
        Section::Read,
        None,
        "A permission you give for a part of Tenon that is not built yet is not used.",
        "Une autorisation donnée pour une partie de Tenon qui n’existe pas encore n’est pas utilisée.",
    ),
    s(
        "stored.mail",
        Section::Stored,
        Some(Feature::Mail),
        "Names, addresses, subjects and label names of your messages are stored on this server, sealed, until you disconnect the account or they grow older than your workspace keeps mail. When a message came, its size and which labels it bears are stored as plain numbers and codes.",
        "Les noms, adresses, objets et noms de libellés de vos messages sont conservés sur ce serveur, scellés, jusqu’à ce que vous déconnectiez le compte ou qu’ils dépassent l’âge que votre espace a choisi. La date d’arrivée, la taille et les libellés portés sont conservés comme simples nombres et codes.",
    ),
    s(
        "stored.no_bodies",
        Section::Stored,
        Some(Feature::Mail),
        "Message texts and attachments are never stored: they are fetched from Google when you open them and forgotten within minutes.",
        "Les textes et pièces jointes ne sont jamais conservés : ils sont demandés à Google quand vous les ouvrez et oubliés en quelques minutes.",
    ),
    s(
        "stored.organizing",
        Section::Stored,
        Some(Feature::Organizing),
        "Which messages you changed and which labels were put on or taken off is stored as codes for at most 7 days, so that you can undo it.",
        "Quels messages vous avez changés et quels libellés ont été mis ou retirés est conservé sous forme de codes pendant 7 jours au plus, pour que vous puissiez l’annuler.",
    ),
    s(
        "stored.sending",
        Section::Stored,
        Some(Feature::Sending),
        "The text of a draft is stored at Google only. Of a message on its way, Tenon stores its number at Google, its hour and what became of it, and, sealed, its recipients and subject, for at most 30 days; of a mail merge also its list, sealed, and who answered, was not reached or unsubscribed, until you delete it. Files that you attach are held in memory until the draft is saved.",
        "Le texte d’un brouillon n’est conservé que chez Google. D’un message en cours d’envoi, Tenon conserve son numéro chez Google, son heure et ce qu’il est devenu et, scellés, ses destinataires et son objet, pendant 30 jours au plus ; d’un publipostage aussi sa liste, scellée, et qui a répondu, n’a pas été joint ou s’est désinscrit, jusqu’à ce que vous le supprimiez. Les fichiers joints restent en mémoire jusqu’à l’enregistrement du brouillon.",
    ),
    s(
        "stored.tokens",
        Section::Stored,
        None,
        "The key that Google gives Tenon for your account is stored sealed and never shown to anyone. Tenon never sees your password.",
        "La clé que Google remet à Tenon pour votre compte est conservée scellée et n’est montrée à personne. Tenon ne voit jamais votre mot de passe.",
    ),
    s(
        "stored.consent",
        Section::Stored,
        None,
        "That you agreed to this text, and when, is stored and shown to you.",
        "Le fait que vous avez accepté ce texte, et quand, est conservé et vous est montré.",
    ),
    s(
        "kept.sealed",
        Section::Kept,
        None,
        "Each account has an encryption key of its own; a stolen database or backup shows no mail.",
        "Chaque compte a sa propre clé de chiffrement ; une base de données ou une sauvegarde volée ne montre aucun courrier.",
    ),
    s(
        "kept.private",
        Section::Kept,
        Some(Feature::Mail),
        "Your mailbox is private: other members of your workspace see nothing of it but the conversations that you share with them.",
        "Votre boîte est privée : les autres membres de votre espace n’en voient rien, sauf les conversations que vous partagez avec eux.",
    ),
    s(
        "kept.first_party",
        Section::Kept,
        None,
        "The web app talks to this server only: no analytics, no foreign fonts or scripts.",
        "L’application web ne parle qu’à ce serveur : ni mesure d’audience, ni polices ou scripts étrangers.",
    ),
    s(
        "kept.images",
        Section::Kept,
        Some(Feature::Mail),
        "Images from elsewhere load only when you ask for them; this server then fetches them, and their sender learns nothing of you.",
        "Les images venues d’ailleurs ne se chargent que si vous le demandez ; c’est alors ce serveur qui va les chercher, et leur expéditeur n’apprend rien de vous.",
    ),
    s(
        "ended.disconnect",
        Section::Ended,
        None,
        "Disconnecting removes everything that was read from the account, before it answers, and destroys its key, so that backups cannot be read either. You get a receipt.",
        "La déconnexion supprime tout ce qui a été lu du compte, avant de répondre, et détruit sa clé, de sorte que les sauvegardes ne sont plus lisibles non plus. Vous recevez un reçu.",
    ),
    s(
        "ended.revoke",
        Section::Ended,
        None,
        "The grant is withdrawn at Google, unless another connection shares it; then you are told so and get the link to end it yourself.",
        "L’autorisation est retirée chez Google, sauf si une autre connexion la partage ; vous en êtes alors averti et recevez le lien pour y mettre fin vous-même.",
    ),
    s(
        "ended.elsewhere",
        Section::Ended,
        None,
        "If you withdraw access at Google, Tenon stops, destroys its tokens at once, and removes the message list after 7 days unless you reconnect.",
        "Si vous retirez l’accès chez Google, Tenon s’arrête, détruit aussitôt ses jetons et supprime la liste des messages après 7 jours, sauf si vous vous reconnectez.",
    ),
    term(
        "terms.operator",
        Section::Terms,
        "This server is run by your organisation. Whoever runs the machine could, with its keys, do what you can do; nothing in the product lets them.",
        "Ce serveur est exploité par votre organisation. Qui exploite la machine pourrait, avec ses clés, faire ce que vous pouvez faire ; rien dans le produit ne le lui permet.",
    ),
    term(
        "terms.use",
        Section::Terms,
        "What is read is used for the features you chose and for nothing else: no advertising, no sale, no training.",
        "Ce qui est lu sert aux fonctions choisies et à rien d’autre : ni publicité, ni vente, ni entraînement.",
    ),
    term(
        "terms.owner",
        Section::Terms,
        "You may connect an account only if it is yours or its owner allows it.",
        "Vous ne pouvez connecter un compte que s’il est à vous ou si son propriétaire le permet.",
    ),
    page(
        "server.isolation",
        "No workspace can reach another’s data: not by an id, a search, a count, a live update or an error.",
        "Aucun espace ne peut atteindre les données d’un autre : ni par un identifiant, ni par une recherche, un compte, une mise à jour ou une erreur.",
    ),
    page(
        "server.sharing",
        "A record that is private, or shared with some, is seen and changed by its owner and by them only: no list, count, search, link, timeline or live update tells others of it, not even administrators.",
        "Une fiche privée, ou partagée avec quelques-uns, n’est vue et modifiée que par son propriétaire et par eux : ni liste, ni compte, ni recherche, ni lien, ni chronologie, ni mise à jour n’en dit rien aux autres, pas même aux administrateurs.",
    ),
    page(
        "server.unshared",
        "Sharing that is taken back ends at once: with the next request, the next live update and the next piece of a download, on every server.",
        "Un partage retiré prend fin aussitôt : dès la requête, la mise à jour et la partie de téléchargement suivantes, sur chaque serveur.",
    ),
    page(
        "server.hostile_mail",
        "Mail cannot run anything here, draw over the page, or keep the server busy.",
        "Un message ne peut rien exécuter ici, ni recouvrir la page, ni occuper le serveur.",
    ),
    page(
        "server.sessions",
        "A session that you end stops at once on every device, and one that nobody uses ends by itself.",
        "Une session que vous terminez s’arrête aussitôt sur tous les appareils, et celle que personne n’utilise prend fin d’elle-même.",
    ),
    page(
        "server.sign_in",
        "Guessing passwords is slowed down, and the answer of a sign-in counts once, in the browser that asked for it.",
        "Deviner des mots de passe est ralenti, et la réponse d’une connexion ne compte qu’une fois, dans le navigateur qui l’a demandée.",
    ),
    page(
        "server.forgery",
        "Pages of other sites cannot act in your name.",
        "Les pages d’autres sites ne peuvent pas agir en votre nom.",
    ),
    page(
        "server.unsubscribe",
        "Whoever gets mail that goes to many can end it with one click and without an account. To open the link changes nothing, and after the click none of it goes to them.",
        "Qui reçoit du courrier adressé à plusieurs peut y mettre fin d’un clic et sans compte. Ouvrir le lien ne change rien, et après le clic plus rien de tel ne lui est envoyé.",
    ),
    page(
        "server.push",
        "That mail has come is believed of Google only, and only when it was meant for this server.",
        "L’annonce d’un nouveau message n’est crue que de Google, et seulement si elle s’adresse à ce serveur.",
    ),
    page(
        "server.tampering",
        "A stored value that somebody changed or moved is noticed and never used.",
        "Une valeur conservée que quelqu’un a changée ou déplacée est remarquée et n’est jamais utilisée.",
    ),
    page(
        "server.keys",
        "The key that protects all others can be changed while the server runs, and nothing is lost when that is cut off.",
        "La clé qui protège toutes les autres peut être changée pendant que le serveur fonctionne, et rien n’est perdu si cela est interrompu.",
    ),
    page(
        "server.audit",
        "What is done to sign-in, members, accounts and keys is told in a log, of which no entry is changed, removed or added unnoticed, and which holds no mail and no names.",
        "Ce qui touche à la connexion, aux membres, aux comptes et aux clés est inscrit dans un journal, dont aucune entrée n’est modifiée, retirée ou ajoutée sans être remarquée, et qui ne contient ni courrier ni noms.",
    ),
    page(
        "server.logs",
        "Logs and figures for the operator hold no names, addresses, subjects, texts or keys.",
        "Les journaux et les chiffres de l’exploitant ne contiennent ni noms, ni adresses, ni objets, ni textes, ni clés.",
    ),
    page(
        "server.crash",
        "A crash of the server writes nothing of its memory to the disk.",
        "Une panne du serveur n’écrit rien de sa mémoire sur le disque.",
    ),
    page(
        "server.inventory",
        "Every stored column is declared, with what it is for, how long it is kept and who can see it; the list is public.",
        "Chaque colonne conservée est déclarée, avec son but, sa durée et qui peut la voir ; la liste est publique.",
    ),
    page(
        "server.contact",
        "Where the operator has named a contact for security, it is found at the usual address and has not expired.",
        "Lorsque l’exploitant a indiqué un contact de sécurité, il se trouve à l’adresse habituelle et n’est pas périmé.",
    ),
];
