// All catalogues of es, loaded as one piece.
import access from "@/features/access/words.es.json";
import accounts from "@/features/accounts/words.es.json";
import api_keys from "@/features/api_keys/words.es.json";
import app from "@/app/words.es.json";
import broadcasts from "@/features/broadcasts/words.es.json";
import common from "@/shared/words.es.json";
import communities from "@/features/communities/words.es.json";
import data_requests from "@/features/data_requests/words.es.json";
import exports from "@/features/exports/words.es.json";
import events from "@/features/events/words.es.json";
import groups from "@/features/groups/words.es.json";
import handover from "@/features/handover/words.es.json";
import imports from "@/features/imports/words.es.json";
import layers from "@/features/layers/words.es.json";
import live_codes from "@/features/live_codes/words.es.json";
import metrics from "@/features/metrics/words.es.json";
import operations from "@/features/operations/words.es.json";
import orders from "@/features/orders/words.es.json";
import people from "@/features/people/words.es.json";
import playbooks from "@/features/playbooks/words.es.json";
import privacy from "@/features/privacy/words.es.json";
import segments from "@/features/segments/words.es.json";
import staff from "@/features/staff/words.es.json";
import tags from "@/features/tags/words.es.json";
import tasks from "@/features/tasks/words.es.json";
import tenants from "@/features/tenants/words.es.json";
import today from "@/features/today/words.es.json";
import webhooks from "@/features/webhooks/words.es.json";
import welcome from "@/features/welcome/words.es.json";

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
