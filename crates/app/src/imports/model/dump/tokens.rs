//! The words of a MySQL dump, one at a time and never more than a bounded piece of each, and the rows they make.

use std::collections::HashMap;
use std::io::BufRead;

use super::super::ImportRefusal;
use super::super::read::unreadable;
use super::Record;

/// Bytes kept of a word or a text; what is longer is too long for a cell anyway.
const MOST_TOKEN: usize = 160 * 1024;
/// Values of one row.
const MOST_VALUES: usize = 500;

#[derive(Debug, PartialEq, Eq)]
enum Token {
    /// A keyword, a number, a bare name.
    Word(String),
    /// A name in backticks.
    Name(String),
    Text(String),
    Sign(u8),
}

struct Lexer<R> {
    source: R,
    peeked: Option<u8>,
}

impl<R: BufRead> Lexer<R> {
    fn byte(&mut self) -> Result<Option<u8>, ImportRefusal> {
        if let Some(byte) = self.peeked.take() {
            return Ok(Some(byte));
        }
        let Some(byte) = self.source.fill_buf().map_err(unreadable)?.first().copied() else {
            return Ok(None);
        };
        self.source.consume(1);
        Ok(Some(byte))
    }

    fn peek(&mut self) -> Result<Option<u8>, ImportRefusal> {
        if self.peeked.is_none() {
            self.peeked = self.byte()?;
        }
        Ok(self.peeked)
    }

    fn next(&mut self) -> Result<Option<Token>, ImportRefusal> {
        loop {
            let Some(byte) = self.byte()? else { return Ok(None) };
            match byte {
                b if b.is_ascii_whitespace() => {}
                b'#' => self.line()?,
                b'-' if self.peek()? == Some(b'-') => self.line()?,
                b'/' if self.peek()? == Some(b'*') => self.comment()?,
                b'`' => return Ok(Some(Token::Name(self.quoted(b'`')?))),
                b'\'' | b'"' => return Ok(Some(Token::Text(self.quoted(byte)?))),
                b'(' | b')' | b',' | b';' | b'=' => return Ok(Some(Token::Sign(byte))),
                first => return Ok(Some(Token::Word(self.word(first)?))),
            }
        }
    }

    fn line(&mut self) -> Result<(), ImportRefusal> {
        while self.byte()?.is_some_and(|b| b != b'\n') {}
        Ok(())
    }

    fn comment(&mut self) -> Result<(), ImportRefusal> {
        let mut star = false;
        self.byte()?;
        while let Some(byte) = self.byte()? {
            if star && byte == b'/' {
                return Ok(());
            }
            star = byte == b'*';
        }
        Ok(())
    }

    fn word(&mut self, first: u8) -> Result<String, ImportRefusal> {
        let mut word = vec![first];
        while let Some(byte) = self.peek()? {
            if byte.is_ascii_whitespace() || b"(),;='\"`".contains(&byte) {
                break;
            }
            self.peeked = None;
            if word.len() < MOST_TOKEN {
                word.push(byte);
            }
        }
        Ok(String::from_utf8_lossy(&word).into_owned())
    }

    /// A text after its opening quote. Backslashes escape in texts, not in names; a doubled quote is one.
    fn quoted(&mut self, quote: u8) -> Result<String, ImportRefusal> {
        let mut text = Vec::new();
        while let Some(byte) = self.byte()? {
            let kept = match byte {
                b'\\' if quote != b'`' => match self.byte()? {
                    Some(b'n') => b'\n',
                    Some(b'r') => b'\r',
                    Some(b't') => b'\t',
                    Some(b'0') => 0,
                    Some(other) => other,
                    None => break,
                },
                b if b == quote => {
                    if self.peek()? != Some(quote) {
                        return Ok(String::from_utf8_lossy(&text).into_owned());
                    }
                    self.peeked = None;
                    quote
                }
                b => b,
            };
            if text.len() < MOST_TOKEN {
                text.push(kept);
            }
        }
        // The file ends within a text: whoever waits for the end of the row never sees it.
        Ok(String::new())
    }
}

