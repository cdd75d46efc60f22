//! Our message bodies in WeCom's shape.

use messenger::broadcasts::{Attachment as Ours, MessageBody};

use crate::wire::attachments::{Attachment, Image, Link, MediaRef, MiniProgram, Text};
use crate::wire::welcomes::GroupWelcome;

/// The text part, absent when there is none.
#[must_use]
pub fn text(body: &MessageBody) -> Option<Text> {
    (!body.text.is_empty()).then(|| Text { content: body.text.clone() })
}

#[must_use]
pub fn attachments(body: &MessageBody) -> Vec<Attachment> {
    body.attachments.iter().map(attachment).collect()
}

fn attachment(ours: &Ours) -> Attachment {
    match ours {
        Ours::Image { media } => Attachment::Image { image: image(media) },
        Ours::Link { title, description, url, picture_url } => Attachment::Link {
            link: Link {
                title: title.clone(),
                picurl: picture_url.clone(),
                desc: (!description.is_empty()).then(|| description.clone()),
                url: url.clone(),
            },
        },
        Ours::MiniProgram { title, picture_media, app_id, page } => Attachment::MiniProgram {
            miniprogram: MiniProgram {
                title: title.clone(),
                pic_media_id: picture_media.clone(),
                appid: app_id.clone(),
                page: page.clone(),
            },
        },
        Ours::Video { media } => Attachment::Video { video: MediaRef { media_id: media.clone() } },
        Ours::File { media } => Attachment::File { file: MediaRef { media_id: media.clone() } },
    }
}

/// A picture by media id, or by its permanent address from [`messenger::media::Media::upload_picture`].
fn image(media: &str) -> Image {
    if media.starts_with("http://") || media.starts_with("https://") {
        return Image { media_id: None, pic_url: Some(media.to_owned()) };
    }
    Image { media_id: Some(media.to_owned()), pic_url: None }
}

/// A template holds a text and at most one attachment: the first.
#[must_use]
pub fn group_welcome(body: &MessageBody) -> GroupWelcome {
    let mut message = GroupWelcome { text: text(body), ..GroupWelcome::default() };
    match body.attachments.first().map(attachment) {
        Some(Attachment::Image { image }) => message.image = Some(image),
        Some(Attachment::Link { link }) => message.link = Some(link),
        Some(Attachment::MiniProgram { miniprogram }) => message.miniprogram = Some(miniprogram),
        Some(Attachment::Video { video }) => message.video = Some(video),
        Some(Attachment::File { file }) => message.file = Some(file),
        Some(Attachment::Unknown) | None => {}
    }
    message
}
