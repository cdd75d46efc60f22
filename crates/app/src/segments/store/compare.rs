//! The same question in SQL, over the product's own tables: what the index is checked against. Built from static
//! parts and bound values only; it shares no code with the engine that answers from memory.

mod own;
mod own_fields;

use audience::language::{Act, Answer, Condition, Days, Facet, How, Range, Ref, Window};
use audience::{Day, Expr};

use super::layers;
use super::read::Calendar;
use super::sources::{CREDITS, DayColumn, Subject, source};
use crate::kernel::db::{Composed, Tx};
use crate::kernel::http::{AppResult, Scope};
use crate::privacy::is_counted;
use crate::segments::model::{self, AskedFor, SegmentRefusal};

/// Dense numbers of the people a question holds for, ascending, from the database. Segments must be expanded.
///
/// # Errors
/// Refused when more sealed values would have to be compared than a statement can name people.
pub async fn people(
    tx: &mut Tx<'_>,
    scope: &Scope,
    expr: &Expr,
    (purpose, today, calendar): (AskedFor, Day, &Calendar),
) -> AppResult<Vec<u32>> {
    let own = own_fields::Own::load(tx, scope, expr).await?;
    let mut builder =
        Builder { sql: Composed::default(), tenant: scope.tenant(), today, calendar, own: &own };
    builder.question(&purpose.demands(expr), purpose);
    let rows: Vec<(i64,)> = tx.all_composed(builder.sql).await?;
    Ok(rows.into_iter().filter_map(|(no,)| u32::try_from(no).ok()).collect())
}

/// # Errors
/// When a database would choke on it.
pub fn fits(expr: &Expr) -> Result<(), SegmentRefusal> {
    let leaves = expr.leaves();
    let values: usize = leaves.iter().map(|leaf| leaf.condition.named().len()).sum();
    match leaves.len() <= model::MOST_COMPARED.0 && values <= model::MOST_COMPARED.1 {
        true => Ok(()),
        false => Err(SegmentRefusal::TooLargeToCompare),
    }
}

const NOT_REFUSED_PROMOTION: &str =
    " AND NOT EXISTS (SELECT 1 FROM privacy_consent k WHERE k.tenant_id = p.tenant_id
       AND k.person_id = p.id AND k.purpose = 'promotion' AND k.granted = FALSE)
     AND NOT EXISTS (SELECT 1 FROM privacy_mark k WHERE k.tenant_id = p.tenant_id
       AND k.person_id = p.id AND k.mark IN ('no_promotion', 'restricted', 'minor_suspected'))";
const NOT_REFUSED_PROFILING: &str =
    " AND NOT EXISTS (SELECT 1 FROM privacy_consent k WHERE k.tenant_id = p.tenant_id
       AND k.person_id = p.id AND k.purpose = 'profiling' AND k.granted = FALSE)
     AND NOT EXISTS (SELECT 1 FROM privacy_mark k WHERE k.tenant_id = p.tenant_id
       AND k.person_id = p.id AND k.mark IN ('no_personalisation', 'restricted', 'minor_suspected'))";

struct Builder<'a> {
    sql: Composed,
    tenant: &'a str,
    today: Day,
    calendar: &'a Calendar,
    own: &'a own_fields::Own,
}

