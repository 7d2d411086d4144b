import { ActionIcon, Alert, TextInput } from "@mantine/core";
import { IconCheck, IconCopy } from "@tabler/icons-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { shown } from "../../../fields/field";
import { Findings } from "../connections/Findings";
import { useConnectionWords } from "../connections/words";
import type { ExtraProps } from "../extras";
import { useChannelState } from "./state";

const COPIED_MS = 3_000;

/** The address that the provider must be told, a light that turns green with the first message, and what is wrong. */
export default function Arrivals({ name, entry, isNew }: ExtraProps) {
  const { t } = useTranslation();
  const words = useConnectionWords();
  const { data, error } = useChannelState(name, isNew);
  if (!words) return null;
  const { say } = words;
  return (
    <section className="card settings-part connection" aria-label={say("state")}>
      <h2>{say("state")}</h2>
      {isNew && <p className="muted field-note">{say("address_later")}</p>}
      {error && <Alert color="red">{t("app.failed", { why: error.message })}</Alert>}
      {data === null && <Alert color="red">{say("unusable")}</Alert>}
      {data && (
        <>
          <div role="status" className="arrival-light arrival-light-large" data-light={data.deliveries}>
            {say(data.deliveries, { at: data.first_delivery_at })}
          </div>
          {data.webhook && <Address address={data.webhook.address} />}
          {data.webhook && shown(entry.verify_token) !== "" && <p className="small field-note">{say("meta_token", { secret: shown(entry.verify_token) })}</p>}
          <Findings findings={data.findings} />
        </>
      )}
    </section>
  );
}

function Address({ address }: { address: string }) {
  const words = useConnectionWords();
  const [isCopied, setIsCopied] = useState(false);
  useEffect(() => {
    if (!isCopied) return;
    const timer = setTimeout(() => setIsCopied(false), COPIED_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  if (!words) return null;
  const { say } = words;
  const copy = () => void put(address).then(setIsCopied);
  return (
    <div className="hook-address">
      <TextInput label={say("address")} value={address} readOnly className="figures" onFocus={(event) => event.currentTarget.select()} />
      <ActionIcon variant="default" size={36} aria-label={isCopied ? say("copied") : say("copy")} title={say("copy")} onClick={copy}>
        {isCopied ? <IconCheck size={18} aria-hidden /> : <IconCopy size={18} aria-hidden />}
      </ActionIcon>
    </div>
  );
}

/** Put a text into the clipboard; whether it is there. Browsers have the newer way on secure pages alone. */
async function put(text: string): Promise<boolean> {
  if (navigator.clipboard) return navigator.clipboard.writeText(text).then(() => true, () => false);
  document.querySelector<HTMLInputElement>(".hook-address input")?.select();
  return document.execCommand("copy");
}
