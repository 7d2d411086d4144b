import { useTranslation } from "react-i18next";
import { api } from "../../api/client";
import type { components } from "../../api/schema";

type Takeover = components["schemas"]["TakeoverView"];

/** What publishing the flow's draft takes from other live flows. */
export async function readTakeovers(flow: string): Promise<Takeover[]> {
  return (await api.GET("/api/v1/flows/{flow}/takeovers", { params: { path: { flow } } })).data ?? [];
}

/** The numbers that are taken over, each with the flow that has it now: it was said whose they are. */
export function takenBy(takeovers: readonly Takeover[]): Record<string, string> {
  return Object.fromEntries(takeovers.flatMap((one) => one.numbers.map((number) => [number, one.flow])));
}

/** Whether some flow cannot give its numbers up as it is. */
export function isRefused(takeovers: readonly Takeover[]): boolean {
  return takeovers.some((one) => one.why !== "");
}

/** Whose numbers the flow takes over, and what becomes of those flows. */
export function Takeovers({ takeovers }: { takeovers: readonly Takeover[] }) {
  const { t } = useTranslation();
  return (
    <div className="warned" role="status">
      {takeovers.map((one) => {
        const said = { flow: one.name, numbers: one.numbers.join(", "), left: one.left.join(", "), why: one.why };
        const key = one.why ? "takes_over_not" : one.left.length > 0 ? "takes_over_left" : "takes_over_all";
        return <div key={one.flow}>{t(`publish.${key}`, said)}</div>;
      })}
    </div>
  );
}
