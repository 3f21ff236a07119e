//! Members: who they are, and changing that.

use secrecy::SecretString;
use tenon_model::audit::{AuditAction, AuditDetail, AuditTarget};
use tenon_model::hours::WorkingHours;
use tenon_model::member::Role;
use tenon_model::{MemberId, WorkspaceId};
use tenon_store::{Member, Tx};

use super::device::Browser;
use super::standing::{Held, held, proven};
use super::{password, sessions, totp};
use crate::audit::{Note, note};
use crate::{Actor, Ctx, Error, Result};

/// A message can be taken back for at most this many seconds.
pub(crate) const MAX_UNDO_SEND: u32 = 30;
/// What a new member has.
pub(super) const UNDO_SEND: i64 = 10;

/// A member and the workspace, as the member sees them.
#[derive(Clone)]
pub struct MeView {
    /// Id.
    pub id: MemberId,
    /// Name.
    pub name: String,
    /// Sign-in address.
    pub email: String,
    /// Role.
    pub role: Role,
    /// Language tag.
    pub locale: String,
    /// IANA time zone.
    pub time_zone: String,
    /// Whether a second factor is on.
    pub totp_enabled: bool,
    /// How long a message waits before it goes, in seconds.
    pub undo_send_seconds: u32,
    /// When the member works.
    pub working_hours: WorkingHours,
    /// Recovery codes that are left.
    pub recovery_codes: u64,
    /// Whether the member has a password.
    pub has_password: bool,
    /// Whether the account is switched off.
    pub disabled: bool,
    /// Workspace.
    pub workspace: WorkspaceId,
    /// Its name.
    pub workspace_name: String,
}

/// A new password of one's own.
pub struct ChangePassword {
    /// The one that holds now; not asked for when there is none.
    pub current: Option<SecretString>,
    /// The new one.
    pub new: SecretString,
    /// Where they come from.
    pub browser: Browser,
}

/// A change of one's own profile; `None` leaves a field as it is.
#[derive(Clone, Default)]
pub struct UpdateMe {
    /// Name.
    pub name: Option<String>,
    /// Language tag.
    pub locale: Option<String>,
    /// IANA time zone.
    pub time_zone: Option<String>,
    /// How long a message waits before it goes, 0 to 30 seconds.
    pub undo_send_seconds: Option<u32>,
    /// When the member works.
    pub working_hours: Option<WorkingHours>,
}

/// A new member, made by the command line.
pub struct NewMemberInput {
    /// Workspace name; the only one of the server when `None`, made when there is none.
    pub workspace: Option<String>,
    /// Sign-in address.
    pub email: String,
    /// Name.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Password.
    pub password: SecretString,
    /// Language tag.
    pub locale: String,
    /// IANA time zone.
    pub time_zone: String,
}

pub(super) async fn me_view(tx: &mut Tx, member: &Member) -> Result<MeView> {
    let workspace = tx
        .workspaces()
        .get(member.workspace_id)
        .await?
        .ok_or(Error::NotFound("workspace"))?;
    Ok(MeView {
        id: member.id,
        name: member.name.clone(),
        email: member.email.clone(),
        role: member.role,
        locale: member.locale.clone(),
        time_zone: member.time_zone.clone(),
        totp_enabled: member.totp_confirmed_at.is_some(),
        undo_send_seconds: u32::try_from(member.undo_send_seconds).unwrap_or_default(),
        working_hours: working_hours(member),
        recovery_codes: tx.members().count_recovery_codes(member.id).await?,
        has_password: member.password_hash.is_some(),
        disabled: member.disabled_at.is_some(),
        workspace: workspace.id,
        workspace_name: workspace.name,
    })
}

/// When a member works.
pub(crate) fn working_hours(member: &Member) -> WorkingHours {
    let stored = member.working_hours.as_deref();
    stored
        .and_then(|json| serde_json::from_str(json).ok())
        .unwrap_or_default()
}

