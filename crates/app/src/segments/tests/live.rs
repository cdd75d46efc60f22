//! What moves people: facts of every kind, marks, erasure; what is told to other systems; what bounds a question.

use base::time::{DAY, MINUTE, SECOND};
use serde_json::{Value, json};

use super::{another_process, answer, ask, buy, counted, keep, people_in, person, told};
use crate::privacy::{self, Purpose};
use crate::reactions::{self, Fact};
use crate::testkit::World;
use crate::{args, both_dbs};

async fn event(world: &World, person: &str, name: &str, (key, properties): (&str, Value)) {
    let now = world.ctx.now().0;
    let event =
        json!({ "person": { "id": person }, "name": name, "at": now, "key": key, "properties": properties });
    let report = world.post("/api/v1/events", &json!({ "events": [event] })).await.ok();
    assert_eq!(report["taken"], 1, "{report}");
}

async fn mark(world: &World, person: &str, mark: &str, on: bool) {
    let mut tx = world.ctx.begin().await.expect("a transaction");
    let mark = privacy::Mark::parse(mark).expect("a mark");
    let marking = privacy::Marking {
        person,
        mark,
        on,
        channel: privacy::Channel::Staff,
        recorded_by: "admin",
        reason: "she said so",
    };
    privacy::set_mark(&mut tx, &world.scope, &marking).await.expect("a mark");
    tx.commit().await.expect("a commit");
}

/// Whether memory and the database agree about a wording, for every purpose.
async fn agreed(world: &World, text: &str) {
    for purpose in ["audience", "service", "promotion", "profiling"] {
        let said =
            world.post("/api/v1/segments/check", &json!({ "text": text, "purpose": purpose })).await.ok();
        assert_eq!(said["equal"], true, "{purpose}: {text}: {said}");
    }
}

