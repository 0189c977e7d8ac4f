// Baseline: a bare node:http proxy that pipes both ways, with kept-alive connections to the upstream and nothing else.
import { Agent, createServer, request as requestUpstream } from 'node:http';

const agent = new Agent({ keepAlive: true, maxSockets: 256 });
const port = Number(process.env.UPSTREAM_PORT);

createServer((request, response) => {
  const { method, url: path, headers } = request;
  const asked = requestUpstream({ host: '127.0.0.1', port, method, path, headers, agent }, (answered) => {
    response.writeHead(answered.statusCode ?? 502, answered.rawHeaders);
    answered.pipe(response);
  });
  asked.on('error', () => response.destroy());
  request.pipe(asked);
}).listen(Number(process.env.PORT), '127.0.0.1');
