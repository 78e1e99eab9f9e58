#!/usr/bin/env bash
# Uses the npm package on a system with only Debian's Node.js and the libraries
# that README.md names.
#
#     chroot_test.sh PACKAGE.tgz
#
# As root. Takes a few minutes and 500 MB below TMPDIR, and leaves nothing there.
set -euo pipefail

(( $# == 1 )) || {
  echo "usage: chroot_test.sh PACKAGE.tgz" >&2
  exit 1
}
package=$(realpath "$1")
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
# shellcheck source=tests/package/chroot.sh
source "$here/../../tests/package/chroot.sh"
new_system

apt_install nodejs
expect "a compiler, or npm" '' \
  "$(inside sh -c 'command -v cc g++ npm || true')"
say "Node.js $(inside node --version)"

# npm runs here: the package has no install script.
mkdir "$root/empty"
(cd "$root/empty" &&
  npm install --ignore-scripts --no-audit --no-fund --loglevel error \
    --prefer-offline "$package")
cat >"$root/empty/run.js" <<'SCRIPT'
const {DynamoLevel, dyno} = require('dynamodown');
async function main() {
  const db = new DynamoLevel('leveldb:here/kim');
  await db.put('name', 'Yuri Irsenovich Kim');
  console.log(await db.get('name'));
  await dyno(db).putItem('kim', {a: 1});
  await db.close();
  // Over the network: nobody listens there.
  const remote = new DynamoLevel('table/hash', {
    endpoint: 'https://127.0.0.1:1', maxAttempts: 1,
    credentials: {accessKeyId: 'local', secretAccessKey: 'local'},
  });
  await remote.open().catch(({cause}) => console.log(cause.code));
}
main();
SCRIPT
# Installs what the message names.
packages=$(inside sh -c 'cd /empty && node run.js 2>&1 || true' |
  sed -n 's/.*On Debian 12 run: apt-get install \([^.]*\)\..*/\1/p')
# shellcheck disable=SC2086  # these are several words
apt_install $packages
expect "what it prints" $'Yuri Irsenovich Kim\nLEVEL_UNAVAILABLE' \
  "$(inside sh -c 'cd /empty && node run.js')"
