// All catalogues of zh-CN, loaded as one piece.
import access from "@/features/access/words.zh-CN.json";
import app from "@/app/words.zh-CN.json";
import common from "@/shared/words.zh-CN.json";
import metrics from "@/features/metrics/words.zh-CN.json";
import playbooks from "@/features/playbooks/words.zh-CN.json";

export const words = { access, app, common, metrics, playbooks };
