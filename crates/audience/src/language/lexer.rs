//! Cuts a text into tokens, one at a time, so that a hostile text costs no more than the part that was read.

use super::refusal::{Code, Place, Refusal, Spot};

#[derive(Clone, Debug, PartialEq)]
pub enum Token {
    /// Letters, digits and `_`, beginning with a letter or `_`.
    Word(String),
    Quoted(String),
    /// As written: digits, with a sign or a point perhaps.
    Number(String),
    /// As written; not checked yet.
    Day(String),
    /// One of `{ } ( ) , ; @ .. >= <= = > <`.
    Mark(&'static str),
    End,
}

#[derive(Clone, Debug)]
pub struct Lexed {
    pub token: Token,
    pub spot: Spot,
}

pub struct Lexer<'t> {
    text: &'t str,
    at: usize,
    line: usize,
    column: usize,
}

const MARKS: [&str; 12] = ["..", ">=", "<=", "{", "}", "(", ")", ",", ";", "@", "=", ">"];

impl<'t> Lexer<'t> {
    pub fn new(text: &'t str) -> Self {
        Self { text, at: 0, line: 1, column: 1 }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn step(&mut self, bytes: usize) {
        for c in self.text[self.at..self.at + bytes].chars() {
            match c {
                '\n' => (self.line, self.column) = (self.line + 1, 1),
                _ => self.column += 1,
            }
        }
        self.at += bytes;
    }

    fn spot(&self, length: usize) -> Spot {
        Spot { offset: self.at, length, line: self.line, column: self.column }
    }

    pub fn next(&mut self) -> Result<Lexed, Refusal> {
        self.skip_blank();
        let Some(first) = self.rest().chars().next() else {
            return Ok(Lexed { token: Token::End, spot: self.spot(0) });
        };
        if first == '"' {
            return self.quoted();
        }
        if first.is_alphabetic() || first == '_' {
            let length = self.length_while(|c| c.is_alphanumeric() || c == '_');
            return Ok(self.take(length, |text| Token::Word(text.to_owned())));
        }
        let signed = first == '-' && self.rest()[1..].starts_with(|c: char| c.is_ascii_digit());
        if first.is_ascii_digit() || signed {
            return Ok(self.figure());
        }
        let mark = MARKS.iter().copied().find(|m| self.rest().starts_with(m));
        match mark.or_else(|| (first == '<').then_some("<")) {
            Some(mark) => Ok(self.take(mark.len(), |_| Token::Mark(mark))),
            None => {
                let spot = self.spot(first.len_utf8());
                Err(Refusal::new(Code::Unexpected, Place::Text(spot)).with("found", first))
            }
        }
    }

    /// Whether the token after the one just read is this word.
    pub fn next_word_is(&self, word: &str) -> bool {
        let rest = self.rest().trim_start();
        rest.strip_prefix(word)
            .is_some_and(|after| !after.starts_with(|c: char| c.is_alphanumeric() || c == '_'))
    }

    fn skip_blank(&mut self) {
        loop {
            let blank = self.length_while(char::is_whitespace);
            self.step(blank);
            if !self.rest().starts_with('#') {
                return;
            }
            let comment = self.length_while(|c| c != '\n');
            self.step(comment);
        }
    }

    fn length_while(&self, mut holds: impl FnMut(char) -> bool) -> usize {
        self.rest().find(|c| !holds(c)).unwrap_or(self.rest().len())
    }

    fn take(&mut self, length: usize, make: impl FnOnce(&str) -> Token) -> Lexed {
        let lexed = Lexed { token: make(&self.rest()[..length]), spot: self.spot(length) };
        self.step(length);
        lexed
    }

    /// `12`, `-3`, `300.00` or `2026-08-17`. The two points of a range end a number.
    fn figure(&mut self) -> Lexed {
        let bytes = self.rest().as_bytes();
        let mut length = usize::from(bytes[0] == b'-');
        let digits = |from: usize| bytes[from..].iter().take_while(|b| b.is_ascii_digit()).count();
        length += digits(length);
        let next_is_digit = |at: usize| bytes.get(at + 1).is_some_and(u8::is_ascii_digit);
        if bytes.get(length) == Some(&b'.') && next_is_digit(length) {
            length += 1 + digits(length + 1);
            return self.take(length, |text| Token::Number(text.to_owned()));
        }
        let mut is_day = false;
        while bytes[0] != b'-' && bytes.get(length) == Some(&b'-') && next_is_digit(length) {
            is_day = true;
            length += 1 + digits(length + 1);
        }
        self.take(length, |text| match is_day {
            true => Token::Day(text.to_owned()),
            false => Token::Number(text.to_owned()),
        })
    }

    fn quoted(&mut self) -> Result<Lexed, Refusal> {
        let start = self.spot(0);
        let (mut value, mut chars) = (String::new(), self.rest().char_indices().skip(1));
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    let lexed = Lexed { token: Token::Quoted(value), spot: Spot { length: at + 1, ..start } };
                    self.step(at + 1);
                    return Ok(lexed);
                }
                '\\' => match chars.next() {
                    Some((_, 'n')) => value.push('\n'),
                    Some((_, 't')) => value.push('\t'),
                    Some((_, c @ ('"' | '\\'))) => value.push(c),
                    Some((_, 'u')) => match code_point(&mut chars) {
                        Some(c) => value.push(c),
                        None => return Err(self.bad_escape(at, "u")),
                    },
                    Some((_, c)) => return Err(self.bad_escape(at, &c.to_string())),
                    None => break,
                },
                c => value.push(c),
            }
        }
        let length = self.rest().len();
        Err(Refusal::new(Code::OpenQuote, Place::Text(Spot { length, ..start })))
    }

    fn bad_escape(&mut self, at: usize, found: &str) -> Refusal {
        self.step(at);
        let length = 1 + self.rest()[1..].chars().next().map_or(0, char::len_utf8);
        Refusal::new(Code::BadEscape, Place::Text(self.spot(length))).with("found", found)
    }
}

fn code_point(chars: &mut impl Iterator<Item = (usize, char)>) -> Option<char> {
    chars.next().filter(|(_, c)| *c == '{')?;
    let mut value = 0u32;
    for (_, c) in chars.take(7) {
        if c == '}' {
            return char::from_u32(value);
        }
        value = value.checked_mul(16)?.checked_add(c.to_digit(16)?)?;
    }
    None
}
