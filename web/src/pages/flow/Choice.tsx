import { SegmentedControl } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { useLocation } from "wouter";
import { useMay } from "../../shell/session";
import { show } from "./view";

/** Draw the flow, test it, or look at how contacts go through it; those who may not change it look at it. What waits to be
 *  saved is saved wherever one is. */
export function Choice({ flow, value }: { flow: string; value: "edit" | "test" | "live" }) {
  const { t } = useTranslation();
  const [, go] = useLocation();
  const mayEdit = useMay()("flows.edit");
  const choose = (chosen: string) => {
    if (chosen !== "live") show(chosen === "test" ? "test" : "edit");
    if (chosen === "live" || value === "live") go(chosen === "live" ? `/flows/${flow}/live` : `/flows/${flow}`);
  };
  return (
    <SegmentedControl
      aria-label={t("live.mode")}
      value={value}
      onChange={choose}
      data={[
        { value: "edit", label: t(mayEdit ? "live.edit" : "flow.look") },
        ...(mayEdit ? [{ value: "test", label: t("flow.test") }] : []),
        { value: "live", label: t("live.open") },
      ]}
    />
  );
}
