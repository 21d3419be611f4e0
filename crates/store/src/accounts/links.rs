//! One-time sign-in links, known by their hashes.

use crate::{StoreError, Tx};
use domain::{Instant, PersonId};

/// Remembers a sign-in link by its hash.
///
/// `sets_password` says that it leads to where a password is set.
pub async fn add(
    tx: &mut Tx,
    hash: &[u8],
    person: PersonId,
    expires_at: Instant,
    sets_password: bool,
) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into sign_in_links (token_hash, person_id, expires_at, sets_password) values ($1, $2, $3, $4)",
        hash,
        person.0,
        expires_at,
        sets_password
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Spends a sign-in link; answers whose it was and whether it leads to where a password is set, unless it was spent before
/// or is too old.
pub async fn spend(tx: &mut Tx, hash: &[u8], at: Instant) -> Result<Option<(PersonId, bool)>, StoreError> {
    let row = sqlx::query!(
        "update sign_in_links set used_at = $2
         where token_hash = $1 and used_at is null and expires_at > $2
               and not exists (select from people p where p.id = person_id and p.disabled_at is not null)
         returning person_id, sets_password",
        hash,
        at
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(row.map(|r| (PersonId(r.person_id), r.sets_password)))
}
