// The peer of bench_scan: DuckDB's CSV reader on one thread, asked for the same rows.
//   node duckdb.mjs FILE CODE,CODE,...
// Prints the seconds the query took (start of the program and of DuckDB left out) and how many rows were found.
// Needs the npm package @duckdb/node-api, looked for in NODE_MODULES (a node_modules folder) or where Node looks.
import { createRequire } from 'node:module';
import { resolve } from 'node:path';

const from = process.env.NODE_MODULES ? resolve(process.env.NODE_MODULES, 'x.js') : import.meta.url;
const { DuckDBInstance } = createRequire(from)('@duckdb/node-api');

const [file, codes] = process.argv.slice(2);
const text = (value) => `'${value.replaceAll("'", "''")}'`;
const connection = await (await DuckDBInstance.create(':memory:')).connect();
await connection.run('PRAGMA threads=1');
// Everything about the file is told, so that none of the time goes into guessing; whole rows are asked for, as
// the translation needs them.
const query = `SELECT * FROM read_csv(${text(file)}, header = true, all_varchar = true, delim = ',', quote = '"',
  escape = '"', new_line = '\\r\\n', auto_detect = false, columns = {${(await columns()).map((name) => `${text(name)}: 'VARCHAR'`).join(', ')}})
  WHERE "CodeId" IN (${codes.split(',').map(text).join(', ')})`;

const before = process.hrtime.bigint();
const result = await connection.runAndReadAll(query);
const seconds = Number(process.hrtime.bigint() - before) / 1e9;
console.log(seconds.toFixed(4), result.currentRowCount);

async function columns() {
  const { createReadStream } = await import('node:fs');
  for await (const chunk of createReadStream(file, { encoding: 'utf8', end: 65535 })) {
    return chunk.slice(0, chunk.indexOf('\r\n')).split(',').map((name) => name.slice(1, -1));
  }
}
