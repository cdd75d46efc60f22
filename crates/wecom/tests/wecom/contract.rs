//! The whole port against the simulator: both ends of the wire, written from the same documentation by different
//! hands, in one process.

use std::pin::Pin;
use std::sync::{Arc, Mutex};

use base::time::{DAY, MINUTE, SECOND};
use base::{Clock as _, ManualClock};
use messenger::broadcasts::{BroadcastDraft, MessageBody, TargetState, Targets};
use messenger::entry_codes::{EntryDraft, EntryTarget};
use messenger::identity::Visitor;
use messenger::inbound::{Envelope, Hint, Receiver};
use messenger::media::MediaKind;
use messenger::probe::Verdict;
use messenger::staff_messages::StaffCard;
use messenger::{Credentials, Error, Lane, Messenger, Platform as _, Refusal};
use serde_json::Value;
use wecom::WecomPlatform;
use wecom::transport::{Always, InProcess};
use wecom_sim::{Act, Answer, Delivery, Sim, World};

use crate::support::START;

struct Desk {
    sim: Sim,
    clock: Arc<ManualClock>,
    corp: String,
    messenger: Arc<dyn Messenger>,
    receiver: Arc<dyn Receiver>,
    deliveries: Arc<Mutex<Vec<Delivery>>>,
}

impl Desk {
    fn new() -> Self {
        let clock = ManualClock::starting_at(START);
        let mut world = World::seeded(42, START);
        world.base_url = "http://desk.test".into();
        let corp = world.main_corp_id().expect("a seeded company");
        let app = &mut world.corps.get_mut(&corp).expect("company").apps[0];
        app.callback.url = "http://product.test/hooks/wecom/1".into();
        let credentials = Credentials {
            company: corp.clone(),
            application: app.agent_id.to_string(),
            secret: app.secret.clone().into(),
            callback_token: app.callback.token.clone().into(),
            callback_key: app.callback.aes_key.clone().into(),
            api_base: Some("http://desk.test".into()),
        };
        let deliveries: Arc<Mutex<Vec<Delivery>>> = Arc::default();
        let log = Arc::clone(&deliveries);
        let deliver = Arc::new(move |delivery: Delivery| {
            log.lock().expect("lock").push(delivery);
            let answer = Some(Answer { status: 200, body: "success".into() });
            Box::pin(async { answer }) as Pin<Box<dyn Future<Output = _> + Send>>
        });
        let sim = Sim::new(world, clock.clone(), deliver);
        let desk = sim.clone();
        let transport = InProcess::new(move |request| {
            let desk = desk.clone();
            async move { desk.call(request).await }
        });
        let platform = WecomPlatform::new(Arc::new(Always(Arc::new(transport))), clock.clone());
        let messenger = platform.connect("acc_1", &credentials);
        let receiver = platform.receiver(&credentials).expect("good keys");
        Self { sim, clock, corp, messenger, receiver, deliveries }
    }

    fn act(&self, act: &Act) -> Value {
        self.sim.act(&self.corp, act).unwrap_or_else(|why| panic!("{act:?}: {why}"))
    }

    fn person(&self, name: &str) -> String {
        let made = self.act(&Act::MakePerson { name: name.into(), gender: 0, partner: false });
        made["person"].as_str().expect("an id").to_owned()
    }

    /// Delivers what is due and reads it through the receiver.
    async fn hints(&self) -> Vec<Hint> {
        self.sim.deliver_due().await;
        let deliveries = std::mem::take(&mut *self.deliveries.lock().expect("lock"));
        deliveries.iter().map(|d| self.hint(d)).collect()
    }

    fn hint(&self, delivery: &Delivery) -> Hint {
        let (_, query) = delivery.url.split_once('?').expect("a signed address");
        let part = |name: &str| {
            let found = query.split('&').find_map(|pair| pair.strip_prefix(name)?.strip_prefix('='));
            crate::support::unescape(found.expect(name))
        };
        let envelope = Envelope {
            signature: part("msg_signature"),
            timestamp: part("timestamp"),
            nonce: part("nonce"),
            echo: None,
        };
        let inbound = self.receiver.open(&envelope, delivery.body.as_ref()).expect("genuine");
        self.receiver.hint(&inbound.body)
    }

