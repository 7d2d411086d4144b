import { Badge } from "@mantine/core";
import { useTranslation } from "react-i18next";

/** Which version of a flow is live, if any is. */
export function LiveBadge({ version }: { version: number | null | undefined }) {
  const { t } = useTranslation();
  return (
    <Badge tt="none" variant="light" color={version ? "lagoon" : "gray"} className="figures">
      {version ? t("flows.live", { version }) : t("flows.not_live")}
    </Badge>
  );
}
