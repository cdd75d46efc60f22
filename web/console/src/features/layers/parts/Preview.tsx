// A version and how many people it would move, before it moves anybody.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import { useMay } from "@/shared/session";
import { SideForm } from "@/shared/SideForm";
import type { CutDetail } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";
import { useWords } from "@/shared/words";
import { PointsTable } from "./CutPoints";

export function Preview({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useTranslation("layers");
  const words = useWords();
  const { count } = useFormat();
  const may = useMay("layers:write");
  const path = { params: { path: { id } } };
  const query = useQuery({ queryKey: ["layers", "cuts", id], queryFn: (): Promise<CutDetail> => call(api.GET("/api/v1/layers/cuts/{id}", path)) });
  const enforce = useAct(() => call(api.POST("/api/v1/layers/cuts/{id}/enforce", path)), { renew: [["layers"]], done: t("enforced"), then: onClose });
  const it = query.data;
  const can = may && it?.state === "draft";
  return (
    <SideForm open title={it ? t("version_n", { n: it.version }) : t("version")} submit={t("enforce")} blocked={!can} busy={enforce.isPending} error={enforce.error} onSubmit={() => enforce.mutate()} onClose={onClose}>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={6} /> : null}
      {it ? (
        <>
          <PointsTable cuts={it.cuts} />
          <p>{t("gap", { n: count(it.cuts.gap_days) })}</p>
          <p><strong>{t("would_move", { cells: count(it.preview.other_cell), segments: count(it.preview.other_segment), buyers: count(it.preview.buyers) })}</strong></p>
          <ul className="stack">
            {it.preview.moves.map((m) => (
              <li key={`${m.from}${m.to}`}>{t("move_line", { from: words("layers", "rfm", m.from), to: words("layers", "rfm", m.to), persons: count(m.persons) })}</li>
            ))}
          </ul>
          {it.state === "draft" ? null : <p className="soft">{t("not_a_draft")}</p>}
        </>
      ) : null}
    </SideForm>
  );
}
