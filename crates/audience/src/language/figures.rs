//! The part of the parser that reads figures: ranges, windows, days, money.

use super::Day;
use super::expr::{Range, When, Window};
use super::lexer::Token;
use super::parser::{Parser, Read, refuse_at};
use super::refusal::{Code, LONGEST_WINDOW, Refusal};

/// A whole number.
pub(super) fn whole(text: &str) -> Option<i64> {
    text.parse().ok()
}

/// Yuan with at most two places, as fen.
pub(super) fn fen(text: &str) -> Option<i64> {
    let (digits, negative) = match text.strip_prefix('-') {
        Some(digits) => (digits, true),
        None => (text, false),
    };
    let (yuan, cents) = digits.split_once('.').unwrap_or((digits, "0"));
    let cents = match cents.len() {
        1 => cents.parse::<i64>().ok()? * 10,
        2 => cents.parse().ok()?,
        _ => return None,
    };
    let fen = yuan.parse::<i64>().ok()?.checked_mul(100)?.checked_add(cents)?;
    Some(if negative { -fen } else { fen })
}

type Figure = fn(&str) -> Option<i64>;

impl Parser<'_> {
    pub(super) fn begins_range(&self) -> bool {
        let marked = ["=", ">=", "<=", "<", ">"].iter().any(|mark| self.is_mark(mark));
        marked || matches!(self.now.token, Token::Number(_))
    }

    /// `= 3`, `>= 3`, `> 3`, `<= 3`, `< 3` or `2..5`.
    pub(super) fn range(&mut self, read: Figure) -> Read<Range> {
        let spot = self.now.spot;
        let beyond =
            |value: Option<i64>| value.ok_or_else(|| refuse_at(Code::BadNumber, spot).with("found", ""));
        if self.accept_mark(">=")? {
            return Ok(Range::at_least(self.figure(read)?));
        }
        if self.accept_mark("<=")? {
            return Ok(Range::at_most(self.figure(read)?));
        }
        if self.accept_mark(">")? {
            return Ok(Range::at_least(beyond(self.figure(read)?.checked_add(1))?));
        }
        if self.accept_mark("<")? {
            return Ok(Range::at_most(beyond(self.figure(read)?.checked_sub(1))?));
        }
        self.accept_mark("=")?;
        let min = self.figure(read)?;
        if !self.accept_mark("..")? {
            return Ok(Range::exactly(min));
        }
        let max = self.figure(read)?;
        match min <= max {
            true => Ok(Range::between(min, max)),
            false => Err(refuse_at(Code::EmptyRange, spot).with("min", min).with("max", max)),
        }
    }

    fn figure(&mut self, read: Figure) -> Read<i64> {
        let Token::Number(text) = &self.now.token else { return Err(self.unexpected("a number")) };
        let Some(value) = read(text) else {
            let found: String = text.chars().take(40).collect();
            return Err(self.refuse(Code::BadNumber).with("found", found));
        };
        self.step()?;
        Ok(value)
    }

    /// `60 days`, as the length of a window.
    pub(super) fn days(&mut self) -> Read<u32> {
        let spot = self.now.spot;
        let days = self.figure(whole)?;
        if !self.accept_word("days")? && !self.accept_word("day")? {
            return Err(self.unexpected("days"));
        }
        match u32::try_from(days) {
            Ok(days) if (1..=LONGEST_WINDOW).contains(&days) => Ok(days),
            _ => Err(refuse_at(Code::BadWindow, spot).with("most", LONGEST_WINDOW)),
        }
    }

    /// `in 60 days`, `30..60 days ago`, `from … to …`, `from …`, `until …`, `ever`, or nothing.
    pub(super) fn window(&mut self) -> Read<Window> {
        if self.accept_word("ever")? {
            return Ok(Window::Ever);
        }
        if self.accept_word("in")? {
            self.accept_word("last")?;
            return Ok(Window::LastDays(self.days()?));
        }
        if matches!(self.now.token, Token::Number(_)) {
            let range = self.range(whole)?;
            return self.days_ago(range);
        }
        let (from, to) = self.between()?;
        Ok(match from.is_none() && to.is_none() {
            true => Window::Ever,
            false => Window::Between { from, to },
        })
    }

    /// The rest of `30..60 days ago`, whose figures are read.
    pub(super) fn days_ago(&mut self, range: Range) -> Read<Window> {
        let spot = self.now.spot;
        self.expect_word("days")?;
        self.expect_word("ago")?;
        let days =
            |end: Option<i64>| end.and_then(|d| u32::try_from(d).ok()).filter(|d| *d <= LONGEST_WINDOW);
        match (days(range.min), days(range.max)) {
            (Some(nearest), Some(farthest)) => Ok(Window::DaysAgo { nearest, farthest }),
            _ => Err(refuse_at(Code::BadWindow, spot).with("most", LONGEST_WINDOW)),
        }
    }

    pub(super) fn when(&mut self) -> Read<When> {
        if self.accept_word("in")? {
            if self.accept_word("next")? {
                return Ok(When::NextDays(self.days()?));
            }
            self.accept_word("last")?;
            return Ok(When::LastDays(self.days()?));
        }
        if self.accept_word("on")? {
            let day = self.day()?;
            return Ok(When::Between { from: Some(day), to: Some(day) });
        }
        let (from, to) = self.between()?;
        match from.is_none() && to.is_none() {
            true => Err(self.unexpected("in, on, from or until")),
            false => Ok(When::Between { from, to }),
        }
    }

    fn between(&mut self) -> Read<(Option<Day>, Option<Day>)> {
        let spot = self.now.spot;
        if self.accept_word("until")? {
            return Ok((None, Some(self.day()?)));
        }
        if !self.accept_word("from")? {
            return Ok((None, None));
        }
        let from = self.day()?;
        if !self.accept_word("to")? {
            return Ok((Some(from), None));
        }
        let to = self.day()?;
        match from <= to {
            true => Ok((Some(from), Some(to))),
            false => Err(refuse_at(Code::EmptyRange, spot).with("min", from).with("max", to)),
        }
    }

    fn day(&mut self) -> Read<Day> {
        let Token::Day(text) = &self.now.token else {
            return Err(self.unexpected("a day such as 2026-08-17"));
        };
        let Some(day) = Day::read(text) else {
            let found: String = text.chars().take(40).collect();
            let refusal: Refusal = self.refuse(Code::BadDay).with("found", found);
            return Err(refusal);
        };
        self.step()?;
        Ok(day)
    }
}
