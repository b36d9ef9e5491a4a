import * as fc from "fast-check";
import { expect, test } from "vitest";
import { AppError } from "../../src/errors.ts";
import { parseRedisUrl } from "../../src/queue/redis-url.ts";

const single = { kind: "single", tls: false, host: "localhost", port: 6379, db: 0 };

test.each([
  ["redis://localhost", single],
  ["redis://localhost/", single],
  [" redis://localhost:6379/0 ", single],
  ["REDIS://localhost", single],
  ["redis://localhost:7000/12", { ...single, port: 7000, db: 12 }],
  ["redis://localhost?db=2", { ...single, db: 2 }],
  ["redis://127.0.0.1:1", { ...single, host: "127.0.0.1", port: 1 }],
  ["redis://[::1]:7000", { ...single, host: "::1", port: 7000 }],
  ["redis://:pa%40ss%2Fword@localhost", { ...single, password: "pa@ss/word" }],
  ["redis://me@localhost", { ...single, username: "me" }],
  [
    "rediss://me:a:b@redis.example.org:6380",
    {
      ...single,
      tls: true,
      host: "redis.example.org",
      port: 6380,
      username: "me",
      password: "a:b",
    },
  ],
  [
    "redis+sentinel://user:pass@h1:26379,h2:26380/mymaster?db=3",
    {
      kind: "sentinel",
      tls: false,
      sentinels: [
        { host: "h1", port: 26_379 },
        { host: "h2", port: 26_380 },
      ],
      master: "mymaster",
      db: 3,
      username: "user",
      password: "pass",
    },
  ],
  [
    "rediss+sentinel://h1,[::1]/m.1?sentinelUsername=su&sentinelPassword=s%26p",
    {
      kind: "sentinel",
      tls: true,
      sentinels: [
        { host: "h1", port: 26_379 },
        { host: "::1", port: 26_379 },
      ],
      master: "m.1",
      db: 0,
      sentinelUsername: "su",
      sentinelPassword: "s&p",
    },
  ],
  [
    "redis+cluster://h1:7000,h2:7001",
    {
      kind: "cluster",
      tls: false,
      nodes: [
        { host: "h1", port: 7000 },
        { host: "h2", port: 7001 },
      ],
    },
  ],
  [
    "rediss+cluster://:pw@one-endpoint/0",
    {
      kind: "cluster",
      tls: true,
      password: "pw",
      nodes: [{ host: "one-endpoint", port: 6379 }],
    },
  ],
])("%s", (url, target) => {
  expect(parseRedisUrl(url)).toEqual(target);
});

test.each([
  ["", /must look like/],
  ["localhost:6379", /must look like/],
  ["http://localhost", /must look like/],
  ["redis+proxy://localhost", /must look like/],
  ["redis://", /must look like/],
  ["redis://user:secret@with@sign@localhost", /must look like/],
  ["redis://localhost#0", /must look like/],
  ["redis://h1,h2", /several hosts/],
  ["redis://localhost/one", /database must be a number/],
  ["redis://localhost/1/2", /database must be a number/],
  ["redis://localhost?db=-1", /database must be a number/],
  ["redis://localhost:0", /port/],
  ["redis://localhost:70000", /port/],
  ["redis://[localhost]", /host name or address/],
  ["redis://lo cal", /host name or address/],
  ["redis+cluster://h1,,h2", /host name or address/],
  ["redis://localhost?tls=true", /parameter/],
  ["redis://:100%@localhost", /%/],
  ["redis+sentinel://h1:26379", /name the master/],
  ["redis+sentinel://h1:26379/a/b", /name the master/],
  ["redis+cluster://h1/1", /no database but 0/],
  ["redis+cluster://h1?db=0", /parameter/],
  [`redis+cluster://${Array.from({ length: 51 }, () => "h").join()}`, /at most 50 hosts/],
])("%s cannot be used", (url, problem) => {
  expect(() => parseRedisUrl(url)).toThrow(problem);
});

test("whatever comes in is parsed or refused as invalid_input, and a refusal never repeats a password", () => {
  const password = fc.string({ minLength: 8, maxLength: 20 }).map((text) => encodeURIComponent(text));
  const rest = fc.oneof(
    fc.webUrl(),
    fc.string(),
    fc.constantFrom("localhost/x", "h1,h2", "h/1/2", "h:99999"),
  );
  fc.assert(
    fc.property(password, rest, (secret, tail) => {
      try {
        parseRedisUrl(`redis://:${secret}@${tail}`);
      } catch (error) {
        expect(error).toBeInstanceOf(AppError);
        expect(error).toMatchObject({ code: "invalid_input" });
        expect(String(error)).not.toContain(secret);
      }
    }),
  );
});
