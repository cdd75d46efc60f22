//! What WeCom lets a product do by itself, and what it leaves to people.

use messenger::{Ability, Action};

/// How an action is done on WeCom.
#[must_use]
pub const fn of(action: Action) -> Ability {
    match action {
        Action::GreetContact
        | Action::CountGroupMessages
        | Action::TransferGroup
        | Action::TransferContact
        | Action::TagContact
        | Action::KnowWhoLeft
        | Action::KnowWhoClicked
        | Action::KnowWhichCode
        | Action::MessageStaff
        // After the owner selected the template once.
        | Action::GreetGroupJoiner => Ability::Auto,
        // Prepared by us, sent by the employee's tap; a schedule only decides when we prepare.
        Action::SendToGroup
        | Action::SendToContact
        | Action::CreateGroup
        | Action::InviteToGroup
        | Action::PublishMoment
        | Action::ScheduleSend => Ability::NeedsTap,
        Action::RemoveMember
        | Action::RenameGroup
        | Action::ChangeNotice
        | Action::MentionMember
        | Action::DismissGroup
        | Action::RecallMessage => Ability::ClientOnly,
        Action::AnswerKeywordInGroup | Action::BlockRejoin => Ability::ConsoleOnly,
        // The paid archive is another product; without it nobody reads along.
        Action::ReadMessages | Action::KnowWhoRead => Ability::Impossible,
    }
}
