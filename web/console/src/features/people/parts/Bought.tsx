// What a person bought.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { useFormat } from "@/shared/format";
import type { Order } from "@/shared/types";
import { Waiting } from "@/shared/Waiting";

export function Bought({ person }: { person: string }) {
  const { t } = useTranslation("people");
  const { dayAndClock, yuan } = useFormat();
  const query = useQuery({
    queryKey: ["person", person, "orders"],
    queryFn: (): Promise<{ items: Order[] }> => call(api.GET("/api/v1/orders", { params: { query: { person_id: person, limit: 50 } } })),
  });
  return (
    <>
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={3} /> : null}
      <ol className="events">
        {(query.data?.items ?? []).map((o) => (
          <li key={o.id}>
            <time className="soft">{dayAndClock(o.paid_at)}</time>
            <span>
              {yuan(o.paid_fen)} {o.items.map((i) => i.name).join("、")}
              {o.refunded_fen > 0 ? <span className="bad"> {t("refunded", { amount: yuan(o.refunded_fen) })}</span> : null}
            </span>
          </li>
        ))}
      </ol>
      {query.data?.items.length === 0 ? <p className="soft">{t("bought_none")}</p> : null}
    </>
  );
}
