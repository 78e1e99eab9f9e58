// Opening an embedded store with damaged files fails and changes nothing. If a
// program passes a path, the error suggests the location.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, test} from 'node:test';
import package_ from '../index.js';

const {DynamoLevel, dyno} = package_;

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-damage-'));
after(() => fs.rmSync(root, {recursive: true, force: true}));

/// Makes a store, and flips a bit of its log. Returns the folder.
async function DamagedStore(name) {
  const folder = path.join(root, name);
  const db = new DynamoLevel(`leveldb:${folder}`);
  for (const key of ['a', 'b', 'c']) await db.put(key, 'value');
  await db.close();
  const log = fs.readdirSync(folder).find((file) => file.endsWith('.log'));
  const bytes = fs.readFileSync(path.join(folder, log));
  bytes[20] ^= 1;
  fs.writeFileSync(path.join(folder, log), bytes);
  return {folder, log};
}

/// All files with their content and the time of their change.
function State(folder) {
  return fs.readdirSync(folder).sort().map((file) => [
    file,
    fs.readFileSync(path.join(folder, file), 'hex'),
    fs.statSync(path.join(folder, file)).mtimeMs,
  ]);
}

/// The error with which opening ends, or its cause.
async function Refusal(opening) {
  try {
    await opening;
  } catch (error) {
    return error.cause ?? error;
  }
  throw new Error('it opened');
}

test('a damaged store is refused unchanged, and the file is named', async () => {
  const {folder, log} = await DamagedStore('level');
  const before = State(folder);
  const error = await Refusal(new DynamoLevel(`leveldb:${folder}`).open());
  assert.equal(error.code, 'LEVEL_CORRUPTION');
  assert.match(error.message, new RegExp(log));
  assert.deepEqual(State(folder), before);
});

test('checkFiles: false has the defaults of LevelDB', async () => {
  const {folder} = await DamagedStore('unchecked');
  const db = new DynamoLevel(`leveldb:${folder}`, {checkFiles: false});
  await db.open();
  await db.close();
});

test('a damaged store of items is refused, too', async () => {
  const {folder, log} = await DamagedStore('items');
  const before = State(folder);
  const error = await Refusal(dyno(`leveldb:${folder}`).getItem('kim'));
  assert.match(error.message, new RegExp(log));
  assert.deepEqual(State(folder), before);
});

test('a path is answered with the location that was meant', async () => {
  for (const given of ['./db1', '/nowhere/db']) {
    const error = await Refusal(new DynamoLevel(given).open());
    assert.match(error.message, new RegExp(`write "leveldb:${given}"`));
  }
});
