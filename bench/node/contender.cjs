// One contender of bench.mjs, in its own process. After a warm-up, makes CALLS
// puts or gets, IN_FLIGHT at a time. Prints elapsed seconds, and the CPU
// seconds of all its threads.
//
//     node contender.cjs dynamodown|dynamodown-1 LOCATION put|get CALLS IN_FLIGHT

'use strict';

const path = require('node:path');

const kPackage = path.resolve(__dirname, '../../node');
const kValue = 'v'.repeat(100);
const [, , which, location, kind, calls, in_flight] = process.argv;
const endpoint = process.env.DYNAMODOWN_TEST_ENDPOINT;
const keys = {accessKeyId: 'local', secretAccessKey: 'local'};

function Key(i) {
  return `key${String(i % 1000).padStart(6, '0')}`;
}

/// Resolves to a function that starts the i-th call and returns its promise.
async function Ours() {
  const {DynamoLevel} = require(kPackage);
  const db = new DynamoLevel(
      location, {endpoint, region: 'us-east-1', credentials: keys});
  await db.open();
  return kind === 'put' ? (i) => db.put(Key(i), kValue) : (i) => db.get(Key(i));
}

async function Old() {
  const Down = require(path.join(kPackage, 'node_modules/dynamodown-1'));
  const db = new Down(location);
  const Promised = (method, ...args) => new Promise((resolve, reject) => {
    db[method](...args, (error, value) => error ? reject(error) : resolve(value));
  });
  await Promised('open', {
    createIfMissing: false,
    dynamo: {endpoint, region: 'us-east-1', ...keys},
  });
  return kind === 'put' ? (i) => Promised('put', Key(i), kValue) :
                          (i) => Promised('get', Key(i));
}

function CpuSeconds() {
  const {user, system} = process.cpuUsage();
  return (user + system) / 1e6;
}

async function Run(call, count) {
  let next = 0;
  const Worker = async () => {
    while (next < count) await call(next++);
  };
  await Promise.all(Array.from({length: Number(in_flight)}, Worker));
}

async function Main() {
  const call = await (which === 'dynamodown' ? Ours() : Old());
  await Run(call, Math.ceil(calls / 5));
  const cpu = CpuSeconds();
  const start = performance.now();
  await Run(call, Number(calls));
  const seconds = (performance.now() - start) / 1000;
  console.log(`${seconds} ${CpuSeconds() - cpu}`);
  process.exit(0);
}

Main();
