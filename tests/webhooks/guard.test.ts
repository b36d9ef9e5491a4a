import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { AppError } from "../../src/errors.ts";
import { refusedAddressKind } from "../../src/webhooks/address.ts";
import { checkWebhookUrl, createWebhookGuard, URL_CHARS_MAX } from "../../src/webhooks/guard.ts";
import type { GuardOptions } from "../../src/webhooks/guard.ts";

const PUBLIC = "93.184.216.34";
const resolvePublic = () => Promise.resolve([PUBLIC]);
const resolveToNothing = () => Promise.resolve([]);
const resolveEndlessly = () => new Promise<string[]>(() => undefined);
const neverResolve = () => Promise.reject(new Error("looked up"));

function check(url: string, options: GuardOptions = {}): Promise<string> {
  return checkWebhookUrl(url, createWebhookGuard({ resolve: resolvePublic, ...options }));
}

async function refusalOf(url: string, options: GuardOptions = {}): Promise<AppError> {
  const refusal: unknown = await check(url, options).catch((error: unknown) => error);
  if (!(refusal instanceof AppError)) throw new Error(`accepted: ${String(refusal)}`);
  expect(refusal).toMatchObject({ code: "invalid_input", fields: [{ path: "url" }] });
  return refusal;
}

describe("refusedAddressKind", () => {
  it.each([
    PUBLIC,
    "8.8.8.8",
    "100.63.255.255",
    "172.32.0.1",
    "168.63.129.15",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
  ])("lets %s pass", (address) => expect(refusedAddressKind(address)).toBeNull());

  it.each([
    "127.0.0.1",
    "127.255.255.255",
    "0.0.0.0",
    "0.1.2.3",
    "10.0.0.1",
    "172.16.0.1",
    "172.31.255.255",
    "192.168.1.1",
    "169.254.169.254",
    "100.64.0.1",
    "100.100.100.200",
    "192.0.0.192",
    "192.0.2.1",
    "192.88.99.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "168.63.129.16",
    "::",
    "::1",
    "::7f00:1",
    "::127.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:a9fe:a9fe",
    "::ffff:0:7f00:1",
    "64:ff9b::7f00:1",
    "64:ff9b::808:808",
    "64:ff9b:1::1",
    "100::1",
    "2001::1",
    "2001:db8::1",
    "2002:7f00:1::",
    "3fff::1",
    "4000::1",
    "5f00::1",
    "fc00::1",
    "fd00:ec2::254",
    "fe80::1",
    "fe80::1%eth0",
    "fec0::1",
    "ff02::1",
    "localhost",
    "",
  ])("refuses %s", (address) => expect(refusedAddressKind(address)).not.toBeNull());
});

