// What a store is opened with: the user's options, or a client of AWS's SDK for
// JavaScript (version 2 or 3), become the flat object that the addon takes.
//
// Credentials are asked for once before opening, so that an open store always
// has some, and again by the addon whenever they are about to expire.

'use strict';

/// What the addon knows by the same name.
const kSettings = [
  'accessKeyId', 'attemptTimeout', 'batch', 'blockRestartInterval', 'blockSize',
  'caBundle', 'cacheSize', 'compression', 'concurrency', 'connectTimeout',
  'consistency', 'createIfMissing', 'createTimeout', 'deadline', 'dropTable',
  'endpoint', 'errorIfExists', 'force', 'grouping', 'hashKey', 'hashKeyType',
  'keyType', 'maxAttempts', 'maxFileSize', 'maxOpenFiles', 'maxParallel',
  'maxReadUnits', 'maxWriteUnits', 'paranoidChecks', 'profile', 'rangeKey',
  'readCapacityUnits', 'region', 'secretAccessKey', 'sessionToken',
  'useDualstackEndpoint', 'useFipsEndpoint', 'valueAttribute',
  'writeBufferSize', 'writeCapacityUnits',
];

/// A value, or what a function gives: the SDK's providers.
async function ValueOf(given) {
  return typeof given === 'function' ? given() : given;
}

/// "http://127.0.0.1:8000" of a string, a URL, or the SDK's own objects.
function EndpointOf(given) {
  if (given === undefined || given === null) return undefined;
  if (typeof given === 'string') return given.replace(/\/+$/, '');
  if (typeof given.href === 'string') return given.href.replace(/\/+$/, '');
  if (typeof given.hostname === 'string') {
    const port = given.port ? `:${given.port}` : '';
    const path = (given.path ?? '').replace(/\/+$/, '');
    return `${given.protocol}//${given.hostname}${port}${path}`;
  }
  throw new TypeError('the option \'endpoint\' must be a URL');
}

/// Version 2's credentials renew themselves when they are asked for.
function FromVersion2(credentials) {
  return new Promise((resolve, reject) => {
    credentials.get((error) => error ? reject(error) : resolve(credentials));
  });
}

/// Credentials of any shape: keys, a function that promises them (version 3's
/// providers, or one's own), or version 2's objects.
async function CredentialsOf(given) {
  const found = await ValueOf(given);
  if (typeof found !== 'object' || found === null) {
    throw new TypeError('there are no credentials');
  }
  const keys = typeof found.get === 'function' && !(found instanceof Map) ?
      await FromVersion2(found) : found;
  const {accessKeyId, secretAccessKey, sessionToken} = keys;
  if (typeof accessKeyId !== 'string' || typeof secretAccessKey !== 'string') {
    throw new TypeError(
        'credentials have an accessKeyId and a secretAccessKey');
  }
  const expiration = keys.expiration ?? keys.expireTime;
  const expires = expiration ? new Date(expiration).getTime() : NaN;
  return {
    accessKeyId,
    secretAccessKey,
    sessionToken: sessionToken ?? undefined,
    expires: Number.isNaN(expires) ? undefined : expires,
  };
}

/// Whether it may bring other credentials when it is asked again.
function IsRenewed(given) {
  return typeof given === 'function' || typeof given.get === 'function';
}

class CredentialsError extends Error {
  constructor(cause) {
    super(`credentials: ${cause.message}`, {cause});
    this.code = 'LEVEL_CREDENTIALS';
  }
}

/// What the addon calls when it needs other credentials; see database.h. Keeps
/// nothing but `given`.
function AskOf(given) {
  return (answer) => {
    CredentialsOf(given).then(
        (credentials) => answer(null, credentials),
        (error) => answer(String(error?.message ?? error)));
  };
}

/// What a location needs: {settings, ask}.
async function Resolve(options) {
  const settings = {};
  for (const name of kSettings) {
    if (options[name] !== undefined && options[name] !== null) {
      settings[name] = options[name];
    }
  }
  settings.region = await ValueOf(options.region) ?? undefined;
  settings.endpoint = EndpointOf(await ValueOf(options.endpoint));
  // The old drivers' spelling, which is AWS's.
  const throughput = options.ProvisionedThroughput;
  if (throughput) {
    settings.readCapacityUnits ??= throughput.ReadCapacityUnits;
    settings.writeCapacityUnits ??= throughput.WriteCapacityUnits;
  }
  let ask;
  if (options.credentials !== undefined && options.credentials !== null) {
    try {
      Object.assign(settings, await CredentialsOf(options.credentials));
    } catch (error) {
      throw new CredentialsError(error);
    }
    if (IsRenewed(options.credentials)) ask = AskOf(options.credentials);
  }
  return {settings, ask};
}

/// Whether it is a client of AWS's SDK for JavaScript.
function IsClient(given) {
  return typeof given === 'object' && given !== null &&
      typeof given.config === 'object' && given.config !== null;
}

/// The options that a client stands for. It is only read; no request is made
/// with it.
function OfClient(client) {
  const {config} = client;
  if (typeof config.getCredentials === 'function') {  // Version 2.
    return {
      region: config.region,
      endpoint: client.endpoint?.href,
      // Resolves the default chain of places too.
      credentials: async () => new Promise((resolve, reject) => {
        config.getCredentials(
            (error) => error ? reject(error) : resolve(config.credentials));
      }),
    };
  }
  return {
    region: config.region,
    endpoint: config.endpoint,
    credentials: config.credentials,
    useFipsEndpoint: config.useFipsEndpoint,
    useDualstackEndpoint: config.useDualstackEndpoint,
  };
}

/// As Resolve, of a client and options of one's own, which come first.
async function ResolveWithClient(client, options) {
  const found = OfClient(client);
  for (const name of ['useFipsEndpoint', 'useDualstackEndpoint']) {
    found[name] = await ValueOf(found[name]) ?? undefined;
  }
  const given = Object.entries(options).filter(
      ([, value]) => value !== undefined && value !== null);
  return Resolve({...found, ...Object.fromEntries(given)});
}

module.exports = {IsClient, Resolve, ResolveWithClient};
