//! Finding by name among many: whatever is filed, new or renamed, the answer is that of reading every name.

use base::Rng;

use crate::kernel::db::Tx;
use crate::kernel::http::Paging;
use crate::kernel::search;
use crate::people::Filter;
use crate::people::jobs::FileNames;
use crate::people::store::{self, names};
use crate::testkit::World;
use crate::{args, both_dbs};

/// Characters of one reading and of several, letters great and small, digits, signs, wildcards.
const LETTERS: &str = "王李张重乐行长绿单朝曾女aAbnNgzZéÜ0129_%!'. 安福利\u{1f33f}";

fn name(rng: &mut Rng) -> String {
    let letters: Vec<char> = LETTERS.chars().collect();
    (0..=rng.below(7)).filter_map(|_| rng.pick(&letters).copied()).collect()
}

/// Some of a key, or of a name and of a key one behind the other, or anything.
fn typed(rng: &mut Rng, name: &str) -> String {
    let mut piece = |of: &str| {
        let chars: Vec<char> = of.chars().collect();
        let most = u64::try_from(chars.len()).expect("short");
        let at = usize::try_from(rng.below(most.max(1))).expect("short");
        let many = usize::try_from(1 + rng.below(5)).expect("short");
        chars.iter().skip(at).take(many).collect::<String>()
    };
    let (written, key) = (piece(name), piece(&search::key(name)));
    match rng.below(4) {
        0 => written,
        1 => key,
        2 => written + &key,
        _ => self::name(rng),
    }
}

async fn write(tx: &mut Tx<'_>, tenant: &str, (no, name): (i64, &str)) {
    let kinds = ["customer", "staff", "merged", "customer", "test", "customer", "customer"];
    let kind = kinds[usize::try_from(no % 7).expect("small")];
    // The order of the list is not that of the numbers.
    let id = format!("psn_{:05}", no * 7_919 % 99_991);
    let row = vec![args![tenant, id, no, name, search::key(name), kind, 0i64]];
    let head = "INSERT INTO people_person (tenant_id, id, person_no, name, name_search, kind, first_seen_at)";
    tx.insert_many(head, row, "").await.expect("a person");
}

async fn rename(tx: &mut Tx<'_>, world: &World, (no, name): (i64, &str)) {
    let (id,): (String,) = tx
        .one(
            "SELECT id FROM people_person WHERE tenant_id = $1 AND person_no = $2",
            args![world.scope.tenant(), no],
        )
        .await
        .expect("a person");
    tx.exec(
        "UPDATE people_person SET name = $3, name_search = $4 WHERE tenant_id = $1 AND id = $2",
        args![world.scope.tenant(), &id, name, search::key(name)],
    )
    .await
    .expect("renamed");
    names::note_renamed(tx, &world.scope, &id).await.expect("noted");
}

async fn file(world: &World) {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    tx.enqueue(world.scope.tenant(), &FileNames {}).await.expect("enqueued");
    tx.commit().await.expect("committed");
    world.drain().await;
}

/// Pages of three, as many as there are.
async fn pages(tx: &mut Tx<'_>, world: &World, filter: &Filter) -> Vec<String> {
    let mut ids: Vec<String> = Vec::new();
    loop {
        let page = Paging { after: ids.last().cloned().unwrap_or_default(), limit: 3 };
        let rows = store::list(tx, &world.scope, &page, filter).await.expect("a page");
        let more = rows.len() > page.limit;
        ids.extend(rows.into_iter().take(page.limit).map(|row| row.id));
        if !more {
            return ids;
        }
    }
}

/// Asks for many names; answers how often not every name had to be read.
async fn agree(world: &World, rng: &mut Rng, known: &[String]) -> usize {
    let mut tx = world.ctx.read().await.expect("a session");
    let mut narrowed = 0;
    for _ in 0..120 {
        let of = usize::try_from(rng.below(known.len() as u64)).expect("small");
        let typed = typed(rng, &known[of]);
        let filter = Filter::named(search::pattern(&typed));
        let plain: Vec<(String,)> = tx
            .all(
                "SELECT id FROM people_person WHERE tenant_id = $1 AND kind NOT IN ('staff', 'erased', 'merged')
                   AND name_search LIKE $2 ESCAPE '!' ORDER BY person_no",
                args![world.scope.tenant(), &filter.pattern],
            )
            .await
            .expect("everybody");
        let plain: Vec<String> = plain.into_iter().map(|(id,)| id).collect();
        assert_eq!(pages(&mut tx, world, &filter).await, plain, "{typed:?}");
        let candidates = names::candidates(&mut tx, &world.scope, &filter.pattern).await.expect("candidates");
        if let Some(candidates) = candidates {
            let all = candidates.above(&mut tx, &world.scope, (0, true)).await.expect("numbers");
            assert_eq!(all.1, None, "everybody");
            narrowed += usize::from(all.0.len() < 60);
        }
    }
    narrowed
}

