//! Names filed by their parts, so that one name among a million is found without reading all.
//!
//! New persons cost nothing: numbers of persons are given in the order of commits (whoever takes one holds the counter
//! until she commits), so whoever is above the last filed number isn't filed yet. A name that changes is noted. Both
//! are looked at by every search until [`super::super::jobs::FileNames`] has filed them. What is filed only says who has
//! to be looked at: a name that was borne once, or two runs of one number, make a look too many and no wrong answer.

use std::collections::BTreeMap;

use roaring::RoaringBitmap;

use super::super::jobs::FileNames;
use crate::args;
use crate::kernel::db::{Arg, DbError, DbResult, Tx};
use crate::kernel::http::{AppResult, Scope};
use crate::kernel::search;

/// Persons not filed yet whom a search looks at one by one.
const MOST_LOOSE: usize = 1_000;
/// Parts that a search asks for.
const MOST_ASKED: usize = 12;
/// Names read at once.
const NAMES: usize = 5_000;
/// Parts written in one transaction.
const WRITTEN: u16 = 1_024;

/// Notes that the name or the search key of the person `$2` of the tenant `$1` changed.
pub const NOTE_RENAMED: &str = "INSERT INTO people_name_stale (tenant_id, person_no, times)
     SELECT tenant_id, person_no, 1 FROM people_person WHERE tenant_id = $1 AND id = $2
     ON CONFLICT (tenant_id, person_no) DO UPDATE SET times = people_name_stale.times + 1";

/// Notes that the name of a person changed.
pub async fn note_renamed(tx: &mut Tx<'_>, scope: &Scope, person: &str) -> DbResult<()> {
    tx.exec(NOTE_RENAMED, args![scope.tenant(), person]).await?;
    Ok(())
}

/// Takes persons who are being erased out of what is filed, soon.
pub async fn forget_names(tx: &mut Tx<'_>, scope: &Scope, persons: &[String]) -> AppResult<()> {
    for person in persons {
        note_renamed(tx, scope, person).await?;
    }
    tx.enqueue(scope.tenant(), &FileNames {}).await
}

/// Who has to be looked at for a pattern.
pub struct Candidates {
    parts: Vec<u16>,
    /// The last filed number.
    up_to: i64,
    /// Numbers that aren't filed as they are now.
    loose: Vec<i64>,
}

/// Whom to look at for a pattern; `None` when every name has to be read.
pub async fn candidates(tx: &mut Tx<'_>, scope: &Scope, pattern: &str) -> DbResult<Option<Candidates>> {
    let asked = search::parts_asked(pattern);
    if asked.is_empty() {
        return Ok(None);
    }
    // In this order: whoever is filed in between is found among the parts.
    let Some(up_to) = filed_up_to(tx, scope).await? else { return Ok(None) };
    let loose: Vec<(i64,)> = tx
        .all(
            "SELECT n.person_no FROM (SELECT p.person_no FROM people_person p
                 WHERE p.tenant_id = $1 AND p.person_no > $2 ORDER BY p.person_no LIMIT $3) n
             UNION SELECT s.person_no FROM (SELECT o.person_no FROM people_name_stale o
                 WHERE o.tenant_id = $1 LIMIT $3) s",
            args![scope.tenant(), up_to, MOST_LOOSE + 1],
        )
        .await?;
    if loose.len() > MOST_LOOSE {
        return Ok(None);
    }
    let loose = loose.into_iter().map(|(no,)| no).collect();
    Ok(Some(Candidates { parts: asked.into_iter().collect(), up_to, loose }))
}

impl Candidates {
    /// The numbers above `after`, ascending, and after which the others follow: of everybody, or only of the block in
    /// which they begin, where a common name fills its page.
    pub async fn above(
        &self,
        tx: &mut Tx<'_>,
        scope: &Scope,
        (after, to_the_end): (i64, bool),
    ) -> DbResult<(Vec<i64>, Option<i64>)> {
        let ((from, _), (last, _)) = (place(after.saturating_add(1)), place(self.up_to));
        let (to, end) =
            if to_the_end || from >= last { (last, None) } else { (from, Some((from << 16) | 0xffff)) };
        let filed = with_all(tx, scope, &self.parts, (from, to)).await?;
        let filed =
            filed.iter().flat_map(|(block, low)| low.iter().map(move |low| block << 16 | i64::from(low)));
        let mut numbers: Vec<i64> = filed
            .chain(self.loose.iter().copied())
            .filter(|no| *no > after && end.is_none_or(|end| *no <= end))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        Ok((numbers, end))
    }
}

