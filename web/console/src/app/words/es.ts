// All catalogues of es, loaded as one piece.
import access from "@/features/access/words.es.json";
import app from "@/app/words.es.json";
import common from "@/shared/words.es.json";
import metrics from "@/features/metrics/words.es.json";
import playbooks from "@/features/playbooks/words.es.json";

export const words = { access, app, common, metrics, playbooks };