    /// The first group and its owner.
    async fn group(&self) -> (String, String) {
        let owners = self.messenger.directory().list_serving_staff(Lane::Bulk).await.expect("staff");
        let groups =
            self.messenger.groups().expect("facet").list_of(&owners, None, Lane::Bulk).await.expect("list");
        let id = groups.items[0].clone();
        let owner = self.messenger.groups().expect("facet").fetch(&id, Lane::Bulk).await.expect("read").owner;
        (id, owner)
    }
}

fn body() -> MessageBody {
    MessageBody { text: "hello".into(), attachments: Vec::new() }
}

fn reason<T: std::fmt::Debug>(outcome: Result<T, Error>) -> Refusal {
    outcome.expect_err("refused").refusal().expect("a refusal")
}

#[tokio::test]
async fn the_doctor_finds_a_seeded_company_healthy() {
    let desk = Desk::new();
    let probes = desk.messenger.probes();
    for name in probes.names() {
        let finding = probes.run(name).await;
        assert_eq!(finding.verdict, Verdict::Fine, "{finding:?}");
    }
    assert!(desk.hints().await.is_empty(), "asking causes no callback");
}

#[tokio::test]
async fn from_scan_to_greeting_and_group() {
    let desk = Desk::new();
    let (group, owner) = desk.group().await;
    let codes = desk.messenger.entry_codes().expect("facet");
    let staff = EntryTarget::Staff { staff: vec![owner.clone()], skip_verify: true };
    let door = EntryDraft { state: "lc_door".into(), remark: "door".into(), target: staff };
    let door_code = codes.create(&door, Lane::Normal).await.expect("made");
    assert!(!door_code.qr_url.is_empty());
    assert_eq!(codes.fetch(&door_code.id, false, Lane::Normal).await.expect("read"), Some(door));
    let listed = codes.list_staff_codes(START.minus(DAY), Lane::Normal).await.expect("list");
    assert_eq!(listed, std::slice::from_ref(&door_code.id));
    let target = EntryTarget::Groups { groups: vec![group.clone()], overflow_name: Some("next".into()) };
    let poster = EntryDraft { state: "lc_poster".into(), remark: "poster".into(), target };
    let poster_code = codes.create(&poster, Lane::Normal).await.expect("made");
    assert_eq!(codes.fetch(&poster_code.id, true, Lane::Normal).await.expect("read"), Some(poster));

    let person = desk.person("Wang");
    desk.act(&Act::Scan { code: door_code.id, person: person.clone() });
    let hints = desk.hints().await;
    let [Hint::ContactAdded { staff, contact, state, welcome: Some(welcome), at }] = &hints[..] else {
        panic!("{hints:?}")
    };
    assert_eq!((staff, contact, state.as_deref(), *at), (&owner, &person, Some("lc_door"), START));
    let welcomes = desk.messenger.welcomes().expect("facet");
    welcomes.greet(welcome, &body(), Lane::Urgent).await.expect("greeted");
    assert_eq!(reason(welcomes.greet(welcome, &body(), Lane::Urgent).await), Refusal::AlreadyDone);
    assert_eq!(reason(welcomes.greet("unheard-of", &body(), Lane::Urgent).await), Refusal::TooLate);

    let before = desk.messenger.groups().expect("facet").fetch(&group, Lane::Bulk).await.expect("read");
    desk.act(&Act::Scan { code: poster_code.id, person: person.clone() });
    let hints = desk.hints().await;
    let [Hint::GroupChanged { group: changed, member_version: Some(version), .. }] = &hints[..] else {
        panic!("{hints:?}")
    };
    assert_eq!(changed, &group);
    assert_ne!(before.member_version.as_ref(), Some(version));
    desk.clock.advance(5 * SECOND);
    let after = desk.messenger.groups().expect("facet").fetch(&group, Lane::Bulk).await.expect("read");
    assert_eq!(after.member_version.as_ref(), Some(version));
    let member = after.members.iter().find(|m| m.id == person).expect("she joined");
    assert_eq!((member.state.as_deref(), member.is_staff), (Some("lc_poster"), false));
    assert_eq!(member.name, "Wang");
}

