// Asks memory and the database the same question, and says in words whether they agree.
import { api, call } from "@huoqun/api";
import { Link } from "@tanstack/react-router";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import type { SegmentCheck, SegmentPerson } from "@/shared/types";

export function DatabaseCheck({ text }: { text: string }) {
  const { t } = useTranslation("segments");
  const { count } = useFormat();
  const check = useAct((): Promise<SegmentCheck> => call(api.POST("/api/v1/segments/check", { body: { text } })));
  const found = check.data;
  const ms = (us: number) => count(Math.round(us / 10) / 100);
  return (
    <div className="stack">
      <p className="soft">{t("check_why")}</p>
      <div><Button onClick={() => check.mutate()} loading={check.isPending}>{t("check")}</Button></div>
      <Failure error={check.error} />
      {found ? (
        <div className="stack" role="status">
          <p>{found.equal ? t("check_equal", { n: count(found.engine) }) : t("check_differs", { engine: count(found.engine), database: count(found.database) })}</p>
          <p className="soft">{t("check_took", { engine: ms(found.engine_us), database: ms(found.database_us) })}</p>
          <Only title={t("only_engine")} people={found.only_engine} />
          <Only title={t("only_database")} people={found.only_database} />
          {found.equal ? null : <p className="note">{t("check_cure")}</p>}
        </div>
      ) : null}
    </div>
  );
}

function Only({ title, people }: { title: string; people: SegmentPerson[] }) {
  const { t } = useTranslation("segments");
  if (people.length === 0) return null;
  return (
    <div>
      <p>{title}</p>
      <ul className="row">{people.map((p) => <li key={p.id} className="tag"><span><Link to="/people/$id" params={{ id: p.id }}>{p.name || t("nameless")}</Link></span></li>)}</ul>
    </div>
  );
}
