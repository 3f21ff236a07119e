//! What other people and programs do to the mailbox, at the provider.

use tenon_sandbox::Control;

use crate::random::Random;

/// The person whose mailbox it is.
pub(crate) const ALICE: &str = "alice@example.com";

/// One act; gives the line for the trace.
pub(crate) fn act(control: &Control, random: &mut Random) -> String {
    let messages = control.messages(ALICE);
    let user_labels: Vec<String> = control
        .labels(ALICE)
        .into_iter()
        .filter(|(id, _)| id.starts_with("Label_"))
        .map(|(id, _)| id)
        .collect();
    let some = random.pick(&messages).map(|(id, ..)| id.clone());
    let id = some.unwrap_or_default();
    match random.below(20) {
        0..=5 => {
            let count = 1 + random.below(3) as usize;
            format!("{count} arrive: {:?}", control.deliver_random(ALICE, count))
        }
        6 => {
            let count = 10 + random.below(25) as usize;
            control.deliver_random(ALICE, count);
            format!("a burst of {count}")
        }
        7..=10 => {
            let names = ["UNREAD", "STARRED", "INBOX", "IMPORTANT", "TRASH", "SPAM"];
            let name = names[random.below(6) as usize];
            let (add, remove): (&[&str], &[&str]) = if random.below(2) == 0 {
                (&[name], &[])
            } else {
                (&[], &[name])
            };
            control.modify_labels(ALICE, &id, add, remove);
            format!("elsewhere {id} +{add:?} -{remove:?}")
        }
        11..=13 => {
            control.delete_message(ALICE, &id);
            format!("elsewhere {id} is deleted")
        }
        14 => {
            let text = format!("Subject: by hand {}\r\n\r\ntext\r\n", random.below(1_000));
            format!(
                "elsewhere a draft {}",
                control.add_draft(ALICE, text.into_bytes())
            )
        }
        15 => {
            let name = format!("Project {}", random.below(6));
            control.modify_labels(ALICE, &id, &[&name], &[]);
            format!("elsewhere {id} gets the label {name}")
        }
        16 => match random.pick(&user_labels) {
            Some(label) => {
                let name = format!("Renamed {}", random.below(1_000));
                control.rename_label(ALICE, label, &name);
                format!("elsewhere {label} becomes {name}")
            }
            None => "nothing to rename".to_owned(),
        },
        17 => match random.pick(&user_labels) {
            Some(label) => {
                control.delete_label(ALICE, label);
                format!("elsewhere {label} is deleted")
            }
            None => "no label to delete".to_owned(),
        },
        18 => {
            control.expire_access_tokens(ALICE);
            "access tokens end".to_owned()
        }
        _ => {
            let limit = [usize::MAX, 7, 20, 60][random.below(4) as usize];
            control.page_limit(limit);
            format!("pages of {limit}")
        }
    }
}
