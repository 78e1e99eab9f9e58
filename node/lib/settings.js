// Converts the user's options, or a client of AWS's SDK for JavaScript (version
// 2 or 3), to the flat object that the addon takes.
//
// Credentials are fetched once before opening, so that an open store always has
// some. The addon asks again before they expire.

'use strict';

const {binding} = require('./binding');

/// Settings that the addon takes under the same name: every option of the
/// library, and the addon's own.
const kSettings = [
  ...binding.optionNames, 'accessKeyId', 'cacheSize', 'concurrency',
  'dropTable', 'force', 'grouping', 'secretAccessKey', 'sessionToken',
];

/// The value, or a function's result: the SDK has such providers.
async function ValueOf(given) {
  return typeof given === 'function' ? given() : given;
}

/// The URL as text, from a string, a URL or one of the SDK's objects.
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

/// Credentials of the SDK's version 2, which renew themselves.
function FromVersion2(credentials) {
  return new Promise((resolve, reject) => {
    credentials.get((error) => error ? reject(error) : resolve(credentials));
  });
}

/// Keys from credentials of any form: keys, a function that promises them (a
/// provider of the SDK's version 3, or the user's), or an object of version 2.
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

/// Whether asking again may return other credentials.
function IsRenewed(given) {
  return typeof given === 'function' || typeof given.get === 'function';
}

class CredentialsError extends Error {
  constructor(cause) {
    super(`credentials: ${cause.message}`, {cause});
    this.code = 'LEVEL_CREDENTIALS';
  }
}

/// The function that the addon calls for new credentials; see database.h. It
/// keeps nothing but `given`.
function AskOf(given) {
  return (answer) => {
    CredentialsOf(given).then(
        (credentials) => answer(null, credentials),
        (error) => answer(String(error?.message ?? error)));
  };
}

/// The addon's arguments for a store: {settings, ask}.
async function Resolve(options) {
  const settings = {};
  for (const name of kSettings) {
    if (options[name] !== undefined && options[name] !== null) {
      settings[name] = options[name];
    }
  }
  settings.region = await ValueOf(options.region) ?? undefined;
  settings.endpoint = EndpointOf(await ValueOf(options.endpoint));
  // The old drivers use AWS's spelling.
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

/// Whether `given` is a client of AWS's SDK for JavaScript.
function IsClient(given) {
  return typeof given === 'object' && given !== null &&
      typeof given.config === 'object' && given.config !== null;
}

/// The options of a client. Only its configuration is read; it sends nothing.
function OfClient(client) {
  const {config} = client;
  if (typeof config.getCredentials === 'function') {  // Version 2.
    return {
      region: config.region,
      endpoint: client.endpoint?.href,
      // Also resolves the SDK's default chain.
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

/// As Resolve, for a client and options, which take precedence.
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
