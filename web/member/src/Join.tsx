// The page behind a live code: why to join, and the picture to press.
import { api, call } from "@huoqun/api";
import { useLoad } from "./load";
import { Bars, Organiser, Trouble } from "./parts";
import { t } from "./words";

export function Join({ state }: { state: string }) {
  const join = useLoad(() => call(api.GET("/api/member/v1/join/{state}", { params: { path: { state } } })));
  const page = join.data;
  if (!page) return <main class="one">{join.error ? <Trouble error={join.error} again={join.again} /> : <Bars />}</main>;
  return (
    <main class="one centre">
      <h1>{page.hook}</h1>
      <p class="soft">{page.title}</p>
      {page.already_in ? (
        <p class="asked">{t("already_in", { group: page.already_in })}</p>
      ) : !page.open ? (
        <p class="asked">{t("code_closed")}</p>
      ) : page.qr_url ? (
        <>
          <img class="qr" src={page.qr_url} alt={t("qr_alt")} width={240} height={240} />
          <p class="press">{page.target === "staff" ? t("press_to_add") : t("press_to_join")}</p>
        </>
      ) : (
        <p class="asked">{t("code_soon")}</p>
      )}
      <Organiser name={page.organiser}>{page.identify_url ? <a href={page.identify_url}>{t("recognise_me")}</a> : null}</Organiser>
    </main>
  );
}
