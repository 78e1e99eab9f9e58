// The table "What a command costs" of docs/costs.md has the totals that the
// commands print with --verbose, on a fake server.
//
//     command_costs_test.mjs DYNAMODOWN

import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import readline from 'node:readline';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';

const kRoot = path.resolve(fileURLToPath(import.meta.url), '../../..');
const kSecondsMax = 30;
const kNumber = 7;  // the n of the table
const kTotals =
    /^\* ([\d.]+) requests?, \d+ retr(?:y|ies), ([\d.]+) read units?, ([\d.]+) write/gm;

const program = path.resolve(process.argv[2]);
const text = fs.readFileSync(path.join(kRoot, 'docs/costs.md'), 'utf8');

/// The table's rows: Map from the first cell to the other cells.
const rows = new Map(
    text.split('## What a command costs')[1].split('\n## ')[0].split('\n')
        .filter((line) => line.startsWith('| `'))
        .map((line) => line.split('|').slice(1, -1).map((cell) => cell.trim()))
        .map(([command, ...costs]) => [command, costs]));

/// "3n + 2" -> 23, "1 (5 are billed)" -> 1.
function Value(cell) {
  const sum = cell.replace(/\(.*\)/, '').trim();
  assert.match(sum, /^(\d*n|[\d.]+)( \+ [\d.]+)?$/);
  return sum.split(' + ')
      .map((term) => term.endsWith('n') ?
          kNumber * Number(term.slice(0, -1) || 1) : Number(term))
      .reduce((a, b) => a + b);
}

const keys = Array.from({length: kNumber}, (_, i) => `key${i}`);
function Lines(type) {
  return keys.map((key) => JSON.stringify({...type, key, value: 'v'}) + '\n')
      .join('');
}

const kReadsOfItems = '`item get`, `history`, `query` or `settle`';
const kPut = ['item', 'put', 'STORE', 'kim', '{}'];
const kItem = [['create', 'STORE'], kPut];
const kReplicated = [['create', 'STORE'], ['item', 'replicate', 'STORE']];

// For each row: the commands that prepare the store, and the command that the
// row is about. STORE is a store's name that no other row has. A number is the
// exit status of the command.
const cases = [
  ['`create`, if the table exists', [], ['create', 'STORE']],
  ['`info`', [['create', 'STORE']], ['info', 'STORE']],
  ['`get` or `exists` of 1 key', [['load', 'STORE']], ['get', 'STORE', 'key0']],
  ['`get` or `exists` of 1 key', [['load', 'STORE']],
    ['exists', 'STORE', 'key0']],
  ['`get` of n keys, up to 100', [['load', 'STORE']],
    ['get', 'STORE', ...keys]],
  ['`put`', [['create', 'STORE']], ['put', 'STORE', 'key', 'v']],
  ['`del` of n keys, up to 25', [['load', 'STORE']], ['del', 'STORE', ...keys]],
  ['`put --force`', [['create', 'STORE']],
    ['put', 'STORE', 'key', 'v', '--force']],
  ['`batch` of 1 key', [['create', 'STORE']], ['batch', 'STORE', 'one']],
  ['`batch` of n keys, 2 to 100', [['create', 'STORE']], ['batch', 'STORE']],
  ['`load` of n records, up to 25', [['create', 'STORE']], ['load', 'STORE']],
  ['`count` or `dump`', [['load', 'STORE']], ['count', 'STORE']],
  ['`count` or `dump`', [['load', 'STORE']], ['dump', 'STORE']],
  ['`diff` of two stores', [['load', 'STORE'], ['load', 'STORE-b']],
    ['diff', 'STORE', 'STORE-b']],
  ['`scan`', [['load', 'STORE']], ['scan', 'STORE']],
  ['`verify`', [['load', 'STORE']], ['verify', 'STORE']],
  ['`verify` of a store of items', kItem, ['verify', 'STORE']],
  ['`list` of a table with n stores',
    keys.map((key) => ['load', `listed/${key}`]), ['list', 'listed']],
  ['`doctor`', [['load', 'STORE']], ['doctor', 'STORE']],
  ['`destroy` of a store with n keys, up to 25', [['load', 'STORE']],
    ['destroy', 'STORE']],
  [kReadsOfItems, kItem, ['item', 'get', 'STORE', 'kim']],
  [kReadsOfItems, kItem, ['item', 'history', 'STORE', 'kim']],
  [kReadsOfItems, kItem, ['item', 'query', 'STORE', 'kim']],
  [kReadsOfItems, kItem, ['item', 'settle', 'STORE', 'kim']],
  ['`item scan`', kItem, ['item', 'scan', 'STORE']],
  ['`item status`', kItem, ['item', 'status', 'STORE']],
  ['`item status` of a replicated store', [...kReplicated, kPut],
    ['item', 'status', 'STORE']],
  ['`item put` and other operations', kItem,
    ['item', 'inc', 'STORE', 'kim', 'logins']],
  ['`item put` and other operations in a replicated store',
    [...kReplicated, kPut], ['item', 'inc', 'STORE', 'kim', 'logins']],
  ['`item flatten` of n operations',
    [['create', 'STORE'],
      ...keys.map(() => ['item', 'inc', 'STORE', 'kim', 'logins'])],
    ['item', 'flatten', 'STORE', 'kim']],
  ['`item flatten` of a missing item', kItem,
    ['item', 'flatten', 'STORE', 'nobody'], 1],
  ['`item replicate`', kItem, ['item', 'replicate', 'STORE']],
  ['`item replicate` of an empty store', [['create', 'STORE']],
    ['item', 'replicate', 'STORE']],
  ['`item sync` that exchanges nothing, for each store',
    [...kReplicated, kPut, ['create', 'leveldb:laptop'],
      ['item', 'sync', 'leveldb:laptop', 'STORE']],
    ['item', 'sync', 'leveldb:laptop', 'STORE']],
  ['`item put` in a store without items', [['create', 'STORE']],
    ['item', 'put', 'STORE', 'kim', '{}']],
];

