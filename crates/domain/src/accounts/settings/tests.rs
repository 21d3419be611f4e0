//! The list is sound, values are read as people write them, and all that is wrong is said together.

use super::{
    setting::{Kind, Reach},
    *,
};
use std::collections::BTreeSet;

fn entry(key: &str) -> &'static Setting {
    Settings::entry(key).unwrap()
}

fn changed(typed: &[(&str, &str)]) -> (Settings, Vec<Fault>) {
    Settings::default().with(typed.iter().map(|(key, text)| (entry(key), entry(key).read(text))))
}

#[test]
fn every_key_is_there_once_and_every_default_is_within_its_bounds() {
    let keys: BTreeSet<_> = Settings::LIST.iter().map(|setting| setting.key).collect();
    assert_eq!(keys.len(), Settings::LIST.len());
    for setting in Settings::LIST {
        assert_eq!(setting.check(&setting.default()), Ok(()), "{}", setting.key);
        assert!(setting.label.len() > 3 && setting.means.ends_with('.'), "{}", setting.key);
        assert_eq!(
            setting.read(&setting.write(&setting.default())),
            Ok(setting.default()),
            "{}",
            setting.key
        );
        if let Kind::Number { low, high, .. } | Kind::Perhaps { low, high, .. } = setting.kind {
            assert!(low < high && !setting.unit.is_empty(), "{}", setting.key);
            for wrong in [low - 1, high + 1] {
                assert!(setting.check(&Value::Number(wrong)).is_err(), "{}", setting.key);
            }
        }
    }
    assert_eq!(Settings::default().contradictions(), []);
}

#[test]
fn every_entry_sets_its_own_field_and_no_other() {
    for setting in Settings::LIST {
        let other = match (setting.kind, setting.default()) {
            (Kind::Number { low, high, .. } | Kind::Perhaps { low, high, .. }, was) => {
                Value::Number(if was == Value::Number(low) { high } else { low })
            }
            (Kind::Choice(choices), _) => Value::Code(choices.last().unwrap().0.to_owned()),
        };
        let (after, _) = Settings::default().with([(setting, Ok(other.clone()))]);
        assert_eq!(setting.of(&after), other, "{}", setting.key);
        for neighbour in Settings::LIST.iter().filter(|s| s.key != setting.key) {
            assert_eq!(neighbour.of(&after), neighbour.default(), "{} moves {}", setting.key, neighbour.key);
        }
    }
}

#[test]
fn numbers_are_read_as_people_write_them() {
    let read = |key: &str, text: &str| entry(key).read(text);
    for text in ["24", "24.00", " 24,0 ", "24.000"] {
        assert_eq!(read("driver_hour_cents", text), Ok(Value::Number(2_400)), "{text}");
    }
    assert_eq!(read("driver_hour_cents", "24.5"), Ok(Value::Number(2_450)));
    assert_eq!(read("vehicle_used_cents", ".5"), Ok(Value::Number(50)));
    for text in ["24.005", "a", "2 4", "1.2.3", "1e3", ".", "99999999999999999999", "NaN", "٣"] {
        assert!(read("driver_hour_cents", text).is_err(), "{text}");
    }
    assert!(read("driver_hour_cents", "").unwrap_err().contains("24.00"));
    assert!(read("driver_hour_cents", "-3").unwrap_err().contains("1.00 to 500.00"));
    assert!(read("notice_minutes", "1.5").unwrap_err().contains("whole"));
    assert_eq!(read("grid_mg_per_kwh", " "), Ok(Value::Nothing));
    assert_eq!(entry("diesel_mg_per_l").write(&Value::Number(3_181_830)), "3.18183");
    assert!(read("currency", "XYZ").unwrap_err().contains("EUR"));
}

#[test]
fn everything_that_is_wrong_is_said_together() {
    let (_, faults) = changed(&[
        ("window_first_hour", "10"),
        ("window_last_hour", "11"),
        ("risk_margin_minutes", "4"),
        ("driver_hour_cents", "200"),
        ("days_ahead", "many"),
    ]);
    let about = |key: &str| faults.iter().filter(|fault| fault.keys.contains(&key)).count();
    assert_eq!(faults.len(), 4, "{faults:?}");
    assert_eq!([about("days_ahead"), about("window_minutes"), about("silent_after_minutes")], [1, 1, 1]);
    assert_eq!(about("late_minute_cents"), 1);
    let (_, faults) = changed(&[("window_first_hour", "21")]);
    assert_eq!(faults.len(), 1, "a day that is backwards is one fault, not two: {faults:?}");
    let (_, faults) = changed(&[("days_ahead", "0"), ("notice_minutes", "720")]);
    assert_eq!(faults.len(), 1, "{faults:?}");
    let (after, faults) = changed(&[("driver_hour_cents", "200"), ("late_minute_cents", "4")]);
    assert_eq!((after.driver_hour_cents, faults.len()), (20_000, 0));
    let (_, faults) = changed(&[("driver_hour_cents", "200"), ("late_minute_cents", "x")]);
    assert_eq!(faults.len(), 1, "what cannot be read contradicts nothing yet: {faults:?}");
}

#[test]
fn a_hub_stands_above_the_organisation_and_what_is_unknown_is_left_out() {
    let number = |key: &str, n| (key.to_owned(), Value::Number(n));
    let stored = Settings::stored([
        number("notice_minutes", 60),
        number("of_another_version", 1),
        number("notice_minutes", 90),
    ]);
    assert_eq!(stored.faults, []);
    assert_eq!((stored.settings.notice_minutes, stored.unknown), (90, vec!["of_another_version".to_owned()]));
    let stored = Settings::stored([
        number("notice_minutes", -1),
        ("days_ahead".to_owned(), Value::Code("3".to_owned())),
        ("currency".to_owned(), Value::Number(1)),
    ]);
    assert_eq!(stored.settings, Settings::default());
    let keys: Vec<_> = stored.faults.iter().flat_map(|fault| fault.keys.clone()).collect();
    assert_eq!(keys, ["notice_minutes", "days_ahead", "currency"]);
}

#[test]
fn windows_follow_each_other_to_the_last_hour() {
    let begins = |first, last, minutes| {
        let settings = Settings {
            window_first_hour: first,
            window_last_hour: last,
            window_minutes: minutes,
            ..Settings::default()
        };
        settings.windows_begin().map(|at| at.format("%H:%M").to_string()).collect::<Vec<_>>()
    };
    assert_eq!(begins(8, 20, 120), ["08:00", "10:00", "12:00", "14:00", "16:00", "18:00"]);
    assert_eq!(begins(9, 12, 90), ["09:00", "10:30"]);
    assert_eq!(begins(20, 24, 180), ["20:00"]);
    assert!(begins(8, 9, 120).is_empty());
}

#[test]
fn what_is_kept_is_kept_for_all_hubs() {
    let shared = Settings::LIST.iter().filter(|setting| setting.reach == Reach::Organisation);
    let keys: Vec<_> = shared.map(|setting| setting.key).collect();
    assert_eq!(keys, ["positions_days", "reports_days", "proposals_days", "language"]);
}
