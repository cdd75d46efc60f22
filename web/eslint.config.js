// What the linter holds: typed recommended rules, hooks, and the walls between features.
import hooks from "eslint-plugin-react-hooks";
import ts from "typescript-eslint";

export default ts.config(
  { ignores: ["dist/**", "**/node_modules/**", "packages/api/src/schema.ts"] },
  ...ts.configs.recommended,
  {
    files: ["**/*.{ts,tsx}"],
    rules: {
      "max-lines": ["error", { max: 400, skipBlankLines: true, skipComments: true }],
      "no-console": "error",
      eqeqeq: "error",
      "@typescript-eslint/no-explicit-any": "error",
    },
  },
  {
    files: ["console/**/*.{ts,tsx}"],
    plugins: { "react-hooks": hooks },
    rules: { "react-hooks/rules-of-hooks": "error", "react-hooks/exhaustive-deps": "error" },
  },
  {
    // A feature may use shared parts and packages, never another feature: composition happens in src/app.
    files: ["console/src/features/**/*.{ts,tsx}"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["**/features/*", "../../../*/**/features/**", "**/app/**"], message: "Compose features in src/app." }] },
      ],
    },
  },
  {
    files: ["console/src/shared/**/*.{ts,tsx}"],
    rules: { "no-restricted-imports": ["error", { patterns: [{ group: ["**/features/**", "**/app/**"] }] }] },
  },
);
