// Plants one mistake in a copy of the sources and checks that the simulator
// finds it:
//
//     node run.mjs BUILD_FOLDER TARGET SEEDS PATCH
//
// TARGET is the simulator's build target, SEEDS its argument ("1-50"). The
// program copies and patches only the source files that the patch changes, and
// compiles them as the build folder's compile_commands.json says. It links them
// in front of the library, so that the linker leaves out the library's own
// objects.
//
// The exit status is 0 if the simulator reports a violation, if the mistake
// damages its memory (SIGSEGV), or if one of the library's own checks stops it
// (SIGABRT). Otherwise it is 1, and standard error says why. A simulator that
// ends for lack of memory or time has found nothing.

import {spawnSync} from 'node:child_process';
import fs from 'node:fs';
import path from 'node:path';
import {fileURLToPath} from 'node:url';

const kSources =
    path.resolve(path.dirname(fileURLToPath(import.meta.url)), '../../..');
const kOutputShown = 4000;
const kViolationStatus = 1;
const kViolationText = 'violation, seed ';
const kSignalsOfMistakes = ['SIGSEGV', 'SIGABRT'];
/// Less than the test's own limit, so that this program reports the timeout.
const kSimulatorMillisecondsMax = 240_000;

class Failure extends Error {}

function Run(command, args, options = {}) {
  const done = spawnSync(command, args, {encoding: 'utf8', ...options});
  if (done.error) throw new Failure(`${command}: ${done.error.message}`);
  return done;
}

/// The simulator's report of the mistake, or undefined if it found none.
function FoundBy(run) {
  if (run.signal) {
    return kSignalsOfMistakes.includes(run.signal) ? run.signal : undefined;
  }
  const said = run.stderr.split('\n').find(
      (line) => line.startsWith(kViolationText));
  return run.status === kViolationStatus ? said : undefined;
}

function MustRun(what, command, args, options) {
  const done = Run(command, args, options);
  if (done.status !== 0) {
    throw new Failure(`${what}:\n${done.stdout}${done.stderr}`);
  }
  return done.stdout;
}

/// The files that a patch changes: "src/store/store.cc".
function FilesOf(patch) {
  const files = [...fs.readFileSync(patch, 'utf8')
                      .matchAll(/^\+\+\+ b\/(\S+)/gm)].map((found) => found[1]);
  const wrong = files.find((file) => !/^src\/.*\.cc$/.test(file));
  if (files.length === 0 || wrong) {
    throw new Failure(
        `${patch} must change sources of src/, not ${wrong ?? 'nothing'}`);
  }
  return files;
}

function CopyAndPatch(patch, files, folder) {
  fs.rmSync(folder, {recursive: true, force: true});
  for (const file of files) {
    const copy = path.join(folder, file);
    fs.mkdirSync(path.dirname(copy), {recursive: true});
    fs.copyFileSync(path.join(kSources, file), copy);
  }
  MustRun('the patch does not apply', 'patch', [
    '--strip=1', '--fuzz=0', '--no-backup-if-mismatch', `--input=${patch}`,
  ], {cwd: folder});
}

/// Compiles a patched copy like its original. Returns the object's path.
function Compile(build, file, folder) {
  const original = path.join(kSources, file);
  const commands = JSON.parse(
      fs.readFileSync(path.join(build, 'compile_commands.json'), 'utf8'));
  const entry = commands.find(
      (one) => path.resolve(one.directory, one.file) === original);
  if (!entry) throw new Failure(`${file} is not compiled in ${build}`);
  const object = path.join(folder, file.replace(/\.cc$/, '.o'));
  const command = entry.command
                      .replace(/ -o \S+/, () => ` -o '${object}'`)
                      .replace(/ -c \S+$/, () =>
                        ` -c '${path.join(folder, file)}'`);
  MustRun('it does not compile', 'sh', ['-c', command],
          {cwd: entry.directory});
  return object;
}

/// Links as ninja does, with `objects` in front.
function Link(build, target, objects, program) {
  const commands = MustRun('ninja does not know the simulator', 'ninja',
                           ['-C', build, '-t', 'commands', target]);
  const link = commands.trimEnd().split('\n').at(-1);
  const quoted = objects.map((object) => `'${object}'`).join(' ');
  if (!/ -o \S+/.test(link)) throw new Failure(`no link command: ${link}`);
  MustRun('it does not link', 'sh', [
    '-c', link.replace(/ -o \S+/, () => ` ${quoted} -o '${program}'`),
  ], {cwd: build});
}

function Main([build, target, seeds, patch]) {
  if (!patch) throw new Failure('usage: run.mjs BUILD TARGET SEEDS PATCH');
  build = path.resolve(build);
  patch = path.resolve(patch);
  const name = path.basename(patch, '.patch');
  const folder = path.join(build, 'mutants', name);
  const files = FilesOf(patch);
  CopyAndPatch(patch, files, folder);
  const program = path.join(folder, name);
  Link(build, target, files.map((file) => Compile(build, file, folder)),
       program);

  const run = spawnSync(program, ['--seeds', seeds], {
    encoding: 'utf8', maxBuffer: 1 << 28, timeout: kSimulatorMillisecondsMax,
    killSignal: 'SIGKILL',
  });
  const output = (run.stdout ?? '') + (run.stderr ?? '');
  fs.rmSync(program);
  const found = FoundBy(run);
  if (!found) {
    const how = run.error?.code === 'ETIMEDOUT' ? 'it takes too long' :
        run.error ? run.error.message : run.signal ?? `status ${run.status}`;
    throw new Failure(`not found with seeds ${seeds} (${how}):\n` +
                      output.slice(-kOutputShown));
  }
  console.log(`found (${found}):`);
  console.log(output.slice(0, kOutputShown));
}

try {
  Main(process.argv.slice(2));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  console.error(`${path.basename(process.argv[5] ?? '')}: ${error.message}`);
  process.exit(1);
}
