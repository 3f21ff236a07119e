//! What Tenon says of itself: the sentences of consent and privacy page, and the words for features
//! and scopes, in English and French. No privacy sentence is written anywhere else.

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use crate::feature::Feature;

mod texts;

pub use texts::{ScopeText, feature_text, missing_texts, profile_text, reason_text, scope_text};

/// A language of the texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Locale {
    /// English.
    En,
    /// French.
    Fr,
}

impl Locale {
    /// Reads a language tag (`fr`, `fr-CA`); anything else is English.
    pub fn parse(tag: &str) -> Self {
        if tag.get(..2).is_some_and(|l| l.eq_ignore_ascii_case("fr")) {
            Self::Fr
        } else {
            Self::En
        }
    }

    /// The tag.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::Fr => "fr",
        }
    }

    /// The one of two texts that is in this language.
    pub const fn of<'a>(self, en: &'a str, fr: &'a str) -> &'a str {
        match self {
            Self::En => en,
            Self::Fr => fr,
        }
    }
}

/// Part of the consent that a sentence belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// What is read at the provider.
    Read,
    /// What is stored here, and for how long.
    Stored,
    /// How it is kept.
    Kept,
    /// How it ends.
    Ended,
    /// The terms.
    Terms,
}

impl Section {
    /// Sections in the order they are shown, terms apart.
    pub const SHOWN: [Self; 4] = [Self::Read, Self::Stored, Self::Kept, Self::Ended];

    /// Its heading.
    pub const fn title(self, l: Locale) -> &'static str {
        match self {
            Self::Read => l.of("What Tenon reads", "Ce que Tenon lit"),
            Self::Stored => l.of(
                "What is stored, and for how long",
                "Ce qui est conservé, et combien de temps",
            ),
            Self::Kept => l.of("How it is protected", "Comment c’est protégé"),
            Self::Ended => l.of("How you end it", "Comment y mettre fin"),
            Self::Terms => l.of("Terms", "Conditions"),
        }
    }
}

/// One sentence.
#[derive(Debug, Clone, Copy)]
pub struct Sentence {
    /// Stable id.
    pub id: &'static str,
    /// Where it is shown.
    pub section: Section,
    /// Shown when this feature is chosen; always when `None`.
    pub feature: Option<Feature>,
    en: &'static str,
    fr: &'static str,
}

impl Sentence {
    /// Its text.
    pub const fn text(&self, locale: Locale) -> &'static str {
        locale.of(self.en, self.fr)
    }
}

