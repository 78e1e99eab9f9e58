// dyno in JavaScript.

import assert from 'node:assert/strict';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, describe, test} from 'node:test';
import levelup1 from 'levelup';
import levelup5 from 'levelup-5';
import encode from 'encoding-down';
import dynamodown from '../index.js';
import stores from './stores.js';

const {DynamoDOWN, DynamoLevel, dyno} = dynamodown;

for (const name of ['leveldb', 'dynamodb']) {
  describe(`on ${name}`, () => {
    const engine = stores.Stores(name);
    const opened = [];
    const Items = (options) => {
      const db = new DynamoLevel(engine.Location(), engine.options);
      opened.push(db);
      return dyno(db, options);
    };
    after(async () => {
      for (const db of opened) await db.close();
      engine.CleanUp();
    });

    test('operations take effect in order, unwaited', async () => {
      const items = Items();
      const writes = [];
      for (let i = 0; i < 20; ++i) {
        writes.push(items.putItem('kim', {i}));
        writes.push(items.putAttrs('kim', {name: `${i}`, email: 'e'}));
        writes.push(items.delAttrs('kim', ['email']));
        writes.push(items.incAttrs('kim', {i: 1}));
      }
      const {item, changes} = await items.getItem('kim');
      assert.deepEqual(item, {i: 20, name: '19'});
      assert.equal(changes, 80);
      const timestamps = await Promise.all(writes);
      assert.deepEqual(timestamps, [...timestamps].sort());
      assert.equal(new Set(timestamps).size, 80);
    });

    test('a callback has the item, its timestamp and its changes', (_, done) => {
      const items = Items();
      items.putItem('kim', {a: 1}, (error, timestamp) => {
        assert.ifError(error);
        items.getItem('kim', (error, item, last, changes) => {
          assert.ifError(error);
          assert.deepEqual(item, {a: 1});
          assert.equal(last, timestamp);
          assert.equal(changes, 1);
          items.flatten('kim', last, (error, {folded}) => {
            assert.ifError(error);
            assert.equal(folded, 1);
            items.getItem('nobody', (error, item, last, changes) => {
              assert.ifError(error);
              assert.equal(item, undefined);
              assert.equal(last, '');
              assert.equal(changes, 0);
              done();
            });
          });
        });
      });
    });

    test('every operation has its call', async () => {
      const items = Items();
      await items.putItem('kim', {log: 'a', tags: {}});
      await items.appendAttrs('kim', {log: 'b'});
      await items.addToSet('kim', {tags: ['x', 'y']});
      const as_of = await items.delFromSet('kim', {tags: ['x']});
      assert.deepEqual(
          (await items.getItem('kim')).item, {log: 'ab', tags: {y: true}});
      await items.delItem('kim');
      assert.equal((await items.getItem('kim')).item, undefined);
      const {item} = await items.getItem('kim', {asOf: as_of});
      assert.deepEqual(item, {log: 'ab', tags: {y: true}});
      const history = await items.history('kim');
      assert.deepEqual(
          history.map(({operation}) => operation),
          ['putItem', 'appendAttrs', 'addToSet', 'delFromSet', 'delItem']);
      assert.deepEqual(history[1].change, {log: 'b'});
      assert.deepEqual(history[1].item, {log: 'ab', tags: {}});
    });

    test('queries see all writes before them', async () => {
      const items = Items();
      for (const [name, age] of [['a', 1], ['b', 2], ['c/d', 2], ['e', 3]]) {
        items.putItem(name, {age});
      }
      items.delItem('e');
      const found = await items.query({where: {age: 2}});
      assert.deepEqual(found.map(({name}) => name), ['b', 'c/d']);
      assert.deepEqual(found[0].item, {age: 2});
      assert.equal(await items.count(), 3);
      assert.equal(await items.count({deleted: true}), 4);
      assert.deepEqual(await items.names({from: 'b'}), ['b', 'c/d', 'e']);
      assert.equal((await items.query({limit: 1})).length, 1);
      const {folded} = await items.flattenAll();
      assert.equal(folded, 5);
    });

    test('a write is repeated with its timestamp, and counts once', async () => {
      const items = Items();
      const timestamp = await items.newTimestamp();
      await items.incAttrs('kim', {n: 1}, {timestamp});
      await items.incAttrs('kim', {n: 1}, {timestamp});
      assert.deepEqual((await items.getItem('kim')).item, {n: 1});
    });

    test('errors have codes, by callback and by promise', async () => {
      const items = Items();
      await assert.rejects(
          items.putItem('', {}), {code: 'LEVEL_INVALID_ARGUMENT'});
      const error = await new Promise(
          (resolve) => items.putItem('', {}, resolve));
      assert.equal(error.code, 'LEVEL_INVALID_ARGUMENT');
      assert.throws(() => items.putItem('kim', undefined), TypeError);
      assert.throws(() => items.delAttrs('kim', 'email'), TypeError);
      assert.throws(() => items.putItem(undefined, {}), TypeError);
      assert.throws(() => items.getItem('kim', {asOf: 5}), TypeError);
      assert.throws(() => items.putItem('kim', {}, 5), TypeError);
      assert.throws(
          () => items.query({form: 'a'}),
          {name: 'TypeError', message: /'form'.*from, to/});
    });

    test('two handles on one store share its writer', async () => {
      const db = new DynamoLevel(engine.Location(), engine.options);
      opened.push(db);
      const [one, two] = [dyno(db), dyno(db)];
      await Promise.all([one.putAttrs('a', {x: 1}), two.putAttrs('a', {y: 2})]);
      assert.deepEqual((await two.getItem('a')).item, {x: 1, y: 2});
      assert.equal(await one.replica(), await two.replica());
    });

    test('any version of levelup is accepted', async () => {
      const old = levelup1(
          engine.Location(), {db: DynamoDOWN, ...engine.options});
      const young = levelup5(
          encode(DynamoDOWN(engine.Location())), engine.options);
      for (const db of [old, young]) {
        const items = dyno(db);
        items.putItem('kim', {a: 1});
        assert.deepEqual((await items.getItem('kim')).item, {a: 1});
        await items.close();
        await new Promise((resolve) => db.close(resolve));
      }
    });

    test('a location is accepted, and closes with its items', async () => {
      const location = engine.Location();
      for (let round = 1; round <= 2; ++round) {
        const items = dyno(location, engine.options);
        await items.incAttrs('kim', {n: 1});
        assert.deepEqual((await items.getItem('kim')).item, {n: round});
        await items.close();
      }
    });

    test('after closing there is an error', async () => {
      const items = dyno(engine.Location(), engine.options);
      await items.putItem('a', {});
      await items.close();
      await assert.rejects(items.getItem('a'), {code: 'LEVEL_DATABASE_NOT_OPEN'});
    });
  });
}

test('a path is an embedded store', async () => {
  const root = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-dyno-'));
  after(() => fs.rmSync(root, {recursive: true, force: true}));
  const items = dyno(path.join(root, 'deep/users'));
  await items.putItem('a', {b: 1});
  await items.close();
  assert.ok(fs.existsSync(path.join(root, 'deep/users/CURRENT')));
});

test('anything but a store of this package is refused', async () => {
  assert.throws(() => dyno(5), TypeError);
  assert.throws(() => dyno({}), TypeError);
});
