//! Callback events, read tolerantly from the decrypted XML: order, white space and CDATA don't matter, and what is
//! not known becomes [`Event::Unknown`].

use super::xml::Element;

/// A decrypted callback.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Callback {
    /// The company.
    pub to_user: String,
    /// `sys` for events about customers, the employee's id for what she does in the application.
    pub from_user: String,
    /// Unix seconds.
    pub create_time: i64,
    pub agent_id: Option<String>,
    pub event: Event,
}

/// A customer and the employee it is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pair {
    pub user_id: String,
    pub external_user_id: String,
}

/// What came with a new contact.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Arrival {
    pub pair: Pair,
    /// State of the contact way, or the link's channel.
    pub state: Option<String>,
    /// Lives 20 seconds, serves once.
    pub welcome_code: Option<String>,
}

/// What changed in a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GroupUpdate {
    pub chat_id: String,
    /// `add_member`, `del_member`, `change_owner`, `change_name` or `change_notice`.
    pub detail: String,
    /// 0 invited, 3 by the group's code. Reading the group uses another coding.
    pub join_scene: Option<i64>,
    /// 0 left, 1 was removed.
    pub quit_scene: Option<i64>,
    pub member_change_count: Option<i64>,
    /// Ids of employees and customers, mixed.
    pub members: Vec<String>,
    pub last_member_version: Option<String>,
    pub current_member_version: Option<String>,
}

/// A change of an employee; fields that did not change are absent.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UserChange {
    pub user_id: String,
    pub new_user_id: Option<String>,
    pub name: Option<String>,
    pub departments: Vec<i64>,
    pub status: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PartyChange {
    pub id: String,
    pub name: Option<String>,
    pub parent_id: Option<String>,
    pub order: Option<i64>,
}

/// `kind` is `tag` or `tag_group`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TagChange {
    pub id: Option<String>,
    pub kind: Option<String>,
    pub strategy_id: Option<String>,
}

/// An employee pressed something on a card.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CardPress {
    pub event_key: String,
    pub task_id: Option<String>,
    pub card_type: Option<String>,
    /// Updates the card once within 72 hours.
    pub response_code: Option<String>,
    /// Question and chosen options.
    pub selected: Vec<(String, Vec<String>)>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    AddExternalContact(Arrival),
    /// She has not been accepted yet.
    AddHalfExternalContact(Arrival),
    EditExternalContact(Pair),
    /// The employee deleted the customer. `source` is `DELETE_BY_TRANSFER` when another took over.
    DelExternalContact {
        pair: Pair,
        source: Option<String>,
    },
    /// The customer deleted the employee.
    DelFollowUser(Pair),
    TransferFail {
        pair: Pair,
        reason: String,
    },
    MsgAuditApproved(Arrival),
    GroupCreated {
        chat_id: String,
    },
    GroupUpdated(GroupUpdate),
    GroupDismissed {
        chat_id: String,
    },
    TagCreated(TagChange),
    TagUpdated(TagChange),
    TagDeleted(TagChange),
    /// Orders changed; without id everywhere.
    TagsShuffled(TagChange),
    BatchJobResult {
        job_id: String,
        job_type: String,
        err_code: i64,
        err_msg: String,
    },
    UploadMediaJobFinish {
        job_id: String,
    },
    UserCreated(UserChange),
    UserUpdated(UserChange),
    UserDeleted(UserChange),
    PartyCreated(PartyChange),
    PartyUpdated(PartyChange),
    PartyDeleted(PartyChange),
    DirectoryTagUpdated {
        tag_id: String,
    },
    /// An employee opened the application.
    EnterAgent {
        event_key: String,
    },
    Subscribe,
    Unsubscribe,
    /// `click`, `view`, `scancode_push` and the rest of the menu.
    Menu {
        event: String,
        event_key: String,
    },
    TemplateCard(CardPress),
    TemplateCardMenu(CardPress),
    /// An employee wrote to the application. `content` only for texts.
    StaffMessage {
        kind: String,
        msg_id: Option<String>,
        content: Option<String>,
    },
    /// Something this version doesn't read, by its two names.
    Unknown {
        event: String,
        change_type: Option<String>,
    },
}

impl Callback {
    /// Reads a decrypted callback; `None` when it is not XML.
    #[must_use]
    pub fn read(xml: &str) -> Option<Self> {
        let root = Element::read(xml)?;
        Some(Self {
            to_user: root.text_of("ToUserName"),
            from_user: root.text_of("FromUserName"),
            create_time: root.int_of("CreateTime").unwrap_or_default(),
            agent_id: root.get("AgentID").map(str::to_owned),
            event: Event::of(&root),
        })
    }
}

impl Event {
    fn of(root: &Element) -> Self {
        let kind = root.text_of("MsgType");
        if !kind.is_empty() && kind != "event" {
            return Self::StaffMessage { kind, msg_id: own(root, "MsgId"), content: own(root, "Content") };
        }
        let (event, change) = (root.text_of("Event"), root.text_of("ChangeType"));
        match event.as_str() {
            "change_external_contact" => contact_event(root, &change),
            "change_external_chat" => group_event(root, &change),
            "change_external_tag" => tag_event(root, &change),
            "change_contact" => directory_event(root, &change),
            _ => None,
        }
        .or_else(|| other_event(root, &event))
        .unwrap_or_else(|| Self::Unknown { event, change_type: Some(change).filter(|c| !c.is_empty()) })
    }
}

