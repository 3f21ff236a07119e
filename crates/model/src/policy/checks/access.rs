//! Checks of who reaches what, by which way, and what is told of it (sections T, L, E, U, W and A).

use super::super::Run::{self, Browser, Proof, Test};
use super::{CANARY, Check};
use crate::sabotage::Saboteur;

const SHARING: Run = Test("tenon-app", "t3_who_sees_what_is_what_the_model_says");

pub(super) const CHECKS: &[Check] = &[
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
            ("kept.private", "eda9abbd"),
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
        proves: &[("kept.private", "eda9abbd"), ("server.sharing", "57634c27")],
        en: "Each function that reads or writes mail is called by a colleague, a stranger and a job of another workspace, and gives nothing. Records are shared at random, and every read, refusal and live update is what a model without a database says; so are conversations, which others read without blind copies, drafts and what is in the bin.",
        fr: "Chaque fonction qui lit ou écrit du courrier est appelée par un collègue, un étranger et une tâche d’un autre espace, et ne donne rien. Des fiches sont partagées au hasard, et chaque lecture, refus et mise à jour est ce que dit un modèle sans base de données ; de même des conversations, que les autres lisent sans copies cachées, brouillons ni corbeille.",
        runs: &[
            Test("tenon-api", "another_member_finds_nothing"),
            Proof("sharing"),
        ],
        saboteurs: &[
            (
                Saboteur::MemberWall,
                Test("tenon-store", "a_mailbox_is_its_owners_only"),
            ),
            (Saboteur::TeamsOpen, SHARING),
            (Saboteur::ParentOpen, SHARING),
            (Saboteur::CountsAll, SHARING),
            (Saboteur::AudienceOpen, SHARING),
            (
                Saboteur::LentToAll,
                Test(
                    "tenon-app",
                    "t3_who_reads_a_conversation_is_what_the_model_says",
                ),
            ),
            (
                Saboteur::BlindCopiesShown,
                Test(
                    "tenon-app",
                    "t4_a_shared_conversation_is_read_and_ends_at_once",
                ),
            ),
        ],
        live: false,
    },
    Check {
        id: "T4",
        proves: &[("server.unshared", "fca99f03")],
        en: "Sharing is taken back between two pages of a list, while live updates are open and while files of a conversation are on their way: the next page, request, update and byte give nothing more, on every server.",
        fr: "Un partage est retiré entre deux pages d’une liste, pendant que les mises à jour sont ouvertes et que des fichiers d’une conversation arrivent : la page, la requête, la mise à jour et l’octet suivants ne donnent plus rien, sur chaque serveur.",
        runs: &[],
        saboteurs: &[
            (
                Saboteur::SharesStay,
                Test("tenon-app", "t4_a_share_that_is_taken_back_ends_at_once"),
            ),
            (
                Saboteur::LendingStays,
                Test(
                    "tenon-app",
                    "t4_a_shared_conversation_is_read_and_ends_at_once",
                ),
            ),
            (
                Saboteur::StreamGoesOn,
                Test(
                    "tenon-app",
                    "t4_a_shared_conversation_is_read_and_ends_at_once",
                ),
            ),
        ],
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
            ("read.mail", "b585cfca"),
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
        id: "K6",
        proves: &[("server.unsubscribe", "ac050806")],
        en: "The link of a message is opened as scanners do, and nothing changes; one POST ends it, without a cookie, also for a message that is about to go.",
        fr: "Le lien d’un message est ouvert comme le font les analyseurs, et rien ne change ; un seul POST y met fin, sans cookie, même pour un message sur le point de partir.",
        runs: &[Test("tenon-app", "k6_links_that_were_changed_open_nothing")],
        saboteurs: &[
            (
                Saboteur::UnsubscribedByGet,
                Test(
                    "tenon-api",
                    "k6_one_click_ends_it_and_opening_changes_nothing",
                ),
            ),
            (
                Saboteur::SuppressionLate,
                Test(
                    "tenon-app",
                    "k6_whoever_unsubscribes_gets_nothing_that_was_not_asked_for",
                ),
            ),
        ],
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
    Check {
        id: "A1",
        proves: &[("server.audit", "a07156cc")],
        en: "Each of 10,000 entries is changed, removed, inserted, swapped and sealed anew without the key: the first bad one is named each time.",
        fr: "Chacune de 10 000 entrées est modifiée, retirée, insérée, échangée et rescellée sans la clé : la première fausse est nommée à chaque fois.",
        runs: &[Test(
            "tenon-app",
            "whoever_writes_the_tables_without_the_key_is_found_out",
        )],
        saboteurs: &[(
            Saboteur::SealUnchecked,
            Test("tenon-app", "every_change_of_every_entry_is_named"),
        )],
        live: false,
    },
    Check {
        id: "A2",
        proves: &[("server.audit", "a07156cc")],
        en: "The end of the log is cut at every length, and written on: signed checkpoints that are kept elsewhere tell.",
        fr: "La fin du journal est coupée à chaque longueur, puis continuée : des points signés, gardés ailleurs, le disent.",
        runs: &[],
        saboteurs: &[(
            Saboteur::CheckpointUnchecked,
            Test(
                "tenon-app",
                "a_cut_at_every_length_is_named_with_or_without_new_entries",
            ),
        )],
        live: false,
    },
    Check {
        id: "A3",
        proves: &[("server.audit", "a07156cc")],
        en: "Every action that the log knows is done once, by a real call: each makes exactly one entry.",
        fr: "Chaque action que le journal connaît est faite une fois, par un vrai appel : chacune donne exactement une entrée.",
        runs: &[],
        saboteurs: &[(
            Saboteur::EntryUntold,
            Test("tenon-api", "each_action_is_told_once_by_a_real_call"),
        )],
        live: false,
    },
    Check {
        id: "A4",
        proves: &[("server.audit", "a07156cc")],
        en: "After all of these actions the log is searched for names, addresses, words of mail and passwords; a member is erased, and nobody can say any more who it was.",
        fr: "Après toutes ces actions, le journal est fouillé : ni noms, ni adresses, ni mots de courriers, ni mots de passe ; un membre est effacé, et plus personne ne peut dire qui c’était.",
        runs: &[],
        saboteurs: &[(
            Saboteur::NameInLog,
            Test("tenon-api", "each_action_is_told_once_by_a_real_call"),
        )],
        live: false,
    },
];
