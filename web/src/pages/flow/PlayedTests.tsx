import { Loader } from "@mantine/core";
import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";
import { api } from "../../api/client";

/** All kept tests, played on what is about to be published: what goes as told, another way, or not as told. */
export function PlayedTests({ flow, revision }: { flow: string; revision: number }) {
  const { t } = useTranslation();
  const { data, error } = useQuery({
    queryKey: ["played", flow, revision],
    gcTime: 0,
    retry: false,
    queryFn: async () => (await api.POST("/api/v1/flows/{flow}/stories/play", { params: { path: { flow } }, body: {} })).data ?? null,
  });
  const apart = data?.stories.filter((one) => one.came !== "passed") ?? [];
  return (
    <section aria-label={t("testing.kept")}>
      <div role="status">
        {!data && !error && <Loader size="xs" aria-label={t("testing.kept")} />}
        {error && <p className="warned">{t("app.failed", { why: error.message })}</p>}
        {data && data.stories.length > 0 && (
          <b className={apart.length ? "warned figures" : "figures"}>
            {t("testing.kept")}: {t("testing.counts", { passed: data.passed, changed: data.changed, failed: data.failed })}
          </b>
        )}
      </div>
      {apart.length > 0 && (
        <ul className="sentences small">
          {apart.map((one, place) => (
            <li key={place}>
              {one.story}: {t(`testing.came.${one.came}`)}
              {one.differences.map((sentence) => (
                <div key={sentence} className="muted">
                  {sentence}
                </div>
              ))}
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
