// Synchronizes dyno's stores: two embedded ones, and an embedded one with one on
// DynamoDB.

import assert from 'node:assert/strict';
import path from 'node:path';
import {after, describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {Worker} from 'node:worker_threads';
import dynamodown from '../index.js';
import stores from './stores.js';

const {dyno} = dynamodown;

const kPackage = path.resolve(fileURLToPath(import.meta.url), '../..');
// Between two progress reports of a sync.
const kReported = 256;

/// All items of a store, by name.
async function ItemsOf(items) {
  const all = await items.query();
  return Object.fromEntries(all.map(({name, item, hash}) => [
    name, {item, hash},
  ]));
}

for (const kind of ['leveldb', 'dynamodb']) {
  describe(`leveldb with ${kind}`, () => {
    const engines = [stores.Stores('leveldb'), stores.Stores(kind)];
    const opened = [];
    function Replicated(engine, options) {
      const items = dyno(
          engine.Location(), {replicated: true, ...engine.options, ...options});
      opened.push(items);
      return items;
    }
    const Pair = () => engines.map((engine) => Replicated(engine));
    after(async () => {
      for (const items of opened) await items.close();
      for (const engine of engines) engine.CleanUp();
    });

    test('each store gets what it lacks, and counts it', async () => {
      const [a, b] = Pair();
      a.putItem('kim', {logins: 1});
      b.putItem('lee', {logins: 2});
      const met = await a.sync(b);
      assert.equal(met.firstMeeting, true);
      assert.deepEqual(met.twins, []);
      a.incAttrs('kim', {logins: 1});
      b.incAttrs('kim', {logins: 1});
      b.delItem('lee');
      const {a: one, b: two, ...result} = await a.sync(b);
      assert.deepEqual(result, {firstMeeting: false, items: 2, twins: []});
      assert.deepEqual(
          [one.items, one.operations, two.items, two.operations], [2, 2, 1, 1]);
      assert.deepEqual(
          Object.keys(one), [
            'items', 'operations', 'deletes', 'ranges', 'writes', 'bytesRead',
            'bytesWritten', 'heldBack',
          ]);
      assert.deepEqual((await b.getItem('kim')).item, {logins: 3});
      assert.deepEqual(await ItemsOf(a), await ItemsOf(b));
      const again = await b.sync(a, {full: true});
      assert.equal(again.firstMeeting, true);
      assert.equal(again.a.operations + again.b.operations, 0);
    });

    test('it comes after earlier calls on both stores', async () => {
      // Neither store is open during these calls.
      const [a, b] = Pair();
      a.putItem('of a', {n: 1});
      b.putItem('of b', {n: 2});
      a.sync(b);
      const reads = [a.getItem('of b'), b.getItem('of a')];
      a.putItem('later', {n: 3});
      b.sync(a);
      reads.push(b.getItem('later'), a.getItem('later'));
      assert.deepEqual(
          (await Promise.all(reads)).map(({item}) => item.n), [2, 1, 3, 3]);
    });

    test('two at once in opposite directions both end', async () => {
      const [a, b] = Pair();
      const c = Replicated(engines[0]);
      const all = [a, b, c];
      const calls = [];
      for (let i = 0; i < 5; ++i) {
        all.forEach((items, j) => calls.push(items.putItem(`${i}${j}`, {i})));
        for (const [one, other] of [[a, b], [b, a], [b, c], [c, a], [a, c]]) {
          calls.push(one.sync(other));
        }
      }
      await Promise.all(calls);
      await a.sync(b);
      await Promise.all([c.sync(a), b.sync(c)]);
      const expected = await ItemsOf(a);
      assert.equal(Object.keys(expected).length, 15);
      assert.deepEqual(await ItemsOf(b), expected);
      assert.deepEqual(await ItemsOf(c), expected);
    });

    test('nothing is lost during writes', async () => {
      const [a, b] = Pair();
      const writes = [];
      for (let i = 0; i < 60; ++i) {
        writes.push([a, b][i % 2].incAttrs(`n${i % 3}`, {n: 1}));
        if (i % 10 === 0) writes.push(a.sync(b));
        await new Promise(setImmediate);
      }
      await Promise.all(writes);
      await b.sync(a);
      const found = await ItemsOf(a);
      for (const name of ['n0', 'n1', 'n2']) {
        assert.deepEqual(found[name].item, {n: 20});
      }
      assert.deepEqual(await ItemsOf(b), found);
    });

    test('closing either store waits for it', async () => {
      for (const closed of [0, 1]) {
        const pair = Pair();
        pair[0].putItem('kim', {a: 1});
        let is_over = false;
        const sync = pair[0].sync(pair[1]).then((result) => {
          is_over = true;
          return result;
        });
        await pair[closed].close();
        assert.ok(is_over);
        assert.equal((await sync).b.operations, 1);
      }
    });

    test('it fails after either store is closed', async () => {
      const [a, b] = Pair();
      await a.putItem('kim', {});
      await b.close();
      const closed = {code: 'LEVEL_DATABASE_NOT_OPEN'};
      await assert.rejects(a.sync(b), closed);
      await assert.rejects(b.sync(a), closed);
      assert.deepEqual((await a.getItem('kim')).item, {});
    });

    test('callbacks get the same results', (_, done) => {
      const [a, b] = Pair();
      a.putItem('kim', {});
      a.sync(b, (error, result) => {
        assert.ifError(error);
        assert.equal(result.b.operations, 1);
        b.status((error, {replica, members}) => {
          assert.ifError(error);
          assert.deepEqual(
              members.filter(({isSelf}) => isSelf).map((one) => one.replica),
              [replica]);
          a.sync(b, {full: true}, (error, {firstMeeting}) => {
            assert.ifError(error);
            assert.ok(firstMeeting);
            a.forget('no replica', (error) => {
              assert.equal(error.code, 'LEVEL_INVALID_ARGUMENT');
              done();
            });
          });
        });
      });
    });

    test('the progress function can end it; the exchange stays', async () => {
      const [a, b] = Pair();
      const writes = [];
      for (let i = 0; i < 3 * kReported; ++i) {
        writes.push(a.putItem(`item ${i}`, {i}));
      }
      await Promise.all(writes);
      const reports = [];
      await assert.rejects(
          a.sync(b, {progress: (report) => reports.push(report) < 0}),
          {name: 'AbortError', code: 'LEVEL_ABORTED'});
      assert.equal(reports.length, 1);
      assert.equal(reports[0].firstMeeting, true);
      assert.equal(reports[0].items, 1);
      assert.equal(reports[0].name, 'item 0');
      const thrown = new Error('enough');
      await assert.rejects(
          a.sync(b, {progress: () => { throw thrown; }}),
          (error) => error === thrown);
      let last;
      const {items} = await a.sync(b, {progress: (report) => last = report});
      assert.equal(items, 3 * kReported);
      assert.equal(last.items, 2 * kReported + 1);
      assert.equal(await b.count(), 3 * kReported);
    });
  });
}

describe('administration', () => {
  const engine = stores.Stores('leveldb');
  const opened = [];
  function Items(options) {
    const items = dyno(engine.Location(), options);
    opened.push(items);
    return items;
  }
  after(async () => {
    for (const items of opened) await items.close();
    engine.CleanUp();
  });

  test('a store that has items becomes replicated', async () => {
    const [a, b] = [Items(), Items({replicated: true})];
    await a.putItem('kim', {a: 1});
    assert.equal((await a.status()).replicated, false);
    await a.replicate();
    await a.replicate();
    assert.equal((await a.status()).replicated, true);
    await a.sync(b);
    assert.deepEqual((await b.getItem('kim')).item, {a: 1});
  });

  test('the status lists members, and which are forgotten', async () => {
    const [a, b] = [Items({replicated: true}), Items({replicated: true})];
    await a.putItem('kim', {});
    await b.putItem('lee', {});
    await a.sync(b);
    const [one, two] = [await a.replica(), await b.replica()];
    const status = await a.status();
    assert.deepEqual(
        Object.keys(status), [
          'replica', 'replicated', 'shared', 'watermark', 'heldBy', 'members',
          'writers', 'unmet', 'logEntries',
        ]);
    assert.equal(status.replica, one);
    assert.equal(status.shared, false);
    assert.notEqual(status.watermark, '');
    const other = status.members.find(({replica}) => replica === two);
    assert.equal(other.isSelf, false);
    assert.equal(other.met, true);
    assert.equal(other.forgotten, false);
    await a.forget(two);
    const {members} = await a.status();
    assert.ok(members.find(({replica}) => replica === two).forgotten);
    await assert.rejects(a.forget(one), {code: 'LEVEL_INVALID_ARGUMENT'});
  });

  test('copies are refused until one has a new replica', async () => {
    const replica = '0123456789ab';
    const [a, b] = [
      Items({replicated: true, replica}), Items({replicated: true, replica}),
    ];
    await a.putItem('kim', {});
    await b.putItem('lee', {});
    await assert.rejects(
        a.sync(b), {code: 'LEVEL_INVALID_ARGUMENT', message: /new replica id/});
    await b.newReplica();
    assert.notEqual(await b.replica(), replica);
    await b.markRestored();
    await a.sync(b);
    assert.equal(await a.count(), 2);
  });

  test('two unreplicated stores and one with itself are refused', async () => {
    const [a, b] = [Items(), Items()];
    await a.putItem('kim', {});
    await assert.rejects(a.sync(b), {code: 'LEVEL_INVALID_ARGUMENT'});
    await a.replicate();
    await assert.rejects(a.sync(a), {code: 'LEVEL_INVALID_ARGUMENT'});
    await a.sync(b);
    assert.equal(await b.count(), 0);
  });

  test('a writer is closed by its slot', async () => {
    const a = Items({replicated: true});
    await a.putItem('kim', {});
    await assert.rejects(a.closeWriter(9), {code: 'LEVEL_INVALID_ARGUMENT'});
    assert.throws(() => a.closeWriter(-1), RangeError);
    assert.throws(() => a.closeWriter('1'), RangeError);
  });

  test('anything but items of this thread is refused', async () => {
    const a = Items({replicated: true});
    const refused = {name: 'TypeError', message: /dyno\(\).*this thread/};
    for (const other of [undefined, null, 'leveldb:x', {}, engine]) {
      assert.throws(() => a.sync(other), refused);
    }
    assert.throws(() => a.sync(a, {progress: 5}), TypeError);
    await assert.rejects(a.sync(Items(), {full: 'yes'}), TypeError);
    // The object that another thread receives.
    const sent = await new Promise((resolve, reject) => {
      const worker = new Worker(`
        const {parentPort} = require('node:worker_threads');
        const {dyno} = require(${JSON.stringify(kPackage)});
        const items = dyno(${JSON.stringify(engine.Location())});
        parentPort.postMessage(items);
        items.close();
      `, {eval: true});
      worker.on('message', resolve).on('error', reject);
    });
    assert.throws(() => a.sync(sent), refused);
  });

  test('a store that does not open fails alone', async () => {
    const a = Items({replicated: true});
    const broken = dyno(engine.Location(), {createIfMissing: false});
    a.putItem('kim', {});
    const sync = a.sync(broken);
    const found = a.getItem('kim');
    await assert.rejects(sync, {code: 'LEVEL_DATABASE_NOT_OPEN'});
    assert.deepEqual((await found).item, {});
  });
});
