import "@xyflow/react/dist/base.css";
import "../../canvas/canvas.css";
import "../flow/flow.css";
import { Alert, Center, Loader } from "@mantine/core";
import { ReactFlowProvider } from "@xyflow/react";
import { useTranslation } from "react-i18next";
import { useFlowList } from "../../api/flows";
import { Trail } from "../../shell/Trail";
import { Choice } from "../flow/Choice";
import { LiveBadge } from "../flow/LiveBadge";
import Live from "./Live";

const REFRESH_MS = 15_000;

/** A flow as contacts go through it: its live version, whichever that is meanwhile. */
export default function LivePage({ flow }: { flow: string }) {
  const { t } = useTranslation();
  const { data, error, isPending } = useFlowList(REFRESH_MS);
  const known = data?.find((one) => one.flow === flow);
  const version = known?.live_version ?? null;
  return (
    <main className="live-page">
      <header className="top-bar">
        <div className="top-start">
          <Trail to="/flows" name={t("flows.title")} />
          <h1 className="flow-name" title={known?.name}>
            {known?.name ?? flow}
          </h1>
          {known && <LiveBadge version={version} />}
        </div>
        <Choice flow={flow} value="live" />
        <div className="top-end" />
      </header>
      {isPending ? (
        <Center>
          <Loader />
        </Center>
      ) : !known ? (
        <Alert color="red" m="lg" role="alert">
          {error ? t("app.failed", { why: error.message }) : t("live.no_flow")}
        </Alert>
      ) : (
        <ReactFlowProvider>
          <Live flow={flow} version={version} />
        </ReactFlowProvider>
      )}
    </main>
  );
}
