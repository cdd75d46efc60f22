// All catalogues of en, loaded as one piece.
import access from "@/features/access/words.en.json";
import app from "@/app/words.en.json";
import common from "@/shared/words.en.json";
import metrics from "@/features/metrics/words.en.json";
import playbooks from "@/features/playbooks/words.en.json";

export const words = { access, app, common, metrics, playbooks };
