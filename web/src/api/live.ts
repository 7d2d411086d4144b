import { api } from "./client";
import { Line, type Socket } from "./line";

/** The one line of this page to the live socket. */
export const live = new Line(connect, Math.random);

// What was open while the browser was offline may hang for a long time before it says so.
window.addEventListener("online", () => live.retry());

/** A ticket opens one connection; it stands in the address, because a browser can send no header there. */
async function connect(topics: string[]): Promise<Socket> {
  const { data } = await api.POST("/api/v1/live/tickets");
  const url = new URL("api/v1/live", document.baseURI);
  url.protocol = url.protocol.replace("http", "ws");
  url.search = new URLSearchParams({ ticket: data?.ticket ?? "", topics: topics.join(",") }).toString();
  const socket = new WebSocket(url);
  await new Promise<void>((opened, failed) => {
    socket.onopen = () => opened();
    socket.onclose = () => failed(new Error("the live socket was refused"));
  });
  return socket as unknown as Socket;
}
