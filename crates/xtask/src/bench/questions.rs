//! Questions about people, once for all who are asked: in the product's language, as bitmaps in chdb, as rows in SQL.

use std::fmt::Write as _;

/// A question. Tags are numbers from 0; days are windows that end today, today included; amounts are fen.
#[derive(Clone)]
pub enum Ask {
    Tag(u32),
    /// At least one of them.
    Tags(&'static [u32]),
    Tagged(u32, i32),
    /// So many times or more within so many days.
    Bought(u32, i32),
    Clicked(u32, i32),
    /// Between both, within so many days.
    Spent(u32, u32, i32),
    All(Vec<Ask>),
    Any(Vec<Ask>),
    None(Vec<Ask>),
}

pub use Ask::{All, Any, Bought, Clicked, None as No, Spent, Tag, Tagged, Tags};

/// More than any event is old.
pub const EVER: i32 = 100_000;

impl Ask {
    /// In the product's language.
    pub fn text(&self) -> String {
        let window = |days: &i32| if *days == EVER { "ever".to_owned() } else { format!("in {days} days") };
        let group = |word: &str, of: &[Self]| {
            let lines: Vec<String> = of.iter().map(Self::text).collect();
            format!("{word} {{ {} }}", lines.join(" ; "))
        };
        match self {
            Tag(tag) => format!("tag \"t{tag}\""),
            Tags(tags) => {
                let tags: Vec<String> = tags.iter().map(|tag| format!("\"t{tag}\"")).collect();
                format!("tag any of ({})", tags.join(", "))
            }
            Tagged(tag, days) => format!("tagged \"t{tag}\" {}", window(days)),
            Bought(times, days) => format!("bought >= {times} {}", window(days)),
            Clicked(times, days) => format!("clicked >= {times} {}", window(days)),
            Spent(from, to, days) => {
                let yuan = |fen: &u32| format!("{}.{:02}", fen / 100, fen % 100);
                format!("spent {}..{} {}", yuan(from), yuan(to), window(days))
            }
            All(of) => group("all", of),
            Any(of) => group("any", of),
            No(of) => group("none", of),
        }
    }

    /// The people as one of chdb's bitmaps: stored ones per tag, tag and day, and day; what needs counting per person
    /// from rows, because a bitmap holds no number.
    pub fn bitmap(&self, today: i32) -> String {
        let stored = |table: &str, which: String| {
            format!("(SELECT groupBitmapMergeState(b) FROM b.{table} WHERE {which})")
        };
        let counted = |table: &str, days: &i32, having: String| {
            let since = today - days + 1;
            format!(
                "(SELECT groupBitmapState(cust) FROM (SELECT cust FROM b.{table} WHERE day >= {since} GROUP BY cust HAVING {having}))"
            )
        };
        match self {
            Tag(tag) => stored("tb", format!("tag = {tag}")),
            Tags(tags) => stored("tb", format!("tag IN ({})", list(tags))),
            Tagged(tag, days) => stored("tdb", format!("tag = {tag} AND day >= {}", today - days + 1)),
            Bought(1, days) => stored("ob", format!("day >= {}", today - days + 1)),
            Clicked(1, days) => stored("cb", format!("day >= {}", today - days + 1)),
            Bought(times, days) => counted("orders", days, format!("count() >= {times}")),
            Clicked(times, days) => counted("clicks", days, format!("count() >= {times}")),
            Spent(from, to, days) => counted("orders", days, format!("sum(fen) BETWEEN {from} AND {to}")),
            All(of) => {
                let (yes, no) = parted(of);
                let yes: Vec<String> = yes.iter().map(|ask| ask.bitmap(today)).collect();
                let first = if yes.is_empty() { EVERYBODY.to_owned() } else { folded("bitmapAnd", yes) };
                no.iter().fold(first, |all, ask| format!("bitmapAndnot({all}, {})", ask.bitmap(today)))
            }
            Any(of) => folded("bitmapOr", of.iter().map(|ask| ask.bitmap(today)).collect()),
            No(of) => {
                let any = folded("bitmapOr", of.iter().map(|ask| ask.bitmap(today)).collect());
                format!("bitmapAndnot({EVERYBODY}, {any})")
            }
        }
    }

