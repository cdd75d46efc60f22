// All catalogues of zh-CN, loaded as one piece.
import access from "@/features/access/words.zh-CN.json";
import accounts from "@/features/accounts/words.zh-CN.json";
import api_keys from "@/features/api_keys/words.zh-CN.json";
import app from "@/app/words.zh-CN.json";
import broadcasts from "@/features/broadcasts/words.zh-CN.json";
import common from "@/shared/words.zh-CN.json";
import communities from "@/features/communities/words.zh-CN.json";
import data_requests from "@/features/data_requests/words.zh-CN.json";
import exports from "@/features/exports/words.zh-CN.json";
import events from "@/features/events/words.zh-CN.json";
import groups from "@/features/groups/words.zh-CN.json";
import handover from "@/features/handover/words.zh-CN.json";
import imports from "@/features/imports/words.zh-CN.json";
import layers from "@/features/layers/words.zh-CN.json";
import live_codes from "@/features/live_codes/words.zh-CN.json";
import metrics from "@/features/metrics/words.zh-CN.json";
import operations from "@/features/operations/words.zh-CN.json";
import orders from "@/features/orders/words.zh-CN.json";
import people from "@/features/people/words.zh-CN.json";
import playbooks from "@/features/playbooks/words.zh-CN.json";
import privacy from "@/features/privacy/words.zh-CN.json";
import segments from "@/features/segments/words.zh-CN.json";
import staff from "@/features/staff/words.zh-CN.json";
import tags from "@/features/tags/words.zh-CN.json";
import tasks from "@/features/tasks/words.zh-CN.json";
import tenants from "@/features/tenants/words.zh-CN.json";
import today from "@/features/today/words.zh-CN.json";
import webhooks from "@/features/webhooks/words.zh-CN.json";
import welcome from "@/features/welcome/words.zh-CN.json";

export const words = {
  access,
  accounts,
  api_keys,
  app,
  broadcasts,
  common,
  communities,
  data_requests,
  events,
  exports,
  groups,
  handover,
  imports,
  layers,
  live_codes,
  metrics,
  operations,
  orders,
  people,
  playbooks,
  privacy,
  segments,
  staff,
  tags,
  tasks,
  tenants,
  today,
  webhooks,
  welcome,
};
