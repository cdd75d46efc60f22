//! Money in fen, the hundredth of a yuan. Never a float.

use serde::{Deserialize, Serialize};

/// An amount in fen; may be negative for refunds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Fen(pub i64);

impl Fen {
    /// Reads `12`, `12.3`, `12.30`, `¥12.30` or `1,234.50`. `None` for anything else, more than two decimals included.
    #[must_use]
    pub fn parse_yuan(text: &str) -> Option<Self> {
        let plain: String =
            text.trim().trim_start_matches(['\u{a5}', '\u{ffe5}']).chars().filter(|c| *c != ',').collect();
        let (sign, digits) = plain.strip_prefix('-').map_or((1, plain.as_str()), |rest| (-1, rest));
        let (yuan, cents) = digits.split_once('.').unwrap_or((digits, ""));
        let all_digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
        if yuan.is_empty() || cents.len() > 2 || !all_digits(yuan) || !all_digits(cents) {
            return None;
        }
        let cents: i64 = format!("{cents:0<2}").parse().ok()?;
        yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents).map(|fen| Self(sign * fen))
    }
    /// `12.30`, without a currency sign.
    #[must_use]
    pub fn yuan(self) -> String {
        let sign = if self.0 < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", self.0.unsigned_abs() / 100, self.0.unsigned_abs() % 100)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn yuan_texts() {
        for (text, fen) in
            [("12", 1200), ("12.3", 1230), ("¥1,234.50", 123_450), ("-0.01", -1), (" 7.00 ", 700), ("0", 0)]
        {
            assert_eq!(Fen::parse_yuan(text), Some(Fen(fen)), "{text}");
        }
        for bad in ["", ".", ".5", "1.234", "1e3", "abc", "--1", "99999999999999999999"] {
            assert_eq!(Fen::parse_yuan(bad), None, "{bad}");
        }
        assert_eq!(Fen(-1230).yuan(), "-12.30");
    }
}
