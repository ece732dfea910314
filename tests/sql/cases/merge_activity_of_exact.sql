-- A String is states of the kind that the op asks for.
SELECT * FROM executable('merge_partials --keys 1 --op v=activity', Native, 'k UInt8, v String',
  (SELECT number::UInt8 AS k, exactState([1.5]) AS v FROM numbers(2)), SETTINGS stderr_reaction = 'throw');
