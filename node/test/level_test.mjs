// DynamoLevel beyond abstract-level's own suite: differences between engines,
// limits, error codes, and the order of calls that nobody waits for.

import assert from 'node:assert/strict';
import fs from 'node:fs/promises';
import net from 'node:net';
import {after, describe, test} from 'node:test';
import dynamodown from '../index.js';
import stores from './stores.js';

const {DynamoLevel} = dynamodown;

/// The rejection's innermost error with a code of this package: abstract-level
/// wraps the errors of open().
async function Failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error.cause ?? error;
  }
  throw new assert.AssertionError({message: 'nothing failed'});
}

for (const name of ['leveldb', 'dynamodb']) {
  describe(`on ${name}`, () => {
    const engine = stores.Stores(name);
    const opened = [];
    const Open = (options) => {
      const db = new DynamoLevel(
          engine.Location(), {...engine.options, ...options});
      opened.push(db);
      return db;
    };
    after(async () => {
      for (const db of opened) await db.close();
      engine.CleanUp();
    });
    const is_embedded = name === 'leveldb';

    test('the manifest lists snapshots before opening', () => {
      const {supports} = Open();
      assert.equal(supports.implicitSnapshots, is_embedded);
      assert.equal(supports.explicitSnapshots, is_embedded);
      assert.equal(supports.getSync, true);
      assert.equal(supports.has, true);
      assert.equal(supports.permanence, true);
      assert.deepEqual(supports.signals, {iterators: true});
    });

    test('reads come after the writes before them, unwaited', async () => {
      const db = Open();
      for (let round = 0; round < 20; ++round) {
        const writes = [];
        for (let i = 0; i < 30; ++i) writes.push(db.put(`k${i}`, `${round}`));
        writes.push(db.batch([{type: 'put', key: 'b', value: `${round}`}]));
        const [all, many, one] = await Promise.all([
          db.iterator().all(), db.getMany(['k0', 'k29', 'b']), db.get('k17'),
        ]);
        assert.equal(all.length, 31);
        assert.ok(all.every(([, value]) => value === `${round}`));
        assert.deepEqual(many, Array(3).fill(`${round}`));
        assert.equal(one, `${round}`);
        await Promise.all(writes);
      }
    });

    test('writes of one key take effect in their order', async () => {
      const db = Open();
      for (let round = 0; round < 10; ++round) {
        const writes = [];
        for (let i = 0; i < 10; ++i) writes.push(db.put('k', `${i}`));
        writes.push(db.del('k'));
        writes.push(db.batch([{type: 'put', key: 'k', value: 'batch'}]));
        writes.push(db.clear());
        writes.push(db.put('k', 'last'));
        assert.equal(await db.get('k'), 'last');
        await Promise.all(writes);
      }
    });

    test('an iterator does not see later writes', async () => {
      // DynamoDB's iterators read page by page.
      const db = Open();
      await db.open();
      const first = db.put('a', '1');
      const it = db.iterator();
      const second = db.put('b', '2');
      const keys = (await it.all()).map(([key]) => key);
      if (is_embedded) assert.deepEqual(keys, ['a']);
      assert.equal(keys[0], 'a');
      await Promise.all([first, second]);
    });

    test('an unordered batch may have any size', async () => {
      const db = Open({batch: 'unordered'});
      const operations = Array.from({length: 1000}, (_, i) => ({
        type: 'put', key: `k${String(i).padStart(4, '0')}`, value: 'v',
      }));
      await db.batch(operations);
      assert.equal((await db.keys().all()).length, 1000);
      await db.clear({gte: 'k0100'});
      assert.equal((await db.keys().all()).length, 100);
    });

    test('an abandoned scan fetches little', async () => {
      if (is_embedded) return;
      const db = Open();
      await db.batch(Array.from({length: 500}, (_, i) => ({
        type: 'put', key: `k${i}`, value: 'x'.repeat(100),
      })));
      const before = Number(db.getProperty('dynamodown.read-units'));
      for await (const entry of db.iterator()) break;
      const after = Number(db.getProperty('dynamodown.read-units'));
      assert.ok(after - before <= 2, `${after - before} units`);
    });

    test('a refused call does not fail the calls sent with it', async () => {
      if (is_embedded) return;
      const db = Open();
      await db.open();
      const results = await Promise.allSettled([
        db.put('a', '1'), db.put('k'.repeat(1025), '2'), db.put('b', '3'),
      ]);
      assert.deepEqual(
          results.map(({status}) => status),
          ['fulfilled', 'rejected', 'fulfilled']);
      const found = await Promise.all(
          [db.get('a'), db.get('b'), db.get('c'), db.has('a'), db.has('c')]);
      assert.deepEqual(found, ['1', '3', undefined, true, false]);
    });

    test('calls of one turn cost few requests and their own units', async () => {
      if (is_embedded) return;
      for (const grouping of [true, false]) {
        const db = Open({grouping});
        await db.open();
        const Requests = () => Number(db.getProperty('dynamodown.requests'));
        const Consumed = () =>
            [Number(db.getProperty('dynamodown.write-units')),
             Number(db.getProperty('dynamodown.read-units'))];
        const before = Requests();
        const [written, read] = Consumed();
        const keys = Array.from({length: 40}, (_, i) => `k${i}`);
        await Promise.all(keys.map((key) => db.put(key, key)));
        const values = await Promise.all(keys.map((key) => db.get(key)));
        assert.deepEqual(values, keys);
        const requests = Requests() - before;
        assert.ok(grouping ? requests < 30 : requests === 80, `${requests}`);
        const [written_after, read_after] = Consumed();
        assert.equal(written_after - written, 40);
        assert.equal(read_after - read, 40);
        await db.close();
      }
    });

    test('seeking works in both directions, within the range', async () => {
      const db = Open();
      await db.batch('acegikmo'.split('').map(
          (key) => ({type: 'put', key, value: key})));
      for (const reverse of [false, true]) {
        const it = db.iterator({gt: 'a', lte: 'm', reverse});
        it.seek('h');
        assert.equal((await it.next())[0], reverse ? 'g' : 'i');
        assert.equal((await it.next())[0], reverse ? 'e' : 'k');
        it.seek('d');
        assert.equal((await it.next())[0], reverse ? 'c' : 'e');
        it.seek('z');
        assert.equal(await it.next(), undefined);
        it.seek('c');
        assert.equal((await it.next())[0], 'c');
        await it.close();
      }
    });

    test('a missing or an existing store has a clear message', async () => {
      const db = Open();
      await db.open();
      await db.close();
      const there = await Failure(
          new DynamoLevel(db.location, {...engine.options, errorIfExists: true})
              .open());
      assert.match(there.message, /exists/);
      assert.equal(there.code, 'LEVEL_INVALID_ARGUMENT');
      const missing = await Failure(
          new DynamoLevel(
              engine.Location(), {...engine.options, createIfMissing: false})
              .open());
      assert.match(missing.message, /does not exist/);
    });

    test('calls before a failed opening report its reason', async () => {
      const db = new DynamoLevel(
          engine.Location(), {...engine.options, createIfMissing: false});
      const calls = [
        db.put('a', '1'), db.get('a'), db.getMany(['a']), db.has('a'),
        db.clear(), db.batch([{type: 'del', key: 'a'}]), db.iterator().next(),
      ];
      for (const call of calls) {
        const {code, message} = await Failure(call);
        assert.equal(code, 'LEVEL_INVALID_ARGUMENT');
        assert.match(message, /\(createIfMissing is false\)/);
      }
    });

    test('an embedded store is locked, another one is shared', async () => {
      const db = Open();
      await db.put('a', '1');
      const second = new DynamoLevel(db.location, engine.options);
      opened.push(second);
      if (is_embedded) {
        const error = await Failure(second.open());
        assert.equal(error.code, 'LEVEL_LOCKED');
      } else {
        assert.equal(await second.get('a'), '1');
      }
    });

    test('a store that is destroyed is gone', async () => {
      const db = Open();
      await db.put('a', '1');
      await db.close();
      await DynamoLevel.destroy(db.location, engine.options);
      await db.open();
      assert.equal(await db.get('a'), undefined);
    });

    test('any bytes come back unchanged', async () => {
      const db = Open({keyEncoding: 'buffer', valueEncoding: 'buffer'});
      const keys = [
        Buffer.alloc(0), Buffer.from([0]), Buffer.from([0, 0]),
        Buffer.from([0x80]), Buffer.from([0xff, 0xfe]),
      ];
      for (const key of keys) await db.put(key, key);
      const found = await db.iterator().all();
      assert.deepEqual(found.map(([key]) => key), keys);
      assert.deepEqual(found.map(([, value]) => value), keys);
      const view = await db.get(keys[3], {valueEncoding: 'view'});
      assert.deepEqual(view, Uint8Array.from([0x80]));
    });

    test('an abort ends a read, and closing still works', async () => {
      const db = Open();
      await db.put('a', '1');
      const controller = new AbortController();
      const it = db.iterator({signal: controller.signal});
      const next = it.next();
      controller.abort();
      const error = await Failure(next);
      assert.equal(error.code, 'LEVEL_ABORTED');
      assert.equal(error.name, 'AbortError');
      await it.close();
    });

    test('options of the wrong kind are refused by name', async () => {
      for (const [options, words] of [
        [{maxAttempts: 1.5}, /maxAttempts/],
        [{batch: 'big'}, /batch/],
        [{concurrency: 0}, /concurrency/],
        [{region: 5}, /region/],
        [{client: {}}, /client/],
        [{maxParallel: 65}, /'maxParallel' must be 1 to 64/],
        [{useFipsEndpoint: 'yes'}, /useFipsEndpoint/],
      ]) {
        const error = await Failure(Open(options).open());
        assert.match(error.message, words);
      }
    });
  });
}

