-- step: receipts
-- {rows} receipts in each of {months} months from {first} on; the same numbers give the same rows.
INSERT INTO shop.receipts (sold_at, region, item, price)
SELECT
    toDateTime(addMonths({first:Date}, month), 'UTC') + (sipHash64(month, number) % (28 * 86400)),
    ['north', 'east', 'south', 'west'][1 + sipHash64(number, 1) % 4],
    sipHash64(number, 2) % 50000,
    toDecimal64(1 + sipHash64(number, 3) % 100000, 2) / 100
FROM numbers({rows:UInt64}) AS n
CROSS JOIN (SELECT number AS month FROM numbers({months:UInt64})) AS m;