describe("checkWebhookUrl", () => {
  it("returns the URL as it will be used", async () => {
    expect(await check("HTTPS://Hooks.Example:443/a b?x=1")).toBe("https://hooks.example/a%20b?x=1");
  });

  it.each([
    "https://127.0.0.1/",
    "https://2130706433/",
    "https://0x7f.1/",
    "https://0177.0.0.1/",
    "https://127.1/",
    "https://127.0.0.1./",
    "https://①②⑦.0.0.1/",
    "https://127。0。0。1/",
    "https://0/",
    "https://[::1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[0:0:0:0:0:ffff:7f00:1]/",
    "https://[::127.0.0.1]/",
    "https://[64:ff9b::10.0.0.1]/",
    "https://169.254.169.254/latest/meta-data/",
    "https://0xa9fea9fe/",
    "https://168.63.129.16/",
  ])("refuses the literal %s without a look-up", async (url) => {
    expect(await refusalOf(url, { resolve: neverResolve })).toMatchObject({ reason: "refused_address" });
  });

  it("refuses every way to write any private address", async () => {
    const octet = fc.integer({ min: 0, max: 255 });
    const privateAddress = fc.tuple(fc.constantFrom(10, 127), octet, octet, octet);
    await fc.assert(
      fc.asyncProperty(privateAddress, async (bytes) => {
        const [a, b, c, d] = bytes;
        const whole = ((a * 256 + b) * 256 + c) * 256 + d;
        const hex = whole.toString(16).padStart(8, "0");
        const hosts = [
          bytes.join("."),
          bytes.map((byte) => `0x${byte.toString(16)}`).join("."),
          bytes.map((byte) => `0${byte.toString(8)}`).join("."),
          `${a}.${whole % 2 ** 24}`,
          `${a}.${b}.${c * 256 + d}`,
          String(whole),
          `0x${hex}`,
          `[::ffff:${bytes.join(".")}]`,
          `[::${bytes.join(".")}]`,
          `[64:ff9b::${hex.slice(0, 4)}:${hex.slice(4)}]`,
          `[2002:${hex.slice(0, 4)}:${hex.slice(4)}::]`,
        ];
        for (const host of hosts) await refusalOf(`https://${host}/`, { resolve: neverResolve });
      }),
      { numRuns: 50 },
    );
  });

  it.each([
    ["a name that leads inside", ["10.0.0.7"]],
    ["a name with a public and a private address", [PUBLIC, "10.0.0.7"]],
    ["a name with a private IPv6 address besides", [PUBLIC, "2606:4700::1111", "fd00::1"]],
  ])("refuses %s, naming the kind of address and not the address", async (_what, addresses) => {
    const refusal = await refusalOf("https://hooks.example/", { resolve: () => Promise.resolve(addresses) });
    expect(refusal.reason).toBe("refused_address");
    expect(refusal.message).toContain("hooks.example has a private address");
    for (const address of addresses) expect(refusal.message).not.toContain(address);
  });

  it("refuses the local machine by its real name", async () => {
    const refusal: unknown = await checkWebhookUrl("https://localhost/", createWebhookGuard()).catch(
      (e: unknown) => e,
    );
    expect(refusal).toMatchObject({ reason: "refused_address" });
  });

  it("refuses names that do not resolve, resolve to nothing or take too long", async () => {
    expect(await refusalOf("https://no.example/", { resolve: neverResolve })).toMatchObject({
      reason: "dns",
    });
    expect(await refusalOf("https://no.example/", { resolve: resolveToNothing })).toMatchObject({
      reason: "dns",
    });
    const late = await refusalOf("https://slow.example/", { resolve: resolveEndlessly, dnsTimeoutMs: 20 });
    expect(late).toMatchObject({ reason: "dns" });
  });

  it.each([
    ["http", "http://hooks.example/", "https URL"],
    ["another scheme", "ftp://hooks.example/", "https URL"],
    ["no scheme", "hooks.example/x", "complete URL"],
    ["a user name", "https://me@hooks.example/", "user name"],
    ["a password", "https://:secret@hooks.example/", "user name or password"],
    ["a fragment", "https://hooks.example/#top", "fragment"],
    ["an empty fragment", "https://hooks.example/#", "fragment"],
    ["another port", "https://hooks.example:6379/", "Port 6379"],
    ["too many characters", `https://hooks.example/${"a".repeat(URL_CHARS_MAX)}`, "2048"],
    ["too many once encoded", `https://hooks.example/${"ä".repeat(400)}`, "2048"],
  ])("refuses %s", async (_what, url, words) => {
    const refusal = await refusalOf(url, { resolve: neverResolve });
    expect(refusal.reason).toBe("refused_url");
    expect(refusal.message).toContain(words);
    expect(refusal.message).not.toContain("secret");
  });

  it("opens what the operator opens, and nothing beside it", async () => {
    const options: GuardOptions = {
      allowedNetworks: ["10.1.2.0/24", "fd00::5"],
      allowHttp: true,
      ports: [3000],
    };
    expect(await check("http://10.1.2.3:3000/", options)).toBe("http://10.1.2.3:3000/");
    expect(await check("http://[fd00::5]:3000/", options)).toBe("http://[fd00::5]:3000/");
    expect(await check("http://[::ffff:10.1.2.3]:3000/", options)).toContain("3000");
    const inside = { ...options, resolve: () => Promise.resolve(["10.1.2.3", PUBLIC]) };
    expect(await check("http://hooks.internal:3000/", inside)).toBe("http://hooks.internal:3000/");
    expect((await refusalOf("http://10.1.3.1:3000/", options)).reason).toBe("refused_address");
    expect((await refusalOf("http://[fd00::6]:3000/", options)).reason).toBe("refused_address");
    expect((await refusalOf("http://10.1.2.3:443/", options)).reason).toBe("refused_url");
    expect((await refusalOf("ftp://10.1.2.3:3000/", options)).reason).toBe("refused_url");
  });

  it.each(["10.0.0.0/33", "10.0.0", "internal", "", "::/129", "10.0.0.0/-1", "10.0.0.0/8/8"])(
    "refuses %j as a network to open",
    (entry) => {
      expect(() => createWebhookGuard({ allowedNetworks: [entry] })).toThrow(AppError);
    },
  );
});
