//! Plain words for scopes, features, profiles and machine codes.

use super::Locale;
use crate::feature::{FEATURES, Feature, Profile};

/// What a person is told of a scope.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ScopeText {
    /// A short name.
    pub name: &'static str,
    /// Why it is needed.
    pub why: &'static str,
    /// What it lets Tenon read or change.
    pub allows: &'static str,
    /// What is stored.
    pub stored: &'static str,
}

/// The texts of a scope, by the key in the feature table.
pub fn scope_text(key: &str, l: Locale) -> Option<ScopeText> {
    let t = |name, why, allows, stored| {
        Some(ScopeText {
            name,
            why,
            allows,
            stored,
        })
    };
    match (key, l) {
        ("openid", Locale::En) => t(
            "Sign-in identity",
            "So that a later reconnection is checked to be the same account.",
            "Read the account's permanent number at Google.",
            "That number, sealed.",
        ),
        ("openid", Locale::Fr) => t(
            "Identité de connexion",
            "Pour vérifier qu’une reconnexion concerne bien le même compte.",
            "Lire le numéro permanent du compte chez Google.",
            "Ce numéro, scellé.",
        ),
        ("email", Locale::En) => t(
            "E-mail address",
            "To show which account is connected.",
            "Read the account's address.",
            "The address, sealed.",
        ),
        ("email", Locale::Fr) => t(
            "Adresse e-mail",
            "Pour montrer quel compte est connecté.",
            "Lire l’adresse du compte.",
            "L’adresse, scellée.",
        ),
        ("profile", Locale::En) => t(
            "Name",
            "To show whose account it is.",
            "Read the name on the account.",
            "The name, sealed.",
        ),
        ("profile", Locale::Fr) => t(
            "Nom",
            "Pour montrer à qui est le compte.",
            "Lire le nom du compte.",
            "Le nom, scellé.",
        ),
        ("gmail_readonly", Locale::En) => t(
            "Read mail",
            "To show your mailbox beside your customer records.",
            "Read all messages, labels and settings of Gmail. It cannot change, send or delete anything.",
            "Sender, recipients, subject and label names, sealed; time of arrival, size and label codes, plain. No text, no attachment.",
        ),
        ("gmail_readonly", Locale::Fr) => t(
            "Lire le courrier",
            "Pour montrer votre boîte à côté de vos fiches clients.",
            "Lire tous les messages, libellés et réglages de Gmail. Ne peut rien modifier, envoyer ni supprimer.",
            "Expéditeur, destinataires, objet et noms de libellés, scellés ; date d’arrivée, taille et codes de libellés, en clair. Ni texte, ni pièce jointe.",
        ),
        ("gmail_modify", Locale::En) => t(
            "Organise mail",
            "To mark as read, star, archive, label, move, report spam and move to the bin, when you click it.",
            "Read all messages, change their labels, write and send messages, and move messages to the bin. It cannot delete for good.",
            "What you did in the last week, as codes, so that it can be undone. No text.",
        ),
        ("gmail_modify", Locale::Fr) => t(
            "Organiser le courrier",
            "Pour marquer comme lu, suivre, archiver, classer, déplacer, signaler comme indésirable et mettre à la corbeille, quand vous le demandez.",
            "Lire tous les messages, changer leurs libellés, écrire et envoyer des messages, et en mettre à la corbeille. Ne peut pas supprimer définitivement.",
            "Ce que vous avez fait depuis une semaine, sous forme de codes, pour pouvoir l’annuler. Aucun texte.",
        ),
        ("gmail_full", Locale::En) => t(
            "Delete mail for good",
            "Only to empty what is in the bin or in spam, each time after asking you. Google gives no smaller permission for that.",
            "Everything in Gmail, deleting for good included.",
            "Nothing more than for the other permissions.",
        ),
        ("gmail_full", Locale::Fr) => t(
            "Supprimer définitivement",
            "Seulement pour vider ce qui est à la corbeille ou parmi les indésirables, chaque fois après vous l’avoir demandé. Google n’offre pas d’autorisation plus étroite.",
            "Tout dans Gmail, y compris la suppression définitive.",
            "Rien de plus que pour les autres autorisations.",
        ),
        ("gmail_compose", Locale::En) => t(
            "Drafts and sending",
            "To write drafts and send messages that you confirm.",
            "Create, change and send drafts and messages. It cannot delete received mail.",
            "Of a message on its way: its number at Google, its hour and what became of it, plain; recipients and subject, sealed. Its text stays in your drafts at Google.",
        ),
        ("gmail_compose", Locale::Fr) => t(
            "Brouillons et envoi",
            "Pour écrire des brouillons et envoyer les messages que vous confirmez.",
            "Créer, modifier et envoyer des brouillons et des messages. Ne peut pas supprimer le courrier reçu.",
            "D’un message en cours d’envoi : son numéro chez Google, son heure et ce qu’il est devenu, en clair ; destinataires et objet, scellés. Son texte reste dans vos brouillons chez Google.",
        ),
        ("contacts", Locale::En) => t(
            "Contacts",
            "To keep contacts the same on both sides.",
            "Read, create, change and delete contacts.",
            "The contacts you choose to keep in step.",
        ),
        ("contacts", Locale::Fr) => t(
            "Contacts",
            "Pour tenir les contacts à jour des deux côtés.",
            "Lire, créer, modifier et supprimer des contacts.",
            "Les contacts que vous choisissez de synchroniser.",
        ),
        ("calendar", Locale::En) => t(
            "Calendar",
            "To keep meetings and calls the same on both sides.",
            "Read and change calendars and their events.",
            "The events of the calendars you choose.",
        ),
        ("calendar", Locale::Fr) => t(
            "Agenda",
            "Pour tenir réunions et appels à jour des deux côtés.",
            "Lire et modifier les agendas et leurs événements.",
            "Les événements des agendas choisis.",
        ),
        ("calendar_events_owned", Locale::En) => t(
            "Events in your own calendars",
            "To make an event for a task and take it away with the task.",
            "Read and change events of calendars you own.",
            "Only the events that Tenon made for tasks.",
        ),
        ("calendar_events_owned", Locale::Fr) => t(
            "Événements de vos agendas",
            "Pour créer l’événement d’une tâche et le retirer avec elle.",
            "Lire et modifier les événements des agendas qui sont à vous.",
            "Seulement les événements créés par Tenon pour des tâches.",
        ),
        ("tasks", Locale::En) => t(
            "Tasks",
            "To keep tasks the same on both sides.",
            "Read, create, change and delete tasks.",
            "The tasks of the lists you choose.",
        ),
        ("tasks", Locale::Fr) => t(
            "Tâches",
            "Pour tenir les tâches à jour des deux côtés.",
            "Lire, créer, modifier et supprimer des tâches.",
            "Les tâches des listes choisies.",
        ),
        ("drive_file", Locale::En) => t(
            "Chosen Drive files",
            "To attach a Drive file to a deal.",
            "See and open only the files that you pick.",
            "Id, name, type and link of those files.",
        ),
        ("drive_file", Locale::Fr) => t(
            "Fichiers Drive choisis",
            "Pour joindre un fichier Drive à une affaire.",
            "Voir et ouvrir uniquement les fichiers que vous choisissez.",
            "Identifiant, nom, type et lien de ces fichiers.",
        ),
        ("drive_metadata_readonly", Locale::En) => t(
            "Names of all Drive files",
            "To search your whole Drive in Tenon. Without it you choose files on Google’s own page.",
            "See name, type, times and place of every file in your Drive. Not what is in them.",
            "Nothing of what the search finds; of a file that you link its id, name, type and link.",
        ),
        ("drive_metadata_readonly", Locale::Fr) => t(
            "Noms de tous les fichiers Drive",
            "Pour chercher dans tout votre Drive depuis Tenon. Sinon, vous choisissez les fichiers sur la page de Google.",
            "Voir le nom, le type, les dates et l’emplacement de chaque fichier de votre Drive. Pas leur contenu.",
            "Rien de ce que la recherche trouve ; d’un fichier lié : identifiant, nom, type et lien.",
        ),
        _ => None,
    }
}

