// Chooses a time zone by search.
import { Select } from "antd";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { zonesIn } from "./zones";

type Props = { id: string; value: string; disabled: boolean; onChange: (zone: string) => void };

export function ZonePick({ id, value, disabled, onChange }: Props) {
  const { t, i18n } = useTranslation("tenants");
  const zones = useMemo(() => zonesIn(i18n.language, value), [i18n.language, value]);
  return (
    <Select
      id={id} value={value} disabled={disabled} onChange={onChange} options={zones} notFoundContent={t("zone_none")}
      showSearch filterOption={(typed, zone) => (zone?.search ?? "").includes(typed.trim().toLowerCase())}
    />
  );
}
