// Chooses one or several employees by name.
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { allStaff } from "./names";

type One = { id?: string; value: string | undefined; onChange: (value: string | undefined) => void; many?: false };
type Many = { id?: string; value: string[]; onChange: (value: string[]) => void; many: true };

export function StaffPick(props: One | Many) {
  const staff = useQuery(allStaff);
  const options = (staff.data?.items ?? []).filter((s) => s.active).map((s) => ({ value: s.id, label: s.name }));
  const shared = { options, loading: staff.isPending, showSearch: true, optionFilterProp: "label", allowClear: true, ...(props.id ? { id: props.id } : {}) };
  if (props.many) return <Select {...shared} mode="multiple" value={props.value} onChange={props.onChange} />;
  return <Select {...shared} value={props.value ?? null} onChange={(v: string | null) => props.onChange(v ?? undefined)} />;
}
