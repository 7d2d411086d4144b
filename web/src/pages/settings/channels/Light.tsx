import "../connections/connections.css";
import { useConnectionWords } from "../connections/words";
import type { ExtraProps } from "../extras";
import { useChannelState } from "./state";

/** In the table: whether anything arrives on an account. */
export default function Light({ name }: ExtraProps) {
  const words = useConnectionWords();
  const { data } = useChannelState(name);
  if (!words || data === undefined) return null;
  if (data === null) return <span className="arrival-light" data-light="not_ready">{words.say("unusable")}</span>;
  return (
    <span className="arrival-light" data-light={data.deliveries}>
      {words.say(data.deliveries === "heard" ? "last" : data.deliveries, { at: data.last_delivery_at })}
    </span>
  );
}
