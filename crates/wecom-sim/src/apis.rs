//! Every API the desk answers: path, method, whether it belongs to customer contact, and who runs it.

use crate::world::{
    Call, Reply, apps, broadcasts, codes, contacts, directory, group_statistics, groups, join_ways, media,
    messages, oauth, send_results, statistics, tags, transfers, welcomes,
};

/// One API.
#[derive(Debug)]
pub struct Api {
    /// Path below `/cgi-bin/`.
    pub path: &'static str,
    /// A GET to an API that wants POST is refused with 40058.
    pub post: bool,
    /// Needs the app to be listed for customer contact: 48002 otherwise.
    pub contact: bool,
    /// A list that refuses too many parallel calls (45033).
    pub list: bool,
    pub run: fn(&mut Call) -> Reply,
}

const fn get(path: &'static str, run: fn(&mut Call) -> Reply) -> Api {
    Api { path, post: false, contact: false, list: false, run }
}
const fn post(path: &'static str, run: fn(&mut Call) -> Reply) -> Api {
    Api { path, post: true, contact: false, list: false, run }
}

impl Api {
    const fn customer(mut self) -> Self {
        self.contact = true;
        self
    }
    const fn listing(mut self) -> Self {
        self.list = true;
        self
    }
}

/// The table of contents.
pub const APIS: &[Api] = &[
    get("getcallbackip", apps::platform_ips),
    get("get_api_domain_ip", apps::platform_ips),
    get("get_jsapi_ticket", oauth::corp_ticket),
    get("ticket/get", oauth::app_ticket),
    get("agent/get", apps::agent_get),
    get("auth/getuserinfo", oauth::user_info),
    get("user/getuserinfo", oauth::user_info),
    post("auth/getuserdetail", oauth::user_detail),
    get("department/list", directory::department_list),
    get("department/simplelist", directory::department_simplelist),
    get("department/get", directory::department_get),
    get("user/simplelist", directory::user_simplelist),
    get("user/list", directory::user_list),
    get("user/get", directory::user_get),
    post("user/list_id", directory::user_list_id).listing(),
    post("user/getuserid", directory::user_by_mobile),
    get("externalcontact/get_follow_user_list", contacts::follow_user_list).customer(),
    get("externalcontact/list", contacts::list).customer().listing(),
    get("externalcontact/get", contacts::get).customer(),
    post("externalcontact/batch/get_by_user", contacts::batch_get_by_user).customer().listing(),
    post("externalcontact/remark", contacts::remark).customer(),
    post("externalcontact/contact_list", contacts::contact_list).customer().listing(),
    post("externalcontact/get_corp_tag_list", tags::list).customer(),
    post("externalcontact/add_corp_tag", tags::add).customer(),
    post("externalcontact/edit_corp_tag", tags::edit).customer(),
    post("externalcontact/del_corp_tag", tags::del).customer(),
    post("externalcontact/mark_tag", tags::mark).customer(),
    post("externalcontact/groupchat/list", groups::list).customer().listing(),
    post("externalcontact/groupchat/get", groups::get).customer(),
    post("externalcontact/groupchat/statistic", group_statistics::by_owner).customer(),
    post("externalcontact/groupchat/statistic_group_by_day", group_statistics::by_day).customer(),
    post("externalcontact/get_user_behavior_data", statistics::user_behavior).customer(),
    post("externalcontact/add_contact_way", codes::add).customer(),
    post("externalcontact/get_contact_way", codes::get).customer(),
    post("externalcontact/list_contact_way", codes::list).customer().listing(),
    post("externalcontact/update_contact_way", codes::update).customer(),
    post("externalcontact/del_contact_way", codes::del).customer(),
    post("externalcontact/groupchat/add_join_way", join_ways::add).customer(),
    post("externalcontact/groupchat/get_join_way", join_ways::get).customer(),
    post("externalcontact/groupchat/update_join_way", join_ways::update).customer(),
    post("externalcontact/groupchat/del_join_way", join_ways::del).customer(),
    post("externalcontact/send_welcome_msg", welcomes::send).customer(),
    post("externalcontact/group_welcome_template/add", welcomes::template_add).customer(),
    post("externalcontact/group_welcome_template/edit", welcomes::template_edit).customer(),
    post("externalcontact/group_welcome_template/get", welcomes::template_get).customer(),
    post("externalcontact/group_welcome_template/del", welcomes::template_del).customer(),
    post("externalcontact/add_msg_template", broadcasts::add).customer(),
    post("externalcontact/remind_groupmsg_send", broadcasts::remind).customer(),
    post("externalcontact/cancel_groupmsg_send", broadcasts::cancel).customer(),
    post("externalcontact/get_groupmsg_list_v2", send_results::list).customer().listing(),
    post("externalcontact/get_groupmsg_task", send_results::tasks).customer(),
    post("externalcontact/get_groupmsg_send_result", send_results::results).customer(),
    post("externalcontact/transfer_customer", transfers::on_job).customer(),
    post("externalcontact/transfer_result", transfers::on_job_results).customer().listing(),
    post("externalcontact/get_unassigned_list", transfers::unassigned).customer().listing(),
    post("externalcontact/resigned/transfer_customer", transfers::resigned).customer(),
    post("externalcontact/resigned/transfer_result", transfers::resigned_results).customer().listing(),
    post("externalcontact/groupchat/transfer", transfers::resigned_groups).customer(),
    post("externalcontact/groupchat/onjob_transfer", transfers::on_job_groups).customer(),
    post("message/send", messages::send),
    post("message/recall", messages::recall),
    post("message/update_template_card", messages::update_card),
    post("media/upload", media::upload),
    post("media/uploadimg", media::upload_img),
    post("media/upload_attachment", media::upload_attachment),
];

/// The API at a path below `/cgi-bin/`.
#[must_use]
pub fn find(path: &str) -> Option<&'static Api> {
    APIS.iter().find(|api| api.path == path)
}
