//! Finding orders by any part of what is known of them.
//!
//! What is looked for among is `orders.found_by`: reference, name, address and phone, folded by the database's function
//! `folded`, through which the question goes too. Common words are met soon when the newest orders are looked through;
//! rare ones are found by the index of their letters in threes. So neither has to read and sort a million rows. E-mail
//! addresses have indexes of their own, for whole ones and for parts.

use crate::{Conn, StoreError};
use domain::{Email, HubId, Instant, OrderId};
use uuid::Uuid;

/// So many of the newest orders are looked through before the index is asked.
const NEWEST: i64 = 8_000;
/// The same for a question with nothing but words too short for the index.
const NEWEST_FOR_SHORT: i64 = 20_000;
/// Up to so many matches of the index are sorted by their promise; above that the orders are walked through.
const MOST_SORTED: i64 = 50_000;
/// Up to so many matches of a part of an e-mail address are sorted by their promise.
const MOST_EMAILS: i64 = 5_000;
/// The shortest word that the index knows.
const GRAM: usize = 3;
/// From so many digits on a number may be a phone's with more in front than was stored.
const PHONE_DIGITS: usize = 7;

/// An order as a search finds it.
#[derive(Debug, Clone, PartialEq)]
pub struct Hit {
    /// The order.
    pub id: OrderId,
    /// The hub that serves it.
    pub hub: HubId,
    /// The shop's reference.
    pub reference: String,
    /// The shop's name.
    pub shop: String,
    /// The end of what is promised now.
    pub until: Instant,
}

/// A question, as patterns for `like`.
#[derive(Debug, PartialEq)]
struct Asked {
    /// Each word.
    words: Vec<String>,
    /// The three longest of them, for the index; the longest again where there are fewer.
    longest: [String; 3],
    /// What must be in the text if the question is a phone number; otherwise the same as the longest word.
    tail: String,
    /// The whole number then, without what stands before the country's or the area's code.
    number: Option<String>,
}

impl Asked {
    /// Reads a question that has been folded, with its digits as `phone_digits` gives them; nothing when it has no word.
    fn read(folded: &str, digits: &str) -> Option<Self> {
        let mut words: Vec<&str> = folded.split(' ').filter(|w| !w.is_empty()).collect();
        words.sort_by_key(|w| std::cmp::Reverse(w.chars().count()));
        let part = |text: &str| format!("%{text}%");
        let longest =
            [0, 1, 2].map(|n| words.get(n).or(words.first()).copied().map(part).unwrap_or_default());
        let only_digits = words.iter().all(|w| w.chars().all(|c| c.is_ascii_digit()));
        let number = (only_digits && digits.len() >= GRAM).then(|| digits.to_owned());
        let tail = number.as_deref().and_then(|n| n.get(n.len().saturating_sub(PHONE_DIGITS)..));
        let tail = tail.map_or_else(|| longest[0].clone(), part);
        Some(Self { longest, tail, number, words: words.iter().map(|w| part(w)).collect() })
            .filter(|asked| !asked.words.is_empty())
    }

    /// What a name holds in which a word begins with each of the question's, when a space stands before it.
    fn of_a_name(&self) -> Vec<String> {
        self.words.iter().map(|word| format!("% {}", word.trim_start_matches('%'))).collect()
    }

    /// Whether the index can help.
    fn has_grams(&self) -> bool {
        let grams = |pattern: &String| pattern.chars().count() >= GRAM + 2;
        grams(&self.longest[0]) && grams(&self.tail)
    }
}

