// use level-dyno and open a new datastore
var dyno = require('./level-dyno.js');

// open a new database
var db = dyno('/tmp/users');

// do the above sequence
db.putItem('chilts', { nick : 'chilts', email : 'me@example.com' });
db.delAttrs('chilts', [ 'email' ]);
db.putAttrs('chilts', { name : 'Andy Chilton' });

// get the item back out
db.getItem('chilts', function(err, item) {
    // gives { nick : 'chilts', name : 'Andy Chilton' }
    console.log(item);
});
