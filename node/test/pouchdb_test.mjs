// PouchDB 9 on DynamoDOWN: documents, revisions, attachments, views and
// replication, on DynamoDB and embedded.

import assert from 'node:assert/strict';
import {after, describe, test} from 'node:test';
import PouchDB from 'pouchdb';
import DynamoDOWN from '../index.js';
import stores from './stores.js';

/// A constructor of stores for PouchDB, which turns a name into a location.
function Down(engine) {
  const locations = new Map();
  return function(name) {
    if (!locations.has(name)) locations.set(name, engine.Location());
    const down = DynamoDOWN(locations.get(name));
    const open = down._open;
    down._open = function(options, callback) {
      open.call(this, {...options, ...engine.options}, callback);
    };
    return down;
  };
}

for (const name of ['leveldb', 'dynamodb']) {
  describe(`on ${name}`, () => {
    const engine = stores.Stores(name);
    after(engine.CleanUp);
    const db = Down(engine);

    test('documents are kept, revised, found and replicated', async () => {
      const kim = new PouchDB('kim', {adapter: 'leveldb', db});
      const {rev} = await kim.put({_id: 'a', dob: '16 February 1941'});
      await assert.rejects(kim.put({_id: 'a', dob: 'never'}), {status: 409});
      await kim.put({_id: 'a', _rev: rev, dob: '1941'});
      const docs = Array.from(
          {length: 150}, (_, i) => ({_id: `d${String(i).padStart(3, '0')}`, i}));
      const results = await kim.bulkDocs(docs);
      assert.ok(results.every(({ok}) => ok));
      assert.equal((await kim.get('a')).dob, '1941');
      const {rows} = await kim.allDocs(
          {startkey: 'd010', endkey: 'd019', include_docs: true});
      assert.deepEqual(
          rows.map(({doc}) => doc.i), [10, 11, 12, 13, 14, 15, 16, 17, 18, 19]);

      const text = Buffer.from('attached '.repeat(2000));
      await kim.putAttachment('b', 'text', text, 'text/plain');
      assert.ok(text.equals(await kim.getAttachment('b', 'text')));

      await kim.put({
        _id: '_design/by',
        views: {even: {map: 'function (doc) { if (doc.i % 2 === 0) emit(doc.i); }'}},
      });
      const even = await kim.query('by/even', {startkey: 100, endkey: 110});
      assert.deepEqual(
          even.rows.map(({key}) => key), [100, 102, 104, 106, 108, 110]);

      const copy = new PouchDB('copy', {adapter: 'leveldb', db});
      const replicated = await PouchDB.replicate(kim, copy);
      assert.equal(replicated.ok, true);
      assert.equal((await copy.get('a')).dob, '1941');
      assert.equal(
          (await copy.info()).doc_count, (await kim.info()).doc_count);
      await copy.close();
      await kim.close();

      const again = new PouchDB('kim', {adapter: 'leveldb', db});
      assert.equal((await again.get('d149')).i, 149);
      await again.close();
    });
  });
}
