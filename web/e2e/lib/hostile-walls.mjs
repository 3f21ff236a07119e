/**
 * The same documents with walls taken away, from a small server beside the product: raw, raw behind the product's policy
 * alone, as the sanitizer leaves them without any policy. What fires here and not in the product is stopped by the product.
 */
import { createServer } from "node:http";

const PATH = /^https?:\/\/127\.0\.0\.1:\d+\/(raw|policy|clean|file|opened)\/(\d+)$/;

/** The sample that a document of this server shows. */
export function documentOf(url) {
  const parts = PATH.exec(url.split("#")[0]);
  return parts === null ? undefined : Number(parts[2]);
}

/** `ways` gives by its name, for a number that is `known`, `{ type, body, policy }`. */
export async function openWalls(ways, known) {
  const server = createServer((request, answer) => {
    const [, way, number] = new URL(request.url, "http://walls").pathname.split("/");
    const found =
      way === "" ? { type: "text/html", body: "<!doctype html><title>Walls</title><body>" } : undefined;
    const { type, body, policy, more } =
      (found ?? (known(Number(number)) && ways[way]?.(Number(number)))) || {};
    if (body === undefined) {
      answer.writeHead(404).end();
      return;
    }
    answer.writeHead(200, {
      "content-type": type,
      ...(policy === undefined ? {} : { "content-security-policy": policy }),
      ...more,
    });
    answer.end(body);
  });
  await new Promise((ready) => server.listen(0, "127.0.0.1", ready));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
