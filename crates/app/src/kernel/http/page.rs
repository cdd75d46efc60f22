//! Keyset paging: `?cursor=&limit=&search=`.

use serde::Deserialize;
use utoipa::IntoParams;

use crate::kernel::search;

/// Query parameters of every list. Combine with others by a second `Query` extractor.
#[derive(Clone, Debug, Default, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ListQuery {
    /// The `next` of the page before.
    pub cursor: Option<String>,
    /// 1 to 200, 50 when absent.
    pub limit: Option<u32>,
    /// Part of a name, as written, in pinyin, or its pinyin initials.
    pub search: Option<String>,
}

/// A page's bounds, ready for SQL.
#[derive(Clone, Debug)]
pub struct Paging {
    /// Empty on the first page.
    pub after: String,
    pub limit: usize,
}

impl ListQuery {
    #[must_use]
    pub fn paging(&self) -> Paging {
        Paging {
            after: self.cursor.clone().unwrap_or_default(),
            limit: usize::try_from(self.limit.unwrap_or(50).clamp(1, 200)).unwrap_or(50),
        }
    }
    /// The search text as a LIKE pattern over search keys (`LIKE $n ESCAPE '!'`); `%` when nothing is searched.
    #[must_use]
    pub fn pattern(&self) -> String {
        search::pattern(self.search.as_deref().unwrap_or_default())
    }
    /// The same over columns that hold a text as it is, in lower case: order numbers, logins.
    #[must_use]
    pub fn literal(&self) -> String {
        let mut pattern = String::from("%");
        for c in self.search.as_deref().unwrap_or_default().trim().to_lowercase().chars() {
            if matches!(c, '%' | '_' | '!') {
                pattern.push('!');
            }
            pattern.push(c);
        }
        if pattern.len() > 1 {
            pattern.push('%');
        }
        pattern
    }
}

impl Paging {
    /// One more than the page holds, to learn whether another follows.
    #[must_use]
    pub const fn probe(&self) -> usize {
        self.limit + 1
    }
}