/// The member who asks.
pub(super) async fn own(tx: &mut Tx, actor: &Actor) -> Result<Member> {
    tx.members()
        .get(actor.member)
        .await?
        .ok_or(Error::Unauthenticated)
}

/// Who is signed in.
pub async fn me(ctx: &Ctx, actor: &Actor) -> Result<MeView> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let member = own(&mut tx, actor).await?;
    me_view(&mut tx, &member).await
}

/// Changes one's own name, language or time zone.
pub async fn update_me(ctx: &Ctx, actor: &Actor, change: UpdateMe) -> Result<MeView> {
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let mut member = own(&mut tx, actor).await?;
    member.name = change.name.unwrap_or(member.name);
    member.locale = change.locale.unwrap_or(member.locale);
    member.time_zone = change.time_zone.unwrap_or(member.time_zone);
    let mut problems = profile_problems(&member.name, &member.locale, &member.time_zone);
    if let Some(seconds) = change.undo_send_seconds {
        member.undo_send_seconds = i64::from(seconds);
        if seconds > MAX_UNDO_SEND {
            problems.push(("undo_send_seconds".into(), "must be from 0 to 30".into()));
        }
    }
    for (field, sentence) in change.working_hours.iter().flat_map(WorkingHours::problems) {
        problems.push((format!("working_hours.{field}"), sentence.to_owned()));
    }
    if !problems.is_empty() {
        return Err(Error::Validation(problems));
    }
    if let Some(hours) = change.working_hours {
        let json = serde_json::to_string(&hours)
            .map_err(|_| Error::Internal("working_hours_json".into()))?;
        tx.members().set_working_hours(member.id, &json).await?;
        member.working_hours = Some(json);
    }
    tx.members()
        .set_profile(member.id, &member.name, &member.locale, &member.time_zone)
        .await?;
    tx.members()
        .set_undo_send(member.id, member.undo_send_seconds)
        .await?;
    let view = me_view(&mut tx, &member).await?;
    tx.commit().await?;
    Ok(view)
}

/// Sets a new password. All other sessions end, and reset links are void. It takes a proof and, where
/// there is one, the password that holds now: whoever finds an open browser has neither for long.
pub async fn change_password(ctx: &Ctx, actor: &Actor, input: ChangePassword) -> Result<()> {
    let mut tx = ctx.store.read(&actor.scope()).await?;
    let member = proven(ctx, &mut tx, actor).await?;
    drop(tx);
    if let Some(problem) = password::problem(&input.new, &[&member.email, &member.name]) {
        return Err(Error::field("new_password", problem));
    }
    let wrong = || Error::field("current_password", "is wrong");
    if member.password_hash.is_some() {
        let buckets = input.browser.buckets(ctx, &member.email);
        ctx.attempts.begin(&buckets, ctx.world.monotonic())?;
        let current = input.current.unwrap_or_default();
        if !password::verify(member.password_hash.clone(), current).await? {
            return Err(wrong());
        }
        ctx.attempts.succeeded(&buckets);
    }
    let hash = password::hash(&ctx.world, input.new).await?;
    let mut tx = ctx.store.begin(&actor.scope()).await?;
    let now = proven(ctx, &mut tx, actor).await?;
    if now.password_hash != member.password_hash {
        return Err(wrong());
    }
    tx.members().set_password_hash(member.id, &hash).await?;
    tx.resets().delete_for_member(member.id).await?;
    sessions::end_all(&mut tx, actor.workspace, member.id, Some(actor.session)).await?;
    let entry = note(AuditAction::PasswordChanged).by(actor.member);
    entry.add(&ctx.keys, &mut tx, actor.workspace)?;
    Ok(tx.commit().await?)
}

pub(super) fn profile_problems(name: &str, locale: &str, time_zone: &str) -> Vec<(String, String)> {
    let mut problems = Vec::new();
    let mut add =
        |field: &str, sentence: &str| problems.push((field.to_owned(), sentence.to_owned()));
    if name.trim().is_empty() || name.chars().count() > 200 || name.chars().any(char::is_control) {
        add("name", "must have 1 to 200 characters");
    }
    if !["en", "fr"].contains(&locale) {
        add("locale", "must be en or fr");
    }
    if !tenon_model::world::is_time_zone(time_zone) {
        add("time_zone", "must be a time zone such as Europe/Paris");
    }
    problems
}

