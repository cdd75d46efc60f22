//! Reads a segment from text. Descends at most [`DEEPEST`] levels, so no text overflows the stack.

use super::expr::{Act, Condition, Expr, Facet, How, Range, Ref};
use super::figures::{fen, whole};
use super::lexer::{Lexed, Lexer, Token};
use super::refusal::{Code, DEEPEST, LONGEST_TEXT, MOST_REFS, MOST_TERMS, Place, Refusal, Spot};

pub(super) type Read<T> = Result<T, Refusal>;

/// Reads the canonical form and its looser spellings. Several lines without a group around them are an `all`.
///
/// # Errors
/// The first thing that can't be read, with its place in the text.
pub fn parse(text: &str) -> Read<Expr> {
    if text.len() > LONGEST_TEXT {
        return Err(Refusal::new(Code::TooLong, Place::Whole).with("most", LONGEST_TEXT));
    }
    let mut lexer = Lexer::new(text);
    let now = lexer.next()?;
    let mut parser = Parser { lexer, now, last_line: 0, terms: 0, groups: 0, refs: 0 };
    let mut lines = parser.lines(0, &Token::End)?;
    match lines.len() {
        0 => Err(parser.unexpected("a condition")),
        1 => Ok(lines.remove(0)),
        _ => Ok(Expr::All(lines)),
    }
}

pub(super) struct Parser<'t> {
    lexer: Lexer<'t>,
    pub(super) now: Lexed,
    /// Where the token before `now` ended.
    last_line: usize,
    terms: usize,
    groups: usize,
    refs: usize,
}

