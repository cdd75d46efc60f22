//! Request bodies as the documentation shows them.

use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use wecom::wire::{
    Call, Verb, app_messages, contact_ways, contacts, groups, join_ways, mass_sends, tags, welcomes,
};

#[track_caller]
fn survives<T: Call + DeserializeOwned + Serialize>(path: &str, body: Value) {
    assert_eq!(T::PATH, path);
    assert_eq!(T::VERB, Verb::Post);
    let request: T = serde_json::from_value(body.clone()).unwrap_or_else(|e| panic!("{path}: {e}"));
    assert_eq!(serde_json::to_value(&request).expect("writes"), body, "{path}");
}

#[test]
fn codes_and_groups() {
    survives::<contact_ways::AddContactWay>(
        "/cgi-bin/externalcontact/add_contact_way",
        json!({"type": 1, "scene": 1, "style": 1, "remark": "渠道客户", "skip_verify": true, "state": "teststate",
            "user": ["zhangsan", "lisi"], "party": [2, 3], "is_temp": true, "expires_in": 86400,
            "chat_expires_in": 86400, "unionid": "oxTWIuGaIt6gTKsQRLau2M0AAAA", "is_exclusive": true,
            "conclusions": {"text": {"content": "文本消息内容"}, "image": {"media_id": "MEDIA_ID"}}}),
    );
    survives::<contact_ways::UpdateContactWay>(
        "/cgi-bin/externalcontact/update_contact_way",
        json!({"config_id": "42b34949e138eb6e027c123cba77fAAA", "remark": "渠道客户", "skip_verify": true,
            "style": 1, "state": "teststate", "user": ["zhangsan"], "party": [2]}),
    );
    survives::<join_ways::AddJoinWay>(
        "/cgi-bin/externalcontact/groupchat/add_join_way",
        json!({"scene": 2, "remark": "aa_remark", "auto_create_room": 1, "room_base_name": "销售客服群",
            "room_base_id": 10, "chat_id_list": ["wr1", "wr2"], "state": "klsdup3kj3s1"}),
    );
    survives::<join_ways::UpdateJoinWay>(
        "/cgi-bin/externalcontact/groupchat/update_join_way",
        json!({"config_id": "9ad7fa5cdaa6511298498f979c4722de", "scene": 2, "remark": "bb_remark",
            "auto_create_room": 0, "chat_id_list": ["wr1"], "state": "klsdup3kj3s1"}),
    );
    survives::<groups::ListGroups>(
        "/cgi-bin/externalcontact/groupchat/list",
        json!({"status_filter": 0, "owner_filter": {"userid_list": ["abel"]}, "cursor": "r9F", "limit": 10}),
    );
    survives::<groups::GroupStatistic>(
        "/cgi-bin/externalcontact/groupchat/statistic",
        json!({"day_begin_time": 1600272000, "day_end_time": 1600444800, "owner_filter": {"userid_list": ["zhangsan"]},
            "order_by": 2, "order_asc": 0, "offset": 0, "limit": 1000}),
    );
}

#[test]
fn contacts_and_tags() {
    survives::<contacts::BatchGetByUser>(
        "/cgi-bin/externalcontact/batch/get_by_user",
        json!({"userid_list": ["zhangsan", "lisi"], "cursor": "r9F", "limit": 100}),
    );
    survives::<contacts::Remark>(
        "/cgi-bin/externalcontact/remark",
        json!({"userid": "zhangsan", "external_userid": "wo1", "remark": "备注信息", "description": "描述信息",
            "remark_company": "腾讯科技", "remark_mobiles": ["13800000001"], "remark_pic_mediaid": "MEDIAID"}),
    );
    survives::<tags::AddCorpTag>(
        "/cgi-bin/externalcontact/add_corp_tag",
        json!({"group_id": "GROUP_ID", "group_name": "GROUP_NAME", "order": 1,
            "tag": [{"name": "TAG_NAME_1", "order": 1}, {"name": "TAG_NAME_2", "order": 2}], "agentid": 1000014}),
    );
    survives::<tags::MarkTag>(
        "/cgi-bin/externalcontact/mark_tag",
        json!({"userid": "zhangsan", "external_userid": "wo1", "add_tag": ["etT1", "etT2"], "remove_tag": ["etT3"]}),
    );
}

