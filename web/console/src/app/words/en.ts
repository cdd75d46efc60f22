// All catalogues of en, loaded as one piece.
import access from "@/features/access/words.en.json";
import accounts from "@/features/accounts/words.en.json";
import api_keys from "@/features/api_keys/words.en.json";
import app from "@/app/words.en.json";
import broadcasts from "@/features/broadcasts/words.en.json";
import common from "@/shared/words.en.json";
import communities from "@/features/communities/words.en.json";
import data_requests from "@/features/data_requests/words.en.json";
import exports from "@/features/exports/words.en.json";
import events from "@/features/events/words.en.json";
import groups from "@/features/groups/words.en.json";
import handover from "@/features/handover/words.en.json";
import imports from "@/features/imports/words.en.json";
import layers from "@/features/layers/words.en.json";
import live_codes from "@/features/live_codes/words.en.json";
import metrics from "@/features/metrics/words.en.json";
import operations from "@/features/operations/words.en.json";
import orders from "@/features/orders/words.en.json";
import people from "@/features/people/words.en.json";
import playbooks from "@/features/playbooks/words.en.json";
import privacy from "@/features/privacy/words.en.json";
import segments from "@/features/segments/words.en.json";
import staff from "@/features/staff/words.en.json";
import tags from "@/features/tags/words.en.json";
import tasks from "@/features/tasks/words.en.json";
import tenants from "@/features/tenants/words.en.json";
import today from "@/features/today/words.en.json";
import webhooks from "@/features/webhooks/words.en.json";
import welcome from "@/features/welcome/words.en.json";

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
