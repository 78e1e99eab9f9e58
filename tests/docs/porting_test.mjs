// The tables of docs/porting.md name only commands and options that exist.
//
//     porting_test.mjs DYNAMODOWN

import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {TableCode} from './blocks.mjs';

const kRoot = path.resolve(fileURLToPath(import.meta.url), '../../..');
const text = fs.readFileSync(path.join(kRoot, 'docs/porting.md'), 'utf8');
const [, , program] = process.argv;

function Help(...command) {
  return execFileSync(program, [...command, '--help'], {encoding: 'utf8'});
}

/// The names of the program's commands.
const commands = [
  ...Help().match(/^Commands:\n((?:  .*\n)+)/m)[1].matchAll(/^  ([a-z-]+)/gm),
].map(([, name]) => name);

test("what replaces ldb's commands exists, with its options", () => {
  const named = TableCode(text, 'ldb').flatMap(([, ours]) => ours);
  assert.ok(named.length > 20);
  let help = '';  // of the commands up to here
  for (const code of named) {
    const [word, ...rest] = code.replace(/^dynamodown /, '').split(' ');
    if (rest.length > 0 && /^(LOCATION|TABLE)/.test(rest[0])) {
      assert.ok(commands.includes(word), `there is no command ${word}`);
      help += Help(word);
    }
  }
  for (const option of named.join(' ').match(/--[a-z\d-]+/g)) {
    assert.ok(help.includes(`${option} `), `no command has ${option}`);
  }
});

test('every call of LevelDB is there', () => {
  const rows = TableCode(text, 'LevelDB').flatMap(([theirs]) => theirs);
  for (const call of [
    'DB::Open(', 'DestroyDB(', 'RepairDB(', 'Put', 'Delete', 'Get', 'Write',
    'NewIterator', 'GetSnapshot', 'GetProperty', 'GetApproximateSizes',
    'CompactRange',
  ]) {
    assert.ok(
        rows.some((row) => row === call || row.includes(`leveldb::${call}`)),
        call);
  }
});
