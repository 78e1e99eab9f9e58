// README.md is short, and leads to every page of docs/.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Links} from './blocks.mjs';

const kRoot = path.resolve(fileURLToPath(import.meta.url), '../../..');
const kWordsMax = 1600;

const text = fs.readFileSync(path.join(kRoot, 'README.md'), 'utf8');

test(`README.md has at most ${kWordsMax} words`, () => {
  // As wc -w counts them, with code and tables.
  const words = text.trim().split(/\s+/).length;
  assert.ok(words <= kWordsMax, `it has ${words}: move something to docs/`);
});

test('README.md names every page of docs/', () => {
  const links = Links(text);
  for (const name of fs.readdirSync(path.join(kRoot, 'docs'))) {
    if (!name.endsWith('.md')) continue;
    assert.ok(links.includes(`docs/${name}`), `no link to docs/${name}`);
  }
});
