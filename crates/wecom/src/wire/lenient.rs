//! WeCom's quirks of type: the same field is a number on one page and a text on another.

use std::fmt;

use serde::Deserializer;
use serde::de::{Error, Visitor};

/// Reads a number that may be written as a text; an empty text is 0.
///
/// # Errors
/// When it is neither.
pub fn int<'de, D: Deserializer<'de>>(from: D) -> Result<i64, D::Error> {
    from.deserialize_any(IntVisitor)
}

/// Reads a text that may be written as a number.
///
/// # Errors
/// When it is neither.
pub fn text<'de, D: Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    from.deserialize_any(TextVisitor)
}

struct IntVisitor;

impl Visitor<'_> for IntVisitor {
    type Value = i64;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a text that holds one")
    }
    fn visit_i64<E: Error>(self, v: i64) -> Result<i64, E> {
        Ok(v)
    }
    fn visit_u64<E: Error>(self, v: u64) -> Result<i64, E> {
        i64::try_from(v).map_err(E::custom)
    }
    fn visit_f64<E: Error>(self, v: f64) -> Result<i64, E> {
        Ok(v as i64)
    }
    fn visit_bool<E: Error>(self, v: bool) -> Result<i64, E> {
        Ok(i64::from(v))
    }
    fn visit_str<E: Error>(self, v: &str) -> Result<i64, E> {
        if v.trim().is_empty() { Ok(0) } else { v.trim().parse().map_err(E::custom) }
    }
    fn visit_unit<E: Error>(self) -> Result<i64, E> {
        Ok(0)
    }
}

struct TextVisitor;

impl Visitor<'_> for TextVisitor {
    type Value = String;
    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text, or a number")
    }
    fn visit_str<E: Error>(self, v: &str) -> Result<String, E> {
        Ok(v.to_owned())
    }
    fn visit_i64<E: Error>(self, v: i64) -> Result<String, E> {
        Ok(v.to_string())
    }
    fn visit_u64<E: Error>(self, v: u64) -> Result<String, E> {
        Ok(v.to_string())
    }
    fn visit_unit<E: Error>(self) -> Result<String, E> {
        Ok(String::new())
    }
}
