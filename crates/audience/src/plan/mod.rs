//! From an expression to an answer: lowered to sets, ordered by size, evaluated one container of 65,536 people at a
//! time, so that nothing but the answer is ever held whole.

mod answer;
pub(crate) mod bound;
mod lines;
pub(crate) mod lower;
pub(crate) mod node;
mod question;

pub use answer::{Answered, Wanted};
pub use lines::{LineCount, LineHolds, Why, overlap_matrix};
pub use question::{Purpose, Question, Whom};
