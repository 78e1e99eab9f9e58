// Runs a hundred worker threads in turn, each of which opens, uses and closes a
// store. They leave no more memory than twenty do.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import {after, test} from 'node:test';
import {Worker} from 'node:worker_threads';
import {setFlagsFromString} from 'node:v8';
import {runInNewContext} from 'node:vm';
import {fileURLToPath} from 'node:url';
import stores from './stores.js';

const kKbMax = 2048;
setFlagsFromString('--expose-gc');
const gc = runInNewContext('gc');

const kScript = `
  const {workerData} = require('node:worker_threads');
  const {DynamoLevel} = require(workerData.package);
  async function Main() {
    const db = new DynamoLevel(workerData.location, workerData.options);
    await db.open();
    await Promise.all(
        Array.from({length: 20}, (_, i) => db.put('k' + i, 'v'.repeat(1000))));
    await db.iterator().all();
    await db.close();
  }
  Main();
`;

/// The memory of this process in KB, after garbage collection: the least of
/// several readings, since Node.js returns memory when it likes.
async function Resident() {
  let least = Infinity;
  for (let i = 0; i < 20; ++i) {
    gc();
    await new Promise((resolve) => setTimeout(resolve, 20));
    const status = fs.readFileSync('/proc/self/status', 'utf8');
    least = Math.min(least, Number(/VmRSS:\s+(\d+)/.exec(status)[1]));
  }
  return least;
}

async function Cycle(engine) {
  const worker = new Worker(kScript, {
    eval: true,
    workerData: {
      package: fileURLToPath(new URL('..', import.meta.url)),
      location: engine.Location(),
      options: engine.options,
    },
  });
  await new Promise((resolve, reject) => {
    worker.once('error', reject);
    worker.once('exit', (status) => status === 0 ? resolve() : reject(status));
  });
}

for (const name of ['leveldb', 'dynamodb']) {
  test(`on ${name} a hundred worker threads leave nothing`, async (context) => {
    const engine = stores.Stores(name);
    after(engine.CleanUp);
    for (let i = 0; i < 20; ++i) await Cycle(engine);
    const after_20 = await Resident();
    for (let i = 20; i < 100; ++i) await Cycle(engine);
    const after_100 = await Resident();
    context.diagnostic(`${after_20} KB after 20, ${after_100} KB after 100`);
    assert.ok(
        after_100 - after_20 <= kKbMax,
        `${after_20} KB after 20, ${after_100} KB after 100`);
  });
}
