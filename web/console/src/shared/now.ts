// The server's clock, which in a demo runs faster than ours: every answer that carries `now_at` sets it.
import { useSyncExternalStore } from "react";

let offset = 0;
let shown = Date.now();
const listeners = new Set<() => void>();

const tell = () => {
  shown = Date.now() + offset;
  for (const listener of listeners) listener();
};

/** Takes over the server's reading. */
export function setNow(at: number): void {
  offset = at - Date.now();
  if (Math.abs(shown - at) > 1_000) tell();
}

/** The server's present, as well as we know it. */
export const readNow = (): number => Date.now() + offset;

let timer: ReturnType<typeof setInterval> | undefined;

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  timer ??= setInterval(tell, 20_000);
  return () => {
    listeners.delete(listener);
    if (listeners.size === 0) {
      clearInterval(timer);
      timer = undefined;
    }
  };
}

/** The present in ms, renewed every twenty seconds and whenever the server tells. */
export const useNow = (): number => useSyncExternalStore(subscribe, () => shown);
