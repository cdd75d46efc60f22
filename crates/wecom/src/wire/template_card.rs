//! Template cards: structured messages with buttons, choices and links.

use serde::{Deserialize, Serialize};

/// Which parts are allowed depends on `card_type`: `text_notice`, `news_notice`, `button_interaction`,
/// `vote_interaction` or `multiple_interaction`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TemplateCard {
    pub card_type: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub source: Option<CardSource>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action_menu: Option<ActionMenu>,
    /// At most 128 bytes of letters, digits and `_-@`; unique per application.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub task_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub main_title: Option<CardTitle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub emphasis_content: Option<CardTitle>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_area: Option<QuoteArea>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub_title_text: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub image_text_area: Option<ImageTextArea>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_image: Option<CardImage>,
    /// At most four.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub vertical_content_list: Vec<CardTitle>,
    /// At most six.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub horizontal_content_list: Vec<HorizontalContent>,
    /// At most three.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub jump_list: Vec<Jump>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_action: Option<Jump>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub button_selection: Option<Selection>,
    /// At most six.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub button_list: Vec<Button>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub checkbox: Option<Checkbox>,
    /// At most three.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub select_list: Vec<Selection>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub submit_button: Option<SubmitButton>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub replace_text: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CardSource {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub icon_url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desc: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desc_color: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ActionMenu {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desc: Option<String>,
    /// One to three.
    pub action_list: Vec<MenuAction>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct MenuAction {
    pub text: String,
    pub key: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CardTitle {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desc: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct QuoteArea {
    /// 0 nothing, 1 an address, 2 a mini program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote_text: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ImageTextArea {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub desc: Option<String>,
    pub image_url: String,
}

/// `aspect_ratio` from 1.3 to 2.25.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CardImage {
    pub url: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aspect_ratio: Option<serde_json::Number>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct HorizontalContent {
    pub keyname: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
    /// 1 an address, 2 a file, 3 an employee.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub media_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub userid: Option<String>,
}

/// A link of the card: 0 nothing, 1 an address, 2 a mini program.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Jump {
    pub r#type: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub appid: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub pagepath: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Selection {
    pub question_key: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// At most ten.
    pub option_list: Vec<SelectionOption>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub selected_id: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SelectionOption {
    pub id: String,
    pub text: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Button {
    /// 0 calls back with `key`, 1 opens `url`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<i64>,
    pub text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub style: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub url: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Checkbox {
    pub question_key: String,
    /// At most twenty.
    pub option_list: Vec<CheckboxOption>,
    /// 0 one choice, 1 several.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mode: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct CheckboxOption {
    pub id: String,
    pub text: String,
    pub is_checked: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SubmitButton {
    pub text: String,
    pub key: String,
}
