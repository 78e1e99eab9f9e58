// use level-dyno and open a new datastore
var dyno = require('./level-dyno.js');

// open a new database
var db = dyno('/tmp/users');

// get the item back out
db.getItem('chilts', function(err, item, timestamp, changes) {
    console.log('There have been ' + changes + ' changes to this item');
    console.log('The last change occurred at ' + timestamp);
    console.log('Item: ', item);

    // tell level-dyno that what it has passed back is correct (which you need to verify in some other way to
    // just using level-dyno itself) and to flatten the history into one
    db.flatten('chilts', timestamp, function(err) {
        console.log('This item is now flattened');
    });
});
