//! The checks that prove the sentences, by the ids of the catalogue (Q mail is not kept, V tokens and keys,
//! X disconnecting, T isolation, L logs, E operations, H showing mail, U sessions and consent, W
//! what comes from outside; M and S are requirements of the product).

use super::Run::{Browser, Proof, Test};
use super::sentences::SENTENCES;
use super::{Ground, Locale, Sentence};
use crate::sabotage::Saboteur;

/// Where a check runs. All of it is part of `cargo xtask test`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Run {
    /// A test: its package, and its function.
    Test(&'static str, &'static str),
    /// A proof on the real program: `cargo xtask prove NAME`.
    Proof(&'static str),
    /// A walk in Chromium, of `web/e2e`.
    Browser(&'static str),
}

/// What proves sentences.
#[derive(Debug, Clone, Copy)]
pub struct Check {
    /// Its id in the catalogue.
    pub id: &'static str,
    /// The sentences that it proves: id, and the mark of the text that was read when the check was last
    /// looked at ([`Sentence::mark`]). Whoever changes a sentence has to look at its checks again.
    pub proves: &'static [(&'static str, &'static str)],
    en: &'static str,
    fr: &'static str,
    /// What it consists of, besides what catches its saboteurs.
    pub runs: &'static [Run],
    /// Ways to break what it looks for, each with the run that has to turn red.
    pub saboteurs: &'static [(Saboteur, Run)],
    /// Whether a part of it runs on a live server, by `tenon doctor --privacy`.
    pub live: bool,
}

impl Check {
    /// What it does and when it passes.
    pub const fn text(&self, locale: Locale) -> &'static str {
        locale.of(self.en, self.fr)
    }

    /// Whether it proves a sentence.
    pub fn proves(&self, sentence: &str) -> bool {
        self.proves.iter().any(|(id, _)| *id == sentence)
    }

    /// All its runs, each once.
    pub fn all_runs(&self) -> Vec<Run> {
        let mut out = self.runs.to_vec();
        for (_, run) in self.saboteurs {
            if !out.contains(run) {
                out.push(*run);
            }
        }
        out
    }
}

/// A check by its id.
pub fn check(id: &str) -> Option<&'static Check> {
    CHECKS.iter().find(|c| c.id == id)
}

/// The checks that prove a sentence.
pub fn checks_of(sentence: &Sentence) -> impl Iterator<Item = &'static Check> {
    let id = sentence.id;
    CHECKS.iter().filter(move |c| c.proves(id))
}

const CANARY: Run = Proof("canary");

