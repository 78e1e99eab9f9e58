// Starts and ends the real servers that tests and the demo talk to: Amazon's
// DynamoDB Local, and dynalite as a second opinion. Linux only.
//
// `start` runs this script again in the background, as a guard: the parent of
// the server and the leader of its own process group. The guard ends the server
// when its lifetime is over, so that a server is gone within that time even if
// a test run is killed before its cleanup. Every process of the group has
// kMarkVariable in its environment. Only processes with both the recorded group
// and the mark get signals, so a recycled process id harms nobody.
//
// A state directory holds, for each server:
//   NAME.pid       process id of the guard, which is the id of the group
//   NAME.log       output of the guard and the server; kept until the next
//                  start, to explain a failure
//   NAME.endpoint  "http://127.0.0.1:PORT\n"; written last, by rename, so it
//                  exists only once the server answers

import {spawn} from 'node:child_process';
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import os from 'node:os';
import path from 'node:path';
import {setTimeout as Sleep} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';

const kUsage = `usage:
  server.mjs start NAME --state DIR [options]   start NAME, print its endpoint
  server.mjs stop NAME --state DIR              end it; fine if it is gone
  server.mjs run NAME [options] -- COMMAND...   start NAME, run COMMAND with
                                                DYNAMODOWN_TEST_ENDPOINT set,
                                                end NAME; COMMAND's status

NAME is dynamodb-local or dynalite.

options:
  --create-table-ms N     dynalite: how long a table is CREATING, deleting
                          and updating likewise (default 500)
  --lifetime-minutes N    end the server by itself after this (default 60)
`;

const kThisFile = fileURLToPath(import.meta.url);
const kHere = path.dirname(kThisFile);
const kDynamoDbLocalFolder =
    path.resolve(kHere, '../../.deps/dynamodb-local');
const kDynaliteProgram = path.join(kHere, 'node_modules/dynalite/cli.js');

const kLoopback = '127.0.0.1';
const kMarkVariable = 'DYNAMODOWN_TEST_SERVER';
const kStartSecondsMax = 60;
const kStopSecondsMax = 5;
const kStartAttempts = 3;  // a free port can be taken before the server listens
const kPortIsTaken = /address already in use/i;
const kPollMs = 50;
const kRequestMsMax = 2000;
const kLogLinesShown = 5;
const kHelp = 'run ./dev setup';

/// An error that the user can act on: printed as one line, without a stack.
class Failure extends Error {}

// ---------------------------------------------------------------- servers

/// How to start each server. `check` throws a Failure if a part that `./dev
/// setup` installs is missing; `command` returns program, arguments and cwd.
const kServers = {
  'dynamodb-local': {
    check() {
      RequireFile(path.join(kDynamoDbLocalFolder, 'DynamoDBLocal.jar'));
      if (!OnPath('java')) {
        throw new Failure(`no "java" on PATH (17 or newer): ${kHelp}`);
      }
    },
    command: (port) => ({
      program: 'java',
      args: [
        '-Xmx1g', '-Djava.library.path=DynamoDBLocal_lib', '-jar',
        'DynamoDBLocal.jar', '-inMemory', '-sharedDb', '-port', `${port}`,
        '-disableTelemetry',
      ],
      cwd: kDynamoDbLocalFolder,
    }),
  },
  'dynalite': {
    check() {
      RequireFile(kDynaliteProgram);
    },
    command: (port, options) => ({
      program: process.execPath,
      args: [
        kDynaliteProgram, '--host', kLoopback, '--port', `${port}`,
        '--createTableMs', `${options.create_table_ms}`,
        '--deleteTableMs', `${options.create_table_ms}`,
        '--updateTableMs', `${options.create_table_ms}`,
      ],
      cwd: kHere,
    }),
  },
};

function RequireFile(file) {
  if (!fs.existsSync(file)) throw new Failure(`${file} is missing: ${kHelp}`);
}

