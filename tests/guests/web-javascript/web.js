// A handler of HTTP requests in JavaScript, as one for browsers' workers is written.

let count = 0;

async function handle(request) {
  const headers = { "x-guest": "web-javascript" };
  switch (new URL(request.url).pathname) {
    case "/hello":
      return new Response("hello\n", { headers });
    case "/echo":
      return new Response(await request.text(), { headers });
    case "/count":
      return new Response(`${++count}\n`, { headers });
    default:
      return new Response("no such path\n", { status: 404, headers });
  }
}

addEventListener("fetch", (event) => event.respondWith(handle(event.request)));