/// Lower-cased, if it can be an address.
pub(super) fn email(text: &str) -> Option<String> {
    let text = text.trim().to_lowercase();
    let (local, domain) = text.rsplit_once('@')?;
    let sound = !local.is_empty()
        && !domain.is_empty()
        && text.len() <= 254
        && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    sound.then_some(text)
}

/// A member whose input holds and whose password is hashed, not stored yet. Hashing takes long, so
/// it is done before a transaction is begun.
pub(super) async fn prepare(ctx: &Ctx, input: NewMemberInput) -> Result<Member> {
    let mut problems = profile_problems(&input.name, &input.locale, &input.time_zone);
    let address = email(&input.email);
    if address.is_none() {
        problems.push(("email".into(), "must be an e-mail address".into()));
    }
    let own_words = [input.email.as_str(), input.name.as_str()];
    let weak = password::problem(&input.password, &own_words);
    problems.extend(weak.map(|p| ("password".to_owned(), p.to_owned())));
    let (Some(address), true) = (address, problems.is_empty()) else {
        return Err(Error::Validation(problems));
    };
    Ok(Member {
        id: ctx.world.id(),
        workspace_id: ctx.world.id(),
        email: address,
        name: input.name.trim().to_owned(),
        role: input.role,
        password_hash: Some(password::hash(&ctx.world, input.password).await?),
        locale: input.locale,
        time_zone: input.time_zone,
        totp: None,
        totp_confirmed_at: None,
        totp_last_step: 0,
        disabled_at: None,
        undo_send_seconds: UNDO_SEND,
        working_hours: None,
        created_at: ctx.world.now(),
    })
}

/// The entry about a member who has come by `way`.
pub(super) fn joined(member: &Member, way: &str) -> Note {
    note(AuditAction::MemberJoined)
        .by(member.id)
        .about(AuditTarget::Member(member.id))
        .with(AuditDetail::Way, way)
        .with(AuditDetail::Role, member.role.as_str())
}

/// Stores a prepared member in the caller's transaction, which must be of the whole deployment.
pub(super) async fn insert(tx: &mut Tx, workspace: WorkspaceId, member: Member) -> Result<Held> {
    if tx.members().by_email(&member.email).await?.is_some() {
        return Err(Error::field("email", "is used by another member"));
    }
    let member = Member {
        workspace_id: workspace,
        ..member
    };
    tx.members().insert(&member).await?;
    let held = held(tx, member.id).await?;
    held.ok_or_else(|| Error::Internal("member".into()))
}

/// Puts a password in place of everything by which a member got in until now. The caller holds the
/// member.
pub(super) async fn begin_anew(tx: &mut Tx, member: MemberId, hash: &str) -> Result<()> {
    tx.members().set_password_hash(member, hash).await?;
    totp::remove(tx, member).await?;
    tx.passkeys().delete_for_member(member).await?;
    tx.identities().delete_for_member(member).await?;
    tx.resets().delete_for_member(member).await?;
    tx.sessions().delete_for_member(member, None).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_read_leniently_but_not_blindly() {
        assert_eq!(email(" Ann@Example.com "), Some("ann@example.com".into()));
        for wrong in ["", "ann", "@x", "a@", "a b@c", "a@b\n"] {
            assert_eq!(
                email(wrong).filter(|e| wrong.trim() != e),
                None,
                "{wrong:?}"
            );
        }
    }

    #[test]
    fn profile_problems_name_the_field() {
        let names: Vec<String> = profile_problems(" ", "de", "Mars/Base")
            .into_iter()
            .map(|p| p.0)
            .collect();
        assert_eq!(names, ["name", "locale", "time_zone"]);
        assert!(profile_problems("Ann", "fr", "Europe/Paris").is_empty());
    }
}
