//! The language in which a segment is written, read, stored and drawn.
//!
//! One condition a line; groups `all`, `any` and `none` nest, `not` turns one condition around. Ids and names stand in
//! double quotes; words of the product (`core`, `koc`, `promotion`) may stand bare. `"name" @id` keeps what a person
//! reads beside what the machine means. `#` begins a comment, which is not kept; `;` separates like a new line.
//!
//! ```text
//! segment   = line { sep line }                       several lines without a group are an `all`
//! line      = ("all" | "any" | "none") "{" [ line { sep line } ] "}" | "not" line | condition
//! sep       = ";" | new line
//! condition = facet refs
//!           | "tagged" refs window                    got the tag within the window and still has it
//!           | act [ ["in"] subjects ] [ range ] window          no range: at least once
//!           | "last" act [ subjects ] range "days" "ago"        the last time; today is 0
//!           | "spent" range window                    yuan with two places
//!           | "consent" ref [ "granted" | "withdrawn" | "unasked" ]
//!           | "rfm" { ("r" | "f" | "m") range }
//!           | "field" ref ( "is" values | "contains" values | "yes" | "no" | "known" )
//!           | "number" ref range
//!           | "date" ref ( "in" ("last" | "next") n "days" | "on" day | "from" day ["to" day] | "until" day )
//!           | "age" ref range ( "days" | "months" | "years" )   completed ones
//!           | "birthday" ref "in" "next" n "days"
//! facet     = "tag" | "group" | "community" | "community kind" | "member kind" | "code" | "channel" | "store"
//!           | "list" | "segment" | "account" | "staff" | "fan level" | "value ladder" | "stage" | "rfm class"
//! act       = "bought" | "opened" | "clicked" | "spoke" | "joined" | "left" | "redeemed" | "checked_in"
//!           | "invited" | "event" quoted
//! refs      = ref | ("any" | "all") "of" "(" ref { "," ref } ")"
//! ref       = quoted | word | quoted "@" ( word | quoted )      an id, or a name and its id
//! range     = ("=" | ">=" | "<=" | ">" | "<") n | n ".." n      inclusive
//! window    = [ "ever" ] | "in" n "days" | n ".." n "days" "ago" | "from" day ["to" day] | "until" day
//! ```
//!
//! "In n days" includes today: `in 1 days` is today only. A text holds at most [`MOST_TERMS`] conditions, nested at
//! most [`DEEPEST`] deep.

mod check;
mod day;
mod expand;
mod expr;
mod fields;
mod figures;
mod lexer;
mod parser;
mod printer;
mod refusal;
mod window;

pub use check::{Leaf, Named};
pub use day::Day;
pub use expr::{Act, AgeUnit, Answer, Condition, Expr, Facet, How, Range, Ref, TextTest, When, Window};
pub use parser::parse;
pub use printer::{first_words, print};
pub use refusal::{Code, DEEPEST, LONGEST_TEXT, LONGEST_WINDOW, MOST_REFS, MOST_TERMS, Place, Refusal, Spot};
pub use window::Days;
