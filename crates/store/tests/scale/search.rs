//! Any part of a word or number finds it, and a phone is found in whichever form it is asked for.

use crate::ground::{Size, filled, hub};
use store::{Database, search};

const FEW: Size = Size { days: 2, orders: 40, vehicles: 4, waiting: 0 };

async fn found(database: &Database, text: &str) -> Vec<String> {
    let mut conn = database.read().await.unwrap();
    let hub = hub(&mut conn).await;
    let hits = search::orders(&mut conn, &[hub], text, 100, 0).await.unwrap();
    hits.into_iter().map(|h| h.reference).collect()
}

async fn change(database: &Database, reference: &str, column: &str, value: &str) {
    let sql = format!("update orders set {column} = $2 where reference = $1");
    let mut conn = database.read().await.unwrap();
    let changed = sqlx::query(sqlx::AssertSqlSafe(sql)).bind(reference).bind(value).execute(&mut *conn).await;
    assert_eq!(changed.unwrap().rows_affected(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_is_found_in_any_form() {
    let Some(database) = filled("phones", FEW).await else { return };
    let stored = [
        "+356 2155 1234",
        "21 55 98 76",
        "00356 9912-3456",
        "+44 (0)20 7946 0958",
        "0171 / 55 66 778",
        "(+49) 30.901820",
    ];
    for (phone, n) in stored.iter().zip(1..) {
        let reference = format!("{}-{n:07}", ["BOO", "SHO", "PHA", "GAR"][n % 4]);
        change(&database, &reference, "recipient_phone", phone).await;
    }
    let asked = [
        (1, "0035621551234"),
        (1, "+35621551234"),
        (1, "2155 1234"),
        (1, "21551234"),
        (1, "551234"),
        (1, "+356 2155-1234"),
        (2, "+35621559876"),
        (2, "00356 21 559 876"),
        (2, "21559876"),
        (3, "+35699123456"),
        (3, "99123456"),
        (3, "9912 3456"),
        (4, "020 7946 0958"),
        (4, "+442079460958"),
        (4, "0044 20 79460958"),
        (4, "+44 (0)20 7946 0958"),
        (5, "+49 171 5566778"),
        (5, "0049 171 5566778"),
        (5, "01715566778"),
        (6, "030 901820"),
        (6, "+4930901820"),
    ];
    for (n, text) in asked {
        let reference = format!("{}-{n:07}", ["BOO", "SHO", "PHA", "GAR"][n % 4]);
        assert_eq!(found(&database, text).await, [reference], "{text}");
    }
    // The same last digits in another network are another phone.
    assert_eq!(found(&database, "+356 9155 9876").await, Vec::<String>::new());
}

#[tokio::test(flavor = "multi_thread")]
async fn any_part_of_a_word_finds_it() {
    let Some(database) = filled("parts", FEW).await else { return };
    change(&database, "BOO-0000004", "address", "24 Triq il-Palletta, Ħaż-Żabbar").await;
    change(&database, "SHO-0000005", "reference", "WEB/2026-71458").await;
    change(&database, "PHA-0000006", "recipient_name", "Zoë Müller-Strauß").await;
    let asked = [
        ("lletta żabb", "BOO-0000004"),
        ("LLETTA zabb", "BOO-0000004"),
        ("24 palletta", "BOO-0000004"),
        ("71458", "WEB/2026-71458"),
        ("1458", "WEB/2026-71458"),
        ("web/2026-71458", "WEB/2026-71458"),
        ("WEB202671458", "WEB/2026-71458"),
        ("muller", "PHA-0000006"),
        ("ULLER strauss", "PHA-0000006"),
        ("zoe", "PHA-0000006"),
        ("oe ü", "PHA-0000006"),
    ];
    for (text, reference) in asked {
        assert_eq!(found(&database, text).await, [reference], "{text}");
    }
    for nothing in ["", "  -- ", "%", "_", "\\", "lletta%x", "'"] {
        let hits = found(&database, nothing).await;
        assert!(hits.is_empty(), "{nothing}: {hits:?}");
    }
    // The exact reference comes first, though others contain it and are newer.
    change(&database, "GAR-0000007", "reference", "77").await;
    assert_eq!(found(&database, "77").await.first().map(String::as_str), Some("77"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_name_comes_before_references_that_begin_like_it() {
    let Some(database) = filled("ranks", FEW).await else { return };
    for n in [4, 8, 12] {
        change(&database, &format!("BOO-{n:07}"), "reference", &format!("TABONE-{n}")).await;
    }
    change(&database, "PHA-0000006", "recipient_name", "Rita Tabone").await;
    change(&database, "SHO-0000005", "recipient_name", "Rita Atabone").await;
    // Promised before all others, so that only its name can put it first.
    let mut conn = database.read().await.unwrap();
    let earlier = "update orders set latest_from = latest_from - interval '9 days',
                   latest_until = latest_until - interval '9 days' where reference = 'PHA-0000006'";
    assert_eq!(sqlx::query(earlier).execute(&mut *conn).await.unwrap().rows_affected(), 1);
    let hits = found(&database, "tabone").await;
    assert_eq!((hits.len(), hits[0].as_str()), (5, "PHA-0000006"), "{hits:?}");
    change(&database, "TABONE-8", "reference", "tabone").await;
    let hits = found(&database, "Tabone").await;
    assert_eq!(hits[..2], ["tabone", "PHA-0000006"], "{hits:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_of_an_email_address_finds_it() {
    let Some(database) = filled("emails", FEW).await else { return };
    change(&database, "PHA-0000006", "email", "Rita_Tabone@acme.org").await;
    change(&database, "SHO-0000005", "email", "ritaxtabone@acme.org").await;
    for text in ["acme.org", "ACME", "@acme.org", "rita_tabone@ac", "Rita_Tabone@acme.org", "ta_tabone"] {
        let hits = found(&database, text).await;
        assert!(hits.contains(&"PHA-0000006".to_owned()), "{text}: {hits:?}");
        assert_eq!(hits.len() == 1, text.contains("_"), "{text}: {hits:?}");
    }
    for nothing in ["acme.com", "b@acme.org", "%acme"] {
        assert!(found(&database, nothing).await.is_empty(), "{nothing}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_a_search_hold_each_order_once() {
    let Some(database) = filled("pages", FEW).await else { return };
    change(&database, "GAR-0000007", "reference", "triq").await;
    let mut conn = database.read().await.unwrap();
    let hub = hub(&mut conn).await;
    let mut seen = vec![];
    for page in 0.. {
        let hits = search::orders(&mut conn, &[hub], "triq", 25, page * 25).await.unwrap();
        seen.extend(hits.iter().map(|h| h.id));
        if hits.len() < 25 {
            break;
        }
    }
    assert_eq!(seen.len(), 80);
    seen.sort_unstable();
    seen.dedup();
    assert_eq!(seen.len(), 80);
}
