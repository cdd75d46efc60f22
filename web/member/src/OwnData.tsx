// What is kept about her, her tags, and what she may ask for.
import { api, call } from "@huoqun/api";
import { useState } from "preact/hooks";
import { useLoad } from "./load";
import { Bars, Organiser, Trouble } from "./parts";
import { locale, t, type Word } from "./words";
import type { OwnDataView } from "./types";

type Kind = "access" | "correct" | "erase";

export function OwnData() {
  const own = useLoad(() => call(api.GET("/api/member/v1/own-data")));
  const [asking, setAsking] = useState<"correct" | "erase" | null>(null);
  const [wish, setWish] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  if (!own.data) return own.error ? <Trouble error={own.error} again={own.again} /> : <Bars />;
  const change = (sent: Promise<OwnDataView>) => {
    setBusy(true);
    setError(null);
    sent
      .then((data) => {
        own.put(data);
        setAsking(null);
        setWish("");
      }, setError)
      .finally(() => setBusy(false));
  };
  const ask = (kind: Kind) => change(call(api.POST("/api/member/v1/own-data/requests", { body: { kind, wish } })));
  const drop = (tag: string) => change(call(api.DELETE("/api/member/v1/own-data/tags/{tag}", { params: { path: { tag } } })));
  const { kept, tags, requests, working_days, organiser } = own.data;
  return (
    <>
      <h2>{t("my_tags")}</h2>
      {tags.length === 0 ? <p class="soft">{t("my_tags_none")}</p> : null}
      <p>
        {tags.map((x) => (
          <span key={x.tag_id} class="tag">
            {x.name}{" "}
            <button type="button" class="quiet" disabled={busy} aria-label={t("delete_tag", { name: x.name })} onClick={() => drop(x.tag_id)}>
              ×
            </button>
          </span>
        ))}
      </p>
      <h2>{t("kept")}</h2>
      {kept.length === 0 ? <p class="soft">{t("kept_none")}</p> : null}
      <ul class="settled">
        {kept.map((x) => (
          <li key={x.label}>
            {x.label} <span class="soft">{x.count}</span>
          </li>
        ))}
      </ul>
      <h2>{t("my_requests")}</h2>
      <Requests requests={requests} />
      <Trouble error={error} />
      <div class="two">
        <button type="button" class="big other" disabled={busy} onClick={() => ask("access")}>
          {t("ask_copy")}
        </button>
        <button type="button" class="big other" disabled={busy} aria-expanded={asking === "correct"} onClick={() => setAsking("correct")}>
          {t("ask_correct")}
        </button>
        {asking === "correct" ? (
          <label>
            {t("ask_wish")}
            <textarea rows={3} maxLength={1000} value={wish} onInput={(e) => setWish(e.currentTarget.value)} />
            <button type="button" class="big" disabled={busy || wish.trim() === ""} onClick={() => ask("correct")}>
              {t("send_it")}
            </button>
          </label>
        ) : null}
        <button type="button" class="big other" disabled={busy} aria-expanded={asking === "erase"} onClick={() => setAsking("erase")}>
          {t("ask_erase")}
        </button>
        {asking === "erase" ? (
          <div role="group" aria-label={t("ask_erase")}>
            <p>{t("ask_erase_sure")}</p>
            <button type="button" class="big" disabled={busy} onClick={() => ask("erase")}>
              {t("ask_yes")}
            </button>
            <button type="button" class="big other" onClick={() => setAsking(null)}>
              {t("ask_no")}
            </button>
          </div>
        ) : null}
        <p class="soft">{t("ask_how", { n: working_days })}</p>
      </div>
      <Organiser name={organiser} />
    </>
  );
}

function Requests({ requests }: { requests: OwnDataView["requests"] }) {
  const day = (at: number) => new Intl.DateTimeFormat(locale, { dateStyle: "medium", timeZone: "Asia/Shanghai" }).format(at);
  return (
    <ul class="settled">
      {requests.map((r) => (
        <li key={r.id}>
          {t(`request_${r.kind}` as Word)} <span class="soft">{day(r.received_at)} · {t(`request_state_${r.state}` as Word)}</span>
          {r.outcome ? <span class="soft"> {r.outcome}</span> : null}
          {r.file ? (
            <span>
              {" "}
              <a href={r.file.url}>{t("download_copy")}</a> <span class="soft">{t("until", { when: day(r.file.expires_at) })}</span>
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