function OnPath(program) {
  return (process.env.PATH ?? '').split(path.delimiter).some((folder) => {
    try {
      fs.accessSync(path.join(folder, program), fs.constants.X_OK);
      return true;
    } catch {
      return false;
    }
  });
}

/// The environment of a server: ours with the mark, and without AWS's settings,
/// which both servers would read.
function ServerEnvironment(mark) {
  const environment = {...process.env, [kMarkVariable]: mark};
  for (const name of Object.keys(environment)) {
    if (name.startsWith('AWS_')) delete environment[name];
  }
  return environment;
}

// ------------------------------------------------------------ state files

/// The files of one server in its state directory.
function StateOf(name, directory) {
  const base = path.join(path.resolve(directory), name);
  return {
    mark: base,
    pid: `${base}.pid`,
    log: `${base}.log`,
    endpoint: `${base}.endpoint`,
  };
}

function ReadIfThere(file) {
  try {
    return fs.readFileSync(file, 'utf8');
  } catch (error) {
    // If a process ends meanwhile, reading its files gives ESRCH.
    if (['ENOENT', 'ESRCH', 'EACCES', 'EPERM'].includes(error.code)) return '';
    throw error;
  }
}

function WriteAtomically(file, text) {
  const unfinished = `${file}.${process.pid}.tmp`;
  fs.writeFileSync(unfinished, text);
  fs.renameSync(unfinished, file);
}

/// The end of the log as one line, for an error message.
function LogTail(log) {
  const lines = ReadIfThere(log).split('\n').map((line) => line.trim());
  const shown = lines.filter((line) => line !== '').slice(-kLogLinesShown);
  return shown.length === 0 ? '(empty)' : shown.join(' | ');
}

// ----------------------------------------------------------- process group

/// The live processes of `group` that carry `mark`. Zombies have no
/// environment left and so do not count.
function Members(group, mark) {
  const wanted = `${kMarkVariable}=${mark}`;
  return fs.readdirSync('/proc').filter((pid) => {
    if (!/^\d+$/.test(pid)) return false;
    // "pid (name) state parent group ..."; the name may hold anything.
    const stat = ReadIfThere(`/proc/${pid}/stat`);
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (Number(fields[2]) !== group) return false;
    const environment = ReadIfThere(`/proc/${pid}/environ`);
    return environment.split('\0').includes(wanted);
  });
}

function SignalGroup(group, mark, signal) {
  for (const pid of Members(group, mark)) {
    try {
      process.kill(Number(pid), signal);
    } catch (error) {
      if (error.code !== 'ESRCH') throw error;
    }
  }
}

/// Waits up to `seconds` for the group to end. Returns whether it has.
async function GroupEnds(group, mark, seconds) {
  const deadline = Date.now() + seconds * 1000;
  while (Members(group, mark).length > 0) {
    if (Date.now() > deadline) return false;
    await Sleep(kPollMs);
  }
  return true;
}

/// Ends the server recorded in `state` and removes its files, except the log.
async function Stop(state) {
  fs.rmSync(state.endpoint, {force: true});
  const group = Number(ReadIfThere(state.pid));
  if (group > 0) {
    SignalGroup(group, state.mark, 'SIGTERM');
    if (!await GroupEnds(group, state.mark, kStopSecondsMax)) {
      SignalGroup(group, state.mark, 'SIGKILL');
      if (!await GroupEnds(group, state.mark, kStopSecondsMax)) {
        throw new Failure(`process group ${group} does not end`);
      }
    }
  }
  fs.rmSync(state.pid, {force: true});
}

// ------------------------------------------------------------------ start

/// A port of the loopback interface that nobody listens on now.
function FreePort() {
  return new Promise((resolve, reject) => {
    const probe = net.createServer();
    probe.once('error', reject);
    probe.listen(0, kLoopback, () => {
      const {port} = probe.address();
      probe.close(() => resolve(port));
    });
  });
}

