//! How far each projector has read.

use crate::{Conn, StoreError, Tx, feed::Cursor};

/// How far a projector has read.
pub async fn read(conn: &mut Conn, name: &str) -> Result<Cursor, StoreError> {
    let row = sqlx::query!(
        r#"select epoch, tx::text::int8 as "tx!", event_id from projector_cursors where name = $1"#,
        name
    )
    .fetch_optional(conn)
    .await?;
    Ok(row.map_or(Cursor::START, |r| Cursor { epoch: r.epoch, tx: r.tx, id: r.event_id }))
}

/// How far a projector has read; nobody else moves it until the transaction ends.
pub async fn lock(tx: &mut Tx, name: &str) -> Result<Cursor, StoreError> {
    sqlx::query!(
        "insert into projector_cursors (name, epoch, tx, event_id) values ($1, 0, '0', 0) on conflict do nothing",
        name
    )
    .execute(&mut **tx)
    .await?;
    let row = sqlx::query!(
        r#"select epoch, tx::text::int8 as "tx!", event_id from projector_cursors where name = $1 for update"#,
        name
    )
    .fetch_one(&mut **tx)
    .await?;
    Ok(Cursor { epoch: row.epoch, tx: row.tx, id: row.event_id })
}

/// Remembers how far a projector has read.
pub async fn save(tx: &mut Tx, name: &str, cursor: Cursor) -> Result<(), StoreError> {
    sqlx::query!(
        "update projector_cursors set epoch = $2, tx = $3::text::xid8, event_id = $4 where name = $1",
        name,
        cursor.epoch,
        cursor.tx.to_string(),
        cursor.id
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}
