//! How server functions answer, and what a page's HTML and the live stream carry: JSON, all of it read in one way.
//!
//! Text becomes a tree first, and the tree a view: one parser in the wasm instead of one for each view, and for each a
//! decoder that is a fraction of what reading it from text takes.

mod loaded;
mod tree;

pub use loaded::{Loaded, load};

use leptos::{
    prelude::SharedValue,
    server::codee::{Decoder, Encoder},
    server_fn::{Bytes, ContentType, Decodes, Encodes, Format, FormatType, codec::Post},
};
use serde::{Serialize, de::DeserializeOwned};
use std::fmt;
use tree::Tree;

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
        std::str::from_utf8(&bytes).ok().and_then(read).ok_or(NotJson)
    }
}

impl<T: Serialize> Encoder<T> for JsonText {
    type Error = NotJson;
    type Encoded = String;

    fn encode(value: &T) -> Result<String, NotJson> {
        serde_json::to_string(value).map_err(|_| NotJson)
    }
}

impl<T: DeserializeOwned> Decoder<T> for JsonText {
    type Error = NotJson;
    type Encoded = str;

    fn decode(text: &str) -> Result<T, NotJson> {
        read(text).ok_or(NotJson)
    }
}

/// Reads a view; none from what is no JSON of it.
pub fn read<T: DeserializeOwned>(text: &str) -> Option<T> {
    T::deserialize(Tree(serde_json::from_str(text).ok()?)).ok()
}

/// What the server knows at once, and the browser reads from the page's HTML.
pub fn known<T: Serialize + DeserializeOwned>(know: impl FnOnce() -> T) -> T {
    SharedValue::<T, JsonText>::new_with_encoding(know).into_inner()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_encoded_comes_back_and_rubbish_does_not() {
        let bytes = <JsonText as Encodes<Vec<String>>>::encode(&vec!["Ħal Qormi".to_owned()]).unwrap();
        assert_eq!(<JsonText as Decodes<Vec<String>>>::decode(bytes), Ok(vec!["Ħal Qormi".to_owned()]));
        let rubbish = <JsonText as Decodes<Vec<String>>>::decode(Bytes::from_static(&[0xff, b'[']));
        assert_eq!(rubbish, Err(NotJson));
    }
}
