//! How a command fails: one sentence on stderr that says what to do, and an exit code.

use std::fmt;
use std::path::Path;

use tenon_app::KeysError;
use tenon_app::keys::RotationError;
use tenon_store::StoreError;
use tenon_vault::VaultError;

/// A sentence and an exit code.
#[derive(Debug)]
pub(crate) struct Failure {
    sentence: String,
    code: u8,
}

impl Failure {
    /// Something outside does not let the command do its work: exit code 1.
    pub(crate) fn new(sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            code: 1,
        }
    }

    /// The command or its settings are wrong: exit code 2.
    pub(crate) fn usage(sentence: impl Into<String>) -> Self {
        Self {
            sentence: sentence.into(),
            code: 2,
        }
    }

    pub(crate) const fn code(&self) -> u8 {
        self.code
    }

    /// A file or folder that cannot be used.
    pub(crate) fn file(what: &str, path: &Path, error: &std::io::Error) -> Self {
        use std::io::ErrorKind;
        let path = path.display();
        Self::new(match error.kind() {
            ErrorKind::PermissionDenied => {
                format!(
                    "the {what} {path} cannot be used: permission denied; give it to the user that runs tenon"
                )
            }
            ErrorKind::ReadOnlyFilesystem => {
                format!(
                    "the {what} {path} is on a read-only file system; choose another place with TENON_DATA_DIR"
                )
            }
            ErrorKind::StorageFull => {
                format!("the disk of the {what} {path} is full; free some space, nothing was lost")
            }
            ErrorKind::NotADirectory | ErrorKind::AlreadyExists => {
                format!(
                    "the {what} {path} is a file where a folder is needed; choose another place with TENON_DATA_DIR"
                )
            }
            _ => format!("the {what} {path} cannot be used: {error}"),
        })
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let code = if matches!(error, StoreError::BadUrl) {
            2
        } else {
            1
        };
        Self {
            sentence: error.to_string(),
            code,
        }
    }
}

impl From<VaultError> for Failure {
    fn from(error: VaultError) -> Self {
        Self::new(match error {
            VaultError::WrongKek(_) | VaultError::Refused => {
                format!(
                    "{error}; point TENON_KEK to the key this database was made with, nothing was changed"
                )
            }
            VaultError::KekElsewhere(_) => {
                format!("{error}; point TENON_KEK or TENON_KEK_ALSO to it, nothing was changed")
            }
            _ => error.to_string(),
        })
    }
}

impl From<RotationError> for Failure {
    fn from(error: RotationError) -> Self {
        match error {
            RotationError::Store(error) => error.into(),
            RotationError::Vault(error) => error.into(),
            RotationError::Waiting(_) | RotationError::Needed(..) => {
                Self::new(format!("{error} (tenon key rewrap)"))
            }
            _ => Self::new(error.to_string()),
        }
    }
}

impl From<KeysError> for Failure {
    fn from(error: KeysError) -> Self {
        match error {
            KeysError::Store(error) => error.into(),
            KeysError::Vault(error) => error.into(),
        }
    }
}

impl From<tenon_app::Error> for Failure {
    fn from(error: tenon_app::Error) -> Self {
        let fields: Vec<String> = error
            .fields()
            .iter()
            .map(|(name, what)| format!("{name} {what}"))
            .collect();
        if fields.is_empty() {
            Self::new(error.detail())
        } else {
            Self::usage(fields.join("; "))
        }
    }
}
