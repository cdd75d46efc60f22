//! How people's rows are read: one statement in two forms, whose rows, and how days are counted.

use audience::Day;
use base::{TenantZone, Timestamp};

use crate::args;
use crate::kernel::db::{Arg, Args};
use crate::kernel::http::Scope;
use crate::segments::model;

/// Persons read at once after something happened to them. The statements below have as many placeholders.
pub const PORTION: usize = 32;

/// One statement in two forms: of a range of dense numbers, of a few persons.
pub struct Read {
    pub range: &'static str,
    pub few: &'static str,
}

macro_rules! read {
    ($head:expr) => {
        read!($head, "")
    };
    ($head:expr, $tail:expr) => {
        Read {
            range: concat!($head, " WHERE p.tenant_id = $1 AND p.person_no > $2 AND p.person_no <= $3 ", $tail),
            few: concat!(
                $head,
                " WHERE p.tenant_id = $1 AND p.id IN ($2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
                   $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29, $30, $31, $32, $33) ",
                $tail
            ),
        }
    };
}
pub(crate) use read;

/// Whose facts are read.
#[derive(Clone, Copy, Debug)]
pub enum Whose<'a> {
    /// Dense numbers above the first, up to the second.
    Range(u32, u32),
    /// At most [`PORTION`] persons.
    Few(&'a [String]),
}

impl Whose<'_> {
    #[must_use]
    pub fn sql(&self, read: &Read) -> &'static str {
        match self {
            Self::Range(..) => read.range,
            Self::Few(_) => read.few,
        }
    }

    #[must_use]
    pub fn args(&self, scope: &Scope) -> Args {
        match self {
            Self::Range(after, last) => args![scope.tenant(), *after, *last],
            Self::Few(ids) => {
                let mut args = args![scope.tenant()];
                // A short portion repeats its last id.
                let filler = ids.last().cloned().unwrap_or_default();
                args.extend((0..PORTION).map(|n| Arg::from(ids.get(n).unwrap_or(&filler))));
                args
            }
        }
    }
}

/// In which zone days are days, and when they begin.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    pub name: String,
    pub zone: TenantZone,
    pub cut_minutes: i64,
}

impl Calendar {
    /// Equal for calendars that count days alike.
    #[must_use]
    pub fn key(&self) -> String {
        format!("{}+{}", self.name, self.cut_minutes)
    }

    #[must_use]
    pub fn day(&self, at: i64) -> Day {
        model::day(self.zone.business_day(Timestamp(at), self.cut_minutes))
    }

    /// When a day begins.
    #[must_use]
    pub fn start(&self, day: Day) -> Timestamp {
        self.zone.start_of(model::base_day(day)).plus(self.cut_minutes * base::time::MINUTE)
    }
}
