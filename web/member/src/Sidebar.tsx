// The employee's page beside a chat: who this is, what is due, and one big button that sends it.
import { ApiError, api, call } from "@huoqun/api";
import { useEffect, useState } from "preact/hooks";
import { type Bridge, openBridge } from "./bridge";
import { Bars, Trouble } from "./parts";
import { Refusals } from "./Refusals";
import { TaskCard } from "./TaskCard";
import { locale, t } from "./words";
import type { SidebarTask, SidebarView } from "./types";

const query = new URLSearchParams(location.search);

/** Spends the platform's one-use code, or sets out to get one. False when the browser is about to leave. */
async function signIn(): Promise<boolean> {
  const account = query.get("account") ?? "";
  const code = query.get("code");
  const keep = new URLSearchParams([...query].filter(([name]) => name !== "code" && name !== "state" && name !== "account"));
  if (code) {
    await call(api.POST("/api/member/v1/sidebar/session", { body: { account, code } }));
    // The code is spent: without it in the address a reload works.
    keep.set("account", account);
    history.replaceState(null, "", `${location.pathname}?${keep}`);
    return true;
  }
  if (!account) throw new ApiError(401, "sidebar.no_account", t("open_in_chat"));
  location.assign(`/api/member/v1/sidebar/start?${new URLSearchParams({ account, back: keep.toString() })}`);
  return false;
}

async function view(bridge: Bridge | null): Promise<SidebarView> {
  const { chat = null, contact = null } = bridge?.beside ?? {};
  return call(api.GET("/api/member/v1/sidebar", { params: { query: { ...(chat ? { chat } : {}), ...(contact ? { contact } : {}) } } }));
}

export function Sidebar() {
  const [data, setData] = useState<SidebarView | null>(null);
  const [bridge, setBridge] = useState<Bridge | null>(null);
  const [error, setError] = useState<unknown>(null);
  const [done, setDone] = useState(false);

  const start = async () => {
    setError(null);
    try {
      if (query.has("code") && !(await signIn())) return;
      let seen = await view(null).catch(async (reason: unknown) => {
        if (!(reason instanceof ApiError) || reason.status !== 401) throw reason;
        return (await signIn()) ? view(null) : null;
      });
      if (!seen) return;
      setData(seen);
      // Outside the messenger there is no script to send with; the page then helps by copying.
      const opened = await openBridge().catch(() => null);
      if (!opened) return;
      setBridge(opened);
      seen = await view(opened);
      setData(seen);
    } catch (reason) {
      setError(reason);
    }
  };
  useEffect(() => void start(), []);

  if (!data) return <main class="side">{error ? <Trouble error={error} again={() => void start()} /> : <Bars />}</main>;
  const settle = (task: SidebarTask) => setData({ ...data, tasks: data.tasks.map((x) => (x.id === task.id ? task : x)) });
  const waiting = data.tasks.filter((x) => x.state === "waiting");
  const settled = data.tasks.filter((x) => x.state !== "waiting");
  const here = bridge?.beside.chat ?? null;
  const sorted = [...waiting].sort((a, b) => Number(b.chat === here) - Number(a.chat === here) || a.due_at - b.due_at);
  return (
    <main class="side">
      <Beside data={data} />
      {data.contact && bridge?.beside.contact ? <Refusals contact={bridge.beside.contact} /> : null}
      <h2>{waiting.length > 0 ? t("due_now", { n: waiting.length }) : t("nothing_due")}</h2>
      {sorted.map((task) => (
        <TaskCard key={task.id} task={task} now={data.now} here={here !== null && task.chat === here} bridge={bridge} asked={task.id === query.get("task")} onSettled={settle} />
      ))}
      {settled.length > 0 ? (
        <button type="button" class="quiet" aria-expanded={done} onClick={() => setDone(!done)}>
          {t("done_today", { n: settled.length })}
        </button>
      ) : null}
      {done ? (
        <ul class="settled">
          {settled.map((x) => (
            <li key={x.id}>
              <span>{x.state === "sent" ? "✓" : "–"}</span> {x.title} <span class="soft">{x.group_name}</span>
            </li>
          ))}
        </ul>
      ) : null}
    </main>
  );
}

function Beside({ data }: { data: SidebarView }) {
  const { contact, group } = data;
  if (contact) {
    const since = new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "Asia/Shanghai" }).format(contact.first_seen_at);
    return (
      <header class="beside">
        <h1>{contact.name || t("nameless")}</h1>
        <p class="soft">{t("contact_facts", { since, groups: contact.groups })}</p>
        <p>
          {contact.tags.map((x) => (
            <span key={x} class="tag">
              {x}
            </span>
          ))}
        </p>
      </header>
    );
  }
  return (
    <header class="beside">
      <h1>{group ? group.name : data.staff_name}</h1>
      <p class="soft">{group ? t("group_facts", { members: group.members }) : t("sidebar_what")}</p>
    </header>
  );
}
