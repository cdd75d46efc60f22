//! A small tolerant reader for callback XML: elements with text, nothing else.

use quick_xml::Reader;
use quick_xml::escape::resolve_predefined_entity;
use quick_xml::events::Event;

/// Nesting beyond this refuses the document; WeCom uses five levels at most.
const MAX_DEPTH: usize = 12;
/// Elements beyond this refuse the document; a change of 500 members has fewer than 600.
const MAX_ELEMENTS: usize = 20_000;

/// One element: its name, its own text, its children in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Element {
    pub name: String,
    pub text: String,
    pub children: Vec<Element>,
}

impl Element {
    /// Reads a document. `None` when it is broken, too deep or carries a document type.
    #[must_use]
    pub fn read(xml: &str) -> Option<Self> {
        let mut reader = Reader::from_str(xml);
        let mut open: Vec<Self> = Vec::new();
        let mut root = None;
        let mut count = 0;
        loop {
            match reader.read_event().ok()? {
                Event::Start(tag) => {
                    count += 1;
                    if open.len() >= MAX_DEPTH || count > MAX_ELEMENTS || root.is_some() {
                        return None;
                    }
                    open.push(Self { name: name_of(tag.name().as_ref()), ..Self::default() });
                }
                Event::Empty(tag) => {
                    count += 1;
                    if count > MAX_ELEMENTS || root.is_some() {
                        return None;
                    }
                    let element = Self { name: name_of(tag.name().as_ref()), ..Self::default() };
                    close(element, &mut open, &mut root);
                }
                Event::End(_) => {
                    let element = open.pop()?;
                    close(element, &mut open, &mut root);
                }
                Event::Text(text) => append(&mut open, &text.into_inner()),
                Event::CData(text) => append(&mut open, &text.into_inner()),
                Event::GeneralRef(reference) => match reference.resolve_char_ref().ok()? {
                    Some(c) => append(&mut open, c.encode_utf8(&mut [0; 4])),
                    None => append(&mut open, resolve_predefined_entity(&reference.into_inner())?),
                },
                Event::DocType(_) => return None,
                Event::Comment(_) | Event::Decl(_) | Event::PI(_) => {}
                Event::Eof => break,
            }
        }
        if open.is_empty() { root } else { None }
    }

    /// The first child of this name.
    #[must_use]
    pub fn child(&self, name: &str) -> Option<&Self> {
        self.children.iter().find(|c| c.name == name)
    }

    /// Trimmed text of the first child of this name; `None` when it is absent or empty.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&str> {
        self.child(name).map(|c| c.text.trim()).filter(|t| !t.is_empty())
    }

    /// Trimmed text of the first child of this name, empty when absent.
    #[must_use]
    pub fn text_of(&self, name: &str) -> String {
        self.get(name).unwrap_or_default().to_owned()
    }

    /// The number in the first child of this name.
    #[must_use]
    pub fn int_of(&self, name: &str) -> Option<i64> {
        self.get(name)?.parse().ok()
    }

    /// Trimmed texts of all children of this name.
    #[must_use]
    pub fn texts_of(&self, name: &str) -> Vec<String> {
        self.children.iter().filter(|c| c.name == name).map(|c| c.text.trim().to_owned()).collect()
    }
}

fn name_of(raw: &str) -> String {
    raw.trim().to_owned()
}

fn append(open: &mut [Element], text: &str) {
    if let Some(element) = open.last_mut() {
        element.text.push_str(text);
    }
}

fn close(element: Element, open: &mut [Element], root: &mut Option<Element>) {
    match open.last_mut() {
        Some(parent) => parent.children.push(element),
        None => *root = Some(element),
    }
}
