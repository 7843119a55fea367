import { createServer } from 'node:http';

/** What a gateway does that reads JSON in the usual way: the whole body, parsed, written again, sent on. */
const [port, upstreamPort] = process.argv.slice(2).map(Number);

createServer(async (request, response) => {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece);
  if (pieces.length === 0) {
    response.end();
    return;
  }
  const body: unknown = JSON.parse(Buffer.concat(pieces).toString());
  const answer = await fetch(`http://127.0.0.1:${upstreamPort}/v1/images/edits`, {
    method: 'POST',
    body: JSON.stringify(body),
  });
  response.end(Buffer.from(await answer.arrayBuffer()));
}).listen(port, '127.0.0.1');
process.on('SIGTERM', () => process.exit());
