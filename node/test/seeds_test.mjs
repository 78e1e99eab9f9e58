// Runs the programs of the documents that the project grew from (examples/), each
// in its own process and on a fresh store. They read without waiting for their
// writes.
//
//     node seeds_test.mjs [RUNS]    runs of each program; default 3

import assert from 'node:assert/strict';
import {execFile} from 'node:child_process';
import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {after, describe, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';
import {DynamoDBClient, GetItemCommand} from '@aws-sdk/client-dynamodb';
import dynamodown from '../index.js';
import stores from './stores.js';

const {DynamoLevel} = dynamodown;
const kRuns = Number(process.argv[2] ?? 3);
const kExamples = path.resolve(fileURLToPath(import.meta.url), '../../examples');
const kEndpoint = stores.Endpoint();
const kConnection = {
  endpoint: kEndpoint,
  region: 'us-east-1',
  credentials: stores.kCredentials,
};

const root = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-seeds-'));
after(() => fs.rmSync(root, {recursive: true, force: true}));

/// The output of `program`.
async function Run(program, environment = {}) {
  const {stdout, stderr} = await promisify(execFile)(
      process.execPath, ['--no-deprecation', path.join(kExamples, program)], {
        env: {
          ...process.env,
          AWS_ENDPOINT_URL: kEndpoint,
          AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1',
          ...environment,
        },
        timeout: 60_000,
      });
  assert.equal(stderr, '');
  return stdout;
}

/// Checks the output of `program`, kRuns times, each on a new store at
/// `location`.
async function AlwaysPrints(program, location, lines) {
  for (let run = 1; run <= kRuns; ++run) {
    await DynamoLevel.destroy(location, {...kConnection, force: true});
    assert.equal(await Run(program), lines, `run ${run} of ${kRuns}`);
  }
}

describe('the documents\' programs', {concurrency: 3}, () => {

test('the first document\'s program reads what it wrote', async () => {
  await AlwaysPrints('seed_a.js', 'mytable/myhash', `\
dob = 16 February 1941
name = Yuri Irsenovich Kim
occupation = Clown
spouse = Kim Young-sook
Stream ended
Stream closed
`);
});

test('the second document\'s program reads what it wrote', async () => {
  await AlwaysPrints('seed_b.js', 'table_name', `\
{ key: 'dob', value: '16 February 1941' }
{ key: 'name', value: 'Yuri Irsenovich Kim' }
{ key: 'occupation', value: 'Clown' }
{ key: 'spouse', value: 'Kim Young-sook' }
Show's over folks!
`);
});

// DynamoDB Local cannot create a table named "tableName".
test('the object in DynamoDB looks as the second document says', async () => {
  const endpoint = stores.Endpoint('dynalite');
  const printed = await Run('seed_b_hash_key.js', {AWS_ENDPOINT_URL: endpoint});
  assert.equal(printed, '');
  const client = new DynamoDBClient({...kConnection, endpoint});
  const {Item} = await client.send(new GetItemCommand({
    TableName: 'tableName',
    Key: {hkey: {S: 'yourHashKey'}, rkey: {B: Buffer.from('some-key')}},
  }));
  client.destroy();
  assert.deepEqual(Item, {
    hkey: {S: 'yourHashKey'},
    rkey: {B: Uint8Array.from(Buffer.from('some-key'))},
    value: {S: 'some-value'},
  });
});

test('the third document\'s programs print its items', async () => {
  for (let run = 1; run <= kRuns; ++run) {
    const environment = {LEVEL_DYNO_ROOT: path.join(root, String(run))};
    assert.equal(
        await Run('seed_dyno.js', environment),
        '{ nick: \'chilts\', name: \'Andy Chilton\' }\n',
        `run ${run} of ${kRuns}`);
    assert.match(
        await Run('seed_dyno_flatten.js', environment),
        new RegExp(`^There have been 3 changes to this item
The last change occurred at [0-9a-f]{12}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}
Item:  { nick: 'chilts', name: 'Andy Chilton' }
This item is now flattened
$`),
        `run ${run} of ${kRuns}`);
  }
});

test('the third document\'s keys are in LevelDB as it says', async () => {
  const environment = {LEVEL_DYNO_ROOT: path.join(root, 'keys')};
  await Run('seed_dyno.js', environment);
  const Records = async () => {
    const db = new DynamoLevel(`leveldb:${root}/keys/tmp/users`);
    const found = await db.iterator({gte: 'chilts/', lt: 'chilts0'}).all();
    await db.close();
    return found.map(
        ([key, value]) =>
            `${key.replace(/\/.*\//, '/TIMESTAMP/')} = ${value}`);
  };
  assert.deepEqual(await Records(), [
    'chilts/TIMESTAMP/putItem = {"nick":"chilts","email":"me@example.com"}',
    'chilts/TIMESTAMP/delAttrs = ["email"]',
    'chilts/TIMESTAMP/putAttrs = {"name":"Andy Chilton"}',
  ]);
  await Run('seed_dyno_flatten.js', environment);
  const [item] = await Records();
  assert.equal(
      item,
      'chilts/TIMESTAMP/putItem = {"nick":"chilts","name":"Andy Chilton"}');
});
});
