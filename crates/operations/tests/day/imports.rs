//! History of elsewhere: every line is accounted for, nothing is stored twice, and what is stored adds up.

use crate::a_day::state_equals_history;
use crate::common::{Hub, at};
use chrono::{Days, TimeDelta};
use domain::Role;
use operations::{Caller, HistoryForm, OpsError};
use wire::history::HistoryAnswer;

fn round(key: &str, van: &str, day: &str) -> String {
    format!(
        r#"{{"record":"route","key":"{key}","vehicle":"{van}","departed_at":"{day}T07:30:00Z","finished_at":"{day}T14:00:00Z","planned_m":40000,"driven_m":43210}}"#
    )
}

fn attempt(key: &str, at: &str, outcome: &str) -> String {
    format!(
        r#"{{"route":"{key}","arrived_at":"{at}:00Z","ended_at":"{at}:40Z","outcome":"{outcome}","note":"by the gate","estimates":[{{"horizon_min":60,"made_at":"{at}:00Z","arrival":"{at}:30Z"}}]}}"#
    )
}

fn order(n: u32, day: &str, attempts: &[String], more: &str) -> String {
    format!(
        r#"{{"record":"order","shop":"Books","reference":"OLD-{n}","placed_at":"{day}T05:00:00Z","recipient":{{"name":"Recipient {n}","phone":"+356 2100 000{n}"}},"address":"{n} Example Street","at":{{"lat":35.89,"lon":14.5{n}}},"window_from":"{day}T08:00:00Z","window_until":"{day}T12:00:00Z","packages":[{{"barcode":"OLD-{n}-1","weight_g":900,"volume_ml":4000}}],"attempts":[{}]{more}}}"#,
        attempts.join(",")
    )
}

async fn import(ops: &operations::Operations, machine: &Caller, lines: &[String]) -> HistoryAnswer {
    let body = lines.join("\n").into_bytes();
    ops.import_history(machine, None, HistoryForm::Lines, body).await.unwrap()
}

