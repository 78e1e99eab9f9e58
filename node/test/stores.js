// Fresh stores for tests, by engine: "leveldb", or "dynamodb", which is the
// DynamoDB Local that ctest started.

'use strict';

const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const {randomUUID} = require('node:crypto');

const kTable = 'node-tests';

/// The URL of a server that ctest started, "dynamodb-local" or "dynalite".
function Endpoint(server = 'dynamodb-local') {
  const servers = process.env.DYNAMODOWN_TEST_SERVERS;
  if (!servers) throw new Error('run this with npm test, or with ctest');
  return fs.readFileSync(path.join(servers, `${server}.endpoint`), 'utf8')
      .trim();
}

const kCredentials = {accessKeyId: 'local', secretAccessKey: 'local'};

/// {options, Location(), CleanUp()}; pass `options` to the constructor or open().
function Stores(engine) {
  if (engine === 'leveldb') {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-node-'));
    let count = 0;
    return {
      options: {},
      Location: () => `leveldb:${folder}/${++count}`,
      CleanUp: () => fs.rmSync(folder, {recursive: true, force: true}),
    };
  }
  if (engine !== 'dynamodb') throw new Error(`no engine ${engine}`);
  const run = randomUUID();
  let count = 0;
  return {
    // The table's key names save a request for each of a thousand stores.
    options: {
      endpoint: Endpoint(),
      region: 'us-east-1',
      credentials: kCredentials,
      batch: 'unordered',
    },
    Location: () => `${kTable}/${run}-${++count}`,
    CleanUp: () => {},
  };
}

module.exports = {Endpoint, Stores, kCredentials};