#[tokio::test]
async fn a_contact_is_read_the_same_both_ways_and_can_be_marked() {
    let desk = Desk::new();
    let (_, owner) = desk.group().await;
    let codes = desk.messenger.entry_codes().expect("facet");
    let target = EntryTarget::Staff { staff: vec![owner.clone()], skip_verify: true };
    let draft = EntryDraft { state: "s".into(), remark: "r".into(), target };
    let code = codes.create(&draft, Lane::Normal).await.expect("made").id;
    let person = desk.person("Li");
    desk.act(&Act::Scan { code: code.clone(), person: person.clone() });
    let tags = desk.messenger.tags().expect("facet");
    let made = tags.add("Level", &["Gold".into(), "Silver".into()], Lane::Normal).await.expect("added");
    let again = tags.add("Level", &["Gold".into()], Lane::Normal).await.expect("harmless");
    assert_eq!(again.id, made.id);
    let gold = made.tags[0].id.clone();
    let contacts = desk.messenger.contacts();
    contacts
        .mark_tags(&owner, &person, std::slice::from_ref(&gold), &[], Lane::Normal)
        .await
        .expect("marked");
    contacts.set_remark(&owner, &person, "VIP", Lane::Normal).await.expect("noted");
    let single = contacts.fetch(&person, Lane::Normal).await.expect("read");
    let batch = contacts.list_of(&[owner], None, Lane::Bulk).await.expect("read");
    assert_eq!(batch.items, std::slice::from_ref(&single));
    let follow = &single.follows[0];
    assert_eq!((follow.remark.as_str(), &follow.tags[..]), ("VIP", &[gold.clone()][..]));
    assert_eq!((follow.state.as_deref(), follow.way.as_str()), (Some("s"), "qr"));
    tags.rename(&gold, "Platinum", Lane::Normal).await.expect("renamed");
    tags.remove(&[made.tags[1].id.clone()], Lane::Normal).await.expect("removed");
    let listed = tags.list(Lane::Bulk).await.expect("list");
    let level = listed.iter().find(|g| g.name == "Level").expect("there");
    assert_eq!(level.tags.iter().map(|t| t.name.as_str()).collect::<Vec<_>>(), ["Platinum"]);
    assert!(
        contacts
            .fetch("wmUnheardOf", Lane::Normal)
            .await
            .is_err_and(|e| e.refusal() == Some(Refusal::NotFound))
    );
    codes.remove(&code, false, Lane::Normal).await.expect("removed");
    assert_eq!(codes.fetch(&code, false, Lane::Normal).await.expect("read"), None);
}

