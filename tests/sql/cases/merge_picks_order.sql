-- settings: max_block_size=1,2,65409
-- any is the first and last the last that is not NULL, in the order of the stream; a group of nothing but
-- NULLs stays NULL. Keys may be unordered, and a key of zero-length strings is a key.
SELECT * FROM executable('merge_partials --keys 2 --keys-unordered --op a=any --op l=last --op n=any --op c=last', Native,
  'k String, h String, a String, l UInt64, n Nullable(UInt8), c LowCardinality(Nullable(String)), s Nullable(UInt64)',
  (SELECT ['b', 'b', '', '', '', 'a'][number + 1] AS k, ['', '', '', '', 'b', ''][number + 1] AS h,
     toString(number) AS a, number AS l, if(number IN (0, 2, 3), NULL, number)::Nullable(UInt8) AS n,
     if(number IN (1, 2, 3), NULL, toString(number))::LowCardinality(Nullable(String)) AS c, if(number > 1, NULL, number + 5) AS s
   FROM numbers(6)));
