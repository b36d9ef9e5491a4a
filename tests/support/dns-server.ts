import { createSocket, type RemoteInfo } from "node:dgram";
import { once } from "node:events";

/** What is answered to a question: addresses, a code of RFC 1035 §4.1.1, or nothing at all. */
export type DnsReply = string[] | "NXDOMAIN" | "REFUSED" | "SERVFAIL" | "silence";

export type DnsServer = AsyncDisposable & {
  /** `127.0.0.1:<port>` */
  address: string;
  /** Names asked for, in lower case, in order of arrival. */
  questions: string[];
  setRespond(respond: (name: string) => DnsReply): void;
};

const CODES = { NXDOMAIN: 3, REFUSED: 5, SERVFAIL: 2 } as const;
const HEADER_BYTES = 12;
const TTL_SECONDS = 60;

/** A DNS server on a real UDP port that knows A records (RFC 1035 §4). */
export async function startDnsServer(respond: (name: string) => DnsReply): Promise<DnsServer> {
  let current = respond;
  const questions: string[] = [];
  const socket = createSocket("udp4");
  socket.on("message", (message: Buffer, from: RemoteInfo) => {
    const { name, end } = readName(message);
    questions.push(name);
    const reply = current(name);
    if (reply !== "silence") socket.send(answer(message, end, reply), from.port, from.address);
  });
  socket.bind(0, "127.0.0.1");
  await once(socket, "listening");
  return {
    address: `127.0.0.1:${socket.address().port}`,
    questions,
    setRespond: (next) => {
      current = next;
    },
    async [Symbol.asyncDispose]() {
      socket.close();
      await once(socket, "close");
    },
  };
}

/** The name in question, and where the question ends. */
function readName(message: Buffer): { name: string; end: number } {
  const labels: string[] = [];
  let at = HEADER_BYTES;
  for (let length = message[at] ?? 0; length > 0; length = message[at] ?? 0) {
    labels.push(message.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join(".").toLowerCase(), end: at + 5 };
}

function answer(question: Buffer, end: number, reply: Exclude<DnsReply, "silence">): Buffer {
  const addresses = Array.isArray(reply) ? reply : [];
  const header = Buffer.alloc(HEADER_BYTES);
  question.copy(header, 0, 0, 2);
  // Response, recursion desired and available, and the code.
  header.writeUInt16BE(0x81_80 | (Array.isArray(reply) ? 0 : CODES[reply]), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(addresses.length, 6);
  const records = addresses.map((address) => {
    const record = Buffer.alloc(16);
    // The name of the question, by its place; type A, class IN.
    record.writeUInt16BE(0xc0_00 | HEADER_BYTES, 0);
    record.writeUInt16BE(1, 2);
    record.writeUInt16BE(1, 4);
    record.writeUInt32BE(TTL_SECONDS, 6);
    record.writeUInt16BE(4, 10);
    for (const [index, byte] of address.split(".").entries()) record[12 + index] = Number(byte);
    return record;
  });
  return Buffer.concat([header, question.subarray(HEADER_BYTES, end), ...records]);
}
