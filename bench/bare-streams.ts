// The baseline for Tessera's waiting screens: a Node server that only holds event streams and writes a text
// of the same length to each of them every 5 s.
import { createServer, type ServerResponse } from 'node:http';

const streams = new Set<ServerResponse>();
const text = `event: frame\ndata: ${JSON.stringify({
  qr: `http://localhost:00000/q/${'x'.repeat(22)}.0.${'x'.repeat(11)}`,
  user_code: 'XXXX-XXXX',
  expires_at: 1_800_000_000,
})}\n\n`;

createServer((req, res) => {
  if (req.url !== '/events') return void res.end('ok');
  res.writeHead(200, { 'Content-Type': 'text/event-stream', 'Cache-Control': 'no-store' });
  res.write('retry: 2000\n\n');
  streams.add(res);
  res.once('close', () => streams.delete(res));
}).listen(Number(process.argv[2]), '127.0.0.1');

setInterval(() => {
  for (const res of streams) res.write(text);
}, 5000);
process.on('SIGTERM', () => process.exit(0));
