// The company's own settings.
import { api, call } from "@huoqun/api";
import { queryOptions } from "@tanstack/react-query";
import type { Tenant } from "@/shared/types";

export const tenantQuery = queryOptions({
  queryKey: ["tenants"],
  queryFn: (): Promise<Tenant> => call(api.GET("/api/v1/tenant")),
});

/** What an operator may change. */
export type Settings = Omit<Tenant, "id">;

export const saveTenant = (settings: Settings): Promise<Tenant> => call(api.PATCH("/api/v1/tenant", { body: settings }));