#[tokio::test]
async fn a_past_is_brought_in_once_and_adds_up() {
    let Some(hub) = Hub::open("a_past_is_brought_in").await else { return };
    hub.plan(4).await;
    let ops = hub.at(at(9, 0));
    let machine = hub.machine(&ops).await;
    let day = |back: u64| (at(9, 0).date_naive() - Days::new(back)).to_string();
    let (one, two) = (day(6), day(5));
    let van = "Van 01";
    let mut lines = vec![
        round("a", van, &one),
        round("b", van, &two),
        order(1, &one, &[attempt("a", &format!("{one}T08:10"), "delivered_to_recipient")], ""),
        // Late, by the promise.
        order(2, &one, &[attempt("a", &format!("{one}T12:30"), "delivered_to_mailbox")], ""),
        // Failed, and brought the day after.
        order(
            3,
            &one,
            &[
                attempt("a", &format!("{one}T09:00"), "failed_not_home"),
                attempt("b", &format!("{two}T09:00"), "delivered_to_recipient"),
            ],
            "",
        ),
        order(4, &one, &[], &format!(r#","cancelled_at":"{one}T06:00:00Z""#)),
        order(5, &one, &[attempt("a", &format!("{one}T10:00"), "collected")], r#","service":"collect""#),
    ];
    let answer = import(&ops, &machine, &lines).await;
    assert_eq!(answer.refusals, []);
    assert_eq!((answer.orders, answer.attempts, answer.routes, answer.known), (5, 5, 2, 0));
    state_equals_history(&hub).await;

    // A second time nothing is stored, and what is new in the same file is.
    lines.push(order(6, &two, &[attempt("b", &format!("{two}T08:30"), "failed_not_home")], ""));
    let again = import(&ops, &machine, &lines).await;
    assert_eq!((again.orders, again.known, again.routes, again.refused), (1, 5, 0, 0));
    ops.count_rollups(&Caller::timer()).await.unwrap();
    state_equals_history(&hub).await;

    // The figures of the day are those of the file.
    let manager = hub.person(Role::Manager).await;
    let figures = ops.figures(&manager, None, Some(one.parse().unwrap())).await.unwrap();
    let share = |share: wire::staff::figures::Share| (share.part, share.whole);
    assert_eq!(share(figures.on_time_latest), (3, 4));
    assert_eq!(share(figures.first_attempt), (3, 4));
    assert_eq!(share(figures.promises_kept), (2, 4));
    hub.close().await;
}

#[tokio::test]
async fn what_cannot_be_brought_in_is_refused_line_by_line() {
    let Some(hub) = Hub::open("refused_history").await else { return };
    hub.plan(4).await;
    let ops = hub.at(at(9, 0));
    let machine = hub.machine(&ops).await;
    let past = (at(9, 0).date_naive() - Days::new(6)).to_string();
    let today = at(9, 0).date_naive().to_string();
    let fine = attempt("a", &format!("{past}T08:10"), "delivered_to_recipient");
    let lines = [
        round("a", "Van 01", &past),
        round("a", "Van 02", &past),
        round("c", "No such van", &past),
        round("d", "Van 02", &today),
        order(1, &past, std::slice::from_ref(&fine), ""),
        order(1, &past, std::slice::from_ref(&fine), ""),
        order(2, &past, &[], ""),
        order(3, &past, &[attempt("zz", &format!("{past}T08:10"), "delivered_to_recipient")], ""),
        order(4, &past, std::slice::from_ref(&fine), "").replace("Books", "Nobody's shop"),
        order(5, &past, &[attempt("a", &format!("{past}T04:00"), "delivered_to_recipient")], ""),
        "no line at all".to_owned(),
        order(6, &past, &[fine], "")
            .replace("\"lat\":35.89", "\"lat\":14.5")
            .replace("\"lon\":14.56", "\"lon\":35.89"),
    ];
    let answer = import(&ops, &machine, &lines).await;
    assert_eq!((answer.orders, answer.routes), (1, 1));
    let said: Vec<(usize, &str)> = answer.refusals.iter().map(|r| (r.line, r.why.as_str())).collect();
    let expected = [
        (2, "key"),
        (3, "vehicle"),
        (4, "lies ahead"),
        (6, "line 5"),
        (7, "not cancelled"),
        (8, "no round"),
        (9, "shop"),
        (10, "placed_at"),
        (11, "no JSON"),
        (12, "150 km"),
    ];
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for ((line, why), (at, word)) in said.iter().zip(expected) {
        assert!(*line == at && why.contains(word), "line {line}: {why}; expected {at}: {word}");
    }
    state_equals_history(&hub).await;
    // Nobody but an administrator's system may.
    let manager = hub.person(Role::Manager).await;
    let refused = ops.import_history(&manager, None, HistoryForm::Lines, vec![]).await;
    assert!(matches!(refused, Err(OpsError::NotSignedIn)));
    hub.close().await;
}

#[tokio::test]
async fn a_day_that_was_lived_here_is_not_written_over() {
    let Some(hub) = Hub::open("lived_day").await else { return };
    hub.plan(4).await;
    let lived = at(9, 0).date_naive().to_string();
    // Two days later the planned day is over.
    let later = at(9, 0) + TimeDelta::days(2);
    let ops = hub.at(later);
    let timer = Caller::timer();
    ops.watch(&timer).await.unwrap();
    let machine = hub.machine(&ops).await;
    let lines = [
        round("a", "Van 01", &lived),
        order(1, &lived, &[attempt("a", &format!("{lived}T08:10"), "delivered_to_recipient")], ""),
    ];
    let answer = import(&ops, &machine, &lines).await;
    assert_eq!((answer.orders, answer.routes, answer.refused), (0, 0, 2));
    assert!(answer.refusals[0].why.contains("lived here"), "{:?}", answer.refusals);
    hub.close().await;
}

#[tokio::test]
async fn a_table_is_read_as_people_write_it() {
    let Some(hub) = Hub::open("a_table").await else { return };
    let ops = hub.at(at(9, 0));
    let machine = hub.machine(&ops).await;
    let day = (at(9, 0).date_naive() - Days::new(6)).to_string();
    let head = "shop;reference;recipient_name;recipient_phone;address;lat;lon;placed_at;window_from;window_until;vehicle;arrived_at;ended_at;outcome;note";
    let row = |reference: &str, arrived: &str, outcome: &str| {
        format!(
            "Books;{reference};Maria Examp\u{e8}le;+356 2100 0001;\"1, Example Street\";35.89;14.5;{day} 06:00;{day} 08:00;{day}T12:00:00+01:00;Van 01;{day} {arrived};{day} {arrived}:50;{outcome};"
        )
    };
    let rows = [
        head.to_owned(),
        row("T-1", "09:10", "failed_not_home"),
        row("T-1", "11:00", "delivered_to_recipient"),
        row("T-2", "09:30", "delivered_to_safe_place"),
        row("T-3", "09:40", "vanished"),
        row("T-4", "29:40", "failed_not_home"),
        "a;row;that is;short".to_owned(),
    ];
    let body = format!("\u{feff}{}\r\n", rows.join("\r\n")).into_bytes();
    let answer = ops.import_history(&machine, None, HistoryForm::Table, body.clone()).await.unwrap();
    assert_eq!((answer.orders, answer.attempts, answer.routes), (2, 3, 1), "{:?}", answer.refusals);
    let lines: Vec<usize> = answer.refusals.iter().map(|r| r.line).collect();
    assert_eq!(lines, [5, 6, 7]);
    assert!(answer.refusals[0].why.contains("delivered_to_recipient"));
    assert!(answer.refusals[2].why.contains("15 columns"), "{:?}", answer.refusals[2]);
    state_equals_history(&hub).await;
    let again = ops.import_history(&machine, None, HistoryForm::Table, body).await.unwrap();
    assert_eq!((again.orders, again.known, again.routes), (0, 2, 0));

    // An order of which one row is refused is not stored by halves, so it can be mended.
    let halves = |name: &str| {
        let other = row("T-9", "13:00", "delivered_to_recipient").replace("Maria Examp", name);
        [head.to_owned(), row("T-9", "12:10", "failed_not_home"), other].join("\n").into_bytes()
    };
    let answer = ops.import_history(&machine, None, HistoryForm::Table, halves("Mario Examp")).await.unwrap();
    assert_eq!((answer.orders, answer.routes, answer.refused), (0, 0, 2), "{:?}", answer.refusals);
    let answer = ops.import_history(&machine, None, HistoryForm::Table, halves("Maria Examp")).await.unwrap();
    assert_eq!((answer.orders, answer.attempts, answer.refused), (1, 2, 0), "{:?}", answer.refusals);

    // A round that is stored keeps its hours; what cannot have been on it is refused.
    let later =
        [head.to_owned(), row("T-1", "09:10", "failed_not_home"), row("T-5", "19:30", "failed_not_home")];
    let answer =
        ops.import_history(&machine, None, HistoryForm::Table, later.join("\n").into_bytes()).await.unwrap();
    assert_eq!((answer.orders, answer.known, answer.refused), (0, 1, 1), "{:?}", answer.refusals);
    assert!(answer.refusals[0].why.contains("not on the road"), "{:?}", answer.refusals);

    let wrong = b"shop,ref,recipient_name\nBooks,T-1,Maria\n".to_vec();
    let answer = ops.import_history(&machine, None, HistoryForm::Table, wrong).await.unwrap();
    let why = &answer.refusals[0].why;
    assert!(why.contains("missing") && why.contains("\u{201c}ref\u{201d}"), "{why}");
    hub.close().await;
}
