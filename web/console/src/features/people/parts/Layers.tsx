// What she is to the company: cell, levels with since when and why, and what she is promised.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import type { PersonLayers } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";

export function Layers({ person }: { person: string }) {
  const { t } = useTranslation("layers");
  const words = useWords();
  const { when } = useFormat();
  const query = useQuery({ queryKey: ["person", person, "layers"], queryFn: (): Promise<PersonLayers> => call(api.GET("/api/v1/people/{id}/layers", { params: { path: { id: person } } })) });
  const it = query.data;
  return (
    <>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={4} /> : null}
      {it && !it.counted ? <p className="soft">{t("not_counted")}</p> : null}
      {it?.counted ? (
        <dl className="facts">
          {it.levels.map((l) => (
            <div key={l.ladder} style={{ display: "contents" }}>
              <dt>{t(`ladders.${l.ladder}`)}</dt>
              <dd>
                <strong>{words("layers", l.ladder, l.level)}</strong>{l.ladder === "rfm" && it.cell ? ` ${[...it.cell].join("·")}` : ""}
                <div className="soft">{t("because", { why: words("layers", "whys", l.reason), when: when(l.since) })}</div>
              </dd>
            </div>
          ))}
        </dl>
      ) : null}
      {it && it.promises.length > 0 ? (
        <>
          <p className="soft">{t("may_promise")}</p>
          <ul className="stack">
            {it.promises.map((p) => <li key={p.id}><strong>{p.name}</strong> <span className="soft">{words("layers", "periods", p.period)}</span><div>{p.promise}</div></li>)}
          </ul>
        </>
      ) : null}
    </>
  );
}
