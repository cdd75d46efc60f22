// A change on the server: runs once, renews what it touched, tells that it is done. The error stays with the form.
import { type QueryKey, useMutation, useQueryClient } from "@tanstack/react-query";
import { App } from "antd";
import { useTranslation } from "react-i18next";
import { sentence } from "./Failure";

type Options<T> = {
  /** Query keys to renew. */
  renew?: QueryKey[];
  /** What to say when it is done. */
  done?: string;
  /** Say errors in a message instead of leaving them to the form. */
  tellErrors?: boolean;
  then?: (answer: T) => void;
};

export function useAct<V = void, T = unknown>(run: (value: V) => Promise<T>, { renew = [], done, tellErrors, then }: Options<T> = {}) {
  const cache = useQueryClient();
  const { message } = App.useApp();
  const { t } = useTranslation("common");
  return useMutation({
    mutationFn: run,
    onSuccess: async (answer) => {
      if (done) void message.success(done);
      then?.(answer);
      await Promise.all(renew.map((queryKey) => cache.invalidateQueries({ queryKey })));
    },
    onError: (error) => {
      if (tellErrors) void message.error(sentence(error, t));
    },
  });
}
