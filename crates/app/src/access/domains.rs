//! Mail domains whose people may join by themselves, when an issuer vouches for their address.

use tenon_model::Time;
use tenon_model::audit::AuditAction;
use tenon_model::member::Role;

use super::people::{self, manager};
use crate::audit::{self, note};
use crate::{Actor, Ctx, Error, Result};

/// Allowed domains of one workspace.
const MOST: usize = 50;

/// Where everybody gets an address. Allowing one of these would let the whole world in.
const PUBLIC: &[&str] = &[
    "163.com",
    "aol.com",
    "free.fr",
    "gmail.com",
    "gmx.com",
    "gmx.de",
    "gmx.net",
    "googlemail.com",
    "hotmail.com",
    "hotmail.fr",
    "icloud.com",
    "laposte.net",
    "live.com",
    "mail.com",
    "mail.ru",
    "me.com",
    "msn.com",
    "orange.fr",
    "outlook.com",
    "outlook.fr",
    "proton.me",
    "protonmail.com",
    "qq.com",
    "sfr.fr",
    "wanadoo.fr",
    "web.de",
    "yahoo.com",
    "yahoo.fr",
    "yandex.ru",
    "ymail.com",
    "zoho.com",
];

/// An allowed domain.
#[derive(Debug, Clone)]
pub struct DomainView {
    /// In lower case, as it stands in addresses.
    pub domain: String,
    /// When it was allowed.
    pub created_at: Time,
}

/// The domain in lower case, if people of one organisation could have addresses in it.
fn normal(text: &str) -> Result<String> {
    let wrong = |sentence| Err(Error::field("domain", sentence));
    let text = text.trim().trim_start_matches('@').to_lowercase();
    // International names are written as they stand in addresses (RFC 5890).
    let Ok(url::Host::Domain(domain)) = url::Host::parse(&text) else {
        return wrong("must be a domain such as example.com");
    };
    let labels: Vec<&str> = domain.split('.').collect();
    let sound = labels.len() >= 2
        && domain.len() <= 253
        && labels.iter().all(|l| {
            !l.is_empty()
                && !l.starts_with('-')
                && !l.ends_with('-')
                && l.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        });
    if !sound {
        return wrong("must be a domain such as example.com");
    }
    if PUBLIC.contains(&domain.as_str()) {
        return wrong("is one where anybody gets an address; invite people one by one");
    }
    Ok(domain)
}

/// The allowed domains.
pub async fn domains(ctx: &Ctx, actor: &Actor) -> Result<Vec<DomainView>> {
    if !matches!(actor.role, Role::Owner | Role::Admin) {
        return Err(Error::Forbidden);
    }
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let all = tx.domains().list().await?;
    Ok(all
        .into_iter()
        .map(|(domain, created_at)| DomainView { domain, created_at })
        .collect())
}

/// Allows a domain.
pub async fn allow_domain(ctx: &Ctx, actor: &Actor, domain: &str) -> Result<DomainView> {
    let domain = normal(domain)?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    manager(ctx, &mut tx, actor).await?;
    if tx.domains().list().await?.len() >= MOST {
        return Err(Error::field("domain", "must wait: too many are allowed"));
    }
    let created_at = ctx.world.now();
    if !tx.domains().insert(&domain, created_at).await? {
        return Err(Error::field("domain", "is allowed already"));
    }
    people::tell(&mut tx, actor.workspace.to_string()).await?;
    note(AuditAction::DomainAllowed)
        .by(actor.member)
        .about(audit::domain(&ctx.keys, actor.workspace, &domain))
        .add(&ctx.keys, &mut tx, actor.workspace)?;
    tx.commit().await?;
    Ok(DomainView { domain, created_at })
}

/// Allows a domain no longer. Members who came by it stay.
pub async fn forbid_domain(ctx: &Ctx, actor: &Actor, domain: &str) -> Result<()> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    manager(ctx, &mut tx, actor).await?;
    let domain = domain.to_lowercase();
    if !tx.domains().delete(&domain).await? {
        return Err(Error::NotFound("domain"));
    }
    people::tell(&mut tx, actor.workspace.to_string()).await?;
    note(AuditAction::DomainForbidden)
        .by(actor.member)
        .about(audit::domain(&ctx.keys, actor.workspace, &domain))
        .add(&ctx.keys, &mut tx, actor.workspace)?;
    Ok(tx.commit().await?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_domains_of_one_organisation_are_taken() {
        assert_eq!(normal(" @Example.COM ").unwrap(), "example.com");
        assert_eq!(normal("bücher.example").unwrap(), "xn--bcher-kva.example");
        for wrong in [
            "",
            "com",
            "gmail.com",
            "GMail.com",
            "127.0.0.1",
            "[::1]",
            "a b.com",
            "ex..com",
            "-a.com",
            "a_b.com",
            "example.com.",
            "ann@example.com",
            "*.example.com",
            "example.com/x",
        ] {
            assert!(normal(wrong).is_err(), "{wrong}");
        }
    }
}
