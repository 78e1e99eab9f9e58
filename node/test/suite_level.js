// abstract-level's complete test suite on DynamoLevel.

'use strict';

const test = require('tape');
const suite = require('abstract-level/test');
const {DynamoLevel} = require('..');
const {Stores} = require('./stores');

const stores = Stores(process.argv[2]);
test.onFinish(stores.CleanUp);

/// The suite compares the constructor's options with those that hooks receive.
class Level extends DynamoLevel {
  async _open(options) {
    return super._open({...stores.options, ...options});
  }
}

suite({test, factory: (options) => new Level(stores.Location(), options)});
