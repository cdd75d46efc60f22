// Between a link in the group and its target: what is asked, and two buttons of the same size.
import { api, call } from "@huoqun/api";
import { useState } from "preact/hooks";
import { useLoad } from "./load";
import { Bars, Organiser, Trouble } from "./parts";
import { t } from "./words";

export function Landing({ code }: { code: string }) {
  const path = { params: { path: { code } } };
  const landing = useLoad(() => call(api.GET("/api/member/v1/links/{code}", path)));
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>(null);
  const page = landing.data;

  const answer = async (granted: boolean) => {
    setBusy(true);
    setError(null);
    try {
      const body = { granted, text_version: page?.text_version ?? null };
      const target = await call(api.POST("/api/member/v1/links/{code}/answer", { ...path, body }));
      location.assign(target.target_url);
    } catch (reason) {
      setBusy(false);
      setError(reason);
    }
  };

  if (!page) return <main class="one">{landing.error ? <Trouble error={landing.error} again={landing.again} /> : <Bars />}</main>;
  const asks = page.known && page.granted !== true && page.text !== "";
  return (
    <main class="one">
      <h1>{page.title}</h1>
      <p class="soft">{t("leads_to", { host: page.host })}</p>
      {asks ? <p class="asked">{page.text}</p> : null}
      <Trouble error={error} />
      {asks ? (
        <div class="two">
          <button type="button" class="big" disabled={busy} onClick={() => void answer(true)}>
            {t("allow_and_open")}
          </button>
          <button type="button" class="big other" disabled={busy} onClick={() => void answer(false)}>
            {t("refuse_and_open")}
          </button>
          <p class="soft">{t("either_way")}</p>
        </div>
      ) : (
        <button type="button" class="big" disabled={busy} onClick={() => void answer(page.granted === true)}>
          {t("open")}
        </button>
      )}
      <Organiser name={page.organiser} />
    </main>
  );
}
