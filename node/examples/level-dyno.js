// What the two programs beside this one know by this name. The tests have them
// run below a folder of their own.

'use strict';

const path = require('node:path');
const {dyno} = require('dynamodown');

const root = process.env.LEVEL_DYNO_ROOT ?? '/';

module.exports = (location) => dyno(path.join(root, location));