impl Parser<'_> {
    pub(super) fn step(&mut self) -> Read<Lexed> {
        let next = self.lexer.next()?;
        self.last_line = self.now.spot.line;
        Ok(std::mem::replace(&mut self.now, next))
    }

    pub(super) fn is_word(&self, word: &str) -> bool {
        matches!(&self.now.token, Token::Word(w) if w == word)
    }

    pub(super) fn is_mark(&self, mark: &str) -> bool {
        matches!(self.now.token, Token::Mark(m) if m == mark)
    }

    pub(super) fn accept_word(&mut self, word: &str) -> Read<bool> {
        let found = self.is_word(word);
        if found {
            self.step()?;
        }
        Ok(found)
    }

    pub(super) fn accept_mark(&mut self, mark: &str) -> Read<bool> {
        let found = self.is_mark(mark);
        if found {
            self.step()?;
        }
        Ok(found)
    }

    fn expect_mark(&mut self, mark: &'static str) -> Read<()> {
        match self.accept_mark(mark)? {
            true => Ok(()),
            false => Err(self.unexpected(mark)),
        }
    }

    pub(super) fn expect_word(&mut self, word: &'static str) -> Read<()> {
        match self.accept_word(word)? {
            true => Ok(()),
            false => Err(self.unexpected(word)),
        }
    }

    pub(super) fn unexpected(&self, expected: &str) -> Refusal {
        let found = match &self.now.token {
            Token::Word(text) | Token::Quoted(text) | Token::Number(text) | Token::Day(text) => {
                text.chars().take(40).collect()
            }
            Token::Mark(mark) => (*mark).to_owned(),
            Token::End => String::new(),
        };
        self.refuse(Code::Unexpected).with("found", found).with("expected", expected)
    }

    pub(super) fn refuse(&self, code: Code) -> Refusal {
        refuse_at(code, self.now.spot)
    }

    fn lines(&mut self, depth: usize, end: &Token) -> Read<Vec<Expr>> {
        let mut lines = Vec::new();
        loop {
            let mut separated = lines.is_empty() || self.now.spot.line > self.last_line;
            while self.accept_mark(";")? {
                separated = true;
            }
            if self.now.token == *end {
                return Ok(lines);
            }
            // Two conditions on one line without a `;` are more often a typing slip than meant.
            if !separated {
                return Err(self.unexpected("; or a new line"));
            }
            lines.push(self.line(depth)?);
            if matches!(end, Token::Mark(_)) && self.now.token == Token::End {
                return Err(self.unexpected("}"));
            }
        }
    }

    fn line(&mut self, depth: usize) -> Read<Expr> {
        let spot = self.now.spot;
        let Token::Word(word) = &self.now.token else { return Err(self.unexpected("a condition")) };
        let group: Option<fn(Vec<Expr>) -> Expr> = match word.as_str() {
            "all" => Some(Expr::All),
            "any" => Some(Expr::Any),
            "none" => Some(Expr::None),
            _ => None,
        };
        let negated = word == "not";
        if (group.is_some() || negated) && depth >= DEEPEST {
            return Err(refuse_at(Code::TooDeep, spot).with("most", DEEPEST));
        }
        if group.is_some() || negated {
            self.groups += 1;
            if self.groups > MOST_TERMS {
                return Err(refuse_at(Code::TooManyTerms, spot).with("most", MOST_TERMS));
            }
        }
        if negated {
            self.step()?;
            return Ok(Expr::None(vec![self.line(depth + 1)?]));
        }
        if let Some(make) = group {
            self.step()?;
            self.expect_mark("{")?;
            let lines = self.lines(depth + 1, &Token::Mark("}"))?;
            self.expect_mark("}")?;
            return Ok(make(lines));
        }
        self.terms += 1;
        if self.terms > MOST_TERMS {
            return Err(refuse_at(Code::TooManyTerms, spot).with("most", MOST_TERMS));
        }
        Ok(Expr::Is(self.condition()?))
    }

    fn condition(&mut self) -> Read<Condition> {
        let Token::Word(word) = self.now.token.clone() else { return Err(self.unexpected("a condition")) };
        if let Some(facet) = self.facet(&word)? {
            let (how, of) = self.refs()?;
            return Ok(Condition::In { facet, how, of });
        }
        if let Some(act) = self.act(&word)? {
            return self.did(act);
        }
        match word.as_str() {
            "rfm" => self.rfm(),
            "tagged" => {
                self.step()?;
                let (how, of) = self.refs()?;
                Ok(Condition::Tagged { how, of, window: self.window()? })
            }
            "spent" => {
                self.step()?;
                Ok(Condition::Spent { amount: self.range(fen)?, window: self.window()? })
            }
            "last" => {
                self.step()?;
                let Token::Word(word) = self.now.token.clone() else { return Err(self.unexpected("an act")) };
                let Some(act) = self.act(&word)? else { return Err(self.unexpected("an act")) };
                let of = self.subjects()?;
                let days_ago = self.range(whole)?;
                self.expect_word("days")?;
                self.expect_word("ago")?;
                Ok(Condition::LastDid { act, of, days_ago })
            }
            "consent" => {
                self.step()?;
                let purpose = self.reference()?;
                Ok(Condition::Consent { purpose, answer: self.answer()? })
            }
            "field" | "number" | "date" | "age" | "birthday" => {
                self.step()?;
                let field = self.reference()?;
                self.field(&word, field)
            }
            _ => Err(self.unexpected("a condition")),
        }
    }

    /// A facet's one or two words. Steps over them when they are one.
    fn facet(&mut self, word: &str) -> Read<Option<Facet>> {
        let named = |words: &str| Facet::ALL.into_iter().find(|f| f.words() == words);
        let long = match word {
            "community" | "member" => Some("kind"),
            "fan" => Some("level"),
            "value" => Some("ladder"),
            "rfm" => Some("class"),
            _ => None,
        };
        let Some(second) = long else {
            let facet = named(word);
            if facet.is_some() {
                self.step()?;
            }
            return Ok(facet);
        };
        if word == "rfm" && !self.lexer.next_word_is(second) {
            return Ok(None);
        }
        self.step()?;
        match self.accept_word(second)? {
            true => Ok(named(&format!("{word} {second}"))),
            false if word == "community" => Ok(Some(Facet::Community)),
            false => Err(self.unexpected(second)),
        }
    }

    fn act(&mut self, word: &str) -> Read<Option<Act>> {
        if word == "event" {
            self.step()?;
            return Ok(Some(Act::Event(self.quoted("the event's name in quotes")?)));
        }
        let act = Act::NAMED.into_iter().find(|act| act.word() == word);
        if act.is_some() {
            self.step()?;
        }
        Ok(act)
    }

    pub(super) fn did(&mut self, act: Act) -> Read<Condition> {
        let of = self.subjects()?;
        let mut times = Range::at_least(1);
        if self.begins_range() {
            let first = self.range(whole)?;
            if self.is_word("days") {
                return Ok(Condition::Did { act, of, times, window: self.days_ago(first)? });
            }
            times = first;
        }
        Ok(Condition::Did { act, of, times, window: self.window()? })
    }

    /// `"p1"`, `any of ("p1", "p2")`, `in any of (…)`, or nothing.
    fn subjects(&mut self) -> Read<Vec<Ref>> {
        if self.is_word("in") && self.lexer.next_word_is("any") {
            self.step()?;
        }
        let begins = self.is_word("any") || matches!(self.now.token, Token::Quoted(_));
        let same_line = self.now.spot.line == self.last_line;
        if !begins || !same_line {
            return Ok(Vec::new());
        }
        Ok(self.refs()?.1)
    }

    pub(super) fn refs(&mut self) -> Read<(How, Vec<Ref>)> {
        self.accept_word("in")?;
        let how = match (self.is_word("any"), self.is_word("all")) {
            (true, _) => How::Any,
            (_, true) => How::All,
            _ => return Ok((How::Any, vec![self.reference()?])),
        };
        self.step()?;
        self.expect_word("of")?;
        let of = self.list(Self::reference)?;
        Ok((how, of))
    }

    pub(super) fn list<T>(&mut self, mut item: impl FnMut(&mut Self) -> Read<T>) -> Read<Vec<T>> {
        self.expect_mark("(")?;
        if self.is_mark(")") {
            return Err(self.refuse(Code::EmptyList));
        }
        let mut items = vec![item(self)?];
        while self.accept_mark(",")? {
            items.push(item(self)?);
        }
        self.expect_mark(")")?;
        Ok(items)
    }

    /// `"id"`, `word`, or `"name" @id`.
    pub(super) fn reference(&mut self) -> Read<Ref> {
        self.count_ref()?;
        let is_word = matches!(self.now.token, Token::Word(_));
        let first = self.text("an id or a name")?;
        if is_word || !self.accept_mark("@")? {
            return Ok(Ref::new(first));
        }
        Ok(Ref::named(self.text("an id")?, first))
    }

    pub(super) fn count_ref(&mut self) -> Read<()> {
        self.refs += 1;
        match self.refs > MOST_REFS {
            true => Err(self.refuse(Code::TooManyRefs).with("most", MOST_REFS)),
            false => Ok(()),
        }
    }

    pub(super) fn text(&mut self, expected: &str) -> Read<String> {
        match &self.now.token {
            Token::Word(text) | Token::Quoted(text) => {
                let text = text.clone();
                self.step()?;
                Ok(text)
            }
            _ => Err(self.unexpected(expected)),
        }
    }

    pub(super) fn quoted(&mut self, expected: &str) -> Read<String> {
        match self.now.token {
            Token::Quoted(_) => self.text(expected),
            _ => Err(self.unexpected(expected)),
        }
    }
}

pub(super) fn refuse_at(code: Code, spot: Spot) -> Refusal {
    Refusal::new(code, Place::Text(spot))
}
