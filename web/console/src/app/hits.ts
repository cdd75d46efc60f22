// Where a search hit leads.
import type { SearchHit } from "@/shared/types";

export function placeOfHit(hit: SearchHit): string {
  const id = encodeURIComponent(hit.id);
  switch (hit.kind) {
    case "group":
      return `/groups/${id}`;
    case "community":
      return `/communities/${id}`;
    case "person":
    case "contact":
      return `/people/${id}`;
    case "live_code":
    case "code":
      return `/content/live-codes/${id}`;
    case "post":
      return `/plan?post=${id}`;
    case "broadcast":
      return `/content/broadcasts/${id}`;
    case "release":
      return `/results/${id}`;
    case "staff":
      return "/settings/staff";
    case "tag":
      return "/people/tags";
    default:
      return "/today";
  }
}