#[test]
fn messages() {
    survives::<welcomes::SendWelcomeMsg>(
        "/cgi-bin/externalcontact/send_welcome_msg",
        json!({"welcome_code": "CALLBACK_CODE", "text": {"content": "文本消息内容"}, "attachments": [
            {"msgtype": "image", "image": {"media_id": "MEDIA_ID", "pic_url": "http://p.qpic.cn/pic_wework/x/0"}},
            {"msgtype": "link", "link": {"title": "消息标题", "picurl": "https://example.com/x.png", "desc": "消息描述", "url": "https://example.com"}},
            {"msgtype": "miniprogram", "miniprogram": {"title": "消息标题", "pic_media_id": "MEDIA_ID", "appid": "wx8bd80126147dfAAA", "page": "/path/index.html"}},
            {"msgtype": "video", "video": {"media_id": "MEDIA_ID"}},
            {"msgtype": "file", "file": {"media_id": "MEDIA_ID"}}]}),
    );
    survives::<welcomes::AddGroupWelcome>(
        "/cgi-bin/externalcontact/group_welcome_template/add",
        json!({"text": {"content": "亲爱的%NICKNAME%用户，你好"}, "image": {"media_id": "MEDIA_ID"},
            "agentid": 1000014, "notify": 1}),
    );
    survives::<mass_sends::AddMsgTemplate>(
        "/cgi-bin/externalcontact/add_msg_template",
        json!({"chat_type": "single", "external_userid": ["wo1", "wm1"], "chat_id_list": ["wr1"],
            "tag_filter": {"group_list": [{"tag_list": ["et1", "et2"]}, {"tag_list": ["et3"]}]},
            "sender": "zhangsan", "allow_select": false, "text": {"content": "文本消息内容"},
            "attachments": [{"msgtype": "image", "image": {"media_id": "MEDIA_ID"}}]}),
    );
    survives::<mass_sends::GetGroupmsgList>(
        "/cgi-bin/externalcontact/get_groupmsg_list_v2",
        json!({"chat_type": "single", "start_time": 1605171726, "end_time": 1605172726, "creator": "zhangsan",
            "filter_type": 1, "limit": 50, "cursor": "CURSOR"}),
    );
}

#[test]
fn app_messages_and_cards() {
    survives::<app_messages::SendMessage>(
        "/cgi-bin/message/send",
        json!({"touser": "UserID1|UserID2", "toparty": "PartyID1", "totag": "TagID1", "msgtype": "text", "agentid": 1,
            "text": {"content": "你的快递已到"}, "safe": 0, "enable_id_trans": 0, "enable_duplicate_check": 0,
            "duplicate_check_interval": 1800}),
    );
    survives::<app_messages::SendMessage>(
        "/cgi-bin/message/send",
        json!({"touser": "UserID1", "msgtype": "textcard", "agentid": 1, "textcard":
            {"title": "领奖通知", "description": "2016年9月26日", "url": "URL", "btntxt": "更多"}}),
    );
    survives::<app_messages::SendMessage>(
        "/cgi-bin/message/send",
        json!({"touser": "UserID1", "msgtype": "template_card", "agentid": 1, "template_card": {
            "card_type": "button_interaction", "source": {"icon_url": "图片的url", "desc": "企业微信", "desc_color": 1},
            "action_menu": {"desc": "卡片副交互辅助文本说明", "action_list": [{"text": "接受推送", "key": "A"}, {"text": "不再推送", "key": "B"}]},
            "task_id": "task_id", "main_title": {"title": "欢迎使用企业微信", "desc": "您的好友正在邀请您加入企业微信"},
            "quote_area": {"type": 1, "url": "https://work.weixin.qq.com", "title": "引用", "quote_text": "引用的正文"},
            "sub_title_text": "下载企业微信还能抢红包！",
            "horizontal_content_list": [{"keyname": "邀请人", "value": "张三"}, {"type": 1, "keyname": "企业微信官网", "value": "点击访问", "url": "https://work.weixin.qq.com"}],
            "card_action": {"type": 2, "url": "https://work.weixin.qq.com", "appid": "小程序的appid", "pagepath": "/index.html"},
            "button_selection": {"question_key": "btn_question_key1", "title": "企业微信评分",
                "option_list": [{"id": "btn_selection_id1", "text": "100分"}], "selected_id": "btn_selection_id1"},
            "button_list": [{"text": "按钮1", "style": 1, "key": "button_key_1"}]}}),
    );
    survives::<app_messages::UpdateTemplateCard>(
        "/cgi-bin/message/update_template_card",
        json!({"userids": ["userid1"], "partyids": [2], "tagids": [44], "atall": 0, "agentid": 1,
            "response_code": "response_code", "enable_id_trans": 1, "button": {"replace_name": "replace_name"}}),
    );
}