fn own(from: &Element, name: &str) -> Option<String> {
    from.get(name).map(str::to_owned)
}

fn contact_event(root: &Element, change: &str) -> Option<Event> {
    let pair = Pair { user_id: root.text_of("UserID"), external_user_id: root.text_of("ExternalUserID") };
    let arrival = |pair| Arrival { pair, state: own(root, "State"), welcome_code: own(root, "WelcomeCode") };
    Some(match change {
        "add_external_contact" => Event::AddExternalContact(arrival(pair)),
        "add_half_external_contact" => Event::AddHalfExternalContact(arrival(pair)),
        "edit_external_contact" => Event::EditExternalContact(pair),
        "del_external_contact" => Event::DelExternalContact { pair, source: own(root, "Source") },
        "del_follow_user" => Event::DelFollowUser(pair),
        "transfer_fail" => Event::TransferFail { pair, reason: root.text_of("FailReason") },
        "msg_audit_approved" => Event::MsgAuditApproved(arrival(pair)),
        _ => return None,
    })
}

fn group_event(root: &Element, change: &str) -> Option<Event> {
    let chat_id = root.text_of("ChatId");
    Some(match change {
        "create" => Event::GroupCreated { chat_id },
        "dismiss" => Event::GroupDismissed { chat_id },
        "update" => Event::GroupUpdated(GroupUpdate {
            chat_id,
            detail: root.text_of("UpdateDetail"),
            join_scene: root.int_of("JoinScene"),
            quit_scene: root.int_of("QuitScene"),
            member_change_count: root.int_of("MemChangeCnt"),
            members: root.child("MemChangeList").map(|list| list.texts_of("Item")).unwrap_or_default(),
            last_member_version: own(root, "LastMemVer"),
            current_member_version: own(root, "CurMemVer"),
        }),
        _ => return None,
    })
}

fn tag_event(root: &Element, change: &str) -> Option<Event> {
    let what =
        TagChange { id: own(root, "Id"), kind: own(root, "TagType"), strategy_id: own(root, "StrategyId") };
    Some(match change {
        "create" => Event::TagCreated(what),
        "update" => Event::TagUpdated(what),
        "delete" => Event::TagDeleted(what),
        "shuffle" => Event::TagsShuffled(what),
        _ => return None,
    })
}

fn directory_event(root: &Element, change: &str) -> Option<Event> {
    let user = || UserChange {
        user_id: root.text_of("UserID"),
        new_user_id: own(root, "NewUserID"),
        name: own(root, "Name"),
        departments: root.text_of("Department").split(',').filter_map(|d| d.trim().parse().ok()).collect(),
        status: root.int_of("Status"),
    };
    let party = || PartyChange {
        id: root.text_of("Id"),
        name: own(root, "Name"),
        parent_id: own(root, "ParentId"),
        order: root.int_of("Order"),
    };
    Some(match change {
        "create_user" => Event::UserCreated(user()),
        "update_user" => Event::UserUpdated(user()),
        "delete_user" => Event::UserDeleted(user()),
        "create_party" => Event::PartyCreated(party()),
        "update_party" => Event::PartyUpdated(party()),
        "delete_party" => Event::PartyDeleted(party()),
        "update_tag" => Event::DirectoryTagUpdated { tag_id: root.text_of("TagId") },
        _ => return None,
    })
}

fn other_event(root: &Element, event: &str) -> Option<Event> {
    let event_key = root.text_of("EventKey");
    Some(match event {
        "batch_job_result" => {
            let job = root.child("BatchJob")?;
            Event::BatchJobResult {
                job_id: job.text_of("JobId"),
                job_type: job.text_of("JobType"),
                err_code: job.int_of("ErrCode").unwrap_or_default(),
                err_msg: job.text_of("ErrMsg"),
            }
        }
        "upload_media_job_finish" => Event::UploadMediaJobFinish { job_id: root.text_of("JobId") },
        "enter_agent" => Event::EnterAgent { event_key },
        "subscribe" => Event::Subscribe,
        "unsubscribe" => Event::Unsubscribe,
        "template_card_event" => Event::TemplateCard(card_press(root, event_key)),
        "template_card_menu_event" => Event::TemplateCardMenu(card_press(root, event_key)),
        "click" | "view" | "view_miniprogram" | "LOCATION" | "location_select" => {
            Event::Menu { event: event.to_owned(), event_key }
        }
        _ if event.starts_with("scancode_") || event.starts_with("pic_") => {
            Event::Menu { event: event.to_owned(), event_key }
        }
        _ => return None,
    })
}

fn card_press(root: &Element, event_key: String) -> CardPress {
    let items = root.child("SelectedItems").map_or(&[][..], |items| &items.children[..]);
    let options =
        |item: &Element| item.child("OptionIds").map(|o| o.texts_of("OptionId")).unwrap_or_default();
    CardPress {
        event_key,
        task_id: own(root, "TaskId"),
        card_type: own(root, "CardType"),
        response_code: own(root, "ResponseCode"),
        selected: items.iter().map(|item| (item.text_of("QuestionKey"), options(item))).collect(),
    }
}
