//! `tenon member`: for scripts, and for owners who have locked themselves out.

use std::io::Read as _;

use secrecy::SecretString;
use serde_json::json;
use tenon_app::access::{self, NewMemberInput};

use crate::cli::Member;
use crate::failure::Failure;
use crate::settings::Settings;
use crate::wiring;

/// Longer than any password that is taken.
const LONGEST: u64 = 4_096;

pub(super) async fn run(settings: &Settings, command: Member) -> Result<(), Failure> {
    let ctx = wiring::open_offline(settings, true).await?;
    match command {
        Member::Create {
            email,
            name,
            role,
            workspace,
            locale,
            time_zone,
            password: _,
            json: as_json,
        } => {
            let input = NewMemberInput {
                workspace,
                email,
                name,
                role: role.into(),
                password: read_password()?,
                locale,
                time_zone,
            };
            let id = access::create_member(&ctx, input).await?;
            if as_json {
                super::print_json(&json!({ "id": id.to_string() }));
            } else {
                super::print(&format!("created {id}"));
            }
        }
        Member::List { json: as_json } => {
            let members = access::list_members(&ctx).await?;
            if as_json {
                let items: Vec<_> = members
                    .iter()
                    .map(|m| {
                        json!({
                            "id": m.id.to_string(), "email": m.email, "name": m.name, "role": m.role.as_str(),
                            "totp_enabled": m.totp_enabled, "disabled": m.disabled, "workspace": m.workspace_name,
                        })
                    })
                    .collect();
                super::print_json(&json!({ "items": items }));
            } else {
                for m in &members {
                    super::print(&format!(
                        "{}  {:<7} {:<32} {} ({}){}",
                        m.id,
                        m.role.as_str(),
                        m.email,
                        m.name,
                        m.workspace_name,
                        if m.disabled { ", off" } else { "" }
                    ));
                }
            }
        }
        Member::Invite {
            email,
            role,
            workspace,
            json: as_json,
        } => {
            let link =
                access::invite_as_owner(&ctx, workspace.as_deref(), &email, role.into()).await?;
            if as_json {
                super::print_json(&json!({ "link": link }));
            } else {
                super::print(&link);
            }
        }
        Member::Role { email, role } => {
            access::set_role(&ctx, &email, role.into()).await?;
            super::print("the role is set, all sessions have ended");
        }
        Member::Disable { email } => {
            access::set_disabled(&ctx, &email, true).await?;
            super::print("the account is off, its mailboxes pause, all sessions have ended");
        }
        Member::Enable { email } => {
            access::set_disabled(&ctx, &email, false).await?;
            super::print("the account is on");
        }
        Member::Reset { email, password: _ } => {
            access::reset_password(&ctx, &email, read_password()?).await?;
            super::print(
                "the password is set; second factor, passkeys and sign-in accounts are gone, all sessions have ended",
            );
        }
    }
    ctx.store.close().await;
    Ok(())
}

/// The first line of standard input.
fn read_password() -> Result<SecretString, Failure> {
    let mut text = String::new();
    std::io::stdin()
        .lock()
        .take(LONGEST)
        .read_to_string(&mut text)
        .map_err(|e| {
            Failure::usage(format!(
                "the password cannot be read from standard input: {e}"
            ))
        })?;
    let line = text.lines().next().unwrap_or_default();
    if line.is_empty() {
        return Err(Failure::usage("standard input holds no password"));
    }
    Ok(line.into())
}
