//! Enums whose variants are words: the same in the database, on the wire and in the console.

/// `stored_words! { /// What a post is worth. Kind { Activity = "activity", } }` in a slice's `model.rs`.
macro_rules! stored_words {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(
            Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize,
            utoipa::ToSchema,
        )]
        #[serde(rename_all = "snake_case")]
        pub enum $name { $($(#[$vdoc])* $variant,)* }
        impl $name {
            pub const ALL: &'static [Self] = &[$(Self::$variant,)*];
            /// As it is stored.
            #[must_use]
            pub const fn word(self) -> &'static str { match self { $(Self::$variant => $word,)* } }
            /// `None` for an unknown word.
            #[must_use]
            pub fn named(word: &str) -> Option<Self> { Self::ALL.iter().copied().find(|v| v.word() == word) }
        }
        impl TryFrom<String> for $name {
            type Error = String;
            fn try_from(word: String) -> Result<Self, String> {
                Self::named(&word).ok_or_else(|| format!("{word} is no {}", stringify!($name)))
            }
        }
    };
}

pub(crate) use stored_words;
