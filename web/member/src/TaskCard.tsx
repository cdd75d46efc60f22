// One task: the message as it will be sent, the big button, and a way to say no with a reason.
import { api, call } from "@huoqun/api";
import { clock, dayOf } from "@huoqun/ui";
import { useState } from "preact/hooks";
import type { Bridge } from "./bridge";
import { Trouble } from "./parts";
import type { SidebarTask } from "./types";
import { t } from "./words";

type Props = { task: SidebarTask; now: number; here: boolean; asked: boolean; bridge: Bridge | null; onSettled: (task: SidebarTask) => void };

const ZONE = "Asia/Shanghai";

export function TaskCard({ task, now, here, asked, bridge, onSettled }: Props) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const [copied, setCopied] = useState(false);
  const [reason, setReason] = useState<string | null>(null);
  const path = { params: { path: { id: task.id } } };

  const run = async (what: () => Promise<SidebarTask | void>) => {
    setBusy(true);
    setError(null);
    try {
      const settled = await what();
      if (settled) onSettled(settled);
    } catch (why) {
      setError(why);
    }
    setBusy(false);
  };
  const confirm = () => call(api.POST("/api/member/v1/sidebar/tasks/{id}/sent", path));
  const send = () =>
    run(async () => {
      await bridge?.send(task.body);
      return confirm();
    });
  const copy = () =>
    run(async () => {
      await navigator.clipboard?.writeText(task.body);
      setCopied(true);
    });
  const skip = () => run(() => call(api.POST("/api/member/v1/sidebar/tasks/{id}/skip", { ...path, body: { reason: (reason ?? "").trim() } })));

  const late = task.due_at < now;
  const at = dayOf(task.due_at, ZONE) === dayOf(now, ZONE) ? clock(task.due_at, ZONE) : "";
  return (
    <article class={asked || here ? "task here" : "task"} aria-label={task.title}>
      <header>
        <strong>{task.title}</strong>
        <span class={late ? "late" : "soft"}>{at}</span>
      </header>
      <p class="soft">{task.group_name}</p>
      <p class="message">{task.body}</p>
      <Trouble error={error} />
      {bridge && here ? (
        <button type="button" class="big" disabled={busy} onClick={() => void send()}>
          {t("send")}
        </button>
      ) : (
        <>
          <button type="button" class="big" disabled={busy} onClick={() => void copy()}>
            {copied ? t("copied") : t("copy")}
          </button>
          <p class="soft">{task.kind === "invitation" ? t("open_contact") : bridge ? t("open_group", { group: task.group_name }) : t("copy_how")}</p>
          {copied ? (
            <button type="button" class="big other" disabled={busy} onClick={() => void run(confirm)}>
              {t("i_sent_it")}
            </button>
          ) : null}
        </>
      )}
      {reason === null ? (
        <button type="button" class="quiet" onClick={() => setReason("")}>
          {t("not_this_one")}
        </button>
      ) : (
        <form
          class="why"
          onSubmit={(e) => {
            e.preventDefault();
            void skip();
          }}
        >
          <input aria-label={t("why")} placeholder={t("why")} value={reason} maxLength={100} onInput={(e) => setReason(e.currentTarget.value)} />
          <button type="submit" disabled={busy || reason.trim() === ""}>
            {t("skip")}
          </button>
        </form>
      )}
    </article>
  );
}