/// Orders of these hubs in which every word of `text` is a part of the reference, name, address or phone; an exact reference first,
/// then of the newest orders those whose recipient's name has words that begin so, then the newest promise. A number is
/// found however a phone is written: with +, with 00, with 0, with or without the country's code, in groups or not. A whole
/// e-mail address finds the orders of whose recipient it is; those of which a word is a part of it come last.
pub async fn orders(
    conn: &mut Conn,
    hubs: &[HubId],
    text: &str,
    limit: i64,
    offset: i64,
) -> Result<Vec<Hit>, StoreError> {
    let hubs: Vec<Uuid> = hubs.iter().map(|hub| hub.0).collect();
    let text = text.trim();
    if let Ok(email) = Email::parse(text) {
        let found = by_email(conn, &hubs, &email, limit, offset).await?;
        if !found.is_empty() || offset > 0 {
            return Ok(found);
        }
    }
    let said = sqlx::query!(r#"select folded($1) as "folded!", phone_digits($1) as "digits!""#, text)
        .fetch_one(&mut *conn)
        .await?;
    let Some(asked) = Asked::read(&said.folded, &said.digits) else { return Ok(vec![]) };
    let mut found: Vec<Uuid> = sqlx::query_scalar!(
        "select id from orders where lower(reference) = lower($1) and hub_id = any($2)
         order by latest_until desc, reference limit 100",
        text,
        &hubs
    )
    .fetch_all(&mut *conn)
    .await?;

    let wanted = limit + offset;
    let missing = wanted - found.len() as i64;
    if missing > 0 {
        let newest = if asked.has_grams() { NEWEST } else { NEWEST_FOR_SHORT };
        let (mut named, mut others) = among_newest(conn, &hubs, &asked, &found, newest, missing).await?;
        let missing = missing - named.len() as i64;
        found.append(&mut named);
        if (others.len() as i64) < missing && asked.has_grams() {
            others = match by_index(conn, &hubs, &asked, &found, missing).await? {
                Some(few) => few,
                None => by_walking(conn, &hubs, &asked, &found, missing).await?,
            };
        }
        found.append(&mut others);
    }
    let missing = wanted - found.len() as i64;
    if missing > 0 && asked.has_grams() && !text.contains(char::is_whitespace) {
        found.append(&mut by_part_of_email(conn, &hubs, text, &found, missing).await?);
    }
    let shown: Vec<_> = found.into_iter().skip(offset as usize).take(limit as usize).collect();
    hits(conn, &shown).await
}

/// The orders whose recipient has this e-mail address, in whatever case, the newest promise first.
async fn by_email(
    conn: &mut Conn,
    hubs: &[Uuid],
    email: &Email,
    limit: i64,
    offset: i64,
) -> Result<Vec<Hit>, StoreError> {
    let found = sqlx::query_scalar!(
        "select id from orders where lower(email) = lower($1) and email is not null and hub_id = any($2)
         order by latest_until desc, reference limit $3 offset $4",
        email.text(),
        hubs,
        limit,
        offset
    )
    .fetch_all(&mut *conn)
    .await?;
    hits(conn, &found).await
}

/// Orders whose recipient's e-mail address contains a text, in whatever case, the newest promise first.
async fn by_part_of_email(
    conn: &mut Conn,
    hubs: &[Uuid],
    text: &str,
    but: &[Uuid],
    limit: i64,
) -> Result<Vec<Uuid>, StoreError> {
    let literally = text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    Ok(sqlx::query_scalar!(
        r#"select id as "id!" from (
               select id, reference, latest_until from orders
               where lower(email) like '%' || lower($1) || '%' and email is not null and hub_id = any($2)
               limit $3
           ) found
           where id <> all($4) order by latest_until desc, reference limit $5"#,
        literally,
        hubs,
        MOST_EMAILS,
        but,
        limit
    )
    .fetch_all(conn)
    .await?)
}

/// The matches among the newest orders: those by the recipient's name, and the others; each the newest promise first.
async fn among_newest(
    conn: &mut Conn,
    hubs: &[Uuid],
    asked: &Asked,
    but: &[Uuid],
    newest: i64,
    limit: i64,
) -> Result<(Vec<Uuid>, Vec<Uuid>), StoreError> {
    let rows = sqlx::query!(
        r#"select id, ' ' || folded(recipient_name) like all ($8) as "named!" from (
             select id, hub_id, reference, latest_until, recipient_name, recipient_phone, found_by from orders
             order by latest_until desc, reference limit $1
         ) newest
         where is_found(found_by, recipient_phone, $2, $3, $4) and id <> all($5) and hub_id = any($7)
         order by 2 desc, latest_until desc, reference limit $6"#,
        newest,
        &asked.words,
        asked.tail,
        asked.number,
        but,
        limit,
        hubs,
        &asked.of_a_name()
    )
    .fetch_all(conn)
    .await?;
    let (named, others): (Vec<_>, Vec<_>) = rows.into_iter().partition(|r| r.named);
    Ok((named.into_iter().map(|r| r.id).collect(), others.into_iter().map(|r| r.id).collect()))
}

