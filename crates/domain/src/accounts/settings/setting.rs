//! One setting: its key, bounds and words, and how a value of it is read and written.

use super::{Currency, Language, Settings};
use serde::{Deserialize, Serialize};

/// What somebody types is no longer than this, in characters.
pub const MOST_TYPED: usize = 40;

/// A value as it is stored.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(untagged)]
pub enum Value {
    /// None: what is known otherwise holds.
    Nothing,
    /// A number, in the setting's smallest steps.
    Number(i64),
    /// The code of a choice.
    Code(String),
}

/// The parts of the list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Section {
    /// The windows that are offered.
    Windows,
    /// What work costs.
    Prices,
    /// When something is said to need a person.
    Alarms,
    /// The hub and its vehicles.
    Fleet,
    /// What driving emits.
    Carbon,
    /// How long what is kept, and how screens speak.
    Keeping,
}

impl Section {
    /// Every part, in the order in which people read them.
    pub const ALL: [Self; 6] =
        [Self::Windows, Self::Prices, Self::Alarms, Self::Fleet, Self::Carbon, Self::Keeping];
}

/// For whom a setting can have a value of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// Each hub may have its own.
    Hub,
    /// All hubs share one.
    Organisation,
}

/// What a setting can hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// A number that has to be there.
    Number {
        /// Digits behind the point: the smallest step is one of the last.
        places: u32,
        /// The lowest, in steps.
        low: i64,
        /// The highest, in steps.
        high: i64,
    },
    /// The same, or nothing.
    Perhaps {
        /// Digits behind the point.
        places: u32,
        /// The lowest, in steps.
        low: i64,
        /// The highest, in steps.
        high: i64,
    },
    /// One of these: a code, and what people read.
    Choice(&'static [(&'static str, &'static str)]),
}

/// One entry of the list.
#[derive(Debug)]
pub struct Setting {
    /// The name in the database and in forms.
    pub key: &'static str,
    /// Its part of the list.
    pub section: Section,
    /// Whether each hub may have its own.
    pub reach: Reach,
    /// What it can hold.
    pub kind: Kind,
    /// What a number counts; `¤` stands for the currency.
    pub unit: &'static str,
    /// Two or three words.
    pub label: &'static str,
    /// What it does.
    pub means: &'static str,
    pub(super) get: fn(&Settings) -> Value,
    pub(super) set: fn(&mut Settings, &Value) -> bool,
}

impl Setting {
    /// What it holds in a whole.
    pub fn of(&self, settings: &Settings) -> Value {
        (self.get)(settings)
    }

    /// What holds while nobody has said otherwise.
    pub fn default(&self) -> Value {
        self.of(&Settings::default())
    }

    /// Reads what somebody typed; else says what to type.
    pub fn read(&self, typed: &str) -> Result<Value, String> {
        let typed = typed.trim();
        let value = match self.kind {
            Kind::Perhaps { .. } if typed.is_empty() => Value::Nothing,
            Kind::Number { .. } if typed.is_empty() => {
                return Err(format!("Enter a number. The default is {}.", self.write(&self.default())));
            }
            Kind::Number { places, .. } | Kind::Perhaps { places, .. } => {
                Value::Number(steps(typed, places).ok_or_else(|| not_a_number(places))?)
            }
            Kind::Choice(_) => Value::Code(typed.chars().take(MOST_TYPED).collect()),
        };
        self.check(&value).map(|()| value)
    }

