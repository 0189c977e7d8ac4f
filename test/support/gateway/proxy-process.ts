import { startProxy } from './proxy-under-test.ts';

const SAMPLE_MS = 10;

// A process of its own: the proxy in front of the upstream that is given as the argument. Tells its port and its memory at first, and its
// memory's peak when asked.
const proxy = await startProxy(process.argv[2] ?? '');
const baselineBytes = process.memoryUsage.rss();
let peakBytes = baselineBytes;
setInterval(() => {
  peakBytes = Math.max(peakBytes, process.memoryUsage.rss());
}, SAMPLE_MS);
process.on('message', () => process.send?.({ growthBytes: peakBytes - baselineBytes }));
process.on('disconnect', () => process.exit());
process.send?.({ port: proxy.port });
