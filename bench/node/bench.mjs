// Calls per second and client CPU of the Node.js package, of bare sockets and
// of dynamodown 1.0.0 from npm. They take turns, each with 32 calls in flight
// on one DynamoDB Local. Each round compares runs that followed one another.
// The printed ratios are the medians of the rounds.
//
//     ./dev bench node [ROUNDS [CALLS]]

import {spawnSync} from 'node:child_process';
import path from 'node:path';
import {fileURLToPath} from 'node:url';
import dynamodown from '../../node/index.js';

const kHere = path.dirname(fileURLToPath(import.meta.url));
const kInFlight = 32;
const kValue = 'v'.repeat(100);
const rounds = Number(process.argv[2] ?? 5);
const calls = Number(process.argv[3] ?? 10_000);
const endpoint = process.env.DYNAMODOWN_TEST_ENDPOINT;
const options = {
  endpoint,
  region: 'us-east-1',
  credentials: {accessKeyId: 'local', secretAccessKey: 'local'},
};

function Key(i) {
  return `key${String(i % 1000).padStart(6, '0')}`;
}

/// Requests as bare_sockets reads them. DynamoDB Local takes any signature.
function Requests(kind, count) {
  const {host} = new URL(endpoint);
  const parts = [];
  for (let i = 0; i < count; ++i) {
    const key = {
      hkey: {S: 'bench'}, rkey: {B: Buffer.from(Key(i)).toString('base64')},
    };
    const body = JSON.stringify(kind === 'put' ?
        {TableName: 'bench', Item: {...key, value: {S: kValue}}} :
        {TableName: 'bench', Key: key, ConsistentRead: true});
    const operation = kind === 'put' ? 'PutItem' : 'GetItem';
    const request = [
      'POST / HTTP/1.1',
      `Host: ${host}`,
      `X-Amz-Target: DynamoDB_20120810.${operation}`,
      'Content-Type: application/x-amz-json-1.0',
      'X-Amz-Date: 20260101T000000Z',
      'Authorization: AWS4-HMAC-SHA256 Credential=local/20260101/us-east-1/' +
          'dynamodb/aws4_request, SignedHeaders=host;x-amz-date, Signature=' +
          '0'.repeat(64),
      `Content-Length: ${body.length}`,
      '',
      body,
    ].join('\r\n');
    parts.push(`${request.length}\n${request}`);
  }
  return parts.join('');
}

/// Runs `command` and returns {rate, cpu_us} from its output.
function Measure(command, input) {
  const {stdout, stderr, status} = spawnSync(command[0], command.slice(1), {
    input,
    encoding: 'utf8',
    env: {...process.env, AWS_SDK_JS_SUPPRESS_MAINTENANCE_MODE_MESSAGE: '1'},
  });
  if (status !== 0) throw new Error(`${command[0]} failed: ${stderr}`);
  const [seconds, cpu] = stdout.split(' ').map(Number);
  return {rate: calls / seconds, cpu_us: cpu / calls * 1e6};
}

function Contender(name, location, kind) {
  return Measure([
    process.execPath, '--no-deprecation', path.join(kHere, 'contender.cjs'),
    name, location, kind, calls, kInFlight,
  ]);
}

function Median(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)];
}

async function Create(location, more) {
  const db = new dynamodown.DynamoLevel(location, {...options, ...more});
  await db.open();
  await db.close();
}

await Create('bench/bench');
await Create('bench-old/bench', {keyType: 'string'});

const kContenders = {
  'bare sockets': (kind) => Measure(
      [
        process.env.DYNAMODOWN_BARE_SOCKETS, new URL(endpoint).port, kInFlight,
      ],
      Requests(kind, calls)),
  'dynamodown': (kind) => Contender('dynamodown', 'bench/bench', kind),
  'dynamodown 1.0.0': (kind) =>
      Contender('dynamodown-1', 'bench-old/bench', kind),
};

let is_met = true;
for (const kind of ['put', 'get']) {
  const results = {};
  for (const name of Object.keys(kContenders)) results[name] = [];
  kContenders['bare sockets'](kind);  // The server warms up.
  for (let round = 0; round < rounds; ++round) {
    const names = Object.keys(kContenders);
    if (round % 2 === 1) names.reverse();
    for (const name of names) results[name].push(kContenders[name](kind));
  }
  for (const [name, measured] of Object.entries(results)) {
    const rate = Median(measured.map(({rate}) => rate));
    const cpu = Median(measured.map(({cpu_us}) => cpu_us));
    console.log(
        `${kind}  ${name.padEnd(17)} ${rate.toFixed(0).padStart(6)} a second` +
        `  ${cpu.toFixed(1).padStart(7)} us of CPU a call`);
  }
  const Ratio = (field, other) => Median(results.dynamodown.map(
      (ours, i) => ours[field] / results[other][i][field]));
  const rate = Ratio('rate', 'bare sockets');
  const cpu = Ratio('cpu_us', 'dynamodown 1.0.0');
  console.log(
      `${kind}  ${rate.toFixed(2)} of bare sockets' rate,  ` +
      `${cpu.toFixed(3)} of dynamodown 1.0.0's CPU`);
  is_met &&= rate >= 0.8 && cpu <= 0.1;
}
console.log(
    is_met ? 'at least 0.8 of the rate at a tenth of the CPU: yes' :
             'at least 0.8 of the rate at a tenth of the CPU: NO');
process.exitCode = is_met ? 0 : 1;
