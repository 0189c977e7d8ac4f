// Baseline: a bare node:http server that reads the whole of a form and its parameters, writes one response, and does nothing else.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';

const { status, headers, body } = JSON.parse(readFileSync(process.env.RESPONSE_FILE ?? '', 'utf8')) as {
  status: number;
  headers: string[];
  body: string;
};

createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const form = new URLSearchParams(Buffer.concat(chunks).toString());
    response.writeHead(form.has('token') ? status : 400, headers);
    response.end(body);
  });
}).listen(Number(process.env.PORT), '127.0.0.1');
