//! The rules between settings: what each allows by itself and no day can keep together.

use super::{Settings, setting::Setting};

/// What is wrong, and what to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The settings that it is about.
    pub keys: Vec<&'static str>,
    /// What is wrong with them, and what to do.
    pub text: String,
}

impl Fault {
    pub(super) fn of(setting: &Setting, text: String) -> Self {
        Self { keys: vec![setting.key], text }
    }
}

impl Settings {
    /// Every contradiction between the values, all at once.
    pub fn contradictions(&self) -> Vec<Fault> {
        let mut faults = vec![];
        let mut unless = |holds: bool, keys: &[&'static str], text: String| {
            if !holds {
                faults.push(Fault { keys: keys.to_vec(), text });
            }
        };
        let hours = self.window_last_hour - self.window_first_hour;
        unless(
            hours > 0,
            &["window_first_hour", "window_last_hour"],
            "The last window has to end after the first one begins: choose a later end or an earlier beginning."
                .to_owned(),
        );
        unless(
            hours <= 0 || self.window_minutes <= hours * 60,
            &["window_minutes", "window_first_hour", "window_last_hour"],
            format!(
                "A window of {} minutes does not fit between {} and {} o'clock: make it {} minutes at most, or let windows end later.",
                self.window_minutes,
                self.window_first_hour,
                self.window_last_hour,
                hours * 60
            ),
        );
        unless(
            hours <= 0 || self.days_ahead > 0 || self.notice_minutes < hours * 60,
            &["notice_minutes", "days_ahead"],
            "With this notice no window of today is ever offered, and none of another day either: ask for less notice, or offer days ahead."
                .to_owned(),
        );
        unless(
            self.risk_margin_minutes < self.window_minutes,
            &["risk_margin_minutes", "window_minutes"],
            "A margin as long as a window puts every stop at risk: make it shorter than a window.".to_owned(),
        );
        unless(
            self.silent_after_minutes <= self.risk_margin_minutes,
            &["silent_after_minutes", "risk_margin_minutes"],
            "A vehicle could be unheard of for longer than the risk margin, and its promises be late before anybody knows: say that it is silent sooner, or widen the margin."
                .to_owned(),
        );
        unless(
            self.late_minute_cents * 60 >= self.driver_hour_cents,
            &["late_minute_cents", "driver_hour_cents"],
            "An hour of lateness would weigh less than an hour of a driver, so that plans would rather be late than drive: raise the late minute, or lower the driver's hour."
                .to_owned(),
        );
        faults
    }
}
