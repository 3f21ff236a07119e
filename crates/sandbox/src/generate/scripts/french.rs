//! Business in French.

use super::super::people::{LABEL_CONTRACTS, LABEL_FOLLOW_UP};
use super::{Attach, Script, bill, me, other, parle, them, with};

pub(super) const ALL: [Script; 11] = [
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
];
