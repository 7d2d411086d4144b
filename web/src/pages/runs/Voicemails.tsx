import "./runs.css";
import { useTranslation } from "react-i18next";
import { Link } from "wouter";
import { api } from "../../api/client";
import { useFlows, useNames } from "../../fields/entries";
import { useAsked } from "../../shell/address";
import { Headings } from "../../shell/Headings";
import { useMay } from "../../shell/session";
import { atTime } from "../../shell/times";
import { heardIn, type Heard, voicemailQueryOf } from "./asking";
import { Deleting } from "./Deleting";
import { FilterChip } from "./FilterChip";
import { Period, Search } from "./Filters";
import { Length, Player, type Voicemail } from "./Player";
import { Pages, usePages } from "./Pages";
import { Tabs } from "./Tabs";

/** What callers left a message, newest first, to be heard. What is looked for stands in the address. */
export default function Voicemails() {
  const { t } = useTranslation();
  const [address, ask] = useAsked();
  const asked = heardIn(address);
  const read = async (cursor: string) => {
    const query = { limit: 50, ...voicemailQueryOf(asked, new Date()), ...(cursor ? { cursor } : {}) };
    return (await api.GET("/api/v1/voicemails", { params: { query } })).data;
  };
  const pages = usePages(["voicemails", asked], read, (page) => page.voicemails);
  return (
    <main className="page">
      <header className="page-head">
        <h1>{t("voicemails.title")}</h1>
        <Tabs />
      </header>
      <div className="page-body runs">
        <Filters asked={asked} onChange={ask} />
        <Pages pages={pages} none={t("voicemails.none")}>
          <Table left={pages.found} />
        </Pages>
      </div>
    </main>
  );
}

function Filters({ asked, onChange }: { asked: Heard; onChange: (change: Partial<Heard>) => void }) {
  const { t } = useTranslation();
  const mayRead = useMay();
  const queues = useNames(mayRead("workspace.read") ? "queues" : null).map((name) => ({ value: name, label: name }));
  return (
    <div className="runs-filters" role="search">
      <Search value={asked.contact} onChange={(contact) => onChange({ contact })} />
      {queues.length > 0 && <FilterChip label={t("voicemails.queue")} value={asked.queue} choices={queues} onChange={(queue) => onChange({ queue })} />}
      <Period value={asked.period} onChange={(period) => onChange({ period })} />
    </div>
  );
}

function Table({ left }: { left: Voicemail[] }) {
  const { t } = useTranslation();
  const may = useMay();
  const mayDelete = may("voicemails.delete");
  const columns = [t("runs.time"), t("runs.contact"), t("voicemails.queue"), t("runs.flow"), t("voicemails.length"), t("voicemails.one")];
  return (
    <div className="runs-scroll">
      <table className="runs-table voicemails card figures">
        <Headings names={columns} last={mayDelete && t("voicemails.delete")} />
        <tbody>
          {left.map((one) => (
            <Row key={one.id} voicemail={one} mayFollow={may("runs.read")} mayDelete={mayDelete} />
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Row({ voicemail, mayFollow, mayDelete }: { voicemail: Voicemail; mayFollow: boolean; mayDelete: boolean }) {
  const { i18n } = useTranslation();
  const { at, contact_name: name, phone, queue, flow, version, run } = voicemail;
  const when = atTime(at, i18n.language);
  return (
    <tr>
      <td>{mayFollow ? <Link href={`/runs/${run}`}>{when}</Link> : when}</td>
      <td>
        {name || phone || "–"}
        {name && <small className="muted">{phone}</small>}
      </td>
      <td>{queue || <span className="muted">–</span>}</td>
      <td>
        <FlowName flow={flow} isNamed={mayFollow} /> <span className="muted">v{version}</span>
      </td>
      <td>
        <Length seconds={voicemail.seconds} />
      </td>
      <td>
        <Player voicemail={voicemail} isOfMany />
      </td>
      {mayDelete && (
        <td>
          <Deleting voicemail={voicemail} />
        </td>
      )}
    </tr>
  );
}

/** Agents may not read flows: for them it is the flow's key. */
function FlowName({ flow, isNamed }: { flow: string; isNamed: boolean }) {
  return isNamed ? <NamedFlow flow={flow} /> : <>{flow}</>;
}

function NamedFlow({ flow }: { flow: string }) {
  return <>{useFlows().find((one) => one.flow === flow)?.name ?? flow}</>;
}
