//! The second wall: on PostgreSQL each transaction tells the database whose it is, and policies
//! (`migrations/postgres/0008_walls.sql`) show and take no row of anybody else (decision 0055).

use sqlx::AssertSqlSafe;
use tenon_model::sabotage::{self, Saboteur};
use tenon_model::{Purpose, Scope};

/// The words that policies compare with.
const fn word(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Request => "request",
        Purpose::Job => "job",
        Purpose::System => "system",
    }
}

/// The statements that begin a transaction in `scope`, in one message. What they set ends with the
/// transaction, so another one may follow on the same connection, through a pooler too.
pub(crate) fn begin(begin: &str, scope: &Scope) -> AssertSqlSafe<String> {
    let purpose = if sabotage::on(Saboteur::SecondWall) {
        Purpose::System
    } else {
        scope.purpose
    };
    let mut text = format!("{begin}; SET LOCAL tenon.purpose = '{}'", word(purpose));
    // The ids are our own: digits and hyphens, nothing to quote.
    if let Some(workspace) = scope.workspace {
        text += "; SET LOCAL tenon.workspace = '";
        text += &workspace.0.to_string();
        text.push('\'');
    }
    if let Some(member) = scope.member {
        text += "; SET LOCAL tenon.member = '";
        text += &member.0.to_string();
        text.push('\'');
    }
    AssertSqlSafe(text)
}

#[cfg(test)]
mod tests {
    use tenon_model::World;

    use super::*;

    #[test]
    fn a_transaction_says_whose_it_is() {
        let (world, _) = World::simulated(1);
        let (workspace, member) = (world.id(), world.id());
        let text = |scope: Scope| begin("BEGIN", &scope).0;
        assert_eq!(
            text(Scope::member(workspace, member)),
            format!(
                "BEGIN; SET LOCAL tenon.purpose = 'request'; SET LOCAL tenon.workspace = '{}'; \
                 SET LOCAL tenon.member = '{}'",
                workspace.0, member.0
            )
        );
        assert_eq!(
            text(Scope::job(workspace)),
            format!(
                "BEGIN; SET LOCAL tenon.purpose = 'job'; SET LOCAL tenon.workspace = '{}'",
                workspace.0
            )
        );
        assert_eq!(
            text(Scope::system()),
            "BEGIN; SET LOCAL tenon.purpose = 'system'"
        );
    }
}
