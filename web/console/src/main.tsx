// Entry of the operator console.
import { tokensCss } from "@huoqun/ui";
import { createRoot } from "react-dom/client";
import { App } from "./app/App";
import { startWords } from "./app/i18n";
import "./app/base.css";

const sheet = document.createElement("style");
sheet.textContent = tokensCss();
document.head.prepend(sheet);

const root = document.getElementById("root");
if (root) void startWords().then(() => createRoot(root).render(<App />));
