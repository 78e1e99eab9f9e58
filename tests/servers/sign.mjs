// The reference for our request signatures: npm's @smithy/signature-v4, which
// is what AWS's own JavaScript SDK signs with.
//
// Standard input, one JSON object a line:
//   {"method": "POST", "protocol": "http:", "hostname": "127.0.0.1",
//    "path": "/", "query": {"name": "value"}, "headers": {"host": "..."},
//    "body": "<base64>", "accessKeyId": "...", "secretAccessKey": "...",
//    "sessionToken": "...", "region": "...", "service": "dynamodb",
//    "date": "2015-08-30T12:36:00Z"}
// `protocol`, `query`, `body` and `sessionToken` may be missing. The caller
// names every header, `host` too; the signer itself adds `x-amz-date` and,
// when there is a token, `x-amz-security-token`.
//
// Standard output, one JSON object a line, in the same order:
//   {"authorization": "AWS4-HMAC-SHA256 ...", "amzDate": "20150830T123600Z",
//    "headers": {every header of the signed request}}
// A line that cannot be signed ends the program with status 1 and a message
// with its number.

import {createInterface} from 'node:readline';
import {Sha256} from '@aws-crypto/sha256-js';
import {SignatureV4} from '@smithy/signature-v4';

async function Sign(input) {
  const signer = new SignatureV4({
    applyChecksum: false,  // DynamoDB needs no x-amz-content-sha256
    uriEscapePath: true,   // every service but S3 escapes the path twice
    credentials: {
      accessKeyId: input.accessKeyId,
      secretAccessKey: input.secretAccessKey,
      sessionToken: input.sessionToken,
    },
    region: input.region,
    service: input.service,
    sha256: Sha256,
  });
  const request = {
    method: input.method,
    protocol: input.protocol ?? 'https:',
    hostname: input.hostname,
    path: input.path,
    query: input.query ?? {},
    headers: input.headers,
    body: Buffer.from(input.body ?? '', 'base64'),
  };
  const signed =
      await signer.sign(request, {signingDate: new Date(input.date)});
  return {
    authorization: signed.headers.authorization,
    amzDate: signed.headers['x-amz-date'],
    headers: signed.headers,
  };
}

let line_number = 0;
for await (const line of createInterface({input: process.stdin})) {
  ++line_number;
  if (line.trim() === '') continue;
  try {
    console.log(JSON.stringify(await Sign(JSON.parse(line))));
  } catch (error) {
    console.error(`sign.mjs: line ${line_number}: ${error.message}`);
    process.exitCode = 1;
    break;
  }
}