let server;
let environment;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-costs-'));

before(async () => {
  environment = {
    PATH: process.env.PATH,
    HOME: '/nonexistent',  // no AWS configuration
    AWS_REGION: 'us-east-1',
    AWS_ACCESS_KEY_ID: 'local',
    AWS_SECRET_ACCESS_KEY: 'local',
  };
  server = spawn(program, ['fake-server', '--port', '0'],
      {env: environment, stdio: ['ignore', 'pipe', 'inherit']});
  for await (const line of readline.createInterface({input: server.stdout})) {
    environment.AWS_ENDPOINT_URL = line.match(/http:\S+/)[0];
    break;
  }
  Run(['create', 'costs/first'], 's');  // Makes the table.
  fs.writeFileSync(path.join(folder, 'one'),
      '{"type":"put","key":"a","value":"1"}\n');
});

after(() => {
  server.kill('SIGTERM');
  fs.rmSync(folder, {recursive: true, force: true});
});

/// Returns what the command prints on standard error.
function Run(command, store, status = 0) {
  const result = spawnSync(
      program,
      command.map((word) => word.replace(/^STORE/, `costs/${store}`)), {
        cwd: folder,
        env: environment,
        encoding: 'utf8',
        input: Lines(command[0] === 'batch' ? {type: 'put'} : {}),
        timeout: kSecondsMax * 1000,
      });
  if (result.error) throw result.error;
  assert.equal(result.status, status, `${command.join(' ')}: ${result.stderr}`);
  return result.stderr;
}

for (const [i, [row, preparation, command, status]] of cases.entries()) {
  test(`${row}: ${command.join(' ')}`, () => {
    assert.ok(rows.has(row), `the table has no row ${row}`);
    for (const step of preparation) Run(step, `s${i}`);
    const printed = Run([...command, '-v'], `s${i}`, status);
    const totals = [...printed.matchAll(kTotals)];
    assert.ok(totals.length > 0);
    const sums = [1, 2, 3].map(
        (column) => totals.map((total) => Number(total[column]))
                        .reduce((a, b) => a + b));
    assert.deepEqual(sums, rows.get(row).map(Value));
  });
}

for (const [command, row] of [
  ['put', '`put`'],
  ['item', kReadsOfItems],
  ['item', '`item put` and other operations'],
  ['item', '`item put` in a store without items'],
  ['item replicate', '`item replicate`'],
  ['item replicate', '`item replicate` of an empty store'],
  ['item sync', '`item sync` that exchanges nothing, for each store'],
]) {
  test(`help ${command} has the figures of ${row}`, () => {
    const help = spawnSync(program, ['help', ...command.split(' ')],
        {encoding: 'utf8'});
    const [requests, reads] = rows.get(row).map(Value);
    assert.ok(help.stdout.replace(/\s+/g, ' ').includes(
        `${requests} requests: ${reads} read units`));
  });
}

test('each row of the table is measured', () => {
  assert.ok(rows.size > 10);
  for (const row of rows.keys()) {
    assert.ok(cases.some(([measured]) => measured === row), row);
  }
});
