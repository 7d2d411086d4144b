/** What the server tells: `topic` says what it is about, `data` is a fact of it. */
export interface Heard {
  topic: string;
  data: Record<string, unknown>;
}

/** A socket, as far as a line needs one; the browser's own is one. */
export interface Socket {
  onmessage: ((event: { data: string }) => void) | null;
  onclose: (() => void) | null;
  send(text: string): void;
  close(): void;
}

export interface Listener {
  hear: (data: Record<string, unknown>) => void;
  /** The line is there, for the first time or again: what was told meanwhile was missed. */
  anew?: (own: string) => void;
}

const LEAST_PAUSE_MS = 1_000;
const MOST_PAUSE_MS = 30_000;
/** The server says something every 20 seconds; whoever hears nothing for twice that long has lost the line. */
const SILENCE_MS = 45_000;

/** How long to wait before the next try: twice as long each time, and not all at the same moment (`chance`, 0 to 1). */
export function pauseBefore(tries: number, chance: number): number {
  const most = Math.min(MOST_PAUSE_MS, LEAST_PAUSE_MS * 2 ** tries);
  return Math.max(LEAST_PAUSE_MS, most * (0.5 + chance / 2));
}

/** One line to the server for all who listen in this page. It is there while somebody does, and comes back by itself. */
export class Line {
  private readonly wanted = new Map<string, Set<Listener>>();
  private readonly said = new Map<string, object>();
  private socket: Socket | null = null;
  private isOpening = false;
  private tries = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private silence: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly connect: (topics: string[]) => Promise<Socket>,
    private readonly chance: () => number,
  ) {}

  /** Hear of a topic, or of one thing of it (`drafts/loyalty`), until the function that it gives is called. */
  listen(topic: string, listener: Listener): () => void {
    const others = this.wanted.get(topic) ?? new Set();
    this.wanted.set(topic, others.add(listener));
    this.order({ subscribe: [topic] });
    if (!this.socket) void this.open();
    return () => {
      others.delete(listener);
      if (others.size) return;
      this.wanted.delete(topic);
      this.said.delete(topic);
      this.order({ unsubscribe: [topic] });
      if (this.wanted.size === 0) this.hangUp();
    };
  }

  /** Say something under a topic; it is said again whenever the line comes back. */
  say(topic: string, data: object): void {
    this.said.set(topic, data);
    this.order({ topic, data });
  }

  /** Try again at once, because there is a reason to believe that it works now. */
  retry(): void {
    this.tries = 0;
    this.hangUp();
    if (this.wanted.size) void this.open();
  }

  private async open(): Promise<void> {
    if (this.isOpening) return;
    this.isOpening = true;
    clearTimeout(this.timer);
    try {
      const asked = [...this.wanted.keys()];
      const socket = await this.connect(asked);
      if (this.wanted.size === 0) return socket.close();
      this.socket = socket;
      socket.onmessage = (event) => this.hear(JSON.parse(event.data) as Heard);
      socket.onclose = () => this.lost(socket);
      const later = [...this.wanted.keys()].filter((topic) => !asked.includes(topic));
      if (later.length) this.order({ subscribe: later });
      for (const [topic, data] of this.said) this.order({ topic, data });
      this.listenForSilence();
    } catch {
      this.again();
    } finally {
      this.isOpening = false;
    }
  }

  private hear({ topic, data }: Heard): void {
    this.listenForSilence();
    if (topic === "live") return this.hearOfLine(data);
    for (const [wanted, listeners] of this.wanted)
      if (wanted.split("/")[0] === topic) for (const listener of listeners) listener.hear(data);
  }

  private hearOfLine(data: Record<string, unknown>): void {
    if (data.kind !== "subscribed" && data.kind !== "gap") return;
    this.tries = 0;
    for (const listeners of this.wanted.values()) for (const listener of listeners) listener.anew?.(String(data.editor ?? ""));
  }

  private listenForSilence(): void {
    clearTimeout(this.silence);
    this.silence = setTimeout(() => this.retry(), SILENCE_MS);
  }

  private lost(socket: Socket): void {
    if (this.socket !== socket) return;
    this.hangUp();
    this.again();
  }

  private again(): void {
    clearTimeout(this.timer);
    if (this.wanted.size) this.timer = setTimeout(() => void this.open(), pauseBefore(this.tries++, this.chance()));
  }

  private hangUp(): void {
    clearTimeout(this.timer);
    clearTimeout(this.silence);
    const { socket } = this;
    this.socket = null;
    socket?.close();
  }

  private order(order: object): void {
    this.socket?.send(JSON.stringify(order));
  }
}
