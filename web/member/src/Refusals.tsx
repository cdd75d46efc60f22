// What the customer beside the chat refused, written down with one tap.
import { api, call } from "@huoqun/api";
import { useState } from "preact/hooks";
import { useLoad } from "./load";
import { Trouble } from "./parts";
import { t } from "./words";

const MARKS = [["no_promotion", "refuses_promotion"], ["no_personalisation", "refuses_personal"]] as const;

export function Refusals({ contact }: { contact: string }) {
  const own = useLoad(() => call(api.GET("/api/member/v1/sidebar/refusals", { params: { query: { contact } } })));
  const [error, setError] = useState<unknown>(null);
  const data = own.data;
  if (!data) return <Trouble error={own.error} again={own.again} />;
  const set = (mark: (typeof MARKS)[number][0], on: boolean) => {
    setError(null);
    call(api.POST("/api/member/v1/sidebar/refusals", { body: { contact, mark, on } })).then(own.put, setError);
  };
  return (
    <div class="stack">
      <ul class="switches">
        {MARKS.map(([mark, word]) => (
          <li key={mark}>
            <label>
              <strong>{t(word)}</strong>
              <input type="checkbox" role="switch" checked={data[mark]} onChange={(e) => set(mark, e.currentTarget.checked)} />
            </label>
          </li>
        ))}
      </ul>
      <Trouble error={error} />
    </div>
  );
}
