// Which colour scheme the operator chose.
import { createContext } from "react";

export type SchemeChoice = "system" | "light" | "dark";
export const SchemeContext = createContext<{ choice: SchemeChoice; choose: (choice: SchemeChoice) => void }>({ choice: "system", choose: () => {} });
