// Loaded before everything (`node -r`): plain CommonJS that any Node can read, so that a
// host without the pinned runtime gets one clear line instead of a syntax error.
"use strict";
// Compiled code is kept between starts: half of the time until the first answer. Not in the system's temporary directory,
// where others could have left code for us. NODE_COMPILE_CACHE names another; where it cannot be written there is none.
const { join } = require("node:path");
require("node:module").enableCompileCache?.(join(__dirname, "../node_modules/.cache/parley/compiled"));
const major = Number(process.versions.node.split(".")[0]);
if (major < 24) {
  process.stderr.write(
    `Parley needs Node 24, found ${process.versions.node}. Run \`npm ci\` with its install scripts allowed (it brings Node 24 along), then \`npm start\`.\n`,
  );
  process.exit(1);
}
