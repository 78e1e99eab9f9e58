// Uses a server through AWS's own SDK for JavaScript, as an application does,
// and checks answers and errors.
//
//     node sdk.mjs SCENARIO ENDPOINT
//
// The scenarios are below. If the server deviates from DynamoDB's documentation,
// the exit status is 1 and standard error says where.

import assert from 'node:assert/strict';
import {createRequire} from 'node:module';
import {fileURLToPath} from 'node:url';

// The SDK is pinned, so its warnings about future Node.js versions do not matter.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const kServers = fileURLToPath(new URL('../servers/', import.meta.url));
const sdk = createRequire(kServers)('@aws-sdk/client-dynamodb');

const kTable = 'people';
// More than the SDK's default of 3.
const kAttemptsMax = 12;
const kRequestMsMax = 1500;
const kLocal = {accessKeyId: 'local', secretAccessKey: 'local'};

function ClientOf(endpoint, more = {}) {
  return new sdk.DynamoDBClient(
      {endpoint, region: 'eu-west-1', credentials: kLocal, ...more});
}

function TableInput(name) {
  return {
    TableName: name,
    BillingMode: 'PAY_PER_REQUEST',
    AttributeDefinitions: [
      {AttributeName: 'hkey', AttributeType: 'S'},
      {AttributeName: 'rkey', AttributeType: 'S'},
    ],
    KeySchema: [
      {AttributeName: 'hkey', KeyType: 'HASH'},
      {AttributeName: 'rkey', KeyType: 'RANGE'},
    ],
  };
}

const Key = (rkey) => ({hkey: {S: 'kim'}, rkey: {S: rkey}});
const Item = (rkey, value) => ({...Key(rkey), value: {S: value}});
const Numbered = (n, prefix) => Array.from(
    {length: n}, (_, i) => `${prefix}${String(i).padStart(3, '0')}`);

async function All(pages, member) {
  const all = [];
  let count = 0;
  for await (const page of pages) {
    all.push(...page[member]);
    ++count;
  }
  return {all, count};
}

async function MakeTable(client, name) {
  await client.send(new sdk.CreateTableCommand(TableInput(name)));
  const waited = await sdk.waitUntilTableExists(
      {client, maxWaitTime: 30, minDelay: 1}, {TableName: name});
  assert.equal(waited.state, 'SUCCESS');
}

/// A client for a server with many faults.
function Patient(endpoint) {
  return ClientOf(endpoint, {
    maxAttempts: kAttemptsMax,
    requestHandler:
        {requestTimeout: kRequestMsMax, throwOnRequestTimeout: true},
  });
}

/// Prints the number of failed attempts that the SDK retried.
async function WriteAndRead(client, Try) {
  let repeated = 0;
  const Send = async (command) => {
    const answer = await client.send(command);
    repeated += answer.$metadata.attempts - 1;
    return answer;
  };
  const create = new sdk.CreateTableCommand(TableInput(kTable));
  await Try(() => Send(create)).catch((error) => {
    // The answer to the first attempt was lost.
    if (!(error instanceof sdk.ResourceInUseException)) throw error;
  });
  const keys = Numbered(20, 'k');
  for (const key of keys) {
    await Try(() => Send(new sdk.PutItemCommand(
        {TableName: kTable, Item: Item(key, `of ${key}`)})));
  }
  for (const key of keys) {
    await Try(async () => {
      const got = await Send(new sdk.GetItemCommand(
          {TableName: kTable, Key: Key(key), ConsistentRead: true}));
      assert.deepEqual(got.Item, Item(key, `of ${key}`));
    });
  }
  console.log(repeated);
  client.destroy();
}

// ------------------------------------------------------------------ scenarios

