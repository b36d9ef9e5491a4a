// A worker on its own: the same as `ROLE=worker node src/main.ts`.
process.env["ROLE"] = "worker";
await import("../src/main.ts");
