// My privacy: two refusals that outweigh everything, one switch per purpose, what is kept, tags, requests.
import { api, call } from "@huoqun/api";
import { useState } from "preact/hooks";
import { useLoad } from "./load";
import { OwnData } from "./OwnData";
import { Bars, Trouble } from "./parts";
import { t, type Word } from "./words";

const REFUSALS = ["no_promotion", "no_personalisation"] as const;

export function Consents() {
  const own = useLoad(() => call(api.GET("/api/member/v1/consents")));
  const [busy, setBusy] = useState("");
  const [error, setError] = useState<unknown>(null);
  if (!own.data) return <main class="one">{own.error ? <Trouble error={own.error} again={own.again} /> : <Bars />}</main>;

  type Own = NonNullable<typeof own.data>;
  const change = (what: string, sent: Promise<Own>) => {
    setBusy(what);
    setError(null);
    sent.then(own.put, setError).finally(() => setBusy(""));
  };
  const answer = (purpose: Own["purposes"][number]["purpose"], granted: boolean, text_version: number) =>
    change(purpose, call(api.POST("/api/member/v1/consents", { body: { purpose, granted, text_version } })));
  const refuse = (mark: (typeof REFUSALS)[number], on: boolean) => change(mark, call(api.POST("/api/member/v1/consents/marks", { body: { mark, on } })));
  const { purposes, marks } = own.data;
  return (
    <main class="one">
      <h1>{t("my_privacy")}</h1>
      <p class="soft">{t("choices_how")}</p>
      <Trouble error={error} />
      <ul class="switches">
        {REFUSALS.map((mark) => (
          <li key={mark}>
            <label>
              <span>
                <strong>{t(mark)}</strong>
                <span class="soft">{t(`${mark}_what` as Word)}</span>
              </span>
              <input type="checkbox" role="switch" checked={marks.some((m) => m.mark === mark)} disabled={busy === mark} onChange={(e) => refuse(mark, e.currentTarget.checked)} />
            </label>
          </li>
        ))}
        {purposes.map((c) => (
          <li key={c.purpose}>
            <label>
              <span>
                <strong>{t(`purpose_${c.purpose}` as Word)}</strong>
                <span class="soft">{c.text}</span>
              </span>
              <input type="checkbox" role="switch" checked={c.allowed} disabled={busy === c.purpose} onChange={(e) => answer(c.purpose, e.currentTarget.checked, c.text_version)} />
            </label>
          </li>
        ))}
      </ul>
      <p class="soft">{t("group_posts")}</p>
      <OwnData />
    </main>
  );
}
