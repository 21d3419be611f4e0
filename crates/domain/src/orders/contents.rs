//! What is in an order's parcels, and how its recipient is written to. All of it is about a person: it can be erased, and
//! stands in no fact.

use crate::Refusal;
use serde::{Deserialize, Serialize};
use std::fmt;

/// Lets serde read a text only as the type's own `parse` does.
macro_rules! read_by_parse {
    ($($name:ident),+) => {$(
        impl TryFrom<String> for $name {
            type Error = Refusal;
            fn try_from(text: String) -> Result<Self, Refusal> {
                Self::parse(&text)
            }
        }

        impl From<$name> for String {
            fn from(whole: $name) -> Self {
                whole.0
            }
        }
    )+};
}

read_by_parse!(Email, Language);

/// An e-mail address: something on both sides of one `@`, no spaces, 254 characters at most. Whether it exists only a
/// message tells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Email(String);

impl Email {
    /// Reads an address.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let seen =
            |letter: char| !letter.is_whitespace() && !letter.is_control() && !"<>,;\"".contains(letter);
        let whole = text.split_once('@').is_some_and(|(who, domain)| {
            !who.is_empty() && !domain.contains('@') && domain.split('.').all(|part| !part.is_empty())
        });
        if whole && text.chars().count() <= 254 && text.chars().all(seen) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Refusal::NoEmail)
        }
    }

    /// As it was given.
    pub fn text(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Email {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A language by its code (BCP 47), such as `mt` or `en-GB`: two or three letters, and up to three further parts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Language(String);

impl Language {
    /// Reads a code.
    pub fn parse(text: &str) -> Result<Self, Refusal> {
        let text = text.trim();
        let mut parts = text.split('-');
        let first = parts.next().unwrap_or_default();
        let is_first = (2..=3).contains(&first.len()) && first.chars().all(|c| c.is_ascii_alphabetic());
        let is_further =
            |part: &str| (2..=8).contains(&part.len()) && part.chars().all(|c| c.is_ascii_alphanumeric());
        if is_first && parts.clone().count() <= 3 && parts.all(is_further) {
            Ok(Self(text.to_owned()))
        } else {
            Err(Refusal::NoLanguage)
        }
    }

    /// The code.
    pub fn code(&self) -> &str {
        &self.0
    }
}

/// Some of what is in the parcels, as the shop names it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "RawItem", into = "RawItem")]
pub struct Item {
    name: String,
    quantity: i32,
}

#[derive(Serialize, Deserialize)]
struct RawItem {
    name: String,
    quantity: i32,
}

impl Item {
    /// How many an order may name.
    pub const MOST: usize = 200;

    /// Reads an item: a name of 1 to 120 characters, 1 to 10,000 pieces.
    pub fn parse(name: String, quantity: i32) -> Result<Self, Refusal> {
        if (1..=120).contains(&name.chars().count()) && (1..=10_000).contains(&quantity) {
            Ok(Self { name, quantity })
        } else {
            Err(Refusal::NoItem)
        }
    }

    /// What it is.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many pieces.
    pub fn quantity(&self) -> i32 {
        self.quantity
    }
}

impl TryFrom<RawItem> for Item {
    type Error = Refusal;
    fn try_from(raw: RawItem) -> Result<Self, Refusal> {
        Self::parse(raw.name, raw.quantity)
    }
}

impl From<Item> for RawItem {
    fn from(item: Item) -> Self {
        Self { name: item.name, quantity: item.quantity }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_email_has_two_sides() {
        assert_eq!(Email::parse(" rita.vella+x@example.com ").unwrap().text(), "rita.vella+x@example.com");
        assert!(Email::parse("ġużè@posta").is_ok());
        for bad in ["", "@", "a@", "@b", "a@b@c", "a b@c.d", "a@b..c", "a@b.", "a\0@b", "<a@b.c>", "a@b,c@d"]
        {
            assert_eq!(Email::parse(bad), Err(Refusal::NoEmail), "{bad:?}");
        }
        assert!(Email::parse(&format!("{}@b.c", "x".repeat(260))).is_err());
    }

    #[test]
    fn a_language_is_a_code() {
        for good in ["mt", "en-GB", "zh-Hant-TW", "gsw"] {
            assert_eq!(Language::parse(good).unwrap().code(), good);
        }
        for bad in ["", "e", "english", "en_GB", "en-", "e1", "en-abcdefghi", "en-a1-b2-c3-d4"] {
            assert_eq!(Language::parse(bad), Err(Refusal::NoLanguage), "{bad:?}");
        }
    }

    #[test]
    fn an_item_has_a_name_and_pieces() {
        assert_eq!(Item::parse("Bread".into(), 2).unwrap().quantity(), 2);
        for (name, quantity) in [("", 1), ("x", 0), ("x", 10_001), (&*"x".repeat(121), 1)] {
            assert_eq!(Item::parse(name.to_owned(), quantity), Err(Refusal::NoItem), "{name} {quantity}");
        }
        assert!(serde_json::from_str::<Item>(r#"{"name":"","quantity":1}"#).is_err());
    }
}
