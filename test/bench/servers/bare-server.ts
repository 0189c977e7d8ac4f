// Baseline: a bare node:http server that writes one response and does nothing else.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { status, headers, body } = JSON.parse(readFileSync(process.env.RESPONSE_FILE ?? '', 'utf8')) as {
  status: number;
  headers: string[];
  body: string;
};

createServer((_request, response) => {
  response.writeHead(status, headers);
  response.end(body);
}).listen(Number(process.env.PORT), '127.0.0.1');
