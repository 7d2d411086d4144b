import { Alert } from "@mantine/core";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { useFlows } from "../../fields/entries";
import { told } from "../../fields/issues";
import { type Found, flowOf, introOf, mistakesIn, placeOfEntry } from "./refused";

/** Why a change was refused; what stands beside no field of the form is said here, with a way to what it is about. `own`:
 *  where the entry itself is shown. */
export function Refusal({ error, others, own = null }: { error: Error; others: readonly Found[]; own?: string | null }) {
  const { t } = useTranslation();
  if (mistakesIn(error).length === 0) return <Alert color="red" role="alert">{t("app.failed", { why: error.message })}</Alert>;
  return (
    <Alert color="red" role="alert" className="settings-refusal">
      {t(`settings.${introOf(others, own)}`)}
      {others.length > 0 && <Mistakes found={others} own={own} />}
    </Alert>
  );
}

function Mistakes({ found, own }: { found: readonly Found[]; own: string | null }) {
  const { t } = useTranslation();
  const flows = useFlows();
  const titleOf = (key: string) => flows.find((one) => one.flow === key)?.name ?? key;
  return (
    <ul className="settings-mistakes">
      {found.map((one) => {
        const flow = flowOf(one);
        const place = placeOfEntry(one);
        return (
          <li key={one.file + one.code + one.path.join("/")}>
            {flow && <Link href={`/flows/${flow}`}>{t("settings.in_flow", { flow: titleOf(flow) })}</Link>}
            {!flow && place && place !== own && <Link href={place}>{one.path.slice(0, 2).join(" / ")}</Link>}
            <span>{told(one)}</span>
          </li>
        );
      })}
    </ul>
  );
}
