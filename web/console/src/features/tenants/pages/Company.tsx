// The company: its name, its day, and what its groups may be sent.
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { Failure } from "@/shared/Failure";
import { Page } from "@/shared/Page";
import { useMay } from "@/shared/session";
import { Waiting } from "@/shared/Waiting";
import { SettingsForm } from "../parts/SettingsForm";
import { tenantQuery } from "../queries";

export function Company() {
  const { t } = useTranslation("tenants");
  const may = useMay("tenants:write");
  const tenant = useQuery(tenantQuery);
  return (
    <Page title={t("title")} lead={may ? t("lead") : t("read_only")}>
      {tenant.error ? <Failure error={tenant.error} retry={() => void tenant.refetch()} /> : null}
      {tenant.isPending ? <Waiting rows={6} height={40} /> : null}
      {tenant.data ? <SettingsForm tenant={tenant.data} may={may} /> : null}
    </Page>
  );
}