/// Every check.
pub const CHECKS: &[Check] = &[
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
            ("read.mail", "6c95167c"),
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
        proves: &[("read.sending", "38c61a93"), ("stored.sending", "9e6468b7")],
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
            ("stored.sending", "9e6468b7"),
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
        id: "V1",
        proves: &[
            ("stored.mail", "c65a514b"),
            ("stored.tokens", "694a030c"),
            ("kept.sealed", "2e105163"),
        ],
        en: "Names, addresses, subjects and the provider’s keys are searched for, as marks, in the database, its logs and a dump of it: none is readable.",
        fr: "Noms, adresses, objets et clés du fournisseur sont cherchés, comme marques, dans la base, ses journaux et une copie : aucun n’est lisible.",
        runs: &[],
        saboteurs: &[
            (Saboteur::SealedInClear, CANARY),
            (Saboteur::TokenInLog, CANARY),
        ],
        live: true,
    },
    Check {
        id: "V2",
        proves: &[
            ("kept.sealed", "2e105163"),
            ("server.tampering", "72edd0a7"),
        ],
        en: "A sealed value that is moved to another account, table, column or row does not open.",
        fr: "Une valeur scellée déplacée vers un autre compte, une autre table, colonne ou ligne ne s’ouvre pas.",
        runs: &[],
        saboteurs: &[(
            Saboteur::PlaceUnbound,
            Test("tenon-vault", "v2_a_value_opens_only_where_it_was_sealed"),
        )],
        live: false,
    },
    Check {
        id: "V5",
        proves: &[
            ("ended.disconnect", "9ee3b498"),
            ("kept.sealed", "2e105163"),
        ],
        en: "A backup from before a disconnect is restored: with all keys of the system nothing of the account can be opened.",
        fr: "Une sauvegarde d’avant la déconnexion est restaurée : avec toutes les clés du système, rien du compte ne s’ouvre.",
        runs: &[CANARY],
        saboteurs: &[(
            Saboteur::GraveyardSkipped,
            Test(
                "tenon-app",
                "v5_a_restored_backup_is_deprived_of_destroyed_keys",
            ),
        )],
        live: true,
    },
    Check {
        id: "V6",
        proves: &[("kept.sealed", "2e105163")],
        en: "A hundred thousand values sealed with one key have different nonces.",
        fr: "Cent mille valeurs scellées avec une clé ont des nonces différents.",
        runs: &[],
        saboteurs: &[(
            Saboteur::NonceFixed,
            Test("tenon-vault", "v6_nonces_do_not_repeat"),
        )],
        live: false,
    },
    Check {
        id: "V7",
        proves: &[("stored.tokens", "694a030c")],
        en: "Every address of the API is read by a connected person: no answer holds a key of the provider.",
        fr: "Chaque adresse de l’API est lue par une personne connectée : aucune réponse ne contient de clé du fournisseur.",
        runs: &[],
        saboteurs: &[(
            Saboteur::TokenShown,
            Test("tenon-api", "v7_no_answer_holds_a_token"),
        )],
        live: false,
    },
    Check {
        id: "V8",
        proves: &[("server.tampering", "72edd0a7")],
        en: "Each bit of a sealed value is flipped: it never opens.",
        fr: "Chaque bit d’une valeur scellée est inversé : elle ne s’ouvre jamais.",
        runs: &[],
        saboteurs: &[(
            Saboteur::FlipsIgnored,
            Test("tenon-vault", "v8_each_flipped_bit_is_noticed"),
        )],
        live: false,
    },
    Check {
        id: "X1",
        proves: &[("ended.disconnect", "9ee3b498")],
        en: "After a disconnect, also one that is killed, no row of any table names the connection, no key and no push subscription is left, and the answer came after.",
        fr: "Après une déconnexion, même interrompue, aucune ligne ne nomme la connexion, ni clé ni abonnement ne restent, et la réponse est venue après.",
        runs: &[
            CANARY,
            Test("tenon-app", "x1_kills_do_not_stop_the_removal"),
        ],
        saboteurs: &[
            (
                Saboteur::RowsStay,
                Test("tenon-app", "x1_no_row_is_left_when_the_answer_comes"),
            ),
            (
                Saboteur::SubscriptionStays,
                Test(
                    "tenon-app",
                    "a_disconnect_ends_the_subscription_unless_another_needs_it",
                ),
            ),
        ],
        live: true,
    },
    Check {
        id: "X2",
        proves: &[("ended.revoke", "cad9dd21")],
        en: "The provider’s record shows the withdrawal; none when another connection needs the grant, and the receipt says so.",
        fr: "Le fournisseur enregistre le retrait ; aucun si une autre connexion en a besoin, et le reçu le dit.",
        runs: &[],
        saboteurs: &[
            (
                Saboteur::GrantStays,
                Test(
                    "tenon-app",
                    "x1_nothing_is_left_and_the_receipt_says_what_went",
                ),
            ),
            (
                Saboteur::SharedGrantRevoked,
                Test(
                    "tenon-app",
                    "a10_a_grant_that_another_connection_shares_is_left_alone",
                ),
            ),
        ],
        live: false,
    },
    Check {
        id: "X3",
        proves: &[("ended.elsewhere", "4bceeeea")],
        en: "Access is withdrawn at the provider: the server stops, its keys are gone, the list goes after the days of grace; a refusal by mistake ends nothing.",
        fr: "L’accès est retiré chez le fournisseur : le serveur s’arrête, ses clés disparaissent, la liste part après le délai ; un refus par erreur ne termine rien.",
        runs: &[],
        saboteurs: &[
            (
                Saboteur::WithdrawalUnnoticed,
                Test(
                    "tenon-app",
                    "c7_withdrawal_elsewhere_stops_at_once_and_purges_after_the_grace_period",
                ),
            ),
            (
                Saboteur::RefusalBelieved,
                Test(
                    "tenon-app",
                    "a17_a_refusal_that_a_second_look_does_not_confirm_is_no_withdrawal",
                ),
            ),
        ],
        live: true,
    },
    Check {
        id: "T1",
        proves: &[("server.isolation", "90f13b32")],
        en: "Every address of the API is asked with every id of another workspace, and answers as to an id of nobody.",
        fr: "Chaque adresse de l’API est interrogée avec chaque identifiant d’un autre espace et répond comme à celui de personne.",
        runs: &[Proof("isolation")],
        saboteurs: &[
            (
                Saboteur::FirstWall,
                Test(
                    "tenon-api",
                    "t1_ids_of_another_workspace_are_like_ids_of_nobody",
                ),
            ),
            (
                Saboteur::SecondWall,
                Test("tenon-store", "a_transaction_says_whose_it_is"),
            ),
        ],
        live: false,
    },
    Check {
        id: "T2",
        proves: &[
            ("server.isolation", "90f13b32"),
            ("kept.private", "ec727eac"),
        ],
        en: "What is told live to one member holds nothing of another’s.",
        fr: "Ce qui est annoncé en direct à un membre ne contient rien d’un autre.",
        runs: &[Test("tenon-api", "t2_nobody_learns_of_others")],
        saboteurs: &[(
            Saboteur::EventsToAll,
            Test("tenon-store", "events_reach_only_whom_they_are_for"),
        )],
        live: false,
    },
    Check {
        id: "T3",
        proves: &[("kept.private", "ec727eac")],
        en: "Each function that reads or writes mail is called by a colleague, a stranger and a job of another workspace, and gives nothing.",
        fr: "Chaque fonction qui lit ou écrit du courrier est appelée par un collègue, un étranger et une tâche d’un autre espace, et ne donne rien.",
        runs: &[Test("tenon-api", "another_member_finds_nothing")],
        saboteurs: &[(
            Saboteur::MemberWall,
            Test("tenon-store", "a_mailbox_is_its_owners_only"),
        )],
        live: false,
    },
    Check {
        id: "L1",
        proves: &[("server.logs", "4c7cafea")],
        en: "After the day with marked words, with everything logged, the log holds none of them: no name, address, subject, text or key.",
        fr: "Après la journée aux mots marqués, tout étant journalisé, le journal n’en contient aucun : ni nom, ni adresse, ni objet, ni texte, ni clé.",
        runs: &[],
        saboteurs: &[
            (Saboteur::SubjectInLog, CANARY),
            (Saboteur::AddressInLog, CANARY),
        ],
        live: false,
    },
    Check {
        id: "L3",
        proves: &[("server.logs", "4c7cafea")],
        en: "Odd requests are sent: no word of theirs becomes a label of a figure.",
        fr: "Des requêtes étranges sont envoyées : aucun de leurs mots ne devient l’étiquette d’un chiffre.",
        runs: &[],
        saboteurs: &[(
            Saboteur::LabelFromClient,
            Test("tenon-api", "nothing_that_a_client_sends_becomes_a_label"),
        )],
        live: false,
    },
    Check {
        id: "E1",
        proves: &[("kept.first_party", "adc9ee70")],
        en: "Every screen is walked through in a browser that records all requests: none leaves for another host, and the pages’ policy allows none.",
        fr: "Chaque écran est parcouru dans un navigateur qui enregistre toutes les requêtes : aucune ne part ailleurs, et la politique des pages n’en permet aucune.",
        runs: &[Browser("main-job.mjs")],
        saboteurs: &[(
            Saboteur::PageOpen,
            Test("tenon-api", "every_answer_is_guarded"),
        )],
        live: false,
    },
    Check {
        id: "E5",
        proves: &[("server.contact", "69c99c26")],
        en: "The page of RFC 9116 is there, names the contact and lies within its year.",
        fr: "La page de la RFC 9116 est là, nomme le contact et tient dans l’année.",
        runs: &[],
        saboteurs: &[(
            Saboteur::ContactExpired,
            Test("tenon-api", "e5_the_security_contact_is_there_and_in_force"),
        )],
        live: false,
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
        en: "Deleting for good is asked of mail in the inbox, in the bin and in spam: only what is in the bin or in spam goes.",
        fr: "La suppression définitive est demandée pour la boîte, la corbeille et les indésirables : seul ce qui est dans ces deux dernières part.",
        runs: &[],
        saboteurs: &[(
            Saboteur::DeletesAnywhere,
            Test("tenon-app", "trash_restore_and_delete_for_good"),
        )],
        live: false,
    },
    Check {
        id: "U1",
        proves: &[("server.sessions", "8454d124")],
        en: "A session is ended: the next request with it is refused, on every server.",
        fr: "Une session est terminée : la requête suivante est refusée, sur chaque serveur.",
        runs: &[Test("tenon-api", "u1_a_session_ends_on_every_node")],
        saboteurs: &[(
            Saboteur::SessionLivesOn,
            Test("tenon-api", "u1_an_ended_session_stops_at_once"),
        )],
        live: false,
    },
    Check {
        id: "U4",
        proves: &[("server.sessions", "8454d124")],
        en: "On a clock that is moved on, idle sessions and old ones end by themselves.",
        fr: "Sur une horloge avancée, les sessions inactives et les anciennes prennent fin d’elles-mêmes.",
        runs: &[],
        saboteurs: &[(
            Saboteur::IdleForever,
            Test("tenon-api", "u4_sessions_end_by_themselves"),
        )],
        live: false,
    },
    Check {
        id: "U5",
        proves: &[("server.sign_in", "6c521b29")],
        en: "Answers of issuers and of the provider are repeated, mixed up and forged: each counts once, in its own browser, whole.",
        fr: "Les réponses des émetteurs et du fournisseur sont répétées, mêlées et falsifiées : chacune ne compte qu’une fois, dans son navigateur, entière.",
        runs: &[
            Test(
                "tenon-api",
                "u5_an_answer_counts_once_in_the_browser_that_asked",
            ),
            Test(
                "tenon-api",
                "u5_answers_of_passkeys_count_once_and_for_what_they_were_asked",
            ),
        ],
        saboteurs: &[
            (
                Saboteur::StateReusable,
                Test(
                    "tenon-app",
                    "u5_a_state_is_good_once_and_for_its_session_only",
                ),
            ),
            (
                Saboteur::NonceUnchecked,
                Test("tenon-connectors", "u5_every_claim_counts"),
            ),
            (
                Saboteur::TokenAudienceUnchecked,
                Test("tenon-connectors", "u5_every_claim_counts"),
            ),
        ],
        live: false,
    },
    Check {
        id: "U6",
        proves: &[("server.sign_in", "6c521b29")],
        en: "Every spelling of an address elsewhere is given as the page to go on with: the browser stays on this server.",
        fr: "Chaque écriture d’une adresse étrangère est donnée comme page suivante : le navigateur reste sur ce serveur.",
        runs: &[],
        saboteurs: &[(
            Saboteur::ReturnAnywhere,
            Test("tenon-app", "u6_afterwards_it_goes_to_own_pages_only"),
        )],
        live: false,
    },
    Check {
        id: "U7",
        proves: &[
            ("read.identity", "36e65a95"),
            ("read.mail", "6c95167c"),
            ("read.aliases", "adee1b5d"),
            ("read.planned", "4e44a0b3"),
        ],
        en: "What is asked of the provider is exactly what the table of features says, and a permission for what is not built yet is never used.",
        fr: "Ce qui est demandé au fournisseur est exactement ce que dit la table des fonctions, et une autorisation pour ce qui n’existe pas encore n’est jamais utilisée.",
        runs: &[Test(
            "tenon-app",
            "u7_a_permission_for_what_is_not_built_is_not_used",
        )],
        saboteurs: &[(
            Saboteur::ScopeWidened,
            Test("tenon-app", "only_missing_scopes_are_asked_for_later"),
        )],
        live: false,
    },
    Check {
        id: "U8",
        proves: &[("stored.consent", "e5aa2f03")],
        en: "The text a person agreed to is kept word for word; one that has changed meanwhile has to be read again.",
        fr: "Le texte accepté est conservé mot pour mot ; s’il a changé entre-temps, il faut le relire.",
        runs: &[],
        saboteurs: &[
            (
                Saboteur::ConsentTextLost,
                Test(
                    "tenon-app",
                    "the_consent_is_kept_with_the_sentences_that_were_shown",
                ),
            ),
            (
                Saboteur::StaleTextAccepted,
                Test("tenon-app", "a_text_that_has_changed_has_to_be_read_again"),
            ),
        ],
        live: true,
    },
    Check {
        id: "U9",
        proves: &[("server.forgery", "a505eba1")],
        en: "Every writing address of the API is called as a page of another site would: each is refused.",
        fr: "Chaque adresse d’écriture de l’API est appelée comme le ferait la page d’un autre site : toutes refusent.",
        runs: &[],
        saboteurs: &[(
            Saboteur::ForgedWrites,
            Test("tenon-api", "u9_every_write_is_refused_from_elsewhere"),
        )],
        live: false,
    },
    Check {
        id: "U11",
        proves: &[("server.sign_in", "6c521b29")],
        en: "Passwords and codes are guessed at, from one place and from many: pauses double up to a quarter of an hour, and the owner still gets in.",
        fr: "Mots de passe et codes sont devinés, d’un lieu et de plusieurs : les pauses doublent jusqu’à un quart d’heure, et le propriétaire entre encore.",
        runs: &[Test(
            "tenon-app",
            "u11_a_flood_of_names_does_not_free_the_one_that_is_guessed_at",
        )],
        saboteurs: &[(
            Saboteur::GuessesFree,
            Test("tenon-app", "u11_pauses_double_up_to_a_quarter_of_an_hour"),
        )],
        live: false,
    },
    Check {
        id: "W1",
        proves: &[("server.push", "97569d9d")],
        en: "35 forged, old or foreign announcements are refused, and the good one after them is taken.",
        fr: "35 annonces falsifiées, anciennes ou étrangères sont refusées, et la bonne qui suit est acceptée.",
        runs: &[Test("tenon-app", "w1_only_google_can_push_and_only_for_us")],
        saboteurs: &[
            (
                Saboteur::PushAudienceUnchecked,
                Test("tenon-connectors", "w1_every_claim_counts"),
            ),
            (
                Saboteur::PushAccountUnchecked,
                Test("tenon-connectors", "w1_every_claim_counts"),
            ),
        ],
        live: false,
    },
    Check {
        id: "W5",
        proves: &[("server.push", "97569d9d")],
        en: "A flood of announcements becomes one look at the mailbox.",
        fr: "Un flot d’annonces ne donne qu’un seul regard dans la boîte.",
        runs: &[],
        saboteurs: &[(
            Saboteur::PushesUncoalesced,
            Test(
                "tenon-app",
                "w5_a_flood_of_different_pushes_is_one_waiting_job",
            ),
        )],
        live: false,
    },
    Check {
        id: "W6",
        proves: &[("kept.images", "b4277470")],
        en: "Addresses of our own network, in every spelling and behind redirects, are never reached for an image.",
        fr: "Les adresses de notre propre réseau, sous toute écriture et derrière des redirections, ne sont jamais atteintes pour une image.",
        runs: &[Test(
            "tenon-connectors",
            "w6_redirects_are_few_and_each_is_checked",
        )],
        saboteurs: &[(
            Saboteur::ImageAnywhere,
            Test(
                "tenon-connectors",
                "w6_addresses_of_networks_are_refused_in_every_spelling",
            ),
        )],
        live: false,
    },
];

