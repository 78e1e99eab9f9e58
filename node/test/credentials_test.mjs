// Credentials from the script: keys, functions, and the clients of both AWS SDKs
// for JavaScript. A local server records who signed.

import assert from 'node:assert/strict';
import http from 'node:http';
import {after, before, test} from 'node:test';
import {DynamoDB, DynamoDBClient} from '@aws-sdk/client-dynamodb';
import aws from 'aws-sdk';
import levelup from 'levelup-5';
import dynamodown from '../index.js';

const {DynamoDOWN, DynamoLevel} = dynamodown;

const kSecret = 'a secret that is in no message';
const signers = [];
const kAnswers = {
  // A table with keys of the usual names, and nothing in it.
  Query: {Items: [], Count: 0, ScannedCount: 0},
  DescribeTable: {
    Table: {
      TableName: 'table',
      TableStatus: 'ACTIVE',
      KeySchema: [
        {AttributeName: 'hkey', KeyType: 'HASH'},
        {AttributeName: 'rkey', KeyType: 'RANGE'},
      ],
      AttributeDefinitions: [
        {AttributeName: 'hkey', AttributeType: 'S'},
        {AttributeName: 'rkey', AttributeType: 'B'},
      ],
    },
  },
};
// The refusal of the next request, once.
let refusal = null;
// The operations to deny, and the operations that arrived.
const denied = new Set();
let operations = [];

const server = http.createServer((request, response) => {
  request.resume().on('end', () => {
    const [, signer] =
        /Credential=([^/]+)\/\d+\/([^/]+)/.exec(request.headers.authorization);
    const region = /Credential=[^/]+\/\d+\/([^/]+)/.exec(
        request.headers.authorization)[1];
    signers.push({
      key: signer,
      region,
      token: request.headers['x-amz-security-token'],
    });
    const operation = request.headers['x-amz-target'].split('.')[1];
    operations.push(operation);
    if (denied.has(operation)) {
      refusal = {
        __type: 'com.amazon.coral.service#AccessDeniedException',
        message: `not authorized to perform: dynamodb:${operation}`,
      };
    }
    const answer = refusal ?? kAnswers[operation] ?? {};
    response.statusCode = refusal === null ? 200 : 400;
    refusal = null;
    response.end(JSON.stringify(answer));
  });
});
let endpoint;
before(async () => {
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  endpoint = `http://127.0.0.1:${server.address().port}`;
});
after(() => {
  server.closeAllConnections();
  server.close();
});

/// The access key that signed the requests of one get of `db`.
async function SignerOf(db) {
  signers.length = 0;
  await db.get('a');
  return signers.at(-1);
}

async function Failure(promise) {
  try {
    await promise;
  } catch (error) {
    return error.cause ?? error;
  }
  throw new assert.AssertionError({message: 'nothing failed'});
}

test('given keys sign, with region and token', async () => {
  const db = new DynamoLevel('table/hash', {
    endpoint,
    region: 'eu-west-1',
    credentials: {accessKeyId: 'A', secretAccessKey: kSecret, sessionToken: 'T'},
  });
  assert.deepEqual(
      await SignerOf(db), {key: 'A', region: 'eu-west-1', token: 'T'});
  await db.close();
});

test('a function is asked once, and again when they expire', async () => {
  let asked = 0;
  const db = new DynamoLevel('table/hash', {
    endpoint,
    region: 'eu-west-1',
    credentials: async () => {
      ++asked;
      await new Promise((resolve) => setTimeout(resolve, 10));
      return {
        accessKeyId: `K${asked}`,
        secretAccessKey: kSecret,
        expiration: new Date(Date.now() + (asked === 1 ? 300 : 3_600_000)),
      };
    },
  });
  await db.open();
  await new Promise((resolve) => setTimeout(resolve, 350));
  assert.equal((await SignerOf(db)).key, 'K2');
  for (let i = 0; i < 5; ++i) await db.get('a');
  assert.equal(asked, 2);
  await db.close();
});

test('AWS calls credentials expired: the function is asked again', async () => {
  let asked = 0;
  const db = new DynamoLevel('table/hash', {
    endpoint,
    region: 'eu-west-1',
    credentials: async () =>
        ({accessKeyId: `K${++asked}`, secretAccessKey: kSecret}),
  });
  await db.open();
  refusal = {
    __type: 'com.amazon.coral.service#ExpiredTokenException',
    message: 'The security token included in the request is expired',
  };
  assert.equal((await SignerOf(db)).key, 'K2');
  await db.close();
});