test('an invalid location is refused', () => {
  assert.throws(() => new DynamoLevel(''), /location/);
  assert.throws(() => new DynamoLevel(), /location/);
});

describe('DynamoDB\'s limits are checked before a request', () => {
  const engine = stores.Stores('dynamodb');
  const db = new DynamoLevel(
      engine.Location(), {...engine.options, batch: 'atomic'});
  after(() => db.close());

  test('a key of over 1,024 bytes', async () => {
    await db.put('k'.repeat(1024), 'v');
    const error = await Failure(db.put('k'.repeat(1025), 'v'));
    assert.equal(error.code, 'LEVEL_INVALID_ARGUMENT');
    assert.equal(await db.get('k'.repeat(1025)), undefined);
  });

  test('a value of over 400 KB', async () => {
    const error = await Failure(db.put('k', 'v'.repeat(410_000)));
    assert.equal(error.code, 'LEVEL_INVALID_ARGUMENT');
  });

  test('an atomic batch of more than 100 keys', async () => {
    const operations = Array.from(
        {length: 101}, (_, i) => ({type: 'put', key: `k${i}`, value: 'v'}));
    const error = await Failure(db.batch(operations));
    assert.equal(error.code, 'LEVEL_NOT_SUPPORTED');
    await db.batch(operations.slice(1));
    await db.batch(operations, {batch: 'unordered'});
  });

  test('a snapshot', () => {
    assert.throws(() => db.snapshot(), {code: 'LEVEL_NOT_SUPPORTED'});
  });
});

test('an endpoint without a server is unavailable', async () => {
  const db = new DynamoLevel('table/hash', {
    endpoint: 'http://127.0.0.1:1',
    credentials: stores.kCredentials,
    maxAttempts: 1,
  });
  const error = await Failure(db.open());
  assert.equal(error.code, 'LEVEL_UNAVAILABLE');
});

test('calls that wait leave Node\'s own threads free', async () => {
  // It accepts connections and never answers.
  const sockets = [];
  const server = net.createServer((socket) => sockets.push(socket));
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  let failed = 0;
  const opened = Array.from({length: 16}, () => new DynamoLevel('table/hash', {
    endpoint: `http://127.0.0.1:${server.address().port}`,
    credentials: stores.kCredentials,
    maxAttempts: 1,
    attemptTimeout: 1000,
  }).open().catch(() => ++failed));
  while (sockets.length < 16) {
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  for (let i = 0; i < 20; ++i) await fs.stat('.');
  assert.equal(failed, 0);
  await Promise.all(opened);
  assert.equal(failed, 16);
  for (const socket of sockets) socket.destroy();
  server.close();
});
