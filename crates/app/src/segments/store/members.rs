//! Who is in a segment by the book, who moved, and people by their dense numbers.

use std::collections::HashMap;

use audience::{Day, PeopleSet};

use crate::args;
use crate::kernel::db::{Composed, DbResult, Tx};
use crate::kernel::http::{AppError, AppResult, Paging, Scope};
use crate::privacy::{in_reach, reached};
use crate::segments::model::{Because, MoveCause};
use crate::segments::rows::{MembersRow, MoveRow, SegmentPerson, SegmentRow};

/// Who is in a segment by the book, and by which move.
pub async fn members(tx: &mut Tx<'_>, scope: &Scope, id: &str) -> AppResult<Option<(PeopleSet, MembersRow)>> {
    let row: Option<MembersRow> = tx
        .opt(
            "SELECT members, members_at, moves, filled_version FROM segments_segment
             WHERE tenant_id = $1 AND id = $2 AND status = 'live'",
            args![scope.tenant(), id],
        )
        .await?;
    let Some(row) = row else { return Ok(None) };
    let mut people = match &row.members {
        Some(bytes) => PeopleSet::from_bytes(bytes).map_err(AppError::fault)?,
        None => PeopleSet::new(),
    };
    let moves: Vec<(i64, bool)> = tx
        .all(
            "SELECT person_no, entered FROM segments_move
             WHERE tenant_id = $1 AND segment_id = $2 AND no > $3 AND no <= $4 ORDER BY no",
            args![scope.tenant(), id, row.members_at, row.moves],
        )
        .await?;
    for (no, entered) in moves {
        let no = u32::try_from(no).unwrap_or(u32::MAX);
        if entered {
            people.insert(no)
        } else {
            people.remove(no)
        };
    }
    Ok(Some((people, row)))
}

/// The state a settling starts from; nothing is written when it is another one by now.
#[derive(Clone, Copy, Debug)]
pub struct Starting<'a> {
    pub segment: &'a str,
    pub version: i64,
    pub moves: i64,
}

/// Writes who is in without telling anybody: the first fill of a wording. False when somebody was faster.
pub async fn fill(tx: &mut Tx<'_>, scope: &Scope, from: Starting<'_>, people: &PeopleSet) -> DbResult<bool> {
    let now = tx.now();
    let done = tx
        .exec(
            "UPDATE segments_segment SET members = $5, members_at = moves, filled_version = version, people = $6,
                 settled_at = $7
             WHERE tenant_id = $1 AND id = $2 AND version = $3 AND moves = $4 AND status = 'live'",
            args![
                scope.tenant(),
                from.segment,
                from.version,
                from.moves,
                people.to_bytes(),
                i64::try_from(people.count()).unwrap_or(i64::MAX),
                now
            ],
        )
        .await?;
    Ok(done == 1)
}

/// Somebody enters or leaves.
#[derive(Clone, Copy, Debug)]
pub struct Move<'a> {
    pub person: u32,
    /// None for whoever has no row any more.
    pub id: Option<&'a str>,
    pub entered: bool,
    pub because: Option<&'a Because>,
}

