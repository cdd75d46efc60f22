// What console and member pages share: tokens, formatters, states.
export * from "./format";
export * from "./states";
export * from "./tokens";
