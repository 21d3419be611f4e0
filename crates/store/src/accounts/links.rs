//! One-time sign-in links, known by their hashes.

use crate::{StoreError, Tx};
use domain::{Instant, PersonId};

/// Remembers a sign-in link by its hash.
pub async fn add(tx: &mut Tx, hash: &[u8], person: PersonId, expires_at: Instant) -> Result<(), StoreError> {
    sqlx::query!(
        "insert into sign_in_links (token_hash, person_id, expires_at) values ($1, $2, $3)",
        hash,
        person.0,
        expires_at
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Spends a sign-in link; answers whose it was, unless it was spent before or is too old.
pub async fn spend(tx: &mut Tx, hash: &[u8], at: Instant) -> Result<Option<PersonId>, StoreError> {
    let id = sqlx::query_scalar!(
        "update sign_in_links set used_at = $2
         where token_hash = $1 and used_at is null and expires_at > $2
               and not exists (select from people p where p.id = person_id and p.disabled_at is not null)
         returning person_id",
        hash,
        at
    )
    .fetch_optional(&mut **tx)
    .await?;
    Ok(id.map(PersonId))
}
