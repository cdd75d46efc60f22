//! One table that planner, console and docs read: how each action is done, so that the product never promises what
//! a platform can't do.

use serde::{Deserialize, Serialize};

/// How an action is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Ability {
    /// 自动: the product does it by itself.
    Auto,
    /// 需点一下: the product prepares it, an employee taps.
    NeedsTap,
    /// 客户端操作: only a person in the platform's own app can do it.
    ClientOnly,
    /// 管理后台操作: only an administrator in the platform's console can do it.
    ConsoleOnly,
    /// 做不到: nobody can.
    Impossible,
}

macro_rules! actions {
    ($($(#[$doc:meta])* $name:ident = $word:literal,)*) => {
        /// Something an operator may want a platform to do. The word is the key in catalogues and docs.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum Action { $($(#[$doc])* #[serde(rename = $word)] $name,)* }
        impl Action {
            pub const ALL: &'static [Self] = &[$(Self::$name,)*];
            #[must_use]
            pub const fn word(self) -> &'static str { match self { $(Self::$name => $word,)* } }
        }
    };
}

actions! {
    SendToGroup = "send_to_group",
    SendToContact = "send_to_contact",
    GreetContact = "greet_contact",
    /// After one set-up tap by the group's owner.
    GreetGroupJoiner = "greet_group_joiner",
    ReadMessages = "read_messages",
    CountGroupMessages = "count_group_messages",
    AnswerKeywordInGroup = "answer_keyword_in_group",
    RemoveMember = "remove_member",
    BlockRejoin = "block_rejoin",
    CreateGroup = "create_group",
    InviteToGroup = "invite_to_group",
    RenameGroup = "rename_group",
    ChangeNotice = "change_notice",
    MentionMember = "mention_member",
    TransferGroup = "transfer_group",
    /// Takes a day, and the customer may refuse.
    TransferContact = "transfer_contact",
    DismissGroup = "dismiss_group",
    PublishMoment = "publish_moment",
    TagContact = "tag_contact",
    KnowWhoLeft = "know_who_left",
    RecallMessage = "recall_message",
    KnowWhoRead = "know_who_read",
    KnowWhoClicked = "know_who_clicked",
    KnowWhichCode = "know_which_code",
    ScheduleSend = "schedule_send",
    MessageStaff = "message_staff",
}
