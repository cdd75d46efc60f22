//! Reading a request as the platform does: strict about types, tolerant about unknown fields.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::refusal::Refused;

/// The query parameters of a request.
pub type Query = BTreeMap<String, String>;

/// One request: its query and its JSON body (`Null` for GET).
#[derive(Clone, Copy, Debug)]
pub struct Ask<'a> {
    pub query: &'a Query,
    pub body: &'a Value,
}

impl<'a> Ask<'a> {
    /// A non-empty query parameter.
    #[must_use]
    pub fn param(&self, name: &str) -> Option<&'a str> {
        self.query.get(name).map(String::as_str).filter(|v| !v.is_empty())
    }
    /// A query parameter that must be there.
    pub fn need_param(&self, name: &str, missing: i64) -> Result<&'a str, Refused> {
        self.param(name).ok_or_else(|| Refused::because(missing, format!("{name} missing")))
    }
    fn field(&self, name: &str) -> Option<&'a Value> {
        self.body.get(name).filter(|v| !v.is_null())
    }
    /// A text field; `None` when absent or empty.
    pub fn text(&self, name: &str) -> Result<Option<&'a str>, Refused> {
        match self.field(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|t| !t.is_empty())),
            Some(_) => Err(Refused::wrong_type(name)),
        }
    }
    /// Whether a text field was given at all, even empty (an overwrite).
    pub fn given_text(&self, name: &str) -> Result<Option<&'a str>, Refused> {
        match self.field(name) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(Refused::wrong_type(name)),
        }
    }
    /// A text field that must be there and not be empty.
    pub fn need_text(&self, name: &str, missing: i64) -> Result<&'a str, Refused> {
        self.text(name)?.ok_or_else(|| Refused::because(missing, format!("{name} missing")))
    }
    pub fn int(&self, name: &str) -> Result<Option<i64>, Refused> {
        match self.field(name) {
            None => Ok(None),
            Some(value) => value.as_i64().map(Some).ok_or_else(|| Refused::wrong_type(name)),
        }
    }
    pub fn need_int(&self, name: &str, missing: i64) -> Result<i64, Refused> {
        self.int(name)?.ok_or_else(|| Refused::because(missing, format!("{name} missing")))
    }
    /// A flag sent as a JSON boolean, or as the 0/1 that several official samples use.
    pub fn flag(&self, name: &str) -> Result<Option<bool>, Refused> {
        match self.field(name) {
            None => Ok(None),
            Some(Value::Bool(flag)) => Ok(Some(*flag)),
            Some(Value::Number(n)) => Ok(Some(n.as_i64() != Some(0))),
            Some(_) => Err(Refused::wrong_type(name)),
        }
    }
    /// A list of texts; `None` when absent.
    pub fn texts(&self, name: &str) -> Result<Option<Vec<String>>, Refused> {
        let Some(value) = self.field(name) else { return Ok(None) };
        let items = value.as_array().ok_or_else(|| Refused::wrong_type(name))?;
        let text = |v: &Value| v.as_str().map(str::to_owned).ok_or_else(|| Refused::wrong_type(name));
        items.iter().map(text).collect::<Result<Vec<_>, _>>().map(Some)
    }
    /// A list of integers; `None` when absent.
    pub fn ints(&self, name: &str) -> Result<Option<Vec<i64>>, Refused> {
        let Some(value) = self.field(name) else { return Ok(None) };
        let items = value.as_array().ok_or_else(|| Refused::wrong_type(name))?;
        let int = |v: &Value| v.as_i64().ok_or_else(|| Refused::wrong_type(name));
        items.iter().map(int).collect::<Result<Vec<_>, _>>().map(Some)
    }
    /// A list of objects; empty when absent.
    pub fn objects(&self, name: &str) -> Result<Vec<Ask<'a>>, Refused> {
        let Some(value) = self.field(name) else { return Ok(Vec::new()) };
        let items = value.as_array().ok_or_else(|| Refused::wrong_type(name))?;
        let item = |v: &'a Value| {
            if v.is_object() {
                Ok(Ask { query: self.query, body: v })
            } else {
                Err(Refused::wrong_type(name))
            }
        };
        items.iter().map(item).collect()
    }
    /// An object field.
    pub fn object(&self, name: &str) -> Result<Option<Ask<'a>>, Refused> {
        match self.field(name) {
            None => Ok(None),
            Some(v) if v.is_object() => Ok(Some(Ask { query: self.query, body: v })),
            Some(_) => Err(Refused::wrong_type(name)),
        }
    }
    /// `limit` under a list's quirk: absent or over `max` falls back to `default`.
    pub fn limit(&self, default: usize, max: usize) -> Result<usize, Refused> {
        let asked = self.int("limit")?.unwrap_or(0);
        match usize::try_from(asked) {
            Ok(n) if (1..=max).contains(&n) => Ok(n),
            _ => Ok(default),
        }
    }
}

/// One page out of `all`, with an opaque cursor; an empty next cursor ends the list.
pub fn page<T>(all: Vec<T>, cursor: Option<&str>, limit: usize) -> Result<(Vec<T>, String), Refused> {
    let start = match cursor {
        None => 0,
        Some(text) => read_cursor(text).ok_or_else(|| Refused::code(50100))?,
    };
    let total = all.len();
    let items: Vec<T> = all.into_iter().skip(start).take(limit).collect();
    let end = start + items.len();
    let next = if end < total { write_cursor(end) } else { String::new() };
    Ok((items, next))
}

fn write_cursor(at: usize) -> String {
    hex::encode(format!("c{:x}.{at}", at.wrapping_mul(2_654_435_761)))
}

fn read_cursor(text: &str) -> Option<usize> {
    let raw = String::from_utf8(hex::decode(text).ok()?).ok()?;
    let at: usize = raw.rsplit_once('.')?.1.parse().ok()?;
    (write_cursor(at) == text).then_some(at)
}

/// Characters of a text, for the limits that the documents count in characters.
#[must_use]
pub fn chars(text: &str) -> usize {
    text.chars().count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_chain_by_opaque_cursors_and_end_with_an_empty_one() {
        let all: Vec<u32> = (0..5).collect();
        let (first, next) = page(all.clone(), None, 2).expect("first page");
        assert_eq!(first, [0, 1]);
        let (second, next) = page(all.clone(), Some(&next), 2).expect("second page");
        let (third, end) = page(all.clone(), Some(&next), 2).expect("third page");
        assert_eq!((second, third, end.as_str()), (vec![2, 3], vec![4], ""));
        assert_eq!(page(all, Some("7"), 2).expect_err("a forged cursor").code, 50100);
    }
}
