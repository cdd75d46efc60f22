//! Values for bind parameters, the same for both engines.

use base::{Day, Fen, Timestamp};

/// One value. The `None` of each kind is a typed NULL, which PostgreSQL insists on.
#[derive(Clone, Debug)]
pub enum Arg {
    Int(Option<i64>),
    Real(Option<f64>),
    Text(Option<String>),
    Bool(Option<bool>),
    Bytes(Option<Vec<u8>>),
}

pub type Args = Vec<Arg>;

/// `args![tenant, id, now]`: the values of `$1`, `$2`, `$3`.
#[macro_export]
macro_rules! args {
    ($($value:expr),* $(,)?) => { vec![$($crate::kernel::db::Arg::from($value)),*] };
}

macro_rules! from {
    ($($type:ty => |$v:ident| $variant:ident($value:expr);)*) => { $(
        impl From<$type> for Arg { fn from($v: $type) -> Self { Self::$variant(Some($value)) } }
        impl From<Option<$type>> for Arg { fn from(o: Option<$type>) -> Self { Self::$variant(o.map(|$v| $value)) } }
    )* };
}

from! {
    i64 => |v| Int(v);
    i32 => |v| Int(i64::from(v));
    u32 => |v| Int(i64::from(v));
    u16 => |v| Int(i64::from(v));
    u8 => |v| Int(i64::from(v));
    usize => |v| Int(i64::try_from(v).unwrap_or(i64::MAX));
    Timestamp => |v| Int(v.0);
    Day => |v| Int(i64::from(v.0));
    Fen => |v| Int(v.0);
    f64 => |v| Real(v);
    bool => |v| Bool(v);
    String => |v| Text(v);
    &str => |v| Text(v.to_owned());
    &String => |v| Text(v.clone());
    Vec<u8> => |v| Bytes(v);
}
