// Replaced by `npm run gen:api` as soon as openapi.json is there.
// eslint-disable-next-line
export type paths = any;
// eslint-disable-next-line
export type components = any;
