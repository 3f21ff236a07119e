//! Checks of what becomes of mail: kept, shown, changed (sections Q and H, requirement M4).

use super::super::Run::{Browser, Proof, Test};
use super::{CANARY, Check};
use crate::sabotage::Saboteur;

pub(super) const CHECKS: &[Check] = &[
    Check {
        id: "Q1",
        proves: &[("stored.no_bodies", "6ea2a1f9")],
        en: "Marked words are planted in mail; after a day of use, failures and two kills, database, log, temporary files and memory on disk are searched for them in 18 encodings. None is found, while marks planted for control are.",
        fr: "Des mots marqués sont placés dans des messages ; après une journée d’usage, de pannes et deux arrêts brutaux, base, journal et fichiers temporaires sont fouillés en 18 encodages. Aucun n’est trouvé, tandis que les marques témoins le sont.",
        runs: &[],
        saboteurs: &[
            (Saboteur::BodyInLog, CANARY),
            (Saboteur::BodyInFile, CANARY),
        ],
        live: false,
    },
    Check {
        id: "Q2",
        proves: &[("stored.no_bodies", "6ea2a1f9")],
        en: "An attachment of 60 MB passes through without being held in memory or written.",
        fr: "Une pièce jointe de 60 Mo traverse sans être gardée en mémoire ni écrite.",
        runs: &[],
        saboteurs: &[(
            Saboteur::AttachmentHeld,
            Test(
                "tenon-connectors",
                "sixty_megabytes_pass_through_flat_memory",
            ),
        )],
        live: false,
    },
    Check {
        id: "Q4",
        proves: &[("stored.no_bodies", "6ea2a1f9")],
        en: "Opened messages leave the memory after their minutes, and never take more than their bound, in ten thousand openings.",
        fr: "Les messages ouverts quittent la mémoire après quelques minutes et ne dépassent jamais leur limite, sur dix mille ouvertures.",
        runs: &[],
        saboteurs: &[
            (
                Saboteur::BodiesKept,
                Test("tenon-app", "q4_nothing_is_left_after_its_time"),
            ),
            (
                Saboteur::BodiesUnbounded,
                Test("tenon-app", "q4_the_bound_holds_under_ten_thousand_opens"),
            ),
        ],
        live: false,
    },
    Check {
        id: "Q5",
        proves: &[
            ("read.mail", "b585cfca"),
            ("read.organizing", "448bf5b1"),
            ("stored.no_bodies", "6ea2a1f9"),
        ],
        en: "Every request to the provider is recorded: while the list comes in only headers are asked for, a text only when a message is opened, and nothing is changed that nobody asked for.",
        fr: "Chaque requête au fournisseur est enregistrée : la liste ne demande que les en-têtes, un texte n’est demandé qu’à l’ouverture, et rien n’est changé sans demande.",
        runs: &[],
        saboteurs: &[
            (
                Saboteur::BodiesPrefetched,
                Test(
                    "tenon-app",
                    "q5_no_body_is_asked_for_before_a_message_is_opened",
                ),
            ),
            (
                Saboteur::ActsUnasked,
                Test("tenon-app", "q5_nothing_is_changed_without_being_asked"),
            ),
        ],
        live: false,
    },
    Check {
        id: "Q6",
        proves: &[("read.sending", "8ca97acd"), ("stored.sending", "6fc4222e")],
        en: "A message that waits to be sent is a draft at the provider only; it can be taken back until its time, and goes once. Nothing of its text is found on the server afterwards.",
        fr: "Un message en attente n’est qu’un brouillon chez le fournisseur ; il peut être repris jusqu’à son heure et ne part qu’une fois. Rien de son texte n’est trouvé ensuite sur le serveur.",
        runs: &[CANARY, Proof("outbox")],
        saboteurs: &[(
            Saboteur::SendsAtOnce,
            Test(
                "tenon-app",
                "s1_a_message_waits_can_be_taken_back_and_goes_once",
            ),
        )],
        live: false,
    },
    Check {
        id: "Q7",
        proves: &[("server.crash", "54eecf5f")],
        en: "The running server may not write a core file.",
        fr: "Le serveur en marche ne peut pas écrire de fichier « core ».",
        runs: &[],
        saboteurs: &[(
            Saboteur::CoreDumps,
            Test("tenon", "q7_a_crash_writes_no_memory"),
        )],
        live: false,
    },
    Check {
        id: "Q8",
        proves: &[
            ("stored.mail", "c65a514b"),
            ("stored.organizing", "30f38417"),
            ("stored.sending", "6fc4222e"),
        ],
        en: "On a clock that is moved on, mail goes when it is older than the workspace keeps it, what was done after a week, and what was sent after a month.",
        fr: "Sur une horloge avancée, le courrier disparaît quand il dépasse l’âge choisi, les actions après une semaine et les envois après un mois.",
        runs: &[],
        saboteurs: &[
            (
                Saboteur::BoxIgnored,
                Test(
                    "tenon-app",
                    "only_what_is_in_the_box_is_listed_and_a_day_takes_what_grows_too_old",
                ),
            ),
            (
                Saboteur::ActionsKept,
                Test(
                    "tenon-app",
                    "q8_actions_go_after_a_week_and_sent_ones_after_a_month",
                ),
            ),
        ],
        live: true,
    },
    Check {
        id: "Q9",
        proves: &[("server.inventory", "43b93149")],
        en: "The columns of both databases are read and compared with the declared ones, in both directions.",
        fr: "Les colonnes des deux bases sont lues et comparées à celles qui sont déclarées, dans les deux sens.",
        runs: &[],
        saboteurs: &[(
            Saboteur::ColumnUndeclared,
            Test(
                "tenon-store",
                "the_inventory_declares_every_column_and_no_other",
            ),
        )],
        live: true,
    },
    Check {
        id: "H1",
        proves: &[("server.hostile_mail", "5f1d2e43")],
        en: "1,800 hostile messages are shown in Chromium as the product shows them: no script runs, no window opens, nothing leaves the frame.",
        fr: "1 800 messages hostiles sont affichés dans Chromium comme le produit les affiche : aucun script, aucune fenêtre, rien ne sort du cadre.",
        runs: &[Proof("hostile-mail")],
        saboteurs: &[
            (
                Saboteur::ScriptsPass,
                Test("tenon-app", "h1_nothing_that_runs_is_left"),
            ),
            (
                Saboteur::FrameOpen,
                Test("tenon-api", "a_message_opens_with_body_and_original"),
            ),
        ],
        live: false,
    },
    Check {
        id: "H2",
        proves: &[("kept.images", "b4277470")],
        en: "The same messages are shown with every connection and name look-up recorded: none happens before the click.",
        fr: "Les mêmes messages sont affichés en enregistrant connexions et résolutions de noms : aucune n’a lieu avant le clic.",
        runs: &[
            Proof("hostile-mail"),
            Test(
                "tenon-app",
                "h2_nothing_is_asked_before_the_click_and_then_only_what_stands_in_the_message",
            ),
        ],
        saboteurs: &[(
            Saboteur::ImagesLoad,
            Test("tenon-app", "h2_remote_content_is_taken_out_and_counted"),
        )],
        live: false,
    },
    Check {
        id: "H3",
        proves: &[("kept.images", "b4277470")],
        en: "The host of an image sees the same request for everybody: no referrer, no cookie, no address of the reader.",
        fr: "L’hôte d’une image voit la même requête pour tous : ni référent, ni cookie, ni adresse du lecteur.",
        runs: &[],
        saboteurs: &[(
            Saboteur::ImageReferrer,
            Test(
                "tenon-connectors",
                "h3_the_sender_learns_nothing_but_that_somebody_asked",
            ),
        )],
        live: false,
    },
    Check {
        id: "H4",
        proves: &[("server.hostile_mail", "5f1d2e43")],
        en: "Of styles only those of a list are kept: none that loads, covers or escapes.",
        fr: "Des styles, seuls ceux d’une liste sont gardés : aucun qui charge, recouvre ou s’échappe.",
        runs: &[Proof("hostile-mail")],
        saboteurs: &[(
            Saboteur::StylesPass,
            Test("tenon-app", "styles_are_kept_by_list"),
        )],
        live: false,
    },
    Check {
        id: "H6",
        proves: &[("server.hostile_mail", "5f1d2e43")],
        en: "Bodies made to keep a parser busy are given up within a bound of processor time and depth.",
        fr: "Les textes faits pour occuper l’analyseur sont abandonnés dans une limite de temps et de profondeur.",
        runs: &[],
        saboteurs: &[(
            Saboteur::BoundGone,
            Test(
                "tenon-app",
                "h6_what_makes_the_parser_work_with_the_square_is_given_up",
            ),
        )],
        live: false,
    },
    Check {
        id: "M4",
        proves: &[("read.deleting", "fde2c6e1")],
        en: "Deleting for good is asked of mail in the inbox, in the bin and in spam: only what is in the bin or in spam goes, and only after a question.",
        fr: "La suppression définitive est demandée pour la boîte, la corbeille et les indésirables : seul ce qui est dans ces deux dernières part, et seulement après une question.",
        runs: &[Browser("acting.mjs")],
        saboteurs: &[(
            Saboteur::DeletesAnywhere,
            Test("tenon-app", "trash_restore_and_delete_for_good"),
        )],
        live: false,
    },
];
