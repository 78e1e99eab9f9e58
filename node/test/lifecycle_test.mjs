// Processes, worker threads and objects that end while work is under way must
// never crash or hang. Each case is a script in its own process, which must end
// by itself with status 0.

import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import stores from './stores.js';

const kPackage = path.resolve(fileURLToPath(import.meta.url), '../..');
const kSecondsMax = 60;

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-life-'));
after(() => fs.rmSync(root, {recursive: true, force: true}));

let scripts = 0;

/// The output of `body`. In it, DynamoLevel, DynamoDOWN, dyno and Open(name), an
/// existing store on the engine, are defined.
async function Run(engine, body, {flags = [], wrapper = []} = {}) {
  const file = path.join(root, `${++scripts}.js`);
  fs.writeFileSync(file, `
    'use strict';
    const {DynamoLevel, DynamoDOWN, dyno} = require(${JSON.stringify(kPackage)});
    const {Worker, isMainThread, workerData} = require('node:worker_threads');
    const options = ${JSON.stringify(engine.options)};
    const location = ${JSON.stringify(engine.Location())};
    function Open(name = '') {
      return new DynamoLevel(location + name, options);
    }
    async function Main() {
      ${body}
    }
    Main();
  `);
  const command = [...wrapper, process.execPath, ...flags, file];
  const child = spawn(command[0], command.slice(1), {
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: kSecondsMax * 1000,
  });
  let stdout = '', stderr = '';
  child.stdout.on('data', (data) => stdout += data);
  child.stderr.on('data', (data) => stderr += data);
  const [status, signal] = await new Promise((resolve) => {
    child.on('close', (...how) => resolve(how));
  });
  assert.equal(status ?? signal, 0, `${stdout}${stderr}`);
  assert.equal(stderr, '');
  return stdout;
}

