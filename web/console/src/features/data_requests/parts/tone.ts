// What colour and shape a request's state has.
import type { Tone } from "@huoqun/ui";
import type { DataRequest } from "@/shared/types";

export function toneOfRequest(request: Pick<DataRequest, "state" | "overdue">): Tone {
  if (request.overdue) return "wrong";
  switch (request.state) {
    case "done":
      return "done";
    case "refused":
      return "off";
    case "in_work":
      return "waiting";
    default:
      return "planned";
  }
}
