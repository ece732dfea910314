// @clickhouse/client: ask_node.mjs EXPECTED URL
import { readFileSync } from 'node:fs'
import { createClient } from '@clickhouse/client'

const client = createClient({
  url: process.argv[3],
  request_timeout: 20000,
  // Numbers of JavaScript are doubles: what has 64 bits comes as the text of its digits.
  clickhouse_settings: { output_format_json_quote_64bit_integers: 1, output_format_json_named_tuples_as_objects: 0 },
})
const cases = JSON.parse(readFileSync(process.argv[2], 'utf8'))

const write = (answer) => console.log(JSON.stringify({ client: '@clickhouse/client', ...answer }))

const ask = async (query) => {
  const result = await (await client.query({ query, format: 'JSONCompact' })).json()
  return { type: result.meta[0].type, values: result.data.map((row) => row[0]) }
}

const inHexadecimal = (value) => {
  if (Array.isArray(value)) return value.map(inHexadecimal)
  return typeof value === 'string' && !/^-?\d+$/.test(value) ? Buffer.from(value).toString('hex') : value
}

// The text of a state would not survive: it is no UTF-8.
const askState = async (sql) => {
  const { type, values } = await ask(`SELECT base64Encode(value) AS value FROM (${sql})`)
  return { type, values: values.map((value) => Buffer.from(value, 'base64').toString('hex')) }
}

const asText = async ({ sql, values }) => {
  const found = (await ask(sql)).values[0]
  if (found === values[0]) return 'hexadecimal digits'
  return Buffer.from(found).toString('hex') === values[0] ? 'bytes' : 'changed text'
}

for (const { name, sql, type } of cases) {
  try {
    const answer = type === 'String' ? await askState(sql) : await ask(sql)
    write({ name, type: answer.type, values: type === 'String' ? answer.values : inHexadecimal(answer.values) })
  } catch (error) {
    write({ name, error: String(error) })
  }
}
const aState = cases.find(({ type }) => type === 'String')
write({ name: 'a state as text', found: await asText(aState).catch(() => 'an error') })

const states = await client.query({ query: 'SELECT key, base64Encode(state) AS state FROM states', format: 'JSONEachRow' })
for (const { key, state } of await states.json()) {
  await client.command({
    query: "INSERT INTO returned SELECT '@clickhouse/client', {key:UInt64}, base64Decode({state:String})",
    query_params: { key, state },
  })
}
await client.close()
