// The declarations compile, and say what types.ts expects of them.

import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
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