    /// Whether it can hold the value; else says what it can hold.
    pub fn check(&self, value: &Value) -> Result<(), String> {
        match (self.kind, value) {
            (Kind::Perhaps { .. }, Value::Nothing) => Ok(()),
            (Kind::Number { places, low, high } | Kind::Perhaps { places, low, high }, Value::Number(n)) => {
                if (low..=high).contains(n) {
                    return Ok(());
                }
                Err(format!("Enter a number from {} to {}.", written(low, places), written(high, places)))
            }
            (Kind::Choice(choices), Value::Code(code)) if choices.iter().any(|(own, _)| own == code) => {
                Ok(())
            }
            (Kind::Choice(choices), _) => {
                let codes: Vec<_> = choices.iter().map(|(code, _)| *code).collect();
                Err(format!("Choose one of {}.", codes.join(", ")))
            }
            (Kind::Number { places, .. } | Kind::Perhaps { places, .. }, _) => Err(not_a_number(places)),
        }
    }

    /// A value as its field holds it.
    pub fn write(&self, value: &Value) -> String {
        match (self.kind, value) {
            (Kind::Number { places, .. } | Kind::Perhaps { places, .. }, Value::Number(n)) => {
                written(*n, places)
            }
            (_, Value::Number(n)) => n.to_string(),
            (_, Value::Nothing) => String::new(),
            (_, Value::Code(code)) => code.clone(),
        }
    }

    /// What its number counts where work is priced in this currency.
    pub fn unit_in(&self, currency: Currency) -> String {
        self.unit.replace('¤', currency.code())
    }
}

fn not_a_number(places: u32) -> String {
    match places {
        0 => "Enter a whole number, such as 30.".to_owned(),
        _ => format!("Enter a number with at most {places} digits behind the point, such as 1.5."),
    }
}

/// A number in steps of its last place; a comma may stand for the point.
fn steps(text: &str, places: u32) -> Option<i64> {
    let text = text.replace(',', ".");
    let (below, digits) = text.strip_prefix(['-', '−']).map_or((false, text.as_str()), |rest| (true, rest));
    let (whole, rest) = digits.split_once('.').unwrap_or((digits, ""));
    let all = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
    if !all(whole) || !all(rest) || (whole.is_empty() && rest.is_empty()) {
        return None;
    }
    let missing = (places as usize).checked_sub(rest.trim_end_matches('0').len())?;
    let number = format!("{whole}{}{}", rest.trim_end_matches('0'), "0".repeat(missing));
    let number: i64 = number.parse().ok()?;
    Some(if below { -number } else { number })
}

/// A number of steps as people write it; money keeps both of its places.
fn written(steps: i64, places: u32) -> String {
    if places == 0 {
        return steps.to_string();
    }
    let one = 10_i64.pow(places);
    let (sign, size) = if steps < 0 { ("-", steps.saturating_neg()) } else { ("", steps) };
    let text = format!("{sign}{}.{:0width$}", size / one, size % one, width = places as usize);
    if places == 2 { text } else { text.trim_end_matches('0').trim_end_matches('.').to_owned() }
}

/// What a field of the whole holds.
pub(super) trait Held: Sized {
    fn value(&self) -> Value;
    fn hold(value: &Value) -> Option<Self>;
}

impl Held for i64 {
    fn value(&self) -> Value {
        Value::Number(*self)
    }
    fn hold(value: &Value) -> Option<Self> {
        if let Value::Number(number) = value { Some(*number) } else { None }
    }
}

impl Held for Option<i64> {
    fn value(&self) -> Value {
        self.map_or(Value::Nothing, Value::Number)
    }
    fn hold(value: &Value) -> Option<Self> {
        match value {
            Value::Nothing => Some(None),
            Value::Number(number) => Some(Some(*number)),
            Value::Code(_) => None,
        }
    }
}

impl Held for Currency {
    fn value(&self) -> Value {
        Value::Code(self.code().to_owned())
    }
    fn hold(value: &Value) -> Option<Self> {
        if let Value::Code(code) = value { Self::parse(code) } else { None }
    }
}

impl Held for Language {
    fn value(&self) -> Value {
        Value::Code(self.code().to_owned())
    }
    fn hold(value: &Value) -> Option<Self> {
        if let Value::Code(code) = value { Self::parse(code) } else { None }
    }
}
