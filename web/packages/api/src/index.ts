// The typed client: openapi-fetch over the generated schema, and one kind of error that says what, why and where.
import createClient from "openapi-fetch";
import type { paths } from "./schema";

export type { components, paths } from "./schema";

/** A refusal or fault as the server words it. `status` 0 means that no answer came. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly args: Record<string, unknown> = {},
    readonly requestId = "",
  ) {
    super(message);
  }
}

/** Set once by the shell: the language in which refusals are worded, and what to do when the session has ended. */
export const hooks = { locale: "zh-CN", signedOut: () => {} };

export const api = createClient<paths>({
  baseUrl: globalThis.location?.origin ?? "http://localhost",
  fetch: (request) => globalThis.fetch(request),
});

api.use({
  onRequest({ request }) {
    request.headers.set("accept-language", hooks.locale);
    if (request.method !== "GET") request.headers.set("x-huoqun", "console");
    return request;
  },
});

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** Unwraps an answer: the data, or an {@link ApiError} thrown. */
export async function call<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer.catch(() => {
    throw new ApiError(0, "network.unreachable", "");
  });
  if (response.ok) return data as T;
  if (response.status === 401) hooks.signedOut();
  const body = (error as { error?: { code?: string; message?: string; args?: Record<string, unknown>; request_id?: string } } | undefined)?.error;
  throw new ApiError(response.status, body?.code ?? "server.fault", body?.message ?? "", body?.args, body?.request_id);
}
