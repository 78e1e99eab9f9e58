// Compiled, not run: what the declarations allow, and what they do not.

import DynamoDOWN = require('dynamodown');
import {DynamoDB} from '@aws-sdk/client-dynamodb';

const {DynamoLevel, dyno} = DynamoDOWN;

export async function Level(): Promise<string|undefined> {
  const db = new DynamoLevel<string, {n: number}>('table/hash', {
    region: 'eu-west-1',
    endpoint: new URL('http://127.0.0.1:8000'),
    credentials: async () => ({accessKeyId: 'a', secretAccessKey: 's'}),
    valueEncoding: 'json',
    batch: 'unordered',
  });
  await db.put('a', {n: 1});
  const found = await db.get('a', {consistency: 'eventual'});
  const n: number|undefined = found?.n;
  await db.batch([{type: 'put', key: 'b', value: {n: 2}}], {batch: 'atomic'});
  await db.batch().put('c', {n: 3}).write();
  for await (const [key, value] of db.iterator({gte: 'a', limit: 10})) {
    const text: string = key;
    const number: number = value.n;
    console.log(text, number, n);
  }
  const size: number = await db.approximateSize('a', 'z');
  // @ts-expect-error: there is no such mode
  await db.batch([], {batch: 'ordered'});
  // @ts-expect-error: values are objects
  await db.put('a', 5);
  await DynamoLevel.destroy('table/hash', {dropTable: true});
  await db.close();
  return db.getProperty('dynamodown.requests') + String(size);
}

export function Down(): void {
  const Constructor = DynamoDOWN(new DynamoDB({}));
  const down: DynamoDOWN.Down = new Constructor('table/hash');
  down.open({createIfMissing: false}, (error) => console.log(error));
  DynamoDOWN('table/hash').open({dynamo: {accessKeyId: 'a'}}, () => {});
  DynamoDOWN.destroy('table/hash', {dynamo: {region: 'eu-west-1'}}, () => {});
}

export async function Items(): Promise<void> {
  const items = dyno('leveldb:users', {replicated: false});
  const timestamp: string = await items.putItem('kim', {a: 1}, {sync: true});
  items.delAttrs('kim', ['a'], (error, at: string) => console.log(error, at));
  items.getItem('kim', (error, item, last, changes) => {
    console.log(error, item, last, changes);
  });
  const {item} = await items.getItem<{a: number}>('kim', {asOf: timestamp});
  const a: number|undefined = item?.a;
  await items.flatten('kim', timestamp);
  items.flatten('kim', {hash: 'x'}, (error, {folded}) => console.log(folded));
  // @ts-expect-error: attributes are a list
  await items.delAttrs('kim', 'a');
  console.log(a, await items.query({where: {a: 1}}));
  items.query((error, found) => console.log(error, found[0].name));
  items.names((error, names) => console.log(error, names.length));
  items.count({deleted: true}, (error, count) => console.log(error, count + 1));
  const other = dyno('table/users', {replicated: true});
  const {firstMeeting, b: {heldBack}} = await items.sync(other, {
    full: true,
    progress: ({operations}) => operations < 10,
  });
  const [first, held]: [boolean, number] = [firstMeeting, heldBack];
  items.sync(other, (error, {twins}) => console.log(error, twins, first, held));
  const {members} = await items.status();
  for (const {replica, isSelf} of members) {
    if (!isSelf) await items.forget(replica);
  }
  await items.replicate();
  await items.newReplica();
  await items.markRestored();
  items.closeWriter(1, (error) => console.log(error));
  // @ts-expect-error: a location is no store
  await items.sync('table/users');
  await items.close();
}