/// Writes who entered and left, and counts them on the tenant's day `today`. False when somebody was faster: then
/// nothing is written.
pub async fn note_moves(
    tx: &mut Tx<'_>,
    scope: &Scope,
    from: Starting<'_>,
    moved: &[Move<'_>],
    (people, today): (u64, i64),
) -> DbResult<bool> {
    let now = tx.now();
    let came = moved.iter().filter(|one| one.entered).count();
    let done = tx
        .exec(
            "UPDATE segments_segment SET moves = moves + $5, filled_version = version, people = $6, settled_at = $7,
                 day = $8, day_after = CASE WHEN day = $8 THEN day_after ELSE moves END,
                 day_came = CASE WHEN day = $8 THEN day_came + $9 ELSE $9 END,
                 day_went = CASE WHEN day = $8 THEN day_went + $10 ELSE $10 END
             WHERE tenant_id = $1 AND id = $2 AND version = $3 AND moves = $4 AND status = 'live'",
            args![
                scope.tenant(),
                from.segment,
                from.version,
                from.moves,
                moved.len(),
                i64::try_from(people).unwrap_or(i64::MAX),
                now,
                today,
                came,
                moved.len() - came
            ],
        )
        .await?;
    if done == 0 {
        return Ok(false);
    }
    let row = |(no, one): (i64, &Move<'_>)| {
        let cause = one.because.map_or(MoveCause::Other, |because| because.cause).word();
        let subject = one.because.map_or("", |because| &because.subject);
        args![scope.tenant(), from.segment, no, one.person, one.entered, cause, subject, now]
    };
    let rows = (from.moves + 1..).zip(moved).map(row).collect();
    tx.insert_many(
        "INSERT INTO segments_move (tenant_id, segment_id, no, person_no, entered, cause, subject_id, at)",
        rows,
        "",
    )
    .await?;
    Ok(true)
}

/// Everything up to this fact is written: what came before explains no later move.
pub async fn note_settled(tx: &mut Tx<'_>, scope: &Scope, seq: i64) -> DbResult<()> {
    tx.exec(
        "UPDATE segments_revision SET settled_seq = $2 WHERE tenant_id = $1 AND settled_seq < $2",
        args![scope.tenant(), seq],
    )
    .await?;
    Ok(())
}

/// How many entered and left these segments on a day, of people within reach, by segment; whoever is absent had no
/// moves. Nothing is read for a caller who sees everybody: her counts stand beside the segment.
pub async fn moved_on(
    tx: &mut Tx<'_>,
    scope: &Scope,
    day: Day,
    rows: &[SegmentRow],
) -> DbResult<HashMap<String, (i64, i64)>> {
    let day = i64::from(day.0);
    let moved = rows.iter().filter(|row| row.day == day);
    if scope.reach_key().is_empty() {
        return Ok(moved.map(|row| (row.id.clone(), (row.day_came, row.day_went))).collect());
    }
    let mut counts: HashMap<String, (i64, i64)> = HashMap::new();
    let found: Vec<(String, bool, i64)> = tx
        .all(
            concat!(
                "SELECT m.segment_id, m.entered, CAST(COUNT(*) AS BIGINT) FROM segments_segment s
             JOIN segments_move m ON m.tenant_id = s.tenant_id AND m.segment_id = s.id AND m.no > s.day_after
             JOIN people_person p ON p.tenant_id = m.tenant_id AND p.person_no = m.person_no
             WHERE s.tenant_id = $1 AND s.day = $3
               AND ",
                reached!("p.id"),
                "
             GROUP BY m.segment_id, m.entered"
            ),
            args![scope.tenant(), scope.reach_key(), day],
        )
        .await?;
    for (segment, entered, n) in found {
        let count = counts.entry(segment).or_default();
        if entered {
            count.0 = n
        } else {
            count.1 = n
        };
    }
    Ok(counts)
}

/// Writes the members down as a set, so that a start need not walk all moves.
pub async fn note_members(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (segment, moves): (&str, i64),
    people: &PeopleSet,
) -> DbResult<()> {
    tx.exec(
        "UPDATE segments_segment SET members = $4, members_at = $3 WHERE tenant_id = $1 AND id = $2 AND moves = $3",
        args![scope.tenant(), segment, moves, people.to_bytes()],
    )
    .await?;
    Ok(())
}

/// Moves of a segment, newest first, of people within reach. The cursor is the number of a move.
pub async fn moves(tx: &mut Tx<'_>, scope: &Scope, id: &str, page: &Paging) -> DbResult<Vec<MoveRow>> {
    let before = page.after.parse().unwrap_or(i64::MAX);
    tx.all(
        concat!("SELECT m.no, p.id AS person_id, p.name, p.avatar, m.person_no, m.entered, m.cause, m.subject_id, m.at
         FROM segments_move m
         JOIN people_person p ON p.tenant_id = m.tenant_id AND p.person_no = m.person_no
         WHERE m.tenant_id = $1 AND m.segment_id = $3 AND m.no < $4
           AND ", in_reach!("p.id"), "
         ORDER BY m.no DESC LIMIT $5"),
        args![scope.tenant(), scope.reach_key(), id, before, page.probe()],
    )
    .await
}

/// Whom the caller may see, as dense numbers; `None` for everybody.
pub async fn reach(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Option<PeopleSet>> {
    if scope.reach_key().is_empty() {
        return Ok(None);
    }
    let rows: Vec<(i64,)> = tx
        .all(
            concat!(
                "SELECT p.person_no FROM people_person p
             WHERE p.tenant_id = $1
               AND ",
                reached!("p.id")
            ),
            args![scope.tenant(), scope.reach_key()],
        )
        .await?;
    Ok(Some(rows.into_iter().filter_map(|(no,)| u32::try_from(no).ok()).collect()))
}

/// People by dense number, in the order of their numbers.
pub async fn people(tx: &mut Tx<'_>, scope: &Scope, numbers: &[u32]) -> DbResult<Vec<SegmentPerson>> {
    let mut rows = Vec::new();
    for portion in numbers.chunks(500) {
        let mut sql = Composed::default();
        sql.push("SELECT id, name, avatar, person_no FROM people_person WHERE tenant_id = ");
        sql.bind(scope.tenant());
        sql.push(" AND person_no IN (");
        sql.bind_all(portion.iter().copied());
        sql.push(") ORDER BY person_no");
        rows.extend(tx.all_composed::<SegmentPerson>(sql).await?);
    }
    Ok(rows)
}

/// Numbers looked at for one page of a search; what lies behind comes with the next page.
const MOST_SEARCHED: usize = 20_000;

/// Those of these people whose name fits a LIKE pattern, up to `most`; and where to go on when not all were looked at.
pub async fn people_named(
    tx: &mut Tx<'_>,
    scope: &Scope,
    numbers: &[u32],
    (pattern, most): (&str, usize),
) -> DbResult<(Vec<SegmentPerson>, Option<u32>)> {
    let mut rows = Vec::new();
    for portion in numbers[..numbers.len().min(MOST_SEARCHED)].chunks(500) {
        let mut sql = Composed::default();
        sql.push("SELECT id, name, avatar, person_no FROM people_person WHERE tenant_id = ");
        sql.bind(scope.tenant());
        sql.push(" AND name_search LIKE ");
        sql.bind(pattern);
        sql.push(" ESCAPE '!' AND person_no IN (");
        sql.bind_all(portion.iter().copied());
        sql.push(") ORDER BY person_no");
        rows.extend(tx.all_composed::<SegmentPerson>(sql).await?);
        if rows.len() >= most {
            rows.truncate(most);
            return Ok((rows, None));
        }
    }
    let more = numbers.len() > MOST_SEARCHED;
    Ok((rows, more.then(|| numbers[MOST_SEARCHED - 1])))
}

/// The channels and stores that live codes have.
pub async fn ways_in(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<(String, String)>> {
    tx.all(
        "SELECT DISTINCT channel, store FROM live_codes_code WHERE tenant_id = $1 ORDER BY channel, store LIMIT 500",
        args![scope.tenant()],
    )
    .await
}

/// The names of events that other systems reported.
pub async fn reported(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all("SELECT name FROM events_definition WHERE tenant_id = $1 ORDER BY name", args![scope.tenant()])
        .await?;
    Ok(rows.into_iter().map(|(name,)| name).collect())
}

/// The dense number of a person.
pub async fn number_of(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<Option<u32>> {
    let row: Option<(i64,)> = tx
        .opt(
            "SELECT person_no FROM people_person WHERE tenant_id = $1 AND id = $2",
            args![scope.tenant(), person],
        )
        .await?;
    Ok(row.and_then(|(no,)| u32::try_from(no).ok()))
}

/// Everybody who ever was in a group, or is in a community's groups.
pub async fn people_of_place(
    tx: &mut Tx<'_>,
    scope: &Scope,
    (group, community): (&str, &str),
) -> DbResult<Vec<String>> {
    let rows: Vec<(String,)> = tx
        .all(
            "SELECT DISTINCT m.person_id FROM groups_membership m
             JOIN groups_group g ON g.tenant_id = m.tenant_id AND g.id = m.group_id
             WHERE m.tenant_id = $1 AND ($2 = '' OR m.group_id = $2) AND ($3 = '' OR g.community_id = $3)",
            args![scope.tenant(), group, community],
        )
        .await?;
    Ok(rows.into_iter().map(|(id,)| id).collect())
}

/// The person of a contact of ours.
pub async fn person_of_contact(tx: &mut Tx<'_>, scope: &Scope, contact: &str) -> DbResult<Option<String>> {
    let row: Option<(String,)> = tx
        .opt(
            "SELECT person_id FROM people_contact WHERE tenant_id = $1 AND id = $2",
            args![scope.tenant(), contact],
        )
        .await?;
    Ok(row.map(|(id,)| id))
}
