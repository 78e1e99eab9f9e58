// The reference for our endpoints: the rule sets and the partitions that AWS's
// own JavaScript SDK resolves endpoints with.
//
// Standard input, one JSON object a line:
//   {"service": "dynamodb", "region": "eu-west-1", "useFips": false,
//    "useDualStack": false}
//   {"list": "partitions"}
// `service` is dynamodb, sts or sso. Account-based endpoints are left out.
//
// Standard output, one JSON object a line, in the same order:
//   {"url": "https://dynamodb.eu-west-1.amazonaws.com"}, or
//   {"error": "why there is none"}
//   {"partitions": [{"name": "aws", "dnsSuffix": "amazonaws.com",
//                    "dualStackDnsSuffix": "api.aws",
//                    "regions": ["eu-west-1", ...]}, ...]}
// Any other line ends the program with status 1 and a message with its number.

import {readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {DynamoDBClient} from '@aws-sdk/client-dynamodb';
import {SSOClient} from '@aws-sdk/client-sso';
import {STSClient} from '@aws-sdk/client-sts';

const kClients = {
  dynamodb: DynamoDBClient,
  sso: SSOClient,
  sts: STSClient,
};

// The SDK is pinned, so its warnings about future Node.js versions do not
// matter.
process.env.AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED = 'true';
const providers = new Map();
for (const [service, Client] of Object.entries(kClients)) {
  const credentials = {accessKeyId: 'none', secretAccessKey: 'none'};
  const client = new Client({region: 'us-east-1', credentials});
  providers.set(service, client.config.endpointProvider);
}

/// The SDK's own list. No package exports it, and Node.js does not recognize
/// its file as an ECMAScript module, so this imports the source as a data: URL.
async function Partitions() {
  const root =
      path.dirname(createRequire(import.meta.url)
                       .resolve('@aws-sdk/core/package.json'));
  const file = path.join(
      root, 'dist-es/submodules/client/util-endpoints/lib/aws/partitions.js');
  const source = readFileSync(file, 'utf8');
  const {partitionsInfo} = await import(
      `data:text/javascript,${encodeURIComponent(source)}`);
  return partitionsInfo.partitions.map(({outputs, regions}) => ({
    name: outputs.name,
    dnsSuffix: outputs.dnsSuffix,
    dualStackDnsSuffix: outputs.dualStackDnsSuffix,
    regions: Object.keys(regions),
  }));
}

function Resolve({service, region, useFips, useDualStack}) {
  const provider = providers.get(service);
  if (provider === undefined) throw new Error(`no service ${service}`);
  let resolved;
  try {
    resolved = provider(
        {Region: region, UseFIPS: useFips, UseDualStack: useDualStack});
  } catch (error) {
    // An EndpointError is the rules' answer. Another error is our mistake.
    if (error.name !== 'EndpointError') throw error;
    return {error: error.message};
  }
  return {url: String(resolved.url).replace(/\/$/, '')};
}

async function Answer(input) {
  if (input.list === 'partitions') return {partitions: await Partitions()};
  return Resolve(input);
}

let line_number = 0;
for await (const line of createInterface({input: process.stdin})) {
  ++line_number;
  if (line.trim() === '') continue;
  try {
    console.log(JSON.stringify(await Answer(JSON.parse(line))));
  } catch (error) {
    console.error(`endpoints.mjs: line ${line_number}: ${error.message}`);
    process.exitCode = 1;
    break;
  }
}