/// Hands every row of the wanted tables to `visit`. A dump that breaks off is read as far as it goes.
///
/// # Errors
/// What `visit` says, or a disk that can't be read.
pub fn scan<R: BufRead>(
    source: R,
    wanted: &[&str],
    visit: &mut dyn FnMut(Record<'_>) -> Result<(), ImportRefusal>,
) -> Result<(), ImportRefusal> {
    let mut lexer = Lexer { source, peeked: None };
    let mut columns: HashMap<String, Vec<String>> = HashMap::new();
    while let Some(token) = lexer.next()? {
        let Token::Word(word) = token else { continue };
        match word.to_ascii_uppercase().as_str() {
            "CREATE" => create(&mut lexer, wanted, &mut columns)?,
            "INSERT" | "REPLACE" => insert(&mut lexer, wanted, &columns, visit)?,
            _ => skip(&mut lexer)?,
        }
    }
    Ok(())
}

fn skip<R: BufRead>(lexer: &mut Lexer<R>) -> Result<(), ImportRefusal> {
    while lexer.next()?.is_some_and(|t| t != Token::Sign(b';')) {}
    Ok(())
}

/// The name of a table after `INTO` or `TABLE`, and the token behind it. A schema in front of it is left out.
fn table<R: BufRead>(lexer: &mut Lexer<R>) -> Result<(String, Option<Token>), ImportRefusal> {
    let mut name = String::new();
    loop {
        match lexer.next()? {
            Some(Token::Name(text)) => name = text,
            Some(Token::Word(word)) => match word.to_ascii_uppercase().as_str() {
                "IGNORE" | "INTO" | "TABLE" | "IF" | "NOT" | "EXISTS" | "TEMPORARY" | "." => {}
                "VALUES" | "VALUE" => return Ok((name, Some(Token::Word(word)))),
                _ => word.rsplit('.').next().unwrap_or_default().clone_into(&mut name),
            },
            other => return Ok((name, other)),
        }
    }
}

/// Columns of a table: the names that begin a definition.
fn create<R: BufRead>(
    lexer: &mut Lexer<R>,
    wanted: &[&str],
    columns: &mut HashMap<String, Vec<String>>,
) -> Result<(), ImportRefusal> {
    let (name, mut token) = table(lexer)?;
    if !wanted.contains(&name.as_str()) {
        return if token == Some(Token::Sign(b';')) { Ok(()) } else { skip(lexer) };
    }
    let (mut depth, mut begins, mut found) = (0u32, false, Vec::new());
    while let Some(current) = token {
        match current {
            Token::Sign(b'(') => {
                depth += 1;
                begins = depth == 1;
            }
            Token::Sign(b')') => depth = depth.saturating_sub(1),
            Token::Sign(b',') => begins = depth == 1,
            Token::Sign(b';') => break,
            Token::Name(name) if begins && found.len() < MOST_VALUES => {
                found.push(name);
                begins = false;
            }
            _ => begins = false,
        }
        token = lexer.next()?;
    }
    columns.insert(name, found);
    Ok(())
}

fn insert<R: BufRead>(
    lexer: &mut Lexer<R>,
    wanted: &[&str],
    columns: &HashMap<String, Vec<String>>,
    visit: &mut dyn FnMut(Record<'_>) -> Result<(), ImportRefusal>,
) -> Result<(), ImportRefusal> {
    let (name, mut token) = table(lexer)?;
    if !wanted.contains(&name.as_str()) {
        return if token == Some(Token::Sign(b';')) { Ok(()) } else { skip(lexer) };
    }
    let mut named = columns.get(&name).cloned().unwrap_or_default();
    if token == Some(Token::Sign(b'(')) {
        let Some(list) = tuple(lexer)? else { return Ok(()) };
        named = list.into_iter().flatten().collect();
        token = lexer.next()?;
    }
    while let Some(current) = token {
        match current {
            Token::Sign(b';') => return Ok(()),
            Token::Sign(b'(') => match tuple(lexer)? {
                Some(values) => visit(Record { table: &name, columns: &named, values: &values })?,
                None => return Ok(()),
            },
            _ => {}
        }
        token = lexer.next()?;
    }
    Ok(())
}

/// The values up to the closing bracket; `None` when the file ends before it.
fn tuple<R: BufRead>(lexer: &mut Lexer<R>) -> Result<Option<Vec<Option<String>>>, ImportRefusal> {
    let (mut values, mut value, mut depth) = (Vec::new(), None, 0u32);
    while let Some(token) = lexer.next()? {
        match token {
            Token::Sign(b'(') => depth += 1,
            Token::Sign(b')') if depth > 0 => depth -= 1,
            Token::Sign(b')') => {
                values.push(value);
                return Ok(Some(values));
            }
            Token::Sign(b',') if depth == 0 => {
                if values.len() >= MOST_VALUES {
                    return Err(ImportRefusal::Unreadable { detail: "a row of too many values".to_owned() });
                }
                values.push(value.take());
            }
            Token::Word(word) if word.eq_ignore_ascii_case("NULL") => value = None,
            Token::Word(text) | Token::Name(text) | Token::Text(text) => value = Some(text),
            Token::Sign(_) => {}
        }
    }
    Ok(None)
}