for (const name of ['leveldb', 'dynamodb']) {
  describe(`on ${name}`, {concurrency: 2}, () => {
    const engine = stores.Stores(name);
    after(engine.CleanUp);

    test('a process ends with a store open', async () => {
      await Run(engine, `
        const db = Open();
        await db.put('a', '1');
        for await (const entry of db.iterator()) break;
        db.iterator();
      `);
    });

    test('process.exit is called while calls are under way', async () => {
      await Run(engine, `
        const db = Open();
        await db.open();
        for (let i = 0; i < 300; ++i) db.put('key' + i, 'value');
        db.iterator().all();
        db.clear();
        process.exit(0);
      `);
    });

    test('process.exit is called while stores are synchronized', async () => {
      await Run(engine, `
        const all = [];
        for (const name of ['1', '2', '3']) {
          all.push(dyno(location + name, {replicated: true, ...options}));
        }
        for (let i = 0; i < 600; ++i) await all[i % 2].putItem('' + i, {});
        const exit = () => process.exit(0);
        all[0].sync(all[1], {progress: () => setImmediate(exit) && true});
        all[2].sync(all[1]);
        all[1].sync(all[0], {progress: exit});
      `);
    });

    test('a worker thread ends while stores are synchronized', async () => {
      await Run(engine, `
        if (isMainThread) {
          for (let i = 0; i < 3; ++i) {
            const worker = new Worker(__filename, {workerData: i});
            await new Promise((resolve) => worker.on('message', resolve));
            await worker.terminate();
          }
          return;
        }
        const {parentPort} = require('node:worker_threads');
        const [a, b] = ['a', 'b'].map((name) => dyno(
            location + name + workerData, {replicated: true, ...options}));
        for (let i = 0; i < 300; ++i) a.putItem('' + i, {});
        await a.count();
        const progress = () => parentPort.postMessage('progress');
        while (true) await Promise.all([a, b].map((one, i, all) => one.sync(
            all[1 - i], {full: true, progress})));
      `);
    });

    test('process.exit is called while a store opens', async () => {
      await Run(engine, `
        Open().open();
        setImmediate(() => process.exit(0));
      `);
    });

    test('work under way keeps the process, an idle store does not', async () => {
      const printed = await Run(engine, `
        const db = Open();
        await db.open();
        db.put('a', '1').then(() => console.log('put'));
      `);
      assert.equal(printed, 'put\n');
    });

    test('closing waits for calls under way', async () => {
      const printed = await Run(engine, `
        const db = Open();
        await db.open();
        let done = 0;
        const puts = [];
        for (let i = 0; i < 100; ++i) {
          puts.push(db.put('key' + i, 'value').then(() => ++done));
        }
        await db.close();
        await Promise.all(puts);
        console.log(done);
        await db.open();
        console.log((await db.keys().all()).length);
        await db.close();
      `);
      assert.equal(printed, '100\n100\n');
    });

    test('a store is closed with open iterators of both APIs', async () => {
      const printed = await Run(engine, `
        const db = Open();
        await db.batch([{type: 'put', key: 'a', value: '1'}]);
        const its = [db.iterator(), db.iterator(), db.iterator()];
        await its[0].next();
        its[1].next();
        await db.close();
        await its[0].next().catch((error) => console.log(error.code));
        const down = new DynamoDOWN(location);
        down.open(options, () => {
          const it = down.iterator();
          it.next(() => {
            down.close((error) => {
              console.log(error);
              it.next((error) => console.log(error.code));
            });
          });
        });
      `);
      assert.equal(
          printed,
          'LEVEL_ITERATOR_NOT_OPEN\nundefined\nLEVEL_ITERATOR_NOT_OPEN\n');
    });

    test('stores and iterators that nobody holds are collected', async () => {
      const printed = await Run(
          engine, `
            const registry = new FinalizationRegistry(() => ++collected);
            let collected = 0;
            async function Forget(i) {
              const db = Open('-' + i);
              registry.register(db);
              await db.put('a', '1');
              const it = db.iterator();
              await it.next();
              db.put('b', '2');
              db.get('b');
            }
            for (let i = 0; i < 8; ++i) await Forget(i);
            for (let i = 0; i < 100 && collected < 8; ++i) {
              gc();
              await new Promise((resolve) => setTimeout(resolve, 20));
            }
            console.log(collected);
            // A collected embedded store has released its lock.
            const db = Open('-0');
            console.log(await db.get('b'));
            await db.close();
          `,
          {flags: ['--expose-gc']});
      assert.equal(printed, '8\n2\n');
    });

    test('worker threads end in the middle of everything', async () => {
      await Run(engine, `
        if (!isMainThread) {
          const db = Open('-' + workerData);
          await db.open();
          dyno(db).putItem('kim', {n: 1});
          for (let i = 0; i < 50; ++i) db.put('key' + i, 'value');
          db.iterator().all();
          // One third ends by itself, one by exit, one is terminated.
          if (workerData % 3 === 1) process.exit(0);
          return;
        }
        for (let i = 0; i < 9; ++i) {
          const worker = new Worker(__filename, {workerData: i});
          if (i % 3 === 2) {
            worker.once('online', () => setTimeout(() => worker.terminate(), 40));
          }
          await new Promise((resolve, reject) => {
            worker.once('exit', resolve);
            worker.once('error', reject);
          });
        }
        const db = Open();
        await db.put('a', '1');
        await db.close();
      `);
    });

    test('a thousand iterators are abandoned', async () => {
      await Run(
          engine, `
            const db = Open();
            await db.put('a', '1');
            for (let i = 0; i < 1000; ++i) {
              const it = db.iterator();
              if (i % 3 === 0) it.next();
              if (i % 3 === 1) it.close();
              if (i % 100 === 0) gc();
            }
            await db.close();
          `,
          {flags: ['--expose-gc']});
    });
  });
}

test('a closed store leaves no thread', async () => {
  const engine = stores.Stores('dynamodb');
  const printed = await Run(engine, `
    const fs = require('node:fs');
    const Threads = () => fs.readdirSync('/proc/self/task').length;
    const before = Threads();
    const db = Open();
    await db.open();
    await Promise.all(Array.from({length: 100}, (_, i) => db.put('k' + i, 'v')));
    const during = Threads();
    await db.close();
    console.log(during - before <= 32 + 12, during > before);
    for (let i = 0; i < 100 && Threads() > before; ++i) {
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    console.log(Threads() - before);
  `);
  assert.equal(printed, 'true true\n0\n');
});

test('a process can use classic-level\'s LevelDB and ours', async () => {
  const engine = stores.Stores('leveldb');
  after(engine.CleanUp);
  for (const order of [0, 1]) {
    const printed = await Run(engine, `
      const path = require('node:path');
      const {ClassicLevel} =
          require(${JSON.stringify(path.join(kPackage, 'node_modules/classic-level'))});
      const folder = location.slice('leveldb:'.length);
      const both = [new ClassicLevel(folder + '-classic${order}'), Open('-ours${order}')];
      if (${order}) both.reverse();
      for (const db of both) await db.put('a', db.constructor.name);
      for (const db of both) console.log(await db.get('a'));
      for (const db of both) await db.close();
      // Each reads what the other wrote.
      const ours = new DynamoLevel('leveldb:' + folder + '-classic${order}');
      console.log(await ours.get('a'));
      await ours.close();
    `);
    const names = ['ClassicLevel', 'DynamoLevel'];
    if (order === 1) names.reverse();
    assert.equal(printed, `${names[0]}\n${names[1]}\nClassicLevel\n`);
  }
});
