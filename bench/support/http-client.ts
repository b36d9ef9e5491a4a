import { connect, type Socket } from "node:net";

type Answer = { status: number; body: string; bytes: number };
type Call = { method: "GET" | "POST"; path: string; json?: unknown; headers?: Record<string, string> };

/** One kept-alive connection per caller. */
export type HttpClient = Disposable & {
  /** Callers must each wait for their answer before they ask again. */
  call(caller: number, call: Call): Promise<Answer>;
};

/**
 * A client that costs next to nothing: on a small machine a full one would take longer over a page than the server that is
 * measured. It understands what Parley and Hono answer (a Content-Length) and fails at anything else.
 */
export function createHttpClient(origin: string): HttpClient {
  const { hostname, port, host } = new URL(origin);
  const connections = new Map<number, Connection>();
  return {
    call(caller, call) {
      const found = connections.get(caller);
      const connection =
        found ?? new Connection(connect({ host: hostname, port: Number(port), noDelay: true }));
      if (!found) connections.set(caller, connection);
      return connection.send(toRequest(host, call), call.method === "POST");
    },
    [Symbol.dispose]() {
      for (const connection of connections.values()) connection.end();
    },
  };
}

function toRequest(host: string, { method, path, json, headers = {} }: Call): string {
  const body = json === undefined ? "" : JSON.stringify(json);
  const lines = [`${method} ${path} HTTP/1.1`, `host: ${host}`];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  if (json !== undefined)
    lines.push("content-type: application/json", `content-length: ${Buffer.byteLength(body)}`);
  return `${lines.join("\r\n")}\r\n\r\n${body}`;
}

class Connection {
  readonly #socket: Socket;
  #pending: PromiseWithResolvers<Answer> | undefined;
  #keepBody = false;
  #status = 0;
  #bytes = 0;
  #missing = 0;
  #body = "";

  constructor(socket: Socket) {
    this.#socket = socket;
    socket.on("data", (chunk: Buffer) => this.#take(chunk));
    socket.on("error", (error) => this.#pending?.reject(error));
    socket.on("close", () => this.#pending?.reject(new Error("The server closed the connection.")));
  }

  send(text: string, keepBody: boolean): Promise<Answer> {
    this.#pending = Promise.withResolvers<Answer>();
    this.#keepBody = keepBody;
    this.#status = 0;
    this.#body = "";
    this.#socket.write(text);
    return this.#pending.promise;
  }

  end(): void {
    this.#socket.destroy();
  }

  #take(chunk: Buffer): void {
    const rest = this.#status === 0 ? this.#readHead(chunk) : chunk;
    if (rest === undefined) return;
    this.#missing -= rest.length;
    if (this.#keepBody) this.#body += rest.toString("latin1");
    if (this.#missing > 0) return;
    const answer = { status: this.#status, body: this.#body, bytes: this.#bytes };
    const pending = this.#pending;
    this.#pending = undefined;
    pending?.resolve(answer);
  }

  /** The servers measured send their whole head at once. */
  #readHead(chunk: Buffer): Buffer | undefined {
    const end = chunk.indexOf("\r\n\r\n");
    const head = chunk.toString("latin1", 0, Math.max(0, end));
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1];
    if (end < 0 || length === undefined) {
      this.#pending?.reject(new Error(`This answer has no length: ${chunk.toString("latin1", 0, 200)}`));
      return undefined;
    }
    this.#status = Number(head.slice(9, 12));
    this.#bytes = Number(length);
    this.#missing = this.#bytes;
    return chunk.subarray(end + 4);
  }
}
