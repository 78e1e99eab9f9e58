// HTTPS from Node.js: which authorities the addon trusts, and that it does not
// use Node's own OpenSSL.

import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import https from 'node:https';
import os from 'node:os';
import path from 'node:path';
import {after, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import dynamodown from '../index.js';
import stores from './stores.js';

const {DynamoLevel} = dynamodown;
const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-tls-'));

function Certtool(...args) {
  execFileSync('certtool', args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {PATH: process.env.PATH},  // No sanitizer.
    timeout: 30_000,
  });
}

function File(name, text) {
  const file = path.join(folder, name);
  if (text !== undefined) fs.writeFileSync(file, text);
  return file;
}

/// The file of an authority's certificate; its key is beside it.
function MakeAuthority(name) {
  const certificate = File(`${name}.pem`), key = File(`${name}.key`);
  const template = File(
      `${name}.cfg`,
      `cn = "${name}"\nca\ncert_signing_key\nexpiration_days = 2\n`);
  Certtool('--generate-privkey', '--ecc', '--outfile', key);
  Certtool(
      '--generate-self-signed', '--load-privkey', key, '--template', template,
      '--outfile', certificate);
  return certificate;
}

/// {key, cert}: files for a server at that address, signed by `authority`.
function MakeCertificate(authority, name, address) {
  const cert = File(`${name}.pem`), key = File(`${name}.key`);
  const template = File(
      `${name}.cfg`,
      `cn = "${name}"\nip_address = "${address}"\ntls_www_server\n` +
          'signing_key\nexpiration_days = 2\n');
  Certtool('--generate-privkey', '--ecc', '--outfile', key);
  Certtool(
      '--generate-certificate', '--load-privkey', key, '--load-ca-certificate',
      authority, '--load-ca-privkey', authority.replace('.pem', '.key'),
      '--template', template, '--outfile', cert);
  return {key, cert};
}

let requests = 0;
const agent = new http.Agent({keepAlive: true});
const servers = [];

/// The endpoint of a TLS server in front of DynamoDB Local.
async function Serve({key, cert}) {
  const {hostname, port} = new URL(stores.Endpoint());
  const options = {key: fs.readFileSync(key), cert: fs.readFileSync(cert)};
  const server = https.createServer(options, (request, response) => {
    ++requests;
    const {method, headers} = request;
    const onward = http.request({hostname, port, agent, method, headers});
    onward.on('response', (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      answer.pipe(response);
    });
    onward.on('error', () => response.destroy());
    request.pipe(onward);
  });
  servers.push(server);
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `https://127.0.0.1:${server.address().port}`;
}

const trusted = MakeAuthority('trusted');
const other = MakeAuthority('other');
const files = MakeCertificate(trusted, 'here', '127.0.0.1');
const endpoint = await Serve(files);

after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
  agent.destroy();
  fs.rmSync(folder, {recursive: true, force: true});
});

function Open(caBundle, url = endpoint) {
  const engine = stores.Stores('dynamodb');
  return new DynamoLevel(
      engine.Location(), {...engine.options, endpoint: url, caBundle});
}

test('an https endpoint works', async () => {
  const db = Open(trusted);
  await db.put('a', '1');
  assert.equal(await db.get('a'), '1');
  assert.deepEqual(await db.iterator().all(), [['a', '1']]);
  await db.close();
  assert.ok(requests > 0);
});

test('another authority\'s certificate is refused before a request', async () => {
  requests = 0;
  for (const bundle of [other, undefined]) {
    const db = Open(bundle);
    const error = await db.open().then(assert.fail, ({cause}) => cause);
    assert.equal(error.code, 'LEVEL_UNAVAILABLE');
    assert.match(error.message, /certificate/i);
  }
  assert.equal(requests, 0);
});

test('another host\'s certificate is refused', async () => {
  const elsewhere =
      await Serve(MakeCertificate(trusted, 'elsewhere', '127.0.0.2'));
  requests = 0;
  const db = Open(trusted, elsewhere);
  const error = await db.open().then(assert.fail, ({cause}) => cause);
  assert.equal(error.code, 'LEVEL_UNAVAILABLE');
  assert.equal(requests, 0);
});

test('no TLS function of the addon is bound to Node\'s OpenSSL', () => {
  const script = File('bindings.js', `
    const {DynamoLevel} = require(${JSON.stringify(
      fileURLToPath(new URL('..', import.meta.url)))});
    // The handshake resolves its TLS functions. Then the call fails, since this
    // is no DynamoDB.
    const server = require('node:https').createServer({
      key: require('node:fs').readFileSync(${JSON.stringify(files.key)}),
      cert: require('node:fs').readFileSync(
          ${JSON.stringify(files.cert)}),
    }, (request, response) => response.end('{}'));
    server.listen(0, '127.0.0.1', async () => {
      const db = new DynamoLevel('table/hash', {
        endpoint: 'https://127.0.0.1:' + server.address().port,
        region: 'us-east-1',
        credentials: {accessKeyId: 'local', secretAccessKey: 'local'},
        caBundle: ${JSON.stringify(trusted)},
        maxAttempts: 1,
      });
      await db.open().catch(({cause}) => console.log(cause.code));
      server.closeAllConnections();
      server.close();
    });
  `);
  const output = File('bindings');
  const {stdout, status} = spawnSync(process.execPath, [script], {
    env: {...process.env, LD_DEBUG: 'bindings', LD_DEBUG_OUTPUT: output},
    encoding: 'utf8',
    timeout: 60_000,
  });
  assert.equal(status, 0);
  // The answer was valid TLS but not DynamoDB's.
  assert.equal(stdout, 'LEVEL_CORRUPTION\n');
  const trace = fs.readdirSync(folder)
      .filter((name) => name.startsWith('bindings.') && !name.endsWith('.js'))
      .map((name) => fs.readFileSync(path.join(folder, name), 'utf8'))
      .join('');
  const bindings = [...trace.matchAll(
      /binding file (\S+) \[\d+\] to (\S+) \[\d+\]: normal symbol `(\w+)'/g)];
  const ours = bindings.filter(([, from]) => from.endsWith('dynamodown.node'));
  assert.ok(ours.length > 100, 'the trace tells of the addon');
  const tls = bindings.filter(([, , , symbol]) => /^gnutls_/.test(symbol));
  assert.ok(tls.length > 50, 'the trace tells of the handshake');
  assert.ok(tls.every(([, , to]) => to.includes('libgnutls')));

  // Debian's Node.js keeps its code in a library, libnode.so.108.
  const kNode = /\/(node|nodejs|libnode\.so[\d.]*)$/;
  const to_node = ours.filter(([, , to]) => kNode.test(to));
  const kTls = /^(SSL|TLS|DTLS|X509|EVP|BIO|ERR|CRYPTO|OPENSSL|RSA|EC|PEM|BN|OSSL|HMAC|SHA\d*|gnutls|nettle)_/;
  const symbols = to_node.map(([, , , symbol]) => symbol);
  assert.ok(symbols.includes('napi_create_promise'));
  assert.deepEqual(symbols.filter((symbol) => kTls.test(symbol)), []);
  // Nor do the libraries that carry its TLS.
  const carried = bindings.filter(
      ([, from, to, symbol]) => /lib(curl-gnutls|gnutls|nettle|hogweed)/.test(from) &&
          kNode.test(to) && kTls.test(symbol));
  assert.deepEqual(carried, []);
});
