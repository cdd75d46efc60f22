// The outermost frame: query cache, theme, router.
import { hooks } from "@huoqun/api";
import { QueryClientProvider } from "@tanstack/react-query";
import { RouterProvider } from "@tanstack/react-router";
import { queryClient } from "./query";
import { router } from "./routes";
import { Theme } from "./theme";

hooks.signedOut = () => {
  queryClient.setQueryData(["session"], null);
  if (!router.state.location.pathname.startsWith("/sign-in")) {
    void router.navigate({ to: "/sign-in", search: { next: router.state.location.href } });
  }
};

export function App() {
  return (
    <QueryClientProvider client={queryClient}>
      <Theme>
        <RouterProvider router={router} />
      </Theme>
    </QueryClientProvider>
  );
}
