//! The part of the parser that reads fields, scores and consent.

use super::expr::{AgeUnit, Answer, Condition, Range, Ref, TextTest};
use super::figures::whole;
use super::lexer::Token;
use super::parser::{Parser, Read, refuse_at};
use super::refusal::Code;

impl Parser<'_> {
    pub(super) fn answer(&mut self) -> Read<Answer> {
        for (word, answer) in
            [("granted", Answer::Granted), ("withdrawn", Answer::Withdrawn), ("unasked", Answer::Unasked)]
        {
            if self.accept_word(word)? {
                return Ok(answer);
            }
        }
        Ok(Answer::Granted)
    }

    pub(super) fn rfm(&mut self) -> Read<Condition> {
        let spot = self.step()?.spot;
        let [mut recency, mut frequency, mut money] = [Range::default(); 3];
        loop {
            let score = match &self.now.token {
                Token::Word(w) if w == "r" => &mut recency,
                Token::Word(w) if w == "f" => &mut frequency,
                Token::Word(w) if w == "m" => &mut money,
                _ => break,
            };
            self.step()?;
            *score = self.range(whole)?;
        }
        if recency.is_open() && frequency.is_open() && money.is_open() {
            return Err(refuse_at(Code::OpenRange, spot));
        }
        Ok(Condition::Rfm { recency, frequency, money })
    }

    pub(super) fn field(&mut self, word: &str, field: Ref) -> Read<Condition> {
        match word {
            "number" => Ok(Condition::Number { field, range: self.range(whole)? }),
            "date" => Ok(Condition::Date { field, when: self.when()? }),
            "age" => {
                let range = self.range(whole)?;
                let unit = match &self.now.token {
                    Token::Word(w) if w == "days" => AgeUnit::Days,
                    Token::Word(w) if w == "months" => AgeUnit::Months,
                    Token::Word(w) if w == "years" => AgeUnit::Years,
                    _ => return Err(self.unexpected("days, months or years")),
                };
                self.step()?;
                Ok(Condition::Age { field, range, unit })
            }
            "birthday" => {
                self.expect_word("in")?;
                self.expect_word("next")?;
                Ok(Condition::Birthday { field, next_days: self.days()? })
            }
            _ => self.text_field(field),
        }
    }

    pub(super) fn text_field(&mut self, field: Ref) -> Read<Condition> {
        let word = match &self.now.token {
            Token::Word(word) => word.clone(),
            _ => return Err(self.unexpected("is, contains, yes, no or known")),
        };
        let test = match word.as_str() {
            "yes" | "no" => {
                self.step()?;
                return Ok(Condition::YesNo { field, answer: word == "yes" });
            }
            "known" => {
                self.step()?;
                return Ok(Condition::Known { field });
            }
            "is" => TextTest::OneOf,
            "contains" => TextTest::Contains,
            _ => return Err(self.unexpected("is, contains, yes, no or known")),
        };
        self.step()?;
        let value = |p: &mut Self| {
            p.count_ref()?;
            p.quoted("a text in quotes")
        };
        if self.is_word("any") {
            self.step()?;
            self.expect_word("of")?;
            return Ok(Condition::Text { field, test: test(self.list(value)?) });
        }
        let only = value(self)?;
        Ok(Condition::Text { field, test: test(vec![only]) })
    }
}
