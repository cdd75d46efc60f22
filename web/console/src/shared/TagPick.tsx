// Choosing tags of the company, grouped as they are kept.
import { api, call } from "@huoqun/api";
import { useQuery } from "@tanstack/react-query";
import { Select } from "antd";
import { useMemo } from "react";
import type { Tag } from "./types";

/** All tags by group, as options of a select. */
export function useTagOptions() {
  const all = useQuery({ queryKey: ["tags", "all"], queryFn: (): Promise<{ items: Tag[] }> => call(api.GET("/api/v1/tags")), staleTime: 60_000 });
  const items = all.data?.items;
  const options = useMemo(() => {
    const groups = new Map<string, { label: string; options: { value: string; label: string }[] }>();
    for (const tag of items ?? []) {
      const group = groups.get(tag.group_id) ?? { label: tag.group_name, options: [] };
      group.options.push({ value: tag.id, label: tag.name });
      groups.set(tag.group_id, group);
    }
    return [...groups.values()];
  }, [items]);
  const named = (id: string) => items?.find((t) => t.id === id)?.name ?? "…";
  return { options, named, items: items ?? [], pending: all.isPending, error: all.error };
}

type Props = { id?: string; label?: string; placeholder?: string; value: string[]; onChange: (tags: string[]) => void };

export function TagPick({ id, label, placeholder, value, onChange }: Props) {
  const { options, pending } = useTagOptions();
  return <Select {...(id ? { id } : {})} mode="multiple" optionFilterProp="label" aria-label={label} placeholder={placeholder} loading={pending} value={value} options={options} onChange={onChange} style={{ width: "100%" }} />;
}
