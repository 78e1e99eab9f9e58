// The reference for profile files: the parser of AWS's own JavaScript SDK.
//
// Standard input, one JSON object a line:
//   {"config": "[default]\nregion = eu-west-1\n", "credentials": ""}
//
// Standard output, one JSON object a line, in the same order:
//   {"config": {"default": {"region": "eu-west-1"}}, "credentials": {}}
// A nested setting is named "HOLDER.NAME". Sections of a config file other than
// profiles are named "sso-session.NAME" and "services.NAME".
// Any other line ends the program with status 1 and a message with its number.

import fs from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {createInterface} from 'node:readline';
import {loadSharedConfigFiles} from '@smithy/core/config';

const folder = fs.mkdtempSync(path.join(os.tmpdir(), 'profiles-'));
const configFilepath = path.join(folder, 'config');
const filepath = path.join(folder, 'credentials');

async function Answer({config, credentials}) {
  fs.writeFileSync(configFilepath, config);
  fs.writeFileSync(filepath, credentials);
  const found =
      await loadSharedConfigFiles({configFilepath, filepath, ignoreCache: true});
  return {config: found.configFile, credentials: found.credentialsFile};
}

let line_number = 0;
for await (const line of createInterface({input: process.stdin})) {
  ++line_number;
  if (line.trim() === '') continue;
  try {
    console.log(JSON.stringify(await Answer(JSON.parse(line))));
  } catch (error) {
    console.error(`profiles.mjs: line ${line_number}: ${error.message}`);
    process.exitCode = 1;
    break;
  }
}
fs.rmSync(folder, {recursive: true});
