// Laptop or phone: the week grid and the tables differ more than a style sheet can say.
import { useSyncExternalStore } from "react";

const query = "(min-width: 761px)";
const list = () => window.matchMedia(query);

export const useWide = (): boolean =>
  useSyncExternalStore(
    (listener) => {
      const media = list();
      media.addEventListener("change", listener);
      return () => media.removeEventListener("change", listener);
    },
    () => list().matches,
  );