const kScenarios = {
  async tables(client) {
    await MakeTable(client, kTable);
    await MakeTable(client, 'another');
    await assert.rejects(
        client.send(new sdk.CreateTableCommand(TableInput(kTable))),
        sdk.ResourceInUseException);
    const {Table: table} = await client.send(
        new sdk.DescribeTableCommand({TableName: kTable}));
    assert.equal(table.TableStatus, 'ACTIVE');
    assert.ok(table.CreationDateTime instanceof Date);
    assert.deepEqual(table.KeySchema, TableInput(kTable).KeySchema);
    const names =
        await All(sdk.paginateListTables({client, pageSize: 1}, {}),
                  'TableNames');
    assert.deepEqual(names.all, ['another', kTable]);
    assert.ok(names.count >= 2);
    await client.send(new sdk.DeleteTableCommand({TableName: 'another'}));
    const gone = await sdk.waitUntilTableNotExists(
        {client, maxWaitTime: 30, minDelay: 1}, {TableName: 'another'});
    assert.equal(gone.state, 'SUCCESS');
    await assert.rejects(
        client.send(new sdk.GetItemCommand(
            {TableName: 'another', Key: Key('a')})),
        sdk.ResourceNotFoundException);
  },

  async items(client) {
    await MakeTable(client, kTable);
    const item = {
      ...Key('all'),
      text: {S: 'Yuri Irsenovich Kim, \u{1f600}'},
      number: {N: '-12.5'},
      bytes: {B: Uint8Array.of(0, 255, 128)},
      truth: {BOOL: true},
      nothing: {NULL: true},
      list: {L: [{S: 'a'}, {N: '1'}]},
      map: {M: {inside: {S: 'b'}}},
    };
    const put = await client.send(new sdk.PutItemCommand(
        {TableName: kTable, Item: item, ReturnConsumedCapacity: 'TOTAL'}));
    assert.equal(put.ConsumedCapacity.CapacityUnits, 1);
    const got = await client.send(new sdk.GetItemCommand(
        {TableName: kTable, Key: Key('all'), ConsistentRead: true}));
    assert.deepEqual(got.Item, item);
    assert.match(got.$metadata.requestId, /^[0-9A-Z]{52}$/);
    const missing = await client.send(
        new sdk.GetItemCommand({TableName: kTable, Key: Key('none')}));
    assert.equal(missing.Item, undefined);

    const condition = {
      TableName: kTable,
      Item: Item('all', 'x'),
      ConditionExpression: 'attribute_not_exists(#k)',
      ExpressionAttributeNames: {'#k': 'hkey'},
    };
    await assert.rejects(
        client.send(new sdk.PutItemCommand(condition)),
        sdk.ConditionalCheckFailedException);
    await client.send(
        new sdk.DeleteItemCommand({TableName: kTable, Key: Key('all')}));
    await client.send(new sdk.PutItemCommand(condition));
  },

  async pages(client) {
    await MakeTable(client, kTable);
    const keys = Numbered(25, 'k');
    const written = await client.send(new sdk.BatchWriteItemCommand({
      RequestItems: {
        [kTable]:
            keys.map((key) => ({PutRequest: {Item: Item(key, `of ${key}`)}})),
      },
    }));
    assert.deepEqual(written.UnprocessedItems, {});
    const read = await client.send(new sdk.BatchGetItemCommand(
        {RequestItems: {[kTable]: {Keys: keys.map(Key)}}}));
    assert.deepEqual(
        read.Responses[kTable].map((item) => item.rkey.S).sort(), keys);

    // The SDK's paginators modify their input.
    const Query = () => ({
      TableName: kTable,
      KeyConditionExpression: 'hkey = :h AND rkey BETWEEN :a AND :b',
      ExpressionAttributeValues:
          {':h': {S: 'kim'}, ':a': {S: 'k003'}, ':b': {S: 'k020'}},
    });
    const forward =
        await All(sdk.paginateQuery({client, pageSize: 4}, Query()), 'Items');
    assert.deepEqual(
        forward.all, keys.slice(3, 21).map((key) => Item(key, `of ${key}`)));
    assert.ok(forward.count >= 5);
    const backward = await All(
        sdk.paginateQuery(
            {client, pageSize: 7}, {...Query(), ScanIndexForward: false}),
        'Items');
    assert.deepEqual(backward.all, [...forward.all].reverse());
    const scanned =
        await All(sdk.paginateScan({client, pageSize: 10},
                                   {TableName: kTable}), 'Items');
    assert.deepEqual(scanned.all.map((item) => item.rkey.S).sort(), keys);
  },

  async transactions(client) {
    await MakeTable(client, kTable);
    const Put = (rkey, more = {}) =>
        ({Put: {TableName: kTable, Item: Item(rkey, 'x'), ...more}});
    await client.send(new sdk.TransactWriteItemsCommand(
        {TransactItems: [Put('a'), Put('b')]}));
    const absent = {ConditionExpression: 'attribute_not_exists(hkey)'};
    await assert.rejects(
        client.send(new sdk.TransactWriteItemsCommand(
            {TransactItems: [Put('c'), Put('b', absent)]})),
        (error) => {
          assert.ok(error instanceof sdk.TransactionCanceledException);
          assert.deepEqual(
              error.CancellationReasons.map((reason) => reason.Code),
              ['None', 'ConditionalCheckFailed']);
          return true;
        });
    const {all} =
        await All(sdk.paginateScan({client}, {TableName: kTable}), 'Items');
    assert.deepEqual(all.map((item) => item.rkey.S).sort(), ['a', 'b']);
  },

  async mistakes(client, endpoint) {
    await assert.rejects(
        client.send(new sdk.GetItemCommand({TableName: 'none', Key: {}})),
        sdk.ResourceNotFoundException);
    await MakeTable(client, kTable);
    await assert.rejects(
        client.send(new sdk.PutItemCommand(
            {TableName: kTable, Item: {hkey: {S: 'kim'}}})),
        {name: 'ValidationException', $fault: 'client'});
    const Refused = (credentials, name) => assert.rejects(
        ClientOf(endpoint, {credentials, maxAttempts: 1})
            .send(new sdk.ListTablesCommand({})), {name});
    await Refused({...kLocal, secretAccessKey: 'wrong'},
                  'InvalidSignatureException');
    await Refused({...kLocal, accessKeyId: 'stranger'},
                  'UnrecognizedClientException');
    await Refused({...kLocal, sessionToken: 'of nobody'},
                  'UnrecognizedClientException');
  },

  /// Failures are transient: the SDK's own retries succeed.
  async retries(client, endpoint) {
    await WriteAndRead(Patient(endpoint), (call) => call());
  },

  /// The same, with the retries that the SDK leaves to the application: after a
  /// conflict with a transaction, and after an answer that is not JSON or was
  /// damaged on the way. (The SDK checks no checksums.)
  async bad_day(client, endpoint) {
    await WriteAndRead(Patient(endpoint), async (call) => {
      for (let attempt = 1;; ++attempt) {
        try {
          return await call();
        } catch (error) {
          const repeats = error instanceof sdk.TransactionConflictException ||
              error instanceof SyntaxError ||
              error instanceof assert.AssertionError;
          if (!repeats || attempt === kAttemptsMax) throw error;
        }
      }
    });
  },
};

const [scenario, endpoint] = process.argv.slice(2);
const client = ClientOf(endpoint);
try {
  await kScenarios[scenario](client, endpoint);
} catch (error) {
  console.error(error);
  process.exitCode = 1;
}
client.destroy();