impl Builder<'_> {
    fn question(&mut self, expr: &Expr, purpose: AskedFor) {
        self.sql.push(concat!(
            "SELECT p.person_no FROM people_person p WHERE ",
            is_counted!("p.kind"),
            " AND p.tenant_id = "
        ));
        self.sql.bind(self.tenant);
        self.sql.push(concat!(
            " AND NOT EXISTS (SELECT 1 FROM groups_membership k WHERE k.tenant_id = p.tenant_id
                   AND k.person_id = p.id AND NOT (",
            is_counted!("k.kind"),
            "))"
        ));
        match purpose {
            AskedFor::Service => {}
            AskedFor::Audience | AskedFor::Promotion => {
                self.sql.push(NOT_REFUSED_PROMOTION);
                self.sql.push(NOT_REFUSED_PROFILING);
            }
            AskedFor::Profiling => self.sql.push(NOT_REFUSED_PROFILING),
        }
        self.sql.push(" AND ");
        self.line(expr);
        self.sql.push(" ORDER BY p.person_no");
    }

    fn line(&mut self, expr: &Expr) {
        match expr {
            Expr::All(lines) => self.lines(lines, (" AND ", "(1 = 1)")),
            Expr::Any(lines) => self.lines(lines, (" OR ", "(1 = 0)")),
            Expr::None(lines) => {
                self.sql.push("NOT ");
                self.lines(lines, (" OR ", "(1 = 0)"));
            }
            Expr::Is(condition) => self.condition(condition),
        }
    }

    fn lines(&mut self, lines: &[Expr], (between, none): (&'static str, &'static str)) {
        if lines.is_empty() {
            self.sql.push(none);
            return;
        }
        self.sql.push("(");
        for (i, line) in lines.iter().enumerate() {
            if i > 0 {
                self.sql.push(between);
            }
            self.line(line);
        }
        self.sql.push(")");
    }

    fn condition(&mut self, condition: &Condition) {
        if let Some((field, ask)) = own_fields::asked(condition, self.today)
            && let Some(kept) = self.own.field(field)
        {
            return self.own_field((field, kept), &ask);
        }
        match condition {
            Condition::In { facet, how, of } => self.joined(*how, of, |b, ids| b.belongs(*facet, ids)),
            Condition::Tagged { how, of, window } => {
                let days = window.days(self.today);
                self.joined(*how, of, |b, ids| b.tagged(ids, days));
            }
            Condition::Did { act, of, times, window } => {
                let days = window.days(self.today);
                self.did((act, of), *times, days);
            }
            Condition::LastDid { act, of, days_ago } => self.last_did((act, of), *days_ago),
            Condition::Spent { amount, window } => self.spent(*amount, *window),
            Condition::Consent { purpose, answer } => self.consent(purpose, *answer),
            Condition::Text { field, test } => self.text(field, test),
            Condition::Number { field, range } => self.number(field, *range),
            Condition::Date { field, when } => self.dated(field, when.days(self.today)),
            Condition::Age { field, range, unit } => match unit.births(*range, self.today) {
                Some(days) => self.dated(field, days),
                None => self.sql.push("(1 = 0)"),
            },
            Condition::YesNo { field, answer } => self.says(field, *answer),
            Condition::Known { field } => self.known(field),
            Condition::Rfm { recency, frequency, money } => self.scores([*recency, *frequency, *money]),
            // Only own fields have birthdays; a wording that asks the product's for one was refused.
            Condition::Birthday { .. } => self.sql.push("(1 = 0)"),
        }
    }

    /// Any: one list. All: each by itself.
    fn joined(&mut self, how: How, of: &[Ref], mut one: impl FnMut(&mut Self, &[Ref])) {
        match how {
            How::Any => one(self, of),
            How::All => {
                self.sql.push("(");
                for (i, r) in of.iter().enumerate() {
                    if i > 0 {
                        self.sql.push(" AND ");
                    }
                    one(self, std::slice::from_ref(r));
                }
                self.sql.push(")");
            }
        }
    }

    fn belongs(&mut self, facet: Facet, of: &[Ref]) {
        let (head, column) = match facet {
            Facet::Tag => ("SELECT x.person_id FROM tags_person_tag x WHERE ", "x.tag_id"),
            Facet::Group => {
                ("SELECT x.person_id FROM groups_membership x WHERE x.left_at IS NULL AND ", "x.group_id")
            }
            Facet::Community => (
                "SELECT x.person_id FROM groups_membership x JOIN groups_group g ON g.tenant_id = x.tenant_id
                   AND g.id = x.group_id JOIN communities_community c ON c.tenant_id = g.tenant_id
                   AND c.id = g.community_id WHERE x.left_at IS NULL AND ",
                "c.id",
            ),
            Facet::Code => (CREDITS, "c.id"),
            Facet::Channel => (CREDITS, "c.channel"),
            Facet::Store => (CREDITS, "c.store"),
            Facet::Account => {
                ("SELECT x.person_id FROM people_contact x WHERE x.is_staff = FALSE AND ", "x.account_id")
            }
            Facet::Staff => (
                "SELECT c.person_id FROM people_follow x JOIN people_contact c ON c.tenant_id = x.tenant_id
                   AND c.id = x.contact_id WHERE x.deleted_at IS NULL AND ",
                "x.staff_id",
            ),
            Facet::CommunityKind => return self.community_kind(of),
            Facet::MemberKind => return self.member_kind(of),
            Facet::List => ("SELECT x.person_id FROM imports_list_person x WHERE ", "x.list_id"),
            Facet::FanLevel | Facet::ValueLadder | Facet::Stage | Facet::RfmClass => {
                match layers::LAYERS.iter().find(|layer| layer.facet == facet) {
                    Some(layer) => (layer.head, layer.column),
                    None => return self.sql.push("(1 = 0)"),
                }
            }
            Facet::Segment => return self.sql.push("(1 = 0)"),
        };
        self.sql.push("p.id IN (");
        self.sql.push(head);
        self.sql.push("x.tenant_id = ");
        self.sql.bind(self.tenant);
        self.within(column, of);
        self.sql.push(")");
    }

    fn within(&mut self, column: &'static str, of: &[Ref]) {
        self.sql.push(" AND ");
        self.sql.push(column);
        self.sql.push(" IN (");
        self.sql.bind_all(of.iter().map(|r| &r.id));
        self.sql.push(")");
    }

    /// Kinds and tiers of communities are asked by the same word.
    fn community_kind(&mut self, of: &[Ref]) {
        self.sql.push("(");
        for (i, column) in ["c.kind", "c.tier"].into_iter().enumerate() {
            self.sql.push(if i == 0 { "p.id IN (" } else { " OR p.id IN (" });
            self.sql.push(
                "SELECT x.person_id FROM groups_membership x JOIN groups_group g ON g.tenant_id = x.tenant_id
                   AND g.id = x.group_id JOIN communities_community c ON c.tenant_id = g.tenant_id
                   AND c.id = g.community_id WHERE x.left_at IS NULL AND x.tenant_id = ",
            );
            self.sql.bind(self.tenant);
            self.within(column, of);
            self.sql.push(")");
        }
        self.sql.push(")");
    }

    /// Of those who count there are customers and opinion leaders only; all other kinds are nobody here.
    fn member_kind(&mut self, of: &[Ref]) {
        self.sql.push("(p.kind IN (");
        self.sql.bind_all(of.iter().map(|r| &r.id));
        self.sql.push(") OR p.id IN (SELECT x.person_id FROM groups_membership x WHERE x.tenant_id = ");
        self.sql.bind(self.tenant);
        self.within("x.kind", of);
        self.sql.push("))");
    }

    fn tagged(&mut self, of: &[Ref], days: Days) {
        self.sql.push("p.id IN (SELECT x.person_id FROM tags_person_tag x WHERE x.tenant_id = ");
        self.sql.bind(self.tenant);
        self.within("x.tag_id", of);
        self.between(&DayColumn::Instant("x.applied_at"), days);
        self.sql.push(")");
    }

    fn between(&mut self, column: &DayColumn, (from, to): Days) {
        match column {
            DayColumn::Written(name) => {
                for (op, day) in [(" >= ", from), (" <= ", to)] {
                    let Some(day) = day else { continue };
                    self.sql.push(" AND ");
                    self.sql.push(name);
                    self.sql.push(op);
                    self.sql.bind(model::base_day(day));
                }
            }
            DayColumn::Instant(name) => {
                for (op, day) in [(" >= ", from), (" < ", to.map(|day| day.plus(1)))] {
                    let Some(day) = day else { continue };
                    self.sql.push(" AND ");
                    self.sql.push(name);
                    self.sql.push(op);
                    self.sql.bind(self.calendar.start(day));
                }
            }
        }
    }

    fn did(&mut self, act: (&Act, &[Ref]), times: Range, days: Days) {
        let (min, max) = (times.min.unwrap_or(0), times.max);
        if max.is_some_and(|max| max < 0) {
            return self.sql.push("(1 = 0)");
        }
        self.sql.push("(");
        match min {
            ..=0 => self.sql.push("(1 = 1)"),
            min => self.at_least(act, min, days),
        }
        if let Some(max) = max {
            self.sql.push(" AND NOT ");
            self.at_least(act, max.saturating_add(1), days);
        }
        self.sql.push(")");
    }

    /// Those who did it so many times; with several subjects, all together.
    fn at_least(&mut self, (act, of): (&Act, &[Ref]), times: i64, days: Days) {
        let source = source(act);
        let mut subjects: Vec<Option<&str>> = of.iter().map(|r| Some(r.id.as_str())).collect();
        subjects.sort_unstable();
        subjects.dedup();
        if subjects.is_empty() {
            subjects.push(None);
        }
        self.sql.push("(p.id IN (SELECT d.person FROM (");
        for (i, subject) in subjects.into_iter().enumerate() {
            if i > 0 {
                self.sql.push(" UNION ALL ");
            }
            self.sql.push(source.head);
            self.sql.push(source.place);
            self.sql.bind(self.tenant);
            if let Some(name) = source.name {
                self.sql.push(" AND x.name = ");
                self.sql.bind(name);
            }
            if let Some(subject) = subject {
                self.on(&source.subject, subject);
            }
            self.between(&source.day, days);
        }
        self.sql.push(") d GROUP BY d.person HAVING COUNT(*) >= ");
        self.sql.bind(times);
        self.sql.push("))");
    }

    fn on(&mut self, columns: &Subject, subject: &str) {
        match columns {
            Subject::None => self.sql.push(" AND (1 = 0)"),
            Subject::One(column) => {
                self.sql.push(" AND ");
                self.sql.push(column);
                self.sql.push(" = ");
                self.sql.bind(subject);
            }
            Subject::AnyOf(columns) => self.any_of(columns, subject),
            Subject::Inside(rows, columns) => {
                self.sql.push(" AND EXISTS (");
                self.sql.push(rows);
                self.any_of(columns, subject);
                self.sql.push(")");
            }
        }
    }

    fn any_of(&mut self, columns: &[&'static str], subject: &str) {
        for (i, column) in columns.iter().enumerate() {
            self.sql.push(if i == 0 { " AND (" } else { " OR " });
            self.sql.push(column);
            self.sql.push(" = ");
            self.sql.bind(subject);
        }
        self.sql.push(")");
    }

    /// Did it on one of the days, and not since.
    fn last_did(&mut self, act: (&Act, &[Ref]), ago: Range) {
        let nearest = ago.min.unwrap_or(0).max(0);
        if ago.max.is_some_and(|max| max < nearest) {
            return self.sql.push("(1 = 0)");
        }
        let day = |days: i64| self.today.plus(-days.min(10_000_000));
        let (from, to, today) = (ago.max.map(day), day(nearest), self.today);
        let since = (nearest > 0).then(|| day(nearest - 1));
        self.sql.push("(");
        self.at_least(act, 1, (from, Some(to)));
        if let Some(since) = since {
            self.sql.push(" AND NOT ");
            self.at_least(act, 1, (Some(since), Some(today)));
        }
        self.sql.push(")");
    }

    /// Whoever paid nothing has spent 0.
    fn spent(&mut self, amount: Range, window: Window) {
        let days = window.days(self.today);
        self.sql.push(
            "COALESCE((SELECT SUM(x.paid_fen - x.refunded_fen) FROM orders_order x WHERE x.tenant_id = ",
        );
        self.sql.bind(self.tenant);
        self.sql.push(" AND x.person_id = p.id");
        self.between(&DayColumn::Written("x.day"), days);
        self.sql.push("), 0) BETWEEN ");
        self.sql.bind(amount.min.unwrap_or(i64::MIN / 2));
        self.sql.push(" AND ");
        self.sql.bind(amount.max.unwrap_or(i64::MAX / 2));
    }

    fn consent(&mut self, purpose: &Ref, answer: Answer) {
        self.sql.push(match answer {
            Answer::Unasked => "p.id NOT IN (",
            Answer::Granted | Answer::Withdrawn => "p.id IN (",
        });
        self.sql.push("SELECT x.person_id FROM privacy_consent x WHERE x.tenant_id = ");
        self.sql.bind(self.tenant);
        self.sql.push(" AND x.purpose = ");
        self.sql.bind(&purpose.id);
        match answer {
            Answer::Unasked => {}
            Answer::Granted => self.sql.push(" AND x.granted = TRUE"),
            Answer::Withdrawn => self.sql.push(" AND x.granted = FALSE"),
        }
        self.sql.push(")");
    }
}
