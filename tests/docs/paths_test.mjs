// Every file and folder that a page names in `code` exists.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Paths} from './blocks.mjs';

const kRoot = path.resolve(fileURLToPath(import.meta.url), '../../..');
const kFolders = [
  'bench', 'cli', 'cmake', 'docs', 'examples', 'fake', 'include', 'node', 'src',
  'tests',
];

/// The files below `folder`, except those that a build or npm has put there.
function FilesIn(folder) {
  return fs.readdirSync(path.join(kRoot, folder), {withFileTypes: true})
      .flatMap((entry) => {
        const name = `${folder}/${entry.name}`;
        if (entry.name === 'node_modules') return [];
        return entry.isDirectory() ? FilesIn(name) : [name];
      });
}

const files = kFolders.flatMap(FilesIn);

function IsThere(name) {
  if (fs.existsSync(path.join(kRoot, name))) return true;
  // A file by the end of its path: "retry.cc", "base/result.h".
  return files.some((file) => file.endsWith(`/${name}`));
}

const pages = ['README.md', 'CONTRIBUTING.md'].concat(
    FilesIn('docs').filter((name) => name.endsWith('.md')));
for (const page of pages) {
  test(`the files that ${page} names are there`, () => {
    const text = fs.readFileSync(path.join(kRoot, page), 'utf8');
    for (const name of Paths(text, kFolders)) {
      assert.ok(IsThere(name), `there is no ${name}`);
    }
  });
}