    /// How many, without making the last bitmap where there are two.
    pub fn bitmap_count(&self, today: i32) -> String {
        let whole = self.bitmap(today);
        for (made, counted) in [
            ("bitmapAndnot(", "bitmapAndnotCardinality("),
            ("bitmapAnd(", "bitmapAndCardinality("),
            ("bitmapOr(", "bitmapOrCardinality("),
        ] {
            if let Some(rest) = whole.strip_prefix(made) {
                return format!("SELECT {counted}{rest}");
            }
        }
        format!("SELECT bitmapCardinality({whole})")
    }

    /// Statements that select the people's numbers as `cust`, in several forms; which is best, a trial says.
    pub fn rows(&self, today: i32, way: Way) -> String {
        match way {
            Way::Sets => self.sets(today),
            Way::Looked => self.looked(today),
            Way::Arrays => self.arrays(today),
        }
    }

    /// Unions, intersections and differences of selects.
    fn sets(&self, today: i32) -> String {
        let several = |of: &[&Self], word: &str| {
            let parts: Vec<String> = of.iter().map(|ask| format!("({})", ask.sets(today))).collect();
            parts.join(word)
        };
        match self {
            All(of) => {
                let (yes, no) = parted(of);
                let yes = if yes.is_empty() {
                    "SELECT cust FROM person".to_owned()
                } else {
                    several(&yes, " INTERSECT ")
                };
                no.iter().fold(yes, |all, ask| format!("({all}) EXCEPT ({})", ask.sets(today)))
            }
            Any(of) => several(&of.iter().collect::<Vec<_>>(), " UNION "),
            No(of) => {
                let any = several(&of.iter().collect::<Vec<_>>(), " UNION ");
                format!("SELECT cust FROM person EXCEPT ({any})")
            }
            // A person orders twice, and carries two tags of a list.
            Tag(_) => self.leaf(today),
            leaf => leaf.leaf(today).replacen("SELECT cust", "SELECT DISTINCT cust", 1),
        }
    }

    /// Each person looked up in each select; people of the first tag where one is demanded.
    fn looked(&self, today: i32) -> String {
        let of = if let All(of) = self { of.as_slice() } else { std::slice::from_ref(self) };
        let first = of.iter().position(|ask| matches!(ask, Tag(_)));
        let (from, holds) = (
            first.map_or("person".to_owned(), |at| format!("({})", of[at].leaf(today))),
            of.iter().enumerate().filter(|(at, _)| Some(*at) != first),
        );
        let holds: Vec<String> = holds.map(|(_, ask)| ask.holds(today)).collect();
        let holds = if holds.is_empty() { "TRUE".to_owned() } else { holds.join(" AND ") };
        format!("SELECT p.cust FROM {from} p WHERE {holds}")
    }

    /// Tags from each person's array, everything else looked up.
    fn arrays(&self, today: i32) -> String {
        let of = if let All(of) = self { of.as_slice() } else { std::slice::from_ref(self) };
        let (tags, rest): (Vec<&Self>, Vec<&Self>) = of.iter().partition(|ask| ask.tag_query().is_some());
        let query: Vec<String> = tags.iter().filter_map(|ask| ask.tag_query()).collect();
        let mut holds: Vec<String> = rest.iter().map(|ask| ask.holds(today)).collect();
        if !query.is_empty() {
            holds.push(format!("p.tags @@ '{}'::query_int", query.join("&")));
        }
        format!("SELECT p.cust FROM cust_arr p WHERE {}", holds.join(" AND "))
    }

    /// Only tags, as a query of intarray.
    fn tag_query(&self) -> Option<String> {
        let several = |of: &[Self], mark: &str| {
            let parts: Option<Vec<String>> = of.iter().map(Self::tag_query).collect();
            Some(format!("({})", parts?.join(mark)))
        };
        match self {
            Tag(tag) => Some(tag.to_string()),
            Tags(tags) => Some(format!("({})", list(tags).replace(", ", "|"))),
            All(of) => several(of, "&"),
            Any(of) => several(of, "|"),
            No(of) => several(of, "|").map(|any| format!("!{any}")),
            _ => None,
        }
    }

