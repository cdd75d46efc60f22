// Keys are typed by the source catalogue: an unknown key doesn't compile.
import "i18next";
import type { words } from "./words/zh-CN";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "common";
    resources: typeof words;
    returnNull: false;
  }
}
