// What stands behind every proxy where nginx is not installed: one small JSON answer.
import { createServer } from 'node:http';

const body = process.env.BODY ?? '{}';
const headers = ['content-type', 'application/json', 'content-length', String(Buffer.byteLength(body))];

createServer((_request, response) => {
  response.writeHead(200, headers);
  response.end(body);
}).listen(Number(process.env.PORT), '127.0.0.1');
