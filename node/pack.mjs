// Makes the npm package: the files that package.json's "files" name, the given
// addon, and the project's licence and changelog, without development files.
//
//     node pack.mjs ADDON FOLDER     prints the path of the .tgz in FOLDER

import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const kHere = path.dirname(fileURLToPath(import.meta.url));
const kRoot = path.dirname(kHere);

const [, , addon, folder] = process.argv;
if (folder === undefined) {
  console.error('usage: node pack.mjs ADDON FOLDER');
  process.exit(2);
}
fs.mkdirSync(folder, {recursive: true});

const staged = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-pack-'));
try {
  const manifest =
      JSON.parse(fs.readFileSync(path.join(kHere, 'package.json'), 'utf8'));
  for (const name of manifest.files) {
    if (name === 'prebuilds') continue;
    const of_project = name === 'LICENSE' || name === 'CHANGELOG.md';
    fs.cpSync(
        path.join(of_project ? kRoot : kHere, name), path.join(staged, name),
        {recursive: true});
  }
  delete manifest.devDependencies;
  delete manifest.scripts;
  fs.writeFileSync(
      path.join(staged, 'package.json'),
      `${JSON.stringify(manifest, null, 2)}\n`);

  const prebuilt =
      path.join(staged, 'prebuilds', `${process.platform}-${process.arch}`);
  fs.mkdirSync(prebuilt, {recursive: true});
  execFileSync(process.env.STRIP ?? 'strip', [
    '--strip-unneeded', '--remove-section=.comment', '-o',
    path.join(prebuilt, 'dynamodown.node'), addon,
  ]);

  const printed = execFileSync(
      'npm',
      ['pack', '--json', '--pack-destination', path.resolve(folder), staged],
      {encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit']});
  const packed = JSON.parse(printed);
  // An array up to npm 11, an object by name after.
  const [{filename}] = Array.isArray(packed) ? packed : Object.values(packed);
  console.log(path.join(path.resolve(folder), filename));
} finally {
  fs.rmSync(staged, {recursive: true, force: true});
}