/// The newest matches of all, by the index; nothing when there are too many to sort.
async fn by_index(
    conn: &mut Conn,
    hubs: &[Uuid],
    asked: &Asked,
    but: &[Uuid],
    limit: i64,
) -> Result<Option<Vec<Uuid>>, StoreError> {
    let [first, second, third] = &asked.longest;
    let rows = sqlx::query!(
        r#"with found as materialized (
               select id, reference, latest_until from orders
               where (
                   found_by like $1 and found_by like $2 and found_by like $3 or $6::text is not null and found_by like $5
               ) and is_found(found_by, recipient_phone, $4, $5, $6) and hub_id = any($10)
               limit $7
           )
           select id, (select count(*) from found) as "all!" from found
           where id <> all($8)
           order by latest_until desc, reference limit $9"#,
        first,
        second,
        third,
        &asked.words,
        asked.tail,
        asked.number,
        MOST_SORTED + 1,
        but,
        limit,
        hubs
    )
    .fetch_all(conn)
    .await?;
    let too_many = rows.first().is_some_and(|r| r.all > MOST_SORTED);
    Ok((!too_many).then(|| rows.into_iter().map(|r| r.id).collect()))
}

/// The newest matches of all, from the newest order on.
async fn by_walking(
    conn: &mut Conn,
    hubs: &[Uuid],
    asked: &Asked,
    but: &[Uuid],
    limit: i64,
) -> Result<Vec<Uuid>, StoreError> {
    // Nothing appended keeps the index of threes away from what it has too much of.
    Ok(sqlx::query_scalar!(
        "select id from orders
         where is_found(found_by || '', recipient_phone, $1, $2, $3) and id <> all($4) and hub_id = any($6)
         order by latest_until desc, reference limit $5",
        &asked.words,
        asked.tail,
        asked.number,
        but,
        limit,
        hubs
    )
    .fetch_all(conn)
    .await?)
}

async fn hits(conn: &mut Conn, ids: &[Uuid]) -> Result<Vec<Hit>, StoreError> {
    let rows = sqlx::query!(
        r#"select o.id, o.hub_id, o.reference, s.name as shop, o.latest_until
           from unnest($1::uuid[]) with ordinality as wanted (id, place)
           join orders o on o.id = wanted.id
           join shops s on s.id = o.shop_id
           order by wanted.place"#,
        ids
    )
    .fetch_all(conn)
    .await?;
    Ok(rows
        .into_iter()
        .map(|r| Hit {
            id: OrderId(r.id),
            hub: HubId(r.hub_id),
            reference: r.reference,
            shop: r.shop,
            until: r.latest_until,
        })
        .collect())
}

#[cfg(test)]
mod tests {
    use super::Asked;

    #[test]
    fn words_become_patterns_the_longest_for_the_index() {
        let asked = Asked::read("12 triq il kbira", "12").unwrap();
        assert_eq!(asked.words, ["%kbira%", "%triq%", "%12%", "%il%"]);
        assert_eq!(asked.longest, ["%kbira%", "%triq%", "%12%"]);
        assert_eq!((asked.tail.as_str(), asked.number.as_deref()), ("%kbira%", None));
        assert_eq!(asked.of_a_name(), ["% kbira%", "% triq%", "% 12%", "% il%"]);
        assert_eq!(Asked::read("  ", ""), None);
    }

    #[test]
    fn digits_are_a_phone_number_too() {
        let asked = Asked::read("00356 2155 1234", "35621551234").unwrap();
        assert_eq!((asked.tail.as_str(), asked.number.as_deref()), ("%1551234%", Some("35621551234")));
        let short = Asked::read("458", "458").unwrap();
        assert_eq!((short.tail.as_str(), short.number.as_deref()), ("%458%", Some("458")));
        assert!(short.has_grams() && !Asked::read("45", "45").unwrap().has_grams());
    }
}
