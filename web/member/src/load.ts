// A server's answer on a page: waiting, there, or refused with a sentence.
import { ApiError } from "@huoqun/api";
import { useCallback, useEffect, useState } from "preact/hooks";
import { t } from "./words";

export type Loaded<T> = { data: T | null; error: unknown; again: () => void; put: (data: T) => void };

export function useLoad<T>(ask: () => Promise<T>): Loaded<T> {
  const [data, setData] = useState<T | null>(null);
  const [error, setError] = useState<unknown>(null);
  const again = useCallback(() => {
    setError(null);
    ask().then(setData, setError);
    // The page is opened for one thing, so what it asks never changes.
  }, []);
  useEffect(again, [again]);
  return { data, error, again, put: setData };
}

export function sentence(error: unknown): string {
  if (!(error instanceof ApiError)) return t("fault");
  if (error.status === 0) return t("offline");
  return error.message || (error.status === 404 ? t("gone") : t("fault"));
}
