// abstract-leveldown's complete test suite on DynamoDOWN.

'use strict';

const test = require('tape');
const suite = require('abstract-leveldown/test');
const DynamoDOWN = require('..');
const {Stores} = require('./stores');

const stores = Stores(process.argv[2]);
test.onFinish(stores.CleanUp);

/// The suite opens without options, since levelup has defaults.
class Down extends DynamoDOWN {
  _open(options, callback) {
    super._open({...stores.options, ...options}, callback);
  }
}

suite({
  test,
  factory: () => new Down(stores.Location()),
  snapshots: new Down(stores.Location()).supports.snapshots,
  clear: true,
  getMany: true,
});