both_dbs! {
    async fn what_other_systems_report_moves_people(world: World) {
        let (mei, lan) = (person(&world, "mei").await, person(&world, "lan").await);
        let early = world.post("/api/v1/segments/ask", &json!({ "text": "event \"visit\" in 7 days" })).await;
        assert_eq!(early.refusal(), "segments.unknown", "nobody reported such an event yet");
        event(&world, &mei, "visit", ("a", json!({ "till": 3 }))).await;
        let visitors = keep(&world, "visitors", "event \"visit\" >= 2 in 7 days").await;
        world.settle().await;
        event(&world, &mei, "visit", ("b", json!({}))).await;
        event(&world, &lan, "visit", ("c", json!({}))).await;
        assert_eq!(people_in(&world, &visitors).await, 1, "before any job ran");
        world.settle().await;
        assert_eq!(told(&world, &visitors).await, [(true, mei.clone())]);
        agreed(&world, "event \"visit\" >= 2 in 7 days").await;
        let words = world.get("/api/v1/segments/vocabulary").await.ok();
        let acts = words["acts"].as_array().expect("acts");
        let act = |id: &str| acts.iter().find(|a| a["id"] == id).expect("an act").clone();
        assert_eq!((&act("event:visit")["recorded"], &act("spoke")["recorded"]), (&json!(true), &json!(false)));
        world.advance(8 * DAY).await;
        assert_eq!(told(&world, &visitors).await, [(true, mei.clone()), (false, mei)]);
    }

    async fn whoever_speaks_in_a_core_group_is_found(world: World) {
        world.connect().await;
        let mei = world.newcomer("Mei", 0).await;
        let lan = world.newcomer("Lan", 1).await;
        let stays = world.get(&format!("/api/v1/people/{mei}/memberships")).await.ok();
        let group = stays["items"][0]["group_id"].as_str().expect("a group").to_owned();
        let stays = world.get(&format!("/api/v1/people/{lan}/memberships")).await.ok();
        let other = stays["items"][0]["group_id"].as_str().expect("a group").to_owned();
        event(&world, &mei, "spoke", ("a", json!({ "group": group }))).await;
        event(&world, &lan, "spoke", ("b", json!({ "group": other }))).await;
        assert_eq!(ask(&world, "spoke in 7 days").await["count"], 2);
        let in_core = "spoke \"core\" in 7 days";
        let speakers = keep(&world, "speakers", in_core).await;
        assert_eq!(people_in(&world, &speakers).await, 0);
        let draft = json!({ "name": "the best", "kind": "content", "tier": "core" });
        let community = world.post("/api/v1/communities", &draft).await.ok()["id"].as_str().expect("an id").to_owned();
        world.settle().await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        crate::groups::set_community(&mut tx, &world.scope, &group, Some(&community)).await.expect("a place");
        tx.commit().await.expect("a commit");
        assert_eq!(people_in(&world, &speakers).await, 1, "the group became one of the best");
        for text in [in_core, &format!("spoke \"{community}\" ever"), &format!("spoke \"{group}\" ever"), "joined \"core\" ever"] {
            assert_eq!(ask(&world, text).await["count"], 1, "{text}");
            agreed(&world, text).await;
        }
        world.settle().await;
        world.patch(&format!("/api/v1/communities/{community}"), &json!({ "tier": "general" })).await.ok();
        assert_eq!(people_in(&world, &speakers).await, 0);
        world.settle().await;
        assert_eq!(told(&world, &speakers).await, [(true, mei.clone()), (false, mei)]);
    }

    async fn an_uploaded_list_is_a_segment_s_people(world: World) {
        let (mei, lan) = (person(&world, "mei").await, person(&world, "lan").await);
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("INSERT INTO imports_list (tenant_id, id, name, people, created_at) VALUES ($1, 'lst_1', 'VIP', 0, 0)",
            args![world.scope.tenant()]).await.expect("a list");
        tx.commit().await.expect("a commit");
        let listed = keep(&world, "listed", "list \"VIP\" @lst_1").await;
        world.settle().await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.exec("INSERT INTO imports_list_person (tenant_id, list_id, person_id, person_no)
            SELECT tenant_id, 'lst_1', id, person_no FROM people_person WHERE tenant_id = $1 AND id = $2",
            args![world.scope.tenant(), &mei]).await.expect("a row");
        let at = tx.now();
        let fact = Fact::PeopleListed { list: "lst_1".into(), people: vec![mei.clone(), lan], at };
        reactions::on(&mut tx, &world.scope, &fact).await.expect("a fact");
        tx.commit().await.expect("a commit");
        assert_eq!(people_in(&world, &listed).await, 1);
        world.settle().await;
        assert_eq!(told(&world, &listed).await, [(true, mei)]);
        agreed(&world, "not list \"lst_1\"").await;
        assert_eq!(world.post("/api/v1/segments/ask", &json!({ "text": "list \"lst_2\"" })).await.refusal(), "segments.unknown");
    }

    async fn fields_and_layers_can_be_asked(world: World) {
        world.connect().await;
        let mei = world.newcomer("Mei", 0).await;
        for (text, count) in [("number \"groups\" >= 1", 1), ("field \"friend\" yes", 1), ("field \"friend\" no", 0),
            ("date \"first_seen\" in 1 days", 1), ("age \"first_seen\" >= 1 days", 0), ("field \"provenance\" is \"platform\"", 1),
            ("rfm r >= 4", 0), ("fan level \"iron\"", 0), ("none { stage \"asleep\" }", 1)] {
            let found = ask(&world, text).await;
            assert_eq!(found["count"], count, "{text}: {found}");
            agreed(&world, text).await;
        }
        let words = world.get("/api/v1/segments/vocabulary").await.ok();
        let facets = words["facets"].as_array().expect("facets");
        let facet = |id: &str| facets.iter().find(|f| f["id"] == id).expect("a facet").clone();
        assert_eq!((&facet("stage")["recorded"], &facet("tag")["recorded"], facets.len()), (&json!(true), &json!(true), 16));
        assert_eq!(facet("fan_level")["values"], json!(["passerby", "favourable", "true_love", "advocate"]));
        let why = world.post("/api/v1/segments/why", &json!({ "text": "field \"friend\" yes\nrfm r >= 4", "person": mei })).await.ok();
        assert_eq!((&why["matches"], &why["line"]["lines"][0]["holds"], &why["line"]["lines"][1]["holds"]),
            (&json!(false), &json!(true), &json!(false)));
    }

    async fn whoever_said_no_is_chosen_for_nothing_unless_it_is_service(world: World) {
        let (mei, lan) = (person(&world, "mei").await, person(&world, "lan").await);
        for name in ["mei", "lan"] {
            buy(&world, name, name, 0).await;
        }
        let buyers = keep(&world, "buyers", "bought ever").await;
        for (who, kind) in [(&mei, "no_promotion"), (&lan, "no_personalisation"), (&mei, "restricted"), (&lan, "minor_suspected")] {
            mark(&world, who, kind, true).await;
            let shown = world.get(&format!("/api/v1/segments/{buyers}")).await.ok();
            assert_eq!((&shown["people"], &shown["barred"]), (&json!(1), &json!(1)), "{kind}");
            let page = world.get(&format!("/api/v1/segments/{buyers}/people")).await.ok();
            assert!(page["items"].as_array().expect("people").iter().all(|p| p["id"] != who.as_str()));
            let page = world.get(&format!("/api/v1/segments/{buyers}/people?purpose=service")).await.ok();
            assert_eq!(page["items"].as_array().map(Vec::len), Some(2));
            let why = world.post("/api/v1/segments/why", &json!({ "text": "bought ever", "person": who })).await.ok();
            assert_eq!((&why["matches"], &why["barred"]), (&json!(false), &json!(true)), "{kind}");
            let frozen = world.post(&format!("/api/v1/segments/{buyers}/freeze"), &json!({ "reason": "a send" })).await.ok();
            assert_eq!(frozen["people"], 1);
            agreed(&world, "bought ever").await;
            mark(&world, who, kind, false).await;
        }
        answer(&world, &mei, "promotion", true).await;
        let asked = json!({ "text": "bought ever", "purpose": "promotion" });
        assert_eq!(world.post("/api/v1/segments/ask", &asked).await.ok()["count"], 1);
        let mut tx = world.ctx.read().await.expect("a session");
        assert!(privacy::may(&mut tx, &world.scope, &mei, Purpose::Promotion).await.expect("an answer"));
    }

    async fn whoever_is_erased_leaves_and_stays_nowhere(world: World) {
        world.connect().await;
        let mei = world.newcomer("Mei", 0).await;
        let everybody = keep(&world, "everybody", "all { }").await;
        let mut tx = world.ctx.begin().await.expect("a transaction");
        tx.enqueue(world.scope.tenant(), &crate::segments::jobs::WriteIndex {}).await.expect("a job");
        tx.commit().await.expect("a commit");
        world.settle().await;
        assert_eq!(people_in(&world, &everybody).await, 1);
        let draft = json!({ "person_id": mei, "kind": "erase", "wish": "away" });
        let id = world.post("/api/v1/data-requests", &draft).await.ok()["id"].as_str().expect("an id").to_owned();
        let how = json!({ "note": "asked by telephone" });
        world.post(&format!("/api/v1/data-requests/{id}/verify"), &how).await.ok();
        world.post(&format!("/api/v1/data-requests/{id}/start"), &json!({})).await.ok();
        world.advance(MINUTE).await;
        assert_eq!(world.get(&format!("/api/v1/data-requests/{id}")).await.ok()["state"], "done");
        assert_eq!(people_in(&world, &everybody).await, 0);
        let moves = told(&world, &everybody).await;
        assert!(moves.len() == 1 && !moves[0].0 && moves[0].1 != mei, "{moves:?}");
        let mut tx = world.ctx.read().await.expect("a session");
        let parts = tx.number("SELECT CAST(COUNT(*) AS BIGINT) FROM segments_index WHERE tenant_id = $1", args![world.scope.tenant()]).await;
        assert_eq!(parts.expect("a count"), 0, "what was written held her");
        drop(tx);
        assert_eq!(counted(&world, &another_process(&world), "all { }").await, 0);
    }

    async fn other_systems_hear_who_enters_and_leaves(world: World) {
        let hook = json!({ "url": "https://shop.example/hook", "types": ["segment.entered", "segment.left"] });
        world.post("/api/v1/webhooks", &hook).await.ok();
        let mei = person(&world, "mei").await;
        let buyers = keep(&world, "buyers", "bought ever").await;
        world.settle().await;
        buy(&world, "mei", "A1", 0).await;
        world.settle().await;
        buy(&world, "mei", "A1", 2_000).await;
        world.advance(SECOND).await;
        let heard = world.receiver.heard();
        let bodies: Vec<Value> = heard.iter().map(|call| serde_json::from_str(&call.body).expect("JSON")).collect();
        let kinds: Vec<&Value> = bodies.iter().map(|b| &b["type"]).collect();
        assert_eq!(kinds, [&json!("segment.entered"), &json!("segment.left")]);
        for (body, cause) in bodies.iter().zip(["order_paid", "order_refunded"]) {
            assert_eq!(body["data"], json!({ "segment": buyers, "person": mei, "cause": cause }));
        }
    }

    async fn the_largest_questions_are_answered(world: World) {
        let mei = person(&world, "mei").await;
        buy(&world, "mei", "A1", 0).await;
        let many: Vec<String> = (0..999).map(|n| format!("bought in {} days", n % 90 + 1)).collect();
        let text = format!("any {{\n{}\n}}", many[..998].join("\n"));
        let counted = json!({ "text": text, "lines": true });
        let found = world.post("/api/v1/segments/ask", &counted).await.ok();
        assert_eq!((&found["count"], &found["lines"]), (&json!(1), &json!([])), "too many to count each");
        let few = json!({ "text": "all { bought ever ; none { bought ever } }", "lines": true });
        let found = world.post("/api/v1/segments/ask", &few).await.ok();
        let lines = found["lines"].as_array().expect("lines");
        let lines: Vec<(&Value, &Value)> = lines.iter().map(|line| (&line["path"], &line["count"])).collect();
        let line = |path: Value, count: u64| (path, json!(count));
        let expected = [line(json!([]), 0), line(json!([0]), 1), line(json!([1]), 0), line(json!([1, 0]), 1)];
        assert_eq!(lines, expected.iter().map(|(path, count)| (path, count)).collect::<Vec<_>>());
        assert_eq!(ask(&world, "bought ever").await["lines"], json!([]), "nobody asked for lines");
        let deep = "none { ".repeat(48) + "bought ever" + &" }".repeat(48);
        assert_eq!(ask(&world, &deep).await["count"], 1, "48 times not");
        let kept = keep(&world, "deep", &deep).await;
        world.settle().await;
        assert_eq!(people_in(&world, &kept).await, 1);
        let why = world.post("/api/v1/segments/why", &json!({ "text": text, "person": mei })).await.ok();
        assert_eq!(why["matches"], true);
        assert_eq!(world.post("/api/v1/segments/check", &json!({ "text": text })).await.refusal(), "segments.too_large_to_compare");
    }

    async fn people_of_a_segment_are_paged_and_searched(world: World) {
        for name in ["mei", "lan", "meng", "an", "mei fang"] {
            person(&world, name).await;
        }
        let all = keep(&world, "all", "all { }").await;
        let path = format!("/api/v1/segments/{all}/people");
        let (mut seen, mut cursor) = (Vec::new(), String::new());
        loop {
            let page = world.get(&format!("{path}?limit=2{cursor}")).await.ok();
            seen.extend(page["items"].as_array().expect("people").iter().map(|p| p["name"].as_str().expect("a name").to_owned()));
            match page["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => break,
            }
        }
        assert_eq!(seen, ["mei", "lan", "meng", "an", "mei fang"]);
        let page = world.get(&format!("{path}?search=mei&limit=1")).await.ok();
        assert_eq!(page["items"][0]["name"], "mei");
        let next = page["next"].as_str().expect("another page");
        let page = world.get(&format!("{path}?search=mei&limit=1&cursor={next}")).await.ok();
        assert_eq!((&page["items"][0]["name"], &page["next"]), (&json!("mei fang"), &Value::Null));
        let frozen = world.post(&format!("/api/v1/segments/{all}/freeze"), &json!({ "reason": "a list" })).await.ok();
        let page = world.get(&format!("/api/v1/segments/snapshots/{}/people?search=lan", frozen["id"].as_str().expect("an id"))).await.ok();
        assert_eq!(page["items"].as_array().map(Vec::len), Some(1));
    }
}
