// Answers of the server by their short names. Provisional where the schema isn't generated yet.

export type Me = {
  operator: { id: string; name: string; role: string; locale: string; staff_id?: string | null };
  tenant: { id: string; name: string; zone: string; day_cut_minutes: number; daily_cap: number; daily_warn: number; broadcast_rule: string };
  permissions: string[];
  demo: boolean;
  simulator_url?: string | null;
  now: number;
};
export type SignInBody = { code?: string; login?: string; password?: string };
export type DeadJob = { id: string; kind: string; payload: string; attempt: number; error_code: string; error_detail: string; died_at: number; reason: string };
export type AbilityRow = { action: string; ability: string };
export type Operator = {
  id: string; login: string; name: string; role: string; staff_id?: string | null; reach: string; locale: string; disabled: boolean; created_at: number; last_seen_at: number;
};
export type Invited = { operator: Operator; sign_in_url: string };
export type RoleRow = { role: string; permissions: string[] };
export type AuditRow = { id: string; at: number; operator_id: string; operator_name: string; action: string; subject: string };
export type StaffRow = {
  id: string; account_id: string; platform_id: string; name: string; title?: string | null; active: boolean; serving: boolean; kind: string; operator_id?: string | null;
};

export type TaskRow = {
  id: string; post_id: string; group_id: string; group_name: string; staff_id: string; title: string; body: string; state: string; reason: string;
  due_at: number; expires_at: number; prompted_at: number; reminders: number; settled_at: number;
};

export type Consent = {
  purpose: string; rule: string; granted?: boolean | null; allowed: boolean; text: string; text_version: number; channel?: string | null; evidence?: string | null; given_at?: number | null; withdrawn_at?: number | null;
};
export type LiveCode = {
  id: string; state: string; target: "staff" | "groups"; target_ids: string[]; account_id: string; title: string; hook: string; organiser: string; channel: string; store: string;
  community_id?: string | null; welcome_id?: string | null; tag_ids: string[]; skip_verify: boolean; overflow_name: string; status: string;
  reason: string; reason_text: string; reason_detail: string; outdated: boolean; qr_url: string; landing_url: string; created_at: number; updated_at: number;
  funnel: { adds: number; joins: number; joined_week_ago: number; stayed_week: number };
};
export type Broadcast = {
  id: string; post_id: string; account_id: string; staff_id: string; state: string; text: string; platform_id?: string | null; created_at: number; accepted_at: number; unknown_since: number;
  expires_at: number; settled_at: number; trouble_code: string; trouble: string; trouble_detail: string; reminders_left: number;
  targets: { group_id: string; state: string; reason: string; sent_at: number }[];
};
export type Account = {
  id: string; platform: string; name: string; company: string; application: string; has_secret: boolean; api_base?: string | null; url_checked_at?: number | null; last_callback_at?: number | null; created_at: number;
};
export type CallbackSettings = { url: string; token: string; key: string };
export type Finding = {
  probe: string; title: string; asked: string; verdict: string; code: number; words: string; count?: number | null; found_at: number; cure?: string | null; cure_text?: string | null;
};
export type Doctor = { state: string; started_at?: number | null; finished_at?: number | null; probes: number; findings: Finding[] };
export type SyncRow = {
  kind: string; run: number; state: string; done: number; total: number; listed: boolean; started_at: number; finished_at?: number | null; last_error: string;
};
export type Sync = { items: SyncRow[] };
export type InboxRow = { seq: number; account_id: string; received_at: number; body: string };



export type Slot = { day: number; minute: number };
export type Post = {
  id: string; community_id: string; plan_id?: string | null; item: string; day: number; minute: number; due_at: number; expires_at: number; title: string; body: string; link_target: string;
  kind: string; way: string; role: string; series: string; state: string; reason_code: string; reason: string; groups_total: number; groups_sent: number; groups_missed: number;
  prompted_at: number; first_sent_at: number;
};
export type Delivery = { group_id: string; group_name: string; staff_id: string; staff_name: string; state: string; reason: string; at: number };
export type PostChange = { id: string; at: number; actor: string; what: string; reason: string };
export type PostDetail = Post & { deliveries: Delivery[]; changes: PostChange[]; can_undo: boolean };
export type FindingOf = { code: string; message: string; args: Record<string, unknown> };
export type Check = { ok: boolean; refusals: FindingOf[]; warnings: FindingOf[]; nearest?: Slot | null };
export type Checked = { post?: Post | null; check: Check };
export type Week = {
  community_id: string; monday: number; now: number;
  days: { day: number; posts: Post[]; cap: { used: number; warn: number; limit: number }; broadcast_quota: { used: number; limit: number } }[];
  mix: { activity: number; content: number; popularity: number; total: number; bounds: { min: number; max: number }; ok: boolean };
  windows: { quiet_from: number; quiet_until: number; meals: number[][] };
};
export type Template = { key: string; name: string; kinds: string[]; source: string; items: { key: string; days: number[]; minute: number; kind: string; way: string; title: string }[] };
export type Plan = { id: string; community_id: string; template: string; name: string; link_target: string; from_day: number; extended_to: number; status: string; approve: boolean };
export type PlanMade = Plan & { posts: number; left_out: string[] };
export type CopyResult = { copied: number; held_back: number; posts: { title: string; slot: Slot; check: Check }[] };
export type Order = {
  id: string; source: string; order_no: string; person_id?: string | null; mobile: string; amount_fen: number; paid_fen: number; refunded_fen: number; paid_at: number; refunded_at?: number | null;
  day: number; items: { sku: string; name: string; quantity: number; paid_fen: number }[]; status: string; received_at: number;
};
export type ImportReport = {
  taken: boolean; dry_run: boolean; repeated: boolean; total: number; created: number; changed: number; unchanged: number; bad_rows: number; bad: { row: number; code: string; message: string }[];
};
export type OrderHook = { url?: string | null; secret?: string | null; last_received_at?: number | null };

