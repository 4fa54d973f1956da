// A process of waiting browsers. It opens a stream for every [path, cookie] that it receives, and reports
// how many are open and what arrived.
import { connect } from 'node:net';

type Order = { port: number; streams: { path: string; cookie: string }[] };
let frames = 0;
let closed = 0;

function open(port: number, { path, cookie }: Order['streams'][number]): Promise<void> {
  return new Promise((resolve, reject) => {
    const socket = connect(port, '127.0.0.1');
    socket.write(`GET ${path} HTTP/1.1\r\nhost: localhost:${port}\r\n${cookie ? `cookie: ${cookie}\r\n` : ''}\r\n`);
    socket.once('data', (data) => {
      if (data.toString('latin1', 9, 12) === '200') resolve();
      else reject(new Error(data.toString()));
    });
    socket.on('data', (data) => {
      if (data.includes('event: frame')) frames++;
    });
    socket.on('error', reject);
    socket.on('close', () => closed++);
  });
}

process.on('message', async (message: Order | 'report') => {
  if (message !== 'report') for (const stream of message.streams) await open(message.port, stream);
  process.send?.({ frames, closed });
});