/// Whether a server on `port` answers ListTables. Neither server checks the
/// signature, but both require one.
function Answers(port) {
  return new Promise((resolve) => {
    const request = http.request({
      host: kLoopback,
      port,
      method: 'POST',
      agent: false,
      timeout: kRequestMsMax,
      headers: {
        'content-type': 'application/x-amz-json-1.0',
        'x-amz-target': 'DynamoDB_20120810.ListTables',
        'x-amz-date': '20200101T000000Z',
        'authorization': 'AWS4-HMAC-SHA256 Credential=local/20200101/' +
            'us-east-1/dynamodb/aws4_request, SignedHeaders=host, Signature=0',
      },
    });
    request.on('timeout', () => request.destroy());
    request.on('error', () => resolve(false));
    request.on('response', (response) => {
      response.resume();
      response.on('error', () => resolve(false));
      response.on('end', () => resolve(response.statusCode === 200));
    });
    request.end('{}');
  });
}

/// Starts a guard with a server on `port`; returns the guard's process.
function StartGuard(name, state, port, options) {
  const log = fs.openSync(state.log, 'w');
  const args = [
    kThisFile, 'guard', name, '--state', path.dirname(state.pid),
    '--port', `${port}`,
    '--create-table-ms', `${options.create_table_ms}`,
    '--lifetime-minutes', `${options.lifetime_minutes}`,
  ];
  const guard = spawn(process.execPath, args, {
    detached: true,  // a session and process group of its own
    stdio: ['ignore', log, log],
    env: ServerEnvironment(state.mark),
  });
  fs.closeSync(log);
  guard.unref();
  if (guard.pid === undefined) throw new Failure('cannot start a process');
  WriteAtomically(state.pid, `${guard.pid}\n`);
  return guard;
}

/// Starts a server, waits until it answers, and returns its endpoint.
async function Start(name, state, options) {
  kServers[name].check();
  fs.mkdirSync(path.dirname(state.pid), {recursive: true});
  await Stop(state);
  const deadline = Date.now() + kStartSecondsMax * 1000;
  for (let attempt = 1;; ++attempt) {
    const port = await FreePort();
    const guard = StartGuard(name, state, port, options);
    let ended = false;
    guard.once('exit', () => ended = true);
    // If its port is taken, DynamoDB Local says so and keeps running. The
    // answer there is then another program's.
    const PortIsTaken = () => kPortIsTaken.test(ReadIfThere(state.log));
    while (!ended && !PortIsTaken() && Date.now() < deadline) {
      if (await Answers(port) && !ended && !PortIsTaken()) {
        const endpoint = `http://${kLoopback}:${port}`;
        WriteAtomically(state.endpoint, `${endpoint}\n`);
        return endpoint;
      }
      await Sleep(kPollMs);
    }
    await Stop(state);
    if (PortIsTaken() && attempt < kStartAttempts) continue;
    const what = ended ? 'ended before it answered' :
                         `did not answer within ${kStartSecondsMax} s`;
    throw new Failure(`it ${what}; its log ends: ${LogTail(state.log)}`);
  }
}

// ------------------------------------------------------------------ guard

/// Runs the server until it ends, a signal comes or its lifetime is over.
function Guard(name, state, port, options) {
  const {program, args, cwd} = kServers[name].command(port, options);
  const server = spawn(program, args, {cwd, stdio: 'inherit'});
  let ending = false;
  const End = () => {
    ending = true;
    server.kill('SIGTERM');
    setTimeout(() => server.kill('SIGKILL'), kStopSecondsMax * 1000).unref();
  };
  process.on('SIGTERM', End);
  process.on('SIGINT', End);
  setTimeout(() => {
    console.log(`guard: ends after ${options.lifetime_minutes} minutes`);
    fs.rmSync(state.endpoint, {force: true});
    End();
  }, options.lifetime_minutes * 60 * 1000).unref();

  server.on('error', (error) => {
    console.log(`guard: cannot start ${program}: ${error.message}`);
    process.exitCode = 1;
  });
  server.on('exit', (status, signal) => {
    if (!ending) console.log(`guard: server ended: ${signal ?? status}`);
    process.exit(ending ? 0 : 1);
  });
}

