//! From a tree of JSON to a view.
//!
//! Small before anything else, because there is a decoder in the wasm for each kind of view: a struct is read from a map and from
//! nothing else, and what is wrong with an answer is not said, because it helps nobody in the browser.

use serde::de::{
    DeserializeSeed, Deserializer, EnumAccess, Error, Expected, MapAccess, SeqAccess, Unexpected,
    VariantAccess, Visitor,
};
use serde_json::{Value, map};
use std::{fmt, vec};

/// A tree that is read once.
pub(super) struct Tree(pub Value);

/// The tree is none of the view.
#[derive(Debug)]
pub(super) struct Wrong;

impl fmt::Display for Wrong {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the answer is not what it should be")
    }
}

impl std::error::Error for Wrong {}

// What serde would say is never made into words.
impl Error for Wrong {
    fn custom<T: fmt::Display>(_: T) -> Self {
        Self
    }

    fn invalid_type(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_value(_: Unexpected<'_>, _: &dyn Expected) -> Self {
        Self
    }

    fn invalid_length(_: usize, _: &dyn Expected) -> Self {
        Self
    }

    fn unknown_variant(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn unknown_field(_: &str, _: &'static [&'static str]) -> Self {
        Self
    }

    fn missing_field(_: &'static str) -> Self {
        Self
    }

    fn duplicate_field(_: &'static str) -> Self {
        Self
    }
}

impl Tree {
    fn number<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let Value::Number(number) = self.0 else { return Err(Wrong) };
        if let Some(number) = number.as_u64() {
            visitor.visit_u64(number)
        } else if let Some(number) = number.as_i64() {
            visitor.visit_i64(number)
        } else {
            visitor.visit_f64(number.as_f64().ok_or(Wrong)?)
        }
    }

    fn text<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let Value::String(text) = self.0 else { return Err(Wrong) };
        visitor.visit_string(text)
    }

    fn items<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let Value::Array(items) = self.0 else { return Err(Wrong) };
        visitor.visit_seq(Items(items.into_iter()))
    }

    fn fields<'de, V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        let Value::Object(fields) = self.0 else { return Err(Wrong) };
        visitor.visit_map(Fields { fields: fields.into_iter(), value: None })
    }
}

macro_rules! read_as {
    ($read:ident: $($method:ident)*) => {
        $(fn $method<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
            self.$read(visitor)
        })*
    };
}

impl<'de> Deserializer<'de> for Tree {
    type Error = Wrong;

    read_as! { number:
        deserialize_i8 deserialize_i16 deserialize_i32 deserialize_i64 deserialize_u8 deserialize_u16 deserialize_u32
        deserialize_u64 deserialize_f32 deserialize_f64
    }
    read_as! { text: deserialize_char deserialize_str deserialize_string deserialize_identifier }
    read_as! { items: deserialize_seq deserialize_bytes deserialize_byte_buf }
    read_as! { fields: deserialize_map }

    fn deserialize_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match &self.0 {
            Value::Null => visitor.visit_unit(),
            Value::Bool(whether) => visitor.visit_bool(*whether),
            Value::Number(_) => self.number(visitor),
            Value::String(_) => self.text(visitor),
            Value::Array(_) => self.items(visitor),
            Value::Object(_) => self.fields(visitor),
        }
    }

    fn deserialize_bool<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_bool(self.0.as_bool().ok_or(Wrong)?)
    }

    fn deserialize_option<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.0.is_null() { visitor.visit_none() } else { visitor.visit_some(self) }
    }

    fn deserialize_unit<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.0.is_null() { visitor.visit_unit() } else { Err(Wrong) }
    }

    fn deserialize_unit_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.deserialize_unit(visitor)
    }

    fn deserialize_newtype_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_tuple<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        self.items(visitor)
    }

    fn deserialize_tuple_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: usize,
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.items(visitor)
    }

    fn deserialize_struct<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        self.fields(visitor)
    }

    fn deserialize_enum<V: Visitor<'de>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let (name, value) = match self.0 {
            Value::String(name) => (name, None),
            Value::Object(fields) if fields.len() == 1 => {
                let (name, value) = fields.into_iter().next().ok_or(Wrong)?;
                (name, Some(value))
            }
            _ => return Err(Wrong),
        };
        visitor.visit_enum(Variant { name, value })
    }

    fn deserialize_ignored_any<V: Visitor<'de>>(self, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_unit()
    }
}

struct Items(vec::IntoIter<Value>);

impl<'de> SeqAccess<'de> for Items {
    type Error = Wrong;

    fn next_element_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        self.0.next().map(|item| seed.deserialize(Tree(item))).transpose()
    }

    fn size_hint(&self) -> Option<usize> {
        Some(self.0.len())
    }
}

struct Fields {
    fields: map::IntoIter,
    value: Option<Value>,
}

impl<'de> MapAccess<'de> for Fields {
    type Error = Wrong;

