import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import { useMay } from "../../shell/session";
import { Length, Player } from "./Player";

/** The recording that a step of a run names, for those who may hear it. */
export function Left({ run, file }: { run: string; file: string }) {
  const { t } = useTranslation();
  const may = useMay();
  const { data } = useQuery({
    queryKey: ["voicemails", "of", run],
    enabled: may("voicemails.read"),
    queryFn: async () => (await api.GET("/api/v1/voicemails", { params: { query: { run } } })).data?.voicemails ?? [],
  });
  const left = data?.find((one) => one.file === file);
  if (!left) return null;
  return (
    <div className="left small">
      <span className="muted figures">
        {t("voicemails.one")} · <Length seconds={left.seconds} />
      </span>
      <Player voicemail={left} />
    </div>
  );
}