async fn filed_up_to(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Option<i64>> {
    let row: Option<(i64,)> =
        tx.opt("SELECT up_to FROM people_name_filed WHERE tenant_id = $1", args![scope.tenant()]).await?;
    Ok(row.map(|(up_to,)| up_to))
}

/// Who is filed under every one of these parts, by block, in blocks from one to another; of many parts some.
async fn with_all(
    tx: &mut Tx<'_>,
    scope: &Scope,
    parts: &[u16],
    (from, to): (i64, i64),
) -> DbResult<BTreeMap<i64, RoaringBitmap>> {
    let mut asked: Vec<u16> = parts.iter().step_by(parts.len().div_ceil(MOST_ASKED)).copied().collect();
    let many = asked.len();
    // One text for any number of parts: the last is asked for again.
    asked.resize(MOST_ASKED, asked.last().copied().unwrap_or_default());
    let mut args = args![scope.tenant(), from, to];
    args.extend(asked.into_iter().map(|part| Arg::from(i64::from(part))));
    let rows: Vec<(i64, Vec<u8>)> = tx
        .all(
            "SELECT block, persons FROM people_name_part WHERE tenant_id = $1
               AND part IN ($4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15) AND block >= $2 AND block <= $3",
            args,
        )
        .await?;
    let mut found: BTreeMap<i64, (usize, RoaringBitmap)> = BTreeMap::new();
    for (block, bytes) in rows {
        let persons = opened(&bytes)?;
        match found.get_mut(&block) {
            Some((times, among)) => {
                *times += 1;
                *among &= persons;
            }
            None => {
                found.insert(block, (1, persons));
            }
        }
    }
    Ok(found
        .into_iter()
        .filter(|(_, (times, _))| *times == many)
        .map(|(block, (_, among))| (block, among))
        .collect())
}

fn opened(bytes: &[u8]) -> DbResult<RoaringBitmap> {
    RoaringBitmap::deserialize_from(bytes).map_err(|e| DbError::Unfit(format!("a filed set of persons: {e}")))
}

/// What one round files: the names of one block that are new, and some that changed.
#[derive(Debug, Default)]
pub struct Round {
    up_to: i64,
    stale: Vec<(i64, i64)>,
    blocks: BTreeMap<i64, Block>,
    /// Whether another round is needed.
    pub more: bool,
}

#[derive(Debug, Default)]
struct Block {
    come: BTreeMap<u16, RoaringBitmap>,
    /// Who was erased.
    gone: RoaringBitmap,
}

/// A number of a person as block and place in it.
fn place(person_no: i64) -> (i64, u32) {
    (person_no >> 16, u32::try_from(person_no & 0xffff).unwrap_or_default())
}

impl Round {
    /// Reads what has to be filed; `None` when nothing has.
    pub async fn read(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<Option<Self>> {
        let up_to = filed_up_to(tx, scope).await?.unwrap_or_default();
        let mut round = Self { up_to, ..Self::default() };
        round.read_stale(tx, scope).await?;
        round.read_new(tx, scope).await?;
        Ok(Some(round).filter(|round| round.up_to > up_to || !round.stale.is_empty()))
    }

    async fn read_stale(&mut self, tx: &mut Tx<'_>, scope: &Scope) -> DbResult<()> {
        let rows: Vec<(i64, i64, String, String)> = tx
            .all(
                "SELECT s.person_no, s.times, p.name_search, p.kind FROM people_name_stale s
                 JOIN people_person p ON p.tenant_id = s.tenant_id AND p.person_no = s.person_no
                 WHERE s.tenant_id = $1 AND s.person_no <= $2 ORDER BY s.person_no LIMIT $3",
                args![scope.tenant(), self.up_to, NAMES],
            )
            .await?;
        self.more = rows.len() == NAMES;
        for (person_no, times, key, kind) in rows {
            self.stale.push((person_no, times));
            if kind == "erased" {
                let (block, low) = place(person_no);
                self.blocks.entry(block).or_default().gone.insert(low);
            } else {
                self.file(person_no, &key);
            }
        }
        Ok(())
    }

    async fn read_new(&mut self, tx: &mut Tx<'_>, scope: &Scope) -> DbResult<()> {
        let mut last = i64::MAX;
        loop {
            let rows: Vec<(i64, String)> = tx
                .all(
                    "SELECT person_no, name_search FROM people_person
                     WHERE tenant_id = $1 AND person_no > $2 AND person_no <= $3 ORDER BY person_no LIMIT $4",
                    args![scope.tenant(), self.up_to, last, NAMES],
                )
                .await?;
            for (person_no, key) in &rows {
                if last == i64::MAX {
                    last = person_no | 0xffff;
                }
                if *person_no > last {
                    self.more = true;
                    return Ok(());
                }
                self.up_to = *person_no;
                self.file(*person_no, key);
            }
            if rows.len() < NAMES {
                self.more |= self.up_to == last;
                return Ok(());
            }
        }
    }

    fn file(&mut self, person_no: i64, key: &str) {
        let (block, low) = place(person_no);
        let come = &mut self.blocks.entry(block).or_default().come;
        for part in search::parts(key) {
            come.entry(part).or_default().insert(low);
        }
    }

    /// The blocks that have to be written, and from which part on, one transaction each.
    pub fn portions(&self) -> Vec<(i64, u16)> {
        let firsts = || (0..search::PARTS).step_by(usize::from(WRITTEN));
        let needed = |block: &Block, first: u16| {
            !block.gone.is_empty() || block.come.range(first..first + WRITTEN).next().is_some()
        };
        let of = |(no, block): (&i64, &Block)| {
            firsts().filter(|first| needed(block, *first)).map(|first| (*no, first)).collect::<Vec<_>>()
        };
        self.blocks.iter().flat_map(of).collect()
    }

    /// Writes one of [`Self::portions`].
    pub async fn write(&self, tx: &mut Tx<'_>, scope: &Scope, (block, first): (i64, u16)) -> DbResult<()> {
        let Some(of) = self.blocks.get(&block) else { return Ok(()) };
        take_turn(tx, scope).await?;
        let rows: Vec<(i64, Vec<u8>)> = tx
            .all(
                "SELECT part, persons FROM people_name_part
                 WHERE tenant_id = $1 AND part >= $2 AND part < $3 AND block = $4",
                args![scope.tenant(), i64::from(first), i64::from(first + WRITTEN), block],
            )
            .await?;
        let mut held: BTreeMap<i64, RoaringBitmap> = BTreeMap::new();
        for (part, bytes) in rows {
            held.insert(part, opened(&bytes)?);
        }
        let mut changed = BTreeMap::new();
        for (part, come) in of.come.range(first..first + WRITTEN) {
            let persons = held.remove(&i64::from(*part)).unwrap_or_default() | come;
            changed.insert(i64::from(*part), persons - &of.gone);
        }
        changed.extend(
            held.into_iter()
                .filter(|(_, persons)| !persons.is_disjoint(&of.gone))
                .map(|(part, persons)| (part, persons - &of.gone)),
        );
        let rows = changed.into_iter().map(|(part, persons)| {
            let mut bytes = Vec::with_capacity(persons.serialized_size());
            persons.serialize_into(&mut bytes).map_err(|e| DbError::Unfit(e.to_string()))?;
            Ok(args![scope.tenant(), part, block, bytes])
        });
        tx.insert_many(
            "INSERT INTO people_name_part (tenant_id, part, block, persons)",
            rows.collect::<DbResult<_>>()?,
            "ON CONFLICT (tenant_id, part, block) DO UPDATE SET persons = excluded.persons",
        )
        .await?;
        Ok(())
    }

    /// Notes that everything of this round is written. Whose name changed meanwhile stays noted.
    pub async fn note(&self, tx: &mut Tx<'_>, scope: &Scope) -> DbResult<()> {
        take_turn(tx, scope).await?;
        tx.exec(
            "UPDATE people_name_filed SET up_to = $2 WHERE tenant_id = $1 AND up_to < $2",
            args![scope.tenant(), self.up_to],
        )
        .await?;
        for (person_no, times) in &self.stale {
            tx.exec(
                "DELETE FROM people_name_stale WHERE tenant_id = $1 AND person_no = $2 AND times = $3",
                args![scope.tenant(), *person_no, *times],
            )
            .await?;
        }
        Ok(())
    }
}

/// Sets are read and written anew: two who file at once would lose each other's persons.
async fn take_turn(tx: &mut Tx<'_>, scope: &Scope) -> DbResult<()> {
    tx.exec(
        "INSERT INTO people_name_filed (tenant_id, up_to) VALUES ($1, 0)
         ON CONFLICT (tenant_id) DO UPDATE SET up_to = people_name_filed.up_to",
        args![scope.tenant()],
    )
    .await?;
    Ok(())
}
