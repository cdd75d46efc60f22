//! What some customers decide about their data: a few refuse advertising or personalisation, two ask about their data.

use anyhow::Context as _;
use serde_json::{Value, json};

use super::door::Door;

/// One customer in so many refuses advertising: 3 %.
const NO_PROMOTION: usize = 33;
/// One in so many wants nothing chosen for her: 1.2 %.
const NO_PERSONALISATION: usize = 83;
/// One in so many may be a minor: 0.4 %.
const MINOR: usize = 250;

/// Writes down what customers said, and the two requests that are open when the newcomer comes.
pub async fn speak_up(door: &Door) -> anyhow::Result<()> {
    let people = door.all("/api/v1/people").await?;
    for (n, person) in people.iter().enumerate() {
        let id = id_of(person)?;
        let marks = [
            (n % NO_PROMOTION == 7, "no_promotion", "她在门店说不想收到优惠"),
            (n % NO_PERSONALISATION == 11, "no_personalisation", "她不想按购买记录推荐"),
            (n % MINOR == 23, "minor_suspected", "聊天里说放学后来取"),
        ];
        for (_, mark, reason) in marks.iter().filter(|(chosen, _, _)| *chosen) {
            let draft = json!({ "mark": mark, "on": true, "reason": reason });
            door.post(&format!("/api/v1/privacy/people/{id}/marks"), &draft).await?;
        }
    }
    let wishes = [
        (
            people.len() / 3,
            "erase",
            "以后不来这边买了，请把我的资料都删掉。",
            "她用登记的手机号打来，核对了后四位和最近一单",
        ),
        (people.len() / 2, "access", "想看看你们存了我哪些信息。", "到店出示了会员页"),
    ];
    for (n, kind, wish, how) in wishes {
        let Some(person) = people.get(n) else { continue };
        let draft = json!({ "person_id": id_of(person)?, "kind": kind, "wish": wish });
        let made = door.post("/api/v1/data-requests", &draft).await?;
        let path = format!("/api/v1/data-requests/{}/verify", id_of(&made)?);
        door.post(&path, &json!({ "note": how })).await?;
    }
    Ok(())
}

fn id_of(thing: &Value) -> anyhow::Result<String> {
    thing["id"].as_str().map(str::to_owned).with_context(|| format!("an id in {thing}"))
}