/// Name and summary of a feature.
pub const fn feature_text(feature: Feature, l: Locale) -> (&'static str, &'static str) {
    match feature {
        Feature::Identity => (
            l.of("Identity", "Identité"),
            l.of("Whose account it is", "À qui est le compte"),
        ),
        Feature::Mail => (
            l.of("Mail", "Courrier"),
            l.of(
                "Your mailbox beside your records",
                "Votre boîte à côté de vos fiches",
            ),
        ),
        Feature::Organizing => (
            l.of("Organising", "Classement"),
            l.of(
                "Read, star, archive, label, move, bin",
                "Lire, suivre, archiver, classer, déplacer, corbeille",
            ),
        ),
        Feature::Sending => (
            l.of("Sending", "Envoi"),
            l.of(
                "Drafts, replies, forwarding",
                "Brouillons, réponses, transferts",
            ),
        ),
        Feature::Deleting => (
            l.of("Deleting for good", "Suppression définitive"),
            l.of(
                "Emptying bin and spam, each time after asking",
                "Vider corbeille et indésirables, chaque fois après demande",
            ),
        ),
        Feature::Tracking => (
            l.of("Tracking", "Suivi"),
            l.of(
                "Opens, clicks and replies of your own mail",
                "Ouvertures, clics et réponses à vos messages",
            ),
        ),
        Feature::Contacts => (
            l.of("Contacts", "Contacts"),
            l.of(
                "The same contacts on both sides",
                "Les mêmes contacts des deux côtés",
            ),
        ),
        Feature::Calendar => (
            l.of("Calendar", "Agenda"),
            l.of(
                "Meetings and calls on both sides",
                "Réunions et appels des deux côtés",
            ),
        ),
        Feature::CalendarEvents => (
            l.of("Events for tasks", "Événements des tâches"),
            l.of(
                "A calendar entry for each dated task",
                "Une entrée d’agenda pour chaque tâche datée",
            ),
        ),
        Feature::Tasks => (
            l.of("Tasks", "Tâches"),
            l.of(
                "The same tasks on both sides",
                "Les mêmes tâches des deux côtés",
            ),
        ),
        Feature::Files => (
            l.of("Files", "Fichiers"),
            l.of(
                "Drive files on deals and companies",
                "Fichiers Drive sur affaires et sociétés",
            ),
        ),
        Feature::FilesSearch => (
            l.of("Search in Drive", "Recherche dans Drive"),
            l.of(
                "Finding any of your Drive files by name",
                "Trouver par son nom n’importe quel fichier de votre Drive",
            ),
        ),
    }
}