    /// A condition on `p.cust`.
    fn holds(&self, today: i32) -> String {
        let several = |of: &[Self], word: &str| {
            let parts: Vec<String> = of.iter().map(|ask| ask.holds(today)).collect();
            format!("({})", parts.join(word))
        };
        match self {
            All(of) => several(of, " AND "),
            Any(of) => several(of, " OR "),
            No(of) => format!("NOT {}", several(of, " OR ")),
            leaf => format!("p.cust IN ({})", leaf.leaf(today)),
        }
    }

    fn leaf(&self, today: i32) -> String {
        let counted = |table: &str, days: &i32, having: String| {
            let since = today - days + 1;
            format!("SELECT cust FROM {table} WHERE day >= {since} GROUP BY cust HAVING {having}")
        };
        match self {
            Tag(tag) => format!("SELECT cust FROM pairs WHERE tag = {tag}"),
            Tags(tags) => format!("SELECT cust FROM pairs WHERE tag IN ({})", list(tags)),
            Tagged(tag, days) => {
                format!("SELECT cust FROM pairs WHERE tag = {tag} AND day >= {}", today - days + 1)
            }
            Bought(1, days) => format!("SELECT cust FROM orders WHERE day >= {}", today - days + 1),
            Clicked(1, days) => format!("SELECT cust FROM clicks WHERE day >= {}", today - days + 1),
            Bought(times, days) => counted("orders", days, format!("count(*) >= {times}")),
            Clicked(times, days) => counted("clicks", days, format!("count(*) >= {times}")),
            Spent(from, to, days) => counted("orders", days, format!("sum(fen) BETWEEN {from} AND {to}")),
            group => group.sets(today),
        }
    }
}

/// A form of SQL over rows.
#[derive(Clone, Copy, Debug)]
pub enum Way {
    Sets,
    Looked,
    /// Only where people have arrays of tags.
    Arrays,
}

const EVERYBODY: &str = "(SELECT groupBitmapMergeState(b) FROM b.allb)";

/// What must hold, and what must not.
fn parted(of: &[Ask]) -> (Vec<&Ask>, Vec<&Ask>) {
    let (mut yes, mut no) = (Vec::new(), Vec::new());
    for ask in of {
        match ask {
            No(none) => no.extend(none),
            ask => yes.push(ask),
        }
    }
    (yes, no)
}

fn folded(word: &str, mut parts: Vec<String>) -> String {
    let mut all = parts.remove(0);
    for part in parts {
        all = format!("{word}({all}, {part})");
    }
    all
}

fn list(tags: &[u32]) -> String {
    let mut text = String::new();
    for tag in tags {
        let _ = write!(text, "{}{tag}", if text.is_empty() { "" } else { ", " });
    }
    text
}

/// What is to be answered.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Wanted {
    Count,
    /// How many, and the first hundred of them.
    First,
}

