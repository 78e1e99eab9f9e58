// The module that the two programs beside this one require as level-dyno. Tests
// run them in a folder of their own.

'use strict';

const path = require('node:path');
const {dyno} = require('dynamodown');

const root = process.env.LEVEL_DYNO_ROOT ?? '/';

module.exports = (location) => dyno(path.join(root, location));
