// Some of everything, for memory checkers: puts, reads, iterators, snapshots,
// errors, dyno, a worker thread, unclosed objects, and an exit in the middle.
//
//     node --expose-gc exercise.js ENDPOINT FOLDER

'use strict';

const {Worker, isMainThread, workerData} = require('node:worker_threads');
const {DynamoLevel, dyno} = require('..');

const [endpoint, folder] = workerData ?? process.argv.slice(2);
const kConnection = {
  endpoint,
  region: 'us-east-1',
  credentials: async () => ({
    accessKeyId: 'local',
    secretAccessKey: 'local',
    expiration: new Date(Date.now() + 120_000),
  }),
};
const kName = `${isMainThread ? 'main' : 'worker'}-${process.pid}`;

async function Exercise(location, options) {
  const db = new DynamoLevel(location, options);
  const puts = [];
  for (let i = 0; i < 50; ++i) puts.push(db.put(`k${i}`, 'v'.repeat(i)));
  puts.push(db.batch([{type: 'del', key: 'k1'}, {type: 'put', key: 'x', value: ''}]));
  await db.iterator({limit: 10}).all();
  await Promise.all(puts);
  await db.put('k'.repeat(2000), 'v').catch(() => {});
  await Promise.all([db.get('k2'), db.get('k3'), db.has('k4'), db.getMany(['a', 'k5'])]);
  db.getSync('k6');
  for await (const [key] of db.iterator({reverse: true, gte: 'k2'})) {
    if (key < 'k4') break;
  }
  const it = db.iterator();
  it.seek('k3');
  await it.next();
  const controller = new AbortController();
  const aborted = db.iterator({signal: controller.signal});
  const next = aborted.next().catch(() => {});
  controller.abort();
  await next;
  if (db.supports.explicitSnapshots) {
    const snapshot = db.snapshot();
    await db.put('k7', 'later');
    await db.get('k7', {snapshot});
    db.snapshot();
  }
  await db.approximateSize('a', 'z');
  const items = dyno(db);
  items.putItem('kim', {a: [1, 'two']});
  items.putAttrs('kim', {b: 2});
  await items.getItem('kim');
  await items.flatten('kim');
  await items.history('kim');
  await items.query().catch(() => {});  // It refuses other keys.
  await items.putItem('', {}).catch(() => {});
  await db.clear({gte: 'k4'});
  await db.close();
  await db.get('a').catch(() => {});
}

async function Abandon(location, options) {
  const db = new DynamoLevel(location, options);
  await db.put('a', '1');
  db.iterator().next();
  db.put('b', '2');
}

async function Main() {
  for (const [location, options] of [
    [`leveldb:${folder}/${kName}`, {}],
    [`exercise/${kName}`, {...kConnection, batch: 'unordered'}],
  ]) {
    await Exercise(location, options);
    await Abandon(`${location}-abandoned`, options);
    const missing = new DynamoLevel(
        `${location}-missing`, {...options, createIfMissing: false});
    await missing.open().catch(() => {});
    await Exercise(`${location}-more`, options);
  }
  if (isMainThread) {
    for (let i = 0; i < 2; ++i) {
      const worker = new Worker(__filename, {workerData: [endpoint, folder]});
      await new Promise((resolve, reject) => {
        worker.once('exit', resolve);
        worker.once('error', reject);
      });
    }
    for (let i = 0; i < 5; ++i) {
      global.gc();
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    console.log('finished');
    const db = new DynamoLevel(`exercise/${kName}-last`, kConnection);
    await db.open();
    for (let i = 0; i < 50; ++i) db.put(`k${i}`, 'v');
    process.exit(0);
  }
}

Main();