const fn s(
    id: &'static str,
    section: Section,
    feature: Option<Feature>,
    en: &'static str,
    fr: &'static str,
) -> Sentence {
    Sentence {
        id,
        section,
        feature,
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
        "Tenon reads the list of your messages: sender, recipients, subject, dates, labels and size. It reads the text of a message only when you open that message.",
        "Tenon lit la liste de vos messages : expéditeur, destinataires, objet, dates, libellés et taille. Il ne lit le texte d’un message que lorsque vous l’ouvrez.",
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
        "Tenon writes drafts into your mailbox at Google and sends those that you tell it to send.",
        "Tenon écrit des brouillons dans votre boîte chez Google et envoie ceux que vous lui demandez d’envoyer.",
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
        "Names, addresses, subjects and label names of your messages are stored on this server, sealed, until you disconnect the account. When a message came, its size and which labels it bears are stored as plain numbers and codes.",
        "Les noms, adresses, objets et noms de libellés de vos messages sont conservés sur ce serveur, scellés, jusqu’à ce que vous déconnectiez le compte. La date d’arrivée, la taille et les libellés portés sont conservés comme simples nombres et codes.",
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
        "The text of a draft is stored at Google only. Of a message on its way, Tenon stores its number at Google, its hour and what became of it, and, sealed, its recipients and subject, for at most 30 days. Files that you attach are held in memory until the draft is saved.",
        "Le texte d’un brouillon n’est conservé que chez Google. D’un message en cours d’envoi, Tenon conserve son numéro chez Google, son heure et ce qu’il est devenu et, scellés, ses destinataires et son objet, pendant 30 jours au plus. Les fichiers joints restent en mémoire jusqu’à l’enregistrement du brouillon.",
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
        "Your mailbox is private: other members of your workspace do not see it.",
        "Votre boîte est privée : les autres membres de votre espace ne la voient pas.",
    ),
    s(
        "kept.first_party",
        Section::Kept,
        None,
        "The web app talks to this server only: no analytics, no foreign fonts or scripts. Remote images in messages are blocked.",
        "L’application web ne parle qu’à ce serveur : ni mesure d’audience, ni polices ou scripts étrangers. Les images distantes des messages sont bloquées.",
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
    s(
        "terms.operator",
        Section::Terms,
        None,
        "This server is run by your organisation. Whoever runs the machine could, with its keys, do what you can do; nothing in the product lets them.",
        "Ce serveur est exploité par votre organisation. Qui exploite la machine pourrait, avec ses clés, faire ce que vous pouvez faire ; rien dans le produit ne le lui permet.",
    ),
    s(
        "terms.use",
        Section::Terms,
        None,
        "What is read is used for the features you chose and for nothing else: no advertising, no sale, no training.",
        "Ce qui est lu sert aux fonctions choisies et à rien d’autre : ni publicité, ni vente, ni entraînement.",
    ),
    s(
        "terms.owner",
        Section::Terms,
        None,
        "You may connect an account only if it is yours or its owner allows it.",
        "Vous ne pouvez connecter un compte que s’il est à vous ou si son propriétaire le permet.",
    ),
];

/// The sentences for a set of features, in order.
pub fn sentences(features: &[Feature]) -> Vec<&'static Sentence> {
    let planned = features.iter().any(|f| !f.info().available);
    SENTENCES
        .iter()
        .filter(|s| s.feature.is_none_or(|f| features.contains(&f)))
        .filter(|s| s.id != "read.planned" || planned)
        .collect()
}

/// The version of the text that is shown for `features` in `locale`: `sha256:` and the hash of ids
/// and texts. Any change of any shown sentence changes it.
pub fn version(features: &[Feature], locale: Locale) -> String {
    let mut digest = aws_lc_rs::digest::Context::new(&aws_lc_rs::digest::SHA256);
    for sentence in sentences(features) {
        for part in [sentence.id, "\0", sentence.text(locale), "\0"] {
            digest.update(part.as_bytes());
        }
    }
    let hash = digest.finish();
    hash.as_ref()
        .iter()
        .fold(String::from("sha256:"), |mut text, byte| {
            let _ = write!(text, "{byte:02x}");
            text
        })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_scope_is_explained_in_both_languages() {
        assert_eq!(missing_texts(), Vec::<&str>::new());
    }

    #[test]
    fn sentence_ids_are_unique_and_both_languages_are_written() {
        for (i, sentence) in SENTENCES.iter().enumerate() {
            assert!(
                SENTENCES[..i].iter().all(|o| o.id != sentence.id),
                "{}",
                sentence.id
            );
            assert_ne!(sentence.en, sentence.fr);
        }
    }

    #[test]
    fn u8_the_version_follows_the_text_that_is_shown() {
        let mail = version(&[Feature::Mail], Locale::En);
        assert_eq!(mail, version(&[Feature::Mail], Locale::En));
        assert_ne!(mail, version(&[Feature::Mail], Locale::Fr));
        assert_ne!(mail, version(&[], Locale::En));
        assert_ne!(
            mail,
            version(&[Feature::Mail, Feature::Contacts], Locale::En),
            "a planned feature adds its sentence"
        );
    }

    #[test]
    fn locales_are_read_leniently() {
        assert_eq!(
            [
                Locale::parse("fr-CA"),
                Locale::parse("de"),
                Locale::parse("é"),
                Locale::parse("")
            ],
            [Locale::Fr, Locale::En, Locale::En, Locale::En]
        );
    }
}
