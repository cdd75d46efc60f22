// Where a figure finds its definition; the shell provides the answers.
import { createContext } from "react";

export type Definition = { id: string; name: string; meaning: string; formula: string; window: string; source: string };
export const DefinitionsContext = createContext<(id: string) => Definition | "loading" | undefined>(() => undefined);