/// The suite: tags, amounts, windows, how often, nested to depth 5.
pub fn suite() -> Vec<(&'static str, Ask, Wanted)> {
    use Wanted::{Count, First};
    let lapsing = || All(vec![Tag(4), Bought(1, 30), No(vec![Clicked(1, 7)])]);
    let mixed = || All(vec![Any(vec![Tag(30), Tag(40)]), Tag(10), No(vec![Tag(0)])]);
    vec![
        ("two tags", All(vec![Tag(5), Tag(20)]), Count),
        ("either of two, not a third", All(vec![Tags(&[3, 50]), No(vec![Tag(1)])]), Count),
        ("tag and spent in all", All(vec![Tag(2), Spent(10_000, 50_000, EVER)]), Count),
        ("tag, bought in 30, not clicked in 7", lapsing(), Count),
        ("either, and, not", mixed(), Count),
        ("either, and, not: first 100", mixed(), First),
        ("one tag", Tag(0), Count),
        ("any of eight tags", Tags(&[1, 2, 3, 7, 11, 15, 60, 200]), Count),
        ("three common tags", All(vec![Tag(0), Tag(1), Tag(2)]), Count),
        ("none of four tags", No(vec![Tag(0), Tag(1), Tag(2), Tag(3)]), Count),
        ("two rare tags", All(vec![Tag(900), Tag(950)]), Count),
        ("got a tag in 30 days", Tagged(3, 30), Count),
        ("got a tag in 90, bought nothing in 90", All(vec![Tagged(7, 90), No(vec![Bought(1, 90)])]), Count),
        ("bought twice in 60", Bought(2, 60), Count),
        ("clicked 3 times in 45, not in 7", All(vec![Clicked(3, 45), No(vec![Clicked(1, 7)])]), Count),
        ("bought and clicked in 7", All(vec![Bought(1, 7), Clicked(1, 7)]), Count),
        ("bought ever, not in 180", All(vec![Bought(1, EVER), No(vec![Bought(1, 180)])]), Count),
        ("spent 300 or more in 90", Spent(30_000, 2_000_000_000, 90), Count),
        (
            "spent 50 to 200 in 30, any of three",
            All(vec![Spent(5_000, 20_000, 30), Tags(&[1, 9, 33])]),
            Count,
        ),
        ("clicked 5 times in 90", Clicked(5, 90), Count),
        (
            "eight tags in groups",
            All(vec![Tags(&[1, 2, 3, 7]), Tags(&[9, 11]), No(vec![Tag(60), Tag(70)])]),
            Count,
        ),
        (
            "either way, depth 3",
            Any(vec![
                All(vec![Tag(6), No(vec![Bought(1, 60)])]),
                All(vec![Tag(12), Clicked(1, 30), Tags(&[2, 5])]),
            ]),
            Count,
        ),
        ("tags, depth 5", deep(Tag(8), Tag(14)), Count),
        ("tags and windows, depth 5", deep(Bought(1, 90), Clicked(2, 60)), Count),
        ("tags and windows, depth 5: first 100", deep(Bought(1, 90), Clicked(2, 60)), First),
        ("tag, bought, not clicked: first 100", lapsing(), First),
    ]
}

fn deep(one: Ask, other: Ask) -> Ask {
    All(vec![
        Tags(&[0, 1, 2, 3]),
        Any(vec![
            All(vec![one, No(vec![All(vec![other, Any(vec![Tag(21), Tag(25)])])])]),
            All(vec![Tag(17), No(vec![Tag(4)])]),
        ]),
    ])
}

/// Twenty segments to be laid over each other.
pub fn twenty() -> Vec<Ask> {
    (0..20).map(|n| All(vec![Tag(n), No(vec![Tag(n + 20)])])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_question_is_written_in_every_form() {
        let ask = All(vec![Tags(&[3, 50]), No(vec![Tag(1)])]);
        assert_eq!(ask.text(), "all { tag any of (\"t3\", \"t50\") ; none { tag \"t1\" } }");
        let stored = |which: &str| format!("(SELECT groupBitmapMergeState(b) FROM b.tb WHERE {which})");
        let (any, one) = (stored("tag IN (3, 50)"), stored("tag = 1"));
        assert_eq!(ask.bitmap_count(100), format!("SELECT bitmapAndnotCardinality({any}, {one})"));
        let select = |which: &str| format!("SELECT cust FROM pairs WHERE {which}");
        let (any, one) = (select("tag IN (3, 50)"), select("tag = 1"));
        let distinct = any.replace("SELECT", "SELECT DISTINCT");
        assert_eq!(ask.rows(100, Way::Sets), format!("(({distinct})) EXCEPT ({one})"));
        let looked =
            format!("SELECT p.cust FROM person p WHERE p.cust IN ({any}) AND NOT (p.cust IN ({one}))");
        assert_eq!(ask.rows(100, Way::Looked), looked);
        let arrays = "SELECT p.cust FROM cust_arr p WHERE p.tags @@ '(3|50)&!(1)'::query_int";
        assert_eq!(ask.rows(100, Way::Arrays), arrays);
    }

    #[test]
    fn a_window_ends_today() {
        assert_eq!(Bought(1, 7).leaf(100), "SELECT cust FROM orders WHERE day >= 94");
        assert_eq!(Spent(5_000, 20_050, 30).text(), "spent 50.00..200.50 in 30 days");
        assert!(suite().len() > 20);
    }
}
