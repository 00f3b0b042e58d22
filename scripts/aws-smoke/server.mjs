// A target of aws-smoke: GET / answers its NAME; /slow/MS does so that many milliseconds later; /close ends the connection
// without an answer; /hang never answers.
import { createServer } from 'node:http';

createServer((request, response) => {
  if (request.url === '/close') return void request.socket.destroy();
  if (request.url === '/hang') return;
  const [, ms = '0'] = /^\/slow\/(\d+)$/.exec(request.url) ?? [];
  setTimeout(() => response.end(process.env.NAME), Number(ms));
}).listen(Number(process.env.PORT ?? 8080), process.env.HOST ?? '0.0.0.0', function () {
  console.log(this.address().port);
});
