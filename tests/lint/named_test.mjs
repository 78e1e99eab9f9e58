// The tree has no unused file, and named.mjs finds one that is planted.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Text} from './layers.mjs';
import {Check} from './named.mjs';

const kRoot = path.resolve(fileURLToPath(import.meta.url), '../../..');

/// Returns the findings in a tree of these files: {name: text}.
function CheckTree(tree) {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-lint-'));
  try {
    for (const [name, text] of Object.entries(tree)) {
      fs.mkdirSync(path.join(root, path.dirname(name)), {recursive: true});
      fs.writeFileSync(path.join(root, name), text);
    }
    return Check(root).map(Text);
  } finally {
    fs.rmSync(root, {recursive: true, force: true});
  }
}

test('the tree has no file without a use', () => {
  const found = Check(kRoot).map(Text);
  assert.ok(found.length === 0, found.join('\n'));
});

for (const leftover of ['a.cc.orig', 'a.cc.rej', 'a.cc~', 'a.bak']) {
  test(`finds ${leftover}, even if something names it`, () => {
    assert.deepEqual(
        CheckTree({[`src/${leftover}`]: '', 'README.md': leftover}),
        [`src/${leftover}:1: is a leftover`]);
  });
}

for (const [name, namer] of [
  ['docs/a.md', 'See [a](docs/a.md).'],
  ['src/a.h', '#include "a.h"'],
  ['lib/a.js', 'require(\'./lib/a\');'],
  ['docs/a_test.mjs', 'foreach(name a b)'],
]) {
  test(`finds ${name} unless another file names it`, () => {
    assert.deepEqual(CheckTree({[name]: path.basename(name), 'README.md': ''}),
                     [`${name}:1: is named by no other file`]);
    assert.deepEqual(CheckTree({[name]: '', 'README.md': namer}), []);
  });
}

test('leaves alone what tools and tests find by themselves', () => {
  assert.deepEqual(CheckTree({
    'CMakeLists.txt': '', 'src/.npmrc': '', 'tests/sim/mutants/a-b.patch': '',
    'tests/wire/cases/put/1.answer': '', 'build/dev/x.orig': '',
  }), []);
});