export type Tag = { id: string; account_id: string; group_id: string; group_name: string; platform_id: string; name: string; people: number };
export type PersonTag = { tag_id: string; group_name: string; name: string; source: string; applied_at: number };
export type PersonRow = { id: string; person_no: number; name: string; avatar?: string | null; kind: string; first_seen_at: number };
export type Follow = {
  contact_id: string; account_id: string; contact_name: string; business: boolean; staff_id: string; staff_name: string; since: number; state?: string | null; remark: string; description: string; way: string; deleted_at?: number | null;
};
export type Person = PersonRow & { follows: Follow[] };
export type GreetingLink = { title: string; description?: string; url: string; picture?: string };
export type Welcome = {
  id: string; audience: "contact" | "group"; account_id: string; name: string; opening: string; offer: string; rules: string; benefit: string; action: string; link?: GreetingLink | null; invite_code_id?: string | null;
  is_default: boolean; template_status: string; reason_text: string; reason_detail: string; preview: string; lint: { code: string; message: string }[]; created_at: number; updated_at: number;
};
export type GreetingCheck = { text: string; lint: { code: string; message: string }[] };
export type WelcomeLog = {
  id: string; account_id: string; staff_platform_id: string; contact_platform_id: string; greeting_id: string; status: string; reason: string; reason_text: string; reason_detail: string; arrived_at: number;
  ended_at?: number | null; took_ms?: number | null; calls: number;
};
export type SetUps = { task: string; groups: { group_id: string; status: string; changed_at: number }[] };
export type ReleaseFigures = { reach: number; opens: number; orders: number; buyers: number; paid: number; refunded: number; leaves: number };
export type Release = {
  post_id: string; community_id: string; title: string; series: string; kind: string; way: string; day: number; hour: number; due_at: number; starts_at: number; first_sent_at: number;
  groups_total: number; groups_sent: number; groups_missed: number; figures: ReleaseFigures; counted_at: number; decided: boolean;
};
export type Rate = { count: number; base: number; value?: number | null; low: number; high: number; grey: boolean };
export type DecisionOf = { id: string; post_id: string; verdict: string; minute?: number | null; note: string; decided_by: string; at: number };
export type ReleaseCard = Release & {
  clicks: number; unidentified: number; rates: { open: Rate; buy: Rate; buy_of_open: Rate; leave: Rate };
  baseline: {
    releases: number; reach?: number | null; opens?: number | null; orders?: number | null; paid?: number | null; leaves?: number | null; open_rate?: number | null; buy_rate?: number | null; leave_rate?: number | null;
  };
  groups: (Delivery & { reason_text: string; late: boolean })[]; late: number; decision?: DecisionOf | null; before?: { decision: DecisionOf; figures: ReleaseFigures; open: Rate } | null; ripe: boolean;
};
export type Decided = { decision?: DecisionOf | null; posts_changed: number; posts_held: number };
export type Definition = { figure: string; id: string; key: string; window_hours: number; level: string; text: string };

export type TodayPost = Post & { community: string; release?: Release | null };
export type WaitingRow = { kind: string; id: string; post_id: string; title: string; groups: string[]; staff_id: string; staff_name: string; since: number; expires_at: number; reminders: number };
export type WrongRow = { kind: string; id: string; subject: string; code: string; message: string; detail: string; cure_code: string; cure: string; at: number };
export type Today = { now: number; day: number; left: TodayPost[]; due: TodayPost[]; waiting: WaitingRow[]; wrong: WrongRow[]; decisions: Release[] };

export type GroupRow = {
  id: string; account_id: string; platform_id: string; name: string; notice: string; owner_staff_id?: string | null; owner_name?: string | null; community_id?: string | null; members: number; eligible: number;
  founded_at: number; dismissed_at?: number | null; synced_at: number;
};
export type Group = GroupRow & { duties: { staff_id: string; role: string }[] };
export type Member = {
  id: string; group_id: string; member_id: string; is_staff: boolean; person_id: string; person_no: number; kind: string; kind_fixed: boolean; eligible: boolean; name: string; nickname: string; scene: string;
  state?: string | null; inviter?: string | null; joined_at: number; left_at?: number | null;
};
export type Stay = { id: string; group_id: string; group_name: string; community_id?: string | null; kind: string; scene: string; state?: string | null; joined_at: number; left_at?: number | null };
export type TimelineEntry = { kind: string; at: number; with: string; name: string; detail?: string | null };

export type CommunityCard = {
  id: string; name: string; kind: string; tier: string; segment?: string | null; status: string; for_whom: string; which_need: string; which_solution: string; purpose: string; audience_age: string;
  audience_sex: string; audience_region: string; audience_occupation: string; value_to_user: string; entry_fee?: number | null; traffic_channel: string; ends_on?: number | null; disposal: string;
  created_at: number; activated_at?: number | null; closed_at?: number | null;
};
export type Community = CommunityCard & { checklist: { item: string; done: boolean }[]; groups: GroupRow[] };
export type CommunityRow = CommunityCard & { groups: number; eligible: number; missing: number };
