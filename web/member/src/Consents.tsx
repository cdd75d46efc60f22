// What a member allows: one switch per purpose, withdrawing as easy as giving.
import { api, call } from "@huoqun/api";
import { useState } from "preact/hooks";
import { useLoad } from "./load";
import { Bars, Trouble } from "./parts";
import { t, type Word } from "./words";

export function Consents() {
  const own = useLoad(() => call(api.GET("/api/member/v1/consents")));
  const [busy, setBusy] = useState("");
  const [error, setError] = useState<unknown>(null);
  if (!own.data) return <main class="one">{own.error ? <Trouble error={own.error} again={own.again} /> : <Bars />}</main>;

  const answer = (purpose: (typeof purposes)[number]["purpose"], granted: boolean, text_version: number) => {
    setBusy(purpose);
    setError(null);
    call(api.POST("/api/member/v1/consents", { body: { purpose, granted, text_version } }))
      .then(own.put, setError)
      .finally(() => setBusy(""));
  };
  const purposes = own.data.purposes;
  return (
    <main class="one">
      <h1>{t("my_choices")}</h1>
      <p class="soft">{t("choices_how")}</p>
      <Trouble error={error} />
      <ul class="switches">
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
    </main>
  );
}