both_dbs! {
    async fn whoever_is_found_by_reading_every_name_is_found_among_the_filed(world: World) {
        let (tenant, mut rng) = (world.scope.tenant().to_owned(), Rng::seeded(83));
        let mut known: Vec<String> = (0..240).map(|_| name(&mut rng)).collect();
        let mut tx = world.ctx.begin().await.expect("a transaction");
        // Around the end of a block.
        for (name, no) in known.iter().zip(65_400..).take(200) {
            write(&mut tx, &tenant, (no, name)).await;
        }
        tx.commit().await.expect("committed");
        assert_eq!(agree(&world, &mut rng, &known).await, 0, "nothing is filed yet");
        file(&world).await;
        assert!(agree(&world, &mut rng, &known).await > 60);
        // Some are new, some renamed; then one of them again, between the reading and the writing of a round.
        let mut tx = world.ctx.begin().await.expect("a transaction");
        for (name, no) in known.iter().zip(65_400..).skip(200) {
            write(&mut tx, &tenant, (no, name)).await;
        }
        for no in [65_401, 65_500, 65_536, 65_599] {
            let new = name(&mut rng);
            rename(&mut tx, &world, (no, &new)).await;
            known.push(new);
        }
        tx.commit().await.expect("committed");
        assert!(agree(&world, &mut rng, &known).await > 40);
        let mut tx = world.ctx.read().await.expect("a session");
        let round = store::Round::read(&mut tx, &world.scope).await.expect("a round").expect("something to file");
        drop(tx);
        let mut tx = world.ctx.begin().await.expect("a transaction");
        rename(&mut tx, &world, (65_500, "朝朝暮暮")).await;
        tx.commit().await.expect("committed");
        known.push("朝朝暮暮".to_owned());
        let mut tx = world.ctx.begin().await.expect("a transaction");
        for portion in round.portions() {
            round.write(&mut tx, &world.scope, portion).await.expect("written");
        }
        round.note(&mut tx, &world.scope).await.expect("noted");
        tx.commit().await.expect("committed");
        assert!(agree(&world, &mut rng, &known).await > 60);
        file(&world).await;
        assert!(agree(&world, &mut rng, &known).await > 60);
        let mut tx = world.ctx.read().await.expect("a session");
        let left = tx.number("SELECT CAST(COUNT(*) AS BIGINT) FROM people_name_stale WHERE tenant_id = $1", args![&tenant]);
        assert_eq!(left.await.expect("a number"), 0);
    }

    async fn whoever_bears_a_common_name_and_passes_a_rare_filter_is_found_behind_thousands(world: World) {
        let tenant = world.scope.tenant().to_owned();
        let mut tx = world.ctx.begin().await.expect("a transaction");
        let id = |no: i64| format!("psn_{no:05}");
        let head = "INSERT INTO people_person (tenant_id, id, person_no, name, name_search, kind, first_seen_at)";
        let person = |no| args![&tenant, id(no), no, "王伟", search::key("王伟"), "customer", 0i64];
        tx.insert_many(head, (64_000..67_000).map(person).collect(), "").await.expect("people");
        let head = "INSERT INTO tags_person_tag (tenant_id, person_id, tag_id, source, applied_at)";
        let marked = [64_010, 65_999, 66_990];
        let tagged = marked.map(|no| args![&tenant, id(no), "tag_rare", "test", 0i64]).to_vec();
        tx.insert_many(head, tagged, "").await.expect("tags");
        tx.commit().await.expect("committed");
        file(&world).await;
        let filter = Filter { tag: "tag_rare".to_owned(), ..Filter::named(search::pattern("wangwei")) };
        let mut tx = world.ctx.read().await.expect("a session");
        assert_eq!(pages(&mut tx, &world, &filter).await, marked.map(id));
        let all = Filter::named(search::pattern("王伟"));
        let page = Paging { after: id(65_530), limit: 10 };
        let rows = store::list(&mut tx, &world.scope, &page, &all).await.expect("a page");
        let numbers: Vec<i64> = rows.iter().map(|row| row.person_no).collect();
        assert_eq!(numbers, (65_531..=65_541).collect::<Vec<i64>>());
        let nowhere = Paging { after: "psn_nobody".to_owned(), limit: 10 };
        let refused = store::list(&mut tx, &world.scope, &nowhere, &all).await.expect_err("no such person");
        assert_eq!(refused.code(), Some("http.invalid_field"));
    }
}
