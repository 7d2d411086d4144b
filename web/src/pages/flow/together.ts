import { useEffect } from "react";
import { live } from "../../api/live";
import { useOthers } from "../../canvas/others";
import { takeInRead, takeInTold, type Told, useEditor } from "../../editing/editor";
import { readFlow } from "./saving";

const REST_MS = 300;
const RETRY_MS = 3_000;

/** Hear what others do in a flow, and tell them where one is. */
export function useTogether(flow: string): void {
  const selected = useEditor((editor) => (editor.key === flow ? editor.selected : null));
  useEffect(() => {
    const refresh = refreshing(flow);
    const leave = [
      live.listen(`drafts/${flow}`, { hear: (data) => hearOfDraft(data as unknown as Told, refresh.soon), anew: refresh.soon }),
      live.listen(`editors/${flow}`, { hear: (data) => hearOfEditor(flow, data), anew: beginAgain }),
    ];
    return () => {
      for (const one of [...leave, refresh.stop]) one();
      useOthers.setState({ others: [] });
    };
  }, [flow]);
  useEffect(() => live.say(`editors/${flow}`, { step: selected?.startsWith("·") ? "" : (selected ?? "") }), [flow, selected]);
}

function hearOfDraft(told: Told, refresh: () => void): void {
  takeInTold(told);
  refresh(); // ways out and mistakes are the server's to say, and what did not fit is read anew
}

function hearOfEditor(flow: string, data: Record<string, unknown>): void {
  if (data.flow !== flow) return;
  const other = { editor: String(data.editor), user: String(data.user), step: String(data.step ?? "") };
  const rest = useOthers.getState().others.filter((one) => one.editor !== other.editor);
  useOthers.setState({ others: data.is_here === false ? rest : [...rest, other] });
}

function beginAgain(editor: string): void {
  const { own } = useOthers.getState();
  if (editor && !own.includes(editor)) useOthers.setState({ others: [], own: [...own, editor] });
}

/** Read the flow a moment later, once nothing of one's own is under way. */
function refreshing(flow: string): { soon: () => void; stop: () => void } {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const later = (pause: number) => {
    clearTimeout(timer);
    timer = setTimeout(() => void read(), pause);
  };
  const soon = () => later(REST_MS);
  let isStopped = false;
  const read = async () => {
    const { key, sync, saving } = useEditor.getState();
    if (key !== flow || saving !== "saved") return soon();
    const opened = await readFlow(flow).catch(() => null);
    if (isStopped) return;
    if (!opened) return later(RETRY_MS);
    if (!takeInRead(opened, sync.revision)) soon();
  };
  return { soon, stop: () => void ((isStopped = true), clearTimeout(timer)) };
}