    fn next_key_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<Option<S::Value>, Wrong> {
        let Some((name, value)) = self.fields.next() else { return Ok(None) };
        self.value = Some(value);
        seed.deserialize(Tree(Value::String(name))).map(Some)
    }

    fn next_value_seed<S: DeserializeSeed<'de>>(&mut self, seed: S) -> Result<S::Value, Wrong> {
        seed.deserialize(Tree(self.value.take().ok_or(Wrong)?))
    }
}

struct Variant {
    name: String,
    value: Option<Value>,
}

impl<'de> EnumAccess<'de> for Variant {
    type Error = Wrong;
    type Variant = Inside;

    fn variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<(S::Value, Inside), Wrong> {
        Ok((seed.deserialize(Tree(Value::String(self.name)))?, Inside(self.value)))
    }
}

/// What a variant holds.
struct Inside(Option<Value>);

impl<'de> VariantAccess<'de> for Inside {
    type Error = Wrong;

    fn unit_variant(self) -> Result<(), Wrong> {
        if self.0.is_none_or(|value| value.is_null()) { Ok(()) } else { Err(Wrong) }
    }

    fn newtype_variant_seed<S: DeserializeSeed<'de>>(self, seed: S) -> Result<S::Value, Wrong> {
        seed.deserialize(Tree(self.0.ok_or(Wrong)?))
    }

    fn tuple_variant<V: Visitor<'de>>(self, _: usize, visitor: V) -> Result<V::Value, Wrong> {
        Tree(self.0.ok_or(Wrong)?).items(visitor)
    }

    fn struct_variant<V: Visitor<'de>>(
        self,
        _: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        Tree(self.0.ok_or(Wrong)?).fields(visitor)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde::{Deserialize, Serialize, de::DeserializeOwned};
    use serde_json::json;
    use std::collections::BTreeMap;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    #[serde(rename_all = "snake_case", tag = "kind")]
    enum Tagged {
        Nothing,
        Pair { one: i64, two: Option<f64> },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    enum Plain {
        Nothing,
        One(u8),
        Two(String, bool),
        Named { at: char },
    }

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct Unit;

    #[derive(Debug, PartialEq, Serialize, Deserialize)]
    struct All {
        plain: Vec<Plain>,
        tagged: Vec<Tagged>,
        result: Vec<Result<u32, String>>,
        texts: BTreeMap<String, (f32, i8)>,
        at: chrono::DateTime<chrono::FixedOffset>,
        #[serde(default)]
        missing: Option<Box<All>>,
        unit: Unit,
        nothing: (),
        #[serde(flatten)]
        rest: BTreeMap<String, u16>,
    }

    fn read<T: DeserializeOwned>(value: Value) -> Result<T, Wrong> {
        T::deserialize(Tree(value))
    }

    #[test]
    fn whatever_a_view_may_hold_comes_back() {
        let all = All {
            plain: vec![
                Plain::Nothing,
                Plain::One(7),
                Plain::Two("Ħ".into(), true),
                Plain::Named { at: 'x' },
            ],
            tagged: vec![
                Tagged::Nothing,
                Tagged::Pair { one: -4, two: Some(3.0) },
                Tagged::Pair { one: 4, two: None },
            ],
            result: vec![Ok(3), Err("no".into())],
            texts: [("a".to_owned(), (0.5, -3))].into(),
            at: "2026-11-30T07:30:00+01:00".parse().unwrap(),
            missing: None,
            unit: Unit,
            nothing: (),
            rest: [("more".to_owned(), 9)].into(),
        };
        assert_eq!(read::<All>(serde_json::to_value(&all).unwrap()).unwrap(), all);
        assert_eq!(read::<f64>(json!(35)).unwrap(), 35.0, "a whole number is a number");
        assert_eq!(read::<Option<u64>>(json!(u64::MAX)).unwrap(), Some(u64::MAX));
    }

    #[test]
    fn what_is_something_else_is_refused() {
        assert!(read::<Tagged>(json!({"kind": "pair"})).is_err());
        assert!(read::<Tagged>(json!({"kind": "other"})).is_err());
        assert!(read::<Plain>(json!({"One": 256})).is_err());
        assert!(read::<Plain>(json!("One")).is_err());
        assert!(read::<Plain>(json!({"Nothing": 1})).is_err());
        assert!(read::<Plain>(json!({"One": 1, "Two": 2})).is_err());
        assert!(read::<Vec<u8>>(json!({})).is_err());
        assert!(read::<String>(json!(1)).is_err());
        assert!(read::<u8>(json!(-1)).is_err());
        assert!(read::<u8>(json!("1")).is_err());
        assert!(read::<bool>(json!(null)).is_err());
        assert!(read::<()>(json!(false)).is_err());
        assert!(read::<BTreeMap<String, u8>>(json!([])).is_err());
    }
}
