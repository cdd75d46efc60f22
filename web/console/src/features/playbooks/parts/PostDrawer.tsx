// A post in a drawer: the editor while it may still change, and what became of it in each group.
import { useQuery } from "@tanstack/react-query";
import { Drawer } from "antd";
import { Failure } from "@/shared/Failure";
import { Waiting } from "@/shared/Waiting";
import { postQuery } from "../queries";
import { PostForm } from "./PostForm";
import type { Slot } from "./week";

type Props = { id: string | null; slot: Slot | null; community: string; onClose: () => void };

export function PostDrawer({ id, slot, community, onClose }: Props) {
  const query = useQuery({ ...postQuery(id ?? ""), enabled: id !== null });
  if (id === null) return <PostForm post={null} slot={slot} community={community} onClose={onClose} />;
  if (query.data) return <PostForm post={query.data} slot={null} community={query.data.community_id} onClose={onClose} />;
  return (
    <Drawer open onClose={onClose} size="min(920px, 100vw)">
      <Failure error={query.error} retry={() => void query.refetch()} />
      {query.isPending ? <Waiting rows={8} /> : null}
    </Drawer>
  );
}
