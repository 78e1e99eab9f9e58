// Checks that PAGE states the number of patches in this folder, so that no
// patch vanishes unnoticed:
//
//     node count.mjs PAGE

import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const folder = path.dirname(fileURLToPath(import.meta.url));
const patches =
    fs.readdirSync(folder).filter((name) => name.endsWith('.patch')).length;
const told = /\b(\d+)\s+planted\s+mistakes\b/.exec(
    fs.readFileSync(process.argv[2], 'utf8'));
if (!told) {
  console.error('the page does not name the number of planted mistakes');
  process.exit(1);
}
if (Number(told[1]) !== patches) {
  console.error(`the page names ${told[1]} planted mistakes, ` +
                `but there are ${patches}`);
  process.exit(1);
}
