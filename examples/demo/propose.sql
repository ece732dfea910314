-- The command that the proposal comes to, for a shell under make, where a dollar sign is doubled. What
-- the caller gave stays.
WITH
    (text -> concat('\'', replaceAll(replaceAll(text, '$', '$$'), '\'', '\'\\\'\''), '\'')) AS quoted,
    ((name, text) -> if(text = '', '', concat(' ', name, '=', quoted(text)))) AS option
SELECT if({key:String} = '' AND KEY = '' OR {time:String} = '' AND TIME = '',
    concat('no column looks like a ', if(TIME = '', 'time', 'key'), '; name the columns: make demo DATA=... KEY=... TIME=... VALUE=... HOST=...'),
    concat('make demo', option('DATA', {data:String}),
        option('KEY', if({key:String} = '', KEY, {key:String})),
        option('TIME', if({time:String} = '', TIME, {time:String})),
        option('VALUE', if({value:String} = '', VALUE, {value:String})),
        option('HOST', if({host:String} = '', HOST, {host:String}))))
FROM proposal
FORMAT TSVRaw;
