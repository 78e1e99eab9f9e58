// DynamoDOWN beyond abstract-leveldown's own suite: all versions of levelup, the
// libraries above them, and destroy.

import assert from 'node:assert/strict';
import {after, describe, test} from 'node:test';
import {promisify} from 'node:util';
import {DynamoDB} from '@aws-sdk/client-dynamodb';
import encode from 'encoding-down';
import levelup1 from 'levelup';
import levelup5 from 'levelup-5';
import DynamoDOWN from '../index.js';
import stores from './stores.js';

const kDynamo = {
  region: 'us-east-1',
  endpoint: stores.Endpoint(),
  accessKeyId: 'local',
  secretAccessKey: 'local',
};
const engine = stores.Stores('dynamodb');
const client = new DynamoDB({
  region: 'us-east-1',
  endpoint: stores.Endpoint(),
  credentials: stores.kCredentials,
});
after(() => client.destroy());

function Opened(levelup, ...args) {
  return new Promise((resolve, reject) => {
    const db = levelup(...args, (error) => error ? reject(error) : resolve(db));
  });
}

/// Puts and reads with the callbacks that every levelup has.
async function Exercise(db) {
  const Call = (method, ...args) => promisify(db[method].bind(db))(...args);
  await Call('put', 'a', '1');
  assert.equal(String(await Call('get', 'a')), '1');
  await Call('batch', [{type: 'put', key: 'b', value: '2'}]);
  await assert.rejects(Call('get', 'c'), {notFound: true});
  const read = await new Promise((resolve, reject) => {
    const entries = [];
    db.createReadStream({reverse: true})
        .on('data', ({key, value}) => entries.push(`${key}=${value}`))
        .on('error', reject)
        .on('end', () => resolve(entries));
  });
  assert.deepEqual(read, ['b=2', 'a=1']);
  await Call('del', 'a');
  await Call('close');
}

describe('levelup 1 takes', () => {
  test('the module itself, with the old drivers\' options', async () => {
    await Exercise(await Opened(
        levelup1, engine.Location(), {db: DynamoDOWN, dynamo: kDynamo}));
  });
  test('a constructor for a client', async () => {
    await Exercise(await Opened(
        levelup1, engine.Location(), {db: DynamoDOWN(client)}));
  });
  test('its own encodings', async () => {
    const db = await Opened(
        levelup1, engine.Location(),
        {db: DynamoDOWN(client), valueEncoding: 'json'});
    const put = promisify(db.put.bind(db)), get = promisify(db.get.bind(db));
    await put('a', {n: 1});
    assert.deepEqual(await get('a'), {n: 1});
    await promisify(db.close.bind(db))();
  });
});

describe('levelup 5 takes', () => {
  test('a store, with the options of open', async () => {
    await Exercise(await Opened(
        levelup5, DynamoDOWN(engine.Location()), {dynamo: kDynamo}));
  });
  test('a store of a client\'s constructor, with encodings', async () => {
    const Down = DynamoDOWN(client);
    const db = levelup5(encode(new Down(engine.Location()),
                               {valueEncoding: 'json'}));
    await db.put('a', {n: 1});
    assert.deepEqual(await db.get('a'), {n: 1});
    assert.deepEqual(await db.getMany(['b', 'a']), [undefined, {n: 1}]);
    await db.close();
  });
  test('deferred calls in order, unwaited', async () => {
    const db = levelup5(DynamoDOWN(engine.Location()), {dynamo: kDynamo});
    const puts = ['c', 'a', 'b'].map((key) => db.put(key, key));
    const keys = [];
    for await (const [key] of db.iterator()) keys.push(String(key));
    assert.deepEqual(keys, ['a', 'b', 'c']);
    await Promise.all(puts);
    await db.close();
  });
});

test('createIfMissing and errorIfExists are about the store', async () => {
  const location = engine.Location();
  const Open = (options) => promisify((callback) => DynamoDOWN(location).open(
      {dynamo: kDynamo, ...options}, callback))();
  await assert.rejects(Open({createIfMissing: false}), /does not exist/);
  await Open();
  await assert.rejects(Open({errorIfExists: true}), /exists/);
});

test('opening an open store is refused', async () => {
  const down = DynamoDOWN(engine.Location());
  const Open = promisify(down.open.bind(down));
  await Open({dynamo: kDynamo});
  await assert.rejects(
      Open({dynamo: kDynamo}), {code: 'LEVEL_DATABASE_NOT_CLOSED'});
  await promisify(down.close.bind(down))();
});

test('a table that is created has the throughput that was asked for',
     async () => {
       const TableName = `throughput-${Date.now()}`;
       const down = DynamoDOWN(`${TableName}/hash`);
       await promisify(down.open.bind(down))({
         dynamo: {
           ...kDynamo,
           ProvisionedThroughput: {ReadCapacityUnits: 3, WriteCapacityUnits: 2},
         },
       });
       const {Table} = await client.describeTable({TableName});
       assert.equal(Table.ProvisionedThroughput.ReadCapacityUnits, 3);
       assert.equal(Table.ProvisionedThroughput.WriteCapacityUnits, 2);
       await promisify(down.close.bind(down))();
     });

test('a store that is destroyed is gone, in all forms', async () => {
  const Down = DynamoDOWN(client);
  const location = engine.Location();
  for (const destroy of [
    (callback) => Down.destroy(location, callback),
    (callback) => Down.destroy(location, {force: true}, callback),
    (callback) => DynamoDOWN.destroy(location, {dynamo: kDynamo}, callback),
  ]) {
    const db = levelup5(new Down(location));
    await db.put('a', '1');
    await db.close();
    await promisify(destroy)();
    const anew = levelup5(new Down(location));
    await assert.rejects(anew.get('a'), {notFound: true});
    await anew.close();
  }
});

test('an exception in a callback is uncaught', async () => {
  const db = await Opened(
      levelup5, DynamoDOWN(engine.Location()), {dynamo: kDynamo});
  const thrown = new Promise((resolve) => {
    process.setUncaughtExceptionCaptureCallback((error) => {
      process.setUncaughtExceptionCaptureCallback(null);
      resolve(error);
    });
  });
  db.put('a', '1', () => {
    throw new Error('of the callback');
  });
  assert.equal((await thrown).message, 'of the callback');
  await db.close();
});
