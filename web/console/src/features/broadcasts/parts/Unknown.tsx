// Nobody knows whether it left: a person looks into the chat and says so.
import { api, call } from "@huoqun/api";
import { Button } from "antd";
import { useTranslation } from "react-i18next";
import { useAct } from "@/shared/act";
import { Failure } from "@/shared/Failure";
import { Section } from "@/shared/Page";

const verdicts = ["sent", "resend", "give_up"] as const;

export function Unknown({ id }: { id: string }) {
  const { t } = useTranslation("broadcasts");
  const resolve = useAct(
    (verdict: (typeof verdicts)[number]) => call(api.POST("/api/v1/broadcasts/{id}/resolve", { params: { path: { id } }, body: { verdict } })),
    { renew: [["broadcast", id], ["broadcasts"], ["today"]] },
  );
  return (
    <Section title={t("unknown.title")}>
      <p>{t("unknown.what")}</p>
      <div className="row" style={{ marginTop: 8 }}>
        {verdicts.map((verdict) => (
          <Button key={verdict} onClick={() => resolve.mutate(verdict)} loading={resolve.isPending && resolve.variables === verdict}>{t(`unknown.${verdict}`)}</Button>
        ))}
      </div>
      <Failure error={resolve.error} />
    </Section>
  );
}