const fn same(a: &str, b: &str) -> bool {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    if a.len() != b.len() {
        return false;
    }
    let mut i = 0;
    while i < a.len() {
        if a[i] != b[i] {
            return false;
        }
        i += 1;
    }
    true
}

const fn is_sentence(id: &str) -> bool {
    let mut i = 0;
    while i < SENTENCES.len() {
        if same(SENTENCES[i].id, id) {
            return true;
        }
        i += 1;
    }
    false
}

const fn is_proved(id: &str) -> bool {
    let mut i = 0;
    while i < CHECKS.len() {
        let mut j = 0;
        while j < CHECKS[i].proves.len() {
            if same(CHECKS[i].proves[j].0, id) {
                return true;
            }
            j += 1;
        }
        i += 1;
    }
    false
}

// What the build itself refuses.
const _: () = {
    let mut i = 0;
    while i < SENTENCES.len() {
        let checked = matches!(SENTENCES[i].ground, Ground::Checked);
        assert!(
            checked == is_proved(SENTENCES[i].id),
            "a sentence without a check, or a term with one: see SENTENCES and CHECKS"
        );
        i += 1;
    }
    let mut i = 0;
    while i < CHECKS.len() {
        let check = &CHECKS[i];
        assert!(!check.proves.is_empty(), "a check that proves no sentence");
        assert!(
            !check.saboteurs.is_empty(),
            "a check that nothing has turned red: give it a saboteur"
        );
        let mut j = 0;
        while j < check.proves.len() {
            assert!(
                is_sentence(check.proves[j].0),
                "a check for a sentence that is not there"
            );
            j += 1;
        }
        let mut j = 0;
        while j < i {
            assert!(!same(CHECKS[j].id, check.id), "a check is listed twice");
            j += 1;
        }
        i += 1;
    }
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_saboteur_is_caught_by_exactly_one_check() {
        for saboteur in Saboteur::ALL {
            let caught = CHECKS.iter().flat_map(|c| c.saboteurs);
            let times = caught.filter(|(s, _)| s == saboteur).count();
            assert_eq!(times, 1, "{}", saboteur.word());
        }
    }

    #[test]
    fn a_sentence_that_changes_has_its_checks_looked_at_again() {
        for check in CHECKS {
            for (id, mark) in check.proves {
                let sentence = SENTENCES.iter().find(|s| s.id == *id).unwrap();
                assert_eq!(*mark, sentence.mark(), "{} proves {id}", check.id);
            }
        }
    }

    #[test]
    fn both_languages_tell_every_check() {
        for check in CHECKS {
            let (en, fr) = (check.text(Locale::En), check.text(Locale::Fr));
            assert!(
                en.ends_with('.') && fr.ends_with('.') && en != fr,
                "{}",
                check.id
            );
        }
    }
}
