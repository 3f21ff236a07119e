//! Checks of tokens and keys, and of what a disconnect leaves (sections V and X).

use super::super::Run::{Proof, Test};
use super::{CANARY, Check};
use crate::sabotage::Saboteur;

pub(super) const CHECKS: &[Check] = &[
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
        id: "V3",
        proves: &[("server.keys", "6efd5b59")],
        en: "The key-encryption key gets a new version, and moves to another place, while requests go on: none fails, every data key names the new version, and the old one can be taken away.",
        fr: "La clé maîtresse reçoit une nouvelle version, puis change d’endroit, pendant que les requêtes continuent : aucune n’échoue, chaque clé nomme la nouvelle version et l’ancienne peut être retirée.",
        runs: &[
            Proof("rotation"),
            Test("tenon", "v3_a_key_file_is_rotated_beside_a_running_server"),
            Test(
                "tenon-store",
                "v3_keys_are_found_by_the_version_that_wraps_them",
            ),
            Test(
                "tenon-vault",
                "v3_a_running_program_finds_a_version_that_was_added_meanwhile",
            ),
        ],
        saboteurs: &[(
            Saboteur::RewrapSkips,
            Test(
                "tenon-app",
                "v3_a_version_is_added_used_and_retired_while_a_server_runs",
            ),
        )],
        live: false,
    },
    Check {
        id: "V4",
        proves: &[("server.keys", "6efd5b59")],
        en: "Wrapping the keys anew is killed anywhere and goes on where it was: every sealed value opens, before and after.",
        fr: "Le remballage des clés est interrompu n’importe où et reprend où il en était : chaque valeur scellée s’ouvre, avant comme après.",
        runs: &[Proof("rotation")],
        saboteurs: &[(
            Saboteur::RewrapLoses,
            Test(
                "tenon-app",
                "v4_wrapping_anew_that_is_cut_off_anywhere_goes_on_where_it_was",
            ),
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
];
