//! What some settings are chosen from.

use serde::{Deserialize, Serialize};

macro_rules! choices {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident $code:literal $shown:literal),+ $(,)? }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$each])* #[serde(rename = $code)] $variant),+
        }

        impl $name {
            /// Every choice: its code, and what people read.
            pub const CHOICES: &[(&'static str, &'static str)] = &[$(($code, $shown)),+];

            /// The name in the database and in forms.
            pub fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code),+
                }
            }

            /// Reads a code.
            pub fn parse(code: &str) -> Option<Self> {
                match code {
                    $($code => Some(Self::$variant),)+
                    _ => None,
                }
            }
        }
    };
}

choices! {
    /// The currency in which work is priced: those that count in hundredths. Amounts are never converted.
    Currency {
        /// Euro.
        #[default]
        Eur "EUR" "Euro (EUR)",
        /// Australian dollar.
        Aud "AUD" "Australian dollar (AUD)",
        /// Canadian dollar.
        Cad "CAD" "Canadian dollar (CAD)",
        /// Swiss franc.
        Chf "CHF" "Swiss franc (CHF)",
        /// Czech crown.
        Czk "CZK" "Czech crown (CZK)",
        /// Danish crown.
        Dkk "DKK" "Danish crown (DKK)",
        /// Pound sterling.
        Gbp "GBP" "Pound sterling (GBP)",
        /// Norwegian crown.
        Nok "NOK" "Norwegian crown (NOK)",
        /// New Zealand dollar.
        Nzd "NZD" "New Zealand dollar (NZD)",
        /// Polish zloty.
        Pln "PLN" "Polish zloty (PLN)",
        /// Romanian leu.
        Ron "RON" "Romanian leu (RON)",
        /// Swedish crown.
        Sek "SEK" "Swedish crown (SEK)",
        /// US dollar.
        Usd "USD" "US dollar (USD)",
    }
}

choices! {
    /// The language of screens.
    Language {
        /// English.
        #[default]
        English "en" "English",
    }
}

impl Currency {
    /// What stands before an amount.
    pub fn sign(self) -> &'static str {
        match self {
            Self::Eur => "€",
            Self::Gbp => "£",
            Self::Usd => "$",
            Self::Aud => "AUD ",
            Self::Cad => "CAD ",
            Self::Chf => "CHF ",
            Self::Czk => "CZK ",
            Self::Dkk => "DKK ",
            Self::Nok => "NOK ",
            Self::Nzd => "NZD ",
            Self::Pln => "PLN ",
            Self::Ron => "RON ",
            Self::Sek => "SEK ",
        }
    }
}
