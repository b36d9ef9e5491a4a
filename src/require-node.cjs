// Loaded before everything (`node -r`): plain CommonJS that any Node can read, so that a
// host without the pinned runtime gets one clear line instead of a syntax error.
"use strict";
// Compiled code is kept between starts: half of the time until the first answer.
require("node:module").enableCompileCache?.();
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(
    `Parley needs Node 24, found ${process.versions.node}. Run \`npm ci\` with its install scripts allowed (it brings Node 24 along), then \`npm start\`.\n`,
  );
  process.exit(1);
}
