//! How server functions answer: JSON, read as text.
//!
//! The pages' embedded answers and the live stream are read as text too. Reading bytes here, as the stock codec does,
//! would put a second decoder for every view into the wasm.

use leptos::server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt;

/// The answer of a server function, for the `output` of `#[server]`.
pub type Answer = Post<JsonText>;

/// JSON, encoded as bytes and decoded as text.
#[derive(Debug, Clone, Copy)]
pub struct JsonText;

/// An answer that is not the JSON it should be. What is wrong with it helps nobody in the browser.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct NotJson;

impl fmt::Display for NotJson {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer is not the JSON it should be")
    }
}

impl ContentType for JsonText {
    const CONTENT_TYPE: &'static str = "application/json";
}

impl FormatType for JsonText {
    const FORMAT_TYPE: Format = Format::Text;
}

impl<T: Serialize> Encodes<T> for JsonText {
    type Error = NotJson;

    fn encode(output: &T) -> Result<Bytes, NotJson> {
        serde_json::to_string(output).map(Bytes::from).map_err(|_| NotJson)
    }
}

impl<T: DeserializeOwned> Decodes<T> for JsonText {
    type Error = NotJson;

    fn decode(bytes: Bytes) -> Result<T, NotJson> {
        std::str::from_utf8(&bytes).ok().and_then(|text| serde_json::from_str(text).ok()).ok_or(NotJson)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_comes_back_and_rubbish_does_not() {
        let bytes = JsonText::encode(&vec!["Ħal Qormi".to_owned()]).unwrap();
        assert_eq!(<JsonText as Decodes<Vec<String>>>::decode(bytes), Ok(vec!["Ħal Qormi".to_owned()]));
        let rubbish = <JsonText as Decodes<Vec<String>>>::decode(Bytes::from_static(&[0xff, b'[']));
        assert_eq!(rubbish, Err(NotJson));
    }
}
