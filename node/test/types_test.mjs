// The declarations compile as types.ts expects, and are complete.

import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';

const kPackage = path.resolve(fileURLToPath(import.meta.url), '../..');

test('the declarations hold', () => {
  const {stdout, status} = spawnSync(
      process.execPath,
      [
        'node_modules/typescript/bin/tsc', '--noEmit', '--strict',
        '--skipLibCheck', '--target', 'es2022', '--module', 'node16',
        '--types', 'node', 'index.d.ts', 'test/types.ts',
      ],
      {cwd: kPackage, encoding: 'utf8'});
  assert.equal(stdout, '');
  assert.equal(status, 0);
});

test('every option of the library is declared and documented', () => {
  const {binding} = createRequire(import.meta.url)('../lib/binding');
  const Read = (name) => fs.readFileSync(path.join(kPackage, name), 'utf8');
  const declarations = Read('index.d.ts');
  const readme = Read('README.md');
  assert.ok(binding.optionNames.includes('maxParallel'));
  for (const name of binding.optionNames) {
    assert.match(declarations, new RegExp(`^ +${name}\\?: `, 'm'));
    assert.ok(readme.includes(`\`${name}\``), name);
  }
});
