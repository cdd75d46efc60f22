// Where a figure finds its definition; the shell provides the answers.
import { createContext } from "react";
import type { Definition } from "./types";

export const DefinitionsContext = createContext<(figure: string) => Definition | "loading" | undefined>(() => undefined);
