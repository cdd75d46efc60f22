//! Server texts: refusals and notifications, in zh-CN (the source), en and es.
//!
//! Every slice owns its texts in `words.{zh-CN,en,es}.json`, flat maps from code to text with `{arg}` holes; its
//! `mod.rs` publishes them with [`words!`](crate::words). The slices are listed once, in `lib.rs`.

use std::collections::HashMap;
use std::sync::OnceLock;

use serde_json::Value;

/// The raw catalogues of one slice.
#[derive(Clone, Copy, Debug)]
pub struct Words {
    pub zh: &'static str,
    pub en: &'static str,
    pub es: &'static str,
}

/// `pub const WORDS: Words = words!();` in a slice's `mod.rs`.
#[macro_export]
macro_rules! words {
    () => {
        $crate::kernel::i18n::Words {
            zh: include_str!("words.zh-CN.json"),
            en: include_str!("words.en.json"),
            es: include_str!("words.es.json"),
        }
    };
}

#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize, utoipa::ToSchema,
)]
pub enum Locale {
    #[default]
    #[serde(rename = "zh-CN")]
    Zh,
    #[serde(rename = "en")]
    En,
    #[serde(rename = "es")]
    Es,
}

impl Locale {
    pub const ALL: [Self; 3] = [Self::Zh, Self::En, Self::Es];

    /// The best of ours for an `Accept-Language` value or a stored tag; Chinese when nothing fits.
    #[must_use]
    pub fn negotiate(accept: &str) -> Self {
        accept
            .split(',')
            .find_map(|part| match part.trim().get(..2)? {
                "zh" => Some(Self::Zh),
                "en" => Some(Self::En),
                "es" => Some(Self::Es),
                _ => None,
            })
            .unwrap_or_default()
    }
    #[must_use]
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Zh => "zh-CN",
            Self::En => "en",
            Self::Es => "es",
        }
    }
}

type Catalogue = HashMap<&'static str, HashMap<String, String>>;

fn catalogue() -> &'static Catalogue {
    static ALL: OnceLock<Catalogue> = OnceLock::new();
    ALL.get_or_init(|| {
        let mut all = Catalogue::new();
        for words in crate::WORDS {
            for (locale, json) in [(Locale::Zh, words.zh), (Locale::En, words.en), (Locale::Es, words.es)] {
                // A test proves that every catalogue parses; a broken one only loses its texts here.
                let texts: HashMap<String, String> = serde_json::from_str(json).unwrap_or_default();
                all.entry(locale.tag()).or_default().extend(texts);
            }
        }
        all
    })
}

/// Whether a text exists in this language.
#[must_use]
pub fn knows(locale: Locale, code: &str) -> bool {
    catalogue().get(locale.tag()).is_some_and(|texts| texts.contains_key(code))
}

/// The text of a code with its holes filled from `args` (an object). An unknown code shows itself.
#[must_use]
pub fn text(locale: Locale, code: &str, args: &Value) -> String {
    let Some(pattern) = catalogue().get(locale.tag()).and_then(|texts| texts.get(code)) else {
        return code.to_owned();
    };
    let mut text = pattern.clone();
    for (name, value) in args.as_object().into_iter().flatten() {
        let shown = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        text = text.replace(&format!("{{{name}}}"), &shown);
    }
    text
}