test('a synchronous get uses kept credentials, or has a code', async () => {
  let asked = 0;
  const db = new DynamoLevel('table/hash', {
    endpoint: 'http://127.0.0.1:1',
    region: 'eu-west-1',
    maxAttempts: 1,
    hashKey: 'hkey',
    rangeKey: 'rkey',
    credentials: async () => ({
      accessKeyId: `K${++asked}`,
      secretAccessKey: kSecret,
      expiration: new Date(Date.now() + 100),
    }),
  });
  // The server of this process cannot answer while its thread waits.
  const opened = await Failure(db.open());
  assert.equal(opened.code, 'LEVEL_UNAVAILABLE');

  const other = new DynamoLevel('table/hash', {
    endpoint,
    region: 'eu-west-1',
    maxAttempts: 1,
    attemptTimeout: 200,
    credentials: async () => ({
      accessKeyId: 'K',
      secretAccessKey: kSecret,
      expiration: new Date(Date.now() + 1000),
    }),
  });
  await other.open();
  assert.throws(() => other.getSync('a'), {code: 'LEVEL_TIMEOUT'});
  await new Promise((resolve) => setTimeout(resolve, 1000));
  assert.throws(() => other.getSync('a'), {code: 'LEVEL_CREDENTIALS'});
  await other.close();
});

test('a function that fails fails the open, in its words', async () => {
  const db = new DynamoLevel('table/hash', {
    endpoint,
    region: 'eu-west-1',
    credentials: async () => {
      throw new Error('no one is logged in');
    },
  });
  const error = await Failure(db.open());
  assert.equal(error.code, 'LEVEL_CREDENTIALS');
  assert.match(error.message, /no one is logged in/);
});

test('a function that fails later fails the call', async () => {
  let asked = 0;
  const db = new DynamoLevel('table/hash', {
    endpoint,
    region: 'eu-west-1',
    credentials: async () => {
      if (++asked > 1) throw new Error('no one is logged in');
      return {
        accessKeyId: 'K',
        secretAccessKey: kSecret,
        expiration: new Date(Date.now() + 100),
      };
    },
  });
  await db.open();
  await new Promise((resolve) => setTimeout(resolve, 150));
  const error = await Failure(db.get('a'));
  assert.equal(error.code, 'LEVEL_CREDENTIALS');
  assert.match(error.message, /no one is logged in/);
  await db.close();
});


async function SignerOfDown(down) {
  const db = await new Promise((resolve, reject) => {
    const made = levelup(down, (error) => error ? reject(error) : resolve(made));
  });
  signers.length = 0;
  await db.get('a').catch((error) => assert.ok(error.notFound, error));
  await db.close();
  return signers.at(-1);
}

test('a client of version 2 has keys', async () => {
  const client = new aws.DynamoDB(
      {region: 'eu-west-2', endpoint, accessKeyId: 'V2', secretAccessKey: kSecret});
  assert.deepEqual(
      await SignerOfDown(DynamoDOWN(client)('table/hash')),
      {key: 'V2', region: 'eu-west-2', token: undefined});
});

test('a client of version 2 has a chain of providers', async () => {
  class Slow extends aws.Credentials {
    constructor() {
      super('none', 'none');
      this.expired = true;
    }
    refresh(callback) {
      setTimeout(() => {
        this.accessKeyId = 'V2SLOW';
        this.secretAccessKey = kSecret;
        this.sessionToken = 'T';
        this.expired = false;
        callback();
      }, 10);
    }
  }
  const client = new aws.DynamoDB(
      {region: 'eu-west-2', endpoint, credentials: new Slow()});
  assert.deepEqual(
      await SignerOfDown(new (DynamoDOWN(client))('table/hash')),
      {key: 'V2SLOW', region: 'eu-west-2', token: 'T'});
});

for (const Client of [DynamoDB, DynamoDBClient]) {
  test(`a client of version 3 has providers: ${Client.name}`, async () => {
    const client = new Client({
      region: async () => 'eu-west-3',
      endpoint,
      credentials: async () =>
          ({accessKeyId: 'V3', secretAccessKey: kSecret, sessionToken: 'T'}),
    });
    assert.deepEqual(
        await SignerOfDown(DynamoDOWN(client)('table/hash')),
        {key: 'V3', region: 'eu-west-3', token: 'T'});
    const db = new DynamoLevel('table/hash', {client});
    assert.deepEqual(
        await SignerOf(db), {key: 'V3', region: 'eu-west-3', token: 'T'});
    await db.close();
    client.destroy();
  });
}

test('where batches are denied, calls go one by one', async () => {
  const db = new DynamoLevel('table/hash', {
    endpoint, region: 'eu-west-1', credentials: {
      accessKeyId: 'K', secretAccessKey: kSecret,
    },
  });
  await db.open();
  denied.add('BatchGetItem').add('BatchWriteItem');
  const keys = ['a', 'b', 'c'];
  operations = [];
  await Promise.all(keys.map((key) => db.put(key, '1')));
  assert.deepEqual(
      await Promise.all(keys.map((key) => db.get(key))), Array(3).fill());
  denied.clear();
  // After one denial it is not tried again.
  assert.deepEqual(
      operations,
      ['BatchWriteItem', ...Array(3).fill('PutItem'),
       ...Array(3).fill('GetItem')]);
  await db.close();
});
