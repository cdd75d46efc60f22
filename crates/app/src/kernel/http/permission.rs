//! Every right there is, as a word and as a type. Roles grant words (`access/model.rs`); handlers ask for types.

use super::caller::Permission;

macro_rules! permissions {
    ($($read:ident $write:ident $slice:literal;)*) => {
        $(
            #[doc = concat!("May see ", $slice, ".")]
            pub struct $read;
            impl Permission for $read { const WORD: &'static str = concat!($slice, ":read"); }
            #[doc = concat!("May change ", $slice, ".")]
            pub struct $write;
            impl Permission for $write { const WORD: &'static str = concat!($slice, ":write"); }
        )*
        /// Every word, reads and writes.
        pub const ALL: &[&str] = &[$(concat!($slice, ":read"), concat!($slice, ":write"),)*];
    };
}

permissions! {
    TenantsRead TenantsWrite "tenants";
    AccessRead AccessWrite "access";
    ApiKeysRead ApiKeysWrite "api_keys";
    OperationsRead OperationsWrite "operations";
    AccountsRead AccountsWrite "accounts";
    StaffRead StaffWrite "staff";
    PrivacyRead PrivacyWrite "privacy";
    PeopleRead PeopleWrite "people";
    PeopleSensitiveRead PeopleSensitiveWrite "people_sensitive";
    TagsRead TagsWrite "tags";
    HandoverRead HandoverWrite "handover";
    GroupsRead GroupsWrite "groups";
    CommunitiesRead CommunitiesWrite "communities";
    EventsRead EventsWrite "events";
    LinksRead LinksWrite "links";
    LiveCodesRead LiveCodesWrite "live_codes";
    WelcomeRead WelcomeWrite "welcome";
    SegmentsRead SegmentsWrite "segments";
    BudgetsRead BudgetsWrite "budgets";
    BroadcastsRead BroadcastsWrite "broadcasts";
    TasksRead TasksWrite "tasks";
    PlaybooksRead PlaybooksWrite "playbooks";
    OrdersRead OrdersWrite "orders";
    ContactDataRead ContactDataWrite "contact_data";
    ImportsRead ImportsWrite "imports";
    ExportsRead ExportsWrite "exports";
    AttributionRead AttributionWrite "attribution";
    LayersRead LayersWrite "layers";
    MetricsRead MetricsWrite "metrics";
    DataRequestsRead DataRequestsWrite "data_requests";
    WebhooksRead WebhooksWrite "webhooks";
    TodayRead TodayWrite "today";
}