/// Name and description of a profile.
pub const fn profile_text(profile: Profile, l: Locale) -> (&'static str, &'static str) {
    match profile {
        Profile::Sales => (
            l.of("Sales", "Ventes"),
            l.of("The full set for people who sell: mail, organising, sending, tracking, files, contacts, calendar, tasks.", "L’ensemble complet pour la vente : courrier, classement, envoi, suivi, fichiers, contacts, agenda, tâches."),
        ),
        Profile::Type => (
            l.of("Light", "Léger"),
            l.of("Mail, organising, sending, tracking and calendar events for tasks. Never files, never contacts.", "Courrier, classement, envoi, suivi et événements d’agenda pour les tâches. Jamais les fichiers, jamais les contacts."),
        ),
    }
}

/// Plain words for a machine code that a person sees: why something stopped, was skipped or waits.
pub const fn reason_text(code: &str, l: Locale) -> &'static str {
    // `match` on bytes, so that this stays usable in constants.
    match code.as_bytes() {
        b"invalid_grant" | b"revoked_elsewhere" => l.of("Access was withdrawn at the provider, or the password was changed. Reconnect to go on.", "L’accès a été retiré chez le fournisseur, ou le mot de passe a changé. Reconnectez-vous pour continuer."),
        b"account_off" => l.of("The account in Tenon is switched off. It goes on when the account is switched on again.", "Le compte Tenon est désactivé. Cela reprendra à sa réactivation."),
        b"app_in_testing" => l.of("This server's app is still in testing at the provider, so access ends after seven days. Its operator has been told; reconnect when they have published it.", "L’application de ce serveur est encore en test chez le fournisseur : l’accès se termine au bout de sept jours. L’exploitant est prévenu ; reconnectez-vous lorsqu’il l’aura publiée."),
        b"many_grants_lost" => l.of("Many accounts of this server lost their access at the same time; it was not you. Its operator has been told; reconnect when they have looked at it.", "De nombreux comptes de ce serveur ont perdu leur accès en même temps ; ce n’est pas de votre fait. L’exploitant est prévenu ; reconnectez-vous lorsqu’il aura vérifié."),
        b"invalid_rapt" => l.of("Your organisation asks for a new sign-in after some time. Reconnect to go on.", "Votre organisation demande une nouvelle connexion après un certain temps. Reconnectez-vous pour continuer."),
        b"scope_missing" => l.of("A permission that this feature needs was not given. Reconnect and leave it ticked.", "Une autorisation nécessaire à cette fonction n’a pas été donnée. Reconnectez-vous en la laissant cochée."),
        b"no_mailbox" => l.of("This account has no Gmail mailbox. Tenon checks again every day.", "Ce compte n’a pas de boîte Gmail. Tenon vérifie à nouveau chaque jour."),
        b"domain_policy" => l.of("Your organisation does not allow this app. Its administrator can change that in the Google Admin console.", "Votre organisation n’autorise pas cette application. Son administrateur peut changer cela dans la console d’administration Google."),
        b"deletion_brake" => l.of("An unusually large number of messages seems to be gone at the provider. Nothing was removed; please decide.", "Un nombre inhabituel de messages semble avoir disparu chez le fournisseur. Rien n’a été supprimé ; à vous de décider."),
        b"resync_limit" => l.of("The mailbox had to be read again too often. Tenon waits for you to start it.", "La boîte a dû être relue trop souvent. Tenon attend que vous la relanciez."),
        b"quota" => l.of("The provider's quota is used up for the moment; it goes on by itself.", "Le quota du fournisseur est épuisé pour le moment ; cela reprend tout seul."),
        b"provider_unavailable" => l.of("The provider does not answer; Tenon tries again by itself.", "Le fournisseur ne répond pas ; Tenon réessaie tout seul."),
        b"deployment_alarm" => l.of("This server's registration at the provider is refused. The operator has to look at it.", "L’enregistrement de ce serveur chez le fournisseur est refusé. L’exploitant doit s’en occuper."),
        b"daily_quota" => l.of("This server's quota at the provider is spent for today. It goes on by itself after midnight in California; the operator can ask for more.", "Le quota de ce serveur chez le fournisseur est épuisé pour aujourd’hui. Cela reprend tout seul après minuit en Californie ; l’exploitant peut en demander davantage."),
        b"certificate_invalid" => l.of("The provider's certificate is not valid, so nothing was sent to it. The operator has to look at this server's network and clock; Tenon checks again every day.", "Le certificat du fournisseur n’est pas valide : rien ne lui a été envoyé. L’exploitant doit vérifier le réseau et l’horloge de ce serveur ; Tenon vérifie à nouveau chaque jour."),
        b"client_refused" => l.of("The provider refuses this server's client id or secret. The operator has to look at the registration.", "Le fournisseur refuse l’identifiant ou le secret de ce serveur. L’exploitant doit vérifier l’enregistrement."),
        b"push_refused" => l.of("The provider does not push to this server's topic: it is missing, or Gmail may not publish to it. Mail comes by polling meanwhile; the operator has to look at the topic.", "Le fournisseur ne publie pas vers le sujet de ce serveur : il manque, ou Gmail n’a pas le droit d’y publier. Le courrier arrive par interrogation en attendant ; l’exploitant doit vérifier le sujet."),
        b"unreadable" => l.of("The provider's answer for this message could not be understood.", "La réponse du fournisseur pour ce message n’a pas pu être comprise."),
        b"charset_unknown" => l.of("The text uses an unknown character set; some letters may be wrong.", "Le texte utilise un jeu de caractères inconnu ; certaines lettres peuvent être fausses."),
        b"body_missing" => l.of("This message has no readable text. You can download the original.", "Ce message n’a pas de texte lisible. Vous pouvez télécharger l’original."),
        b"attachments_only" => l.of(
            "This message has no text of its own, only what is attached.",
            "Ce message n’a pas de texte, seulement des pièces jointes.",
        ),
        b"body_empty" => l.of(
            "This message has no text.",
            "Ce message n’a pas de texte.",
        ),
        b"too_deep" | b"too_many_parts" => l.of(
            "This message has more parts inside each other than are shown. You can download the original.",
            "Ce message imbrique plus de parties qu’il n’en est affiché. Vous pouvez télécharger l’original.",
        ),
        b"charset_guessed" => l.of(
            "The character set was guessed; some letters may be wrong.",
            "Le jeu de caractères a été deviné ; certaines lettres peuvent être fausses.",
        ),
        b"body_cut" | b"body_too_large" => l.of(
            "This message is longer than is shown. You can download the original.",
            "Ce message est plus long que ce qui est affiché. Vous pouvez télécharger l’original.",
        ),
        b"not_found" => l.of(
            "Announced by the provider but not there when it was fetched; Tenon looks once more.",
            "Annoncé par le fournisseur mais absent au moment de le lire ; Tenon vérifie encore une fois.",
        ),
        b"storage_full" => l.of(
            "The server's disk is full. Its operator has to make room.",
            "Le disque du serveur est plein. Son exploitant doit libérer de la place.",
        ),
        b"database_unavailable" => l.of(
            "The server's database was away for a moment; it goes on by itself.",
            "La base de données du serveur était absente un moment ; cela reprend tout seul.",
        ),
        b"keys_unavailable" => l.of(
            "The service that keeps the server's key did not answer; it goes on by itself.",
            "Le service qui garde la clé du serveur n’a pas répondu ; cela reprend tout seul.",
        ),
        b"too_large" => l.of("This message is too large to be shown. You can download the original.", "Ce message est trop grand pour être affiché. Vous pouvez télécharger l’original."),
        b"mime_broken" => l.of("This message is not built as the standard asks; what is shown may be incomplete. You can download the original.", "Ce message n’est pas construit selon la norme ; ce qui est affiché peut être incomplet. Vous pouvez télécharger l’original."),
        b"message_gone" => l.of(
            "This message is no longer at the provider; there was nothing left to do.",
            "Ce message n’est plus chez le fournisseur ; il n’y avait plus rien à faire.",
        ),
        b"label_gone" => l.of(
            "The label is no longer at the provider. Nothing more was changed.",
            "Le libellé n’existe plus chez le fournisseur. Rien de plus n’a été changé.",
        ),
        b"provider_refused" => l.of(
            "The provider refused this for good.",
            "Le fournisseur a refusé définitivement.",
        ),
        b"feature_off" => l.of(
            "This connection is no longer allowed to do this. Switch the feature on again to go on.",
            "Cette connexion n’en a plus le droit. Réactivez la fonction pour continuer.",
        ),
        b"needs_reauthorization" => l.of(
            "Access at the provider is missing. Reconnect the account to go on.",
            "L’accès chez le fournisseur manque. Reconnectez le compte pour continuer.",
        ),
        b"paused" => l.of(
            "The connection is paused. Resume it to go on.",
            "La connexion est en pause. Reprenez-la pour continuer.",
        ),
        b"daily_limit" => l.of(
            "Google's limit of messages sent in a day is reached. The message was not sent; its draft is kept. Try again tomorrow.",
            "La limite d’envois par jour de Google est atteinte. Le message n’est pas parti ; son brouillon est gardé. Réessayez demain.",
        ),
        b"message_too_large" => l.of(
            "The message is too large for the provider. It was not sent; its draft is kept.",
            "Le message est trop volumineux pour le fournisseur. Il n’est pas parti ; son brouillon est gardé.",
        ),
        b"draft_gone" => l.of(
            "The draft was deleted or sent elsewhere before its hour. Nothing was sent from here.",
            "Le brouillon a été supprimé ou envoyé ailleurs avant son heure. Rien n’est parti d’ici.",
        ),
        b"draft_unreadable" => l.of(
            "The draft was changed elsewhere and cannot be read any more. It was not sent; open it in the mailbox.",
            "Le brouillon a été modifié ailleurs et n’est plus lisible. Il n’est pas parti ; ouvrez-le dans la boîte.",
        ),
        b"recipients_invalid" => l.of(
            "The draft was changed elsewhere and its recipients are missing or wrong. It was not sent; its draft is kept.",
            "Le brouillon a été modifié ailleurs et ses destinataires manquent ou sont faux. Il n’est pas parti ; son brouillon est gardé.",
        ),
        b"missed_hour" => l.of(
            "The message could not go within a day of its hour. It was not sent, because nobody expects it so late; its draft is kept.",
            "Le message n’a pas pu partir dans la journée qui suit son heure. Il n’est pas parti, car personne ne l’attend si tard ; son brouillon est gardé.",
        ),
        b"sender_off" => l.of(
            "The account of the person who scheduled it is switched off. The message was not sent; its draft is kept.",
            "Le compte de la personne qui l’a programmé est désactivé. Le message n’est pas parti ; son brouillon est gardé.",
        ),
        b"letter_changed" => l.of(
            "The letter was changed after the start. Look at it, and go on if it is as you want it.",
            "La lettre a été modifiée après le départ. Relisez-la, puis reprenez si elle vous convient.",
        ),
        b"letter_gone" => l.of(
            "The draft with the letter was deleted. Nothing more goes.",
            "Le brouillon de la lettre a été supprimé. Plus rien ne part.",
        ),
        b"letter_unfit" => l.of(
            "The letter cannot go as it is now: it names recipients of its own, or a variable that does not exist.",
            "La lettre ne peut pas partir ainsi : elle nomme ses propres destinataires, ou une variable qui n’existe pas.",
        ),
        b"letter_too_much" => l.of(
            "Filled in for this person, the letter is too large.",
            "Remplie pour cette personne, la lettre est trop grande.",
        ),
        b"refused_often" => l.of(
            "Ten messages in a row were refused. Look at why before you go on.",
            "Dix messages de suite ont été refusés. Voyez pourquoi avant de reprendre.",
        ),
        b"rests_a_day" => l.of(
            "The provider’s limit of messages in a day is reached. It goes on by itself a day later.",
            "La limite d’envois par jour du fournisseur est atteinte. L’envoi reprend tout seul un jour plus tard.",
        ),
        b"daily_cap" => l.of(
            "As many messages as you allow in 24 hours were sent from this mailbox. It goes on by itself.",
            "Cette boîte a envoyé autant de messages que vous l’autorisez en 24 heures. L’envoi reprend tout seul.",
        ),
        b"out_of_hours" => l.of(
            "It goes on in your working hours.",
            "L’envoi reprend pendant vos heures de travail.",
        ),
        b"missing_values" => l.of(
            "A variable of the letter has no value for this person, and no fallback. Nothing was sent.",
            "Une variable de la lettre n’a pas de valeur pour cette personne, ni de valeur de secours. Rien n’est parti.",
        ),
        b"record_gone" => l.of(
            "The record that the message is filled in with is gone, or you may not see it any more. Nothing was sent.",
            "La fiche qui remplit le message a disparu, ou vous ne la voyez plus. Rien n’est parti.",
        ),
        b"unsubscribed" => l.of(
            "This person wants no such messages any more. Nothing was sent.",
            "Cette personne ne veut plus de tels messages. Rien n’est parti.",
        ),
        b"bounced_before" => l.of(
            "Mail to this address came back: there is no such mailbox. Nothing was sent.",
            "Un message à cette adresse est revenu : cette boîte n’existe pas. Rien n’est parti.",
        ),
        b"wants_no_mail" => l.of(
            "This address is on your workspace’s suppression list. Nothing was sent.",
            "Cette adresse est sur la liste d’exclusion de votre espace. Rien n’est parti.",
        ),
        b"draft_absent" => l.of(
            "The draft is no longer in the mailbox.",
            "Le brouillon n’est plus dans la boîte.",
        ),
        b"draft_present" => l.of(
            "The draft is still in the mailbox: the message has not gone.",
            "Le brouillon est toujours dans la boîte : le message n’est pas parti.",
        ),
        b"sent_copy_absent" => l.of(
            "There is no copy of the message among the sent ones.",
            "Il n’y a pas de copie du message parmi les messages envoyés.",
        ),
        b"sent_copy_present" => l.of(
            "A copy of the message is among the sent ones: it has gone.",
            "Une copie du message est parmi les messages envoyés : il est parti.",
        ),
        b"lookup_failed" => l.of(
            "The provider could not be asked whether the message has gone.",
            "Le fournisseur n’a pas pu dire si le message est parti.",
        ),
        b"answer_lost" => l.of(
            "The provider was asked to send, and its answer did not arrive.",
            "L’envoi a été demandé au fournisseur, et sa réponse n’est pas arrivée.",
        ),
        b"in_doubt" => l.of(
            "It is not certain whether this message has gone. Tenon does not send it again by itself.",
            "Il n’est pas certain que ce message soit parti. Tenon ne le renvoie pas de lui-même.",
        ),
        _ => l.of("Something unexpected came back; Tenon tries again by itself.", "Une réponse inattendue est arrivée ; Tenon réessaie tout seul."),
    }
}

/// Every scope key of the feature table has its texts in both languages.
pub fn missing_texts() -> Vec<&'static str> {
    FEATURES
        .iter()
        .flat_map(|f| f.google)
        .map(|s| s.key)
        .filter(|k| {
            [Locale::En, Locale::Fr]
                .iter()
                .any(|l| scope_text(k, *l).is_none())
        })
        .collect()
}
