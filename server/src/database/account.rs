//! Who PostgreSQL runs as: ourselves, or an unprivileged account when we are root, and what that account may enter.

use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::unistd::{Uid, User};
use tokio::process::Command;

use super::DatabaseError;

/// Accounts that root gives PostgreSQL to, in order; `initdb` insists that the id is in `/etc/passwd`.
const PREFERRED: [&str; 2] = ["postgres", "nobody"];

/// The user and group that own the data and run the child.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Account {
    pub(super) uid: u32,
    pub(super) gid: u32,
    /// Whether we must change to it, which only root can.
    pub(super) drop_to: bool,
}

impl Account {
    /// The account for new data: ours, or the first of [`PREFERRED`] that exists when we are root.
    pub(super) fn for_new_data() -> Result<Self, DatabaseError> {
        let us = Uid::effective();
        if !us.is_root() {
            return Ok(Self {
                uid: us.as_raw(),
                gid: nix::unistd::Gid::effective().as_raw(),
                drop_to: false,
            });
        }
        PREFERRED
            .iter()
            .find_map(|name| User::from_name(name).ok().flatten())
            .map(|user| Self { uid: user.uid.as_raw(), gid: user.gid.as_raw(), drop_to: true })
            .ok_or(DatabaseError::NoAccount)
    }

    /// The account for data that exists: its owner, if we are that or may become it.
    pub(super) fn for_existing(data: &Path) -> Result<Self, DatabaseError> {
        let owned = std::fs::metadata(data).map_err(DatabaseError::file("look at", data))?;
        let us = Uid::effective();
        if owned.uid() == us.as_raw() && !us.is_root() {
            return Ok(Self { uid: owned.uid(), gid: owned.gid(), drop_to: false });
        }
        if us.is_root() && owned.uid() != 0 {
            return Ok(Self { uid: owned.uid(), gid: owned.gid(), drop_to: true });
        }
        Err(DatabaseError::OtherOwner { data: data.to_path_buf(), owner: owned.uid(), us: us.as_raw() })
    }

    /// Makes the command run as this account; the standard library drops supplementary groups with the user id.
    pub(super) fn apply(self, command: &mut Command) {
        if self.drop_to {
            command.uid(self.uid).gid(self.gid);
        }
    }

    /// Whether this account may pass through every folder down to `path`, by their permission bits.
    pub(super) fn can_enter(self, path: &Path) -> bool {
        !self.drop_to
            || path.ancestors().filter(|folder| !folder.as_os_str().is_empty()).all(|folder| {
                std::fs::metadata(folder)
                    .is_ok_and(|found| self.may_search(found.mode(), found.uid(), found.gid()))
            })
    }

    fn may_search(self, mode: u32, owner: u32, group: u32) -> bool {
        let shift = match (owner == self.uid, group == self.gid) {
            (true, _) => 6,
            (false, true) => 3,
            (false, false) => 0,
        };
        mode >> shift & 1 == 1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn search_permission_is_read_from_the_class_that_applies() {
        let account = Account { uid: 101, gid: 104, drop_to: true };
        assert!(account.may_search(0o755, 0, 0));
        assert!(!account.may_search(0o700, 0, 0));
        assert!(account.may_search(0o710, 0, 104));
        assert!(!account.may_search(0o701, 0, 104), "the group's bits count before the others'");
        assert!(!account.may_search(0o077, 101, 104), "the owner's bits count before all");
    }

    #[test]
    fn a_private_folder_closes_everything_below_it() {
        use std::os::unix::fs::PermissionsExt;
        let outer = tempfile::tempdir().unwrap();
        let inner = outer.path().join("inner");
        std::fs::create_dir(&inner).unwrap();
        std::fs::set_permissions(&inner, std::fs::Permissions::from_mode(0o755)).unwrap();
        let stranger = Account { uid: 4_000_000, gid: 4_000_000, drop_to: true };
        std::fs::set_permissions(outer.path(), std::fs::Permissions::from_mode(0o700)).unwrap();
        assert!(!stranger.can_enter(&inner));
        std::fs::set_permissions(outer.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
        assert!(stranger.can_enter(&inner));
    }
}
