// Pages for members and employees: one page, one action, under a second.
import { hooks } from "@huoqun/api";
import { tokensCss } from "@huoqun/ui";
import { render } from "preact";
import { Consents } from "./Consents";
import { Join } from "./Join";
import { Landing } from "./Landing";
import { Sidebar } from "./Sidebar";
import "./member.css";
import { locale, t } from "./words";

const sheet = document.createElement("style");
sheet.textContent = tokensCss();
document.head.prepend(sheet);
document.documentElement.lang = locale;
hooks.locale = locale;

/** `/m/l/abc` → `["l", "abc"]`. */
const [place = "", id = ""] = location.pathname.replace(/^\/m\/?/, "").split("/").map(decodeURIComponent);

function Page() {
  switch (place) {
    case "l":
      return <Landing code={id} />;
    case "j":
      return <Join state={id} />;
    case "sidebar":
      return <Sidebar />;
    case "me":
      return <Consents />;
    default:
      return <main class="one">{t("nothing_here")}</main>;
  }
}

const root = document.getElementById("root");
if (root) render(<Page />, root);