#[tokio::test]
async fn a_broadcast_waits_for_its_tap_and_can_be_cancelled() {
    let desk = Desk::new();
    let (group, owner) = desk.group().await;
    let broadcasts = desk.messenger.broadcasts().expect("facet");
    let draft =
        BroadcastDraft { sender: owner.clone(), body: body(), targets: Targets::Groups(vec![group.clone()]) };
    let sent = broadcasts.create(&draft, Lane::Normal).await.expect("made");
    assert!(sent.rejected.is_empty());
    assert_eq!(reason(broadcasts.senders(&sent.id, Lane::Normal).await), Refusal::NotReady);
    desk.clock.advance(MINUTE);
    let senders = broadcasts.senders(&sent.id, Lane::Normal).await.expect("dispatched");
    assert_eq!((senders.len(), senders[0].staff.as_str(), senders[0].sent_at), (1, owner.as_str(), None));
    assert!(broadcasts.results(&sent.id, &owner, Lane::Normal).await.expect("none yet").is_empty());
    let choice = Vec::new();
    desk.act(&Act::TapMassSend { userid: owner.clone(), msgid: sent.id.clone(), choice });
    let now = desk.clock.now();
    let senders = broadcasts.senders(&sent.id, Lane::Normal).await.expect("read");
    assert_eq!(senders[0].sent_at, Some(now));
    let reports = broadcasts.results(&sent.id, &owner, Lane::Normal).await.expect("read");
    assert_eq!((reports[0].target.as_str(), reports[0].state), (group.as_str(), TargetState::Sent));

    let second = broadcasts.create(&draft, Lane::Normal).await.expect("made");
    desk.clock.advance(MINUTE);
    broadcasts.cancel(&second.id, Lane::Normal).await.expect("cancelled");
    assert_eq!(reason(broadcasts.results(&second.id, &owner, Lane::Normal).await), Refusal::Cancelled);
    assert_eq!(reason(broadcasts.senders("unheard-of", Lane::Normal).await), Refusal::NotFound);
    let now = desk.clock.now();
    let listed = broadcasts.list(true, now.minus(DAY), now, Lane::Normal).await.expect("list");
    let sent_one = listed.iter().find(|b| b.id == sent.id).expect("listed");
    assert!(sent_one.made_by_api && sent_one.text == "hello");
    assert!(desk.hints().await.is_empty(), "no callback tells of a tap");
}

#[tokio::test]
async fn groups_that_go_employees_who_are_told_and_pages_that_are_signed() {
    let desk = Desk::new();
    let (group, owner) = desk.group().await;
    let groups = desk.messenger.groups().expect("facet");
    assert_eq!(reason(groups.fetch("wrUnheardOf", Lane::Normal).await), Refusal::NotFound);
    desk.act(&Act::Rename { chat_id: group.clone(), name: "renamed".into() });
    desk.act(&Act::Dismiss { chat_id: group.clone() });
    let hints = desk.hints().await;
    assert!(matches!(&hints[..], [Hint::GroupChanged { .. }, Hint::GroupDismissed { .. }]), "{hints:?}");
    desk.clock.advance(5 * SECOND);
    assert_eq!(reason(groups.fetch(&group, Lane::Normal).await), Refusal::NotFound);

    let card = StaffCard {
        task: "tsk_1".into(),
        title: "Due".into(),
        text: "3 groups".into(),
        url: "https://h.example/t/1".into(),
        button: "Open".into(),
    };
    let staff = [owner.clone(), "nobody".to_owned()];
    let messages = desk.messenger.staff_messages();
    assert_eq!(messages.send_card(&staff, &card, Lane::Normal).await.expect("sent"), ["nobody"]);
    assert!(messages.send_card(&staff[..1], &card, Lane::Normal).await.expect("dropped or known").is_empty());
    assert_eq!(desk.sim.desk().world.corps[&desk.corp].cards.len(), 1, "she sees one card");
    assert_eq!(messages.send_text(&staff[1..], "x", Lane::Normal).await.expect("answered"), ["nobody"]);

    let media = desk.messenger.media().expect("facet");
    let png = b"\x89PNG\r\n\x1a\nand more";
    let uploaded = media.upload(MediaKind::Image, "海报.png", png, Lane::Normal).await.expect("uploaded");
    assert_eq!(uploaded.expires_at, desk.clock.now().plus(3 * DAY));
    assert!(media.upload_picture("a.png", png, Lane::Normal).await.expect("uploaded").starts_with("http"));
    let identity = desk.messenger.identity();
    for for_application in [true, false] {
        let signed = identity
            .sign_page("https://h.example/", for_application, "n", Lane::Urgent)
            .await
            .expect("signed");
        assert_eq!(signed.signature.len(), 40);
    }
    let stranger: Result<Visitor, _> = identity.exchange("unheard-of", Lane::Urgent).await;
    assert_eq!(reason(stranger), Refusal::TooLate);
}