// -------------------------------------------------------------------- run

/// Runs `command` against a fresh server and returns its exit status.
async function Run(name, command, options) {
  const directory = fs.mkdtempSync(path.join(os.tmpdir(), 'dynamodown-'));
  const state = StateOf(name, directory);
  // A terminal sends an interrupt to the command too. Wait for the command's
  // end, then clean up as usual.
  let child = null;
  let interrupted = null;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    process.on(signal, () => {
      interrupted = signal;
      child?.kill(signal);
    });
  }
  const StatusOf = (status, signal) =>
      signal ? 128 + os.constants.signals[signal] : status;
  try {
    const endpoint = await Start(name, state, options);
    if (interrupted) return StatusOf(null, interrupted);
    return await new Promise((resolve, reject) => {
      child = spawn(command[0], command.slice(1), {
        stdio: 'inherit',
        env: {...process.env, DYNAMODOWN_TEST_ENDPOINT: endpoint},
      });
      child.on('error', (error) => {
        reject(new Failure(`cannot run ${command[0]}: ${error.message}`));
      });
      child.on('exit', (...how) => resolve(StatusOf(...how)));
    });
  } finally {
    await Stop(state);
    fs.rmSync(directory, {recursive: true, force: true});
  }
}

// ------------------------------------------------------------------- main

class UsageError extends Error {}

const kNumberOptions = {
  '--create-table-ms': 'create_table_ms',
  '--lifetime-minutes': 'lifetime_minutes',
  '--port': 'port',  // guard only
};

function ParseArguments(argv) {
  const [mode, name, ...rest] = argv;
  if (!['start', 'stop', 'run', 'guard'].includes(mode)) {
    throw new UsageError(mode === undefined ? 'no command' :
                                              `unknown command ${mode}`);
  }
  if (!Object.hasOwn(kServers, name ?? '')) {
    throw new UsageError(`unknown server ${name}`);
  }
  const options = {create_table_ms: 500, lifetime_minutes: 60};
  let command = [];
  for (let i = 0; i < rest.length; i += 2) {
    const [option, value] = rest.slice(i);
    if (option === '--') {
      command = rest.slice(i + 1);
      break;
    }
    if (option === '--state' && value) {
      options.state = value;
    } else if (kNumberOptions[option] && Number(value) >= 0) {
      options[kNumberOptions[option]] = Number(value);
    } else {
      throw new UsageError(`bad option ${option} ${value ?? ''}`);
    }
  }
  if (mode !== 'run' && !options.state) throw new UsageError('no --state DIR');
  if (mode === 'run' && command.length === 0) {
    throw new UsageError('no command after --');
  }
  return {mode, name, options, command};
}

async function Main(argv) {
  if (argv[0] === '--help') {
    process.stdout.write(kUsage);
    return 0;
  }
  const {mode, name, options, command} = ParseArguments(argv);
  try {
    if (mode === 'run') return await Run(name, command, options);
    const state = StateOf(name, options.state);
    if (mode === 'start') {
      console.log(await Start(name, state, options));
    } else if (mode === 'stop') {
      await Stop(state);
    } else {
      Guard(name, state, options.port, options);
      return undefined;  // the guard exits when its server does
    }
    return 0;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`server.mjs: cannot ${mode} ${name}: ${error.message}`);
    return 1;
  }
}

try {
  const status = await Main(process.argv.slice(2));
  // Exit explicitly: a handle of the detached guard might keep us running.
  if (status !== undefined) process.exit(status);
} catch (error) {
  if (!(error instanceof UsageError)) throw error;
  console.error(`server.mjs: ${error.message}; see server.mjs --help`);
  process.exit(2);
}
